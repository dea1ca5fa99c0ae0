"""Settings of one hub, from config/jipsa.yaml; every key has a default, so that an empty file will do."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    model_validator,
)

from hub.bus import BrokerAddress, BusError
from hub.home import Id, Name
from hub.korean.jamo import is_syllable, squash
from hub.pins import Pin
from hub.texts import Language
from hub.yamlfile import YamlFile, fault_in

VERSION = 1
"""Version of the settings file that this Jipsa reads."""

SEARCHED = (Path("config/jipsa.yaml"), Path("/etc/jipsa/jipsa.yaml"))
"""Where the settings are looked for when neither the command nor $JIPSA_CONFIG names them."""


def _from_folder(path: Path, info: ValidationInfo) -> Path:
    """A path as the settings mean it: relative to the folder of their file."""
    folder = info.context["folder"] if info.context else Path()
    return Path(folder, path.expanduser()).absolute()


def _checked_version(version: int) -> int:
    if version != VERSION:
        raise fault_in("bad_version", got=version, known=VERSION)
    return version


def _checked_url(url: str) -> str:
    try:
        BrokerAddress.from_url(url)
    except BusError:
        raise fault_in("bad_broker", got=url) from None
    return url


def _checked_web_url(url: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", url):
        raise fault_in("bad_web_address", got=url)
    return url


def _checked_calendar(source: str, info: ValidationInfo) -> str:
    if "://" not in source and source.strip():
        return str(_from_folder(Path(source), info))
    if not re.fullmatch(r"https?://[^\s/?#]+(/\S*)?", source):
        raise fault_in("bad_calendar", got=source)
    return source


def _checked_country(country: str) -> str:
    if not (len(country) == 2 and country.isascii() and country.isupper()):
        raise fault_in("bad_country", got=country)
    return country


def _checked_name(name: str) -> str:
    if not name or not all(map(is_syllable, squash(name))):
        raise fault_in("bad_wake", got=name)
    return squash(name)


def _service_dir(systemd: str, xdg: str, fallback: str) -> Path:
    """The folder that systemd gives the service, or the one of the user that runs it."""
    given = os.environ.get(systemd)
    if given:
        return Path(given.partition(":")[0])
    base = os.environ.get(xdg)
    return (Path(base) if base else Path.home() / fallback) / "jipsa"


CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"
"""A time of day, as 22:00."""

FilePath = Annotated[Path, AfterValidator(_from_folder)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BrokerSettings(_Section):
    """The MQTT broker: `embedded` runs one in this process at the port of `url`."""

    embedded: bool = True
    url: Annotated[str, AfterValidator(_checked_url)] = "mqtt://127.0.0.1:18830"
    password_file: FilePath | None = None

    def address(self) -> BrokerAddress:
        """Where the broker is; reads the password file. Raises BusError when it cannot be read."""
        return BrokerAddress.from_url(self.url, self.password_file)


class SpeechSettings(_Section):
    """Recognition: `model` is a Vosk model's folder; none means the one that was installed with Jipsa."""

    model: FilePath | None = None


class RgbPins(_Section):
    """The pins of a light of any colour; `active_high` is false for a common anode."""

    red: Pin
    green: Pin
    blue: Pin
    active_high: bool = True


def _own_pins(value: int | RgbPins | None, info: ValidationInfo) -> int | RgbPins | None:
    """The pins of one key of the voice, none of which another key before it has, nor it twice."""
    taken = {pin: key for name in _PINS if name in info.data for key, pin in pins_of(name, info.data[name]).items()}
    for key, pin in pins_of(str(info.field_name), value).items():
        if pin in taken:
            raise fault_in("pin_taken", pin=pin, other=taken[pin])
        taken[pin] = key
    return value


_PINS = ("button", "mute", "light")


def pins_of(name: str, value: int | RgbPins | None) -> dict[str, int]:
    """The pins of one key of the voice, each by its whole key: voice.button, voice.light.red."""
    if isinstance(value, RgbPins):
        return {f"voice.{name}.{color}": getattr(value, color) for color in ("red", "green", "blue")}
    return {} if value is None else {f"voice.{name}": value}


def _light_form(light: Any) -> str:
    return "colors" if isinstance(light, dict | RgbPins) else "pin"


LightPins = Annotated[Annotated[Pin, Tag("pin")] | Annotated[RgbPins, Tag("colors")], Discriminator(_light_form)]


