"""Joining an LG account, for `jipsa thinq login` and the page: the token is tried and kept, devices written down."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from devices.thinq.client import ThinqError, serves
from devices.thinq.login import add_to_home, appliances, entries
from hub.bridges import BridgeError, thinq_client_id, thinq_token_file
from hub.config import SEARCHED, Settings
from hub.credentials import keep_token, read_token
from hub.home import load_home
from hub.homefile import home_place
from hub.messages import About
from hub.terminal import Terminal
from hub.texts import text


class Joined(NamedTuple):
    """What an account has, `unusable` by name, and where token and devices are kept; `new` of them in the home file."""

    found: list[About]
    unusable: list[str]
    token_file: Path
    home_file: Path
    new: int


async def join(settings: Settings, config: Path | None, token: str, base_url: str | None = None) -> Joined:
    """Try the token, keep it, and write the appliances into the home file. Raises OutsideError; nothing is kept then,
    unless the home file cannot be written.
    """
    language, own = settings.language, settings.thinq
    if not serves(own.country):
        raise BridgeError(text("thinq.unknown_country", language, country=own.country))
    try:
        client_id = own.client_id or thinq_client_id(settings)
        found, unusable = await appliances(token, own.country, client_id, base_url, language)
        kept, path = thinq_token_file(settings), home_place(settings, config)
        keep_token(token, kept)
        new = entries(found, load_home(path if path.is_file() else None, language))
        if new:
            add_to_home(path, new)
    except ThinqError as error:
        raise BridgeError(f"{error} ({error.vendor_code})") from None
    except OSError as error:
        raise BridgeError(text("cli.not_written", language, path=error.filename, reason=error.strerror)) from None
    return Joined(found, unusable, kept, path, len(new))


async def login(settings: Settings, config: Path | None, token_file: Path | None, base_url: str | None = None) -> int:
    """Join; the token comes from a file, from standard input or from who types it. Raises OutsideError."""
    language = settings.language
    console = Terminal()
    joined = await join(settings, config, _token(settings, token_file), base_url)
    for about in joined.found:
        console.print(text("cli.appliance_found", language, name=about.name, type=about.type))
    for name in joined.unusable:
        console.print(text("cli.appliance_unusable", language, name=name))
    console.print(text("cli.token_kept", language, path=joined.token_file))
    written = "cli.home_written" if joined.new else "cli.home_known"
    console.print(text(written, language, path=joined.home_file, n=joined.new))
    if settings.thinq.simulate:
        console.print(text("cli.simulate_off", language, path=SEARCHED[0]))
    return 0


def _token(settings: Settings, path: Path | None) -> str:
    source = str(path) if path is not None and str(path) != "-" else "standard input"
    try:
        return read_token(path, text("cli.ask_token", settings.language))
    except OSError as error:
        raise BridgeError(f"{source}: {error.strerror}") from None
    except ValueError:
        raise BridgeError(text("cli.bad_token", settings.language, source=source)) from None
