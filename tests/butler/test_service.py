"""The butler over real brokers, with a small bridge: from an utterance to the sentence that the satellite speaks."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from brokers import TestBroker
from conftest import Listener

import hub.butler.dialogue
import hub.butler.known
import hub.butler.service
import hub.messages
from devices.bridge import Bridge
from devices.commands import Changes
from hub.address import BrokerAddress
from hub.bus import Bus
from hub.butler.service import Butler
from hub.butler.understanding import Understander
from hub.home import Device, Home, Room
from hub.messages import About, ErrorCode, Intent, Property, Reply, Topic, Utterance

ROOMS = Home((Room(id="living", name="거실"), Room(id="bedroom", name="안방")))

POWER = {"power": Property(type="boolean", writable=True)}

TALK = "버스가 늦었어"
"""What is said to somebody else, and answered without any bridge."""


class LampBridge(Bridge):
    """Lamps that remember what was done with them; a lamp whose id is `broken` cannot be reached."""

    name = "lamps"

    def __init__(self, broker: BrokerAddress, *lamps: tuple[str, str, str | None], name: str = "lamps") -> None:
        self.name = name  # type: ignore[misc]
        super().__init__(broker)
        self.lamps = lamps or (("lamp", "스탠드", "거실"),)
        self.carried_out: list[tuple[str, Changes]] = []
        self.free = asyncio.Event()
        self.free.set()

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        for lamp, name, room in self.lamps:
            self.announce(About(id=lamp, bridge=self.name, type="light", name=name, room=room, properties=POWER))
            self.report(lamp, {"power": False})
        yield

    async def set(self, device: str, changes: Changes) -> None:
        if device == "broken":
            raise self.error(ErrorCode.DEVICE_OFFLINE, "bridge.offline", device=self.abouts[device].name)
        self.carried_out.append((device, changes))
        await self.free.wait()
        self.report(device, changes)


class Watched(Butler):
    """A butler that lets a test wait until it knows, or has forgotten, a device."""

    def __init__(self, broker: BrokerAddress, home: Home = ROOMS) -> None:
        super().__init__(broker, home)
        self._news = asyncio.Event()
        for topic in (Topic.device("+", "about"), Topic.bridge("+", "info")):
            self.bus.subscribe(topic, lambda topic, payload: self._news.set())

    async def knows(self, *names: str) -> None:
        await self._until(lambda refused: not any(map(refused, names)))

    async def has_forgotten(self, name: str) -> None:
        await self._until(lambda refused: refused(name))

    async def _until(self, wanted: Callable[[Callable[[str], bool]], bool]) -> None:
        async with asyncio.timeout(20):
            while True:
                self._news.clear()
                await self.house.caught_up()
                if wanted(lambda name: self.house.understand(f"{name} 켜").refused is not None):
                    return
                await self._news.wait()


@asynccontextmanager
async def running(*services: Bridge | Butler) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(service.run()) for service in services]
    try:
        async with asyncio.timeout(20):
            for service in services:
                await service.bus.connected.wait()
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


@asynccontextmanager
async def listening(address: BrokerAddress) -> AsyncIterator[Listener]:
    listener = Listener(Bus(address, "ears"))
    async with listener.bus.running():
        await listener.bus.connected.wait()
        yield listener


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Intents that are sent again soon and expire soon."""
    monkeypatch.setattr(hub.messages, "INTENT_LIFETIME", timedelta(seconds=0.6))
    monkeypatch.setattr("hub.asking.RESEND", 0.15)


