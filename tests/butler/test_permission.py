"""What is asked for from outside: who is asked inside, in which words, and whose answer counts.

Whole conversations: conversations/remote_*.txt.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import Listener
from doors import DOORS, DoorBridge
from genies import ManualClock

import hub.texts
from devices.bridge import Bridge
from devices.commands import Changes
from hub.address import BrokerAddress
from hub.butler.done import asked_for
from hub.butler.resolve import Resolved
from hub.butler.service import Butler
from hub.config import load_settings
from hub.grammar.lexicon import SlotValue
from hub.home import Device, Home, Room
from hub.messages import About, ErrorCode, Intent, Property, Reply, Topic, Utterance
from hub.payloads import Value
from hub.services import watch_rules
from hub.settings.remote import Rule
from hub.texts import Language
from hub.together import together

HOME = Home((Room(id="living", name="거실"), Room(id="bedroom", name="안방")))

Rules = dict[str, Rule]


class Place:
    """A butler and the doors of its home, and who speaks to it."""

    def __init__(self, listener: Listener, doors: DoorBridge, clock: ManualClock) -> None:
        self.listener, self.doors, self.clock = listener, doors, clock

    async def say(self, satellite: str, text: str, **more: Any) -> dict[str, Any]:
        """Say something; what is said to it first."""
        fields = {"text": text, "satellite": satellite, "heard_at": self.clock.now(), **more}
        said = Utterance.model_validate(fields)
        self.listener.bus.publish(Topic.UTTERANCE, said)
        return await self.listener.object(Topic.say(satellite), utterance_id=said.id)

    async def understood(self, answer: dict[str, Any]) -> dict[str, Any]:
        return await self.listener.object(Topic.UNDERSTOOD, utterance_id=answer["utterance_id"])

    def questions(self) -> list[str]:
        """What was asked everywhere."""
        return [say["text"] for say in map(json.loads, self.listener.all(Topic.say("all"))) if say["asks"]]

    async def told(self, satellite: str, answer: dict[str, Any]) -> str:
        """What is said to an utterance after its first answer."""
        topic = Topic.say(satellite)

        def later(heard: str, payload: bytes) -> bool:
            if heard != topic:
                return False
            say = json.loads(payload)
            return say.get("utterance_id") == answer["utterance_id"] and say["id"] != answer["id"]

        _, payload = await self.listener.until(later)
        return str(json.loads(payload)["text"])


Start = Callable[..., Any]


@pytest.fixture
def started(broker: BrokerAddress, listener: Listener) -> Start:
    @asynccontextmanager
    async def start(*more: Bridge, rules: Rules | None = None, language: Language = "ko") -> AsyncIterator[Place]:
        clock = ManualClock()

        async def sleep(seconds: float) -> None:
            await clock.sleep_until(clock.monotonic() + seconds)

        doors = DoorBridge(broker, language)
        butler = Butler(broker, HOME, language, clock=clock.now, rules=rules, sleep=sleep)
        async with together([butler.run(), doors.run(), *(bridge.run() for bridge in more)]):
            await butler.ready({*DOORS, *(device for bridge in more for device in bridge.abouts)})
            yield Place(listener, doors, clock)

    return start


@pytest.fixture
async def place(started: Start) -> AsyncIterator[Place]:
    async with started() as found:
        yield found


async def test_the_question_is_asked_everywhere_and_the_traces_tell_what_happens(place: Place) -> None:
    asked = await place.say("remote-mother", "현관문 열어줘")
    assert not asked["asks"]
    assert place.questions() == ["밖에서 현관문을 열어 달라고 해요. 해도 될까요?"]
    told = await place.understood(asked)
    assert (told["refused"], told["intents"]) == ("asks_inside", [])
    assert place.doors.carried_out == []
    answer = await place.say("living", "네", room="거실")
    (sent,) = (await place.understood(answer))["intents"]
    assert (sent["intent"], sent["targets"]) == ("HassTurnOff", ["front_door"])
    (intent,) = map(json.loads, place.listener.all(Topic.intent("doors")))
    assert (intent["confirmed"], intent["satellite"], intent["utterance_id"]) == (
        True, "living", answer["utterance_id"],
    )  # fmt: skip
    assert place.doors.carried_out == [("front_door", {"locked": False})]
    assert await place.told("remote-mother", asked) == "집 안에서 허락했어요. 현관문을 열었어요."


async def test_in_english(started: Start) -> None:
    async with started(language="en") as place:
        asked = await place.say("remote-mother", "현관문 열어줘")
        assert asked["text"] == "I will, if somebody at home allows it."
        assert place.questions() == ["Somebody outside asks me to unlock 현관문. Shall I?"]
        await place.say("living", "아니")
        assert await place.told("remote-mother", asked) == "It was not allowed at home, so I left it."


async def test_a_yes_that_was_said_before_the_question_counts_for_nothing(place: Place) -> None:
    await place.say("remote-mother", "현관문 열어줘")
    earlier = place.clock.now() - timedelta(seconds=1)
    assert (await place.say("living", "네", heard_at=earlier))["text"] == "네, 말씀하세요."
    assert (await place.say("living", "네", heard_at=earlier + timedelta(seconds=62)))["text"] == "네, 말씀하세요."
    assert place.doors.carried_out == []
    assert (await place.say("living", "네"))["text"] == "현관문을 열었어요."


async def test_two_who_say_yes_at_once_open_once(place: Place) -> None:
    await place.say("remote-mother", "뒷문 열어줘")
    answers = await asyncio.gather(place.say("living", "네"), place.say("bedroom", "네"))
    assert sorted(answer["text"] for answer in answers) == ["네, 말씀하세요.", "뒷문을 열었어요."]
    assert place.doors.carried_out == [("back_door", {"locked": False})]


async def test_bare_text_at_home_may_answer(place: Place) -> None:
    asked = await place.say("remote-mother", "뒷문 열어줘")
    place.listener.bus.publish(Topic.UTTERANCE, json.dumps({"text": "네", "heard_at": place.clock.now().isoformat()}))
    assert await place.told("remote-mother", asked) == "집 안에서 허락했어요. 뒷문을 열었어요."


async def test_other_talk_at_home_is_no_answer(place: Place) -> None:
    await place.say("remote-mother", "뒷문 열어줘")
    assert (await place.say("living", "커튼 열어줘"))["text"] == "커튼을 열었어요."
    assert (await place.say("living", "뒷문 열려 있어?"))["text"] == "뒷문은 잠겨 있어요."
    assert (await place.say("living", "네"))["text"] == "뒷문을 열었어요."


async def test_an_answer_that_got_lost_is_told_again_with_what_became_of_it(place: Place) -> None:
    asked = await place.say("remote-mother", "뒷문 열어줘")
    await place.say("living", "아니")
    later = await place.told("remote-mother", asked)
    again = {"id": asked["utterance_id"], "text": "뒷문 열어줘", "satellite": "remote-mother", "carry_out": False}
    place.listener.heard.clear()
    place.listener.bus.publish(Topic.UTTERANCE, json.dumps(again))
    assert await place.told("remote-mother", asked) == later
    assert place.questions() == []
    assert place.doors.carried_out == []


async def test_the_settings_decide_otherwise(started: Start) -> None:
    rules: Rules = {"현관문": "allow", "커튼": "ask", "차고문": "refuse"}
    async with started(rules=rules) as place:
        # What the household allows by name, whoever asked may confirm as well.
        assert (await place.say("remote-mother", "현관문 열어줘"))["text"] == "현관문을 정말 열까요?"
        assert (await place.say("remote-mother", "네"))["text"] == "현관문을 열었어요."
        assert (await place.say("remote-mother", "커튼 열어줘"))["text"] == "집 안에서 허락하면 할게요."
        await place.say("living", "아니")
        refused = await place.say("remote-mother", "차고문 닫아줘")
        assert refused["text"] == "차고문은 밖에서 다룰 수 없어요."
        assert (await place.understood(refused))["refused"] == "not_outside"
        assert (await place.say("living", "차고문 열어줘"))["text"] == "차고문을 열었어요."
        assert place.doors.carried_out == [("front_door", {"locked": False}), ("garage", {"open": True})]


class Agent(Bridge):
    """Somebody who is asked what nobody here understands, and who may do anything."""

    name = "agents"

    def __init__(self, broker: BrokerAddress) -> None:
        super().__init__(broker)
        self.asked: list[Value] = []
        self.announce(About(id="agent", bridge=self.name, type="conversation", name="비서"))

    async def carry_out(self, intent: Intent) -> Reply:
        self.asked.append(intent.slots["query"])
        return Reply(id=intent.id, bridge=self.name, ok=True, say="제가 할게요.")

    async def set(self, device: str, changes: Changes) -> None:
        raise self.error(ErrorCode.NOT_SUPPORTED, "bridge.not_supported", device=device)


async def test_the_butler_follows_what_the_settings_say(
    broker: BrokerAddress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.watch.LOOK", 0.01)
    file = tmp_path / "jipsa.yaml"
    file.write_text("language: ko\n")
    butler = Butler(broker, HOME)
    async with together([watch_rules(butler, load_settings(file), file)]), asyncio.timeout(20):
        for rule in ("refuse", "allow"):
            while butler._permission.rules != {"현관문": rule}:
                file.write_text(f"remote: {{rules: {{현관문: {rule}}}}}\n")
                await asyncio.sleep(0.05)


async def test_an_agent_hears_nothing_from_outside(started: Start, broker: BrokerAddress) -> None:
    agent = Agent(broker)
    async with started(agent) as place:
        assert (await place.say("remote-mother", "문을 살짝 열어 두렴"))["text"] != "제가 할게요."
        assert agent.asked == []
        assert (await place.say("living", "문을 살짝 열어 두렴"))["text"] == "제가 할게요."
        assert agent.asked == ["문을 살짝 열어 두렴"]


class Gone(Bridge):
    """A bridge that leaves while somebody thinks it over."""

    name = "gone"

    def __init__(self, broker: BrokerAddress) -> None:
        super().__init__(broker)
        locked = {"locked": Property(type="boolean", writable=True)}
        self.announce(About(id="shed", bridge=self.name, type="lock", name="헛간", properties=locked))

    async def set(self, device: str, changes: Changes) -> None:
        raise self.error(ErrorCode.DEVICE_ERROR, "bridge.offline", device=self.abouts[device].name)


async def test_what_fails_is_told_on_both_sides(started: Start, broker: BrokerAddress) -> None:
    async with started(Gone(broker)) as place:
        asked = await place.say("remote-mother", "헛간 열어줘")
        said = (await place.say("living", "네"))["text"]
        assert "헛간" in said
        assert await place.told("remote-mother", asked) == f"집 안에서 허락했어요. {said}"


# The words of the question.

ASKED: list[tuple[str, str, dict[str, SlotValue], str, str, str]] = [
    # key, intent, slots, type, Korean, English
    ("HassTurnOn", "HassTurnOn", {}, "switch", "이것을 켜 달라고", "to turn on 이것"),
    ("HassTurnOn-script", "HassTurnOn", {}, "script", "이것을 시작해 달라고", "to start 이것"),
    ("HassTurnOn-button", "HassTurnOn", {}, "button", "이것을 눌러 달라고", "to press 이것"),
    ("HassTurnOn-cover", "HassTurnOn", {}, "cover", "이것을 열어 달라고", "to open 이것"),
    ("HassTurnOn-valve", "HassTurnOn", {}, "valve", "이것을 열어 달라고", "to open 이것"),
    ("HassTurnOn-lock", "HassTurnOn", {}, "lock", "이것을 잠가 달라고", "to lock 이것"),
    ("HassTurnOff", "HassTurnOff", {}, "siren", "이것을 꺼 달라고", "to turn off 이것"),
    ("HassTurnOff-cover", "HassTurnOff", {}, "cover", "이것을 닫아 달라고", "to close 이것"),
    ("HassTurnOff-valve", "HassTurnOff", {}, "valve", "이것을 잠가 달라고", "to close 이것"),
    ("HassTurnOff-lock", "HassTurnOff", {}, "lock", "이것을 열어 달라고", "to unlock 이것"),
    ("HassSetPosition", "HassSetPosition", {"position": 30}, "cover", "이것을 30% 열어 달라고", "to open 이것 to 30%"),
    (
        "HassClimateSetTemperature",
        "HassClimateSetTemperature",
        {"temperature": 60},
        "water_heater",
        "이것을 60도로 맞춰 달라고",
        "to set 이것 to 60 °C",
    ),
    (
        "HassLawnMowerStartMowing",
        "HassLawnMowerStartMowing",
        {},
        "lawn_mower",
        "이것으로 잔디를 깎아 달라고",
        "to mow with 이것",
    ),
    (
        "JipsaSetTemperature",
        "JipsaSetTemperature",
        {"temperature": 200},
        "oven",
        "이것을 200도로 맞춰 달라고",
        "to set 이것 to 200 °C",
    ),
    ("JipsaPreheat", "JipsaPreheat", {}, "oven", "이것을 예열해 달라고", "to heat up 이것"),
    (
        "JipsaPreheat-temperature",
        "JipsaPreheat",
        {"temperature": 180},
        "oven",
        "이것을 180도로 예열해 달라고",
        "to heat up 이것 to 180 °C",
    ),
    (
        "JipsaSetMode",
        "JipsaSetMode",
        {"mode": "sleep"},
        "climate",
        "이것을 취침 모드로 바꿔 달라고",
        "to set 이것 to sleep mode",
    ),
    (
        "JipsaSetFeature-on",
        "JipsaSetFeature",
        {"feature": "light", "state": "on"},
        "oven",
        "이것 조명을 켜 달라고",
        "to turn on light of 이것",
    ),
    (
        "JipsaSetFeature-off",
        "JipsaSetFeature",
        {"feature": "child_lock", "state": "off"},
        "washer",
        "이것 어린이 잠금을 꺼 달라고",
        "to turn off child lock of 이것",
    ),
    (
        "JipsaAdjust-position-up",
        "JipsaAdjust",
        {"property": "position", "direction": "up"},
        "cover",
        "이것을 더 열어 달라고",
        "to open 이것 further",
    ),
    (
        "JipsaAdjust-position-down",
        "JipsaAdjust",
        {"property": "position", "direction": "down"},
        "cover",
        "이것을 더 닫아 달라고",
        "to close 이것 further",
    ),
    ("JipsaStart", "JipsaStart", {}, "oven", "이것을 시작해 달라고", "to start 이것"),
    (
        "JipsaStart-duration",
        "JipsaStart",
        {"minutes": 3},
        "oven",
        "이것을 3분 돌려 달라고",
        "to run 이것 for 3 minutes",
    ),
    ("JipsaResume", "JipsaResume", {}, "oven", "이것을 다시 시작해 달라고", "to resume 이것"),
    ("other", "JipsaSetBurner", {}, "cooktop", "이것 이야기로 '말'이라고", "about 이것: '말'"),
]


@pytest.mark.parametrize(("key", "intent", "slots", "kind", "korean", "english"), ASKED)
def test_each_act_has_its_words(
    key: str, intent: str, slots: dict[str, SlotValue], kind: str, korean: str, english: str
) -> None:
    device = Device(id="it", name="이것", type=kind)
    home = Home(devices=(device,))
    assert asked_for(Resolved(intent, slots, ("it",)), device, home, "ko", "말") == korean
    assert asked_for(Resolved(intent, slots, ("it",)), device, home, "en", "말") == english


def test_every_one_of_these_words_is_tried_and_every_sentence_there_in_both_languages() -> None:
    table = hub.texts.table()
    assert table["asked"].keys() == {key for key, *_ in ASKED}
    assert all(
        sentence.keys() == {"ko", "en"} for group in ("asked", "permission") for sentence in table[group].values()
    )


def test_two_devices_of_one_name_are_told_apart() -> None:
    devices = tuple(Device(id=room.id, name="창문", type="cover", room=room.id) for room in HOME.rooms)
    home = Home(HOME.rooms, devices)
    assert asked_for(Resolved("HassTurnOn", {}, ("bedroom",)), devices[1], home, "ko", "") == "안방 창문을 열어 달라고"
