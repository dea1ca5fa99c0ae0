"""A real cluster for the tests: three NATS servers with JetStream and their MQTT gateways, behind one address.

What is known of NATS 2.9, which Debian has, is from its own documentation (docs.nats.io, "MQTT") and from trying.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import aiomqtt

from hub.address import BrokerAddress

NATS = shutil.which("nats-server", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")

CLIENTS, ROUTES, MONITOR, MQTT = 24222, 26222, 28222, 21883
"""Ports of every server, below those that outgoing connections get: only the address is a server's own."""

CONFIG = """\
server_name: {name}
listen: "{host}:{clients}"
http: "{host}:{monitor}"
jetstream {{ store_dir: "{store}" }}
mqtt {{ listen: "{host}:{mqtt}" }}
cluster {{
  name: jipsa
  listen: "{host}:{routes}"
  routes: [{others}]
}}
"""
"""A server that stores on its own disk; streams have as many replicas as there are servers."""

STARTING = 120.0
"""Seconds that a cluster may take to be whole on a busy machine; it takes three on an idle one."""

HELLO = b"\x10\x11\x00\x04MQTT\x04\x02\x00\x3c\x00\x05probe"
"""CONNECT of MQTT 3.1.1, clean, as `probe`."""

WELCOME = b"\x20\x02\x00\x00"


def _host(number: int) -> str:
    """An address of this machine for this process alone: all of 127.0.0.0/8 leads here."""
    return "127." + ".".join(map(str, (4 * os.getpid() + number).to_bytes(4)[1:]))


