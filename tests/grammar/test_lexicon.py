"""Words and frames fit together: nothing is missing, nothing is left over, and what is wrong in a file is told."""

import json
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

import pytest

from hub.grammar import lexicon as module
from hub.grammar.lexicon import LISTENED_VERBS, NAMED_ONLY, OPEN_LISTS, Frame, Lexicon, LexiconError, lexicon, walk
from hub.grammar.template import Choice, Gap, Listed, Node, Rule, Sequence, Text
from hub.home import DEVICE_TYPES
from hub.korean.forms import spoken_request_forms
from hub.korean.jamo import squash
from hub.korean.verbs import Verb

LEXICON = lexicon()


def _templates() -> Iterator[Node]:
    for table in (LEXICON.rules, LEXICON.listened, LEXICON.phrases, LEXICON.spoken_phrases):
        yield from table.values()
    for frame in LEXICON.frames:
        yield from (*frame.phrases, *frame.optional)


def _nodes() -> Iterator[Node]:
    for template in _templates():
        yield from walk(template)


def test_every_act_closes_a_frame() -> None:
    used = frozenset().union(*(frame.acts for frame in LEXICON.frames))
    assert used | {LEXICON.telling} == LEXICON.spoken_endings.keys()


def test_every_list_is_used() -> None:
    used = {node.name for node in _nodes() if isinstance(node, Listed)}
    assert used == LEXICON.lists.keys() | LEXICON.numbers.keys() | LEXICON.texts.keys() | OPEN_LISTS


def test_every_rule_and_every_particle_is_used() -> None:
    used = {node.name for node in _nodes() if isinstance(node, Rule)}
    assert used == LEXICON.rules.keys() | LEXICON.particles.keys() | LEXICON.fitting.keys()


def test_types_are_those_that_a_home_may_have() -> None:
    assert LEXICON.types.keys() <= DEVICE_TYPES
    assert frozenset().union(*(frame.types for frame in LEXICON.frames)) <= DEVICE_TYPES
    assert LEXICON.plain_covers <= LEXICON.classes.keys()


def test_types_without_a_noun_are_called_by_name() -> None:
    assert NAMED_ONLY.isdisjoint(LEXICON.types)


@pytest.mark.parametrize("nouns", [LEXICON.types, LEXICON.classes], ids=["types", "classes"])
def test_no_noun_is_said_twice_for_one_kind(nouns: dict[str, tuple[str, ...]]) -> None:
    for kind, words in nouns.items():
        assert len(set(words)) == len(words), kind


@pytest.mark.parametrize("name", LEXICON.lists)
def test_a_word_of_a_list_has_one_value(name: str) -> None:
    values = defaultdict(set)
    for entry in LEXICON.lists[name]:
        values[squash(entry.words)].add(entry.slots)
    assert not {words: found for words, found in values.items() if len(found) > 1}


def test_values_are_texts_and_numbers() -> None:
    """Unquoted, `on` might be read as true."""
    values = [value for entries in LEXICON.lists.values() for entry in entries for _, value in entry.slots]
    values += [value for frame in LEXICON.frames for _, value in frame.slots]
    assert not [value for value in values if isinstance(value, bool) or not isinstance(value, str | int | float)]


@pytest.mark.parametrize("name", LEXICON.numbers)
def test_numbers_that_are_listened_for_are_understood(name: str) -> None:
    numbers = LEXICON.numbers[name]
    assert numbers.spoken
    assert numbers.low <= min(numbers.spoken) <= max(numbers.spoken) <= numbers.high


def test_every_frame_can_be_closed() -> None:
    for frame in LEXICON.frames:
        assert frame.acts or frame.bare, frame.intent
        assert frame.target in {None, "required", "optional"}
        assert frame.area in {None, "none", "required"}
        assert bool(frame.types) == (frame.target is not None), frame.intent
        assert frame.bare in {None, "always", "named"}


