"""The weather by a weather entity of Home Assistant; nothing leaves the house by us.

Facts: https://developers.home-assistant.io/docs/api/rest and https://www.home-assistant.io/integrations/weather
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta, tzinfo
from typing import Annotated, Any, Final, TypeVar
from zoneinfo import ZoneInfo

import aiohttp
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from devices.genie.clock import Clock, SystemClock
from devices.genie.weather.provider import Air, Condition, Day, Forecast, Hour, Now, WeatherError
from devices.genie.web import TooLargeError, body_of
from hub.payloads import first_fault

TIME_LIMIT = 6.0
"""Seconds that all answers together may take: somebody waits."""

LARGEST = 1 << 20
"""Bytes of an answer."""

_CONDITIONS: Final[Mapping[str, Condition]] = {
    # Home Assistant's conditions; "exceptional" says nothing about the sky, and is not known here
    "clear-night": Condition.CLEAR, "sunny": Condition.CLEAR, "windy": Condition.CLEAR,
    "partlycloudy": Condition.PARTLY_CLOUDY, "cloudy": Condition.CLOUDY, "windy-variant": Condition.CLOUDY,
    "fog": Condition.FOG, "rainy": Condition.RAIN, "pouring": Condition.DOWNPOUR, "hail": Condition.DOWNPOUR,
    "snowy": Condition.SNOW, "snowy-rainy": Condition.SNOW,
    "lightning": Condition.THUNDERSTORM, "lightning-rainy": Condition.THUNDERSTORM,
}  # fmt: skip

_FORECASTS: Final = {"daily": 1, "hourly": 2}
"""Kind of forecast: its bit in an entity's `supported_features`."""

_REMEDIES: Final = {
    401: "make a long-lived access token in Home Assistant and put it into genie.weather.token_file",
    403: "Home Assistant does not let this token in; see its ip_bans.yaml and the user of the token",
    404: "no such entity there; put one of its weather entities into genie.weather.entity",
}
"""HTTP status: what to do about it."""

_HOUR: Final = timedelta(hours=1)

Number = Annotated[float, Field(ge=-200, le=200)]
Percent = Annotated[float, Field(ge=0, le=100)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


class _Config(_Part):
    time_zone: str


class _Attributes(_Part):
    temperature: Number
    temperature_unit: str
    humidity: Percent | None = None
    supported_features: int = 0


class _State(_Part):
    state: str
    attributes: dict[str, Any]


class _Step(_Part):
    datetime: datetime
    condition: str | None = None
    temperature: Number | None = None
    templow: Number | None = None
    precipitation_probability: Percent | None = None


class _Steps(_Part):
    forecast: list[_Step] | None = None


class _Served(_Part):
    service_response: dict[str, _Steps]


M = TypeVar("M", bound=BaseModel)


class HomeAssistantWeather:
    """What `entity` of the Home Assistant at `url` knows. It has no fine dust, and forecasts if it has any."""

    def __init__(
        self, url: str, token: str, entity: str, *, clock: Clock | None = None, time_limit: float = TIME_LIMIT
    ) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}
        self._entity = entity
        self._clock = clock or SystemClock()
        self._time_limit = time_limit

    async def forecast(self) -> Forecast:
        """What is known now; raises WeatherError."""
        try:
            async with asyncio.timeout(self._time_limit), aiohttp.ClientSession(headers=self._headers) as session:
                return await self._forecast(session)
        except TimeoutError:
            raise WeatherError(f"{self._url}: no answer in time; see whether Home Assistant runs there") from None

    async def _forecast(self, session: aiohttp.ClientSession) -> Forecast:
        config, state = await asyncio.gather(
            self._ask(session, "GET", "/api/config", _Config),
            self._ask(session, "GET", f"/api/states/{self._entity}", _State),
        )
        condition = _CONDITIONS.get(state.state)
        if condition is None:
            raise WeatherError(f"{self._entity} is {state.state[:40]}; look at it in Home Assistant")
        known = self._checked(_Attributes, state.attributes, self._entity)
        reading = _Reading(_zone(config.time_zone), known.temperature_unit)
        now = Now(self._clock.now(), condition, reading.celsius(known.temperature), known.humidity)
        daily, hourly = [
            await self._steps(session, kind) if known.supported_features & bit else []
            for kind, bit in _FORECASTS.items()
        ]
        return Forecast(now, _with_now(reading.hours(hourly), now), dict(reading.days(daily)), Air())

    async def _steps(self, session: aiohttp.ClientSession, kind: str) -> list[_Step]:
        asked = {"entity_id": self._entity, "type": kind}
        path = "/api/services/weather/get_forecasts?return_response"
        served = await self._ask(session, "POST", path, _Served, asked)
        steps = served.service_response.get(self._entity)
        return [] if steps is None else steps.forecast or []

    async def _ask(
        self, session: aiohttp.ClientSession, method: str, path: str, model: type[M], asked: object = None
    ) -> M:
        url = self._url + path
        try:
            async with session.request(method, url, json=asked, allow_redirects=False) as response:
                if response.status != 200:
                    remedy = _REMEDIES.get(response.status, "see the log of Home Assistant")
                    raise WeatherError(f"{url}: {response.status}: {remedy}")
                content = await body_of(response, LARGEST)
        except TimeoutError:
            raise
        except TooLargeError as error:
            raise WeatherError(f"{url}: {error}") from None
        except (aiohttp.ClientError, OSError) as error:
            fault = error or type(error).__name__
            raise WeatherError(f"{url}: {fault}; see whether Home Assistant runs there") from error
        return self._checked(model, content, url)

    @staticmethod
    def _checked(model: type[M], content: bytes | dict[str, Any], source: str) -> M:
        try:
            return model.model_validate_json(content) if isinstance(content, bytes) else model.model_validate(content)
        except ValidationError as error:
            raise WeatherError(f"{source}: {first_fault(error)}") from None


