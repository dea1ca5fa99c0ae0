"""Durations and clock times: read from squashed text, resolved by pure functions, and spoken. Days are in ``dates``.

Every reader takes (text, pos) and returns all readings that start there, the longest first; it never raises on text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, Literal

from hub.korean.numerals import longest_first, read, sino

Meridiem = Literal["am", "pm"]
Slots = dict[str, int]


_UNITS: Final = (("hours", "시간", 3600), ("minutes", "분", 60), ("seconds", "초", 1))
_LONGEST_HOURS: Final = 1000
DURATION_SIGNS: Final = frozenset(name for _, name, _ in _UNITS)
"""What every duration has."""


def durations(text: str, pos: int = 0) -> list[tuple[int, int, Slots]]:
    """Every duration that starts at ``text[pos]`` as (end, seconds, slots): 1시간30분, 한시간반, 반시간, 1.5시간, 90초.

    ``slots`` holds ``hours``, ``minutes`` and ``seconds`` as they were said (90초 is 90 seconds, not 1 minute 30); a
    half becomes the next smaller unit. Days are no durations but dates.
    """
    if text.startswith("반시간", pos):
        return [(pos + 3, 1800, {"minutes": 30})]
    found = [(end, slots) for end, slots in _duration_parts(text, pos, 0) if slots]
    return [(end, _seconds(slots), slots) for end, slots in longest_first(found)]


def _seconds(slots: Slots) -> int:
    return sum(slots.get(slot, 0) * seconds for slot, _, seconds in _UNITS)


def _duration_parts(text: str, pos: int, unit: int) -> Iterator[tuple[int, Slots]]:
    """Readings of the units from ``_UNITS[unit]`` on, largest first; each unit may be missing."""
    for index in range(unit, len(_UNITS)):
        slot, name, _ = _UNITS[index]
        for end, value in read(text, pos, native=slot == "hours"):
            if not text.startswith(name, end) or not 0 < value < _LONGEST_HOURS * 60:
                continue
            end += len(name)
            if isinstance(value, float):
                if slots := _with_fraction(value, index):
                    yield end, slots
                continue
            yield end, {slot: value}
            if text.startswith("반", end) and index + 1 < len(_UNITS):
                yield end + 1, {slot: value, _UNITS[index + 1][0]: 30}
            for rest_end, rest in _duration_parts(text, end, index + 1):
                yield rest_end, {slot: value, **rest}


def _with_fraction(value: float, index: int) -> Slots:
    """1.5 hours as 1 hour 30 minutes; empty where a fraction of a second would be left."""
    slot, _, size = _UNITS[index]
    whole, rest = divmod(round(value * size, 6), size)
    if rest != int(rest):
        return {}
    slots = {slot: int(whole)} if whole else {}
    for name, _, seconds in _UNITS[index + 1 :]:
        count, rest = divmod(rest, seconds)
        if count:
            slots[name] = int(count)
    return slots


def say_duration(seconds: int) -> str:
    """``1시간 30분``; zero is ``0초``. Raises ValueError for a negative duration."""
    if seconds < 0:
        raise ValueError(f"a duration cannot be negative: {seconds} s")
    parts = []
    for _, name, size in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{name}")
    return " ".join(parts) or "0초"


@dataclass(frozen=True, slots=True)
class Clock:
    """A time as it was said: the hour (0 .. 24), the minute, and am or pm where a word told it."""

    hour: int
    minute: int = 0
    meridiem: Meridiem | None = None

    def candidates(self) -> tuple[time, ...]:
        """The one or two times of day that may be meant, in the order of the day: 7시 is 07:00 or 19:00."""
        if self.meridiem == "am":
            return (time(self.hour % 12, self.minute),)
        if self.meridiem == "pm":
            return (time(self.hour if self.hour > 12 else self.hour % 12 + 12, self.minute),)
        if self.hour == 24:
            return (time(0, self.minute),)
        if self.hour == 0 or self.hour > 12:
            return (time(self.hour, self.minute),)
        return time(self.hour % 12, self.minute), time(self.hour % 12 + 12, self.minute)


def next_time(clock: Clock, now: datetime) -> datetime:
    """The next moment after ``now`` at which the clock shows this time; the time zone is that of ``now``."""
    today = [now.replace(hour=t.hour, minute=t.minute, second=0, microsecond=0) for t in clock.candidates()]
    return min(moment if moment > now else moment + timedelta(days=1) for moment in today)


# Which half of the day a word means for an hour: 밤 12 and 1 .. 4 are after midnight, 낮 11 is before noon.
_HALVES: Final[dict[str, Callable[[int], Meridiem]]] = {
    "오전": lambda hour: "am",
    "새벽": lambda hour: "am",
    "아침": lambda hour: "am",
    "오후": lambda hour: "pm",
    "저녁": lambda hour: "pm",
    "점심": lambda hour: "am" if hour in (10, 11) else "pm",
    "낮": lambda hour: "am" if hour in (9, 10, 11) else "pm",
    "밤": lambda hour: "am" if hour in (12, 1, 2, 3, 4) else "pm",
}
_HALF_WORD: Final = re.compile("|".join(_HALVES))
_NAMED_CLOCKS: Final = {"정오": Clock(12, 0, "pm"), "자정": Clock(12, 0, "am")}
CLOCK_STARTS: Final = frozenset(word[0] for word in (*_HALVES, *_NAMED_CLOCKS))
"""What a clock time may begin with, beside numerals."""

CLOCK_SIGNS: Final = frozenset({*_NAMED_CLOCKS, "시", ":"})
"""What every clock time has."""

_DIGITAL: Final = re.compile(r"(\d{1,2}):(\d{2})(?!\d)(?::\d{2})?")


def clock_times(text: str, pos: int = 0) -> list[tuple[int, Clock]]:
    """Every clock time that starts at ``text[pos]``: 오전일곱시삼십분, 저녁7시반, 7시5분전, 19:30, 정오, 자정.

    Times that no clock shows (25시, 7시70분, 오전15시) are not there.
    """
    for name, named in _NAMED_CLOCKS.items():
        if text.startswith(name, pos):
            return [(pos + len(name), named)]
    half = _HALF_WORD.match(text, pos)
    start = half.end() if half else pos
    found = []
    for end, hour, minute in _hours_and_minutes(text, start):
        clock = _checked(hour, minute, half[0] if half else None)
        if clock is not None:
            found.append((end, clock))
    return longest_first(found)


def _hours_and_minutes(text: str, pos: int) -> Iterator[tuple[int, int, int]]:
    if digital := _DIGITAL.match(text, pos):
        yield digital.end(), int(digital[1]), int(digital[2])
    for end, hour in read(text, pos):
        # 시간 is a duration, never the hour of a clock.
        if not text.startswith("시", end) or text.startswith("시간", end) or not isinstance(hour, int):
            continue
        if 1 <= hour <= 9 and text[pos:end] == sino(hour):
            continue  # 일시정지 is no one o'clock: up to nine the hours are native
        end += 1
        yield end, hour, 0
        if text.startswith("정각", end):
            yield end + 2, hour, 0
        if text.startswith("반", end):
            yield end + 1, hour, 30
        for minute_end, minute in read(text, end, native=False):
            if not text.startswith("분", minute_end) or not isinstance(minute, int):
                continue
            yield minute_end + 1, hour, minute
            if text.startswith("전", minute_end + 1) and 0 < minute < 60:
                yield minute_end + 2, hour - 1 if hour > 1 else hour + 11, 60 - minute


def _checked(hour: int, minute: int, half: str | None) -> Clock | None:
    if not 0 <= hour <= 24 or not 0 <= minute <= 59 or (hour == 24 and minute):
        return None
    if half is None:
        return Clock(hour, minute)
    meridiem = _HALVES[half](hour)
    if hour == 24 or (hour > 12 and meridiem == "am") or (hour == 0 and meridiem == "pm"):
        return None
    return Clock(hour, minute, meridiem)


def say_clock(moment: time) -> str:
    """``오후 3시 5분``; noon is ``정오``, midnight ``자정``. Seconds are not said."""
    if moment.minute == 0 and moment.hour in (0, 12):
        return "정오" if moment.hour else "자정"
    half = "오전" if moment.hour < 12 else "오후"
    minutes = f" {moment.minute}분" if moment.minute else ""
    return f"{half} {moment.hour % 12 or 12}시{minutes}"
