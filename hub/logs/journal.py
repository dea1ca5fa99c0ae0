"""Reading the journal of systemd: what the services of Jipsa wrote there, as steps of sentences and lines of logs.

Facts: systemd.journal-fields(7), journalctl(1)
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

from hub.bridges import known
from hub.logs import IDENTIFIER, PRIORITIES
from hub.logs.chronicle import SENTENCE
from hub.logs.steps import Step

LONGEST_ENTRY = 1 << 20
"""Bytes of an entry as JSON."""

UNITS = (
    *("jipsa.service", "jipsa-butler.service", "jipsa-voice@jipsa.service"),
    *(f"jipsa-bridge@{name}.service" for name in known()),
)
"""What systemd itself says of these is read, too."""

EVERYTHING = (f"SYSLOG_IDENTIFIER={IDENTIFIER}", *(match for unit in UNITS for match in ("+", f"UNIT={unit}")))
"""Matches for all that concerns Jipsa."""

_LEVELS = {str(number): name.lower() for name, number in PRIORITIES.items()} | {"5": "info", "2": "error"}

Entry = Mapping[str, str]


async def entries(*matches: str, options: tuple[str, ...] = ()) -> AsyncGenerator[Entry, None]:
    """The entries that journalctl finds, the oldest first; none where there is no systemd."""
    async with aclosing(_lines("--output=json", "--all", *options, *matches)) as lines:
        async for line in lines:
            yield {name: _text(value) for name, value in json.loads(line).items()}


async def sentences(beginning: str) -> list[str]:
    """The ids of sentences that begin like that; empty: the id of the last sentence."""
    if not beginning:
        last = entries(f"MESSAGE_ID={SENTENCE}", options=("--lines=1",))
        return [entry["JIPSA_UTTERANCE"] async for entry in last]
    async with aclosing(_lines("--field=JIPSA_UTTERANCE")) as ids:
        return [found async for one in ids if (found := one.decode(errors="replace").strip()).startswith(beginning)]


def steps(entry: Entry) -> Iterator[Step]:
    """The steps of a sentence, where the entry is about one that is over, or else its lines."""
    if entry.get("MESSAGE_ID") == SENTENCE:
        yield from _way(entry)
        return
    at = datetime.fromtimestamp(int(entry["__REALTIME_TIMESTAMP"]) / 1_000_000, UTC)
    unit = entry.get("UNIT") or entry.get("_SYSTEMD_UNIT") or IDENTIFIER
    level = _LEVELS.get(entry.get("PRIORITY", "6"), "error")
    for line in entry.get("MESSAGE", "").split("\n"):
        yield Step(at, entry.get("JIPSA_SERVICE") or unit, level, line, entry.get("JIPSA_UTTERANCE"))


def _way(entry: Entry) -> Iterator[Step]:
    """The steps that the chronicle kept; whatever else an entry may hold that is called like one of its is left out."""
    try:
        yield from [Step.from_dict(told) for told in json.loads(entry["JIPSA_WAY"])]
    except (KeyError, TypeError, ValueError):
        return


def _text(value: Any) -> str:
    """A field: text, a list of bytes where it is none, or a list of several, of which the first counts."""
    if isinstance(value, list) and value and isinstance(value[0], int):
        return bytes(value).decode(errors="replace")
    return _text(value[0]) if isinstance(value, list) and value else str(value)


async def _lines(*arguments: str) -> AsyncGenerator[bytes, None]:
    try:
        process = await asyncio.create_subprocess_exec(
            *("journalctl", "--no-pager", "--quiet", *arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=LONGEST_ENTRY,
        )
    except FileNotFoundError:
        return
    assert process.stdout is not None
    try:
        async for line in process.stdout:
            yield line
    except BaseException:  # nobody wants the rest
        process.kill()
        raise
    finally:
        await process.wait()
