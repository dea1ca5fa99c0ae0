"""What closes a clause: the verbs of the lexicon in every form, found in a text without listing the forms.

A form is the base of a verb (켜, 켰, 켤) and what follows it (줘, 으면좋겠어, 래); a few hundred of each stand for more
than a hundred thousand forms.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from hub.grammar.trie import Trie
from hub.korean.forms import (
    ASKING_TAILS,
    CONNECTIVE_TAILS,
    COPULAR,
    DESCRIBING_TAILS,
    INDIRECT_DESCRIBING_TAILS,
    INDIRECT_TAILS,
    NOUN,
    REQUEST_TAILS,
    STATE_TAILS,
    Bases,
    Tails,
    asking_bases,
    request_bases,
)
from hub.korean.verbs import Verb, bases

Acts = frozenset[str]
NO_ACTS: Acts = frozenset()

Ends = list[tuple[int, Acts]]
"""Where a form may end, and the acts that it means."""


class _Use:
    """One group of tails, and the bases that take them."""

    def __init__(self, tails: Tails) -> None:
        self._tails: Trie[str] = Trie()
        for by, rest in tails:
            self._tails.add(rest, by)
        self._tails.pack()
        self._whole = {rest: frozenset(by for by, other in tails if other == rest) for _, rest in tails}

    def ends_at(self, text: str, start: int, end: int, by: str) -> bool:
        """Whether text[start:end] is a tail that `by` takes."""
        return by in self._whole.get(text[start:end], ())

    def tails_at(self, text: str, start: int, by: str) -> list[int]:
        """Where tails that `by` takes may end when they begin at `start`."""
        return [end for end, joint in self._tails.matches(text, start) if joint == by]


_FINAL = {
    "requests": _Use(REQUEST_TAILS),
    "states": _Use(STATE_TAILS),
    "asks": _Use(ASKING_TAILS),
    "describes": _Use(DESCRIBING_TAILS),
}
_CONNECTIVE = {"requests": _Use(CONNECTIVE_TAILS)}
_INDIRECT = {
    "states": _Use(INDIRECT_TAILS),
    "asks": _Use(INDIRECT_TAILS),
    "describes": _Use(INDIRECT_DESCRIBING_TAILS),
}


def _bases(verb: Verb, kind: str) -> Bases:
    match kind:
        case "requests":
            return request_bases(verb)
        case "states":
            return bases(verb)
    return asking_bases(verb)


class Closings:
    """The verbs that mean acts: `requests` are asked for, `states`, `asks` and `describes` are asked about."""

    def __init__(self, verbs: Mapping[str, Mapping[str, Sequence[Verb]]]) -> None:
        """`verbs` has for each kind, for each act, the verbs that mean it."""
        acts: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
        for kind, meanings in verbs.items():
            of_verb: defaultdict[Verb, set[str]] = defaultdict(set)
            for act, meant in meanings.items():
                for verb in meant:
                    of_verb[verb].add(act)
            for verb, meant_by_it in of_verb.items():
                for by, found in _bases(verb, kind).items():
                    for base in found:
                        acts[base, kind, by] |= meant_by_it
        self._copular = frozenset(acts.pop(("", "asks", COPULAR), ()))
        self._bases: Trie[tuple[str, str, Acts]] = Trie()
        # Thousands of bases share a few hundred values.
        values: dict[tuple[str, str, Acts], tuple[str, str, Acts]] = {}
        for (base, kind, by), meant_acts in acts.items():
            value = (kind, by, frozenset(meant_acts))
            self._bases.add(base, values.setdefault(value, value))
        self._bases.pack()

    def at(self, text: str, at: int) -> Stems:
        """The verbs that begin at a place of a text."""
        found = [(start, kind, by, acts) for start, (kind, by, acts) in self._bases.matches(text, at)]
        # 이다 has no base of its own (몇 시야): its tails may begin anywhere, but only with their own letters.
        if self._copular and text[at : at + 1] in _COPULAR_LETTERS:
            found.append((at, "asks", COPULAR, self._copular))
        return Stems(text, found) if found else NO_STEMS


class Stems:
    """The bases of verbs that begin at one place of a text, and how they may go on."""

    __slots__ = ("_found", "_text")

    def __init__(self, text: str, found: list[tuple[int, str, str, Acts]]) -> None:
        self._text = text
        self._found = found

    def final(self, ends: Iterable[int], request_ends: Iterable[int] = ()) -> Acts:
        """The acts that the text means up to one of `ends`; requests may end at one of `request_ends` as well."""
        found = NO_ACTS
        for start, kind, by, acts in self._found:
            use = _FINAL[kind]
            for end in (*ends, *request_ends) if kind == "requests" else ends:
                if end >= start and use.ends_at(self._text, start, end, by):
                    found = found | acts if found else acts
                    break
        return found

    def requests(self) -> Ends:
        """Requests with an ending of their own, wherever the text goes on (켜, 켜줘, but not 시작)."""
        use = _FINAL["requests"]
        found: defaultdict[int, Acts] = defaultdict(frozenset)
        for start, kind, by, acts in self._found:
            if kind == "requests" and by != NOUN:
                bare = [start] if use.ends_at(self._text, start, start, by) else []
                for end in (*bare, *use.tails_at(self._text, start, by)):
                    found[end] |= acts
        return sorted(found.items())

    def connective(self) -> Ends:
        """Forms that lead on to a further act: 끄고, 켠다음에."""
        return self._leading(_CONNECTIVE)

    def indirect(self) -> Ends:
        """Forms of indirect questions: 켜져있는지, 몇도인지."""
        return self._leading(_INDIRECT)

    def _leading(self, uses: Mapping[str, _Use]) -> Ends:
        return [
            (end, acts)
            for start, kind, by, acts in self._found
            if kind in uses
            for end in uses[kind].tails_at(self._text, start, by)
        ]


NO_STEMS = Stems("", [])
"""No verb begins there."""

_COPULAR_LETTERS = frozenset(rest[0] for by, rest in (*ASKING_TAILS, *INDIRECT_TAILS) if by == COPULAR)
