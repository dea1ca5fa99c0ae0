"""One sentence being read: a walk over its phrases that keeps every meaning open until the sentence is closed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from itertools import pairwise

from hub.grammar.automaton import Pair, Pairs
from hub.grammar.closings import Acts
from hub.grammar.constructions import OF_CLASSES, OF_EVERYTHING, bits
from hub.grammar.lexicon import Frame
from hub.grammar.parse import ABOUT_TARGETS, Named, Noun, Parse, When, Word, day_of, grouped, types_of
from hub.grammar.spans import Spans

MAX_STEPS = 4_000
"""Steps after which a clause is given up: sentences take dozens, and garbage must not take for ever."""

MOST_WORDS = 24
"""Phrases and fillers of one clause."""

MAX_ROWS = 200
"""Ways to cut a sentence into clauses after which no more are looked for."""

LASTING = frozenset({
    "light", "switch", "fan", "ceiling_fan", "climate", "media_player", "television", "humidifier", "dehumidifier",
    "air_purifier", "boiler", "system_boiler", "water_heater", "ventilator", "hood",
})  # fmt: skip
"""Types of devices that are switched on for a while and off again."""

SWITCHING_ON = frozenset({"켜다", "돌리다"})
"""Acts that may last a while: 에어컨 두 시간만 켜줘, 24도로 두 시간만 틀어줘."""

JOINING = ("랑", "하고", "와", "과", "및", "그리고", "또")
"""What joins two targets."""

OF_ITS_OWN = frozenset({"JipsaSetFeature"})
"""Intents whose device is always said: in 세탁기 돌리고 불 꺼줘, 불 is no light of the washer."""

LONGEST_UNKNOWN = 12
"""Syllables of the longest name that is looked for where nobody has it."""

Words = tuple[Word, ...]


class Reading:
    """One sentence."""

    def __init__(
        self, spans: Spans, acts: Acts | None = None, *, free: bool = True, gap: bool = False, open_ended: bool = False
    ) -> None:
        """`acts` are those of the last verb, where it is known. Without `free` nothing is taken for free text; with
        `gap` one target may be called by a name that nobody has; `open_ended`, the sentence need not close with a verb.
        """
        self._vocabulary = spans.vocabulary
        self._all = spans.vocabulary.constructions
        self._said = spans.said
        self._text = spans.said.text
        self._gap = gap
        self._spans = spans
        self._verbs: dict[int, list[tuple[int | None, Acts | None, int]]] = {}
        self._sentences: dict[tuple[int, int], list[tuple[Parse, ...]]] = {}
        self._possible = (1 << len(self._all.all)) - 1 if open_ended else self._closable(acts)
        self._spans.narrow(self._possible, free=free)

    def _closable(self, acts: Acts | None) -> int:
        """The constructions that a verb of the sentence closes, and those that need none."""
        if acts is not None:
            return self._all.possible(self._spans.missing, acts, self._spans.mentioned())
        verbs = self._spans.verbs()
        closing = [self._spans.final(at) for at in verbs]
        leading = [acts for at in verbs for _, acts in self._spans.leading(at)]
        stops = [stop for stop, _ in self._spans.breaks]
        if stops:
            leading += [acts for at in verbs if (acts := self._spans.stems(at).final(stops))]
        # Only in a sentence of one clause must a target be said somewhere.
        several = leading or self._spans.breaks or self._gap
        mentioned = None if several else self._spans.mentioned()
        return self._all.possible(self._spans.missing, frozenset().union(*closing, *leading), mentioned)

    def starts(self) -> list[int]:
        """Where the sentence may begin."""
        return self._spans.starts()

    def furthest(self) -> Words:
        """The words of the longest beginning that a clause may have; of two as long, the one of fewer words."""
        best: Words = ()
        for start in self.starts():
            for _, _, _, words in self._walk(start):
                # A number alone is no beginning: 구 of 구워줘 is hardly nine.
                if words and (len(words[-1].text) > 1 or words[-1].role not in {"phrase", "filler"}):
                    best = max(best, words, key=lambda row: (row[-1].end, -len(row)) if row else (0, 0))
        return best

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
                if len(found) >= MAX_ROWS:
                    break
            self._sentences[key] = found[:MAX_ROWS]
        return self._sentences[key]

    def _clauses(self, start: int, *, inherits: bool) -> Iterator[tuple[int | None, Parse]]:
        """Every clause from `start`, and where the next one begins; None where it ends the sentence."""
        for complete, at, pairs, words in self._walk(start):
            if complete:
                yield from self._closed(complete, at, pairs, words, inherits=inherits)

    def _walk(self, start: int) -> Iterator[tuple[int, int, Pairs, Words]]:
        """Every row of phrases from `start`: the constructions that it completes, its end, its slots, its words."""
        stack: list[tuple[int, int, int, int, Pairs, Words]] = [(self._possible, 0, start, 0, (), ())]
        seen: set[tuple[int, int, int, Pairs]] = set()
        while stack and len(seen) < MAX_STEPS:
            possible, used, at, spare, pairs, words = stack.pop()
            if len(words) > MOST_WORDS or (used, at, spare, pairs) in seen:
                continue
            seen.add((used, at, spare, pairs))
            yield possible & self._all.complete(used), at, pairs, words
            phrases = self._spans.phrases_at(at)
            if not used & self._all.texts:
                phrases = [*phrases, *self._spans.texts_at(at)]
            for number, end, more, users in phrases:
                role = self._all.roles[number]
                bit = 1 << number if role == "phrase" else 0
                if possible & users and not used & bit:
                    row = (*words, self._word(at, end, role, more))
                    stack.append((possible & users, used | bit, end, spare, pairs + more, row))
            stack.extend(
                (possible, used, end, spare + end - at, pairs, (*words, self._word(at, end, "filler")))
                for end in self._spans.fillers(at)
            )
            if self._gap and possible & self._all.typed and self._may_name(words):
                stack.extend(
                    (
                        possible & self._all.typed,
                        used,
                        end,
                        spare,
                        pairs + unknown.slots,
                        (*words, unknown),
                    )
                    for end, unknown in self._unknown(at)
                )

    def _closed(
        self, complete: int, at: int, pairs: Pairs, words: Words, *, inherits: bool
    ) -> Iterator[tuple[int | None, Parse]]:
        """The clauses that are whole when a verb follows at `at`, or nothing."""
        if at not in self._verbs:
            self._verbs[at] = list(self._verbs_at(at))
        for end, acts, stop in self._verbs[at]:
            for number in bits(complete & self._all.closed_by(acts)):
                closed = (*words, self._word(at, stop, "verb")) if stop > at else words
                parse = self._clause(self._all.frames(number, acts), acts, pairs, closed, inherits=inherits)
                if parse is not None:
                    yield end, parse if end is None else replace(parse, said=self._targets_said(closed))

    def _verbs_at(self, at: int) -> Iterator[tuple[int | None, Acts | None, int]]:
        """What may close a clause at `at`: where the next begins, the acts (None: no verb), where the verb ends."""
        if at in self._spans.ends:
            yield None, None, at
        if acts := self._spans.final(at):
            yield None, acts, len(self._text)
        yield from self._leading_verbs(at)

    def _leading_verbs(self, at: int) -> Iterator[tuple[int, Acts, int]]:
        for end, acts in self._spans.leading(at):
            for after in self._spans.after("joiner", end):
                yield after, acts, end
        for stop, after in self._spans.breaks:
            if stop > at and (acts := self._spans.stems(at).final((stop,))):
                yield after, acts, stop

    def _clause(
        self,
        frames: tuple[Frame, ...],
        acts: Acts | None,
        pairs: Pairs,
        words: Words,
        *,
        inherits: bool,
    ) -> Parse | None:
        """The clause as a parse; None when no frame has that verb, or a target does not belong to it."""
        if not frames:
            return None
        frame = frames[0]
        if frame.target == "within":
            pairs = self._vocabulary.given((*pairs, *frame.slots))
            if ("device", ()) in pairs:
                return None
        said = {slot for slot, _ in pairs}
        if not _names_enough(frame, said, closed=acts is not None, inherits=inherits):
            return None
        types = types_of(frames)
        if repeated := [noun for name, noun in pairwise(words) if self._repeats(name, noun)]:
            pairs = tuple(pair for word in words if word not in repeated for pair in word.slots)
        targets_said = grouped(pairs)
        if targets_said is None or self._joins_nothing(words):
            return None
        named = [self._fitting(target, types) for target in targets_said]
        if None in named:
            return None
        if "lasting" in said:
            on = acts is not None and any(f.acts & acts & SWITCHING_ON for f in frames)
            if not (on and self._lasts(named)):
                return None
        slots = {slot: value for slot, value in pairs if slot not in ABOUT_TARGETS}
        return Parse(
            frames=frames,
            slots={**dict(frame.slots), **slots} if frame.target != "within" else slots,  # type: ignore[dict-item,arg-type]
            named=tuple(target for target in named if target is not None),
            excepted=tuple(target for word in words for target in self._excepted(word)),
            every="every" in said,
            when=next((_when(value, self._without(words)) for slot, value in pairs if slot == "when"), None),
            lasting=next((_when(value, "") for slot, value in pairs if slot == "lasting"), None),
            said=self._targets_said(words) if said & {"lasting", "when"} else "",
            words=words,
        )

    def _targets_said(self, words: Words) -> str:
        """The targets of a clause, as they were said."""
        targets = [word for word in words if word.role in {"area", "target", "all"}]
        return " ".join(self._said.as_said(word.start, word.end) for word in targets)

    def _lasts(self, named: Sequence[Named | None]) -> bool:
        """Whether all that is named can be on for a while (에어컨 두 시간만), and does not count the time itself."""
        kinds = {target.kind for target in named if target}
        kinds |= {self._vocabulary.types[device] for target in named if target for device in target.devices}
        return bool(named) and kinds - {None} <= LASTING

    def _joins_nothing(self, words: Words) -> bool:
        """Whether a target is joined to something else: in 에어컨이랑 조명, 조명 is no light of the 에어컨.

        Nor is 등 the light of the 오븐 in 오븐과 주방 등.
        """
        joined = ""
        for word in words:
            match word.role:
                case "filler" | "verb":
                    continue
                case "area" if joined == "target":
                    continue
                case "area" | "target" | "all" | "unknown":
                    joined = word.role if word.role in {"area", "target"} and self._joins(word) else ""
                case _ if joined:
                    return True
        return bool(joined)

    def _joins(self, word: Word) -> bool:
        return word.text.endswith(JOINING) and not self._is_whole(word, "device", "area", "type", "class")

    def _is_whole(self, word: Word, *lists: str) -> bool:
        """Whether a word is an entry of one of these lists, and nothing else."""
        entries = (self._vocabulary.lists[name] for name in lists)
        return any(end == word.end for trie in entries for end, _ in trie.matches(self._text, word.start))

    def _repeats(self, name: Word, noun: Word) -> bool:
        """Whether a kind only says once more what the device before it is: 무드등 조명, but not 무드등이랑 조명.

        What is a name itself, or says which of its kind it is (뒷문 현관문), is another device.
        """
        match name.slots, noun.slots:
            case (("device", tuple() as devices),), (("type", kind),) if name.role == noun.role == "target":
                kinds = {self._vocabulary.types[device] for device in devices}
            case _:
                return False
        return (
            kinds == {kind.kind if isinstance(kind, Noun) else kind}
            and name.end == noun.start
            and self._is_whole(name, "device")
            and not self._said.parted(noun.start)
            and not self._vocabulary.lists["device"].matches(self._text, noun.start)
            and not any(noun.text.startswith(particular) for particular in self._vocabulary.lexicon.particular)
        )

    def _excepted(self, word: Word) -> tuple[Named, ...]:
        """What a word leaves out: the one 무드등 of 무드등 조명 빼고."""
        left_out: list[Named] = []
        for slot, pairs in word.slots:
            if slot == "except" and isinstance(pairs, tuple):
                again = [noun for name, noun in pairwise(pairs) if self._are_one(word, name, noun)]
                left_out += grouped(tuple(pair for pair in pairs if pair not in again)) or ()
        return tuple(left_out)

    def _are_one(self, word: Word, name: Pair, noun: Pair) -> bool:
        """Whether a name and a kind stand in a word one after the other, and the kind only repeats the name."""
        names, kinds = self._vocabulary.lists["device"], self._vocabulary.lists["type"]
        return any(
            self._repeats(self._word(at, end, "target", (name,)), self._word(end, stop, "target", (noun,)))
            for at in range(word.start, word.end)
            for end, _ in names.matches(self._text, at)
            for stop, _ in kinds.matches(self._text, end)
            if stop <= word.end
        )

    def _word(self, start: int, end: int, role: str, slots: Pairs = ()) -> Word:
        return Word(start, end, role, self._text[start:end], slots)

    def _without(self, words: Words) -> str:
        """The sentence from this clause on, as it was said, without the words that say when."""
        when = next(word for word in words if word.role == "when")
        first = min(self._said.places[word.start] for word in words if word.role != "filler")
        start, last = self._said.places[when.start], self._said.places[when.end - 1]
        return f"{self._said.source[first:start].strip()} {self._said.source[last + 1 :].strip()}".strip()

    def _may_name(self, words: Words) -> bool:
        """Whether an unknown name may follow: one, before all else but a room, or joined to another target."""
        if any(word.role in {"unknown", "phrase"} for word in words):
            return False
        said = [word for word in words if word.role != "filler"]
        return not said or said[-1].role != "target" or self._joins(said[-1])

    def _unknown(self, at: int) -> Iterator[tuple[int, Word]]:
        """Every stretch from `at` that may be a name which nobody has, with its particle."""
        if not self._said.divides(at):
            return
        for end in range(at + 1, min(len(self._text), at + LONGEST_UNKNOWN) + 1):
            if self._text[end - 1].isdecimal():
                return
            said = self._text[at:end]
            unknown = Word(at, end, "unknown", said, (("unknown", said),))
            for after in (end, *self._spans.particles(end)):
                if self._said.divides(after) and self._spans.begins(after):
                    yield after, unknown

    def _fitting(self, named: Named, types: frozenset[str]) -> Named | None:
        """The target with those of its devices that are of these types; None when none is."""
        if named.devices:
            devices = tuple(i for i in named.devices if self._vocabulary.types[i] in types)
            if not devices:
                return None
            return named if devices == named.devices else replace(named, devices=devices)
        if named.kind is not None and named.kind not in types:
            return None
        if named.device_class is not None and types.isdisjoint(OF_CLASSES):
            return None
        return named


def _names_enough(frame: Frame, said: Set[str], *, closed: bool, inherits: bool) -> bool:
    """Whether the targets that were said are those that the frame needs; `closed` tells whether a verb was."""
    targets = not said.isdisjoint(_TARGETS)
    place = not said.isdisjoint(_PLACES)
    if (frame.area == "required" and not place) or (frame.area == "none" and place):
        return False
    inherits = inherits and not place and frame.intent not in OF_ITS_OWN
    if frame.target == "required" and not (targets or inherits):
        # 거실 다 꺼줘; 다 꺼줘 alone is never said of what shall go on.
        every = "every" in said and (place or "except" in said or frame.intent == "HassTurnOff")
        if frame.intent not in OF_EVERYTHING or not every:
            return False
    everything = frame.intent in OF_EVERYTHING and "every" in said and place
    return closed or frame.bare != "named" or targets or everything or inherits


_TARGETS = frozenset({"device", "type", "class", "unknown"})
_PLACES = frozenset({"area", "floor"})


def _when(value: object, command: str) -> When:
    assert isinstance(value, tuple)
    said = dict(value)
    clock = said.pop("clock", None)
    date = said.pop("date", None)
    if (day := said.pop("day", None)) is not None:
        date = day_of(day)
    return When(tuple(said.items()), clock, date, command)
