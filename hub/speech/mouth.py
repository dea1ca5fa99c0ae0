"""The mouth: what is said, in which order, how loud, and when not."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from hub.messages import Priority, Say
from hub.recent import Recent
from hub.settings.voice import SpeakerSettings
from hub.speech.clip import Clip
from hub.speech.loudspeaker import Loudspeaker
from hub.speech.sound import SoundError
from hub.speech.synthesis import Spoken, VoiceError
from hub.speech.tones import Tone, tone

log = logging.getLogger(__name__)

RANKS: dict[Priority | None, int] = {None: 0, "alarm": 1, "answer": 2, "announcement": 3}
"""What goes before what; tones, which are short, before everything."""

MOST_WAITING = 30
"""How much may wait to be said; beyond it the oldest announcement is dropped."""

DUCKED = 0.2
"""How loud it is while somebody speaks to the hub, compared with what it was."""

LOOK = 30.0
"""Seconds between two looks at the clock, for what waits for the morning."""

RANGE = 40.0
"""Decibels between volume 100 and volume 0: ears hear ratios."""


@dataclass(eq=False, slots=True)
class _Item:
    """Something to be said or sounded."""

    what: Say | Tone
    sound: Clip | None = None
    done: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    @property
    def priority(self) -> Priority | None:
        return self.what.priority if isinstance(self.what, Say) else None

    @property
    def rank(self) -> int:
        return RANKS[self.priority]


class Mouth:
    """Says one thing after another. An alarm interrupts what is said, an answer an announcement."""

    def __init__(
        self,
        voice: Spoken,
        loudspeaker: Loudspeaker | None,
        settings: SpeakerSettings,
        clock: Callable[[], datetime] = datetime.now,
    ) -> None:
        """Without a loudspeaker all is said in silence. `clock` tells the time of this place."""
        self.on_speaking: Callable[[str | None], None] = lambda text: None
        """Is told the text when it begins to be heard, and None when it is over."""
        self._volume = settings.volume
        self._voice = voice
        self._loudspeaker = loudspeaker
        self._quiet = settings.quiet
        self._clock = clock
        self._waiting: list[_Item] = []
        self._news = asyncio.Event()
        self._said: Recent[str, asyncio.Future[None]] = Recent()
        self._current: _Item | None = None
        self._playing: asyncio.Task[None] | None = None
        self._again = False
        self._listening = False
        self._fault: str | None = None

    @property
    def volume(self) -> int:
        """From 0 to 100; may be changed while it speaks."""
        return self._volume

    @volume.setter
    def volume(self, volume: int) -> None:
        self._volume = volume
        self._set_gain()

    def say(self, say: Say, sound: Clip | None = None) -> asyncio.Future[None]:
        """Say it when its turn comes; the future is done when it was said, or will not be. An id is said once.

        `sound` is how it sounds, where somebody else has spoken it.
        """
        known = self._said.get(say.id)
        if known is not None:
            return known
        item = _Item(say, sound)
        self._said.put(say.id, item.done)
        self._waiting.append(item)
        self._make_room()
        current = self._current
        if current is not None and item.rank < current.rank and self._playing is not None:
            self._again = True
            self._playing.cancel()
        self._news.set()
        return item.done

    def play(self, name: Tone) -> None:
        """Sound a tone, before all that waits; once, however often it is called for until then."""
        if any(item.what is name for item in self._waiting):
            return
        self._waiting.append(_Item(name))
        self._news.set()

    def listening(self, active: bool) -> None:
        """Somebody speaks to the hub, or no longer: be less loud, and begin no announcement."""
        self._listening = active
        self._set_gain()
        self._news.set()

    def stop(self) -> None:
        """Be silent at once; what was being said is not said again."""
        if self._playing is not None:
            self._again = False
            self._playing.cancel()

    async def run(self) -> None:
        """Speak until cancelled."""
        try:
            while True:
                item = self._next()
                if item is None:
                    await self._wait()
                    continue
                await self._take(item)
        finally:
            if self._playing is not None:
                self._playing.cancel()
                await asyncio.wait([self._playing])
            if self._loudspeaker is not None:
                await self._loudspeaker.close()

    def _next(self) -> _Item | None:
        """What is to be said now."""
        later = self._listening or self._is_quiet()
        ready = [item for item in self._waiting if not (later and item.priority == "announcement")]
        return min(ready, key=lambda item: item.rank, default=None)

    async def _wait(self) -> None:
        """Until there is news; what waits for the morning looks at the clock, which may be put right meanwhile."""
        self._news.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK if self._waiting else None):
                await self._news.wait()

    async def _take(self, item: _Item) -> None:
        self._waiting.remove(item)
        self._current, self._again = item, False
        self._set_gain()
        self._playing = asyncio.create_task(self._perform(item))
        await asyncio.wait([self._playing])
        again = self._again and self._playing.cancelled()
        self._current = self._playing = None
        if again:
            self._waiting.insert(0, item)
        elif not item.done.done():
            item.done.set_result(None)

    async def _perform(self, item: _Item) -> None:
        """Sound a tone or say something; what cannot be said is logged."""
        try:
            if isinstance(item.what, Tone):
                await self._sound(item.what)
            elif item.sound is not None:
                await self._play(item.what, item.sound)
            else:
                await self._speak(item.what)
            self._fault = None
        except (SoundError, VoiceError) as error:
            if str(error) != self._fault:  # once is enough, until it works again
                log.warning("nothing can be said: %s", error)
            self._fault = str(error)

    async def _sound(self, name: Tone) -> None:
        if self._loudspeaker is not None:
            await self._loudspeaker.play(tone(name))

    async def _play(self, say: Say, sound: Clip) -> None:
        if self._loudspeaker is None:
            return
        self.on_speaking(say.text)
        try:
            await self._loudspeaker.play(sound)
        finally:
            self.on_speaking(None)

    async def _speak(self, say: Say) -> None:
        """Sentence by sentence: while one is heard the next one is made, so that long texts begin soon."""
        if self._loudspeaker is None:
            return
        if say.priority == "alarm":
            await self._sound(Tone.ALARM)
        sentences = sentences_of(say.text)
        made = asyncio.create_task(self._voice.speak(sentences[0]))
        try:
            for following in (*sentences[1:], None):
                clip = await made
                if following is not None:
                    made = asyncio.create_task(self._voice.speak(following))
                self.on_speaking(say.text)
                await self._loudspeaker.play(clip)
        finally:
            self.on_speaking(None)
            made.cancel()
            await asyncio.gather(made, return_exceptions=True)

    def _make_room(self) -> None:
        if len(self._waiting) > MOST_WAITING:
            oldest = next((item for item in self._waiting if item.priority == "announcement"), self._waiting[0])
            self._waiting.remove(oldest)
            log.warning("too much waits to be said; dropped: %s", oldest.what)
            oldest.done.set_result(None)

    def _set_gain(self) -> None:
        if self._loudspeaker is None:
            return
        volume = self._volume
        if self._is_quiet() and self._quiet and (self._current is None or self._current.priority != "alarm"):
            volume = min(volume, self._quiet.volume)
        self._loudspeaker.gain = gain(volume) * (DUCKED if self._listening else 1)

    def _is_quiet(self) -> bool:
        """Whether the family sleeps now."""
        if self._quiet is None:
            return False
        now = f"{self._clock():%H:%M}"
        start, end = self._quiet.start, self._quiet.end
        return start <= now < end if start <= end else now >= start or now < end


def gain(volume: int) -> float:
    """How loud a volume is, from 0 to 1."""
    return 10 ** ((volume - 100) / 100 * RANGE / 20) if volume else 0.0


def sentences_of(text: str) -> list[str]:
    """The sentences of a text, with their marks; at least one."""
    return [found for part in re.split(r"(?<=[.!?…])\s+", text) if (found := part.strip())] or [text]
