"""From a sentence to intents: the grammar says what it may mean, the home says which devices, and one meaning wins."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from hub.butler.later import DELAYED, moment_slots, off_again, plain_slots, put_off
from hub.butler.resolve import OF_ROOMS, QUESTIONS, Refusal, Resolved, UnresolvedError, resolve
from hub.grammar.lexicon import Lexicon
from hub.grammar.parse import Named, Parse, Word
from hub.grammar.parser import MAX_TEXT, Grammar
from hub.home import Home
from hub.korean.jamo import squash

_FORBIDDING = re.compile(
    "지(?:마|말|않|못하)|면안[돼되됩]|필요(?:는|도|가)?없|안[가-힣]{1,4}도(?:돼|되|괜찮)|기싫|고싶지"
)
"""Refused because it forbids: no grammar of what must not be done, only the reason that is told."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a sentence means here: intents, or the reason why there are none."""

    text: str
    intents: tuple[Resolved, ...] = ()
    refused: Refusal | None = None
    choices: tuple[str, ...] = ()
    """Ids of the devices that could be meant, when that is the reason."""
    unexplained: str | None = None
    """The part that was not understood: a name that nobody has (unknown_device), or from where on nothing fits."""
    corrected: tuple[str, str] | None = None
    """A name as it was said, and the name of this home that it was taken for."""
    words: tuple[Word, ...] = ()
    """What each part of the sentence was taken for."""

    def to_dict(self) -> dict[str, Any]:
        """As the command line prints it: `{text, intents: [{intent, slots, targets}], refused, …}`.

        `unexplained` and `corrected` are there where there is something to tell.
        """
        intents = [
            {"intent": found.intent, "slots": found.slots, "targets": list(found.targets)} for found in self.intents
        ]
        told: dict[str, Any] = {"unexplained": self.unexplained, "corrected": self.corrected and list(self.corrected)}
        known = {name: value for name, value in told.items() if value}
        return {"text": self.text, "intents": intents, "refused": self.refused, **known}


@dataclass(frozen=True, slots=True)
class _Meaning:
    """One way to take a whole sentence."""

    parses: tuple[Parse, ...]
    intents: tuple[Resolved, ...]
    near: bool
    """Whether all its devices are where the speaker stands."""

    def words(self) -> tuple[Word, ...]:
        """What each part of the sentence was taken for."""
        return tuple(word for parse in self.parses for word in parse.words)

    def asks(self) -> object:
        """What is asked for, whoever is asked."""
        return tuple(parse.asked() for parse in self.parses)

    def targets(self) -> tuple[frozenset[str], ...]:
        """The devices that each intent is about."""
        return tuple(frozenset(meant.targets) for meant in self.intents)

    def by_name(self) -> int:
        """How many of its targets are called by their own names."""
        return sum(bool(named.devices) for parse in self.parses for named in parse.named)

    def unnamed(self) -> int:
        """How many clauses leave open whom they are about."""
        return sum(not parse.named for parse in self.parses)

    def pointing(self) -> tuple[int, int]:
        """How exactly its targets are called: by their names, by their device class."""
        return self.by_name(), sum(bool(named.device_class) for parse in self.parses for named in parse.named)

    def every(self) -> bool:
        """Whether all of something is meant."""
        return any(parse.every for parse in self.parses)


def local_time() -> datetime:
    """The time at home."""
    return datetime.now().astimezone()


