"""Services as processes of their own, which a test kills, freezes and looks into."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from brokers import MOSQUITTO, mosquitto_settings

REPOSITORY = Path(__file__).parents[2]


class Service:
    """One program that runs again and again, as systemd would have it."""

    def __init__(self, command: Sequence[str], log: Path, **environment: str) -> None:
        self.log = log
        """What it has written, on both ways."""
        self._command = command
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "NO_COLOR": "1", **self._environment}
        environment.pop("NOTIFY_SOCKET", None)
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, env=environment, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log
            )

    async def kill(self) -> None:
        """End it as a power cut does, also while it is frozen."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
            self._process = None

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    @property
    def descriptors(self) -> int:
        """How many files and sockets it holds open."""
        assert self._process is not None
        return len(list(Path(f"/proc/{self._process.pid}/fd").iterdir()))

    @property
    def memory(self) -> int:
        """Bytes that it has in memory."""
        assert self._process is not None
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


def mosquitto(port: int, folder: Path, host: str = "127.0.0.1") -> Service:
    """Debian's Mosquitto, without persistence: what it knew is gone when it is killed."""
    assert MOSQUITTO is not None
    config = folder / "mosquitto.conf"
    config.write_text(mosquitto_settings(port, host))
    return Service([MOSQUITTO, "-c", str(config)], folder / "mosquitto.log")


def jipsa(folder: Path, url: str, *verbs: str, under: Sequence[str] = (), **environment: str) -> Service:
    """`jipsa <verbs>` with settings of its own in `folder`; `under` is a command that starts it."""
    folder.mkdir(exist_ok=True)
    config = folder / "jipsa.yaml"
    config.write_text(
        f"broker: {{embedded: false, url: '{url}'}}\nhome: {REPOSITORY}/config/home.yaml\n"
        "state_dir: state\ncache_dir: cache\ngpio: {pins: mock}\n"
    )
    command = [*under, sys.executable, "-m", "hub.cli", *verbs, "--config", str(config)]
    return Service(command, folder / f"{verbs[-1]}.log", **environment)


async def until(wanted: Callable[[], object], within: float = 30) -> float:
    """Wait until something is true, and return how many seconds that took; TimeoutError where it takes longer."""
    clock = asyncio.get_running_loop().time
    began = clock()
    async with asyncio.timeout(within):
        while not wanted():
            await asyncio.sleep(0.01)
    return clock() - began
