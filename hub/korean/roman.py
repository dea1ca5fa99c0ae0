"""Hangul in Latin letters, for ids: those of the Revised Romanization, syllable by syllable.

How sounds change each other is left aside, so that a syllable is always the same.
Facts: 국어의 로마자 표기법 (문화체육관광부고시 제2014-42호), 제2장.
"""

from __future__ import annotations

import re
from typing import Final

from hub.korean.jamo import CODAS, ONSETS, VOWELS, split
from hub.korean.pronunciation import CODA_SOUND

_ONSETS: Final = dict(
    zip(
        ONSETS,
        ("g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h"),
        strict=True,
    )
)
_VOWELS: Final = dict(
    zip(
        VOWELS,
        ("a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu",
         "eu", "ui", "i"),
        strict=True,
    )
)  # fmt: skip
_CODA_SOUNDS: Final = {"": "", "ㄱ": "k", "ㄴ": "n", "ㄷ": "t", "ㄹ": "l", "ㅁ": "m", "ㅂ": "p", "ㅇ": "ng"}
_CODAS: Final = {coda: _CODA_SOUNDS[CODA_SOUND[coda]] for coda in CODAS}
_SYLLABLE: Final = re.compile("[가-힣]")


def romanized(text: str) -> str:
    """The text with every hangul syllable in Latin letters: 거실 is geosil; everything else stays."""
    return _SYLLABLE.sub(lambda found: _syllable(found[0]), text)


def _syllable(syllable: str) -> str:
    onset, vowel, coda = split(syllable)
    return _ONSETS[onset] + _VOWELS[vowel] + _CODAS[coda]
