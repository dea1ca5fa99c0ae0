"""The home as MQTT tells it: kept for pages that come, and told to those that are there as it changes."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from hub.bus import Bus
from hub.home import Home
from hub.messages import (
    About,
    BridgeHealth,
    BridgeInfo,
    LogLine,
    Reply,
    SatelliteGraph,
    SatelliteHeard,
    SatellitePartial,
    SatelliteState,
    Say,
    ServiceState,
    Topic,
    Understood,
    Utterance,
)
from hub.payloads import Message, Value, read_object, read_text
from hub.web.sentences import Sentence, Sentences

log = logging.getLogger(__name__)

Event = dict[str, Any]
"""What pages are told, as JSON; `event` says what it is."""

KINDS: Mapping[str, type[Message]] = {
    "about": About,
    "info": BridgeInfo,
    "health": BridgeHealth,
    "graph": SatelliteGraph,
}
"""What is kept as it was sent, by the last level of its topic."""


class Mirror:
    """Listens on a bus. Make it before the bus runs."""

    def __init__(self, bus: Bus) -> None:
        self.home: dict[str, Any] = {"rooms": [], "devices": []}
        self.devices: dict[str, dict[str, Any]] = {}
        self.bridges: dict[str, dict[str, Any]] = {}
        self.satellites: dict[str, dict[str, Any]] = {}
        self.sentences = Sentences()
        self.linked: bool | None = None
        """Whether the home is there, for a page that is served outside; None in the home."""
        self.listeners: list[Callable[[Event], None]] = []
        """Are told of every event."""
        bus.subscribe(Topic.HOME, self._on_home)
        for what in ("about", "state", "available"):
            bus.subscribe(Topic.device("+", what), self._on_device)
        for what in ("state", "info", "health"):
            bus.subscribe(Topic.bridge("+", what), self._on_bridge)
        bus.subscribe(Topic.bridge("+", "log"), self._on_log)
        bus.subscribe(Topic.satellite("+"), self._on_satellite)
        bus.subscribe(Topic.satellite("+", "graph"), self._on_graph)
        bus.subscribe(Topic.satellite("+", "partial"), self._on_partial)
        bus.subscribe(Topic.satellite("+", "heard"), self._on_heard)
        bus.subscribe(Topic.UTTERANCE, self._on_utterance)
        bus.subscribe(Topic.UNDERSTOOD, self._on_understood)
        bus.subscribe(Topic.reply("+"), self._on_reply)
        bus.subscribe(Topic.say("+"), self._on_say)

    def link(self, *, linked: bool) -> None:
        """The home has come, or has gone, where the page is served outside."""
        self.linked = linked
        self._tell("link", linked=linked)

    def known(self) -> Event:
        """All that is known now, for a page that comes."""
        return {
            "linked": self.linked,
            "home": self.home,
            "devices": self.devices,
            "bridges": self.bridges,
            "satellites": self.satellites,
            "sentences": list(self.sentences),
        }

    def _tell(self, event: str, **values: Any) -> None:
        for listener in self.listeners:
            listener({"event": event, **values})

    def _tell_sentence(self, sentence: Sentence | None) -> None:
        if sentence is not None:
            self._tell("sentence", sentence=sentence)

    def _on_home(self, topic: str, payload: bytes) -> None:
        try:
            Home.from_json(payload)
        except ValueError as error:
            log.warning("%s: this is no home: %s", topic, error)
            return
        self.home = {"rooms": [], "devices": [], **json.loads(payload)}
        self._tell("home", home=self.home)

    def _on_device(self, topic: str, payload: bytes) -> None:
        _, _, device, what = topic.split("/")
        value: Value = None
        if payload and what == "about":
            value = _read(topic, what, payload)
        elif payload:
            value = read_object(topic, payload) if what == "state" else read_text(topic, payload)
        self._keep(self.devices, "device", device, what, value)

    def _on_bridge(self, topic: str, payload: bytes) -> None:
        _, _, bridge, what = topic.split("/")
        value: Value = None
        if payload:
            value = ServiceState.from_payload(topic, payload).state if what == "state" else _read(topic, what, payload)
        self._keep(self.bridges, "bridge", bridge, what, value)

    def _on_satellite(self, topic: str, payload: bytes) -> None:
        satellite = topic.split("/")[2]
        if not payload:
            self.satellites.pop(satellite, None)
            self._tell("satellite", id=satellite, state=None)
            return
        told = SatelliteState.from_payload(topic, payload).model_dump(mode="json")
        self.satellites.setdefault(satellite, {}).update(told)
        self._tell("satellite", id=satellite, **told)

    def _on_graph(self, topic: str, payload: bytes) -> None:
        value = _read(topic, "graph", payload) if payload else None
        self._keep(self.satellites, "satellite", topic.split("/")[2], "graph", value)

    def _keep(self, known: dict[str, dict[str, Any]], event: str, key: str, what: str, value: Value) -> None:
        """One thing that is known of something is now this; None: it is not known any more."""
        of_it = known.setdefault(key, {})
        if value is None:
            of_it.pop(what, None)
        else:
            of_it[what] = value
        if not of_it:
            del known[key]
        self._tell(event, id=key, **{what: value})

    def _on_log(self, topic: str, payload: bytes) -> None:
        told = LogLine.from_payload(topic, payload)
        self._tell("log", bridge=topic.split("/")[2], level=told.level, message=told.message)

    def _on_partial(self, topic: str, payload: bytes) -> None:
        self._tell("partial", satellite=topic.split("/")[2], text=SatellitePartial.from_payload(topic, payload).text)

    def _on_heard(self, topic: str, payload: bytes) -> None:
        heard = SatelliteHeard.from_payload(topic, payload)
        self._tell_sentence(self.sentences.heard(topic.split("/")[2], heard))

    def _on_utterance(self, topic: str, payload: bytes) -> None:
        self._tell_sentence(self.sentences.said(Utterance.from_payload(topic, payload)))

    def _on_understood(self, topic: str, payload: bytes) -> None:
        self._tell_sentence(self.sentences.understood(Understood.from_payload(topic, payload)))

    def _on_reply(self, topic: str, payload: bytes) -> None:
        self._tell_sentence(self.sentences.replied(Reply.from_payload(topic, payload)))

    def _on_say(self, topic: str, payload: bytes) -> None:
        say = Say.from_payload(topic, payload)
        self._tell_sentence(self.sentences.answered(say))
        self._tell("say", satellite=topic.split("/")[2], **say.model_dump(mode="json", exclude_none=True))


def _read(topic: str, what: str, payload: bytes) -> dict[str, Any]:
    """A message that has to be one of its kind, as JSON."""
    return KINDS[what].from_payload(topic, payload).model_dump(mode="json", exclude_none=True)
