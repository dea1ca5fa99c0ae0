"""The account under push: what is told at once, what is found by looking, and what is said aloud."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from devices.thinq import account, push, watch
from devices.thinq.simulator.cloud import Simulator
from devices.thinq.simulator.fields import put_degrees
from devices.thinq.simulator.household import showroom
from hub.messages import Topic

ON = {"operation": {"airConOperationMode": "POWER_ON"}}
WASH = {"location": {"locationName": "MAIN"}, "operation": {"washerOperationMode": "START"}}


@pytest.fixture
async def pushed(open_house: Any, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The sample home with push; nothing is looked at but at the beginning."""
    monkeypatch.setattr(push, "BACKOFF", (0.01, 0.05))
    monkeypatch.setattr(push, "RESUME_SECONDS", 0.05)
    async with simulator.serving(push=True) as url, open_house(url, push=True, root_ca=simulator.root_ca) as house:
        await subscribed(house)
        yield house


async def subscribed(house: Any) -> None:
    clients = house.simulator.push.clients
    async with asyncio.timeout(20):
        while not clients.get("test") or clients["test"].events != house.simulator.appliances.keys():
            await asyncio.sleep(0.01)
    for device in house.simulator.appliances:
        await house.available(device, True)


async def elsewhere(house: Any, device: str, payload: dict[str, Any]) -> None:
    """Somebody at the appliance, or with LG's app."""
    house.simulator.appliances[device].control(payload)
    await house.simulator.tick()


async def test_a_change_is_on_the_broker_without_a_look(pushed: Any) -> None:
    looks = len(pushed.requests("/devices/living_ac/state"))
    await elsewhere(pushed, "living_ac", ON)
    await pushed.state("living_ac", power=True)
    assert len(pushed.requests("/devices/living_ac/state")) == looks


async def test_the_end_of_the_washing_is_an_event_and_is_said_once(pushed: Any, clock: Any) -> None:
    pushed.simulator.appliances["washer"].main["remoteControlEnable"]["remoteControlEnabled"] = True
    await elsewhere(pushed, "washer", WASH)
    await pushed.state("washer", status="running")
    clock.pass_minutes(55)
    await pushed.simulator.tick()
    event = await pushed.listener.object(Topic.device("washer", "event"), event_type="washing_is_complete")
    assert event["occurred_at"]
    await pushed.state("washer", status="ended")
    await pushed.listener.object(Topic.say("all"), text="세탁기 세탁이 끝났어요.", priority="announcement")
    await pushed.look()
    assert len(pushed.listener.all(Topic.say("all"))) == 1


async def test_what_may_be_either_oven_is_told_of_the_appliance(open_house: Any, clock: Any) -> None:
    oven = next(one for one in showroom() if one.id == "oven")
    async with Simulator([oven], clock=clock).serving() as url, open_house(url) as house:
        await house.available("oven-lower", True)
        appliance = house.bridge.account.appliances["oven"]
        house.bridge.account._tell(appliance, "PREHEATING_IS_COMPLETE")
        house.bridge.account._tell(appliance, "PREHEATING_IS_COMPLETE")
        await house.listener.object(Topic.say("all"), text="오븐 예열이 끝났어요.")
        house.bridge.account._tell(appliance, "COOKING_IS_COMPLETE", appliance.units[1])
        await house.listener.object(Topic.say("all"), text="오븐 아래칸 조리가 끝났어요.")
        assert len(house.listener.all(Topic.say("all"))) == 2


