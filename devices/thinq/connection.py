"""One connection to LG's push: the SDK's MQTT client, connecting without blocking the event loop.

The SDK's own way waits for awscrt on the event loop without an end, ignores the port of LG's route, and downloads the
root certificate at every start.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
from awscrt import mqtt
from awscrt.exceptions import AwsCrtError
from awsiot import mqtt_connection_builder
from thinqconnect import ThinQApi, ThinQAPIException
from thinqconnect.mqtt_client import ThinQMQTTClient

CONNECT_SECONDS = 15.0
"""How long connecting, subscribing and taking leave may take."""

KEEP_ALIVE = 30
"""Seconds between two signs of life; the SDK's six are many for a connection that lasts for months."""

AMAZON_ROOT = "Amazon Root CA 1"
"""The common name of the root under which LG's broker has its certificate."""

FAILURES = (ThinQAPIException, AwsCrtError, RuntimeError, aiohttp.ClientError, OSError, TimeoutError, ValueError,
            TypeError, AttributeError)  # fmt: skip
"""What the SDK and awscrt raise; the last three for replies that the SDK trips over."""


def system_root(name: str = AMAZON_ROOT) -> str | None:
    """A root certificate (PEM) that this machine trusts; None where it does not."""
    trusted = ssl.create_default_context()
    for about, binary in zip(trusted.get_ca_certs(), trusted.get_ca_certs(binary_form=True), strict=True):
        if (("commonName", name),) in about["subject"]:
            return ssl.DER_cert_to_PEM_cert(binary)
    return None


class Connection(ThinQMQTTClient):  # type: ignore[misc]  # the SDK is not typed
    """The SDK's client, connecting without blocking, to the port of the route, under a root that is here already."""

    def __init__(self, api: ThinQApi, client_id: str, root_ca: Path | None, **handlers: Callable[..., None]) -> None:
        super().__init__(api, client_id, handlers.pop("on_message"))
        self._root_ca = root_ca
        self._handlers = handlers
        self._port: int | None = None

    async def async_init(self) -> None:
        """Ask where LG's broker is."""
        route = await self._thinq_api.async_get_route()
        host, _, port = str(route["mqttServer"]).removeprefix("mqtts://").partition(":")
        self._mqtt_server, self._port = host, int(port) if port else None

    async def _get_root_certificate(self, timeout: int = 15) -> str | None:
        found = await asyncio.to_thread(self._root_ca.read_text if self._root_ca else system_root)
        return found or await super()._get_root_certificate(timeout)

    async def async_connect_mqtt(self) -> None:
        """Connect and subscribe; raises what went wrong, where the SDK only logs it."""
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
