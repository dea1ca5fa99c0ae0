"""The tables that make devices of entities: states as Home Assistant tells them, and what is called for a change."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from devices.homeassistant.entities import KINDS, Call, Entity
from devices.values import check
from hub.home import DEVICE_TYPES
from hub.messages import About

DIMMER = {"supported_color_modes": ["brightness"], "color_mode": "brightness", "brightness": 128}
WHITES = {"min_color_temp_kelvin": 2000, "max_color_temp_kelvin": 6535}
COLORED = {"supported_color_modes": ["color_temp", "hs"], **WHITES}
RED = {**COLORED, "color_mode": "hs", "brightness": 255, "hs_color": [2.0, 98.0], "color_temp_kelvin": None}
WARM = {**COLORED, "color_mode": "color_temp", "brightness": 26, "hs_color": [28.5, 68.0], "color_temp_kelvin": 2631}

AIR_CONDITIONER = {
    "hvac_modes": ["off", "heat", "cool", "heat_cool", "dry", "fan_only"], "min_temp": 16, "max_temp": 30,
    "target_temp_step": 1, "fan_modes": ["auto", "low", "middle", "top"], "swing_modes": ["on", "off"],
    "preset_modes": ["none", "eco", "sleep"], "current_temperature": 27.5, "temperature": 26, "fan_mode": "middle",
    "preset_mode": "eco", "swing_mode": "on", "current_humidity": 54.2,
    "supported_features": 1 + 8 + 16 + 32 + 128 + 256,
}  # fmt: skip
BOILER = {"hvac_modes": ["heat", "off"], "min_temp": 41, "max_temp": 104, "current_temperature": 71.6,
          "temperature": 73.4, "supported_features": 1}  # fmt: skip
RANGE = {"hvac_modes": ["off", "heat_cool"], "min_temp": 7, "max_temp": 35, "target_temp_low": 21,
         "target_temp_high": 24, "temperature": None, "supported_features": 2}  # fmt: skip
FAN = {"percentage": 66, "percentage_step": 100 / 3, "preset_modes": ["auto", "sleep"], "preset_mode": None,
       "oscillating": False, "supported_features": 1 + 2 + 8}  # fmt: skip
SPEAKER = {"volume_level": 0.35, "is_volume_muted": False, "media_title": "밤편지", "media_artist": "아이유",
           "shuffle": True, "repeat": "off",
           "supported_features": 4 + 8 + 1 + 16384 + 512 + 32768 + 262144}  # fmt: skip
TV = {
    "device_class": "tv",
    "source_list": ["HDMI 1", "유튜브"],
    "source": "유튜브",
    "supported_features": 128 + 256 + 2048,
}
VACUUM = {"battery_level": 80, "fan_speed_list": ["quiet", "balanced", "max"], "fan_speed": "max",
          "supported_features": 4 + 8 + 16 + 32 + 64 + 8192}  # fmt: skip

STATES: list[tuple[str, str, dict[str, Any], str, dict[str, Any]]] = [
    # entity, state, attributes → type, values
    ("light.a", "on", DIMMER, "light", {"power": True, "brightness": 50}),
    ("light.a", "off", {**DIMMER, "brightness": None}, "light", {"power": False, "brightness": 0}),
    ("light.a", "unknown", {"supported_color_modes": ["onoff"]}, "light", {"power": None}),
    ("light.a", "on", RED, "light", {"power": True, "brightness": 100, "color": "red", "color_temperature": None}),
    ("light.a", "on", WARM, "light", {"power": True, "brightness": 10, "color": None, "color_temperature": 2631}),
    ("switch.a", "on", {"device_class": "outlet"}, "switch", {"power": True}),
    ("input_boolean.a", "off", {}, "switch", {"power": False}),
    ("siren.a", "on", {}, "siren", {"power": True}),
    ("scene.a", "2026-11-28T09:12:22+00:00", {}, "scene", {}),
    ("script.a", "on", {}, "script", {}),
    ("button.a", "unknown", {}, "button", {}),
    ("number.a", "42.0", {"min": 0, "max": 100, "step": 1}, "number", {"value": 42.0}),
    ("input_select.a", "여름", {"options": ["여름", "겨울"]}, "select", {"option": "여름"}),
    ("cover.a", "open", {"current_position": 70, "supported_features": 15}, "cover", {"open": True, "position": 70}),
    ("cover.a", "closing", {"supported_features": 3}, "cover", {"open": True}),
    ("cover.a", "closed", {"current_tilt_position": 0, "supported_features": 240}, "cover",
        {"open": False, "position": 0}),
    ("valve.a", "closed", {"supported_features": 3}, "valve", {"open": False}),
    ("lock.a", "locked", {}, "lock", {"locked": True}),
    ("lock.a", "unlocking", {}, "lock", {"locked": False}),
    ("lock.a", "jammed", {}, "lock", {"locked": None}),
    ("climate.a", "cool", AIR_CONDITIONER, "climate", {
        "power": True, "mode": "cool", "energy_saving": True, "sleep": False, "target_temperature": 26.0,
        "current_temperature": 27.5, "humidity": 54, "fan_mode": "medium", "swing": "vertical"}),
    ("climate.a", "off", AIR_CONDITIONER, "climate", {
        "power": False, "mode": None, "energy_saving": True, "sleep": False, "target_temperature": 26.0,
        "current_temperature": 27.5, "humidity": 54, "fan_mode": "medium", "swing": "vertical"}),
    ("climate.a", "heat_cool", RANGE, "climate", {
        "power": True, "mode": "auto", "target_temperature_low": 21.0, "target_temperature_high": 24.0}),
    ("fan.a", "on", FAN, "fan", {"power": True, "mode": None, "fan_step": 2, "percentage": 66, "swing": "off"}),
    ("fan.a", "off", {**FAN, "percentage": None}, "fan", {
        "power": False, "mode": None, "fan_step": 0, "percentage": 0, "swing": "off"}),
    ("fan.a", "on", {"percentage": 30, "percentage_step": 1, "supported_features": 1}, "fan", {
        "power": True, "percentage": 30}),
    ("humidifier.a", "on", {"min_humidity": 30, "max_humidity": 80, "humidity": 50, "current_humidity": 41.6},
        "humidifier", {"power": True, "target_humidity": 50, "humidity": 42}),
    ("humidifier.a", "off", {"device_class": "dehumidifier", "humidity": 50}, "dehumidifier", {
        "power": False, "target_humidity": 50}),
    ("water_heater.a", "eco", {"operation_list": ["eco", "performance", "off"], "away_mode": "off", "min_temp": 40,
        "max_temp": 60, "temperature": 48, "current_temperature": None, "supported_features": 15}, "water_heater", {
        "power": True, "mode": "energy_saving", "away": False, "target_temperature": 48.0,
        "current_temperature": None}),
    ("vacuum.a", "docked", VACUUM, "vacuum", {"status": "charging", "battery": 80, "fan_mode": "power"}),
    ("lawn_mower.a", "mowing", {"supported_features": 7}, "lawn_mower", {"status": "running"}),
    ("media_player.a", "playing", SPEAKER, "media_player", {
        "playback": "playing", "volume": 35, "muted": False, "shuffle": True, "repeat": False,
        "title": "밤편지", "artist": "아이유", "album": None}),
    ("media_player.a", "off", TV, "television", {
        "power": False, "playback": "stopped", "source": "유튜브", "title": None, "artist": None, "album": None}),
    ("sensor.a", "21.5", {"device_class": "temperature", "unit_of_measurement": "°C"}, "sensor", {
        "current_temperature": 21.5}),
    ("sensor.a", "70", {"device_class": "temperature", "unit_of_measurement": "°F"}, "sensor", {
        "current_temperature": 21.1}),
    ("sensor.a", "1500", {"device_class": "energy", "unit_of_measurement": "Wh"}, "sensor", {"energy": 1.5}),
    ("sensor.a", "unknown", {"device_class": "humidity", "unit_of_measurement": "%"}, "sensor", {"humidity": None}),
    ("sensor.a", "wash", {"device_class": "enum", "options": ["idle", "wash"]}, "sensor", {"value": "wash"}),
    ("binary_sensor.a", "on", {"device_class": "garage_door"}, "binary_sensor", {"open": True}),
    ("binary_sensor.a", "off", {"device_class": "occupancy"}, "binary_sensor", {"motion": False}),
    ("binary_sensor.a", "on", {"device_class": "smoke"}, "binary_sensor", {"detected": True}),
    ("alarm_control_panel.a", "armed_away", {}, "binary_sensor", {"power": True, "phase": "armed_away"}),
    ("alarm_control_panel.a", "disarmed", {}, "binary_sensor", {"power": False, "phase": "disarmed"}),
]  # fmt: skip


@pytest.mark.parametrize(("entity", "state", "attributes", "kind", "values"), STATES)
def test_what_a_device_is_and_how(
    entity: str, state: str, attributes: dict[str, Any], kind: str, values: dict[str, Any]
) -> None:
    seen = Entity(entity, state, attributes)
    table = KINDS[seen.domain]
    assert table.type(seen) == kind
    assert kind in DEVICE_TYPES
    assert table.values(seen, table.properties(seen)) == values


CALLS: list[tuple[str, str, dict[str, Any], dict[str, Any], list[Call] | None]] = [
    # entity, state, attributes, changes → the services
    ("light.a", "off", DIMMER, {"power": True}, [Call("light.turn_on")]),
    ("light.a", "off", RED, {"power": True, "brightness": 30, "color": "blue"},
        [Call("light.turn_on", {"brightness_pct": 30, "rgb_color": [0, 0, 255]})]),
    ("light.a", "on", RED, {"power": False, "color": "blue"}, [Call("light.turn_off")]),
    ("light.a", "on", DIMMER, {"brightness": 0}, [Call("light.turn_off")]),
    ("light.a", "on", WARM, {"color_temperature": 4000}, [Call("light.turn_on", {"color_temp_kelvin": 4000})]),
    ("input_boolean.a", "off", {}, {"power": True}, [Call("input_boolean.turn_on")]),
    ("scene.a", "unknown", {}, {"power": True}, [Call("scene.turn_on")]),
    ("scene.a", "unknown", {}, {"power": False}, None),
    ("script.a", "on", {}, {"power": False}, [Call("script.turn_off")]),
    ("input_button.a", "unknown", {}, {"power": True}, [Call("input_button.press")]),
    ("number.a", "1", {"min": 0, "max": 9}, {"value": 3}, [Call("number.set_value", {"value": 3})]),
    ("select.a", "b", {"options": ["b", "c d"]}, {"option": "c_d"}, [Call("select.select_option", {"option": "c d"})]),
    ("cover.a", "open", {"supported_features": 15}, {"open": False}, [Call("cover.close_cover")]),
    ("cover.a", "open", {"supported_features": 4}, {"open": False},
        [Call("cover.set_cover_position", {"position": 0})]),
    ("cover.a", "open", {"supported_features": 240}, {"position": 40},
        [Call("cover.set_cover_tilt_position", {"tilt_position": 40})]),
    ("cover.a", "open", {"supported_features": 1}, {"open": False}, None),
    ("cover.a", "open", {"supported_features": 64}, {"operation": "stop"}, [Call("cover.stop_cover_tilt")]),
    ("lock.a", "locked", {}, {"locked": False}, [Call("lock.unlock")]),
    ("climate.a", "off", AIR_CONDITIONER, {"power": True, "mode": "auto", "target_temperature": 24},
        [Call("climate.turn_on"), Call("climate.set_hvac_mode", {"hvac_mode": "heat_cool"}),
         Call("climate.set_temperature", {"temperature": 24.0})]),
    ("climate.a", "cool", AIR_CONDITIONER, {"fan_mode": "power"}, [Call("climate.set_fan_mode", {"fan_mode": "top"})]),
    ("climate.a", "cool", AIR_CONDITIONER, {"sleep": False},
        [Call("climate.set_preset_mode", {"preset_mode": "none"})]),
    ("climate.a", "off", BOILER, {"power": True}, [Call("climate.set_hvac_mode", {"hvac_mode": "heat"})]),
    ("climate.a", "heat_cool", RANGE, {"target_temperature_low": 20},
        [Call("climate.set_temperature", {"target_temp_low": 20.0, "target_temp_high": 24.0})]),
    ("climate.a", "heat_cool", RANGE, {"target_temperature_low": 20, "target_temperature_high": 25},
        [Call("climate.set_temperature", {"target_temp_low": 20.0, "target_temp_high": 25.0})]),
    ("fan.a", "on", FAN, {"fan_step": 3}, [Call("fan.set_percentage", {"percentage": 100})]),
    ("fan.a", "on", FAN, {"fan_step": 1}, [Call("fan.set_percentage", {"percentage": 33})]),
    ("fan.a", "on", FAN, {"swing": "horizontal"}, [Call("fan.oscillate", {"oscillating": True})]),
    ("vacuum.a", "docked", VACUUM, {"operation": "home"}, [Call("vacuum.return_to_base")]),
    ("vacuum.a", "docked", VACUUM, {"fan_mode": "low"}, [Call("vacuum.set_fan_speed", {"fan_speed": "quiet"})]),
    ("media_player.a", "idle", SPEAKER, {"volume": 40}, [Call("media_player.volume_set", {"volume_level": 0.4})]),
    ("media_player.a", "idle", SPEAKER, {"search_query": "아이유", "media_class": "artist"},
        [Call("media_player.play_media", {"media_content_id": "아이유", "media_content_type": "artist"})]),
    ("media_player.a", "idle", {"supported_features": 4096}, {"operation": "pause"}, [Call("media_player.media_stop")]),
    ("media_player.a", "off", {"supported_features": 256}, {"power": True}, None),
    ("media_player.a", "off", TV, {"source": "hdmi_1"}, [Call("media_player.select_source", {"source": "HDMI 1"})]),
]  # fmt: skip


@pytest.mark.parametrize(("entity", "state", "attributes", "changes", "calls"), CALLS)
def test_what_is_called(
    entity: str, state: str, attributes: dict[str, Any], changes: dict[str, Any], calls: list[Call] | None
) -> None:
    seen = Entity(entity, state, attributes)
    table = KINDS[seen.domain]
    about = About(id="a", bridge="b", type=table.type(seen), name="a", properties=table.properties(seen))
    assert table.calls(seen, check(changes, about)) == calls


def test_fahrenheit_is_celsius_here() -> None:
    seen = Entity("climate.a", "heat", BOILER, fahrenheit=True)
    table = KINDS["climate"]
    assert table.type(seen) == "boiler"
    assert table.values(seen, ["target_temperature"])["target_temperature"] == 23.0
    target = table.properties(seen)["target_temperature"]
    assert (target.min, target.max) == (5.0, 40.0)
    assert table.calls(seen, {"target_temperature": 25}) == [Call("climate.set_temperature", {"temperature": 77.0})]


def test_a_player_that_can_search_plays_what_it_finds() -> None:
    seen = Entity("media_player.a", "idle", {"supported_features": 512 | 1 << 22})
    (search,) = KINDS["media_player"].calls(seen, {"search_query": "밤편지", "media_class": "track"}) or ()
    assert search.service == "media_player.search_media"
    assert search.data == {"search_query": "밤편지", "media_filter_classes": ["track"]}
    assert search.then is not None
    found = {"media_content_id": "library://1", "media_content_type": "music", "can_play": True}
    folder = {"media_content_id": "x", "media_content_type": "y", "can_play": False}
    played = search.then({"media_player.a": {"result": [folder, found]}})
    assert played == Call("media_player.play_media", {"media_content_id": "library://1", "media_content_type": "music"})
    for nothing in (None, {}, {"media_player.a": {"result": []}}, {"media_player.a": []}, {"a": {"result": [1, {}]}}):
        assert search.then(nothing) is None


ASKED: list[tuple[str, str, dict[str, Any], dict[str, Any], str | None]] = [
    ("lock.a", "locked", {}, {"locked": False}, "confirm_unlock"),
    ("lock.a", "unlocked", {}, {"locked": True}, None),
    ("cover.a", "closed", {"device_class": "garage"}, {"open": True}, "confirm_open"),
    ("cover.a", "open", {"device_class": "garage"}, {"open": False}, None),
    ("cover.a", "closed", {"device_class": "gate", "current_position": 10}, {"position": 20}, "confirm_open"),
    ("cover.a", "closed", {"device_class": "gate", "current_position": 30}, {"position": 20}, None),
    ("cover.a", "closed", {"device_class": "curtain"}, {"open": True}, None),
    ("valve.a", "closed", {}, {"open": True}, "confirm_valve"),
    ("valve.a", "closed", {"device_class": "gas"}, {"position": 50}, "confirm_valve"),
    ("valve.a", "closed", {"device_class": "water"}, {"open": True}, None),
    ("valve.a", "open", {"device_class": "gas"}, {"open": False}, None),
    ("light.a", "off", {}, {"power": True}, None),
]  # fmt: skip


@pytest.mark.parametrize(("entity", "state", "attributes", "changes", "question"), ASKED)
def test_what_opens_the_home_is_asked_about(
    entity: str, state: str, attributes: dict[str, Any], changes: dict[str, Any], question: str | None
) -> None:
    seen = Entity(entity, state, attributes)
    assert KINDS[seen.domain].asks(seen, changes) == question


NAMES = sorted({name for *_, attributes, _, _ in STATES for name in attributes} | {
    "hs_color", "percentage_step", "available_modes", "swing_horizontal_modes", "assumed_state", "state_class",
})  # fmt: skip
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
ATTRIBUTES = st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=12).flatmap(
    lambda known: st.integers(min_value=-1, max_value=2**23).map(lambda bits: {**known, "supported_features": bits})
)
FITS = {"boolean": bool, "integer": int, "number": int | float, "string": str, "enum": str, "color": str, "time": str}


@given(
    st.sampled_from(sorted(KINDS)), st.text(max_size=12) | st.sampled_from(["on", "off", "open", "cool"]), ATTRIBUTES
)
@example("climate", "cool", {"hvac_modes": ["cool"], "min_temp": 30, "max_temp": 16, "supported_features": 1})
@example("light", "on", {"supported_color_modes": ["hs"], "color_mode": "hs", "hs_color": [1e308, -1e308]})
@example("media_player", "on", {"volume_level": 1e300, "supported_features": 4})
@example("fan", "on", {"percentage_step": 1e-300, "percentage": 5, "supported_features": 1})
def test_strange_attributes_break_nothing(domain: str, state: str, attributes: dict[str, Any]) -> None:
    for fahrenheit in (False, True):
        seen = Entity(f"{domain}.a", state, attributes, fahrenheit)
        table = KINDS[domain]
        about = About(
            id="a", bridge="b", type=table.type(seen), name="a", device_class=table.device_class(seen),
            properties=table.properties(seen),
        )  # fmt: skip
        about.to_payload()
        for name, value in table.values(seen, about.properties).items():
            shape = about.properties[name]
            assert value is None or isinstance(value, FITS[shape.type])
            json.dumps(value, allow_nan=False).encode()
        for name, shape in about.properties.items():
            if shape.writable:
                wanted = shape.values[0] if shape.values else True if shape.type == "boolean" else shape.min or 1
                table.calls(seen, {name: wanted})
                table.asks(seen, {name: wanted})