def test_a_frame_without_devices_needs_none_to_be_named() -> None:
    assert not [frame.intent for frame in LEXICON.frames if not frame.types and (frame.area or frame.bare == "named")]


def test_few_frames_say_nothing_before_their_verb() -> None:
    """A bare verb is a command only where it says enough: 청소해, 음소거해, 회전해, 세탁해; and 듣고 있어?"""
    saying_nothing = {
        frame.intent
        for frame in LEXICON.frames
        if not frame.phrases and frame.target != "required" and frame.area != "required"
    }
    assert saying_nothing <= {
        "HassVacuumStart", "HassMediaPlayerMute", "JipsaSetSwing", "JipsaStart", "HassRespond"
    }  # fmt: skip


def test_every_phrase_says_something() -> None:
    """A phrase that may be nothing could never be said."""
    for frame in LEXICON.frames:
        for phrase in (*frame.phrases, *frame.optional):
            assert not _may_be_nothing(phrase), frame.intent


def _may_be_nothing(node: Node) -> bool:
    match node:
        case Gap():
            return True
        case Text() | Listed():
            return False
        case Rule(name):
            return name in LEXICON.rules and _may_be_nothing(LEXICON.rules[name])
        case Choice(items):
            return any(map(_may_be_nothing, items))
        case Sequence(items):
            return all(map(_may_be_nothing, items))


def test_no_frame_stands_there_twice() -> None:
    told = [(frame, frame.types) for frame in LEXICON.frames]
    assert len(set(told)) == len(told)


def test_intents_are_named_as_home_assistant_names_them() -> None:
    if find_spec("home_assistant_intents") is None:
        pytest.skip("the package home-assistant-intents is not installed")
    known = json.loads((resources.files("home_assistant_intents") / "intents.json").read_text())
    foreign = {frame.intent for frame in LEXICON.frames} - known.keys()
    # Home Assistant has this intent, but no sentences for it.
    assert {intent for intent in foreign if not intent.startswith("Jipsa")} <= {"HassHumidifierSetpoint"}


@pytest.mark.parametrize("act", LEXICON.spoken_endings)
def test_a_verb_that_is_listened_for_is_understood(act: str) -> None:
    assert LEXICON.spoken_endings[act]
    for form in LEXICON.spoken_endings[act]:
        assert act in LEXICON.closings.at(form, 0).final((len(form),)), form


def test_only_lists_that_can_be_listed_are_listened_for() -> None:
    """A time or a text that nobody can list cannot be said to the recognizer."""
    spoken = [node for frame in LEXICON.frames if frame.spoken for node in frame.phrases]
    for template in (*spoken, *LEXICON.spoken_phrases.values()):
        assert _listened(template).isdisjoint(LEXICON.texts.keys() | {"duration", "clock", "date"}), template


def _listened(template: Node) -> set[str]:
    """The lists that the recognizer needs for a template."""
    found: set[str] = set()
    for node in walk(template):
        if isinstance(node, Listed):
            found.add(node.name)
        elif isinstance(node, Rule) and node.name in LEXICON.listened:
            found |= _listened(LEXICON.listened[node.name])
    return found


# What is told of files that cannot be used.

Change = Callable[[Path], None]


@pytest.fixture
def loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Change], Lexicon]]:
    """Loads a copy of the lexicon that was changed."""

    def load(change: Change) -> Lexicon:
        for folder in ("words", "frames"):
            shutil.copytree(Path(module.__file__).parent / folder, tmp_path / folder)
        change(tmp_path)
        monkeypatch.setattr(module, "_FOLDER", tmp_path)
        lexicon.cache_clear()
        return lexicon()

    yield load
    lexicon.cache_clear()


def _written(file: str, text: str | bytes) -> Change:
    return lambda folder: (folder / file).write_bytes(text.encode() if isinstance(text, str) else text) and None


def _frames(*frames: str) -> Change:
    """One more file of frames."""
    return _written("frames/own.yaml", "frames:\n" + "".join(f"  - {{{frame}}}\n" for frame in frames))


