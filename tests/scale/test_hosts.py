"""Satellites and bridges on hosts of their own, at one broker; a host is cut off and comes back."""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from brokers import MOSQUITTO, free_port
from scale.hosts import Network, NoNetworkError

from hub.address import BrokerAddress
from hub.bus import Bus
from hub.messages import Topic
from tests.faults.processes import Service, jipsa, mosquitto, until

LIGHT, TIMERS = "living_light", "timers"


class Building:
    """A broker here, and a butler, two bridges and two satellites on hosts of their own."""

    def __init__(self, network: Network, folder: Path) -> None:
        self.network, self.folder = network, folder
        self.address = BrokerAddress(network.here, free_port())
        self.url = f"mqtt://{network.here}:{self.address.port}"
        self.services: list[Service] = [
            mosquitto(self.address.port, folder, network.here),
            self.on("butler", "butler"),
            self.on("pins", "bridge", "gpio"),
            self.on("genie", "bridge", "genie"),
        ]
        self.bus = Bus(self.address, "watcher")
        self.states: dict[str, dict[str, Any]] = {}
        self.carried_out: Counter[str] = Counter()
        """How often each intent was replied to."""
        self.sent: Counter[str] = Counter()
        """How often something was asked, by topic."""
        for asked in (Topic.UTTERANCE, Topic.intent("+")):
            self.bus.subscribe(asked, lambda topic, _: self.sent.update([topic]))
        self.bus.subscribe(Topic.device("+", "state"), self._on_state)
        self.bus.subscribe(Topic.reply("+"), lambda topic, _: self.carried_out.update([topic]))

    def _on_state(self, topic: str, payload: bytes) -> None:
        self.states[topic.split("/")[2]] = json.loads(payload)

    def on(self, host: str, *verbs: str) -> Service:
        return jipsa(self.folder / host, self.url, *verbs, under=self.network.under(host))

    async def says(self, host: str, sentence: str) -> str:
        """Say it to a satellite on a host, and return what that prints."""
        config = str(self.folder / "butler" / "jipsa.yaml")
        from_host = [*self.network.under(host), sys.executable, "-m", "hub.cli", "say", sentence, "--config", config]
        process = await asyncio.create_subprocess_exec(*from_host, stdout=subprocess.PIPE)
        printed, _ = await process.communicate()
        assert process.returncode == 0, printed.decode()
        return printed.decode()

    def lit(self) -> bool:
        return bool(self.states.get(LIGHT, {}).get("power"))


@pytest.fixture
async def building(tmp_path: Path) -> AsyncIterator[Building]:
    if MOSQUITTO is None:
        pytest.skip("Mosquitto is not installed (apt install mosquitto)")
    async with AsyncExitStack() as stack:
        try:
            network = stack.enter_context(Network("butler", "pins", "genie", "living", "bedroom").up())
        except NoNetworkError as error:
            pytest.skip(f"no network can be laid here: {error}")
        found = Building(network, tmp_path)
        for service in found.services:
            stack.push_async_callback(service.kill)
            await service.start()
        await stack.enter_async_context(found.bus.running())
        await until(lambda: {LIGHT, TIMERS} <= found.states.keys(), 90)
        yield found


async def test_satellites_on_two_hosts_ask_bridges_on_two_others(building: Building) -> None:
    sentences = {"living": "거실 불 켜줘", "bedroom": "3분 타이머 맞춰줘"}
    said = await asyncio.gather(*(building.says(host, sentence) for host, sentence in sentences.items()))
    assert "거실등을 켰어요." in said[0]
    assert "3분 타이머를 시작했어요." in said[1]
    await until(lambda: building.lit() and building.states[TIMERS]["count"] == 1)
    assert list(building.carried_out.values()) == [1, 1]


@pytest.mark.parametrize(("host", "asked"), [("pins", Topic.intent("gpio")), ("butler", Topic.UTTERANCE)])
async def test_what_is_said_while_a_host_is_cut_off_is_done_once_when_it_is_back(
    building: Building, host: str, asked: str
) -> None:
    building.network.cut(host)
    saying = asyncio.create_task(building.says("living", "거실 불 켜줘"))
    await until(lambda: building.sent[asked] == 2)  # once more, as nobody was there
    assert not building.lit()
    assert not building.carried_out
    building.network.mend(host)
    assert "거실등을 켰어요." in await saying
    await until(building.lit)
    assert list(building.carried_out.values()) == [1]
