"""Days by the moon, and days that have a name."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from genies import Start, ask
from hypothesis import given
from hypothesis import strategies as st

from devices.commands import CommandError
from devices.genie.bridge import GenieBridge
from devices.genie.dates import tell_date, tell_day
from devices.genie.lunar import HOLIDAYS, NoLunarError, YearlyDay, to_lunar
from hub.grammar.lexicon import lexicon
from hub.payloads import Value
from hub.texts import Language, has_text

TODAY = date(2026, 11, 24)


# Facts: the almanacs (월력요항) that the Korea Astronomy and Space Science Institute publishes each year.
@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("seollal", date(2024, 2, 10)),
        ("buddhas_birthday", date(2024, 5, 15)),
        ("chuseok", date(2024, 9, 17)),
        ("seollal", date(2025, 1, 29)),
        ("chuseok", date(2025, 10, 6)),
        ("seollal", date(2026, 2, 17)),
        ("buddhas_birthday", date(2026, 5, 24)),
        ("chuseok", date(2026, 9, 25)),
        ("childrens_day", date(2027, 5, 5)),
        ("christmas", date(2026, 12, 25)),
    ],
)
def test_holidays_are_where_the_almanac_has_them(name: str, day: date) -> None:
    assert HOLIDAYS[name].in_year(day.year) == day


@pytest.mark.parametrize(
    ("slots", "ko", "en"),
    [
        ({}, "오늘은 음력 10월 16일이에요.", "Today is lunar 10/16."),
        ({"day": "tomorrow"}, "내일은 음력 10월 17일이에요.", "Tomorrow is lunar 10/17."),
        ({"date": "2025-07-25"}, "음력 윤6월 1일이에요.", "That is lunar 6/1 of the leap month."),
    ],
)
def test_a_day_is_told_by_the_moon(slots: dict[str, Value], ko: str, en: str) -> None:
    assert tell_date({"calendar": "lunar", **slots}, TODAY, "ko") == ko
    assert tell_date({"calendar": "lunar", **slots}, TODAY, "en") == en


@pytest.mark.parametrize(
    ("slots", "ko"),
    [
        ({"holiday": "christmas"}, "크리스마스는 12월 25일 금요일이에요. 31일 남았어요."),
        ({"holiday": "chuseok"}, "추석은 내년 9월 15일 수요일이에요. 295일 남았어요."),
        ({"holiday": "chuseok", "year": 0}, "추석은 9월 25일 금요일이었어요."),
        ({"holiday": "chuseok", "year": -1}, "추석은 작년 10월 6일 월요일이었어요."),
        ({"holiday": "seollal", "year": 2}, "설날은 2028년 1월 27일 목요일이에요. 429일 남았어요."),
        ({"month": 8, "day_of_month": 15}, "음력 8월 15일은 내년 9월 15일 수요일이에요. 295일 남았어요."),
        ({"month": 10, "day_of_month": 16}, "음력 10월 16일은 바로 오늘, 11월 24일 화요일이에요."),
        ({"date": "2026-12-25"}, "12월 25일 금요일까지 31일 남았어요."),
        ({"day": "tomorrow"}, "11월 25일 수요일까지 1일 남았어요."),
    ],
)
def test_it_is_told_when_a_day_comes(slots: dict[str, Value], ko: str) -> None:
    assert tell_day(slots, TODAY, "ko") == ko


def test_the_same_in_english() -> None:
    told = tell_day({"holiday": "chuseok"}, TODAY, "en")
    assert told == "Chuseok is on Wednesday, September 15 of next year, in 295 days."


@pytest.mark.parametrize(
    ("slots", "why"),
    [
        ({"holiday": "tuesday"}, "그런 날짜는 없어요"),
        ({"holiday": ["seollal"]}, "그런 날짜는 없어요"),
        ({"holiday": "seollal", "year": "next"}, "그런 날짜는 없어요"),
        ({"holiday": "seollal", "year": 10**30}, "그런 날짜는 없어요"),
        ({"holiday": "seollal", "year": 100}, "음력은 2050년까지"),
        ({"month": 13, "day_of_month": 1}, "그런 음력 날짜는 없어요"),
        ({"month": 8}, "그런 날짜는 없어요"),
        ({"month": True, "day_of_month": 1}, "그런 날짜는 없어요"),
        ({"date": "soon"}, "그런 날짜는 없어요"),
    ],
)
def test_what_is_no_day_is_refused(slots: dict[str, Value], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        tell_day(slots, TODAY, "ko")


def test_the_moon_is_known_up_to_2050() -> None:
    assert to_lunar(date(2050, 12, 31)).month == 11
    with pytest.raises(CommandError, match="2050년까지"):
        tell_date({"calendar": "lunar", "date": "2051-01-01"}, TODAY, "ko")


def test_not_every_twelfth_month_has_a_thirtieth_day() -> None:
    new_years_eve = YearlyDay(12, 30, lunar=True)
    with pytest.raises(NoLunarError):
        new_years_eve.in_year(2025)
    assert new_years_eve.next(date(2026, 1, 1)) == date(2027, 2, 6)


@given(st.sampled_from(sorted(HOLIDAYS)), st.dates(date(1900, 1, 1), date(2048, 12, 31)))
def test_the_next_holiday_comes_within_thirteen_months(name: str, today: date) -> None:
    assert 0 <= (HOLIDAYS[name].next(today) - today).days <= 390


@given(st.dates(date(1900, 1, 1), date(2050, 6, 1)))
def test_a_lunar_day_comes_back_to_its_day(day: date) -> None:
    lunar = to_lunar(day)
    if not lunar.leap:
        assert YearlyDay(lunar.month, lunar.day, lunar=True).next(day) == day


def test_every_holiday_can_be_asked_for_and_has_a_name() -> None:
    assert {value for entry in lexicon().lists["holiday"] for _, value in entry.slots} == HOLIDAYS.keys()
    assert all(has_text(f"genie.holiday-{name}") for name in HOLIDAYS)


@pytest.mark.parametrize(("language", "answer"), [("ko", "크리스마스는"), ("en", "Christmas is on")])
async def test_the_assistant_tells(language: Language, answer: str, started: Start, listener: Any) -> None:
    async with started(language):
        assert (await ask(listener, "JipsaGetDay", holiday="christmas")).startswith(answer)


async def test_the_assistant_refuses(genie: GenieBridge, listener: Any) -> None:
    assert await ask(listener, "JipsaGetDay", holiday=3) == "bad_payload: 그런 날짜는 없어요."
