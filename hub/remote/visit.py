"""Who looks at the home from outside as a page there does, and, where that is possible, listens at home meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from paho.mqtt.client import topic_matches_sub

from hub.address import BrokerAddress, client_to
from hub.bus import PATIENCE as BROKER_PATIENCE
from hub.config import Settings
from hub.conformance.wire import Heard, Wire
from hub.messages import ROOT, Intent, Say, Topic, Understood, Utterance
from hub.payloads import PayloadError, new_id
from hub.remote.bus import SHOWN
from hub.remote.envelope import ANSWER, COMMAND, LINK, Answer, Envelope
from hub.remote.senders import NOT_LET_IN
from hub.together import end

QUESTION: Final = "지금 몇 시야?"
"""What is asked: it changes nothing."""

SATELLITE: Final = "check"

SEEN: Final = (*SHOWN, ANSWER, LINK)
"""All that may be read outside."""


@dataclass
class Visit:
    """A visit with a key of this name; `eyes` has the same login as `out` and hears all that it may."""

    settings: Settings
    """The home's; or the page's, where this machine is outside."""
    address: BrokerAddress
    """Of the broker outside."""
    key: str
    private: Ed25519PrivateKey
    out: Wire
    eyes: Wire
    home: Wire | None
    asked: Utterance | None = None
    """The question that was answered; None where none was."""
    clock: float = 0.0
    """By how many seconds the home's clock is ahead, as far as it was found out."""

    def sealed(self, topic: str, payload: str, *, later: float = 0.0) -> Envelope:
        """A command that says that it was sealed so many seconds later than it was."""
        return Envelope.seal(self.key, self.private, topic, payload, int((time.time() + later) * 1_000))

    async def send(self, *envelopes: Envelope | bytes) -> None:
        """Publish them outside, in this order."""
        for envelope in envelopes:
            await self.out.say(COMMAND, envelope if isinstance(envelope, bytes) else envelope.to_payload())

    def question(self, *, carry_out: bool = False) -> Utterance:
        """A question that is known at home by its room. One that is not carried out is only understood."""
        mark = f"{SATELLITE}-{new_id()}"
        return Utterance(text=QUESTION, satellite=SATELLITE, source=SATELLITE, room=mark, carry_out=carry_out)

    async def ask(self, utterance: Utterance) -> bool:
        """Ask it, and return whether it was let in. All that was sent before has been looked at by then."""
        await self.send(self.sealed(Topic.UTTERANCE, utterance.to_payload().decode()))
        await self.out.until(lambda: self.understood(utterance.id) > 0 or self.said(utterance.id) is not None)
        return self.understood(utterance.id) > 0

    def understood(self, utterance_id: str) -> int:
        """How often it was told outside what an utterance means; that it was not let in does not count."""
        told = (Understood.from_payload(ANSWER, load) for topic, load in self._answers() if topic == Topic.UNDERSTOOD)
        return sum(one.utterance_id == utterance_id and one.refused != NOT_LET_IN for one in told)

    def said(self, utterance_id: str) -> str | None:
        """What was answered to it outside."""
        for topic, payload in self._answers():
            if topic.startswith(Topic.say("")):
                say = Say.from_payload(topic, payload)
                if say.utterance_id == utterance_id:
                    return say.text
        return None

    def let_in(self, sent: Utterance | Intent) -> int:
        """How often it was let in: as it is seen at home, or else by what is told of it."""
        if self.home is None:
            return self.understood(sent.id)
        return len(self.at_home(sent))

    def at_home(self, sent: Utterance | Intent) -> list[Heard]:
        """It as it came at home."""
        mark, topic = (sent.room or "").encode(), Topic.UTTERANCE if isinstance(sent, Utterance) else Topic.intent("+")
        heard = self.home.heard if self.home else []
        return [message for message in heard if mark in message.payload and topic_matches_sub(topic, message.topic)]

    def _answers(self) -> Iterator[tuple[str, bytes]]:
        """Topic and payload of all that came for this key."""
        for message in self.out.on(ANSWER):
            with suppress(PayloadError):
                answer = Answer.from_payload(ANSWER, message.payload)
                if answer.key == self.key:
                    yield answer.topic, answer.payload.encode()


def topic_matches_any(topic: str, filters: Iterable[str]) -> bool:
    """Whether a topic is one of these."""
    return any(topic_matches_sub(each, topic) for each in filters)


def shown(wire: Wire) -> dict[str, bytes]:
    """What a wire has heard last of all that the home shows outside; what was cleared is not there."""
    last = {message.topic: message.payload for message in wire.heard if topic_matches_any(message.topic, SHOWN)}
    return {topic: payload for topic, payload in last.items() if payload}


@asynccontextmanager
async def listening(address: BrokerAddress, *filters: str) -> AsyncIterator[Wire]:
    """A connection that hears these. Raises MqttError where there is none, and when it is lost."""
    async with client_to(address, f"jipsa-check-{new_id()[:8]}", timeout=BROKER_PATIENCE) as client:
        wire = Wire(client)
        reader = asyncio.create_task(wire.read())
        try:
            await wire.hear(*filters)
            yield wire
        finally:
            await end(reader)


HOME: Final = f"{ROOT}/#"
"""What is listened to at home."""
