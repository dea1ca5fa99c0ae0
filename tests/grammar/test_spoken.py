"""What the recognizer listens for: every path is hangul, well formed, and understood by the parser."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest
from homes import FLAT
from hypothesis import given
from hypothesis import strategies as st

from hub.grammar.acceptor import Acceptor
from hub.grammar.lexicon import Frame, Lexicon, lexicon
from hub.grammar.parse import Parse
from hub.grammar.parser import Grammar
from hub.grammar.spoken import LISTENED_WORDS, spoken_grammar, spoken_names
from hub.home import Device, Home, Room
from hub.korean.jamo import is_syllable
from hub.korean.josa import josa

ODD = Home(
    (Room(id="up", name="2층 거실"), Room(id="big", name="방 (큰)", aliases=("B1",))),
    (
        Device(id="lg", name="LG 에어컨", type="climate", room="up"),
        Device(id="two", name="에어컨 2", type="climate", room="big"),
        Device(id="lamp", name="U+ 램프(천장)", type="light", room="up"),
        Device(id="unread", name="Zxqv 램프", type="light", room="up"),
        Device(id="laugh", name="램프ㅋㅋ", type="light", room="up"),
    ),
)
"""Names with digits, Latin letters, brackets and what nobody can read aloud."""

LAMP = Home((Room(id="living", name="거실"),), (Device(id="lamp", name="스탠드", type="light", room="living"),))


class Walk:
    """A home's acceptor, with its arcs by state, and the parser of the same home."""

    def __init__(self, home: Home, known: Lexicon | None = None) -> None:
        self.acceptor = spoken_grammar(home, known)
        self.grammar = Grammar(home)
        self.leaving: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
        for source, target, label in self.acceptor.arcs:
            self.leaving[source].append((target, label))
        self.labels = {label for _, _, label in self.acceptor.arcs if label}

    def sentences(self, seed: int, count: int) -> Iterator[str]:
        """Random paths, as text."""
        chooser = random.Random(seed)
        for _ in range(count):
            state, said = 0, []
            while state not in self.acceptor.finals:
                state, label = chooser.choice(self.leaving[state])
                said.append(label)
            yield " ".join(filter(None, said))


LIFT = Home((), (Device(id="lift", name="엘리베이터", type="button"),))

WALKS = {"flat": Walk(FLAT), "odd": Walk(ODD), "lamp": Walk(LAMP), "lift": Walk(LIFT), "empty": Walk(Home())}


@cache
def _heard_in_the_flat() -> dict[str, list[tuple[Parse, ...]]]:
    """What the parser makes of two thousand paths."""
    walk = WALKS["flat"]
    return {sentence: walk.grammar.parse(sentence) for sentence in walk.sentences(11, 2_000)}


def _intents(sentences: list[tuple[Parse, ...]]) -> set[str]:
    return {parse.intent for sentence in sentences for parse in sentence}


def test_whatever_is_listened_for_is_understood() -> None:
    assert not [sentence for sentence, meanings in _heard_in_the_flat().items() if not meanings]


@pytest.mark.parametrize("home", ["odd", "lamp", "lift", "empty"])
def test_whatever_is_listened_for_is_understood_in_other_homes(home: str) -> None:
    walk = WALKS[home]
    assert not [sentence for sentence in walk.sentences(7, 400) if not walk.grammar.parse(sentence)]


def test_only_a_home_with_a_button_listens_for_what_calls_and_presses() -> None:
    pressed = {"눌러줘", "호출해줘"}  # and 불러줘, which is also said to have something told
    assert {*pressed, "불러줘"} <= WALKS["lift"].labels
    assert not any(pressed & WALKS[home].labels for home in ("flat", "lamp", "empty"))
    heard = [sentence for sentence in WALKS["lift"].sentences(5, 3_000) if "엘리베이터" in sentence]
    assert any("호출" in sentence for sentence in heard)


@given(st.data())
def test_every_path_to_the_end_is_understood(data: st.DataObject) -> None:
    walk = WALKS["flat"]
    state, said = 0, []
    while state not in walk.acceptor.finals:
        state, label = walk.leaving[state][data.draw(st.integers(0, len(walk.leaving[state]) - 1))]
        said.append(label)
    assert walk.grammar.parse(" ".join(said))


FLAT_TYPES = {device.type for device in FLAT.devices if not device.hidden}
HEARD_FRAMES = [
    (number, frame)
    for number, frame in enumerate(lexicon().frames)
    if frame.spoken and (not frame.types or frame.types & FLAT_TYPES)
]


@pytest.mark.parametrize(("number", "frame"), HEARD_FRAMES, ids=[f"{n}-{frame.intent}" for n, frame in HEARD_FRAMES])
def test_what_a_frame_listens_for_is_understood(number: int, frame: Frame) -> None:
    """Walks through this frame alone, so that a rare one is walked as often as a common one."""
    walk = Walk(FLAT, replace(lexicon(), frames=(frame,)))
    heard = {sentence: walk.grammar.parse(sentence) for sentence in walk.sentences(number, 80)}
    lost = [sentence for sentence, meanings in heard.items() if not meanings]
    assert not lost, f"{frame.intent}, acts {sorted(frame.acts)}: {len(lost)} of {len(heard)}: {' | '.join(lost[:8])}"
    assert frame.intent in set().union(*map(_intents, heard.values()))


