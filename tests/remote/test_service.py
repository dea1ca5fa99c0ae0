"""The gate as a service: killed and started anew, and with settings that change while it runs."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from brokers import TestBroker
from gates import KNOWN, Outside

import hub.watch
from hub.config import load_settings
from hub.messages import Topic
from hub.remote.envelope import COMMAND
from hub.remote.nonces import FRESH, Nonces
from hub.remote.service import RemoteService, run_remote
from hub.run import _gate
from hub.services import SWITCHED_OFF
from hub.terminal import Terminal

SERVE = """
import asyncio, sys
from pathlib import Path
from hub.config import load_settings
from hub.remote.service import run_remote
asyncio.run(run_remote(load_settings(Path(sys.argv[1]))))
"""


def written(folder: Path, broker: TestBroker, keys: dict[str, str], *, enabled: bool = True) -> Path:
    """A file of settings."""
    file = folder / "jipsa.yaml"
    remote = json.dumps({"enabled": enabled, "keys": keys})
    file.write_text(
        f"language: en\nstate_dir: {folder}\nbroker: {{embedded: false, url: '{broker.url}'}}\nremote: {remote}\n"
    )
    return file


class Now:
    """The clock of the machine, which is that of a service."""

    @property
    def now(self) -> float:
        return time.time()

    def __call__(self) -> float:
        return time.time()


@pytest.fixture
async def outside(mosquitto: TestBroker, tmp_path: Path) -> AsyncIterator[Outside]:
    """Those outside; the gate has been there before, so that nobody has to wait."""
    found = Outside(mosquitto, tmp_path)
    found.clock = Now()  # type: ignore[assignment]
    past = Nonces(tmp_path, lambda: time.time() - 2 * FRESH - 1)
    past.take(found.seal("x", "x", late=2 * FRESH + 1))
    past.close()
    async with found.home.bus.running():
        await found.home.bus.connected.wait()
        yield found


@asynccontextmanager
async def process(file: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A gate as a process of its own, killed at the end."""
    started = await asyncio.create_subprocess_exec(sys.executable, "-c", SERVE, str(file))
    try:
        yield started
    finally:
        if started.returncode is None:
            started.send_signal(signal.SIGKILL)
        await started.wait()


async def test_a_replay_is_refused_after_kill_9(outside: Outside, mosquitto: TestBroker, tmp_path: Path) -> None:
    file = written(tmp_path, mosquitto, KNOWN)
    async with process(file):
        assert await outside.works() == []
        first = outside.send(Topic.UTTERANCE, "문 열어줘")
        await outside.said("문 열어줘")
    async with process(file):
        assert await outside.works() == ["문 열어줘"]
        outside.home.bus.publish(COMMAND, first)
        assert await outside.works() == ["문 열어줘"]


async def test_it_follows_the_settings(
    outside: Outside, mosquitto: TestBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub.watch, "LOOK", 0.01)
    file = written(tmp_path, mosquitto, KNOWN)
    serving = asyncio.create_task(run_remote(load_settings(file), file))
    assert await outside.works() == []
    written(tmp_path, mosquitto, {"father": KNOWN["father"]})
    async with asyncio.timeout(60):
        number = 0
        while True:  # until it has noticed
            outside.send(Topic.UTTERANCE, f"엄마 {number}")
            outside.send(Topic.UTTERANCE, f"아빠 {number}", key="father")
            await outside.said(f"아빠 {number}")
            if f"엄마 {number}".encode() not in b"".join(outside.home.all(Topic.UTTERANCE)):
                break
            number += 1
            await asyncio.sleep(0.5)
    written(tmp_path, mosquitto, KNOWN, enabled=False)
    async with asyncio.timeout(60):
        assert await serving == SWITCHED_OFF


async def test_where_it_is_off_it_ends(mosquitto: TestBroker, tmp_path: Path) -> None:
    file = written(tmp_path, mosquitto, KNOWN, enabled=False)
    assert await run_remote(load_settings(file), file) == SWITCHED_OFF


async def test_in_one_process_it_goes_on_and_off_with_the_settings(
    outside: Outside, mosquitto: TestBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub.watch, "LOOK", 0.01)
    file = written(tmp_path, mosquitto, KNOWN)
    settings = load_settings(file)
    async with AsyncExitStack() as stack, asyncio.timeout(90):
        (condition,) = await _gate(settings, file, Terminal(), stack)
        assert await outside.works() == []
        assert (condition().ready, condition().healthy) == (True, True)
        assert condition().status == "remote: 2 keys, connected to the broker."
        written(tmp_path, mosquitto, KNOWN, enabled=False)
        while condition().status != "remote: off.":
            await asyncio.sleep(0.01)
        assert (condition().ready, condition().healthy) == (True, True), "else systemd would start the hub anew"


async def test_where_another_gate_serves_the_rest_goes_on(
    mosquitto: TestBroker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, mosquitto, KNOWN)
    other = RemoteService(load_settings(file), file)
    async with AsyncExitStack() as stack:
        assert await _gate(load_settings(file), file, Terminal(), stack) == []
    assert "another jipsa remote serve" in capsys.readouterr().out
    other._nonces.close()
