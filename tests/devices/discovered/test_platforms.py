"""How components speak: what entities tell and are, and what they are told for a change, as a table."""

from __future__ import annotations

import json
from typing import Any

import pytest

from devices.discovered.components import platform_of
from devices.discovered.configs import read_configs
from devices.discovered.devices import Found, found_devices
from devices.discovered.platform import Seen
from hub.home import Home

CMD, STAT = {"cmd_t": "c"}, {"stat_t": "s"}

LIGHT_JSON = {**CMD, **STAT, "schema": "json", "supported_color_modes": ["color_temp", "hs"], "brightness_scale": 100}
OLD_JSON = {**CMD, **STAT, "schema": "json", "brightness": True, "rgb": True, "color_temp": True}
KELVIN_JSON = {**CMD, **STAT, "schema": "json", "supported_color_modes": ["color_temp"], "color_temp_kelvin": True,
               "min_kelvin": 2700, "max_kelvin": 5000}  # fmt: skip
TEMPLATE = {
    **CMD, **STAT, "schema": "template", "stat_tpl": "{{ value.split(',')[0] }}",
        "bri_tpl": "{{ value.split(',')[1] }}",
    "r_tpl": "{{ value.split(',')[2] }}", "g_tpl": "{{ value.split(',')[3] }}", "b_tpl": "{{ value.split(',')[4] }}",
    "cmd_on_tpl": "on,{{ brightness | d }},{{ red | d }}-{{ green | d }}-{{ blue | d }}", "cmd_off_tpl": "off",
}  # fmt: skip
RGB = {
    **CMD,
    **STAT,
    "rgb_cmd_t": "c/rgb",
    "rgb_stat_t": "s/rgb",
    "rgb_cmd_tpl": "{{ '%x' if false else red }}/{{ blue }}",
}
XY = {**CMD, **STAT, "xy_cmd_t": "c/xy", "xy_stat_t": "s/xy"}
DIMMED = {**CMD, **STAT, "bri_cmd_t": "c/b", "bri_stat_t": "s/b"}

THERMOSTAT = {
    "mode_cmd_t": "c/mode", "mode_stat_t": "s/mode", "modes": ["off", "heat", "cool", "heat_cool"],
        "pow_cmd_t": "c/power",
    "temp_lo_cmd_t": "c/low", "temp_lo_stat_t": "s/low", "temp_hi_cmd_t": "c/high", "temp_hi_stat_t": "s/high",
    "temp_unit": "F", "curr_temp_t": "s/now", "curr_hum_t": "s/damp", "pr_mode_cmd_t": "c/preset",
    "pr_mode_stat_t": "s/preset", "pr_modes": ["eco", "away"],
}  # fmt: skip
PLACE = {**CMD, **STAT, "set_pos_t": "c/p", "pos_t": "s/p", "pos_open": 0, "pos_clsd": 255}
TILT = {"tilt_cmd_t": "c/tilt", "tilt_status_t": "s/tilt", "tilt_opnd_val": 90, "tilt_clsd_val": 0}
FAN = {**CMD, **STAT, "pct_cmd_t": "c/p", "pct_stat_t": "s/p", "spd_rng_min": 1, "spd_rng_max": 3, "osc_cmd_t": "c/o",
       "osc_stat_t": "s/o", "pr_mode_cmd_t": "c/m", "pr_mode_stat_t": "s/m", "pr_modes": ["auto", "sleep"]}  # fmt: skip
HUMID = {**CMD, **STAT, "hum_cmd_t": "c/h", "hum_stat_t": "s/h", "min_hum": 40, "max_hum": 70, "modes": ["eco"],
         "mode_cmd_t": "c/m", "mode_stat_t": "s/m", "curr_hum_t": "s/now", "dev_cla": "dehumidifier"}  # fmt: skip
HEATER = {"mode_cmd_t": "c/m", "mode_stat_t": "s/m", "modes": ["off", "eco", "performance"], "temp_cmd_t": "c/t",
          "temp_stat_t": "s/t", "pow_cmd_t": "c/p", "curr_temp_t": "s/now"}  # fmt: skip
