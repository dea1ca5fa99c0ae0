"""What a sentence may mean before the home decides which devices it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from hub.grammar.automaton import Pairs
from hub.grammar.lexicon import Frame, SlotValue
from hub.korean.dates import Date
from hub.korean.times import Clock

HERE = "here"
"""The area of somebody who says 여기."""

NEAR_DAYS = {0: "today", 1: "tomorrow", 2: "day_after_tomorrow"}
"""Days that the slot `day` knows, by how far they are away."""

ABOUT_TARGETS = frozenset({"area", "floor", "device", "type", "class", "every", "except", "when", "lasting", "unknown"})
"""Slots that say which devices are meant, and when: they do not stay slots of the intent."""


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun for a kind of device, and the devices of that kind that have it in their names: 라디오 for speakers."""

    kind: str
    devices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """One target as it was named: by its name (`devices` bear it) or by its kind, in rooms or on floors."""

    devices: tuple[str, ...] = ()
    kind: str | None = None
    among: tuple[str, ...] = ()
    """Devices of that kind that have the noun in their names."""
    device_class: str | None = None
    areas: tuple[str, ...] = ()
    floors: tuple[int, ...] = ()
    inherited: bool = False
    """Whether rooms and floors were said for the target before this one: 거실 불이랑 에어컨."""

    @property
    def placed(self) -> bool:
        """Whether a room or a floor was said."""
        return bool(self.areas or self.floors)


@dataclass(frozen=True, slots=True)
class When:
    """When an act shall be done: after a duration (hours, minutes, seconds), or at a clock time, perhaps of a day."""

    duration: tuple[tuple[str, SlotValue], ...] = ()
    clock: Clock | None = None
    date: Date | None = None
    command: str = field(default="", compare=False)
    """What shall be done then: the rest of the sentence, as it was said."""


@dataclass(frozen=True, slots=True)
class Free:
    """Text that no list has: where it stands in the squashed text, the text itself, whether it begins with a word."""

    start: int
    end: int
    text: str
    whole: bool = True


class Word(NamedTuple):
    """What a part of the sentence was taken for: a phrase, a verb, a filler or an unknown name; and its slots."""

    start: int
    end: int
    role: str
    text: str
    slots: Pairs = ()


@dataclass(frozen=True, slots=True)
class Parse:
    """One meaning of one clause."""

    frames: tuple[Frame, ...]
    """What fits: one frame, or several that differ in their types alone."""
    slots: dict[str, SlotValue | Clock | Date | Free]
    named: tuple[Named, ...] = ()
    excepted: tuple[Named, ...] = ()
    every: bool = False
    when: When | None = None
    lasting: When | None = None
    """How long, or until when, it shall be so."""
    said: str = field(default="", compare=False)
    """The targets as they were said, where a later act may be about them."""
    words: tuple[Word, ...] = ()

    @property
    def intent(self) -> str:
        """The intent that is asked for."""
        return self.frames[0].intent

    @property
    def types(self) -> frozenset[str]:
        """The types of devices that can do it."""
        return types_of(self.frames)

    @property
    def unknown(self) -> str | None:
        """The name that nobody has, where the sentence was read with one."""
        return next((word.text for word in self.words if word.role == "unknown"), None)

    @property
    def start(self) -> int:
        """Where the clause begins in the squashed text."""
        return self.words[0].start if self.words else 0

    @property
    def end(self) -> int:
        """Where the clause ends in the squashed text."""
        return self.words[-1].end if self.words else 0

    def asked(self) -> object:
        """What is asked for, whoever is asked; equal for equal requests."""
        return self.intent, frozenset(self.slots.items()), self.when

    def meaning(self) -> object:
        """Everything that the clause means, in whatever words; equal for equal meanings."""
        return self.asked(), self.lasting, self.frames[0].target, self.types, self.named, self.excepted, self.every

    def cost(self) -> tuple[int, int, int, int]:
        """How much is not explained: free text, targets beyond one, fillers; and into how many words the rest falls.

        A message to everybody may say anything, so that its letters are only worth less than those of fillers.
        """
        texts = {slot: value for slot, value in self.slots.items() if isinstance(value, Free)}
        message = said.end - said.start + 2 * (not said.whole) if (said := texts.pop("message", None)) else 0
        spare = sum(text.end - text.start + 2 * (not text.whole) for text in texts.values())
        starts = {text.start for text in texts.values()}
        targets = max(len(self.named) - 1, 0)
        fillers = cut = 0
        before = ""
        for word in self.words:
            match word.role:
                case "filler":
                    fillers += word.end - word.start
                    # A syllable right before a text is sooner part of it (나훈아) than a filler.
                    spare += 2 * (word.end in starts and word.end == word.start + 1)
                case "except" if before == "area":
                    targets += 1  # 거실이랑 안방 빼고: rooms right before 빼고 belong to it
            cut += word.role not in {"area", "target"}
            before = word.role
        return spare, targets, 2 * fillers + message, cut


NESTED = frozenset({"except", "when", "lasting"})
"""Phrases whose slots stay together, since they are not about the targets of the clause."""


def types_of(frames: Sequence[Frame]) -> frozenset[str]:
    """The types of devices that any of these frames is about."""
    return frames[0].types if len(frames) == 1 else frozenset().union(*(frame.types for frame in frames))


def day_of(name: str) -> Date:
    """The day that the slot `day` names."""
    return Date(days=next(days for days, known in NEAR_DAYS.items() if known == name))


def grouped(pairs: Pairs) -> tuple[Named, ...] | None:
    """The targets that were named one after the other.

    A room belongs to the target after it, or, said last, to those that have none; None when it belongs to nothing.
    """
    found: list[Named] = []
    areas: list[str] = []
    floors: list[int] = []
    for slot, value in pairs:
        match slot, value:
            case "area", str():
                areas.append(value)
            case "floor", int():
                floors.append(value)
            case (("device" | "type" | "class"), _):
                noun = value if isinstance(value, Noun) else Noun(str(value), ())
                inherited = not (areas or floors) and bool(found)
                place = found[-1] if inherited else None
                found.append(
                    Named(
                        devices=value if slot == "device" and isinstance(value, tuple) else (),
                        kind=noun.kind if slot == "type" else None,
                        among=noun.devices if slot == "type" else (),
                        device_class=str(value) if slot == "class" else None,
                        areas=place.areas if place else tuple(dict.fromkeys(areas)),
                        floors=place.floors if place else tuple(dict.fromkeys(floors)),
                        inherited=inherited,
                    )
                )
                areas, floors = [], []
    rest_areas, rest_floors = tuple(dict.fromkeys(areas)), tuple(dict.fromkeys(floors))
    if not found and (rest_areas or rest_floors):
        return (Named(areas=rest_areas, floors=rest_floors),)
    if rest_areas or rest_floors:
        if all(named.placed and not named.inherited for named in found):
            return None  # 거실 불 안방: a room of nothing
        return tuple(
            named
            if named.placed and not named.inherited
            else replace(named, areas=rest_areas, floors=rest_floors, inherited=False)
            for named in found
        )
    return tuple(found)
