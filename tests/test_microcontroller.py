"""The messages of docs/examples/microcontroller.md, sent as a small device sends them, make it one of the home."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiomqtt
from brokers import TestBroker

from hub.address import BrokerAddress
from hub.bus import Bus
from hub.butler.service import Butler
from hub.follow import Follower
from hub.home import Home
from hub.messages import Utterance
from hub.together import together

PAGE = (Path(__file__).parents[1] / "docs/examples/microcontroller.md").read_text()
WILL, *FIRST = re.findall(r"^\| `(jipsa/[^`]+)` \| `([^`]+)` \|$", PAGE, re.MULTILINE)
RESULTS = dict(re.findall(r"^\| (OK|REFUSED) \| `([^`]+)` \|$", PAGE, re.MULTILINE))


class Relay:
    """The program of the page: it reads no JSON, it only looks for texts."""

    def __init__(self) -> None:
        self.on = False
        self.switched = 0
        self._results: dict[str, str] = {}

    @asynccontextmanager
    async def connected(self, broker: BrokerAddress) -> AsyncIterator[None]:
        will = aiomqtt.Will(WILL[0], WILL[1], qos=1, retain=True)
        async with aiomqtt.Client(broker.host, broker.port, identifier="jipsa-porch", will=will) as self._client:
            for topic in ("jipsa/intent/porch", "jipsa/device/porch_plug/set/power"):
                await self._client.subscribe(topic, qos=1)
            for topic, payload in FIRST:
                await self._client.publish(topic, payload, qos=1, retain=True)
            async with together([self._listen()]):
                yield

    async def _listen(self) -> None:
        async for message in self._client.messages:
            text = bytes(message.payload).decode()  # type: ignore[arg-type]
            if message.retain:
                continue
            if message.topic.value.startswith("jipsa/intent/"):
                await self._intent(text)
            elif text in {"true", "ON", "false", "OFF"}:
                await self._relay(text in {"true", "ON"})

    async def _intent(self, text: str) -> None:
        key, intent = (text.partition(f'"{name}":"')[2].partition('"')[0] for name in ("id", "intent"))
        if key not in self._results:
            known = intent in {"HassTurnOn", "HassTurnOff", "JipsaSet"}
            if known:
                await self._relay(intent == "HassTurnOn" or '"power":true' in text)
            result = RESULTS["OK" if known else "REFUSED"].replace("<id>", key)
            self._results[key] = result.replace("<true or false>", str(self.on).lower())
        await self._client.publish(f"jipsa/reply/{key}", self._results[key], qos=1)

    async def _relay(self, on: bool) -> None:
        self.on = on
        self.switched += 1
        state = f'{{"power":{str(on).lower()}}}'
        await self._client.publish("jipsa/device/porch_plug/state", state, qos=1, retain=True)


async def test_what_the_page_says_is_a_device_of_the_home(any_broker: TestBroker) -> None:
    relay, butler = Relay(), Butler(any_broker.address, Home())
    bus = Bus(any_broker.address, "follower")
    follower = Follower(bus, "living")

    async def said(text: str) -> str | None:
        return (await follower.ask(Utterance(text=text, satellite="living"))).answered

    async with bus.running(), together([butler.run()]), relay.connected(any_broker.address), asyncio.timeout(60):
        await butler.ready(["porch_plug"])
        assert await said("현관 콘센트 켜줘") == "현관 콘센트를 켰어요."
        assert (relay.on, relay.switched) == (True, 1)
        assert await said("현관 콘센트 켜졌어?") == "현관 콘센트는 켜고 끄기만 돼요."
        bus.publish("jipsa/device/porch_plug/set/power", "OFF")
        assert await follower.until(lambda: follower.states["porch_plug"]["power"] is False, 20)
        assert await said("현관 콘센트 꺼줘") == "현관 콘센트를 껐어요."
