"""Calendars of the household: iCalendar files on this machine or on the web, and the events that they have."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from importlib.util import find_spec
from pathlib import Path

from devices.genie.clock import moment_of
from devices.genie.occurrences import moment
from devices.genie.web import TooLargeError, body_of

LARGEST = 5_000_000
"""Bytes of the largest calendar that is read."""

FETCH_SECONDS = 20.0
READ_SECONDS = 60.0
"""Seconds after which a calendar is given up: while it is fetched, and while it is read."""

BEFORE, AFTER = timedelta(days=31), timedelta(days=400)
"""How far back and ahead events are known."""


class CalendarError(Exception):
    """A calendar cannot be used; the text is the key of the sentence that says why."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens between two local moments; on `whole` days, these are midnights."""

    begin: datetime
    end: datetime
    title: str
    whole: bool

    def on(self, begin: datetime, end: datetime) -> bool:
        """Whether any of it is between two moments."""
        return self.begin < end and (self.end > begin or self.begin >= begin)


@dataclass
class HomeCalendar:
    """One calendar: what it is called, and its file or its address on the web.

    `events` are those that were there when it was last read, and `trouble` is why it could not be read since.
    """

    name: str
    source: str = field(repr=False)
    """Its address is often secret."""
    events: list[Event] = field(default_factory=list)
    trouble: str | None = None
    _read: object = None

    async def refresh(self, now: datetime) -> None:
        """Look at the calendar again; what is wrong with it becomes its trouble."""
        try:
            if find_spec("recurring_ical_events") is None:
                raise CalendarError("calendar_no_library")
            content = await _content(self.source)
            begin = now.replace(hour=0, minute=0, second=0, microsecond=0)
            if self._read != (content, begin):
                self.events = await _events(content, begin)
                self._read = content, begin
            self.trouble = None
        except CalendarError as error:
            self.trouble = str(error)


async def _content(source: str) -> bytes:
    """The file, or what the web has at the address; raises CalendarError."""
    try:
        if not source.startswith(("http://", "https://")):
            content = await asyncio.to_thread(_file, Path(source))
        else:
            content = await _fetched(source)
    except TooLargeError:
        raise CalendarError("calendar_large") from None
    except (OSError, ValueError):
        raise CalendarError("calendar_away") from None
    if len(content) > LARGEST:
        raise CalendarError("calendar_large")
    return content


def _file(path: Path) -> bytes:
    if not path.is_file():  # whoever opens a pipe may wait for ever
        raise FileNotFoundError(path)
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


async def _fetched(address: str) -> bytes:
    import aiohttp  # 5 MB, which nobody needs whose calendars are files

    timeout = aiohttp.ClientTimeout(total=FETCH_SECONDS)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(address) as response:
            response.raise_for_status()
            return await body_of(response, LARGEST)
    except aiohttp.ClientError as error:
        raise OSError(str(error)) from error


async def _events(content: bytes, today: datetime) -> list[Event]:
    """The events around a day, the earliest first; raises CalendarError."""
    pipe, module = asyncio.subprocess.PIPE, "devices.genie.occurrences"
    begin, end = today - BEFORE, today + AFTER
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, begin.isoformat(), end.isoformat(),
        stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(READ_SECONDS):
            found, _ = await process.communicate(content)
    except TimeoutError:
        raise CalendarError("calendar_slow") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise CalendarError("calendar_broken")
    return sorted(
        _local(json.loads(found), today.tzinfo), key=lambda event: (event.begin, not event.whole, event.title)
    )


def _local(found: list[tuple[str, str, str]], zone: tzinfo | None) -> Iterator[Event]:
    """Events as this home sees them: moments of other zones by its own clock, those without a zone as they are."""
    assert zone is not None
    for title, *moments in found:
        begin, end = map(moment, moments)
        whole = not isinstance(begin, datetime)
        local = [
            at.astimezone(zone) if isinstance(at, datetime) and at.tzinfo else moment_of(_shown(at), zone)
            for at in (begin, end)
        ]
        yield Event(local[0], local[1], title, whole)


def _shown(at: date) -> datetime:
    """What clocks show at a moment without a zone, or when a day begins."""
    return at if isinstance(at, datetime) else datetime.combine(at, time())
