"""A hub with its page, and a browser, for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from brokers import TestBroker
from web.pages import Chromium, TestHub, chromium, running_hub


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[TestHub]:
    """A hub on the embedded broker."""
    broker = TestBroker("amqtt", tmp_path)
    await broker.start()
    async with running_hub(broker, tmp_path) as running:
        yield running
    await broker.stop()


@pytest.fixture
async def browser() -> AsyncIterator[Chromium]:
    """Chromium."""
    async with chromium() as running:
        yield running