def _replaced(file: str, old: str, new: str) -> Change:
    def change(folder: Path) -> None:
        text = (folder / file).read_text()
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1))

    return change


LIGHT = "types: [light], target: required"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_written("words/own.yaml", "values: [1\nnumbers: 2\n"), ["words/own.yaml:2"]),
        (_written("frames/own.yaml", "frames:\n  - {intent: A\n"), ["frames/own.yaml:3"]),
        (_replaced("words/nouns.yaml", "  fan: [", "  light: [등불]\n  fan: ["), ["words/nouns.yaml:7", "light"]),
        (_frames(f"{LIGHT}, requests: [켜다]"), ["frames/own.yaml", "'intent' is missing"]),
        (_frames(f"intent: A, {LIGHT}, request: [켜다]"), ["frames/own.yaml", "A: a frame has no request"]),
        (_frames(f"intent: A, {LIGHT}, bare: maybe"), ["frames/own.yaml", "A: bare is true or named"]),
        (_frames("intent: A, types: [light], target: all"), ["frames/own.yaml", "target is required or optional"]),
        (_frames(f"intent: A, {LIGHT}, area: some"), ["frames/own.yaml", "A: area is none or required"]),
        (_frames(f'intent: A, {LIGHT}, phrases: ["(켜"]'), ["frames/own.yaml", "template '(켜'"]),
        (_frames(f"intent: A, {LIGHT}, requests: [날다]"), ["A: the lexicon has no act 날다"]),
        (_frames("intent: A, types: [rocket], target: required"), ["A: the lexicon has no nouns for rocket"]),
        (_frames('intent: A, phrases: ["{wings}"], bare: true'), ["no list {wings}"]),
        (_frames('intent: A, phrases: ["날다"], optional: ["<날개>"], bare: true'), ["no rule <날개>"]),
        (_replaced("words/verbs.yaml", "  켜다: [켜다,", "  켜다: [켜,"), ["dictionary form", "'켜'"]),
        (_replaced("words/phrases.yaml", '(모든|전체)"', '(모든|전체"'), ["template '(모든|"]),
        (_replaced("words/phrases.yaml", "rules:\n", 'rules:\n  새: {read: "{wings}", listened: 새}\n'), ["{wings}"]),
        (_replaced("words/phrases.yaml", "rules:\n", 'rules:\n  새: {read: 새, listened: "{wings}"}\n'), ["{wings}"]),
        (_replaced("words/phrases.yaml", "rules:\n", "rules:\n  새: {read: 새}\n"), ["'listened' is missing"]),
        (_replaced("words/values.yaml", ", spoken: [10, 35]", ""), ["'spoken' is missing"]),
        (lambda folder: (folder / "words/verbs.yaml").unlink(), ["'requests' is missing"]),
        (lambda folder: shutil.rmtree(folder / "words"), ["is missing"]),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_file_is_told(
    loaded: Callable[[Change], Lexicon], change: Change, told: list[str], tmp_path: Path
) -> None:
    with pytest.raises(LexiconError) as error:
        loaded(change)
    assert str(error.value).startswith(str(tmp_path))
    assert all(part in str(error.value) for part in told), error.value


@pytest.mark.parametrize(
    "file",
    [
        _written("words/own.yaml", "- 불\n"), _written("words/own.yaml", b"fillers: [\xff]\n"),
        _written("frames/own.yaml", "- 불\n"), _written("frames/own.yaml", b"frames: [\xff]\n"),
    ],
    ids=["words in a row", "words in no UTF-8", "frames in a row", "frames in no UTF-8"],
)  # fmt: skip
def test_a_file_of_another_shape_is_told(loaded: Callable[[Change], Lexicon], file: Change) -> None:
    with pytest.raises(LexiconError, match=r"own\.yaml"):
        loaded(file)