ROBOT = {**CMD, **STAT, "sup_feat": ["start", "pause", "return_home", "fan_speed"], "set_fan_spd_t": "c/f",
         "fanspd_lst": ["quiet", "max"]}  # fmt: skip
MOWER = {"activity_state_topic": "s", "start_mowing_command_topic": "c/start", "dock_command_topic": "c/dock",
         "start_mowing_command_template": "{{ value }}!"}  # fmt: skip

STATES: list[tuple[str, dict[str, Any], list[tuple[str, Any]], str, dict[str, Any]]] = [
    # component, what is announced, what is told → type, how it is
    ("switch", {**CMD, **STAT, "stat_on": "1", "stat_off": "0"}, [("s", "1")], "switch", {"power": True}),
    ("switch", {**CMD, **STAT, "pl_on": True, "pl_off": False}, [("s", "False")], "switch", {"power": False}),
    ("switch", {**CMD, **STAT}, [("s", "ON"), ("s", "None")], "switch", {"power": None}),
    ("switch", {**CMD, **STAT}, [("s", "ON"), ("s", "nonsense"), ("s", "")], "switch", {"power": True}),
    ("switch", CMD, [], "switch", {"power": None}),
    ("siren", {**CMD, **STAT}, [("s", {"state": "ON", "tone": "fire"})], "siren", {"power": True}),
    ("siren", {**CMD, **STAT}, [("s", "OFF")], "siren", {"power": False}),
    ("button", CMD, [], "button", {}),
    ("scene", CMD, [], "scene", {}),
    ("number", {**CMD, **STAT, "min": 0, "max": 9}, [("s", "3")], "number", {"value": 3.0}),
    ("select", {**CMD, **STAT, "options": ["a", "b"]}, [("s", "b")], "select", {"option": "b"}),
    ("sensor", {**STAT, "dev_cla": "energy", "unit_of_meas": "Wh"}, [("s", "1500")], "sensor", {"energy": 1.5}),
    ("sensor", STAT, [("s", "wash")], "sensor", {"value": "wash"}),
    ("binary_sensor", {**STAT, "dev_cla": "door"}, [("s", "ON")], "binary_sensor", {"open": True}),
    ("binary_sensor", {**STAT, "dev_cla": "smoke", "pl_on": "fire", "pl_off": "-"}, [("s", "-")], "binary_sensor",
        {"detected": False}),
    ("alarm_control_panel", {**CMD, **STAT}, [("s", "armed_away")], "binary_sensor",
        {"power": True, "phase": "armed_away"}),
    ("event", {**STAT, "evt_typ": ["press"]}, [("s", {"event_type": "press"})], "sensor", {}),
    ("light", LIGHT_JSON, [("s", {"state": "ON", "brightness": 40, "color_mode": "color_temp",
        "color_temp": 250})], "light",
        {"power": True, "brightness": 40, "color": None, "color_temperature": 4000}),
    ("light", LIGHT_JSON, [("s", {"state": "ON", "brightness": 100, "color_mode": "hs",
        "color": {"h": 120, "s": 100}})],
        "light", {"power": True, "brightness": 100, "color": "green", "color_temperature": None}),
    ("light", OLD_JSON, [("s", {"state": "OFF", "brightness": 9, "color": {"r": 255, "g": 0, "b": 0}})], "light",
        {"power": False, "brightness": 0, "color": "red", "color_temperature": None}),
    ("light", KELVIN_JSON, [("s", {"state": "ON", "brightness": 255, "color_temp": 3000})], "light",
        {"power": True, "brightness": 100, "color_temperature": 3000}),
    ("light", LIGHT_JSON, [("s", "no json"), ("s", [1]), ("s", {"brightness": "x", "color": 3})], "light",
        {"power": None, "brightness": None, "color": None, "color_temperature": None}),
    ("light", TEMPLATE, [("s", "on,128,0,0,255")], "light", {"power": True, "brightness": 50, "color": "blue"}),
    ("light", RGB, [("s", "ON"), ("s/rgb", "0,128,0")], "light", {"power": True, "brightness": 50, "color": "green"}),
    ("light", XY, [("s", "ON"), ("s/xy", "0.15,0.06")], "light", {"power": True, "brightness": None, "color": "blue"}),
    ("light", DIMMED, [("s", "ON"), ("s/b", "51")], "light", {"power": True, "brightness": 20}),
    ("climate", THERMOSTAT, [("s/mode", "heat_cool"), ("s/low", "68"), ("s/high", "77"), ("s/now", "71.6"),
        ("s/damp", "41.4"), ("s/preset", "eco")], "climate", {
        "power": True, "mode": "auto", "energy_saving": True, "away": False, "target_temperature_low": 20.0,
        "target_temperature_high": 25.0, "current_temperature": 22.0, "humidity": 41}),
    ("climate", {"mode_cmd_t": "c", "mode_stat_t": "s", "modes": ["off", "heat"]}, [("s", "off")], "boiler",
        {"power": False, "mode": None}),
    ("cover", {**CMD, **STAT}, [("s", "closing")], "cover", {"open": True}),
    ("cover", PLACE, [("s/p", "255"), ("s", "stopped")], "cover", {"open": False, "position": 0}),
    ("cover", {"set_pos_t": "c", "pos_t": "s"}, [("s", {"position": 30})], "cover", {"open": True, "position": 30}),
    ("cover", TILT, [("s/tilt", "45")], "cover", {"open": None, "position": 50}),
    ("valve", {**CMD, **STAT}, [("s", "closed")], "valve", {"open": False}),
    ("valve", {**CMD, **STAT, "pos": True}, [("s", "40")], "valve", {"open": True, "position": 40}),
    ("valve", {**CMD, **STAT, "pos": True}, [("s", {"state": "closing", "position": 0})], "valve",
        {"open": False, "position": 0}),
    ("lock", {**CMD, **STAT}, [("s", "LOCKED")], "lock", {"locked": True}),
    ("lock", {**CMD, **STAT, "stat_unlocked": "frei"}, [("s", "frei")], "lock", {"locked": False}),
    ("fan", FAN, [("s", "ON"), ("s/p", "3"), ("s/o", "oscillate_on"), ("s/m", "auto")], "fan",
        {"power": True, "mode": "auto", "fan_step": 3, "percentage": 100, "swing": "horizontal"}),
    ("humidifier", HUMID, [("s", "ON"), ("s/h", "50"), ("s/m", "eco"), ("s/now", "61")], "dehumidifier",
        {"power": True, "mode": "energy_saving", "target_humidity": 50, "humidity": 61}),
    ("water_heater", HEATER, [("s/m", "performance"), ("s/t", "48"), ("s/now", "40.5")], "water_heater",
        {"power": True, "mode": "turbo", "target_temperature": 48.0, "current_temperature": 40.5}),
    ("vacuum", ROBOT, [("s", {"state": "docked", "fan_speed": "max"})], "vacuum",
        {"status": "charging", "fan_mode": "power"}),
    ("vacuum", {**ROBOT, "json_attr_t": "j"}, [("s", {"state": "idle"}), ("j", {"battery_level": 80})], "vacuum",
        {"status": "idle", "battery": 80, "fan_mode": None}),
    ("lawn_mower", MOWER, [("s", "mowing")], "lawn_mower", {"status": "running"}),
]  # fmt: skip


