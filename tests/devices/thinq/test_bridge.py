import asyncio
import copy
import json
from typing import Any

import pytest

from devices.thinq import account, watch
from devices.thinq.bridge import ThinqBridge
from devices.thinq.simulator.appliance import RefusedError
from devices.thinq.simulator.cloud import Simulator
from hub.address import BrokerAddress
from hub.messages import Topic

DEVICES = {
    "living_ac": ("climate", "거실 에어컨"),
    "washer": ("washer", "세탁기"),
    "robot": ("vacuum", "로봇청소기"),
    "air_purifier": ("air_purifier", "공기청정기"),
}


async def test_what_the_account_has_is_announced(house) -> None:
    for device, (kind, name) in DEVICES.items():
        about = await house.listener.object(Topic.device(device, "about"))
        assert (about["type"], about["name"], about["bridge"]) == (kind, name, "thinq")
        assert about["properties"]


async def test_states_are_on_the_broker(house) -> None:
    await house.state("living_ac", power=False, mode="cool", current_temperature=28, target_temperature=26)
    await house.state("washer", status="idle", remote_control=True, total_minutes=50)
    await house.state("robot", status="charging", battery=92)
    await house.state("air_purifier", power=False, pm25=38, air_quality="bad")


@pytest.mark.parametrize(
    ("device", "changed"),
    [
        ("living_ac", {"power": True}),
        ("washer", {"status": "running"}),
        ("robot", {"status": "running"}),
        ("air_purifier", {"power": True}),
    ],
)
async def test_turning_on_changes_each_of_the_sample_home(house, device: str, changed: dict[str, Any]) -> None:
    reply = await house.ask("HassTurnOn", device)
    assert reply["ok"], reply
    assert reply["changed"] == {device: changed}
    await house.state(device, **changed)


async def test_turning_everything_off_again(house) -> None:
    for device in DEVICES:
        assert (await house.ask("HassTurnOn", device))["ok"]
    for device, changed in (
        ("living_ac", {"power": False}),
        ("washer", {"status": "off"}),
        ("robot", {"status": "returning"}),
        ("air_purifier", {"power": False}),
    ):
        reply = await house.ask("HassTurnOff", device)
        assert reply["ok"], reply
        assert reply["changed"][device].items() >= changed.items()


async def test_a_temperature_turns_the_air_conditioner_on_and_arrives(house) -> None:
    reply = await house.ask("HassClimateSetTemperature", "living_ac", temperature=24)
    assert reply["changed"] == {"living_ac": {"power": True, "target_temperature": 24}}
    assert house.controls("living_ac") == [
        {"operation": {"airConOperationMode": "POWER_ON"}},
        {"temperatureInUnits": {"coolTargetTemperature": 24, "unit": "C"}},
    ]
    await house.look()
    assert house.bridge.states["living_ac"]["target_temperature"] == 24


async def test_a_mode_turns_the_air_conditioner_on_first(house) -> None:
    assert (await house.ask("JipsaSetMode", "living_ac", mode="dry"))["ok"]
    assert [next(iter(body)) for body in house.controls("living_ac")] == ["operation", "airConJobMode"]
    await house.state("living_ac", mode="dry", power=True)


@pytest.mark.parametrize("temperature", [99, 17.5, 30.5, 24.3, "warm"])
async def test_a_temperature_out_of_range_is_refused_before_it_leaves(house, temperature: object) -> None:
    reply = await house.ask("HassClimateSetTemperature", "living_ac", temperature=temperature)
    assert not reply["ok"]
    assert reply["error"]["code"] == "out_of_range"
    assert "거실 에어컨" in reply["error"]["message"]
    assert house.controls("living_ac") == []


async def test_a_temperature_the_present_mode_does_not_have_is_told(house) -> None:
    await house.ask("JipsaSetMode", "living_ac", mode="fan_only")
    reply = await house.ask("HassClimateSetTemperature", "living_ac", temperature=24)
    assert reply["error"] == {
        "code": "not_now",
        "message": "거실 에어컨은 지금 모드에서는 그렇게 할 수 없어요.",
    }


