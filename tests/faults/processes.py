"""Services as processes of their own, which tests and benchmarks kill, freeze and look into."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from brokers import MOSQUITTO, mosquitto_settings

REPOSITORY = Path(__file__).parents[2]

STOPPING = 20.0
"""Seconds that a service has to end, as systemd gives them."""


class Service:
    """One program that runs again and again, as systemd would have it."""

    def __init__(self, command: Sequence[str], log: Path, out: Path | None = None, **environment: str) -> None:
        self.log = log
        """What it has written, on both ways; with an `out`, that has what it wrote to its standard output."""
        self._out = out or log
        self._command = command
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        told = {"PYTHONPATH": str(REPOSITORY), "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"}
        environment = {**os.environ, **told, **self._environment}
        environment.pop("NOTIFY_SOCKET", None)
        with self.log.open("ab") as log, self._out.open("ab") as out:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, env=environment, stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=log
            )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Service]:
        """Run it until the block is left."""
        await self.start()
        try:
            yield self
        finally:
            await self.end()

    async def end(self) -> None:
        """Ask it to end, as systemd does, and kill it where it does not."""
        if self._process is not None:
            with suppress(ProcessLookupError, TimeoutError):
                self._process.terminate()
                async with asyncio.timeout(STOPPING):
                    await self._process.wait()
        await self.kill()

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
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def descriptors(self) -> int:
        """How many files and sockets it holds open."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    @property
    def memory(self) -> int:
        """Bytes that it has in memory."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
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