@pytest.fixture
def resent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Intents that are sent again soon and live as long as ever."""
    monkeypatch.setattr("hub.asking.RESEND", 0.15)


def say(listener: Listener, text: str, **more: Any) -> Utterance:
    """Publish an utterance of the satellite `living`."""
    utterance = Utterance.model_validate({"text": text, "satellite": "living", **more})
    listener.bus.publish(Topic.UTTERANCE, utterance)
    return utterance


async def answered(listener: Listener, utterance: Utterance) -> str:
    """The sentence that the satellite is given for the utterance."""
    said = await listener.object(Topic.say("living"), utterance_id=utterance.id)
    assert said["priority"] == "answer"
    return str(said["text"])


async def understood(listener: Listener, utterance: Utterance) -> dict[str, Any]:
    return await listener.object(Topic.UNDERSTOOD, utterance_id=utterance.id)


def intents(listener: Listener, bridge: str = "lamps") -> list[dict[str, Any]]:
    return [json.loads(payload) for payload in listener.all(Topic.intent(bridge))]


async def test_an_utterance_becomes_an_intent_a_reply_and_an_answer(any_broker: TestBroker) -> None:
    lamps, butler = LampBridge(any_broker.address), Watched(any_broker.address)
    async with listening(any_broker.address) as listener, running(butler, lamps):
        await butler.knows("스탠드")
        utterance = say(listener, "스탠드 켜 줘", room="안방", source="voice", confidence=0.9)
        assert await answered(listener, utterance) == "스탠드를 켰어요."
        [intent] = intents(listener)
        assert (intent["intent"], intent["slots"], intent["targets"]) == ("HassTurnOn", {"name": "스탠드"}, ["lamp"])
        assert (intent["utterance_id"], intent["satellite"], intent["room"]) == (utterance.id, "living", "안방")
        assert (await listener.object(Topic.reply(intent["id"])))["ok"]
        told = await understood(listener, utterance)
        assert told["text"] == "스탠드 켜 줘"
        assert [(sent["id"], sent["bridge"]) for sent in told["intents"]] == [(intent["id"], "lamps")]
        assert lamps.carried_out == [("lamp", {"power": True})]
        assert await answered(listener, say(listener, "스탠드 켜 줘")) == "스탠드는 이미 켜져 있어요."
        assert await answered(listener, say(listener, "스탠드 켜져 있어?")) == "스탠드는 켜져 있어요."


async def test_bare_text_acts_and_is_not_spoken(any_broker: TestBroker) -> None:
    lamps, butler = LampBridge(any_broker.address), Watched(any_broker.address)
    async with listening(any_broker.address) as listener, running(butler, lamps):
        await butler.knows("스탠드")
        listener.bus.publish(Topic.UTTERANCE, " 스탠드 켜 줘\n")
        told = await listener.object(Topic.UNDERSTOOD, text="스탠드 켜 줘")
        await listener.object(Topic.reply(told["intents"][0]["id"]), ok=True)
        await answered(listener, say(listener, "스탠드 꺼 줘"))
        assert [changes["power"] for _, changes in lamps.carried_out] == [True, False]
        assert len([topic for topic, _ in listener.heard if topic.startswith("jipsa/say/")]) == 1


async def test_what_is_refused_is_answered_and_nothing_is_sent(broker: BrokerAddress, listener: Listener) -> None:
    lamps, butler = LampBridge(broker, ("one", "스탠드", "거실"), ("two", "스탠드", "안방")), Watched(broker)
    async with running(butler, lamps):
        await listener.object(Topic.device("two", "about"))
        await butler.knows("안방 스탠드")
        for sentence, room, reason, spoken in [
            ("스탠드 켜지 마", None, "negated", "하지 않을게요"),
            ("버스가 늦었어", None, "not_a_command", "무슨 말씀인지"),
            ("거실 스탠드 구워 줘", None, "not_a_command", "'구워 줘'가 무슨 말씀인지"),
            ("오븐 켜", None, "unknown_device", "'오븐'이라는 기기나 방을"),
            ("스탠드 켜", None, "which_device", "어느 방 스탠드를 말씀하세요? 거실과 안방에"),
            ("여기 불 켜", None, "which_room", "어느 방"),
            ("여기 불 켜", "다락", "which_room", "어느 방"),
        ]:
            utterance = say(listener, sentence, room=room)
            assert spoken in await answered(listener, utterance)
            assert (await understood(listener, utterance))["refused"] == reason
        assert not intents(listener)
        assert await answered(listener, say(listener, "스탠드 켜", room="안방")) == "스탠드를 켰어요."
        assert lamps.carried_out == [("two", {"power": True})]


async def test_the_same_utterance_acts_once(broker: BrokerAddress, listener: Listener) -> None:
    lamps, butler = LampBridge(broker), Watched(broker)
    async with running(butler, lamps):
        await butler.knows("스탠드")
        utterance = say(listener, "스탠드 켜 줘")
        listener.bus.publish(Topic.UTTERANCE, utterance)
        await answered(listener, utterance)
        await answered(listener, say(listener, "스탠드 꺼 줘"))
        assert [intent["intent"] for intent in intents(listener)] == ["HassTurnOn", "HassTurnOff"]
        assert len(listener.all(Topic.say("living"))) == 2


@pytest.mark.usefixtures("hurried")
async def test_what_is_only_to_be_explained_is_not_carried_out(broker: BrokerAddress, listener: Listener) -> None:
    butler = Watched(broker)
    async with running(butler, LampBridge(broker)):
        await butler.knows("스탠드")
        asked = say(listener, "스탠드 켜줘", carry_out=False)
        meant = await understood(listener, asked)
        assert [(sent["intent"], sent["targets"]) for sent in meant["intents"]] == [("HassTurnOn", ["lamp"])]
        again = say(listener, "다시 말해줘")  # nothing was said before
        assert await answered(listener, again) != ""
        assert intents(listener) == []
        assert {json.loads(payload)["utterance_id"] for payload in listener.all(Topic.say("living"))} == {again.id}


async def test_a_bridge_that_is_gone_is_told_within_the_lifetime_of_an_intent(
    broker: BrokerAddress, listener: Listener
) -> None:
    butler = Watched(broker)
    async with running(butler):
        async with running(LampBridge(broker)):
            await butler.knows("스탠드")
        said = await answered(listener, say(listener, "스탠드 켜 줘"))
        assert said == "스탠드가 대답하지 않아요. lamps 브리지가 켜져 있는지 확인해 주세요."
        sent = intents(listener)
        assert len(sent) > 1
        assert len({intent["id"] for intent in sent}) == 1


@pytest.mark.usefixtures("hurried")
async def test_an_assistant_that_is_not_there_is_told(broker: BrokerAddress, listener: Listener) -> None:
    async with running(Watched(broker)):
        said = await answered(listener, say(listener, "지금 몇 시야"))
        assert "genie 브리지가 켜져 있는지" in said
        assert {intent["intent"] for intent in intents(listener, "genie")} == {"HassGetCurrentTime"}


async def test_a_device_that_no_bridge_has_announced_is_told_at_once(broker: BrokerAddress, listener: Listener) -> None:
    home = Home(ROOMS.rooms, (Device(id="lamp", name="스탠드", type="light", room="living"),))
    async with running(Watched(broker, home)):
        said = await answered(listener, say(listener, "스탠드 켜 줘"))
        assert said == "스탠드는 지금 연결되어 있지 않아요. 브리지가 켜져 있는지 확인해 주세요."
        assert not [topic for topic, _ in listener.heard if topic.startswith("jipsa/intent/")]


@pytest.mark.usefixtures("resent")
async def test_an_intent_that_was_lost_is_sent_again_and_carried_out_once(
    broker: BrokerAddress, listener: Listener
) -> None:
    butler, again = Watched(broker), LampBridge(broker)
    async with running(butler):
        async with running(LampBridge(broker)):
            await butler.knows("스탠드")
        utterance = say(listener, "스탠드 켜 줘")
        await listener.until(lambda topic, payload: topic == Topic.intent("lamps"))
        async with running(again):
            assert await answered(listener, utterance) == "스탠드를 켰어요."
        assert again.carried_out == [("lamp", {"power": True})]
        assert len({intent["id"] for intent in intents(listener)}) == 1


@pytest.mark.usefixtures("resent")
async def test_a_slow_bridge_is_asked_again_and_acts_once(broker: BrokerAddress, listener: Listener) -> None:
    lamps, butler = LampBridge(broker), Watched(broker)
    lamps.free.clear()
    async with running(butler, lamps):
        await butler.knows("스탠드")
        utterance = say(listener, "스탠드 켜 줘")
        await listener.until(lambda topic, payload: len(intents(listener)) >= 3)
        lamps.free.set()
        assert await answered(listener, utterance) == "스탠드를 켰어요."
        assert lamps.carried_out == [("lamp", {"power": True})]
        assert len({intent["id"] for intent in intents(listener)}) == 1


async def test_a_device_is_understood_as_soon_as_it_is_announced(broker: BrokerAddress, listener: Listener) -> None:
    lamps, butler = LampBridge(broker), Watched(broker)
    async with running(butler):
        assert "'스탠드'라는 기기나 방을" in await answered(listener, say(listener, "스탠드 켜 줘"))
        async with running(lamps):
            await butler.knows("스탠드")
            assert await answered(listener, say(listener, "스탠드 켜 줘")) == "스탠드를 켰어요."
            lamps.retire("lamp")
            await butler.has_forgotten("스탠드")
            assert "'스탠드'라는 기기나 방을" in await answered(listener, say(listener, "스탠드 켜 줘"))


async def test_one_sentence_for_two_bridges_is_answered_in_one_sentence(
    broker: BrokerAddress, listener: Listener
) -> None:
    one, two = LampBridge(broker), LampBridge(broker, ("broken", "무드등", "안방"), name="moods")
    butler = Watched(broker)
    async with running(butler, one, two):
        await butler.knows("스탠드", "무드등")
        utterance = say(listener, "불 다 켜 줘")
        said = await answered(listener, utterance)
        assert said == "스탠드를 켰어요. 무드등이 연결되어 있지 않아요. 전원과 와이파이를 확인해 주세요."
        sent = (await understood(listener, utterance))["intents"]
        assert {(intent["bridge"], *intent["targets"]) for intent in sent} == {("lamps", "lamp"), ("moods", "broken")}


async def test_several_acts_are_carried_out_in_their_order_and_answered_at_once(
    broker: BrokerAddress, listener: Listener
) -> None:
    lamps = LampBridge(broker, ("lamp", "스탠드", "거실"), ("mood", "무드등", "안방"))
    butler = Watched(broker)
    async with running(butler, lamps):
        await butler.knows("스탠드", "무드등")
        await answered(listener, say(listener, "무드등 켜 줘"))
        utterance = say(listener, "스탠드 켜고 무드등 꺼 줘")
        said = await answered(listener, utterance)
        assert said == "스탠드를 켰어요. 무드등을 껐어요."
        assert lamps.carried_out[1:] == [("lamp", {"power": True}), ("mood", {"power": False})]
        sent = (await understood(listener, utterance))["intents"]
        assert [(intent["intent"], intent["targets"]) for intent in sent] == [
            ("HassTurnOn", ["lamp"]),
            ("HassTurnOff", ["mood"]),
        ]
        assert len(listener.all(Topic.say("living"))) == 2


async def test_one_act_on_several_targets_is_answered_in_one_sentence(
    broker: BrokerAddress, listener: Listener
) -> None:
    lamps = LampBridge(broker, ("lamp", "스탠드", "거실"), ("mood", "무드등", "안방"))
    butler = Watched(broker)
    async with running(butler, lamps):
        await butler.knows("스탠드", "무드등")
        said = await answered(listener, say(listener, "스탠드랑 무드등 켜 줘"))
        assert said == "스탠드와 무드등을 켰어요."
        assert {device for device, _ in lamps.carried_out} == {"lamp", "mood"}


@pytest.mark.usefixtures("hurried")
async def test_small_talk_is_for_the_assistant(broker: BrokerAddress, listener: Listener) -> None:
    async with running(Watched(broker)):
        await answered(listener, say(listener, "안녕"))
        assert {intent["intent"] for intent in intents(listener, "genie")} == {"HassRespond"}


async def test_a_name_that_was_nearly_said_is_carried_out(broker: BrokerAddress, listener: Listener) -> None:
    lamps, butler = LampBridge(broker), Watched(broker)
    async with running(butler, lamps):
        await butler.knows("스탠드")
        assert await answered(listener, say(listener, "스텐드 켜 줘")) == "스탠드를 켰어요."
        assert lamps.carried_out == [("lamp", {"power": True})]


async def test_the_next_utterance_works_after_the_broker_was_away(any_broker: TestBroker) -> None:
    lamps, butler = LampBridge(any_broker.address), Watched(any_broker.address)
    async with running(butler, lamps):
        await butler.knows("스탠드")
        await butler.bus.flush()
        await lamps.bus.flush()
        await any_broker.stop()
        await any_broker.start()
        async with listening(any_broker.address) as listener:
            await listener.object(Topic.bridge("lamps", "state"), state="online")
            utterance = Utterance(text="스탠드 켜 줘", satellite="living")
            async with asyncio.timeout(20):
                while not listener.all(Topic.say("living")):  # the butler may still be on its way back
                    listener.bus.publish(Topic.UTTERANCE, utterance)
                    with suppress(TimeoutError):
                        await listener.until(lambda topic, payload: topic == Topic.say("living"), within=0.3)
            assert await answered(listener, utterance) == "스탠드를 켰어요."
            assert lamps.carried_out == [("lamp", {"power": True})]


MALFORMED = [
    b"", b"  ", b"\xff\xfe", b"{", b"{}", b'{"text": 5}', b'{"text": ""}', b'{"text": "x", "satellite": "a/b"}',
    b'{"text": "x", "confidence": 7}', b"x" * 20_000, b"{" * 5_000,
]  # fmt: skip


async def test_malformed_utterances_are_passed_over(broker: BrokerAddress, listener: Listener) -> None:
    async with running(Watched(broker)):
        for payload in MALFORMED:
            listener.bus.publish(Topic.UTTERANCE, payload)
            await answered(listener, say(listener, TALK))
        assert len(listener.all(Topic.UNDERSTOOD)) == len(MALFORMED)


async def test_what_others_say_wrongly_does_not_stop_it(broker: BrokerAddress, listener: Listener) -> None:
    lamps, butler = LampBridge(broker), Watched(broker)
    async with running(butler, lamps):
        await butler.knows("스탠드")
        for topic, payload in [
            (Topic.device("x", "about"), b"{"),
            (Topic.device("x", "about"), b'{"id": "x"}'),
            (Topic.device("x", "about"), '{"id": "x", "bridge": "b", "type": "rocket", "name": " ", "aliases": [""]}'),
            (Topic.device("y", "about"), '{"id": "y", "bridge": "b", "type": "light", "name": "!", "room": " "}'),
            (Topic.reply("nobody-asked"), b'{"id": "nobody-asked", "bridge": "b", "ok": true}'),
            (Topic.reply("x"), b"nonsense"),
        ]:
            listener.bus.publish(topic, payload)
        assert await answered(listener, say(listener, "스탠드 켜 줘")) == "스탠드를 켰어요."


async def test_a_retained_utterance_is_dropped(broker: BrokerAddress, listener: Listener) -> None:
    late = Utterance(text=TALK, satellite="living")
    listener.bus.publish(Topic.UTTERANCE, late, retain=True)
    await listener.bus.flush()
    async with running(Watched(broker)):
        await answered(listener, say(listener, TALK))
        assert late.id not in {json.loads(payload)["utterance_id"] for payload in listener.all(Topic.UNDERSTOOD)}


async def test_a_fault_of_its_own_is_told_and_survived(
    broker: BrokerAddress, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    butler = Watched(broker)
    async with running(butler):
        with monkeypatch.context() as broken:
            broken.setattr(hub.butler.dialogue.Dialogue, "turn", lambda *_: 1 / 0)
            said = await answered(listener, say(listener, TALK))
            assert said == "처리하는 중에 문제가 생겼어요. jipsa 로그를 봐 주세요."
        assert "무슨 말씀인지" in await answered(listener, say(listener, TALK))


async def test_an_english_home_is_answered_in_english(broker: BrokerAddress, listener: Listener) -> None:
    butler = Watched(broker)
    butler.language = "en"
    async with running(butler):
        assert await answered(listener, say(listener, TALK)) == "I did not understand that."


async def test_nobody_waits_long_for_a_bridge_that_is_known_to_be_gone(
    broker: BrokerAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub.messages, "INTENT_LIFETIME", timedelta(hours=1))
    monkeypatch.setattr(hub.butler.service, "OFFLINE_PATIENCE", timedelta(seconds=0.2))
    monkeypatch.setattr("hub.asking.RESEND", 0.05)
    butler, bridge = Watched(broker), LampBridge(broker)
    async with listening(broker) as listener, running(butler):
        async with running(bridge):
            await butler.knows("스탠드")
        await listener.object(Topic.bridge("lamps", "state"), state="offline")
        utterance = say(listener, "스탠드 켜줘")
        assert "lamps 브리지가 켜져 있는지" in await answered(listener, utterance)
    assert not bridge.carried_out


async def test_what_may_be_the_opposite_is_asked_about_and_done_when_it_is_said_again(
    broker: BrokerAddress, listener: Listener
) -> None:
    butler, bridge = Watched(broker), LampBridge(broker)
    async with running(butler, bridge):
        await butler.knows("스탠드")
        doubtful = say(listener, "스탠드 켜줘", unsure=True)
        assert await answered(listener, doubtful) == "'스탠드 켜줘'라고 하셨나요?"
        asked = await listener.object(Topic.say("living"), utterance_id=doubtful.id)
        assert asked["asks"]
        other = say(listener, "스탠드 꺼줘", unsure=True)
        assert "하셨나요" in await answered(listener, other)
        assert not bridge.carried_out
        again = say(listener, "스탠드 꺼줘", unsure=True)
        assert "스탠드" in await answered(listener, again)
        assert bridge.carried_out == [("lamp", {"power": False})]
        # What was asked once is over: a doubt is a doubt again.
        assert "하셨나요" in await answered(listener, say(listener, "스탠드 꺼줘", unsure=True))


@pytest.mark.parametrize(("word", "done"), [("응", True), ("네, 맞아요", True), ("아니", False), ("됐어", False)])
async def test_a_question_is_answered(broker: BrokerAddress, listener: Listener, word: str, done: bool) -> None:
    butler, bridge = Watched(broker), LampBridge(broker)
    async with running(butler, bridge):
        await butler.knows("스탠드")
        await answered(listener, say(listener, "스탠드 켜줘", unsure=True))
        told = await answered(listener, say(listener, word))
        assert told == ("스탠드를 켰어요." if done else "알겠어요. 하지 않을게요.")
        assert bridge.carried_out == ([("lamp", {"power": True})] if done else [])
        # The question is answered: another yes is about nothing.
        assert await answered(listener, say(listener, "응")) == "네, 말씀하세요."


@pytest.mark.parametrize(("later", "satellite"), [(31, "living"), (1, "kitchen")])
async def test_a_late_answer_or_one_from_elsewhere_does_nothing(
    broker: BrokerAddress, listener: Listener, later: int, satellite: str
) -> None:
    butler, bridge = Watched(broker), LampBridge(broker)
    async with running(butler, bridge):
        await butler.knows("스탠드")
        first = say(listener, "스탠드 켜줘", unsure=True)
        await answered(listener, first)
        heard_at = (first.heard_at + timedelta(seconds=later)).isoformat()
        yes = say(listener, "응", satellite=satellite, heard_at=heard_at)
        told = await listener.object(Topic.say(satellite), utterance_id=yes.id)
        assert told["text"] == "네, 말씀하세요."
        assert not bridge.carried_out


@pytest.mark.parametrize(("later", "satellite"), [(31, "living"), (1, "kitchen")])
async def test_only_the_same_voice_soon_after_has_said_it_again(
    broker: BrokerAddress, listener: Listener, later: int, satellite: str
) -> None:
    butler, bridge = Watched(broker), LampBridge(broker)
    async with running(butler, bridge):
        await butler.knows("스탠드")
        first = say(listener, "스탠드 켜줘", unsure=True)
        await answered(listener, first)
        again = say(
            listener,
            "스탠드 켜줘",
            unsure=True,
            satellite=satellite,
            heard_at=(first.heard_at + timedelta(seconds=later)).isoformat(),
        )
        told = await listener.object(Topic.say(satellite), utterance_id=again.id)
        assert "하셨나요" in told["text"]
        assert not bridge.carried_out


async def test_a_question_leaves_the_ears_open_and_an_answer_does_not(
    broker: BrokerAddress, listener: Listener
) -> None:
    butler = Watched(broker)
    async with running(butler, LampBridge(broker, ("a", "스탠드", "거실"), ("b", "스탠드", "안방"))):
        await butler.knows("거실 스탠드", "안방 스탠드")
        asked = say(listener, "주방 스탠드 켜줘", satellite="living")
        await answered(listener, asked)
        done = say(listener, "거실 스탠드 켜줘")
        await answered(listener, done)
        told = {json.loads(it)["utterance_id"]: json.loads(it) for it in listener.all(Topic.say("living"))}
        assert not told[done.id].get("asks")


async def test_the_home_is_published_with_what_bridges_announce(broker: BrokerAddress, listener: Listener) -> None:
    butler, bridge = Watched(broker), LampBridge(broker)

    async def published(*names: str) -> Home:
        def wanted(topic: str, payload: bytes) -> bool:
            return topic == Topic.HOME and {device.name for device in Home.from_json(payload).devices} == set(names)

        return Home.from_json((await listener.until(wanted))[1])

    async with running(butler):
        await published()
        async with running(bridge):
            assert (await published("스탠드")).rooms == ROOMS.rooms
            more = Home(ROOMS.rooms, (Device(id="plug", name="콘센트", type="switch", room="living"),))
            butler.change_home(more)
            await published("스탠드", "콘센트")
            assert butler.house.understand("콘센트 켜줘").refused is None
    async with listening(broker) as late:  # whoever comes later finds it
        await late.until(lambda topic, payload: topic == Topic.HOME and "콘센트" in payload.decode())


async def test_answers_go_out_while_a_new_name_is_made_ready_and_who_says_it_waits(
    broker: BrokerAddress, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    free, began = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def slowly(*of: Any) -> Understander:
        loop.call_soon_threadsafe(began.set)
        assert free.wait(20)
        return Understander(*of)

    butler, lamps = Watched(broker), LampBridge(broker, ("lamp", "스탠드", "거실"), ("mood", "무드등", "안방"))
    lamps.free.clear()
    async with running(butler, lamps):
        await butler.knows("스탠드", "무드등")
        first = say(listener, "스탠드 켜 줘")
        await listener.object(Topic.intent("lamps"), utterance_id=first.id)
        monkeypatch.setattr(hub.butler.known, "Understander", slowly)
        lamps.announce(About(id="mood", bridge="lamps", type="light", name="독서등", room="안방", properties=POWER))
        await listener.object(Topic.device("mood", "about"), name="독서등")
        second = say(listener, "독서등 켜 줘")
        await began.wait()
        lamps.free.set()
        assert await answered(listener, first) == "스탠드를 켰어요."
        assert not [payload for payload in listener.all(Topic.UNDERSTOOD) if second.id in payload.decode()]
        free.set()
        assert await answered(listener, second) == "독서등을 켰어요."


class KnowsAll(Bridge):
    """Somebody who is asked what nobody else understands."""

    name = "sage"

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        self.announce(About(id="sage", bridge=self.name, type="conversation", name="현자"))
        yield

    async def carry_out(self, intent: Intent) -> Reply:
        return Reply(id=intent.id, bridge=self.name, ok=True, say=f"{intent.intent}: {intent.slots['query']}")

    async def set(self, device: str, changes: Changes) -> None:
        raise NotImplementedError


async def test_what_nobody_understands_is_asked_of_who_converses(broker: BrokerAddress, listener: Listener) -> None:
    butler, lamps, sage = Watched(broker), LampBridge(broker), KnowsAll(broker)
    async with running(butler, lamps, sage):
        await butler.knows("스탠드")
        await butler.ready({"sage"})
        assert await answered(listener, say(listener, TALK)) == f"JipsaAsk: {TALK}"
        assert "하지 않을게요" in await answered(listener, say(listener, "스탠드 켜지 마"))
        assert "오븐" in await answered(listener, say(listener, "오븐 켜"))
        assert "스탠드를 켰어요" in await answered(listener, say(listener, "스탠드 켜"))
    assert lamps.carried_out == [("lamp", {"power": True})]


async def test_a_time_without_a_zone_or_far_ahead_stops_no_conversation(
    broker: BrokerAddress, listener: Listener
) -> None:
    butler, lamps = Watched(broker), LampBridge(broker)
    async with running(butler, lamps):
        await butler.knows("스탠드")
        for heard_at in ("2026-01-01T12:00:00", "2199-01-01T12:00:00+00:00"):
            await understood(listener, say(listener, TALK, heard_at=heard_at))
        assert "스탠드를 켰어요" in await answered(listener, say(listener, "스탠드 켜"))
        assert "스탠드를 껐어요" in await answered(listener, say(listener, "꺼"))
