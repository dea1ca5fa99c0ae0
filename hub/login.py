"""`jipsa thinq login`: takes the token, shows what the account has, and writes it into the home file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from devices.thinq.client import ThinqError, serves
from devices.thinq.login import add_to_home, appliances, entries
from hub.bridges import BridgeError, thinq_client_id, thinq_token_file
from hub.config import SEARCHED, Settings
from hub.credentials import keep_token, read_token
from hub.home import load_home
from hub.messages import About
from hub.terminal import Terminal
from hub.texts import text


async def login(settings: Settings, token_file: Path | None, base_url: str | None = None) -> int:
    """Join the account; the token comes from a file, from standard input or from who types it. Raises BridgeError."""
    language = settings.language
    console = Terminal()
    if not serves(settings.thinq.country):
        raise BridgeError(text("thinq.unknown_country", language, country=settings.thinq.country))
    token = _token(settings, token_file)
    client_id = settings.thinq.client_id or thinq_client_id(settings)
    try:
        found, unusable = await appliances(token, settings.thinq.country, client_id, base_url, language)
    except ThinqError as error:
        raise BridgeError(f"{error} ({error.vendor_code})") from None
    for about in found:
        console.print(text("cli.appliance_found", language, name=about.name, type=about.type))
    for name in unusable:
        console.print(text("cli.appliance_unusable", language, name=name))
    for line in _kept(settings, token, found):
        console.print(line)
    return 0


def _kept(settings: Settings, token: str, found: list[About]) -> Iterator[str]:
    """Keep the token and write the appliances into the home file; what was done, in sentences."""
    language, kept = settings.language, thinq_token_file(settings)
    keep_token(token, kept)
    yield text("cli.token_kept", language, path=kept)
    path = settings.home or SEARCHED[0].absolute().with_name("home.yaml")
    new = entries(found, load_home(path if path.is_file() else None, language))
    if new:
        add_to_home(path, new)
    yield text("cli.home_written" if new else "cli.home_known", language, path=path, n=len(new))
    if settings.thinq.simulate:
        yield text("cli.simulate_off", language, path=SEARCHED[0])


def _token(settings: Settings, path: Path | None) -> str:
    source = str(path) if path is not None and str(path) != "-" else "standard input"
    try:
        return read_token(path, text("cli.ask_token", settings.language))
    except OSError as error:
        raise BridgeError(f"{source}: {error.strerror}") from None
    except ValueError:
        raise BridgeError(text("cli.bad_token", settings.language, source=source)) from None
