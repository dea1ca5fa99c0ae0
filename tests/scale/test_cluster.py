"""The hub on a cluster of three NATS servers: its integration tests, and one server killed and brought back."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from butler.test_service import (  # noqa: F401
    LampBridge,
    Watched,
    running,
    test_an_utterance_becomes_an_intent_a_reply_and_an_answer,
)
from clusters import TestCluster
from test_bus import (  # noqa: F401
    test_a_failing_handler_hurts_nobody_else,
    test_a_forgotten_message_is_gone_from_the_broker,
    test_a_retained_command_is_dropped_with_a_warning,
    test_the_will_says_offline_when_a_service_dies,
)
from test_end_to_end import (
    Hub,
    hub,  # noqa: F401
    test_a_sentence_changes_a_device,
    test_nothing_crashes_on_what_strangers_send,
    test_unknown_intents_and_devices_are_answered,
    test_what_cannot_be_done_is_answered_and_changes_nothing,
)

from hub.bus import BrokerAddress, Bus
from hub.follow import Exchange, Follower
from hub.messages import Intent, Reply, Utterance

BACK = 90.0
"""Seconds after a server's death within which sentences are answered again, though it stays away."""

SENTENCES, REFUSED = test_a_sentence_changes_a_device, test_what_cannot_be_done_is_answered_and_changes_nothing
ONCE = [test_nothing_crashes_on_what_strangers_send, test_unknown_intents_and_devices_are_answered]
del test_a_sentence_changes_a_device, test_what_cannot_be_done_is_answered_and_changes_nothing
del test_nothing_crashes_on_what_strangers_send, test_unknown_intents_and_devices_are_answered


def cases(test: Any) -> Any:
    """What a test is given, once for each of its parameters."""
    (mark,) = [mark for mark in test.pytestmark if mark.name == "parametrize"]
    return mark.args[1]


async def test_every_sentence_does_on_a_cluster_what_it_does_elsewhere(hub: Hub) -> None:  # noqa: F811
    for test in (SENTENCES, REFUSED):
        for case in cases(test):
            await test(hub, *case)
    for once in ONCE:
        await once(hub)


class CountingBridge(LampBridge):
    """Lamps, and how often what each utterance asked for was carried out."""

    def __init__(self, broker: BrokerAddress) -> None:
        super().__init__(broker)
        self.times: Counter[str | None] = Counter()

    async def carry_out(self, intent: Intent) -> Reply:
        self.times[intent.utterance_id] += 1
        return await super().carry_out(intent)


@pytest.mark.parametrize("number", range(3))
async def test_the_hub_goes_on_while_a_server_is_killed_and_comes_back(cluster: TestCluster, number: int) -> None:
    lamps, butler, bus = CountingBridge(cluster.address), Watched(cluster.address), Bus(cluster.address, "speaker")
    follower = Follower(bus, "living")
    said: list[Exchange] = []

    async def say() -> float:
        """A person says it until it is answered, every time in words of its own: on, off, on … Seconds that took."""
        began = asyncio.get_running_loop().time()
        async with asyncio.timeout(BACK):
            while not said or said[-1].answered is None or said[-1].begun_at < began:
                word = "꺼" if len(said) % 2 else "켜"
                said.append(await follower.ask(Utterance(text=f"스탠드 {word} 줘", satellite="living"), 10))
        return asyncio.get_running_loop().time() - began

    async with running(lamps, butler), bus.running():
        await butler.knows("스탠드")
        await bus.connected.wait()
        node = cluster.nodes[number]  # each has one of the three connections
        await say()
        await node.kill()
        away = [await say() for _ in range(5)]
        await asyncio.gather(cluster.revive(node), say())
        back = await say()
    print(f"server {number}: while away", *(f"{seconds:.1f}" for seconds in away), f"s, afterwards {back:.1f} s")
    assert set(lamps.times.values()) == {1}
    answered = [exchange for exchange in said if exchange.answered is not None]
    for exchange in answered:
        assert exchange.ok
        assert exchange.understood is not None
        assert lamps.times[exchange.utterance_id] == len(exchange.understood.intents)
