"""The contract that every bridge keeps, shown on a bridge with one lamp."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from brokers import TestBroker
from conftest import Listener

from devices.bridge import INFO_PAUSE, Bridge
from devices.commands import Changes, CommandError
from hub.address import BrokerAddress
from hub.bus import Bus
from hub.messages import About, ErrorCode, Intent, Property, Topic
from hub.payloads import now


class LampBridge(Bridge):
    name: ClassVar[str] = "lamps"

    def __init__(self, broker: BrokerAddress) -> None:
        super().__init__(broker)
        self.carried_out: list[tuple[str, Changes]] = []

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        properties = {
            "power": Property(type="boolean", writable=True),
            "brightness": Property(type="integer", writable=True, min=0, max=100, step=10),
            "hours": Property(type="integer"),
        }
        self.announce(About(id="lamp", bridge=self.name, type="light", name="스탠드", properties=properties))
        self.report("lamp", {"power": False, "brightness": 50, "hours": 7})
        self.available("lamp", True)
        yield

    async def set(self, device: str, changes: Changes) -> None:
        if changes.get("brightness") == 90:
            raise self.error(ErrorCode.DEVICE_OFFLINE, "bridge.offline", device="스탠드")
        if changes.get("brightness") == 80:
            raise RuntimeError("a fault of the driver")
        self.carried_out.append((device, changes))
        self.report(device, changes)


@asynccontextmanager
async def running(bridge: Bridge) -> AsyncIterator[None]:
    task = asyncio.create_task(bridge.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.fixture
async def lamps(broker: BrokerAddress, listener: Listener) -> AsyncIterator[LampBridge]:
    bridge = LampBridge(broker)
    async with running(bridge):
        await listener.object(Topic.bridge("lamps", "state"), state="online")
        await listener.object(Topic.device("lamp", "state"))
        yield bridge


def intent(name: str = "HassTurnOn", **more: Any) -> Intent:
    return Intent.model_validate({"intent": name, "targets": ["lamp"], **more})


async def ask(listener: Listener, sent: Intent) -> dict[str, Any]:
    listener.bus.publish(Topic.intent("lamps"), sent)
    return await listener.object(Topic.reply(sent.id))


async def test_a_bridge_says_what_it_owns(lamps: LampBridge, listener: Listener) -> None:
    about = await listener.object(Topic.device("lamp", "about"))
    assert about["name"] == "스탠드"
    assert about["properties"]["power"]["writable"] is True
    info = await listener.object(Topic.bridge("lamps", "info"))
    assert info["devices"] == ["lamp"]
    assert info["contract"] == "1.1"
    health = await listener.object(Topic.bridge("lamps", "health"))
    assert health["memory"] > 1_000_000
    await listener.until(lambda topic, payload: topic == Topic.device("lamp", "available") and payload == b"online")


async def test_devices_that_are_found_one_after_another_are_listed_a_few_times(
    lamps: LampBridge, listener: Listener
) -> None:
    info, found = Topic.bridge("lamps", "info"), [f"lamp_{number}" for number in range(200)]
    began = asyncio.get_running_loop().time()
    for device in found:
        lamps.announce(lamps.abouts["lamp"].model_copy(update={"id": device}))
        await asyncio.sleep(0.001)
    await listener.object(info, devices=sorted(["lamp", *found]))
    lasted = asyncio.get_running_loop().time() - began
    assert len(listener.all(info)) <= 2 + lasted / INFO_PAUSE


async def test_what_is_asked_before_all_devices_are_known_waits_for_them(lamps: LampBridge, listener: Listener) -> None:
    lamps.announced.clear()
    late, sent = intent(expires_at=now() + timedelta(seconds=0.2)), intent()
    assert (await ask(listener, late))["error"]["code"] == "expired"
    listener.bus.publish(Topic.intent("lamps"), sent)
    reply = asyncio.create_task(listener.object(Topic.reply(sent.id)))
    async with asyncio.timeout(20):
        while sent.id not in lamps._answering._seen:
            await asyncio.sleep(0.01)
    assert not lamps.carried_out
    lamps.announced.set()
    assert (await reply)["ok"]


async def test_an_intent_changes_the_device_and_is_answered(lamps: LampBridge, listener: Listener) -> None:
    reply = await ask(listener, intent())
    assert (reply["ok"], reply["changed"]) == (True, {"lamp": {"power": True}})
    state = await listener.object(Topic.device("lamp", "state"), power=True)
    assert "updated_at" in state


async def test_properties_are_set_with_an_answer(lamps: LampBridge, listener: Listener) -> None:
    reply = await ask(listener, intent("JipsaSet", slots={"power": "ON", "brightness": 40.0}))
    assert (reply["ok"], reply["changed"]) == (True, {"lamp": {"power": True, "brightness": 40}})
    assert lamps.carried_out == [("lamp", {"power": True, "brightness": 40})]


async def test_nothing_changes_when_it_is_so_already(lamps: LampBridge, listener: Listener) -> None:
    reply = await ask(listener, intent("HassTurnOff"))
    assert (reply["ok"], reply["changed"]) == (True, {"lamp": {}})


async def test_a_question_is_answered_with_the_state(lamps: LampBridge, listener: Listener) -> None:
    reply = await ask(listener, intent("HassGetState"))
    assert reply["state"]["lamp"]["power"] is False
    assert not lamps.carried_out


async def test_the_same_id_is_carried_out_once_and_answered_twice(lamps: LampBridge, listener: Listener) -> None:
    sent = intent("HassLightSet", slots={"brightness": 20})
    await ask(listener, sent)
    listener.bus.publish(Topic.intent("lamps"), sent)
    await ask(listener, intent())
    assert [changes for _, changes in lamps.carried_out] == [{"brightness": 20}, {"power": True}]
    assert len(listener.all(Topic.reply(sent.id))) == 2


async def test_more_is_more_than_it_is_by_then(lamps: LampBridge, listener: Listener) -> None:
    brighter = {"property": "brightness", "direction": "up", "step": 10}
    first, second = intent("JipsaAdjust", slots=brighter), intent("JipsaAdjust", slots=brighter)
    for sent in (first, second):
        listener.bus.publish(Topic.intent("lamps"), sent)
    assert (await listener.object(Topic.reply(second.id)))["changed"] == {"lamp": {"brightness": 70}}
    assert lamps.carried_out == [("lamp", {"brightness": 60}), ("lamp", {"brightness": 70})]


async def test_an_expired_intent_is_answered_and_not_carried_out(lamps: LampBridge, listener: Listener) -> None:
    reply = await ask(listener, intent(expires_at=now() - timedelta(seconds=1)))
    assert (reply["ok"], reply["error"]["code"]) == (False, "expired")
    assert not lamps.carried_out


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (intent("HassMakeCoffee"), "unknown_intent"),
        (intent(targets=["toaster"]), "unknown_device"),
        (intent(targets=[]), "unknown_device"),
        (intent("HassClimateSetTemperature", slots={"temperature": 20}), "not_supported"),
        (intent("HassLightSet", slots={"brightness": 120}), "out_of_range"),
        (intent("HassLightSet", slots={"brightness": 55}), "out_of_range"),
        (intent("HassLightSet", slots={"brightness": "bright"}), "out_of_range"),
        (intent("HassLightSet", slots={}), "not_supported"),
        (intent("JipsaAdjust", slots={"property": "position", "direction": "up"}), "not_supported"),
        (intent("HassLightSet", slots={"brightness": 90}), "device_offline"),
        (intent("HassLightSet", slots={"brightness": 80}), "device_error"),
        (intent("JipsaSet", slots={"brightness": 120}), "out_of_range"),
        (intent("JipsaSet", slots={"brightness": 20, "power": "maybe"}), "out_of_range"),
        (intent("JipsaSet", slots={"brightness": 20, "colour": "red"}), "not_supported"),
        (intent("JipsaSet", slots={"hours": 1}), "not_supported"),
        (intent("JipsaSet"), "not_supported"),
    ],
)
async def test_what_cannot_be_done_is_answered_with_a_code_and_a_sentence(
    lamps: LampBridge, listener: Listener, sent: Intent, code: str
) -> None:
    # The table is older than the test, and than the bridge.
    fresh = sent.model_copy(update={"issued_at": now(), "expires_at": now() + timedelta(minutes=1)})
    reply = await ask(listener, fresh)
    assert (reply["ok"], reply["error"]["code"]) == (False, code)
    assert reply["error"]["message"].endswith(".")
    assert not lamps.carried_out


async def test_a_payload_that_does_not_fit_is_answered_where_it_has_an_id(
    lamps: LampBridge, listener: Listener
) -> None:
    for payload in (b"\xff", b"not json", b"[]", b'{"id": "a/b", "intent": 3}', b'{"id": "bad", "intent": 3}'):
        listener.bus.publish(Topic.intent("lamps"), payload)
    reply = await listener.object(Topic.reply("bad"))
    assert reply["error"]["code"] == "bad_payload"
    assert "jipsa/intent/lamps: intent" in reply["error"]["message"]
    assert (await ask(listener, intent()))["ok"]


@pytest.mark.parametrize(
    ("topic", "payload", "changes"),
    [
        ("set", b'{"power": true, "brightness": 30}', {"power": True, "brightness": 30}),
        ("set/power", b"true", {"power": True}),
        ("set/power", b"ON", {"power": True}),
        ("set/brightness", b"40", {"brightness": 40}),
    ],
)
async def test_anyone_sets_properties_by_topic(
    lamps: LampBridge, listener: Listener, topic: str, payload: bytes, changes: Changes
) -> None:
    listener.bus.publish(Topic.device("lamp", topic), payload)
    await listener.object(Topic.device("lamp", "state"), **changes)


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("set", b'{"power": "maybe"}'),
        ("set", b'{"hours": 1}'),
        ("set", b"power"),
        ("set/colour", b"red"),
        ("set/brightness", b"NaN"),
        ("set/power", b"\xff"),
    ],
)
async def test_a_set_that_cannot_be_is_logged_and_changes_nothing(
    lamps: LampBridge, listener: Listener, topic: str, payload: bytes
) -> None:
    listener.bus.publish(Topic.device("lamp", topic), payload)
    assert (await ask(listener, intent("HassGetState")))["state"]["lamp"]["power"] is False
    assert not lamps.carried_out


async def test_requests_are_answered_with_their_transaction(lamps: LampBridge, listener: Listener) -> None:
    listener.bus.publish(Topic.bridge("lamps", "request/health_check"), b'{"transaction": "t1"}')
    response = await listener.object(Topic.bridge("lamps", "response/health_check"), transaction="t1")
    assert (response["status"], response["data"]) == ("ok", {"healthy": True})
    listener.bus.publish(Topic.bridge("lamps", "request/dance"), b"")
    response = await listener.object(Topic.bridge("lamps", "response/dance"))
    assert response["status"] == "error"


async def test_everything_is_back_after_the_broker_was_away(any_broker: TestBroker) -> None:
    bridge = LampBridge(any_broker.address)
    async with running(bridge):
        await bridge.bus.connected.wait()
        await bridge.bus.flush()
        await any_broker.stop()
        await any_broker.start()
        listener = Listener(Bus(any_broker.address, "late"))
        async with listener.bus.running():
            await listener.object(Topic.bridge("lamps", "state"), state="online")
            await listener.object(Topic.device("lamp", "about"), name="스탠드")
            await listener.object(Topic.device("lamp", "state"), power=False)
            await bridge.bus.connected.wait()
            await bridge.bus.flush()
            assert (await ask(listener, intent()))["ok"]


async def test_a_retired_device_is_gone(lamps: LampBridge, listener: Listener) -> None:
    lamps.retire("lamp")
    await listener.until(lambda topic, payload: topic == Topic.device("lamp", "about") and not payload)
    reply = await ask(listener, intent())
    assert reply["error"]["code"] == "unknown_device"


def test_errors_are_sentences_in_the_language_of_the_home(broker: BrokerAddress) -> None:
    bridge = LampBridge(broker)
    bridge.language = "en"
    error = bridge.error(ErrorCode.UNKNOWN_DEVICE, "bridge.unknown_device", device="toaster")
    assert isinstance(error, CommandError)
    assert str(error) == "There is no device toaster."
    assert json.loads(json.dumps(error.code)) == "unknown_device"
