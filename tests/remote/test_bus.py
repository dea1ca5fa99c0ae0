"""The bus of a page outside: only commands leave it, signed; it takes states, and answers to its own key."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from brokers import MOSQUITTO
from conftest import Listener
from web.outsides import Mosquitto, broker_outside, login

from hub.address import BrokerAddress
from hub.asking import Asker
from hub.bus import Bus
from hub.messages import Intent, Reply, SatellitePartial, Say, ServiceState, Topic, Understood, Utterance
from hub.remote.bus import RemoteBus
from hub.remote.envelope import ANSWER, COMMAND, LINK, Answer, Envelope
from hub.remote.keys import KeyFileError, make, public
from hub.utter import RESEND, Utterer

pytestmark = pytest.mark.skipif(MOSQUITTO is None, reason="Mosquitto is not installed (apt install mosquitto)")

KEY = make("mother")


class Home:
    """The home, as the broker outside knows it: what a test plays, and the commands that came."""

    def __init__(self, address: BrokerAddress) -> None:
        self.bus = Bus(address, "home")
        self.commands: list[Envelope] = []
        self._news = asyncio.Event()
        self.bus.subscribe(COMMAND, self._on_command)

    def _on_command(self, topic: str, payload: bytes) -> None:
        self.commands.append(Envelope.from_payload(topic, payload))
        self._news.set()

    async def command(self, number: int = 1) -> Envelope:
        """The first, second, … that comes; its signature is right."""
        async with asyncio.timeout(20):
            while len(self.commands) < number:
                self._news.clear()
                await self._news.wait()
        found = self.commands[number - 1]
        found.verify({"mother": public(KEY.public)})
        return found

    def answer(self, topic: str, payload: bytes, key: str = "mother") -> None:
        self.bus.publish(ANSWER, Answer(key=key, topic=topic, payload=payload.decode()))


class Outside:
    """A page's bus, the broker that it is on, and the home that it sees."""

    def __init__(self, broker: Mosquitto, home: Home, bus: RemoteBus) -> None:
        self.broker = broker
        self.home = home
        self.bus = bus
        self.heard = Listener(bus)


@pytest.fixture
async def outside(tmp_path: Path) -> AsyncIterator[Outside]:
    """Both, connected to a broker that allows no more than is needed."""
    broker = broker_outside(tmp_path / "outside")
    await broker.start()
    key_file = tmp_path / "key"
    key_file.write_text(KEY.secret)
    bus = RemoteBus(login(broker, "page"), "page", key_file, lambda: 1_790_000_000)
    found = Outside(broker, Home(login(broker, "home")), bus)
    async with found.home.bus.running(), found.bus.running():
        async with asyncio.timeout(20):
            await found.home.bus.connected.wait()
            await found.bus.connected.wait()
        yield found
    await broker.stop()


async def settled(outside: Outside) -> None:
    """Whatever was sent to the page before has come."""
    outside.home.bus.publish(Topic.device("last", "state"), b"{}")
    await outside.heard.object(Topic.device("last", "state"))


async def test_an_utterance_goes_sealed_and_is_heard_here(outside: Outside) -> None:
    said = Utterance(text="거실 불 켜줘", satellite="web-00000001")
    outside.bus.publish(Topic.UTTERANCE, said)
    sealed = await outside.home.command()
    assert (sealed.key, sealed.at, sealed.topic) == ("mother", 1_790_000_000_000, Topic.UTTERANCE)
    assert sealed.payload.encode() == said.to_payload() == outside.heard.all(Topic.UTTERANCE)[0]


async def test_an_intent_is_asked_until_its_answer_comes_each_time_sealed_anew(outside: Outside) -> None:
    asker = Asker(outside.bus)
    intent = Intent(intent="JipsaSet", slots={"power": True}, targets=["lamp"], satellite="web-00000001")
    asked = asyncio.create_task(asker.ask("gpio", intent, intent.expires_at))
    first, second = await outside.home.command(1), await outside.home.command(2)
    assert first.topic == second.topic == Topic.intent("gpio")
    assert first.payload == second.payload
    assert first.nonce != second.nonce
    reply = Reply(id=intent.id, bridge="gpio", ok=True)
    outside.home.answer(Topic.reply(intent.id), reply.to_payload())
    assert await asked == reply


