"""A real cluster for the tests: three NATS servers with JetStream and their MQTT gateways, behind one address.

What is known of NATS 2.9, which Debian has, is from its own documentation (docs.nats.io, "MQTT") and from trying.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

import aiomqtt
from brokers import free_port

from hub.bus import BrokerAddress

NATS = shutil.which("nats-server", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")

CONFIG = """\
server_name: {name}
listen: "127.0.0.1:{client}"
http: "127.0.0.1:{monitor}"
jetstream {{ store_dir: "{store}" }}
mqtt {{
  listen: "127.0.0.1:{mqtt}"
}}
cluster {{
  name: jipsa
  listen: "127.0.0.1:{route}"
  routes: [{routes}]
}}
"""
"""A node that stores on its own disk; streams and consumers have as many replicas as there are nodes, unless told."""


@dataclass
class Node:
    """One server of a cluster: its ports, and its process while it runs."""

    name: str
    folder: Path
    client: int = field(default_factory=free_port)
    mqtt: int = field(default_factory=free_port)
    route: int = field(default_factory=free_port)
    monitor: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None

    async def start(self, routes: str) -> None:
        """Start the server; what it stored before, it finds again."""
        assert NATS is not None
        config = self.folder / f"{self.name}.conf"
        ports = {"client": self.client, "mqtt": self.mqtt, "route": self.route, "monitor": self.monitor}
        config.write_text(CONFIG.format(name=self.name, store=self.folder / self.name, routes=routes, **ports))
        log = self.folder / f"{self.name}.log"
        self.process = await asyncio.create_subprocess_exec(NATS, "-c", str(config), "-l", str(log))

    async def kill(self) -> None:
        """End the server at once, as a power cut would."""
        if self.process is not None:
            self.process.kill()
            await self.process.wait()
            self.process = None

    async def ready(self) -> None:
        """Wait until the server has found the others and lets clients in."""
        async with asyncio.timeout(60):
            while not await asyncio.to_thread(self._in_cluster):
                await asyncio.sleep(0.02)
            while True:
                with suppress(aiomqtt.MqttError):
                    async with aiomqtt.Client("127.0.0.1", self.mqtt, identifier=f"probe-{self.name}", timeout=5):
                        return
                await asyncio.sleep(0.1)

    def _in_cluster(self) -> bool:
        with suppress(OSError), urlopen(f"http://127.0.0.1:{self.monitor}/jsz", timeout=5) as answer:
            return bool(json.load(answer).get("meta_cluster", {}).get("leader"))
        return False


class TestCluster:
    """Three nodes, and what stands before them in a building: one address that leads to the nodes in turn.

    It can be used wherever a TestBroker is. Unlike that it keeps what it was told to retain over `stop` and `start`.
    """

    __test__ = False
    kind = "nats"

    def __init__(self, folder: Path) -> None:
        self.nodes = [Node(f"node{number}", folder) for number in range(3)]
        self.address = BrokerAddress("127.0.0.1", free_port(), qos=0)
        self._turn = itertools.cycle(self.nodes)
        self._front: asyncio.Server | None = None
        self._relayed: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"mqtt://{self.address.host}:{self.address.port}"

    @property
    def ports(self) -> list[int]:
        """Where each node itself listens."""
        return [node.mqtt for node in self.nodes]

    @property
    def pids(self) -> list[int]:
        return [node.process.pid for node in self.nodes if node.process is not None]

    async def start(self) -> None:
        for node in self.nodes:
            await node.start(self._routes)
        for node in self.nodes:  # one by one: several that make the streams at the same time hinder each other
            await node.ready()
        self._front = await asyncio.start_server(self._relay, self.address.host, self.address.port)

    async def stop(self) -> None:
        if self._front is not None:
            self._front.close()
            self._front = None
        await asyncio.gather(*(node.kill() for node in self.nodes))
        if self._relayed:
            await asyncio.wait(self._relayed)

    async def revive(self, node: Node) -> None:
        """Start a node and wait until it belongs to the cluster."""
        await node.start(self._routes)
        await node.ready()

    @property
    def _routes(self) -> str:
        return ", ".join(f'"nats://127.0.0.1:{node.route}"' for node in self.nodes)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._relayed.add(task)
        task.add_done_callback(self._relayed.discard)
        for node in itertools.islice(self._turn, len(self.nodes)):
            with suppress(OSError):
                from_node, to_node = await asyncio.open_connection("127.0.0.1", node.mqtt)
                await asyncio.gather(_pour(reader, to_node), _pour(from_node, writer))
                return
        writer.close()


async def _pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Hand on what comes until either end is gone, then end the other."""
    with suppress(OSError):
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
    sink.close()
