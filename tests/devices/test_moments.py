"""Durations and moments in slots."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from devices.moments import duration, moment, seconds_until
from hub.payloads import Value

NOW = datetime(2026, 11, 25, 10, tzinfo=ZoneInfo("Asia/Seoul"))


@pytest.mark.parametrize(
    ("slots", "seconds"),
    [
        ({}, None),
        ({"minutes": None}, None),
        ({"hours": 1, "minutes": 30}, 5400),
        ({"minutes": "1.5", "seconds": 5}, 95),
        ({"minutes": True}, 0),
        ({"minutes": "nan"}, 0),
        ({"minutes": "9" * 400}, 0),
        ({"start_minutes": 3}, None),
    ],
)
def test_durations_are_added_up(slots: dict[str, Value], seconds: int | None) -> None:
    assert duration(slots) == seconds


def test_durations_may_have_a_prefix() -> None:
    assert duration({"start_minutes": 3, "minutes": 5}, "start_") == 180


@pytest.mark.parametrize(
    ("slots", "then"),
    [
        ({}, None),
        ({"date": "2026-11-26"}, None),
        ({"time": "19:00"}, "2026-11-25T19:00:00+09:00"),
        ({"time": "07:30"}, "2026-11-26T07:30:00+09:00"),
        ({"time": "10:00"}, "2026-11-26T10:00:00+09:00"),
        ({"time": "09:00", "date": "2026-11-28"}, "2026-11-28T09:00:00+09:00"),
        ({"time": "09:00", "date": "2026-11-25"}, "2026-11-25T09:00:00+09:00"),
        ({"time": "19:00+02:00"}, "2026-11-25T19:00:00+09:00"),
    ],
)
def test_a_moment_is_the_next_of_its_time(slots: dict[str, Value], then: str | None) -> None:
    found = moment(slots, NOW)
    assert (found and found.isoformat()) == then


@pytest.mark.parametrize("slots", [{"time": "25:00"}, {"time": 7}, {"time": "07:00", "date": "2026-02-30"}])
def test_what_no_clock_shows_is_refused(slots: dict[str, Value]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        moment(slots, NOW)


def test_an_hour_that_the_clocks_skip_is_not_waited_for() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    evening, morning = (datetime(2026, 3, day, 8, tzinfo=berlin) for day in (28, 29))
    assert seconds_until(morning, evening) == 23 * 3600
