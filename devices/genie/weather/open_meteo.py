"""The weather by Open-Meteo, which needs no account (open-meteo.com/en/docs; data under CC BY 4.0).

Only the coordinates leave the house.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from itertools import repeat
from statistics import fmean
from typing import Annotated, Final, TypeVar

import aiohttp
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from devices.genie.weather.provider import Air, Condition, Day, Dust, Forecast, Hour, Now, WeatherError
from devices.genie.web import TooLargeError, body_of
from hub.payloads import first_fault

FORECAST_URL: Final = "https://api.open-meteo.com"
AIR_URL: Final = "https://air-quality-api.open-meteo.com"

TIME_LIMIT = 6.0
"""Seconds that the two answers, asked for together, may take: somebody waits."""

LARGEST = 1 << 20
"""Bytes of an answer; a real one has 20 000."""

_CONDITIONS: Final[Mapping[int, Condition]] = {
    # WMO weather interpretation codes, as far as Open-Meteo has them
    0: Condition.CLEAR, 1: Condition.CLEAR, 2: Condition.PARTLY_CLOUDY, 3: Condition.CLOUDY,
    45: Condition.FOG, 48: Condition.FOG,
    51: Condition.RAIN, 53: Condition.RAIN, 55: Condition.RAIN, 56: Condition.RAIN, 57: Condition.RAIN,
    61: Condition.RAIN, 63: Condition.RAIN, 65: Condition.DOWNPOUR, 66: Condition.RAIN, 67: Condition.DOWNPOUR,
    71: Condition.SNOW, 73: Condition.SNOW, 75: Condition.SNOW, 77: Condition.SNOW,
    80: Condition.RAIN, 81: Condition.RAIN, 82: Condition.DOWNPOUR, 85: Condition.SNOW, 86: Condition.SNOW,
    95: Condition.THUNDERSTORM, 96: Condition.THUNDERSTORM, 99: Condition.THUNDERSTORM,
}  # fmt: skip

_FORECAST: Final = {
    "current": "temperature_2m,relative_humidity_2m,weather_code",
    "hourly": "temperature_2m,weather_code",
    "daily": "weather_code,temperature_2m_min,temperature_2m_max,precipitation_probability_max",
    "forecast_days": "16",
}
_AIR: Final = {"current": "pm10,pm2_5", "hourly": "pm10,pm2_5", "forecast_days": "5"}

_FEWEST_HOURS = 6
"""Hours of a day from which on their average stands for the day."""

log = logging.getLogger(__name__)

Degrees = Annotated[float, Field(ge=-100, le=70)]
Percent = Annotated[float, Field(ge=0, le=100)]
Micrograms = Annotated[float, Field(ge=0, le=100_000)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


class _Current(_Part):
    time: datetime
    temperature_2m: Degrees
    relative_humidity_2m: Percent
    weather_code: int


class _Hourly(_Part):
    time: list[datetime]
    temperature_2m: list[Degrees | None]
    weather_code: list[int | None]


class _Daily(_Part):
    time: list[date]
    weather_code: list[int | None]
    temperature_2m_min: list[Degrees | None]
    temperature_2m_max: list[Degrees | None]
    precipitation_probability_max: list[Percent | None] = Field(default_factory=list)


class _Answer(_Part):
    utc_offset_seconds: int = Field(gt=-86_400, lt=86_400)

    def at(self, time: datetime) -> datetime:
        """A time of the answer, with its zone."""
        return time.replace(tzinfo=timezone(timedelta(seconds=self.utc_offset_seconds)))


class _Weather(_Answer):
    current: _Current
    hourly: _Hourly
    daily: _Daily


class _DustNow(_Part):
    pm10: Micrograms | None = None
    pm2_5: Micrograms | None = None


class _DustHourly(_Part):
    time: list[datetime]
    pm10: list[Micrograms | None]
    pm2_5: list[Micrograms | None]


class _AirQuality(_Answer):
    current: _DustNow
    hourly: _DustHourly


A = TypeVar("A", bound=_Answer)


class OpenMeteo:
    """The weather at a place on earth, in degrees. The air is asked for beside it, and may be missing."""

    def __init__(
        self,
        latitude: float,
        longitude: float,
        *,
        forecast_url: str = FORECAST_URL,
        air_url: str = AIR_URL,
        time_limit: float = TIME_LIMIT,
    ) -> None:
        self._place = {"latitude": f"{latitude:g}", "longitude": f"{longitude:g}", "timezone": "auto"}
        self._forecast_url = f"{forecast_url}/v1/forecast"
        self._air_url = f"{air_url}/v1/air-quality"
        self._time_limit = aiohttp.ClientTimeout(total=time_limit)

    async def forecast(self) -> Forecast:
        """What is known now; raises WeatherError."""
        async with aiohttp.ClientSession(timeout=self._time_limit) as session:
            weather, air = await asyncio.gather(
                self._ask(session, self._forecast_url, _FORECAST, _Weather), self._air(session)
            )
        return Forecast(now=_now(weather), hourly=_hourly(weather), daily=_daily(weather.daily), air=air)

    async def _air(self, session: aiohttp.ClientSession) -> Air:
        try:
            return _air(await self._ask(session, self._air_url, _AIR, _AirQuality))
        except WeatherError as error:
            log.warning("no air quality: %s", error)
            return Air()

    async def _ask(self, session: aiohttp.ClientSession, url: str, wanted: Mapping[str, str], model: type[A]) -> A:
        try:
            async with session.get(url, params={**self._place, **wanted}) as response:
                content = await body_of(response, LARGEST)
                if response.status != 200:
                    raise WeatherError(f"{url}: {response.status} {content[:200].decode(errors='replace')}")
        except TooLargeError as error:
            raise WeatherError(f"{url}: {error}") from None
        except (aiohttp.ClientError, OSError) as error:
            raise WeatherError(f"{url}: {error or type(error).__name__}") from error
        try:
            return model.model_validate_json(content)
        except ValidationError as error:
            raise WeatherError(f"{url}: {first_fault(error)}") from None


def _now(weather: _Weather) -> Now:
    current = weather.current
    condition = _CONDITIONS.get(current.weather_code)
    if condition is None:
        raise WeatherError(f"no such weather: {current.weather_code}")
    return Now(weather.at(current.time), condition, current.temperature_2m, current.relative_humidity_2m)


def _hourly(weather: _Weather) -> tuple[Hour, ...]:
    hours = weather.hourly
    return tuple(
        Hour(weather.at(time), _CONDITIONS[code], temperature)
        for time, code, temperature in zip(hours.time, hours.weather_code, hours.temperature_2m, strict=False)
        if code is not None and code in _CONDITIONS and temperature is not None
    )


def _daily(days: _Daily) -> dict[date, Day]:
    chances = [*days.precipitation_probability_max, *repeat(None, len(days.time))]
    return {
        day: Day(_CONDITIONS[code], low, high, chance)
        for day, code, low, high, chance in zip(
            days.time, days.weather_code, days.temperature_2m_min, days.temperature_2m_max, chances, strict=False
        )
        if code is not None and code in _CONDITIONS and low is not None and high is not None
    }


def _dust(pm10: float | None, pm25: float | None) -> Dust | None:
    return None if pm10 is None or pm25 is None else Dust(pm10, pm25)


def _air(air: _AirQuality) -> Air:
    hours: defaultdict[date, list[Dust]] = defaultdict(list)
    for time, pm10, pm25 in zip(air.hourly.time, air.hourly.pm10, air.hourly.pm2_5, strict=False):
        if (dust := _dust(pm10, pm25)) is not None:
            hours[time.date()].append(dust)
    daily = {
        day: Dust(fmean(dust.pm10 for dust in known), fmean(dust.pm25 for dust in known))
        for day, known in hours.items() if len(known) >= _FEWEST_HOURS
    }  # fmt: skip
    return Air(_dust(air.current.pm10, air.current.pm2_5), daily)
