"""Names that were nearly said: one is found when it is clearly nearest, and numbers are never guessed."""

import pytest

from hub.grammar.nearest import nearest

NAMES = frozenset({"거실등", "안방등", "무드등", "공기청정기", "로봇청소기", "2층등", "3층등", "방일", "아이방", "불"})


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("거시등", "거실등"),
        ("거실드", "거실등"),
        ("무드동", "무드등"),
        ("로보청소기", "로봇청소기"),
        ("공기청정이", "공기청정기"),
        ("아이망", "아이방"),
    ],
)
def test_one_jamo_amiss_is_the_name(said: str, name: str) -> None:
    assert nearest(said, NAMES) == name


@pytest.mark.parametrize("said", ["스탠드", "창고등", "거실창문", "욕실등", "세탁기"])
def test_what_is_near_to_none_is_none(said: str) -> None:
    assert nearest(said, NAMES) is None


@pytest.mark.parametrize("said", ["1층등", "4층등", "방이", "방삼"])
def test_a_number_is_never_guessed(said: str) -> None:
    assert nearest(said, NAMES) is None


def test_of_two_names_that_are_as_near_none_is_taken() -> None:
    assert nearest("거신등", {"거실등", "거진등"}) is None


@pytest.mark.parametrize("said", ["부", "뿔", "등"])
def test_short_names_are_never_guessed(said: str) -> None:
    assert nearest(said, NAMES) is None
