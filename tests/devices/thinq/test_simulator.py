from typing import Any

import aiohttp
import pytest
from thinqconnect import (
    AirConditionerDevice,
    AirPurifierDevice,
    RobotCleanerDevice,
    ThinQApi,
    ThinQAPIException,
    WasherDevice,
)
from thinqconnect.const import API_KEY

from devices.thinq.client import _Api
from devices.thinq.simulator.cloud import TOKEN, Simulator

CLASSES = {
    "living_ac": AirConditionerDevice,
    "washer": WasherDevice,
    "robot": RobotCleanerDevice,
    "air_purifier": AirPurifierDevice,
}
HEADERS = {
    "Authorization": f"Bearer {TOKEN}",
    "x-country": "KR",
    "x-message-id": "AAAAAAAAAAAAAAAAAAAAAA",
    "x-client-id": "test",
    "x-api-key": API_KEY,
    "x-service-phase": "OP",
}


@pytest.fixture
def api(base_url: str, session: aiohttp.ClientSession) -> ThinQApi:
    return _Api(base_url, session, TOKEN, "KR", "test")


@pytest.fixture
def sdk_device(api: ThinQApi):
    """One of the SDK's own device objects, with the simulator's profile and state."""

    async def make(device_id: str) -> Any:
        listed = {entry["deviceId"]: entry["deviceInfo"] for entry in await api.async_get_device_list()}
        device = CLASSES[device_id](
            thinq_api=api,
            device_id=device_id,
            device_type=listed[device_id]["deviceType"],
            model_name=listed[device_id]["modelName"],
            alias=listed[device_id]["alias"],
            reportable=listed[device_id]["reportable"],
            profile=await api.async_get_device_profile(device_id),
        )
        device.set_status(await api.async_get_device_status(device_id))
        return device

    return make


async def test_the_sdk_reads_profiles_and_states(sdk_device) -> None:
    conditioner = await sdk_device("living_ac")
    assert conditioner.get_status("target_temperature_c") == 26
    assert conditioner.get_status("air_con_operation_mode") == "POWER_OFF"
    assert (await sdk_device("washer")).get_sub_device("main").get_status("current_state") == "INITIAL"
    assert (await sdk_device("robot")).get_status("battery_percent") == 92
    assert (await sdk_device("air_purifier")).get_status("pm2") == 38


async def test_the_sdk_controls_an_air_conditioner(sdk_device) -> None:
    conditioner = await sdk_device("living_ac")
    await conditioner.set_air_con_operation_mode("POWER_ON")
    await conditioner.set_cool_target_temperature_f(70)
    await conditioner.set_wind_strength("HIGH")
    conditioner = await sdk_device("living_ac")
    assert conditioner.get_status("target_temperature_f") == 70
    assert conditioner.get_status("target_temperature_c") == 21
    assert conditioner.get_status("wind_strength") == "HIGH"


async def test_the_sdk_controls_a_washer(sdk_device) -> None:
    await (await sdk_device("washer")).get_sub_device("main").set_washer_operation_mode("START")
    assert (await sdk_device("washer")).get_sub_device("main").get_status("current_state") == "DETECTING"


async def test_a_temperature_that_the_sdk_lets_through_is_refused(sdk_device) -> None:
    conditioner = await sdk_device("living_ac")
    await conditioner.set_air_con_operation_mode("POWER_ON")
    with pytest.raises(ThinQAPIException, match="1102"):
        await conditioner.set_cool_target_temperature_c(99)


@pytest.mark.parametrize(
    ("device", "payload", "code"),
    [
        ("nobody", {"operation": {}}, "1205"),
        ("living_ac", {}, "1101"),
        ("living_ac", [1], "1101"),
        ("living_ac", {"operation": 1}, "1102"),
        ("living_ac", {"light": {"on": True}}, "1102"),
        ("living_ac", {"operation": {"airConOperationMode": "ON"}}, "1102"),
        ("living_ac", {"airQualitySensor": {"PM1": 3}}, "1102"),
        ("living_ac", {"windDirection": {"rotateUpDown": 1}}, "1102"),
        ("living_ac", {"temperatureInUnits": {"coolTargetTemperature": 24}}, "1101"),
        ("living_ac", {"temperatureInUnits": {"targetTemperature": 24, "unit": "C"}}, "1102"),
        ("living_ac", {"temperatureInUnits": {"coolTargetTemperature": "24", "unit": "C"}}, "1102"),
        ("living_ac", {"temperatureInUnits": {"coolTargetTemperature": 24.3, "unit": "C"}}, "1102"),
        ("living_ac", {"temperatureInUnits": {"coolTargetTemperature": 24, "unit": "C"}}, "2304"),
        ("living_ac", {"operation": {"airConOperationMode": "POWER_OFF"}}, "2304"),
        (
            "living_ac",
            {
                "operation": {"airConOperationMode": "POWER_ON"},
                "temperatureInUnits": {"autoTargetTemperature": 24, "unit": "C"},
            },
            "2305",
        ),
        ("washer", {"operation": {"washerOperationMode": "START"}}, "1101"),
        ("washer", {"location": {"locationName": "MINI"}, "operation": {"washerOperationMode": "START"}}, "1101"),
        ("washer", {"location": {"locationName": "MAIN"}, "operation": {"washerOperationMode": "STOP"}}, "2302"),
        ("robot", {"operation": {"cleanOperationMode": "RESUME"}}, "2302"),
        ("air_purifier", {"airFlow": {"windStrength": "HIGH"}}, "2304"),
    ],
)
async def test_what_the_cloud_refuses_changes_nothing(
    device: str, payload: Any, code: str, api: ThinQApi, simulator: Simulator
) -> None:
    before = {name: repr(appliance.state) for name, appliance in simulator.appliances.items()}
    with pytest.raises(ThinQAPIException) as refusal:
        await api.async_post_device_control(device, payload)
    assert refusal.value.code == code
    assert {name: repr(appliance.state) for name, appliance in simulator.appliances.items()} == before


