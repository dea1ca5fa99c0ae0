"""Two and three satellites that heard one sentence, over a real broker: exactly one acts."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from conftest import Listener

from hub.address import BrokerAddress
from hub.bus import Bus
from hub.messages import SatelliteState, SatelliteWake, Topic
from hub.speech.rooms import Rooms


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.speech.rooms.PATIENCE", 0.4)


@asynccontextmanager
async def satellites(broker: BrokerAddress, *names: str) -> AsyncIterator[list[Rooms]]:
    """Satellites that all know of each other."""
    async with AsyncExitStack() as stack:
        found = []
        for name in names:
            bus = Bus(broker, name, will=(Topic.satellite(name), SatelliteState(state="offline")))
            found.append(Rooms(bus, name))
            bus.publish(Topic.satellite(name), SatelliteState(state="idle"), retain=True)
            await stack.enter_async_context(bus.running())
        async with asyncio.timeout(30):
            for rooms in found:
                while rooms._others != set(names) - {rooms._satellite}:
                    rooms._news.clear()
                    await rooms._news.wait()
        yield found


async def test_alone_a_satellite_acts_at_once_and_tells_nobody(broker: BrokerAddress, listener: Listener) -> None:
    async with satellites(broker, "living") as (living,):
        living.claim(-20)
        with pytest.raises(StopIteration) as at_once:
            living.won().send(None)
        assert at_once.value.value
        assert not living.claiming
        listener.bus.publish("jipsa/marker", b"{}")
        await listener.object("jipsa/marker")
    assert not listener.all(Topic.satellite("living", "wake"))


@pytest.mark.parametrize("first", [0, 1])
async def test_the_louder_one_acts(broker: BrokerAddress, first: int) -> None:
    async with satellites(broker, "living", "kitchen") as rooms:
        for satellite in (rooms[first], rooms[1 - first]):
            satellite.claim(-20 if satellite is rooms[1] else -32)
        assert await asyncio.gather(*(satellite.won() for satellite in rooms)) == [False, True]


@pytest.mark.parametrize("first", [0, 1])
async def test_of_two_that_are_as_loud_the_earlier_one_acts(broker: BrokerAddress, first: int) -> None:
    async with satellites(broker, "living", "kitchen") as rooms:
        rooms[first].claim(-20.4)
        rooms[1 - first].claim(-20.2)
        won = await asyncio.gather(*(satellite.won() for satellite in rooms))
        assert won[first]
        assert not won[1 - first]


async def test_of_three_one_acts(broker: BrokerAddress) -> None:
    async with satellites(broker, "living", "kitchen", "bedroom") as rooms:
        for satellite, loudness in zip(rooms, (-40, -10, -30), strict=True):
            satellite.claim(loudness)
        assert await asyncio.gather(*(satellite.won() for satellite in rooms)) == [False, True, False]


async def test_when_the_better_one_understood_nothing_the_other_acts(broker: BrokerAddress) -> None:
    async with satellites(broker, "living", "kitchen") as (living, kitchen):
        living.claim(-10)
        kitchen.claim(-30)
        waiting = asyncio.create_task(kitchen.won())
        living.withdraw()
        assert await waiting


async def test_a_better_one_that_says_nothing_more_is_not_waited_for_forever(broker: BrokerAddress) -> None:
    async with satellites(broker, "living", "kitchen") as (living, kitchen):
        living.claim(-10)
        kitchen.claim(-30)
        assert await kitchen.won()
        async with asyncio.timeout(30):
            while not living._taken():
                living._news.clear()
                await living._news.wait()
        assert not await living.won()  # too late: kitchen has acted


async def test_a_better_one_that_is_gone_is_not_waited_for(
    broker: BrokerAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.speech.rooms.PATIENCE", 60)
    async with satellites(broker, "kitchen") as (kitchen,):
        living = Bus(broker, "living", will=(Topic.satellite("living"), SatelliteState(state="offline")))
        living.publish(Topic.satellite("living"), SatelliteState(state="idle"), retain=True)
        async with living.running():
            while not kitchen._others:
                kitchen._news.clear()
                await kitchen._news.wait()
            kitchen.claim(-30)
            living.publish(Topic.satellite("living", "wake"), SatelliteWake(loudness=-10))
            await living.flush()
            waiting = asyncio.create_task(kitchen.won())
        async with asyncio.timeout(20):
            assert await waiting


async def test_another_sentence_is_another_matter(broker: BrokerAddress, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.speech.rooms.SAME", 0.0)
    async with satellites(broker, "living", "kitchen") as (living, kitchen):
        living.claim(-10)
        assert await living.won()
        kitchen.claim(-30)
        assert await kitchen.won()


async def test_who_understands_the_first_words_late_claims_the_same_sentence(
    broker: BrokerAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.speech.rooms.SAME", 0.0)
    async with satellites(broker, "living", "kitchen") as (living, kitchen):
        for rooms in (living, kitchen):
            rooms.hear()
        living.claim(-10)
        async with asyncio.timeout(10):
            while not kitchen._rivals():
                kitchen._news.clear()
                await kitchen._news.wait()
        kitchen.claim(-30)
        assert await asyncio.gather(living.won(), kitchen.won()) == [True, False]


async def test_who_withdraws_while_it_is_settled_does_not_act(broker: BrokerAddress) -> None:
    async with satellites(broker, "living", "kitchen") as (living, _):
        living.claim(-10)
        settling = asyncio.create_task(living.won())
        await asyncio.sleep(0)
        living.withdraw()
        assert not await settling


@pytest.mark.parametrize("claimed", [True, False], ids=["claimed", "no word"])
async def test_who_withdraws_knows_whether_another_one_heard_it_better(broker: BrokerAddress, claimed: bool) -> None:
    async with satellites(broker, "living", "kitchen") as (living, kitchen):
        for rooms in (living, kitchen):
            rooms.hear()
        assert not kitchen.withdraw()
        kitchen.hear()
        if claimed:
            kitchen.claim(-30)
        living.claim(-10)
        async with asyncio.timeout(10):
            while not kitchen._rivals():
                kitchen._news.clear()
                await kitchen._news.wait()
        assert kitchen.withdraw()


async def test_what_is_claimed_can_be_followed(broker: BrokerAddress, listener: Listener) -> None:
    topic = Topic.satellite("living", "wake")
    async with satellites(broker, "living", "kitchen") as (living, _):
        living.claim(-21.26)
        assert await living.won()
        await listener.object(topic, outcome="taken")
    claimed, taken = (json.loads(payload) for payload in listener.all(topic))
    assert (claimed["loudness"], claimed["outcome"]) == (-21.3, "claimed")
    assert taken["id"] == claimed["id"]
