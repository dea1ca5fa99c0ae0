from hypothesis import given
from hypothesis import strategies as st

from hub.speech.cuts import cuts, uncuttable

VOCABULARY = frozenset(["켜", "주세요", "켜주", "세요", "불", "을", "부를", "부", "를", "무드", "등", "무", "드등"])


def test_a_phrase_is_cut_into_the_fewest_words() -> None:
    assert cuts("켜주세요", VOCABULARY)[0] in {("켜", "주세요"), ("켜주", "세요")}
    assert ("무드", "등") in cuts("무드등", VOCABULARY)


def test_a_phrase_is_also_cut_as_it_sounds() -> None:
    found = cuts("불을", VOCABULARY)
    assert ("불", "을") in found
    assert ("부를",) in found


def test_what_no_words_say_is_reported() -> None:
    assert cuts("텔레비전", VOCABULARY) == []
    assert uncuttable(["켜주세요", "텔레비전"], VOCABULARY) == ["텔레비전"]


@given(st.text(alphabet="켜주세요불을부를무드등", min_size=1, max_size=12))
def test_every_cut_has_one_syllable_for_each_of_the_phrase(phrase: str) -> None:
    for words in cuts(phrase, VOCABULARY):
        assert len("".join(words)) == len(phrase)
        assert set(words) <= VOCABULARY
