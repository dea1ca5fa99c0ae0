"""The corpus, and rules that say each of its sentences in other ways without changing what it means.

A rule takes a sentence and yields the same sentence said otherwise: other spaces, numerals, particles, endings, order.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from hub.grammar.lexicon import lexicon
from hub.home import Home, load_home
from hub.korean.jamo import aligned, squash
from hub.korean.josa import josa
from hub.korean.numerals import forms as numeral_forms
from hub.korean.numerals import read
from hub.korean.verbs import (
    ASKING_TAILS,
    DESCRIBING_TAILS,
    Verb,
    asking_bases,
    forms,
    request_forms,
    state_forms,
)

CORPUS = Path(__file__).parent / "corpus"
NO_SENTENCES = frozenset({"home", "rejected"})
"""Files of the corpus that hold no sentences with a meaning."""

FREE_SLOTS = ("item", "search_query", "message", "conversation_command")
"""Slots with text that no list has: only variants that leave it alone mean the same."""

TIMERS = ("Timer", "TimerStatus")
"""How intents end whose name is such a text as well: 고구마 타이머."""

QUESTIONS = frozenset({
    "HassGetState", "HassClimateGetTemperature", "JipsaGetRemainingTime", "HassTimerStatus", "JipsaGetList",
    "HassGetWeather", "HassGetCurrentTime", "HassGetCurrentDate", "HassRespond",
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

    @property
    def free(self) -> list[tuple[str, str]]:
        """The slots of it with free text, squashed."""
        return [
            (slot, squash(str(value)))
            for meant in self.meant
            for slot, value in meant.slots.items()
            if slot in FREE_SLOTS or (slot == "name" and meant.intent.endswith(TIMERS))
        ]

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
        Said(entry["say"], entry.get("room"), tuple(map(_meant, entry.get("intents", [entry])))) for entry in _load(name)
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
    return Meant(entry["intent"], frozenset(entry.get("targets", ())), entry.get("slots", {}))


# What must not be touched.


def keeps_text(said: Said, variant: str) -> bool:
    """Whether the free text of a sentence stands in a variant of it as it did."""
    squashed = squash(variant)
    return all(
        _cut_out(squashed, text) is not None if slot == "conversation_command" else text in squashed
        for slot, text in said.free
    )


def _cut_out(whole: str, command: str) -> tuple[int, int] | None:
    """The part of `whole` that is not `command`, which may stand around it: 거실 불 [십 분 뒤에] 꺼줘."""
    for head in range(len(command) + 1):
        if whole.startswith(command[:head]) and whole.endswith(command[head:]):
            return head, len(whole) - len(command) + head
    return None


def _free_letters(said: Said) -> set[int]:
    """The places of the squashed sentence that free text takes, and those right after it: its particle."""
    squashed = squash(said.text)
    taken: set[int] = set()
    for slot, text in said.free:
        if slot == "conversation_command":
            start, end = _cut_out(squashed, text) or (0, 0)
            taken |= set(range(len(squashed))) - set(range(start, end))
        elif (at := squashed.find(text)) >= 0:
            taken |= set(range(at, at + len(text) + 1))
    return taken


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
    """음 거실 불 켜줘."""
    for sound in ("음", "어", "저기"):
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
_ALL_BUT = ("빼고", "말고", "제외하고")


@dataclass(frozen=True)
class _Word:
    """A name in a text: the place of its first letter, the place after its last, the particle that follows, the name."""

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
    while at < len(text.squashed):
        end, word = text.longest(at, _names()) or (at + 1, None)
        if word is not None and untouchable.isdisjoint(range(at, end)):
            yield word
        at = end


def without_particles(said: Said) -> Iterator[str]:
    """Each particle after a room, a device or a kind left out."""
    for word in _named(said):
        if word.particle:
            yield said.text[: word.end] + said.text[word.end + len(word.particle) :]


def with_particles(said: Said) -> Iterator[str]:
    """Each device or kind with a particle that fits: the object only where something is to be done to it."""
    for word in _named(said):
        name, rest = said.text[: word.end], said.text[word.end :]
        if word.name not in _names()[1] or word.particle or rest.startswith((" 그리고", " 또")):
            continue
        of, topic = josa(name, "을/를"), josa(name, "은/는")
        found = [topic]
        if not rest.startswith(tuple(f" {but}" for but in _ALL_BUT)):
            found.append("도")
            if not said.asks and not rest.startswith(" 좀"):
                found.append(" 좀")
        if not said.asks:
            found += [of, f"{of} {of}"]
        yield from (name + particle + rest for particle in found)


def reordered(said: Said) -> Iterator[str]:
    """불 거실 켜줘: a room and the target after it the other way round."""
    rooms, things = _names()
    text = _Text(said)
    found = text.longest(0, [rooms])
    if len(said.meant) > 1 or found is None or found[1].particle or found[0] == len(text.squashed):
        return
    end, room = found
    target = text.longest(end, [things])
    if target is not None:
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
    verbs = YAML(typ="safe").load(Path(lexicon_folder()) / "words" / "verbs.yaml")
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


def lexicon_folder() -> Path:
    """Where the words of the grammar are."""
    import hub.grammar

    return Path(hub.grammar.__file__).parent


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
    acts = _acts_of(said.meant[-1].intent)
    for at in range(len(squashed)):
        for closing in _closings().get(squashed[at:], ()):
            if closing.acts & acts:
                return source[: places[at]], closing
    return None


@cache
def _endings() -> Mapping[Said, list[str]]:
    """For each sentence of the corpus, the endings that are tried on it.

    They are spread so that the sentences whose verbs have equally many forms try all of them together.
    """
    before: defaultdict[tuple[str, int], int] = defaultdict(int)
    tried: dict[Said, list[str]] = {}
    for said in everything():
        if (found := _closing(said)) is not None:
            start, closing = found
            like = (closing.kind, len(closing.forms))
            step = max(1, len(closing.forms) // ENDINGS_A_SENTENCE)
            tried[said] = [start + form for form in closing.forms[before[like] % step :: step]]
            before[like] += 1
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
        reordered,
        ended_otherwise,
    )
}


def variants(said: Said, rule: Rule) -> Sequence[str]:
    """The sentence in other words, by one rule; each once, and only where its free text is left alone."""
    return [text for text in dict.fromkeys(rule(said)) if text != said.text and keeps_text(said, text)]
