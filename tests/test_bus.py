import asyncio
import json
import logging

import aiomqtt
import pytest
from brokers import TestBroker
from conftest import Listener
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from hub import bus as bus_module
from hub.address import BrokerAddress, BusError
from hub.bus import AT_ONCE, OUTBOX_LIMIT, Bus
from hub.messages import ServiceState, Topic, Utterance
from hub.payloads import PayloadError
from hub.recent import Recent


def test_addresses_are_read_from_urls() -> None:
    address = BrokerAddress.from_url("mqtts://me:p%40ss@broker.home")
    assert address == BrokerAddress("broker.home", 8883, "me", "p@ss", tls=True)
    assert "p@ss" not in repr(address)


@pytest.mark.parametrize("url", ["http://x", "mqtt://", "mqtt://x:99999", "1883", ""])
def test_a_wrong_address_is_refused(url: str) -> None:
    with pytest.raises(BusError, match=r"broker\.url"):
        BrokerAddress.from_url(url)


def test_recent_forgets_the_oldest() -> None:
    recent: Recent[str, int] = Recent(limit=2)
    for number, key in enumerate("abc"):
        recent.put(key, number)
    assert "a" not in recent
    assert recent.get("c") == 2


def test_a_service_sees_what_it_publishes_without_the_broker(caplog: pytest.LogCaptureFixture) -> None:
    bus, seen = Bus(BrokerAddress("127.0.0.1", 1), "service"), []

    def watcher(topic: str, payload: bytes) -> None:
        seen.append((topic, payload))
        raise RuntimeError("a fault of who watches")

    bus.watch(Topic.say("+"), watcher)
    bus.publish(Topic.say("living"), "안녕")
    bus.publish(Topic.HOME, "{}", retain=True)
    assert seen == [("jipsa/say/living", "안녕".encode())]
    assert (bus.queued, bus.filters) == (2, [])
    assert "jipsa/say/living: the handler of service failed" in caplog.text


async def test_the_will_says_offline_when_a_service_dies(any_broker: TestBroker) -> None:
    listener = Listener(Bus(any_broker.address, "listener"))
    topic = Topic.bridge("x", "state")
    service = Bus(any_broker.address, "service", will=(topic, ServiceState(state="offline")))
    service.publish(topic, ServiceState(state="online"), retain=True)
    async with listener.bus.running():
        await listener.bus.connected.wait()
        async with service.running():
            await listener.object(topic, state="online")
        await listener.object(topic, state="offline")


async def test_all_that_a_large_home_retains_is_there_for_who_connects(any_broker: TestBroker) -> None:
    topics = {Topic.device(f"d{number}", what) for number in range(600) for what in ("about", "state", "available")}
    service, late = Bus(any_broker.address, "service"), Bus(any_broker.address, "late")
    missing, there = set(topics), asyncio.Event()

    def arrived(topic: str, payload: bytes) -> None:
        missing.discard(topic)
        if not missing:
            there.set()

    for what in ("about", "state", "available"):
        late.subscribe(Topic.device("+", what), arrived)
    async with service.running():
        for topic in topics:
            service.publish(topic, b"{}", retain=True)
        await service.flush()
        async with late.running(), asyncio.timeout(60):
            await there.wait()


async def test_retained_messages_are_back_after_the_broker_lost_its_memory(any_broker: TestBroker) -> None:
    state = Topic.device("ac", "state")
    service = Bus(any_broker.address, "service")
    async with service.running():
        service.publish(state, b'{"power": false}', retain=True)
        await service.flush()
        await any_broker.stop()
        service.publish(state, b'{"power": true}', retain=True)
        await any_broker.start()
        await service.flush()
        late = Listener(Bus(any_broker.address, "late"))
        async with late.bus.running():
            await late.object(state, power=True)


async def test_commands_published_while_the_broker_is_away_arrive_once(any_broker: TestBroker) -> None:
    listener = Listener(Bus(any_broker.address, "listener"))
    sender = Bus(any_broker.address, "sender")
    async with listener.bus.running(), sender.running():
        await asyncio.gather(listener.bus.connected.wait(), sender.connected.wait())
        await any_broker.stop()
        while sender.connected.is_set() or listener.bus.connected.is_set():  # no event says so
            await asyncio.sleep(0.01)
        await any_broker.start()
        await listener.bus.connected.wait()
        sender.publish(Topic.UTTERANCE, Utterance(id="u1", text="불 켜줘"))
        await listener.object(Topic.UTTERANCE, id="u1")
        sender.publish(Topic.UTTERANCE, Utterance(id="u2", text="불 꺼줘"))
        await listener.object(Topic.UTTERANCE, id="u2")
    assert [json.loads(payload)["id"] for payload in listener.all(Topic.UTTERANCE)] == ["u1", "u2"]


