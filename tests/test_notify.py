"""What systemd is told, as systemd hears it: a real datagram socket, and a bridge that is a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from brokers import TestBroker

from hub.bus import Bus
from hub.notify import Condition, condition_of, stopping, tell, tell_systemd, watchdog_seconds
from hub.together import together

REPOSITORY = Path(__file__).parents[1]


class Systemd:
    """The end of the socket at which systemd listens."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + address[1:] if address.startswith("@") else address)
        self.socket.setblocking(False)
        self.heard: list[str] = []

    async def hear(self, within: float = 20) -> list[str]:
        """The lines of the next message."""
        async with asyncio.timeout(within):
            lines = (await asyncio.get_running_loop().sock_recv(self.socket, 4096)).decode().split("\n")
        self.heard += lines
        return lines

    async def until(self, line: str, within: float = 20) -> None:
        """Go on until this line has come; TimeoutError when nothing at all comes for `within` seconds."""
        while line not in self.heard:
            await self.hear(within)


@pytest.fixture(params=["path", "abstract"])
async def listening(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Systemd]:
    """systemd for whoever is told the address."""
    systemd = Systemd(str(tmp_path / "notify") if request.param == "path" else f"@jipsa-test-{os.getpid()}")
    yield systemd
    systemd.socket.close()


@pytest.fixture
async def systemd(listening: Systemd, monkeypatch: pytest.MonkeyPatch) -> Systemd:
    """systemd for this process."""
    monkeypatch.setenv("NOTIFY_SOCKET", listening.address)
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    return listening


def watched(monkeypatch: pytest.MonkeyPatch, milliseconds: int) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", str(milliseconds * 1000))
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()))


