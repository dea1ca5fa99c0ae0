"""What a satellite does and hears."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from hub.payloads import Line, Message, Moment, Spoken, Word, new_id, now

MOST_UNSAYABLE = 200
"""Phrases that are told of a satellite that cannot hear them."""


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
