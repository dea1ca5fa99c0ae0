"""The bridge of discovered devices on a real broker: commands, answers, what comes and goes, and what is not taken."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from discovereds import Discovering, Outside, recorded

from devices.discovered import bridge as bridge_module
from devices.homeassistant.discovery import Place, discovery
from hub.messages import About, ErrorCode, Property, Topic

PLUG = "mqtt_switch_A1B2C3_RL_1"
LAMP = "mqtt_light_D4E5F6_LI_1"
TABLE = "mqtt_light_0x00178801aabbccdd_light_zigbee2mqtt"
CURTAIN = "mqtt_cover_0xa4c138f0f0f0f0f0_cover_zigbee2mqtt"
HEATING = "mqtt_climate_rs485_heating_2"
SWITCH: dict[str, Any] = {"name": "스위치", "command_topic": "a/set", "state_topic": "a", "unique_id": "a"}
A = "mqtt_switch_a"


async def test_a_command_is_confirmed_by_the_state(outside: Outside, discovering: Discovering) -> None:
    await outside.announce("tasmota")
    outside.answers[("cmnd/plug_A1B2C3/POWER", "ON")] = [("tele/plug_A1B2C3/STATE", {"POWER": "ON"})]
    await outside.obey("cmnd/#")
    async with discovering.running():
        await discovering.state(PLUG, power=False)
        reply = await discovering.do("HassTurnOn", PLUG)
    assert (reply.ok, reply.changed) == (True, {PLUG: {"power": True}})
    assert [told[:2] for told in outside.told] == [("cmnd/plug_A1B2C3/POWER", "ON")]


async def test_a_device_that_stays_as_it_was_is_told(
    outside: Outside, discovering: Discovering, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridge_module, "FOLLOW_SECONDS", 0.2)
    await outside.announce("tasmota")
    async with discovering.running():
        await discovering.state(PLUG, power=False)
        reply = await discovering.do("HassTurnOn", PLUG)
    assert reply.error is not None
    assert reply.error.code == ErrorCode.DEVICE_ERROR
    assert "그대로" in reply.error.message


@pytest.mark.parametrize(
    ("maker", "device", "intent", "slots", "said"),
    [
        ("tasmota", LAMP, "HassLightSet", {"brightness": 30}, [("cmnd/lamp_D4E5F6/Dimmer", "30")]),
        ("tasmota", LAMP, "HassLightSet", {"color": "red"},
         [("cmnd/lamp_D4E5F6/Dimmer", "60"), ("cmnd/lamp_D4E5F6/HsbColor2", "0,100")]),
        ("tasmota", LAMP, "HassLightSet", {"temperature": 4000}, [("cmnd/lamp_D4E5F6/CT", "250")]),
        ("tasmota", LAMP, "HassTurnOff", {}, [("cmnd/lamp_D4E5F6/POWER", "OFF")]),
        ("zigbee2mqtt", TABLE, "HassLightSet", {"brightness": 100},
         [("zigbee2mqtt/식탁등/set", '{"state": "ON", "brightness": 254}')]),
        ("zigbee2mqtt", TABLE, "HassLightSet", {"color": "blue"},
         [("zigbee2mqtt/식탁등/set", '{"state": "ON", "color": {"x": 0.15, "y": 0.06}}')]),
        ("zigbee2mqtt", CURTAIN, "HassSetPosition", {"position": 40},
         [("zigbee2mqtt/안방 커튼/set", '{ "position": 40 }')]),
        ("zigbee2mqtt", CURTAIN, "HassTurnOff", {}, [("zigbee2mqtt/안방 커튼/set", "CLOSE")]),
        ("esphome", "mqtt_climate_esp-84f3eb-climate-study", "HassClimateSetTemperature", {"temperature": 26},
         [("aircon-study/climate/study/target_temperature/command", "26.0")]),
        ("esphome", "mqtt_climate_esp-84f3eb-climate-study", "JipsaSetMode", {"mode": "auto"},
         [("aircon-study/climate/study/mode/command", "heat_cool")]),
        ("esphome", "mqtt_cover_esp-3c71bf-cover-blind", "HassSetPosition", {"position": 20},
         [("blind-living/cover/blind/position/command", "20")]),
        ("wallpad", HEATING, "HassTurnOn", {}, [("rs485/heating_2/mode/set", "heat")]),
        ("wallpad", HEATING, "HassClimateSetTemperature", {"temperature": 23},
            [("rs485/heating_2/target/set", "23.0")]),
        ("wallpad", "mqtt_fan_rs485_vent", "HassFanSetSpeed", {"fan_step": 3}, [("rs485/vent/speed/set", "3")]),
        ("wallpad", "mqtt_switch_rs485_elevator", "HassTurnOn", {}, [("rs485/elevator/call", "call")]),
        ("wallpad", "mqtt_switch_rs485_gas", "HassTurnOff", {}, [("rs485/gas/set", "off")]),
    ],
)  # fmt: skip
async def test_what_is_said_to_devices(
    maker: str, device: str, intent: str, slots: dict[str, Any], said: list[tuple[str, str]], outside: Outside,
    discovering: Discovering, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(bridge_module, "FOLLOW_SECONDS", 0.1)
    await outside.announce(maker)
    await outside.obey(*{topic for topic, _ in said})
    async with discovering.running():
        await discovering.until(lambda bridge: all(bridge._online.values()) and bridge._online)
        await discovering.do(intent, device, **slots)
        await outside.until(*said)
    assert len(outside.told) == len(said)


async def test_gas_is_let_in_by_nobody(outside: Outside, discovering: Discovering) -> None:
    await outside.announce("wallpad")
    await outside.obey("rs485/gas/set")
    async with discovering.running():
        for confirmed in (False, True):
            reply = await discovering.do("HassTurnOn", "mqtt_switch_rs485_gas", confirmed=confirmed)
            assert reply.error is not None
            assert reply.error.code == ErrorCode.NOT_ALLOWED
        reply = await discovering.do("HassTurnOn", "mqtt_light_rs485_light_living_1")
    assert outside.told == []


async def test_a_lock_is_opened_after_a_yes(outside: Outside, discovering: Discovering) -> None:
    lock = {"name": "현관문", "command_topic": "door/set", "unique_id": "door"}
    await outside.say("homeassistant/lock/door/config", lock)
    await outside.obey("door/set")
    async with discovering.running():
        reply = await discovering.do("HassTurnOff", "mqtt_lock_door")
        assert reply.error is not None
        assert reply.error.code == ErrorCode.CONFIRM
        assert (await discovering.do("HassTurnOff", "mqtt_lock_door", confirmed=True)).ok
        await outside.until(("door/set", "UNLOCK"))
    assert len(outside.told) == 1


async def test_without_a_state_what_was_asked_for_is_so(outside: Outside, discovering: Discovering) -> None:
    silent = {"name": "스위치", "command_topic": "a/set", "unique_id": "a",
              "command_template": "{\"on\": {{ 'true' if value == 'ON' else 'false' }}}"}  # fmt: skip
    await outside.say("homeassistant/switch/a/config", silent)
    await outside.obey("a/set")
    async with discovering.running():
        reply = await discovering.do("HassTurnOn", A)
        assert (reply.ok, reply.changed) == (True, {A: {"power": True}})
        await outside.until(("a/set", '{"on": true}'))
        assert (await discovering.do("HassTurnOff", A)).changed == {A: {"power": False}}


async def test_an_empty_message_takes_the_device_away(outside: Outside, discovering: Discovering) -> None:
    await outside.say("homeassistant/switch/a/config", SWITCH)
    async with discovering.running():
        await discovering.listener.object(Topic.device(A, "about"), name="스위치")
        await outside.say("homeassistant/switch/a/config", "")
        for what in ("about", "state", "available"):
            await discovering.listener.until(lambda topic, body, what=what: topic == Topic.device(A, what) and not body)
        await discovering.until(lambda bridge: not bridge.abouts and not bridge._listeners)
        reply = await discovering.do("HassTurnOn", A)
        assert reply.error is not None
        assert reply.error.code == ErrorCode.UNKNOWN_DEVICE


async def test_what_went_while_the_bridge_was_away_is_taken_off_the_broker(
    outside: Outside, discovering: Discovering
) -> None:
    await outside.say("homeassistant/switch/a/config", SWITCH)
    async with discovering.running():
        await discovering.listener.object(Topic.device(A, "about"), name="스위치")
    await outside.say("homeassistant/switch/a/config", "")
    async with discovering.running():
        await discovering.listener.until(lambda topic, body: topic == Topic.device(A, "about") and not body)


async def test_what_is_announced_anew_is_so_from_then_on(outside: Outside, discovering: Discovering) -> None:
    await outside.say("homeassistant/switch/a/config", SWITCH)
    await outside.obey("b/set")
    async with discovering.running():
        await discovering.listener.object(Topic.device(A, "about"), name="스위치")
        await outside.say(
            "homeassistant/switch/a/config", {**SWITCH, "name": "등", "command_topic": "b/set", "state_topic": "b"}
        )
        await discovering.listener.object(Topic.device(A, "about"), name="등")
        await outside.say("a", "ON")
        await outside.say("b", "OFF")
        await discovering.state(A, power=False)
        outside.answers[("b/set", "ON")] = [("b", "ON")]
        assert (await discovering.do("HassTurnOn", A)).ok
    assert [topic for topic, *_ in outside.told] == ["b/set"]


async def test_the_hubs_own_devices_do_not_come_back(outside: Outside, discovering: Discovering) -> None:
    about = About(id="lamp", bridge="gpio", type="light", name="등",
                  properties={"power": Property(type="boolean", writable=True)})  # fmt: skip
    ours = discovery(about, Place("등"), "ko")
    await outside.say("homeassistant/device/jipsa_lamp/config", ours)
    without_origin = {name: value for name, value in ours.items() if name != "o"}
    await outside.say("homeassistant/device/copied/config", without_origin)
    stolen = {
        "name": "x",
        "unique_id": "x",
        "command_topic": "jipsa/utterance",
        "state_topic": "jipsa/device/lamp/state",
    }
    await outside.say("homeassistant/switch/x/config", stolen)
    await outside.say(
        "homeassistant/switch/y/config", {**stolen, "command_topic": "~/utterance", "~": "jipsa", "state_topic": "y"}
    )
    await outside.say("homeassistant/switch/a/config", SWITCH)
    async with discovering.running() as bridge:
        assert set(bridge.abouts) == {A}
        assert all(not topic.startswith("jipsa") for topic in bridge._listeners)


@pytest.mark.parametrize("bad", [
    b"{", b"[]", b"\xff", b"nonsense", json.dumps({**SWITCH, "command_topic": "+/set"}).encode(),
    json.dumps({**SWITCH, "state_topic": "#"}).encode(), json.dumps({**SWITCH, "command_topic": ""}).encode(),
    json.dumps({**SWITCH, "command_topic": "homeassistant/switch/b/config"}).encode(), b"[" * 50 + b"]" * 50,
    b'{"name": "' + b"x" * 300_000 + b'"}',
])  # fmt: skip
async def test_what_is_no_announcement_is_told_and_harms_nobody(
    bad: bytes, outside: Outside, discovering: Discovering, caplog: pytest.LogCaptureFixture
) -> None:
    await outside.say("homeassistant/switch/bad/config", bad)
    await outside.say("homeassistant/switch/a/config", SWITCH)
    with caplog.at_level(logging.WARNING):
        async with discovering.running() as bridge:
            assert set(bridge.abouts) == {A}
    assert "homeassistant/switch/bad/config" in caplog.text


async def test_a_template_that_fails_is_told_and_the_state_stays(
    outside: Outside, discovering: Discovering, caplog: pytest.LogCaptureFixture
) -> None:
    await outside.say("homeassistant/switch/a/config", {**SWITCH, "value_template": "{{ value_json.power.upper() }}"})
    async with discovering.running():
        await outside.say("a", {"power": "on"})
        await discovering.state(A, power=True)
        with caplog.at_level(logging.WARNING):
            await outside.say("a", "no json")
            await outside.say("a", {"power": 3})
            await outside.say("a", {"power": "off"})
            await discovering.state(A, power=False)
    assert "a: switch/a:" in caplog.text


async def test_more_entities_than_a_home_has_are_not_taken(
    outside: Outside, discovering: Discovering, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(bridge_module, "MOST_ENTITIES", 3)
    for number in range(5):
        await outside.say(f"homeassistant/switch/{number}/config", {**SWITCH, "unique_id": f"{number}"})
    async with discovering.running() as bridge:
        assert len(bridge.abouts) == 3
        assert "no more are taken" in caplog.text
        await outside.say("homeassistant/switch/0/config", "")
        await discovering.until(lambda bridge: len(bridge.abouts) == 2)
        await outside.say("homeassistant/switch/4/config", {**SWITCH, "unique_id": "4"})
        await discovering.until(lambda bridge: "mqtt_switch_4" in bridge.abouts)


@pytest.mark.parametrize(
    ("mode", "seen"), [("all", [False, False, True, False]), ("any", [False, True, True, True]),
                       ("latest", [False, True, True, False])],
)  # fmt: skip
async def test_whether_a_device_can_be_reached(
    mode: str, seen: list[bool], outside: Outside, discovering: Discovering
) -> None:
    ways = [{"topic": "bridge", "value_template": "{{ value_json.state }}"},
            {"topic": "own", "payload_available": "yes", "payload_not_available": "no"}]  # fmt: skip
    config = {**SWITCH, "availability": ways, "availability_mode": mode}
    await outside.say("homeassistant/switch/a/config", config)
    async with discovering.running() as bridge:
        found = [bridge._online[A]]
        for number, (topic, payload) in enumerate([("bridge", {"state": "online"}), ("own", "yes"), ("own", "no")]):
            await outside.say(topic, payload)
            await outside.say("a", "ON" if number % 2 else "OFF")  # what comes after it has been seen, so has it
            await discovering.until(
                lambda bridge, n=number: (
                    bridge._entities["homeassistant/switch/a/config"]["switch/a"].state == ("on" if n % 2 else "off")
                )
            )
            found.append(bridge._online[A])
    assert found == seen


async def test_a_device_that_cannot_be_reached_is_told(outside: Outside, discovering: Discovering) -> None:
    await outside.announce("tasmota")
    await outside.say("tele/plug_A1B2C3/LWT", "Offline")
    await outside.obey("cmnd/#")
    async with discovering.running():
        reply = await discovering.do("HassTurnOn", PLUG)
    assert reply.error is not None
    assert reply.error.code == ErrorCode.DEVICE_OFFLINE
    assert outside.told == []


async def test_a_button_tells_that_it_was_pressed(outside: Outside, discovering: Discovering) -> None:
    await outside.announce("zigbee2mqtt")
    async with discovering.running():
        await outside.say("zigbee2mqtt/벽 버튼/action", "double", retain=False)
        topic = Topic.device("mqtt_event_0x00158d00aaaa_action_zigbee2mqtt", "event")
        assert (await discovering.listener.object(topic))["event_type"] == "double"
        await outside.say("zigbee2mqtt/벽 버튼/action", "unheard of", retain=False)
        await outside.say("zigbee2mqtt/벽 버튼/action", "hold", retain=False)
        await discovering.listener.object(topic, event_type="hold")
    assert len(discovering.listener.all(topic)) == 2


async def test_what_was_seen_passes(outside: Outside, discovering: Discovering) -> None:
    sensor = {"name": "움직임", "state_topic": "pir", "device_class": "motion", "off_delay": 0.1, "unique_id": "pir"}
    old = {"name": "온도", "state_topic": "t", "device_class": "temperature", "unit_of_measurement": "°C",
           "expire_after": 0.1, "unique_id": "t"}  # fmt: skip
    await outside.say("homeassistant/binary_sensor/pir/config", sensor)
    await outside.say("homeassistant/sensor/t/config", old)
    async with discovering.running():
        await outside.say("pir", "ON")
        await discovering.state("mqtt_binary_sensor_pir", motion=True)
        await discovering.state("mqtt_binary_sensor_pir", motion=False)
        await outside.say("t", "21.5")
        await discovering.state("mqtt_sensor_t", current_temperature=21.5)
        await discovering.state("mqtt_sensor_t", current_temperature=None)


async def test_a_second_thing_to_control_makes_devices_of_all(outside: Outside, discovering: Discovering) -> None:
    announced = recorded("tasmota")["announced"]
    for topic, payload in announced.items():
        await outside.say(topic, payload)
    async with discovering.running() as bridge:
        assert "energy" in bridge.abouts[PLUG].properties
        second = {**announced["homeassistant/switch/A1B2C3_RL_1/config"], "uniq_id": "A1B2C3_RL_2"}
        await outside.say("homeassistant/switch/A1B2C3_RL_2/config", second)
        await discovering.until(lambda bridge: "mqtt_switch_A1B2C3_RL_2" in bridge.abouts)
        assert set(bridge.abouts[PLUG].properties) == {"power"}
        assert bridge.abouts["mqtt_sensor_A1B2C3_ENERGY_Total"].type == "sensor"


async def test_the_same_unique_id_is_one_device(
    outside: Outside, discovering: Discovering, caplog: pytest.LogCaptureFixture
) -> None:
    await outside.say("homeassistant/switch/a/config", SWITCH)
    await outside.say("homeassistant/switch/b/config", SWITCH)
    async with discovering.running() as bridge:
        assert set(bridge.abouts) == {A}
    assert "another one's already" in caplog.text
