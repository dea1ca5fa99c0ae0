"""What a device is, and what it has."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field

from hub.messages.topics import Topic
from hub.payloads import MOST_PROPERTIES, MOST_VALUES, Line, Message, TopicId, Word, belongs

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
