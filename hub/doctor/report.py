"""The checks in their order, one at a time, and what they found on a terminal or as JSON."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Final, get_args

from rich.text import Text

from hub.config import Settings, load_settings, settings_file
from hub.doctor.accounts import kt, mpd, thinq
from hub.doctor.broker import broker
from hub.doctor.clock import clock
from hub.doctor.files import home, settings
from hub.doctor.findings import OTHER, Case, Check, Findings, FirstError, Outcome, Result
from hub.doctor.hearing import graph, model
from hub.doctor.homeassistant import homeassistant
from hub.doctor.machine import memory, packages, python, temperature
from hub.doctor.pins import pins
from hub.doctor.services import services
from hub.doctor.sound import loudspeaker, microphone, voice
from hub.doctor.storage import disk, secrets
from hub.doctor.web import web
from hub.faults import OutsideError
from hub.terminal import Terminal
from hub.texts import Language, text

TIME_LIMIT = 40.0
"""Seconds that one check may take."""

GROUPS: Final[Mapping[str, Mapping[str, Check]]] = {
    "files": {"settings": settings, "home": home, "secrets": secrets},
    "machine": {
        "python": python, "packages": packages, "memory": memory, "disk": disk, "temperature": temperature,
        "clock": clock,
    },
    "sound": {"microphone": microphone, "loudspeaker": loudspeaker, "voice": voice, "model": model, "graph": graph},
    "hub": {"broker": broker, "services": services, "web": web},
    "devices": {"pins": pins, "thinq": thinq, "homeassistant": homeassistant, "mpd": mpd, "kt": kt},
}  # fmt: skip
"""Group → check → what looks, in the order in which they are told. The names stay the same (docs/doctor.md)."""

CHECKS: Final[Mapping[str, Check]] = {name: check for checks in GROUPS.values() for name, check in checks.items()}

OUTSIDE: Final = ("settings", "secrets", "python", "disk", "clock", "broker", "services", "web")
"""What is looked at where the page of a home is that is elsewhere."""

MARKS: Final[Mapping[Outcome, tuple[str, str]]] = {
    "ok": ("✓", "green"),
    "warning": ("!", "yellow"),
    "failure": ("✗", "red"),
}


class UnknownCheckError(OutsideError):
    """There is no such check; the text names those that there are."""


async def examine(case: Case, wanted: Sequence[str]) -> list[Result]:
    """The results of these checks, in the order of the table.

    One check after the other: what one has to import or to read would use up the time that another gives to a broker.
    """
    chosen = {name: check for name, check in CHECKS.items() if name in wanted}
    with _quiet():
        return [result for name, check in chosen.items() for result in await _checked(name, check, case)]


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep back what others would log: it is told here."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


async def _checked(name: str, check: Check, case: Case) -> Sequence[Result]:
    found = Findings(name, case.settings.language)
    try:
        async with asyncio.timeout(TIME_LIMIT):
            await check(case, found)
    except TimeoutError:
        found.failure("slow", check=name, seconds=f"{TIME_LIMIT:g}")
    except FirstError as error:
        found.warning("first", check=error.check)
    except OutsideError as error:
        found.error("\n".join(error.lines))
    except Exception as error:  # one check that cannot go on keeps back no other
        found.failure("broken", check=name, reason=f"{type(error).__name__}: {error}")
    return found.results


async def doctor(config: Path | None, wanted: Sequence[str], *, as_json: bool, sound: bool) -> int:
    """Print what the checks found (none named: all); the exit code is 1 where something does not work.

    Raises UnknownCheckError.
    """
    if unknown := [name for name in wanted if name not in CHECKS]:
        raise UnknownCheckError(f"there is no check {unknown[0]!r}; there are {', '.join(CHECKS)}")
    language = _language(config)
    try:
        read = load_settings(config, language)
    except OutsideError as error:
        results = [Result("settings", "failure", OTHER, "\n".join(error.lines))]
    else:
        case = Case(read, settings_file(config), sound)
        results = await examine(case, wanted or (OUTSIDE if case.outside else list(CHECKS)))
    console = Terminal()
    if as_json:
        for result in results:
            console.print(json.dumps(asdict(result), ensure_ascii=False))
    else:
        _print(console, results, language)
    return 1 if any(result.outcome == "failure" for result in results) else 0


def _language(config: Path | None) -> Language:
    """What the settings say, also where they cannot be used otherwise."""
    file, written = settings_file(config), ""
    with suppress(OSError):
        written = file.read_text(errors="replace") if file is not None else ""
    known: tuple[Language, ...] = get_args(Language)
    default: Language = Settings.model_fields["language"].default
    said = (language for language in known if re.search(rf"^language: *[\"']?{language}\b", written, re.MULTILINE))
    return next(said, default)


def _print(console: Terminal, results: Sequence[Result], language: Language) -> None:
    """What was found, in groups, with a line about it all."""
    width = max(map(len, CHECKS))
    for group, checks in GROUPS.items():
        told = [result for result in results if result.check in checks]
        if told:
            console.print(Text(text(f"doctor.group_{group}", language), "bold"))
        for result in told:
            mark, colour = MARKS[result.outcome]
            head = Text.assemble("  ", (mark, colour), " ", (f"{result.check:{width}}", "dim"), " ")
            console.hang(head, result.message)
            if result.remedy is not None:
                console.hang(Text(" " * (len(head) - 2) + "→ "), result.remedy)
    counts = Counter(result.outcome for result in results)
    console.print(text("doctor.summary", language, **{outcome: counts[outcome] for outcome in MARKS}))
