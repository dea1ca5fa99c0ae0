"""The weather over a real broker, by a real server in the shape of Home Assistant."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from genies import Start, ask
from homeassistants import HomeAssistant, skill_of, weather_of

from devices.genie.weather.homeassistant import LARGEST
from devices.genie.weather.provider import Condition, WeatherError
from hub.assistant import skills
from hub.config import load_settings
from hub.faults import OutsideError
from hub.messages import Topic
from hub.settings.genie import HomeAssistantWeatherSettings, OpenMeteoSettings
from hub.yamlfile import SettingsError

GET = "HassGetWeather"
CLEAR = "지금은 맑고 23도예요."
AWAY = "vendor_unreachable: "


@pytest.fixture
async def server() -> AsyncIterator[HomeAssistant]:
    server = HomeAssistant()
    async with server.serving():
        yield server


async def test_now_and_tomorrow(started: Start, listener: Any, server: HomeAssistant) -> None:
    server.forecasts["daily"][1]["condition"] = "snowy-rainy"
    async with started(more=[skill_of(server)]):
        assert await ask(listener, GET) == CLEAR
        assert await ask(listener, GET, day="tomorrow") == "내일은 눈이 오고, 최저 영하 1도, 최고 11도예요."
        assert await ask(listener, GET, day="today") == "오늘은 맑고, 최저 영하 2도, 최고 10도예요."
        await listener.object(
            Topic.device("weather", "state"),
            condition="sunny", temperature=22.6, humidity=41, low=-2.2, high=9.8, pm10=None,
        )  # fmt: skip
        dust = await ask(listener, GET, weather="dust")
        assert dust == "not_supported: 그때의 미세먼지는 지금 알 수 없어요."


async def test_rain_by_the_hour(started: Start, listener: Any, server: HomeAssistant) -> None:
    for step in server.forecasts["hourly"][2:5]:
        step["condition"] = "rainy"
    server.forecasts["daily"][1]["precipitation_probability"] = 45
    async with started(more=[skill_of(server)]):
        assert await ask(listener, GET) == f"{CLEAR} 오후 3시쯤부터 비가 와요."
        assert await ask(listener, GET, weather="umbrella") == "오후 3시쯤부터 비가 와요. 우산을 챙기세요."
        doubt = "내일은 비 소식이 없어요. 그래도 비나 눈이 올 확률은 45%예요."
        assert await ask(listener, GET, weather="rain", day="tomorrow") == doubt
        assert await ask(listener, GET, time="16:00") == "오후 4시에는 비가 오고 16도예요."


async def test_rain_that_falls_now(started: Start, listener: Any, server: HomeAssistant) -> None:
    server.state["state"] = "pouring"
    async with started(more=[skill_of(server)]):
        assert await ask(listener, GET, weather="rain") == "지금 비가 오고 있어요. 오후 1시쯤 그쳐요."


async def test_fahrenheit(started: Start, listener: Any, server: HomeAssistant) -> None:
    server.state["attributes"] |= {"temperature": 72.7, "temperature_unit": "°F"}
    server.forecasts["daily"][1] |= {"temperature": 50, "templow": 14}
    server.forecasts["hourly"][0]["temperature"] = 68
    async with started(more=[skill_of(server)]):
        assert await ask(listener, GET) == CLEAR
        assert await ask(listener, GET, day="tomorrow") == "내일은 맑고, 최저 영하 10도, 최고 10도예요."
        assert await ask(listener, GET, time="13:00") == "오후 1시에는 맑고 20도예요."


@pytest.mark.parametrize("features", [0, 1, 2, 4])
async def test_an_entity_with_few_forecasts_tells_now(
    features: int, started: Start, listener: Any, server: HomeAssistant
) -> None:
    server.state["attributes"]["supported_features"] = features
    async with started(more=[skill_of(server)]):
        assert await ask(listener, GET) == CLEAR
        tomorrow = await ask(listener, GET, day="tomorrow")
        assert tomorrow.startswith("내일은 맑고" if features & 1 else "not_supported: ")


@pytest.mark.parametrize(
    ("state", "condition"),
    [
        ("clear-night", Condition.CLEAR), ("cloudy", Condition.CLOUDY), ("fog", Condition.FOG),
        ("hail", Condition.DOWNPOUR), ("lightning", Condition.THUNDERSTORM), ("partlycloudy", Condition.PARTLY_CLOUDY),
        ("lightning-rainy", Condition.THUNDERSTORM), ("pouring", Condition.DOWNPOUR), ("rainy", Condition.RAIN),
        ("snowy", Condition.SNOW), ("snowy-rainy", Condition.SNOW), ("sunny", Condition.CLEAR),
        ("windy", Condition.CLEAR), ("windy-variant", Condition.CLOUDY),
    ],
)  # fmt: skip
async def test_conditions(state: str, condition: Condition, server: HomeAssistant) -> None:
    server.state["state"] = state
    assert (await weather_of(server).forecast()).now.condition is condition


@pytest.mark.parametrize(
    ("options", "remedy"),
    [({"token": "another"}, "401: .*token_file"), ({"entity": "weather.moon"}, "404: .*genie.weather.entity")],
)
async def test_what_home_assistant_refuses(
    options: dict[str, str], remedy: str, started: Start, listener: Any, server: HomeAssistant
) -> None:
    with pytest.raises(WeatherError, match=remedy) as refused:
        await weather_of(server, **options).forecast()
    assert "another" not in str(refused.value)
    async with started(more=[skill_of(server, **options)]):
        assert (await ask(listener, GET)).startswith(AWAY)


@pytest.mark.parametrize("state", ["unavailable", "unknown", "exceptional", "frogs"])
async def test_an_entity_that_knows_nothing(state: str, server: HomeAssistant) -> None:
    server.state["state"] = state
    with pytest.raises(WeatherError, match=f"{state}; look at it"):
        await weather_of(server).forecast()


async def test_a_server_that_is_away(started: Start, listener: Any) -> None:
    server = HomeAssistant()
    async with server.serving():
        pass
    async with started(more=[skill_of(server)]):
        assert (await ask(listener, GET)).startswith(AWAY)


async def test_a_server_that_is_slow(started: Start, listener: Any, server: HomeAssistant) -> None:
    server.free.clear()
    async with started(more=[skill_of(server, time_limit=0.2)]):
        assert (await ask(listener, GET)).startswith(AWAY)
        server.free.set()
        assert await ask(listener, GET) == CLEAR


@pytest.mark.parametrize("what", ["config", "weather.home", "get_forecasts"])
@pytest.mark.parametrize(
    "answer",
    [(500, b"oh no"), (302, b""), (200, b""), (200, b"<html>"), (200, b"\xff\xfe"), (200, b"[]"), (200, b"[" * 5000),
     (200, b'{"state": 5}'), (200, b" " * (LARGEST + 1))],
    ids=range(9),
)  # fmt: skip
async def test_garbage(what: str, answer: tuple[int, bytes], server: HomeAssistant) -> None:
    server.broken[what] = answer
    with pytest.raises(WeatherError):
        await weather_of(server).forecast()
    assert what in server.asked


@pytest.mark.parametrize(
    ("name", "value"),
    [("temperature", "hot"), ("temperature", 1e9), ("temperature", float("nan")), ("temperature", None),
     ("temperature_unit", "K"), ("humidity", 101), ("supported_features", "all")],
)  # fmt: skip
async def test_wrong_types(name: str, value: Any, started: Start, listener: Any, server: HomeAssistant) -> None:
    right = server.state["attributes"][name]
    server.state["attributes"][name] = value
    async with started(more=[skill_of(server)]):
        assert (await ask(listener, GET)).startswith(AWAY)
        server.state["attributes"][name] = right
        assert await ask(listener, GET) == CLEAR


@pytest.mark.parametrize("zone", ["Mars/Base", "../../etc/passwd", "", "\0"])
async def test_wrong_zones(zone: str, server: HomeAssistant) -> None:
    server.config["time_zone"] = zone
    with pytest.raises(WeatherError):
        await weather_of(server).forecast()


async def test_what_is_not_known_is_left_out(server: HomeAssistant) -> None:
    for name, value in (("condition", "frogs"), ("condition", None), ("temperature", None), ("templow", None)):
        server.forecasts["daily"].append(server.forecasts["daily"].pop(0) | {name: value})
    server.forecasts["hourly"] = None
    forecast = await weather_of(server).forecast()
    assert [day.day for day in forecast.daily] == [28, 29]
    assert forecast.hourly == ()


async def test_a_time_that_no_zone_has(server: HomeAssistant) -> None:
    server.forecasts["hourly"][0]["datetime"] = "9999-12-31T23:00:00+00:00"
    with pytest.raises(WeatherError):
        await weather_of(server).forecast()


def test_settings(tmp_path: Path) -> None:
    path, token = tmp_path / "jipsa.yaml", tmp_path / "token"
    weather = 'kind: homeassistant, url: "http://127.0.0.1:8123", token_file: token, entity: weather.home'
    path.write_text(f"genie:\n  weather: {{{weather}, place: 서울}}\n")
    settings = load_settings(path)
    assert isinstance(settings.genie.weather, HomeAssistantWeatherSettings)
    assert settings.genie.weather.token_file == token
    with pytest.raises(OutsideError, match=r"genie.weather.token_file"):
        skills(settings)
    token.write_text("secret\n")
    assert skills(settings)
    path.write_text("genie:\n  weather: {kind: homeassistant, entity: weather.home}\n")
    with pytest.raises(OutsideError, match=r"genie.weather: .*homeassistant.url"):
        skills(load_settings(path))
    path.write_text(path.read_text() + 'homeassistant: {url: "http://127.0.0.1:8123", token_file: token}\n')
    assert skills(load_settings(path))
    path.write_text("genie:\n  weather: {latitude: 37.57, longitude: 126.98}\n")
    assert isinstance(load_settings(path).genie.weather, OpenMeteoSettings)


@pytest.mark.parametrize(
    ("weather", "fault"),
    [
        ('{kind: homeassistant, url: "http://h", entity: light.home}', "genie.weather.entity: "),
        ('{kind: homeassistant, url: "h:8123", entity: weather.home}', "genie.weather.url: "),
        ('{kind: homeassistant, url: "http://h", entity: weather.home, latitude: 1}', "weather.latitude: .*place"),
        ("{kind: homeassistent}", "genie.weather: .*homeassistant"),
        ("{latitude: 37.57}", "genie.weather: .*longitude"),
    ],
)
def test_wrong_settings(weather: str, fault: str, tmp_path: Path) -> None:
    path = tmp_path / "jipsa.yaml"
    path.write_text(f"genie:\n  weather: {weather}\n")
    with pytest.raises(SettingsError, match=f"jipsa.yaml:2: .*{fault}"):
        load_settings(path)
