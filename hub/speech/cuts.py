"""Phrases cut into words of the recognizer's vocabulary.

The model knows half a million words, but no "켜주세요" and no "에어컨을". Such a phrase is heard as a chain of words
that are in the vocabulary: 켜 주세요. Where a phrase is not said as it is written (불을 → 부를), its sounds are cut as
well. Sound and writing have the same number of syllables, so it is known which is which.
"""

from __future__ import annotations

from collections.abc import Container, Iterable

from hub.korean.jamo import join, split
from hub.korean.ways import ways

Cut = tuple[str, ...]

MOST_CUTS = 3  # of the writing, and again of the sound
# The object particle weakens in running speech: its ㅡ moves forward and its ㄹ goes (불을 → 부를 → 부릐).
OBJECT = ("을", "를")


def cuts(phrase: str, vocabulary: Container[str]) -> list[Cut]:
    """Return the ways to say `phrase` with words of `vocabulary`, fewest words first; none when it cannot be said."""
    sound, *others = ways(phrase)
    said = [phrase, sound, *others]
    if phrase.endswith(OBJECT):
        said.append(sound[:-1] + join(split(sound[-1])[0], "ㅢ"))
    found = [cut for syllables in said for cut in _fewest(syllables, vocabulary)]
    return sorted(dict.fromkeys(found), key=len)


def uncuttable(phrases: Iterable[str], vocabulary: Container[str]) -> list[str]:
    """Return those of `phrases` that the recognizer can never hear."""
    return [phrase for phrase in phrases if not cuts(phrase, vocabulary)]


def _fewest(phrase: str, vocabulary: Container[str]) -> list[Cut]:
    """Return at most MOST_CUTS ways to cut `phrase` into the fewest words, those with long words in front first."""
    best: list[list[Cut]] = [[] for _ in phrase] + [[()]]
    for start in range(len(phrase) - 1, -1, -1):
        found = [
            (phrase[start:end], *rest)
            for end in range(len(phrase), start, -1)
            if best[end] and phrase[start:end] in vocabulary
            for rest in best[end]
        ]
        fewest = min(map(len, found), default=0)
        best[start] = [words for words in found if len(words) == fewest][:MOST_CUTS]
    return best[0] if phrase else []
