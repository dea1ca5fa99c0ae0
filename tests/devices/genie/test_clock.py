"""Telling time, dates and durations."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from devices.genie.clock import SystemClock, say_duration, tell_date, tell_time
from hub.texts import Language

SEOUL = ZoneInfo("Asia/Seoul")


@pytest.mark.parametrize(
    ("hour", "minute", "ko", "en"),
    [
        (15, 5, "지금은 오후 3시 5분이에요.", "It is 3:05 PM."),
        (0, 0, "지금은 자정이에요.", "It is 12:00 AM."),
        (12, 0, "지금은 정오예요.", "It is 12:00 PM."),
        (9, 0, "지금은 오전 9시예요.", "It is 9:00 AM."),
    ],
)
def test_time_is_told(hour: int, minute: int, ko: str, en: str) -> None:
    now = datetime(2026, 11, 24, hour, minute, 59, tzinfo=SEOUL)
    assert tell_time(now, "ko") == ko
    assert tell_time(now, "en") == en


def test_date_is_told() -> None:
    assert tell_date(date(2026, 11, 24), "ko") == "오늘은 11월 24일 화요일이에요."
    assert tell_date(date(2026, 11, 4), "en") == "Today is Wednesday, November 4."


@pytest.mark.parametrize(
    ("seconds", "language", "said"),
    [
        (5400, "ko", "1시간 30분"),
        (5400, "en", "1 hour 30 minutes"),
        (61, "en", "1 minute 1 second"),
        (0.2, "ko", "1초"),
        (59.5, "en", "1 minute"),
        (-3, "ko", "0초"),
        (0, "en", "0 seconds"),
    ],
)
def test_duration_is_told_to_the_started_second(seconds: float, language: Language, said: str) -> None:
    assert say_duration(seconds, language) == said


def test_duration_before_a_noun_has_no_plural() -> None:
    assert say_duration(180, "en", before_noun=True) == "3 minute"


async def test_the_system_clock_knows_its_zone_and_never_runs_back() -> None:
    clock = SystemClock()
    assert clock.now().tzinfo is not None
    before = clock.monotonic()
    await clock.sleep_until(before + 0.001)
    assert clock.monotonic() >= before + 0.001
