"""Discovery payloads of every device that there is, as the real Home Assistant's schemas and templates take them."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from outwards import WORKSHOP
from syrupy.assertion import SnapshotAssertion

from devices.bridge import Bridge
from devices.commands import CommandError
from devices.genie.bridge import GenieBridge
from devices.gpio.bridge import GpioBridge
from devices.homeassistant.discovery import Payload, Place, discovery, owner, parse, placed, replacing
from devices.homeassistant.hub_device import hub, satellite
from devices.homeassistant.ids import key, object_id, romanized
from devices.homeassistant.platforms.vacuum import vacuum_state
from devices.thinq.appliance import Appliance
from devices.thinq.client import ListedDevice
from devices.thinq.profile import ApplianceProfile
from devices.thinq.simulator.household import sample_home, showroom
from devices.thinq.types import TYPES
from devices.values import check
from hub.address import BrokerAddress
from hub.assistant import skills
from hub.config import Settings
from hub.home import Device, Home, Room, load_home
from hub.messages import About, Property, SatelliteState
from hub.texts import Language

CONFIG = Path(__file__).parents[3] / "config"

PLACE = Place("이름", "거실")

NOWHERE = BrokerAddress("127.0.0.1", 1)

WRITE_ONLY = {"operation", "search_query", "media_class", "clean_area", "run_seconds"}

GENIE: dict[str, Any] = {
    "weather": {"latitude": 37.5, "longitude": 127, "place": "서울"},
    "music": {"mpd": "localhost:6600", "stations": [{"name": "클래식", "url": "http://radio.invalid/1"}]},
}


def _appliances() -> Iterator[About]:
    for simulated in (*showroom(), *sample_home()):
        listed = ListedDevice.model_validate(simulated.listed)
        profile = ApplianceProfile.read(TYPES[listed.info.device_type], simulated.profile)
        yield from Appliance(listed, profile, "ko").abouts("thinq")


class Judge:
    """The real Home Assistant's own code (judge.py), in a process of its own."""

    def __init__(self, hass: Path) -> None:
        script = Path(__file__).with_name("judge.py")
        self._process = subprocess.Popen(
            [hass.with_name("python"), script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def close(self) -> None:
        self._process.communicate("")

    def faults(self, payload: Payload) -> list[str]:
        """Why Home Assistant would refuse a payload."""
        return list(self._ask(payload=payload)["faults"])

    def render(self, pairs: list[tuple[str, str]]) -> list[str]:
        """What templates make of messages; without a word of complaint."""
        return self._results(render=pairs)

    def command(self, pairs: list[tuple[str, Mapping[str, Any]]]) -> list[str]:
        """What templates of commands make of variables."""
        return self._results(command=pairs)

    def _results(self, **asked: Any) -> list[str]:
        answer = self._ask(**asked)
        assert answer["faults"] == []
        return list(answer["results"])

    def _ask(self, **asked: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked, allow_nan=False) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


@pytest.fixture(scope="module")
def judge(hass_command: Path) -> Iterator[Judge]:
    found = Judge(hass_command)
    yield found
    found.close()


async def _abouts_of(bridge: Bridge) -> list[About]:
    """What a bridge of ours announces."""
    if isinstance(bridge, GenieBridge):
        return [about for skill in bridge._skills for about in skill.abouts()]
    async with bridge.connected():
        return list(bridge.abouts.values())


def _ours() -> dict[str, About]:
    """Every device that the bridges of ours announce: all types of LG's, all kinds of parts, all skills."""
    import asyncio
    import tempfile

    async def collect() -> list[About]:
        with tempfile.TemporaryDirectory() as folder:
            routines = CONFIG / "routines.yaml"
            wanted = Settings.model_validate({"genie": GENIE, "routines": routines})
            return [
                *await _abouts_of(GpioBridge(NOWHERE, devices=load_home(CONFIG / "home.yaml").devices, pins="mock")),
                *await _abouts_of(GenieBridge(NOWHERE, state_dir=Path(folder), more=skills(wanted))),
            ]

    return {about.id: about for about in (*_appliances(), *asyncio.run(collect()), *WORKSHOP)}


ABOUTS = _ours()

EACH = pytest.mark.parametrize("device", ABOUTS)


def _payload(device: str, language: Language = "ko") -> Payload:
    return discovery(ABOUTS[device], Place(ABOUTS[device].name), language)


def _components(payload: Payload) -> dict[str, dict[str, Any]]:
    components: dict[str, dict[str, Any]] = payload["cmps"]
    return components


@EACH
def test_the_payload_stays_what_it_is(device: str, snapshot: SnapshotAssertion) -> None:
    payload = _payload(device)
    assert payload["o"].pop("sw") == version("jipsa")
    assert payload == snapshot


@EACH
@pytest.mark.parametrize("language", ["ko", "en"])
def test_home_assistant_takes_it(device: str, language: Language, judge: Judge) -> None:
    assert judge.faults(_payload(device, language)) == []


def test_home_assistant_takes_the_hub_and_its_satellites(judge: Judge) -> None:
    for language, room in product(("ko", "en"), ("거실", None)):
        assert judge.faults(hub(["thinq", "gpio"], language)) == []
        assert judge.faults(satellite("living", SatelliteState(state="idle", room=room), language)) == []


def test_ids_are_ascii_and_no_two_are_alike() -> None:
    payloads = [_payload(device) for device in ABOUTS] + [hub(["thinq"], "ko")]
    payloads.append(satellite("living", SatelliteState(state="idle"), "ko"))
    parts = [part for payload in payloads for part in _components(payload).values()]
    unique = [part["unique_id"] for part in parts if "unique_id" in part]
    assert len(unique) == len(set(unique))
    assert all(re.fullmatch(r"jipsa_[A-Za-z0-9_-]+", one) for one in unique)
    for part in parts:
        if "unique_id" in part:
            assert re.fullmatch(rf"{part['p']}\.[a-z0-9_]+", part["default_entity_id"])


@EACH
def test_every_entity_has_a_korean_name(device: str) -> None:
    names = [part["name"] for part in _components(_payload(device)).values() if "name" in part]
    assert names.count(None) <= 1
    assert [name for name in names if name is not None and not re.search("[가-힣]", name)] == []
    assert len(names) == len(set(names))


@EACH
def test_no_property_is_lost(device: str) -> None:
    about, text = ABOUTS[device], json.dumps(_components(_payload(device)), ensure_ascii=False)
    shown = {name for name in about.properties if f'.get(\\"{name}\\")' in text}
    assert {name for name in about.properties if name not in WRITE_ONLY} - shown == set()


def _sent(part: dict[str, Any]) -> Iterator[tuple[str, str | None, Any]]:
    """What Home Assistant may send: topic, template, and the value or variables."""
    command = part.get("command_topic"), part.get("command_template")
    for payload in ("payload_on", "payload_off", "payload_press", "payload_open", "payload_close", "payload_stop",
                    "payload_lock", "payload_unlock", "payload_start", "payload_pause",
                    "payload_return_to_base"):  # fmt: skip
        if part.get(payload) is not None and part["p"] not in {"climate", "water_heater"}:
            yield *command, part[payload]
    for value in (*part.get("options", ()), *([part["min"], part["max"]] if part["p"] == "number" else ())):
        if "command_topic" in part:
            yield *command, value
    if part["p"] == "text":
        yield *command, "23:30"
    if part["p"] == "valve" and part.get("reports_position"):
        yield *command, 40
    if part["p"] == "light":
        tints: tuple[dict[str, Any], ...] = (
            {"brightness": 1}, {"brightness": 255}, {"red": 250, "green": 10, "blue": 3}, {"color_temp": 3333}, {},
        )  # fmt: skip
        for tint in tints:
            yield part["command_topic"], part["command_on_template"], tint
        yield part["command_topic"], None, part["command_off_template"]
    for prefix, values in (
        ("mode_", part.get("modes", ())),
        ("preset_mode_", [*part.get("preset_modes", ()), *(["none"] if part["p"] == "climate" else [])]),
        ("fan_mode_", part.get("fan_modes", ())),
        ("swing_mode_", part.get("swing_modes", ())),
        ("swing_horizontal_mode_", part.get("swing_horizontal_modes", ())),
        ("oscillation_", ("true", "false")),
        ("power_", ("true", "false")),
        ("temperature_", [part.get("min_temp", 20)]),
        ("temperature_low_", [part.get("min_temp", 20)]),
        ("temperature_high_", [part.get("max_temp", 20)]),
        ("target_humidity_", [part.get("min_humidity")]),
        ("percentage_", range(part.get("speed_range_min", 1), part.get("speed_range_max", 0) + 1)),
    ):
        for value in values:
            if f"{prefix}command_topic" in part:
                yield part[f"{prefix}command_topic"], part.get(f"{prefix}command_template"), value
    for topic, value in (("set_position_topic", 40), ("set_fan_speed_topic", None)):
        if topic in part:
            yield part[topic], None, value if value is not None else part["fan_speed_list"][0]


@EACH
def test_every_command_is_one_that_the_device_takes(device: str, judge: Judge) -> None:
    """And every property that can be set is set by one of them."""
    about, reached = ABOUTS[device], set[str]()
    for part in _components(_payload(device)).values():
        for topic, template, value in _sent(part):
            if topic is None or not topic.startswith(f"jipsa/device/{about.id}/set"):
                continue
            variables = value if isinstance(value, dict) else {"value": value}
            sent = str(value) if template is None else judge.command([(template, variables)])[0]
            changes = _changes(topic, sent)
            reached |= changes.keys()
            if _beyond(part, value):
                with pytest.raises(CommandError):
                    check(changes, about)
            else:
                check(changes, about)
    assert reached == {name for name, prop in about.properties.items() if prop.writable}


def _beyond(part: Mapping[str, Any], value: Any) -> bool:
    """What can be chosen in Home Assistant although the device refuses it: off, of what cannot be switched off."""
    return part["p"] == "water_heater" and value == "off" and "power_command_topic" not in part


def _changes(topic: str, payload: str) -> dict[str, Any]:
    """What a bridge makes of a message on `set`."""
    rest = topic.split("/")[4:]
    try:
        value = json.loads(payload)
    except ValueError:
        value = payload
    return {rest[0]: value} if rest else dict(value)


def _templates(part: Mapping[str, Any]) -> dict[str, str]:
    """The templates that read a state."""
    if part["p"] in {"event", "device_automation"}:
        return {}
    return {
        name: text for name, text in part.items()
        if name.endswith("template") and "command" not in name and isinstance(text, str)
    }  # fmt: skip


@EACH
def test_every_value_of_a_choice_is_shown_as_one_that_home_assistant_knows(device: str, judge: Judge) -> None:
    lists = {"value_template": "options", "mode_state_template": "modes", "fan_mode_state_template": "fan_modes",
             "swing_mode_state_template": "swing_modes"}  # fmt: skip
    for part in _components(_payload(device)).values():
        for template, known in lists.items():
            if template not in part or known not in part:
                continue
            for name, prop in ABOUTS[device].properties.items():
                if f'.get("{name}")' not in part[template]:
                    continue
                states = [json.dumps({"power": True, "hot_water": True, name: value}) for value in prop.values or ()]
                shown = judge.render([(part[template], state) for state in states])
                assert set(shown) <= set(part[known])


@EACH
@pytest.mark.parametrize("state", ["", "{}", "strange", "all null"])
def test_a_state_that_says_nothing_is_unknown_and_no_trouble(device: str, state: str, judge: Judge) -> None:
    about = ABOUTS[device]
    if state == "strange":
        state = json.dumps({name: ["?"] for name in about.properties})
    elif state == "all null":
        state = json.dumps(dict.fromkeys(about.properties))
    for part in _components(_payload(device)).values():
        templates = _templates(part)
        for name, shown in zip(templates, judge.render([(one, state) for one in templates.values()]), strict=True):
            if part["p"] in {"sensor", "binary_sensor", "number", "select", "switch", "climate", "lock"}:
                allowed = {"None", "none", ""} | ({"['?']"} if "?" in state else set())
                assert shown in allowed or name == "json_attributes_template"


# What the household, and a bridge, may change.


def test_the_household_names_and_places_a_device() -> None:
    home = Home(
        (Room(id="study", name="서재"),), (Device(id="kitchen_plug", name="커피 머신", type="switch", room="study"),)
    )
    plug, curtain = ABOUTS["kitchen_plug"], ABOUTS["curtain"]
    device = discovery(plug, placed(plug, home), "ko")["dev"]
    assert (device["name"], device["sa"], device["ids"]) == ("커피 머신", "서재", ["jipsa_kitchen_plug"])
    assert placed(curtain, Home()) == Place("커튼", "서재")  # nobody else says anything
    assert placed(curtain.model_copy(update={"room": "study"}), home) == Place("커튼", "서재")


def test_an_id_that_a_vendor_made_gives_readable_entity_ids() -> None:
    about = ABOUTS["air_conditioner"].model_copy(update={"id": "d27b1f88e91c4a07bb3f-main", "name": "거실 에어컨"})
    parts = _components(discovery(about, PLACE, "ko"))
    assert parts["climate_climate"]["default_entity_id"] == "climate.geosil_eeokeon"
    assert parts["sensor_humidity"]["default_entity_id"] == "sensor.geosil_eeokeon_humidity"
    assert parts["sensor_humidity"]["unique_id"] == "jipsa_d27b1f88e91c4a07bb3f-main_humidity"
    assert object_id(about.model_copy(update={"name": "✨"})) == "jipsa"


def test_korean_is_written_in_latin_letters() -> None:
    # Of the Revised Romanization, as the National Institute of Korean Language gives them, letter by letter.
    assert romanized("거실 에어컨") == "geosil eeokeon"
    assert romanized("안방") == "anbang"
    assert romanized("TV 옆 조명") == "TV yeop jomyeong"


def test_what_is_not_there_any_more_is_taken_away() -> None:
    before = _payload("front_door")
    about = ABOUTS["front_door"]
    rest = about.model_copy(update={"properties": {"locked": about.properties["locked"]}})
    after = replacing(discovery(rest, PLACE, "ko"), before)
    assert after["cmps"]["sensor_battery"] == {"p": "sensor"}
    # Home Assistant may have been away: it is said again, until the property is back.
    assert replacing(discovery(rest, PLACE, "ko"), after) == after
    assert replacing(before, after) == before


def test_payloads_of_others_are_left_alone() -> None:
    ours = json.dumps(_payload("curtain")).encode()
    found = parse("jipsa_curtain", ours)
    assert found is not None
    assert owner(found) == "workshop"
    assert owner(hub([], "ko")) is None
    for foreign in (b"", b"{", b"[]", b'{"o": {"name": "zigbee2mqtt"}, "cmps": {}}', b'{"o": "Jipsa"}', b"\xff"):
        assert parse("jipsa_curtain", foreign) is None
    assert parse("jipsa_other", ours) is None


def test_two_values_with_one_label_can_be_told_apart() -> None:
    modes = Property(type="enum", writable=True, values=["a", "b", "none"], labels={"a": "가습", "b": "가습"})
    about = About(id="x", bridge="b", type="thing", name="x", properties={"mode": modes})
    options = _components(discovery(about, PLACE, "en"))["select_mode"]["options"]
    assert options == ["가습", "가습 (b)", "Nothing"]


def test_a_vacuum_is_told_in_the_words_of_home_assistant() -> None:
    told = {status: json.loads(vacuum_state({"status": status}))["state"] for status in
            ("running", "charging", "returning", "paused", "error", "dancing")}  # fmt: skip
    assert told == {"running": "cleaning", "charging": "docked", "returning": "returning", "paused": "paused",
                    "error": "error", "dancing": None}  # fmt: skip


# Devices by anybody.

_NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
_FIT = st.characters(
    exclude_categories=["Cc", "Cs", "Zl", "Zp"],
    exclude_characters="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
)
"""What the contract lets a bridge say (docs/contract.md, Limits)."""


def _text(min_size: int = 0, max_size: int | None = None) -> st.SearchStrategy[str]:
    return st.text(_FIT, min_size=min_size, max_size=max_size).filter(lambda text: len(text.strip()) >= min_size)


_NAMES = st.one_of(
    st.sampled_from(["power", "mode", "operation", "target_temperature", "target_temperature_low", "fan_mode",
                     "fan_step", "percentage", "position", "open", "locked", "brightness", "color", "swing", "status",
                     "color_temperature", "target_humidity", "humidity", "hot_water_target_temperature", "hot_water",
                     "swing_vertical", "swing_horizontal", "ringing", "items", "next_at", "energy", "clean_area"]),
    _text(min_size=1, max_size=12),
)  # fmt: skip

_PROPERTIES = st.builds(
    Property,
    type=st.sampled_from(["boolean", "integer", "number", "string", "enum", "color", "time"]),
    writable=st.booleans(),
    unit=st.sampled_from([None, "", "°C", "°F", "K", "%", "min", "kWh", "lx", "ppm", "파섹"]),
    min=st.none() | _NUMBERS,
    max=st.none() | _NUMBERS,
    step=st.none() | _NUMBERS,
    values=st.none() | st.lists(st.sampled_from(["auto", "off", "start", "stop", "none", "red", "high"]) | _text()),
    name=st.none() | _text(max_size=300),
    labels=st.none() | st.dictionaries(_text(max_size=5), _text(max_size=5)),
    platform=st.sampled_from([None, "climate", "fan", "humidifier", "water_heater", "switch", "light", "teapot"]),
)

_ABOUTS = st.builds(
    About,
    id=st.just("strange"),
    bridge=st.just("other"),
    type=st.sampled_from(["climate", "fan", "humidifier", "light", "cover", "valve", "lock", "vacuum", "scene",
                          "script", "water_heater", "system_boiler", "button", "switch", "sensor", "binary_sensor",
                          "conversation", "weather", "hood"]) | _text(min_size=1, max_size=9),
    name=_text(min_size=1, max_size=20),
    room=st.none() | _text(max_size=9),
    device_class=st.none() | st.sampled_from(["curtain", "window", "gas", "outlet"]) | _text(max_size=9),
    properties=st.dictionaries(_NAMES, _PROPERTIES, max_size=8),
    events=st.lists(_text(max_size=9), max_size=3),
)  # fmt: skip


@given(about=_ABOUTS, language=st.sampled_from(["ko", "en"]))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_bridge_says_home_assistant_takes_it(about: About, language: Language, judge: Judge) -> None:
    payload = discovery(about, PLACE, language)
    assert judge.faults(payload) == []
    parts = list(_components(payload).values())
    assert all(part["unique_id"].isascii() for part in parts if "unique_id" in part)
    judge.render([(one, "{}") for part in parts for one in _templates(part).values()])


def test_names_that_are_no_ids_become_some() -> None:
    assert key("humidity") == "humidity"
    assert re.fullmatch(r"p[0-9a-f]{12}", key("물 온도"))
    assert key("\ud800") != key("물 온도")
