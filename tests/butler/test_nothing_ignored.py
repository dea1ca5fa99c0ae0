"""Nothing that is named is passed over: a device or a room in a sentence is in its meaning, or nothing is done."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
from homes import FLAT
from korean.variants import everything
from korean.variants import home as corpus_home

from hub.butler.resolve import Refusal
from hub.butler.understanding import Understander, Understanding
from hub.grammar.lexicon import lexicon
from hub.grammar.spoken import spoken_grammar
from hub.home import Device, Home, Room, load_home
from hub.korean.jamo import squash
from hub.korean.josa import josa

SAMPLE = load_home(Path(__file__).parents[2] / "config/home.yaml")

DOORS = Home(
    (Room(id="living", name="거실"), Room(id="bedroom", name="안방"), Room(id="kitchen", name="주방")),
    (
        Device(id="front", name="현관문", type="lock"),
        Device(id="back", name="뒷문", type="lock"),
        Device(id="garage", name="차고문", type="cover", device_class="garage"),
        Device(id="curtain", name="커튼", type="cover", room="living", device_class="curtain"),
        Device(id="gas", name="가스 밸브", type="valve", room="kitchen"),
        Device(id="oven", name="오븐", type="oven", room="kitchen"),
        Device(id="vent", name="환풍기", type="fan", room="kitchen"),
        Device(id="fan", name="써큘레이터", type="fan", room="living"),
        Device(id="washer", name="세탁기", type="washer"),
        Device(id="robot", name="로봇청소기", type="vacuum", room="living"),
        Device(id="living_light", name="거실등", type="light", room="living"),
        Device(id="bedroom_light", name="안방등", type="light", room="bedroom"),
        Device(id="bedroom_ac", name="안방 에어컨", type="climate", room="bedroom"),
    ),
)
"""Devices that are called what others of their kind may be called."""

HOMES = {"sample": SAMPLE, "flat": FLAT, "doors": DOORS, "corpus": corpus_home()}

WALKED = 40
"""Sentences of each home that others are made of."""

TRIED = 300
"""Rows of names that are tried in each home."""

JOINED: list[Callable[[str], str]] = [
    lambda name: name,
    lambda name: name + josa(name, "이랑/랑"),
    lambda name: name + "하고",
    lambda name: name + josa(name, "과/와"),
    lambda name: name + " 및",
    lambda name: name + ",",
    lambda name: name + " 그리고",
    lambda name: name + josa(name, "이랑/랑") + " 또",
    lambda name: name + josa(name, "을/를"),
    lambda name: name + "도",
]
"""What a name is followed by where another one follows."""

VERBS = [
    "켜줘", "꺼줘", "열어줘", "닫아줘", "잠가줘", "돌려줘", "멈춰줘", "올려줘", "26도로 맞춰줘", "50퍼센트로 해줘",
    "다 꺼줘", "다 잠가줘", "10분 뒤에 꺼줘", "두 시간만 켜줘", "켜져 있어?", "잠겨 있어?", "언제 끝나?", "상태 알려줘",
    "틀고 거실등 꺼줘", "빼고 다 꺼줘", "청소해줘", "소리 줄여줘", "파란색으로 해줘",
]  # fmt: skip

FREE = frozenset({"item", "search_query", "message", "expression", "station", "name"})
"""Slots that may hold what somebody said, whatever it was."""


@cache
def _understander(home: str) -> Understander:
    return Understander(HOMES[home])


@cache
def _sentences(home: str) -> list[str]:
    """What is listened for in a home, at random, and of the corpus what is only typed."""
    chooser, leaving = random.Random(home), defaultdict(list)
    acceptor = spoken_grammar(HOMES[home])
    for source, target, label in acceptor.arcs:
        leaving[source].append((target, label))
    found = [said.text for said in chooser.sample(everything(), WALKED)] if home == "corpus" else []
    for _ in range(WALKED):
        state, said = 0, []
        while state not in acceptor.finals:
            state, label = chooser.choice(leaving[state])
            said.append(label)
        found.append(" ".join(filter(None, said)))
    return [text for text in dict.fromkeys(found) if _understander(home).understand(text).refused is None]


def _with(text: str, name: str, chooser: random.Random) -> Iterator[str]:
    """The sentence with one name more at each place, joined to what stands before or after it."""
    words = text.split()
    for at in range(len(words) + 1):
        for joined in chooser.sample(JOINED, 3):
            yield " ".join((*words[:at], joined(name), *words[at:]))
        if at:
            before = chooser.choice(JOINED[1:])(words[at - 1])
            yield " ".join((*words[: at - 1], before, name, *words[at:]))


def _has(home: str, found: Understanding, name: str, is_meant: Callable[[Device], bool]) -> bool:
    """Whether a name is in the meaning: a device that it means, a text that has it, a value, or what is left out."""
    known, said = HOMES[home], squash(name)
    for act in found.intents:
        if any((device := known.device(target)) and is_meant(device) for target in act.targets):
            return True
        later = str(act.slots.get("conversation_command", ""))
        if said in squash(later):
            return _means(home, later, name, is_meant)
        texts = [value for slot, value in act.slots.items() if slot in FREE and not (slot == "name" and act.targets)]
        places = [value for slot, value in act.slots.items() if slot == "area"]
        if any(said in squash(str(value)) for value in texts) or any(_is_room(known, name, place) for place in places):
            return True
    values = (word for word in found.words if word.role in {"phrase", "except"} and word.slots)
    return any(said in word.text or word.text in said for word in values)


def _is_room(home: Home, name: str, place: object) -> bool:
    return any(place == room.name and squash(name) in map(squash, room.names) for room in home.rooms)


def _means(home: str, text: str, name: str, is_meant: Callable[[Device], bool]) -> bool:
    """Whether a sentence leads to nothing, or has the name in its meaning."""
    found = _understander(home).understand(text)
    return found.refused is not None or _has(home, found, name, is_meant)


def _called(name: str) -> Callable[[Device], bool]:
    """What a name may mean: the devices that bear it, and those of a kind that is called so."""
    said = squash(name)
    kinds = {kind for kind, nouns in lexicon().types.items() if said in map(squash, nouns)}
    return lambda device: device.type in kinds or said in map(squash, device.names)


def _names(home: str) -> list[str]:
    return sorted({name for device in HOMES[home].devices if not device.hidden for name in device.names})


def _apart(names: Iterable[str]) -> bool:
    """Whether none of the names is a part of another."""
    said = [squash(name) for name in names]
    return not any(one in other for place, one in enumerate(said) for other in said[:place] + said[place + 1 :])


@pytest.mark.parametrize("home", HOMES)
def test_a_device_that_is_named_as_well_is_not_ignored(home: str) -> None:
    chooser, names = random.Random(1), _names(home)
    done, ignored = 0, []
    for text in _sentences(home):
        name = chooser.choice(names)
        if squash(name) in squash(text):
            continue
        for longer in _with(text, name, chooser):
            done += _understander(home).understand(longer).refused is None
            if not _means(home, longer, name, _called(name)):
                ignored.append(f"{longer} ({name})")
    assert not ignored, "\n".join(ignored)
    assert done > WALKED


@pytest.mark.parametrize("home", HOMES)
def test_a_room_that_is_named_as_well_is_not_ignored(home: str) -> None:
    chooser = random.Random(2)
    done, ignored = 0, []
    for text in _sentences(home):
        room = chooser.choice(HOMES[home].rooms)
        name = chooser.choice(room.names)
        if any(squash(known) in squash(text) for known in room.names):
            continue
        for longer in _with(text, name, chooser):
            done += _understander(home).understand(longer).refused is None
            if not _means(home, longer, name, lambda device, room=room: device.room == room.id):  # type: ignore[misc]
                ignored.append(f"{longer} ({name})")
    assert not ignored, "\n".join(ignored)
    assert done > WALKED


@pytest.mark.parametrize("home", HOMES)
def test_of_several_devices_none_is_ignored(home: str) -> None:
    chooser, names = random.Random(3), _names(home)
    done, ignored = 0, []
    for _ in range(TRIED):
        several = chooser.sample(names, chooser.choice((2, 2, 3)))
        joined = chooser.choice(JOINED)
        mixed = [chooser.choice((joined, joined, *JOINED))(name) for name in several[:-1]]
        text = " ".join((*mixed, several[-1] + chooser.choice(("", "도", " 좀")), chooser.choice(VERBS)))
        if _apart(several):
            done += _understander(home).understand(text).refused is None
            ignored += [f"{text} ({name})" for name in several if not _means(home, text, name, _called(name))]
    assert not ignored, "\n".join(ignored)
    assert done > TRIED // 20


BOTH = {
    "잠가줘": [("back", "HassTurnOn"), ("front", "HassTurnOn"), ("gas", "HassTurnOff")],
    "열어줘": [("back", "HassTurnOff"), ("garage", "HassTurnOn"), ("curtain", "HassTurnOn")],
    "좀 닫아 주세요": [("front", "HassTurnOn"), ("garage", "HassTurnOff"), ("curtain", "HassTurnOff")],
    "켜줘": [("vent", "HassTurnOn"), ("fan", "HassTurnOn"), ("living_light", "HassTurnOn")],
    "다 꺼줘": [("oven", "HassTurnOff"), ("bedroom_ac", "HassTurnOff"), ("bedroom_light", "HassTurnOff")],
    "돌려줘": [("washer", "JipsaStart"), ("robot", "HassVacuumStart"), ("vent", "HassTurnOn")],
    "열려 있어?": [("garage", "HassGetState"), ("back", "HassGetState"), ("gas", "HassGetState")],
}
"""What each of three devices is asked by one verb."""


@pytest.mark.parametrize("joined", range(1, 7), ids=["이랑", "하고", "과", "및", "쉼표", "그리고"])
@pytest.mark.parametrize("verb", BOTH)
def test_whatever_is_joined_is_done_for_each(verb: str, joined: int) -> None:
    name = {device.id: device.name for device in DOORS.devices}
    for first, second, third in (BOTH[verb], BOTH[verb][::-1]):
        for asked in ([first, second], [first, third], [first, second, third]):
            *others, last = (name[device] for device, _ in asked)
            text = " ".join((*map(JOINED[joined], others), last, verb))
            found = _understander("doors").understand(text)
            meant = sorted((device, act.intent) for act in found.intents for device in act.targets)
            assert (text, meant) == (text, sorted(asked))


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("안방이랑 거실 불 꺼줘", ["bedroom_light", "living_light"]),
        ("안방 에어컨이랑 거실 불, 오븐 꺼줘", ["bedroom_ac", "living_light", "oven"]),
        ("안방하고 거실 불이랑 환풍기 켜줘", ["bedroom_light", "living_light", "vent"]),
        ("뒷문, 현관문하고 가스 밸브까지 잠가줘", ["back", "front", "gas"]),
        ("현관문 뒷문 둘 다 잠가줘", ["back", "front"]),
        ("오븐이랑 거실 등 꺼줘", ["living_light", "oven"]),
    ],
)
def test_rooms_and_particles_may_be_mixed(text: str, targets: list[str]) -> None:
    found = _understander("doors").understand(text)
    assert found.refused is None
    assert sorted({device for act in found.intents for device in act.targets}) == targets


@pytest.mark.parametrize("text", ["거실 커튼이랑 현관문 10분 뒤에 닫아줘", "10분 뒤에 가스 밸브랑 뒷문 잠가줘"])
def test_what_is_joined_is_put_off_together(text: str) -> None:
    (later,) = _understander("doors").understand(text).intents
    done = _understander("doors").understand(str(later.slots["conversation_command"]))
    assert (later.intent, len(done.intents)) == ("HassStartTimer", 2)


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("뒷문이랑 옆문 잠가줘", Refusal.UNKNOWN_DEVICE),
        ("뒷문이랑 안방 커튼 닫아줘", Refusal.UNKNOWN_DEVICE),
        ("뒷문이랑 대문 잠가줘", Refusal.WHICH_DEVICE),
        ("뒷문 대문 잠가줘", Refusal.WHICH_DEVICE),
        ("현관문이랑 거실등 켜줘", Refusal.NOT_A_COMMAND),
        ("가스 밸브랑 오븐 잠가줘", Refusal.NOT_A_COMMAND),
        ("뒷문이랑 우유 잠가줘", Refusal.UNKNOWN_DEVICE),
    ],
)
def test_half_a_command_is_not_done(text: str, refused: Refusal) -> None:
    assert _understander("doors").understand(text).refused is refused


@pytest.mark.parametrize("text", ["거실등 빼고 불 다 꺼줘", "거실등 조명 빼고 불 다 꺼줘", "거실 조명 빼고 불 다 꺼줘"])
def test_what_is_left_out_may_be_called_by_its_name_and_its_kind(text: str) -> None:
    (act,) = _understander("doors").understand(text).intents
    assert act.targets == ("bedroom_light",)


@pytest.mark.parametrize("names", ["뒷문이랑 현관문", "뒷문 현관문", "뒷문, 현관문", "현관문하고 뒷문"])
@pytest.mark.parametrize("rest", ["문 다 잠가줘", "다 잠가줘", "잠금장치 전부 잠가줘", "다 열어줘"])
def test_nothing_that_is_left_out_is_done(names: str, rest: str) -> None:
    found = _understander("doors").understand(f"{names} 빼고 {rest}")
    assert not {"front", "back"} & {device for act in found.intents for device in act.targets}


def test_a_kind_that_can_only_be_the_device_that_was_named_is_asked_about() -> None:
    """With one door, whoever says 뒷문이랑 현관문 knows of another."""
    one = Understander(Home((), (Device(id="back", name="뒷문", type="lock"),)))
    assert one.understand("뒷문 잠가줘").refused is None
    assert one.understand("뒷문 도어락 잠가줘").refused is None
    for text in ("뒷문이랑 현관문 잠가줘", "뒷문 현관문 잠가줘", "뒷문, 도어락 잠가줘"):
        assert one.understand(text).refused is Refusal.AMBIGUOUS, text