async def test_patience_is_asked_for_until_it_is_ready_and_then_it_lives(
    systemd: Systemd, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched(monkeypatch, 100)
    now = Condition(ready=False, healthy=True, status="genie: 0 devices, the broker is away.")
    async with together([tell_systemd(lambda: now)]):
        assert await systemd.hear() == [f"STATUS={now.status}", "EXTEND_TIMEOUT_USEC=30000000"]
        assert await systemd.hear() == ["EXTEND_TIMEOUT_USEC=30000000"]  # what was said is not said again
        now = Condition(ready=True, healthy=True, status="genie: 6 devices, connected to the broker.")
        await systemd.until("READY=1")
        assert systemd.heard[-3:] == [f"STATUS={now.status}", "READY=1", "WATCHDOG=1"]
        now = Condition(ready=False, healthy=True, status="genie: 6 devices, the broker is away.")
        await systemd.until(f"STATUS={now.status}")
        assert await systemd.hear() == ["WATCHDOG=1"]  # whoever was ready goes on while the broker is away
    assert systemd.heard.count("READY=1") == 1


async def test_signs_of_life_come_at_half_of_the_time_and_never_faster(
    systemd: Systemd, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched(monkeypatch, 200)
    clock = asyncio.get_running_loop().time
    async with together([tell_systemd(lambda: Condition(ready=True, healthy=True, status="well."))]):
        await systemd.until("READY=1")
        began = clock()
        for _ in range(10):
            assert await systemd.hear() == ["WATCHDOG=1"]
    assert 0.9 < clock() - began < 1.9, "ten signs, of which two would fit into the watchdog's time"


async def test_who_is_ill_gives_no_sign_of_life(systemd: Systemd, monkeypatch: pytest.MonkeyPatch) -> None:
    watched(monkeypatch, 40)
    looks, ill = 0, False

    def condition() -> Condition:
        nonlocal looks
        looks += 1
        return Condition(ready=True, healthy=not ill, status="ill." if ill else "well.")

    def well() -> Condition:
        return Condition(ready=True, healthy=True, status="And well.")

    async with together([tell_systemd(condition, well)]):
        await systemd.until("READY=1")
        ill = True
        await systemd.until("STATUS=ill. And well.")
        assert systemd.heard[-1] == "STATUS=ill. And well."
        seen = looks
        while looks < seen + 5:
            await asyncio.sleep(0.01)
        with pytest.raises(TimeoutError):
            await systemd.hear(within=0.1)
        systemd.heard.clear()
        ill = False
        await systemd.until("STATUS=well. And well.")
        assert systemd.heard[-1] == "WATCHDOG=1"


async def test_who_starts_and_is_ill_does_not_ask_for_patience(systemd: Systemd) -> None:
    async with together([tell_systemd(lambda: Condition(ready=True, healthy=False, status="ill."))]):
        assert await systemd.hear() == ["STATUS=ill."]
        with pytest.raises(TimeoutError):
            await systemd.hear(within=0.5)


async def test_a_bus_that_has_ended_is_not_healthy(mosquitto: TestBroker) -> None:
    bus = Bus(mosquitto.address, "ill")
    assert not condition_of(bus, "ill", ready=True).healthy
    async with bus.running():
        waiting = condition_of(bus, "ill: 3 devices", ready=True)
        assert waiting == Condition(ready=False, healthy=True, status="ill: 3 devices, the broker is away.")
        await bus.connected.wait()
        assert condition_of(bus, "ill", ready=True) == Condition(True, True, "ill, connected to the broker.")
        assert not condition_of(bus, "ill", ready=False).ready
        assert not condition_of(bus, "ill", ready=True, healthy=False).healthy
    assert not condition_of(bus, "ill", ready=True).healthy


async def test_stopping_is_told_at_once(systemd: Systemd) -> None:
    stopping()
    assert await systemd.hear() == ["STOPPING=1", "STATUS=Stopping."]


async def test_without_systemd_nothing_happens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    tell("READY=1")
    await tell_systemd(lambda: pytest.fail("nobody asked"))
    for address in (str(tmp_path / "nobody"), "vsock:1:2", ""):
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        tell("READY=1")


@pytest.mark.parametrize(
    ("usec", "pid", "seconds"),
    [(None, None, None), ("30000000", None, 30.0), ("30000000", "1", None), ("soon", None, None), ("", None, None)],
)
def test_the_watchdog_of_another_process_is_not_ours(
    monkeypatch: pytest.MonkeyPatch, usec: str | None, pid: str | None, seconds: float | None
) -> None:
    for name, value in (("WATCHDOG_USEC", usec), ("WATCHDOG_PID", pid)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert watchdog_seconds() == seconds


async def test_a_bridge_that_is_a_process_of_its_own(listening: Systemd, mosquitto: TestBroker, tmp_path: Path) -> None:
    settings = tmp_path / "jipsa.yaml"
    settings.write_text(f"broker: {{embedded: false, url: '{mosquitto.url}'}}\n")
    told = {"NOTIFY_SOCKET": listening.address, "WATCHDOG_USEC": "1000000", "XDG_STATE_HOME": str(tmp_path)}
    await mosquitto.stop()
    bridge = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hub.cli", "bridge", "genie", "--config", str(settings)),
        cwd=REPOSITORY,
        env={**os.environ, **told},
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await listening.until("EXTEND_TIMEOUT_USEC=30000000")
        await listening.until("STATUS=genie: 5 devices, the broker is away.")
        assert "READY=1" not in listening.heard
        await mosquitto.start()
        await listening.until("READY=1")
        assert "STATUS=genie: 5 devices, connected to the broker." in listening.heard
        assert await listening.hear() == ["WATCHDOG=1"]
        bridge.send_signal(signal.SIGSTOP)
        with pytest.raises(TimeoutError):
            await listening.until("a sign of life from a process that does not run", within=1.5)
        bridge.send_signal(signal.SIGCONT)
        assert await listening.hear() == ["WATCHDOG=1"]
        bridge.send_signal(signal.SIGTERM)
        await listening.until("STOPPING=1")
        async with asyncio.timeout(20):
            assert await bridge.wait() == 0
    finally:
        if bridge.returncode is None:
            bridge.kill()
            await bridge.wait()
