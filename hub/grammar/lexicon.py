"""The lexicon: what lexicon.yaml and frames.yaml say, checked and compiled, the same for every home."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from hub.grammar.template import Choice, Listed, Node, Rule, Sequence, parse_template
from hub.korean.verbs import Verb, request_forms, spoken_request_forms, state_forms

_FOLDER = Path(__file__).parent

SlotValue = str | int | float


class LexiconError(ValueError):
    """lexicon.yaml or frames.yaml cannot be used; the text names the file, the entry and what is wrong."""


HOME_LISTS = frozenset({"area", "device", "type", "here"})
"""Lists whose entries come from the home and not from the lexicon."""


NAMED_ONLY = frozenset({"scene", "script", "button"})
"""Types that have no noun of their own: such a device is called by its name."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """A list of numbers: what is understood, what is listened for, and the counter that picks the numerals."""

    low: float
    high: float
    spoken: range
    counter: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A word (spaces where one may breathe) and the slots that it sets; the name None is the list's own slot."""

    words: str
    slots: tuple[tuple[str | None, SlotValue], ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """One way of asking for one intent; see frames.yaml."""

    intent: str
    types: frozenset[str]
    target: str | None
    phrases: tuple[Node, ...]
    acts: frozenset[str]
    bare: str | None
    slots: tuple[tuple[str, SlotValue], ...]
    spoken: bool


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything that frames are made of.

    `endings` says for each verb form which acts it may mean; `spoken_endings` has for each act the forms that the
    recognizer listens for. `listened` has the rules as the recognizer uses them.
    """

    particles: dict[str, str]
    types: dict[str, tuple[str, ...]]
    numbers: dict[str, Numbers]
    lists: dict[str, tuple[Entry, ...]]
    rules: dict[str, Node]
    listened: dict[str, Node]
    phrases: dict[str, Node]
    endings: dict[str, frozenset[str]]
    spoken_endings: dict[str, tuple[str, ...]]
    fillers: tuple[str, ...]
    here: tuple[str, ...]
    frames: tuple[Frame, ...]


@cache
def lexicon() -> Lexicon:
    """The lexicon as it stands beside this file; raises LexiconError."""
    try:
        return _load()
    except MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{mark.name}:{mark.line + 1}: " if mark else ""
        raise LexiconError(f"{place}{error.problem}") from None
    except KeyError as error:
        raise LexiconError(f"{_FOLDER}/lexicon.yaml or frames.yaml: {error} is missing") from None
    except ValueError as error:  # TemplateError names the template
        raise LexiconError(f"{_FOLDER}/lexicon.yaml or frames.yaml: {error}") from None


def _load() -> Lexicon:
    yaml = YAML(typ="safe", pure=True)
    data: dict[str, Any] = yaml.load(_FOLDER / "lexicon.yaml")
    endings: dict[str, set[str]] = defaultdict(set)
    spoken: dict[str, tuple[str, ...]] = {}
    for act, verbs in data["requests"].items():
        heard = [Verb.of(verb) for verb in verbs]
        forms = {form for verb in heard for form in request_forms(verb)}
        commonest = dict.fromkeys(form for verb in heard for form in spoken_request_forms(verb))
        spoken[act] = tuple(form for form in commonest if form in forms)
        for form in forms:
            endings[form].add(act)
    for act, verbs in data["states"].items():
        spoken[act] = tuple(dict.fromkeys(form for verb in verbs for form in state_forms(Verb.of(verb))))
        for form in spoken[act]:
            endings[form].add(act)
    found = Lexicon(
        particles=data["particles"],
        types={name: tuple(nouns) for name, nouns in data["types"].items()},
        numbers={name: _numbers(entry) for name, entry in data["numbers"].items()},
        lists={name: tuple(_entries(entries)) for name, entries in data["values"].items()},
        rules={name: parse_template(_form(rule, "read")) for name, rule in data["rules"].items()},
        listened={name: parse_template(_form(rule, "listened")) for name, rule in data["rules"].items()},
        phrases={name: parse_template(template) for name, template in data["phrases"].items()},
        fillers=tuple(data["fillers"]),
        here=tuple(data["here"]),
        endings={form: frozenset(acts) for form, acts in endings.items()},
        spoken_endings=spoken,
        frames=tuple(map(_frame, yaml.load(_FOLDER / "frames.yaml")["frames"])),
    )
    _check(found)
    return found


def _form(rule: str | dict[str, str], use: str) -> str:
    return rule if isinstance(rule, str) else rule[use]


def _numbers(entry: dict[str, Any]) -> Numbers:
    low, high, *step = entry["spoken"]
    return Numbers(entry["from"], entry["to"], range(low, high + 1, *step), entry["counter"])


def _entries(values: Any) -> Iterator[Entry]:
    if isinstance(values, dict):
        for value, words in values.items():
            for word in words:
                yield Entry(word, ((None, value),))
    else:
        for item in values:
            for word in item["say"]:
                yield Entry(word, tuple(item["slots"].items()))


def _frame(entry: dict[str, Any]) -> Frame:
    bare = entry.get("bare", False)
    if bare not in {True, False, "named"} or entry.get("target") not in {None, "required", "optional"}:
        raise ValueError(f"{entry['intent']}: bare is true or named, target is required or optional")
    return Frame(
        intent=entry["intent"],
        types=frozenset(entry.get("types", ())),
        target=entry.get("target"),
        phrases=tuple(parse_template(template) for template in entry.get("phrases", ())),
        acts=frozenset(entry.get("requests", ())) | frozenset(entry.get("states", ())),
        bare="always" if bare is True else bare or None,
        slots=tuple(entry.get("slots", {}).items()),
        spoken=entry.get("spoken", True),
    )


def _check(found: Lexicon) -> None:
    acts = found.spoken_endings.keys()
    for frame in found.frames:
        if not frame.acts <= acts:
            raise ValueError(f"{frame.intent}: the lexicon has no act {', '.join(frame.acts - acts)}")
        if not frame.types <= found.types.keys() | NAMED_ONLY:
            raise ValueError(
                f"{frame.intent}: the lexicon has no nouns for {', '.join(frame.types - found.types.keys())}"
            )
    lists = HOME_LISTS | found.numbers.keys() | found.lists.keys()
    rules = found.rules.keys() | found.particles.keys()
    templates = [*found.rules.values(), *found.listened.values(), *found.phrases.values()]
    templates += [phrase for frame in found.frames for phrase in frame.phrases]
    for template in templates:
        for node in walk(template):
            if isinstance(node, Listed) and node.name not in lists:
                raise ValueError(f"the grammar knows no list {{{node.name}}}")
            if isinstance(node, Rule) and node.name not in rules:
                raise ValueError(f"the grammar knows no rule <{node.name}>")


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it (rules are not followed)."""
    yield node
    if isinstance(node, Sequence | Choice):
        for item in node.items:
            yield from walk(item)
