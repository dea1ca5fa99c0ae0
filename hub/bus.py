"""The connection that messages travel on: one small class over aiomqtt.

What it adds to a plain client: it reconnects with back-off, subscribes again, republishes every retained message that
this service owns, keeps what was published while the broker was away, and drops what no service should see: retained
messages on command topics, and what is beyond the limits (hub/limits.py).
"""

from __future__ import annotations

import asyncio
import logging
import math
import random
import re
import socket
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from itertools import islice

import aiomqtt
from paho.mqtt.reasoncodes import ReasonCode

from hub.address import BrokerAddress, client_to, payload_of
from hub.limits import Gate
from hub.messages import is_command
from hub.payloads import Message, PayloadError
from hub.reach import Unheard, Unreached
from hub.together import end

log = logging.getLogger(__name__)

KEEPALIVE = 15
"""Seconds of silence after which client and broker ask each other for a sign of life."""

BACKOFF = (0.2, 5.0)
"""First and longest wait between two attempts to connect, in seconds; doubles in between, with jitter."""

OUTBOX_LIMIT = 1_000
"""How many unsent messages are kept while the broker is away; more would mean minutes of stale commands."""

AT_ONCE = 20
"""Messages that are on their way to the broker at a time: as many as paho and Mosquitto take by themselves."""

PATIENCE = 5.0
"""Seconds in which the broker acknowledges what it was sent."""

Handler = Callable[[str, bytes], None]
"""Takes (topic, payload) at once; slow work belongs in a task of its own."""

_Handled = tuple[str, re.Pattern[str], Handler]
"""A topic filter, what its topics match, and who takes what comes on them."""


