"""A bridge of discovered devices on a real broker, and devices that are no part of the hub."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from conftest import Listener
from discovereds import Discovering, Outside, somebody

from devices.discovered import bridge
from hub.address import BrokerAddress


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was announced is not waited for as long as at home."""
    monkeypatch.setattr(bridge, "SETTLE_SECONDS", 0.2)


@pytest.fixture
async def outside(broker: BrokerAddress) -> AsyncIterator[Outside]:
    """Devices, and whoever speaks to them."""
    async with somebody(broker) as found:
        yield found


@pytest.fixture
def discovering(broker: BrokerAddress, listener: Listener) -> Discovering:
    """A bridge that is not running yet."""
    return Discovering(broker, listener)
