"""Days that have a name, and days of the Korean lunar calendar.

The public holidays are those of article 2 of Korea's Regulation on Holidays of Public Offices (관공서의 공휴일에 관한
규정); substitute holidays are not told. The lunar calendar is that of the Korea Astronomy and Space Science Institute,
as korean-lunar-calendar has it, up to 2050.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from korean_lunar_calendar import KoreanLunarCalendar

YEARS_AHEAD = 8
"""Years in which the next such day is looked for: not every twelfth month has a thirtieth day."""


class NoLunarError(ValueError):
    """The lunar calendar has no such day, or does not reach that far."""


@dataclass(frozen=True, slots=True)
class YearlyDay:
    """A day that comes every year, by the solar or the lunar calendar."""

    month: int
    day: int
    lunar: bool = False

    def in_year(self, year: int) -> date:
        """The day of that year (of the lunar calendar, where it counts); raises ValueError where there is none."""
        if not self.lunar:
            return date(year, self.month, self.day)
        calendar = KoreanLunarCalendar()
        if not calendar.setLunarDate(year, self.month, self.day, False):
            raise NoLunarError(f"no lunar day {year}-{self.month}-{self.day}")
        return date(calendar.solarYear, calendar.solarMonth, calendar.solarDay)

    def next(self, today: date) -> date:
        """The next such day, today included; raises ValueError where none comes."""
        for year in range(today.year - 1, today.year + YEARS_AHEAD):
            try:
                day = self.in_year(year)
            except ValueError:
                continue
            if day >= today:
                return day
        raise NoLunarError(f"no such day after {today}: {self}")


@dataclass(frozen=True, slots=True)
class LunarDay:
    """A day of the lunar calendar; `leap` in a month that is put in between."""

    month: int
    day: int
    leap: bool


def to_lunar(day: date) -> LunarDay:
    """The lunar day of a day; raises NoLunarError after 2050."""
    calendar = KoreanLunarCalendar()
    if not calendar.setSolarDate(day.year, day.month, day.day):
        raise NoLunarError(f"no lunar day of {day}")
    return LunarDay(calendar.lunarMonth, calendar.lunarDay, calendar.isIntercalation)


HOLIDAYS: Final = {
    # Public holidays.
    "new_year": YearlyDay(1, 1),
    "seollal": YearlyDay(1, 1, lunar=True),
    "independence_movement_day": YearlyDay(3, 1),
    "buddhas_birthday": YearlyDay(4, 8, lunar=True),
    "childrens_day": YearlyDay(5, 5),
    "memorial_day": YearlyDay(6, 6),
    "liberation_day": YearlyDay(8, 15),
    "chuseok": YearlyDay(8, 15, lunar=True),
    "foundation_day": YearlyDay(10, 3),
    "hangeul_day": YearlyDay(10, 9),
    "christmas": YearlyDay(12, 25),
    # Other days.
    "first_full_moon": YearlyDay(1, 15, lunar=True),
    "valentines_day": YearlyDay(2, 14),
    "white_day": YearlyDay(3, 14),
    "april_fools_day": YearlyDay(4, 1),
    "arbor_day": YearlyDay(4, 5),
    "workers_day": YearlyDay(5, 1),
    "parents_day": YearlyDay(5, 8),
    "teachers_day": YearlyDay(5, 15),
    "dano": YearlyDay(5, 5, lunar=True),
    "constitution_day": YearlyDay(7, 17),
    "chilseok": YearlyDay(7, 7, lunar=True),
    "armed_forces_day": YearlyDay(10, 1),
    "halloween": YearlyDay(10, 31),
    "pepero_day": YearlyDay(11, 11),
    "christmas_eve": YearlyDay(12, 24),
    "year_end": YearlyDay(12, 31),
}
"""Days by the names that intents give them."""
