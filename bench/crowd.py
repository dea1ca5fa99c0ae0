"""Many satellites at once, each of which says the next sentence as soon as it has its answer, and a bridge for all.

They are plain paho in a thread of its own, so that what is measured is the butler and not they. The bridge owns every
device of the home and does nothing; without it, those that are running do what is asked.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Sequence
from itertools import cycle
from typing import Any

import paho.mqtt.client as mqtt

from hub.address import BrokerAddress
from hub.home import Home
from hub.messages import About, ServiceState, Topic

SATELLITES = 200
"""As many as a house may have: each may say five sentences a second (docs/contract.md)."""

Said = tuple[str, str | None]
"""A sentence, and the room where it is said."""


class Crowd:
    """Counts what it sees: `answers` that the satellites got, `intents` that went to bridges."""

    def __init__(self, broker: BrokerAddress, sentences: Sequence[Said], home: Home | None) -> None:
        """`home` is whose devices it owns as a bridge; None where others do."""
        self.answers = 0
        self.intents = 0
        self.waits: list[float] = []
        """Seconds from each sentence to its answer."""
        self._sentences = cycle(sentences)
        self._said_at: dict[str, float] = {}
        self._home = home
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, "crowd")
        self._client.on_message = self._take
        self._client.max_inflight_messages_set(1_000)
        self._client.connect(broker.host, broker.port)
        self._client.loop_start()
        self._client.subscribe([("jipsa/say/+", 1), ("jipsa/intent/+", 1)])
        if home is not None:
            self._announce(home)

    def speak(self, satellites: int = SATELLITES) -> None:
        """Everybody says a first sentence."""
        for number in range(satellites):
            self._say(f"s{number}")

    def stop(self) -> None:
        """Be gone."""
        self._client.loop_stop()
        self._client.disconnect()

    def _announce(self, home: Home) -> None:
        self._send(Topic.bridge("bench", "state"), ServiceState(state="online").to_payload(), retain=True)
        for device in home.devices:
            about = About(id=device.id, bridge="bench", type=device.type, name=device.name, room=device.room)
            self._send(Topic.device(device.id, "about"), about.to_payload(), retain=True)

    def _say(self, satellite: str) -> None:
        text, room = next(self._sentences)
        self._said_at[satellite] = time.perf_counter()
        utterance = {"id": uuid.uuid4().hex, "text": text, "satellite": satellite, "room": room}
        self._send(Topic.UTTERANCE, json.dumps(utterance))

    def _take(self, client: mqtt.Client, userdata: Any, message: mqtt.MQTTMessage) -> None:
        _, kind, whose = message.topic.split("/")
        if kind == "say":
            self.answers += 1
            self.waits.append(time.perf_counter() - self._said_at[whose])
            self._say(whose)
            return
        self.intents += 1
        if self._home is not None:
            intent = json.loads(message.payload)["id"]
            self._send(Topic.reply(intent), json.dumps({"id": intent, "bridge": whose, "ok": True}))

    def _send(self, topic: str, payload: str | bytes, *, retain: bool = False) -> None:
        self._client.publish(topic, payload, qos=1, retain=retain)
