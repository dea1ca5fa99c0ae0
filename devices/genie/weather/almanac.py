"""The forecast at hand: asked for when it is old, kept when nobody answers."""

from __future__ import annotations

import asyncio
import logging

from devices.genie.clock import Clock
from devices.genie.weather.provider import Forecast, WeatherError, WeatherProvider

FRESH = 15 * 60.0
"""Seconds that a forecast is taken for new; a provider makes no newer one that soon."""

STALE = 6 * 3600.0
"""Seconds after which a forecast is worth nothing."""

log = logging.getLogger(__name__)


class Almanac:
    """What the provider said last, for as long as it is of use."""

    def __init__(self, provider: WeatherProvider, clock: Clock) -> None:
        self._provider = provider
        self._clock = clock
        self._forecast: Forecast | None = None
        self._came = 0.0
        self._asking = asyncio.Lock()

    async def forecast(self) -> tuple[Forecast, float]:
        """The forecast and its age in seconds: over FRESH when the provider is away. Raises WeatherError."""
        async with self._asking:
            if self._forecast is None or self._age() > FRESH:
                try:
                    self._forecast = await self._provider.forecast()
                    self._came = self._clock.monotonic()
                except WeatherError as error:
                    log.warning("no weather: %s", error)
                    if self._forecast is None or self._age() > STALE:
                        raise
            return self._forecast, self._age()

    def _age(self) -> float:
        return self._clock.monotonic() - self._came
