"""Mock pins for the tests of the gpio bridge."""

import pytest
from gpios import Board

from hub.address import BrokerAddress


@pytest.fixture
def board(broker: BrokerAddress, monkeypatch: pytest.MonkeyPatch) -> Board:
    """Pins that nobody uses yet."""
    return Board(broker, monkeypatch)