class VoiceSettings(_Section):
    """The ears of this machine: `microphone` is auto, off, or part of a sound device's name.

    `wake` are the names that it is called by; without any, whatever is a command is obeyed. With `barge_in` it can be
    called while it speaks. `button`, `mute` and `light` are pins: for push-to-talk, for a switch that closes the
    microphone, and for a light, of one colour or of any, that shows what it does.
    """

    satellite: Id = "living"
    room: str | None = None
    microphone: str = "auto"
    wake: tuple[Annotated[str, AfterValidator(_checked_name)], ...] = ("지니야",)
    barge_in: bool = True
    button: Annotated[Pin | None, AfterValidator(_own_pins)] = 5
    mute: Annotated[Pin | None, AfterValidator(_own_pins)] = None
    light: Annotated[LightPins | None, AfterValidator(_own_pins)] = Field(default=6, validate_default=True)

    @property
    def pins(self) -> dict[str, int]:
        """The pins that it has, by their keys."""
        return {key: pin for name in _PINS for key, pin in pins_of(name, getattr(self, name)).items()}


class KtAccess(_Section):
    """KT's AI Makers Kit: what KT API Link gave. Without files, the systemd credentials kt-key and kt-secret."""

    client_id: str = Field(min_length=1)
    key_file: FilePath | None = None
    secret_file: FilePath | None = None
    host: str = Field(default="gate.gigagenie.ai", min_length=1)
    port: int = Field(default=4080, ge=1, le=65535)
    tls: bool = True


class QuietHours(_Section):
    """When the family sleeps: announcements wait for the morning, and answers have this volume at most."""

    start: str = Field(pattern=CLOCK)
    end: str = Field(pattern=CLOCK)
    volume: int = Field(default=20, ge=0, le=100)


class SpeakerSettings(_Section):
    """The mouth of this machine: `device` is auto, off, or part of a sound device's name.

    `voice` is espeak, kokoro, kt, or the address of a Wyoming server (tcp://host:port); `kt` is how KT is reached.
    """

    device: str = "auto"
    voice: Annotated[str, Field(pattern=r"^(espeak|kokoro|kt|tcp://[^/:]+:\d+)$")] = "espeak"
    kt: KtAccess | None = None
    volume: int = Field(default=70, ge=0, le=100)
    quiet: QuietHours | None = None

    @model_validator(mode="after")
    def _knows_kt(self) -> Self:
        if self.voice == "kt" and self.kt is None:
            raise fault_in("missing_key", name="kt")
        return self


class ThinqSettings(_Section):
    """LG ThinQ: `simulate` uses the simulated cloud; otherwise `token_file` holds the personal access token.

    `heating` says what is done about a command that may make something hot. `announce` says of which appliances (by
    name or id) what happened is said aloud: true, false, or a list of events; those that are not named say all.
    """

    enabled: bool = True
    simulate: bool = True
    country: Annotated[str, AfterValidator(_checked_country)] = "KR"
    token_file: FilePath | None = None
    client_id: str | None = None
    poll_seconds: int = Field(default=60, ge=10, le=3600)
    push: bool = True
    heating: Literal["ask", "refuse", "allow"] = "ask"
    announce: dict[str, bool | tuple[str, ...]] = Field(default_factory=dict)


class GpioSettings(_Section):
    """The pins: `auto` takes the Pi's own where there is a Pi, `mock` never touches hardware."""

    enabled: bool = True
    pins: Literal["auto", "mock"] = "auto"


class KtAgentSettings(KtAccess):
    """KT answers."""

    kind: Literal["kt"]


class HomeAssistantAgentSettings(_Section):
    """Home Assistant answers; where it is and its token are those of the section `homeassistant`, if not given here.

    `language` and `agent_id` (which of its agents) are Home Assistant's; left out, they are as spoken, and its default.
    """

    kind: Literal["homeassistant"]
    url: Annotated[str, AfterValidator(_checked_web_url)] | None = None
    token_file: FilePath | None = None
    language: str | None = None
    agent_id: str | None = None


AgentSettings = Annotated[KtAgentSettings | HomeAssistantAgentSettings, Field(discriminator="kind")]


class OpenMeteoSettings(_Section):
    """Open-Meteo knows the weather; where it is wanted, in degrees, and what that `place` is called."""

    provider: Literal["open_meteo"] = "open_meteo"
    latitude: float = Field(ge=-90, le=90, allow_inf_nan=False)
    longitude: float = Field(ge=-180, le=180, allow_inf_nan=False)
    place: str | None = Field(default=None, min_length=1)


class HomeAssistantWeatherSettings(_Section):
    """A weather entity of Home Assistant; where that is, and its token, are as for the agent."""

    provider: Literal["homeassistant"]
    url: Annotated[str, AfterValidator(_checked_web_url)] | None = None
    token_file: FilePath | None = None
    entity: str = Field(pattern=r"^weather\.[a-z0-9_]+$")
    place: str | None = Field(default=None, min_length=1)


def _with_provider(weather: Any) -> Any:
    return {"provider": "open_meteo", **weather} if isinstance(weather, dict) else weather


WeatherSettings = Annotated[
    OpenMeteoSettings | HomeAssistantWeatherSettings,
    Field(discriminator="provider"),
    BeforeValidator(_with_provider),
]


