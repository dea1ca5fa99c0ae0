"""The bus of a page that is served outside: it sees the states of the home, and what it asks for goes there signed.

What the page publishes it hears itself, as it would from a broker at home. Of that, utterances and intents are sealed
and sent; nothing else leaves this process.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import aiomqtt
from pydantic import ValidationError

from hub.address import BrokerAddress
from hub.bus import Bus
from hub.messages import ROOT, Topic
from hub.payloads import Message, first_fault
from hub.remote.envelope import ANSWER, COMMAND, LINK, Answer, Envelope
from hub.remote.keys import read_secret

log = logging.getLogger(__name__)

SHOWN: Final = (
    Topic.HOME,
    *(Topic.device("+", what) for what in ("about", "state", "available")),
    Topic.bridge("+", "state"),
)
"""What the home shows outside."""

_SENT = re.compile(rf"{ROOT}/(utterance|intent/[^/]+)")
_ANSWERED = re.compile(rf"{ROOT}/(understood|(reply|say)/[^/]+)")


class RemoteBus(Bus):
    """A page's connection to the broker outside, with its key; `linked` tells whether the home is there, too."""

    def __init__(
        self, address: BrokerAddress, client_id: str, key_file: Path, clock: Callable[[], float] = time.time
    ) -> None:
        """`clock` gives seconds since 1970. Raises KeyFileError."""
        super().__init__(address, client_id)
        self.linked = False
        self.listeners: list[Callable[[bool], None]] = []
        """Are told when the home has come, and when it has gone."""
        self._key, self._private = read_secret(key_file)
        self._clock = clock
        self.subscribe(LINK, self._on_link)
        self.subscribe(ANSWER, self._on_answer)

    @property
    def filters(self) -> list[str]:
        """What is subscribed to: no more than there is outside, for brokers refuse what they do not allow."""
        return [LINK, ANSWER, *SHOWN]

    def publish(self, topic: str, message: Message | bytes | str, *, retain: bool = False) -> None:
        """Hear it, and send it to the home where it is for the home; never raises."""
        payload = message.to_payload() if isinstance(message, Message) else message
        body = payload.encode() if isinstance(payload, str) else payload
        if _SENT.fullmatch(topic):
            self._send_sealed(topic, body.decode())
        self.take(topic, body)

    def _send_sealed(self, topic: str, payload: str) -> None:
        try:
            sealed = Envelope.seal(self._key, self._private, topic, payload, int(self._clock() * 1_000))
        except ValidationError as error:
            log.warning("%s: not sent to the home: %s", topic, first_fault(error))
        else:
            super().publish(COMMAND, sealed)

    def _client(self) -> aiomqtt.Client:
        self._become(linked=False)  # what the last connection has told may be otherwise by now
        return super()._client()

    def _on_link(self, topic: str, payload: bytes) -> None:
        self._become(linked=payload == b"1")

    def _become(self, *, linked: bool) -> None:
        if linked != self.linked:
            self.linked = linked
            log.info("%s: the home is %s", self.client_id, "connected" if linked else "not connected")
            for listener in self.listeners:
                listener(linked)

    def _on_answer(self, topic: str, payload: bytes) -> None:
        answer = Answer.from_payload(topic, payload)
        if answer.key == self._key and _ANSWERED.fullmatch(answer.topic):
            self.take(answer.topic, answer.payload.encode())
