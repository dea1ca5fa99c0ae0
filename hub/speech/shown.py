"""What a satellite tells of itself over MQTT: what it does, what it hears so far, and what it has heard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from hub.bus import Bus
from hub.messages import Activity, SatelliteHeard, SatellitePartial, SatelliteState, Topic, Utterance
from hub.settings.voice import VoiceSettings
from hub.speech.ears import Ears
from hub.speech.mute import MuteSwitch
from hub.speech.recognizer import Segment

if TYPE_CHECKING:
    from hub.speech.mouth import Mouth

PARTIAL_PAUSE = 0.2
"""Seconds between two partial results: often enough to watch, and few enough for a broker on a Pi."""

LONGEST_THOUGHT = 20.0
"""Seconds after which no answer is expected any more."""


class Shown:
    """The state of one satellite, as everybody sees it: retained on its topic, and told to the mouth and to a lamp."""

    def __init__(self, bus: Bus, settings: VoiceSettings, ears: Ears, switch: MuteSwitch, mouth: Mouth) -> None:
        self.watch: Callable[[Activity], None] = lambda activity: None
        """Is told what the satellite does, whenever that changes."""
        self.speaking = False
        """Whether the hub itself speaks."""
        self.activity: Activity | None = None
        """What was told last."""
        self._bus = bus
        self._satellite = settings.satellite
        self._room = settings.room
        self._ears = ears
        self._switch = switch
        self._mouth = mouth
        self._partial = ""
        self._next_partial = 0.0
        self._thinking: asyncio.TimerHandle | None = None

    @property
    def now(self) -> Activity:
        """What the satellite does now."""
        if self._partial or (self._ears.attentive and not self.speaking):
            return "listening"
        if self.speaking:
            return "speaking"
        if self._ears.closed or self._switch.closed:
            return "muted"
        return "thinking" if self._thinking is not None else "idle"

    def show(self) -> None:
        """Publish what the satellite does, when that has changed."""
        activity = self.now
        if activity != self.activity:
            self.activity = activity
            told = SatelliteState(state=activity, room=self._room)
            self._bus.publish(Topic.satellite(self._satellite), told, retain=True)
            self._mouth.listening(activity == "listening")
            self.watch(activity)

    def think(self) -> None:
        """An answer is on its way."""
        self.answered()
        self._thinking = asyncio.get_running_loop().call_later(LONGEST_THOUGHT, self.answered)
        self.show()

    def answered(self) -> None:
        """The answer came, or none is expected any more."""
        if self._thinking is not None:
            self._thinking.cancel()
            self._thinking = None
            self.show()

    def hears(self, partial: str) -> None:
        """Tell what is heard so far; empty at the end."""
        now = asyncio.get_running_loop().time()
        begun_or_ended = bool(partial) != bool(self._partial)
        if not begun_or_ended and (not partial or now < self._next_partial):
            return
        self._partial = partial
        self._next_partial = now + PARTIAL_PAUSE
        self._bus.publish(Topic.satellite(self._satellite, "partial"), SatellitePartial(text=partial))
        self.show()

    def heard(self, segment: Segment, loudness: float, utterance: Utterance | None = None) -> None:
        """Tell what was said to this satellite, and what became of it; the name alone is not told."""
        if not segment.text:
            return
        heard = SatelliteHeard(
            utterance_id=utterance.id if utterance else None,
            text=segment.text,
            refused=segment.refused,
            confidence=segment.confidence,
            loudness=round(loudness, 1),
        )
        self._bus.publish(Topic.satellite(self._satellite, "heard"), heard)
