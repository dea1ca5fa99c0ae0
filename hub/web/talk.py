"""Hold to talk: sound from a browser to the recognizer, what was heard to the butler, and his answers as sound."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from hub.bus import Bus
from hub.faults import OutsideError
from hub.messages import ALL_SATELLITES, SatelliteHeard, SatellitePartial, Topic, Utterance
from hub.payloads import Value
from hub.recent import Recent
from hub.texts import text
from hub.utter import Utterer
from hub.web.calls import Call, CallError, Page
from hub.web.commands import SOURCE
from hub.web.ears import Ears
from hub.web.mirror import Event

if TYPE_CHECKING:  # sound takes memory that a page does without until somebody speaks to it
    from hub.speech.recognizer import Recognizer
    from hub.speech.synthesis import Spoken
    from hub.web.hearing import Heard, Sound

log = logging.getLogger(__name__)

FAULTS = (OutsideError, OSError)
"""Why there is no recognizer."""

MOST_SPOKEN = 50
"""Answers that can be asked for as sound."""


class Talk:
    """Hears pages, and speaks to them. Make it before the bus runs."""

    def __init__(self, bus: Bus, ears: Ears, voice: Callable[[], Spoken]) -> None:
        """`voice` makes what speaks, when it is first needed."""
        self._bus = bus
        self._ears = ears
        self._voice = voice
        self._utterer = Utterer(bus, "+")
        self._hearing: WeakKeyDictionary[Page, asyncio.Task[Heard]] = WeakKeyDictionary()
        self._said: Recent[str, str] = Recent(MOST_SPOKEN)
        self._tasks: set[asyncio.Task[None]] = set()
        self.calls: Mapping[str, Call] = {"hear.begin": self._begin, "hear.end": self._end}

    def note(self, event: Event) -> None:
        """Remember what was said to pages, for `speech`."""
        if event["event"] == "say" and (event["satellite"] == ALL_SATELLITES or event["satellite"].startswith("web-")):
            self._said.put(event["id"], event["text"])

    async def speech(self, say_id: str) -> bytes | None:
        """What was said to a page as a WAV file; None where nobody has said it. Raises VoiceError."""
        said = self._said.get(say_id)
        return (await self._voice().speak(said)).to_wav() if said is not None else None

    async def _begin(self, page: Page, given: Mapping[str, Value]) -> Value:
        from hub.web.hearing import Sound

        if page.hear is not None:
            page.hear(None)
        sound = Sound()
        page.hear = sound.take
        # What is said, and even let go of, while the ears are made ready is heard as well.
        ears = asyncio.ensure_future(self._ears.recognizer())
        self._hearing[page] = hearing = asyncio.create_task(self._hear(page, ears, sound))
        hearing.add_done_callback(_looked_at)
        try:
            await asyncio.shield(ears)
        except FAULTS as error:
            page.hear = None
            raise self._deaf(page, error) from None
        return None

    async def _hear(self, page: Page, ears: asyncio.Future[Recognizer], sound: Sound) -> Heard:
        from hub.web.hearing import hear

        topic = Topic.satellite(page.satellite, "partial")
        return await hear(await ears, sound, lambda text: self._bus.publish(topic, SatellitePartial(text=text)))

    async def _end(self, page: Page, given: Mapping[str, Value]) -> Value:
        hearing = self._hearing.pop(page, None)
        if page.hear is None or hearing is None:
            raise CallError("not_listening", text("page.not_listening", page.language))
        page.hear(None)
        page.hear = None
        try:
            outcome = self._conclude(page, await hearing)
        except FAULTS as error:
            raise self._deaf(page, error) from None
        told: Value = outcome.model_dump(mode="json", exclude_none=True)
        return told

    def _deaf(self, page: Page, error: Exception) -> CallError:
        return CallError("no_ears", text("page.no_ears", page.language, reason=error))

    def _conclude(self, page: Page, heard: Heard) -> SatelliteHeard:
        """Say to the butler what was heard, if it is something, and tell what it was."""
        utterance = None
        if heard.refused is None:
            utterance = Utterance(
                text=heard.text, satellite=page.satellite, room=page.room, source=SOURCE, confidence=heard.confidence,
                unsure=heard.unsure,
            )  # fmt: skip
            self._spawn(self._utter(utterance))
        outcome = SatelliteHeard(
            utterance_id=utterance.id if utterance else None, text=heard.text, refused=heard.refused,
            confidence=heard.confidence, loudness=heard.loudness,
        )  # fmt: skip
        self._bus.publish(Topic.satellite(page.satellite, "heard"), outcome)
        return outcome

    async def _utter(self, utterance: Utterance) -> None:
        if not await self._utterer.utter(utterance):
            log.warning("%s: no butler took %r; is jipsa butler running?", utterance.satellite, utterance.text)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _looked_at(hearing: asyncio.Task[Heard]) -> None:
    """Who lets go of the button learns of its error; here it is enough that somebody has looked at it."""
    if not hearing.cancelled():
        hearing.exception()
