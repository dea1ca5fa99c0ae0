"""Bridges by somebody else, as processes of their own."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from brokers import TestBroker
from faults.processes import Service

from hub.conformance.wire import kept
from hub.messages import Topic

BROKEN = Path(__file__).with_name("broken.py")


@asynccontextmanager
async def stranger(name: str, broker: TestBroker, folder: Path, *fault: str) -> AsyncIterator[None]:
    """The bridge of broken.py, all of which is on the broker."""
    service = Service([sys.executable, str(BROKEN), str(broker.address.port), name, *fault], folder / name)
    await service.start()
    try:
        while Topic.bridge(name, "health") not in await kept(broker.address, name):
            pass
        yield
    finally:
        await service.kill()