async def test_a_retained_command_is_dropped_with_a_warning(
    any_broker: TestBroker, caplog: pytest.LogCaptureFixture
) -> None:
    async with aiomqtt.Client(any_broker.address.host, any_broker.address.port) as client:
        await client.publish(Topic.UTTERANCE, "불 켜줘", qos=1, retain=True)
        await client.publish(Topic.device("ac", "state"), "{}", qos=1, retain=True)
    listener = Listener(Bus(any_broker.address, "listener"))
    with caplog.at_level(logging.WARNING):
        async with listener.bus.running():
            await listener.object(Topic.device("ac", "state"))
            listener.bus.publish("jipsa/marker", b"{}")
            await listener.object("jipsa/marker")
    assert not listener.all(Topic.UTTERANCE)
    assert "retained command was dropped" in caplog.text


async def test_a_failing_handler_hurts_nobody_else(any_broker: TestBroker, caplog: pytest.LogCaptureFixture) -> None:
    bus = Bus(any_broker.address, "bus")

    def fail(topic: str, payload: bytes) -> None:
        raise RuntimeError("broken")

    def refuse(topic: str, payload: bytes) -> None:
        raise PayloadError(f"{topic}: bad")

    bus.subscribe("jipsa/a", fail)
    bus.subscribe("jipsa/a", refuse)
    listener = Listener(bus)
    async with bus.running():
        bus.publish("jipsa/a", b"1")
        bus.publish("jipsa/b", b"{}")
        await listener.object("jipsa/b")
    assert "broken" in caplog.text
    assert "jipsa/a: bad" in caplog.text


async def test_a_forgotten_message_is_gone_from_the_broker(any_broker: TestBroker) -> None:
    about = Topic.device("gone", "about")
    bus = Bus(any_broker.address, "bus")
    async with bus.running():
        bus.publish(about, b"{}", retain=True)
        await bus.flush()
        bus.forget(about)
        await bus.flush()
        late = Listener(Bus(any_broker.address, "late"))
        async with late.bus.running():
            await late.bus.connected.wait()
            late.bus.publish("jipsa/marker", b"{}")
            await late.object("jipsa/marker")
    assert not late.all(about)


def test_the_outbox_is_bounded_and_says_what_it_drops(caplog: pytest.LogCaptureFixture) -> None:
    bus = Bus(BrokerAddress("127.0.0.1", 1), "bus")
    for number in range(OUTBOX_LIMIT + 1):
        bus.publish("jipsa/log", str(number))
    assert bus.queued == OUTBOX_LIMIT
    assert "dropped" in caplog.text


async def test_what_was_forgotten_is_not_cleared_again_when_the_broker_is_back(any_broker: TestBroker) -> None:
    bus = Bus(any_broker.address, "bus")
    async with bus.running():
        bus.publish(Topic.device("gone", "about"), b"{}", retain=True)
        await bus.flush()
        bus.forget(Topic.device("gone", "about"))
        await bus.flush()
        before = bus.published
        await any_broker.stop()
        bus.publish(Topic.device("new", "about"), b"{}", retain=True)
        await any_broker.start()
        await bus.flush()
        assert bus.published == before + 1


