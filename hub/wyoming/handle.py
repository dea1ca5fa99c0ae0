"""The butler as a Wyoming service that handles text: a sentence in, the butler's answer out.

Home Assistant's conversation agent of Wyoming takes either what is handled here or intents to carry out itself. Here
everything is handled: the butler knows more than its intents, asks back, and remembers what a conversation is about.
"""

from __future__ import annotations

import hashlib
import logging

from wyoming.event import Event
from wyoming.handle import Handled, NotHandled

from hub.follow import Exchange, Follower
from hub.messages import ErrorCode, Utterance
from hub.recent import Recent
from hub.texts import Language, text
from hub.wyoming.heard import Heard
from hub.wyoming.server import Connection

log = logging.getLogger(__name__)

LONGEST = 1_000
"""Characters of a sentence."""

QUESTIONS = frozenset({ErrorCode.CONFIRM, ErrorCode.MISSING})
"""Errors that are questions: nothing has failed."""


class Handler:
    """Hands sentences to the butler, each conversation as a satellite of its own, so that one can follow another."""

    def __init__(self, follower: Follower, heard: Heard, language: Language) -> None:
        """`follower` follows all satellites (`+`)."""
        self.questions: Recent[str, None] = Recent(20)
        """The last answers that ask something."""
        self._follower = follower
        self._heard = heard
        self._language = language

    async def handle(self, connection: Connection, asked: Event) -> None:
        """Have the butler carry the sentence of a transcript out, and answer what it says. Raises Gone."""
        sentence, context = str(asked.data.get("text", "")).strip(), asked.data.get("context")
        if not 0 < len(sentence) <= LONGEST:
            await connection.write(NotHandled(text("wyoming.no_sentence", self._language), context))
            return
        facts = self._heard.facts(sentence)
        utterance = Utterance(
            text=sentence,
            satellite=satellite_of(context, f"{connection.peer} {facts.room}"),
            room=facts.room,
            source="wyoming",
            confidence=facts.confidence,
            unsure=facts.unsure,
        )
        exchange = await self._follower.ask(utterance)
        await connection.write(self._answer(exchange)(self._told(exchange), context))

    def _answer(self, exchange: Exchange) -> type[Handled | NotHandled]:
        understood = exchange.understood
        if understood is None or understood.refused is not None or exchange.answered is None:
            return NotHandled
        failed = any(reply.error and reply.error.code not in QUESTIONS for reply in exchange.replies)
        return NotHandled if failed or len(exchange.replies) < len(understood.intents) else Handled

    def _told(self, exchange: Exchange) -> str:
        if exchange.answered is None:
            log.warning("wyoming: no butler answered; is jipsa butler running?")
            return text("wyoming.no_butler", self._language)
        if exchange.asks:
            self.questions.put(exchange.answered, None)
        return exchange.answered


def satellite_of(context: object, otherwise: str) -> str:
    """The id of the satellite that a conversation is to the butler, by the id that Home Assistant gives it.

    Wyoming 1.5, which Home Assistant 2025.4 has, loses it on the way: then `otherwise` says who speaks.
    """
    conversation = context.get("conversation_id") if isinstance(context, dict) else None
    return f"assist-{hashlib.sha256(str(conversation or otherwise).encode()).hexdigest()[:16]}"
