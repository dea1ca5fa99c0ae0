"""Saying an utterance over MQTT so that it is not lost: it is sent again until a butler says what it understood."""

from __future__ import annotations

import asyncio

from hub.bus import Bus, Recent
from hub.messages import Topic, Understood, Utterance

RESEND = 2.0
"""Seconds without a sign of the butler after which an utterance is sent again; a butler acts on an id only once."""

PATIENCE = 10.0
"""Seconds after which an utterance that nobody understood is given up: by then the speaker has said it again."""


class Utterer:
    """Publishes utterances on a bus and knows which of them a butler has taken. Make it before the bus runs."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._taken: Recent[str, asyncio.Event] = Recent(100)
        bus.subscribe(Topic.UNDERSTOOD, self._on_understood)

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
            return True
        return False

    def _on_understood(self, topic: str, payload: bytes) -> None:
        taken = self._taken.get(Understood.from_payload(topic, payload).utterance_id)
        if taken is not None:
            taken.set()