async def test_turning_on_what_is_on_is_no_failure(house) -> None:
    await house.ask("HassTurnOn", "living_ac")
    reply = await house.ask("HassTurnOn", "living_ac")
    assert (reply["ok"], reply["changed"]) == (True, {"living_ac": {}})
    assert (await house.ask("HassTurnOff", "air_purifier"))["ok"]


async def test_an_appliance_that_is_not_awake_yet_is_asked_again(house) -> None:
    washer = house.simulator.appliances["washer"]
    washer.phase = "POWER_OFF"
    await house.look()
    asleep = iter([True])

    def obey_when_awake(wanted: dict[str, Any]) -> None:
        if wanted["operation.washerOperationMode"] == "START" and next(asleep, False):
            raise RefusedError("2304", "Command not supported in power off")
        type(washer).obey(washer, wanted)

    washer.obey = obey_when_awake
    assert (await house.ask("JipsaStart", "washer"))["ok"]
    sent = [body["operation"]["washerOperationMode"] for body in house.controls("washer")]
    assert sent == ["POWER_ON", "START", "START"]
    assert washer.phase == "DETECTING"


async def test_remote_control_that_is_off_is_told(house) -> None:
    house.simulator.appliances["washer"].main["remoteControlEnable"]["remoteControlEnabled"] = False
    reply = await house.ask("JipsaStart", "washer")
    assert reply["error"] == {"code": "remote_control_off", "message": "세탁기에서 원격 제어를 켜 주세요."}
    await house.state("washer", remote_control=False)


async def test_an_appliance_that_is_off_is_told(house) -> None:
    reply = await house.ask("HassFanSetSpeed", "air_purifier", fan_mode="high")
    assert reply["error"] == {"code": "powered_off", "message": "공기청정기가 꺼져 있어요. 먼저 켜 주세요."}


async def test_an_appliance_that_is_offline_is_told_and_shown(house) -> None:
    house.simulator.appliances["robot"].online = False
    reply = await house.ask("HassVacuumStart", "robot")
    assert reply["error"]["code"] == "device_offline"
    assert "로봇청소기가 연결되어 있지 않아요" in reply["error"]["message"]
    await house.available("robot", False)


async def test_an_appliance_comes_and_goes(house) -> None:
    robot = house.simulator.appliances["robot"]
    robot.online = False
    await house.look()
    await house.available("robot", False)
    house.listener.heard.clear()
    robot.online = True
    await house.look()
    await house.available("robot", True)


async def test_one_appliance_offline_does_not_keep_the_others(open_house, base_url, simulator: Simulator) -> None:
    simulator.appliances["air_purifier"].online = False
    async with open_house(base_url) as house:
        await house.available("air_purifier", False)
        await house.state("washer", status="idle")


@pytest.mark.parametrize(("state", "sent"), [("SLEEP", "WAKE_UP"), ("PAUSE", "RESUME"), ("STANDBY", "START")])
async def test_starting_the_robot(house, state: str, sent: str) -> None:
    house.simulator.appliances["robot"].run = state
    await house.look()
    assert (await house.ask("HassVacuumStart", "robot"))["ok"]
    assert house.controls("robot") == [{"operation": {"cleanOperationMode": sent}}]


async def test_a_washer_is_followed_through_its_programme(house, clock) -> None:
    await house.ask("JipsaStart", "washer")
    for minutes, phase, left in ((1, "detecting", 49), (20, "running", 29), (10, "rinsing", 19), (15, "spinning", 4)):
        clock.pass_minutes(minutes)
        await house.look()
        await house.state("washer", status="running", phase=phase, remaining_minutes=left)
    clock.pass_minutes(4)
    await house.look()
    await house.state("washer", status="ended", remaining_minutes=None, cycles=42)


