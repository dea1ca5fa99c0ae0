"""The connection to devices that are not the hub's: what is listened to, what is said, and what a lost broker does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from brokers import TestBroker
from discovereds import somebody

from devices.discovered.platform import Send
from devices.discovered.wire import RATE, Wire
from hub.address import BrokerAddress
from hub.limits import COMMON
from hub.together import end


class Ear:
    """A wire, what it shall listen to, and what came."""

    def __init__(self, address: BrokerAddress) -> None:
        self.wanted: set[str] = set()
        self.heard: list[tuple[str, bytes]] = []
        self.wire = Wire(
            address, "ear", ("p/+/+/config",), self.wanted, lambda topic, body: self.heard.append((topic, body))
        )

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not holds():
                await asyncio.sleep(0.01)

    async def want(self, *topics: str) -> None:
        self.wanted.clear()
        self.wanted.update(topics)
        self.wire.look_again()
        await self.until(lambda: self.wire._heard == self.wanted)


@asynccontextmanager
async def listening(address: BrokerAddress) -> AsyncIterator[Ear]:
    ear = Ear(address)
    running = asyncio.create_task(ear.wire.run())
    try:
        async with asyncio.timeout(20):
            await ear.wire.connected.wait()
        yield ear
    finally:
        await end(running)


async def test_it_listens_to_what_is_wanted_for_as_long_as_it_is(mosquitto: TestBroker) -> None:
    async with listening(mosquitto.address) as ear, somebody(mosquitto.address) as outside:
        await ear.want(*(f"many/{number}" for number in range(300)), "a")
        await outside.say("a", "1")
        await outside.say("b", "2")
        await outside.say("p/switch/a/config", "3")
        await ear.until(lambda: len(ear.heard) == 2)
        await ear.want("b")
        await ear.until(lambda: ("b", b"2") in ear.heard)
        await outside.say("a", "4")
        await outside.say("b", "5")
        await ear.until(lambda: ("b", b"5") in ear.heard)
    assert [body for _, body in ear.heard] == [b"1", b"3", b"2", b"5"]


async def test_it_says_a_thing_as_the_device_wants_it(mosquitto: TestBroker) -> None:
    async with listening(mosquitto.address) as ear, somebody(mosquitto.address) as outside:
        await outside.obey("c/#")
        await ear.wire.send(Send("c/once", "켜", qos=0, retain=False))
        await ear.wire.send(Send("c/kept", "on", qos=2, retain=True))
        await outside.until(("c/kept", "on"))
        assert [told[:3] for told in outside.told] == [("c/once", "켜", 0), ("c/kept", "on", 2)]
    async with somebody(mosquitto.address) as later:
        await later.obey("c/#")
        await later.until(("c/kept", "on"))
        assert later.told == [("c/kept", "on", 2, True)]


async def test_after_a_lost_broker_it_listens_again_and_says_nothing_twice(mosquitto: TestBroker) -> None:
    async with listening(mosquitto.address) as ear:
        await ear.want("a")
        await mosquitto.stop()
        await ear.until(lambda: not ear.wire.connected.is_set())
        with pytest.raises(ConnectionError):
            await ear.wire.send(Send("c", "on", qos=1, retain=True))
        await mosquitto.start()
        await ear.until(lambda: ear.wire._heard == {"a"} and ear.wire.connected.is_set())
        async with somebody(mosquitto.address) as outside:
            await outside.obey("c")
            await outside.say("a", "1")
            await ear.until(lambda: ear.heard == [("a", b"1")])
            assert outside.told == []


async def test_what_is_too_large_or_too_much_is_not_taken(
    mosquitto: TestBroker, caplog: pytest.LogCaptureFixture
) -> None:
    many = 20 * RATE[1]
    async with listening(mosquitto.address) as ear, somebody(mosquitto.address) as outside:
        await ear.want("a", "b")
        with caplog.at_level(logging.WARNING):
            await outside.say("a", b"x" * (COMMON + 1))
            await outside.say("a", "[" * 40 + "]" * 40)
            for _ in range(many):
                ear.wire._admit("a", b"1")
            await outside.say("b", "last")
            await ear.until(lambda: ("b", b"last") in ear.heard)
    assert RATE[1] <= ear.heard.count(("a", b"1")) < many
    assert "too large" in caplog.text
    assert "what is above that is dropped" in caplog.text
