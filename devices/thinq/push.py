"""What LG pushes: the SDK's MQTT client, kept alive.

The SDK registers this client, has its certificate made, and connects by mutual TLS; it never notices that a connection
is gone or that nothing comes through it any more. So here every connection has an owner: one that is interrupted for
long, comes back without its session, or stays silent about a change (`missed`) is torn down and made anew, registration
and certificate included. Subscriptions are renewed every day.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thinqconnect import ThinQApi, ThinQAPIException

from devices.thinq.connection import FAILURES, Connection

log = logging.getLogger(__name__)

RESUME_SECONDS = 20.0
"""How long an interrupted connection has to come back by itself."""

RENEW_SECONDS = 24 * 3600.0
"""After how long subscriptions are renewed."""

BACKOFF = (5.0, 300.0)
"""First and longest wait before the next attempt; doubles in between."""

QUOTA = "1306"
SUBSCRIBED_ALREADY = "1207"
NOT_SUBSCRIBABLE = "1214"


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its kind (`DEVICE_STATUS`, `DEVICE_PUSH`, `DEVICE_REGISTERED`, …) and what it is about."""

    kind: str
    device: str
    report: Any = None
    """The part of the state that changed."""
    code: str | None = None
    """What happened, in LG's words."""


def read_message(payload: bytes) -> Message | None:
    """A message from its JSON; None for what is none."""
    try:
        found = json.loads(payload)
        kind, device = found["pushType"], found.get("deviceId", "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if not isinstance(kind, str) or not isinstance(device, str):
        return None
    code, report = found.get("pushCode"), found.get("report")
    report = report if isinstance(report, dict | list) else None
    return Message(kind, device, report, code if isinstance(code, str) else None)


class Push:
    """Keeps the push of one account alive while `run` runs; tells of messages, and whether it is connected."""

    def __init__(
        self,
        api: ThinQApi,
        client_id: str,
        root_ca: Path | None,
        on_message: Callable[[Message], None],
        on_connected: Callable[[bool], None],
    ) -> None:
        self.connected = False
        self._api = api
        self._client_id = client_id
        self._root_ca = root_ca
        self._on_message = on_message
        self._on_connected = on_connected
        self._watched: set[str] = set()
        self._subscribed: set[str] = set()
        self._refused: set[str] = set()
        self._current: object | None = None
        self._lost = False
        self._resuming: asyncio.TimerHandle | None = None
        self._news = asyncio.Event()
        """Set when there is something to do: the connection is lost, or there are other devices to watch."""

    def watch(self, devices: Iterable[str]) -> None:
        """Be told about these devices from now on."""
        watched = set(devices)
        if watched != self._watched:
            self._watched = watched
            self._news.set()

    def missed(self) -> None:
        """Something changed and was not told: the connection only looks alive."""
        self._lose()

    async def run(self) -> None:
        """Connect, and connect again, until cancelled."""
        failures = 0
        while True:
            try:
                async with self._connection():
                    failures = 0
                    await self._serve()
            except FAILURES as error:
                failures += 1
                log.warning("LG ThinQ pushes nothing for the moment: %s", error)
                shortest, longest = BACKOFF
                quota = isinstance(error, ThinQAPIException) and error.code == QUOTA
                await asyncio.sleep(longest if quota else min(longest, shortest * 2.0 ** min(failures - 1, 16)))

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[None]:
        """A fresh registration, certificate and connection while the block lasts."""
        loop = asyncio.get_running_loop()
        here = object()  # what an older connection still tells is about that one
        self._current = here

        def handed_over(handler: Callable[..., None]) -> Callable[..., None]:
            def called(*arguments: Any, **named: Any) -> None:
                with suppress(RuntimeError):  # the loop has ended
                    loop.call_soon_threadsafe(self._if_current, here, handler, arguments, named)

            return called

        client = Connection(
            self._api,
            self._client_id,
            self._root_ca,
            on_message=handed_over(self._arrived),
            on_connection_interrupted=handed_over(self._interrupted),
            on_connection_resumed=handed_over(self._resumed),
        )
        self._lost, self._resuming = False, None
        self._subscribed.clear()
        try:
            await client.async_init()
            if not await client.async_prepare_mqtt():
                raise ValueError("no certificate was issued")
            await client.async_connect_mqtt()
            self._tell(True)
            yield
        finally:
            self._current = None
            if self._resuming is not None:
                self._resuming.cancel()
            self._tell(False)
            await client.close()

    async def _serve(self) -> None:
        """Keep subscriptions up until the connection is lost."""
        clock = asyncio.get_running_loop().time
        renewed = clock()
        while not self._lost:
            self._news.clear()
            await self._subscribe()
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, renewed + RENEW_SECONDS - clock())):
                    await self._news.wait()
            if clock() >= renewed + RENEW_SECONDS:
                renewed = clock()
                self._subscribed.clear()

    async def _subscribe(self) -> None:
        """Subscribe to what is watched and not subscribed to, and to what happens to the account itself."""
        if not self._subscribed:
            await self._subscribed_to(self._api.async_post_push_devices_subscribe())
        for device in sorted(self._watched - self._subscribed - self._refused):
            push = await self._subscribed_to(self._api.async_post_push_subscribe(device))
            event = await self._subscribed_to(self._api.async_post_event_subscribe(device))
            (self._subscribed if push or event else self._refused).add(device)

    async def _subscribed_to(self, call: Awaitable[Any]) -> bool:
        try:
            await call
        except ThinQAPIException as error:
            if error.code == NOT_SUBSCRIBABLE:
                return False
            if error.code != SUBSCRIBED_ALREADY:
                raise
        return True

    # What the connection tells; on the event loop again.

    def _if_current(self, here: object, handler: Callable[..., None], arguments: Any, named: Any) -> None:
        if self._current is here:
            handler(*arguments, **named)

    def _arrived(self, topic: str = "", payload: bytes = b"", **_: Any) -> None:
        message = read_message(payload)
        if message is None:
            log.debug("what was pushed cannot be read: %r", payload[:200])
            return
        self._on_message(message)

    def _interrupted(self, *_: Any, **__: Any) -> None:
        self._tell(False)
        if self._resuming is None:
            self._resuming = asyncio.get_running_loop().call_later(RESUME_SECONDS, self._lose)

    def _resumed(self, *_: Any, session_present: bool = False, **__: Any) -> None:
        if self._resuming is not None:
            self._resuming.cancel()
            self._resuming = None
        if session_present:
            self._tell(True)
        else:
            self._lose()  # the broker has forgotten what we subscribed to

    def _lose(self) -> None:
        self._lost = True
        self._news.set()

    def _tell(self, connected: bool) -> None:
        if self.connected is not connected:
            self.connected = connected
            self._on_connected(connected)
