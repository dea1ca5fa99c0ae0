"""The weather over a real broker, by a real server in the shape of Open-Meteo."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from genies import ManualClock, Start, ask
from weathers import WeatherServer, skill_of

from devices.genie.weather import WeatherSkill
from devices.genie.weather.skill import OFTEN
from hub.config import load_settings
from hub.messages import Topic
from hub.settings.genie import OpenMeteoSettings
from hub.yamlfile import SettingsError

Ask = Callable[..., Awaitable[str]]

GET = "HassGetWeather"
CLEAR = "지금은 맑고 23도예요."


@pytest.fixture
async def server() -> AsyncIterator[WeatherServer]:
    """Its weather can be changed until the first question."""
    server = WeatherServer()
    async with server.serving():
        yield server


@pytest.fixture
async def weather(started: Start, listener: Any, server: WeatherServer) -> AsyncIterator[Ask]:
    """Asks an assistant that asks the server; it starts with the first question."""
    async with AsyncExitStack() as stack:
        running = False

        async def asked(language: str = "ko", **slots: Any) -> str:
            nonlocal running
            if not running:
                await stack.enter_async_context(started(language, more=[skill_of(server)]))
                running = True
            return await ask(listener, GET, **slots)

        yield asked


async def test_now(weather: Ask, server: WeatherServer) -> None:
    assert await weather() == CLEAR
    for query in (dict(server.asked)["forecast"], dict(server.asked)["air-quality"]):
        assert (query["latitude"], query["longitude"], query["timezone"]) == ("37.57", "126.98", "auto")


async def test_now_says_what_comes(weather: Ask, server: WeatherServer) -> None:
    server.falls(61, 0, 15, 18)
    assert await weather() == f"{CLEAR} 오후 3시쯤부터 비가 와요."


async def test_days(weather: Ask, server: WeatherServer) -> None:
    server.falls(63, 1, 9, 20)
    assert await weather(day="today") == "오늘은 맑고, 최저 영하 2도, 최고 10도예요."
    assert await weather(day="tomorrow") == "내일은 비가 오고, 최저 영하 1도, 최고 11도예요."
    assert await weather(day="day_after_tomorrow") == "모레는 맑고, 최저 0도, 최고 12도예요."
    assert await weather(date="2026-11-28") == "11월 28일 토요일은 맑고, 최저 2도, 최고 14도예요."
    assert await weather(day="tomorrow", weather="temperature") == "내일 기온은 최저 영하 1도, 최고 11도예요."
    assert await weather(weather="temperature") == "지금 기온은 23도예요."


async def test_a_time_of_a_day(weather: Ask, server: WeatherServer) -> None:
    server.falls(71, 1, 9, 20)
    assert await weather(day="tomorrow", time="15:00") == "내일 오후 3시에는 눈이 오고 15도예요."
    assert await weather(time="15:30", weather="temperature") == "오후 3시 30분에는 맑고 15도예요."
    assert await weather(time="09:00", weather="umbrella") == "내일 오전 9시에는 눈이 오고 9도예요. 우산을 챙기세요."


@pytest.mark.parametrize(
    ("code", "sky"),
    [(2, "구름이 조금 끼고"), (3, "흐리고"), (45, "안개가 끼고"), (55, "비가 오고"), (65, "비가 많이 오고"),
     (86, "눈이 오고"), (99, "천둥 번개가 치고")],
)  # fmt: skip
async def test_skies(code: int, sky: str, weather: Ask, server: WeatherServer) -> None:
    server.falls(code, 1, 0, 24)
    assert await weather(day="tomorrow") == f"내일은 {sky}, 최저 영하 1도, 최고 11도예요."


async def test_rain(weather: Ask, server: WeatherServer) -> None:
    server.falls(80, 0, 16, 18)
    server.falls(80, 1, 0, 5)
    server.falls(80, 4, 7, 9)
    assert await weather(weather="rain") == "오후 4시쯤부터 비가 와요."
    assert await weather(weather="rain", day="today") == "오후 4시쯤부터 비가 와요."
    assert await weather(weather="rain", day="tomorrow") == "내일 새벽부터 비가 와요."
    assert await weather(weather="rain", day="day_after_tomorrow") == "모레는 비 소식이 없어요."
    assert await weather(weather="rain", date="2026-11-28") == "11월 28일 토요일 오전 7시쯤부터 비가 와요."
    assert await weather(weather="snow") == "앞으로 하루 동안 눈 소식은 없어요. 오후 4시쯤부터 비가 와요."


async def test_rain_that_falls_now_is_told_to_stop(weather: Ask, server: WeatherServer) -> None:
    server.falls(61, 0, 8, 18)
    assert await weather(weather="rain") == "지금 비가 오고 있어요. 오후 6시쯤 그쳐요."
    assert await weather() == "지금은 비가 오고 23도예요."


async def test_what_was_is_no_forecast(weather: Ask, server: WeatherServer) -> None:
    server.falls(61, 0, 8, 11)
    assert await weather(weather="rain", day="today") == "오늘은 비 소식이 없어요."


async def test_snow_after_rain(weather: Ask, server: WeatherServer) -> None:
    server.falls(61, 1, 9, 12)
    server.falls(73, 1, 12, 14)
    assert await weather(weather="snow", day="tomorrow") == "내일 정오쯤부터 눈이 와요."
    assert await weather(weather="rain", day="tomorrow") == "내일 오전 9시쯤부터 비가 와요."


async def test_umbrellas(weather: Ask, server: WeatherServer) -> None:
    server.falls(61, 0, 15, 18)
    server.answers["forecast"]["daily"]["precipitation_probability_max"][2] = 45
    assert await weather(weather="umbrella") == "오후 3시쯤부터 비가 와요. 우산을 챙기세요."
    assert await weather(weather="umbrella", day="tomorrow") == "내일은 비 소식이 없어요. 우산은 없어도 돼요."
    doubt = "모레는 비 소식이 없어요. 그래도 비나 눈이 올 확률은 45%예요."
    assert await weather(weather="umbrella", day="day_after_tomorrow") == doubt
    assert await weather(weather="rain", day="day_after_tomorrow") == doubt


async def test_dust(weather: Ask, server: WeatherServer) -> None:
    server.dust(0, 80, 35.1)
    server.dust(1, 30, 15)
    server.dust(2, 151, 76)
    assert await weather(weather="dust") == "지금 미세먼지는 보통이고, 초미세먼지는 나쁨이에요."
    assert await weather(weather="dust", day="today") == "오늘 미세먼지는 보통이고, 초미세먼지는 나쁨이에요."
    assert await weather(weather="dust", day="tomorrow") == "내일 미세먼지와 초미세먼지 모두 좋음이에요."
    both = "모레 미세먼지와 초미세먼지 모두 매우 나쁨이에요."
    assert await weather(weather="dust", day="day_after_tomorrow", time="15:00") == both
    assert await weather(weather="dust", date="2026-12-05") == "not_supported: 그때의 미세먼지는 지금 알 수 없어요."


async def test_beyond_the_forecast(weather: Ask) -> None:
    beyond = "12월 25일 금요일 날씨는 아직 예보에 없어요. 12월 9일 수요일까지 알려 드릴 수 있어요."
    for slots in ({}, {"weather": "rain"}, {"weather": "temperature"}, {"time": "09:00"}):
        assert await weather(date="2026-12-25", **slots) == f"not_supported: {beyond}"
        assert await weather(date="2026-11-20", **slots) == "not_supported: 지나간 날씨는 알려 드릴 수 없어요."
        assert (await weather(date="9999-12-31", **slots)).startswith("not_supported: ")


@pytest.mark.parametrize(
    ("slots", "fault"),
    [
        ({"day": "yesterday"}, "그런 날짜는 없어요."),
        ({"day": ["today"]}, "그런 날짜는 없어요."),
        ({"date": "2026-02-30"}, "그런 날짜는 없어요."),
        ({"date": {"year": 2026}}, "그런 날짜는 없어요."),
        ({"time": "25:00"}, "그런 날짜는 없어요."),
        ({"time": 1e300}, "그런 날짜는 없어요."),
        ({"weather": "frogs"}, "날씨, 비, 눈, 우산, 기온, 미세먼지 중에서 물어봐 주세요."),
        ({"weather": ["rain"]}, "날씨, 비, 눈, 우산, 기온, 미세먼지 중에서 물어봐 주세요."),
    ],
)
async def test_slots_that_make_no_sense(slots: dict[str, Any], fault: str, weather: Ask) -> None:
    assert await weather(**slots) == f"bad_payload: {fault}"
    assert await weather(day=None, date=None, time=None) == CLEAR


async def test_in_english(weather: Ask, server: WeatherServer) -> None:
    server.falls(61, 0, 15, 18)
    server.falls(61, 3, 0, 9)
    server.dust(0, 80, 35.1)
    assert await weather("en") == "It is clear, 23 °C. There will be rain starting at 3:00 PM."
    assert await weather(day="tomorrow") == "It will be clear tomorrow, -1 °C to 11 °C."
    assert await weather(date="2026-11-28") == "It will be clear on Saturday, November 28, 2 °C to 14 °C."
    assert await weather(weather="umbrella", day="tomorrow") == "No rain is expected tomorrow. You need no umbrella."
    assert await weather(weather="dust") == "PM10 is moderate and PM2.5 is bad now."
    rain = "There will be rain on Friday, November 27 from midnight on."
    assert await weather(weather="rain", date="2026-11-27") == rain
    beyond = "The weather on Friday, December 25 is not forecast yet; the forecast reaches to Wednesday, December 9."
    assert await weather(date="2026-12-25") == f"not_supported: {beyond}"
    assert await weather(day="today", time="15:00") == "It will be rainy at 3:00 PM, 15 °C."


async def test_the_weather_is_a_device(
    started: Start, listener: Any, server: WeatherServer, clock: ManualClock
) -> None:
    server.dust(0, 44, 21)
    async with started(more=[skill_of(server)]):
        about = await listener.object(Topic.device("weather", "about"))
        assert (about["type"], about["name"]) == ("weather", "서울 날씨")
        assert about["properties"]["condition"]["labels"]["rainy"] == "비"
        assert about["properties"]["temperature"]["unit"] == "°C"
        await listener.object(
            Topic.device("weather", "state"),
            condition="sunny", temperature=22.6, humidity=41, low=-2.2, high=9.8, pm10=44, pm25=21,
        )  # fmt: skip
        await listener.until(lambda topic, body: (topic, body) == (Topic.device("weather", "available"), b"online"))
        server.answers["forecast"]["current"]["weather_code"] = 65
        clock.advance(OFTEN)
        await listener.object(Topic.device("weather", "state"), condition="pouring")
        listener.bus.publish(Topic.device("weather", "set"), json.dumps({"condition": "sunny"}))
        await listener.until(lambda topic, body: topic == Topic.bridge("genie", "log"))


async def test_without_settings_it_says_what_to_do(started: Start, listener: Any) -> None:
    async with started(more=[WeatherSkill]):
        said = await ask(listener, GET)
        assert said.startswith("not_supported: ")
        assert "genie.weather" in said
        assert not listener.all(Topic.device("weather", "about"))


def test_settings_need_the_whole_place(tmp_path: Path) -> None:
    path = tmp_path / "jipsa.yaml"
    path.write_text("genie:\n  weather: {latitude: 37.57, longitude: 126.98, place: 서울}\n")
    weather = load_settings(path).genie.weather
    assert isinstance(weather, OpenMeteoSettings)
    assert (weather.latitude, weather.longitude, weather.place) == (37.57, 126.98, "서울")
    for wrong in ("{latitude: 37.57}", "{latitude: 91, longitude: 0}", "{latitude: .nan, longitude: 0}", "on"):
        path.write_text(f"genie:\n  weather: {wrong}\n")
        with pytest.raises(SettingsError, match=r"jipsa.yaml:2: genie.weather"):
            load_settings(path)
