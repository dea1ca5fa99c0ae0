"""The hub on a cluster of three NATS servers: one is killed and comes back, and all lose their power at once.

What else it does there is what it does on every broker: the tests that take any broker run on the cluster, too.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from butler.test_service import LampBridge, Watched, running
from clusters import TestCluster

from hub.address import BrokerAddress
from hub.bus import Bus
from hub.follow import Exchange, Follower
from hub.messages import Intent, Reply, Utterance

BACK = 90.0
"""Seconds within which sentences are answered again after a server's death, though it stays away."""

PATIENCE = 10.0
"""Seconds after which a person says it again."""

pytestmark = [pytest.mark.xdist_group("nats"), pytest.mark.timeout(600)]


class CountingBridge(LampBridge):
    """Lamps, and how often what each utterance asked for was carried out."""

    def __init__(self, broker: BrokerAddress) -> None:
        super().__init__(broker)
        self.times: Counter[str | None] = Counter()

    async def carry_out(self, intent: Intent) -> Reply:
        self.times[intent.utterance_id] += 1
        return await super().carry_out(intent)


class Home:
    """Lamps, a butler and a person at a cluster, each connected to another server."""

    def __init__(self, cluster: TestCluster) -> None:
        self.lamps, self.butler = CountingBridge(cluster.address), Watched(cluster.address)
        self.bus = Bus(cluster.address, "speaker")
        self.follower = Follower(self.bus, "living")
        self.said: list[Exchange] = []

    async def say(self) -> float:
        """A person says it until it is done, every time in words of its own: on, off, on … Seconds that took."""
        clock = asyncio.get_running_loop().time
        began = clock()
        async with asyncio.timeout(BACK):
            while True:
                word = "꺼" if len(self.said) % 2 else "켜"
                utterance = Utterance(text=f"스탠드 {word} 줘", satellite="living")
                self.said.append(await self.follower.ask(utterance, PATIENCE))
                if self.said[-1].ok:
                    return clock() - began

    def check(self) -> None:
        """Nothing was done twice, and all that was said to be done was done."""
        assert set(self.lamps.times.values()) == {1}
        for exchange in self.said:
            if exchange.ok:
                assert exchange.understood is not None
                assert self.lamps.times[exchange.utterance_id] == len(exchange.understood.intents)


@pytest.fixture
async def cluster(servers: TestCluster) -> AsyncIterator[TestCluster]:
    async with servers.serving() as whole:
        yield whole


@pytest.fixture
async def home(cluster: TestCluster) -> AsyncIterator[Home]:
    found = Home(cluster)
    async with running(found.lamps, found.butler), found.bus.running():
        await found.butler.knows("스탠드")
        await found.bus.connected.wait()
        yield found


async def test_the_hub_goes_on_while_the_leading_server_is_killed_and_comes_back(
    cluster: TestCluster, home: Home
) -> None:
    await home.say()
    leader = await cluster.leader()  # the worst of the three: the others elect another one
    leader.kill()
    away = [await home.say() for _ in range(5)]
    assert leader.process is None
    await asyncio.gather(cluster.start(), home.say())
    back = await home.say()
    print("one server away:", *(f"{seconds:.1f}" for seconds in away), f"s until answered; afterwards {back:.1f} s")
    home.check()


async def test_the_hub_goes_on_after_all_servers_lost_their_power(cluster: TestCluster, home: Home) -> None:
    await home.say()
    clock = asyncio.get_running_loop().time
    cluster.kill()
    killed = clock()
    await cluster.start()
    whole = clock() - killed
    await home.say()
    print(f"all servers: whole again after {whole:.1f} s, a sentence done after {clock() - killed:.1f} s")
    home.check()
