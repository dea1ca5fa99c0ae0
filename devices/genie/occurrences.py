"""What happens in some weeks of a calendar: read in a process of its own, since a small file may mean endless events.

`python -m devices.genie.occurrences FROM TO` takes an iCalendar file (RFC 5545) on standard input and two moments in
ISO form, and writes a list of [title, begin, end] as JSON. Begin and end are dates of whole days, or moments; those
without an offset are local. It ends with 1 where the input is no calendar.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icalendar import Event

MEMORY = 1 << 30
"""Bytes that the process may take."""

LONGEST_TITLE = 60


def occurrences(file: bytes, begin: datetime, end: datetime) -> Iterator[tuple[str, str, str]]:
    """Title, begin and end of each event between two moments, repeated ones each time; raises ValueError."""
    import recurring_ical_events
    from icalendar import Calendar

    found: list[Event] = recurring_ical_events.of(Calendar.from_ical(file), skip_bad_series=True).between(begin, end)
    for event in found:
        if event.get("STATUS") != "CANCELLED":
            title = " ".join(str(event.get("SUMMARY", "")).split())[:LONGEST_TITLE]
            yield title, event.start.isoformat(), event.end.isoformat()


def moment(text: str) -> date | datetime:
    """A day or a moment as `occurrences` writes it."""
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def main() -> None:
    """Standard input to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    begin, end = map(datetime.fromisoformat, sys.argv[1:])
    try:
        found = sorted(set(occurrences(sys.stdin.buffer.read(), begin, end)))
    except (ValueError, MemoryError) as error:
        sys.exit(f"{type(error).__name__}: {error}"[:200])
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
