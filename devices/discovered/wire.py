"""The connection on which discovered devices speak: whatever topics they have, and only while these are wanted.

It is not the hub's own (hub/bus.py): what it says are commands to others, which are never said again after a
reconnect, and what it hears is not of the contract.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Collection
from itertools import islice
from typing import Final

import aiomqtt

from devices.discovered.platform import Send
from hub.address import BrokerAddress, client_to, payload_of
from hub.bus import BACKOFF, KEEPALIVE, PATIENCE
from hub.limits import COMMON, LARGE, ONCE_A_MINUTE, Complaints, Throttle, too_deep
from hub.together import end

log = logging.getLogger(__name__)

AT_ONCE: Final = 50
"""Topics that are asked for at once."""

WAITING: Final = 10_000
"""Messages that wait to be looked at; what comes above that is dropped."""

RATE: Final = (50.0, 500)
"""Messages of one topic that are taken a second in the long run, and at once."""

MOST_TOPICS: Final = 10_000
"""Topics whose rates are kept apart."""


class Wire:
    """A connection to the broker; `take` is handed (topic, payload) of what comes.

    `always` are filters that are listened to for as long as there is a connection; `wanted` are topics that are
    listened to while they are there, of which `look_again` tells that they have changed.
    """

    def __init__(
        self,
        address: BrokerAddress,
        name: str,
        always: tuple[str, ...],
        wanted: Collection[str],
        take: Callable[[str, bytes], None],
    ) -> None:
        self._address = address
        self._name = name
        self._always = always
        self._take = take
        self._wanted = wanted
        self._heard: set[str] = set()
        self._news = asyncio.Event()
        self._client: aiomqtt.Client | None = None
        self._told: str | None = None
        self._throttle = Throttle(*RATE, most=MOST_TOPICS)
        self._floods = Complaints(log, *ONCE_A_MINUTE)
        self._faults = Complaints(log)
        self.connected = asyncio.Event()

    def look_again(self) -> None:
        """Listen to what is wanted by now."""
        self._news.set()

    async def send(self, message: Send) -> None:
        """Say something now; raises OSError where that is not possible."""
        if self._client is None:
            raise ConnectionError("the broker is away")
        try:
            async with asyncio.timeout(PATIENCE):
                await self._client.publish(
                    message.topic, message.payload, qos=message.qos, retain=message.retain, timeout=PATIENCE
                )
        except aiomqtt.MqttError as error:
            raise ConnectionError(str(error)) from error

    async def run(self) -> None:
        """Stay connected until cancelled."""
        delay = BACKOFF[0]
        while True:
            try:
                async with client_to(
                    self._address, self._name, keepalive=KEEPALIVE, timeout=PATIENCE,
                    max_queued_incoming_messages=WAITING,
                ) as client:  # fmt: skip
                    for wanted in self._always:
                        await client.subscribe(wanted, qos=self._address.qos)
                    self._heard.clear()
                    self._client, self._told, delay = client, None, BACKOFF[0]
                    self.connected.set()
                    await self._serve(client)
            except (aiomqtt.MqttError, OSError) as error:
                unreached = self._address.unreached(error)
                if unreached.key != self._told:
                    self._told = unreached.key
                    log.warning("%s: %s", self._name, unreached.told("en"))
            finally:
                self._client = None
                self.connected.clear()
            await asyncio.sleep(delay * random.uniform(0.75, 1.25))
            delay = min(delay * 2, BACKOFF[1])

    async def _serve(self, client: aiomqtt.Client) -> None:
        listening = asyncio.create_task(self._listen(client))
        reading = asyncio.create_task(self._read(client))
        try:
            done, _ = await asyncio.wait({listening, reading}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await end(listening, reading)
            for task in (listening, reading):
                if not task.cancelled():
                    task.exception()  # both may have failed, and one failure was told

    async def _listen(self, client: aiomqtt.Client) -> None:
        """Listen to what is wanted, and to nothing else."""
        while True:
            self._news.clear()
            while more := list(islice(set(self._wanted) - self._heard, AT_ONCE)):
                await client.subscribe([(topic, int(self._address.qos)) for topic in more])
                self._heard.update(more)
            while less := list(islice(self._heard - set(self._wanted), AT_ONCE)):
                await client.unsubscribe(less)
                self._heard.difference_update(less)
            await self._news.wait()

    async def _read(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            payload = payload_of(message)
            self._admit(message.topic.value, payload)

    def _admit(self, topic: str, payload: bytes) -> None:
        """Hand on what is neither too large nor too much."""
        largest = LARGE if topic.endswith("/config") else COMMON
        if len(payload) > largest or too_deep(payload):
            self._faults.tell("size", f"{topic}: {len(payload)} bytes; it is too large, or too deep, to be read")
        elif self._throttle.admits(topic):
            self._take(topic, payload)
        else:
            self._floods.tell("", f"{topic}: more than {RATE[0]:g} a second came; what is above that is dropped")
