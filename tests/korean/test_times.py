from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.korean.jamo import squash
from hub.korean.numerals import native_attributive, sino
from hub.korean.times import (
    CLOCK_SIGNS,
    DURATION_SIGNS,
    Clock,
    clock_times,
    durations,
    next_time,
    say_clock,
    say_duration,
)


@pytest.mark.parametrize(
    ("text", "seconds", "slots"),
    [
        ("한시간반", 5400, {"hours": 1, "minutes": 30}), ("1시간30분", 5400, {"hours": 1, "minutes": 30}),
        ("삼십분", 1800, {"minutes": 30}), ("90초", 90, {"seconds": 90}), ("반시간", 1800, {"minutes": 30}),
        ("두시간", 7200, {"hours": 2}), ("백이십분", 7200, {"minutes": 120}),
        ("1.5시간", 5400, {"hours": 1, "minutes": 30}), ("0.5시간", 1800, {"minutes": 30}),
        ("이분반", 150, {"minutes": 2, "seconds": 30}), ("스물네시간", 86400, {"hours": 24}),
        ("한시간이십분삼십초", 4830, {"hours": 1, "minutes": 20, "seconds": 30}),
        ("두시간삼십초", 7230, {"hours": 2, "seconds": 30}),
    ],
)  # fmt: skip
def test_durations_are_read_with_what_was_said(text, seconds, slots):
    assert durations(text + "뒤에")[0] == (len(text), seconds, slots)


def test_a_longer_duration_begins_with_a_shorter_one():
    assert [seconds for _, seconds, _ in durations("1시간30분")] == [5400, 3600]


@pytest.mark.parametrize("text", ["", "세시", "열분", "0분", "시간", "삼십", "분", "30", "-5분", "0.0001초"])
def test_what_is_no_duration_is_not_read(text):
    assert durations(text) == []


@given(st.integers(1, 100 * 3600 - 1))
def test_a_spoken_duration_reads_back(seconds):
    text = squash(say_duration(seconds))
    assert durations(text)[0][:2] == (len(text), seconds)


@given(st.integers(1, 99), st.integers(1, 59))
def test_a_duration_in_words_reads_back(hours, minutes):
    text = f"{native_attributive(hours)}시간{sino(minutes)}분"
    assert durations(text)[0] == (len(text), hours * 3600 + minutes * 60, {"hours": hours, "minutes": minutes})


@pytest.mark.parametrize(
    ("seconds", "said"), [(5400, "1시간 30분"), (0, "0초"), (90, "1분 30초"), (86400, "24시간"), (3601, "1시간 1초")]
)
def test_durations_are_said(seconds, said):
    assert say_duration(seconds) == said


def test_a_negative_duration_is_refused():
    with pytest.raises(ValueError, match="negative"):
        say_duration(-1)


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("오전일곱시삼십분", Clock(7, 30, "am")), ("7시반", Clock(7, 30)), ("정오", Clock(12, 0, "pm")),
        ("자정", Clock(12, 0, "am")), ("19:30", Clock(19, 30)), ("오후3:05", Clock(3, 5, "pm")),
        ("밤12시", Clock(12, 0, "am")), ("밤열한시", Clock(11, 0, "pm")), ("새벽두시", Clock(2, 0, "am")),
        ("아침8시", Clock(8, 0, "am")), ("저녁여덟시", Clock(8, 0, "pm")), ("낮열두시", Clock(12, 0, "pm")),
        ("낮11시", Clock(11, 0, "am")), ("점심한시", Clock(1, 0, "pm")), ("7시5분전", Clock(6, 55)),
        ("한시오분전", Clock(12, 55)), ("십구시이십분", Clock(19, 20)), ("오후15시", Clock(15, 0, "pm")),
        ("24시", Clock(24)), ("일곱시정각", Clock(7)),
    ],
)  # fmt: skip
def test_clock_times_are_read(text, clock):
    assert clock_times(text + "에")[0] == (len(text), clock)


@pytest.mark.parametrize("text", ["", "두시간", "25시", "오전15시", "시", "오전", "7분", "7:70", "99:00", "1.5시"])
def test_what_no_clock_shows_is_not_read(text):
    assert clock_times(text) == []


def test_an_impossible_minute_leaves_the_hour():
    assert clock_times("7시70분") == [(2, Clock(7))]


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        (Clock(7), (time(7), time(19))), (Clock(12), (time(0), time(12))), (Clock(12, 0, "am"), (time(0),)),
        (Clock(12, 5, "pm"), (time(12, 5),)), (Clock(3, 0, "pm"), (time(15),)), (Clock(15, 0, "pm"), (time(15),)),
        (Clock(19), (time(19),)), (Clock(0), (time(0),)), (Clock(24), (time(0),)),
    ],
)  # fmt: skip
def test_the_times_that_may_be_meant(clock, expected):
    assert clock.candidates() == expected


@pytest.mark.parametrize(
    ("clock", "day", "hour"),
    [
        (Clock(7), 24, 19),
        (Clock(9), 24, 9),
        (Clock(8), 24, 20),
        (Clock(7, 0, "am"), 25, 7),
        (Clock(12, 0, "am"), 25, 0),
        (Clock(8, 30), 24, 20),
    ],
)
def test_the_next_time_is_after_now(clock, day, hour):
    now = datetime(2026, 11, 24, 8, 30, 5, tzinfo=UTC)
    assert next_time(clock, now) == datetime(2026, 11, day, hour, clock.minute, tzinfo=UTC)


@given(st.times(timezones=st.none()))
def test_a_spoken_clock_time_reads_back(moment):
    text = squash(say_clock(moment))
    end, clock = clock_times(text)[0]
    assert end == len(text)
    assert clock.candidates() == (time(moment.hour, moment.minute),)


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (time(15, 5), "오후 3시 5분"),
        (time(0, 0), "자정"),
        (time(12, 0), "정오"),
        (time(0, 5), "오전 12시 5분"),
        (time(7, 0), "오전 7시"),
    ],
)
def test_clock_times_are_said(moment, said):
    assert say_clock(moment) == said


@given(st.text(alphabet="오전후한두일이삼십시간분초반전정각:0123456789.", max_size=30))
def test_any_mixture_is_read_without_error(text):
    for pos in range(len(text)):
        for end, seconds, slots in durations(text, pos):
            assert pos < end <= len(text)
            assert seconds > 0
            assert slots
            assert any(sign in text[pos:end] for sign in DURATION_SIGNS)
        for end, clock in clock_times(text, pos):
            assert pos < end <= len(text)
            assert clock.candidates()
            assert any(sign in text[pos:end] for sign in CLOCK_SIGNS)