class _Reading:
    """How the steps of a forecast are read: in which zone days begin, and in which unit degrees are."""

    def __init__(self, zone: tzinfo, unit: str) -> None:
        if unit not in {"°C", "°F"}:
            raise WeatherError(f"no such unit of temperature: {unit[:40]}")
        self._zone = zone
        self._fahrenheit = unit == "°F"

    def celsius(self, degrees: float) -> float:
        """Degrees of the entity in degrees Celsius, to a tenth."""
        return round((degrees - 32) / 1.8, 1) if self._fahrenheit else degrees

    def hours(self, steps: list[_Step]) -> Iterator[Hour]:
        """The hours of which enough is known."""
        for step in steps:
            condition = _CONDITIONS.get(step.condition or "")
            if condition is not None and step.temperature is not None:
                yield Hour(self._local(step.datetime), condition, self.celsius(step.temperature))

    def days(self, steps: list[_Step]) -> Iterator[tuple[date, Day]]:
        """The days of which enough is known, by their date."""
        for step in steps:
            condition = _CONDITIONS.get(step.condition or "")
            if condition is not None and step.temperature is not None and step.templow is not None:
                low, high = self.celsius(step.templow), self.celsius(step.temperature)
                yield self._local(step.datetime).date(), Day(condition, low, high, step.precipitation_probability)

    def _local(self, time: datetime) -> datetime:
        try:
            return time.replace(tzinfo=self._zone) if time.tzinfo is None else time.astimezone(self._zone)
        except OverflowError:
            raise WeatherError(f"no such time: {time}") from None


def _with_now(hours: Iterator[Hour], now: Now) -> tuple[Hour, ...]:
    """The hours in order. Many forecasts begin with the next hour: the present one is then as it is now.

    Where there are none there are none: what is so now says nothing about the rest of the day.
    """
    known = sorted(hours, key=lambda hour: hour.time)
    if known and not any(hour.time <= now.time < hour.time + _HOUR for hour in known):
        known.append(Hour(now.time.replace(minute=0, second=0, microsecond=0), now.condition, now.temperature))
        known.sort(key=lambda hour: hour.time)
    return tuple(known)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise WeatherError(f"no such time zone: {name[:40]}") from None
