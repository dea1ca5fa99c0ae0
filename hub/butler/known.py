"""The home as the butler knows it: what the file says, what bridges announce, and who understands sentences there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from datetime import datetime

from hub.butler.understanding import Understander, Understanding
from hub.grammar.lexicon import Lexicon
from hub.home import Home, merge
from hub.messages import About

log = logging.getLogger(__name__)

MOST_PAUSES = 20
"""How many pauses with news are waited for: a device that is announced anew all the time does not hide the home."""

HOME_PAUSE = 0.5
"""Seconds without news after which a change of the home is over: bridges announce one device after another."""


class KnownHome:
    """The home of the file with the devices that are announced; made ready for sentences beside everything else."""

    def __init__(self, home: Home, clock: Callable[[], datetime], known: Lexicon | None) -> None:
        """`clock` tells the local time; `known` is the lexicon, None for that of the grammar alone."""
        self.home = home
        """The home in which sentences are understood."""
        self.abouts: dict[str, About] = {}
        """What is announced of each device."""
        self._file_home = home
        self._clock = clock
        self._lexicon = known
        self._changes = 0
        self._news = asyncio.Event()
        self._news.set()
        self._making = asyncio.Lock()
        self._made: Understander | None = None
        self._knows = 0
        """How many of the changes were there when the understander was made."""

    def change(self, home: Home) -> None:
        """From now on the home file says this."""
        self._file_home = home
        self._changed()

    def announce(self, device: str, about: About | None) -> None:
        """From now on this is announced of a device; None: it is gone."""
        if about == self.abouts.get(device):
            return  # told once more, as after the broker was away
        if about is not None:
            self.abouts[device] = about
        else:
            del self.abouts[device]
        self._changed()

    def _changed(self) -> None:
        self._changes += 1
        self._news.set()

    async def caught_up(self) -> None:
        """Return when sentences are understood in the home as it is now.

        Names are made ready in a thread, so that everything else goes on meanwhile, and once for all who wait.
        """
        changes = self._changes
        async with self._making:
            if self._made is None or self._knows < changes:
                changes, abouts = self._changes, list(self.abouts.values())
                made = await asyncio.to_thread(self._made_for, self._file_home, abouts)
                self._made, self._knows, self.home = made, changes, made.home

    def _made_for(self, home: Home, abouts: list[About]) -> Understander:
        return Understander(merge(home, abouts), self._clock, self._lexicon)

    def understand(self, sentence: str, room: str | None = None) -> Understanding:
        """What a sentence means in `home`, after `caught_up`; `room` is where it is said: an id, a name or an alias."""
        assert self._made is not None
        speaker = self.home.resolve_room(room) if room else None
        return self._made.understand(sentence, speaker.id if speaker else None)

    async def settled(self) -> AsyncIterator[Home]:
        """The home, once no more news come: at first and after changes. Sentences are understood in it by then."""
        while True:
            await self._news.wait()
            for _ in range(MOST_PAUSES):
                if not self._news.is_set():
                    break
                self._news.clear()
                await asyncio.sleep(HOME_PAUSE)
            try:
                await self.caught_up()
            except Exception:
                log.exception("the home with what bridges announce could not be made ready for sentences")
            else:
                yield self.home