async def test_a_state_that_lags_behind_does_not_snap_back(house, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "CONFIRM_SECONDS", (3600.0,))
    conditioner = house.simulator.appliances["living_ac"]
    conditioner.shown = copy.deepcopy(conditioner.state)
    await house.ask("HassTurnOn", "living_ac")
    await house.look()
    assert house.bridge.states["living_ac"]["power"] is True
    conditioner.shown = None
    await house.look()
    await house.ask("HassTurnOff", "living_ac")
    states = [json.loads(body)["power"] for body in house.listener.all(Topic.device("living_ac", "state"))]
    assert [power for power, before in zip(states, [None, *states], strict=False) if power != before] == [
        False,
        True,
        False,
    ]


async def test_what_somebody_else_changes_meanwhile_is_believed(house, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "CONFIRM_SECONDS", (3600.0,))
    await house.ask("HassClimateSetTemperature", "living_ac", temperature=24)
    house.simulator.appliances["living_ac"].state["temperatureInUnits"][0]["targetTemperature"] = 20
    await house.look()
    assert house.bridge.states["living_ac"]["target_temperature"] == 20


async def test_a_command_that_never_took_effect_is_given_up(house) -> None:
    conditioner = house.simulator.appliances["living_ac"]
    conditioner.shown = copy.deepcopy(conditioner.state)
    await house.ask("HassTurnOn", "living_ac")
    await house.listener.until(
        lambda topic, body: (
            topic == Topic.device("living_ac", "state")
            and not json.loads(body)["power"]
            and any(json.loads(other)["power"] for other in house.listener.all(topic))
        )
    )


@pytest.mark.parametrize(("lagging", "looks"), [(False, 1), (True, 3)])
async def test_after_a_command_the_cloud_is_asked_until_it_agrees_but_not_for_ever(
    house, monkeypatch: pytest.MonkeyPatch, lagging: bool, looks: int
) -> None:
    monkeypatch.setattr(account, "CONFIRM_SECONDS", (0.0, 0.0, 0.0))
    conditioner = house.simulator.appliances["living_ac"]
    if lagging:
        conditioner.shown = copy.deepcopy(conditioner.state)
    house.simulator.requests.clear()
    assert (await house.ask("HassTurnOn", "living_ac"))["ok"]
    await asyncio.gather(*house.bridge._tasks)
    assert len(house.requests("/devices/living_ac/state")) == looks


async def test_a_cloud_that_asks_for_patience_is_asked_again(house) -> None:
    house.simulator.fail_next("2210", "2212")
    assert (await house.ask("HassTurnOn", "living_ac"))["ok"]
    house.simulator.fail_next("2210", "2210", "2210")
    reply = await house.ask("HassTurnOff", "living_ac")
    assert reply["error"]["code"] == "device_error"
    assert "바로 대답하지 않아요" in reply["error"]["message"]


async def test_set_topics_work_too(house) -> None:
    house.listener.bus.publish(Topic.device("living_ac", "set/mode"), b"auto")
    await house.state("living_ac", mode="auto", power=True)
    house.listener.bus.publish(Topic.device("living_ac", "set"), b'{"target_temperature": 22, "fan_mode": "medium"}')
    await house.state("living_ac", target_temperature=22, fan_mode="medium")
    assert {"airFlow": {"windStrength": "MID"}} in house.controls("living_ac")


async def test_commands_to_one_appliance_go_one_by_one(house) -> None:
    on, off, temperature = await asyncio.gather(
        house.ask("HassTurnOn", "living_ac"),
        house.ask("HassTurnOff", "living_ac"),
        house.ask("HassClimateSetTemperature", "living_ac", temperature=21),
    )
    assert on["ok"]
    assert off["ok"]
    assert temperature["ok"]
    operations = [
        body["operation"]["airConOperationMode"] for body in house.controls("living_ac") if "operation" in body
    ]
    assert operations == ["POWER_ON", "POWER_OFF", "POWER_ON"]


async def test_the_cloud_may_come_later(open_house, simulator: Simulator) -> None:
    async with simulator.serving() as url:
        port = int(url.rpartition(":")[2])
    async with open_house(url) as house:
        await house.listener.until(
            lambda topic, body: topic == Topic.bridge("thinq", "log") and "서버" in body.decode()
        )
        async with simulator.serving(port):
            await house.state("washer", status="idle")


