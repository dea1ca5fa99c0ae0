"""What holds for every sentence: commands made by rule mean what they were made of, and garbage costs little."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from korean.variants import Meant, comparable, everything, home, understander, understood

from hub.butler.understanding import Understanding
from hub.grammar.lexicon import lexicon
from hub.grammar.parser import MAX_CLAUSES, MAX_LENGTH
from hub.grammar.reading import MAX_STEPS, Reading
from hub.home import Room
from hub.korean.forms import connective_forms, negative_forms, question_forms, request_forms, state_forms
from hub.korean.jamo import squash
from hub.korean.josa import josa
from hub.korean.numerals import forms
from hub.korean.verbs import Verb, infinitive

Command = tuple[str, tuple[Meant, ...]]
"""A sentence, and what it was made of."""

Draw = Callable[[st.SearchStrategy[Any]], Any]

EXAMPLES = 300

# What commands are made of.

COLORS = [entry for entry in lexicon().lists["color"] if entry.words.endswith("색")]
MODES = [entry for entry in lexicon().lists["mode"] if not entry.words.isascii()]
GOODS = ["우유", "두부", "달걀", "대파", "휴지", "식빵", "간장", "고무장갑", "세탁 세제", "바나나", "커피 원두", "국수"]
LIGHTS, CLIMATES = frozenset({"light"}), frozenset({"climate"})
FANS = frozenset({"fan", "ceiling_fan", "hood"})
PLAYERS = frozenset({"television", "media_player"})
ON_OFF = LIGHTS | CLIMATES | FANS | {"humidifier", "dehumidifier", "air_purifier", "switch"}
ON, OFF = ("켜다", "틀다"), ("끄다", "종료하다")
SETTING = ("맞추다", "설정하다", "바꾸다", "변경하다", "하다", "조절하다")


def _pick(draw: Draw, items: Any) -> Any:
    return draw(st.sampled_from(sorted(items, key=str)))


def _request(draw: Draw, *verbs: str) -> str:
    """A form of one of these verbs by which something is asked for."""
    return str(draw(st.sampled_from(request_forms(Verb.of(_pick(draw, verbs))))))


def _value(draw: Draw, low: int, high: int) -> int:
    return int(draw(st.integers(low, high)))


def _counted(draw: Draw, value: int, counter: str, *written: str) -> str:
    """A number with its counter, in any form that people write; `written` are other spellings of the counter."""
    form = draw(st.sampled_from(forms(value, counter)))
    return f"{form}{_pick(draw, ('', ' '))}{_pick(draw, (counter, *written))}"


def _particle(draw: Draw, name: str) -> str:
    return str(_pick(draw, ("", josa(name, "을/를"), josa(name, "은/는"), "도", " 좀")))


def _room(draw: Draw, room: Room) -> str:
    return f"{_pick(draw, room.names)}{_pick(draw, ('', '에', '에 있는', '의'))}"


def _named(draw: Draw, types: frozenset[str]) -> tuple[str, frozenset[str]]:
    """A device of one of these types, by a name of its own."""
    device = _pick(draw, [device for device in home().devices if device.type in types])
    return _pick(draw, device.names), frozenset({device.id})


@cache
def _kinds_in_rooms(types: frozenset[str]) -> list[tuple[Room, str, frozenset[str]]]:
    """Each room, each noun for a kind of device that is there, and the devices that both mean together."""
    names = {squash(name) for device in home().devices for name in device.names}
    return [
        (room, noun, there)
        for room in home().rooms
        for kind in sorted(types)
        if (there := frozenset(device.id for device in home().devices_in(room.id) if device.type == kind))
        for noun in lexicon().types[kind]
        # 선풍기 is the name of one fan, and 거실 등 of one light, whatever else is there.
        if names.isdisjoint({squash(noun), *(squash(name + noun) for name in room.names)})
    ]


def _kind(draw: Draw, types: frozenset[str]) -> tuple[str, frozenset[str]]:
    """A kind of device in a room: 거실에 있는 조명."""
    room, noun, there = draw(st.sampled_from(_kinds_in_rooms(types)))
    return f"{_room(draw, room)} {noun}", there


def _target(draw: Draw, types: frozenset[str]) -> tuple[str, frozenset[str]]:
    return _named(draw, types) if draw(st.booleans()) else _kind(draw, types)


# Frames: each says one thing, in many ways.


@st.composite
def switching(draw: Draw) -> Command:
    """거실에 있는 조명 좀 꺼 주세요."""
    target, devices = _target(draw, ON_OFF)
    on = draw(st.booleans())
    text = f"{target}{_particle(draw, target)} {_request(draw, *(ON if on else OFF))}"
    return text, (Meant("HassTurnOn" if on else "HassTurnOff", devices, {}),)


@st.composite
def several_targets(draw: Draw) -> Command:
    """안방 불이랑 아이방 에어컨 꺼줘."""
    first, ours = _kind(draw, ON_OFF)
    second, theirs = _kind(draw, ON_OFF)
    joined = _pick(draw, (josa(first, "이랑/랑"), "하고", josa(first, "과/와")))
    text = f"{first}{joined} {second} {_request(draw, *OFF)}"
    return text, (Meant("HassTurnOff", ours, {}), Meant("HassTurnOff", theirs, {}))


@st.composite
def several_acts(draw: Draw) -> Command:
    """거실 불 끄고 주방 불 켜줘."""
    first, ours = _kind(draw, ON_OFF)
    second, theirs = _kind(draw, ON_OFF)
    off = draw(st.sampled_from(connective_forms(Verb.of("끄다"))))
    text = f"{first}{_particle(draw, first)} {off} {second}{_particle(draw, second)} {_request(draw, '켜다')}"
    return text, (Meant("HassTurnOff", ours, {}), Meant("HassTurnOn", theirs, {}))


@st.composite
def opening(draw: Draw) -> Command:
    """안방 커튼 걷어줘."""
    cover = _pick(draw, [device for device in home().devices if device.type == "cover"])
    room = home().room_of(cover)
    assert room is not None
    noun = _pick(draw, lexicon().classes[str(cover.device_class)])
    target = f"{_room(draw, room)} {noun}"
    on = draw(st.booleans())
    verbs = ("열다", "걷다", "올리다") if on else ("닫다", "치다", "내리다")
    text = f"{target}{_particle(draw, target)} {_request(draw, *verbs)}"
    return text, (Meant("HassTurnOn" if on else "HassTurnOff", frozenset({cover.id}), {}),)


@st.composite
def temperature(draw: Draw) -> Command:
    """거실 에어컨 이십육 도로 맞춰줘."""
    target, devices = _target(draw, CLIMATES)
    value = _value(draw, 16, 30)
    degrees = f"{_pick(draw, ('', '온도 '))}{_counted(draw, value, '도', '℃')}"
    text = f"{target}{_particle(draw, target)} {degrees}로 {_request(draw, *SETTING)}"
    return text, (Meant("HassClimateSetTemperature", devices, {"temperature": value}),)


@st.composite
def warmer(draw: Draw) -> Command:
    """안방 에어컨 온도 2도 올려줘."""
    target, devices = _target(draw, CLIMATES)
    value, up = _value(draw, 1, 5), draw(st.booleans())
    degrees = f"{_counted(draw, value, '도')}{_pick(draw, ('', '만', '만 더'))}"
    verb = _request(draw, *(("올리다", "높이다") if up else ("내리다", "낮추다")))
    text = f"{target} 온도{_pick(draw, ('', '를', ' 좀'))} {degrees} {verb}"
    slots = {"property": "temperature", "direction": "up" if up else "down", "step": value}
    return text, (Meant("JipsaAdjust", devices, slots),)


@st.composite
def brightness(draw: Draw) -> Command:
    """무드등 밝기 삼십 퍼센트로 해줘."""
    target, devices = _target(draw, LIGHTS)
    value = _value(draw, 1, 100)
    share = f"{_pick(draw, ('', '밝기 ', '밝기를 '))}{_counted(draw, value, '퍼센트', '프로', '%')}"
    text = f"{target}{_particle(draw, target)} {share}로 {_request(draw, *SETTING)}"
    return text, (Meant("HassLightSet", devices, {"brightness": value}),)


@st.composite
def color(draw: Draw) -> Command:
    """거실 조명 파란색으로 바꿔줘."""
    target, devices = _target(draw, LIGHTS)
    entry = draw(st.sampled_from(COLORS))
    text = f"{target}{_particle(draw, target)} {entry.words}으로 {_request(draw, *SETTING)}"
    return text, (Meant("HassLightSet", devices, {"color": dict(entry.slots)[None]}),)


@st.composite
def mode(draw: Draw) -> Command:
    """에어컨 제습 모드로 바꿔줘."""
    target, devices = _target(draw, CLIMATES)
    entry = draw(st.sampled_from(MODES))
    words = f"{entry.words}{_pick(draw, ('', ' 모드'))}"
    text = f"{target}{_particle(draw, target)} {words}{josa(words, '으로/로')} {_request(draw, *SETTING)}"
    return text, (Meant("JipsaSetMode", devices, {"mode": dict(entry.slots)[None]}),)


@st.composite
def fan_step(draw: Draw) -> Command:
    """선풍기 삼 단으로 틀어줘."""
    target, devices = _named(draw, FANS)
    value = _value(draw, 1, 5)
    text = f"{target}{_particle(draw, target)} {_counted(draw, value, '단')}으로 {_request(draw, '틀다', *SETTING)}"
    share = {1: 33, 2: 66, 3: 100}.get(value)
    slots = {"fan_step": value, **({"percentage": share} if share else {})}
    return text, (Meant("HassFanSetSpeed", devices, slots),)


@st.composite
def volume(draw: Draw) -> Command:
    """티비 소리 20으로 줄여줘."""
    target, devices = _named(draw, PLAYERS)
    value = _value(draw, 0, 100)
    number = draw(st.sampled_from(forms(value)))
    sound = _pick(draw, ("소리", "볼륨", "음량"))
    verb = _request(draw, "맞추다", "설정하다", "하다", "줄이다", "올리다")
    text = f"{target} {sound} {number}{josa(number, '으로/로')} {verb}"
    return text, (Meant("HassSetVolume", devices, {"volume_level": value}),)


UNITS = {"hours": "시간", "minutes": "분", "seconds": "초"}


def _duration(draw: Draw) -> tuple[str, dict[str, int]]:
    units = _pick(draw, [("hours",), ("minutes",), ("seconds",), ("hours", "minutes"), ("minutes", "seconds")])
    slots = {unit: _value(draw, 1, 12 if unit == "hours" else 59) for unit in units}
    return " ".join(_counted(draw, value, UNITS[unit]) for unit, value in slots.items()), slots


@st.composite
def timer(draw: Draw) -> Command:
    """타이머 한 시간 이십 분 맞춰줘."""
    duration, slots = _duration(draw)
    said = f"타이머 {duration}" if draw(st.booleans()) else f"{duration}{_pick(draw, ('', '짜리'))} 타이머"
    return f"{said} {_request(draw, '맞추다', '설정하다', '시작하다')}", (Meant("HassStartTimer", frozenset(), slots),)


@st.composite
def later(draw: Draw) -> Command:
    """십 분 뒤에 거실 불 꺼줘."""
    duration, slots = _duration(draw)
    target, _ = _kind(draw, LIGHTS | CLIMATES)
    command = f"{target}{_particle(draw, target)} {_request(draw, *OFF)}"
    meant = Meant("HassStartTimer", frozenset(), {**slots, "conversation_command": command})
    return f"{duration} {_pick(draw, ('뒤에', '후에', '있다가'))} {command}", (meant,)


@st.composite
def shopping(draw: Draw) -> Command:
    """쇼핑 목록에 우유 추가해줘."""
    item = _pick(draw, GOODS)
    goods = f"{item}{_pick(draw, ('', josa(item, '을/를'), ' 좀'))}"
    place = f"{_pick(draw, ('쇼핑 목록', '장보기 목록', '장바구니'))}에"
    said = f"{place} {goods}" if draw(st.booleans()) else f"{goods} {place}"
    text = f"{said} {_request(draw, '추가하다', '넣다', '적다', '담다')}"
    return text, (Meant("HassShoppingListAddItem", frozenset(), {"item": item}),)


@st.composite
def state(draw: Draw) -> Command:
    """안방 불 켜져 있어."""
    target, devices = _target(draw, LIGHTS | CLIMATES)
    on = draw(st.booleans())
    form = draw(st.sampled_from(state_forms(Verb.of("켜지다" if on else "꺼지다"))))
    text = f"{target}{_pick(draw, ('', josa(target, '이/가'), josa(target, '은/는')))} {form}"
    return text, (Meant("HassGetState", devices, {"state": "on" if on else "off"}),)


FRAMES = [
    switching, several_targets, several_acts, opening, temperature, warmer, brightness, color, mode, fan_step, volume,
    timer, later, shopping, state,
]  # fmt: skip


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame.__name__)
@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_a_command_made_by_rule_means_what_it_was_made_of(
    frame: Callable[[], st.SearchStrategy[Command]], data: st.DataObject
) -> None:
    text, meant = data.draw(frame())
    assert comparable(understood(text)) == comparable(meant)


@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_kinds_are_those_of_the_room_where_a_command_is_said(data: st.DataObject) -> None:
    """불 끄고 에어컨 좀 켜줘, 불이랑 에어컨 꺼줘."""
    kinds = _kinds_in_rooms(ON_OFF - {"hood"})  # 후드 끄고 불 켜줘 may mean the light of the hood
    here, first, ours = data.draw(st.sampled_from(kinds))
    others = [(noun, there) for room, noun, there in kinds if room == here and there != ours]
    assume(others)
    second, theirs = data.draw(st.sampled_from(others))
    if data.draw(st.booleans()):
        joined, before = _pick(data.draw, (josa(first, "이랑/랑"), "하고")), "HassTurnOn"
    else:
        off = data.draw(st.sampled_from(connective_forms(Verb.of("끄다"))))
        joined, before = f"{_particle(data.draw, first)} {off}", "HassTurnOff"
    text = f"{first}{joined} {second}{_particle(data.draw, second)} {_request(data.draw, *ON)}"
    meant = (Meant(before, ours, {}), Meant("HassTurnOn", theirs, {}))
    assert comparable(understood(text, here.id)) == comparable(meant)


@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_what_is_forbidden_or_only_asked_about_leads_to_nothing(data: st.DataObject) -> None:
    target, _ = data.draw(st.composite(_target)(ON_OFF))
    verb = Verb.of(data.draw(st.sampled_from((*ON, *OFF))))
    form = data.draw(st.sampled_from((*negative_forms(verb), *question_forms(verb))))
    assert understood(f"{target} {form}") == ()


# Garbage.

LONGEST = 10_000
"""Characters of the longest text that is tried."""

MOST_WORK = 10 * MAX_STEPS
"""Steps and rows of clauses that one text may cost; a sentence of the household takes dozens."""


class TooMuchWorkError(AssertionError):
    """A text costs more than any text may."""


@dataclass
class Work:
    """What reading has cost: phrases walked over, rows of clauses put together."""

    steps: int = 0
    rows: int = 0

    def check(self) -> None:
        """Give up as soon as it is too much: the rest may take for ever."""
        if self.steps + self.rows > MOST_WORK:
            raise TooMuchWorkError(f"{self} and more")


@contextmanager
def _counted_work() -> Iterator[Work]:
    work, walk, sentences = Work(), Reading._walk, Reading.sentences

    def counted_walk(self: Reading, *args: Any, **options: Any) -> Iterator[Any]:
        for step in walk(self, *args, **options):
            work.steps += 1
            work.check()
            yield step

    def counted_sentences(self: Reading, *args: Any, **options: Any) -> Any:
        found = sentences(self, *args, **options)
        work.rows += len(found)
        work.check()
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Reading, "_walk", counted_walk)
        patch.setattr(Reading, "sentences", counted_sentences)
        yield work


def _answered(text: str) -> Understanding:
    """What a text leads to, without an exception and without too much work."""
    with _counted_work():
        found = understander().understand(text)
    assert (found.refused is None) == bool(found.intents)
    json.dumps(found.to_dict())
    return found


def _repeated(part: str, times: int, end: str) -> str:
    return (part * times)[: LONGEST - len(end)] + end


@cache
def _words() -> list[str]:
    """The words of the grammar: names, kinds, values, particles, and what stands between."""
    known = lexicon()
    words = [name for named in (*home().rooms, *home().devices) for name in named.names]
    words += [noun for nouns in (*known.types.values(), *known.classes.values()) for noun in nouns]
    words += [entry.words for entries in known.lists.values() for entry in entries]
    words += [*known.fillers, *known.openers, *known.closers, *known.joiners, *known.here]
    words += [form for pair in known.particles.values() for form in pair.split("/")]
    words += ["에", "빼고", "만", "뒤에", "10분", "이십", "26도", "50퍼센트", "언제", "더", "소리", "타이머"]
    return list(dict.fromkeys(words))


@cache
def _closings() -> list[str]:
    """Verbs that ask for something, lead on to something else, or ask a question."""
    verbs = "켜다 끄다 틀다 열다 하다 맞추다 올리다 추가하다 재생하다 알려주다 방송하다 예약하다 취소하다 있다 되다"
    return [
        form for verb in map(Verb.of, verbs.split()) for form in (infinitive(verb), verb.stem + "고", verb.stem + "니")
    ]


texts = st.one_of(
    st.text(max_size=300),
    st.builds(_repeated, st.text(min_size=1, max_size=40), st.integers(1, LONGEST), st.text(max_size=40)),
)
"""Any text of at most LONGEST characters."""


@st.composite
def shuffled(draw: Draw) -> str:
    """The grammar's own words in any order and number, together or apart, some of it over and over."""
    between = draw(st.sampled_from(("", " ", ", ")))
    word = st.one_of(st.sampled_from(_words()), st.sampled_from(_words()), st.sampled_from(_closings()))
    start, part, end = ("".join(said + between for said in draw(st.lists(word, max_size=most))) for most in (40, 4, 4))
    return (start + part * draw(st.sampled_from((1, 6, 12, 25, LONGEST))))[: LONGEST - len(end)] + end


