"""The forms in which a household says its verbs: what asks for an act, forbids it, asks about it, leads on from it.

The endings are the tables of ``hub.korean.endings``. All forms are squashed: they contain no spaces.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from hub.korean.endings import (
    ASKS,
    ASKS_OF_ADJECTIVES,
    AUXILIARIES,
    AUXILIARY_ENDINGS,
    CONNECTIVES,
    COPULA,
    FEELINGS,
    INDIRECT,
    INDIRECT_COPULA,
    INDIRECT_OF_ADJECTIVES,
    NEGATIVES,
    NEGATIVES_AFTER_AN,
    NOUN_FILLERS,
    NOUN_NEGATIVES,
    NOUN_REQUESTS,
    PROHIBITIONS,
    QUESTIONS,
    REQUESTS,
    SPOKEN,
    SPOKEN_ASKS,
    SPOKEN_ASKS_OF_ADJECTIVES,
    SPOKEN_COPULA,
    STATES,
)
from hub.korean.jamo import split
from hub.korean.josa import with_josa
from hub.korean.verbs import Verb, bases, gives, infinitive, joint, with_ending

Bases = dict[str, list[str]]
"""For each joint, what stands before the ending."""

Tails = tuple[tuple[str, str], ...]
"""Endings as joint and rest, in the order in which their forms are listed."""


def request_bases(verb: Verb) -> Bases:
    """``bases`` for ``REQUEST_TAILS``, and where the noun of a 하다 verb asks alone (정지) or apart (청소 좀 해줘)."""
    found = bases(verb)
    if not gives(verb):
        found[_SHADED] = found["아/어"][:1]
    if verb.noun:
        for start, act in _apart(verb):
            for by, stems in bases(act).items():
                found[by] = [*found[by], *(start + stem for stem in stems)]
        found[NOUN] = [verb.noun]
    return found


def forms(found: Bases, tails: Tails) -> list[str]:
    """Every form that bases and tails make together."""
    return list(dict.fromkeys(base + rest for by, rest in tails for base in found.get(by, ())))


def request_forms(verb: Verb) -> list[str]:
    """Every form in which a person asks for this act, in all styles, the styles in the order of ``REQUESTS``."""
    return forms(request_bases(verb), REQUEST_TAILS)


def spoken_request_forms(verb: Verb) -> list[str]:
    """The commonest requests, for the speech graph: those of ``SPOKEN`` in their everyday spelling."""
    shades = tuple(f"아/어{infinitive(auxiliary)}" for auxiliary in _SHADES)
    found = [with_ending(verb, ending) for ending in SPOKEN if not (gives(verb) and ending in shades)]
    if verb.noun:
        found += [verb.noun, verb.noun + with_ending(_CAUSE, "아/어줘"), verb.noun + "좀해줘"]
    return list(dict.fromkeys(found))


def connective_forms(verb: Verb) -> list[str]:
    """Forms that join this act to the next one: 끄고, 끈다음에, 꺼서, 껐다가."""
    return _conjugated(verb, CONNECTIVES)


def negative_forms(verb: Verb) -> list[str]:
    """Forms that forbid the act or call it needless: 끄지마, 끄지말고, 안꺼도돼, and the common misspelling 꺼지마."""
    starts = [verb.stem]
    if split(verb.stem[-1])[1:] == ("ㅡ", ""):
        starts.append(infinitive(verb))
    found = [start + "지" + rest for start in starts for rest in PROHIBITIONS]
    found += _conjugated(verb, NEGATIVES)
    found += ["안" + form for form in _conjugated(verb, NEGATIVES_AFTER_AN)]
    if verb.noun:
        found += [verb.noun + rest for rest in NOUN_NEGATIVES]
        found += _conjugated(Verb(f"{verb.noun}안하", "하"), NEGATIVES_AFTER_AN)
        for start, act in _apart(verb):
            found += [start + act.stem + "지" + rest for rest in PROHIBITIONS]
            found += [start + with_ending(act, ending) for ending in NEGATIVES]
    return list(dict.fromkeys(found))


def question_forms(verb: Verb) -> list[str]:
    """Forms that ask about the act instead of asking for it: 껐어, 끄니, 끌까, 꺼도돼."""
    return _conjugated(verb, QUESTIONS)


def state_forms(verb: Verb) -> list[str]:
    """Forms that ask how things stand, of a passive or intransitive verb: 켜져있어, 열려있니, 꺼졌어, 돌아가고있어."""
    return _conjugated(verb, STATES)


def asking_bases(verb: Verb) -> Bases:
    """``bases`` for the tails of questions; 이다 joins a noun as it is, whatever its last sound: people write both."""
    return {COPULAR: [""]} if verb.stem == "이" else bases(verb)


def spoken_asking_forms(verb: Verb, *, describes: bool = False) -> list[str]:
    """The commonest questions, for the speech graph: 됐어, 남았니; of an adjective: 어때; of 이다: 야."""
    if verb.stem == "이":
        return list(SPOKEN_COPULA)
    return _conjugated(verb, SPOKEN_ASKS_OF_ADJECTIVES if describes else SPOKEN_ASKS)


def feeling_forms(adjective: Verb) -> list[str]:
    """What somebody says who feels so: 추워, 더워죽겠다, 어둡네."""
    return _conjugated(adjective, FEELINGS)


_DO: Final = Verb.of("하다")
_CAUSE: Final = Verb.of("시키다")
_SHADES: Final = tuple(map(Verb.of, AUXILIARIES))


def _apart(verb: Verb) -> Iterator[tuple[str, Verb]]:
    """The ways to say a 하다 verb with its noun apart: (청소를, 하다), (청소좀, 하다), (청소, 시키다) ..."""
    yield with_josa(verb.noun, "을/를"), _DO
    for filler in NOUN_FILLERS:
        yield verb.noun + filler, _DO
        yield verb.noun + filler, _CAUSE
    yield verb.noun, _CAUSE


def _conjugated(verb: Verb, endings: Iterable[str]) -> list[str]:
    return forms(bases(verb), tuple(map(joint, endings)))


# Joints beside those of ``bases``: an infinitive with an auxiliary, the noun of a 하다 verb, a noun with 이다.
_SHADED: Final = "아/어-"
NOUN: Final = "noun"
COPULAR: Final = "copula"

REQUEST_TAILS: Final[Tails] = (
    *(joint(ending) for style in REQUESTS.values() for ending in style),
    *((_SHADED, with_ending(auxiliary, ending)) for auxiliary in _SHADES for ending in AUXILIARY_ENDINGS),
    *((NOUN, rest) for rest in NOUN_REQUESTS),
)
CONNECTIVE_TAILS: Final[Tails] = tuple(map(joint, CONNECTIVES))
STATE_TAILS: Final[Tails] = tuple(map(joint, STATES))
ASKING_TAILS: Final[Tails] = (*map(joint, ASKS), *((COPULAR, rest) for rest in COPULA))
DESCRIBING_TAILS: Final[Tails] = (*ASKING_TAILS, *map(joint, ASKS_OF_ADJECTIVES))
INDIRECT_TAILS: Final[Tails] = (
    *map(joint, (*INDIRECT, *(ending for ending in STATES if ending.endswith("는지")))),
    *((COPULAR, rest) for rest in INDIRECT_COPULA),
)
INDIRECT_DESCRIBING_TAILS: Final[Tails] = tuple(map(joint, INDIRECT_OF_ADJECTIVES))
