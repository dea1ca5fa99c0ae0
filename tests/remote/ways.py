"""The way over a broker outside, on this machine: what `jipsa remote broker` writes, at other places."""

from __future__ import annotations

import asyncio
import re
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from brokers import MOSQUITTO, accepts, free_port
from secured import NAME, REPOSITORY

from hub.address import BrokerAddress
from hub.bridges import Keeper
from hub.butler.service import Butler
from hub.config import BrokerSettings, Settings
from hub.home import load_home
from hub.remote.envelope import Envelope
from hub.remote.gate import Gate
from hub.remote.keys import make, read_secret
from hub.remote.mosquitto import passwords, sheets
from hub.remote.nonces import Nonces
from hub.remote.sheets import folder_of, put
from hub.settings.remote import RemoteSettings
from hub.together import end

Change = Callable[[str], str]
"""What is done to a file before it is used."""


def settled(folder: Path, clock: Callable[[], float] = time.time) -> None:
    """A store of nonces as a gate left it that served an hour ago; whoever starts without one waits for a minute."""

    def earlier() -> float:
        return clock() - 3_600

    pair = make("before")
    file = folder / "before.key"
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text(pair.secret)
    nonces = Nonces(folder, earlier)
    nonces.take(Envelope.seal("before", read_secret(file)[1], "jipsa/utterance", "", int(earlier() * 1_000)))
    nonces.close()


async def served(config: Path, port: int, stack: AsyncExitStack) -> asyncio.subprocess.Process:
    """A Mosquitto with this file, until the stack is left."""
    assert MOSQUITTO is not None
    process = await asyncio.create_subprocess_exec(MOSQUITTO, "-c", str(config), stderr=asyncio.subprocess.DEVNULL)
    stack.push_async_callback(stopped, process)
    await accepts(port)
    return process


async def stopped(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()


@dataclass
class Ways:
    """What a test makes wrong: files of the way, what the home's settings say, and the gate."""

    folder: Path
    certificates: Path
    changes: dict[str, Change] = field(default_factory=dict)
    """By the path of a file below the folder of `jipsa remote`."""
    clock: Callable[[], float] = time.time
    gate: Callable[[BrokerAddress, RemoteSettings, Nonces, Callable[[], float]], Gate] | None = (
        lambda address, remote, nonces, clock: Gate(address, remote, nonces, "ko", clock)
    )
    known: bool = True
    """Whether the settings of the home know the key."""
    linked: bool = True
    ca_file: Path | None = None
    """Another CA than that of the certificates."""
    ports: dict[str, int] = field(default_factory=lambda: {name: free_port() for name in ("home", "link", "outside")})

    @property
    def home(self) -> BrokerAddress:
        return BrokerAddress("127.0.0.1", self.ports["home"])

    @property
    def settings(self) -> Settings:
        remote = RemoteSettings(enabled=True, keys={"page": self._public} if self.known else {})
        broker = BrokerSettings(embedded=False, url=f"mqtt://127.0.0.1:{self.home.port}")
        return Settings(language="en", state_dir=self.folder / "state", broker=broker, remote=remote)

    @property
    def written(self) -> Path:
        return self.folder / "state/remote"

    def write(self) -> None:
        """Write all files, and change those that are to be wrong."""
        pair = make("page")
        self._public = pair.public
        settings = self.settings
        folder = folder_of(settings)
        ca = self.ca_file or self.certificates / "ca.crt"
        made = sheets(settings, NAME, self.ports["outside"], ca, passwords(folder))
        assert [outcome for _, outcome in put(folder, made)] == ["new"] * len(made)
        (folder / "outside/page.key").write_text(pair.secret)
        subprocess.run(["mosquitto_passwd", "-U", folder / "outside/jipsa-remote.passwords"], check=True)
        for path, change in self.changes.items():
            file = folder / path
            file.write_text(change(file.read_text()))

    def moved(self, path: str) -> Path:
        """A copy of a file of Mosquitto's with other ports and folders."""
        content = (self.written / path).read_text()
        for place, here in (
            ("/etc/mosquitto/jipsa/", f"{self.certificates}/"),
            ("/etc/mosquitto/jipsa-remote-ca.crt", str(self.certificates / "ca.crt")),
            ("/etc/mosquitto/", f"{self.written}/outside/"),
            ("127.0.0.1:1883", f"127.0.0.1:{self.ports['home']}"),
            ("listener 18831", f"listener {self.ports['link']}"),
            ("user mosquitto\n", "user root\n"),
        ):
            content = content.replace(place, here)
        if path.startswith("outside"):
            content = "user root\npersistence false\n" + content
        file = self.folder / path.replace("/", "-")
        file.write_text(re.sub("^#.*\n", "", content, flags=re.MULTILINE))
        return file

    @asynccontextmanager
    async def up(self) -> AsyncIterator[Ways]:
        """Both brokers, the one between, a butler and the gate, while the block lasts."""
        self.write()
        async with AsyncExitStack() as stack:
            own = self.folder / "home.conf"
            own.write_text(
                f"user root\nlistener {self.ports['home']} 127.0.0.1\nallow_anonymous true\npersistence false\n"
                "max_queued_messages 10000\nset_tcp_nodelay true\n"
            )
            await served(own, self.ports["home"], stack)
            await served(self.moved("outside/jipsa-remote.conf"), self.ports["outside"], stack)
            if self.linked:
                self.link = await served(self.moved("home/jipsa-remote.conf"), self.ports["link"], stack)
            home = load_home(REPOSITORY / "config/home.yaml")
            butler, genie = Butler(self.home, home), Keeper("genie", self.settings, home, None)
            running = [asyncio.create_task(butler.run()), asyncio.create_task(genie.run())]
            stack.push_async_callback(end, *running)
            if self.gate is not None:
                settled(self.folder / "nonces", self.clock)
                nonces = Nonces(self.folder / "nonces", self.clock)
                stack.callback(nonces.close)
                gate = self.gate(self.home, self.settings.remote, nonces, self.clock)
                running.append(asyncio.create_task(gate.run()))
                stack.push_async_callback(end, running[-1])
                async with asyncio.timeout(30):
                    await gate.bus.connected.wait()
            async with asyncio.timeout(60):
                await butler.bus.connected.wait()
                await butler.ready({"timers"})
            yield self