async def test_an_utterance_is_taken_when_its_answer_comes(outside: Outside) -> None:
    utterer = Utterer(outside.bus, "+")
    said = Utterance(text="거실 불 켜줘", satellite="web-00000001")
    saying = asyncio.create_task(utterer.utter(said))
    await outside.home.command()
    understood = Understood(utterance_id=said.id, text=said.text, satellite=said.satellite)
    outside.home.answer(Topic.UNDERSTOOD, understood.to_payload())
    async with asyncio.timeout(RESEND * 5):
        assert await saying


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        (Topic.satellite("living", "listen"), b""),
        (Topic.bridge("genie", "request/agenda"), b"{}"),
        (Topic.device("lamp", "set"), b'{"power": true}'),
        (Topic.satellite("web-00000001", "partial"), SatellitePartial(text="거실").to_payload()),
        (Topic.say("living"), Say(id="hello", text="안녕").to_payload()),
    ],
)
async def test_nothing_else_leaves_this_process(outside: Outside, topic: str, payload: bytes) -> None:
    outside.bus.publish(topic, payload)
    assert outside.heard.all(topic) == [payload]
    outside.bus.publish(Topic.UTTERANCE, "그 다음")
    assert (await outside.home.command()).payload == "그 다음"


async def test_answers_to_others_are_not_taken(outside: Outside) -> None:
    say = Say(text="켰어요").to_payload()
    outside.home.answer(Topic.say("web-00000001"), say, key="father")
    outside.home.answer(Topic.say("web-00000002"), say)
    await outside.heard.object(Topic.say("web-00000002"), text="켰어요")
    assert not outside.heard.all(Topic.say("web-00000001"))


@pytest.mark.parametrize(
    "topic", [Topic.device("lamp", "state"), Topic.HOME, Topic.UTTERANCE, LINK, ANSWER, Topic.intent("gpio"), "#"]
)
async def test_what_no_answer_is_on_is_not_taken_as_one(outside: Outside, topic: str) -> None:
    outside.home.answer(topic, b"1")
    outside.home.bus.publish(ANSWER, b"{}")
    await settled(outside)
    assert not [heard for heard, payload in outside.heard.heard if heard == topic and payload == b"1"]
    assert not outside.bus.linked


async def test_states_are_seen_and_the_rest_is_not_asked_for(outside: Outside) -> None:
    online = ServiceState(state="online")
    outside.home.bus.publish(Topic.bridge("gpio", "state"), online, retain=True)
    outside.home.bus.publish(Topic.device("lamp", "state"), '{"power": true}', retain=True)
    await outside.heard.object(Topic.bridge("gpio", "state"), state="online")
    await outside.heard.object(Topic.device("lamp", "state"), power=True)
    assert outside.bus.unreached is None


async def test_the_home_is_there_while_its_broker_says_so(outside: Outside) -> None:
    told: asyncio.Queue[bool] = asyncio.Queue()
    outside.bus.listeners.append(told.put_nowait)
    for linked in (True, False, True):
        outside.home.bus.publish(LINK, b"1" if linked else b"0", retain=True)
        async with asyncio.timeout(20):
            assert await told.get() is linked
        assert outside.bus.linked is linked


async def test_without_a_connection_the_home_is_not_there(outside: Outside) -> None:
    told: asyncio.Queue[bool] = asyncio.Queue()
    outside.bus.listeners.append(told.put_nowait)
    outside.home.bus.publish(LINK, b"1", retain=True)
    async with asyncio.timeout(20):
        assert await told.get()
        await outside.broker.stop()
        assert not await told.get()
        await outside.broker.start()  # without its memory: the home says again that it is there
        assert await told.get()


async def test_what_is_too_long_is_not_sent_and_told(outside: Outside, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        outside.bus.publish(Topic.intent("gpio"), Intent(intent="JipsaSet", slots={"text": "가" * 9_990}))
    assert "jipsa/intent/gpio: not sent to the home: payload" in caplog.text
    outside.bus.publish(Topic.UTTERANCE, "그 다음")
    assert (await outside.home.command()).payload == "그 다음"


@pytest.mark.parametrize("content", ["", "mother", "mother:AAAA", "no name!:" + "A" * 43 + "="])
def test_a_file_that_is_no_key_is_told(tmp_path: Path, content: str) -> None:
    file = tmp_path / "key"
    file.write_text(content)
    with pytest.raises(KeyFileError, match="jipsa remote key NAME"):
        RemoteBus(BrokerAddress("127.0.0.1", 1), "page", file)


def test_a_key_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="No such file"):
        RemoteBus(BrokerAddress("127.0.0.1", 1), "page", tmp_path / "key")
