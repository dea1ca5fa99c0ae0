"""The SQLite file of the charts: minutes for a day, quarters of an hour for a month, and the times of sentences.

Rows are in the order of time, so that what is new stands together and a write touches few pages: SD cards wear.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from hub.web.history.track import Minute

PAGE: Final = 4096
"""Bytes."""

LARGEST: Final = 128 << 20
"""Bytes of the file at most; 400 numbers that change all the time take two thirds of that."""

DAY: Final = 86_400
MONTH: Final = 30 * DAY
"""Seconds."""

MOST_SENTENCES: Final = 1_000

_DAMAGE: Final = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What SQLite raises for a damaged file: of its own words about it, some quote what is no text."""

log = logging.getLogger(__name__)

T = TypeVar("T")


class Series(NamedTuple):
    """What is measured where."""

    device: str
    property: str
    kind: str


class Answered(NamedTuple):
    """A sentence and how long it took: `at` in seconds since 1970, the rest in milliseconds since it was heard.

    `replied` is when the last bridge had replied; None where none did. What was said is not in it.
    """

    id: str
    at: float
    understood: float
    replied: float | None
    answered: float


class Point(NamedTuple):
    """What a series was in the time from `at` on; `used` is what a counter has counted."""

    series: Series
    at: int
    mean: float | None
    low: float | None
    high: float | None
    used: float


@dataclass(frozen=True, slots=True)
class Tier:
    """A table of equal spans of `step` seconds, kept for `keep` seconds."""

    table: str
    step: int
    keep: int


TIERS: Final = (Tier("minute", 60, DAY + 3_600), Tier("quarter", 900, MONTH))
"""The finest first. An hour more than a day, so that a chart of a day is whole."""

_TABLES: Final = (
    "CREATE TABLE series (id INTEGER PRIMARY KEY, device, property, kind, UNIQUE (device, property, kind))",
    "CREATE TABLE sentence (id TEXT PRIMARY KEY, at REAL, understood REAL, replied REAL, answered REAL) STRICT",
    *(
        f"CREATE TABLE {tier.table} (at INTEGER, series INTEGER, area REAL, seconds REAL, low REAL, high REAL, "
        "PRIMARY KEY (at, series)) STRICT, WITHOUT ROWID"
        for tier in TIERS
    ),
)

_ADD: Final = (
    # A span comes several times: each minute of a quarter, after a restart, and when the clock was set back.
    "INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
    "area = area + excluded.area, seconds = seconds + excluded.seconds, "
    "low = min(coalesce(low, excluded.low), coalesce(excluded.low, low)), "
    "high = max(coalesce(high, excluded.high), coalesce(excluded.high, high))"
)

_POINTS: Final = (
    "SELECT series, at / ? * ? AS start, sum(area) / nullif(sum(seconds), 0), min(low), max(high), sum(area) "
    "FROM {table} WHERE at >= ? AND at < ? AND series IN ({marks}) GROUP BY start, series"
)


