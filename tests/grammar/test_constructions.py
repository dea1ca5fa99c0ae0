"""Frames made ready for reading: what is one construction, and which ones a sentence may be at all."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from homes import FLAT

from hub.grammar.closings import Acts
from hub.grammar.constructions import Constructions, bits, constructions, holds_text, literals
from hub.grammar.lexicon import Frame, lexicon
from hub.grammar.parse import Parse
from hub.grammar.parser import Grammar
from hub.grammar.template import parse_template

LEXICON = lexicon()


def _frame(
    intent: str = "HassTurnOn",
    types: str = "light",
    acts: str = "켜다",
    phrases: Sequence[str] = (),
    optional: Sequence[str] = (),
    target: str | None = "required",
    bare: str | None = None,
) -> Frame:
    return Frame(
        intent=intent,
        types=frozenset(types.split()),
        target=target,
        area=None,
        phrases=tuple(map(parse_template, phrases)),
        optional=tuple(map(parse_template, optional)),
        acts=frozenset(acts.split()),
        bare=bare,
        slots=(),
        spoken=False,
    )


def _of(*frames: Frame) -> Constructions:
    return Constructions(replace(LEXICON, frames=frames))


@pytest.mark.parametrize(("numbers", "places"), [(0, []), (1, [0]), (0b101, [0, 2]), (1 << 300 | 2, [1, 300])])
def test_a_set_of_numbers_is_bits(numbers: int, places: list[int]) -> None:
    assert list(bits(numbers)) == places


def test_frames_that_differ_in_types_and_acts_alone_are_one_construction() -> None:
    found = _of(_frame(), _frame(types="valve", acts="열다"), _frame(intent="HassTurnOff"))
    assert [[frame.intent for frame in one.frames] for one in found.all] == [["HassTurnOn"] * 2, ["HassTurnOff"]]
    assert (found.of_type["light"], found.of_type["valve"]) == (0b11, 0b01)
    assert (found.of_act["켜다"], found.of_act["열다"]) == (0b11, 0b01)


@pytest.mark.parametrize(
    "other",
    [
        _frame(phrases=["다시"]), _frame(optional=["다시"]), _frame(target="optional"), _frame(bare="named"),
        _frame(types="", target=None), replace(_frame(), slots=(("state", "on"),)), replace(_frame(), area="required"),
    ],
)  # fmt: skip
def test_frames_that_differ_in_anything_else_are_two(other: Frame) -> None:
    assert len(_of(_frame(), other).all) == 2


def test_frames_without_types_are_about_no_device() -> None:
    found = _of(_frame(types="", target=None), _frame())
    assert found.typed == 0b10


def test_templates_of_frames_come_before_those_that_every_frame_may_use() -> None:
    found = _of(_frame(phrases=["다시"], optional=["꼭"]), _frame(intent="HassTurnOff", phrases=["다시"]))
    assert found.roles == ["phrase", "phrase", *LEXICON.phrases]
    assert found.users == [0b11, 0b01, *[0b11] * len(LEXICON.phrases)]


def test_what_every_frame_may_use_is_for_frames_about_devices() -> None:
    found = _of(_frame(types="", target=None, phrases=["다시"]), _frame())
    assert set(found.users[1:]) == {0b10}


def test_a_construction_is_complete_when_all_its_phrases_were_said() -> None:
    found = _of(_frame(phrases=["가", "나"], optional=["다"]), _frame(phrases=["가"]), _frame())
    first, second = found.all[0].required, found.all[1].required
    assert found.complete(0) == 0b100
    assert found.complete(second) == 0b110
    assert found.complete(first) == 0b111
    assert found.complete(first & ~second) == 0b100


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("불", {"불"}), ("(불|조명등)", {"불", "조명등"}), ("[거실 ]불", {"불"}), ("불 [켜]", {"불"}), ("[불]", None),
        ("{temperature}도", {"도"}), ("{temperature}", None), ("{item}", None), ("(불|{item})", None),
        ("{half}", {"반"}), ("<뒤>", {"뒤", "후", "다음", "이후"}), ("<을>", None),
        ("{half:minutes}<뒤>", {"반"}), ("가 나다", {"나다"}),
        ("{duration}", {"시간", "분", "초"}), ("<길이>[만]", {"시간", "분", "초"}),
    ],
)  # fmt: skip
def test_words_that_a_text_must_have(template: str, words: set[str] | None) -> None:
    assert literals(LEXICON, parse_template(template)) == words


@pytest.mark.parametrize(
    ("template", "holds"),
    [
        ("{item}", True), ("[불 ]({color}|{search_query})", True), ("<타이머>", True), ("{color}", False),
        ("<길이>", False), ("불<을>", False),
    ],
)  # fmt: skip
def test_places_for_text_that_no_list_has(template: str, holds: bool) -> None:
    assert holds_text(LEXICON, parse_template(template)) == holds


def _possible(found: Constructions, text: str, acts: Acts, mentioned: int | None = None) -> int:
    return found.possible(found.missing(text), acts, mentioned)


def test_only_what_a_verb_of_the_sentence_closes_is_possible() -> None:
    found = _of(_frame(), _frame(intent="HassTurnOff", acts="끄다"), _frame(intent="HassLightSet", bare="named"))
    assert _possible(found, "불꺼", frozenset({"끄다"})) == 0b110
    assert _possible(found, "불", frozenset()) == 0b100
    assert _possible(found, "불켜", frozenset({"켜다", "틀다"})) == 0b101


def test_only_what_has_its_words_in_the_text_is_possible() -> None:
    found = _of(_frame(phrases=["{color}[<로>]"]), _frame(phrases=["(다시|또)"]), _frame(phrases=["{item}"]))
    acts = frozenset({"켜다"})
    assert _possible(found, "불빨간색으로켜", acts) == 0b101
    assert _possible(found, "불또켜", acts) == 0b110
    assert _possible(found, "불켜", acts) == 0b100


def test_what_may_be_left_out_is_missed_by_nobody() -> None:
    assert _possible(_of(_frame(optional=["다시"])), "불켜", frozenset({"켜다"})) == 1


def test_only_what_is_about_a_type_that_is_mentioned_is_possible() -> None:
    found = _of(
        _frame(),
        _frame(intent="JipsaPreheat", types="oven", target="required"),
        _frame(intent="JipsaPause", target="optional"),
        _frame(intent="HassGetWeather", types="", target=None),
    )
    acts = frozenset({"켜다"})
    # 거실 다 켜: turning on needs no type, what needs a target and no everything is out.
    assert _possible(found, "켜", acts, 0) == 0b1101
    assert _possible(found, "켜", acts, found.of_type["oven"]) == 0b1111
    assert _possible(found, "켜", acts) == 0b1111


def test_templates_are_those_of_the_constructions_and_those_that_every_frame_may_use() -> None:
    found = _of(_frame(phrases=["다시"], optional=["꼭"]), _frame(types="", target=None, phrases=["아니야"]))
    assert found.templates(0b10) == 0b100
    shared = (1 << len(LEXICON.phrases)) - 1 << 3
    assert found.templates(0b01) == 0b011 | shared
    assert found.templates(0b11) == -1


def test_a_text_misses_the_templates_that_it_has_no_word_of() -> None:
    found = _of(_frame(phrases=["또", "{item}", "<길이>[만]"]))
    missing = {number for number, role in enumerate(found.roles) if role == "phrase" or role in {"except", "when"}}
    for text, there in (("불켜", {1}), ("또켜", {0, 1}), ("다빼고켜", {1, found.roles.index("except")})):
        assert {number for number in missing if not found.missing(text) >> number & 1} == there
    assert not found.missing("10분만또빼고켜") & 0b111


def test_free_text_is_looked_for_only_where_a_construction_takes_it() -> None:
    found = _of(_frame(phrases=["{item}"]), _frame(phrases=["다시"]))
    assert found.texts & found.templates(0b01)
    assert not found.texts & found.templates(0b10)


def test_constructions_are_made_once_for_a_lexicon() -> None:
    assert constructions(LEXICON) is constructions(LEXICON)
    other = replace(LEXICON, frames=LEXICON.frames[:1])
    assert constructions(other) is not constructions(LEXICON)
    assert len(constructions(other).all) == 1


def test_every_frame_of_the_lexicon_is_in_one_construction() -> None:
    members = [frame for one in constructions(LEXICON).all for frame in one.frames]
    assert len(members) == len(LEXICON.frames)
    assert {id(frame) for frame in members} == {id(frame) for frame in LEXICON.frames}


SENTENCES = """
거실 에어컨 켜 줘 | 불 전부 다 꺼 줘 | 거실 다 꺼 | 스탠드 파란색으로 해 줘 | 커튼 50퍼센트로 맞춰 | 26도로 해 줘
안방 온도 알려 줘 | 불 켜져 있어? | 선풍기 약하게 틀어 줘 | 청소해 줘 | 거실 청소해 줘 | 세탁기 언제 끝나 | 3분 타이머
라면 타이머 취소해 | 아이유 노래 틀어 줘 | 할 일 목록에 빨래 널기 추가해 줘 | 밥 먹자고 방송해 줘 | 내일 비 와? | 안녕
불 끄고 에어컨 켜 줘 | 거실 불 꺼 줘, 그리고 문 잠가 | 거실 불 켜 줘. 에어컨 꺼 줘
거실 빼고 다 꺼 줘 | 10분 뒤에 거실 불 꺼 줘 | 불이랑 에어컨 꺼
꺼 줘, 거실 불 | 몇 도인지 알려 줘 | 추워, 보일러 켜 줘 | 불 켜지 마 | 거실 불 켜는 법 | 오늘 뭐 먹지
"""


@pytest.mark.parametrize("sentence", SENTENCES.strip().replace("\n", " | ").split(" | "))
def test_what_is_left_out_beforehand_changes_no_meaning(sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    narrowed = Grammar(FLAT).parse(sentence)
    everything = (1 << len(constructions(LEXICON).all)) - 1
    monkeypatch.setattr(Constructions, "possible", lambda self, text, closing, mentioned: everything)
    assert {_meaning(found) for found in narrowed} == {_meaning(found) for found in Grammar(FLAT).parse(sentence)}


def _meaning(sentence: tuple[Parse, ...]) -> object:
    return tuple(parse.meaning() for parse in sentence)