@settings(max_examples=EXAMPLES)
@given(text=texts)
def test_any_text_is_answered_in_bounded_work(text: str) -> None:
    _answered(text)


@settings(max_examples=EXAMPLES)
@given(text=shuffled())
def test_the_words_of_the_grammar_in_any_order_are_answered_in_bounded_work(text: str) -> None:
    _answered(text)


@pytest.mark.parametrize("end", ["켜줘", "거실 불 켜줘", "26도로 맞춰줘"])
@pytest.mark.parametrize(
    "part",
    ["거실 불 끄고 ", "노래 틀고 ", "켜고 ", "켜, ", "거실이랑 ", "음 ", "다 ", "십 ", "그리고 ", "빼고 ", "5분 뒤에 "],
)
@pytest.mark.parametrize("times", [6, 20, 200])
def test_the_same_over_and_over_is_answered_in_bounded_work(part: str, times: int, end: str) -> None:
    _answered(_repeated(part, times, end))
    within = MAX_LENGTH - len(squash(end))
    _answered(squash(part * times)[:within] + end)


def test_a_sentence_that_is_too_long_is_refused_at_once() -> None:
    with _counted_work() as work:
        assert understander().understand("거실 불 켜줘 " * (LONGEST // 8)).refused is not None
    assert work == Work()


def test_sentences_of_the_household_take_little_work() -> None:
    costs = []
    for said in everything():
        with _counted_work() as work:
            understander().understand(said.text, said.room)
        costs.append((work.steps + work.rows, said.text))
    assert max(costs) < (MAX_STEPS // MAX_CLAUSES, "")
