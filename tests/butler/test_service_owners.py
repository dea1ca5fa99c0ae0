"""Over a broker: a bridge does not get the commands for another one's device."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from conftest import Listener

from hub.address import BrokerAddress
from hub.butler.service import Butler
from hub.home import Home, Room
from hub.messages import About, BridgeInfo, Property, Topic, Utterance


@pytest.fixture
async def butler(broker: BrokerAddress) -> AsyncIterator[Butler]:
    butler = Butler(broker, Home((Room(id="living", name="거실"),)))
    task = asyncio.create_task(butler.run())
    yield butler
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def lamp(bridge: str) -> bytes:
    power = {"power": Property(type="boolean", writable=True)}
    return About(id="lamp", bridge=bridge, type="light", name="스탠드", room="거실", properties=power).to_payload()


def info(*devices: str) -> BridgeInfo:
    return BridgeInfo(version="1", contract="1.1", devices=list(devices))


async def bridges_of(listener: Listener, sentence: str) -> list[str]:
    """Who is sent what the sentence means."""
    utterance = Utterance(text=sentence, carry_out=False)
    listener.bus.publish(Topic.UTTERANCE, utterance)
    understood = await listener.object(Topic.UNDERSTOOD, utterance_id=utterance.id)
    return [str(intent["bridge"]) for intent in understood["intents"]]


async def test_the_bridge_that_lists_a_device_gets_its_commands(butler: Butler, listener: Listener) -> None:
    listener.bus.publish(Topic.device("lamp", "about"), lamp("real"), retain=True)
    listener.bus.publish(Topic.bridge("real", "info"), info("lamp"), retain=True)
    await butler.ready(["lamp"])
    assert await bridges_of(listener, "스탠드 켜줘") == ["real"]
    listener.bus.forget(Topic.device("lamp", "about"))
    await listener.bus.flush()
    listener.bus.publish(Topic.device("lamp", "about"), lamp("false"), retain=True)
    assert await bridges_of(listener, "스탠드 켜줘") == ["real"]


async def test_a_butler_that_starts_later_is_not_taken_in(broker: BrokerAddress, listener: Listener) -> None:
    listener.bus.publish(Topic.device("lamp", "about"), lamp("false"), retain=True)
    listener.bus.publish(Topic.bridge("real", "info"), info("lamp"), retain=True)
    await listener.bus.flush()
    butler = Butler(broker, Home((Room(id="living", name="거실"),)))
    task = asyncio.create_task(butler.run())
    await listener.until(lambda topic, payload: topic == Topic.HOME)
    assert await bridges_of(listener, "스탠드 켜줘") == []
    listener.bus.publish(Topic.device("lamp", "about"), lamp("real"), retain=True)
    assert await bridges_of(listener, "스탠드 켜줘") == ["real"]
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
