"""The steps of sentences on their way through the hub, made of the messages that the services send each other.

A sentence is heard, understood, sent to bridges, carried out, answered. What is no part of a sentence and still tells
why something happened, or did not, is a step too: a `set`, an event, a bridge that is gone, a line of its log.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hub.messages import (
    Intent,
    LogLine,
    Reply,
    SatelliteState,
    Say,
    SentIntent,
    ServiceState,
    Topic,
    Understood,
    Utterance,
)
from hub.payloads import MOST_DEVICES, Value, read_object
from hub.recent import Recent
from hub.show import intent_line, plain

TOPICS: Final = (
    Topic.UTTERANCE,
    Topic.UNDERSTOOD,
    Topic.intent("+"),
    Topic.reply("+"),
    Topic.say("+"),
    Topic.device("+", "state"),
    Topic.device("+", "set"),
    Topic.device("+", "set/+"),
    Topic.device("+", "event"),
    Topic.device("+", "available"),
    Topic.bridge("+", "state"),
    Topic.bridge("+", "log"),
    Topic.satellite("+"),
)
"""What steps are made of."""

LATEST = timedelta(seconds=20)
"""How long after a command for a device a change of its state counts as one that was asked for."""


FORMS: Final[Mapping[str, str]] = {
    "said": "{}", "explained": "{}  ?", "refused": "✗ {}", "meant": "→ {}", "again": "↻ {}",
    "state": "· {}", "done": "✓ {}", "failed": "✗ {}", "answered": "“{}”",
    "told": "“{}”", "set": "= {}", "event": "! {}", "online": "● online", "offline": "○ offline", "muted": "○ muted",
    "debug": "{}", "info": "{}", "warning": "{}", "error": "{}",
}  # fmt: skip
"""The kinds of steps, and how each is written: first those of a sentence, then the others, then lines of logs."""


@dataclass(frozen=True, slots=True)
class Step:
    """What happened when in which service; `kind` is a key of FORMS, `utterance` the id of the sentence."""

    at: datetime
    service: str
    kind: str
    text: str
    utterance: str | None = None

    def __str__(self) -> str:
        return FORMS[self.kind].replace("{}", self.text).rstrip()

    def to_dict(self) -> dict[str, Value]:
        """The step as JSON has it."""
        told: dict[str, Value] = {
            "at": self.at.isoformat(timespec="milliseconds"), "service": self.service, "kind": self.kind,
            "text": self.text, "utterance": self.utterance,
        }  # fmt: skip
        return {name: value for name, value in told.items() if value is not None}

    @classmethod
    def from_dict(cls, told: Mapping[str, str]) -> Step:
        """Read what `to_dict` made; raises KeyError or ValueError when it is something else."""
        at = datetime.fromisoformat(told["at"])
        if told["kind"] not in FORMS:
            raise ValueError(f"no kind of step: {told['kind']}")
        return cls(at, told["service"], told["kind"], told["text"], told.get("utterance"))


class Steps:
    """Makes steps of messages, and remembers which intents, replies and states belong to which sentence."""

    def __init__(self) -> None:
        self._said: Recent[str, None] = Recent()
        self._meant: Recent[str, None] = Recent()
        self._intents: Recent[str, tuple[str | None, bool]] = Recent()
        """Intents: the sentence of each, and whether it has been on its topic."""
        self._asked: Recent[str, tuple[str | None, datetime]] = Recent(MOST_DEVICES)
        """Devices: the sentence (none for a `set`) that was last about each, and when."""
        self._was: Recent[str, dict[str, Value]] = Recent(3 * MOST_DEVICES)
        """Topics that are retained: what they last said."""

    def read(self, topic: str, payload: bytes, at: datetime) -> Iterator[Step]:
        """The steps that a message is, if any; raises PayloadError."""
        match topic.split("/")[1:]:
            case ["utterance"]:
                yield self._utterance(Utterance.from_payload(topic, payload), at)
            case ["understood"]:
                yield from self._understood(Understood.from_payload(topic, payload), at)
            case ["intent", bridge]:
                yield from self._intent(bridge, Intent.from_payload(topic, payload), at)
            case ["reply", _]:
                yield from self._reply(Reply.from_payload(topic, payload), at)
            case ["say", satellite]:
                say = Say.from_payload(topic, payload)
                yield Step(at, satellite, "answered" if say.utterance_id else "told", say.text, say.utterance_id)
            case ["device", device, "state"]:
                yield from self._state(device, self._change(topic, read_object(topic, payload) if payload else {}), at)
            case ["device", device, "set", *name]:
                self._asked.put(device, (None, at))
                yield Step(at, device, "set", " ".join([*name, payload.decode(errors="replace")]))
            case ["device", device, "event"]:
                yield Step(at, device, "event", _properties(read_object(topic, payload), without=("occurred_at",)))
            case ["device", device, "available"]:
                for _, after in self._change(topic, {"available": payload.decode(errors="replace")}):
                    yield Step(at, device, "online" if after == "online" else "offline", "")
            case ["bridge", bridge, "log"]:
                said = LogLine.from_payload(topic, payload)
                yield Step(at, bridge, said.level, said.message)
            case ["bridge", bridge, "state"] if payload:
                yield from self._presence(topic, bridge, ServiceState.from_payload(topic, payload).state, at)
            case ["satellite", satellite, "state"] if payload:
                state = SatelliteState.from_payload(topic, payload).state
                yield from self._presence(topic, satellite, state if state in {"muted", "offline"} else "online", at)

    def _utterance(self, utterance: Utterance, at: datetime) -> Step:
        again = utterance.id in self._said
        self._said.put(utterance.id, None)
        sure = None if utterance.confidence is None else f"{utterance.confidence:.2f}{'?' if utterance.unsure else ''}"
        more = ", ".join(part for part in (utterance.room, utterance.source, sure) if part)
        kind = "again" if again else "said" if utterance.carry_out else "explained"
        return Step(at, utterance.satellite or utterance.source, kind, f"“{utterance.text}”  {more}", utterance.id)

    def _understood(self, understood: Understood, at: datetime) -> Iterator[Step]:
        sentence = understood.utterance_id
        if sentence in self._meant:
            return  # told again, since who had said it said it again
        self._meant.put(sentence, None)
        if understood.refused is not None:
            yield Step(at, "butler", "refused", understood.refused, sentence)
        for sent in understood.intents:
            self._intents.put(sent.id, (sentence, False))
            self._ask(sent.targets, sentence, at)
            yield Step(at, "butler", "meant", _sent(sent.bridge or "?", sent), sentence)

    def _intent(self, bridge: str, intent: Intent, at: datetime) -> Iterator[Step]:
        sentence, sent = self._intents.get(intent.id) or (intent.utterance_id, False)
        if sent:  # nobody replied so far
            yield Step(at, "butler", "again", _sent(bridge, intent), sentence)
        elif intent.id not in self._intents:  # by somebody else than the butler
            yield Step(at, "mqtt", "meant", _sent(bridge, intent), sentence)
        self._intents.put(intent.id, (sentence, True))
        self._ask(intent.targets, sentence, at)

    def _ask(self, devices: Iterable[str], sentence: str | None, at: datetime) -> None:
        for device in devices:
            self._asked.put(device, (sentence, at))

    def _reply(self, reply: Reply, at: datetime) -> Iterator[Step]:
        sentence, _ = self._intents.get(reply.id) or (None, False)
        if reply.error is not None or not reply.ok:
            told = f"{reply.error.code}: {reply.error.message}" if reply.error else ""
            yield Step(at, reply.bridge, "failed", told, sentence)
            return
        devices = {**reply.state, **reply.changed}
        # What was changed in a device that the intent did not name was not told with its state.
        untold = [f"{device} {_properties(values)}" for device, values in devices.items() if device not in self._asked]
        yield Step(at, reply.bridge, "done", "; ".join(untold), sentence)

    def _state(self, device: str, changes: list[tuple[str, Value]], at: datetime) -> Iterator[Step]:
        sentence, asked_at = self._asked.get(device) or (None, None)
        if changes and asked_at is not None and at - asked_at <= LATEST:
            yield Step(at, device, "state", _properties(dict(changes)), sentence)

    def _presence(self, topic: str, service: str, state: str, at: datetime) -> Iterator[Step]:
        first = topic not in self._was
        changes = self._change(topic, {"state": state})
        if changes or (first and state == "offline"):
            yield Step(at, service, state, "")

    def _change(self, topic: str, told: dict[str, Value]) -> list[tuple[str, Value]]:
        """What is another than before in what a retained topic says; nothing the first time."""
        told.pop("updated_at", None)
        before = self._was.get(topic)
        self._was.put(topic, told)
        return [] if before is None else [(name, value) for name, value in told.items() if before.get(name) != value]


def _sent(bridge: str, intent: Intent | SentIntent) -> str:
    return f"{bridge}: {intent_line(intent.intent, intent.slots, intent.targets)}"


def _properties(values: Mapping[str, Value], without: tuple[str, ...] = ()) -> str:
    return ", ".join(f"{name}: {plain(value)}" for name, value in values.items() if name not in without)
