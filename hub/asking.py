"""Asking a bridge over MQTT: an intent until its reply comes, a request until its response does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from hub.bus import Bus
from hub.messages import Intent, Reply, Response, Topic
from hub.payloads import Value, new_id, now

RESEND = 2.0
"""Seconds without a reply after which an intent is sent again; bridges act on an id only once."""


class Asker:
    """Sends intents on a bus and knows who waits for which reply. Make it before the bus runs."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._waiting: dict[str, asyncio.Future[Reply]] = {}
        bus.subscribe(Topic.reply("+"), self._on_reply)

    async def ask(self, bridge: str, intent: Intent, until: datetime) -> Reply | None:
        """Send the intent until its bridge replies; None where it has not by then.

        A clock that jumps meanwhile makes nobody wait longer, and nobody give up earlier.
        """
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[Reply] = loop.create_future()
        self._waiting[intent.id] = waiting
        ends = loop.time() + (until - now()).total_seconds()
        payload = intent.to_payload()
        try:
            while (left := ends - loop.time()) > 0:
                if self._bus.connected.is_set() or not self._bus.queued:
                    self._bus.publish(Topic.intent(bridge), payload)
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(RESEND, left)):
                        return await asyncio.shield(waiting)
        finally:
            del self._waiting[intent.id]
        return None

    def _on_reply(self, topic: str, payload: bytes) -> None:
        waiting = self._waiting.get(topic.split("/")[2])
        if waiting is not None and not waiting.done():
            waiting.set_result(Reply.from_payload(topic, payload))


class Requester:
    """Sends requests to bridges on a bus. Make it before the bus runs."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._waiting: dict[str, asyncio.Future[Response]] = {}
        bus.subscribe(Topic.bridge("+", "response/+"), self._on_response)

    async def request(self, bridge: str, verb: str, arguments: Mapping[str, Value], patience: float) -> Response | None:
        """Send a request; None where the bridge has not answered in these seconds."""
        transaction = new_id()
        waiting: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self._waiting[transaction] = waiting
        asked = json.dumps({**arguments, "transaction": transaction}, ensure_ascii=False)
        self._bus.publish(Topic.bridge(bridge, f"request/{verb}"), asked)
        try:
            async with asyncio.timeout(patience):
                return await waiting
        except TimeoutError:
            return None
        finally:
            del self._waiting[transaction]

    def _on_response(self, topic: str, payload: bytes) -> None:
        response = Response.from_payload(topic, payload)
        waiting = self._waiting.get(response.transaction or "")
        if waiting is not None and not waiting.done():
            waiting.set_result(response)
