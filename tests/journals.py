"""The journal of systemd, without systemd: a real journald in a mount namespace of its own."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

JOURNALD = Path("/lib/systemd/systemd-journald")

POSSIBLE = os.geteuid() == 0 and JOURNALD.exists() and shutil.which("systemd-cat") is not None
"""Namespaces are root's, and on machines where containers are restricted not even that: see `Journal.start`."""

# /run is the namespace's own, so that this journald meets none that runs already.
_START = f"mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/journal /run/log/journal && exec {JOURNALD}"

# What systemd gives a service: its standard error leads to the journal, and a variable says so.
_SERVICE = 'JOURNAL_STREAM=$(stat -Lc %d:%i /proc/self/fd/2) exec "$@"'


class Journal:
    """A journald; what is run in it finds it where it is on any machine."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @property
    def _inside(self) -> tuple[str, ...]:
        return ("nsenter", f"--mount=/proc/{self._process.pid}/ns/mnt", "--wd=.")

    async def service(self, *command: str, env: dict[str, str]) -> asyncio.subprocess.Process:
        """Start `python …` as systemd starts a service."""
        inner = ("systemd-cat", "sh", "-c", _SERVICE, "sh", sys.executable, *command)
        return await asyncio.create_subprocess_exec(*self._inside, *inner, env=env)

    async def run(self, *command: str, env: dict[str, str] | None = None) -> tuple[int, str]:
        """Exit code and output of a command that sees this journal."""
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*self._inside, *command, stdout=pipe, stderr=pipe, env=env)
        out, _ = await process.communicate()
        assert process.returncode is not None
        return process.returncode, out.decode()


@asynccontextmanager
async def running_journal() -> AsyncIterator[Journal | None]:
    """A journald while the block lasts; None where this machine allows none."""
    process = await asyncio.create_subprocess_exec(
        *("unshare", "--mount", "sh", "-c", _START), stderr=asyncio.subprocess.DEVNULL
    )
    socket = Path(f"/proc/{process.pid}/root/run/systemd/journal/socket")
    try:
        async with asyncio.timeout(20):
            while process.returncode is None and not socket.exists():
                await asyncio.sleep(0.01)
        yield Journal(process) if process.returncode is None else None
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
