"""A sentence on its way: what was said, what it means, what came of it, and what is answered."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from hub.messages.topics import Topic
from hub.payloads import (
    MOST_DEVICES,
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

ALL_SATELLITES = "all"
"""Satellite id that reaches every satellite."""


INTENT_LIFETIME = timedelta(seconds=15)
"""How long an intent may be on its way before carrying it out would surprise the speaker."""


LONGEST_UTTERANCE = 1_000
"""Characters of what is said at once, and so the most parts that it may have."""


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


def _each_once(ids: list[str]) -> list[str]:
    return list(dict.fromkeys(ids))
