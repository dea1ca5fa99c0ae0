"""The broker of these tests is a cluster of three nodes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from clusters import NATS, TestCluster


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[TestCluster]:
    """A running cluster."""
    if NATS is None:
        pytest.skip("NATS is not installed (apt install nats-server)")
    running = TestCluster(tmp_path)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
def any_broker(cluster: TestCluster) -> TestCluster:
    """The tests that take any broker, imported here, take the cluster."""
    return cluster
