"""A house whose parts fail on purpose, and the patience to wait for it on any machine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from faults.houses import House, serving


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with serving(tmp_path) as house:
        yield house


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands live for a minute, also while their bridge is away: by then every machine has started one."""
    for name in ("messages.INTENT_LIFETIME", "butler.service.INTENT_LIFETIME", "butler.service.OFFLINE_PATIENCE"):
        monkeypatch.setattr(f"hub.{name}", timedelta(minutes=1))
