"""The voice as a service: the ears of one room. Sound in; utterances, and the satellite's state, out over MQTT."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass

from hub.bus import BrokerAddress, Bus
from hub.messages import SatellitePartial, SatelliteState, Topic, Utterance
from hub.speech.gate import Gate
from hub.speech.listening import listen
from hub.speech.recognizer import Partial, Recognizer, Segment
from hub.speech.sound import Frames
from hub.utter import Utterer

log = logging.getLogger(__name__)

PARTIAL_PAUSE = 0.2
"""Seconds between two partial results: often enough to watch, and few enough for a broker on a Pi."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A spoken segment, and the utterance that was published for it (None: it was refused)."""

    segment: Segment
    utterance: Utterance | None


class Voice:
    """One satellite: hears frames from any source with one recognizer and publishes what is no refusal."""

    def __init__(self, broker: BrokerAddress, satellite: str, room: str | None, recognizer: Recognizer) -> None:
        self.satellite = satellite
        self.room = room
        self._recognizer = recognizer
        self._topic = Topic.satellite(satellite)
        self.bus = Bus(broker, f"jipsa-voice-{satellite}", will=(self._topic, SatelliteState(state="offline")))
        self._utterer = Utterer(self.bus)
        self._saying: set[asyncio.Task[None]] = set()
        self._listening = False
        self._next_partial = 0.0

    async def run(self, microphone: Frames | None) -> None:
        """Serve until cancelled; without a microphone only `hear` is heard."""
        self.bus.publish(self._topic, SatelliteState(state="idle"), retain=True)
        async with self.bus.running():
            if microphone is not None:
                async for _ in self.hear(microphone, source="microphone"):
                    pass
            await asyncio.Event().wait()

    async def hear(self, frames: Frames, source: str) -> AsyncIterator[Heard]:
        """Recognize until the frames end; every segment is yielded once it was published or refused.

        Several sounds may be heard at once: the microphone, and a file.
        """
        try:
            async for heard in listen(self._recognizer, frames, Gate()):
                if isinstance(heard, Partial):
                    self._partial(heard.text)
                else:
                    self._partial("")
                    yield Heard(heard, self._publish(heard, source))
        finally:
            self._partial("")

    def _partial(self, text: str) -> None:
        """Tell what is heard so far, and whether anybody speaks."""
        now = asyncio.get_running_loop().time()
        if bool(text) != self._listening:
            self._listening = bool(text)
            self.bus.publish(self._topic, SatelliteState(state="listening" if text else "idle"), retain=True)
        elif not text or now < self._next_partial:
            return
        self._next_partial = now + PARTIAL_PAUSE
        self.bus.publish(Topic.satellite(self.satellite, "partial"), SatellitePartial(text=text))

    def _publish(self, segment: Segment, source: str) -> Utterance | None:
        if segment.refused is not None:
            log.info("%s: refused (%s): %s", self.satellite, segment.refused, segment.text)
            return None
        utterance = Utterance(
            text=segment.text,
            satellite=self.satellite,
            room=self.room,
            source=source,
            confidence=segment.confidence,
        )
        task = asyncio.create_task(self._say(utterance))
        self._saying.add(task)
        task.add_done_callback(self._saying.discard)
        return utterance

    async def _say(self, utterance: Utterance) -> None:
        if not await self._utterer.utter(utterance):
            log.warning("%s: no butler took %r; is jipsa butler running?", self.satellite, utterance.text)