class StationSettings(_Section):
    """A radio station: what it is called, and where its stream is."""

    name: Name
    aliases: tuple[Name, ...] = ()
    url: str = Field(pattern=r"^https?://[^\s/]+(/\S*)?$")


def _told_apart(stations: tuple[StationSettings, ...]) -> tuple[StationSettings, ...]:
    names = [squash(name) for station in stations for name in {station.name, *station.aliases}]
    if (again := next((name for name in names if names.count(name) > 1), None)) is not None:
        raise fault_in("same_station", got=again)
    return stations


class MusicSettings(_Section):
    """Music and radio: `mpd` is host:port of a Music Player Daemon, or null; the first station is on first."""

    mpd: str | None = Field(default=None, pattern=r"^[^\s:/]+:\d{1,5}$")
    password_file: FilePath | None = None
    stations: Annotated[tuple[StationSettings, ...], AfterValidator(_told_apart)] = ()


class CalendarSettings(_Section):
    """A calendar: what it is called, and its iCalendar file or the address of one."""

    name: str = Field(min_length=1)
    source: Annotated[str, AfterValidator(_checked_calendar)]


class GenieSettings(_Section):
    """The assistant's skills: clock, timers, weather, music. `agent` is asked what Jipsa itself does not know."""

    enabled: bool = True
    weather: WeatherSettings | None = None
    music: MusicSettings = MusicSettings()
    calendars: tuple[CalendarSettings, ...] = ()
    agent: AgentSettings | None = None


class HomeAssistantSettings(_Section):
    """Home Assistant: it is shown every device over the broker, below its discovery `prefix` (null: nothing).

    With a `url`, what it exposes to voice assistants comes into the home. Without a file, its token is the systemd
    credential homeassistant-token, or the one that `jipsa homeassistant login` kept.
    """

    enabled: bool = True
    prefix: str | None = Field(default="homeassistant", pattern=r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$")
    url: Annotated[str, AfterValidator(_checked_web_url)] | None = None
    token_file: FilePath | None = None


class WyomingSettings(_Section):
    """Wyoming services, for Home Assistant's Assist: where they listen.

    `port` serves recognition, understanding, wake word and voice; `satellite_port` the microphone and the loudspeaker.
    With `announce` they are found by zeroconf.
    """

    enabled: bool = False
    host: str = Field(default="0.0.0.0", min_length=1)  # noqa: S104 - Home Assistant is on another machine
    port: int = Field(default=10300, ge=1, le=65535)
    satellite_port: int = Field(default=10700, ge=1, le=65535)
    announce: bool = True


class Settings(_Section):
    """All settings. Paths are absolute; `home`, `sentences` and `routines` are None where there are none."""

    version: Annotated[int, AfterValidator(_checked_version)] = VERSION
    language: Language = "ko"
    home: FilePath | None = None
    sentences: FilePath | None = None
    routines: FilePath | None = None
    state_dir: FilePath = Field(
        default_factory=lambda: _service_dir("STATE_DIRECTORY", "XDG_STATE_HOME", ".local/state")
    )
    cache_dir: FilePath = Field(default_factory=lambda: _service_dir("CACHE_DIRECTORY", "XDG_CACHE_HOME", ".cache"))
    broker: BrokerSettings = BrokerSettings()
    speech: SpeechSettings = SpeechSettings()
    voice: VoiceSettings = VoiceSettings()
    speaker: SpeakerSettings = SpeakerSettings()
    thinq: ThinqSettings = ThinqSettings()
    gpio: GpioSettings = GpioSettings()
    genie: GenieSettings = GenieSettings()
    homeassistant: HomeAssistantSettings = HomeAssistantSettings()
    wyoming: WyomingSettings = WyomingSettings()


def load_settings(path: Path | None = None, language: Language = "en") -> Settings:
    """Read the settings from `path`, $JIPSA_CONFIG, ./config/jipsa.yaml or /etc/jipsa/jipsa.yaml, the first that is.

    A file that was named must exist; where none was named and none is found, everything is at its default. Raises
    SettingsError with every fault, in `language`.
    """
    found = settings_file(path)
    if found is None:
        return Settings()
    settings = YamlFile.read(found, language).validate(Settings)
    folder = found.absolute().parent
    beside = {"home": folder / "home.yaml", "sentences": folder / "sentences", "routines": folder / "routines.yaml"}
    update = {name: path for name, path in beside.items() if getattr(settings, name) is None and path.exists()}
    return settings.model_copy(update=update)


def settings_file(path: Path | None = None) -> Path | None:
    """The file that `load_settings` reads; None where there is none."""
    if path is not None:
        return path
    named = os.environ.get("JIPSA_CONFIG")
    if named:
        return Path(named)
    return next((candidate for candidate in SEARCHED if candidate.is_file()), None)
