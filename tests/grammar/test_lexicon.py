"""The lexicon and the frames fit together: nothing is missing, nothing is left over, and no ending is two things."""

import json
from collections.abc import Iterator
from dataclasses import replace
from importlib import resources
from importlib.util import find_spec

import pytest
from ruamel.yaml import YAML

from hub.grammar import lexicon as module
from hub.grammar.lexicon import HOME_LISTS, NAMED_ONLY, Frame, Lexicon, lexicon, walk
from hub.grammar.template import Listed, Node, Rule
from hub.home import DEVICE_TYPES
from hub.korean.verbs import Verb, connective_forms, negative_forms, question_forms

LEXICON = lexicon()


def _templates() -> Iterator[Node]:
    yield from LEXICON.rules.values()
    yield from LEXICON.listened.values()
    yield from LEXICON.phrases.values()
    for frame in LEXICON.frames:
        yield from frame.phrases


def _nodes() -> Iterator[Node]:
    for template in _templates():
        yield from walk(template)


def _verbs() -> dict[str, list[str]]:
    found: dict[str, list[str]] = YAML(typ="safe").load(resources.files(module.__package__) / "lexicon.yaml")[
        "requests"
    ]
    return found


def test_every_act_closes_a_frame() -> None:
    used = frozenset().union(*(frame.acts for frame in LEXICON.frames))
    assert used == LEXICON.spoken_endings.keys()


def test_every_list_is_used() -> None:
    used = {node.name for node in _nodes() if isinstance(node, Listed)}
    assert used == LEXICON.lists.keys() | LEXICON.numbers.keys() | HOME_LISTS


def test_every_rule_and_every_particle_is_used() -> None:
    used = {node.name for node in _nodes() if isinstance(node, Rule)}
    assert used == LEXICON.rules.keys() | LEXICON.particles.keys()


def test_types_are_those_that_a_home_may_have() -> None:
    assert LEXICON.types.keys() <= DEVICE_TYPES
    assert frozenset().union(*(frame.types for frame in LEXICON.frames)) <= DEVICE_TYPES


def test_no_noun_is_said_twice_for_one_type() -> None:
    for kind, nouns in LEXICON.types.items():
        assert len(set(nouns)) == len(nouns), kind


def test_every_frame_can_be_closed() -> None:
    for frame in LEXICON.frames:
        assert frame.acts or frame.bare, frame.intent
        assert frame.target in {None, "required", "optional"}
        assert bool(frame.types) == (frame.target is not None), frame.intent
        assert frame.bare in {None, "always", "named"}


def test_every_frame_says_something_before_its_verb() -> None:
    """Else a bare verb would be a command: only starting to clean is one."""
    saying_nothing = {frame.intent for frame in LEXICON.frames if not frame.phrases and frame.target != "required"}
    assert saying_nothing == {"HassVacuumStart"}


def test_intents_are_named_as_home_assistant_names_them() -> None:
    if find_spec("home_assistant_intents") is None:
        pytest.skip("the package home-assistant-intents is not installed")
    known = json.loads((resources.files("home_assistant_intents") / "intents.json").read_text())
    foreign = {frame.intent for frame in LEXICON.frames} - known.keys()
    assert all(intent.startswith("Jipsa") for intent in foreign), foreign


@pytest.mark.parametrize("act", _verbs())
def test_a_form_that_forbids_asks_or_goes_on_is_no_request(act: str) -> None:
    """A question how things stand (작동했어?) may look like a past request, and then it is that question."""
    for word in _verbs()[act]:
        verb = Verb.of(word)
        for form in (*negative_forms(verb), *connective_forms(verb), *question_forms(verb)):
            assert LEXICON.endings.get(form, frozenset()) <= {"켜지다", "꺼지다"}, form


def test_on_and_off_open_and_closed_share_no_ending() -> None:
    opposites = (
        "켜다 끄다", "열다 닫다", "돌리다 멈추다", "잠그다 풀다", "늘리다 줄이다", "켜지다 꺼지다", "시작하다 정지하다",
        "일시정지하다 재개하다",
    )  # fmt: skip
    for one, other in map(str.split, opposites):
        shared = {form for form, acts in LEXICON.endings.items() if {one, other} <= acts}
        assert not shared, (one, other)


def test_what_is_listened_for_is_understood() -> None:
    for act, forms in LEXICON.spoken_endings.items():
        assert forms
        for form in forms:
            assert act in LEXICON.endings[form]


def _broken(**changes: object) -> Lexicon:
    return replace(LEXICON, **changes)  # type: ignore[arg-type]


def _frame(**changes: object) -> Frame:
    return replace(LEXICON.frames[0], **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        (_broken(frames=(_frame(acts=frozenset({"날다"})),)), "날다"),
        (_broken(frames=(_frame(types=frozenset({"rocket"})),)), "rocket"),
        (_broken(rules={"새": Listed("wings", "wings")}), "wings"),
        (_broken(rules={"새": Rule("날개")}), "날개"),
    ],
)
def test_what_does_not_fit_together_is_named(broken: Lexicon, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        module._check(broken)


def test_types_without_a_noun_are_called_by_name() -> None:
    assert NAMED_ONLY.isdisjoint(LEXICON.types)
