"""What every payload of the contract has in common: how it is read, what may stand in it, and why it is refused.

The messages themselves: messages.py.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, StringConstraints, ValidationError
from pydantic_core import from_json

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
    str, StringConstraints(max_length=64, pattern=r"^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*$")
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


def belongs(topic: str, rightful: str) -> None:
    """Raise PayloadError where what stands in a payload belongs to another topic, the `rightful` one."""
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
