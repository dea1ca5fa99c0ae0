"""This machine's microphone and loudspeaker, lent to Home Assistant as a satellite.

One microphone, one who acts: as long as a Home Assistant runs the satellite, what is said to it goes to its pipeline,
and the butler hears nothing of it, unless he is that pipeline's agent. When Home Assistant goes, the butler acts again.

The hub hears its name and the end of the sentence itself, as ever; what is sent is the sound of the sentence, without
the name. So nothing else of what is said in the room leaves this machine.
"""

from __future__ import annotations

import logging

from wyoming.info import Info

from hub.config import Settings
from hub.messages import Say
from hub.payloads import new_id
from hub.recent import Recent
from hub.speech.clip import Clip
from hub.speech.recognizer import Segment
from hub.speech.service import Voice
from hub.speech.sound import RATE, Frames
from hub.texts import text
from hub.wyoming.heard import Heard
from hub.wyoming.info import satellite_info
from hub.wyoming.server import Connection
from hub.wyoming.session import Session

log = logging.getLogger(__name__)

OWNER = "Home Assistant"
"""Who closes the ears where the satellite is muted there."""

KEPT = 60.0
"""Seconds of the microphone's sound that are remembered while Home Assistant runs the satellite."""

BEFORE, AFTER = 0.3, 0.5
"""Seconds around a sentence that are sent with it; right before it, there may be the name, which is not."""

LONGEST_ANSWER = 10_000
"""Characters of what is said that are looked through for the name."""


class Satellite:
    """Lends a voice's ears and mouth to one Home Assistant at a time: the one that came last."""

    def __init__(self, settings: Settings, voice: Voice, heard: Heard, questions: Recent[str, None]) -> None:
        """`questions` are the butler's answers that ask something."""
        self.info: Info = satellite_info(settings)
        self._settings = settings
        self._voice = voice
        self._heard = heard
        self._questions = questions
        self._tape = Tape()
        self._session: Session | None = None

    async def serve(self, connection: Connection) -> None:
        """Serve a connection until the other side has gone (raises Gone)."""
        await Session(connection, self).serve()

    async def frames(self, microphone: Frames) -> Frames:
        """The frames of the microphone, on their way to the voice."""
        async for frame in microphone:
            self._tape.take(frame, keep=self._session is not None)
            yield frame

    def begin(self, session: Session) -> None:
        """This Home Assistant runs the satellite now."""
        before, self._session = self._session, session
        if before is not None and before is not session:
            before.close()
        self._voice.close_ears(OWNER, None)
        self._voice.elsewhere = self._send
        log.info("Home Assistant runs this satellite: what is said here goes to its pipeline")

    def pause(self, session: Session) -> None:
        """It is muted there, so it hears nothing here."""
        if session is self._session:
            log.warning("Home Assistant has muted this satellite: it hears nothing until it is unmuted there")
            self._voice.close_ears(OWNER, "it is muted there")

    def end(self, session: Session) -> None:
        """This connection has ended."""
        if session is self._session:
            self._session = self._voice.elsewhere = None
            self._voice.close_ears(OWNER, None)
            log.info("Home Assistant no longer runs this satellite: the butler acts")

    def understood(self, sentence: str) -> None:
        """The pipeline has recognized this in what was said here."""
        log.info("Home Assistant has heard: %s", sentence)
        self._heard.locate(sentence, self._settings.voice.room)

    def missed(self, *, silently: bool = False) -> None:
        """The pipeline has come to nothing."""
        self._voice.missed(silently=silently)

    async def play(self, sound: Clip, answer: str | None) -> None:
        """Play the sound of an answer, or of an announcement (None) that nobody here knows the words of."""
        # Where the name may be among the words, it is not listened for meanwhile.
        words = (answer or " ".join(self._settings.voice.wake) or "…")[:LONGEST_ANSWER]
        if answer is None:
            await self._voice.speak(Say(text=words), sound)
        else:
            asks = answer in self._questions
            await self._voice.speak(Say(text=words, priority="answer", utterance_id=new_id(), asks=asks), sound)

    async def ring(self, name: str | None) -> None:
        """A timer of Home Assistant's is over."""
        key = "wyoming.named_timer_over" if name else "wyoming.timer_over"
        await self._voice.speak(Say(text=text(key, self._settings.language, name=name), priority="alarm"))

    def _send(self, segment: Segment) -> None:
        if self._session is None:  # it went while the satellites settled who acts
            self._voice.missed()
            return
        begin = segment.said_at if segment.called else segment.said_at - BEFORE
        sound = self._tape.between(begin, segment.end + AFTER)
        self._heard.keep(sound, segment)
        self._session.send(Clip(sound, RATE), self._settings.voice.wake[0] if segment.called else None)


class Tape:
    """The last seconds of a sound, by its time."""

    def __init__(self) -> None:
        self._sound = bytearray()
        self._end = 0

    def take(self, frame: bytes, *, keep: bool) -> None:
        """Time goes on by a frame; it is remembered, or everything is forgotten."""
        self._end += len(frame)
        if not keep:
            self._sound.clear()
            return
        self._sound += frame
        del self._sound[: max(0, len(self._sound) - round(KEPT * RATE) * 2)]

    def between(self, start: float, end: float) -> bytes:
        """What sounded between two moments, in seconds since the beginning; of it, what is remembered."""
        begin = self._end - len(self._sound)
        first, last = (max(0, round(moment * RATE) * 2 - begin) for moment in (start, end))
        return bytes(self._sound[first:last])
