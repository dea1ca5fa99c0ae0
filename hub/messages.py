"""What travels over MQTT: one pydantic model per message of the contract (docs/contract.md).

Payloads are UTF-8 JSON, one object each. Unknown keys are kept out of the way (ignored), so that a newer sender can
talk to an older receiver; a wrong type or a missing key is an error that names the topic and the key.
"""

from __future__ import annotations

import json
import re
import uuid
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, ValidationError, model_validator

ROOT = "jipsa"
"""First level of every topic."""

ALL_SATELLITES = "all"
"""Satellite id that reaches every satellite."""

INTENT_LIFETIME = timedelta(seconds=15)
"""How long an intent may be on its way before carrying it out would surprise the speaker."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")

TopicId = Annotated[str, StringConstraints(pattern=rf"^{_ID.pattern}$")]
"""An id that is safe as one MQTT topic level: ASCII letters, digits, `_` and `-`, 64 at most."""

Value = JsonValue
"""A property value: number, string, boolean, list or object; `None` says unknown."""


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

    model_config = ConfigDict(extra="ignore", frozen=True, str_max_length=10_000)

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
    return f"{where}: {fault['msg']}" if where else fault["msg"]


def read_object(topic: str, payload: bytes) -> dict[str, Value]:
    """A payload that must be one JSON object, as a dict; raises PayloadError."""
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError):
        raise PayloadError(f"{topic}: not JSON") from None
    if not isinstance(value, dict):
        raise PayloadError(f"{topic}: one JSON object expected, got {type(value).__name__}")
    return value


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
    message: str


class Utterance(Message):
    """Something that was said: `jipsa/utterance`. Bare text is accepted in place of the object."""

    id: str = Field(default_factory=new_id, max_length=64)
    text: str = Field(min_length=1)
    satellite: TopicId | None = None
    room: str | None = None
    source: str = "mqtt"
    confidence: float | None = Field(default=None, ge=0, le=1)
    unsure: bool = False
    """Whether it may as well have been the opposite (켜, 꺼): to be asked about before it is carried out."""
    carry_out: bool = True
    """False: only `jipsa/understood` tells what it means; nothing is done, remembered or answered."""
    heard_at: datetime = Field(default_factory=now)

    @classmethod
    def from_payload(cls, topic: str, payload: bytes) -> Self:
        """Read an utterance from its JSON object, or from bare text."""
        try:
            text = payload.decode()
        except UnicodeDecodeError:
            raise PayloadError(f"{topic}: not UTF-8 text") from None
        if text.lstrip().startswith("{"):
            return super().from_payload(topic, payload)
        return super().from_payload(topic, json.dumps({"text": text.strip()}).encode())


class Intent(Message):
    """One thing to carry out by one bridge: `jipsa/intent/<bridge>`.

    A bridge that answers with the error `confirm` wants it once more, with `confirmed`, after a person said yes.
    """

    id: TopicId = Field(default_factory=new_id)
    utterance_id: str | None = None
    intent: str = Field(min_length=1)
    slots: dict[str, Value] = Field(default_factory=dict)
    targets: list[TopicId] = Field(default_factory=list)
    confirmed: bool = False
    satellite: TopicId | None = None
    room: str | None = None
    issued_at: datetime = Field(default_factory=now)
    expires_at: datetime = Field(default_factory=lambda: now() + INTENT_LIFETIME)

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
    say: str | None = None
    error: Error | None = None
    changed: dict[str, dict[str, Value]] = Field(default_factory=dict)
    state: dict[str, dict[str, Value]] = Field(default_factory=dict)


class SentIntent(Message):
    """An intent on its way to a bridge: part of `Understood`."""

    id: str
    bridge: str
    intent: str
    slots: dict[str, Value] = Field(default_factory=dict)
    targets: list[str] = Field(default_factory=list)


class Understood(Message):
    """What the butler made of an utterance: `jipsa/understood`, for whoever follows a sentence on its way."""

    utterance_id: str
    text: str
    satellite: TopicId | None = None
    room: str | None = None
    intents: list[SentIntent] = Field(default_factory=list)
    refused: str | None = None


Priority = Literal["alarm", "answer", "announcement"]
"""What goes before what when a satellite has several things to say: in this order."""


class Say(Message):
    """Something to speak aloud: `jipsa/say/<satellite>`."""

    id: str = Field(default_factory=new_id, max_length=64)
    text: str = Field(min_length=1)
    priority: Priority = "announcement"
    utterance_id: str | None = None
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
    unit: str | None = None
    min: float | None = None
    max: float | None = None
    step: float | None = None
    values: list[str] | None = None
    name: str | None = None
    labels: dict[str, str] | None = None
    platform: str | None = None


class About(Message):
    """What a device is: `jipsa/device/<id>/about`, retained. Everything a device is comes from here."""

    id: TopicId
    bridge: TopicId
    type: str = Field(min_length=1)
    name: str = Field(min_length=1)
    aliases: list[str] = Field(default_factory=list)
    room: str | None = None
    device_class: str | None = None
    properties: dict[str, Property] = Field(default_factory=dict)
    events: list[str] = Field(default_factory=list)
    """What it may tell of on its topic `event`."""


class BridgeInfo(Message):
    """Versions and devices of a bridge: `jipsa/bridge/<name>/info`, retained."""

    version: str
    contract: str
    devices: list[TopicId]


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
    data: dict[str, Value] | None = None
    error: str | None = None
    transaction: str | None = None


Activity = Literal["idle", "listening", "thinking", "speaking", "muted", "offline"]
"""What a satellite does."""


class SatelliteState(Message):
    """What a satellite is doing: `jipsa/satellite/<id>/state`, retained, with a will that says offline.

    `room` is where it stands, by name.
    """

    state: Activity
    room: str | None = None


class SatellitePartial(Message):
    """What a satellite hears while somebody speaks: `jipsa/satellite/<id>/partial`, not retained; empty at the end."""

    text: str


class SatelliteWake(Message):
    """A satellite heard its name: `jipsa/satellite/<id>/wake`; so several that heard it settle who acts.

    `loudness` is in decibels below the loudest sound there is. Published again with the same id and its outcome.
    """

    id: str = Field(default_factory=new_id, max_length=64)
    loudness: float
    heard_at: datetime = Field(default_factory=now)
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
