"""A gate on a real broker."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from brokers import TestBroker
from gates import ABOUTS, HOME, Outside

from hub.messages import Topic
from hub.remote.gate import Gate
from hub.remote.nonces import FRESH, Nonces


@pytest.fixture
async def outside(mosquitto: TestBroker, tmp_path: Path) -> AsyncIterator[Outside]:
    """Everybody but a gate, which has been there before; the clock stands still."""
    found = Outside(mosquitto, tmp_path)
    first = Nonces(tmp_path, found.clock)
    found.clock.now += 2 * FRESH + 1
    first.take(found.seal("x", "x"))
    first.close()
    async with found.home.bus.running():
        await found.home.bus.connected.wait()
        for about in ABOUTS:
            found.home.bus.publish(Topic.device(about.id, "about"), about, retain=True)
        found.home.bus.publish(Topic.HOME, HOME.to_json(), retain=True)
        await found.home.bus.flush()
        yield found


@pytest.fixture
async def gate(outside: Outside) -> AsyncIterator[Gate]:
    async with outside.open() as opened:
        yield opened
