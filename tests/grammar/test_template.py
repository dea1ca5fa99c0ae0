"""Home Assistant's template syntax, read into nodes."""

import pytest

from hub.grammar.template import (
    NOTHING,
    Choice,
    Gap,
    Listed,
    Node,
    Rule,
    Sequence,
    TemplateError,
    Text,
    parse_template,
)


def _flat(node: Node) -> list[Node]:
    """The leaves and choices of a sequence, however it is nested."""
    return [leaf for item in node.items for leaf in _flat(item)] if isinstance(node, Sequence) else [node]


def test_words_are_squashed_with_a_place_to_breathe_at_every_space() -> None:
    assert _flat(parse_template("TV 켜 줘")) == [Text("tv"), Gap(), Text("켜"), Gap(), Text("줘")]


@pytest.mark.parametrize("template", ["(켜|꺼)", "((켜|꺼))", "( 켜|꺼 )"])
def test_alternatives_are_a_choice(template: str) -> None:
    choice = parse_template(template)
    assert isinstance(choice, Choice)
    assert [leaf for item in choice.items for leaf in _flat(item) if leaf != Gap()] == [Text("켜"), Text("꺼")]


def test_what_is_optional_may_be_nothing() -> None:
    assert parse_template("[좀]") == Choice((Text("좀"), NOTHING))
    assert parse_template("(시|)") == Choice((Text("시"), NOTHING))


def test_a_list_sets_the_slot_of_its_name_or_another_one() -> None:
    assert parse_template("{minutes}") == Listed("minutes", "minutes")
    assert parse_template("{minutes:start_minutes}") == Listed("minutes", "start_minutes")


def test_a_rule_keeps_its_name() -> None:
    assert parse_template("<을>") == Rule("을")


def test_everything_nests() -> None:
    node = parse_template("[온도[<을>] ]{temperature}<도>(<로>|까지)")
    optional, number, degrees, ending = _flat(node)
    assert isinstance(optional, Choice)
    assert _flat(optional.items[0]) == [Text("온도"), Choice((Rule("을"), NOTHING)), Gap()]
    assert (number, degrees) == (Listed("temperature", "temperature"), Rule("도"))
    assert ending == Choice((Rule("로"), Text("까지")))


@pytest.mark.parametrize(
    "template", ["(켜", "켜)", "[켜", "켜]", "<을", "을>", "{color", "color}", "(켜|꺼", "<>", "{}", "", "(켜;꺼)"]
)
def test_what_is_no_template_is_named_in_the_error(template: str) -> None:
    with pytest.raises(TemplateError) as error:
        parse_template(template)
    assert f"template {template!r}: " in str(error.value)