def one_of(component: str, announced: dict[str, Any]) -> Seen:
    payload = json.dumps({"name": "그것", "uniq_id": "it", **announced}).encode()
    [config] = read_configs(f"homeassistant/{component}/it/config", payload, "homeassistant", pytest.fail)
    platform = platform_of(config)
    assert platform is not None
    return Seen(config, platform)


def found(seen: Seen) -> Found:
    [one] = found_devices([seen], Home(), "ko", pytest.fail).values()
    return one


@pytest.mark.parametrize(("component", "announced", "told", "kind", "values"), STATES)
def test_what_a_device_is_and_how(
    component: str, announced: dict[str, Any], told: list[tuple[str, Any]], kind: str, values: dict[str, Any]
) -> None:
    seen = one_of(component, announced)
    for topic, payload in told:
        assert topic in seen.topics()
        seen.hear(topic, payload if isinstance(payload, str) else json.dumps(payload))
    one = found(seen)
    assert one.about.type == kind
    assert one.values() == values


SAID: list[tuple[str, dict[str, Any], list[tuple[str, str]], dict[str, Any], list[tuple[str, str]] | None]] = [
    # component, what is announced, what was told, changes → what is said
    ("switch", {**CMD, "pl_on": "an"}, [], {"power": True}, [("c", "an")]),
    ("button", CMD, [], {"power": True}, [("c", "PRESS")]),
    ("button", CMD, [], {"power": False}, None),
    ("scene", {**CMD, "pl_on": "go"}, [], {"power": True}, [("c", "go")]),
    ("siren", CMD, [], {"power": True}, [("c", '{"state": "ON"}')]),
    ("siren", {**CMD, "cmd_tpl": "s={{ value }}"}, [], {"power": False}, [("c", "s=OFF")]),
    ("number", {**CMD, "cmd_tpl": '{"n": {{ value }}}'}, [], {"value": 3}, [("c", '{"n": 3}')]),
    ("select", {**CMD, "options": ["a b", "c"]}, [], {"option": "a_b"}, [("c", "a b")]),
    ("light", LIGHT_JSON, [], {"power": True}, [("c", '{"state": "ON"}')]),
    ("light", LIGHT_JSON, [], {"brightness": 1, "color": "red"},
        [("c", '{"state": "ON", "brightness": 1, "color": {"h": 0.0, "s": 100.0}}')]),
    ("light", OLD_JSON, [], {"color": "blue"}, [("c", '{"state": "ON", "color": {"r": 0, "g": 0, "b": 255}}')]),
    ("light", KELVIN_JSON, [], {"color_temperature": 3000}, [("c", '{"state": "ON", "color_temp": 3000}')]),
    ("light", LIGHT_JSON, [], {"power": False}, [("c", '{"state": "OFF"}')]),
    ("light", TEMPLATE, [], {"brightness": 20}, [("c", "on,51,--")]),
    ("light", TEMPLATE, [], {"color": "red"}, [("c", "on,,255-0-0")]),
    ("light", TEMPLATE, [], {"power": False}, [("c", "off")]),
    ("light", RGB, [], {"color": "blue"}, [("c/rgb", "0/255"), ("c", "ON")]),
    ("light", XY, [], {"color": "blue"}, [("c/xy", "0.15,0.06"), ("c", "ON")]),
    ("light", DIMMED, [], {"brightness": 100}, [("c/b", "255"), ("c", "ON")]),
    ("light", DIMMED, [], {"brightness": 0}, [("c", "OFF")]),
    ("light", {**DIMMED, "on_cmd_type": "brightness"}, [("s/b", "51")], {"power": True}, [("c/b", "51")]),
    ("climate", THERMOSTAT, [], {"power": True}, [("c/power", "ON")]),
    ("climate", THERMOSTAT, [], {"mode": "auto"}, [("c/mode", "heat_cool")]),
    ("climate", THERMOSTAT, [], {"target_temperature_low": 20, "target_temperature_high": 25},
        [("c/low", "68.0"), ("c/high", "77.0")]),
    ("climate", THERMOSTAT, [("s/low", "68"), ("s/high", "77")], {"target_temperature_high": 26},
        [("c/low", "68.0"), ("c/high", "78.8")]),
    ("climate", THERMOSTAT, [], {"away": True}, [("c/preset", "away")]),
    ("climate", THERMOSTAT, [], {"away": False}, [("c/preset", "none")]),
    ("climate", {"mode_cmd_t": "c", "modes": ["off", "heat"]}, [], {"power": False}, [("c", "off")]),
    ("cover", CMD, [], {"open": True}, [("c", "OPEN")]),
    ("cover", {**CMD, "pl_stop": None}, [], {"open": False}, [("c", "CLOSE")]),
    ("cover", CMD, [], {"operation": "stop"}, [("c", "STOP")]),
    ("cover", {**CMD, "pl_open": None}, [], {"open": True}, None),
    ("cover", PLACE, [], {"position": 100}, [("c/p", "0")]),
    ("cover", {"set_pos_t": "c", "pos_t": "s"}, [], {"open": False}, [("c", "0")]),
    ("cover", TILT, [], {"open": True}, [("c/tilt", "90")]),
    ("cover", TILT, [], {"position": 50}, [("c/tilt", "45")]),
    ("valve", CMD, [], {"open": False}, [("c", "CLOSE")]),
    ("valve", {**CMD, "pos": True}, [], {"open": True}, [("c", "100")]),
    ("valve", {**CMD, "pos": True}, [], {"position": 30}, [("c", "30")]),
    ("lock", CMD, [], {"locked": True}, [("c", "LOCK")]),
    ("fan", FAN, [], {"fan_step": 2}, [("c/p", "2")]),
    ("fan", FAN, [], {"percentage": 0}, [("c", "OFF")]),
    ("fan", FAN, [], {"percentage": 100, "mode": "sleep"}, [("c/m", "sleep"), ("c/p", "3")]),
    ("fan", FAN, [], {"swing": "off"}, [("c/o", "oscillate_off")]),
    ("humidifier", HUMID, [], {"target_humidity": 55}, [("c/h", "55")]),
    ("humidifier", HUMID, [], {"mode": "energy_saving"}, [("c/m", "eco")]),
    ("water_heater", HEATER, [], {"power": False}, [("c/p", "OFF")]),
    ("water_heater", HEATER, [], {"mode": "turbo", "target_temperature": 50},
        [("c/m", "performance"), ("c/t", "50.0")]),
    ("vacuum", {**ROBOT, "pl_ret": "dock"}, [], {"operation": "home"}, [("c", "dock")]),
    ("vacuum", ROBOT, [], {"operation": "start"}, [("c", "start")]),
    ("vacuum", ROBOT, [], {"fan_mode": "power"}, [("c/f", "max")]),
    ("lawn_mower", MOWER, [], {"operation": "start"}, [("c/start", "start_mowing!")]),
]  # fmt: skip


