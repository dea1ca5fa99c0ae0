"""Telling time, dates and durations."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import devices.genie.clock
from devices.commands import CommandError
from devices.genie.clock import SystemClock, local_zone, moment_of, say_duration, say_moment
from devices.genie.dates import tell_date, tell_time
from hub.payloads import Value
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


TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("slots", "ko", "en"),
    [
        ({}, "오늘은 11월 24일 화요일이에요.", "Today is Tuesday, November 24."),
        ({"day": "today"}, "오늘은 11월 24일 화요일이에요.", "Today is Tuesday, November 24."),
        ({"day": "tomorrow"}, "내일은 11월 25일 수요일이에요.", "Tomorrow is Wednesday, November 25."),
        (
            {"day": "day_after_tomorrow"},
            "모레는 11월 26일 목요일이에요.",
            "The day after tomorrow is Thursday, November 26.",
        ),
        ({"date": "2026-11-25"}, "내일은 11월 25일 수요일이에요.", "Tomorrow is Wednesday, November 25."),
        ({"date": "2026-12-25"}, "12월 25일 금요일이에요.", "That is Friday, December 25."),
    ],
)
def test_date_is_told(slots: dict[str, Value], ko: str, en: str) -> None:
    assert tell_date(slots, TODAY, "ko") == ko
    assert tell_date(slots, TODAY, "en") == en


@pytest.mark.parametrize("slots", [{"day": "someday"}, {"day": 3}, {"date": "2026-02-30"}, {"date": "tomorrow"}])
def test_what_is_no_day_is_refused(slots: dict[str, Value]) -> None:
    with pytest.raises(CommandError, match="그런 날짜는 없어요"):
        tell_date(slots, TODAY, "ko")


@pytest.mark.parametrize(
    ("moment", "ko", "en"),
    [
        (datetime(2026, 11, 24, 19, tzinfo=SEOUL), "오후 7시", "at 7:00 PM"),
        (datetime(2026, 11, 24, 18, 59, 59, 999_999, tzinfo=SEOUL), "오후 7시", "at 7:00 PM"),
        (datetime(2026, 11, 24, 10, tzinfo=UTC), "오후 7시", "at 7:00 PM"),
        (datetime(2026, 11, 25, 7, 30, tzinfo=SEOUL), "내일 오전 7시 30분", "tomorrow at 7:30 AM"),
        (datetime(2026, 11, 26, 12, tzinfo=SEOUL), "모레 정오", "the day after tomorrow at 12:00 PM"),
        (
            datetime(2026, 11, 28, 9, tzinfo=SEOUL),
            "11월 28일 토요일 오전 9시",
            "on Saturday, November 28 at 9:00 AM",
        ),
    ],
)
def test_a_moment_is_said_as_it_is_seen_from_now(moment: datetime, ko: str, en: str) -> None:
    now = datetime(2026, 11, 24, 15, tzinfo=SEOUL)
    assert say_moment(moment, now, "ko") == ko
    assert say_moment(moment, now, "en") == en


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


NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("shown", "moment"),
    [
        (datetime(2026, 3, 8, 1, 59), "2026-03-08T01:59:00-05:00"),
        (datetime(2026, 3, 8, 2, 0), "2026-03-08T03:00:00-04:00"),
        (datetime(2026, 3, 8, 2, 59, 59), "2026-03-08T03:00:00-04:00"),
        (datetime(2026, 3, 8, 3, 0), "2026-03-08T03:00:00-04:00"),
        (datetime(2026, 11, 1, 0, 59), "2026-11-01T00:59:00-04:00"),
        (datetime(2026, 11, 1, 1, 30), "2026-11-01T01:30:00-04:00"),
        (datetime(2026, 11, 1, 2, 0), "2026-11-01T02:00:00-05:00"),
    ],
)
def test_when_clocks_show_a_time(shown: datetime, moment: str) -> None:
    assert moment_of(shown, NEW_YORK).isoformat() == moment


def test_a_day_that_a_place_left_out_ends_where_the_next_begins() -> None:
    apia = ZoneInfo("Pacific/Apia")
    assert moment_of(datetime(2011, 12, 30, 7), apia).isoformat() == "2011-12-31T00:00:00+14:00"


def test_the_zone_of_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    localtime = tmp_path / "localtime"
    monkeypatch.setattr(devices.genie.clock, "LOCALTIME", localtime)
    summer = datetime(2026, 7, 1, tzinfo=UTC)
    localtime.symlink_to("/usr/share/zoneinfo/America/New_York")
    for name, offset in (("Asia/Seoul", 9), (":Europe/Paris", 2), ("", -4)):
        monkeypatch.setenv("TZ", name)
        assert summer.astimezone(local_zone()).utcoffset() == timedelta(hours=offset)
    localtime.unlink()
    localtime.write_bytes(Path("/usr/share/zoneinfo/Asia/Seoul").read_bytes())
    assert summer.astimezone(local_zone()).utcoffset() == timedelta(hours=9)
    localtime.write_text("no zone")
    monkeypatch.setenv("TZ", "UTC0")
    assert summer.astimezone(local_zone()).utcoffset() == timedelta(0)


def test_a_clock_without_a_battery_is_trusted_once_it_was_put_right_or_after_a_while(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(devices.genie.clock, "RTC", tmp_path / "rtc0")
    monkeypatch.setattr(devices.genie.clock, "synchronised", lambda: False)
    clock = SystemClock()
    assert not clock.trusted()
    with monkeypatch.context() as waited:
        waited.setattr(devices.genie.clock, "TRUSTED_AFTER", 0.0)
        assert SystemClock().trusted()
    (tmp_path / "rtc0").touch()
    assert clock.trusted()
    (tmp_path / "rtc0").unlink()
    assert clock.trusted()  # what was right once stays so


def test_the_kernel_is_asked_whether_its_clock_is_right() -> None:
    assert devices.genie.clock.synchronised() in {True, False}


async def test_the_system_clock_knows_its_zone_and_never_runs_back() -> None:
    clock = SystemClock()
    assert clock.now().tzinfo is not None
    before = clock.monotonic()
    await clock.sleep_until(before + 0.001)
    assert clock.monotonic() >= before + 0.001