async def test_without_push_the_end_of_the_washing_is_seen(house: Any, clock: Any) -> None:
    house.simulator.appliances["washer"].main["remoteControlEnable"]["remoteControlEnabled"] = True
    house.simulator.appliances["washer"].control(WASH)
    await house.look()
    await house.state("washer", status="running")
    clock.pass_minutes(55)
    await house.look()
    await house.listener.object(Topic.device("washer", "event"), event_type="washing_is_complete")
    await house.listener.object(Topic.say("all"), text="세탁기 세탁이 끝났어요.")


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"세탁기": False}, 0),
        ({"washer": ["error_during_washing"]}, 0),
        ({"washer": ["washing_is_complete"]}, 1),
        ({"로봇청소기": False}, 1),
    ],
)
async def test_the_household_chooses_what_is_said(
    choice: dict[str, Any], said: int, open_house: Any, base_url: str
) -> None:
    async with open_house(base_url, announce=choice) as house:
        await house.available("washer", True)
        house.bridge.account._tell(house.bridge.account.appliances["washer"], "WASHING_IS_COMPLETE")
        await house.listener.object(Topic.device("washer", "event"), event_type="washing_is_complete")
        house.bridge.report("washer", {"cycles": 99})  # published after what was said, if anything was
        await house.state("washer", cycles=99)
        assert len(house.listener.all(Topic.say("all"))) == said


async def test_a_push_that_died_silently_is_noticed_by_a_look(pushed: Any) -> None:
    certificates = len(pushed.requests("/client/certificate"))
    pushed.simulator.push.silent = True
    await elsewhere(pushed, "living_ac", ON)
    pushed.simulator.push.silent = False
    await pushed.look()
    await pushed.state("living_ac", power=True)
    async with asyncio.timeout(20):
        while len(pushed.requests("/client/certificate")) == certificates:
            await asyncio.sleep(0.01)
    log = Topic.bridge("thinq", "log")
    await pushed.listener.until(lambda topic, body: topic == log and "알림" in body.decode())


async def test_after_an_outage_everything_is_right_again(pushed: Any) -> None:
    pushed.simulator.push.silent = True
    pushed.simulator.push.drop()
    await elsewhere(pushed, "living_ac", ON)
    pushed.simulator.push.silent = False
    await pushed.state("living_ac", power=True)  # the connection is back, and what was missed is looked at
    await subscribed(pushed)
    await elsewhere(pushed, "living_ac", {"airConJobMode": {"currentJobMode": "FAN"}})
    await pushed.state("living_ac", mode="fan_only")


async def test_a_device_that_comes_to_the_account_comes_to_the_home(pushed: Any) -> None:
    dryer = next(one for one in showroom() if one.id == "dryer")
    pushed.simulator.appliances["dryer"] = dryer
    pushed.simulator.subscriptions.tell_account("DEVICE_REGISTERED", "dryer")
    await pushed.listener.object(Topic.device("dryer", "about"), type="dryer")
    await subscribed(pushed)


async def test_energy_of_today_is_told(open_house: Any, clock: Any) -> None:
    washer = next(one for one in showroom() if one.id == "washer")
    simulator = Simulator([washer], clock=clock)
    async with simulator.serving() as url, open_house(url) as house:
        about = await house.listener.object(Topic.device("washer", "about"), type="washer")
        assert about["properties"]["energy"]["unit"] == "kWh"
        _, payload = await house.listener.until(
            lambda topic, body: topic == Topic.device("washer", "state") and b"energy" in body
        )
        assert 0 < json.loads(payload)["energy"] < 20


@pytest.mark.parametrize(
    ("heating", "confirmed", "code"),
    [
        ("ask", False, "confirm"),
        ("ask", True, None),
        ("refuse", False, "not_allowed"),
        ("refuse", True, "not_allowed"),
        ("allow", False, None),
    ],
)
async def test_what_heats_is_refused_or_asked_about(
    heating: str, confirmed: bool, code: str | None, open_house: Any, clock: Any
) -> None:
    oven = next(one for one in showroom() if one.id == "oven")
    simulator = Simulator([oven], clock=clock)
    async with simulator.serving() as url, open_house(url, heating=heating) as house:
        await house.available("oven-upper", True)
        reply = await house.ask("JipsaPreheat", "oven-upper", confirmed=confirmed, temperature=200)
        assert reply.get("error", {}).get("code") == code
        controlled = any(request.path == "/devices/oven/control" for request in simulator.requests)
        assert controlled is (code is None)
        stopped = await house.ask("JipsaStop", "oven-upper")
        assert stopped.get("error", {}).get("code") not in {"confirm", "not_allowed"}