@dataclass
class Node:
    """One server of a cluster, and its process while it runs."""

    name: str
    host: str
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self, others: str) -> None:
        """Start the server where it does not run; what it stored before, it finds again."""
        if self.process is not None:
            return
        config, store = self.folder / f"{self.name}.conf", self.folder / self.name
        ports = {"clients": CLIENTS, "routes": ROUTES, "monitor": MONITOR, "mqtt": MQTT}
        config.write_text(CONFIG.format(name=self.name, host=self.host, store=store, others=others, **ports))
        assert NATS is not None
        # Whatever ends the tests ends it, too.
        command = ["setpriv", "--pdeathsig", "KILL", NATS, "-c", str(config), "-l", str(self._log)]
        self.process = subprocess.Popen(command)

    def kill(self) -> None:
        """End the server at once, as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    async def state(self) -> dict[str, Any]:
        """What it knows of the cluster and its streams; nothing while it does not answer. RuntimeError if it ended."""
        if self.process is None or self.process.poll() is not None:
            raise RuntimeError(f"{self.name} has ended:\n{self._log.read_text()[-2000:]}")
        return await asyncio.to_thread(self._state)

    def _state(self) -> dict[str, Any]:
        with suppress(OSError), urlopen(f"http://{self.host}:{MONITOR}/jsz?streams=true", timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
            return found
        return {}

    async def lets_in(self) -> bool:
        """Whether a client gets in; the first one waits until the streams are made.

        Not by aiomqtt: a server that cannot make the streams hangs up, and it would go on waiting for the answer.
        """
        with suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection(self.host, MQTT)
            try:
                writer.write(HELLO)
                return await reader.readexactly(len(WELCOME)) == WELCOME
            finally:
                writer.close()
        return False

    @property
    def _log(self) -> Path:
        return self.folder / f"{self.name}.log"


class TestCluster:
    """Three servers, and what stands before them in a building: one address that leads to the servers in turn.

    It can be used wherever a TestBroker is. Unlike that it keeps what it was told to retain over `stop` and `start`.
    """

    __test__ = False
    kind = "nats"

    def __init__(self, folder: Path) -> None:
        self.nodes = [Node(f"node{number}", _host(number), folder) for number in (1, 2, 3)]
        self.address = BrokerAddress(_host(0), MQTT, qos=0)
        self._turn = itertools.cycle(self.nodes)
        self._front: asyncio.Server | None = None
        self._relayed: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"mqtt://{self.address.host}:{self.address.port}"

    @property
    def doors(self) -> list[tuple[str, int]]:
        """Host and port of each server itself."""
        return [(node.host, MQTT) for node in self.nodes]

    @property
    def pids(self) -> list[int]:
        return [node.process.pid for node in self.nodes if node.process is not None]

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[TestCluster]:
        """The cluster, whole and empty, for one test after another; its servers run on."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.stop)
            await self.start()
            await self._empty()
            yield self

    async def start(self) -> None:
        """Start the servers that do not run, and wait until all are as one and let clients in."""
        for node in self.nodes:
            node.start(", ".join(f'"nats://{node.host}:{ROUTES}"' for node in self.nodes))
        async with asyncio.timeout(STARTING):
            while not await self._whole():
                await asyncio.sleep(0.05)
            for node in self.nodes:  # one by one: several that make the streams at the same time hinder each other
                while not await node.lets_in():
                    await asyncio.sleep(0.05)
        if self._front is None:
            self._front = await asyncio.start_server(self._relay, self.address.host, self.address.port)

    async def stop(self) -> None:
        """Take the address away, and everybody's connection: to its clients the cluster is gone."""
        if self._front is not None:
            self._front.close()
            self._front = None
        for task in self._relayed:
            task.cancel()
        if self._relayed:
            await asyncio.wait(self._relayed)

    def kill(self) -> None:
        """End all servers at once."""
        for node in self.nodes:
            node.kill()

    async def leader(self) -> Node:
        """The server that leads the others."""
        name = (await self.nodes[0].state())["meta_cluster"]["leader"]
        return next(node for node in self.nodes if node.name == name)

    async def _whole(self) -> bool:
        """Whether all servers know of each other and lag in nothing.

        A leader may be elected by two, and then refuses to make what three shall have.
        """
        groups: dict[str, dict[str, Any]] = {}
        for node in self.nodes:
            state = await node.state()
            if state.get("meta_cluster", {}).get("leader") == node.name:
                groups["meta"] = state["meta_cluster"]
            for account in state.get("account_details", ()):
                for stream in account.get("stream_detail", ()):
                    groups.setdefault(stream["name"], {})
                    if stream["cluster"].get("leader") == node.name:
                        groups[stream["name"]] = stream["cluster"]
        if "meta" not in groups:
            return False
        others = len(self.nodes) - 1
        return all(
            sum(replica["current"] and not replica.get("offline") for replica in group.get("replicas", ())) == others
            for group in groups.values()
        )

    async def _empty(self) -> None:
        """Clear what is retained, until every server knows of nothing."""
        for host, port in self.doors:
            async with aiomqtt.Client(host, port, timeout=60) as client:
                while retained := await _retained(client):
                    for topic in retained:
                        await client.publish(topic, b"", qos=1, retain=True)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._relayed.add(task)
        task.add_done_callback(self._relayed.discard)
        try:
            for node in itertools.islice(self._turn, len(self.nodes)):
                with suppress(OSError):
                    from_node, to_node = await asyncio.open_connection(node.host, MQTT)
                    await asyncio.gather(_pour(reader, to_node), _pour(from_node, writer))
                    return
        except asyncio.CancelledError:
            pass  # a stream server tells of a task that was cancelled as of a failure
        finally:
            writer.close()


async def _retained(client: aiomqtt.Client) -> set[str]:
    """The topics of what the client's server retains."""
    marker = f"empty/{os.getpid()}"
    await client.subscribe("#", qos=0)
    await client.publish(marker, b"", qos=0)
    found = set()
    async for message in client.messages:
        if message.topic.value == marker:
            break
        if message.retain:
            found.add(message.topic.value)
    await client.unsubscribe("#")
    return found


async def _pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Hand on what comes until either end is gone, then end the other."""
    try:
        with suppress(OSError):
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()
    finally:
        sink.close()
