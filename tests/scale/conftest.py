"""The broker of these tests is a cluster of three nodes."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from clusters import NATS, TestCluster

collect_ignore_glob = (
    [] if os.environ.get("JIPSA_SCALE") else ["test_*.py"]
)  # they take minutes, an idle machine and a cluster


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
