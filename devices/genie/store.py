"""What the assistant keeps: a SQLite file (WAL), which a killed process leaves whole.

SQLite is asked in a thread of its own, one question after another, so that nothing waits for the disk.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal, TypeVar

VERSION = 1

TABLES = """
CREATE TABLE IF NOT EXISTS items (
    list TEXT NOT NULL,
    item TEXT NOT NULL,
    added_at TEXT NOT NULL,
    PRIMARY KEY (list, item)
) STRICT
"""

log = logging.getLogger(__name__)

T = TypeVar("T")

Trouble = Literal["broken", "away"]


class Store:
    """The file `path`; what is no such file any more is put aside, and a new one begun."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._file: sqlite3.Connection | None = None

    async def open(self) -> Trouble | None:
        """Open the file; returns what is wrong where all is not well.

        `broken`: what was there cannot be read, and stands aside. `away`: nothing can be kept beyond this process.
        """
        return await self._in_thread(self._open)

    async def ask(self, question: str, values: Sequence[str] = ()) -> list[tuple[Any, ...]]:
        """The rows of a question."""

        def asked() -> list[tuple[Any, ...]]:
            assert self._file is not None
            return self._file.execute(question, values).fetchall()

        return await self._in_thread(asked)

    async def change(self, statement: str, values: Sequence[str]) -> int:
        """Change something; it is on the disk when this returns. Returns how many rows were changed."""

        def changed() -> int:
            assert self._file is not None
            with self._file:
                return self._file.execute(statement, values).rowcount

        return await self._in_thread(changed)

    async def close(self) -> None:
        """Close the file."""
        await self._in_thread(lambda: self._file.close() if self._file is not None else None)
        self._thread.shutdown(wait=False)

    def _open(self) -> Trouble | None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = _connected(self._path)
        except (OSError, sqlite3.OperationalError) as error:
            # A full disk or a missing right says nothing against what is in the file.
            log.warning("%s: %s", self._path, error)
            self._file = _connected(":memory:")
            return "away"
        except sqlite3.DatabaseError:
            self._path.replace(self._path.with_suffix(".broken"))
            for beside in ("-wal", "-shm"):
                self._path.with_name(self._path.name + beside).unlink(missing_ok=True)
            self._file = _connected(self._path)
            return "broken"
        return None

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _connected(path: Path | str) -> sqlite3.Connection:
    file = sqlite3.connect(path, isolation_level="IMMEDIATE", check_same_thread=False)
    try:
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("PRAGMA synchronous = FULL")
        file.execute(TABLES)
        file.execute(f"PRAGMA user_version = {VERSION}")
    except sqlite3.DatabaseError:
        file.close()
        raise
    return file
