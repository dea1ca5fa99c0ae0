from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.korean.dates import DATE_SIGNS, Date, dates, resolve_date, say_date
from hub.korean.jamo import squash

TODAY = date(2026, 11, 24)  # a Tuesday


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("오늘", date(2026, 11, 24)), ("내일", date(2026, 11, 25)), ("모레", date(2026, 11, 26)),
        ("내일모레", date(2026, 11, 26)), ("글피", date(2026, 11, 27)), ("어제", date(2026, 11, 23)),
        ("그저께", date(2026, 11, 22)), ("다음주월요일", date(2026, 11, 30)), ("이번주토요일", date(2026, 11, 28)),
        ("이번주월요일", date(2026, 11, 23)), ("다다음주일요일", date(2026, 12, 13)),
        ("지난주금요일", date(2026, 11, 20)), ("금요일", date(2026, 11, 27)), ("월요일", date(2026, 11, 30)),
        ("화요일", TODAY), ("돌아오는토요일", date(2026, 11, 28)), ("주말", date(2026, 11, 28)), ("11월24일", TODAY),
        ("십일월이십오일", date(2026, 11, 25)), ("1월1일", date(2027, 1, 1)), ("유월육일", date(2027, 6, 6)),
        ("시월삼일", date(2027, 10, 3)), ("24일", TODAY), ("23일", date(2026, 12, 23)), ("31일", date(2026, 12, 31)),
        ("2월29일", date(2028, 2, 29)), ("다음달3일", date(2026, 12, 3)), ("이번달3일", date(2026, 11, 3)),
        ("2026년11월25일", date(2026, 11, 25)), ("이천이십칠년일월일일", date(2027, 1, 1)),
        ("2026-11-25", date(2026, 11, 25)), ("11/25", date(2026, 11, 25)), ("2026.11.25", date(2026, 11, 25)),
        ("사흘뒤", date(2026, 11, 27)), ("3일후", date(2026, 11, 27)), ("일주일뒤", date(2026, 12, 1)),
        ("한주뒤", date(2026, 12, 1)), ("열흘뒤", date(2026, 12, 4)),
    ],
)  # fmt: skip
def test_days_are_read_and_resolved(text, day):
    end, said = dates(text)[0]
    assert end == len(text)
    assert resolve_date(said, TODAY) == day


@pytest.mark.parametrize("text", ["", "일", "월", "다음주", "13월1일", "32일", "0일", "2.5도", "13/1", "한개", "요일"])
def test_what_names_no_day_is_not_read(text):
    assert dates(text) == []


def test_a_day_that_no_calendar_has_is_not_read():
    assert dates("2월30일") == []


def test_a_day_that_this_year_lacks_cannot_be_resolved():
    with pytest.raises(ValueError, match="day"):
        resolve_date(Date(year=2026, month=2, day=29), TODAY)


def test_a_date_without_a_day_cannot_be_resolved():
    with pytest.raises(ValueError, match="no day"):
        resolve_date(Date(month=2), TODAY)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_spoken_date_reads_back(day):
    text = squash(say_date(day))
    end, said = dates(text)[0]
    assert text[end:] == text[-3:]
    assert resolve_date(said, day) == day


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 6))
def test_a_bare_weekday_is_within_a_week(today, weekday):
    day = resolve_date(Date(weekday=weekday), today)
    assert day.weekday() == weekday
    assert timedelta() <= day - today < timedelta(days=7)


def test_dates_are_said():
    assert say_date(TODAY) == "11월 24일 화요일"


@given(st.text(alphabet="오늘내일모레다음주이번월화수목금토요0123456789-/.년십삼뒤후사흘", max_size=30))
def test_any_mixture_is_read_without_error(text):
    for pos in range(len(text)):
        for end, _ in dates(text, pos):
            assert pos < end <= len(text)
            assert any(sign in text[pos:end] for sign in DATE_SIGNS)
