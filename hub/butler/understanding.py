"""From a sentence to intents: the grammar says what it may mean, the home says which devices, and one meaning wins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hub.butler.resolve import Refusal, Resolved, Unresolved, resolve
from hub.grammar.parser import Grammar, Parse
from hub.home import Home


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a sentence means here: intents, or the reason why there are none."""

    text: str
    intents: tuple[Resolved, ...] = ()
    refused: Refusal | None = None
    choices: tuple[str, ...] = ()
    """Ids of the devices that could be meant, when that is the reason."""

    def to_dict(self) -> dict[str, Any]:
        """As the command line prints it: `{text, intents: [{intent, slots, targets}], refused}`."""
        intents = [
            {"intent": found.intent, "slots": found.slots, "targets": list(found.targets)} for found in self.intents
        ]
        return {"text": self.text, "intents": intents, "refused": self.refused}


class Understander:
    """Understands sentences said in one home."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._grammar = Grammar(home)

    def understand(self, text: str, room: str | None = None) -> Understanding:
        """What `text` means when it is said in the room with id `room` (None: somewhere)."""
        parses = self._grammar.parse(text)
        outcomes = [(parse, resolve(parse, self.home, room)) for parse in parses]
        found: dict[tuple[object, ...], tuple[Parse, Resolved]] = {}
        # A device called by its own name comes before a room and a kind of device that mean the same.
        for parse, outcome in sorted(outcomes, key=lambda item: not item[0].devices):
            if isinstance(outcome, Resolved):
                key = (outcome.intent, frozenset(outcome.targets), frozenset(parse.slots.items()))
                found.setdefault(key, (parse, outcome))
        meanings = found.values()
        meant = tuple(this[1] for this in meanings if not any(_outranks(other, this) for other in meanings))
        if len(meant) == 1:
            return Understanding(text, intents=meant)
        if meant:
            return Understanding(text, refused=Refusal.AMBIGUOUS)
        for _, outcome in outcomes:
            if isinstance(outcome, Unresolved):
                return Understanding(text, refused=outcome.reason, choices=outcome.choices)
        return Understanding(text, refused=Refusal.NOT_A_COMMAND)


def _outranks(better: tuple[Parse, Resolved], worse: tuple[Parse, Resolved]) -> bool:
    """Whether one of two meanings that differ in their devices alone is the nearer one.

    With 거실 불 as the name of one of several lights in 거실, 거실 불 means that one and 거실 불 다 means all of them.
    """
    (parse, meaning), (other, beaten) = better, worse
    if (meaning.intent, parse.slots) != (beaten.intent, other.slots):
        return False
    few, many = (beaten, meaning) if parse.every else (meaning, beaten)
    return (parse.every or bool(parse.devices)) and set(few.targets) < set(many.targets)
