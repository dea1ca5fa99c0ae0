"""A forecast in words: 내일은 비가 오고, 최저 12도, 최고 19도예요."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from devices.commands import CommandError
from devices.genie.clock import say_day, say_moment
from devices.genie.weather.provider import Condition, Day, Forecast, Hour
from devices.values import spoken
from hub.air import dust_grade
from hub.messages import ErrorCode, Property
from hub.texts import Language, has_text, text

AHEAD = timedelta(hours=24)
"""How far one looks ahead where no day is said."""

LIKELY = 30
"""Percent from which on rain is spoken of though none is forecast."""

_HOUR: Final = timedelta(hours=1)
_CELSIUS: Final = Property(type="number", unit="°C")

_FALLS: Final[Mapping[Condition, str]] = {
    Condition.RAIN: "rain",
    Condition.DOWNPOUR: "rain",
    Condition.THUNDERSTORM: "rain",
    Condition.SNOW: "snow",
}
"""What falls from the sky."""


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody wants to know: of a day, of a moment (with its zone), or of now and soon."""

    what: str
    day: date | None = None
    moment: datetime | None = None


class Teller:
    """Answers from one forecast at one time; `fresh` says whether its `now` is still now."""

    def __init__(self, forecast: Forecast, now: datetime, language: Language, *, fresh: bool = True) -> None:
        self._forecast = forecast
        self._now = now
        self._language: Language = language
        self._fresh = fresh

    def tell(self, question: Question) -> str:
        """The answer; raises CommandError where the forecast does not reach."""
        if question.moment is not None and question.what != "dust":
            return self._at(question.moment, question.what)
        return TOLD[question.what](self, question.day)

    def sky(self, day: date | None) -> str:
        """How it is now, and what falls soon; or how a day will be."""
        if day is not None:
            known = self._day(day)
            return self._text("weather_day", **self._range(day, known), sky=self._sky(known.condition))
        now = self._present()
        said = self._text("weather_now", sky=self._sky(now.condition), degrees=self._degrees(now.temperature))
        soon = None if now.condition in _FALLS or not self._reaches(None) else self._falling(self._hours(None))
        return said if soon is None else f"{said} {soon}"

    def temperature(self, day: date | None) -> str:
        """How warm it is."""
        if day is not None:
            return self._text("weather_degrees_day", **self._range(day, self._day(day)))
        return self._text("weather_degrees", degrees=self._degrees(self._present().temperature))

    def rain(self, day: date | None) -> str:
        """Whether and when it rains."""
        return self._whether("rain", day)

    def snow(self, day: date | None) -> str:
        """Whether and when it snows."""
        return self._whether("snow", day)

    def umbrella(self, day: date | None) -> str:
        """Whether to take one."""
        falling = self._falling(self._hours(day)) if self._reaches(day) else self._falling_on(day)
        if falling is not None:
            return f"{falling} {self._text('weather_umbrella')}"
        doubt = self._doubt(day) or self._text("weather_no_umbrella")
        return f"{self._dry('rain', self._known_for(day))} {doubt}"

    def dust(self, day: date | None) -> str:
        """How much fine dust there is, in the grades of the government."""
        air, today = self._forecast.air, self._now.date()
        dust = air.daily.get(day or today)
        if day in (None, today):
            dust = air.now or dust
        if dust is None:
            raise self._error("weather_no_dust")
        pm10, pm25 = (dust_grade(name, getattr(dust, name)) for name in ("pm10", "pm25"))
        key = "weather_dust_both" if pm10 == pm25 else "weather_dust"
        grades = {name: self._text(f"weather_dust-{grade}") for name, grade in (("pm10", pm10), ("pm25", pm25))}
        return self._text(key, day=self._name(day), **grades)

    def _at(self, moment: datetime, what: str) -> str:
        hour = next((hour for hour in self._forecast.hourly if hour.time <= moment < hour.time + _HOUR), None)
        if hour is None:
            raise self._out_of_reach(moment.date())
        values = {"moment": say_moment(moment, self._now, self._language), "degrees": self._degrees(hour.temperature)}
        said = self._text("weather_hour", sky=self._sky(hour.condition), **values)
        return f"{said} {self._text('weather_umbrella')}" if what == "umbrella" and hour.condition in _FALLS else said

    def _whether(self, what: str, day: date | None) -> str:
        if not self._reaches(day):
            falling = self._falling_on(day)
            if falling is not None and _FALLS[self._day(day or self._now.date()).condition] == what:
                return falling
            return " ".join(filter(None, (self._dry(what, self._known_for(day)), falling or self._doubt(day))))
        hours = self._hours(day)
        falling = self._falling(hours)
        if falling is None:
            return " ".join(filter(None, (self._dry(what, day), self._doubt(day))))
        if any(_FALLS.get(hour.condition) == what for hour in hours):
            hours = [hour for hour in hours if _FALLS.get(hour.condition) in (None, what)]
            return self._falling(hours) or falling
        return f"{self._dry(what, day)} {falling}"

    def _reaches(self, day: date | None) -> bool:
        """Whether the hours of then are known; else only what is forecast of whole days is."""
        return day not in (None, *self._forecast.daily) or bool(self._ahead(day))

    def _known_for(self, day: date | None) -> date | None:
        """The day that an answer may speak of: today where no hours are known to look ahead by."""
        return day if self._reaches(day) else day or self._now.date()

    def _falling_on(self, day: date | None) -> str | None:
        """What falls on a day of which no hours are known."""
        on = day or self._now.date()
        falls = _FALLS.get(self._day(on).condition)
        what = None if falls is None else self._text(f"weather_what-{falls}")
        return None if what is None else self._text("weather_falls_on", what=what, day=self._name(on))

    def _falling(self, hours: Sequence[Hour]) -> str | None:
        """What falls in these hours, and from when on; until when, where that is now."""
        index = next((index for index, hour in enumerate(hours) if hour.condition in _FALLS), None)
        if index is None:
            return None
        first = hours[index]
        what = self._text(f"weather_what-{_FALLS[first.condition]}")
        if first.time <= self._now:
            said = self._text("weather_falls", what=what)
            stops = next((hour for hour in self._hours(None) if hour.condition not in _FALLS), None)
            return f"{said} {self._text('weather_stops', moment=self._moment(stops))}" if stops else said
        begins = first.time.astimezone(self._now.tzinfo)
        if index == 0 and begins.hour == 0:
            return self._text("weather_from_night", what=what, day=self._name(begins.date()))
        return self._text("weather_from", what=what, moment=self._moment(first))

    def _dry(self, what: str, day: date | None) -> str:
        key = "weather_dry_soon" if day is None else "weather_dry"
        return self._text(key, what=self._text(f"weather_what-{what}"), day=self._name(day))

    def _doubt(self, day: date | None) -> str | None:
        known = self._forecast.daily.get(day or self._now.date())
        if known is None or known.chance is None or known.chance < LIKELY:
            return None
        return self._text("weather_chance", chance=round(known.chance))

    def _present(self) -> Hour:
        """The weather of now; the hour's where what was measured is old."""
        return self._forecast.now if self._fresh else self._hours(None)[0]

    def _hours(self, day: date | None) -> list[Hour]:
        """The hours of a day that are not over; or those that come, the present one as it is measured."""
        found = self._ahead(day)
        if not found:
            raise self._out_of_reach(day or self._now.date())
        if self._fresh and found[0].time <= self._now:
            found[0] = self._forecast.now
        return found

    def _ahead(self, day: date | None) -> list[Hour]:
        """The known hours of a day that are not over, or of the time that comes."""
        ahead = [hour for hour in self._forecast.hourly if hour.time + _HOUR > self._now]
        if day is None:
            return [hour for hour in ahead if hour.time < self._now + AHEAD]
        return [hour for hour in ahead if hour.time.astimezone(self._now.tzinfo).date() == day]

    def _day(self, day: date) -> Day:
        found = self._forecast.daily.get(day)
        if found is None or day < self._now.date():
            raise self._out_of_reach(day)
        return found

    def _out_of_reach(self, day: date) -> CommandError:
        if day < self._now.date():
            return self._error("weather_past")
        last = say_day(max(self._forecast.daily, default=self._now.date()), self._language)
        return self._error("weather_beyond", day=self._name(day), last=last)

    def _range(self, day: date, known: Day) -> dict[str, str]:
        return {"day": self._name(day), "low": self._degrees(known.low), "high": self._degrees(known.high)}

    def _name(self, day: date | None) -> str:
        """지금, 오늘, 내일, 모레, or the date."""
        key = "weather_on-now" if day is None else f"weather_on-{(day - self._now.date()).days}"
        if has_text(f"genie.{key}"):
            return self._text(key)
        assert day is not None
        return self._text("weather_on", date=say_day(day, self._language))

    def _moment(self, hour: Hour) -> str:
        return say_moment(hour.time, self._now, self._language)

    def _sky(self, condition: Condition) -> str:
        return self._text(f"weather_sky-{condition}")

    def _degrees(self, degrees: float) -> str:
        return spoken(round(degrees), _CELSIUS, self._language)

    def _text(self, key: str, **values: object) -> str:
        return text(f"genie.{key}", self._language, **values)

    def _error(self, key: str, **values: object) -> CommandError:
        return CommandError(ErrorCode.NOT_SUPPORTED, self._text(key, **values))


TOLD: Final[Mapping[str, Callable[[Teller, date | None], str]]] = {
    "sky": Teller.sky,
    "temperature": Teller.temperature,
    "rain": Teller.rain,
    "snow": Teller.snow,
    "umbrella": Teller.umbrella,
    "dust": Teller.dust,
}
"""What may be asked about."""
