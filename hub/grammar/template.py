"""Sentence templates: Home Assistant's syntax, read by hassil into five small node types.

`(a|b)` alternatives, `[a]` optional, `{list}` or `{list:slot}`, `<rule>`; a space is a place to breathe. The same
nodes are walked to understand text (hub.grammar.parser) and to build what the recognizer listens for
(hub.grammar.spoken).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from hassil.expression import Alternative, Expression, Group, ListReference, Permutation, RuleReference, TextChunk
from hassil.parse_expression import parse_sentence
from hassil.parser import ParseError

from hub.korean.jamo import squash


class TemplateError(ValueError):
    """A template that cannot be read; the text names the template and what is wrong."""


@dataclass(frozen=True, slots=True)
class Text:
    """Fixed text, squashed (no spaces, lower case)."""

    text: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A place to breathe: nothing in text, the end of a spoken word group in speech."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry of a list, and the slot that takes its value."""

    name: str
    slot: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Whatever the rule (or particle) of this name stands for."""

    name: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """One node after the other."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the nodes; an empty Sequence among them makes it optional."""

    items: tuple[Node, ...]


Node = Text | Gap | Listed | Rule | Sequence | Choice

NOTHING = Sequence(())


@lru_cache(maxsize=4096)  # frames repeat each other's templates
def parse_template(template: str) -> Node:
    """Read one template; raises TemplateError."""
    try:
        return _node(parse_sentence(template).expression)
    except (ParseError, AssertionError, TemplateError) as error:  # hassil asserts that <> and {} hold a name
        raise TemplateError(f"template {template!r}: {error}") from None


def _node(expression: Expression) -> Node:
    match expression:
        case TextChunk():
            return _text(expression.original_text)
        case ListReference():
            return Listed(expression.list_name, expression.slot_name)
        case RuleReference():
            return Rule(expression.rule_name)
        case Permutation():
            raise TemplateError("(a;b) is not needed here: phrases may stand in any order as they are")
        case Alternative():
            return Choice(tuple(_node(item) for item in expression.items))
        case Group():
            items = tuple(node for node in map(_node, expression.items) if node != NOTHING)
            return items[0] if len(items) == 1 else Sequence(items)
    raise TemplateError(f"{type(expression).__name__} is not known in templates")


@lru_cache(maxsize=4096)  # particles and common words are in hundreds of templates
def _text(text: str) -> Node:
    """Words with a Gap at every space."""
    items: list[Node] = []
    for index, word in enumerate(text.split(" ")):
        if index:
            items.append(Gap())
        if squashed := squash(word):
            items.append(Text(squashed))
    return items[0] if len(items) == 1 else Sequence(tuple(items))
