"""`jipsa say`: one utterance over MQTT, and what came of it."""

from __future__ import annotations

import asyncio
import json
import os

from hub.bus import Bus
from hub.config import Settings
from hub.follow import Follower
from hub.messages import Utterance
from hub.payloads import new_id
from hub.show import exchange_dict, intent_line
from hub.terminal import errors, out
from hub.texts import text

CONNECT_TIMEOUT = 6.0
"""Seconds to wait for the broker."""


async def say_once(settings: Settings, sentence: str, room: str | None, *, as_json: bool) -> int:
    """Publish `sentence`, print intents, replies and the answer. 0: carried out, 1: not, 2: no broker."""
    address = settings.broker.address()
    satellite = f"say-{os.getsid(0)}"  # one conversation for each terminal
    bus = Bus(address, f"jipsa-say-{new_id()[:8]}")
    follower = Follower(bus, satellite)
    async with bus.running():
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT):
                await bus.connected.wait()
        except TimeoutError:
            if settings.broker.embedded:
                errors.print(text("cli.no_broker", settings.language, host=address.host, port=address.port))
            else:
                errors.print((bus.unreached or address.unreached(TimeoutError())).told(settings.language))
            return 2
        utterance = Utterance(text=sentence, room=room, satellite=satellite, source="cli")
        exchange = await follower.ask(utterance)
    if as_json:
        out.print(json.dumps(exchange_dict(exchange), ensure_ascii=False))
    else:
        for intent in exchange.understood.intents if exchange.understood else []:
            out.print(f"→ {intent.bridge}: {intent_line(intent.intent, intent.slots, intent.targets)}")
        for reply in exchange.replies:
            detail = "" if reply.error is None else f" {reply.error.code}"
            out.print(f"← {reply.bridge}: {'ok' if reply.ok else 'error'}{detail}")
        out.print(exchange.answered or text("cli.no_butler", settings.language))
    return 0 if exchange.ok else 1