class Understander:
    """Understands sentences said in one home; `clock` tells the local time, for 7시에."""

    def __init__(
        self,
        home: Home,
        clock: Callable[[], datetime] = local_time,
        known: Lexicon | None = None,
    ) -> None:
        """`known` is the lexicon, with the household's own sentences where there are any."""
        self.home = home
        self._grammar = Grammar(home, known)
        self._clock = clock

    def understand(self, text: str, room: str | None = None) -> Understanding:
        """What `text` means when it is said in the room with id `room` (None: somewhere)."""
        understood = self._meant(text, room)
        if understood.refused is not Refusal.NOT_A_COMMAND:
            return understood
        if len(text) <= MAX_TEXT and _FORBIDDING.search(squash(text)):
            return replace(understood, refused=Refusal.NEGATED)
        unknown = self._grammar.unknown(text)
        corrected = (self._corrected(text, part, room) for part in reversed(unknown))
        if (found := next(filter(None, corrected), None)) is not None:
            return found
        if (name := next((part for part in unknown if self._grammar.is_new(part, text)), None)) is not None:
            return Understanding(text, refused=Refusal.UNKNOWN_DEVICE, unexplained=name)
        words, rest = self._grammar.explained(text)
        return replace(understood, words=words, unexplained=rest)

    def _corrected(self, text: str, unknown: str, room: str | None) -> Understanding | None:
        """What the sentence means with the name of this home that is clearly nearest to what was said."""
        name = self._grammar.nearest(unknown)
        if name is None:
            return None
        found = self._meant(squash(text).replace(unknown, name, 1), room)
        return None if found.refused is not None else replace(found, text=text, corrected=(unknown, name))

    def _meant(self, text: str, room: str | None) -> Understanding:
        found = self._decided(text, self._grammar.parse(text), room)
        if found.refused not in _NO_DEVICES:
            return found
        shared = self._decided(text, self._grammar.shared(text), room)
        return found if shared.refused is Refusal.NOT_A_COMMAND else shared

    def _decided(self, text: str, sentences: Sequence[tuple[Parse, ...]], room: str | None) -> Understanding:
        """The one of these meanings that the sentence has here."""
        meanings: dict[object, _Meaning] = {}
        unresolved: list[tuple[UnresolvedError, Sequence[Parse]]] = []
        # A device called by its own name comes before a room and a kind of device that mean the same.
        for sentence in sorted(sentences, key=lambda parses: -_names(parses)):
            try:
                intents = tuple(self._resolved(text, sentence, room))
            except UnresolvedError as why:
                unresolved.append((why, sentence))
                continue
            except ValueError:  # a day that no calendar has, or one that is past
                unresolved.append((UnresolvedError(Refusal.NO_SUCH_TIME), sentence))
                continue
            key = tuple((meant.intent, frozenset(meant.targets)) for meant in intents)
            meaning = _Meaning(sentence, intents, near=self._near(intents, room))
            meanings.setdefault((key, meaning.asks()), meaning)
        found = list(meanings.values())
        meant = [this for this in found if not any(_outranks(other, this) for other in found)]
        if meant and all(other.intents == meant[0].intents for other in meant):
            return Understanding(text, intents=meant[0].intents, words=meant[0].words())
        if meant:
            return Understanding(text, refused=Refusal.AMBIGUOUS)
        for refusal, parses in unresolved:
            words = tuple(word for parse in parses for word in parse.words)
            named = " ".join(word.text for word in words if word.role in {"area", "target"})
            unknown = named if refusal.reason is Refusal.UNKNOWN_DEVICE and named else None
            return Understanding(
                text, refused=refusal.reason, choices=refusal.choices, unexplained=unknown, words=words
            )
        return Understanding(text, refused=Refusal.NOT_A_COMMAND)

    def _near(self, intents: Sequence[Resolved], room: str | None) -> bool:
        devices = [self.home.device(target) for meant in intents for target in meant.targets]
        return room is not None and all(device is not None and device.room == room for device in devices)

    def _resolved(self, text: str, sentence: Sequence[Parse], room: str | None) -> list[Resolved]:
        """The intents of all clauses; a clause without targets is about those of the clause before it."""
        found: list[Resolved] = []
        before: tuple[Named, ...] = ()
        said = ""
        now = self._clock()
        for parse in sentence:
            parse = _inheriting(parse, before)
            intents = resolve(parse, plain_slots(parse, now), self.home, room)
            said = parse.said or said
            before = () if parse.intent in OF_ROOMS else parse.named or before
            if parse.when is None:
                found += intents
                if parse.lasting:
                    found.append(Resolved(*off_again(parse.lasting, parse.said, now), ()))
            elif (delayed := DELAYED.get(parse.intent)) is not None:
                moment = dict(parse.when.duration) or moment_slots(parse.when, now)
                found += [Resolved(delayed, {**meant.slots, **moment}, meant.targets) for meant in intents]
            else:
                # All that follows waits as well: 10분 뒤에 불 끄고 에어컨 켜줘.
                return [*found, Resolved(*put_off(parse.when, "" if parse.said else said, now), ())]
        if _contradicts(found):
            raise UnresolvedError(Refusal.AMBIGUOUS)
        return found


