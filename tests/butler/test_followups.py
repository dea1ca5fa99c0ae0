"""What a short sentence may stand for; that it is understood is shown by the conversations."""

import pytest
from homes import FLAT

from hub.butler.followups import before, corrected_midway, takes_back, whole_sentences
from hub.butler.understanding import Understander

UNDERSTANDER = Understander(FLAT)


def proposals(said: str, after: str, room: str | None = "living") -> list[str]:
    understood = UNDERSTANDER.understand(after, room)
    last = before(understood, FLAT, asked=understood.refused is not None)
    return list(whole_sentences(said, last, FLAT))


@pytest.mark.parametrize(
    ("after", "said", "meant"),
    [
        ("거실 불 켜줘", "안방도", "안방 불 켜줘"),
        ("거실 불 켜줘", "안방은 꺼줘", "안방 불 꺼줘"),
        ("거실 불 켜줘", "꺼줘", "거실불 꺼줘"),
        ("거실 불 켜줘", "그것도 꺼줘", "거실불 꺼줘"),
        ("거실 에어컨 26도로 맞춰줘", "아니 25도", "거실 에어컨 25도로 맞춰줘"),
        ("거실 에어컨 켜줘", "안방도", "안방 에어컨 켜줘"),
        ("안방에 있는 공기청정기 꺼줘", "거실도", "거실 공기청정기 꺼줘"),
        ("내일 아침 7시에 깨워줘", "아니 8시", "내일 아침 8시에 깨워줘"),
        ("내일 아침 7시에 깨워줘", "저녁 8시", "내일 저녁 8시에 깨워줘"),
        ("3분 타이머 맞춰줘", "오 분", "오 분 타이머 맞춰줘"),
    ],
)
def test_the_whole_sentence_is_proposed(after: str, said: str, meant: str) -> None:
    assert meant in proposals(said, after)


@pytest.mark.parametrize("said", ["스탠드", "스탠드요", "두 번째"])
def test_a_choice_is_taken_by_name_or_number(said: str) -> None:
    asked = UNDERSTANDER.understand("불 켜줘", "balcony")
    last = before(asked, FLAT, asked=True)
    assert [device.name for device in last.choices][1] == "스탠드"
    assert "스탠드 켜줘" in list(whole_sentences(said, last, FLAT))


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("에어컨 26도로 아니 25도로 맞춰줘", "에어컨 25도로 맞춰줘"),
        ("안방 아니 거실 불 켜줘", "거실 불 켜줘"),
        ("거실 불 파란색, 아니, 빨간색으로 바꿔줘", "거실 불 빨간색으로 바꿔줘"),
    ],
)
def test_what_is_taken_back_within_a_sentence_is_left_out(said: str, first: str) -> None:
    assert next(iter(corrected_midway(said))) == first


@pytest.mark.parametrize(
    ("said", "corrects"),
    [
        ("아니 25도", True),
        ("아니다 안방", True),
        ("아니 그게 아니라 안방", True),
        ("아니", False),
        ("아니요", False),
        ("안방", False),
    ],
)
def test_who_begins_with_no_and_goes_on_corrects(said: str, corrects: bool) -> None:
    assert takes_back(said) is corrects
