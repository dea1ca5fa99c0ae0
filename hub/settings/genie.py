"""The settings of the assistant, `genie`: weather, music, calendars, and who is asked what Jipsa does not know."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from hub.home import Name
from hub.korean.jamo import squash
from hub.settings.values import CalendarSource, FilePath, Section, WebUrl
from hub.settings.voice import KtAccess
from hub.yamlfile import fault_in


class KtAgentSettings(KtAccess):
    """KT answers."""

    kind: Literal["kt"]


class HomeAssistantAgentSettings(Section):
    """Home Assistant answers; where it is and its token are those of the section `homeassistant`, if not given here.

    `language` and `agent_id` (which of its agents) are Home Assistant's; left out, they are as spoken, and its default.
    """

    kind: Literal["homeassistant"]
    url: WebUrl | None = None
    token_file: FilePath | None = None
    language: str | None = None
    agent_id: str | None = None


AgentSettings = Annotated[KtAgentSettings | HomeAssistantAgentSettings, Field(discriminator="kind")]


class OpenMeteoSettings(Section):
    """Open-Meteo knows the weather; where it is wanted, in degrees, and what that `place` is called."""

    kind: Literal["open_meteo"] = "open_meteo"
    latitude: float = Field(ge=-90, le=90, allow_inf_nan=False)
    longitude: float = Field(ge=-180, le=180, allow_inf_nan=False)
    place: str | None = Field(default=None, min_length=1)


class HomeAssistantWeatherSettings(Section):
    """A weather entity of Home Assistant; where that is, and its token, are as for the agent."""

    kind: Literal["homeassistant"]
    url: WebUrl | None = None
    token_file: FilePath | None = None
    entity: str = Field(pattern=r"^weather\.[a-z0-9_]+$")
    place: str | None = Field(default=None, min_length=1)


def _with_kind(weather: Any) -> Any:
    return {"kind": "open_meteo", **weather} if isinstance(weather, dict) else weather


WeatherSettings = Annotated[
    OpenMeteoSettings | HomeAssistantWeatherSettings,
    Field(discriminator="kind"),
    BeforeValidator(_with_kind),
]


class StationSettings(Section):
    """A radio station: what it is called, and where its stream is."""

    name: Name
    aliases: tuple[Name, ...] = ()
    url: str = Field(pattern=r"^https?://[^\s/]+(/\S*)?$")


def _told_apart(stations: tuple[StationSettings, ...]) -> tuple[StationSettings, ...]:
    names = [squash(name) for station in stations for name in {station.name, *station.aliases}]
    if (again := next((name for name in names if names.count(name) > 1), None)) is not None:
        raise fault_in("same_station", got=again)
    return stations


class MusicSettings(Section):
    """Music and radio: `mpd` is host:port of a Music Player Daemon, or null; the first station is on first."""

    mpd: str | None = Field(default=None, pattern=r"^[^\s:/@]+:\d{1,5}$")
    password_file: FilePath | None = None
    stations: Annotated[tuple[StationSettings, ...], AfterValidator(_told_apart)] = ()


class CalendarSettings(Section):
    """A calendar: what it is called, and its iCalendar file or the address of one."""

    name: str = Field(min_length=1)
    source: CalendarSource


class GenieSettings(Section):
    """The assistant's skills: clock, timers, weather, music. `agent` is asked what Jipsa itself does not know."""

    enabled: bool = True
    weather: WeatherSettings | None = None
    music: MusicSettings = MusicSettings()
    calendars: tuple[CalendarSettings, ...] = ()
    agent: AgentSettings | None = None