class HistoryFile:
    """The file `path`, for one thread; it is opened when it is first wanted. A damaged one is set aside (`….broken`).

    All methods raise OSError and sqlite3.Error where the disk fails.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._open: sqlite3.Connection | None = None
        self._ids: dict[Series, int] = {}
        self._swept: float | None = None

    def write(self, rows: Sequence[tuple[Series, Minute]], sentences: Sequence[Answered]) -> None:
        """Add minutes and sentences, all of them or none."""

        def written(file: sqlite3.Connection) -> None:
            with file:
                for tier in TIERS:
                    file.executemany(_ADD.format(table=tier.table), self._spans(file, rows, tier.step))
                file.executemany("REPLACE INTO sentence VALUES (?, ?, ?, ?, ?)", sentences)

        self._use(written)

    def forget(self, now: float) -> None:
        """Drop what is further away from `now` than it is kept, in the past or in a future that a wrong clock saw."""

        def forgotten(file: sqlite3.Connection) -> None:
            with file:
                for tier in TIERS:
                    file.execute(f"DELETE FROM {tier.table} WHERE at < ?", (now - tier.keep,))  # noqa: S608 - ours
                    file.execute(f"DELETE FROM {tier.table} WHERE at > ?", (now + tier.keep,))  # noqa: S608
                if now // DAY != self._swept:  # once a day, because it reads the whole table
                    file.execute("DELETE FROM series WHERE id NOT IN (SELECT series FROM quarter)")
                file.execute("DELETE FROM sentence WHERE abs(at - ?) > ?", (now, MONTH))
                file.execute(
                    "DELETE FROM sentence WHERE id NOT IN (SELECT id FROM sentence ORDER BY at DESC LIMIT ?)",
                    (MOST_SENTENCES,),
                )
            self._swept = now // DAY
            self._ids.clear()

        self._use(forgotten)

    def series(self) -> list[Series]:
        """All that there is something of, in the order in which it was first measured."""

        def found(file: sqlite3.Connection) -> list[Series]:
            return [Series(*row) for row in file.execute("SELECT device, property, kind FROM series ORDER BY id")]

        return self._use(found)

    def points(self, wanted: Iterable[Series], begin: float, end: float, step: int) -> list[Point]:
        """What these were in spans of `step` seconds, from `begin` to before `end`; in the order of time."""

        def found(file: sqlite3.Connection) -> list[Point]:
            names = {number: series for series in wanted if (number := self._known_id(file, series)) is not None}
            table = max((tier for tier in TIERS if tier.step <= step), key=lambda tier: tier.step).table
            question = _POINTS.format(table=table, marks=", ".join("?" * len(names)))
            rows = file.execute(question, (step, step, begin, end, *names))
            return [Point(names[number], *rest) for number, *rest in rows]

        return self._use(found)

    def sentences(self, most: int) -> list[Answered]:
        """The last sentences, the oldest first."""

        def found(file: sqlite3.Connection) -> list[Answered]:
            rows = file.execute("SELECT * FROM sentence ORDER BY at DESC LIMIT ?", (most,)).fetchall()
            return [Answered(*row) for row in reversed(rows)]

        return self._use(found)

    def close(self) -> None:
        """Close the file; it is opened again when it is wanted."""
        if self._open is not None:
            with suppress(sqlite3.Error):  # what cannot be taken out of the log (WAL) stays in it
                self._open.close()
        self._open = None
        self._ids.clear()

    def _spans(
        self, file: sqlite3.Connection, rows: Sequence[tuple[Series, Minute]], step: int
    ) -> list[tuple[int, int, float, float, float | None, float | None]]:
        # Rounded to microseconds, because a whole number takes one byte and 59.99999 eight.
        return [
            (it.at // step * step, self._id(file, series), it.area, round(it.seconds, 6), it.low, it.high)
            for series, it in rows
        ]

    def _id(self, file: sqlite3.Connection, series: Series) -> int:
        number = self._known_id(file, series)
        if number is None:
            file.execute("INSERT INTO series (device, property, kind) VALUES (?, ?, ?)", series)
            number = self._known_id(file, series)
            assert number is not None
        return number

    def _known_id(self, file: sqlite3.Connection, series: Series) -> int | None:
        if series not in self._ids:
            row = file.execute("SELECT id FROM series WHERE (device, property, kind) = (?, ?, ?)", series).fetchone()
            if row is None:
                return None
            self._ids[series] = row[0]
        return self._ids[series]

    def _use(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do something with the file; when it turns out to be damaged, with a new one."""
        try:
            return self._try(work)
        except _DAMAGE as error:
            # Its children, such as OperationalError, are a full disk, a missing right or a fault of ours.
            if type(error) not in _DAMAGE:
                raise
            self._set_aside(error)
            return self._try(work)

    def _try(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            if self._open is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._open = _connect(self.path)
            return work(self._open)
        except (OSError, sqlite3.Error, UnicodeDecodeError):
            self.close()
            raise

    def _set_aside(self, error: Exception) -> None:
        aside = self.path.with_name(f"{self.path.name}.broken")
        log.warning("%s: %s; it is set aside as %s, and the charts begin anew", self.path, error, aside.name)
        self.path.replace(aside)
        for beside in ("-wal", "-shm"):
            self.path.with_name(self.path.name + beside).unlink(missing_ok=True)


def _connect(path: Path) -> sqlite3.Connection:
    """The file with its tables; raises sqlite3.DatabaseError for one that has others."""
    file = sqlite3.connect(path, isolation_level="IMMEDIATE", check_same_thread=False)
    file.text_factory = lambda text: text.decode(errors="replace")  # a damaged name costs no more than itself
    try:
        # NORMAL: the disk is waited for only when the log is taken over. A power cut may cost the last minutes.
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", f"max_page_count = {LARGEST // PAGE}"):
            file.execute(f"PRAGMA {pragma}").fetchall()
        found = tuple(
            sql for (sql,) in file.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")
        )
        if found not in {(), _TABLES}:
            raise sqlite3.DatabaseError("its tables are not those of this version")
        if not found:
            with file:
                file.execute("BEGIN IMMEDIATE")
                for statement in _TABLES:
                    file.execute(statement)
    except (sqlite3.Error, UnicodeDecodeError):
        file.close()
        raise
    return file
