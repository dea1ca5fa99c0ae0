"""Particles (조사) that change with the sound before them, and reply templates that choose them.

A pair is written as Korean grammars write it, the form after a consonant first: ``을/를``, ``이/가``, ``으로/로``.
"""

from __future__ import annotations

import string
from typing import Any, Final

from hub.korean.jamo import final_consonant

PAIRS: Final = frozenset({
    "이/가", "을/를", "은/는", "과/와", "아/야", "으로/로", "으로는/로는", "으로도/로도", "으로서/로서",
    "으로써/로써", "으로부터/로부터", "이랑/랑", "이라/라", "이라고/라고", "이라는/라는", "이란/란", "이라도/라도",
    "이라면/라면", "이라서/라서", "이나/나", "이든/든", "이든지/든지", "이며/며", "이고/고", "이면/면", "이지만/지만",
    "이에요/예요", "이었어요/였어요", "이었/였", "이야/야", "이네요/네요", "이니/니", "이죠/죠", "이니까/니까",
    "이시여/시여", "이여/여",
})  # fmt: skip


def josa(word: str, pair: str) -> str:
    """The particle of ``pair`` that follows ``word`` as it is read aloud. Raises ValueError for an unknown pair."""
    if pair not in PAIRS:
        raise ValueError(f"unknown particle pair {pair!r}: write it like 을/를, the form after a consonant first")
    after_consonant, after_vowel = pair.split("/")
    coda = final_consonant(word)
    if not coda or (coda == "ㄹ" and pair.startswith("으로")):
        return after_vowel
    return after_consonant


def with_josa(word: str, pair: str) -> str:
    """``word`` and its particle: ``with_josa("에어컨", "을/를")`` is ``에어컨을``."""
    return word + josa(word, pair)


class _Formatter(string.Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec in PAIRS:
            return with_josa(str(value), format_spec)
        return str(super().format_field(value, format_spec))


_FORMATTER: Final = _Formatter()


def fill(template: str, **values: object) -> str:
    """A reply template filled in: ``fill("{device:을/를} 켰어요", device="에어컨")`` is ``에어컨을 켰어요``.

    Templates are those of ``str.format``, with a particle pair as one more format specification.
    Raises KeyError for a value that is not given and ValueError for a bad specification.
    """
    return _FORMATTER.vformat(template, (), values)
