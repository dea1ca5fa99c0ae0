"""Logging in to a real Home Assistant, and what then needs no address and token of its own: weather and agent."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from hass import TestHomeAssistant

from devices.genie.agents.agent import AgentError
from devices.genie.weather.provider import Condition
from hub.assistant import _agent, _weather, skills
from hub.bridges import MAKERS
from hub.config import Settings, load_settings
from hub.credentials import write_settings
from hub.faults import OutsideError
from hub.home import Home
from hub.homeassistant import LoginError, login

pytestmark = [pytest.mark.xdist_group("homeassistant"), pytest.mark.asyncio(loop_scope="module")]

WEATHER = """
demo:
weather:
  - platform: template
    name: dry
    unique_id: dry
    condition_template: cloudy
    temperature_template: "{{ 4.5 }}"
    humidity_template: "{{ none }}"
"""

SETTINGS = """# 우리 집
language: ko
state_dir: state
genie:
  weather: {kind: homeassistant, entity: weather.demo_weather_south}
  agent: {kind: homeassistant, language: en}
homeassistant:        # 이 줄은 남는다
  url: null           # 여기도
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hass(hass_command: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TestHomeAssistant]:
    running = TestHomeAssistant(hass_command, tmp_path_factory.mktemp("hass"), WEATHER)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "jipsa.yaml"
    path.write_text(SETTINGS)
    return path


def with_token(folder: Path, token: str) -> Path:
    path = folder / "given"
    path.write_text(f"{token}\n")
    return path


async def logged_in(hass: TestHomeAssistant, config: Path) -> Settings:
    given = with_token(config.parent, hass.token)
    assert await login(load_settings(config), config, hass.url, given) == 0
    return load_settings(config)


async def test_login_keeps_the_token_and_writes_the_address(
    hass: TestHomeAssistant, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = load_settings(config)
    with pytest.raises(OutsideError, match="jipsa homeassistant login"):
        skills(before)
    settings = await logged_in(hass, config)
    assert config.read_text() == SETTINGS.replace("url: null", f"url: {hass.url}")
    kept = settings.state_dir / "homeassistant/token"
    assert kept.read_text() == f"{hass.token}\n"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    said = capsys.readouterr().out
    assert f"{hass.url}: 우리 집 (Home Assistant 2025.4.4)" in said
    assert hass.token not in said
    async with MAKERS["homeassistant"](settings, Home()) as bridge:
        assert bridge.name == "homeassistant"
    await logged_in(hass, config)  # again is as well


async def test_the_weather_of_a_real_home_assistant(hass: TestHomeAssistant, config: Path) -> None:
    settings = await logged_in(hass, config)
    assert len(skills(settings)) >= 2
    forecast = await _weather(settings).forecast()
    assert (forecast.now.condition, forecast.now.temperature, forecast.now.humidity) == (Condition.CLEAR, 21.6, 92)
    assert forecast.daily
    dry = config.read_text().replace("weather.demo_weather_south", "weather.dry")
    config.write_text(dry)
    now = (await _weather(load_settings(config)).forecast()).now
    assert (now.condition, now.temperature, now.humidity) == (Condition.CLOUDY, 4.5, None)


async def test_the_agent_of_a_real_home_assistant(hass: TestHomeAssistant, config: Path) -> None:
    agent = _agent(await logged_in(hass, config))
    assert "on" in (await agent.ask("turn on the bed light", "ko", "a") or "")
    assert (await hass.states())["light.bed_light"]["state"] == "on"
    assert await agent.ask("flibbertigibbet", "ko", "a") is None
    (config.parent / "state/homeassistant/token").write_text("wrong\n")
    with pytest.raises(AgentError) as caught:
        await _agent(load_settings(config)).ask("turn on the bed light", "ko", "a")
    assert caught.value.why == "refused"


@pytest.mark.parametrize(
    ("token", "url", "message"),
    [
        ("wrong", None, "Home Assistant가 토큰을 받지 않아요"),
        ("two words", None, "토큰이 없어요"),
        ("", None, "토큰이 없어요"),
        ("wrong", "http://127.0.0.1:9", "Home Assistant에 연결할 수 없어요"),
        ("wrong", "homeassistant.local", "웹 주소가 아니에요"),
    ],
)
async def test_a_login_that_fails_changes_nothing(
    hass: TestHomeAssistant, config: Path, token: str, url: str | None, message: str
) -> None:
    given = with_token(config.parent, token)
    with pytest.raises(LoginError, match=message):
        await login(load_settings(config), config, url or hass.url, given)
    assert config.read_text() == SETTINGS
    assert not (config.parent / "state").exists()


async def test_who_is_no_administrator(hass: TestHomeAssistant, config: Path) -> None:
    given = with_token(config.parent, await hass.token_of_another())
    with pytest.raises(LoginError, match="관리자의 것이 아니에요"):
        await login(load_settings(config), config, hass.url, given)


async def test_settings_that_cannot_be_written(
    hass: TestHomeAssistant, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = load_settings(config)
    config.unlink()
    config.mkdir()  # where the new file would have to be
    assert await login(settings, config, hass.url, with_token(config.parent, hass.token)) == 0
    assert f"  url: {hass.url}" in capsys.readouterr().out
    assert not list(config.parent.glob(".*"))


@pytest.mark.parametrize("before", ["", "# 비어 있음\n", "homeassistant:\n", "language: en\n"])
async def test_an_address_is_written_wherever_it_fits(tmp_path: Path, before: str) -> None:
    path = tmp_path / "jipsa.yaml"
    path.write_text(before)
    write_settings(path, "homeassistant", url="http://hass:8123")
    assert load_settings(path).homeassistant.url == "http://hass:8123"
    assert all(line in path.read_text() for line in before.splitlines())


async def test_settings_that_are_not_there_are_made(tmp_path: Path) -> None:
    path = tmp_path / "etc/jipsa.yaml"
    write_settings(path, "homeassistant", url="http://hass:8123")
    assert load_settings(path).homeassistant.url == "http://hass:8123"


async def test_home_assistant_found_no_fault_with_us(hass: TestHomeAssistant) -> None:
    assert [fault for fault in hass.faults() if "guest" not in fault] == []
