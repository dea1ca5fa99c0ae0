"""Days: read from squashed text as they were said, resolved by a pure function, and spoken."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from hub.korean.numerals import longest_first, read

WEEKDAYS: Final = "월화수목금토일"


@dataclass(frozen=True, slots=True)
class Date:
    """A day as it was said; ``resolve_date`` tells which day that is.

    Either ``days`` from today, or a ``weekday`` (Monday is 0) of the week ``weeks`` from this one (``None``: the next
    such day, today included), or a ``day`` with its ``month`` (or ``months`` from this one) and ``year`` as far as they
    were said.
    """

    days: int | None = None
    weeks: int | None = None
    weekday: int | None = None
    year: int | None = None
    months: int | None = None
    month: int | None = None
    day: int | None = None


_DAYS: Final = {
    "오늘": 0, "금일": 0, "내일": 1, "명일": 1, "낼": 1, "모레": 2, "내일모레": 2, "낼모레": 2, "글피": 3, "그글피": 4,
    "어제": -1, "그제": -2, "그저께": -2, "엊그제": -2, "엊그저께": -2, "어저께": -1,
}  # fmt: skip
_NATIVE_DAYS: Final = {
    "하루": 1, "이틀": 2, "사흘": 3, "나흘": 4, "닷새": 5, "엿새": 6, "이레": 7, "여드레": 8, "아흐레": 9, "열흘": 10,
    "보름": 15,
}  # fmt: skip
_WEEKS: Final = {
    "이번주": 0, "금주": 0, "다음주": 1, "담주": 1, "내주": 1, "차주": 1, "다다음주": 2, "지난주": -1, "저번주": -1,
    "돌아오는": None, "오는": None, "다가오는": None,
}  # fmt: skip
_MONTHS: Final = {"이번달": 0, "이달": 0, "다음달": 1, "담달": 1}
_SPOKEN_MONTHS: Final = {"유월": 6, "시월": 10}
DATE_STARTS: Final = frozenset(
    word[0] for words in (_DAYS, _NATIVE_DAYS, _WEEKS, _MONTHS, _SPOKEN_MONTHS) for word in words
) | frozenset(f"{WEEKDAYS}주")
"""What a day may begin with, beside numerals."""
DATE_SIGNS: Final = frozenset({*_DAYS, *_NATIVE_DAYS, "일", "주", "-", "/", "."})
"""What every day has."""

_WEEKDAY: Final = re.compile(f"([{WEEKDAYS}])요일|주말")
_AFTER: Final = re.compile("뒤|후|있다가")
_NUMERIC: Final = re.compile(r"(?:(\d{4})[-/.](\d{1,2})[-/.]|(\d{1,2})/)(\d{1,2})(?!\d|[-/.:])")
_MONTH_DAYS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def dates(text: str, pos: int = 0) -> list[tuple[int, Date]]:
    """Every day named at ``text[pos]``: 내일, 다음주월요일, 금요일, 주말, 11월24일, 24일, 2026년11월24일, 사흘뒤.

    Days that no calendar has (2월30일, 13월) are not there.
    """
    found: list[tuple[int, Date]] = []
    found += [(pos + len(word), Date(days=days)) for word, days in _DAYS.items() if text.startswith(word, pos)]
    found += _weekdays(text, pos)
    found += _days_from_now(text, pos)
    found += _calendar_days(text, pos)
    return longest_first(found)


def _weekdays(text: str, pos: int) -> Iterator[tuple[int, Date]]:
    starts: list[tuple[int, int | None]] = [(pos, None)]
    starts += [(pos + len(word), weeks) for word, weeks in _WEEKS.items() if text.startswith(word, pos)]
    for start, weeks in starts:
        if match := _WEEKDAY.match(text, start):
            yield match.end(), Date(weeks=weeks, weekday=WEEKDAYS.index(match[1]) if match[1] else 5)


def _days_from_now(text: str, pos: int) -> Iterator[tuple[int, Date]]:
    counts = [(pos + len(word), days) for word, days in _NATIVE_DAYS.items() if text.startswith(word, pos)]
    for end, value in read(text, pos):
        for unit, days in (("일", 1), ("주일", 7), ("주", 7)):
            if text.startswith(unit, end) and isinstance(value, int) and 0 < value <= 366:
                counts.append((end + len(unit), value * days))
    for end, value in counts:
        if match := _AFTER.match(text, end):
            yield match.end(), Date(days=value)


def _calendar_days(text: str, pos: int) -> Iterator[tuple[int, Date]]:
    if numeric := _NUMERIC.match(text, pos):
        month, day = int(numeric[2] or numeric[3]), int(numeric[4])
        if _exists(month, day):
            yield numeric.end(), Date(year=int(numeric[1]) if numeric[1] else None, month=month, day=day)
    years: list[tuple[int, int | None]] = [(pos, None)]
    years += [(end, year) for end, year in _numbered(text, pos, "년") if 1900 <= year <= 9999]
    for year_end, year in years:
        months = [(end, month) for end, month in _numbered(text, year_end, "월") if 1 <= month <= 12]
        months += [(year_end + 2, m) for word, m in _SPOKEN_MONTHS.items() if text.startswith(word, year_end)]
        for month_end, month in months:
            for end, day in _numbered(text, month_end, "일"):
                if _exists(month, day):
                    yield end, Date(year=year, month=month, day=day)
    starts: list[tuple[int, int | None]] = [(pos, None)]
    starts += [(pos + len(word), shift) for word, shift in _MONTHS.items() if text.startswith(word, pos)]
    for start, shift in starts:
        for end, day in _numbered(text, start, "일"):
            if 1 <= day <= 31:
                yield end, Date(months=shift, day=day)


def _numbered(text: str, pos: int, unit: str) -> Iterator[tuple[int, int]]:
    for end, value in read(text, pos, native=False):
        if text.startswith(unit, end) and isinstance(value, int):
            yield end + len(unit), value


def _exists(month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= _MONTH_DAYS[month - 1]


def resolve_date(said: Date, today: date) -> date:
    """The day that is meant, said on ``today``. A day without year (or month) is the next such day, today included.

    Raises ValueError when there is no such day (29 February of the wrong year).
    """
    if said.days is not None:
        return today + timedelta(days=said.days)
    if said.weekday is not None:
        monday = today - timedelta(days=today.weekday())
        if said.weeks is not None:
            return monday + timedelta(weeks=said.weeks, days=said.weekday)
        return today + timedelta(days=(said.weekday - today.weekday()) % 7)
    if said.day is None:
        raise ValueError(f"this names no day: {said}")
    if said.year is not None:
        return date(said.year, said.month or today.month, said.day)
    if said.months is not None:
        years, index = divmod(today.month - 1 + said.months, 12)
        return date(today.year + years, index + 1, said.day)
    # The next such day lies at most eight years ahead (29 February).
    for offset in range(12 * 8 + 1):
        years, index = divmod(today.month - 1 + offset, 12)
        year, month = today.year + years, index + 1
        if said.month not in (None, month) or said.day > monthrange(year, month)[1]:
            continue
        day = date(year, month, said.day)
        if day >= today:
            return day
    raise ValueError(f"no calendar has this day: {said}")


def say_date(day: date) -> str:
    """``11월 24일 화요일``."""
    return f"{day.month}월 {day.day}일 {WEEKDAYS[day.weekday()]}요일"
