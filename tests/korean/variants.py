"""The corpus, what is understood of a sentence, and rules that say one in other ways without changing what it means.

A rule takes a sentence and yields the same sentence said otherwise: other spaces, numerals, particles, endings, order.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

import hub.grammar
from hub.butler.resolve import appliances
from hub.butler.understanding import Understander
from hub.grammar.lexicon import lexicon
from hub.home import Home, load_home
from hub.korean.forms import ASKING_TAILS, DESCRIBING_TAILS, asking_bases, forms, request_forms, state_forms
from hub.korean.jamo import aligned, squash
from hub.korean.josa import josa
from hub.korean.numerals import forms as numeral_forms
from hub.korean.numerals import read
from hub.korean.verbs import Verb

CORPUS = Path(__file__).parent / "corpus"
NO_SENTENCES = frozenset({"home", "rejected"})
"""Files of the corpus that hold no sentences with a meaning."""

FREE_SLOTS = ("item", "search_query", "message", "conversation_command", "expression", "station")
"""Slots with text that no list has: only variants that leave it alone mean the same."""

TIMERS = ("Timer", "TimerStatus")
"""How intents end whose name is such a text as well: 고구마 타이머."""

NAMED_ITSELF = (*TIMERS, "Item", "GetList")
"""How intents end whose name is not that of a target."""

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=timezone(timedelta(hours=9)))
"""A Wednesday, the moment at which the corpus is said."""

QUESTIONS = frozenset({
    "HassGetState", "HassClimateGetTemperature", "JipsaGetRemainingTime", "HassTimerStatus", "JipsaGetList",
    "HassGetWeather", "HassGetCurrentTime", "HassGetCurrentDate", "HassRespond",
    "JipsaGetPlaying",
})  # fmt: skip

ENDINGS_A_SENTENCE = 25
"""Verb forms that are tried on one sentence; all sentences with the same verb share its forms among themselves."""


@dataclass(frozen=True)
class Meant:
    """One intent: which devices it is about, and the slots that do not only tell which."""

    intent: str
    targets: frozenset[str]
    slots: Mapping[str, object]


@dataclass(frozen=True, eq=False)
class Said:
    """A sentence of the corpus, where it is said, and what it means."""

    text: str
    room: str | None
    meant: tuple[Meant, ...]

    @cached_property
    def texts(self) -> list[tuple[str, str]]:
        """The slots with free text, squashed."""
        return [
            (slot, squash(str(value)))
            for meant in self.meant
            for slot, value in meant.slots.items()
            if _is_free(meant.intent, slot)
        ]

    @cached_property
    def free(self) -> list[tuple[str, str]]:
        """Those whose text stands in the sentence."""
        squashed = squash(self.text)
        return [(slot, text) for slot, text in self.texts if _taken(squashed, slot, text)]

    @property
    def derives(self) -> bool:
        """Whether a text is made of what was said: 두 시간만 틀어줘 leads to 꺼줘."""
        return self.free != self.texts

    @property
    def asks(self) -> bool:
        """Whether it is a question."""
        return any(meant.intent in QUESTIONS for meant in self.meant)


@cache
def home() -> Home:
    """The home in which the corpus is said."""
    return load_home(CORPUS / "home.yaml")


def _load(name: str) -> Any:
    return YAML(typ="safe").load(CORPUS / f"{name}.yaml")


def file_names() -> list[str]:
    """The files of the corpus that hold sentences."""
    return sorted(file.stem for file in CORPUS.glob("*.yaml") if file.stem not in NO_SENTENCES)


@cache
def sentences(name: str) -> tuple[Said, ...]:
    """The sentences of one file."""
    return tuple(
        Said(entry["say"], entry.get("room"), tuple(map(_meant, entry.get("intents", [entry]))))
        for entry in _load(name)
    )


@cache
def everything() -> tuple[Said, ...]:
    """The sentences of all files."""
    return tuple(said for name in file_names() for said in sentences(name))


@cache
def rejected() -> tuple[str, ...]:
    """What must lead to nothing."""
    return tuple(text for texts in _load("rejected").values() for text in texts)


def _meant(entry: Mapping[str, Any]) -> Meant:
    targets = appliances(home()) if entry.get("targets") == "all" else entry.get("targets", ())
    return Meant(entry["intent"], frozenset(targets), entry.get("slots", {}))


def _is_free(intent: str, slot: str) -> bool:
    return slot in FREE_SLOTS or (slot == "name" and intent.endswith(TIMERS))


# What is understood, and how it is compared.

Comparable = tuple[tuple[str, frozenset[str], frozenset[tuple[str, object]]], ...]


@cache
def understander() -> Understander:
    """Who understands what is said in the home of the corpus, at the moment of the corpus."""
    return Understander(home(), lambda: NOW)


def understood(text: str, room: str | None = None) -> tuple[Meant, ...]:
    """What a sentence leads to; nothing when it is refused."""
    found = understander().understand(text, room)
    return tuple(Meant(intent.intent, frozenset(intent.targets), intent.slots) for intent in found.intents)


def comparable(meanings: Iterable[Meant], *, exactly: bool = False) -> Comparable:
    """Meanings as they are compared: free text letter by letter, or with its spaces left out."""
    return tuple((meant.intent, meant.targets, frozenset(_said_slots(meant, exactly))) for meant in meanings)


def _said_slots(meant: Meant, exactly: bool) -> Iterator[tuple[str, object]]:
    for slot, value in meant.slots.items():
        if not _tells_target(meant, slot):
            yield slot, value if exactly or not _is_free(meant.intent, slot) else squash(str(value))


def _tells_target(meant: Meant, slot: str) -> bool:
    """Whether a slot only says which devices are meant, as `targets` does."""
    match slot:
        case "domain" | "floor":
            return True
        case "area":
            return meant.intent != "HassVacuumCleanArea"
        case "name":
            return not meant.intent.endswith(NAMED_ITSELF)
        case "device_class":
            classes = {device.device_class for i in meant.targets if (device := home().device(i)) is not None}
            return meant.slots[slot] in classes & lexicon().classes.keys()
    return False


# What must not be touched.


def keeps_text(said: Said, variant: str) -> bool:
    """Whether the free text of a sentence stands in a variant of it as it did."""
    squashed = squash(variant)
    return all(_taken(squashed, slot, text) for slot, text in said.free)


def _taken(squashed: str, slot: str, text: str) -> set[int]:
    """The places that a text takes in a sentence; a command may stand around the rest: 거실 불 십 분 뒤에 꺼줘."""
    if slot != "conversation_command":
        at = squashed.find(text)
        return set(range(at, at + len(text))) if at >= 0 else set()
    for head in range(len(text) + 1):
        if squashed.startswith(text[:head]) and squashed.endswith(text[head:]):
            return {*range(head), *range(len(squashed) - len(text) + head, len(squashed))}
    return set()


def _free_letters(said: Said) -> set[int]:
    """The places of the squashed sentence that free text takes."""
    squashed = squash(said.text)
    return {place for slot, text in said.free for place in _taken(squashed, slot, text)}


# Spaces and signs.


def without_spaces(said: Said) -> Iterator[str]:
    """거실불켜줘."""
    yield said.text.replace(" ", "")


def spaced_out(said: Said) -> Iterator[str]:
    """거 실 불 켜 줘; digits and Latin letters stay together."""
    yield " ".join(re.findall(r"-?\d[\d.,:]*(?:%|℃)?|[A-Za-z]+|\S", said.text))


def one_space_less(said: Said) -> Iterator[str]:
    """거실불 켜줘, 거실 불켜줘."""
    for space in re.finditer(" ", said.text):
        yield said.text[: space.start()] + said.text[space.end() :]


def decomposed(said: Said) -> Iterator[str]:
    """The same in NFD, as macOS writes file names."""
    yield unicodedata.normalize("NFD", said.text)


def punctuated(said: Said) -> Iterator[str]:
    """With every mark that ends a sentence."""
    plain = said.text.rstrip(".?!… ")
    yield from (plain + mark for mark in (".", "?", "!", "…"))


def hesitating(said: Said) -> Iterator[str]:
    """음 거실 불 켜줘; before free text only with a pause, since 음 우유 may be the name of something."""
    for sound in ("음", "어", "저기"):
        if 0 not in _free_letters(said):
            yield f"{sound} {said.text}"
        yield f"{sound}, {said.text}"


# Numerals.

_COUNTER = re.compile(r" ?(퍼센트|프로|퍼|%|시간|단계|도|℃|분|초|시(?! ?[정중]지)|켈빈|단|층|월|일)")
_NO_COUNTER = re.compile(r"(?=으로|로|까지|만큼| 올려| 내려| 줄여)")
_TOWARDS = re.compile("^으?로")
_WRITTEN = {"퍼": "퍼센트", "%": "퍼센트", "℃": "도"}
"""Counters as the numerals before them are chosen by."""


def renumbered(said: Said) -> Iterator[str]:
    """Each numeral in every form that its counter takes, written together with it and apart."""
    untouchable = _free_letters(said)
    squashed, source, places = aligned(said.text)
    for start in _word_starts(source):
        at = next(index for index, place in enumerate(places) if place >= start)
        for end, value in read(squashed, at)[:1]:
            after = places[end - 1] + 1
            counter = _counter_after(source, after, said, value)
            if counter is None or not untouchable.isdisjoint(range(at, end)):
                continue
            written = counter[0].strip()
            rest = source[after + len(counter[0]) :]
            for form in numeral_forms(value, _WRITTEN.get(written, written)):
                if written:
                    yield from (source[:start] + form + space + written + rest for space in ("", " "))
                else:
                    yield source[:start] + form + _TOWARDS.sub(josa(form, "으로/로"), rest)


def _word_starts(text: str) -> list[int]:
    return [match.start() for match in re.finditer(r"\S+", text)]


def _counter_after(source: str, at: int, said: Said, value: float) -> re.Match[str] | None:
    """The counter (with the space before it) of a numeral that ends at `at`; empty where none follows."""
    if (found := _COUNTER.match(source, at)) is not None:
        return found
    known = {abs(number) for meant in said.meant for number in meant.slots.values() if isinstance(number, int | float)}
    return _NO_COUNTER.match(source, at) if value in known else None


# Particles and order.


@cache
def _names() -> tuple[frozenset[str], frozenset[str]]:
    """What rooms are called, and what devices and kinds of devices are called (squashed)."""
    rooms = {squash(name) for room in home().rooms for name in room.names} | set(map(squash, lexicon().here))
    things = {squash(name) for device in home().devices for name in device.names}
    things |= {squash(noun) for nouns in (*lexicon().types.values(), *lexicon().classes.values()) for noun in nouns}
    return frozenset(rooms), frozenset(things)


_FOLLOWING = ("을", "를", "은", "는", "이", "가", "도", "만")
_ALL_BUT = (" 빼고", " 말고", " 제외하고")
_NO_TARGET = (" 그리고", " 또", " 모드")
"""What follows where a particle would change the sentence: 환풍기 그리고 욕실 불, 서큘레이터 모드."""


@dataclass(frozen=True)
class _Word:
    """A name in a text: where it begins and ends, the particle that follows, and the name, squashed."""

    start: int
    end: int
    particle: str
    name: str


class _Text:
    """A sentence, and where names stand in it."""

    def __init__(self, said: Said) -> None:
        self.squashed, source, self._places = aligned(said.text)
        self._source = source
        self._starts = set(_word_starts(source))
        self._ends = {match.end() for match in re.finditer(r"\S+", source)}

    def longest(self, at: int, names: Iterable[frozenset[str]]) -> tuple[int, _Word] | None:
        """The longest of these names that is a whole word, or a row of words, at `at`; and where it ends."""
        if self._places[at] not in self._starts:
            return None
        for end in range(len(self.squashed), at, -1):
            if any(self.squashed[at:end] in those for those in names):
                last = self._places[end - 1] + 1
                for particle in ("", *_FOLLOWING):
                    if self._source.startswith(particle, last) and last + len(particle) in self._ends:
                        return end + len(particle), _Word(self._places[at], last, particle, self.squashed[at:end])
        return None


def _named(said: Said) -> Iterator[_Word]:
    """Every name of a room, a device or a kind, with nothing or one particle after it."""
    untouchable, text = _free_letters(said), _Text(said)
    at = 0
    while at < len(text.squashed) and not said.derives:
        end, word = text.longest(at, _names()) or (at + 1, None)
        if word is not None and untouchable.isdisjoint(range(at, end)):
            yield word
        at = end


def without_particles(said: Said) -> Iterator[str]:
    """Each particle after a room, a device or a kind left out."""
    for word in _named(said):
        if word.particle:
            yield said.text[: word.end] + said.text[word.end + len(word.particle) :]


def _targets(said: Said) -> Iterator[tuple[str, str, str]]:
    """Every device or kind without a particle: the sentence up to its end, its name, the rest of the sentence."""
    for word in _named(said):
        rest = said.text[word.end :]
        if word.name in _names()[1] and not word.particle and not rest.startswith(_NO_TARGET):
            yield said.text[: word.end], word.name, rest


def with_particles(said: Said) -> Iterator[str]:
    """Each device or kind with a particle that fits: the object only where something is to be done to it."""
    for before, name, rest in _targets(said):
        yield before + josa(name, "은/는") + rest
        if not said.asks:
            yield before + josa(name, "을/를") + rest
        if not rest.startswith(_ALL_BUT):
            yield before + "도" + rest
            if not said.asks and not rest.startswith(" 좀"):
                yield before + " 좀" + rest


def stammering(said: Said) -> Iterator[str]:
    """거실 불을 을 켜줘: the particle of the object twice, as it is said when one thinks."""
    for before, name, rest in _targets(said):
        if not said.asks:
            of = josa(name, "을/를")
            yield f"{before}{of} {of}{rest}"


def reordered(said: Said) -> Iterator[str]:
    """불 거실 켜줘: a room and the target after it the other way round."""
    rooms, things = _names()
    text = _Text(said)
    found = text.longest(0, [rooms])
    if len(said.meant) > 1 or found is None or found[1].particle or found[0] == len(text.squashed):
        return
    end, room = found
    target = text.longest(end, [things])
    if target is not None and not any(but in said.text for but in _ALL_BUT):
        said_target = said.text[target[1].start : target[1].end + len(target[1].particle)]
        rest = said.text[target[1].end + len(target[1].particle) :]
        yield f"{said_target} {said.text[: room.end]}{rest}"


# Endings.


@dataclass(frozen=True)
class _Closing:
    """A verb of the lexicon as a sentence may end in it: which acts it means, and all of its forms."""

    kind: str
    acts: frozenset[str]
    verb: str
    forms: tuple[str, ...]


@cache
def _closings() -> Mapping[str, list[_Closing]]:
    """Every form that closes a sentence, and the verbs that it may be of."""
    verbs = YAML(typ="safe").load(Path(hub.grammar.__file__).parent / "words" / "verbs.yaml")
    acts: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for kind in ("states", "requests", "asks", "describes"):
        for act, meant in verbs[kind].items():
            for verb in meant:
                acts[kind, verb].add(act)
    found: defaultdict[str, list[_Closing]] = defaultdict(list)
    for (kind, verb), meant_acts in acts.items():
        closing = _Closing(kind, frozenset(meant_acts), verb, tuple(_forms(kind, Verb.of(verb))))
        for form in set(closing.forms) - {"요"}:  # 고마워요 is no 고마워 with 이다
            found[form].append(closing)
    return found


def _forms(kind: str, verb: Verb) -> list[str]:
    match kind:
        case "requests":
            return request_forms(verb)
        case "states":
            return state_forms(verb)
        case "asks":
            return forms(asking_bases(verb), ASKING_TAILS)
    return forms(asking_bases(verb), DESCRIBING_TAILS)


@cache
def _acts_of(intent: str) -> frozenset[str]:
    """The acts by which an intent is asked for."""
    return frozenset(act for frame in lexicon().frames if frame.intent == intent for act in frame.acts)


def _closing(said: Said) -> tuple[str, _Closing] | None:
    """What stands before the verb at the end of a sentence, and the verb: the longest form that the intent takes."""
    squashed, source, places = aligned(said.text)
    acts, untouchable = _acts_of(said.meant[-1].intent), _free_letters(said)
    for at in range(len(squashed)):
        if at in untouchable:
            continue
        for closing in _closings().get(squashed[at:], ()):
            if closing.acts & acts:
                return source[: places[at]], closing
    return None


@cache
def _endings() -> Mapping[Said, list[str]]:
    """For each sentence of the corpus, the endings that are tried on it.

    They are spread so that the sentences whose verbs have equally many forms try all of them together.
    """
    alike: defaultdict[tuple[str, int], list[tuple[Said, str, _Closing]]] = defaultdict(list)
    for said in everything():
        if (found := _closing(said)) is not None:
            before, closing = found
            alike[closing.kind, len(closing.forms)].append((said, before, closing))
    tried: dict[Said, list[str]] = {}
    for (_, count), those in alike.items():
        step = max(1, min(count // ENDINGS_A_SENTENCE, len(those)))
        for index, (said, before, closing) in enumerate(those):
            tried[said] = [before + form for form in closing.forms[index % step :: step]]
    return tried


def ended_otherwise(said: Said) -> Iterator[str]:
    """Each form of the verb at the end: 켜줘, 켜 주세요, 켜라, 켰으면 좋겠어."""
    yield from _endings().get(said, ())


Rule = Callable[[Said], Iterable[str]]

RULES: Mapping[str, Rule] = {
    rule.__name__: rule
    for rule in (
        without_spaces,
        spaced_out,
        one_space_less,
        decomposed,
        punctuated,
        hesitating,
        renumbered,
        without_particles,
        with_particles,
        stammering,
        reordered,
        ended_otherwise,
    )
}


def variants(said: Said, rule: Rule) -> Sequence[str]:
    """The sentence in other words, by one rule; each once, and only where its free text is left alone."""
    return [text for text in dict.fromkeys(rule(said)) if text != said.text and keeps_text(said, text)]


def _main() -> None:
    """Print what is understood of the corpus and of its sentences with other particles, as one JSON list."""
    told = ((said, text) for said in everything() for text in (said.text, *variants(said, with_particles)))
    found = [f"{text} → {list(map(_line, understood(text, said.room)))}" for said, text in told]
    json.dump(found, sys.stdout)


def _line(meant: Meant) -> str:
    slots = ", ".join(f"{slot}: {value}" for slot, value in sorted(meant.slots.items()))
    return f"{meant.intent} {sorted(meant.targets)} {slots}"


if __name__ == "__main__":
    _main()
