"""What stands where in one sentence: words of the lists, numbers, times, verbs, texts that nobody can list.

Everything is looked for once at each place and remembered, since all meanings of a sentence share it.
"""

from __future__ import annotations

import re

from hub.grammar.automaton import CALLS, Automaton, Pairs, matches, number_of
from hub.grammar.closings import NO_ACTS, NO_STEMS, Acts, Ends, Stems
from hub.grammar.constructions import OF_CLASSES
from hub.grammar.lexicon import READ_BY_RULE
from hub.grammar.parse import NEAR_DAYS, NESTED, Free, Noun
from hub.grammar.said import Said
from hub.grammar.template import Listed
from hub.grammar.vocabulary import Vocabulary
from hub.korean.dates import Date, dates
from hub.korean.jamo import final_consonant, squash
from hub.korean.numerals import Number, read
from hub.korean.times import clock_times, durations

Found = list[tuple[int, Pairs]]
"""Where something may end, and the slots that it sets."""

Phrases = list[tuple[int, int, Pairs, int]]
"""Templates by their numbers, where they end, the slots that they set, the constructions that they fit."""

_TARGETS = [number_of(Listed(name, name)) for name in ("device", "type", "class")]
"""The calls of the lists that name targets."""

_NO_TEXT = frozenset({
    "에", "를", "을", "이", "가", "도", "은", "는", "로", "의", "좀", "다", "만", "과", "와", "랑", "고",
    "라고", "이라고", "에다", "에서",
})  # fmt: skip
"""Particles are no names of anything."""

_COUNTED = ("도", "퍼", "프로", "%", "°", "분", "초", "시", "단", "켈빈", "케이", "k", "칸", "개", "번", "층", "곡")
"""What numbers of the household count, as it is written or as it begins."""

MOST_STARTS = 8
"""Places that a sentence is read from: who calls that often for attention says nothing more."""

_ATTRIBUTIVE = frozenset({"한", "두", "세", "네"})

_LONGEST_CLOSER = 12

_PAUSE = re.compile(r"[.!?,;\n]\s*")

_REASON = re.compile("니까는|니까|니깐|서그러는데|서그런데|서그러니|서그래|서그러네")


