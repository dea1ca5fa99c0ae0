"""Durations and moments as slots hold them: hours, minutes and seconds from now, or a time of the clock and a day."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta

from devices.values import Slots
from hub.payloads import Value

_UNITS = {"hours": 3600, "minutes": 60, "seconds": 1}


def duration(slots: Slots, prefix: str = "") -> int | None:
    """The seconds that the slots hold, None where they hold none; what is no number counts as out of range (0)."""
    given = [(slots[prefix + unit], size) for unit, size in _UNITS.items() if slots.get(prefix + unit) is not None]
    if not given:
        return None
    total = sum(_number(value) * size for value, size in given)
    return round(total) if math.isfinite(total) else 0


def _number(value: Value) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return math.nan
    try:
        return float(value)
    except (ValueError, OverflowError):
        return math.nan


def moment(slots: Slots, now: datetime) -> datetime | None:
    """The moment of the slots `time` ("19:00") and `date` ("2026-11-26"), in the zone of `now`; None without a time.

    Without a date it is the next such moment; with one it may be past. Raises ValueError for what no clock shows.
    """
    said, day = slots.get("time"), slots.get("date")
    if said is None:
        return None
    clock = time.fromisoformat(str(said)).replace(tzinfo=None)
    if day is not None:
        return datetime.combine(date.fromisoformat(str(day)), clock, tzinfo=now.tzinfo)
    today = datetime.combine(now.date(), clock, tzinfo=now.tzinfo)
    return today if today > now else datetime.combine(now.date() + timedelta(days=1), clock, tzinfo=now.tzinfo)


def seconds_until(moment: datetime, now: datetime) -> float:
    """Seconds from `now` to `moment`; negative where it is past."""
    # Two times of one zone are subtracted as walls show them: where clocks are changed, an hour would be lost.
    return moment.timestamp() - now.timestamp()
