"""A sentence in parts, each with what it was taken for, for whoever shows how it was understood."""

from __future__ import annotations

from collections.abc import Iterator

from hub.butler.resolve import Refusal
from hub.butler.understanding import Understanding
from hub.grammar.parse import Word
from hub.korean.jamo import aligned, squash
from hub.messages import Part

UNEXPLAINED = "unexplained"
"""The slot of what nothing fits."""

Stretch = tuple[int, int, str]
"""Where a part begins and ends in the squashed text, and its slot."""


def parts(said: str, understood: Understanding) -> list[Part]:
    """All of `said` (in NFC, half width) in order; spaces, and what neither means nor hinders anything, have no slot.

    The sentence that was understood may be another one: with words moved or corrected, or with what was said before.
    Its words are looked for where they stand in it, and otherwise wherever they are found first.
    """
    text, source, places = aligned(said)
    taken: list[Stretch] = []
    unknown, name = understood.corrected or ("", "")
    for word in understood.words:
        part = word.text.replace(name, unknown, 1) if name else word.text
        taken += _stretch(part, text, taken, _slot(word), word.start)
    if understood.refused is Refusal.NOT_A_COMMAND:
        taken += list(_gaps(text, taken))
    elif understood.refused is not None and understood.unexplained:
        taken += _stretch(squash(understood.unexplained), text, taken, UNEXPLAINED)
    found: list[Part] = []
    done = 0
    for start, end, slot in sorted(taken):
        first, after = max(places[start], done), places[end - 1] + 1
        if first < after:  # 부터 of 22~24 may be no letter of its own
            found += [Part(text=source[done:first])] if done < first else []
            found.append(Part(text=source[first:after], slot=slot))
            done = after
    return [*found, Part(text=source[done:])] if done < len(source) else found


def _slot(word: Word) -> str:
    """The slot that a phrase sets, and the role of every other word."""
    return word.slots[0][0] if word.role == "phrase" and word.slots else word.role


def _stretch(part: str, text: str, taken: list[Stretch], slot: str, likely: int = 0) -> list[Stretch]:
    """Where a part stands, outside of what is taken: at the likely place, or else at the first one; or nowhere."""
    starts = [likely] if text.startswith(part, likely) else []
    at = text.find(part)
    while at >= 0:
        starts.append(at)
        at = text.find(part, at + 1)
    free = (at for at in starts if all(at >= end or at + len(part) <= start for start, end, _ in taken))
    start = next(free, None) if part else None
    return [] if start is None else [(start, start + len(part), slot)]


def _gaps(text: str, taken: list[Stretch]) -> Iterator[Stretch]:
    """What lies between."""
    done = 0
    for start, end, _ in sorted(taken):
        if done < start:
            yield done, start, UNEXPLAINED
        done = end
    if done < len(text):
        yield done, len(text), UNEXPLAINED