async def test_a_connection_ends_though_a_cancellation_is_lost(
    any_broker: TestBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, lost = asyncio.Event(), list[bool]()

    async def publish(self: aiomqtt.Client, *arguments: object, **named: object) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if lost:
                raise
            lost.append(True)  # as asyncio.wait_for does now and then
        await asyncio.Event().wait()

    monkeypatch.setattr(aiomqtt.Client, "publish", publish)
    bus = Bus(any_broker.address, "stubborn")
    async with asyncio.timeout(30) as limit:
        async with bus.running():
            bus.publish("jipsa/marker", b"{}")
            await begun.wait()
    assert lost
    assert not limit.expired()


async def test_a_broker_that_refuses_a_subscription_is_asked_again(
    any_broker: TestBroker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked, subscribe = [], aiomqtt.Client.subscribe

    async def refuse_once(self: aiomqtt.Client, topic: str, **named: int) -> object:
        asked.append(topic)
        granted = await subscribe(self, topic, **named)  # type: ignore[arg-type]
        return [ReasonCode(PacketTypes.SUBACK, identifier=128)] if len(asked) == 1 else granted

    monkeypatch.setattr(aiomqtt.Client, "subscribe", refuse_once)
    listener = Listener(Bus(any_broker.address, "listener"))
    async with listener.bus.running():
        await listener.bus.connected.wait()
        listener.bus.publish("jipsa/marker", b"{}")
        await listener.object("jipsa/marker")
    assert asked == ["jipsa/#"] * 2
    assert "refuses - the subscription to jipsa/#" in caplog.text


async def test_messages_of_one_topic_arrive_in_order_however_many_there_are(any_broker: TestBroker) -> None:
    listener, sender = Listener(Bus(any_broker.address, "listener")), Bus(any_broker.address, "sender")
    async with listener.bus.running(), sender.running():
        await asyncio.gather(listener.bus.connected.wait(), sender.connected.wait())
        for number in range(500):
            sender.publish("jipsa/marker", json.dumps({"number": number}))
        await listener.object("jipsa/marker", number=499)
    assert [json.loads(payload)["number"] for payload in listener.all("jipsa/marker")] == list(range(500))


async def test_a_state_goes_before_the_replies_that_were_published_before_it(any_broker: TestBroker) -> None:
    listener, sender = Listener(Bus(any_broker.address, "listener")), Bus(any_broker.address, "sender")
    for number in range(AT_ONCE):
        sender.publish(Topic.reply(str(number)), b"{}")
    sender.publish(Topic.device("lamp", "state"), b"{}", retain=True)
    async with listener.bus.running():
        await listener.bus.connected.wait()
        async with sender.running():
            await listener.object(Topic.reply(str(AT_ONCE - 1)))
    assert listener.heard[0][0] == Topic.device("lamp", "state")


async def test_what_was_on_its_way_when_the_connection_broke_goes_again_in_order(
    any_broker: TestBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, publish = 0, aiomqtt.Client.publish

    async def break_off(self: aiomqtt.Client, *arguments: object, **named: object) -> None:
        nonlocal begun
        begun += 1
        if AT_ONCE // 2 < begun <= AT_ONCE:
            raise aiomqtt.MqttError("broken")
        await publish(self, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(aiomqtt.Client, "publish", break_off)
    listener, sender = Listener(Bus(any_broker.address, "listener")), Bus(any_broker.address, "sender")
    for number in range(3 * AT_ONCE):
        sender.publish("jipsa/marker", json.dumps({"number": number}))
    async with listener.bus.running():
        await listener.bus.connected.wait()
        async with sender.running():
            await listener.object("jipsa/marker", number=3 * AT_ONCE - 1)
    heard = [json.loads(payload)["number"] for payload in listener.all("jipsa/marker")]
    assert list(dict.fromkeys(heard)) == list(range(3 * AT_ONCE))
    assert begun > 3 * AT_ONCE


async def test_a_broker_that_acknowledges_nothing_is_left(
    any_broker: TestBroker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    publish = aiomqtt.Client.publish

    async def never(self: aiomqtt.Client, *arguments: object, **named: object) -> None:
        monkeypatch.setattr(aiomqtt.Client, "publish", publish)
        await asyncio.Event().wait()

    monkeypatch.setattr(bus_module, "PATIENCE", 1.0)
    monkeypatch.setattr(aiomqtt.Client, "publish", never)
    listener = Listener(Bus(any_broker.address, "listener"))
    listener.bus.publish("jipsa/marker", b"{}")
    async with listener.bus.running():
        await listener.object("jipsa/marker")
    assert "nobody speaks MQTT" in caplog.text


@pytest.mark.parametrize(
    ("topic_filter", "heard"),
    [
        ("#", ["a", "a/b", "a/b/c", "a//c", "b+"]),
        ("a/#", ["a", "a/b", "a/b/c", "a//c"]),
        ("a/+", ["a/b"]),
        ("a/+/c", ["a/b/c", "a//c"]),
        ("+", ["a", "b+"]),
        ("b+", ["b+"]),
    ],
)
def test_a_handler_gets_what_its_filter_says(topic_filter: str, heard: list[str]) -> None:
    bus, taken = Bus(BrokerAddress("nowhere", 1), "bus"), list[str]()
    bus.subscribe(topic_filter, lambda topic, payload: taken.append(topic))
    for topic in ("a", "a/b", "a/b/c", "a//c", "b+"):
        bus.take(topic, b"{}")
    assert taken == heard
