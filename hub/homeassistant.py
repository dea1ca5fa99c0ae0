"""Logging in to Home Assistant, for `jipsa homeassistant login` and the page: address and token are tried and kept."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from devices.homeassistant.connection import connect
from devices.homeassistant.faults import FAULTS, reason
from devices.homeassistant.inward_exposed import exposed, exposed_ids
from hub.config import SEARCHED, HomeAssistantSettings, Settings, settings_file
from hub.credentials import HOMEASSISTANT_TOKEN, keep_token, kept_file, read_token, write_settings
from hub.faults import OutsideError
from hub.printable import public
from hub.terminal import Terminal
from hub.texts import text

USUAL_URL = "http://homeassistant.local:8123"
"""Where Home Assistant is in most homes."""


class LoginError(OutsideError):
    """Nobody is logged in; the text says why."""


class Found(NamedTuple):
    """A Home Assistant that takes the token: where it is, what its home is called, and how much it has for us."""

    url: str
    name: str
    version: str
    devices: int
    token_file: Path


async def enter(settings: Settings, url: str, token: str) -> Found:
    """Try address and token, and keep the token. Raises LoginError; nothing is kept then."""
    language, place = settings.language, url.rstrip("/")
    try:
        HomeAssistantSettings(url=place)
    except ValidationError:
        raise LoginError(text("config.bad_web_address", language, got=public(place))) from None
    try:
        async with connect(place, token) as connection:
            config = await connection.call("get_config")
            known = await exposed(connection, await exposed_ids(connection), language)
            version, name = config["version"], config["location_name"]
    except FAULTS as error:
        raise LoginError(text(f"homeassistant.{reason(error)}", language) + f" ({error})") from None
    kept = kept_file(settings.homeassistant.token_file, HOMEASSISTANT_TOKEN, settings.state_dir)
    try:
        keep_token(token, kept)
    except OSError as error:
        raise LoginError(text("cli.not_written", language, path=kept, reason=error.strerror)) from None
    return Found(place, name, version, len(known), kept)


async def login(settings: Settings, config: Path | None, url: str | None, token_file: Path | None) -> int:
    """Log in; the token comes from a file, from standard input or from who types it. Raises LoginError."""
    language = settings.language
    console = Terminal()
    place = url or settings.homeassistant.url or USUAL_URL
    found = await enter(settings, place, _token(settings, token_file, place))
    told = {"url": found.url, "name": found.name, "version": found.version, "n": found.devices}
    console.print(text("homeassistant.found", language, **told))
    if not found.devices:
        console.print(text("homeassistant.none_exposed", language, url=found.url))
    console.print(text("homeassistant.token_kept", language, path=found.token_file))
    try:
        path = write_settings(config, "homeassistant", url=found.url)
        sentence = text("homeassistant.url_written", language, path=path)
    except OSError as error:
        path = settings_file(config) or SEARCHED[0].absolute()
        sentence = text("homeassistant.url_not_written", language, path=path, reason=error.strerror, url=found.url)
    for line in sentence.split("\n"):
        console.print(line)
    return 0


def _token(settings: Settings, path: Path | None, url: str) -> str:
    source = str(path) if path is not None and str(path) != "-" else "standard input"
    try:
        return read_token(path, text("homeassistant.ask_token", settings.language, url=url))
    except OSError as error:
        raise LoginError(f"{source}: {error.strerror}") from None
    except ValueError:
        raise LoginError(text("homeassistant.bad_token", settings.language, source=source)) from None