_NO_DEVICES = frozenset({Refusal.NOT_A_COMMAND, Refusal.UNKNOWN_DEVICE})
"""Refused because no act fits all that is named, or none of the devices."""


def _names(parses: Sequence[Parse]) -> int:
    return sum(bool(named.devices) for parse in parses for named in parse.named)


def _inheriting(parse: Parse, before: tuple[Named, ...]) -> Parse:
    """The clause with what the one before it said: all targets when it names none, else only the place."""
    if not parse.types:
        return parse
    if not before:
        if parse.frames[0].target == "required" and not parse.named and not parse.every:
            raise UnresolvedError(Refusal.UNKNOWN_DEVICE)
        return parse
    if not parse.named:
        return parse if parse.every else replace(parse, named=before)
    last = before[-1]
    if not last.placed or any(named.placed for named in parse.named):
        return parse
    placed = tuple(replace(named, areas=last.areas, floors=last.floors, inherited=True) for named in parse.named)
    return replace(parse, named=placed)


def _outranks(better: _Meaning, worse: _Meaning) -> bool:
    """Whether one of two meanings that differ in their devices alone is the nearer one.

    With 거실 불 as the name of one of several lights in 거실, 거실 불 means that one and 거실 불 다 means all of them.
    """
    if better.by_name() > worse.by_name() and better.unnamed() < worse.unnamed():
        return True  # 외출 모드로 해줘: a scene of that name, not a mode of whatever has one
    if all(meant.intent in QUESTIONS for meant in better.intents) and better.pointing() > worse.pointing():
        return True  # 현관문 열려 있어: the sensor of that name, and any door before a lock that 문 may mean as well
    if better.asks() != worse.asks() or better.targets() == worse.targets():
        return False
    if better.every():
        return _within(worse.targets(), better.targets())
    # A name comes before a kind (보일러 is the device of that name, whatever else is a boiler), but no device far away
    # before one where the speaker stands.
    nearer = worse.near and not better.near
    return better.by_name() > worse.by_name() and (not nearer or _within(better.targets(), worse.targets()))


def _within(few: tuple[frozenset[str], ...], many: tuple[frozenset[str], ...]) -> bool:
    """Whether each intent of the one is about no other devices than the same intent of the other."""
    return len(few) == len(many) and all(one <= other for one, other in zip(few, many, strict=True))


def _contradicts(intents: Sequence[Resolved]) -> bool:
    """Whether a sentence undoes what it asks for (켜고 꺼줘); 껐다 켜줘 is a restart."""
    return any(
        (first.intent, later.intent) in _UNDOING or (first.intent == later.intent and _turned(first, later))
        for index, later in enumerate(intents)
        for first in intents[:index]
        if not set(first.targets).isdisjoint(later.targets)
    )


def _turned(first: Resolved, later: Resolved) -> bool:
    same = first.slots.get("property") == later.slots.get("property")
    ways = {meant.slots.get("direction", meant.slots.get("volume_step")) for meant in (first, later)}
    return same and ways == {"up", "down"}


_UNDOING = {
    ("HassTurnOn", "HassTurnOff"),
    *(
        (start, end)
        for start in ("JipsaStart", "HassVacuumStart")
        for end in ("JipsaStop", "JipsaPause", "HassTurnOff")
    ),
}
