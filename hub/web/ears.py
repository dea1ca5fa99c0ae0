"""The recognizer for what is said to the page: the voice's, where that is in this process, or one of its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from hub.config import Settings
from hub.graph import home_graph
from hub.home import Home

if TYPE_CHECKING:
    from hub.speech.recognizer import Recognizer

log = logging.getLogger(__name__)

IDLE = 300.0
"""Seconds without anybody speaking after which the memory (some 60 MB) is given back."""


class Ears(Protocol):
    """Gives a recognizer for the home as it is."""

    async def recognizer(self) -> Recognizer:
        """The recognizer. Raises HomeGraphError, RecognizerError, ModelError, OSError."""
        ...


class SharedEars:
    """The recognizer of the satellite in this process."""

    def __init__(self, current: Callable[[], Recognizer]) -> None:
        self._current = current

    async def recognizer(self) -> Recognizer:
        """The one that the satellite hears with now."""
        return self._current()


class OwnEars:
    """A recognizer that is loaded when somebody speaks, and gone again when nobody has for a while."""

    def __init__(self, settings: Settings, home: Callable[[], Home]) -> None:
        self._settings = settings
        self._home = home
        self._loaded: tuple[object, Recognizer] | None = None
        self._lock = asyncio.Lock()
        self._gone: asyncio.TimerHandle | None = None

    async def recognizer(self) -> Recognizer:
        """The one for the home as it is now; a new home takes seconds to be built, unless a satellite has built it."""
        from hub.speech.recognizer import Recognizer

        async with self._lock:
            graph = await home_graph(self._settings, self._home())
            if self._loaded is None or self._loaded[0] != graph:
                self._loaded = None
                self._loaded = (graph, await asyncio.to_thread(Recognizer, graph))
                log.info("the page hears with %s", graph)
        if self._gone is not None:
            self._gone.cancel()
        self._gone = asyncio.get_running_loop().call_later(IDLE, self._rest)
        return self._loaded[1]

    def _rest(self) -> None:
        from hub.speech.recognizer import give_back

        self._loaded = None
        asyncio.get_running_loop().run_in_executor(None, give_back)
