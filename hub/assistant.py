"""The skills of the assistant that this installation's settings ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from devices.genie.agents import agent_of
from devices.genie.agents.agent import Agent
from devices.genie.agents.skill import AgentSkill
from devices.genie.calendars import HomeCalendar
from devices.genie.routines import RoutineSkill
from devices.genie.schedule import ScheduleSkill
from devices.genie.skill import Desk, Skill
from devices.genie.weather import WeatherSkill
from devices.genie.weather.provider import WeatherProvider
from hub.config import Settings
from hub.credentials import HOMEASSISTANT_TOKEN, credential, homeassistant_access
from hub.faults import OutsideError
from hub.routines import load_routines
from hub.settings.genie import HomeAssistantAgentSettings, HomeAssistantWeatherSettings
from hub.texts import text

Maker = Callable[[Desk], Skill]


class SkillError(OutsideError):
    """A skill cannot be made from these settings; the text says what is missing."""


def skills(settings: Settings) -> list[Maker]:
    """What makes the skills beside those that need no settings. Raises SkillError."""
    return list(_skills(settings))


def _skills(settings: Settings) -> Iterator[Maker]:
    own = settings.genie
    weather = own.weather
    yield partial(WeatherSkill, provider=_weather(settings), place=weather.place) if weather else WeatherSkill
    if own.agent is not None:
        yield partial(AgentSkill, agent=_agent(settings))
    calendars = [HomeCalendar(calendar.name, calendar.source) for calendar in own.calendars]
    yield partial(ScheduleSkill, calendars=calendars)
    yield partial(RoutineSkill, routines=load_routines(settings.routines, settings.language))
    yield _music(settings)


def _weather(settings: Settings) -> WeatherProvider:
    own = settings.genie.weather
    assert own is not None
    if isinstance(own, HomeAssistantWeatherSettings):
        from devices.genie.weather.homeassistant import HomeAssistantWeather

        url, token_file = homeassistant_access(settings, own, "genie.weather")
        token = credential(token_file, HOMEASSISTANT_TOKEN, "genie.weather.token_file")
        return HomeAssistantWeather(url, token, own.entity)
    from devices.genie.weather.open_meteo import OpenMeteo

    return OpenMeteo(own.latitude, own.longitude)


def _agent(settings: Settings) -> Agent:
    own = settings.genie.agent
    assert own is not None
    if isinstance(own, HomeAssistantAgentSettings):
        url, token_file = homeassistant_access(settings, own, "genie.agent")
        own = own.model_copy(update={"url": url, "token_file": token_file})
    return agent_of(own, settings.language)


def _music(settings: Settings) -> Maker:
    from devices.genie.music.absent import NoMusicSkill

    own = settings.genie.music
    if own.mpd is None:
        return NoMusicSkill
    try:
        from devices.genie.music.player import Player
        from devices.genie.music.skill import MusicSkill
        from devices.genie.music.stations import Station
    except ImportError:
        raise SkillError(text("genie.music_no_library", settings.language)) from None
    host, _, port = own.mpd.rpartition(":")
    given = own.password_file
    password = credential(given, "mpd-password", "genie.music.password_file") if given is not None else None
    stations = [Station(one.name, one.url, one.aliases) for one in own.stations]
    return partial(MusicSkill, player=Player(host, int(port), password), stations=stations)
