"""A server in the shape of Home Assistant's REST API, with one weather entity; dry and 23 degrees at noon."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from aiohttp import web
from genies import NOON, ManualClock

from devices.genie.weather import WeatherSkill
from devices.genie.weather.homeassistant import HomeAssistantWeather

TOKEN = "a-long-lived-token"
ENTITY = "weather.home"
DAYS, HOURS = 6, 48


class HomeAssistant:
    """`state` and `forecasts` are what it knows; `broken` is sent in place of an answer, by the end of its path."""

    def __init__(self) -> None:
        self.state: dict[str, Any] = _state()
        self.forecasts: dict[str, Any] = {"daily": _daily(), "hourly": _hourly()}
        self.config: dict[str, Any] = {"time_zone": "Asia/Seoul", "version": "2026.11.1"}
        self.broken: dict[str, tuple[int, bytes]] = {}
        self.asked: list[str] = []
        self.free = asyncio.Event()
        self.free.set()
        self.url = ""

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Serve at `url` while the block lasts."""
        application = web.Application()
        application.router.add_get("/api/config", self._config)
        application.router.add_get("/api/states/{entity}", self._state)
        application.router.add_post("/api/services/weather/get_forecasts", self._forecasts)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield
        finally:
            await runner.cleanup()

    async def _config(self, request: web.Request) -> web.Response:
        return await self._answered(request, self.config)

    async def _state(self, request: web.Request) -> web.Response:
        if request.match_info["entity"] != ENTITY:
            return await self._answered(request, {"message": "Entity not found."}, 404)
        return await self._answered(request, self.state)

    async def _forecasts(self, request: web.Request) -> web.Response:
        asked = await request.json()
        if "return_response" not in request.query or asked["entity_id"] != ENTITY or asked["type"] not in self._kinds():
            return web.Response(status=500, text="500 Internal Server Error")
        served = {ENTITY: {"forecast": self.forecasts[asked["type"]]}}
        return await self._answered(request, {"changed_states": [], "service_response": served})

    def _kinds(self) -> list[str]:
        features = self.state["attributes"]["supported_features"]
        return [kind for kind, bit in (("daily", 1), ("hourly", 2)) if features & bit]

    async def _answered(self, request: web.Request, answer: Any, status: int = 200) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.Response(status=401, text="401: Unauthorized")
        what = request.path.rpartition("/")[2]
        self.asked.append(what)
        await self.free.wait()
        if what in self.broken:
            status, body = self.broken[what]
            return web.Response(status=status, body=body, content_type="application/json")
        return web.json_response(answer, status=status)


def weather_of(server: HomeAssistant, **options: Any) -> HomeAssistantWeather:
    """What asks the server, at noon; `options` are those of HomeAssistantWeather."""
    given: dict[str, Any] = {"url": server.url, "token": TOKEN, "entity": ENTITY, "clock": ManualClock(), **options}
    return HomeAssistantWeather(**given)


def skill_of(server: HomeAssistant, **options: Any) -> partial[WeatherSkill]:
    """The skill that asks the server."""
    return partial(WeatherSkill, provider=weather_of(server, **options), place="서울")


def _utc(time: datetime) -> str:
    return time.astimezone(UTC).isoformat()


def _state() -> dict[str, Any]:
    return {
        "entity_id": ENTITY, "state": "sunny",
        "attributes": {
            "temperature": 22.6, "dew_point": 8.8, "temperature_unit": "°C", "humidity": 41, "cloud_coverage": 3.1,
            "pressure": 1021.0, "pressure_unit": "hPa", "wind_bearing": 312.0, "wind_speed": 9.4,
            "wind_speed_unit": "km/h", "visibility_unit": "km", "precipitation_unit": "mm",
            "attribution": "Weather forecast from met.no", "friendly_name": "집", "supported_features": 3,
        },
        "last_changed": _utc(NOON), "last_reported": _utc(NOON), "last_updated": _utc(NOON),
        "context": {"id": "01JD", "parent_id": None, "user_id": None},
    }  # fmt: skip


def _daily() -> list[dict[str, Any]]:
    midnight = NOON.replace(hour=0)  # a day of Seoul begins on the day before in UTC
    return [
        {
            "datetime": _utc(midnight + timedelta(days=day)), "condition": "sunny", "temperature": day + 9.8,
            "templow": day - 2.2, "precipitation": 0.0, "precipitation_probability": 0, "humidity": 40,
        }
        for day in range(DAYS)
    ]  # fmt: skip


def _hourly() -> list[dict[str, Any]]:
    times = [NOON + timedelta(hours=hour) for hour in range(1, HOURS)]  # from the next hour on
    return [
        {"datetime": _utc(time), "condition": "sunny", "temperature": float(time.hour), "precipitation": 0.0}
        for time in times
    ]
