"""A broker that is frozen, or killed again and again without a memory, while the household goes on to speak."""

from __future__ import annotations

import asyncio
from collections import Counter

from faults.houses import GROWTH, House, timers, told
from faults.processes import until

from hub.follow import Exchange

SENTENCES = 15
FROZEN = 6.0
"""Seconds that the broker does not move: longer than a client waits for it (5 s)."""

KILLS = 5
RIGHT = 20.0
"""Seconds after which the shown states are right at the latest, once the broker is back."""


async def test_a_frozen_broker_loses_and_doubles_nothing(house: House) -> None:
    async with house.running(house.genie(), "timers") as genie:
        await house.say("99분 타이머 맞춰줘")
        descriptors, memory = genie.descriptors, genie.memory
        saying = {number: asyncio.create_task(house.say(f"{number}분 타이머 맞춰줘")) for number in range(1, SENTENCES)}
        await asyncio.sleep(0)  # they are on their way now, some further than others
        house.broker.freeze()
        await asyncio.sleep(FROZEN)
        house.broker.thaw()
        exchanges = {number: await task for number, task in saying.items()}
        assert timers(house.folder / "genie/state") == told(exchanges) + Counter([99 * 60])
        assert told(exchanges).total() == SENTENCES - 1
        late = await until(lambda: house.follower.states["timers"]["count"] == SENTENCES, RIGHT)
        await until(lambda: genie.descriptors <= descriptors, RIGHT)
        grown = genie.memory - memory
        print(f"{len(exchanges)} sentences done; states right after {late:.2f} s; {grown / 1e6:.1f} MB more memory")
        assert grown < GROWTH


async def test_a_broker_that_is_killed_again_and_again_loses_and_doubles_nothing(house: House) -> None:
    async with house.running(house.genie(), "timers") as genie:
        await house.say("999분 타이머 맞춰줘")
        descriptors, memory = genie.descriptors, genie.memory
        exchanges: dict[int, Exchange] = {}
        over = asyncio.Event()

        async def speak(room: int) -> None:
            while not over.is_set():
                number = room + 3 * (len(exchanges) + 1)
                while number in exchanges:
                    number += 3
                exchanges[number] = Exchange("", 0.0)
                exchanges[number] = await house.say(f"{number}분 타이머 맞춰줘")

        async with asyncio.TaskGroup() as group:
            for room in range(3):
                group.create_task(speak(room))
            for _ in range(KILLS):
                await house.broker.kill()
                await house.broker.start()
                done = told(exchanges).total()
                await until(lambda done=done: told(exchanges).total() > done + 2)
            over.set()
        assert [exchange for exchange in exchanges.values() if exchange.answered is None] == []
        kept = timers(house.folder / "genie/state") - Counter([999 * 60])
        assert set(kept.values()) == {1}
        assert not told(exchanges) - kept
        refused = len(exchanges) - told(exchanges).total()
        assert kept.total() <= len(exchanges)
        late = await until(lambda: house.follower.states["timers"]["count"] == kept.total() + 1, RIGHT)
        await until(lambda: genie.descriptors <= descriptors, RIGHT)
        grown = genie.memory - memory
        print(
            f"{len(exchanges)} sentences, {refused} answered with an error; states right after {late:.2f} s;"
            f" {grown / 1e6:.1f} MB more memory"
        )
        assert grown < GROWTH
