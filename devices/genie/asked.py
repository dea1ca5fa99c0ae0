"""When something is asked for: the slots `time`, `date` and `days` of plans, alarms and reminders."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Final, NamedTuple

from devices.commands import CommandError, Slots
from devices.genie.clock import moment_of, say_moment, say_time, zone_of
from devices.genie.countdown import EVERY_DAY, FARTHEST, Countdown, next_shown
from devices.genie.dates import NEAR_DAYS
from devices.genie.skill import Skill
from devices.moments import moment, seconds_until
from hub.messages import ErrorCode
from hub.payloads import Value
from hub.texts import Language, text

Days = tuple[int, ...]

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WORK_DAYS: Final = EVERY_DAY[:5]
WEEKEND: Final = EVERY_DAY[5:]

DAYS: Final[dict[str, Days]] = {day: (number,) for number, day in enumerate(WEEKDAYS)} | {
    "weekdays": WORK_DAYS,
    "weekend": WEEKEND,
    "daily": EVERY_DAY,
}
"""What the slot `days` may hold, with commas between several or as a list."""


class Asked(NamedTuple):
    """What the wall's clock shall show, on which days again, and whether the day was only guessed."""

    at: datetime
    days: Days
    guessed: bool


def asked(skill: Skill, slots: Slots, no_time: str) -> Asked:
    """What the slots ask for; raises CommandError, with the text `no_time` where they say no time of the clock."""
    now = skill.desk.clock.now()
    try:
        days = days_of(slots.get("days"))
        then = moment(slots, now)
    except (ValueError, OverflowError):
        days, then = (), None
    if then is None:
        absent = slots.get("time") is None
        raise skill.error(ErrorCode.MISSING if absent else ErrorCode.BAD_PAYLOAD, no_time)
    shown = then.replace(tzinfo=None)
    if days and (shown.weekday() not in days or seconds_until(then, now) <= 0):
        shown = next_shown(shown, days, max(then, now, key=datetime.timestamp))
    seconds = seconds_until(moment_of(shown, zone_of(now)), now)
    if seconds < 1:
        raise CommandError(ErrorCode.OUT_OF_RANGE, text("bridge.past", skill.desk.language))
    if seconds > FARTHEST:
        raise skill.error(ErrorCode.OUT_OF_RANGE, "too_far")
    return Asked(shown, days, guessed=slots.get("date") is None and not skill.desk.clock.trusted())


def days_of(said: Value) -> Days:
    """The days of a slot, Monday is 0; raises ValueError for what is none."""
    if said is None:
        return ()
    names = re.split(r"[\s,]+", said.strip()) if isinstance(said, str) else said
    if not isinstance(names, list) or not names:
        raise ValueError(f"no days: {said}")
    try:
        return tuple(sorted({day for name in names for day in DAYS[str(name)]}))
    except KeyError as unknown:
        raise ValueError(f"no day: {unknown}") from None


def day_named(name: Value, now: datetime) -> str | None:
    """The date of the slot `day`: today, tomorrow, day_after_tomorrow."""
    ahead = NEAR_DAYS.get(name) if isinstance(name, str) else None
    return None if ahead is None else (now.date() + timedelta(days=ahead)).isoformat()


def shown_at(said: Value, found: Sequence[tuple[Countdown, datetime | None]]) -> list[Countdown]:
    """Those that are due at the time of day that was said (None: any); none where that is no time.

    Where nothing is due then, 19:00 may have been meant for 7:00: who says 7시 does not say which.
    """
    if said is None:
        return [item for item, _ in found]
    try:
        wanted = time.fromisoformat(str(said))
    except ValueError:
        return []
    times = [(item, at.hour, at.minute) for item, at in found if at is not None]
    exact = [item for item, hour, minute in times if (hour, minute) == (wanted.hour, wanted.minute)]
    half = (wanted.hour % 12, wanted.minute)
    return exact or [item for item, hour, minute in times if (hour % 12, minute) == half]


def say_when(then: datetime, days: Days, now: datetime, language: Language) -> str:
    """When something is due: `내일 오전 7시`, or `평일 오전 7시` where it is on these days again and again."""
    if not days:
        return say_moment(then, now, language)
    return text("genie.again", language, days=_say_days(days, language), time=say_time(then, language))


def _say_days(days: Days, language: Language) -> str:
    for name in ("daily", "weekdays", "weekend"):
        if days == DAYS[name]:
            return text(f"genie.days-{name}", language)
    return ", ".join(text(f"genie.days-{WEEKDAYS[day]}", language) for day in days)
