"""What goes out through the gate: to each what it asked for, and nothing else that is said at home."""

from __future__ import annotations

import logging

import pytest
from gates import Outside

from hub.messages import Intent, Reply, Say, Topic, Understood, Utterance
from hub.payloads import new_id
from hub.remote.envelope import ANSWER, COMMAND
from hub.remote.gate import Gate


async def test_nothing_that_is_said_at_home_goes_out(outside: Outside, gate: Gate) -> None:
    bus = outside.home.bus
    home = Utterance(text="비밀 이야기", satellite="living")
    outside.say("불 켜줘", id=home.id)  # who knows the id of something at home gains nothing by it
    said = await outside.said("불 켜줘")
    asked = Intent(intent="HassTurnOn", targets=["lamp"], id="known")
    outside.send(Topic.intent("lamps"), asked.to_payload().decode())
    inside = (await outside.home.object(Topic.intent("lamps")))["id"]
    bus.publish(Topic.UTTERANCE, home)
    bus.publish(Topic.UNDERSTOOD, Understood(utterance_id=home.id, text=home.text, satellite="living"))
    for satellite in ("living", "all", "remote", "remote-", "remote-stranger", "remote-routine", "web-1"):
        bus.publish(Topic.say(satellite), Say(text="비밀", utterance_id=home.id))
    for intent in ("known", new_id()):
        bus.publish(Topic.reply(intent), Reply(id=intent, bridge="lamps", ok=True, say="비밀"))
    bus.publish(Topic.reply(inside), Reply(id=inside, bridge="lamps", ok=True))
    reply = await outside.answered(lambda topic, _: topic == Topic.reply("known"))
    assert reply == {"id": "known", "bridge": "lamps", "ok": True, "changed": {}, "state": {}}
    bus.publish(Topic.say("remote-mother"), Say(text="켰어요", utterance_id=said["id"]))
    say = await outside.answered(lambda topic, _: topic == Topic.say("web-1"))
    assert (say["text"], say["utterance_id"]) == ("켰어요", home.id)
    assert len(outside.answers()) == 2
    assert outside.answers("father") == []
    assert "비밀" not in b"".join(outside.home.all(ANSWER)).decode()


async def test_each_key_and_page_gets_what_is_its_own(outside: Outside, gate: Gate) -> None:
    bus = outside.home.bus
    one = outside.say("하나", satellite="web-1")
    two = outside.say("둘", satellite="web-2")
    three = outside.say("셋", key="father", satellite=None)
    inside = {text: (await outside.said(text))["id"] for text in ("하나", "둘", "셋")}
    for text, key in (("하나", "mother"), ("둘", "mother"), ("셋", "father")):
        bus.publish(Topic.say(f"remote-{key}"), Say(text=f"{text} 답", utterance_id=inside[text]))
    bus.publish(Topic.say("remote-father"), Say(text="타이머가 끝났어요", priority="alarm"))
    bus.publish(Topic.say("remote-father"), Say(text="남의 것", utterance_id=inside["하나"]))
    await outside.answered(lambda _, payload: payload["text"] == "남의 것", "father")
    assert [(topic, say["text"], say.get("utterance_id")) for topic, say in outside.answers()] == [
        (Topic.say("web-1"), "하나 답", one.id), (Topic.say("web-2"), "둘 답", two.id),
    ]  # fmt: skip
    assert [(topic, say["text"], say.get("utterance_id")) for topic, say in outside.answers("father")] == [
        (Topic.say("all"), "셋 답", three.id), (Topic.say("all"), "타이머가 끝났어요", None),
        (Topic.say("all"), "남의 것", None),
    ]  # fmt: skip


async def test_what_is_too_large_for_outside_stays_at_home(
    outside: Outside, gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    asked = [Intent(intent="HassTurnOn", targets=["lamp"], room=room) for room in ("하나", "둘")]
    for intent in asked:
        outside.send(Topic.intent("lamps"), intent.to_payload().decode())
    inside = [(await outside.home.object(Topic.intent("lamps"), room=intent.room))["id"] for intent in asked]
    for intent, size in zip(inside, (700, 400), strict=True):
        state = {f"d{number}": {"text": '"' * 400} for number in range(size)}  # a sign of it takes four bytes outside
        outside.home.bus.publish(Topic.reply(intent), Reply(id=intent, bridge="lamps", ok=True, state=state))
    reply = await outside.answered(lambda *_: True)
    assert (reply["id"], len(reply["state"])) == (asked[1].id, 400)
    assert "bytes are too many for an answer to the key mother" in caplog.text


async def test_an_answer_that_is_no_message_goes_nowhere(outside: Outside, gate: Gate) -> None:
    for payload in (b"{", b"[]", b"", b'{"text": 5}', b'{"utterance_id": 5}'):
        for topic in (Topic.UNDERSTOOD, Topic.say("remote-mother"), Topic.reply("x")):
            outside.home.bus.publish(topic, payload)
    assert await outside.works() == []
    assert outside.home.all(ANSWER) == []


async def test_it_goes_on_after_the_broker_was_away(
    outside: Outside, gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    first = outside.send(Topic.UTTERANCE, "하나")
    await outside.said("하나")
    await outside.broker.stop()
    await outside.broker.start()
    outside.home.bus.publish(COMMAND, first)
    assert await outside.works() == ["하나"]