@pytest.mark.parametrize(("heating", "codes"), [("ask", ["confirm", None]), ("refuse", ["not_allowed"] * 2)])
async def test_properties_that_heat_are_set_after_a_yes_or_never(
    heating: str, codes: list[str | None], open_house: Any, clock: Any
) -> None:
    oven = next(one for one in showroom() if one.id == "oven")
    simulator = Simulator([oven], clock=clock)
    async with simulator.serving() as url, open_house(url, heating=heating) as house:
        await house.available("oven-upper", True)
        wanted = {"operation": "preheat", "target_temperature": 200}
        for confirmed, code in zip((False, True), codes, strict=True):
            reply = await house.ask("JipsaSet", "oven-upper", confirmed=confirmed, **wanted)
            assert reply.get("error", {}).get("code") == code
        controls = [request for request in simulator.requests if request.path == "/devices/oven/control"]
        assert bool(controls) is (None in codes)


async def test_what_is_never_done_is_not_done_on_the_topic_set_either(open_house: Any, clock: Any) -> None:
    oven = next(one for one in showroom() if one.id == "oven")
    simulator = Simulator([oven], clock=clock)
    async with simulator.serving() as url, open_house(url, heating="refuse") as house:
        await house.available("oven-upper", True)
        house.listener.bus.publish(Topic.device("oven-upper", "set/operation"), "start")
        told = await house.listener.object(Topic.bridge("thinq", "log"), level="warning")
        assert "jipsa/device/oven-upper/set/operation: " in told["message"]
        assert not [request for request in simulator.requests if request.path == "/devices/oven/control"]


async def test_an_appliance_that_does_not_do_it_is_told_about(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    conditioner = house.simulator.appliances["living_ac"]
    assert (await house.ask("HassTurnOn", "living_ac"))["ok"]
    await house.state("living_ac", power=True)
    monkeypatch.setattr(conditioner, "obey", lambda wanted: None)  # takes everything, does nothing
    assert (await house.ask("HassTurnOff", "living_ac"))["ok"]
    told = await house.listener.object(Topic.say("all"))
    assert "그대로 되지 않았어요" in told["text"]
    await house.state("living_ac", power=True)


async def test_the_reply_says_what_the_appliance_made_of_it(pushed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    conditioner = pushed.simulator.appliances["living_ac"]
    assert (await pushed.ask("HassTurnOn", "living_ac"))["ok"]
    obey = conditioner.obey
    monkeypatch.setattr(account, "REPLY_SECONDS", 20)

    def obey_a_little(wanted: Any) -> None:
        obey(wanted)
        put_degrees(conditioner.state, "temperatureInUnits", "targetTemperature", 25)  # as warm as it likes to

    monkeypatch.setattr(conditioner, "obey", obey_a_little)
    reply = await pushed.ask("HassClimateSetTemperature", "living_ac", temperature=20)
    assert reply["error"]["code"] == "device_error"
    assert "그대로 되지 않았어요" in reply["error"]["message"]
    assert pushed.bridge.states["living_ac"]["target_temperature"] == 25
    assert not pushed.listener.all(Topic.say("all"))


async def test_a_dial_that_is_turned_is_one_command(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await house.ask("HassTurnOn", "living_ac"))["ok"]
    before = len(house.controls("living_ac"))
    house.simulator.latency = 0.05
    for degrees in (19, 20, 99, 22, 23, 24):  # one of them is refused, and spoils no other
        house.listener.bus.publish(Topic.device("living_ac", "set/target_temperature"), str(degrees))
    await house.state("living_ac", target_temperature=24)
    sent = [body["temperatureInUnits"]["coolTargetTemperature"] for body in house.controls("living_ac")[before:]]
    assert sent[-1] == 24
    assert len(sent) <= 3


def test_a_quota_is_respected() -> None:
    assert watch.PATIENCE >= 300
