"""The bridge that is checked: what it is asked, what it answers, and what is known of its devices."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from hub.address import BrokerAddress
from hub.conformance.verdict import BrokenError, UnseenError
from hub.conformance.wire import PATIENCE, Heard, Wire
from hub.messages import INTENT_LIFETIME, About, Reply, Response, Topic
from hub.payloads import PayloadError, Value, new_id, now, read_object
from hub.printable import line

NOBODY = "jipsa-check-nobody"
"""The id of a device that no home has."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person allows beyond questions."""

    device: str | None = None
    """A device that may be set to something else, and back."""
    reconnect: bool = False
    """Whether the bridge's connection may be cut."""
    client_id: str | None = None
    """Its name at the broker; else as the bridges of Jipsa have it."""
    restart: bool = False
    """Whether it may be asked to restart."""


@dataclass
class Subject:
    """The bridge `name` on this broker; `kept` is what the broker had of it before anything was asked."""

    name: str
    address: BrokerAddress
    wire: Wire
    kept: dict[str, Heard]
    wishes: Wishes = Wishes()
    sent: Counter[str] = field(default_factory=Counter)
    """How often each intent was sent, by its id."""
    cut_at: int | None = None
    """The number of the message that was heard first after the bridge's connection was cut."""
    left: str | None = None
    """The intent that was left on the broker while it was."""

    @property
    def abouts(self) -> dict[str, About]:
        """The devices that say that they are this bridge's, as far as what they say can be read."""
        found = {}
        for topic, message in self.kept.items():
            if topic.endswith("/about"):
                with suppress(PayloadError):
                    about = About.from_payload(topic, message.payload)
                    if about.bridge == self.name:
                        found[about.id] = about
        return dict(sorted(found.items()))

    def state(self, device: str) -> dict[str, Value]:
        """How a device is, as it said last; nothing where that cannot be read."""
        topic = Topic.device(device, "state")
        heard = self.wire.on(topic)
        with suppress(PayloadError):
            if heard:
                return read_object(topic, heard[-1].payload)
        return {}

    def first_device(self) -> str:
        """A device to ask about; raises UnseenError where the bridge has none."""
        for device in self.abouts:
            if self.state(device):
                return device
        raise UnseenError("no_devices")

    def intent(self, intent: str = "HassGetState", **fields: Any) -> dict[str, Any]:
        """An intent with an id of its own; a question to nobody where nothing else is said."""
        at = now()
        times = {"issued_at": at.isoformat(), "expires_at": (at + INTENT_LIFETIME).isoformat()}
        return {"id": f"check-{new_id()[:16]}", "intent": intent, "slots": {}, "targets": [NOBODY], **times, **fields}

    async def send(self, intent: Mapping[str, Any], *, retain: bool = False) -> None:
        """Send an intent, whose id is one."""
        self.sent[intent["id"]] += 1
        await self.wire.say(Topic.intent(self.name), json.dumps(intent), retain=retain)

    async def ask(self, intent: Mapping[str, Any]) -> Reply:
        """Send an intent and wait for its reply. Raises BrokenError where there is none, or another message."""
        await self.send(intent)
        topic, times = Topic.reply(intent["id"]), self.sent[intent["id"]]
        if not await self.wire.until(lambda: len(self.wire.on(topic)) >= times):
            raise BrokenError("no_reply", intent=intent["intent"], seconds=f"{PATIENCE:g}")
        payload = self.wire.on(topic)[-1].payload
        try:
            reply = Reply.from_payload(topic, payload)
        except PayloadError as error:
            raise BrokenError("misfit", fault=error) from None
        if reply.bridge != self.name:
            raise BrokenError("other_bridge", topic=topic, bridge=reply.bridge)
        return reply

    async def refuses(self, intent: Mapping[str, Any], *codes: str) -> None:
        """Send what shall not be done. Raises BrokenError where it is, or is answered with other codes than these."""
        reply = await self.ask(intent)
        told = json.loads(self.wire.on(Topic.reply(intent["id"]))[-1].payload)
        code = "ok" if reply.ok or reply.error is None else told["error"]["code"]
        if code not in codes:
            raise BrokenError("code", got=code, wanted=", ".join(codes), sent=line(json.dumps(intent), 160))

    async def request(self, verb: str, **arguments: Value) -> Response:
        """Send a request and wait for its response. Raises BrokenError where there is none."""
        transaction = new_id()
        topic = Topic.bridge(self.name, f"response/{verb}")
        sent = json.dumps({**arguments, "transaction": transaction})
        await self.wire.say(Topic.bridge(self.name, f"request/{verb}"), sent)
        if not await self.wire.until(lambda: any(self._responses(topic, transaction))):
            raise BrokenError("no_response", verb=verb, seconds=f"{PATIENCE:g}")
        return self._responses(topic, transaction)[0]

    def _responses(self, topic: str, transaction: str) -> list[Response]:
        found = []
        for message in self.wire.on(topic):
            with suppress(PayloadError):
                response = Response.from_payload(topic, message.payload)
                if response.transaction == transaction:
                    found.append(response)
        return found

    async def alive(self) -> bool:
        """Whether it answers anything at all."""
        question, since = self.intent(), len(self.wire.heard)
        await self.send(question)
        await self.wire.say(
            Topic.bridge(self.name, "request/health_check"), json.dumps({"transaction": question["id"]})
        )
        answers = (Topic.reply(question["id"]), Topic.bridge(self.name, "response/health_check"))
        return await self.wire.until(lambda: any(self.wire.on(answer, since) for answer in answers))

    async def survives(self, payload: bytes, since: int) -> None:
        """Wait for an answer. Raises BrokenError where what it was sent ended it: `payload`, when so much was heard."""
        answers = await self.alive()
        states = self.wire.on(Topic.bridge(self.name, "state"), since)
        if not answers or any(b"offline" in state.payload for state in states):
            raise BrokenError("crashed", sent=line(payload.decode(errors="replace"), 80))
