"""What a real Home Assistant makes of the hub: every device, every command, and all that comes and goes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from outwards import House, house

from devices.homeassistant import outward
from hub.messages import About, Property, SatelliteState, Say, ServiceState, Topic, Utterance

pytestmark = [pytest.mark.xdist_group("homeassistant"), pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(hass_command: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outward, "PATIENCE", 0.3)
        patch.setattr(outward, "JITTER", (0.1, 0.2))
        async with house(hass_command, tmp_path_factory.mktemp("outward")) as found:
            await found.complete()
            yield found


@pytest.fixture(autouse=True)
def _no_faults(home: House) -> Iterator[None]:
    """Home Assistant logs no warning and no error about anything that is sent to it.

    That the broker was stopped it may tell; also that its own birth message could not be sent then.
    """
    before = len(home.hass.faults())
    yield
    stopped = ("MQTT server", "Error talking to MQTT: The client is not currently connected")
    assert [fault for fault in home.hass.faults()[before:] if not any(map(fault.__contains__, stopped))] == []


APPLIANCES = (
    # what stands for each type, what it shows first, and what it says of itself
    ("climate.air_conditioner", "cool", {"temperature": 25, "current_temperature": 27.5, "fan_mode": "중약",
                                         "swing_mode": "on", "swing_horizontal_mode": "off", "current_humidity": 58,
                                         "min_temp": 16, "max_temp": 30, "friendly_name": "에어컨"}),
    ("climate.system_boiler", "heat", {"temperature": 22, "friendly_name": "보일러"}),
    ("water_heater.system_boiler_water_heater", "performance", {"temperature": 45, "friendly_name": "보일러 온수"}),
    ("water_heater.water_heater", "heat_pump", {"temperature": 52, "current_temperature": 46}),
    ("fan.air_purifier", "on", {"preset_mode": "auto", "percentage": None, "friendly_name": "공기청정기"}),
    ("fan.air_purifier_fan", "on", {"percentage": 40}),
    ("fan.ceiling_fan", "on", {"percentage": 25, "friendly_name": "실링팬"}),
    ("fan.ventilator", "on", {"percentage": 33}),
    ("fan.hood", "off", {"percentage": 0}),
    ("fan.microwave_oven", "off", {}),
    ("humidifier.humidifier", "on", {"humidity": 55, "mode": "가습", "device_class": "humidifier"}),
    ("humidifier.dehumidifier", "on", {"humidity": 50, "current_humidity": 72, "device_class": "dehumidifier"}),
    ("vacuum.robot_cleaner", "docked", {"friendly_name": "로봇청소기"}),
    ("sensor.robot_cleaner_battery", "84", {"device_class": "battery", "unit_of_measurement": "%"}),
    ("sensor.stick_cleaner_status", "충전 중", {"device_class": "enum"}),
    ("sensor.washer_status", "대기", {"friendly_name": "세탁기 상태"}),
    ("sensor.washtower_washer_phase", "대기", {}),
    ("sensor.washcombo_mini_cycles", "9", {"state_class": "total_increasing"}),
    ("sensor.dryer_total_minutes", "72", {"device_class": "duration", "unit_of_measurement": "min"}),
    ("sensor.styler_error", "없음", {}),
    ("binary_sensor.dish_washer_door", "off", {"device_class": "door", "friendly_name": "식기세척기 문"}),
    ("number.refrigerator_fridge_temperature", None, {"unit_of_measurement": "°C", "device_class": "temperature"}),
    ("sensor.kimchi_refrigerator_middle_setting", "-1", {}),
    ("number.wine_cellar_upper_temperature", "8", {"min": 5, "max": 18}),
    ("select.oven_upper_mode", None, {}),
    ("number.cooktop_left_front_power_level", "6", {"friendly_name": "쿡탑 왼쪽 앞 화력", "max": 9}),
    ("sensor.home_brew_recipe", "WHEAT", {}),
    ("sensor.plant_cultivator_upper_day_temperature", "24", {"device_class": "temperature"}),
    ("sensor.water_purifier_water_type", "냉수", {"friendly_name": "정수기 물"}),
    ("sensor.ventilator_carbon_dioxide", None, {"device_class": "carbon_dioxide", "unit_of_measurement": "ppm"}),
    ("light.living_light", "off", {"supported_color_modes": ["hs"], "friendly_name": "거실등"}),
    ("switch.kitchen_plug", "off", {"friendly_name": "주방 콘센트"}),
    ("event.living_button", "unknown", {"device_class": "button", "friendly_name": "거실 버튼"}),
    ("sensor.timers_count", "0", {"friendly_name": "타이머 개수"}),
    ("sensor.timers_next_ends_at", "unknown", {"device_class": "timestamp"}),
    ("sensor.shopping_list_items", "", {"items": []}),
    ("button.routine_sleep", "unknown", {"friendly_name": "취침 루틴"}),
    ("cover.curtain", "open", {"current_position": 30, "device_class": "curtain", "friendly_name": "커튼"}),
    ("cover.garage", "closed", {"device_class": "garage"}),
    ("lock.front_door", "locked", {"friendly_name": "현관문"}),
    ("valve.gas", "open", {"device_class": "gas"}),
    ("valve.sprinkler", "closed", {"current_position": 0}),
    ("climate.floor", "auto", {"temperature": 22}),
    ("switch.speaker_power", "on", {"friendly_name": "스피커 전원"}),
    ("sensor.speaker_title", "밤편지", {"friendly_name": "스피커 제목"}),
    ("binary_sensor.window_open", "on", {"device_class": "window"}),
    ("sensor.meter_energy", "12.5", {"device_class": "energy", "state_class": "total_increasing"}),
    ("scene.movie", "unknown", {"friendly_name": "영화 모드"}),
)  # fmt: skip


@pytest.mark.parametrize(("entity_id", "state", "attributes"), APPLIANCES, ids=[row[0] for row in APPLIANCES])
async def test_every_type_is_there(home: House, entity_id: str, state: str | None, attributes: dict[str, Any]) -> None:
    await home.entity(entity_id, state, **attributes)


async def test_everything_announced_is_registered_and_available(home: House) -> None:
    await home.complete()
    registered, announced = await home.registered(), home.unique_ids()
    assert len(announced) > 400
    assert {key: entry["entity_id"].partition(".")[0] for key, entry in registered.items()} == announced
    assert all(entry["entity_id"].isascii() for entry in registered.values())


async def test_devices_have_their_names_rooms_and_makers(home: House) -> None:
    found = {device["identifiers"][0][1]: device for device in await home.socket.call("config/device_registry/list")
             if device["identifiers"] and device["identifiers"][0][0] == "mqtt"}  # fmt: skip
    areas = {area["area_id"]: area["name"] for area in await home.socket.call("config/area_registry/list")}
    light, oven, hub = found["jipsa_living_light"], found["jipsa_oven-upper"], found["jipsa__hub"]
    assert (light["name"], areas[light["area_id"]], light["model"]) == ("거실등", "거실", "조명")
    assert (oven["name"], oven["manufacturer"], oven["model"]) == ("오븐 위칸", "LG", "오븐")
    assert oven["via_device_id"] == light["via_device_id"] == hub["id"]
    assert hub["name"] == "집사"
    announced = {about.id for bridge in home.hub.bridges.values() for about in bridge.abouts.values()}
    assert {f"jipsa_{device}" for device in announced} <= found.keys()


COMMANDS = (
    # service, entity, data, and what is so then: of the device, and in Home Assistant
    ("climate.set_temperature", "climate.air_conditioner", {"temperature": 23.5},
     {"target_temperature": 23.5}, None, {"temperature": 23.5}),
    ("climate.set_hvac_mode", "climate.air_conditioner", {"hvac_mode": "dry"}, {"mode": "dry"}, "dry", {}),
    ("climate.set_preset_mode", "climate.air_conditioner", {"preset_mode": "공기청정"},
     {"mode": "air_clean"}, "fan_only", {"preset_mode": "공기청정"}),
    ("climate.set_preset_mode", "climate.air_conditioner", {"preset_mode": "none"},
     {"mode": "cool"}, "cool", {"preset_mode": "none"}),
    ("climate.set_fan_mode", "climate.air_conditioner", {"fan_mode": "high"},
     {"fan_mode": "high"}, None, {"fan_mode": "high"}),
    ("climate.set_fan_mode", "climate.air_conditioner", {"fan_mode": "자연풍"},
     {"fan_mode": "nature"}, None, {"fan_mode": "자연풍"}),
    ("climate.set_swing_mode", "climate.air_conditioner", {"swing_mode": "off"},
     {"swing_vertical": False}, None, {"swing_mode": "off"}),
    ("climate.set_hvac_mode", "climate.air_conditioner", {"hvac_mode": "off"}, {"power": False}, "off", {}),
    ("climate.turn_on", "climate.air_conditioner", {}, {"power": True}, "cool", {}),
    ("switch.turn_on", "switch.air_conditioner_power_save", {}, {"power_save": True}, "on", {}),
    ("text.set_value", "text.air_conditioner_end_at", {"value": "23:30"}, {"end_at": "23:30"}, "23:30", {}),
    ("text.set_value", "text.air_conditioner_end_at", {"value": ""}, {"end_at": None}, "", {}),
    ("climate.set_temperature", "climate.system_boiler", {"temperature": 21},
     {"target_temperature": 21}, None, {"temperature": 21}),
    ("climate.turn_off", "climate.system_boiler", {}, {"power": False}, "off", {}),
    ("water_heater.set_temperature", "water_heater.system_boiler_water_heater", {"temperature": 40},
     {"hot_water_target_temperature": 40}, None, {"temperature": 40}),
    ("water_heater.turn_off", "water_heater.system_boiler_water_heater", {}, {"hot_water": False}, "off", {}),
    ("water_heater.set_operation_mode", "water_heater.system_boiler_water_heater", {"operation_mode": "performance"},
     {"hot_water": True}, "performance", {}),
    ("water_heater.set_operation_mode", "water_heater.water_heater", {"operation_mode": "터보"},
     {"mode": "turbo"}, "터보", {}),
    ("fan.turn_off", "fan.air_purifier", {}, {"power": False}, "off", {}),
    ("fan.turn_on", "fan.air_purifier", {}, {"power": True}, "on", {}),
    ("fan.set_percentage", "fan.air_purifier", {"percentage": 75}, {"fan_mode": "high"}, "on",
     {"percentage": 75, "preset_mode": None}),
    ("fan.set_preset_mode", "fan.air_purifier", {"preset_mode": "auto"}, {"fan_mode": "auto"}, "on",
     {"percentage": None, "preset_mode": "auto"}),
    ("select.select_option", "select.air_purifier_mode", {"option": "아기 케어"}, {"mode": "baby_care"},
     "아기 케어", {}),
    ("fan.set_percentage", "fan.air_purifier_fan", {"percentage": 100}, {"fan_mode": "wind_10"}, "on",
     {"percentage": 100}),
    ("fan.set_percentage", "fan.ceiling_fan", {"percentage": 100}, {"fan_mode": "turbo"}, "on", {"percentage": 100}),
    ("fan.turn_off", "fan.ventilator", {}, {"power": False}, "off", {}),
    ("fan.turn_on", "fan.hood", {}, {"fan_step": 1}, "on", {"percentage": 20}),
    ("fan.set_percentage", "fan.hood", {"percentage": 60}, {"fan_step": 3}, "on", {"percentage": 60}),
    ("fan.turn_off", "fan.hood", {}, {"fan_step": 0}, "off", {}),
    ("fan.set_percentage", "fan.microwave_oven", {"percentage": 50}, {"fan_step": 2}, "on", {"percentage": 50}),
    ("humidifier.set_humidity", "humidifier.humidifier", {"humidity": 60}, {"target_humidity": 60}, None,
     {"humidity": 60}),
    ("humidifier.set_mode", "humidifier.humidifier", {"mode": "가습 청정"}, {"mode": "humidify_and_air_clean"}, None,
     {"mode": "가습 청정"}),
    ("humidifier.turn_off", "humidifier.dehumidifier", {}, {"power": False}, "off", {}),
    ("vacuum.start", "vacuum.robot_cleaner", {}, {"status": "running"}, "cleaning", {}),
    ("vacuum.pause", "vacuum.robot_cleaner", {}, {"status": "paused"}, "paused", {}),
    ("vacuum.start", "vacuum.robot_cleaner", {}, {"status": "running"}, "cleaning", {}),
    ("vacuum.return_to_base", "vacuum.robot_cleaner", {}, {"status": "returning"}, "returning", {}),
    ("number.set_value", "number.refrigerator_fridge_temperature", {"value": 4}, {"fridge_temperature": 4}, "4", {}),
    ("switch.turn_on", "switch.refrigerator_express_freeze", {}, {"express_freeze": True}, "on", {}),
    ("number.set_value", "number.wine_cellar_upper_temperature", {"value": 9}, {"upper_temperature": 9}, "9", {}),
    ("number.set_value", "number.cooktop_left_front_power_level", {"value": 4}, {"left_front_power_level": 4}, "4", {}),
    ("select.select_option", "select.washcombo_main_mode", {"option": "스피드워시"}, {"mode": "speed_wash"},
     "스피드워시", {}),
    ("light.turn_on", "light.living_light", {"brightness_pct": 40, "rgb_color": [250, 20, 10]},
     {"power": True, "brightness": 40, "color": "red"}, "on", {"brightness": 102, "rgb_color": [255, 0, 0]}),
    ("light.turn_off", "light.living_light", {}, {"power": False}, "off", {}),
    ("switch.turn_on", "switch.kitchen_plug", {}, {"power": True}, "on", {}),
    ("cover.set_cover_position", "cover.curtain", {"position": 70}, {"position": 70}, "open", {"current_position": 70}),
    ("cover.close_cover", "cover.curtain", {}, {"position": 0}, "closed", {}),
    ("cover.open_cover", "cover.garage", {}, {"open": True}, "open", {}),
    ("lock.unlock", "lock.front_door", {}, {"locked": False}, "unlocked", {}),
    ("valve.close_valve", "valve.gas", {}, {"open": False}, "closed", {}),
    ("valve.set_valve_position", "valve.sprinkler", {"position": 40}, {"position": 40}, "open",
     {"current_position": 40}),
    ("light.turn_on", "light.desk_lamp", {"color_temp_kelvin": 3333, "brightness": 1},
     {"power": True, "color_temperature": 3300, "brightness": 1}, "on", {"color_temp_kelvin": 3300}),
    ("fan.set_percentage", "fan.desk_fan", {"percentage": 55}, {"percentage": 55}, None, {"percentage": 55}),
    ("fan.oscillate", "fan.desk_fan", {"oscillating": True}, {"swing_horizontal": True}, None, {"oscillating": True}),
    ("climate.set_hvac_mode", "climate.floor", {"hvac_mode": "off"}, {"power": False}, "off", {}),
    ("number.set_value", "number.speaker_volume", {"value": 12}, {"volume": 12}, "12", {}),
    ("button.press", "button.speaker_operation_next", {}, {"operation": "next"}, None, {}),
    ("text.set_value", "text.speaker_search_query", {"value": "123"}, {"search_query": "123"}, "123", {}),
    ("scene.turn_on", "scene.movie", {}, {"operation": "start"}, None, {}),
)  # fmt: skip


@pytest.mark.parametrize("row", COMMANDS, ids=[f"{row[0]}-{row[1]}-{number}" for number, row in enumerate(COMMANDS)])
async def test_a_command_goes_to_the_device_and_its_state_comes_back(home: House, row: tuple[Any, ...]) -> None:
    service, entity_id, data, brings, state, attributes = row
    await home.entity(entity_id)
    registered = {entry["entity_id"]: key for key, entry in (await home.registered()).items()}
    identifier = next(
        name for name, config in home.configs().items()
        if any(part.get("unique_id") == registered[entity_id] for part in config["cmps"].values())
    )  # fmt: skip
    device = identifier.removeprefix("jipsa_")
    await home.socket.service(service, entity_id, **data)
    await home.until(lambda: brings.items() <= home.hub.state(device).items())
    await home.entity(entity_id, state, **attributes)


MACHINES = (
    # what is pressed, and what the machine does then
    ("washer", "start", "running"),
    ("washtower-dryer", "start", "running"),
    ("washtower_washer", "start", "running"),
    ("washcombo_main", "start", "running"),
    ("dish_washer", "start", "running"),
    ("styler", "start", "running"),
    ("oven-upper", "start", "running"),
    ("oven-upper", "stop", "idle"),
)


@pytest.mark.parametrize(("device", "operation", "status"), MACHINES, ids=lambda value: value)
async def test_a_button_has_a_machine_do_something(home: House, device: str, operation: str, status: str) -> None:
    await home.socket.service("button.press", await home.entity_of(f"jipsa_{device}_operation-{operation}"))
    await home.until(lambda: home.hub.state(device)["status"] == status)
    word = home.hub.about(device).properties["status"].labels[status]
    await home.entity(await home.entity_of(f"jipsa_{device}_status"), word)


async def test_names_that_are_no_ids_are_no_trouble(home: House) -> None:
    registered = {entry["original_name"]: entry for key, entry in (await home.registered()).items() if "strange" in key}
    assert registered.keys() == {"물 온도", "차/종류"}
    await home.entity(registered["물 온도"]["entity_id"], "90", device_class="temperature")
    choice = registered["차/종류"]["entity_id"]
    assert choice.isascii()
    await home.entity(choice, "녹차", options=["녹차", "없음", "1"])
    for option, value in (("1", "1"), ("없음", "none")):
        await home.socket.service("select.select_option", choice, option=option)
        await home.until(lambda value=value: home.hub.state("strange")["차/종류"] == value)
        await home.entity(choice, option)


async def test_what_is_not_possible_is_refused_and_nothing_is_done(home: House) -> None:
    async def refused(topic: str, payload: str) -> None:
        seen = len(home.listener.heard)
        await home.socket.service("mqtt.publish", topic=topic, payload=payload)

        def told() -> bool:
            lines = [body.decode() for heard, body in home.listener.heard[seen:] if heard.endswith("/log")]
            return any(topic in line for line in lines)

        await home.until(told)

    before = {device: dict(home.hub.state(device)) for device in ("air_conditioner", "refrigerator", "alarms")}
    await refused("jipsa/device/air_conditioner/set/target_temperature", "99")
    await refused("jipsa/device/air_conditioner/set", '{"mode": "party"}')
    await refused("jipsa/device/refrigerator/set/door", "open")
    await refused("jipsa/device/alarms/set/ringing", "true")
    await refused("jipsa/device/refrigerator/set/fridge_temperature", "warm")
    for device, state in before.items():
        still = home.hub.state(device)
        assert all(
            still[name] == state[name] for name in ("mode", "target_temperature", "door", "ringing") if name in state
        )


async def test_a_timer_is_shown(home: House) -> None:
    home.listener.bus.publish(Topic.UTTERANCE, Utterance(text="라면 타이머 3분 맞춰줘", satellite="pocket"))
    await home.entity("sensor.timers_count", "1")
    shown = await home.entity("sensor.timers_next_ends_at")
    assert shown["state"][:2] == "20"
    assert "라면" in (await home.entity("sensor.timers_next_name"))["state"]
    home.listener.bus.publish(Topic.UTTERANCE, Utterance(text="라면 타이머 취소해줘", satellite="pocket"))
    await home.entity("sensor.timers_count", "0")


async def test_a_sentence_typed_there_is_carried_out_and_its_way_is_seen(home: House) -> None:
    await home.socket.service("text.set_value", "text.jipsa_say_to", value="거실등 켜줘")
    await home.entity("light.living_light", "on")
    await home.entity("event.jipsa_heard", event_type="heard", text="거실등 켜줘", source="homeassistant")
    understood = await home.entity("event.jipsa_understood", event_type="understood", text="거실등 켜줘")
    intent = {"intent": "HassTurnOn", "slots": {"name": "거실등"}, "targets": ["living_light"]}
    assert understood["attributes"]["intent"] == "HassTurnOn"
    assert intent.items() <= understood["attributes"]["intents"][0].items()
    await home.entity("event.jipsa_intent", event_type="intent", **intent)
    await home.entity("event.jipsa_reply", event_type="done", changed={"living_light": {"power": True}})
    await home.entity("text.jipsa_say_to", "거실등 켜줘")
    await home.socket.service("text.set_value", "text.jipsa_say_to", value="거시기 좀 머시기해")
    await home.entity("event.jipsa_understood", event_type="refused", text="거시기 좀 머시기해")


async def test_where_it_was_said_is_seen_too(home: House) -> None:
    said = Utterance(text="안방등 꺼줘", satellite="bedroom", room="안방", source="microphone")
    home.listener.bus.publish(Topic.UTTERANCE, said)
    await home.entity("event.jipsa_heard", text="안방등 꺼줘", satellite="bedroom", room="안방", utterance_id=said.id)
    await home.entity("event.jipsa_intent", utterance_id=said.id, satellite="bedroom", room="안방")
    home.listener.bus.publish(Topic.UTTERANCE, "이건 그냥 글")
    await home.entity("event.jipsa_heard", text="이건 그냥 글", satellite=None)


async def test_an_automation_is_triggered_by_what_is_said(home: House) -> None:
    devices = await home.socket.call("config/device_registry/list")
    hub = next(device["id"] for device in devices if ["mqtt", "jipsa__hub"] in device["identifiers"])
    button = next(device["id"] for device in devices if ["mqtt", "jipsa_living_button"] in device["identifiers"])
    triggers = [one for device in (hub, button)
                for one in await home.socket.call("device_automation/trigger/list", device_id=device)
                if one["domain"] == "mqtt"]  # fmt: skip
    kinds = {(one["type"], one["subtype"]) for one in triggers}
    assert kinds == {("utterance", "heard"), ("utterance", "understood"), ("utterance", "refused"),
                     ("reply", "done"), ("reply", "failed"), ("button_short_press", "button_1")}  # fmt: skip
    told = {one["subtype"]: (await home.socket.subscribe("subscribe_trigger", trigger=one))[1] for one in triggers}

    async def last(subtype: str) -> Any:
        async with asyncio.timeout(20):
            return (await told[subtype].get())["variables"]["trigger"]["payload_json"]

    home.listener.bus.publish(Topic.UTTERANCE, Utterance(text="거실등 꺼줘", room="거실", satellite="living"))
    assert (await last("heard"))["room"] == "거실"
    assert (await last("understood"))["intents"][0]["intent"] == "HassTurnOff"
    assert (await last("done"))["changed"] == {"living_light": {"power": False}}
    home.listener.bus.publish(Topic.UTTERANCE, Utterance(text="거시기 머시기", room="거실"))
    assert (await last("refused"))["refused"]
    home.listener.bus.publish(Topic.device("living_button", "event"), '{"event_type": "press", "occurred_at": "now"}')
    assert (await last("button_1"))["event_type"] == "press"
    await home.entity("event.living_button", event_type="press")
    assert all(queue.empty() for subtype, queue in told.items() if subtype != "heard")


async def test_a_satellite_is_there_speaks_and_listens(home: House) -> None:
    living = SatelliteState(state="idle", room="거실")
    home.listener.bus.publish(Topic.satellite("living"), living, retain=True)
    await home.entity("sensor.jipsa_living_activity", "대기", friendly_name="집사 거실 상태")
    home.listener.bus.publish(Topic.satellite("living"), SatelliteState(state="speaking", room="거실"), retain=True)
    await home.entity("sensor.jipsa_living_activity", "말하는 중")
    await home.socket.service("notify.send_message", "notify.jipsa_living_say", message="빨래가 끝났어요")
    await home.socket.service("notify.send_message", "notify.jipsa_say", message="모두 저녁 드세요")
    await home.socket.service("button.press", "button.jipsa_living_listen")
    for satellite, text in (("living", "빨래가 끝났어요"), ("all", "모두 저녁 드세요")):
        Say.model_validate(await home.listener.object(Topic.say(satellite), text=text))
        await home.entity("event.jipsa_said", event_type="said", text="모두 저녁 드세요")
    await home.listener.until(lambda topic, _: topic == Topic.satellite("living", "listen"))
    home.listener.bus.publish(Topic.satellite("living"), SatelliteState(state="offline"), retain=True)
    await home.entity("sensor.jipsa_living_activity", "연결 끊김", friendly_name="집사 거실 상태")


async def test_an_agent_is_asked(home: House) -> None:
    workshop = home.hub.bridges["workshop"]
    workshop.announce(About(id="agent", bridge="workshop", type="conversation", name="에이전트"))
    workshop.available("agent", True)
    await home.entity("text.agent_query", "unknown", friendly_name="에이전트 질문")
    await home.socket.service("text.set_value", "text.agent_query", value="달까지 얼마나 멀어?")
    slots = {"query": "달까지 얼마나 멀어?"}
    await home.listener.object(Topic.intent("workshop"), intent="JipsaAsk", targets=["agent"], slots=slots)
    workshop.retire("agent")
    await _disappeared(home, "jipsa_agent")


async def test_every_state_follows(home: House) -> None:
    """From a change on MQTT through the bridge that owns the device to the state in Home Assistant, and out again."""
    _, events = await home.socket.subscribe("subscribe_events", event_type="state_changed")
    for _ in range(40):
        on = not home.hub.state("kitchen_plug")["power"]
        home.listener.bus.publish(Topic.device("kitchen_plug", "set/power"), json.dumps(on))
        while True:
            data = (await events.get())["data"]
            if data["entity_id"] == "switch.kitchen_plug" and data["new_state"]["state"] == ("on" if on else "off"):
                break


async def test_nothing_flaps_while_only_this_bridge_is_away(home: House) -> None:
    async with home.watching() as seen:
        await home.hub.stop("homeassistant")
        await home.socket.service("switch.turn_on", "switch.kitchen_plug")
        await home.until(lambda: home.hub.state("kitchen_plug")["power"])
        await home.entity("switch.kitchen_plug", "on")
        before = len(home.listener.heard)
        home.hub.start("homeassistant")
        await home.until(lambda: _told(home, before) >= home.configs().keys())
        await home.socket.service("switch.turn_off", "switch.kitchen_plug")
        await home.entity("switch.kitchen_plug", "off")
        await home.complete()
    assert ("switch.kitchen_plug", "off") in seen
    assert [one for one in seen if one[1] in {"unavailable", "gone"}] == []


def _told(home: House, since: int) -> set[str]:
    """The identifiers of what was announced since then."""
    return {topic.split("/")[2] for topic, body in home.listener.heard[since:] if topic.endswith("/config") and body}


async def test_devices_come_back_with_the_hub(home: House) -> None:
    async with home.watching() as seen:
        await home.hub.stop()
        for entity_id in ("light.living_light", "climate.air_conditioner", "vacuum.robot_cleaner", "lock.front_door"):
            await home.entity(entity_id, "unavailable")
        await home.entity("binary_sensor.jipsa_bridge_gpio", "off")
        home.hub.start()
        await home.complete()
        await home.entity("binary_sensor.jipsa_bridge_gpio", "on")
    assert [one for one in seen if one[1] == "gone"] == []


async def test_all_is_told_again_when_home_assistant_is_born(home: House) -> None:
    before = len(home.listener.heard)
    home.listener.bus.publish("homeassistant/status", "online")
    await home.until(lambda: _told(home, before) >= home.configs().keys())


async def test_a_broker_that_forgot_everything_is_told_all_again(home: House) -> None:
    await home.hub.broker.stop()
    await home.entity("light.living_light", "unavailable")
    before = len(home.listener.heard)
    await home.hub.broker.start()
    await home.until(lambda: _told(home, before) >= home.configs().keys())
    await home.complete()
    await home.socket.service("light.turn_on", "light.living_light")
    await home.entity("light.living_light", "on")


def _workshop(home: House) -> Any:
    return home.hub.bridges["workshop"]


async def test_a_renamed_device_keeps_its_entities(home: House) -> None:
    about = home.hub.about("curtain")
    before = {key: entry["id"] for key, entry in (await home.registered()).items()}
    _workshop(home).announce(about.model_copy(update={"name": "서재 커튼"}))
    await home.entity("cover.curtain", friendly_name="서재 커튼")
    assert {key: entry["id"] for key, entry in (await home.registered()).items()} == before


async def test_a_property_that_went_takes_its_entity_along(home: House) -> None:
    about = home.hub.about("speaker")
    rest = {name: prop for name, prop in about.properties.items() if name != "volume"}
    rest["title"] = Property(type="enum", values=["밤편지"], writable=True)  # and one that is shown otherwise now
    _workshop(home).announce(about.model_copy(update={"properties": rest}))
    await home.entity("select.speaker_title", "밤편지")

    async def gone() -> bool:
        states = await home.hass.states()
        return "number.speaker_volume" not in states and "sensor.speaker_title" not in states

    await home.until(gone)
    _workshop(home).announce(about)
    await home.entity("number.speaker_volume", str(home.hub.state("speaker")["volume"]))
    await home.entity("sensor.speaker_title", "밤편지")
    await home.complete()


async def test_a_device_that_went_disappears_and_comes_back(home: House) -> None:
    about = home.hub.about("gas")
    _workshop(home).retire("gas")
    await _disappeared(home, "jipsa_gas")
    _workshop(home).announce(about)
    _workshop(home).report("gas", {"open": True})
    _workshop(home).available("gas", True)
    await home.entity("valve.gas", "open")


async def _disappeared(home: House, identifier: str) -> None:
    """Wait until a device is neither on the broker nor in Home Assistant."""

    async def gone() -> bool:
        devices = await home.socket.call("config/device_registry/list")
        entities = [key for key in await home.registered() if key.startswith(f"{identifier}_")]
        known = [device for device in devices if ["mqtt", identifier] in device["identifiers"]]
        return not entities and not known and identifier not in home.configs()

    await home.until(gone)


async def test_what_went_while_this_bridge_was_away_is_found(home: House) -> None:
    await home.hub.stop("homeassistant")
    _workshop(home).retire("meter")
    await _workshop(home).bus.flush()
    home.hub.start("homeassistant")
    await _disappeared(home, "jipsa_meter")
    assert {"jipsa_gas", "jipsa_washer", "jipsa__hub"} <= home.configs().keys()


async def test_nothing_is_taken_away_because_it_is_late(home: House) -> None:
    """Its about is gone, but its bridge is away, or says that it has the device: so it may come back."""
    await home.hub.stop("workshop", "homeassistant")
    home.listener.bus.publish(Topic.device("movie", "about"), b"", retain=True)
    home.hub.start("homeassistant")
    before = len(home.listener.heard)
    await home.until(lambda: _told(home, before) >= {"jipsa__hub", "jipsa_gas", "jipsa_washer"})
    for _ in range(3):
        await asyncio.sleep(outward.PATIENCE)
    assert "jipsa_movie" in home.configs()
    state = ServiceState(state="online")
    home.listener.bus.publish(Topic.bridge("workshop", "state"), state, retain=True)
    for _ in range(3):
        await asyncio.sleep(outward.PATIENCE)
    assert "jipsa_movie" in home.configs()
    home.hub.start("workshop")
    await home.complete()
    await home.entity("scene.movie")


async def test_home_assistant_comes_back_to_all_that_is_there_then(home: House) -> None:
    await home.complete()
    before = {key: entry["entity_id"] for key, entry in (await home.registered()).items()}
    await home.hass.stop()
    await home.listener.until(lambda topic, body: topic == "homeassistant/status" and body == b"offline")
    _workshop(home).retire("window")
    await _workshop(home).bus.flush()
    await home.hass.restart()
    async with home.hass.socket() as home.socket:
        await _disappeared(home, "jipsa_window")
        await home.complete()
        after = {key: entry["entity_id"] for key, entry in (await home.registered()).items()}
        assert after == {key: entity for key, entity in before.items() if not key.startswith("jipsa_window_")}
        await home.socket.service("light.turn_off", "light.living_light")
        await home.entity("light.living_light", "off")
