"""A sentence in parts: all of it, in order, each with what it was taken for."""

import unicodedata

import pytest
from butler.test_understanding import UNDERSTANDER

from hub.butler.parts import parts
from hub.butler.understanding import Understanding
from hub.messages import LONGEST_UTTERANCE, Understood


def told(said: str, understood: Understanding | None = None) -> list[tuple[str, str | None]]:
    found = parts(said, understood or UNDERSTANDER.understand(said))
    assert "".join(part.text for part in found) == said
    Understood(utterance_id="u", text=said, parts=found)  # it fits
    return [(part.text, part.slot) for part in found if part.text.strip(" ,.?!")]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (
            "거실 에어컨 이십육 도로 맞춰 줘.",
            [("거실 에어컨", "target"), ("이십육 도로", "temperature"), ("맞춰 줘", "verb")],
        ),
        ("꺼줘, 거실 불", [("꺼줘", "verb"), ("거실 불", "target")]),
        (
            "10분 뒤에 거실 불 끄고 선풍기 켜줘",
            [("10분 뒤에", "when"), ("거실 불", "target"), ("끄고", "verb"), ("선풍기", "target"), ("켜줘", "verb")],
        ),
        ("침실 불 좀 켜 줄래?", [("침실", "area"), ("불", "target"), ("좀", "filler"), ("켜 줄래", "verb")]),
        ("거실 에어컨 22~24도로 맞춰", [("거실 에어컨", "target"), ("22~24도로", "temperature_low"), ("맞춰", "verb")]),
        # Taken for the name that is nearest to what was said.
        ("무두등 켜줘", [("무두등", "target"), ("켜줘", "verb")]),
        # Refused.
        ("거실 불 켜는 게 어렵다고 합니다", [("거실 불", "target"), ("켜는 게 어렵다고 합니다", "unexplained")]),
        ("참 좋네요", [("참 좋네요", "unexplained")]),
        ("무지개 켜줘", [("무지개", "unexplained"), (" 켜줘", None)]),
        ("안방 선풍기 켜줘", [("안방", "area"), ("선풍기", "target"), ("켜줘", "verb")]),
        ("불 켜지 마", [("불 켜지 마", None)]),
        ("?!", []),
    ],
)
def test_each_part_has_what_it_was_taken_for(said: str, found: list[tuple[str, str | None]]) -> None:
    assert told(said) == found


def test_what_was_understood_may_be_another_sentence() -> None:
    whole = UNDERSTANDER.understand("안방 에어컨 켜줘")
    assert told("아니 켜줘 안방 에어컨", whole) == [("아니 ", None), ("켜줘", "verb"), ("안방 에어컨", "target")]
    assert told("안방 말이야", whole) == [("안방 말이야", None)]


def test_letters_taken_apart_are_put_together() -> None:
    said = "거실 불 꺼줘"
    apart = unicodedata.normalize("NFD", said)
    assert [(part.text, part.slot) for part in parts(apart, UNDERSTANDER.understand(apart))] == [
        ("거실 불", "target"),
        (" ", None),
        ("꺼줘", "verb"),
    ]


def test_the_longest_utterance_has_few_parts() -> None:
    assert len(told("거실 불 켜줘 " * (LONGEST_UTTERANCE // 8))) < 100
