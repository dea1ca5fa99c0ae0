"""Names that were nearly said: one is found when it is clearly nearest, and numbers are never guessed."""

import pytest
from rapidfuzz.distance import Levenshtein

from hub.grammar.nearest import Names

NAMES = Names({"거실등", "안방등", "무드등", "공기청정기", "로봇청소기", "2층등", "3층등", "방일", "아이방", "불"})


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
    assert NAMES.nearest(said) == name


@pytest.mark.parametrize("said", ["스탠드", "창고등", "거실창문", "욕실등", "세탁기"])
def test_what_is_near_to_none_is_none(said: str) -> None:
    assert NAMES.nearest(said) is None


@pytest.mark.parametrize("said", ["1층등", "4층등", "방이", "방삼"])
def test_a_number_is_never_guessed(said: str) -> None:
    assert NAMES.nearest(said) is None


def test_of_two_names_that_are_as_near_none_is_taken() -> None:
    assert Names({"거실등", "거진등"}).nearest("거신등") is None


@pytest.mark.parametrize("said", ["부", "뿔", "등"])
def test_short_names_are_never_guessed(said: str) -> None:
    assert NAMES.nearest(said) is None


def test_only_names_that_are_about_as_long_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    syllables = "거실안방무드공기청정로봇소이불"
    many = {first + second + "등" * length for first in syllables for second in syllables for length in range(1, 40)}
    names, compared, distance = Names({*many, "거실등"}), 0, Levenshtein.distance

    def counted(heard: str, jamo: str, *, score_cutoff: int) -> int:
        nonlocal compared
        compared += 1
        return distance(heard, jamo, score_cutoff=score_cutoff)

    monkeypatch.setattr("hub.grammar.nearest.Levenshtein.distance", counted)
    assert names.nearest("거시등") is None  # 거시등 is as near to 거실등 as to 거기등
    assert 0 < compared < len(many) / 10
