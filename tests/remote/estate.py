"""A home and a broker outside on hosts of their own, with the real programs and exactly the files that are written.

Each host is a network namespace with its own /etc/mosquitto, in which the scripts `put-in-place` are run.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from brokers import MOSQUITTO, accepts
from conftest import Listener
from remote.ways import settled
from scale.hosts import Network, NoNetworkError
from secured import make_certificates

from hub.address import BrokerAddress
from hub.bus import Bus
from hub.config import load_settings
from hub.messages import Utterance
from hub.remote.envelope import COMMAND, Envelope
from hub.remote.keys import read_secret
from tests.faults.processes import Service

REPOSITORY = Path(__file__).parents[2]

SERVICES = {"butler": ["butler"], "gpio": ["bridge", "gpio"], "remote": ["remote", "serve"]}
"""What runs at home: by its login, the verb."""

ETC = 'mount --bind "$0" /etc/mosquitto; [ ! -d /run/systemd ] || mount -t tmpfs none /run/systemd; exec "$@"'
"""Gives what is started a host of its own: its settings of Mosquitto, and no systemd."""

DOOR = """
import asyncio, sys
async def pass_on(reader, writer):
    there, back = await asyncio.open_connection("127.0.0.1", 1883)
    async def carry(source, sink):
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
        sink.close()
    await asyncio.gather(carry(reader, back), carry(there, writer), return_exceptions=True)
async def main():
    async with await asyncio.start_server(pass_on, sys.argv[1], 1884) as server:
        await server.serve_forever()
