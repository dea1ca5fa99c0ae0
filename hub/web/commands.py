"""What a page may ask of the home: set a device, say or explain a sentence, ask a bridge, have a satellite listen."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from hub.asking import Asker, Requester
from hub.bus import Bus
from hub.follow import Follower
from hub.messages import ErrorCode, Intent, Topic, Utterance
from hub.payloads import MOST_DEVICES, Line, TopicId, Value, Values, Word
from hub.texts import text
from hub.utter import Utterer
from hub.web.calls import Arguments, Call, CallError, Page, read
from hub.web.mirror import Mirror

SOURCE = "web"
"""Source of utterances that come from the page."""

PATIENCE = 10.0
"""Seconds in which a bridge answers a request."""


class _Set(Arguments):
    device: TopicId
    values: Values = Field(min_length=1)
    confirmed: bool = False


class _Intent(Arguments):
    bridge: TopicId
    intent: Word = Field(min_length=1)
    slots: Values = Field(default_factory=dict)
    targets: list[TopicId] = Field(default_factory=list, max_length=MOST_DEVICES)
    confirmed: bool = False


class _Say(Arguments):
    text: str = Field(min_length=1, max_length=1_000)
    room: Line | None = None


class _Listen(Arguments):
    satellite: TopicId


class _Request(Arguments):
    bridge: TopicId
    verb: TopicId
    arguments: Values = Field(default_factory=dict)


class _Room(Arguments):
    room: Line | None = None


class Commands:
    """Calls that reach the home over the page's bus. Make it before the bus runs."""

    def __init__(self, bus: Bus, mirror: Mirror) -> None:
        self._bus = bus
        self._mirror = mirror
        self._asker = Asker(bus)
        self._requester = Requester(bus)
        self._utterer = Utterer(bus, "+")
        self._explainer = Follower(bus, SOURCE, states=False)
        self.calls: Mapping[str, Call] = {
            "set": self._set,
            "intent": self._intent,
            "say": self._say,
            "explain": self._explain,
            "listen": self._listen,
            "request": self._request,
            "room": self._room,
        }

    async def utter(self, page: Page, utterance: Utterance) -> None:
        """Say an utterance of the page; raises CallError where no butler takes it."""
        if not await self._utterer.utter(utterance):
            raise CallError("no_butler", text("cli.no_butler", page.language))

    async def _set(self, page: Page, given: Mapping[str, Value]) -> Value:
        asked = read(_Set, given)
        about = self._mirror.devices.get(asked.device, {}).get("about")
        if about is None:
            raise CallError(ErrorCode.UNKNOWN_DEVICE, text("bridge.unknown_device", page.language, device=asked.device))
        intent = Intent(
            intent="JipsaSet", slots=asked.values, targets=[asked.device], confirmed=asked.confirmed,
            satellite=page.satellite, room=page.room,
        )  # fmt: skip
        return await self._ask(page, about["bridge"], intent)

    async def _intent(self, page: Page, given: Mapping[str, Value]) -> Value:
        asked = read(_Intent, given)
        intent = Intent(
            intent=asked.intent, slots=asked.slots, targets=asked.targets, confirmed=asked.confirmed,
            satellite=page.satellite, room=page.room,
        )  # fmt: skip
        return await self._ask(page, asked.bridge, intent)

    async def _ask(self, page: Page, bridge: str, intent: Intent) -> Value:
        if self._mirror.bridges.get(bridge, {}).get("state") != "online":
            raise CallError(ErrorCode.DEVICE_OFFLINE, text("page.bridge_offline", page.language, bridge=bridge))
        reply = await self._asker.ask(bridge, intent, intent.expires_at)
        if reply is None:
            raise CallError(ErrorCode.NO_ANSWER, text("web.no_answer", page.language))
        if reply.error is not None or not reply.ok:
            error = reply.error
            raise CallError(error.code if error else "failed", error.message if error else "")
        return reply.model_dump(mode="json", include={"say", "changed", "state"}, exclude_none=True)

    async def _say(self, page: Page, given: Mapping[str, Value]) -> Value:
        asked = read(_Say, given)
        utterance = Utterance(text=asked.text, satellite=page.satellite, room=asked.room or page.room, source=SOURCE)
        await self.utter(page, utterance)
        return {"id": utterance.id}

    async def _explain(self, page: Page, given: Mapping[str, Value]) -> Value:
        asked = read(_Say, given)
        utterance = Utterance(text=asked.text, room=asked.room or page.room, source=SOURCE, carry_out=False)
        meaning = await self._explainer.meaning(utterance)
        if meaning is None:
            raise CallError("no_butler", text("cli.no_butler", page.language))
        told: Value = meaning.model_dump(mode="json", exclude_none=True)
        return told

    async def _listen(self, page: Page, given: Mapping[str, Value]) -> Value:
        self._bus.publish(Topic.satellite(read(_Listen, given).satellite, "listen"), b"")
        return None

    async def _request(self, page: Page, given: Mapping[str, Value]) -> Value:
        asked = read(_Request, given)
        response = await self._requester.request(asked.bridge, asked.verb, asked.arguments, PATIENCE)
        if response is None:
            raise CallError(ErrorCode.NO_ANSWER, text("web.no_answer", page.language))
        if response.status == "error":
            raise CallError("failed", response.error or "")
        return response.data

    async def _room(self, page: Page, given: Mapping[str, Value]) -> Value:
        page.room = read(_Room, given).room or None
        return None
