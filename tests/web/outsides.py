"""A page outside: its broker, to which Mosquitto's bridge joins that of a whole home, over a line that can be cut."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from brokers import MOSQUITTO, accepts, free_port, mosquitto_settings
from web.pages import TestHub, running_hub

from hub.address import BrokerAddress
from hub.config import BrokerSettings, Settings
from hub.remote.bus import SHOWN
from hub.remote.envelope import ANSWER, COMMAND, LINK, Envelope
from hub.remote.keys import Pair, make, read_secret
from hub.remote.nonces import Nonces
from hub.remote.service import RemoteService
from hub.settings.remote import RemoteSettings
from hub.settings.web import WebSettings
from hub.together import together
from hub.web.service import Web

PASSWORDS: Mapping[str, str] = {"home": "of the home", "page": "of the page"}
"""Who has a login outside."""

RIGHTS = "\n".join(
    (
        "user home", *(f"topic write {topic}" for topic in (*SHOWN, ANSWER, LINK)), f"topic read {COMMAND}",
        "user page", *(f"topic read {topic}" for topic in (*SHOWN, ANSWER, LINK)), f"topic write {COMMAND}", "",
    )
)  # fmt: skip


class Mosquitto:
    """A real Mosquitto in a folder of its own, with more settings than every test has."""

    def __init__(self, folder: Path, more: str = "") -> None:
        folder.mkdir()
        self.address = BrokerAddress("127.0.0.1", free_port())
        self._config = folder / "mosquitto.conf"
        self._config.write_text(f"user root\n{mosquitto_settings(self.address.port)}{more}")
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"mqtt://{self.address.host}:{self.address.port}"

    async def start(self) -> None:
        assert MOSQUITTO is not None
        self._process = await asyncio.create_subprocess_exec(
            MOSQUITTO, "-c", str(self._config), stderr=asyncio.subprocess.DEVNULL
        )
        await accepts(self.address.port)

    async def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            await self._process.wait()


def broker_outside(folder: Path) -> Mosquitto:
    """One that asks for a password, and lets each do no more than its part."""
    folder.mkdir()
    known, rights = folder / "passwords", folder / "acl"
    known.write_text("".join(f"{name}:{password}\n" for name, password in PASSWORDS.items()))
    known.chmod(0o600)
    subprocess.run(["mosquitto_passwd", "-U", known], check=True)
    rights.write_text(RIGHTS)
    return Mosquitto(folder / "broker", f"allow_anonymous false\npassword_file {known}\nacl_file {rights}\n")


def login(broker: Mosquitto, name: str) -> BrokerAddress:
    """How this one gets in outside."""
    return replace(broker.address, username=name, password=PASSWORDS[name])


def joined(port: int) -> str:
    """The settings with which the home's broker joins the one outside, whose port this is."""
    topics = [*(f"topic {topic} out 1" for topic in (*SHOWN, ANSWER)), f"topic {COMMAND} in 1"]
    return "\n".join(
        (
            "connection outside", f"address 127.0.0.1:{port}", "remote_clientid home", "remote_username home",
            f"remote_password {PASSWORDS['home']}", "cleansession true", "restart_timeout 1", "keepalive_interval 5",
            "notifications true", f"notification_topic {LINK}", *topics, "",
        )
    )  # fmt: skip


class Line:
    """The way from the home to the broker outside."""

    def __init__(self, to: int) -> None:
        self.port = free_port()
        self._to = to
        self._ends: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def mend(self) -> None:
        """Let connections through."""
        self._server = await asyncio.start_server(self._pass_on, "127.0.0.1", self.port)

    def cut(self) -> None:
        """End those that there are, and let no more through."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in self._ends:
            writer.transport.abort()

    async def _pass_on(self, near: asyncio.StreamReader, near_end: asyncio.StreamWriter) -> None:
        far, far_end = await asyncio.open_connection("127.0.0.1", self._to)
        ends = {near_end, far_end}
        self._ends |= ends
        await asyncio.gather(_copy(near, far_end), _copy(far, near_end))
        self._ends -= ends


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while some := await reader.read(65_536):
            writer.write(some)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def two_brokers(folder: Path) -> AsyncIterator[tuple[Mosquitto, Mosquitto, Line]]:
    """The home's broker, the one outside, and the line between them."""
    outside = broker_outside(folder / "outside")
    line = Line(outside.address.port)
    home = Mosquitto(folder / "home", joined(line.port))
    await outside.start()
    await line.mend()
    await home.start()
    try:
        yield home, outside, line
    finally:
        await home.stop()
        line.cut()
        await outside.stop()


@dataclass
class Away:
    """The hub at home, the page outside, and the line between them."""

    hub: TestHub
    page: Web
    line: Line

    @property
    def url(self) -> str:
        return self.page.url


def with_remote(config: Path, key: Pair) -> None:
    """Let the key in, but for a socket that is asked about and a light that nobody outside is to touch."""
    settings = config / "jipsa.yaml"
    text = settings.read_text()
    before, remote = text[: text.index("\nremote:")], text[text.index("\nremote:") :]
    rules = "rules: {안방등: refuse, 주방 콘센트: ask}"
    changes = {"enabled: false": "enabled: true", "keys: {}": f"keys: {{mother: {key.public}}}", "rules: {}": rules}
    for line, value in changes.items():
        assert line in remote
        remote = remote.replace(line, value, 1)
    settings.write_text(before + remote)


def remembering(folder: Path, key_file: Path) -> None:
    """Have the gate's store be there already, as it is in a home that took commands before."""
    name, private = read_secret(key_file)
    store = Nonces(folder, lambda: time.time() - 120)
    store.take(Envelope.seal(name, private, "jipsa/utterance", "켜", int((time.time() - 120) * 1_000)))
    store.close()


def settings_outside(broker: Mosquitto, folder: Path, key_file: Path) -> Settings:
    """Of a page that is served outside."""
    password = folder / "page.password"
    password.write_text(PASSWORDS["page"])
    return Settings(
        broker=BrokerSettings(
            embedded=False, url=broker.url.replace("//", "//page@"), password_file=password
        ),
        web=WebSettings(port=free_port()), remote=RemoteSettings(key_file=key_file),
        state_dir=folder / "state-outside", cache_dir=folder / "cache-outside",
    )  # fmt: skip


@asynccontextmanager
async def served_outside(folder: Path) -> AsyncIterator[Away]:
    """A whole home with its gate, and a page outside that has a key."""
    key, key_file = make("mother"), folder / "mother.key"
    key_file.write_text(key.secret)
    async with (
        two_brokers(folder) as (home, outside, line),
        running_hub(home, folder, edit=lambda config: with_remote(config, key)) as hub,
    ):
        remembering(hub.settings.state_dir, key_file)
        gate = RemoteService(hub.settings, hub.config)
        page = Web(settings_outside(outside, folder, key_file), None)
        async with together([gate.run()]), page.serving():
            yield Away(hub, page, line)