async def test_a_cloud_that_goes_away_takes_the_appliances_along(open_house, simulator: Simulator) -> None:
    async with simulator.serving() as url:
        port = int(url.rpartition(":")[2])
        opened = open_house(url, poll_seconds=0.01)
        house = await opened.__aenter__()
        await house.available("washer", True)
    try:
        await house.available("washer", False)
        reply = await house.ask("JipsaStart", "washer")
        assert reply["error"]["code"] == "vendor_unreachable"
        house.listener.heard.clear()
        async with simulator.serving(port):
            await house.available("washer", True)
    finally:
        await opened.__aexit__(None, None, None)


async def test_a_wrong_token_is_told_in_the_log(open_house, base_url: str) -> None:
    async with open_house(base_url, access_token="another") as house:
        _, line = await house.listener.until(lambda topic, body: topic == Topic.bridge("thinq", "log"))
        assert "토큰" in json.loads(line)["message"]


async def test_new_appliances_are_announced_and_removed_ones_retired(
    open_house, base_url: str, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "DISCOVERY_SECONDS", 0.0)
    robot = simulator.appliances.pop("robot")
    async with open_house(base_url, poll_seconds=0.01) as house:
        await house.state("washer", status="idle")
        assert house.listener.all(Topic.device("robot", "about")) == []
        simulator.appliances["robot"] = robot
        await house.state("robot", status="charging")
        house.listener.heard.clear()
        del simulator.appliances["robot"]
        await house.listener.until(lambda topic, body: topic == Topic.device("robot", "state") and body == b"")
        await house.listener.object(Topic.bridge("thinq", "info"), devices=["air_purifier", "living_ac", "washer"])
        simulator.appliances["washer"].listed["deviceInfo"]["alias"] = "드럼"
        await house.listener.object(Topic.device("washer", "about"), name="드럼")
        reply = await house.ask("HassVacuumStart", "robot")
        assert reply["error"]["code"] == "unknown_device"


async def test_an_answer_about_an_appliance_that_was_retired_meanwhile_is_dropped(house) -> None:
    asking = asyncio.create_task(house.look())
    await asyncio.sleep(0)  # the questions are on their way
    del house.bridge.account.appliances["robot"]
    house.bridge.retire("robot")
    await asking
    assert "robot" not in house.bridge.states


async def test_what_cannot_be_used_is_left_out_and_told(open_house, base_url: str, simulator: Simulator) -> None:
    simulator.appliances["robot"].listed["deviceInfo"]["deviceType"] = "DEVICE_TOASTER"
    simulator.appliances["air_purifier"].profile = {"property": {}}
    simulator.appliances["living_ac"].listed["deviceId"] = "거실"
    async with open_house(base_url) as house:
        await house.state("washer", status="idle")
        for name in ("로봇청소기", "공기청정기", "거실 에어컨"):
            await house.listener.until(
                lambda topic, body, name=name: topic == Topic.bridge("thinq", "log") and name in body.decode()
            )
        assert set(house.bridge.abouts) == {"washer"}


async def test_questions_are_answered_from_the_state(house) -> None:
    reply = await house.ask("HassClimateGetTemperature", "living_ac")
    assert reply["state"]["living_ac"]["current_temperature"] == 28


async def test_sentences_are_in_the_language_of_the_house(open_house, base_url: str) -> None:
    async with open_house(base_url, language="en") as house:
        await house.available("air_purifier", True)
        reply = await house.ask("HassFanSetSpeed", "air_purifier", fan_mode="high")
        assert reply["error"]["message"] == "공기청정기 is off; turn it on first."


def test_a_country_that_lg_does_not_serve_is_told(broker_address: BrokerAddress) -> None:
    with pytest.raises(ValueError, match=r"thinq\.country"):
        ThinqBridge(broker_address, access_token="token", client_id="test", country="QQ")


@pytest.fixture
def broker_address() -> BrokerAddress:
    return BrokerAddress("127.0.0.1", 1)
