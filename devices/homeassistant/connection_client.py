"""The client of the package homeassistant-api, as far as it is used: connecting, logging in, sending and receiving.

Its own way of receiving is not used: an error that comes as an answer is raised to whoever reads, whichever command it
answers; an event of a kind that it does not know (those of subscribe_entities) ends the connection; and it keeps
something of every command for good. So each message goes to `take` as it came. What it has no limit of time for is
limited here. Nothing here is imported before somebody connects.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from homeassistant_api import AsyncWebsocketClient
from homeassistant_api.errors import HomeassistantAPIError, UnauthorizedError
from niquests import AsyncSession

from devices.homeassistant.faults import AwayError, TokenError

# It tells every message that comes.
logging.getLogger("homeassistant_api").setLevel(logging.WARNING)

CONNECT_SECONDS = 10.0
"""How long connecting and logging in may take."""

SILENCE_SECONDS = 25.0
"""Seconds without a message after which the connection is lost."""

CLOSE_SECONDS = 2.0
"""How long a farewell may take."""

FAILURES = (HomeassistantAPIError, OSError, ValueError, TypeError, AttributeError)
"""What the package and its HTTP library raise; the last three for answers that they trip over."""

NOBODY = -1
"""The number of no command: who waits for its answer receives for ever."""


class Client(AsyncWebsocketClient):
    """The package's client, whose messages all go to `take`."""

    def __init__(self, url: str, token: str, session: AsyncSession) -> None:
        super().__init__(url, token, session=session)
        self.take: Callable[[dict[str, Any]], None] = lambda message: None

    async def supported_features_phase(self) -> None:
        """Nothing to ask for: messages that are sent together would not be understood."""

    def handle_recv(self, data: dict[str, Any]) -> None:
        """Hand a message over."""
        self.take(data)

    def next_number(self) -> int:
        """The number of the next command."""
        return self._request_id()

    async def transmit(self, message: dict[str, Any]) -> None:
        """Send one message; raises AwayError."""
        try:
            await self._async_send(message)
        except FAILURES as error:
            raise AwayError(f"{self.api_url}: {error or type(error).__name__}") from None

    async def pump(self) -> None:
        """Receive until the connection is lost; raises AwayError."""
        try:
            await self.recv(NOBODY)
        except FAILURES as error:
            raise AwayError(f"{self.api_url}: {error or type(error).__name__}") from None

    async def hang_up(self) -> None:
        """Close the connection, if there is one, without a farewell; never raises.

        The HTTP library would say good-bye with the code 0, for which Home Assistant logs a warning.
        """
        socket = getattr(self, "_ws", None)
        if socket is None:
            return
        socket._remote_shutdown = True  # as if Home Assistant had said good-bye
        with suppress(*FAILURES):
            async with asyncio.timeout(CLOSE_SECONDS):
                await socket.close()


@asynccontextmanager
async def opened(url: str, token: str) -> AsyncIterator[Client]:
    """A client that has logged in, while the block lasts; raises TokenError or AwayError."""
    async with AsyncSession(timeout=SILENCE_SECONDS) as session:
        client = Client(f"{url.rstrip('/')}/api/websocket", token, session)
        try:
            await _log_in(client, url)
            yield client
        finally:
            await client.hang_up()


async def _log_in(client: Client, url: str) -> None:
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await client.__aenter__()
    except UnauthorizedError as error:
        raise TokenError(f"{url}: {error}") from None
    except TimeoutError:
        raise AwayError(f"{url}: no answer within {CONNECT_SECONDS:g} s") from None
    except FAILURES as error:
        raise AwayError(f"{url}: {error or type(error).__name__}") from None
