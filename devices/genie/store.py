"""What the assistant keeps: a SQLite file (WAL), which a killed process leaves whole.

SQLite is asked in a thread of its own, one question after another, so that nothing waits for the disk.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

VERSIONS: Final = (
    """
    CREATE TABLE IF NOT EXISTS items (
        list TEXT NOT NULL,
        item TEXT NOT NULL,
        added_at TEXT NOT NULL,
        PRIMARY KEY (list, item)
    ) STRICT
    """,
    "CREATE TABLE countdowns (id TEXT PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL) STRICT",
)
"""What makes each version of the file out of the one before it; the file knows its own (`user_version`)."""

log = logging.getLogger(__name__)

T = TypeVar("T")

Trouble = Literal["broken", "away"]

Change = tuple[str, Sequence[str]]
"""A statement and its values."""


class Store:
    """The file `path`; what is no such file any more is put aside, and a new one begun."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lasting = False
        """Whether what is kept outlives the process."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._file: sqlite3.Connection | None = None

    async def open(self) -> Trouble | None:
        """Open the file; returns what is wrong where all is not well.

        `broken`: what was there cannot be read, and stands aside. `away`: nothing can be kept beyond this process.
        """
        trouble = await self._in_thread(self._open)
        self.lasting = trouble != "away"
        return trouble

    async def ask(self, question: str, values: Sequence[str] = ()) -> list[tuple[Any, ...]]:
        """The rows of a question."""

        def asked() -> list[tuple[Any, ...]]:
            assert self._file is not None
            return self._file.execute(question, values).fetchall()

        return await self._in_thread(asked)

    async def change(self, statement: str, values: Sequence[str]) -> int:
        """Change something; it is on the disk when this returns. Returns how many rows were changed."""
        return await self.change_all([(statement, values)])

    async def change_all(self, changes: Iterable[Change]) -> int:
        """Change several things, or none where one fails: raises sqlite3.Error. Returns how many rows were changed."""

        def changed() -> int:
            assert self._file is not None
            with self._file:
                return sum(self._file.execute(statement, values).rowcount for statement, values in changes)

        return await self._in_thread(changed)

    async def close(self) -> None:
        """Close the file."""
        await self._in_thread(lambda: self._file.close() if self._file is not None else None)
        self._thread.shutdown(wait=False)

    def _open(self) -> Trouble | None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            return self._open_or_begin()
        except (OSError, sqlite3.OperationalError) as error:
            # A full disk or a missing right says nothing against what is in the file.
            log.warning("%s: %s", self.path, error)
            self._file = self._remembered()
            return "away"

    def _remembered(self) -> sqlite3.Connection:
        """What the file has as far as it can be read without writing a byte, in memory."""
        memory = _connect(":memory:")
        with (
            suppress(sqlite3.Error),
            closing(_connect(f"{self.path.absolute().as_uri()}?immutable=1", uri=True)) as kept,
        ):
            kept.backup(memory)
        return _prepared(memory)

    def _open_or_begin(self) -> Trouble | None:
        try:
            self._file = _prepared(_connect(self.path))
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            self.path.replace(self.path.with_suffix(".broken"))
            for beside in ("-wal", "-shm"):
                self.path.with_name(self.path.name + beside).unlink(missing_ok=True)
            self._file = _prepared(_connect(self.path))
            return "broken"
        return None

    async def _in_thread(self, work: Callable[[], T]) -> T:
        # What was begun is finished, though nobody waits for it any more: who stops the bridge loses nothing.
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._thread, work))


def _connect(path: Path | str, *, uri: bool = False) -> sqlite3.Connection:
    file = sqlite3.connect(path, isolation_level="IMMEDIATE", check_same_thread=False, uri=uri)
    file.text_factory = lambda text: text.decode(errors="replace")  # a damaged word costs no more than itself
    return file


def _prepared(file: sqlite3.Connection) -> sqlite3.Connection:
    """The file with all its tables, or closed."""
    try:
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("PRAGMA synchronous = FULL")
        if (found := file.execute("PRAGMA integrity_check(1)").fetchone()) != ("ok",):
            raise sqlite3.DatabaseError(found)
        (version,) = file.execute("PRAGMA user_version").fetchone()
        if version < len(VERSIONS):  # else nothing is written: the disk may be full
            with file:
                file.execute("BEGIN IMMEDIATE")
                for statement in VERSIONS[version:]:
                    file.execute(statement)
                file.execute(f"PRAGMA user_version = {len(VERSIONS)}")
    except UnicodeDecodeError as error:  # SQLite quotes what is damaged
        file.close()
        raise sqlite3.DatabaseError("its tables have no names") from error
    except sqlite3.DatabaseError:
        file.close()
        raise
    return file
