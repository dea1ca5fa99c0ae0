"""The lexicon: what the files of words/ and frames/ say, checked and compiled, the same for every home."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from hub.faults import OutsideError
from hub.grammar.closings import Closings
from hub.grammar.template import NOTHING, Choice, Listed, Node, Rule, Sequence, parse_template
from hub.korean.forms import feeling_forms, spoken_asking_forms, spoken_request_forms, state_forms
from hub.korean.verbs import Verb

_FOLDER = Path(__file__).parent

SlotValue = str | int | float


class LexiconError(OutsideError, ValueError):
    """A file of words/ or frames/ cannot be used; the text names the file, the entry and what is wrong."""


READ_BY_RULE = frozenset({"duration", "clock", "date"})
"""Lists whose entries nobody writes out."""

OPEN_LISTS = READ_BY_RULE | {"area", "device", "type", "class", "here"}
"""Lists whose entries come from the home, or are read by rule, and not from the lexicon."""


LISTENED_VERBS = 9
"""Verbs of an act that the recognizer listens for: the first, since lists begin with the commonest."""

NAMED_ONLY = frozenset({"scene", "script", "button", "sensor", "binary_sensor"})
"""Types that have no noun of their own: such a device is called by its name or its device class."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """A list of numbers: what is understood, what is listened for, the counter that picks the numerals, a factor."""

    low: float
    high: float
    spoken: range
    counter: str
    times: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A word (spaces where one may breathe) and the slots that it sets; the name None is the list's own slot."""

    words: str
    slots: tuple[tuple[str | None, SlotValue], ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """One way of asking for one intent; docs/grammar.md tells what each field means."""

    intent: str
    types: frozenset[str]
    target: str | None
    area: str | None
    phrases: tuple[Node, ...]
    optional: tuple[Node, ...]
    acts: frozenset[str]
    bare: str | None
    slots: tuple[tuple[str, SlotValue], ...]
    spoken: bool


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Everything that frames are made of.

    `verbs` has for each kind of act (requests, states …), for each act, the verbs that mean it; `closings` finds them
    in a text. `listened` and `spoken_phrases` are the rules and phrases as the recognizer uses them.
    """

    particles: dict[str, str]
    fitting: dict[str, str]
    types: dict[str, tuple[str, ...]]
    classes: dict[str, tuple[str, ...]]
    plain_covers: frozenset[str]
    particular: tuple[str, ...]
    numbers: dict[str, Numbers]
    texts: dict[str, int]
    lists: dict[str, tuple[Entry, ...]]
    rules: dict[str, Node]
    listened: dict[str, Node]
    phrases: dict[str, Node]
    spoken_phrases: dict[str, Node]
    closings: Closings
    verbs: dict[str, dict[str, list[Verb]]]
    telling: str
    fillers: tuple[str, ...]
    openers: tuple[str, ...]
    feelings: tuple[str, ...]
    closers: tuple[str, ...]
    joiners: tuple[str, ...]
    here: tuple[str, ...]
    frames: tuple[Frame, ...]

    @property
    def spoken_endings(self) -> dict[str, tuple[str, ...]]:
        """For each act the forms that the recognizer listens for."""
        return _spoken_forms(self)


@cache
def lexicon() -> Lexicon:
    """The lexicon as it stands beside this file; raises LexiconError."""
    words: dict[str, Any] = {}
    for file in _files("words"):
        parts = _read(file)
        if again := words.keys() & parts.keys():
            raise LexiconError(f"{file}: {', '.join(again)} is in another file already")
        words |= parts
    frames: list[tuple[Path, Frame]] = []
    for file in _files("frames"):
        entries = _read(file)
        with _faults_of(file):
            frames += [(file, _frame(entry, spoken=True)) for entry in entries.get("frames") or ()]
            frames += [(file, _frame(entry, spoken=False)) for entry in entries.get("typed") or ()]
    with _faults_of(_FOLDER / "words"):
        found = _compiled(words, tuple(frame for _, frame in frames))
        templates = [*found.rules.values(), *found.listened.values(), *found.phrases.values()]
        for template in (*templates, *found.spoken_phrases.values()):
            _check_template(found, template)
    for file, frame in frames:
        with _faults_of(file):
            _check_frame(found, frame)
    return found


def _files(kind: str) -> list[Path]:
    return sorted((_FOLDER / kind).glob("*.yaml"))


def _read(file: Path) -> dict[str, Any]:
    with _faults_of(file):
        found = YAML(typ="safe").load(file)
    if not isinstance(found, dict | None):
        raise LexiconError(f"{file}: lines of 'key: value' expected")
    return found or {}


@contextmanager
def _faults_of(file: Path) -> Iterator[None]:
    """Whatever is wrong inside the block is told as a fault of the file."""
    try:
        yield
    except MarkedYAMLError as error:
        mark = error.problem_mark
        place = f":{mark.line + 1}" if mark else ""
        raise LexiconError(f"{file}{place}: {error.problem}") from None
    except KeyError as error:
        raise LexiconError(f"{file}: {error} is missing") from None
    except (ValueError, YAMLError) as error:  # TemplateError names the template
        raise LexiconError(f"{file}: {error}") from None


def _compiled(words: dict[str, Any], frames: tuple[Frame, ...]) -> Lexicon:
    verbs = {kind: {act: [*map(Verb.of, meant)] for act, meant in words[kind].items()} for kind in _VERB_KINDS}
    return Lexicon(
        particles=words["particles"],
        fitting=words["fitting_particles"],
        types={name: tuple(nouns) for name, nouns in words["types"].items()},
        classes={name: tuple(nouns) for name, nouns in words["classes"].items()},
        plain_covers=frozenset(words["plain_covers"]),
        particular=tuple(words["particular"]),
        numbers={name: _numbers(entry) for name, entry in words["numbers"].items()},
        texts=words["texts"],
        lists={name: tuple(_entries(entries)) for name, entries in words["values"].items()},
        rules={name: _template(rule, "read") for name, rule in words["rules"].items()},
        listened={name: _template(rule, "listened") for name, rule in words["rules"].items()},
        phrases={name: _template(phrase, "read") for name, phrase in words["phrases"].items()},
        spoken_phrases={name: _template(phrase, "listened") for name, phrase in words["phrases"].items()},
        closings=Closings(verbs),
        verbs=verbs,
        telling=words["telling"],
        fillers=tuple(words["fillers"]),
        openers=tuple(words["openers"]),
        feelings=tuple(form for word in words["feelings"] for form in feeling_forms(Verb.of(word))),
        closers=tuple(words["closers"]),
        joiners=tuple(words["joiners"]),
        here=tuple(words["here"]),
        frames=frames,
    )


@lru_cache(maxsize=1)
def _spoken_forms(known: Lexicon) -> dict[str, tuple[str, ...]]:
    """For each act, the forms that the recognizer listens for, of its commonest verbs, the commonest first."""
    found: dict[str, dict[str, None]] = {}
    for kind, meanings in known.verbs.items():
        for act, meant in meanings.items():
            forms = (form for verb in meant[:LISTENED_VERBS] for form in _spoken(verb, kind))
            found[act] = found.get(act, {}) | dict.fromkeys(forms)
    return {act: tuple(forms) for act, forms in found.items()}


def _spoken(verb: Verb, kind: str) -> list[str]:
    match kind:
        case "requests":
            return spoken_request_forms(verb)
        case "states":
            return state_forms(verb)
    return spoken_asking_forms(verb, describes=kind == "describes")


def _template(entry: str | dict[str, str | None], use: str) -> Node:
    template = entry if isinstance(entry, str) else entry[use]
    return NOTHING if template is None else parse_template(template)


def _numbers(entry: dict[str, Any]) -> Numbers:
    low, high, *step = entry["spoken"]
    return Numbers(entry["from"], entry["to"], range(low, high + 1, *step), entry["counter"], entry.get("times", 1))


def _entries(values: Any) -> Iterator[Entry]:
    if isinstance(values, dict):
        for value, words in values.items():
            for word in words:
                yield Entry(str(word), ((None, value),))
    else:
        for item in values:
            for word in item["say"]:
                yield Entry(str(word), tuple(item["slots"].items()))


_VERB_KINDS = ("requests", "states", "asks", "describes")

_FIELDS = frozenset(
    {"intent", "types", "target", "area", "phrases", "optional", "requests", "states", "asks", "bare", "slots"}
)


def _frame(entry: dict[str, Any], *, spoken: bool) -> Frame:
    intent, bare = entry["intent"], entry.get("bare", False)
    if unknown := entry.keys() - _FIELDS:
        raise ValueError(f"{intent}: a frame has no {', '.join(unknown)}")
    if bare not in {True, False, "named"} or entry.get("target") not in {None, "required", "optional"}:
        raise ValueError(f"{intent}: bare is true or named, target is required or optional")
    if entry.get("area") not in {None, "none", "required"}:
        raise ValueError(f"{intent}: area is none or required")
    return Frame(
        intent=intent,
        types=frozenset(entry.get("types", ())),
        target=entry.get("target"),
        area=entry.get("area"),
        phrases=tuple(map(parse_template, entry.get("phrases", ()))),
        optional=tuple(map(parse_template, entry.get("optional", ()))),
        acts=frozenset(act for kind in ("requests", "states", "asks") for act in entry.get(kind, ())),
        bare="always" if bare is True else bare or None,
        slots=tuple(entry.get("slots", {}).items()),
        spoken=spoken,
    )


def _check_frame(known: Lexicon, frame: Frame) -> None:
    if unknown := frame.acts - {act for meanings in known.verbs.values() for act in meanings}:
        raise ValueError(f"{frame.intent}: the lexicon has no act {', '.join(unknown)}")
    if unknown := frame.types - known.types.keys() - NAMED_ONLY:
        raise ValueError(f"{frame.intent}: the lexicon has no nouns for {', '.join(unknown)}")
    for template in (*frame.phrases, *frame.optional):
        _check_template(known, template)
    if frame.spoken and (unlisted := _unlisted(known, frame.phrases)):
        raise ValueError(f"{frame.intent}: {', '.join(unlisted)} cannot be listened for; write it below typed:")


def _check_template(known: Lexicon, template: Node) -> None:
    lists = OPEN_LISTS | known.numbers.keys() | known.lists.keys() | known.texts.keys()
    rules = known.rules.keys() | known.particles.keys() | known.fitting.keys()
    for node in walk(template):
        if isinstance(node, Listed) and node.name not in lists:
            raise ValueError(f"the grammar knows no list {{{node.name}}}")
        if isinstance(node, Rule) and node.name not in rules:
            raise ValueError(f"the grammar knows no rule <{node.name}>")


def _unlisted(known: Lexicon, templates: Iterable[Node]) -> set[str]:
    """Lists of what the recognizer would hear that nobody can write out: texts, and what is read by rule."""
    found: set[str] = set()
    for node in (node for template in templates for node in walk(template)):
        if isinstance(node, Listed) and node.name in READ_BY_RULE | known.texts.keys():
            found.add(node.name)
        elif isinstance(node, Rule) and node.name in known.listened:
            found |= _unlisted(known, (known.listened[node.name],))
    return found


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it (rules are not followed)."""
    yield node
    if isinstance(node, Sequence | Choice):
        for item in node.items:
            yield from walk(item)
