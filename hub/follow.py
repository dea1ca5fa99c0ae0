"""Following sentences on their way: what was understood, what the bridges replied, what changed, what was answered."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from hub.bus import Bus
from hub.messages import Reply, Say, Topic, Understood, Utterance
from hub.payloads import MOST_DEVICES, Value, read_object
from hub.recent import Recent
from hub.utter import Utterer

MOST_CHANGES = 200
"""Changes that are remembered, in all and of one sentence: a meter goes on to change long after it."""

ANSWER_TIMEOUT = 20.0
"""Seconds: an intent has expired by then, so somebody has answered if anybody is there."""

STRAGGLERS = 0.5
"""Seconds for what was sent before the answer: a broker of several servers keeps no order between senders."""


@dataclass(frozen=True, slots=True)
class Change:
    """A property of a device that became another; `at` is the event loop's time."""

    device: str
    name: str
    before: Value
    after: Value
    at: float


@dataclass(slots=True)
class Exchange:
    """A sentence and all that came of it; times are the event loop's. `answered` is None when nobody answered.

    `asks` is whether the answer is a question.
    """

    utterance_id: str
    begun_at: float
    understood: Understood | None = None
    replies: list[Reply] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    answered: str | None = None
    answered_at: float = 0.0
    asks: bool = False

    @property
    def ok(self) -> bool:
        """Whether it led to intents, and every bridge carried its part out."""
        understood = self.understood
        if understood is None or understood.refused is not None or self.answered is None:
            return False
        return self.complete and all(reply.ok for reply in self.replies)

    @property
    def complete(self) -> bool:
        """Whether every intent that is known of was replied to."""
        return self.understood is not None and len(self.replies) == len(self.understood.intents)


class Follower:
    """Listens on a bus for one satellite's exchanges (or all, +) and keeps all devices' states, where they are wanted.

    Make it before the bus runs.
    """

    def __init__(self, bus: Bus, satellite: str, *, states: bool = True) -> None:
        self.satellite = satellite
        self.states: dict[str, dict[str, Value]] = {}
        self._utterer = Utterer(bus, satellite)
        self._exchanges: Recent[str, Exchange] = Recent(100)
        self._intents: Recent[str, str] = Recent()  # intent id → utterance id
        self._early: Recent[str, Reply] = Recent(100)  # by intent id: of what was not understood yet, or not here
        self._targets: Recent[str, str] = Recent(MOST_DEVICES)  # device → the utterance that was last about it
        self._recent: deque[Change] = deque(maxlen=MOST_CHANGES)
        self._news = asyncio.Event()
        bus.subscribe(Topic.UNDERSTOOD, self._on_understood)
        bus.subscribe(Topic.reply("+"), self._on_reply)
        bus.subscribe(Topic.say(satellite), self._on_say)
        if states:
            bus.subscribe(Topic.device("+", "state"), self._on_state)

    async def ask(self, utterance: Utterance, timeout: float = ANSWER_TIMEOUT) -> Exchange:
        """Say an utterance and wait for its answer."""
        if not await self._utterer.utter(utterance):
            return self._exchange(utterance.id)
        return await self.follow(utterance.id, timeout)

    async def meaning(self, utterance: Utterance) -> Understood | None:
        """Say an utterance, and return what the butler makes of it; None where there is no butler."""
        if not await self._utterer.utter(utterance):
            return None
        return self._exchange(utterance.id).understood

    async def follow(self, utterance_id: str, timeout: float = ANSWER_TIMEOUT) -> Exchange:
        """Wait until the utterance was answered; what is known by then when it was not."""
        exchange = self._exchange(utterance_id)
        if await self.until(lambda: exchange.answered is not None, timeout):
            await self.until(lambda: exchange.complete, STRAGGLERS)
        return exchange

    async def until(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Wait until messages have made `condition` true; False when `timeout` seconds were not enough."""
        try:
            async with asyncio.timeout(timeout):
                while not condition():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return False
        return True

    def _exchange(self, utterance_id: str) -> Exchange:
        exchange = self._exchanges.get(utterance_id)
        if exchange is None:
            exchange = Exchange(utterance_id, asyncio.get_running_loop().time())
            self._exchanges.put(utterance_id, exchange)
        return exchange

    def _on_understood(self, topic: str, payload: bytes) -> None:
        understood = Understood.from_payload(topic, payload)
        self._exchange(understood.utterance_id).understood = understood
        for intent in understood.intents:
            self._intents.put(intent.id, understood.utterance_id)
            for device in intent.targets:
                self._targets.put(device, understood.utterance_id)
            if (reply := self._early.get(intent.id)) is not None:
                self._replied(self._exchange(understood.utterance_id), reply)
        self._news.set()

    def _on_reply(self, topic: str, payload: bytes) -> None:
        reply = Reply.from_payload(topic, payload)
        exchange = self._exchanges.get(self._intents.get(reply.id) or "")
        if exchange is None:
            self._early.put(reply.id, reply)
        else:
            self._replied(exchange, reply)
            self._news.set()

    def _replied(self, exchange: Exchange, reply: Reply) -> None:
        if reply.id in {known.id for known in exchange.replies}:
            return
        exchange.replies.append(reply)
        # A bridge that was given no targets says only now what it changed.
        told = {change.device for change in exchange.changes}
        exchange.changes += [
            change
            for change in self._recent
            if change.device in reply.changed.keys() - told and change.at >= exchange.begun_at
        ]

    def _on_say(self, topic: str, payload: bytes) -> None:
        say = Say.from_payload(topic, payload)
        if say.utterance_id is not None:
            exchange = self._exchange(say.utterance_id)
            exchange.answered = say.text
            exchange.asks = say.asks
            exchange.answered_at = asyncio.get_running_loop().time()
            self._news.set()

    def _on_state(self, topic: str, payload: bytes) -> None:
        device = topic.split("/")[2]
        if not payload:
            self.states.pop(device, None)
            return
        state = read_object(topic, payload)
        state.pop("updated_at", None)
        before = self.states.get(device, {})
        self.states[device] = state
        at = asyncio.get_running_loop().time()
        changes = [
            Change(device, name, before.get(name), value, at)
            for name, value in state.items()
            if before.get(name) != value
        ]
        self._recent.extend(changes)
        exchange = self._exchanges.get(self._targets.get(device) or "")
        if exchange is not None and len(exchange.changes) < MOST_CHANGES:
            exchange.changes += changes
        self._news.set()
