"""Several satellites in one home: somebody speaks in all rooms at once, and changes what all of them listen for."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack

from bench.growing import Arrivals
from bench.grown import abouts
from hub.address import BrokerAddress
from hub.bus import Bus
from hub.follow import Follower
from hub.messages import SatelliteGraph, SatelliteState, Topic, Utterance
from hub.speech.rooms import SAME, Rooms

SAID = ("거실 불 켜줘", "거실 불 꺼줘", "거실 불 켜줘")
"""Said in all rooms at once, one after the other."""

A_SECOND = 15
"""Utterances that are sent in the long run: the butler's bus takes 20 of all satellites."""

MORE = {1: "몽이", 2: "토미", 5: "두루", 10: "하은", 20: "솔빛"}
"""What the device is called that comes when there are so many satellites."""


class House:
    """Somebody who speaks in all rooms at once, changes the home, and knows what satellites listen for."""

    def __init__(self, bus: Bus, phrases: int) -> None:
        """`phrases` are those of the graph that satellites begin with."""
        self.bus = bus
        self._follower = Follower(bus, "+", states=False)
        self._before = phrases
        self._graphs: dict[str, SatelliteGraph] = {}
        self._news = asyncio.Event()
        bus.subscribe(Topic.satellite("+", "graph"), self._on_graph)

    def _on_graph(self, topic: str, payload: bytes) -> None:
        self._graphs[topic.split("/")[2]] = SatelliteGraph.from_payload(topic, payload)
        self._news.set()

    async def listened_for(self, count: int) -> None:
        """So many satellites listen for the same home, which is another one than before."""
        async with asyncio.timeout(240):
            while not self._listened_for(count):
                self._news.clear()
                await self._news.wait()

    def _listened_for(self, count: int) -> bool:
        phrases = [told.phrases for told in self._graphs.values() if told.state == "ready"]
        return len(phrases) == count and len(set(phrases)) == 1 and self._before not in phrases

    async def change(self, count: int) -> float:
        """A device more; seconds until the last satellite listens for it."""
        self._before = next(iter(self._graphs.values())).phrases or 0
        lamp, called = abouts(1)[0], f"{MORE[count]} 조명"
        more = lamp.model_copy(update={"id": f"more_{count}", "name": called, "room": "안방"})
        began = time.perf_counter()
        self.bus.publish(Topic.device(more.id, "about"), more, retain=True)
        await self.listened_for(count)
        self._before = 0
        return time.perf_counter() - began

    async def say(self, count: int) -> list[float]:
        """Milliseconds until the last of so many satellites that hear one sentence has its answer, for each of SAID."""
        took = []
        for sentence in SAID:
            rooms = [Utterance(text=sentence, satellite=f"room_{number}") for number in range(count)]
            began = asyncio.get_running_loop().time()
            exchanges = await asyncio.gather(*map(self._follower.ask, rooms))
            if not all(exchange.ok for exchange in exchanges):
                raise RuntimeError(f"{sentence} was not done: {exchanges}")
            took.append((max(exchange.answered_at for exchange in exchanges) - began) * 1000)
            await asyncio.sleep(count / A_SECOND)
        return took


async def claims(count: int, address: BrokerAddress) -> list[float]:
    """Milliseconds until it is decided which of so many satellites acts, each with a connection of its own."""
    async with AsyncExitStack() as stack:
        buses = [Bus(address, f"room-{number}") for number in range(count)]
        rooms = [Rooms(bus, f"room_{number}") for number, bus in enumerate(buses)]
        arrivals = [Arrivals(bus, Topic.satellite("+")) for bus in buses]
        for number, bus in enumerate(buses):
            await stack.enter_async_context(bus.running())
            bus.publish(Topic.satellite(f"room_{number}"), SatelliteState(state="idle"), retain=True)
        await asyncio.gather(*(others.until(count) for others in arrivals))
        took = []
        for _ in SAID:
            began = time.perf_counter()
            for number, room in enumerate(rooms):
                room.claim(-20.0 - 4 * number)
            decided = await asyncio.gather(*(_decided(room, began) for room in rooms))
            if [acts for acts, _ in decided] != [True] + [False] * (count - 1):
                raise RuntimeError(f"the nearest of {count} satellites alone should act: {decided}")
            took.append(decided[0][1])
            await asyncio.sleep(SAME)
        return took


async def _decided(room: Rooms, began: float) -> tuple[bool, float]:
    acts = await room.won()
    return acts, (time.perf_counter() - began) * 1000
