"""What comes due: a timer, a plan, an alarm or a reminder, as it is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, NaiveDatetime

from devices.genie.clock import moment_of, zone_of
from devices.moments import seconds_until
from hub.messages import Intent
from hub.payloads import TopicId, new_id

LONGEST = 7 * 24 * 3600
"""Seconds that a timer may run."""

FARTHEST = 366 * 24 * 3600
"""Seconds that what is asked for a day and time may lie ahead."""

MOST = 250
"""Countdowns of one kind that there may be."""

EVERY_DAY: Final = tuple(range(7))

Kind = Literal["timer", "alarm", "reminder"]

_LONGEST_ID = 48
"""Characters of an id that leave room for what is put behind it: a day, and the number of a ring."""


class Countdown(BaseModel):
    """One of them: whose it is, what it is about, and when it is due.

    It runs for `seconds`, and of these `left` were left when it was kept, so that it was to end then (`ends_at`, None
    while it stands still). Or it is due when the clock on the wall shows `at`, and again on each of `days` (0 is
    Monday). `guessed` are days that nobody named, while the clock was not right.
    """

    model_config = ConfigDict(allow_inf_nan=False)

    id: TopicId
    satellite: TopicId | None = None
    room: str | None = None
    name: str | None = None
    command: str | None = None
    """Of a plan: the sentence that is to be carried out."""
    message: str | None = None
    """Of a reminder: what it is about."""
    seconds: int | None = Field(default=None, ge=1, le=FARTHEST)
    left: float = Field(default=0.0, le=FARTHEST)
    ends_at: AwareDatetime | None = None
    at: NaiveDatetime | None = None
    days: tuple[Annotated[int, Field(ge=0, le=6)], ...] = ()
    guessed: bool = False
    ends: float | None = Field(default=None, exclude=True)
    """When it ends by the clock that never jumps; None while it stands still, or waits for the wall."""

    @classmethod
    def of(cls, intent: Intent, **what: Any) -> Countdown:
        """What an intent starts. It has the intent's id, so that an intent that is sent again starts nothing else."""
        known = intent.id if len(intent.id) <= _LONGEST_ID else new_id()
        return cls(id=known, satellite=intent.satellite, room=intent.room, **what)

    @property
    def paused(self) -> bool:
        """Whether it stands still."""
        return self.at is None and self.ends is None


def next_shown(at: datetime, days: tuple[int, ...], after: datetime) -> datetime:
    """What the wall's clock shows when it is the time of `at` again, on one of `days`, later than `after`."""
    dates = (after.date() + timedelta(days=ahead) for ahead in range(9))
    shown = (datetime.combine(date, at.time()) for date in dates if date.weekday() in days)
    return next(moment for moment in shown if seconds_until(moment_of(moment, zone_of(after)), after) > 0)
