"""What travels over MQTT: one pydantic model per message of the contract (docs/contract.md).

Payloads are UTF-8 JSON, one object each. Unknown keys are kept out of the way (ignored), so that a newer sender can
talk to an older receiver; a wrong type, a missing key, and what is longer or more than anybody needs, is an error that
names the topic and the key.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from hub.payloads import (
    MOST_DEVICES,
    MOST_PROPERTIES,
    MOST_VALUES,
    Line,
    Message,
    Moment,
    Spoken,
    TopicId,
    Values,
    Word,
    belongs,
    new_id,
    now,
    read_text,
)

ROOT = "jipsa"
"""First level of every topic."""

ALL_SATELLITES = "all"
"""Satellite id that reaches every satellite."""

MOST_UNSAYABLE = 200
"""Phrases that are told of a satellite that cannot hear them."""

INTENT_LIFETIME = timedelta(seconds=15)
"""How long an intent may be on its way before carrying it out would surprise the speaker."""


def _each_once(ids: list[str]) -> list[str]:
    return list(dict.fromkeys(ids))


class ErrorCode(StrEnum):
    """Why an intent was not carried out: the machine's half of a reply's error."""

    BAD_PAYLOAD = "bad_payload"
    CONFIRM = "confirm"
    DEVICE_ERROR = "device_error"
    DEVICE_OFFLINE = "device_offline"
    EXPIRED = "expired"
    MISSING = "missing"
    NO_ANSWER = "no_answer"
    NOT_ALLOWED = "not_allowed"
    NOT_FOUND = "not_found"
    NOT_NOW = "not_now"
    NOT_SUPPORTED = "not_supported"
    OUT_OF_RANGE = "out_of_range"
    POWERED_OFF = "powered_off"
    REMOTE_CONTROL_OFF = "remote_control_off"
    UNKNOWN_DEVICE = "unknown_device"
    UNKNOWN_INTENT = "unknown_intent"
    VENDOR_UNREACHABLE = "vendor_unreachable"

    @classmethod
    def _missing_(cls, value: object) -> ErrorCode | None:
        """A code of a later contract is an error all the same; its sentence says which."""
        return cls.DEVICE_ERROR if isinstance(value, str) else None


class Error(Message):
    """What went wrong: a code for machines and a sentence for the person."""

    code: ErrorCode
    message: Spoken


LONGEST_UTTERANCE = 1_000
"""Characters of what is said at once, and so the most parts that it may have."""


class Utterance(Message):
    """Something that was said: `jipsa/utterance`. Bare text is accepted in place of the object."""

    id: Word = Field(default_factory=new_id)
    text: Spoken = Field(min_length=1, max_length=LONGEST_UTTERANCE)
    satellite: TopicId | None = None
    room: Line | None = None
    source: Word = "mqtt"
    confidence: float | None = Field(default=None, ge=0, le=1)
    unsure: bool = False
    """Whether it may as well have been the opposite (켜, 꺼): to be asked about before it is carried out."""
    carry_out: bool = True
    """False: only `jipsa/understood` tells what it means; nothing is done, remembered or answered."""
    heard_at: Moment = Field(default_factory=now)

    @classmethod
    def from_payload(cls, topic: str, payload: bytes) -> Self:
        """Read an utterance from its JSON object, or from bare text."""
        text = read_text(topic, payload)
        if text.lstrip().startswith("{"):
            return super().from_payload(topic, payload)
        return super().from_payload(topic, json.dumps({"text": text.strip()}).encode())


class Intent(Message):
    """One thing to carry out by one bridge: `jipsa/intent/<bridge>`.

    A bridge that answers with the error `confirm` wants it once more, with `confirmed`, after a person said yes.
    """

    id: TopicId = Field(default_factory=new_id)
    utterance_id: Word | None = None
    intent: Word = Field(min_length=1)
    slots: Values = Field(default_factory=dict)
    targets: Annotated[list[TopicId], AfterValidator(_each_once)] = Field(default_factory=list, max_length=MOST_DEVICES)
    confirmed: bool = False
    satellite: TopicId | None = None
    room: Line | None = None
    issued_at: Moment = Field(default_factory=now)
    expires_at: Moment = Field(default_factory=lambda: now() + INTENT_LIFETIME)

    @model_validator(mode="after")
    def _zones(self) -> Self:
        if self.expires_at.tzinfo is None or self.issued_at.tzinfo is None:
            raise ValueError("issued_at and expires_at need a time zone")
        return self

    def expired(self, at: datetime) -> bool:
        """Whether it is too late to carry this out."""
        return at > self.expires_at


class Reply(Message):
    """What became of an intent: `jipsa/reply/<intent id>`.

    `changed` holds, for each device, the properties that are different now; `state` answers a question. `say` is set
    by bridges that speak for themselves (the assistant); for appliances the butler finds the words.
    """

    id: TopicId
    bridge: TopicId
    ok: bool
    say: Spoken | None = None
    error: Error | None = None
    changed: dict[Word, Values] = Field(default_factory=dict, max_length=MOST_DEVICES)
    state: dict[Word, Values] = Field(default_factory=dict, max_length=MOST_DEVICES)

    @classmethod
    def from_payload(cls, topic: str, payload: bytes) -> Self:
        """Read a reply; one to another intent than its topic says raises PayloadError."""
        reply = super().from_payload(topic, payload)
        belongs(topic, Topic.reply(reply.id))
        return reply


class SentIntent(Message):
    """An intent on its way to a bridge: part of `Understood`."""

    id: Word
    bridge: Word
    intent: Word
    slots: Values = Field(default_factory=dict)
    targets: list[Word] = Field(default_factory=list, max_length=MOST_DEVICES)


class Part(Message):
    """A part of an utterance as it was said, and what it was taken for: part of `Understood`.

    `slot` is a slot (`area`, `temperature`, …) or a role (`target`, `verb`, …); what nothing fits is `unexplained`, and
    spaces and marks between words have none.
    """

    text: Spoken
    slot: Word | None = None


class Understood(Message):
    """What the butler made of an utterance: `jipsa/understood`, for whoever follows a sentence on its way.

    `parts` are the whole of `text`, in order: joined, they are what was said (in NFC and half width).
    """

    utterance_id: Word
    text: Spoken
    satellite: TopicId | None = None
    room: Line | None = None
    intents: list[SentIntent] = Field(default_factory=list, max_length=MOST_DEVICES)
    refused: Word | None = None
    parts: list[Part] = Field(default_factory=list, max_length=LONGEST_UTTERANCE)


Priority = Literal["alarm", "answer", "announcement"]
"""What goes before what when a satellite has several things to say: in this order."""


class Say(Message):
    """Something to speak aloud: `jipsa/say/<satellite>`."""

    id: Word = Field(default_factory=new_id)
    text: Spoken = Field(min_length=1)
    priority: Priority = "announcement"
    utterance_id: Word | None = None
    asks: bool = False
    """Whether an answer is wanted: the satellite listens for one without being called."""


PropertyType = Literal["boolean", "integer", "number", "string", "enum", "color", "time"]


class Property(Message):
    """What one property of a device can be: part of `About`.

    `min`, `max` and `step` bound numbers (in `unit`); `values` lists what an enum may be; `writable` says whether a
    `set` may change it. For people, `name` is what it is called and `labels` what its values are called, in the
    bridge's language; `platform` is Home Assistant's that shows it best.
    """

    type: PropertyType
    writable: bool = False
    unit: Line | None = None
    min: float | None = None
    max: float | None = None
    step: float | None = None
    values: list[str] | None = Field(default=None, max_length=MOST_VALUES)
    name: Line | None = None
    labels: dict[str, Line] | None = Field(default=None, max_length=MOST_VALUES)
    platform: Word | None = None


class About(Message):
    """What a device is: `jipsa/device/<id>/about`, retained. Everything a device is comes from here."""

    id: TopicId
    bridge: TopicId
    type: Line = Field(min_length=1)
    name: Line = Field(min_length=1)
    aliases: list[Line] = Field(default_factory=list, max_length=50)
    room: Line | None = None
    device_class: Line | None = None
    properties: dict[Word, Property] = Field(default_factory=dict, max_length=MOST_PROPERTIES)
    events: list[Word] = Field(default_factory=list, max_length=50)
    """What it may tell of on its topic `event`."""

    @classmethod
    def from_payload(cls, topic: str, payload: bytes) -> Self:
        """Read an about; one of another device than its topic says raises PayloadError."""
        about = super().from_payload(topic, payload)
        belongs(topic, Topic.device(about.id, "about"))
        return about


class BridgeInfo(Message):
    """Versions and devices of a bridge: `jipsa/bridge/<name>/info`, retained."""

    version: Word
    contract: Word
    devices: list[TopicId] = Field(max_length=MOST_DEVICES)


class BridgeHealth(Message):
    """How a bridge fares: `jipsa/bridge/<name>/health`, retained. Seconds, bytes, and counts since its start."""

    uptime: float
    memory: int
    queue: int
    received: int
    published: int
    checked_at: datetime = Field(default_factory=now)


class LogLine(Message):
    """One line for whoever watches a bridge: `jipsa/bridge/<name>/log`."""

    level: Literal["debug", "info", "warning", "error"]
    message: str
    logged_at: datetime = Field(default_factory=now)


class Response(Message):
    """Answer to `jipsa/bridge/<name>/request/<verb>`, on `…/response/<verb>`."""

    status: Literal["ok", "error"]
    data: Values | None = None
    error: str | None = None
    transaction: Word | None = None


Activity = Literal["idle", "listening", "thinking", "speaking", "muted", "offline"]
"""What a satellite does."""


class SatelliteState(Message):
    """What a satellite is doing: `jipsa/satellite/<id>/state`, retained, with a will that says offline.

    `room` is where it stands, by name.
    """

    state: Activity
    room: Line | None = None


class SatellitePartial(Message):
    """What a satellite hears while somebody speaks: `jipsa/satellite/<id>/partial`, not retained; empty at the end."""

    text: str


class SatelliteHeard(Message):
    """What was said to a satellite, taken or refused: `jipsa/satellite/<id>/heard`, not retained.

    Taken, it has the id of the utterance that was published; refused, the reason; and neither where somebody else acts
    on it. `loudness` is in decibels below the loudest sound there is. What is said in the room, but not to the
    satellite, is never told.
    """

    utterance_id: Word | None = None
    text: Spoken
    refused: Word | None = None
    confidence: float = Field(ge=0, le=1)
    loudness: float | None = None
    heard_at: Moment = Field(default_factory=now)


class SatelliteGraph(Message):
    """Whether a satellite listens for the home as it is now: `jipsa/satellite/<id>/graph`, retained.

    While what it listens for is built anew, `done` of `of` steps are behind it; it hears with what it had until then,
    and after it failed, which has a `reason`. `phrases` are what sentences are made of; `unsayable` are those among
    them that the recognizer has no words for.
    """

    state: Literal["ready", "building", "failed"]
    done: int | None = Field(default=None, ge=0)
    of: int | None = Field(default=None, ge=0)
    phrases: int | None = Field(default=None, ge=0)
    unsayable: list[Spoken] | None = Field(default=None, max_length=MOST_UNSAYABLE)
    reason: Spoken | None = None


class SatelliteWake(Message):
    """A satellite heard its name: `jipsa/satellite/<id>/wake`; so several that heard it settle who acts.

    `loudness` is in decibels below the loudest sound there is. Published again with the same id and its outcome.
    """

    id: Word = Field(default_factory=new_id)
    loudness: float
    heard_at: Moment = Field(default_factory=now)
    outcome: Literal["claimed", "taken", "withdrawn"] = "claimed"


class SatelliteButton(Message):
    """Somebody pressed the button of a satellite: `jipsa/satellite/<id>/button`. What rings there is silenced."""

    pressed_at: datetime = Field(default_factory=now)


class ServiceState(Message):
    """Whether a service is there: `jipsa/bridge/<name>/state`, retained, with a will that says offline."""

    state: Literal["online", "offline"]


CONTRACT_VERSION = "1.1"
"""Version of the MQTT contract that these models are."""


class Topic:
    """Names of the topics of the contract."""

    UTTERANCE = f"{ROOT}/utterance"
    UNDERSTOOD = f"{ROOT}/understood"
    HOME = f"{ROOT}/home"

    @staticmethod
    def intent(bridge: str) -> str:
        """Where a bridge takes its intents."""
        return f"{ROOT}/intent/{bridge}"

    @staticmethod
    def reply(intent_id: str) -> str:
        """Where the reply to an intent goes."""
        return f"{ROOT}/reply/{intent_id}"

    @staticmethod
    def say(satellite: str) -> str:
        """Where a satellite takes what it shall speak."""
        return f"{ROOT}/say/{satellite}"

    @staticmethod
    def device(device: str, what: str) -> str:
        """A device's `about`, `state`, `available`, `set` or `set/<property>`."""
        return f"{ROOT}/device/{device}/{what}"

    @staticmethod
    def bridge(bridge: str, what: str) -> str:
        """A bridge's `state`, `info`, `health`, `log`, `request/<verb>` or `response/<verb>`."""
        return f"{ROOT}/bridge/{bridge}/{what}"

    @staticmethod
    def satellite(satellite: str, what: str = "state") -> str:
        """A satellite's `state`, `partial`, `heard`, `graph`, `wake`, `button` or `listen`."""
        return f"{ROOT}/satellite/{satellite}/{what}"


def is_command(topic: str) -> bool:
    """Whether a topic carries a command, which must never be retained."""
    levels = topic.split("/")
    if levels[0] != ROOT or len(levels) < 2:
        return False
    match levels[1:]:
        case ["utterance"] | ["intent" | "say", _] | ["device", _, "set"] | ["device", _, "set", _]:
            return True
        case ["bridge", _, "request", *_] | ["satellite", _, "listen" | "button"] | ["remote", "command"]:
            return True
        case _:
            return False
