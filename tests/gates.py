"""A gate on a real broker, those outside who send to it, and whoever listens at home."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from brokers import TestBroker
from conftest import Listener
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.bus import Bus
from hub.home import Device, Home
from hub.messages import About, Topic, Utterance
from hub.payloads import new_id
from hub.remote.envelope import ANSWER, COMMAND, Envelope
from hub.remote.gate import Gate
from hub.remote.nonces import Nonces
from hub.settings.remote import RemoteSettings
from hub.together import together

PRIVATE = {name: Ed25519PrivateKey.generate() for name in ("mother", "father", "stranger")}
PUBLIC = {name: b64encode(key.public_key().public_bytes_raw()).decode() for name, key in PRIVATE.items()}
KNOWN = {name: PUBLIC[name] for name in ("mother", "father")}

ABOUTS = (
    About(id="lamp", bridge="lamps", type="light", name="거실등"),
    About(id="relay", bridge="lamps", type="switch", name="스위치 3"),
    About(id="door", bridge="locks", type="lock", name="현관문"),
)
HOME = Home((), (Device(id="relay", name="대문", type="switch"), Device(id="lamp", name="등", type="light")))
"""Here the switch is called what it is for."""


class Clock:
    """Seconds since 1970, as a test wants them."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Outside:
    """Those outside, and whoever listens at home."""

    def __init__(self, broker: TestBroker, folder: Path) -> None:
        self.broker, self.folder, self.clock = broker, folder, Clock()
        self.home = Listener(Bus(broker.address, "home"))
        self.gate: Gate
        self.remote = RemoteSettings(enabled=True, keys=KNOWN)

    def seal(
        self, topic: str, payload: str, key: str = "mother", late: float = 0, signed: str | None = None
    ) -> Envelope:
        """What somebody sends who says to be `key`; sealed `late` seconds ago, with another's key where it says so."""
        at = int((self.clock.now - late) * 1_000)
        return Envelope.seal(key, PRIVATE[signed or key], topic, payload, at)

    def send(
        self, topic: str, payload: str, key: str = "mother", late: float = 0, signed: str | None = None
    ) -> Envelope:
        """Seal and send it."""
        envelope = self.seal(topic, payload, key, late, signed)
        self.home.bus.publish(COMMAND, envelope)
        return envelope

    def say(self, text: str, key: str = "mother", **values: Any) -> Utterance:
        """Somebody outside says something."""
        utterance = Utterance(text=text, **({"satellite": "web-1"} | values))
        self.send(Topic.UTTERANCE, utterance.to_payload().decode(), key)
        return utterance

    async def said(self, text: str) -> dict[str, Any]:
        """What of it is said at home."""
        return await self.home.object(Topic.UTTERANCE, text=text)

    async def works(self) -> list[str]:
        """What was said at home until something that may be was; so nothing more comes of what was sent before."""
        text = f"불 켜줘 {new_id()}"
        async with asyncio.timeout(60):
            while True:  # as senders do: in a new envelope each time
                self.say(text)
                try:
                    await self.home.until(
                        lambda topic, payload: topic == Topic.UTTERANCE and text.encode() in payload, 2
                    )
                except TimeoutError:
                    continue
                break
        heard = [json.loads(payload)["text"] for payload in self.home.all(Topic.UTTERANCE)]
        return [one for one in heard if not one.startswith("불 켜줘 ")]

    def answers(self, key: str = "mother") -> list[tuple[str, dict[str, Any]]]:
        """Topics and payloads of all that a key was answered."""
        heard = [json.loads(payload) for payload in self.home.all(ANSWER)]
        return [(one["topic"], json.loads(one["payload"])) for one in heard if one["key"] == key]

    async def answered(self, wanted: Callable[[str, dict[str, Any]], bool], key: str = "mother") -> dict[str, Any]:
        """The first answer to a key that is `wanted`, by its topic and payload."""

        def fits(topic: str, payload: bytes) -> bool:
            if topic != ANSWER:
                return False
            found = json.loads(payload)
            return found["key"] == key and wanted(found["topic"], json.loads(found["payload"]))

        found: dict[str, Any] = json.loads(json.loads((await self.home.until(fits))[1])["payload"])
        return found

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Gate]:
        """A gate that serves while the block lasts."""
        nonces = Nonces(self.folder, self.clock)
        self.gate = Gate(self.broker.address, self.remote, nonces, "en", self.clock)
        try:
            async with together([self.gate.run()]), asyncio.timeout(60):
                await self.gate.bus.connected.wait()
                while len(self.gate._abouts) < len(ABOUTS) or not self.gate._home.devices:
                    await asyncio.sleep(0.01)
                yield self.gate
        finally:
            nonces.close()
