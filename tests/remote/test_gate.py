"""The gate on a real broker: what may come in does, and nothing else ever."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
from brokers import TestBroker
from gates import KNOWN, PUBLIC, Outside
from test_end_to_end import running_hub

from hub.home import Device, Home
from hub.messages import Intent, Say, Topic, Understood, Utterance
from hub.remote.envelope import ANSWER, COMMAND
from hub.remote.gate import MANNERS, REFUSALS, Gate
from hub.remote.nonces import FILE, FRESH, Nonces
from hub.settings.remote import RemoteSettings
from hub.together import together

# What is let in.


async def test_a_sentence_from_outside_changes_the_home_and_is_answered(any_broker: TestBroker, tmp_path: Path) -> None:
    """The whole way, with real services: to the light, and back to who said it."""
    outside = Outside(any_broker, tmp_path / "gate")
    nonces = Nonces(outside.folder, outside.clock)
    outside.clock.now += 2 * FRESH + 1
    async with AsyncExitStack() as stack:
        stack.callback(nonces.close)
        hub = await stack.enter_async_context(running_hub(any_broker, tmp_path))
        await stack.enter_async_context(outside.home.bus.running())
        gate = Gate(any_broker.address, outside.remote, nonces, "ko", outside.clock)
        await stack.enter_async_context(together([gate.run()]))
        async with asyncio.timeout(60):
            await outside.home.bus.connected.wait()
            await gate.bus.connected.wait()
            while "living_light" not in gate._abouts:  # what is retained comes when a cluster has got to it
                await asyncio.sleep(0.01)
        utterance = outside.say("거실 불 켜줘", room="거실")
        understood = await outside.answered(lambda topic, _: topic == Topic.UNDERSTOOD)
        assert (understood["utterance_id"], understood["satellite"]) == (utterance.id, "web-1")
        (sent,) = understood["intents"]
        reply = await outside.answered(lambda topic, _: topic == Topic.reply(sent["id"]))
        assert reply["ok"], reply
        say = await outside.answered(lambda topic, _: topic == Topic.say("web-1"))
        assert (say["text"], say["utterance_id"]) == ("거실등을 켰어요.", utterance.id)
        assert await hub.follower.until(lambda: hub.follower.states["living_light"]["power"] is True, 20)
        intent = Intent(intent="HassTurnOff", targets=["living_light"], satellite="web-1")
        outside.send(Topic.intent("gpio"), intent.to_payload().decode())
        reply = await outside.answered(lambda topic, _: topic == Topic.reply(intent.id))
        assert reply == {"id": intent.id, "bridge": "gpio", "ok": True,
                         "changed": {"living_light": {"power": False}}, "state": {}}  # fmt: skip
        assert await hub.follower.until(lambda: hub.follower.states["living_light"]["power"] is False, 20)


async def test_who_speaks_from_outside_is_nobody_of_the_home(outside: Outside, gate: Gate) -> None:
    utterance = outside.say(
        "불 켜줘", satellite="living", source="microphone", room="거실", confidence=0.5, heard_at="2020-01-01T00:00:00Z"
    )
    said = await outside.said("불 켜줘")
    assert (said["satellite"], said["source"], said["room"]) == ("remote-mother", "remote", "거실")
    assert (said["confidence"], said["carry_out"], said["unsure"]) == (0.5, True, False)
    assert said["heard_at"] > "2026"
    assert said["id"] != utterance.id


async def test_bare_text_is_an_utterance(outside: Outside, gate: Gate) -> None:
    outside.send(Topic.UTTERANCE, "불 꺼줘", key="father")
    assert (await outside.said("불 꺼줘"))["satellite"] == "remote-father"


async def test_an_intent_has_the_times_of_the_home(outside: Outside, gate: Gate) -> None:
    sent = Intent(
        intent="HassTurnOn", slots={"name": "거실등"}, targets=["lamp"], satellite="living", room="거실",
        utterance_id="u", issued_at="2020-01-01T00:00:00Z", expires_at="2999-01-01T00:00:00Z",
    )  # fmt: skip
    outside.send(Topic.intent("lamps"), sent.to_payload().decode())
    heard = Intent.model_validate(await outside.home.object(Topic.intent("lamps")))
    assert (heard.intent, heard.slots, heard.targets) == ("HassTurnOn", {"name": "거실등"}, ["lamp"])
    assert (heard.satellite, heard.room, heard.utterance_id) == ("remote-mother", "거실", None)
    assert 14 < (heard.expires_at - heard.issued_at).total_seconds() < 16
    assert heard.issued_at.year >= 2026
    assert heard.id != sent.id


async def test_what_is_said_again_is_the_same(outside: Outside, gate: Gate) -> None:
    """Each time in a new envelope, so that it gets through; butler and bridges know the id."""
    utterance = Utterance(text="불 켜줘", satellite="web-1").to_payload().decode()
    for _ in range(3):
        outside.send(Topic.UTTERANCE, utterance)
    outside.send(Topic.UTTERANCE, utterance, key="father")
    assert await outside.works() == ["불 켜줘"] * 4
    ids = [json.loads(payload)["id"] for payload in outside.home.all(Topic.UTTERANCE)][:4]
    assert len({*ids[:3]}) == 1
    assert ids[3] != ids[0], "what another key calls so is another one"


# What is not.


@pytest.mark.parametrize("restart", [False, True])
async def test_a_replay_is_refused_in_silence(restart: bool, outside: Outside) -> None:
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(outside.open())
        first = outside.send(Topic.UTTERANCE, "문 열어줘")
        await outside.said("문 열어줘")
        if restart:
            await stack.aclose()
            await stack.enter_async_context(outside.open())
        for _ in range(3):
            outside.home.bus.publish(COMMAND, first)
        assert await outside.works() == ["문 열어줘"]
        outside.clock.now += FRESH - 1
        outside.home.bus.publish(COMMAND, first)
        assert await outside.works() == ["문 열어줘"]
        assert outside.answers() == []


@pytest.mark.parametrize("how", ["deleted", "damaged"])
async def test_a_replay_is_refused_after_the_store_was_lost(how: str, outside: Outside) -> None:
    async with outside.open():
        first = outside.send(Topic.UTTERANCE, "문 열어줘", late=-FRESH + 1)
        await outside.said("문 열어줘")
    store = outside.folder / FILE
    store.unlink() if how == "deleted" else store.write_bytes(store.read_bytes()[:-3])
    async with outside.open():
        utterance = outside.say("불 켜줘")
        told = await outside.answered(
            lambda topic, payload: topic == Topic.say("web-1") and payload["utterance_id"] == utterance.id
        )
        assert told["text"] == "The home has just started anew, so nothing was done yet; try again in a minute."
        for _ in range(7):
            outside.home.bus.publish(COMMAND, first)
            await outside.home.bus.flush()
            outside.clock.now += 10
        assert await outside.works() == ["문 열어줘"]


@pytest.mark.parametrize(
    ("late", "told"),
    [
        (FRESH + 1, "This was sent 31 seconds ago, so nothing was done."),
        (86_400, "This was sent 86400 seconds ago, so nothing was done."),
        (-FRESH - 1, "The sender's clock is 31 seconds ahead of the home's, so nothing was done"),
    ],
)
async def test_what_is_late_or_early_is_refused(late: float, told: str, outside: Outside, gate: Gate) -> None:
    utterance = Utterance(text="문 열어줘", satellite="web-1")
    outside.send(Topic.UTTERANCE, utterance.to_payload().decode(), late=late)
    answer = await outside.answered(lambda topic, _: topic == Topic.say("web-1"))
    assert answer["text"].startswith(told)
    assert answer["utterance_id"] == utterance.id
    understood = await outside.answered(lambda topic, _: topic == Topic.UNDERSTOOD)
    assert (understood["utterance_id"], understood["refused"]) == (utterance.id, "not_let_in")
    intent = Intent(intent="HassTurnOn", targets=["lamp"])
    outside.send(Topic.intent("lamps"), intent.to_payload().decode(), late=late)
    reply = await outside.answered(lambda topic, _: topic == Topic.reply(intent.id))
    assert (reply["ok"], reply["error"]["code"]) == (False, "expired" if late > 0 else "not_now")
    assert await outside.works() == []
    assert outside.home.all(Topic.intent("lamps")) == []


async def test_what_nobody_known_has_signed_is_refused_in_silence(
    outside: Outside, gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    outside.send(Topic.UTTERANCE, "문 열어줘", key="stranger")
    outside.send(Topic.UTTERANCE, "문 열어줘", key="mother", signed="father")
    good = json.loads(outside.seal(Topic.UTTERANCE, "문 열어줘").to_payload())
    for spoiled in ({"payload": "문 열어"}, {"topic": "jipsa/say/all"}, {"at": good["at"] + 1}, {"nonce": "0" * 32}):
        outside.home.bus.publish(COMMAND, json.dumps({**good, **spoiled}))
    for key in good:
        outside.home.bus.publish(COMMAND, json.dumps({name: value for name, value in good.items() if name != key}))
    for payload in ("문 열어줘", "", "[]", json.dumps({"text": "문 열어줘"}), "x" * 70_000, "[" * 500):
        outside.home.bus.publish(COMMAND, payload)
    assert await outside.works() == []
    assert outside.home.all(ANSWER) == []
    assert "there is no key 'stranger'" in caplog.text
    assert "the signature is not that of the key 'mother'" in caplog.text


@pytest.mark.parametrize(
    "topic",
    [
        "jipsa/device/lamp/set", "jipsa/device/lamp/set/power", "jipsa/say/all", "jipsa/bridge/lamps/request/restart",
        "jipsa/satellite/living/listen", "jipsa/understood", "jipsa/reply/x", "jipsa/home", COMMAND, ANSWER,
        "jipsa/intent", "jipsa/intent/lamps/x", "jipsa/intent/+", "jipsa/intent/#", "jipsa/intent/",
        "jipsa/intent/램프", "jipsa/utterance/", "/jipsa/utterance", "jipsa/utterance\x00", "Jipsa/utterance",
        "#", "+", "$SYS/x", "homeassistant/light/x/config",
    ],
)  # fmt: skip
async def test_no_other_topic_is_written_to(topic: str, outside: Outside, gate: Gate) -> None:
    before = len(outside.home.heard)
    outside.send(topic, '{"text": "문 열어줘", "intent": "HassTurnOn"}')
    told = await outside.answered(lambda where, _: where == Topic.say("all"))
    assert told["text"].startswith("From outside one may speak and command devices, but send nothing to ")
    assert await outside.works() == []
    assert {where for where, _ in outside.home.heard[before:]} == {COMMAND, ANSWER, Topic.UTTERANCE}


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        (Topic.UTTERANCE, ""), (Topic.UTTERANCE, "{"), (Topic.UTTERANCE, '{"text": ""}'),
        (Topic.UTTERANCE, '{"text": 5}'), (Topic.UTTERANCE, '{"text": "불 켜줘", "satellite": "거실"}'),
        (Topic.UTTERANCE, "가" * 1_001),
        (Topic.intent("lamps"), ""), (Topic.intent("lamps"), "[]"), (Topic.intent("lamps"), "불 켜줘"),
        (Topic.intent("lamps"), '{"slots": {}}'), (Topic.intent("lamps"), '{"intent": "HassTurnOn", "targets": ["#"]}'),
        (Topic.intent("lamps"), '{"intent": "HassTurnOn", "id": "a/b"}'),
    ],
)  # fmt: skip
async def test_what_is_no_utterance_or_intent_is_refused(
    topic: str, payload: str, outside: Outside, gate: Gate
) -> None:
    outside.send(topic, payload)
    told = await outside.answered(lambda where, _: where == Topic.say("all"))
    assert told["text"].startswith("What was sent cannot be read: ")
    assert await outside.works() == []
    assert outside.home.all(topic) == [] or topic == Topic.UTTERANCE


@pytest.mark.parametrize(
    ("bridge", "intent", "code", "told"),
    [
        ("locks", {"intent": "HassTurnOff", "targets": ["door"]}, "not_allowed", "Ask for it in words"),
        ("locks", {"intent": "HassTurnOff", "targets": ["door"], "confirmed": True}, "not_allowed", "in words"),
        ("lamps", {"intent": "HassTurnOn", "targets": ["lamp"], "confirmed": True}, "not_allowed", "in words"),
        (
            "genie",
            {"intent": "JipsaAsk", "slots": {"query": "문 열어줘"}},
            "not_allowed",
            "cannot be done from outside.",
        ),
        ("genie", {"intent": "JipsaUnheardOf"}, "not_allowed", "Ask for it in words"),
        (
            "lamps",
            {"intent": "HassTurnOn", "targets": ["lamp", "nothing"]},
            "unknown_device",
            "there is no such device",
        ),
        ("lamps", {"intent": "HassTurnOff", "targets": ["door"]}, "unknown_device", "there is no such device"),
        ("lamps", {"intent": "HassTurnOn", "targets": ["lamp", "relay"]}, "not_allowed", "등, 대문: "),
    ],
)
async def test_an_intent_that_the_rules_do_not_allow_is_refused(
    bridge: str, intent: dict[str, Any], code: str, told: str, outside: Outside, gate: Gate
) -> None:
    sent = Intent(**intent)
    outside.send(Topic.intent(bridge), sent.to_payload().decode())
    reply = await outside.answered(lambda topic, _: topic == Topic.reply(sent.id))
    assert (reply["id"], reply["bridge"], reply["ok"], reply["error"]["code"]) == (sent.id, bridge, False, code)
    assert told in reply["error"]["message"]
    assert await outside.works() == []
    assert outside.home.all(Topic.intent(bridge)) == []


async def test_the_household_says_otherwise_for_single_devices(outside: Outside) -> None:
    outside.remote = RemoteSettings(enabled=True, keys=KNOWN, rules={"현관문": "allow", "lamp": "refuse"})
    async with outside.open():
        refused = Intent(intent="HassTurnOn", targets=["lamp"])
        outside.send(Topic.intent("lamps"), refused.to_payload().decode())
        allowed = Intent(intent="HassTurnOff", targets=["door"], confirmed=True)
        outside.send(Topic.intent("locks"), allowed.to_payload().decode())
        assert (await outside.home.object(Topic.intent("locks"), targets=["door"]))["confirmed"]
        reply = await outside.answered(lambda topic, _: topic == Topic.reply(refused.id))
        assert reply["error"]["code"] == "not_allowed"
        assert outside.home.all(Topic.intent("lamps")) == []


async def test_what_the_home_says_of_a_device_counts_as_well(outside: Outside, gate: Gate) -> None:
    """A lock behind a relay, which only the home knows to be one."""
    outside.home.bus.publish(Topic.HOME, Home((), (Device(id="lamp", name="등", type="lock"),)).to_json(), retain=True)
    async with asyncio.timeout(60):
        while gate._home.devices[0].type != "lock":
            await asyncio.sleep(0.01)
    sent = Intent(intent="HassTurnOff", targets=["lamp"])
    outside.send(Topic.intent("lamps"), sent.to_payload().decode())
    reply = await outside.answered(lambda topic, _: topic == Topic.reply(sent.id))
    assert reply["error"]["code"] == "not_allowed"
    outside.home.bus.publish(Topic.device("lamp", "about"), b"", retain=True)  # it has gone
    async with asyncio.timeout(60):
        while "lamp" in gate._abouts:
            await asyncio.sleep(0.01)
    gone = Intent(intent="HassTurnOn", targets=["lamp"])
    outside.send(Topic.intent("lamps"), gone.to_payload().decode())
    reply = await outside.answered(lambda topic, _: topic == Topic.reply(gone.id))
    assert reply["error"]["code"] == "unknown_device"


async def test_what_the_broker_has_kept_is_no_command(outside: Outside) -> None:
    envelope = outside.seal(Topic.UTTERANCE, "문 열어줘")
    async with aiomqtt.Client(outside.broker.address.host, outside.broker.address.port) as client:
        await client.publish(COMMAND, envelope.to_payload(), qos=1, retain=True)
    async with outside.open():
        assert await outside.works() == []


async def test_a_key_that_was_revoked_opens_nothing_and_hears_nothing(outside: Outside, gate: Gate) -> None:
    utterance = outside.say("불 켜줘")
    said = await outside.said("불 켜줘")
    gate.change(RemoteSettings(enabled=True, keys={"father": PUBLIC["father"]}))
    outside.send(Topic.UTTERANCE, "문 열어줘")
    outside.home.bus.publish(Topic.UNDERSTOOD, Understood(utterance_id=said["id"], text="불 켜줘"))
    outside.home.bus.publish(Topic.say("remote-mother"), Say(text="켰어요", utterance_id=said["id"]))
    outside.say("안녕", key="father")
    await outside.said("안녕")
    assert outside.answers() == []
    gate.change(RemoteSettings(enabled=True, keys=KNOWN))
    outside.home.bus.publish(Topic.say("remote-mother"), Say(text="켰어요", utterance_id=said["id"]))
    assert (await outside.answered(lambda *_: True))["utterance_id"] == utterance.id
    assert "문 열어줘" not in await outside.works()


async def test_what_cannot_be_noted_is_not_done(outside: Outside, gate: Gate, caplog: pytest.LogCaptureFixture) -> None:
    store = outside.folder / FILE
    store.unlink()
    store.mkdir()
    utterance = outside.say("문 열어줘")
    told = await outside.answered(lambda topic, _: topic == Topic.say("web-1"))
    assert told["utterance_id"] == utterance.id
    assert told["text"].startswith("Nothing from outside can be done now")
    assert "cannot be noted" in caplog.text
    store.rmdir()
    assert await outside.works() == []


# Floods.


def kept(gate: Gate) -> int:
    """Entries of all tables of the gate."""
    senders, nonces = gate._senders, gate._nonces
    throttles = [gate._throttle, gate._refusals, *gate.bus._gate._throttles.values()]
    tables = [senders._utterances._items, senders._intents._items, nonces._taken, gate._abouts, *throttles]
    counted = [*tables, gate._faults._untold, gate._floods._untold, gate.bus._outbox]
    return sum(map(len, counted)) + gate._waiting.qsize()  # type: ignore[arg-type]


async def test_a_flood_fills_neither_memory_nor_log(
    outside: Outside, gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    assert await outside.works() == []
    before, records = kept(gate), len(caplog.records)
    async with aiomqtt.Client(outside.broker.address.host, outside.broker.address.port) as client, asyncio.timeout(90):
        for number in range(3_000):
            match number % 4:
                case 0:
                    payload = b"rubbish %d" % number
                case 1:
                    payload = outside.seal(Topic.UTTERANCE, "문", key=f"k{number}", signed="stranger").to_payload()
                case 2:
                    payload = outside.seal(Topic.UTTERANCE, "문", signed="stranger").to_payload()
                case _:
                    payload = outside.seal(Topic.UTTERANCE, "문", late=3_600 + number).to_payload()
            await client.publish(COMMAND, payload, qos=1 if number % 100 == 0 else 0)
    assert await outside.works() == []
    assert kept(gate) - before < 50
    assert len(caplog.records) - records < 100
    assert len(outside.answers()) <= REFUSALS[1] + 10


async def test_one_key_cannot_say_more_than_anybody(outside: Outside, gate: Gate) -> None:
    """But what is seen passing and sent again does not count: nobody can silence a key that they do not have."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    first = outside.send(Topic.UTTERANCE, "하나")
    for _ in range(60):
        outside.home.bus.publish(COMMAND, first)
        outside.send(Topic.UTTERANCE, "늦음", late=100)
    for number in range(20):
        outside.send(Topic.UTTERANCE, f"말 {number}")
    await outside.said("말 19")
    for number in range(100):
        outside.send(Topic.UTTERANCE, f"또 {number}")
    outside.send(Topic.UTTERANCE, "아버지", key="father")
    await outside.said("아버지")
    admitted = len(outside.home.all(Topic.UTTERANCE)) - 1
    rate, burst = MANNERS
    assert burst <= admitted <= burst + rate * (loop.time() - started) + 1
