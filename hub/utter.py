"""Saying an utterance over MQTT so that neither it nor its answer is lost.

It is sent again until a butler says what it understood, and then, in longer pauses, until the answer was heard: no
longer to be carried out, because a butler that has started meanwhile does not know that it was done.
"""

from __future__ import annotations

import asyncio

from hub.bus import Bus
from hub.messages import Say, Topic, Understood, Utterance
from hub.recent import Recent

RESEND = 2.0
"""Seconds without a sign of the butler after which an utterance is sent again; a butler acts on an id only once."""

PATIENCE = 10.0
"""Seconds after which an utterance that nobody understood is given up: by then the speaker has said it again."""

ANSWER_PAUSE = 4.0
"""Seconds without an answer after which one that was understood is asked for: a butler that gave one says it again."""

ANSWER_PATIENCE = 20.0
"""Seconds after which no answer is waited for: all that it could tell of has expired by then."""


class Utterer:
    """Publishes utterances on a bus and knows which of them a butler has taken. Make it before the bus runs.

    It sees to it, too, that the answers to `satellite` (+ for all) are heard, where one is named.
    """

    def __init__(self, bus: Bus, satellite: str | None = None) -> None:
        self._bus = bus
        self._taken: Recent[str, asyncio.Event] = Recent(100)
        self._answered: Recent[str, None] = Recent(100)
        self._hears = satellite is not None
        bus.subscribe(Topic.UNDERSTOOD, self._on_understood)
        if satellite is not None:
            bus.subscribe(Topic.say(satellite), self._on_say)

    async def utter(self, utterance: Utterance) -> bool:
        """Publish until it was understood or refused by a butler; False when there was none within PATIENCE."""
        taken = asyncio.Event()
        self._taken.put(utterance.id, taken)
        for _ in range(int(PATIENCE / RESEND)):
            self._bus.publish(Topic.UTTERANCE, utterance)
            try:
                async with asyncio.timeout(RESEND):
                    await taken.wait()
            except TimeoutError:
                continue
            if self._hears and utterance.satellite is not None and utterance.carry_out:
                self._await_answer(utterance, ANSWER_PATIENCE)
            return True
        return False

    def _await_answer(self, utterance: Utterance, left: float) -> None:
        asyncio.get_running_loop().call_later(ANSWER_PAUSE, self._ask_again, utterance, left - ANSWER_PAUSE)

    def _ask_again(self, utterance: Utterance, left: float) -> None:
        if utterance.id not in self._answered and left > 0:
            self._bus.publish(Topic.UTTERANCE, utterance.model_copy(update={"carry_out": False}))
            self._await_answer(utterance, left)

    def _on_understood(self, topic: str, payload: bytes) -> None:
        taken = self._taken.get(Understood.from_payload(topic, payload).utterance_id)
        if taken is not None:
            taken.set()

    def _on_say(self, topic: str, payload: bytes) -> None:
        utterance_id = Say.from_payload(topic, payload).utterance_id
        if utterance_id is not None:
            self._answered.put(utterance_id, None)
