"""The page as a service: its connection to the broker, what it knows, and whoever looks at it."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from hub.bus import Bus
from hub.config import Settings
from hub.home import Home
from hub.notify import Condition, condition_of, tell_systemd
from hub.together import together
from hub.web.access import Access
from hub.web.accounts import Accounts
from hub.web.calls import Calls, alive
from hub.web.commands import Commands
from hub.web.ears import Ears, OwnEars, SharedEars
from hub.web.history.charts import History
from hub.web.mirror import Event, Mirror
from hub.web.outside import offered
from hub.web.server import Server
from hub.web.setup import Setup
from hub.web.socket import OpenPage, written
from hub.web.talk import Talk

if TYPE_CHECKING:
    from hub.remote.bus import RemoteBus
    from hub.speech.recognizer import Recognizer
    from hub.speech.synthesis import Spoken

log = logging.getLogger(__name__)

CLIENT = "jipsa-web"
"""Its name at the broker."""

MOST_PAGES = 50
"""Pages that may be open at a time."""


class Web:
    """The page of a hub, in the home or, with a key that it signs with, outside.

    With a `recognizer` it hears with that of the satellite in this process.
    """

    def __init__(
        self, settings: Settings, config: Path | None, recognizer: Callable[[], Recognizer] | None = None
    ) -> None:
        """`config` is the file of the settings, if one was named. Raises WebError, and KeyFileError."""
        self._language = settings.language
        remote = _remote_bus(settings)
        self._bus = remote or Bus(settings.broker.address(), CLIENT)
        self._mirror = Mirror(self._bus)
        self.history = History(settings.state_dir / "history.sqlite")
        self._setup = Setup(settings, self._mirror, config)
        ears: Ears = SharedEars(recognizer) if recognizer else OwnEars(settings, self._home)
        self._talk = Talk(self._bus, ears, cache(lambda: _voice(settings)))
        parts = (
            Commands(self._bus, self._mirror), self._talk, self.history, self._setup,
            Accounts(settings, self._bus, config),
        )  # fmt: skip
        self._calls: Calls = {"alive": alive} | {name: call for part in parts for name, call in part.calls.items()}
        self._pages: set[OpenPage] = set()
        self._mirror.listeners += [self._tell_all, self._talk.note, self.history.hear]
        if remote is not None:
            self._calls = offered(self._calls, lambda: remote.linked)
            self._mirror.link(linked=remote.linked)
            remote.listeners.append(lambda linked: self._mirror.link(linked=linked))
        access = Access(settings.state_dir, trust_localhost=settings.web.trust_localhost)
        self._server = Server(
            settings.web, settings.language, access, self._serve, self._talk.speech, outside=remote is not None
        )

    @property
    def url(self) -> str:
        """Where it is."""
        return self._server.url

    def condition(self) -> Condition:
        """How it is, for systemd."""
        return condition_of(self._bus, f"page: {self.url}, {len(self._pages)} open", ready=True)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Serve while the block lasts. Raises WebError where the address is taken."""
        await self._server.start()
        try:
            async with self.history.running(), self._bus.running():
                yield
        finally:
            await self._server.stop()
            await self._setup.close()

    def _home(self) -> Home:
        return Home.from_json(json.dumps(self._mirror.home))

    def _tell_all(self, event: Event) -> None:
        if self._pages:
            key, message = written(event)
            for page in self._pages:
                page.pass_on(key, message)

    async def _serve(self, socket: web.WebSocketResponse, satellite: str) -> None:
        if len(self._pages) >= MOST_PAGES:
            log.warning("%d pages are open, and no more are served", MOST_PAGES)
            await socket.close()
            return
        page = OpenPage(satellite, self._language, self._calls)
        hello = {"event": "hello", "version": version("jipsa"), "language": self._language, "satellite": satellite}
        page.tell({**hello, **self._mirror.known()})
        self._pages.add(page)
        try:
            await page.serve(socket)
        finally:
            self._pages.discard(page)


def _remote_bus(settings: Settings) -> RemoteBus | None:
    """The bus of a page that is served outside; None in the home."""
    if settings.remote.key_file is None:
        return None
    from hub.remote.bus import RemoteBus  # its library is large, and a page in the home has no use for it

    return RemoteBus(settings.broker.address(), CLIENT, settings.remote.key_file)


def _voice(settings: Settings) -> Spoken:
    from hub.speech.synthesis import voice_of

    return voice_of(settings.speaker, settings.language, settings.cache_dir)


async def run_web(settings: Settings, config: Path | None) -> int:
    """The page alone, until stopped; `config` is the file of the settings, if one was named. Raises WebError."""
    page = Web(settings, config)
    async with page.serving(), together([tell_systemd(page.condition)]):
        await asyncio.Event().wait()
    return 0
