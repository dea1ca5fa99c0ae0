"""`jipsa doctor`: looks at everything that Jipsa needs, all at a time, and says what to do where something is wrong."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

from rich.console import Console

from devices.homeassistant.connection import Connection, connect
from devices.homeassistant.faults import FAULTS, reason
from devices.homeassistant.inward_exposed import OURS, exposed, exposed_ids
from hub.bridges import thinq_token_file
from hub.bus import Bus, BusError
from hub.config import Settings, load_settings, settings_file
from hub.credentials import HOMEASSISTANT_TOKEN, credential, homeassistant_access
from hub.faults import OutsideError
from hub.home import load_home
from hub.messages import new_id
from hub.texts import Language, text

TIME_LIMIT = 20.0
"""Seconds that one check may take."""

BROKER_SECONDS = 4.0
"""How long the broker may take to let somebody in."""

Outcome = Literal["ok", "warning", "failure"]

MARKS: Final[Mapping[Outcome, str]] = {"ok": "✓", "warning": "!", "failure": "✗"}


@dataclass(frozen=True, slots=True)
class Result:
    """What a check found: in a sentence, with what to do about it where something is wrong."""

    check: str
    outcome: Outcome
    message: str
    remedy: str | None = None


class Findings:
    """The results of one check, told in the language of the settings; the texts: hub/texts/doctor.yaml."""

    def __init__(self, check: str, language: Language) -> None:
        self.results: list[Result] = []
        self._check = check
        self._language: Language = language

    def ok(self, key: str, **values: object) -> None:
        """Something is as it should be."""
        self.results.append(Result(self._check, "ok", text(f"doctor.{key}", self._language, **values)))

    def warning(self, key: str, **values: object) -> None:
        """Something works less than it could; `doctor.<key>-remedy` says what to do."""
        self._wrong("warning", key, values)

    def failure(self, key: str, **values: object) -> None:
        """Something does not work; `doctor.<key>-remedy` says what to do."""
        self._wrong("failure", key, values)

    def error(self, message: str) -> None:
        """Something does not work; the message says what to do, too."""
        self.results.append(Result(self._check, "failure", message))

    def _wrong(self, outcome: Outcome, key: str, values: Mapping[str, object]) -> None:
        said, remedy = (text(f"doctor.{name}", self._language, **values) for name in (key, f"{key}-remedy"))
        self.results.append(Result(self._check, outcome, said, remedy))


Check = Callable[[Settings, Findings], Awaitable[None]]


async def home_file(settings: Settings, found: Findings) -> None:
    """Whether the home file can be read."""
    home = load_home(settings.home, settings.language)
    found.ok("home", path=settings.home or "-", rooms=len(home.rooms), devices=len(home.devices))


async def broker(settings: Settings, found: Findings) -> None:
    """Whether the broker lets the hub in."""
    logging.getLogger("hub.bus").setLevel(logging.ERROR)  # what it would warn of is said here
    address = settings.broker.address()
    values = {"host": address.host, "port": address.port}
    bus = Bus(address, f"jipsa-doctor-{new_id()[:8]}")
    async with bus.running():
        with suppress(TimeoutError):
            async with asyncio.timeout(BROKER_SECONDS):
                await bus.connected.wait()
                found.ok("broker", **values)
                return
    if settings.broker.embedded:
        found.warning("no_hub", **values)
    else:
        found.failure("no_broker", **values)


async def homeassistant(settings: Settings, found: Findings) -> None:
    """Whether Home Assistant can be reached, lets the hub in, exposes something, and sees the hub's devices."""
    own = settings.homeassistant
    if not own.enabled:
        found.ok("homeassistant_off")
        return
    if own.url is None:
        found.warning("homeassistant_no_url")
        return
    url, token_file = homeassistant_access(settings, own, "homeassistant")
    token = credential(token_file, HOMEASSISTANT_TOKEN, "homeassistant.token_file")
    try:
        async with connect(url, token) as connection:
            await _look_into(connection, url, settings, found)
    except FAULTS as error:
        found.error(text(f"homeassistant.{reason(error)}", settings.language) + f" ({error})")


async def _look_into(connection: Connection, url: str, settings: Settings, found: Findings) -> None:
    config: dict[str, Any] = await connection.call("get_config")
    found.ok("homeassistant", url=url, name=config["location_name"], version=config["version"])
    known = await exposed(connection, await exposed_ids(connection), settings.language)
    if known:
        found.ok("exposed", n=len(known))
    else:
        found.warning("none_exposed", url=url)
    if settings.homeassistant.prefix is None:
        return
    if "mqtt" not in config["components"]:
        found.warning("no_mqtt", broker=settings.broker.url)
        return
    entries = await connection.call("config/entity_registry/list")
    shown = [entry for entry in entries if entry["platform"] == "mqtt" and str(entry["unique_id"]).startswith(OURS)]
    if shown:
        found.ok("shown", n=len(shown))
    else:
        found.warning("not_shown", broker=settings.broker.url)


async def thinq(settings: Settings, found: Findings) -> None:
    """Whether there is a token for LG ThinQ, where it is needed."""
    if not settings.thinq.enabled:
        found.ok("thinq_off")
    elif settings.thinq.simulate:
        found.ok("thinq_simulated")
    elif thinq_token_file(settings).is_file():
        found.ok("thinq", path=thinq_token_file(settings))
    else:
        found.failure("thinq_no_token", path=thinq_token_file(settings))


CHECKS: Final[Mapping[str, Check]] = {
    "home": home_file,
    "broker": broker,
    "homeassistant": homeassistant,
    "thinq": thinq,
}
"""What is looked at beside the settings."""


async def examine(config: Path | None) -> list[Result]:
    """The results of all checks, in their order; without settings that can be read there are no others."""
    try:
        settings = load_settings(config)
    except OutsideError as error:
        return [Result("settings", "failure", str(error))]
    read = Findings("settings", settings.language)
    read.ok("settings", path=settings_file(config) or "-")
    found = await asyncio.gather(*(_checked(name, check, settings) for name, check in CHECKS.items()))
    return [*read.results, *(result for results in found for result in results)]


async def _checked(name: str, check: Check, settings: Settings) -> Sequence[Result]:
    found = Findings(name, settings.language)
    try:
        async with asyncio.timeout(TIME_LIMIT):
            await check(settings, found)
    except TimeoutError:
        found.failure("slow", check=name, seconds=f"{TIME_LIMIT:g}")
    except (OutsideError, BusError) as error:
        found.error(str(error))
    return found.results


async def doctor(config: Path | None, *, as_json: bool) -> int:
    """Print the results; the exit code is 1 where something does not work."""
    results = await examine(config)
    console = Console(highlight=False, soft_wrap=True, markup=False)
    for result in results:
        if as_json:
            console.print(json.dumps(asdict(result), ensure_ascii=False))
            continue
        console.print(f"{MARKS[result.outcome]} {result.message}")
        if result.remedy is not None:
            console.print(f"  → {result.remedy}")
    return 1 if any(result.outcome == "failure" for result in results) else 0
