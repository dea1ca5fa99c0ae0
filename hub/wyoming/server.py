"""A Wyoming server: connections that are bounded in number, size and patience, whatever the other side sends."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress

from wyoming.event import Event, Eventable, async_read_event, async_write_event
from wyoming.ping import Ping, Pong

from hub.together import end

log = logging.getLogger(__name__)

MOST_CONNECTIONS = 32
"""Home Assistant opens one for each request, and keeps one open for a satellite."""

LONGEST_PART = 1_000_000
"""Bytes that the data or the payload of one event may have: half a minute of sound."""

PATIENCE = 60.0
"""Seconds without an event after which a connection is closed."""

SLOW = 10.0
"""Seconds that the other side may take to read what it is sent."""

FAREWELL = 0.2
"""Seconds for hanging up."""

AGAIN = 30.0
"""Seconds between two attempts to use an address that cannot be used."""

KEEPALIVE = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}
"""A machine that is gone without a word is missed after half a minute."""


class Gone(Exception):  # noqa: N818 - it ends a connection, and is nobody's fault
    """The other side has gone, is silent, or speaks no Wyoming."""


class _Reader(asyncio.StreamReader):
    """Reads no more than LONGEST_PART at once: events say themselves how long they are."""

    async def readexactly(self, n: int) -> bytes:
        if not 0 <= n <= LONGEST_PART:
            raise ValueError(f"{n} bytes in one event")
        return await super().readexactly(n)


class Connection:
    """Events to and from one client. Pings are answered on the way."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.patience: float | None = PATIENCE
        """Seconds that may pass without an event; None: any time."""
        self.on_ping: Callable[[], None] = lambda: None
        """Is told of each ping."""
        self.peer: str = (writer.get_extra_info("peername") or ("?",))[0]
        """The other side's address."""
        self._reader = reader
        self._writer = writer

    async def read(self) -> Event:
        """The next event. Raises Gone."""
        while True:
            try:
                async with asyncio.timeout(self.patience):
                    event = await async_read_event(self._reader)
            except (OSError, EOFError) as error:  # TimeoutError is an OSError
                raise Gone(f"{type(error).__name__} {error}") from None
            except (AttributeError, KeyError, TypeError, RecursionError) as error:
                raise Gone(f"no event: {error!r}") from None
            if event is None:
                raise Gone("it has hung up, or sent no event")
            if not isinstance(event.type, str) or not isinstance(event.data, dict):
                raise Gone(f"no event: {event.type!r}")
            if not Ping.is_type(event.type):
                return event
            self.on_ping()
            await self.write(Pong(event.data.get("text")))

    async def write(self, message: Eventable) -> None:
        """Send an event. Raises Gone."""
        try:
            async with asyncio.timeout(SLOW):
                await async_write_event(message.event(), self._writer)
        except OSError as error:
            raise Gone(f"{type(error).__name__} {error}") from None

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


class Server:
    """Listens at an address and serves each connection in a task of its own."""

    def __init__(self, key: str, host: str, port: int, serve: Callable[[Connection], Awaitable[None]]) -> None:
        """`key` is the setting of the port; `serve` serves a connection to its end."""
        self.listening = asyncio.Event()
        """Set while connections are taken."""
        self._key = key
        self._host = host
        self._port = port
        self._serve = serve
        self._tasks: set[asyncio.Task[None]] = set()
        self._full = False

    @property
    def connections(self) -> int:
        """How many are served now."""
        return len(self._tasks)

    async def run(self) -> None:
        """Serve until cancelled. An address that cannot be used is told once, and tried again and again."""
        told = False
        while True:
            try:
                server = await asyncio.get_running_loop().create_server(self._protocol, self._host, self._port)
                break
            except OSError as error:
                if not told:
                    log.error("%s: %s:%d cannot be used: %s", self._key, self._host, self._port, error.strerror)
                told = True
                await asyncio.sleep(AGAIN)
        log.info("%s: Wyoming at %s:%d", self._key, self._host, self._port)
        self.listening.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.listening.clear()
            server.close()
            await end(*self._tasks)

    def _protocol(self) -> asyncio.Protocol:
        return asyncio.StreamReaderProtocol(_Reader(), self._connected)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._tasks) >= MOST_CONNECTIONS:
            if not self._full:
                log.warning("%s: more than %d connections; no more are taken for now", self._key, MOST_CONNECTIONS)
            self._full = True
            writer.close()
            return
        self._full = False
        task = asyncio.get_running_loop().create_task(self._run(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _watch(writer.get_extra_info("socket"))
        try:
            await self._serve(Connection(reader, writer))
        except Gone as error:
            log.debug("%s: %s: %s", self._key, writer.get_extra_info("peername"), error)
        except Exception:
            log.exception("%s: a request failed", self._key)
        finally:
            await _hang_up(reader, writer)


async def _hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say good-bye before closing: what is not read by then would be a reset, after which others wait longer."""
    with suppress(OSError):
        async with asyncio.timeout(FAREWELL):
            if writer.can_write_eof():
                writer.write_eof()
            while await reader.read(LONGEST_PART):
                pass
    writer.close()
    with suppress(OSError):
        async with asyncio.timeout(FAREWELL):
            await writer.wait_closed()


def _watch(connection: socket.socket) -> None:
    """Have the system notice when the other machine is gone; small answers go at once."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in KEEPALIVE.items():
        if (option := getattr(socket, name, None)) is not None:
            connection.setsockopt(socket.IPPROTO_TCP, option, value)
