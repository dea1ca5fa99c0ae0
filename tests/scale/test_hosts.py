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
from scale.hosts import HERE, Network

from hub.bus import BrokerAddress, Bus
from hub.messages import Topic
from tests.faults.processes import Service, jipsa, mosquitto, until

LIGHT = "living_light"


class Building:
    """A broker here, and a butler, the pins and two satellites on hosts of their own."""

    def __init__(self, network: Network, folder: Path) -> None:
        self.network, self.folder = network, folder
        self.address = BrokerAddress(HERE, free_port())
        self.url = f"mqtt://{HERE}:{self.address.port}"
        self.services: list[Service] = [
            mosquitto(self.address.port, folder, HERE),
            self.on("butler", "butler"),
            self.on("pins", "bridge", "gpio"),
        ]
        self.bus = Bus(self.address, "watcher")
        self.states: dict[str, dict[str, Any]] = {}
        self.carried_out: Counter[str] = Counter()
        """How often each intent was replied to."""
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
            network = stack.enter_context(Network("butler", "pins", "living", "bedroom").up())
        except FileNotFoundError:
            pytest.skip("iproute2 is not installed (apt install iproute2)")
        except subprocess.CalledProcessError as error:
            if "not permitted" not in error.stderr:
                raise
            pytest.skip(f"network namespaces are not allowed here ({error.stderr.strip()})")
        found = Building(network, tmp_path)
        for service in found.services:
            stack.push_async_callback(service.kill)
            await service.start()
        await stack.enter_async_context(found.bus.running())
        await until(lambda: LIGHT in found.states, 60)
        yield found


async def test_a_satellite_on_one_host_switches_a_light_on_another(building: Building) -> None:
    said = await asyncio.gather(building.says("living", "거실 불 켜줘"), building.says("bedroom", "안방 불 켜줘"))
    assert "거실등을 켰어요." in said[0]
    assert "안방등을 켰어요." in said[1]
    await until(lambda: building.lit() and building.states["bedroom_light"]["power"])
    assert set(building.carried_out.values()) == {1}
    assert len(building.carried_out) == 2


@pytest.mark.parametrize("host", ["pins", "butler"])
async def test_what_is_said_while_a_host_is_cut_off_is_done_once_when_it_is_back(building: Building, host: str) -> None:
    building.network.cut(host)
    saying = asyncio.create_task(building.says("living", "거실 불 켜줘"))
    heard = len(building.carried_out)
    await asyncio.sleep(3)  # long enough to be sent again while nobody is there
    assert not building.lit()
    assert len(building.carried_out) == heard
    building.network.mend(host)
    assert "거실등을 켰어요." in await saying
    await until(building.lit)
    assert len(building.carried_out) == 1
