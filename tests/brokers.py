"""Real brokers for the tests: the embedded amqtt and Debian's Mosquitto, which can be stopped and started again."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import socket
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Literal

from hub.address import BrokerAddress
from hub.broker import embedded_broker

Kind = Literal["amqtt", "mosquitto"]

MOSQUITTO = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")


def free_port() -> int:
    """A port of the loopback address that nobody has now, nor gets by connecting to somebody, until it is used."""
    while True:
        port = 10_000 + secrets.randbelow(10_000)  # below ip_local_port_range
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def mosquitto_settings(port: int, host: str = "127.0.0.1") -> str:
    """As config/mosquitto/jipsa.conf, but everybody gets in, and nothing is kept on the disk."""
    return (
        f"listener {port} {host}\nallow_anonymous true\npersistence false\nlog_type error\n"
        "set_tcp_nodelay true\nmax_queued_messages 10000\n"
    )


async def accepts(port: int, host: str = "127.0.0.1", within: float = 30) -> None:
    """Wait until somebody takes connections there; TimeoutError where nobody does in these seconds."""
    async with asyncio.timeout(within):
        while True:
            with suppress(OSError):
                _, writer = await asyncio.open_connection(host, port)
                writer.close()
                await writer.wait_closed()
                return
            await asyncio.sleep(0.01)


class TestBroker:
    """One broker on a port of its own, without persistence: what it knew is gone when it stops."""

    __test__ = False

    def __init__(self, kind: Kind, folder: Path) -> None:
        self.kind = kind
        self.address = BrokerAddress("127.0.0.1", free_port())
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self._embedded = AsyncExitStack()

    @property
    def url(self) -> str:
        return f"mqtt://{self.address.host}:{self.address.port}"

    @property
    def doors(self) -> list[tuple[str, int]]:
        """Host and port of each server."""
        return [(self.address.host, self.address.port)]

    @property
    def pids(self) -> list[int]:
        """The broker's processes; none where it is in this one."""
        return [] if self._process is None else [self._process.pid]

    async def start(self) -> None:
        if self.kind == "amqtt":
            await self._embedded.enter_async_context(embedded_broker(self.address.port))
            return
        assert MOSQUITTO is not None
        config = self._folder / "mosquitto.conf"
        config.write_text(mosquitto_settings(self.address.port))
        self._process = await asyncio.create_subprocess_exec(MOSQUITTO, "-c", str(config))
        await accepts(self.address.port)

    async def stop(self) -> None:
        await self._embedded.aclose()
        self._embedded = AsyncExitStack()
        if self._process is not None:
            self._process.kill()
            await self._process.wait()
            self._process = None
