"""Discovery messages: both forms, short names, base topics, what a device says once, and what is left out."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.discovered.abbreviations import KEYS, OF_DEVICE
from devices.discovered.components import is_gas, platform_of
from devices.discovered.configs import MOST_PARTS, Away, Config, read_configs
from hub.payloads import PayloadError


def read(topic: str, payload: Any, complaints: list[str] | None = None) -> list[Config]:
    told = complaints if complaints is not None else []
    return read_configs(f"homeassistant/{topic}/config", json.dumps(payload).encode(), "homeassistant", told.append)


def test_short_names_are_home_assistants(hass_command: Path) -> None:
    installed = next(hass_command.parents[1].glob("lib/*/site-packages/homeassistant/components/mqtt/abbreviations.py"))
    theirs = runpy.run_path(str(installed))
    assert {**theirs["ABBREVIATIONS"]} == KEYS
    assert {**theirs["DEVICE_ABBREVIATIONS"]} == OF_DEVICE


def test_one_entity() -> None:
    [config] = read("light/node/lamp", {"~": "a/b", "cmd_t": "~/set", "stat_t": "get/~", "name": "~", "uniq_id": 7,
                                        "dev": {"ids": "d", "sa": "거실"}, "avty": {"t": "~/on"}})  # fmt: skip
    assert (config.place, config.component, config.unique) == ("light/node/lamp", "light", "7")
    assert (config.text("command_topic"), config.text("state_topic"), config.text("name")) == (
        "a/b/set",
        "get/a/b",
        "~",
    )
    assert config.device == {"identifiers": "d", "suggested_area": "거실"}
    assert config.availability() == (Away("a/b/on", "online", "offline", None),)


def test_a_device_with_several() -> None:
    first, second = read("device/it", {
        "dev": {"ids": ["d"]}, "o": {"name": "x"}, "~": "t", "stat_t": "~/all", "qos": 1, "avty_t": "~/lwt",
            "pl_avail": "y",
        "cmps": {"a": {"p": "sensor"}, "b": {"p": "switch", "cmd_t": "~/b", "uniq_id": "b"},
                 "c": {"platform": "sensor", "state_topic": "c", "qos": 0}, "d": 3},
    })  # fmt: skip
    assert (first.place, first.component, first.text("state_topic"), first.number("qos", 0)) == (
        "device/it/b",
        "switch",
        "t/all",
        1,
    )
    assert first.availability() == (Away("t/lwt", "y", "offline", None),)
    assert (second.unique, second.text("state_topic"), second.number("qos", 1)) == ("it_c", "c", 0)
    assert first.device_key == second.device_key == "identifiers:d"


@pytest.mark.parametrize(("fields", "aside"), [
    ({}, False), ({"entity_category": "config"}, True), ({"ent_cat": "diagnostic"}, True),
    ({"ent_cat": "diagnostic", "dev_cla": "battery"}, False), ({"en": False}, True), ({"en": True}, False),
])  # fmt: skip
def test_what_is_no_everyday_matter(fields: dict[str, Any], aside: bool) -> None:
    [config] = read("sensor/a", {"stat_t": "a", **fields})
    assert config.aside is aside


@pytest.mark.parametrize("payload", ["", "  "])
def test_an_empty_message_is_nothing(payload: str) -> None:
    assert read_configs("homeassistant/light/a/config", payload.encode(), "homeassistant", pytest.fail) == []


@pytest.mark.parametrize("payload", [
    {"migrate_discovery": True}, {"o": {"name": "Jipsa"}, "cmd_t": "a"}, {"uniq_id": "jipsa_lamp_power", "cmd_t": "a"},
    {"cmd_t": "jipsa/utterance"}, {"cmd_t": "a", "avty_t": "jipsa/bridge/gpio/state"}, {"~": "jipsa", "stat_t": "~"},
    {"cmd_t": "a", "json_attr_t": "jipsa/home"},
])  # fmt: skip
def test_what_is_the_hubs_is_left_out(payload: dict[str, Any]) -> None:
    complaints: list[str] = []
    assert read("switch/a", payload, complaints) == []
    assert complaints == []


def test_too_many_in_one_message() -> None:
    complaints: list[str] = []
    parts = {f"p{number}": {"p": "sensor", "stat_t": "s"} for number in range(MOST_PARTS + 1)}
    assert len(read("device/it", {"dev": {"ids": ["d"]}, "cmps": parts}, complaints)) == MOST_PARTS
    assert len(complaints) == 1


@pytest.mark.parametrize(("name", "icon", "gas"), [
    ("가스 밸브", None, True), ("Gas", None, True), ("밸브", "mdi:gas-cylinder", True),
        ("가스레인지 후드", None, False),
    ("Vegas lamp", None, False), ("거실등", None, False), ("가스 보일러", None, False),
])  # fmt: skip
def test_what_lets_gas_in(name: str, icon: str | None, gas: bool) -> None:
    [config] = read("switch/a", {"name": name, "ic": icon, "cmd_t": "a"})
    assert is_gas(config) is gas
    platform = platform_of(config)
    assert platform is not None
    assert platform.domain == ("valve" if gas else "switch")


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False,
        allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*KEYS, *KEYS.values(), "~"]),
        inner, max_size=6),
    max_leaves=15,
)  # fmt: skip


@given(
    st.dictionaries(st.sampled_from([*KEYS, *KEYS.values(), "~"]), ANYTHING, max_size=15),
    st.sampled_from(
        [
            "light",
            "climate",
            "cover",
            "fan",
            "valve",
            "vacuum",
            "select",
            "number",
            "event",
            "siren",
            "sensor",
            "device",
        ]
    ),
)
def test_anything_else_is_refused_or_does_nothing(payload: dict[str, Any], component: str) -> None:
    from devices.discovered.devices import found_devices
    from devices.discovered.platform import Seen
    from devices.discovered.templates import BadTemplate
    from hub.home import Home

    try:
        configs = read(f"{component}/a", payload)
    except PayloadError:
        return
    for config in configs:
        platform = platform_of(config)
        if platform is None:
            continue
        seen = Seen(config, platform)
        found_devices([seen], Home(), "ko", lambda fault: None)
        for topic in seen.topics():
            for told in ("ON", "3", '{"state": "ON", "brightness": "x"}', ""):
                try:
                    seen.hear(topic, told)
                except BadTemplate:
                    continue
        for one in found_devices([seen], Home(), "ko", lambda fault: None).values():
            one.values()