class Spans:
    """What stands where in one sentence."""

    def __init__(self, vocabulary: Vocabulary, said: Said) -> None:
        self._known = vocabulary.lexicon
        self._all = vocabulary.constructions
        self._text = said.text
        self.said = said
        self.vocabulary = vocabulary
        self._possible = self._wanted = 0
        self._free = False
        self._calls: dict[int, Found] = {}
        self._phrases: dict[int, Phrases] = {}
        self._texts: dict[int, Phrases] = {}
        self._finals: dict[int, Acts] = {}
        self._read: dict[int, list[tuple[int, Number]]] = {}
        self._fillers: dict[int, list[int]] = {}
        self._stems: dict[int, Stems] = {}
        self._leads: dict[int, Ends] = {}
        self._within_names: set[int] | None = None
        self.ends = self._before("closer")
        self._ends_of_requests = self._before("feeling")
        self.breaks = self._pauses()
        self.missing = self._all.missing(self._text)

    def narrow(self, possible: int, *, free: bool) -> None:
        """Look only for phrases of these constructions, and for free text only if any of them takes it."""
        self._possible = possible
        self._wanted = self._all.templates(possible) & ~self.missing
        self._phrases, self._texts = {}, {}
        takes_text = free and bool(self._wanted & self._all.texts)
        if takes_text != self._free:
            self._free = takes_text
            self._calls = {}

    def starts(self) -> list[int]:
        """Where the sentence may begin: at once, after an opener (저기, 집사야) or after a reason (추우니까)."""
        # 추우니까 is a reason, 춥습니까 a question.
        reasons = [r.end() for r in _REASON.finditer(self._text) if final_consonant(self._text[: r.start()]) != "ㅂ"]
        places = dict.fromkeys(place for start in (0, *reasons) for place in self.after("opener", start))
        return list(places)[:MOST_STARTS]

    def particles(self, at: int) -> list[int]:
        """Where the particle of a target may end that begins at `at`."""
        return [end for end, _ in self._rule("목적", at)]

    def joints(self) -> list[tuple[int, int]]:
        """Where a target ends to which another one is joined, and where that one begins: 현관문|이랑|가스."""
        ends = {end for call in _TARGETS for at in range(len(self._text)) for end, _ in self._follow(call, at)}
        return [
            (end, after)
            for end in sorted(ends)
            if end < len(self._text)
            for after in ([end] if self.said.parted(end) else [stop for stop, _ in self._rule("이랑", end)])
        ]

    def mentioned(self) -> int:
        """The constructions about types of devices that the text names anywhere."""
        found = 0
        for call in _TARGETS:
            letters = self.vocabulary.beginnings.first[call] or frozenset()
            for at, letter in enumerate(self._text):
                if letter in letters:
                    for _, pairs in self._follow(call, at):
                        found |= self._of_target(pairs)
        return found

    def phrases_at(self, at: int) -> Phrases:
        """Every template without free text that matches at `at`."""
        if at not in self._phrases:
            self._phrases[at] = self._standing(self._all.automaton, at)
        return self._phrases[at]

    def texts_at(self, at: int) -> Phrases:
        """Every template with free text that matches at `at`."""
        if at not in self._texts:
            found = self._standing(self._all.with_text, at) if self._free else []
            self._texts[at] = [phrase for phrase in found if self.begins(phrase[1])]
        return self._texts[at]

    def _standing(self, automaton: Automaton, at: int) -> Phrases:
        found: Phrases = []
        standing = matches(automaton, self._text, at, self._follow, self.vocabulary.beginnings, self._wanted)
        for number, end, pairs in dict.fromkeys(standing) if standing else ():
            users = self._all.users[number] & self._possible
            role = self._all.roles[number]
            if role == "target":
                users &= self._of_target(pairs)
            if users and end > at:
                found.append((number, end, ((role, pairs),) if role in NESTED else pairs, users))
        return found

    def _of_target(self, pairs: Pairs) -> int:
        found = 0
        for slot, value in pairs:
            match slot, value:
                case "device", tuple():
                    for device in value:
                        found |= self._all.of_type[self.vocabulary.types[device]]
                case "type", str():
                    found |= self._all.of_type[value]
                case "type", Noun():
                    found |= self._all.of_type[value.kind]
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
        rule = self.vocabulary.rules[name]
        standing = matches(rule, self._text, at, self._follow, self.vocabulary.beginnings)
        return list({(end, pairs): None for _, end, pairs in standing})

    def _cuts_number(self, at: int, end: int) -> bool:
        """Whether text[at:end] only begins a longer numeral: 에어컨 이십육 도 is 26, not 에어컨이 십육 도.

        Beyond tens, where no counter follows, the rest is sooner a word that begins alike: 이 조정해 줘, 이 백색으로.
        """
        return any(
            longer > end and (value < 100 or self._text.startswith(_COUNTED, longer))
            for longer, value in self._numerals(at)
        )

    def _numerals(self, at: int) -> list[tuple[int, Number]]:
        if at not in self._read:
            self._read[at] = read(self._text, at)
        return self._read[at]

    def _counts(self, at: int, end: int) -> bool:
        """Whether a numeral may stand as it does: 한, 두, 세, 네 only before what they count."""
        return self._text[at:end] not in _ATTRIBUTIVE or self._text.startswith(_COUNTED, end)

    def _inside_number(self, at: int) -> bool:
        """Whether a numeral goes on here that began before: 십 분 of 삼십 분."""
        if at == 0 or self._text[at] not in "십백천" or self._text[at - 1] not in "일이삼사오육칠팔구":
            return False
        # 전구 백 퍼센트 is no nine hundred.
        names = [self.vocabulary.lists[name] for name in ("device", "area", "type")]
        ends = (end for entries in names for start in range(at) for end, _ in entries.matches(self._text, start))
        return at not in ends

    def _listed(self, call: Listed, at: int) -> Found:
        name, slot = call.name, call.slot
        if (name in self._known.numbers or name in READ_BY_RULE) and self._inside_number(at):
            return []
        if (numbers := self._known.numbers.get(name)) is not None:
            return [
                (end, ((slot, value * numbers.times),))
                for end, value in self._numerals(at)
                if numbers.low <= value <= numbers.high and self._counts(at, end)
            ]
        if (longest := self._known.texts.get(name)) is not None:
            return self._endings(slot, at, longest) if self._free else []
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
            for end, pairs in self.vocabulary.lists[name].matches(self._text, at)
        ]

    def _endings(self, slot: str, at: int, longest: int) -> Found:
        if self._cuts_name(at):
            return []
        ends = range(at + 1, min(len(self._text), at + longest) + 1)
        return [
            (end, ((slot, Free(at, end, self.said.as_said(at, end), self.said.divides(at))),))
            for end in ends
            if self._is_text(at, end)
        ]

    def _cuts_name(self, at: int) -> bool:
        """Whether a name of this home lies on both sides of `at`: no text is 이방 of 아이방, or 베란 of 베란다."""
        if self._within_names is None:
            names = [self.vocabulary.lists[name] for name in ("device", "area")]
            self._within_names = {
                inside
                for start in range(len(self._text))
                if self.said.divides(start)
                for entries in names
                for end, _ in entries.matches(self._text, start)
                if any(map(self.said.divides, (end, *self.particles(end))))
                for inside in range(start + 1, end)
            }
        return at in self._within_names

    def _is_text(self, start: int, end: int) -> bool:
        """Whether this can be free text: no half of a name, no particle alone, no 안 or 못 at its end, no 음 first."""
        text = self._text[start:end]
        if self._cuts_name(end) or text in _NO_TEXT or text[0] == "를" or text[-1] in "안못":
            return False
        before, comma, _ = self.said.as_said(start, end).partition(",")
        return not comma or squash(before) not in self.vocabulary.hesitations

    def fillers(self, at: int) -> list[int]:
        """Where a word that says nothing may end that begins at `at`."""
        if at not in self._fillers:
            self._fillers[at] = [end for end, _ in self.vocabulary.lists["filler"].matches(self._text, at)]
        return self._fillers[at]

    def stems(self, at: int) -> Stems:
        """The verbs that begin at `at`."""
        if (found := self._stems.get(at)) is None:
            found = self._stems[at] = self._known.closings.at(self._text, at)
        return found

    def verbs(self) -> list[int]:
        """The places at which a verb begins."""
        return [at for at in range(len(self._text)) if self.stems(at) is not NO_STEMS]

    def final(self, at: int) -> Acts:
        """The acts that close the sentence when their verb begins at `at`: by its last form, or asked indirectly."""
        if (found := self._finals.get(at)) is None:
            found = self._finals[at] = self._final(self.stems(at))
        return found

    def _final(self, stems: Stems) -> Acts:
        if stems is NO_STEMS:
            return NO_ACTS
        found = stems.final(self.ends, self._ends_of_requests)
        for end, acts in stems.indirect():
            for after in self.after("filler", end):
                if after in self.ends or self._known.telling in self.stems(after).final(self.ends):
                    found |= acts
        return found

    def leading(self, at: int) -> Ends:
        """Forms at `at` that lead on to a further act."""
        if (found := self._leads.get(at)) is None:
            found = self._leads[at] = self.stems(at).connective()
        return found

    def begins(self, at: int) -> bool:
        """Whether anything begins at `at`, or the sentence may end there."""
        return bool(at in self.ends or self.stems(at) is not NO_STEMS or self.fillers(at) or self.phrases_at(at))

    def after(self, words: str, at: int) -> list[int]:
        """`at`, and every place after it that any number of words of this list leads to."""
        entries = self.vocabulary.lists[words]
        places = [at]
        for place in places:
            for end, _ in entries.matches(self._text, place):
                if end not in places:
                    places.append(end)
        return places

    def _before(self, words: str) -> list[int]:
        """The end of the text, and every place that only such words follow (켜줘 제발)."""
        places = [len(self._text)]
        for place in places:
            backwards = self._text[:place][-_LONGEST_CLOSER:][::-1]
            for length, _ in self.vocabulary.lists[words].matches(backwards, 0):
                if place - length not in places:
                    places.append(place - length)
        return places

    def _pauses(self) -> list[tuple[int, int]]:
        """Where a sentence inside the text may end (at a full stop, before a joiner), and where the next one begins."""
        found = []
        for pause in _PAUSE.finditer(self.said.source):
            after = sum(place < pause.start() for place in self.said.places)
            if 0 < after < len(self._text):
                found += [(after, then) for then in self.after("joiner", after)]
        joiners = self.vocabulary.lists["joiner"]
        for at in range(1, len(self._text)):
            if joiners.matches(self._text, at):
                found += [(at, then) for then in self.after("joiner", at) if then > at]
        return list(dict.fromkeys(found))


def _day(date: Date) -> tuple[str, object]:
    known = Date(days=date.days) == date and date.days in NEAR_DAYS
    return ("day", NEAR_DAYS[date.days or 0]) if known else ("date", date)
