"""A household's hub for a soak: Mosquitto and every service as a process of its own, all that is kept in one folder.

`watch` tells how a process is: memory, files, threads, computing.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]

sys.path.append(str(ROOT / "tests"))

from brokers import MOSQUITTO, accepts, free_port, mosquitto_settings  # noqa: E402
from faults.processes import Service, until  # noqa: E402

from bench.processes import as_installed  # noqa: E402
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
    services: dict[str, Service]

    def vitals(self) -> dict[str, Vitals]:
        """How each process is. Raises Ended."""
        return {name: watch(name, service) for name, service in self.services.items()}

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


def watch(name: str, service: Service) -> Vitals:
    """How a process is now. Raises Ended."""
    folder = Path(f"/proc/{service.pid}")
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
    account = [sys.executable, "-m", "bench.simulated_account"]
    address = BrokerAddress("127.0.0.1", broker)
    async with AsyncExitStack() as stack:
        services: dict[str, Service] = {}
        environment = {**as_installed(), "JIPSA_LOG_FORMAT": "json"}

        async def start(name: str, *command: str, out: Path | None = None) -> None:
            services[name] = service = Service(command, folder / f"{name}.log", out, **environment)
            await stack.enter_async_context(service.running())

        await start("broker", MOSQUITTO, "-c", str(folder / "mosquitto.conf"))
        await accepts(broker)
        told = folder / "cloud.json"
        await start("cloud", *account, "cloud", str(speed), out=told)
        await until(lambda: told.read_text().endswith("\n"))
        cloud = json.loads(told.read_text())
        await start("thinq", *account, "bridge", str(config), cloud["url"], cloud["root_ca"])
        for name, verbs in SERVICES.items():
            await start(name, sys.executable, "-m", "hub.serve", *verbs, "--config", str(config))
        for port in (web, wyoming):
            await accepts(port, within=STARTING)
        yield Household(folder, address, f"http://127.0.0.1:{web}", wyoming, cloud["url"], services)
