"""One open page: events go out to it, and its calls are answered, over a WebSocket (docs/web.md has the messages)."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from aiohttp import WSMsgType, web

from hub.limits import Throttle, too_deep
from hub.payloads import PayloadError, Value, read_object
from hub.texts import Language, text
from hub.together import end
from hub.web.calls import CallError, Calls
from hub.web.mirror import Event

log = logging.getLogger(__name__)

LARGEST = 256_000
"""Bytes of a message from a page: a whole home that is edited."""

HEARTBEAT = 20.0
"""Seconds after which page and hub ask each other for a sign of life."""

CALLS = (20.0, 100)
"""Calls a second of one page in the long run, and at once."""

MOST_CALLS = 50
"""Calls of one page that wait for an answer."""

MOST_UNSENT = 5_000
"""Events that wait for a page; one that has more does not read them."""

_SAME = {"home": "", "link": "", "partial": "satellite", "device": "id", "bridge": "id", "satellite": "id"}
"""Events of which only the last counts, by what they are about; the others are each told."""


class OpenPage:
    """A page that is there, from `serve` to its end."""

    def __init__(self, satellite: str, language: Language, calls: Calls) -> None:
        self.satellite = satellite
        self.room: str | None = None
        self.language: Language = language
        self.hear: Callable[[bytes | None], None] | None = None
        self._calls = calls
        self._throttle = Throttle(*CALLS)
        self._unsent: OrderedDict[object, str] = OrderedDict()
        self._news = asyncio.Event()
        self._numbers = count()
        self._going: set[asyncio.Task[None]] = set()

    def tell(self, event: Mapping[str, Value]) -> None:
        """Send it an event."""
        self.pass_on(key_of(event) or next(self._numbers), json.dumps(event, ensure_ascii=False))

    def pass_on(self, key: object, message: str) -> None:
        """Send it what is written already; it takes the place of what was not sent yet under the same key."""
        self._unsent.pop(key, None)
        self._unsent[key] = message
        self._news.set()

    async def serve(self, socket: web.WebSocketResponse) -> None:
        """Serve until it has gone."""
        sender = asyncio.create_task(self._send(socket))
        try:
            async for message in socket:
                if message.type is WSMsgType.BINARY:
                    if self.hear is not None:
                        self.hear(message.data)
                elif message.type is WSMsgType.TEXT:
                    self._take(message.data.encode())
                    await asyncio.sleep(0)  # a call begins before the sound that follows it
        finally:
            if self.hear is not None:
                self.hear(None)
            await end(sender, *self._going)

    async def _send(self, socket: web.WebSocketResponse) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            while self._unsent:
                if len(self._unsent) > MOST_UNSENT:
                    log.warning("%s: the page does not read what it is told; it may come again", self.satellite)
                    await socket.close()
                    return
                _, message = self._unsent.popitem(last=False)
                try:
                    await socket.send_str(message)
                except ConnectionError:  # it has gone; the reader notices
                    return

    def _take(self, payload: bytes) -> None:
        try:
            if too_deep(payload):
                raise PayloadError("brackets are nested too deep")
            call = read_object("page", payload)
        except PayloadError as error:
            log.warning("%s: %s", self.satellite, error)
            return
        number = call.pop("n", None)
        name = call.pop("call", None)
        if not isinstance(number, int):
            return
        if not self._throttle.admits() or len(self._going) >= MOST_CALLS:
            self._fail(number, CallError("too_many", text("page.too_many", self.language)))
            return
        task = asyncio.create_task(self._answer(number, str(name), call))
        self._going.add(task)
        task.add_done_callback(self._going.discard)

    async def _answer(self, number: int, name: str, arguments: Mapping[str, Value]) -> None:
        call = self._calls.get(name)
        try:
            if call is None:
                raise CallError("unknown_call", text("page.unknown_call", self.language, call=name[:64]))
            self.tell({"n": number, "ok": True, "data": await call(self, arguments)})
        except CallError as error:
            self._fail(number, error)
        except Exception:
            log.exception("%s: the call %r failed", self.satellite, name[:64])
            self._fail(number, CallError("failed", text("butler.failed", self.language)))

    def _fail(self, number: int, error: CallError) -> None:
        self.tell({"n": number, "ok": False, "error": {"code": error.code, "message": str(error)}})


def key_of(event: Mapping[str, Any]) -> object:
    """What an event is about, where a later one about the same makes it void; None where it does not."""
    kind = event.get("event")
    if kind == "sentence":
        return kind, event["sentence"]["id"]
    if kind not in _SAME:
        return None
    parts = tuple(sorted(event.keys() - {"event", "id", "satellite", "text"})) if kind != "partial" else ()
    return kind, event.get(_SAME[kind]), parts


def written(event: Event) -> tuple[object, str]:
    """An event for all pages, written once, with its key."""
    return key_of(event), json.dumps(event, ensure_ascii=False)
