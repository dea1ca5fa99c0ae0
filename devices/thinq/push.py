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
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from concurrent.futures import Future
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from awscrt import mqtt
from awscrt.exceptions import AwsCrtError
from awsiot import mqtt_connection_builder
from thinqconnect import ThinQApi, ThinQAPIException
from thinqconnect.mqtt_client import ThinQMQTTClient

log = logging.getLogger(__name__)

CONNECT_SECONDS = 15.0
"""How long connecting, subscribing and taking leave may take."""

RESUME_SECONDS = 20.0
"""How long an interrupted connection has to come back by itself."""

RENEW_SECONDS = 24 * 3600.0
"""After how long subscriptions are renewed."""

BACKOFF = (5.0, 300.0)
"""First and longest wait before the next attempt; doubles in between."""

KEEP_ALIVE = 30
"""Seconds between two signs of life; the SDK's six are many for a connection that lasts for months."""

QUOTA = "1306"
SUBSCRIBED_ALREADY = "1207"
NOT_SUBSCRIBABLE = "1214"

AMAZON_ROOT = "Amazon Root CA 1"
"""The common name of the root under which LG's broker has its certificate."""

FAILURES = (ThinQAPIException, AwsCrtError, RuntimeError, aiohttp.ClientError, OSError, TimeoutError, ValueError,
            TypeError, AttributeError)  # fmt: skip
"""What the SDK and awscrt raise; the last three for replies that the SDK trips over."""


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


def system_root(name: str = AMAZON_ROOT) -> str | None:
    """A root certificate (PEM) that this machine trusts; None where it does not."""
    trusted = ssl.create_default_context()
    for about, binary in zip(trusted.get_ca_certs(), trusted.get_ca_certs(binary_form=True), strict=True):
        if (("commonName", name),) in about["subject"]:
            return ssl.DER_cert_to_PEM_cert(binary)
    return None


class _Client(ThinQMQTTClient):  # type: ignore[misc]  # the SDK is not typed
    """The SDK's client, connecting without blocking, to the port of the route, under a root that is here already."""

    def __init__(self, api: ThinQApi, client_id: str, root_ca: Path | None, **handlers: Callable[..., None]) -> None:
        super().__init__(api, client_id, handlers.pop("on_message"))
        self._root_ca = root_ca
        self._handlers = handlers
        self._port: int | None = None

    async def async_init(self) -> None:
        route = await self._thinq_api.async_get_route()
        host, _, port = str(route["mqttServer"]).removeprefix("mqtts://").partition(":")
        self._mqtt_server, self._port = host, int(port) if port else None

    async def _get_root_certificate(self, timeout: int = 15) -> str | None:
        found = await asyncio.to_thread(self._root_ca.read_text if self._root_ca else system_root)
        return found or await super()._get_root_certificate(timeout)

    async def async_connect_mqtt(self) -> None:
        self._mqtt_connection = await asyncio.to_thread(
            mqtt_connection_builder.mtls_from_bytes,
            endpoint=self._mqtt_server,
            port=self._port,
            cert_bytes=self.bytes_certificate,
            pri_key_bytes=self.bytes_private_key,
            ca_bytes=self.bytes_root_ca,
            client_id=self._client_id,
            clean_session=False,
            keep_alive_secs=KEEP_ALIVE,
            reconnect_min_timeout_secs=1,  # also what hanging up may take while it tries
            **self._handlers,
        )
        async with asyncio.timeout(CONNECT_SECONDS):
            await _ended(self._mqtt_connection.connect())
            subscribed, _ = self._mqtt_connection.subscribe(
                self.topic_subscription, mqtt.QoS.AT_LEAST_ONCE, self._on_message_received
            )
            await _ended(subscribed)

    async def close(self) -> None:
        """Hang up; the registration stays, as the next connection will use it."""
        if self._mqtt_connection is not None:
            with suppress(*FAILURES):
                async with asyncio.timeout(CONNECT_SECONDS):
                    await _ended(self._mqtt_connection.disconnect())


async def _ended(future: Future[Any]) -> None:
    """Wait for what awscrt does on a thread of its own; who waits no longer must not cancel it there."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()

    def tell(_: Future[Any]) -> None:
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(ended.set)

    future.add_done_callback(tell)
    await ended.wait()
    future.result()


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

        client = _Client(
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
