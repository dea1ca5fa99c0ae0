"""A real Home Assistant for the tests of its bridge."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hass import TestHomeAssistant


@pytest.fixture
async def hass(hass_command: Path, tmp_path: Path) -> AsyncIterator[TestHomeAssistant]:
    """A running Home Assistant that nobody else uses."""
    running = TestHomeAssistant(hass_command, tmp_path / "hass")
    await running.start()
    yield running
    await running.stop()