@pytest.mark.parametrize(
    ("header", "value", "code", "status"),
    [
        ("Authorization", None, "1302", 401),
        ("Authorization", "Bearer another", "1103", 401),
        ("x-api-key", "another", "1216", 400),
        ("x-service-phase", None, "1216", 400),
        ("x-client-id", None, "1216", 400),
        ("x-message-id", "short", "1104", 400),
        ("x-country", "QQ", "1307", 403),
    ],
)
async def test_requests_without_lgs_headers_are_refused(
    header: str, value: str | None, code: str, status: int, base_url: str, session: aiohttp.ClientSession
) -> None:
    headers = {**HEADERS, header: value}
    sent = {name: content for name, content in headers.items() if content is not None}
    async with session.get(f"{base_url}/devices", headers=sent) as answer:
        assert answer.status == status
        assert (await answer.json())["error"]["code"] == code


async def test_a_body_that_is_not_json_is_refused(base_url: str, session: aiohttp.ClientSession) -> None:
    async with session.post(f"{base_url}/devices/robot/control", headers=HEADERS, data="{") as answer:
        assert (await answer.json())["error"]["code"] == "1311"


async def test_an_appliance_offline_has_a_profile_but_no_state(api: ThinQApi, simulator: Simulator) -> None:
    simulator.appliances["robot"].online = False
    assert await api.async_get_device_profile("robot")
    with pytest.raises(ThinQAPIException, match="1222"):
        await api.async_get_device_status("robot")


async def state(api: ThinQApi, device: str) -> Any:
    return await api.async_get_device_status(device)


async def test_an_air_conditioner_cools_down_to_its_target(api: ThinQApi, clock) -> None:
    await api.async_post_device_control("living_ac", {"operation": {"airConOperationMode": "POWER_ON"}})
    seen = []
    for _ in range(4):
        clock.pass_minutes(2)
        seen.append((await state(api, "living_ac"))["temperatureInUnits"][0]["currentTemperature"])
    assert seen == [27, 26, 26, 26]
    await api.async_post_device_control("living_ac", {"operation": {"airConOperationMode": "POWER_OFF"}})
    clock.pass_minutes(60)
    assert (await state(api, "living_ac"))["temperatureInUnits"][0]["currentTemperature"] == 29


async def test_a_washer_washes_ends_and_turns_itself_off(api: ThinQApi, clock) -> None:
    location = {"location": {"locationName": "MAIN"}}
    await api.async_post_device_control("washer", {**location, "operation": {"washerOperationMode": "START"}})
    phases = []
    for _ in range(61):
        phases.append((await state(api, "washer"))[0]["runState"]["currentState"])
        clock.pass_minutes(1)
    expected = ["DETECTING", "RUNNING", "RINSING", "SPINNING", "END", "POWER_OFF"]
    assert list(dict.fromkeys(phases)) == expected
    assert [phases.count(phase) for phase in expected] == [2, 25, 15, 8, 10, 1]


async def test_a_paused_washer_goes_on_where_it_was(api: ThinQApi, clock) -> None:
    def operation(word: str) -> dict[str, Any]:
        return {"location": {"locationName": "MAIN"}, "operation": {"washerOperationMode": word}}

    await api.async_post_device_control("washer", operation("START"))
    clock.pass_minutes(10)
    await api.async_post_device_control("washer", operation("STOP"))
    clock.pass_minutes(30)
    (paused,) = await state(api, "washer")
    assert (paused["runState"]["currentState"], paused["timer"]["remainMinute"]) == ("PAUSE", 40)
    await api.async_post_device_control("washer", operation("START"))
    assert (await state(api, "washer"))[0]["runState"]["currentState"] == "RUNNING"


async def test_a_robot_cleans_drains_returns_and_charges(api: ThinQApi, clock) -> None:
    await api.async_post_device_control("robot", {"operation": {"cleanOperationMode": "START"}})
    seen, charge = [], []
    for _ in range(120):
        now = await state(api, "robot")
        seen.append(now["runState"]["currentState"])
        charge.append(now["battery"]["percent"])
        clock.pass_minutes(1)
    assert list(dict.fromkeys(seen)) == ["WORKING", "HOMING", "CHARGING"]
    assert charge[40] < charge[0]
    assert charge[-1] == 100


async def test_an_air_purifier_cleans_the_air(api: ThinQApi, clock) -> None:
    await api.async_post_device_control("air_purifier", {"operation": {"airPurifierOperationMode": "POWER_ON"}})
    clock.pass_minutes(60)
    air = (await state(api, "air_purifier"))["airQualitySensor"]
    assert air["PM2"] < 10
    assert air["totalPollutionLevel"] == "GOOD"
    await api.async_post_device_control("air_purifier", {"operation": {"airPurifierOperationMode": "POWER_OFF"}})
    clock.pass_minutes(600)
    assert (await state(api, "air_purifier"))["airQualitySensor"]["totalPollutionLevel"] == "BAD"


async def test_time_can_be_made_to_pass_faster(clock, session: aiohttp.ClientSession) -> None:
    async with Simulator(clock=clock, speed=60).serving() as url:
        api = _Api(url, session, TOKEN, "KR", "test")
        await api.async_post_device_control("living_ac", {"operation": {"airConOperationMode": "POWER_ON"}})
        clock.seconds += 4
        assert (await state(api, "living_ac"))["temperatureInUnits"][0]["currentTemperature"] == 26