asyncio.run(main())
"""
"""Through this the test listens at home, whose broker is reached from that host alone."""


class Host:
    """One of the two hosts."""

    def __init__(self, network: Network, name: str, folder: Path) -> None:
        self.folder = folder / name
        self.etc = self.folder / "etc"
        (self.etc / "conf.d").mkdir(parents=True)
        (self.etc / "mosquitto.conf").write_text(
            "user mosquitto\npersistence false\ninclude_dir /etc/mosquitto/conf.d\n"
        )
        self._under = network.under(name)
        self.address = self.run("hostname", "-I").split()[0]

    def inside(self, *command: str) -> list[str]:
        """A command as it is run on this host."""
        return [*self._under, "sh", "-ec", ETC, str(self.etc), *command]

    def run(self, *command: str) -> str:
        done = subprocess.run(self.inside(*command), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def mosquitto(self, file: str) -> Service:
        assert MOSQUITTO is not None
        return Service(self.inside(MOSQUITTO, "-c", f"/etc/mosquitto/{file}"), self.folder / f"{file}.log")


class Estate:
    """All of it; `home` hears everything at home, `outside` all that the login of the page may hear there."""

    def __init__(self, network: Network, folder: Path) -> None:
        self.network = network
        self.house, self.abroad = (Host(network, name, folder) for name in ("home", "outside"))
        self.config = self.house.folder / "jipsa.yaml"
        self.written = self.house.folder / "state/remote"
        self.broker, self.link = (self.house.mosquitto(file) for file in ("mosquitto.conf", "jipsa-remote.conf"))
        self.there = self.abroad.mosquitto("mosquitto.conf")

    def jipsa(self, *words: str) -> str:
        """What `jipsa …` prints at home; it has to go well."""
        return self.house.run(*self.command(*words))

    def command(self, *words: str) -> list[str]:
        environment = ["env", f"PYTHONPATH={REPOSITORY}", f"JIPSA_CONFIG={self.config}", "COLUMNS=200"]
        return [*environment, sys.executable, "-m", "hub.cli", *words]

    def service(self, login: str) -> Service:
        """A service of the home, with its own login at the broker."""
        credentials = self.house.folder / "credentials" / login
        return Service(
            self.house.inside(*self.command(*SERVICES[login])),
            self.house.folder / f"{login}.log",
            CREDENTIALS_DIRECTORY=str(credentials),
        )

    def prepare(self) -> None:
        """What there is before `jipsa remote`, what it writes, and its scripts."""
        house, etc = self.house.folder, self.house.etc
        for name in ("jipsa.acl", "jipsa.conf"):
            shutil.copy(REPOSITORY / "config/mosquitto" / name, etc / ("conf.d" if name == "jipsa.conf" else "") / name)
        logins = {name: f"of {name}" for name in (*SERVICES, "household")}
        for name, password in logins.items():
            file = house / "credentials" / name / "mqtt-password"
            file.parent.mkdir(parents=True)
            file.write_text(password)
        known = etc / "jipsa.passwords"
        known.write_text("".join(f"{name}:{password}\n" for name, password in logins.items()))
        subprocess.run(["mosquitto_passwd", "-U", known], check=True)
        shutil.chown(known, "root", "mosquitto")
        known.chmod(0o640)
        self.config.write_text(
            "state_dir: state\ncache_dir: cache\ngpio: {pins: mock}\n"
            f"home: {REPOSITORY}/config/home.yaml\nremote: {{enabled: true}}\n"
            f"broker: {{embedded: false, url: 'mqtt://household@127.0.0.1:1883', "
            f"password_file: {house}/credentials/household/mqtt-password}}\n"
        )
        settled(house / "state")
        make_certificates(self.abroad.etc / "jipsa", self.abroad.address)
        self.jipsa("remote", "broker", self.abroad.address, "--ca-file", str(self.abroad.etc / "jipsa/ca.crt"))
        self.jipsa("remote", "key", "page", "--file", str(self.written / "outside/page.key"))
        for _ in range(2):  # what is in place already stays so
            self.house.run("sh", str(self.written / "home/put-in-place"))
            self.abroad.run("sh", str(self.written / "outside/put-in-place"))

    @asynccontextmanager
    async def up(self) -> AsyncIterator[Estate]:
        await asyncio.to_thread(self.prepare)
        self.key, self.private = read_secret(self.written / "outside/page.key")
        self.page = load_settings(self.written / "outside/jipsa.yaml").broker.address()
        self.household = BrokerAddress(self.house.address, 1884, "household", "of household")
        self.home, self.outside = Listener(Bus(self.household, "ear")), Listener(Bus(self.page, "eye"))
        door = Service(
            self.house.inside(sys.executable, "-c", DOOR, self.house.address), self.house.folder / "door.log"
        )
        services = [self.broker, door, self.there, self.link, *map(self.service, SERVICES)]
        async with AsyncExitStack() as stack:
            for service in services:
                stack.push_async_callback(service.kill)
                await service.start()
            await accepts(8883, self.abroad.address, 60)
            for listener in (self.home, self.outside):
                await stack.enter_async_context(listener.bus.running())
            for listener in (self.home, self.outside):
                await listener.until(lambda topic, _: topic == "jipsa/device/living_light/state", 120)
                await listener.until(lambda topic, _: topic == "jipsa/home", 60)
            yield self

    def sealed(self, topic: str, payload: str, later: float = 0.0) -> Envelope:
        """A command as it would be sealed so much later."""
        return Envelope.seal(self.key, self.private, topic, payload, int((time.time() + later) * 1_000))

    async def send(self, topic: str, payload: str, *, later: float = 0.0, **changed: Any) -> Envelope:
        """Publish a command outside, `changed` after it was signed."""
        envelope = self.sealed(topic, payload, later).model_copy(update=changed)
        self.outside.bus.publish(COMMAND, envelope)
        await self.outside.bus.flush()
        return envelope

    async def say(self, sentence: str, **manner: Any) -> Envelope:
        """Say it outside."""
        utterance = Utterance(text=sentence, satellite="web-12345678")
        return await self.send("jipsa/utterance", utterance.to_payload().decode(), **manner)

    async def lit(self, device: str, *, power: bool) -> None:
        """Wait until a light is so at home, and seen so outside."""
        for listener in (self.home, self.outside):
            await until_last(listener, f"jipsa/device/{device}/state", lambda state: state.get("power") is power)


async def until_last(listener: Listener, topic: str, wanted: Callable[[dict[str, Any]], bool]) -> None:
    """Wait until what was heard last on a topic is so."""
    async with asyncio.timeout(60):
        while not wanted(json.loads((listener.all(topic) or [b"{}"])[-1] or b"{}")):
            await asyncio.sleep(0.01)


@asynccontextmanager
async def estate_in(folder: Path) -> AsyncIterator[Estate]:
    """An estate that runs; skips where no network can be laid."""
    if MOSQUITTO is None or shutil.which("openssl") is None:
        pytest.skip("Mosquitto or OpenSSL is not installed (apt install mosquitto openssl)")
    if os.geteuid() != 0:
        pytest.skip("only root lays a network")
    try:
        with Network("home", "outside").up() as network:
            async with Estate(network, folder).up() as estate:
                yield estate
    except NoNetworkError as error:
        pytest.skip(f"no network can be laid here: {error}")
