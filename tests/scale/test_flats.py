"""Flats with a broker and a hub of their own, joined to the building's broker as docs/scale.md says."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
from brokers import MOSQUITTO, free_port
from butler.test_service import LampBridge, Watched, running
from conftest import Listener

from hub.address import BrokerAddress
from hub.bus import Bus
from hub.messages import Topic, Utterance
from tests.faults.processes import Service

COMMON = "listener {port} 127.0.0.1\nuser root\npersistence false\nlog_type error\nset_tcp_nodelay true\n"
BUILDING = COMMON + "allow_anonymous false\npassword_file {folder}/passwords\nacl_file {folder}/acl\n"
ACL = "user caretaker\ntopic readwrite flats/#\n\npattern readwrite flats/%u/#\n"
FLAT = (
    COMMON
    + """\
allow_anonymous true
connection building
address 127.0.0.1:{building}
remote_clientid flat-{number}
remote_username {number}
remote_password secret
try_private false
notifications false
restart_timeout 1
topic jipsa/# out 1 "" flats/{number}/
topic utterance in 1 jipsa/ flats/{number}/asked/
"""
)
STATE = "flats/{}/jipsa/device/lamp/state"


class Site:
    """The building's broker, and a client of it for anybody who has a password there."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.folder = folder
        for user in ("caretaker", "101", "102"):
            made = [] if (folder / "passwords").exists() else ["-c"]
            subprocess.run(["mosquitto_passwd", "-b", *made, str(folder / "passwords"), user, "secret"], check=True)
        (folder / "acl").write_text(ACL)
        for file in ("acl", "passwords"):
            (folder / file).chmod(0o600)
        self.broker = self._mosquitto("building", BUILDING, port=self.port, folder=folder)

    def _mosquitto(self, name: str, config: str, **values: object) -> Service:
        assert MOSQUITTO is not None
        file = self.folder / f"{name}.conf"
        file.write_text(config.format(**values))
        return Service([MOSQUITTO, "-c", str(file)], self.folder / f"{name}.log")

    @asynccontextmanager
    async def flat(self, number: str) -> AsyncIterator[LampBridge]:
        """A hub with one lamp, at a broker of its own."""
        address = BrokerAddress("127.0.0.1", free_port())
        broker = self._mosquitto(number, FLAT, port=address.port, building=self.port, number=number)
        await broker.start()
        lamps, butler = LampBridge(address), Watched(address)
        try:
            async with running(lamps, butler):
                await butler.knows("스탠드")
                yield lamps
        finally:
            await broker.kill()

    @asynccontextmanager
    async def listener(self, user: str) -> AsyncIterator[Listener]:
        bus = Bus(BrokerAddress("127.0.0.1", self.port, user, "secret"), f"client-of-{user}")
        listener = Listener(bus)
        bus.subscribe("flats/#", listener._hear)
        async with bus.running():
            await bus.connected.wait()
            yield listener


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    if MOSQUITTO is None:
        pytest.skip("Mosquitto is not installed (apt install mosquitto)")
    found = Site(tmp_path)
    await found.broker.start()
    yield found
    await found.broker.kill()


def power(value: bool) -> Any:
    return lambda topic, payload: topic == STATE.format(101) and json.loads(payload)["power"] is value


async def test_the_building_sees_and_asks_a_flat_and_no_flat_sees_another(site: Site) -> None:
    async with AsyncExitStack() as stack:
        lamps, others = [await stack.enter_async_context(site.flat(number)) for number in ("101", "102")]
        caretaker = await stack.enter_async_context(site.listener("caretaker"))
        neighbour = await stack.enter_async_context(site.listener("102"))
        await caretaker.until(power(False))
        utterance = Utterance(text="스탠드 켜 줘", satellite="app")
        neighbour.bus.publish("flats/101/asked/utterance", Utterance(text="스탠드 꺼 줘"))
        caretaker.bus.publish("flats/101/asked/utterance", utterance)
        await caretaker.until(power(True))
        said = await caretaker.object("flats/101/jipsa/say/app", utterance_id=utterance.id)
        assert said["text"] == "스탠드를 켰어요."
        neighbour.bus.publish("flats/102/marker", b"{}")
        await neighbour.object("flats/102/marker")
        assert lamps.carried_out == [("lamp", {"power": True})]
        assert not others.carried_out
        assert {topic.split("/")[1] for topic, _ in neighbour.heard} == {"102"}
        assert len(caretaker.all("flats/101/jipsa/understood")) == 1
        assert not caretaker.all("flats/101/jipsa/utterance")  # what came in does not go out again, and round


async def test_a_flat_goes_on_without_the_building_and_tells_it_later(site: Site) -> None:
    async with site.flat("101") as lamps:
        async with site.listener("caretaker") as caretaker:
            await caretaker.until(power(False))
        await site.broker.kill()
        async with aiomqtt.Client("127.0.0.1", lamps.bus.address.port) as satellite:
            await satellite.subscribe(Topic.say("living"), qos=1)
            await satellite.publish(Topic.UTTERANCE, Utterance(text="스탠드 켜 줘", satellite="living").to_payload(), 1)
            async with asyncio.timeout(60):
                answer = await anext(aiter(satellite.messages))
        assert json.loads(answer.payload)["text"] == "스탠드를 켰어요."  # type: ignore[arg-type]
        await site.broker.start()
        async with site.listener("caretaker") as caretaker:
            await caretaker.until(power(True))
