"""Settings of one hub, from config/jipsa.yaml; every key has a default, so that an empty file will do."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from hub.address import BrokerAddress
from hub.keeping.swap import JOURNAL, finish
from hub.keeping.versions import Version, current, newest
from hub.payloads import TopicId
from hub.settings.genie import GenieSettings
from hub.settings.remote import RemoteSettings
from hub.settings.values import BrokerUrl, Country, FilePath, Section, WebUrl
from hub.settings.voice import SpeakerSettings, VoiceSettings
from hub.settings.web import WebSettings
from hub.texts import Language
from hub.yamlfile import YamlFile, fault_in

SEARCHED = (Path("config/jipsa.yaml"), Path("/etc/jipsa/jipsa.yaml"))
"""Where the settings are looked for when neither the command nor $JIPSA_CONFIG names them."""


def _service_dir(systemd: str, xdg: str, fallback: str) -> Path:
    """The folder that systemd gives the service, or the one of the user that runs it."""
    given = os.environ.get(systemd)
    if given:
        return Path(given.partition(":")[0])
    base = os.environ.get(xdg)
    return (Path(base) if base else Path.home() / fallback) / "jipsa"


class BrokerSettings(Section):
    """The MQTT broker: `embedded` runs one in this process at the port of `url`; `qos` is that of subscriptions."""

    embedded: bool = True
    url: BrokerUrl = "mqtt://127.0.0.1:18830"
    password_file: FilePath | None = None
    ca_file: FilePath | None = None
    qos: Literal[0, 1] = 1

    def address(self) -> BrokerAddress:
        """Where the broker is; reads the files. Raises BusError when one cannot be read."""
        return replace(BrokerAddress.from_url(self.url, self.password_file, self.ca_file), qos=self.qos)


class SpeechSettings(Section):
    """Recognition: `model` is a Vosk model's folder; none means the one that was installed with Jipsa."""

    model: FilePath | None = None


class ThinqSettings(Section):
    """LG ThinQ: `simulate` uses the simulated cloud; otherwise `token_file` holds the personal access token.

    `heating` says what is done about a command that may make something hot. `announce` says of which appliances (by
    name or id) what happened is said aloud: true, false, or a list of events; those that are not named say all.
    """

    enabled: bool = True
    simulate: bool = True
    country: Country = "KR"
    token_file: FilePath | None = None
    client_id: str | None = None
    poll_seconds: int = Field(default=60, ge=10, le=3600)
    push: bool = True
    heating: Literal["ask", "refuse", "allow"] = "ask"
    announce: dict[str, bool | tuple[str, ...]] = Field(default_factory=dict)


class GpioSettings(Section):
    """The pins: `auto` takes the Pi's own where there is a Pi, `mock` never touches hardware."""

    enabled: bool = True
    pins: Literal["auto", "mock"] = "auto"


class HomeAssistantSettings(Section):
    """Home Assistant: it is shown every device over the broker, below its `discovery_prefix` (null:
    nothing).

    With a `url`, what it exposes to voice assistants comes into the home. Without a file, its token is the systemd
    credential homeassistant-token, or the one that `jipsa homeassistant login` kept.
    """

    enabled: bool = True
    discovery_prefix: str | None = Field(default="homeassistant", pattern=r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$")
    url: WebUrl | None = None
    token_file: FilePath | None = None


class DiscoveredSettings(Section):
    """Devices on the broker that announce themselves to Home Assistant, below this `prefix`, become the hub's, too."""

    enabled: bool = True
    prefix: str = Field(default="homeassistant", pattern=r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$")


class WyomingSettings(Section):
    """Wyoming services, for Home Assistant's Assist: where they listen.

    `port` serves recognition, understanding, wake word and voice; `satellite_port` the microphone and the loudspeaker.
    With `zeroconf` they are found by a Home Assistant in the same network.
    """

    enabled: bool = False
    host: str = Field(default="0.0.0.0", min_length=1)  # noqa: S104 - Home Assistant is on another machine
    port: int = Field(default=10300, ge=1, le=65535)
    satellite_port: int = Field(default=10700, ge=1, le=65535)
    zeroconf: bool = True


def _named_freely(bridges: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    for name, own in bridges.items():
        if name in Settings.model_fields:
            raise fault_in("own_section", name=name)
        if not isinstance(own.get("enabled", True), bool):
            raise fault_in("no_switch", name=name)
    return bridges


Bridges = Annotated[dict[TopicId, dict[str, Any]], AfterValidator(_named_freely)]
"""Bridges of packages (packaged.py): for each its own settings, and `enabled`."""


class Settings(Section):
    """All settings. Paths are absolute; `home`, `sentences` and `routines` are None where there are none."""

    version: Version = newest("settings")
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
    discovered: DiscoveredSettings = DiscoveredSettings()
    bridges: Bridges = Field(default_factory=dict)
    wyoming: WyomingSettings = WyomingSettings()
    web: WebSettings = WebSettings()
    remote: RemoteSettings = RemoteSettings()


def load_settings(path: Path | None = None, language: Language = "en") -> Settings:
    """Read the settings from `path`, $JIPSA_CONFIG, ./config/jipsa.yaml or /etc/jipsa/jipsa.yaml, the first that is.

    A file that was named must exist; where none was named and none is found, everything is at its default. Raises
    SettingsError with every fault, in `language`. A restore that was interrupted is finished first.
    """
    found = settings_file(path)
    if found is None:
        return Settings()
    if (found.parent / JOURNAL).exists():
        finish(found.parent)
    return settings_in(YamlFile.read(found, language))


def load_again(settings: Settings, path: Path | None = None) -> Settings:
    """What the file says by now, for a process that runs with these settings: its broker and its folders stay.

    Raises SettingsError with every fault.
    """
    stays = {name: getattr(settings, name) for name in ("broker", "state_dir", "cache_dir")}
    return load_settings(path, settings.language).model_copy(update=stays)


def settings_in(file: YamlFile) -> Settings:
    """The settings of a file that was read. Raises SettingsError with every fault."""
    return with_beside(current(file, "settings").validate(Settings), file.path.absolute().parent)


def with_beside(settings: Settings, folder: Path) -> Settings:
    """The settings with the files that are used unasked, because they are in the settings' folder."""
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
