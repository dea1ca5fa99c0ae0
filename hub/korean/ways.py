"""Every way that a word group is said: what standard pronunciation leaves open, and what only a dictionary decides.

`pronounce` gives one way, the formal one. The recognizer has to know them all: a name may be a compound that nobody has
written down. Numbers in comments are the articles of the 표준 발음법.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from hub.korean.jamo import is_syllable, join, split
from hub.korean.pronunciation import pronounce

Y_VOWELS = "ㅑㅕㅛㅠㅖㅒ"
_PARTICLE = "(?=(?:[이가을를은는도만의에]|부터|까지|이랑)?$)"


def ways(group: str) -> list[str]:
    """Every way to say a word group, syllable for syllable; as `pronounce` says it comes first."""
    return list(dict.fromkeys(map(pronounce, (group, *(change(group) for change in CHANGES)))))


def _loose(group: str) -> str:
    """5: ㅖ after a consonant may be ㅔ, but not in 예 and 례: 시계 → 시게."""
    return "".join(map(_without_glide, group))


def _without_glide(syllable: str) -> str:
    if not is_syllable(syllable):
        return syllable
    onset, vowel, coda = split(syllable)
    return join(onset, "ㅔ", coda) if vowel == "ㅖ" and onset not in "ㅇㄹ" else syllable


def _of(group: str) -> str:
    """5: the particle 의 may be 에: 거실의 → 거시레."""
    return re.sub("(?<=..)의$", "에", group)


def _compound(group: str) -> str:
    """28: the second word of a compound turns tense, whatever ends the first: 거실등 → 거실뜽, 안방불 → 안방뿔."""
    return re.sub(f"(?<=..)(등|불){_PARTICLE}", lambda found: {"등": "뜽", "불": "뿔"}[found[1]], group)


def _joined(group: str) -> str:
    """29: ㄴ between the words of a compound: 전기담요 → 전기담뇨, 솜이불 → 솜니불."""
    group = re.sub("이(?=불|름|어폰)", lambda found: "니" if _ends(group[: found.start()]) else "이", group)
    syllables = list(group)
    for place, (before, here) in enumerate(pairwise(group), 1):
        if is_syllable(here) and _ends(before) and split(here)[0] == "ㅇ" and split(here)[1] in Y_VOWELS:
            syllables[place] = join("ㄴ", *split(here)[1:])
    return "".join(syllables)


def _ends(text: str) -> bool:
    """Whether it ends in a consonant."""
    return bool(text) and is_syllable(text[-1]) and bool(split(text[-1])[2])


CHANGES: tuple[Callable[[str], str], ...] = (_loose, _of, _compound, _joined)
"""What may be said otherwise, each by itself."""
