"""What a bridge does with too much, too late and too often."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from devices import manners
from devices.bridge import Bridge
from devices.commands import Changes
from devices.manners import MOST_AT_ONCE, REFUSED, TAKEN
from hub.address import BrokerAddress
from hub.messages import About, Intent, Property, Reply, Topic
from hub.payloads import now

POWER = {"power": Property(type="boolean", writable=True), "level": Property(type="integer", writable=True)}


class SlowBridge(Bridge):
    """Lamps that do what is asked when `free` is set. Nothing reaches a broker: what it would publish waits."""

    name = "slow"

    def __init__(self) -> None:
        super().__init__(BrokerAddress("nowhere", 1), "en")
        self.free = asyncio.Event()
        self.done: list[tuple[str, Changes]] = []
        for lamp in ("lamp", "other"):
            self.abouts[lamp] = About(id=lamp, bridge="slow", type="light", name=lamp, properties=POWER)

    async def set(self, device: str, changes: Changes) -> None:
        await self.free.wait()
        self.done.append((device, changes))
        self.report(device, changes)

    def take(self, *intents: Intent) -> None:
        for intent in intents:
            self.bus.take(Topic.intent("slow"), intent.to_payload())

    def replies(self) -> list[Reply]:
        sent = [(topic, body) for topic, body in self.bus._outbox if topic.startswith("jipsa/reply/")]
        return [Reply.from_payload(topic, body) for topic, body in sent]

    def logged(self) -> list[str]:
        return [json.loads(body)["message"] for topic, body in self.bus._outbox if topic == Topic.bridge("slow", "log")]

    async def settled(self) -> None:
        while self._tasks:
            await asyncio.sleep(0)


@pytest.fixture
async def slow() -> AsyncIterator[SlowBridge]:
    found = SlowBridge()
    yield found
    for task in list(found._tasks):
        task.cancel()
    await asyncio.gather(*found._tasks, return_exceptions=True)


def turn_on(lamp: str = "lamp", **fields: object) -> Intent:
    return Intent.model_validate({"intent": "HassTurnOn", "targets": [lamp], **fields})


async def test_of_a_flood_from_one_satellite_only_some_is_done_and_another_is_served(
    slow: SlowBridge, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(manners, "MOST_AT_ONCE", 10_000)
    slow.free.set()
    _, at_once = TAKEN
    slow.take(*(turn_on(satellite="loud") for _ in range(at_once + 200)))
    await slow.settled()
    replies = slow.replies()
    refused = [reply for reply in replies if reply.error and reply.error.code == "not_now"]
    assert at_once <= len(slow.done) < at_once + 100
    assert REFUSED[1] <= len(refused) < 100
    assert len([record for record in caplog.records if "too many intents" in record.message]) == 1
    polite = turn_on(satellite="polite")
    slow.take(polite)
    await slow.settled()
    assert [reply.ok for reply in slow.replies() if reply.id == polite.id] == [True]


async def test_no_more_wait_for_a_slow_device_than_it_can_ever_serve(slow: SlowBridge) -> None:
    slow.take(*(turn_on(satellite=f"s{number}") for number in range(MOST_AT_ONCE + 50)))
    await asyncio.sleep(0)
    assert len(slow._tasks) == MOST_AT_ONCE
    assert {reply.error.code for reply in slow.replies() if reply.error} == {"not_now"}
    slow.free.set()
    await slow.settled()
    assert len(slow.done) == MOST_AT_ONCE
    slow.take(turn_on())
    await slow.settled()
    assert len(slow.done) == MOST_AT_ONCE + 1


async def test_what_waited_too_long_for_its_turn_is_not_done_any_more(slow: SlowBridge) -> None:
    first, late = turn_on(), turn_on(expires_at=now() + timedelta(seconds=0.05))
    slow.take(first, late)
    async with asyncio.timeout(30):
        while not late.expired(now()):
            await asyncio.sleep(0.01)
    slow.free.set()
    await slow.settled()
    assert len(slow.done) == 1
    assert {reply.id: reply.error and reply.error.code for reply in slow.replies()} == {
        first.id: None, late.id: "expired",
    }  # fmt: skip


async def test_a_target_that_is_named_twice_is_told_once(slow: SlowBridge) -> None:
    slow.free.set()
    slow.bus.take(Topic.intent("slow"), json.dumps({"intent": "HassTurnOn", "targets": ["lamp"] * 500}).encode())
    await slow.settled()
    assert slow.done == [("lamp", {"power": True})]


async def test_a_flood_of_rubbish_is_told_of_ten_times_and_answered_thirty_times(
    slow: SlowBridge, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(200):
        slow.bus.take(Topic.intent("slow"), json.dumps({"id": f"i{number}", "intent": 7}).encode())
        slow.bus.take(Topic.device("lamp", "set/level"), b"rubbish")
    assert len(slow.logged()) == 20  # of each kind
    assert len(caplog.records) == 20
    assert len(slow.replies()) == 30


@pytest.mark.parametrize(
    "value",
    [
        "NaN",
        "Infinity",
        "-inf",
        "1e999",
        "9" * 5_000,
        "1e300",
        "1_0",
        "٣",
        "[[1]]",
        '{"a": 1}',
        '"\\u0000"',
        "null",
        "",
    ],
)
async def test_what_is_no_number_sets_nothing(value: str, slow: SlowBridge) -> None:
    slow.free.set()
    slow.bus.take(Topic.device("lamp", "set/level"), value.encode())
    slow.bus.take(Topic.device("lamp", "set"), b'{"level": ' + (value or '""').encode() + b"}")
    await slow.settled()
    assert slow.done == []


async def test_nothing_to_set_is_nothing_to_do(slow: SlowBridge) -> None:
    slow.free.set()
    slow.bus.take(Topic.device("lamp", "set"), b"{}")
    await slow.settled()
    assert slow.done == []


async def test_what_is_not_used_any_more_leaves_no_lock_behind(slow: SlowBridge) -> None:
    for number in range(100):
        async with slow.lock(f"key {number}"):
            assert f"key {number}" in slow._locks
    assert not slow._locks
