"""What travels over MQTT: one pydantic model per message of the contract (docs/contract.md).

Payloads are UTF-8 JSON, one object each. Unknown keys are kept out of the way (ignored), so that a newer sender can
talk to an older receiver; a wrong type, a missing key, and what is longer or more than anybody needs, is an error that
names the topic and the key.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import from_json

ROOT = "jipsa"
"""First level of every topic."""

ALL_SATELLITES = "all"
"""Satellite id that reaches every satellite."""

INTENT_LIFETIME = timedelta(seconds=15)
"""How long an intent may be on its way before carrying it out would surprise the speaker."""

MOST_DEVICES = 2_000
"""Devices of a home that notice is taken of."""

MOST_PROPERTIES = 200
"""Properties of a device."""

MOST_VALUES = 1_000
"""Values that one property may have."""

LARGEST_NUMBER = 1e308
"""Numbers are smaller, so that each is one in every language."""

LONGEST_TEXT = 10_000
"""Characters of a text: what is read out for half an hour."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")

TopicId = Annotated[str, StringConstraints(pattern=rf"^{_ID.pattern}$")]
"""An id that is safe as one MQTT topic level: ASCII letters, digits, `_` and `-`, 64 at most."""

Word = Annotated[
    str, StringConstraints(max_length=64, pattern=r"^[^\p{Cc}\p{Zl}\p{Zp}\x{202a}-\x{202e}\x{2066}-\x{2069}]*$")
]
"""The name of a property, a slot or an intent, or an id that stands in no topic; nothing in it is unseen."""


def _one_line(text: str) -> str:
    return text if text.isprintable() else "".join(sign if sign.isprintable() else " " for sign in text)


Spoken = Annotated[str, AfterValidator(_one_line)]
"""What was said or is to be said; signs that are neither seen nor heard are spaces."""

Line = Annotated[str, StringConstraints(max_length=200), AfterValidator(_one_line)]
"""A name, or another short text that people see or hear; in the same way."""

Value = JsonValue
"""A property value: number, string, boolean, list or object; `None` says unknown."""

EPOCHS = range(1900, 3000)
"""Years that a clock may show, be it ever so wrong; sums with others overflow."""


def _of_our_time(moment: datetime) -> datetime:
    if moment.year not in EPOCHS:
        raise ValueError("no clock shows that")
    return moment


Moment = Annotated[datetime, AfterValidator(_of_our_time)]
"""When something was, with or without a time zone."""

T = TypeVar("T", bound=Mapping[str, JsonValue])


def _sound(values: T) -> T:
    """Values that every reader can take; raises ValueError for others."""
    left: list[JsonValue] = list(values.values())
    while left:
        match left.pop():
            case str() as text if len(text) > LONGEST_TEXT:
                raise ValueError(f"a text has more than {LONGEST_TEXT} characters")
            case int() | float() as number if not abs(number) < LARGEST_NUMBER:
                raise ValueError("a number is not finite, or too large")
            case list() as items:
                left += items
            case dict() as items:
                left += items.values()
    return values


Values = Annotated[dict[Word, Value], Field(max_length=MOST_PROPERTIES), AfterValidator(_sound)]
"""Several values by their names."""


def _each_once(ids: list[str]) -> list[str]:
    return list(dict.fromkeys(ids))


def now() -> datetime:
    """The present moment, with its time zone, as every message carries it."""
    return datetime.now(UTC)


def new_id() -> str:
    """A fresh message id: 32 hexadecimal digits."""
    return uuid.uuid4().hex


def is_id(text: str) -> bool:
    """Whether `text` can stand as one topic level."""
    return _ID.fullmatch(text) is not None


class PayloadError(ValueError):
    """A payload that is not the message it should be; the text names the topic and what is wrong."""


class Message(BaseModel):
    """What all messages share: JSON in and out."""

    model_config = ConfigDict(extra="ignore", frozen=True, str_max_length=LONGEST_TEXT, allow_inf_nan=False)

    def to_payload(self) -> bytes:
        """The message as UTF-8 JSON; keys that were left out stay out."""
        return self.model_dump_json(exclude_none=True).encode()

    @classmethod
    def from_payload(cls, topic: str, payload: bytes) -> Self:
        """Read the message from a payload; raises PayloadError."""
        try:
            return cls.model_validate_json(payload)
        except ValidationError as error:
            raise PayloadError(f"{topic}: {first_fault(error)}") from None


def first_fault(error: ValidationError) -> str:
    """The first thing that is wrong, and where."""
    fault = error.errors(include_url=False)[0]
    where = ".".join(str(level) for level in fault["loc"])
    what = "it has signs that do not belong there" if fault["type"] == "string_pattern_mismatch" else fault["msg"]
    return f"{where}: {what}" if where else what


def _belongs(topic: str, rightful: str) -> None:
    if topic != rightful:
        raise PayloadError(f"{topic}: the id in it belongs to {rightful}")


def read_object(topic: str, payload: bytes) -> dict[str, Value]:
    """A payload that must be one JSON object, as a dict; raises PayloadError."""
    value = read_value(topic, payload)
    if not isinstance(value, dict):
        raise PayloadError(f"{topic}: one JSON object expected, got {type(value).__name__}")
    return value


def read_value(topic: str, payload: bytes) -> Value:
    """Any JSON with numbers that are numbers; of a key that comes twice the last counts. Raises PayloadError."""
    try:
        value: Value = from_json(payload, allow_inf_nan=False)
        _sound({"": value})
    except ValueError as error:
        raise PayloadError(f"{topic}: not JSON: {error}") from None
    return value


def read_text(topic: str, payload: bytes) -> str:
    """A payload that is bare text; raises PayloadError."""
    try:
        return payload.decode()
    except UnicodeDecodeError:
        raise PayloadError(f"{topic}: not UTF-8 text") from None


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


class Error(Message):
    """What went wrong: a code for machines and a sentence for the person."""

    code: ErrorCode
    message: Spoken


class Utterance(Message):
    """Something that was said: `jipsa/utterance`. Bare text is accepted in place of the object."""

    id: Word = Field(default_factory=new_id)
    text: Spoken = Field(min_length=1, max_length=1_000)
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
        _belongs(topic, Topic.reply(reply.id))
        return reply


class SentIntent(Message):
    """An intent on its way to a bridge: part of `Understood`."""

    id: Word
    bridge: Word
    intent: Word
    slots: Values = Field(default_factory=dict)
    targets: list[Word] = Field(default_factory=list, max_length=MOST_DEVICES)


class Understood(Message):
    """What the butler made of an utterance: `jipsa/understood`, for whoever follows a sentence on its way."""

    utterance_id: Word
    text: Spoken
    satellite: TopicId | None = None
    room: Line | None = None
    intents: list[SentIntent] = Field(default_factory=list, max_length=MOST_DEVICES)
    refused: Word | None = None


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
        _belongs(topic, Topic.device(about.id, "about"))
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


CONTRACT_VERSION = "1.0"
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
        """A satellite's `state`, `partial`, `wake`, `button` or `listen`."""
        return f"{ROOT}/satellite/{satellite}/{what}"


def is_command(topic: str) -> bool:
    """Whether a topic carries a command, which must never be retained."""
    levels = topic.split("/")
    if levels[0] != ROOT or len(levels) < 2:
        return False
    match levels[1:]:
        case ["utterance"] | ["intent" | "say", _] | ["device", _, "set"] | ["device", _, "set", _]:
            return True
        case ["bridge", _, "request", *_] | ["satellite", _, "listen" | "button"]:
            return True
        case _:
            return False
