"""A server in the shape of Open-Meteo, whose weather the test makes: dry and 23 degrees until it says otherwise."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from aiohttp import web
from genies import NOON

from devices.genie.weather import WeatherSkill
from devices.genie.weather.open_meteo import OpenMeteo

DAYS = 16
MIDNIGHT = NOON.replace(hour=0, tzinfo=None)


class WeatherServer:
    """`answers` is what each of the two addresses sends; `broken` is sent in place of all, as (status, body)."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {"forecast": _forecast(), "air-quality": _air()}
        self.broken: dict[str, tuple[int, bytes]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.free = asyncio.Event()
        self.free.set()
        self.url = ""

    def falls(self, code: int, day: int, start: int, end: int) -> None:
        """Have the weather `code` from the hour `start` up to `end` of the day that many days from today."""
        answer = self.answers["forecast"]
        for hour in range(24 * day + start, 24 * day + end):
            answer["hourly"]["weather_code"][hour] = code
        answer["daily"]["weather_code"][day] = code
        if 24 * day + start <= 12 < 24 * day + end:
            answer["current"]["weather_code"] = code

    def dust(self, day: int, pm10: float, pm25: float) -> None:
        """Have this much dust all day; today's is also that of now."""
        air = self.answers["air-quality"]
        for name, value in (("pm10", pm10), ("pm2_5", pm25)):
            air["hourly"][name][24 * day : 24 * day + 24] = [value] * 24
            if day == 0:
                air["current"][name] = value

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Serve at `url`; the same address each time."""
        application = web.Application()
        application.router.add_get("/v1/{what}", self._answer)
        runner = web.AppRunner(application, shutdown_timeout=0)
        await runner.setup()
        port = int(self.url.rpartition(":")[2]) if self.url else 0
        site = web.TCPSite(runner, "127.0.0.1", port, reuse_address=True)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield
        finally:
            await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        what = request.match_info["what"]
        self.asked.append((what, dict(request.query)))
        await self.free.wait()
        status, body = self.broken.get(what, (200, json.dumps(self.answers[what]).encode()))
        return web.Response(status=status, body=body, content_type="application/json")


def skill_of(server: WeatherServer, **options: Any) -> partial[WeatherSkill]:
    """The skill that asks the server."""
    meteo = OpenMeteo(37.57, 126.98, forecast_url=server.url, air_url=server.url, **options)
    return partial(WeatherSkill, provider=meteo, place="서울")


def _hours(days: int) -> list[str]:
    return [(MIDNIGHT + timedelta(hours=hour)).isoformat(timespec="minutes") for hour in range(24 * days)]


def _day(day: int) -> str:
    return (MIDNIGHT + timedelta(days=day)).date().isoformat()


def _place() -> dict[str, Any]:
    return {
        "latitude": 37.55, "longitude": 127.0, "generationtime_ms": 0.2, "utc_offset_seconds": 32400,
        "timezone": "Asia/Seoul", "timezone_abbreviation": "GMT+9", "elevation": 34.0,
    }  # fmt: skip


def _forecast() -> dict[str, Any]:
    return {
        **_place(),
        "current_units": {"temperature_2m": "°C"},
        "current": {
            "time": datetime.fromisoformat("2026-11-24T12:00").isoformat(timespec="minutes"), "interval": 900,
            "temperature_2m": 22.6, "relative_humidity_2m": 41, "weather_code": 0,
        },
        "hourly": {
            "time": _hours(DAYS),
            "temperature_2m": [float(hour % 24) for hour in range(24 * DAYS)],
            "weather_code": [0] * 24 * DAYS,
        },
        "daily": {
            "time": [_day(day) for day in range(DAYS)],
            "weather_code": [1] * DAYS,
            "temperature_2m_min": [day - 2.2 for day in range(DAYS)],
            "temperature_2m_max": [day + 9.8 for day in range(DAYS)],
            "precipitation_probability_max": [0] * (DAYS - 1) + [None],
        },
    }  # fmt: skip


def _air() -> dict[str, Any]:
    hours = _hours(5)
    return {
        **_place(),
        "current": {"time": "2026-11-24T12:00", "interval": 3600, "pm10": 20.0, "pm2_5": 10.0},
        "hourly": {"time": hours, "pm10": [20.0] * len(hours), "pm2_5": [10.0] * len(hours)},
    }
