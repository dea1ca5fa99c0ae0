"""The voice as a service: ears and mouth of one room. Sound in; utterances and the satellite's state over MQTT."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hub.address import BrokerAddress
from hub.bus import Bus
from hub.korean.jamo import squash
from hub.messages import ALL_SATELLITES, SatelliteButton, SatelliteState, Say, Topic, Utterance
from hub.settings.voice import VoiceSettings
from hub.speech.ears import Ears
from hub.speech.gate import Gate
from hub.speech.listening import listen
from hub.speech.mute import MuteSwitch
from hub.speech.recognizer import Partial, Recognizer, Refused, Segment
from hub.speech.rooms import Rooms
from hub.speech.shown import Shown
from hub.speech.sound import Frames
from hub.speech.tones import Tone
from hub.utter import Utterer

if TYPE_CHECKING:
    from hub.speech.clip import Clip
    from hub.speech.mouth import Mouth

log = logging.getLogger(__name__)

LONGEST_SPEECH = 120.0
"""Seconds for which the mouth may close the ears."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A spoken segment, and the utterance that was published for it (None: it was refused)."""

    segment: Segment
    utterance: Utterance | None


class Voice:
    """One satellite: hears a microphone, and files, with one recognizer; publishes commands and speaks the answers."""

    def __init__(self, broker: BrokerAddress, settings: VoiceSettings, recognizer: Recognizer, mouth: Mouth) -> None:
        self.satellite = settings.satellite
        self.recognizer = recognizer
        """What hears the next utterance; may be replaced at any time."""
        self.elsewhere: Callable[[Segment], None] | None = None
        """Takes what is said to this satellite while not the butler acts on it, but somebody else. Where it was called,
        it need be no command of this home."""
        self.switch = MuteSwitch()
        """What closes the microphone; `mute` moves it."""
        self._settings = settings
        will = (Topic.satellite(self.satellite), SatelliteState(state="offline"))
        self.bus = Bus(broker, f"jipsa-voice-{self.satellite}", will=will)
        self.bus.subscribe(Topic.say(self.satellite), self._on_say)
        self.bus.subscribe(Topic.say(ALL_SATELLITES), self._on_say)
        self.bus.subscribe(Topic.satellite(self.satellite, "listen"), lambda _topic, _payload: self.call())
        self.ears = Ears(self._not_said)
        self.shown = Shown(self.bus, settings, self.ears, self.switch, mouth)
        self._rooms = Rooms(self.bus, self.satellite)
        self._mouth = mouth
        mouth.on_speaking = self._on_speaking
        self._utterer = Utterer(self.bus, self.satellite)
        self._tasks: set[asyncio.Task[None]] = set()
        self._gate = Gate()
        self._called = False

    async def run(self, microphone: Frames | None) -> None:
        """Serve until cancelled; without a microphone only `hear` is heard."""
        self.shown.show()
        async with self.bus.running(), asyncio.TaskGroup() as group:
            group.create_task(self._mouth.run())
            if microphone is not None:
                await self._listen(microphone)
            await asyncio.Event().wait()

    async def hear(self, frames: Frames, source: str) -> AsyncIterator[Heard]:
        """Recognize until the frames end, without being called; each segment is yielded once published or refused.

        Several sounds may be heard at once: the microphone, and a file.
        """
        gate = Gate()
        try:
            async for heard in listen(lambda: self.recognizer, frames, gate):
                if isinstance(heard, Partial):
                    self.shown.hears(heard.text)
                else:
                    self.shown.hears("")
                    utterance = self._publish(heard, source) if _is_command(heard) else None
                    self.shown.heard(heard, gate.loudness, utterance)
                    yield Heard(heard, utterance)
        finally:
            self.shown.hears("")

    def press(self) -> None:
        """Somebody pressed the button: what rings here has been heard, and a command may follow."""
        self.bus.publish(Topic.satellite(self.satellite, "button"), SatelliteButton())
        self.call()

    def mute(self, closed: bool) -> None:
        """The mute switch was moved: what was begun to be heard is forgotten, and nobody is listened to."""
        self.switch.set(closed)
        if closed:
            self.ears.rest()
            self._called = False
            self._gate.shut()
            self._rooms.withdraw()
            self.shown.hears("")
        self.shown.show()

    def call(self) -> None:
        """Somebody called without a word, by the button or over MQTT: listen, and be silent."""
        self._mouth.stop()
        if self.switch.closed:
            self._mouth.play(Tone.SORRY)
            return
        self._mouth.play(Tone.WAKE)
        self.ears.open("mouth")
        self.ears.attend()
        self.shown.show()

    async def _listen(self, microphone: Frames) -> None:
        async for heard in listen(lambda: self.recognizer, self.ears.frames(microphone), self._gate):
            meant = heard.called or self._listening
            if isinstance(heard, Partial):
                self._called = heard.called
                if heard == Partial(""):
                    self._rooms.withdraw()  # it was nothing after all
                if meant:
                    self._go_on(heard, self._gate.loudness)
                continue
            self._called = False
            self.shown.hears("")
            if meant:
                await self._take(heard, self._gate.loudness)
            else:
                self._rooms.withdraw()
                log.debug("%s: not meant: %s", self.satellite, heard.text)
            self.shown.show()

    @property
    def _listening(self) -> bool:
        """Whether a command counts without the name: never while the hub itself speaks."""
        return (self.ears.attentive or not self._settings.wake) and not self.shown.speaking

    def _go_on(self, heard: Partial, loudness: float) -> None:
        """Somebody is speaking to this satellite."""
        self.ears.heard()
        self._rooms.hear()
        if heard != Partial("") and "…" not in heard.text and not self._rooms.claiming:
            self._rooms.claim(loudness)
        self.shown.hears(heard.text or "…" * heard.called)

    async def _take(self, heard: Segment, loudness: float) -> None:
        """Act on a segment that is meant for this satellite, if no other satellite does."""
        if heard.refused is Refused.TOO_SHORT and heard.called:
            heard = replace(heard, text="", refused=None)  # the name, and a noise after it
        elsewhere = self.elsewhere
        addressed = heard.called or self.ears.attentive
        if heard.refused is not None and (elsewhere is None or not addressed or heard.refused is Refused.TOO_SHORT):
            outdone = self._rooms.withdraw()
            log.info("%s: refused (%s): %s", self.satellite, heard.refused, heard.text)
            if addressed:
                self.shown.heard(heard, loudness)
            if outdone:
                self.ears.rest()
                return
            if heard.called:
                self.ears.attend()
            if self.ears.attentive and heard.refused is not Refused.TOO_SHORT:  # which is noise
                self._mouth.play(Tone.SORRY)
            return
        # Without the name as well: what is asked of everybody, several may hear answered.
        if not self._rooms.claiming:
            self._rooms.claim(loudness)
        if not await self._rooms.won():
            log.info("%s: another satellite acts: %s", self.satellite, heard.text)
            self.ears.rest()
            return
        if not heard.text:
            self.call()
            return
        self._mouth.stop()
        self._mouth.play(Tone.DONE)
        self.ears.rest()
        if elsewhere is None:
            self.shown.heard(heard, loudness, self._publish(heard, "microphone"))
        else:
            self.shown.heard(replace(heard, refused=None), loudness)
            elsewhere(heard)
            self.shown.think()

    def _not_said(self) -> None:
        log.info("%s: called, but nothing was said", self.satellite)
        self._mouth.play(Tone.SORRY)
        self.shown.show()

    def _publish(self, segment: Segment, source: str) -> Utterance:
        utterance = Utterance(
            text=segment.text,
            satellite=self.satellite,
            room=self._settings.room,
            source=source,
            confidence=segment.confidence,
            unsure=segment.unsure,
        )
        self._spawn(self._utter(utterance))
        self.shown.think()
        return utterance

    async def _utter(self, utterance: Utterance) -> None:
        if not await self._utterer.utter(utterance):
            log.warning("%s: no butler took %r; is jipsa butler running?", self.satellite, utterance.text)

    def close_ears(self, owner: str, reason: str | None) -> None:
        """Hear nothing, for a reason, until the same owner has none any more."""
        if reason is not None:
            self.ears.close(owner, reason, math.inf)
        else:
            self.ears.open(owner)
        self.shown.show()

    def missed(self, *, silently: bool = False) -> None:
        """Who acts elsewhere has understood nothing."""
        self.shown.answered()
        if not silently:
            self._mouth.play(Tone.SORRY)

    def _on_say(self, topic: str, payload: bytes) -> None:
        self._spawn(self.speak(Say.from_payload(topic, payload)))

    async def speak(self, say: Say, sound: Clip | None = None) -> None:
        """Say it, or play the `sound` that somebody else has made of it, and listen where it asks something."""
        said = self._mouth.say(say, sound)
        if say.utterance_id is not None:
            self.shown.answered()
        await said
        if say.asks and not self.switch.closed:
            self.ears.attend()
            self.shown.show()

    def _on_speaking(self, text: str | None) -> None:
        """The mouth begins to say a text, or is silent again.

        While it speaks, only the name is listened for; where that is not wanted, or the text has the name, nothing.
        """
        self.shown.speaking = text is not None
        names = self._settings.wake if self._settings.barge_in else ()
        if text is not None and (not names or any(name in squash(text) for name in names)):
            self.ears.close("mouth", "it speaks", LONGEST_SPEECH)
        else:
            self.ears.open("mouth")
        if text is None and not self._called:
            self._gate.shut()  # what was heard until now was the hub itself
        self.shown.show()

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _is_command(segment: Segment) -> bool:
    return segment.refused is None and bool(segment.text)
