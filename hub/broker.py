"""The broker inside `jipsa run`, for machines without Mosquitto: amqtt on this machine's own loopback address."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from amqtt.broker import Broker

from hub.faults import OutsideError


class EmbeddedBrokerError(OutsideError):
    """The embedded broker could not start; the text says why and what to do."""


class _Broker(Broker):  # type: ignore[misc]  # amqtt is untyped
    """amqtt 0.12 with three of its faults mended."""

    async def stream_connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, listener_name: str
    ) -> None:
        try:
            await super().stream_connected(reader, writer, listener_name)
        finally:
            writer.close()  # amqtt leaves the socket open when the client hung up first

    async def _publish_retained_messages_for_subscription(self, subscription: tuple[str, int], session: Any) -> None:
        # amqtt gives whoever connects what is retained for everybody's subscriptions.
        if any(subscriber is session for subscriber, _ in self._subscriptions.get(subscription[0], ())):
            await super()._publish_retained_messages_for_subscription(subscription, session)

    async def _stop_handler(self, handler: Any) -> None:
        # amqtt cancels its reader once and waits for it for ever; on Python 3.11 wait_for may swallow that once.
        stopping = asyncio.ensure_future(super()._stop_handler(handler))
        while not (await asyncio.wait({stopping}, timeout=0.05))[0]:
            if handler._reader_task is not None:
                handler._reader_task.cancel()
        await stopping


@asynccontextmanager
async def embedded_broker(port: int) -> AsyncIterator[None]:
    """Run an MQTT 3.1.1 broker on 127.0.0.1:`port` while the block lasts; raises EmbeddedBrokerError.

    It lets everybody in and therefore listens on the loopback address only.
    """
    for chatty in ("amqtt", "transitions"):  # what stops the broker is raised; the rest is about single clients
        logging.getLogger(chatty).setLevel(logging.CRITICAL)
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
            f"the embedded broker cannot listen on 127.0.0.1:{port}: something else does, or it may not; "
            "end the other jipsa run, or set broker.embedded: false and broker.url to that broker"
        ) from error
    try:
        yield
    finally:
        await broker.shutdown()
