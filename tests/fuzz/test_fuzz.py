"""Whatever comes in: no error, no wrong command, nothing that grows, and everything works afterwards.

Some thousands of payloads are tried by default. The whole hundred thousand, on every topic that anything subscribes to,
take about as long as a pot of tea: `JIPSA_FUZZ=100000 .venv/bin/python -m pytest --timeout 0 tests/fuzz`.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import resource
from collections import Counter
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
from brokers import MOSQUITTO, TestBroker
from conftest import Listener
from fuzz.household import NOTHING, TIME, Household, household
from fuzz.payloads import OUTSIDE, Sent, messages_on, sealed
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st

from hub.bus import Bus
from hub.limits import LARGEST
from hub.messages import Intent, Say, Topic, Utterance, is_command
from hub.payloads import MOST_DEVICES
from hub.remote.envelope import ANSWER, COMMAND

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

PAYLOADS = int(os.environ.get("JIPSA_FUZZ", "3000"))
AT_ONCE = 20
"""Messages of one example: they are judged together."""

MOST_KEPT = 3 * MOST_DEVICES
"""Entries of any table."""

MOST_GROWTH = 60_000_000
"""Bytes by which the process may grow after the first third."""

EXAMPLES = 100
"""Examples of one go; hypothesis remembers them all until it is over."""

FUZZED = settings(
    max_examples=EXAMPLES,
    phases=(Phase.generate,),  # what a household has been through cannot be tried again with less
    suppress_health_check=list(HealthCheck),
    verbosity=Verbosity.quiet,
    database=None,
)


def resident() -> int:
    """Bytes of memory that this process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def all_messages(house: Household) -> st.SearchStrategy[Sent]:
    """Messages on every topic that anything in the house subscribes to; on those that command more than on others."""
    words = house.words()
    filters = sorted({topic_filter for bus in house.buses for topic_filter in bus.filters})
    often = [one for one in filters if is_command(one.replace("+", "x")) and "/bridge/" not in one]
    often.append(COMMAND)  # most of what is in an envelope is refused for one reason or another
    return st.sampled_from(filters + 2 * often).flatmap({one: messages_on(one, words) for one in filters}.__getitem__)


