"""Who may say and hear what at the broker that script/install sets up: every login, on every topic of the contract."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import aiomqtt
import pytest
from brokers import MOSQUITTO
from paho.mqtt.client import topic_matches_sub
from secured import REPOSITORY, SecuredBroker, make_certificates, passwords_of
from speech.conftest import silent_mouth

from hub.address import BrokerAddress
from hub.bridges import MAKERS
from hub.bus import Bus
from hub.butler.service import Butler
from hub.config import BrokerSettings, HomeAssistantSettings, Settings
from hub.follow import Follower
from hub.home import load_home
from hub.logs.chronicle import Chronicle
from hub.messages import Topic
from hub.remote.gate import Gate
from hub.remote.nonces import Nonces
from hub.speech.service import Voice

pytestmark = pytest.mark.skipif(MOSQUITTO is None, reason="Mosquitto is not installed (apt install mosquitto)")

BRIDGES = frozenset({"thinq", "genie", "gpio", "homeassistant", "discovered"})
ALL = BRIDGES | {"outside", "hub", "household", "butler", "voice", "web", "remote", "devices"}

RIGHTS: dict[str, tuple[set[str], set[str]]] = {
    "utterance": ({"voice", "genie", "web", "remote", "household", "devices"}, {"butler"}),
    "understood": ({"butler"}, {"butler", "voice", "genie", "remote"}),
    "reply/6d1f": (set(BRIDGES), {"butler", "voice", "genie", "remote"}),
    "say/living": ({"butler", "thinq", "genie", "household"}, {"butler", "voice", "remote"}),
    "say/routine": ({"butler", "thinq", "genie", "household"}, {"butler", "voice", "genie", "remote"}),
    "say/remote-routine": ({"butler", "thinq", "genie", "household"}, {"butler", "voice", "genie", "remote"}),
    "say/all": ({"butler", "thinq", "genie", "household"}, {"butler", "voice", "genie", "remote"}),
    "home": ({"butler"}, {"butler", "voice", "homeassistant", "remote", "devices"}),
    "device/lamp/about": (set(BRIDGES), {"butler", *BRIDGES - {"thinq"}, "remote", "devices"}),
    "device/lamp/state": (set(BRIDGES), {"butler", "genie", "gpio", "homeassistant", "devices"}),
    "device/lamp/available": (set(BRIDGES), {"butler", "devices"}),
    "device/lamp/event": (set(BRIDGES), {"butler"}),
    "device/lamp/set": ({"gpio", "household", "devices"}, {"butler", *BRIDGES}),
    "device/lamp/set/power": ({"household", "devices"}, {"butler", *BRIDGES}),
    "satellite/living/state": ({"voice"}, {"butler", "voice", "genie", "homeassistant", "devices"}),
    "satellite/living/partial": ({"voice", "web"}, {"butler", "voice"}),
    "satellite/living/heard": ({"voice", "web"}, {"butler", "voice"}),
    "satellite/living/graph": ({"voice"}, {"butler", "voice"}),
    "satellite/living/wake": ({"voice"}, {"butler", "voice"}),
    "satellite/living/button": ({"voice"}, {"butler", "voice", "genie"}),
    "satellite/living/listen": ({"household", "web", "devices"}, {"butler", "voice"}),
    "homeassistant/vacuum/vacuum": ({"homeassistant"}, {"butler"}),
    # What comes from outside brings the broker's own connection there, which needs no login.
    "remote/command": (set(), {"butler", "remote"}),
    "remote/answer": ({"remote"}, {"butler"}),
    "remote/link": (set(), {"butler"}),
}
"""Topic below jipsa/: who may say it, and who hears it; household and page hear everything, and the hub does both."""

for _bridge in (*BRIDGES, "other"):
    _itself = {_bridge} & BRIDGES
    RIGHTS |= {
        f"intent/{_bridge}": ({"butler", "web", "remote", "household"}, {"butler"} | _itself),
        f"bridge/{_bridge}/state": (_itself, {"butler", "homeassistant"}),
        f"bridge/{_bridge}/info": (_itself, {"butler", "homeassistant"}),
        f"bridge/{_bridge}/health": (_itself, {"butler"}),
        f"bridge/{_bridge}/log": (_itself, {"butler"}),
        f"bridge/{_bridge}/request/health_check": ({"web", "household"}, {"butler"} | _itself),
        f"bridge/{_bridge}/response/health_check": (_itself, {"butler"}),
    }

DISCOVERY = frozenset({"homeassistant", "household", "outside"})

FOREIGN = {
    "homeassistant/device/jipsa_lamp/config": (set(DISCOVERY), set(DISCOVERY)),
    "homeassistant/status": (set(DISCOVERY), set(DISCOVERY)),
    "$SYS/broker/version": (set[str](), set[str]()),
    "elsewhere": ({"outside"}, {"outside"}),
    "cmnd/plug/POWER": ({"outside"}, {"outside"}),
    "jipsa": (set[str](), {"butler", "web", "household"}),
    "jipsa/unknown": (set[str](), {"butler", "web", "household"}),
    "jipsa/device/lamp": (set[str](), {"butler", "web", "household"}),
    "jipsa/intent/thinq/more": (set[str](), {"butler", "web", "household"}),
}
"""Topics of nobody or somebody else's, in full."""

TABLE = {f"jipsa/{topic}": (says, hears | {"web", "household"}) for topic, (says, hears) in RIGHTS.items()} | FOREIGN


def may(name: str, topic: str, *, say: bool) -> bool:
    """What the table says."""
    if name == "hub":
        return not topic.startswith("$")
    return name in TABLE[topic][0 if say else 1]


