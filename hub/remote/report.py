"""`jipsa remote check`: whom it asks, and what it found, on a terminal or as JSON."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Final

import aiomqtt

from hub.config import Settings, load_settings
from hub.conformance.report import tell
from hub.conformance.verdict import BrokenError, FindingError, Outcome, UnseenError, Verdict
from hub.remote.check import GROUPS
from hub.remote.keys import read_secret
from hub.remote.mosquitto import PAGE
from hub.remote.page import PAGE_CHECKS
from hub.remote.sheets import SheetError, folder_of
from hub.remote.visit import HOME, SEEN, Visit, listening
from hub.texts import Language, text

Found = tuple[str, Verdict]

NAMES: Final = ["tls", *(name for checks in GROUPS.values() for name in checks), *PAGE_CHECKS]


async def check(
    settings: Settings, outside: Path | None, key_file: Path | None, page: str | None, *, as_json: bool
) -> int:
    """Print each verdict as it is found; the exit code is 1 where something is not as it has to be.

    `outside` are the settings of the page there, `key_file` is a key, and `page` an address at which a page is reached.
    Raises SheetError, KeyFileError.
    """
    found = _examined(settings, outside, key_file, page)
    return await tell(found, "remote_check", max(map(len, NAMES)), settings.language, as_json=as_json)


async def _examined(
    settings: Settings, outside: Path | None, key_file: Path | None, page: str | None
) -> AsyncIterator[Found]:
    there = _settings_there(settings, outside)
    if there is None and page is None:
        raise SheetError(text("remote_check.nothing", settings.language))
    if there is not None:
        secret = key_file or there.remote.key_file
        if secret is None:
            raise SheetError(text("remote_check.no_key", settings.language))
        async for found in _over_broker(settings, there, secret):
            yield found
    if page is not None:
        for name, look in PAGE_CHECKS.items():
            yield "page", await _verdict(name, look(page), settings.language)


def _settings_there(settings: Settings, outside: Path | None) -> Settings | None:
    """The settings of the page outside; those of this machine, where it is outside; None where there are none."""
    written = outside or folder_of(settings) / PAGE
    if outside is None and (settings.remote.key_file is not None or not written.is_file()):
        return settings if settings.remote.key_file is not None else None
    return load_settings(written, settings.language)


async def _over_broker(settings: Settings, there: Settings, secret: Path) -> AsyncIterator[Found]:
    """What is found with the login and the key of the page."""
    language, address = settings.language, there.broker.address()
    key, private = read_secret(secret)
    async with AsyncExitStack() as stack:
        home = None
        if settings.remote.key_file is None:
            with suppress(aiomqtt.MqttError):
                home = await stack.enter_async_context(listening(settings.broker.address(), HOME))
        try:
            out, eyes = [await stack.enter_async_context(listening(address, *heard)) for heard in (SEEN, ("#",))]
            yield "outside", await _verdict("tls", _plain(tls=address.tls), language)
            visit = Visit(settings, address, key, private, out, eyes, home)
            for group, checks in GROUPS.items():
                for name, look in checks.items():
                    yield group, await _verdict(name, look(visit), language)
        except aiomqtt.MqttError as error:
            reason = address.unreached(error).told(language)
            yield "outside", await _verdict("tls", _lost(reason), language)


async def _plain(*, tls: bool) -> None:
    if not tls:
        raise BrokenError("plain")


async def _lost(reason: str) -> None:
    raise BrokenError("unreached", reason=reason)


async def _verdict(name: str, look: Awaitable[None], language: Language) -> Verdict:
    sentence = text(f"remote_check.must-{name}", language)
    try:
        await look
    except FindingError as seen:
        outcome: Outcome = "unseen" if isinstance(seen, UnseenError) else "broken"
        return Verdict(name, outcome, sentence, text(f"remote_check.{seen.key}", language, **seen.values))
    return Verdict(name, "holds", sentence)