def test_no_payload_does_any_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.new_event_loop()
    opened = household(tmp_path, monkeypatch)
    house = loop.run_until_complete(opened.__aenter__())
    sizes: list[int] = []
    topics: Counter[str] = Counter()

    @FUZZED
    @given(st.lists(all_messages(house), min_size=AT_ONCE, max_size=AT_ONCE))
    def fuzz(sent: list[Sent]) -> None:
        topics.update("/".join(one.topic.split("/")[:2]) for one in sent)
        try:
            loop.run_until_complete(house.take(sent))
        except AssertionError:
            print(*sent, sep="\n")
            raise

    try:
        while topics.total() < PAYLOADS:
            fuzz()
            gc.collect()
            sizes.append(resident())
        print(f"{topics.total()} payloads: {dict(topics)}; {[size >> 20 for size in sizes]} MB")
        print(f"{house.commands} commands to {len(house.commanded)} devices, {house.understood} sentences understood")
        print(f"{house.let_in} messages let in from outside")
        assert house.commands > PAYLOADS // 1000  # mostly several times as many
        assert house.understood > PAYLOADS // 400
        assert house.let_in > 0
        large = {path: size for path, size in house.tables().items() if size > MOST_KEPT}
        assert not large, f"these tables have grown too much: {large}"
        assert sizes[-1] - sizes[len(sizes) // 3] < MOST_GROWTH
        loop.run_until_complete(still_works(house))
    finally:
        loop.run_until_complete(opened.__aexit__(None, None, None))
        loop.close()


async def still_works(house: Household) -> None:
    """Everything answers what is good."""
    TIME.seconds += 3600
    heard = Hearer(house)
    for bridge in house.bridges:
        heard.send(Topic.bridge(bridge.name, "request/health_check"), {"transaction": "t"})
        await heard.until(Topic.bridge(bridge.name, "response/health_check"), b'"ok"')
    put_right(house)
    await house.quiet()
    for number, (said, power) in enumerate((("거실등 켜줘", True), ("거실등 꺼줘", False), ("거실등 켜줘", True))):
        utterance = Utterance(text=said, satellite=f"ear{number}", room="거실")
        heard.send(Topic.UTTERANCE, json.loads(utterance.to_payload()))
        await heard.until(Topic.say(f"ear{number}"), utterance.id.encode())
        assert house.gpio.states["living_light"]["power"] is power
    timer = Intent(intent="HassTimerStatus")
    heard.send(Topic.intent("genie"), json.loads(timer.to_payload()))
    await heard.until(Topic.reply(timer.id), b'"ok":true')
    asked = Utterance(text="지금 몇 시야")
    heard.send(COMMAND, sealed(Sent(Topic.UTTERANCE, asked.to_payload()), OUTSIDE, 0))
    await heard.until(ANSWER, asked.id.encode())
    say = Say(text="안녕")
    heard.send(Topic.say("living"), json.loads(say.to_payload()))
    heard.send(Topic.satellite("living", "listen"), {})
    await house.quiet()
    assert say.id in house.voice._mouth._said
    assert house.voice.shown.activity == "listening"
    heard.send(Topic.device("fresh", "about"), {"id": "fresh", "bridge": "far", "type": "light", "name": "새 등"})
    await heard.until("homeassistant/device/jipsa_fresh/config", "새 등".encode())
    outward = house.homeassistant._outward
    assert outward is not None
    for identifier in outward._known:  # whatever is retained there, it is looked at
        outward._disowned(identifier)
    house.judge()


class Hearer:
    """Sends on the wire, and waits for what comes."""

    def __init__(self, house: Household) -> None:
        self._wire = house.wire

    def send(self, topic: str, body: Any) -> None:
        self._wire.deliver(Sent(topic, json.dumps(body).encode()))

    async def until(self, topic: str, part: bytes) -> None:
        async with asyncio.timeout(30):
            while not any(one.topic == topic and part in one.payload for one in self._wire.passed):
                await asyncio.sleep(0.01)


def test_every_topic_that_is_subscribed_to_is_tried() -> None:
    """And a new one that nobody has thought of is an error, not a gap."""
    with pytest.raises(KeyError, match="no payloads"):
        messages_on("jipsa/new/+", NOTHING)


@pytest.mark.skipif(MOSQUITTO is None, reason="Mosquitto is not installed (apt install mosquitto)")
def test_no_payload_does_any_harm_over_a_real_broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same over the network: what a broker and its client make of it, and floods at their full speed."""
    loop = asyncio.new_event_loop()
    broker = TestBroker("mosquitto", tmp_path)
    loop.run_until_complete(broker.start())
    opened = household(tmp_path, monkeypatch, broker.address)
    house = loop.run_until_complete(opened.__aenter__())

    @settings(FUZZED, max_examples=15)
    @given(st.lists(all_messages(house), min_size=AT_ONCE, max_size=AT_ONCE))
    def fuzz(sent: list[Sent]) -> None:
        loop.run_until_complete(publish(broker, sent))

    try:
        fuzz()
        loop.run_until_complete(answers(house, broker))
        assert not house.errors.told, house.errors.told[0]
    finally:
        loop.run_until_complete(opened.__aexit__(None, None, None))
        loop.run_until_complete(broker.stop())
        loop.close()


async def publish(broker: TestBroker, sent: list[Sent]) -> None:
    async with aiomqtt.Client(broker.address.host, broker.address.port) as client:
        for one in sent:
            if one.topic.isprintable() and len(one.payload) < LARGEST:  # else Mosquitto hangs up
                await client.publish(one.topic, one.payload, qos=1, retain=one.retained)
        for _ in range(500):  # a flood, which is not waited for
            await client.publish(Topic.device("living_light", "set/power"), b"rubbish", qos=0)


def put_right(house: Household) -> None:
    """Bridges say again what they have, as after every reconnect; others, which no broker would let speak, are gone."""
    for bridge in house.bridges:
        for device, about in bridge.abouts.items():
            bridge.bus.publish(Topic.device(device, "about"), about, retain=True)
        bridge._tell_info()
    for stranger in house.butler._owners._lists.keys() - {bridge.name for bridge in house.bridges}:
        house.butler.bus.forget(Topic.bridge(stranger, "info"))


async def answers(house: Household, broker: TestBroker) -> None:
    """A sentence is understood and carried out, after all of that."""
    listener = Listener(Bus(broker.address, "listener"))
    async with listener.bus.running():
        await listener.bus.connected.wait()
        put_right(house)
        for bridge in house.bridges:
            await bridge.bus.flush()
        for said, power in (("거실등 꺼줘", False), ("거실등 켜줘", True)):
            utterance = Utterance(text=said, satellite="ear", room="거실")
            listener.bus.publish(Topic.UTTERANCE, utterance)
            answer = await listener.object(Topic.say("ear"), utterance_id=utterance.id)
            assert house.gpio.states["living_light"]["power"] is power, answer["text"]
