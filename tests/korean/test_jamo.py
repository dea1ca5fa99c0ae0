import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.korean.jamo import (
    CODAS,
    ONSETS,
    VOWELS,
    aligned,
    final_consonant,
    is_syllable,
    join,
    split,
    squash,
    with_coda,
)

SYLLABLES = st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)


@pytest.mark.parametrize(
    ("syllable", "jamo"),
    [("가", ("ㄱ", "ㅏ", "")), ("힣", ("ㅎ", "ㅣ", "ㅎ")), ("닭", ("ㄷ", "ㅏ", "ㄺ")), ("꿨", ("ㄲ", "ㅝ", "ㅆ"))],
)
def test_a_syllable_splits_into_compatibility_jamo(syllable, jamo):
    assert split(syllable) == jamo


@given(SYLLABLES)
def test_what_is_split_joins_again(syllable):
    assert join(*split(syllable)) == syllable


@given(st.sampled_from(ONSETS), st.sampled_from(VOWELS), st.sampled_from(CODAS))
def test_what_is_joined_splits_again(onset, vowel, coda):
    assert split(join(onset, vowel, coda)) == (onset, vowel, coda)


@pytest.mark.parametrize("text", ["", "a", "ㄱ", "가나", "3"])
def test_only_one_syllable_is_split(text):
    assert not is_syllable(text)
    with pytest.raises(ValueError, match="not a hangul syllable"):
        split(text)


@pytest.mark.parametrize("jamo", [("ㄳ", "ㅏ", ""), ("ㄱ", "ㄴ", ""), ("ㄱ", "ㅏ", "ㄸ"), ("", "ㅏ", "")])
def test_jamo_in_the_wrong_place_are_refused(jamo):
    with pytest.raises(ValueError, match="no hangul syllable"):
        join(*jamo)


def test_the_coda_of_the_last_syllable_is_replaced():
    assert with_coda("하여", "ㅆ") == "하였"
    assert with_coda("열", "") == "여"


@pytest.mark.parametrize(
    ("text", "coda"),
    [
        ("에어컨", "ㄴ"), ("거실등", "ㅇ"), ("티비", ""), ("26도", ""), ("닭", "ㄺ"), ("'거실'.", "ㄹ"),
        ("거실(큰방)", "ㅇ"), ("0", "ㅇ"), ("1", "ㄹ"), ("2", ""), ("3", "ㅁ"), ("4", ""), ("5", ""), ("6", "ㄱ"),
        ("7", "ㄹ"), ("8", "ㄹ"), ("9", ""), ("10", "ㅂ"), ("100", "ㄱ"), ("1,000", "ㄴ"), ("20000", "ㄴ"),
        ("100000", "ㄴ"), ("100000000", "ㄱ"), ("26.5", ""), ("TV", ""), ("LG", ""), ("U+", ""), ("50%", ""),
        ("26℃", ""), ("26.5°C", ""), ("10kg", "ㅁ"), ("3 m", ""), ("KBS1", "ㄹ"), ("L", "ㄹ"), ("N", "ㄴ"),
        ("Sonos", ""), ("Apple", "ㄹ"), ("Ring", "ㅇ"), ("", ""), ("...", ""),
    ],
)  # fmt: skip
def test_the_final_consonant_is_the_one_that_is_heard(text, coda):
    assert final_consonant(text) == coda


def test_the_final_consonant_of_decomposed_text_is_found():
    assert final_consonant(unicodedata.normalize("NFD", "에어컨")) == "ㄴ"


@pytest.mark.parametrize(
    ("text", "squashed"),
    [
        ("거실 불 좀, 켜 줘!", "거실불좀켜줘"), ("25.5 °C", "25.5°c"), ("1,000원, 3", "1,000원3"),
        ("19:30에", "19:30에"), ("U+ TV", "u+tv"), ("-5도", "-5도"), ("온도 −5", "온도-5"), ("가_나-다", "가나다"),
        ("２６도", "26도"), ("50 %", "50%"), ("11/24", "11/24"), ("켜줘...", "켜줘"), ("1. 불", "1불"),
        ("26 ℃", "26℃"), ("", ""), (" \t\n", ""),
        ("22~24도", "22부터24도"), ("22도 ～ 24도", "22도부터24도"), ("22 - 24", "22부터24"), ("22–24", "22부터24"),
        ("1, 2분", "1,2분"), ("1·2층", "1,2층"), ("켜줘~ 2번", "켜줘2번"),
    ],
)  # fmt: skip
def test_squashed_text_keeps_what_is_said_and_nothing_else(text, squashed):
    assert squash(text) == squashed


def test_squash_composes_decomposed_text():
    assert squash(unicodedata.normalize("NFD", "거실 불")) == "거실불"


@given(st.text())
def test_squash_takes_any_text_and_leaves_no_space(text):
    assert not any(ch.isspace() for ch in squash(text))


@given(st.text())
def test_final_consonant_takes_any_text(text):
    assert final_consonant(text) in CODAS


@pytest.mark.parametrize(
    ("text", "source", "places"),
    [
        ("거실 불", "거실 불", [0, 1, 3]),
        (" 켜, 줘! ", " 켜, 줘! ", [1, 4]),
        ("26.5 °C", "26.5 °C", [0, 1, 2, 3, 5, 6]),
        ("온도 −5", "온도 −5", [0, 1, 3, 4]),
        ("U+ TV", "U+ TV", [0, 1, 3, 4]),
        ("２６도", "26도", [0, 1, 2]),
        ("Straße 켜", "Straße 켜", [0, 1, 2, 3, 4, 4, 5, 7]),
        ("...", "...", []),
        ("", "", []),
    ],
)
def test_every_letter_of_squashed_text_knows_where_it_was_said(text, source, places):
    assert aligned(text) == (squash(text), source, places)


def test_aligned_text_is_composed_before_it_is_counted():
    squashed, source, places = aligned(unicodedata.normalize("NFD", "거실 불"))
    assert (squashed, source, places) == ("거실불", "거실 불", [0, 1, 3])


@given(st.text() | st.text(alphabet="거실 불26.5,%-−+:/°CＡ１ßİ()"))
def test_aligned_text_is_the_squashed_one_letter_by_letter(text):
    squashed, source, places = aligned(text)
    assert squashed == squash(text)
    assert len(places) == len(squashed)
    assert places == sorted(places)
    # What is kept is the letter that stands there, but for the signs that become 부터, a comma or a short minus.
    assert all(
        letter in source[at].casefold().replace("−", "-") or (letter in "부터," and not source[at].isalnum())
        for letter, at in zip(squashed, places, strict=True)
    )
