"""A connection to Home Assistant's WebSocket API that can be relied on: every call ends, and so does a dead connection.

The socket, the login and the numbering of commands are those of the package homeassistant-api. What it lacks is here
and in connection_client.py: an answer for each of several calls at a time, limits of time, a sign of life, handlers of
subscriptions. The package is under the GPL and optional, so it is imported only when somebody connects.

Facts: https://developers.home-assistant.io/docs/api/websocket
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from devices.homeassistant.faults import AwayError, MissingError, RefusedError, SlowError
from hub.together import end

if TYPE_CHECKING:
    from devices.homeassistant.connection_client import Client

log = logging.getLogger(__name__)

CALL_SECONDS = 10.0
"""How long a command may take; a service ends when it has done its work."""

PING_SECONDS = 10.0
"""Seconds between two signs of life."""

Event = Any
"""What a subscription brings: an object whose keys depend on what was subscribed to."""


class Connection:
    """Commands and subscriptions on one open WebSocket; several may wait at a time."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._handlers: dict[int, Callable[[Event], None]] = {}
        self._lost: AwayError | None = None
        client.take = self._take

    async def call(self, kind: str, within: float = CALL_SECONDS, **arguments: Any) -> Any:
        """The result of one command; raises RefusedError, SlowError or AwayError."""
        return (await self._command(kind, within, arguments))[1]

    async def subscribe(self, kind: str, handler: Callable[[Event], None], **arguments: Any) -> int:
        """A command whose events go to `handler`, the first included; the number ends it. Raises as `call` does."""
        number, _ = await self._command(kind, CALL_SECONDS, arguments, handler)
        return number

    async def unsubscribe(self, number: int) -> None:
        """End a subscription; raises as `call` does, and nothing comes any more in any case."""
        self._handlers.pop(number, None)
        await self.call("unsubscribe_events", subscription=number)

    async def _command(
        self, kind: str, within: float, arguments: dict[str, Any], handler: Callable[[Event], None] | None = None
    ) -> tuple[int, Any]:
        if self._lost is not None:
            raise self._lost
        number = self._client.next_number()
        waiting = self._answers[number] = asyncio.get_running_loop().create_future()
        if handler is not None:
            self._handlers[number] = handler
        try:
            async with asyncio.timeout(within):
                await self._client.transmit({"id": number, "type": kind, **arguments})
                answer = await waiting
        except TimeoutError:
            self._handlers.pop(number, None)
            raise SlowError(f"{kind}: no answer within {within:g} s") from None
        finally:
            del self._answers[number]
        if answer.get("type") == "result" and not answer.get("success"):
            self._handlers.pop(number, None)
            error = answer.get("error") or {}
            raise RefusedError(kind, str(error.get("code")), str(error.get("message")))
        return number, answer.get("result")

    def _take(self, message: dict[str, Any]) -> None:
        number = message.get("id")
        if message.get("type") == "event":
            handler = self._handlers.get(number) if isinstance(number, int) else None
            if handler is not None:
                try:
                    handler(message.get("event"))
                except Exception:
                    log.exception("Home Assistant: an event of subscription %s was not understood", number)
            return
        waiting = self._answers.get(number) if isinstance(number, int) else None
        if waiting is not None and not waiting.done():
            waiting.set_result(message)

    async def _read(self) -> None:
        """Take messages until there is no connection any more; raises AwayError."""
        try:
            await self._client.pump()
        except AwayError as error:
            self._lost = error
        else:
            self._lost = AwayError("Home Assistant closed the connection")
        for waiting in self._answers.values():
            if not waiting.done():
                waiting.set_exception(self._lost)

    async def _ping(self) -> None:
        """Ask for signs of life; it is the reader that notices when none come."""
        with suppress(AwayError):
            while True:
                await asyncio.sleep(PING_SECONDS)
                with suppress(SlowError):
                    await self.call("ping")

    async def alive(self) -> None:
        """Serve the connection until it is lost; the caller's other tasks then fail with AwayError."""
        pinging = asyncio.create_task(self._ping())
        try:
            await self._read()
        finally:
            await end(pinging)


@asynccontextmanager
async def connect(url: str, token: str, on_lost: Callable[[], None] = lambda: None) -> AsyncIterator[Connection]:
    """A connection to the Home Assistant at `url` while the block lasts; raises MissingError, TokenError or AwayError.

    When it is lost, `on_lost` is called, and whatever is called then raises AwayError.
    """
    try:
        from devices.homeassistant.connection_client import opened
    except ImportError as error:
        raise MissingError(f"the package homeassistant-api is missing ({error})") from None
    async with opened(url, token) as client:
        connection = Connection(client)
        alive = asyncio.create_task(connection.alive())
        alive.add_done_callback(lambda _: on_lost())
        try:
            yield connection
        finally:
            await client.hang_up()
            await end(alive)