@pytest.mark.parametrize(
    ("file", "text"),
    [("words", "# nothing yet\n"), ("frames", "# nothing yet\n"), ("frames", "frames:\n  # nothing yet\ntyped:\n")],
)
def test_a_file_that_says_nothing_adds_nothing(loaded: Callable[[Change], Lexicon], file: str, text: str) -> None:
    assert loaded(_written(f"{file}/own.yaml", text)).frames == LEXICON.frames


@pytest.mark.parametrize(
    "frame",
    [
        f"intent: A, {LIGHT}, requests: [날다]",
        "intent: A, types: [rocket], target: required, requests: [켜다]",
        'intent: A, phrases: ["{wings}"], bare: true',
        'intent: A, phrases: ["<날개>"], bare: true',
    ],
)
def test_what_does_not_fit_together_is_told_with_its_file(loaded: Callable[[Change], Lexicon], frame: str) -> None:
    with pytest.raises(LexiconError, match=r"own\.yaml"):
        loaded(_frames(frame))


@pytest.mark.parametrize("name", ["item", "search_query", "clock", "date", "duration"])
def test_what_cannot_be_listed_cannot_be_listened_for(loaded: Callable[[Change], Lexicon], name: str) -> None:
    """It belongs below `typed`; the builder of the home graph has no words for it."""
    with pytest.raises(LexiconError, match=name):
        loaded(_frames(f'intent: A, phrases: ["날다 {{{name}}}"], bare: true'))


def test_what_is_listened_for_with_a_list_that_is_not_there_is_told(loaded: Callable[[Change], Lexicon]) -> None:
    with pytest.raises(LexiconError, match="wings"):
        loaded(_replaced("words/phrases.yaml", 'listened: "{every}"', 'listened: "{wings}"'))


def test_frames_are_listened_for_and_typed_ones_are_not(loaded: Callable[[Change], Lexicon]) -> None:
    found = loaded(
        _written(
            "frames/own.yaml",
            f"frames:\n  - {{intent: JipsaHeard, {LIGHT}, requests: [켜다]}}\n"
            f"typed:\n  - {{intent: JipsaTyped, {LIGHT}, requests: [켜다], bare: true}}\n",
        )
    )
    assert [_told(frame) for frame in found.frames if frame.intent in {"JipsaHeard", "JipsaTyped"}] == [
        ("JipsaHeard", True, None),
        ("JipsaTyped", False, "always"),
    ]


def _told(frame: Frame) -> tuple[str, bool, str | None]:
    return frame.intent, frame.spoken, frame.bare


def test_a_rule_may_be_read_and_listened_for_differently(loaded: Callable[[Change], Lexicon]) -> None:
    found = loaded(_replaced("words/phrases.yaml", "rules:\n", "rules:\n  새: {read: (가|나), listened: 가}\n"))
    assert found.rules["새"] == Choice((Text("가"), Text("나")))
    assert found.listened["새"] == Text("가")
    assert found.rules["모든"] == found.listened["모든"]


def test_what_is_listened_for_may_be_nothing(loaded: Callable[[Change], Lexicon]) -> None:
    found = loaded(_replaced("words/phrases.yaml", "rules:\n", "rules:\n  새: {read: 가, listened: null}\n"))
    assert found.listened["새"] == Sequence(())


def test_only_the_commonest_verbs_are_listened_for(loaded: Callable[[Change], Lexicon]) -> None:
    verbs = [f"{letter}다" for letter in "가나마바사아자차카타파하"]
    found = loaded(_replaced("words/verbs.yaml", "requests:\n", f"requests:\n  새: [{', '.join(verbs)}]\n"))
    listened = {word for word in verbs if set(spoken_request_forms(Verb.of(word))) <= set(found.spoken_endings["새"])}
    assert listened == set(verbs[:LISTENED_VERBS])
    assert all("새" in found.closings.at(f"{verb[0]}고싶어", 0).final((4,)) for verb in verbs)