@pytest.mark.parametrize(("component", "announced", "told", "changes", "said"), SAID)
def test_what_is_said_for_a_change(
    component: str, announced: dict[str, Any], told: list[tuple[str, str]], changes: dict[str, Any],
    said: list[tuple[str, str]] | None,
) -> None:  # fmt: skip
    seen = one_of(component, announced)
    for topic, payload in told:
        seen.hear(topic, payload)
    one = found(seen)
    assert changes.keys() <= one.about.properties.keys() | {"operation"}
    calls = one.calls(changes)
    sent = None if calls is None else [seen.sends(call) for seen, call in calls]
    assert (None if sent is None else [(send.topic, send.payload) for sends in sent for send in sends or []]) == said


@pytest.mark.parametrize(
    ("component", "announced", "changes"),
    [
        ("switch", CMD, {"power": True}), ("switch", {**CMD, **STAT, "opt": True}, {"power": False}),
        ("light", {**CMD, "schema": "json", "supported_color_modes": ["hs"]},
            {"power": True, "brightness": 40, "color": "blue"}),
        ("light", {**CMD, "bri_cmd_t": "b", "clr_temp_cmd_t": "t"}, {"brightness": 20, "color_temperature": 4000}),
        ("climate", {"mode_cmd_t": "m", "temp_cmd_t": "t", "fan_mode_cmd_t": "f"},
            {"mode": "cool", "target_temperature": 25, "fan_mode": "low"}),
        ("cover", CMD, {"open": True}), ("cover", {"set_pos_t": "p"}, {"position": 30}),
            ("lock", CMD, {"locked": True}),
        ("valve", CMD, {"open": False}), ("fan", {**CMD, "pct_cmd_t": "p"}, {"percentage": 40}),
        ("fan", {**CMD, "osc_cmd_t": "o"}, {"swing": "horizontal"}),
            ("humidifier", {**CMD, "hum_cmd_t": "h"}, {"target_humidity": 50}),
        ("number", CMD, {"value": 3}), ("select", {**CMD, "options": ["a"]}, {"option": "a"}),
            ("siren", CMD, {"power": True}),
    ],
)  # fmt: skip
def test_who_tells_nothing_is_as_was_asked(component: str, announced: dict[str, Any], changes: dict[str, Any]) -> None:
    one = found(one_of(component, announced))
    assert changes.keys() <= one.about.properties.keys()
    for seen, call in one.calls(changes) or []:
        seen.assume(call)
    assert {name: one.values()[name] for name in changes} == changes
