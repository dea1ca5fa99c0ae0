"""The weather while its server is away, slow, or sends what is no forecast."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from genies import ManualClock, Start, ask
from weathers import WeatherServer, skill_of

from devices.genie.weather.almanac import FRESH, STALE
from devices.genie.weather.open_meteo import LARGEST
from devices.genie.weather.skill import AGAIN
from hub.messages import Topic

GET = "HassGetWeather"
AWAY = "vendor_unreachable: 지금은 날씨를 받아 올 수 없어요. 인터넷 연결이나 집사의 로그를 확인해 주세요."
CLEAR = "지금은 맑고 23도예요."


@pytest.fixture
async def server() -> AsyncIterator[WeatherServer]:
    server = WeatherServer()
    async with server.serving():
        yield server


GARBAGE = [
    (500, b"oh no"),
    (400, b'{"error": true, "reason": "Latitude must be in range"}'),
    (200, b""),
    (200, b"<html>"),
    (200, b"\xff\xfe"),
    (200, b"[]"),
    (200, b"[" * 5000),
    (200, b'{"current": {}}'),
    (200, b" " * (LARGEST + 1)),
]


@pytest.mark.parametrize("answer", GARBAGE, ids=range(len(GARBAGE)))
async def test_a_server_that_answers_garbage(
    answer: tuple[int, bytes], started: Start, listener: Any, server: WeatherServer
) -> None:
    server.broken["forecast"] = answer
    async with started(more=[skill_of(server)]):
        assert await ask(listener, GET) == AWAY
        assert server.asked
        server.broken.clear()
        assert await ask(listener, GET) == CLEAR


@pytest.mark.parametrize(("status", "padding"), [(500, 0), (200, LARGEST)])
async def test_a_forecast_that_comes_wrongly(
    status: int, padding: int, started: Start, listener: Any, server: WeatherServer
) -> None:
    body = json.dumps(server.answers["forecast"]).encode()
    server.broken["forecast"] = (status, body + b" " * padding)
    async with started(more=[skill_of(server)]):
        assert await ask(listener, GET) == AWAY


WRONG = [
    ("current", "temperature_2m", "hot"),
    ("current", "temperature_2m", 1e9),
    ("current", "temperature_2m", float("nan")),
    ("current", "temperature_2m", None),
    ("current", "weather_code", 42),
    ("current", "weather_code", "rain"),
    ("current", "time", "noon"),
    ("hourly", "time", [["2026"]]),
    ("hourly", "temperature_2m", 5),
    ("daily", "time", None),
    ("daily", "temperature_2m_max", ["x"]),
]


@pytest.mark.parametrize(("part", "name", "value"), WRONG)
async def test_wrong_types(
    part: str, name: str, value: Any, started: Start, listener: Any, server: WeatherServer
) -> None:
    server.answers["forecast"][part][name] = value
    async with started(more=[skill_of(server)]):
        assert await ask(listener, GET) == AWAY


async def test_what_is_not_known_is_left_out(started: Start, listener: Any, server: WeatherServer) -> None:
    hourly, daily = server.answers["forecast"]["hourly"], server.answers["forecast"]["daily"]
    hourly["weather_code"][20:40] = [None, 42] * 10
    hourly["temperature_2m"] = hourly["temperature_2m"][:100]
    daily["temperature_2m_max"][1] = None
    daily["weather_code"][2] = 42
    async with started(more=[skill_of(server)]):
        assert await ask(listener, GET, weather="rain") == "앞으로 하루 동안 비 소식은 없어요."
        for slots in ({"day": "tomorrow"}, {"date": "2026-11-26"}):
            assert "아직 예보에 없어요" in await ask(listener, GET, **slots)
        # Of that day no hours are known, but the day is.
        assert await ask(listener, GET, date="2026-12-01", weather="rain") == "12월 1일 화요일은 비 소식이 없어요."


async def test_without_hours_the_days_are_told(started: Start, listener: Any, server: WeatherServer) -> None:
    hourly, daily = server.answers["forecast"]["hourly"], server.answers["forecast"]["daily"]
    hourly["weather_code"] = [None] * len(hourly["weather_code"])
    daily["weather_code"][0] = 61
    async with started(more=[skill_of(server)]):
        assert await ask(listener, GET) == CLEAR
        assert await ask(listener, GET, weather="rain") == "오늘 비 소식이 있어요."
        assert (await ask(listener, GET, weather="snow")).startswith("오늘은 눈 소식이 없어요. 오늘 비 소식이 있어요.")
        assert await ask(listener, GET, weather="umbrella") == "오늘 비 소식이 있어요. 우산을 챙기세요."


@pytest.mark.parametrize(
    "answer", [*GARBAGE, (200, b'{"current": {"pm10": -5}, "utc_offset_seconds": 1e99}')], ids=range(10)
)
async def test_weather_without_air(
    answer: tuple[int, bytes], started: Start, listener: Any, server: WeatherServer
) -> None:
    server.broken["air-quality"] = answer
    async with started(more=[skill_of(server)]):
        assert await ask(listener, GET) == CLEAR
        assert await ask(listener, GET, weather="dust") == "not_supported: 그때의 미세먼지는 지금 알 수 없어요."


async def test_a_server_that_is_slow(started: Start, listener: Any, server: WeatherServer) -> None:
    server.free.clear()
    async with started(more=[skill_of(server, time_limit=0.2)]):
        assert await ask(listener, GET) == AWAY
        server.free.set()
        assert await ask(listener, GET) == CLEAR


async def test_a_forecast_is_asked_for_once_in_a_while(
    started: Start, listener: Any, server: WeatherServer, clock: ManualClock
) -> None:
    async with started(more=[skill_of(server)]):
        await asyncio.gather(*(ask(listener, GET, day="tomorrow") for _ in range(5)))
        clock.advance(FRESH)
        await ask(listener, GET)
        assert sorted(what for what, _ in server.asked) == ["air-quality", "forecast"]
        clock.advance(1)
        await ask(listener, GET)
        assert len(server.asked) == 4


async def test_an_old_forecast_is_better_than_none_for_some_hours(
    started: Start, listener: Any, clock: ManualClock
) -> None:
    server = WeatherServer()
    server.falls(61, 0, 16, 18)
    async with AsyncExitStack() as stack:
        async with server.serving():
            await stack.enter_async_context(started(more=[skill_of(server)]))
            assert await ask(listener, GET) == f"{CLEAR} 오후 4시쯤부터 비가 와요."
        clock.advance(FRESH + 1)
        old = "새 예보를 받지 못해서 15분 전 예보로 말씀드려요. "
        assert await ask(listener, GET) == f"{old}지금은 맑고 12도예요. 오후 4시쯤부터 비가 와요."
        clock.advance(4 * 3600)
        old = "새 예보를 받지 못해서 4시간 15분 전 예보로 말씀드려요. "
        assert await ask(listener, GET) == f"{old}지금은 비가 오고 16도예요."
        clock.advance(STALE)
        assert await ask(listener, GET) == AWAY
        async with server.serving():
            assert await ask(listener, GET) != AWAY


async def test_a_device_whose_provider_is_away_is_offline(
    started: Start, listener: Any, server: WeatherServer, clock: ManualClock
) -> None:
    server.broken["forecast"] = (503, b"")
    async with started(more=[skill_of(server)]):
        assert await ask(listener, GET) == AWAY
        await listener.until(lambda topic, body: (topic, body) == (Topic.device("weather", "available"), b"offline"))
        server.broken.clear()
        listener.heard.clear()
        clock.advance(AGAIN)
        await listener.until(lambda topic, body: (topic, body) == (Topic.device("weather", "available"), b"online"))
