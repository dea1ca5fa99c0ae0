"""The connection to mpd: what it is told, and what it tells of by itself. A connection that is lost is made again.

The protocol: https://mpd.readthedocs.io/en/latest/protocol.html
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager, suppress
from typing import Any, Final

import mpd
from mpd.asyncio import MPDClient

log = logging.getLogger(__name__)

EVERYTHING: Final = frozenset({"player", "mixer", "options", "playlist"})
"""What mpd tells of, by its own names."""

PATIENCE = 10.0
"""Seconds that mpd has for an answer."""

PAUSES = (0.5, 30.0)
"""Seconds between two attempts to connect: the shortest and the longest."""

HURRY = 2.0
"""Seconds that somebody who wants something waits for a player that is away."""


class _Client(MPDClient):  # type: ignore[misc]
    def _MPDClient__idle_result(self, result: Any) -> None:  # noqa: N802
        """As the library does it, but who lost the connection is not told of it in the log as well."""
        with suppress(OSError, mpd.ConnectionError):
            super()._MPDClient__idle_result(result)


class PlayerError(Exception):
    """mpd did not do it; the text is its own, and so is the code, where it gave one."""

    def __init__(self, text: str, code: mpd.FailureResponseCode | None = None) -> None:
        super().__init__(text)
        self.code = code


class AwayError(PlayerError):
    """There is no mpd at its address."""


@contextmanager
def faults() -> Iterator[None]:
    """Whatever goes wrong with mpd inside the block is a PlayerError."""
    try:
        yield
    except mpd.CommandError as error:
        raise PlayerError(str(error), error.errno) from None
    except (OSError, mpd.MPDError) as error:  # a TimeoutError is an OSError
        raise AwayError(str(error)) from None


class Player:
    """One mpd at `host`:`port`."""

    def __init__(self, host: str, port: int, password: str | None = None) -> None:
        self.host = host
        self.port = port
        self.password = password
        self._client: MPDClient | None = None
        self._online = asyncio.Event()
        self._wanted = asyncio.Event()

    async def news(self) -> AsyncGenerator[frozenset[str] | None, None]:
        """What changed, for ever: everything after each connect, None after each connection that is lost or refused."""
        shortest, longest = PAUSES
        pause = shortest
        while True:
            try:
                self._client = client = await self._connected()
                self._online.set()
                pause = shortest
                log.info("mpd: connected to %s:%d", self.host, self.port)
                yield EVERYTHING
                async with aclosing(client.idle(EVERYTHING)) as changes:
                    async for changed in changes:
                        yield frozenset(changed)
            except (OSError, mpd.MPDError) as error:
                level = logging.WARNING if pause == shortest else logging.DEBUG
                log.log(level, "mpd: %s:%d: %s", self.host, self.port, str(error) or "the connection is lost")
            finally:
                self._disconnect()
            yield None
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wanted.wait()
            self._wanted.clear()
            pause = min(pause * 2, longest)

    async def ready(self) -> None:
        """Wait a little until there is a connection; raises AwayError."""
        if self._client is None:
            self._wanted.set()
        try:
            async with asyncio.timeout(HURRY):
                await self._online.wait()
        except TimeoutError:
            raise AwayError(f"{self.host}:{self.port}") from None

    async def call(self, command: str, *arguments: str | int) -> Any:
        """What mpd answers to a command; raises PlayerError."""
        if any("\n" in str(argument) for argument in arguments):
            raise PlayerError(f"{command}: a line ends in {arguments}")  # the library would send it as a command
        try:
            with faults():
                if self._client is None:
                    raise mpd.ConnectionError("not connected")
                async with asyncio.timeout(PATIENCE):
                    return await getattr(self._client, command)(*arguments)
        except AwayError:
            self._disconnect()
            raise

    async def _connected(self) -> MPDClient:
        client = _Client()
        try:
            async with asyncio.timeout(PATIENCE):
                await client.connect(self.host, self.port)
                if self.password is not None:
                    await client.password(self.password)
                await client.status()  # a wrong password, or a password that is missing
        except BaseException:
            client.disconnect()
            raise
        return client

    def _disconnect(self) -> None:
        self._online.clear()
        if self._client is not None:
            self._client.disconnect()
            self._client = None
