"""A household's hub for a soak: Mosquitto and every service as a process of its own, all that is kept in one folder.

`watch` tells how a process is: memory, files, threads, computing.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]

sys.path.append(str(ROOT / "tests"))

from brokers import MOSQUITTO, accepts, free_port, mosquitto_settings  # noqa: E402

from hub.address import BrokerAddress  # noqa: E402

SETTINGS = """
broker: {{embedded: false, url: 'mqtt://127.0.0.1:{broker}'}}
home: {root}/config/home.yaml
sentences: {root}/config/sentences
routines: {root}/config/routines.yaml
state_dir: {state}
gpio: {{pins: mock}}
voice: {{satellite: speaker, room: 거실, microphone: 'off'}}
speaker: {{device: 'off'}}
wyoming: {{enabled: true, host: 127.0.0.1, port: {wyoming}, satellite_port: {satellite}, zeroconf: false}}
web: {{port: {web}}}
"""
"""As those of a hub that hears with the microphones of Home Assistant: none is on the machine of a soak."""

SERVICES = {
    "butler": ("butler",),
    "discovered": ("bridge", "discovered"),
    "genie": ("bridge", "genie"),
    "gpio": ("bridge", "gpio"),
    "homeassistant": ("bridge", "homeassistant"),
    "voice": ("voice",),
    "web": ("web",),
}
"""What is started as systemd starts it; the bridge of LG ThinQ comes on top, with a simulated cloud in LG's place."""

BRIDGES = ("discovered", "genie", "gpio", "homeassistant", "thinq")

JUDGED = ("broker", *SERVICES, "thinq")
"""The processes of a hub; the cloud is watched, too, but no part of it."""

STARTING = 600.0
"""Seconds that a voice may take to listen: the first one may have to build its home graph."""

STOPPING = 20.0
"""Seconds that a process has to end, as systemd gives them."""


class Vitals(NamedTuple):
    """How a process is: MB of its own that are in memory (`heap`), MB with its share of files, open files, threads, and
    seconds that it has computed.
    """

    heap: float
    memory: float
    files: int
    threads: int
    computed: float


class Ended(Exception):  # noqa: N818 - what it says is what happened
    """A process has ended, though nobody asked it to, or never began."""


@dataclass(frozen=True, slots=True)
class Household:
    """A hub that runs, with its addresses and processes (by service)."""

    folder: Path
    broker: BrokerAddress
    web: str
    wyoming: int
    cloud: str
    processes: dict[str, asyncio.subprocess.Process]

    def vitals(self) -> dict[str, Vitals]:
        """How each process is. Raises Ended."""
        return {name: watch(name, process) for name, process in self.processes.items()}

    def kept(self) -> float:
        """MB that the state folder has on the disk."""
        return sum(path.stat().st_blocks * 512 for path in self.folder.glob("state/**/*") if path.is_file()) / 1e6


def complaints(folder: Path) -> Iterator[str]:
    """What was logged as a warning or worse (`service level: message: last line of the traceback`), or crashed."""
    for path in sorted(folder.glob("*.log")):
        for line in path.read_text("utf-8", "replace").splitlines():
            try:
                told = json.loads(line)
                if told["level"] != "info":
                    reason = told.get("traceback", "").rpartition("\n")[2].strip()
                    yield f"{path.stem} {told['level']}: {told['message']} {reason}".strip()
            except (ValueError, TypeError, KeyError):
                yield f"{path.stem} error: {line}"


def watch(name: str, process: asyncio.subprocess.Process) -> Vitals:
    """How a process is now. Raises Ended."""
    folder = Path(f"/proc/{process.pid}")
    try:
        lines = (line.split() for line in (folder / "smaps_rollup").read_text().splitlines()[1:])
        sizes = {words[0]: int(words[1]) for words in lines}
        stat = (folder / "stat").read_text().rpartition(")")[2].split()
        files = len(list((folder / "fd").iterdir()))
    except OSError:
        raise Ended(f"{name} has ended") from None
    return Vitals(
        heap=sizes["Pss_Anon:"] / 1000,
        memory=sizes["Pss:"] / 1000,
        files=files,
        threads=int(stat[17]),
        computed=(int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK"),
    )


@asynccontextmanager
async def household(folder: Path, speed: float) -> AsyncIterator[Household]:
    """Start all of it, and end it when the block is left; the appliances live `speed` times as fast."""
    assert MOSQUITTO is not None, "apt install mosquitto"
    broker, web, wyoming, satellite = (free_port() for _ in range(4))
    config = folder / "jipsa.yaml"
    values = {"broker": broker, "web": web, "wyoming": wyoming, "satellite": satellite, "state": folder / "state"}
    config.write_text(SETTINGS.format(root=ROOT, **values), "utf-8")
    (folder / "mosquitto.conf").write_text(mosquitto_settings(broker) + "max_packet_size 1000000\n")
    processes: dict[str, asyncio.subprocess.Process] = {}
    try:
        processes["broker"] = await _start(folder, "broker", [MOSQUITTO, "-c", str(folder / "mosquitto.conf")])
        await accepts(broker)
        account = [sys.executable, "-m", "bench.simulated_account"]
        processes["cloud"] = cloud = await _start(folder, "cloud", [*account, "cloud", str(speed)], piped=True)
        assert cloud.stdout is not None
        served = json.loads(await cloud.stdout.readline())
        bridge = [*account, "bridge", str(config), served["url"], served["root_ca"]]
        processes["thinq"] = await _start(folder, "thinq", bridge)
        for name, verbs in SERVICES.items():
            command = [sys.executable, "-m", "hub.cli", "--log-format", "json", *verbs, "--config", str(config)]
            processes[name] = await _start(folder, name, command)
        for port in (web, wyoming):
            await accepts(port, within=STARTING)
        address = BrokerAddress("127.0.0.1", broker)
        yield Household(folder, address, f"http://127.0.0.1:{web}", wyoming, served["url"], processes)
    finally:
        for process in reversed(processes.values()):
            await _end(process)


async def _start(folder: Path, name: str, command: Sequence[str], *, piped: bool = False) -> asyncio.subprocess.Process:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"}
    environment.pop("NOTIFY_SOCKET", None)
    with (folder / f"{name}.log").open("ab") as log:
        out = asyncio.subprocess.PIPE if piped else log
        return await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=environment, stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=log
        )


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOPPING):
                await process.wait()
        except TimeoutError:
            process.kill()
    await process.wait()
