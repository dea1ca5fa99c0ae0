"""One sentence being read: a walk over its phrases that keeps every meaning open until the sentence is closed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hub.grammar.automaton import CALLS, Pairs, matches
from hub.grammar.closings import Acts
from hub.grammar.constructions import OF_CLASSES, OF_EVERYTHING, Construction, bits
from hub.grammar.parse import ABOUT_TARGETS, Free, Named, Parse, When, Word, grouped
from hub.grammar.template import Listed
from hub.korean.dates import Date, dates
from hub.korean.jamo import final_consonant
from hub.korean.numerals import read
from hub.korean.times import clock_times, durations

if TYPE_CHECKING:
    from hub.grammar.parser import Grammar

MAX_STEPS = 4_000
"""Steps after which a clause is given up: sentences take dozens, and garbage must not take for ever."""

_NO_TEXT = frozenset("에 를 을 이 가 도 은 는 로 의 좀 다 만 과 와 랑 고 라고 이라고 에다 에서".split())
"""Particles are no names of anything."""

Found = list[tuple[int, Pairs]]

LONGEST_UNKNOWN = 12
"""Syllables of the longest name that is looked for where nobody has it."""

_LONGEST_CLOSER = 12

_PAUSE = re.compile(r"[.!?,;\n]\s*")

_COUNTED = ("도", "퍼", "프로", "%", "°", "분", "초", "시", "단", "켈빈", "케이", "k", "칸")

_REASON = re.compile("니까는|니까|니깐")

_NEAR_DAYS = {0: "today", 1: "tomorrow", 2: "day_after_tomorrow"}


class Reading:
    """One sentence. What matches at a place is remembered, since all meanings share it."""

    def __init__(
        self,
        grammar: Grammar,
        text: str,
        source: str,
        places: list[int],
        *,
        free: bool = True,
        gap: bool = False,
    ) -> None:
        """Read `text`, whose letters stand at `places` of `source`.

        Without `free` nothing is taken for free text; with `gap` one target may be called by a name that nobody has.
        """
        self._grammar = grammar
        self._known = grammar.lexicon
        self._all = grammar.constructions
        self._text = text
        self._source = source
        self._places = places
        self._ends = self._before("closer")
        self._ends_of_requests = self._before("feeling")
        self._breaks = self._pauses()
        self._calls: dict[int, Found] = {}
        self._phrases: dict[int, list[tuple[int, int, Pairs, int]]] = {}
        self._finals: dict[int, Acts] = {}
        self._sentences: dict[tuple[int, int], list[tuple[Parse, ...]]] = {}
        closing = frozenset().union(*(self._final(at) for at in range(len(text) + 1)))
        leading = [acts for at in range(len(text)) for _, acts in self._leading(at)]
        self._gap = gap
        several = bool(leading or self._breaks or gap)
        self._possible = self._all.possible(text, closing.union(*leading), None if several else self._mentioned())
        self._free = free and self._all.takes_text(self._possible)

    def starts(self) -> list[int]:
        """Where the sentence may begin: at once, after what calls for attention (저기, 집사야), after a reason (추우니까)."""
        reasons = [reason.end() for reason in _REASON.finditer(self._text)]
        openers = self._grammar.lists["opener"]
        return list(dict.fromkeys(place for start in (0, *reasons) for place in self._after(openers, start)))

    def sentences(self, start: int, most: int, *, first: bool = True) -> list[tuple[Parse, ...]]:
        """Every row of at most `most` clauses from `start` to the end."""
        key = (start, most)
        if key not in self._sentences:
            found: list[tuple[Parse, ...]] = []
            for end, parse in self._clauses(start, inherits=not first):
                if end is None:
                    found.append((parse,))
                elif most > 1:
                    found += [(parse, *rest) for rest in self.sentences(end, most - 1, first=False)]
            self._sentences[key] = found
        return self._sentences[key]

    def _clauses(self, start: int, *, inherits: bool) -> Iterator[tuple[int | None, Parse]]:
        """Every clause from `start`, and where the next one begins; None where it ends the sentence."""
        stack: list[tuple[int, int, int, Pairs, tuple[Word, ...]]] = [(self._possible, 0, start, (), ())]
        seen: set[tuple[int, int, Pairs]] = set()
        while stack and len(seen) < MAX_STEPS:
            possible, used, at, pairs, words = stack.pop()
            if (used, at, pairs) in seen:
                continue
            seen.add((used, at, pairs))
            if complete := possible & self._all.complete(used):
                yield from self._closed(complete, at, pairs, words, inherits=inherits)
            for number, end, more, users in self._phrases_at(at):
                bit = 1 << number if self._all.roles[number] == "phrase" else 0
                if possible & users and not used & bit:
                    word = self._word(at, end, self._all.roles[number], more)
                    stack.append((possible & users, used | bit, end, pairs + more, (*words, word)))
            for end, _ in self._grammar.lists["filler"].matches(self._text, at):
                stack.append((possible, used, end, pairs, (*words, self._word(at, end, "filler"))))
            if self._gap and possible & self._all.typed and not any(word.role == "unknown" for word in words):
                for end, unknown in self._unknown(at):
                    more = (("unknown", unknown.text),)
                    stack.append((possible & self._all.typed, used, end, pairs + more, (*words, unknown)))

    def _closed(
        self, complete: int, at: int, pairs: Pairs, words: tuple[Word, ...], *, inherits: bool
    ) -> Iterator[tuple[int | None, Parse]]:
        """The clauses that are whole when a verb follows at `at`, or nothing."""
        for end, acts, stop in self._verbs(at):
            for number in bits(complete):
                closed = (*words, self._word(at, stop, "verb")) if stop > at else words
                parse = self._clause(self._all.all[number], acts, pairs, closed, inherits=inherits)
                if parse is not None:
                    yield end, parse

    def _verbs(self, at: int) -> Iterator[tuple[int | None, Acts | None, int]]:
        """What may close a clause at `at`: where the next clause begins, the acts (None: no verb), where the verb ends."""
        if at in self._ends:
            yield None, None, at
        if acts := self._final(at):
            yield None, acts, len(self._text)
        yield from self._leading_verbs(at)

    def _leading_verbs(self, at: int) -> Iterator[tuple[int, Acts, int]]:
        for end, acts in self._leading(at):
            for after in self._after(self._grammar.lists["joiner"], end):
                yield after, acts, end
        for stop, after in self._breaks:
            if stop > at and (acts := self._known.closings.final(self._text, at, (stop,))):
                yield after, acts, stop

    def _clause(
        self,
        construction: Construction,
        acts: Acts | None,
        pairs: Pairs,
        words: tuple[Word, ...],
        *,
        inherits: bool,
    ) -> Parse | None:
        """The clause as a parse; None when the verb or a target does not belong to the frame."""
        frames = tuple(f for f in construction.frames if (f.acts & acts if acts is not None else f.bare))
        if not frames:
            return None
        frame = frames[0]
        types = frozenset().union(*(f.types for f in frames))
        named = [self._fitting(target, types) for target in grouped(pairs, self._grammar.types)]
        if None in named:
            return None
        said = {slot for slot, _ in pairs}
        targets = bool(said & {"device", "type", "class", "unknown"})
        place = bool(said & {"area", "floor"})
        if (frame.area == "required" and not place) or (frame.area == "none" and place):
            return None
        if frame.target == "required" and not (targets or (inherits and not place)):
            # 거실 다 꺼줘; 다 꺼줘 alone is never said of what shall go on.
            every = "every" in said and (place or "except" in said or frame.intent == "HassTurnOff")
            if frame.intent not in OF_EVERYTHING or not every:
                return None
        if acts is None and frame.bare == "named" and not targets:
            return None
        slots = {slot: value for slot, value in pairs if slot not in ABOUT_TARGETS}
        excepted = [grouped(value, self._grammar.types) for slot, value in pairs if slot == "except" and isinstance(value, tuple)]
        return Parse(
            frames=frames,
            slots={**dict(frame.slots), **slots},  # type: ignore[dict-item]
            named=tuple(target for target in named if target is not None),
            excepted=tuple(target for targets in excepted for target in targets),
            every="every" in said,
            when=next((_when(value, self._without(words)) for slot, value in pairs if slot == "when"), None),
            words=words,
        )

    def _word(self, start: int, end: int, role: str, slots: Pairs = ()) -> Word:
        return Word(start, end, role, self._text[start:end], slots)

    def _without(self, words: tuple[Word, ...]) -> str:
        """The sentence from this clause on, as it was said, without the words that say when."""
        when = next(word for word in words if word.role == "when")
        first = min(self._places[word.start] for word in words)
        start, last = self._places[when.start], self._places[when.end - 1]
        return f"{self._source[first:start].strip()} {self._source[last + 1 :].strip()}".strip()

    def _unknown(self, at: int) -> Iterator[tuple[int, Word]]:
        """Every stretch from `at` that may be a name which nobody has, with its particle."""
        for end in range(at + 1, min(len(self._text), at + LONGEST_UNKNOWN) + 1):
            unknown = self._word(at, end, "unknown")
            yield end, unknown
            for after, _ in self._rule("목적", end):
                yield after, unknown

    def _fitting(self, named: Named, types: frozenset[str]) -> Named | None:
        """The target with those of its devices that are of these types; None when none is."""
        if named.devices:
            devices = tuple(i for i in named.devices if self._grammar.types[i] in types)
            if not devices:
                return None
            return Named(devices, None, None, named.areas, named.floors, named.inherited)
        if named.kind is not None and named.kind not in types:
            return None
        if named.device_class is not None and types.isdisjoint(OF_CLASSES):
            return None
        return named

    # What stands where.

    def _mentioned(self) -> int:
        """The constructions about types of devices that the text names anywhere."""
        found = 0
        for name in ("device", "type", "class"):
            entries = self._grammar.lists[name]
            for at in range(len(self._text)):
                for _, pairs in entries.matches(self._text, at):
                    found |= self._of_target(pairs)
        return found

    def _phrases_at(self, at: int) -> list[tuple[int, int, Pairs, int]]:
        """Every template that matches at `at`: its number, its end, its slots, and the constructions that it fits."""
        if at not in self._phrases:
            found = []
            for number, end, pairs in set(matches(
                self._all.automaton, self._text, at, self._follow, self._grammar.first, self._possible
            )):
                users = self._all.users[number] & self._possible
                role = self._all.roles[number]
                if role == "target":
                    users &= self._of_target(pairs)
                if users and end > at:
                    found.append((number, end, ((role, pairs),) if role in {"except", "when"} else pairs, users))
            self._phrases[at] = found
        return self._phrases[at]

    def _of_target(self, pairs: Pairs) -> int:
        found = 0
        for slot, value in pairs:
            match slot, value:
                case "device", tuple():
                    for device in value:
                        found |= self._all.of_type[self._grammar.types[device]]
                case "type", str():
                    found |= self._all.of_type[value]
                case "class", _:
                    for kind in OF_CLASSES:
                        found |= self._all.of_type[kind]
        return found

    def _follow(self, number: int, at: int) -> Found:
        key = number << 16 | at
        found = self._calls.get(key)
        if found is None:
            call = CALLS[number]
            found = self._listed(call, at) if isinstance(call, Listed) else self._rule(call.name, at)
            self._calls[key] = found
        return found

    def _rule(self, name: str, at: int) -> Found:
        if (pair := self._known.particles.get(name)) is not None:
            ends = [at + len(form) for form in pair.split("/") if self._text.startswith(form, at)]
            return [(end, ()) for end in ends if not self._cuts_number(at, end)]
        if (pair := self._known.fitting.get(name)) is not None:
            after_consonant, after_vowel = pair.split("/")
            form = after_consonant if at and final_consonant(self._text[at - 1]) else after_vowel
            return [(at + len(form), ())] if self._text.startswith(form, at) else []
        rule = self._grammar.rules[name]
        return list({(end, pairs): None for _, end, pairs in matches(rule, self._text, at, self._follow, self._grammar.first)})

    def _cuts_number(self, at: int, end: int) -> bool:
        """Whether text[at:end] only begins a longer numeral: 에어컨 이십육 도 is 26, not 에어컨이 십육 도.

        Beyond tens, where no counter follows, the rest is sooner a word that begins alike: 이 조정해 줘, 이 백색으로.
        """
        return any(
            longer > end and (value < 100 or self._text.startswith(_COUNTED, longer))
            for longer, value in read(self._text, at)
        )

    def _listed(self, call: Listed, at: int) -> Found:
        name, slot = call.name, call.slot
        if (numbers := self._known.numbers.get(name)) is not None:
            return [
                (end, ((slot, value * numbers.times),))
                for end, value in read(self._text, at)
                if numbers.low <= value <= numbers.high
            ]
        if (longest := self._known.texts.get(name)) is not None:
            return self._texts(slot, at, longest) if self._free else []
        match name:
            case "duration":
                before = "start_" if slot == "start" else ""
                return [
                    (end, tuple((before + unit, count) for unit, count in slots.items()))
                    for end, _, slots in durations(self._text, at)
                ]
            case "clock":
                return [(end, ((slot, clock),)) for end, clock in clock_times(self._text, at)]
            case "date":
                return [(end, (_day(date),)) for end, date in dates(self._text, at)]
        return [
            (end, tuple((key or slot, value) for key, value in pairs))
            for end, pairs in self._grammar.lists[name].matches(self._text, at)
        ]

    def _texts(self, slot: str, at: int, longest: int) -> Found:
        ends = range(at + 1, min(len(self._text), at + longest) + 1)
        return [(end, ((slot, self._free_text(at, end)),)) for end in ends if self._text[at:end] not in _NO_TEXT]

    def _free_text(self, start: int, end: int) -> Free:
        last = self._places[end - 1]
        return Free(start, end, self._source[self._places[start] : last + 1].strip())

    def _final(self, at: int) -> Acts:
        """The acts that close the sentence when their verb begins at `at`: by its last form, or asked indirectly."""
        if at not in self._finals:
            closings = self._known.closings
            found = closings.final(self._text, at, self._ends, self._ends_of_requests)
            for end, acts in closings.indirect(self._text, at):
                for after in self._after(self._grammar.lists["filler"], end):
                    if after in self._ends or self._known.telling in closings.final(self._text, after, self._ends):
                        found |= acts
            self._finals[at] = found
        return self._finals[at]

    def _leading(self, at: int) -> list[tuple[int, Acts]]:
        return self._known.closings.connective(self._text, at)

    def _after(self, words: object, at: int) -> list[int]:
        """`at`, and every place after it that any number of these words leads to."""
        places = [at]
        for place in places:
            for end, _ in words.matches(self._text, place):  # type: ignore[attr-defined]
                if end not in places:
                    places.append(end)
        return places

    def _before(self, words: str) -> list[int]:
        """The end of the text, and every place that only such words follow (켜줘 제발)."""
        places = [len(self._text)]
        for place in places:
            backwards = self._text[:place][-_LONGEST_CLOSER:][::-1]
            for length, _ in self._grammar.lists[words].matches(backwards, 0):
                if place - length not in places:
                    places.append(place - length)
        return places

    def _pauses(self) -> list[tuple[int, int]]:
        """Where a sentence inside the text may end: at a full stop or before a joiner; and where the next one begins."""
        found = []
        for pause in _PAUSE.finditer(self._source):
            after = sum(place < pause.start() for place in self._places)
            if 0 < after < len(self._text):
                found += [(after, then) for then in self._after(self._grammar.lists["joiner"], after)]
        for at in range(1, len(self._text)):
            found += [(at, then) for then in self._after(self._grammar.lists["joiner"], at) if then > at]
        return list(dict.fromkeys(found))


def _day(date: Date) -> tuple[str, object]:
    known = Date(days=date.days) == date and date.days in _NEAR_DAYS
    return ("day", _NEAR_DAYS[date.days or 0]) if known else ("date", date)


def _when(value: object, command: str) -> When:
    assert isinstance(value, tuple)
    said = dict(value)
    clock = said.pop("clock", None)
    date = said.pop("date", None)
    if (day := said.pop("day", None)) is not None:
        date = Date(days=next(days for days, name in _NEAR_DAYS.items() if name == day))
    return When(tuple(said.items()), clock, date, command)
