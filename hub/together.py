"""Services that run side by side in one process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

AGAIN = 1.0
"""Seconds after which a task that goes on is cancelled once more."""


async def end(*tasks: asyncio.Task[None]) -> None:
    """Cancel tasks until they have ended; their errors are theirs.

    Once is not enough: asyncio.wait_for, which libraries use, may lose a cancellation (Python 3.11).
    """
    going = {task for task in tasks if not task.done()}
    while going:
        for task in going:
            task.cancel()
        _, going = await asyncio.wait(going, timeout=AGAIN)


@asynccontextmanager
async def together(services: Sequence[Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """Run services while the block lasts; one that fails ends the block with its error."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(service) for service in services]
            yield
            for task in tasks:
                task.cancel()
    except BaseExceptionGroup as failed:
        if len(failed.exceptions) > 1:
            raise
        raise failed.exceptions[0] from None
