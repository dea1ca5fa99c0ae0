"""The name that the hub is called by, as a part of what it listens for: 지니야, and 지니야 거실 불 켜줘 in one breath.

The names stand in the home graph, in front of every command, and not in a graph of their own: what follows a name is
heard with it, once, and a second graph would keep the acoustic model in memory a second time (docs/home-graph.md has
the figures).
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator

from hub.grammar.acceptor import Acceptor
from hub.korean.jamo import join, split
from hub.korean.pronunciation import pronounce
from hub.speech.cuts import Cut

WAKE = "@"
"""Stands before a name in the acceptor and in what the graph writes, so that no word of a command is taken for one."""

LINKING = "ㄱㄴㅁ"
ASPIRATED = {"ㄲ": "ㅋ", "ㄸ": "ㅌ", "ㅃ": "ㅍ", "ㅉ": "ㅊ"}


def with_wake(commands: Acceptor, names: Iterable[str]) -> Acceptor:
    """`commands` with the names in front of them, once or again and again; a name alone is complete, too."""
    called, begin = 0, 2  # the commands' states move up by two; state 1 is where somebody has called
    arcs = [(source + begin, target + begin, label) for source, target, label in commands.arcs]
    arcs += [(called, 1, WAKE + name) for name in names]
    arcs += [(1, called, ""), (called, begin, "")]
    return Acceptor(arcs, frozenset({1, *(final + begin for final in commands.finals)}))


def wake_cuts(name: str, vocabulary: Container[str]) -> list[Cut]:
    """Every way to say a name with words of `vocabulary`, fewest words first.

    Short as a name is, each of its ways counts, and so do those that a hurried speaker makes of it.
    """
    spellings = {name, pronounce(name), *_each(name, _aspirated), *_each(name, _unlinked)}
    found = {cut for spelled in spellings for cut in _every(spelled, vocabulary)}
    return sorted(found, key=lambda cut: (len(cut), cut))


def is_wake(group: str) -> bool:
    """Whether a word group is a name."""
    return group.startswith(WAKE)


def _every(phrase: str, vocabulary: Container[str]) -> list[Cut]:
    if not phrase:
        return [()]
    ends = [end for end in range(1, len(phrase) + 1) if phrase[:end] in vocabulary]
    return [(phrase[:end], *rest) for end in ends for rest in _every(phrase[end:], vocabulary)]


def _each(name: str, change: Callable[[str, str], str | None]) -> Iterator[str]:
    """The names that a change of two neighbouring syllables makes of `name`."""
    for place in range(1, len(name)):
        changed = change(name[place - 1], name[place])
        if changed is not None:
            yield name[: place - 1] + changed + name[place + 1 :]


def _unlinked(before: str, here: str) -> str | None:
    """A consonant said at the end of the syllable before: 지니 and 진이 sound the same."""
    (onset, vowel, coda), (linked, after, last) = split(before), split(here)
    return None if coda or linked not in LINKING else join(onset, vowel, linked) + join("ㅇ", after, last)


def _aspirated(before: str, here: str) -> str | None:
    """A tense consonant within a name that is breathed: 코뿔소 is heard as 코풀소."""
    onset, vowel, coda = split(here)
    return before + join(ASPIRATED[onset], vowel, coda) if onset in ASPIRATED else None