class Bus:
    """One service's connection to the broker.

    Subscribe first, then `async with bus.running():`. `publish` never blocks and never raises: what cannot be sent now
    is sent after the next connect, retained messages with their latest payload only.
    """

    def __init__(self, address: BrokerAddress, client_id: str, will: tuple[str, Message] | None = None) -> None:
        self.address = address
        self.client_id = client_id
        self.connected = asyncio.Event()
        self.unreached: Unreached | None = None
        """Why the last attempt to connect failed; None once there is a connection."""
        self.received = 0
        self.published = 0
        self._will = will
        self._handlers: list[_Handled] = []
        self._watchers: list[_Handled] = []
        self._gate = Gate(log)
        self._retained: dict[str, bytes] = {}
        self._stale: dict[str, None] = {}  # retained topics whose payload the broker has not got yet, in order
        self._outbox: deque[tuple[str, bytes]] = deque()
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def queued(self) -> int:
        """How many messages wait to be sent."""
        return len(self._outbox) + len(self._stale)

    def subscribe(self, topic_filter: str, handler: Handler) -> None:
        """Hand every message on `topic_filter` to `handler`; call before the bus runs."""
        self._handlers.append((topic_filter, _pattern(topic_filter), handler))

    def watch(self, topic_filter: str, handler: Handler) -> None:
        """Hand what this service itself publishes on `topic_filter` to `handler`: it need not come back for that."""
        self._watchers.append((topic_filter, _pattern(topic_filter), handler))

    @property
    def filters(self) -> list[str]:
        """What is subscribed to, each filter once."""
        return list(dict.fromkeys(topic_filter for topic_filter, _, _ in self._handlers))

    def take(self, topic: str, payload: bytes, *, retained: bool = False) -> None:
        """Hand a message that has arrived to its handlers; never raises."""
        if retained and is_command(topic):
            fault = "a retained command was dropped; commands must be sent without retain"
            self._gate.faults.tell("retained", f"{topic}: {fault}")
            return
        if self._gate.admits(topic, topic.split("/"), payload):
            self._give(self._handlers, topic, payload)

    def publish(self, topic: str, message: Message | bytes | str, *, retain: bool = False) -> None:
        """Send at QoS 1, now or after the next connect; retained messages go first: states before replies."""
        payload = message.to_payload() if isinstance(message, Message) else message
        body = payload.encode() if isinstance(payload, str) else payload
        if retain:
            self._retained[topic] = body
            self._stale[topic] = None
        else:
            if len(self._outbox) >= OUTBOX_LIMIT:
                lost, _ = self._outbox.popleft()
                log.warning("%s: the broker was away for too long, an unsent message was dropped", lost)
            self._outbox.append((topic, body))
        self._idle.clear()
        self._wake.set()
        self._give(self._watchers, topic, body)

    def forget(self, topic: str) -> None:
        """Clear a retained message of ours from the broker."""
        self.publish(topic, b"", retain=True)

    async def flush(self) -> None:
        """Wait until all that was published has reached the broker."""
        await self._idle.wait()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Bus]:
        """Connect and stay connected until the block is left; the will is then published as a farewell."""
        task = asyncio.create_task(self._run(), name=f"bus {self.client_id}")
        try:
            yield self
        finally:
            if self._will is not None:
                self.publish(self._will[0], self._will[1], retain=True)
            if self.connected.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(2):
                        await self.flush()
            await end(task)
            if not task.cancelled():
                task.result()

    def _give(self, handlers: list[_Handled], topic: str, payload: bytes) -> None:
        for topic_filter, pattern, handler in handlers:
            if not pattern.fullmatch(topic):
                continue
            try:
                handler(topic, payload)
            except PayloadError as error:
                self._gate.faults.tell(topic_filter, str(error))
            except Exception:
                log.exception("%s: the handler of %s failed", topic, self.client_id)

    async def _run(self) -> None:
        shortest, longest = BACKOFF
        delay = shortest
        while True:
            try:
                async with self._client() as client:
                    for topic_filter in self.filters:
                        granted = await client.subscribe(topic_filter, qos=self.address.qos)
                        if any(isinstance(code, ReasonCode) and code.is_failure for code in granted):
                            raise Unheard(topic_filter)  # a cluster without a leader, say: who goes on would be deaf
                    self._stale = dict.fromkeys(self._retained)  # a broker may have come back without its memory
                    self._wake.set()
                    log.info("%s: connected to %s:%d", self.client_id, self.address.host, self.address.port)
                    delay = shortest
                    self.unreached = None
                    self.connected.set()
                    await self._serve(client)
            except (aiomqtt.MqttError, OSError) as error:
                unreached = self.address.unreached(error)
                if self.unreached is None or self.unreached.key != unreached.key:
                    log.warning("%s: %s", self.client_id, unreached.told("en"))
                self.unreached = unreached
            finally:
                self.connected.clear()
            await asyncio.sleep(delay * random.uniform(0.75, 1.25))
            delay = min(delay * 2, longest)

    def _client(self) -> aiomqtt.Client:
        will = None
        if self._will is not None:
            will = aiomqtt.Will(self._will[0], self._will[1].to_payload(), qos=1, retain=True)
        return client_to(
            self.address,
            self.client_id,
            will=will,
            keepalive=KEEPALIVE,
            queue_type=partial(_Passage, self._hand),
            # Commands are small and wait for each other's acknowledgement: Nagle would add 40 ms to each.
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
            timeout=PATIENCE,
        )

    async def _serve(self, client: aiomqtt.Client) -> None:
        sender = asyncio.create_task(self._send(client))
        reader = asyncio.create_task(self._read(client))
        try:
            done, _ = await asyncio.wait({sender, reader}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await end(sender, reader)
            for task in (sender, reader):
                if not task.cancelled():
                    task.exception()  # both may have failed, and one failure was told

    async def _send(self, client: aiomqtt.Client) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._stale or self._outbox:
                await self._send_some(client)
            self._idle.set()

    async def _send_some(self, client: aiomqtt.Client) -> None:
        """Send what is first, several messages at once, and wait until the broker has all of them."""
        states = {topic: self._retained[topic] for topic in islice(self._stale, AT_ONCE)}
        for topic in states:
            del self._stale[topic]
        others = [self._outbox.popleft() for _ in range(min(AT_ONCE - len(states), len(self._outbox)))]
        flying = [
            asyncio.create_task(client.publish(topic, body, qos=1, retain=retain, timeout=math.inf))
            for retain, messages in ((True, states.items()), (False, others))
            for topic, body in messages
        ]
        try:
            async with asyncio.timeout(PATIENCE):
                await asyncio.gather(*flying)
        except BaseException:
            # Not known to have arrived: they go again after the next connect (receivers know ids they have seen), and
            # all that is retained does so anyway.
            arrived = [task.done() and not task.cancelled() and task.exception() is None for task in flying]
            lost = [one for one, there in zip(others, arrived[len(states) :], strict=True) if not there]
            self._outbox.extendleft(reversed(lost))
            await end(*flying)
            raise
        for topic, body in states.items():
            if not body and topic not in self._stale:
                del self._retained[topic]  # cleared: once is enough
        self.published += len(flying)

    async def _read(self, client: aiomqtt.Client) -> None:
        """Read until the connection is lost, which raises MqttError; messages go to `_hand`."""
        await anext(client.messages)

    def _hand(self, message: aiomqtt.Message) -> None:
        self.received += 1
        payload = payload_of(message)
        self.take(message.topic.value, payload, retained=message.retain)


class _Passage(asyncio.Queue[aiomqtt.Message]):
    """Takes the place of aiomqtt's queue, where two tasks are made for each message: hands it on as it comes."""

    def __init__(self, hand: Callable[[aiomqtt.Message], None], maxsize: int) -> None:
        super().__init__(maxsize)
        self._hand = hand

    def put_nowait(self, message: aiomqtt.Message) -> None:
        self._hand(message)


def _pattern(topic_filter: str) -> re.Pattern[str]:
    """What the topics of a filter match, where `+` is any level and `#` all that follow."""
    escaped = re.escape(topic_filter).replace(r"\+", "[^/]*")
    return re.compile(escaped.replace(r"/\#", "(/.*)?").replace(r"\#", ".*"), re.DOTALL)