@pytest.mark.parametrize("walk", WALKS.values(), ids=WALKS)
def test_labels_are_hangul_without_spaces(walk: Walk) -> None:
    assert not {label for label in walk.labels if not all(map(is_syllable, label))}


def _reached(states: set[int], steps: dict[int, set[int]]) -> set[int]:
    found, fresh = set(states), set(states)
    while fresh:
        fresh = {target for state in fresh for target in steps.get(state, ())} - found
        found |= fresh
    return found


@pytest.mark.parametrize("walk", WALKS.values(), ids=WALKS)
def test_every_state_lies_between_start_and_end(walk: Walk) -> None:
    after: defaultdict[int, set[int]] = defaultdict(set)
    before: defaultdict[int, set[int]] = defaultdict(set)
    for source, target, _ in walk.acceptor.arcs:
        after[source].add(target)
        before[target].add(source)
    states = after.keys() | before.keys()
    assert _reached({0}, after) == states
    assert _reached(set(walk.acceptor.finals), before) == states


@pytest.mark.parametrize("walk", WALKS.values(), ids=WALKS)
def test_particles_agree_with_the_sound_before_them(walk: Walk) -> None:
    checked = 0
    for pair in ("을/를", "은/는", "이/가", "으로/로", "이야/야", "이에요/예요"):
        for particle in pair.split("/"):
            for label in walk.labels:
                word = label.removesuffix(particle)
                if word != label and word in walk.labels:
                    assert josa(word, pair) == particle, label
                    checked += 1
    assert checked > 100


def test_nothing_is_listened_for_that_the_home_lacks() -> None:
    nouns = {noun for kinds in (lexicon().types, lexicon().classes) for words in kinds.values() for noun in words}
    groups = {group for noun in nouns for group in noun.split()}
    own = {group for noun in lexicon().types["light"][:LISTENED_WORDS] for group in noun.split()}
    timers = {entry.words for entry in lexicon().lists["timer_name"]}
    assert WALKS["lamp"].labels & groups == own | {"빨래"} & timers
    assert not {"냉방모드로", "바람", "청소해줘", "커튼", "안방"} & WALKS["lamp"].labels
    assert {"스탠드를", "거실에", "빨간색으로", "타이머를", "날씨"} <= WALKS["lamp"].labels


def test_an_empty_home_still_hears_what_the_assistant_does() -> None:
    walk = WALKS["empty"]
    intents = set().union(*(_intents(walk.grammar.parse(sentence)) for sentence in walk.sentences(1, 300)))
    assert {"HassStartTimer", "HassCancelTimer", "HassGetCurrentTime", "HassGetWeather"} <= intents
    assert all(not frame.types for frame in lexicon().frames if frame.intent in intents)


def test_every_spoken_frame_of_the_home_is_listened_for() -> None:
    wanted = {frame.intent for _, frame in HEARD_FRAMES}
    assert wanted <= set().union(*map(_intents, _heard_in_the_flat().values()))


def test_typed_frames_are_not_listened_for() -> None:
    """Every further sentence makes all others harder to tell apart."""
    typed = {frame.intent for frame in lexicon().frames} - {frame.intent for frame in lexicon().frames if frame.spoken}
    assert {"HassShoppingListAddItem", "HassBroadcast", "JipsaAdjust"} <= typed
    assert not {"장바구니에", "방송해줘", "에어컨말고", "이층"} & WALKS["flat"].labels


def test_names_are_heard_as_they_are_read_aloud() -> None:
    assert {"엘지", "에어컨", "이", "층", "거실", "큰", "유플러스", "램프천장"} <= WALKS["odd"].labels
    assert not {label for label in WALKS["odd"].labels if "ㅋ" in label or "Zxqv" in label}


def test_hidden_devices_are_not_heard() -> None:
    assert not {label for label in WALKS["flat"].labels if label.startswith(("비밀등", "버튼"))}


def test_spoken_names_tell_what_nobody_can_read() -> None:
    assert dict(spoken_names(ODD))["Zxqv 램프"] == "Zxqv"
    assert dict(spoken_names(FLAT)).keys() >= {"거실", "침실", "거실등", "거실 불"}
    assert "비밀등" not in dict(spoken_names(FLAT))
    assert not any(dict(spoken_names(FLAT)).values())


def test_the_acceptor_is_the_same_every_time() -> None:
    """What it is compiled into is cached by its text."""
    assert spoken_grammar(ODD).to_json() == WALKS["odd"].acceptor.to_json()


def test_the_acceptor_travels_as_json() -> None:
    acceptor = WALKS["lamp"].acceptor
    assert Acceptor.from_json(acceptor.to_json()) == acceptor


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"arcs": [[0, 1]], "finals": [1]}', '{"arcs": [], "finals": ["a"]}',
                                  '{"arcs": [], "finals": [1], "start": 2}', "null"])  # fmt: skip
def test_what_is_no_acceptor_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no acceptor"):
        Acceptor.from_json(text)
