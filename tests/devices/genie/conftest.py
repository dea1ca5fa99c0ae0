"""A running assistant over a real broker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from genies import ManualClock, Start

from devices.genie.bridge import GenieBridge
from devices.genie.skill import Desk, Skill
from hub.address import BrokerAddress
from hub.texts import Language


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def started(broker: BrokerAddress, clock: ManualClock, tmp_path: Path) -> Start:
    @asynccontextmanager
    async def start(
        language: Language = "ko", clock: ManualClock = clock, more: Sequence[Callable[[Desk], Skill]] = ()
    ) -> AsyncIterator[GenieBridge]:
        bridge = GenieBridge(broker, language, state_dir=tmp_path / "state", clock=clock, more=more)
        serving = asyncio.create_task(bridge.run())
        try:
            await bridge.bus.connected.wait()
            yield bridge
        finally:
            serving.cancel()
            with suppress(asyncio.CancelledError):
                await serving

    return start


@pytest.fixture
async def genie(started: Start) -> AsyncIterator[GenieBridge]:
    async with started() as bridge:
        yield bridge
