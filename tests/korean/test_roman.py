"""Hangul in Latin letters."""

import pytest

from hub.korean.roman import romanized


@pytest.mark.parametrize(
    ("hangul", "latin"),
    [
        ("거실", "geosil"), ("안방", "anbang"), ("서재", "seojae"), ("화장실", "hwajangsil"), ("뒷마당", "dwitmadang"),
        ("옷방", "otbang"), ("부엌", "bueok"), ("TV 방 2", "TV bang 2"), ("", ""), ("a-ㄱ", "a-ㄱ"),
    ],
)  # fmt: skip
def test_syllables_become_letters(hangul: str, latin: str) -> None:
    assert romanized(hangul) == latin
