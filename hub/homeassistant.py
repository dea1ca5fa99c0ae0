"""`jipsa homeassistant login`: takes address and token, tries them, keeps the token, and writes the address down."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from devices.homeassistant.connection import connect
from devices.homeassistant.faults import FAULTS, reason
from devices.homeassistant.inward_exposed import exposed, exposed_ids
from hub.config import SEARCHED, HomeAssistantSettings, Settings, settings_file
from hub.credentials import HOMEASSISTANT_TOKEN, keep_token, kept_file, read_token
from hub.faults import OutsideError
from hub.terminal import Terminal
from hub.texts import text
from hub.yamledit import edit_yaml

USUAL_URL = "http://homeassistant.local:8123"
"""Where Home Assistant is in most homes."""


class LoginError(OutsideError):
    """Nobody is logged in; the text says why."""


async def login(settings: Settings, config: Path | None, url: str | None, token_file: Path | None) -> int:
    """Log in; the token comes from a file, from standard input or from who types it. Raises LoginError."""
    language, own = settings.language, settings.homeassistant
    console = Terminal()
    place = (url or own.url or USUAL_URL).rstrip("/")
    try:
        HomeAssistantSettings(url=place)
    except ValidationError:
        raise LoginError(text("config.bad_web_address", language, got=place)) from None
    token = _token(settings, token_file, place)
    for line in await _tried(settings, place, token):
        console.print(line)
    kept = kept_file(own.token_file, HOMEASSISTANT_TOKEN, settings.state_dir)
    keep_token(token, kept)
    console.print(text("homeassistant.token_kept", language, path=kept))
    path = settings_file(config) or SEARCHED[0].absolute()
    try:
        write_url(path, place)
    except OSError as error:
        sentence = text("homeassistant.url_not_written", language, path=path, reason=error.strerror, url=place)
    else:
        sentence = text("homeassistant.url_written", language, path=path)
    for line in sentence.split("\n"):
        console.print(line)
    return 0


async def _tried(settings: Settings, url: str, token: str) -> list[str]:
    """What is found there, in sentences."""
    try:
        async with connect(url, token) as connection:
            config = await connection.call("get_config")
            known = await exposed(connection, await exposed_ids(connection), settings.language)
            version, name = config["version"], config["location_name"]
    except FAULTS as error:
        raise LoginError(text(f"homeassistant.{reason(error)}", settings.language) + f" ({error})") from None
    said = text("homeassistant.found", settings.language, url=url, name=name, version=version, n=len(known))
    return [said] if known else [said, text("homeassistant.none_exposed", settings.language, url=url)]


def _token(settings: Settings, path: Path | None, url: str) -> str:
    source = str(path) if path is not None and str(path) != "-" else "standard input"
    try:
        return read_token(path, text("homeassistant.ask_token", settings.language, url=url))
    except OSError as error:
        raise LoginError(f"{source}: {error.strerror}") from None
    except ValueError:
        raise LoginError(text("homeassistant.bad_token", settings.language, source=source)) from None


def write_url(path: Path, url: str) -> None:
    """Write `homeassistant.url` into the settings. Raises OSError."""

    def change(settings: Any) -> None:
        if settings.get("homeassistant") is None:
            settings["homeassistant"] = {}
        settings["homeassistant"]["url"] = url

    edit_yaml(path, change)
