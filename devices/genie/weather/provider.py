"""What a provider of weather knows, whoever that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol


class Condition(StrEnum):
    """How the sky is; the values are those of Home Assistant."""

    CLEAR = "sunny"
    PARTLY_CLOUDY = "partlycloudy"
    CLOUDY = "cloudy"
    FOG = "fog"
    RAIN = "rainy"
    DOWNPOUR = "pouring"
    SNOW = "snowy"
    THUNDERSTORM = "lightning-rainy"


@dataclass(frozen=True, slots=True)
class Hour:
    """The weather from `time` (with its zone) on, for an hour. Degrees Celsius."""

    time: datetime
    condition: Condition
    temperature: float


@dataclass(frozen=True, slots=True)
class Now(Hour):
    """The weather that is measured at `time`. Relative humidity in percent, where it is measured."""

    humidity: float | None


@dataclass(frozen=True, slots=True)
class Day:
    """The weather of a whole day: degrees Celsius, and how likely rain or snow is, in percent (None: not known)."""

    condition: Condition
    low: float
    high: float
    chance: float | None


@dataclass(frozen=True, slots=True)
class Dust:
    """Fine dust in the air, in micrograms in a cubic metre."""

    pm10: float
    pm25: float


@dataclass(frozen=True, slots=True)
class Air:
    """The fine dust of this moment, and what is expected on average of each day."""

    now: Dust | None = None
    daily: Mapping[date, Dust] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Forecast:
    """Everything that is known: `hourly` from this morning's midnight on, in order, without what is not known."""

    now: Now
    hourly: tuple[Hour, ...]
    daily: Mapping[date, Day]
    air: Air


class WeatherError(Exception):
    """The provider is away, or what it sends is no forecast; the text is for a log."""


class WeatherProvider(Protocol):
    """Somebody who knows the weather of one place."""

    async def forecast(self) -> Forecast:
        """What is known now; raises WeatherError."""
        ...
