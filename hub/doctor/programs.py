"""Other programs that are asked: what they print, or that they are not there, fail or hang."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from contextlib import suppress

PATIENCE = 10.0
"""Seconds that a program may take."""


class ProgramError(Exception):
    """A program failed, hung or died; the text is the last line that it wrote about that."""


async def output(*command: str) -> str:
    """What a program prints. Raises FileNotFoundError where there is none, and ProgramError.

    It works in a folder of its own, since some leave files where they are started, and ends with whoever waits for it.
    """
    pipe = asyncio.subprocess.PIPE
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe, cwd=folder
        )
        try:
            async with asyncio.timeout(PATIENCE):
                printed, complaint = await process.communicate()
        except TimeoutError:
            raise ProgramError(f"{PATIENCE:g} s") from None
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
    if process.returncode and process.returncode < 0:
        raise ProgramError(signal.Signals(-process.returncode).name)
    if process.returncode:
        lines = complaint.decode(errors="replace").split("\n")
        raise ProgramError(next(filter(None, map(str.strip, reversed(lines))), f"status {process.returncode}"))
    return printed.decode(errors="replace")