@pytest.fixture
async def secured(tmp_path: Path) -> AsyncIterator[SecuredBroker]:
    """A broker as it is installed."""
    broker = SecuredBroker(tmp_path, make_certificates(tmp_path / "tls"), passwords_of(sorted(ALL)))
    await broker.start()
    yield broker
    await broker.stop()


def connect(address: BrokerAddress, name: str) -> aiomqtt.Client:
    return aiomqtt.Client(
        address.host, address.port, username=address.username, password=address.password, identifier=name
    )


async def heard_until(client: aiomqtt.Client, last: str) -> set[str]:
    """The topics of what arrives before a payload `last`."""
    topics = set()
    async with asyncio.timeout(20):
        async for message in client.messages:
            if message.payload == last.encode():
                return topics
            topics.add(message.topic.value)
    raise AssertionError


def test_the_table_has_every_topic_of_the_contract() -> None:
    contract = (REPOSITORY / "docs/contract.md").read_text()
    named = re.findall(r"^\| `(jipsa/[^`]+)` \|", contract, re.MULTILINE)
    assert len(named) > 20
    for topic in named:
        assert any(topic_matches_sub(re.sub(r"<[^>]+>", "+", topic), known) for known in TABLE), topic


@pytest.mark.parametrize("name", sorted(ALL))
async def test_a_login_says_what_it_may_and_nothing_else(secured: SecuredBroker, name: str) -> None:
    async with connect(secured.login("hub"), "listener") as listener, connect(secured.login(name), name) as client:
        for everything in ("jipsa/#", "homeassistant/#", "elsewhere", "cmnd/#"):
            await listener.subscribe(everything, qos=1)
        for topic in TABLE:
            if not topic.startswith("$"):
                await client.publish(topic, "said", qos=1)
        # Messages of one client arrive in their order, so that what is not there by the last one never comes.
        last = next(topic for topic in TABLE if may(name, topic, say=True))
        await client.publish(last, "the end", qos=1)
        heard = await heard_until(listener, "the end")
    assert heard == {topic for topic in TABLE if may(name, topic, say=True)}


@pytest.mark.parametrize("name", sorted(ALL))
async def test_a_login_hears_what_it_may_and_nothing_else(secured: SecuredBroker, name: str) -> None:
    async with connect(secured.login("hub"), "speaker") as speaker, connect(secured.login(name), name) as client:
        for everything in ("#", "jipsa/#", "homeassistant/#", "$SYS/#"):
            await client.subscribe(everything, qos=1)
        topics = [topic for topic in TABLE if may("hub", topic, say=True)]
        for topic in topics:
            await speaker.publish(topic, "said", qos=1)
        last = next(topic for topic in topics if may(name, topic, say=False))
        await speaker.publish(last, "the end", qos=1)
        heard = await heard_until(client, "the end")
    assert heard == {topic for topic in topics if may(name, topic, say=False)}


@pytest.mark.parametrize(
    ("name", "password"),
    [(None, None), ("household", None), ("household", "wrong"), ("nobody", "wrong"), ("household", ""), ("genie", "*")],
)
async def test_nobody_else_gets_in(
    secured: SecuredBroker, name: str | None, password: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    if password == "*":
        password = secured.passwords["household"]  # somebody's, but not theirs
    bus = Bus(replace(secured.plain, username=name, password=password), "nobody")
    with caplog.at_level(logging.WARNING):
        async with bus.running(), asyncio.timeout(20):
            while bus.unreached is None:
                await asyncio.sleep(0.01)
            assert not bus.connected.is_set()
    assert [record.message for record in caplog.records] == [f"nobody: {bus.unreached.told('en')}"]
    assert f"does not let {name or '-'} in" in caplog.text


async def test_every_service_hears_all_that_it_listens_to(secured: SecuredBroker, tmp_path: Path) -> None:
    for name, filters in (await listeners(secured.plain, tmp_path)).items():
        topics = {wanted.replace("+", "anything") for wanted in filters}
        async with connect(secured.login("hub"), "speaker") as speaker, connect(secured.login(name), name) as client:
            for wanted in filters:
                await client.subscribe(wanted, qos=1)
            for topic in topics:
                await speaker.publish(topic, "said", qos=1)
            await speaker.publish(min(topics), "the end", qos=1)
            assert await heard_until(client, "the end") == topics, name


async def listeners(broker: BrokerAddress, folder: Path) -> dict[str, list[str]]:
    """What each service of the sample home listens to."""
    home = load_home(REPOSITORY / "config/home.yaml")
    address = BrokerSettings(embedded=False, url=f"mqtt://{broker.host}:{broker.port}")
    (folder / "token").write_text("token")
    there = HomeAssistantSettings(url="http://127.0.0.1:1", token_file=folder / "token")
    settings = Settings(broker=address, state_dir=folder, cache_dir=folder, homeassistant=there)
    buses: dict[str, Bus] = {}
    async with AsyncExitStack() as stack:
        for name in BRIDGES:
            buses[name] = (await stack.enter_async_context(MAKERS[name](settings, home))).bus
    butler = Butler(broker, home)
    Chronicle(butler.bus)
    remote = Gate(broker, settings.remote, Nonces(folder, time.time))
    voice = Voice(broker, settings.voice, cast(Any, None), silent_mouth())
    Follower(voice.bus, "+", states=False)  # as Wyoming does
    voice.bus.subscribe(Topic.HOME, lambda topic, payload: None)  # as a satellite does
    buses |= {"butler": butler.bus, "voice": voice.bus, "remote": remote.bus, "household": Bus(broker, "say")}
    Follower(buses["household"], "+")
    return {name: bus.filters for name, bus in buses.items()}
