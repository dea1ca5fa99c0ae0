"""Times and days that were said, at a clock that the test sets: Wednesday, 25 November 2026, ten in the morning."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from hub.butler.later import DELAYED, Slots, moment_slots, off_again, plain_slots, put_off
from hub.grammar.lexicon import lexicon
from hub.grammar.parse import Free, Parse, When
from hub.korean.dates import Date
from hub.korean.times import Clock

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 25, 10, tzinfo=SEOUL)

TODAY, TOMORROW, FRIDAY = Date(days=0), Date(days=1), Date(weekday=4)


def _parse(intent: str = "HassTurnOn", **slots: object) -> Parse:
    return Parse(tuple(frame for frame in lexicon().frames if frame.intent == intent)[:1], slots)  # type: ignore[arg-type]


def _at(hour: int, minute: int = 0) -> datetime:
    return NOW.replace(hour=hour, minute=minute)


@pytest.mark.parametrize(
    ("clock", "now", "time"),
    [
        (Clock(7), _at(10), "19:00"), (Clock(7), _at(5), "07:00"), (Clock(7), _at(20), "07:00"),
        (Clock(7), _at(7), "19:00"), (Clock(7, 30), _at(7), "07:30"), (Clock(7, 0, "am"), _at(10), "07:00"),
        (Clock(7, 0, "pm"), _at(20), "19:00"), (Clock(12, 0, "pm"), _at(10), "12:00"),
        (Clock(12, 0, "am"), _at(10), "00:00"), (Clock(12), _at(10), "12:00"), (Clock(12), _at(13), "00:00"),
        (Clock(24), _at(10), "00:00"), (Clock(19, 30), _at(10), "19:30"), (Clock(0, 5), _at(10), "00:05"),
    ],
)  # fmt: skip
def test_an_hour_alone_is_the_next_such_moment(clock: Clock, now: datetime, time: str) -> None:
    assert moment_slots(When(clock=clock), now) == {"time": time}


@pytest.mark.parametrize(
    ("clock", "date", "expected"),
    [
        (Clock(7), TOMORROW, "2026-11-26 07:00"),
        (Clock(6), TOMORROW, "2026-11-26 06:00"),
        (Clock(3), TOMORROW, "2026-11-26 15:00"),
        (Clock(5, 59), TOMORROW, "2026-11-26 17:59"),
        (Clock(12), TOMORROW, "2026-11-26 12:00"),
        (Clock(3, 0, "am"), TOMORROW, "2026-11-26 03:00"),
        (Clock(12, 0, "am"), TOMORROW, "2026-11-26 00:00"),
        (Clock(7, 0, "pm"), TOMORROW, "2026-11-26 19:00"),
        (Clock(21), TOMORROW, "2026-11-26 21:00"),
        (Clock(8), FRIDAY, "2026-11-27 08:00"),
        (Clock(9), Date(month=12, day=24), "2026-12-24 09:00"),
        (Clock(9), Date(month=1, day=2), "2027-01-02 09:00"),
    ],
)
def test_an_hour_of_another_day_is_in_daytime_unless_somebody_says_which(
    clock: Clock, date: Date, expected: str
) -> None:
    day, time = expected.split()
    assert moment_slots(When(clock=clock, date=date), NOW) == {"time": time, "date": day}


@pytest.mark.parametrize(
    ("clock", "time"), [(Clock(7), "19:00"), (Clock(11), "11:00"), (Clock(3, 0, "pm"), "15:00"), (Clock(22), "22:00")]
)
def test_an_hour_of_today_is_yet_to_come(clock: Clock, time: str) -> None:
    assert moment_slots(When(clock=clock, date=TODAY), NOW) == {"time": time, "date": "2026-11-25"}
    assert moment_slots(When(clock=clock, date=Date(weekday=2)), NOW) == {"time": time, "date": "2026-11-25"}


@pytest.mark.parametrize("clock", [Clock(12, 0, "am"), Clock(24), Clock(1, 0, "am")])
def test_tonight_after_midnight_is_the_next_day(clock: Clock) -> None:
    """오늘 밤 12시에 is not ten hours ago."""
    slots = moment_slots(When(clock=clock, date=TODAY), NOW)
    assert slots["date"] == "2026-11-26"


@pytest.mark.parametrize(
    ("duration", "slots"),
    [
        ((("minutes", 10),), {"minutes": 10}),
        ((("hours", 1), ("minutes", 30)), {"hours": 1, "minutes": 30}),
        ((("seconds", 30),), {"seconds": 30}),
    ],
)
def test_an_act_after_a_while_is_a_timer(duration: tuple[tuple[str, int], ...], slots: Slots) -> None:
    when = When(duration=duration, command="거실 불 꺼줘")
    assert put_off(when, "", NOW) == ("HassStartTimer", {**slots, "conversation_command": "거실 불 꺼줘"})


def test_an_act_at_a_clock_time_is_a_schedule() -> None:
    assert put_off(When(clock=Clock(7), command="거실 불 켜줘"), "", NOW) == (
        "JipsaSchedule",
        {"time": "19:00", "conversation_command": "거실 불 켜줘"},
    )
    assert put_off(When(clock=Clock(7), date=TOMORROW, command="불 켜"), "", NOW) == (
        "JipsaSchedule",
        {"time": "07:00", "date": "2026-11-26", "conversation_command": "불 켜"},
    )


def test_appliances_put_off_their_start_themselves() -> None:
    assert DELAYED == {"JipsaStart": "JipsaDelayStart"}


@pytest.mark.parametrize(
    ("slots", "plain"),
    [
        ({"temperature": 24, "mode": "cool"}, {"temperature": 24, "mode": "cool"}),
        ({"item": Free(3, 5, "우유 두 팩")}, {"item": "우유 두 팩"}),
        ({"date": FRIDAY}, {"date": "2026-11-27"}),
        ({"date": Date(weeks=1, weekday=0)}, {"date": "2026-11-30"}),
        ({"day": "tomorrow"}, {"day": "tomorrow"}),
        ({"clock": Clock(7)}, {"time": "19:00"}),
        ({"clock": Clock(7), "date": FRIDAY}, {"time": "07:00", "date": "2026-11-27"}),
        ({"date": FRIDAY, "clock": Clock(7)}, {"time": "07:00", "date": "2026-11-27"}),
        ({"clock": Clock(7), "day": "tomorrow"}, {"time": "07:00", "date": "2026-11-26"}),
        ({"day": "today", "clock": Clock(7)}, {"time": "19:00", "date": "2026-11-25"}),
        ({"day": "day_after_tomorrow", "clock": Clock(7, 0, "pm")}, {"time": "19:00", "date": "2026-11-27"}),
    ],
)
def test_slots_travel_as_plain_values(slots: dict[str, object], plain: Slots) -> None:
    assert plain_slots(_parse(**slots), NOW) == plain


def test_the_date_of_today_is_asked_without_a_day() -> None:
    assert plain_slots(_parse("HassGetCurrentDate", day="today"), NOW) == {}
    assert plain_slots(_parse("HassGetCurrentDate", day="tomorrow"), NOW) == {"day": "tomorrow"}
    assert plain_slots(_parse("HassGetWeather", day="today"), NOW) == {"day": "today"}


def test_the_day_is_that_of_the_clock_and_not_that_of_another_zone() -> None:
    just_after_midnight = datetime(2026, 11, 25, 0, 30, tzinfo=SEOUL)  # still the 24th in London
    assert plain_slots(_parse(date=Date(days=3)), just_after_midnight) == {"date": "2026-11-28"}
    assert moment_slots(When(clock=Clock(7), date=TOMORROW), just_after_midnight)["date"] == "2026-11-26"


def test_what_lasts_a_while_is_turned_off_again() -> None:
    for_two_hours = When((("hours", 2),))
    assert off_again(for_two_hours, "안방 에어컨", NOW) == (
        "HassStartTimer",
        {"hours": 2, "conversation_command": "안방 에어컨 꺼줘"},
    )
    until_seven = When(clock=Clock(7, 0, "pm"))
    assert off_again(until_seven, "안방 에어컨", NOW) == (
        "JipsaSchedule",
        {"time": "19:00", "conversation_command": "안방 에어컨 꺼줘"},
    )
