"""The broker inside `jipsa run`, for machines without Mosquitto: amqtt on this machine's own loopback address."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from amqtt.broker import Broker


class EmbeddedBrokerError(Exception):
    """The embedded broker could not start; the text says why and what to do."""


class _Broker(Broker):  # type: ignore[misc]  # amqtt is untyped
    async def stream_connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, listener_name: str
    ) -> None:
        try:
            await super().stream_connected(reader, writer, listener_name)
        finally:
            writer.close()  # amqtt leaves the socket open when the client hung up first


@asynccontextmanager
async def embedded_broker(port: int) -> AsyncIterator[None]:
    """Run an MQTT 3.1.1 broker on 127.0.0.1:`port` while the block lasts; raises EmbeddedBrokerError.

    It lets everybody in and therefore listens on the loopback address only.
    """
    logging.getLogger("amqtt").setLevel(logging.ERROR)
    logging.getLogger("transitions").setLevel(logging.ERROR)
    broker = _Broker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }
    )
    try:
        await broker.start()
    except Exception as error:
        raise EmbeddedBrokerError(
            f"the embedded broker cannot listen on 127.0.0.1:{port} ({error.__cause__ or error}); "
            "stop what listens there, or set broker.embedded: false and broker.url to that broker"
        ) from error
    try:
        yield
    finally:
        await broker.shutdown()
