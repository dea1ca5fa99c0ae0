"""A sentence switches what only speaks Tasmota's or a wallpad's messages, and is answered."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest
from brokers import TestBroker
from discovereds import HOME, somebody

from devices.discovered.bridge import DiscoveredBridge
from hub.bus import Bus
from hub.butler.service import Butler
from hub.follow import Follower
from hub.messages import Utterance
from hub.together import together

SENTENCES = [
    # maker, sentence, what is said to the device, what it tells then, the answer
    ("tasmota", "거실 플러그 켜줘", ("cmnd/plug_A1B2C3/POWER", "ON"), [("tele/plug_A1B2C3/STATE", {"POWER": "ON"})],
        "거실 플러그를 켰어요."),
    ("wallpad", "안방 난방 23도로 맞춰줘", ("rs485/heating_2/target/set", "23.0"), [("rs485/heating_2/target", "23")],
        "안방 난방을 23도로 맞췄어요."),
    ("wallpad", "가스 밸브 잠가줘", ("rs485/gas/set", "off"), [("rs485/gas/state", "off")], "가스 밸브를 잠갔어요."),
    ("wallpad", "환기 켜줘", ("rs485/vent/set", "ON"), [("rs485/vent/state", "ON")], "환기는 이미 켜져 있어요."),
    ("wallpad", "엘리베이터 불러줘", ("rs485/elevator/call", "call"), [], "엘리베이터를 눌렀어요."),
    ("zigbee2mqtt", "안방 커튼 닫아줘", ("zigbee2mqtt/안방 커튼/set", "CLOSE"),
        [("zigbee2mqtt/안방 커튼", {"moving": "DOWN", "position": 100})], "안방 커튼을 닫았어요."),
]  # fmt: skip


@pytest.mark.parametrize(("maker", "sentence", "said", "told", "answer"), SENTENCES)
async def test_a_sentence_moves_a_device_and_is_answered(
    maker: str,
    sentence: str,
    said: tuple[str, str],
    told: list[tuple[str, object]],
    answer: str,
    home_broker: TestBroker,
) -> None:
    address = home_broker.address
    bus = Bus(address, "follower")
    follower = Follower(bus, "living")
    butler, bridge = Butler(address, HOME), DiscoveredBridge(address, home=HOME)
    async with AsyncExitStack() as stack:
        outside = await stack.enter_async_context(somebody(address))
        await outside.announce(maker)
        await outside.obey(said[0])
        outside.answers[said] = told
        await stack.enter_async_context(bus.running())
        await stack.enter_async_context(together([butler.run(), bridge.run()]))
        async with asyncio.timeout(20):
            while not (bridge.announced.is_set() and bridge.abouts and all(bridge._online.values())):
                await asyncio.sleep(0.01)
            await butler.ready(set(bridge.abouts))
        exchange = await follower.ask(Utterance(text=sentence, satellite="living", room="거실"))
        await outside.until(said)
    assert exchange.ok
    assert exchange.answered == answer
