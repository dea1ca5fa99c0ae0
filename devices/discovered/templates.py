"""Templates of discovery messages: Jinja, shut in, with what Home Assistant adds and devices use.

They come from whoever may write to the broker, so nothing in them may take long or grow large: there are no loops, no
macros and no regular expressions, texts have a greatest length, and a list that was given a name is in no other list.

Facts: https://www.home-assistant.io/docs/configuration/templating
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final

from jinja2 import Template, TemplateError, Undefined, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

LONGEST_TEMPLATE = 4_000
"""Characters of a template."""

LONGEST = 10_000
"""Characters of what a template makes."""

LARGEST = 1e100
"""Numbers that a template makes are smaller."""

_STATEMENTS: Final = (nodes.Output, nodes.If, nodes.Assign)
_CONTAINERS: Final = (nodes.List, nodes.Tuple, nodes.Dict)

_METHODS: Final = frozenset({
    "get", "items", "keys", "values", "lower", "upper", "strip", "lstrip", "rstrip", "split", "startswith", "endswith",
    "title", "capitalize", "find", "index", "count",
})  # fmt: skip
"""Methods of texts, lists and objects; none of them makes anything larger."""

_MISSING: Final = object()


class BadTemplate(ValueError):  # noqa: N818 - it is no program that is wrong
    """A template that cannot be used, or has no result now; the text says why."""


class _Joined(NodeTransformer):
    """Has what `~` joins go through the filter that looks how long it gets."""

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 - as jinja2 calls it
        self.generic_visit(node)
        parts = nodes.List(node.nodes, lineno=node.lineno)
        return nodes.Filter(parts, "join", [], [], None, None, lineno=node.lineno)


class _Environment(ImmutableSandboxedEnvironment):
    """Where templates live."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Only methods that are known to be harmless."""
        return attr in _METHODS and isinstance(obj, str | list | dict)

    def wrap_str_format(self, value: Any) -> None:
        """`format` makes texts of any length, so it is no method."""

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Sums of numbers, and of texts; both bounded."""
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return _short(left + right) if len(left) + len(right) <= LONGEST else _short(None)
        for one in (left, right):
            if not isinstance(one, int | float):
                raise BadTemplate(f"{type(one).__name__} is no number")
        if operator == "**" and (abs(right) > 64 or abs(left) > 1e6):
            raise BadTemplate("a power is too large")
        result = super().call_binop(context, operator, left, right)
        if not isinstance(result, int | float) or not abs(result) < LARGEST:
            raise BadTemplate("a number is too large")
        return result


def _short(text: str | None) -> str:
    if text is None or len(text) > LONGEST:
        raise BadTemplate(f"a text has more than {LONGEST} characters")
    return text


def _number(value: Any, default: Any = _MISSING) -> Any:
    try:
        number = float(value)
    except (ValueError, TypeError, OverflowError):
        number = math.nan
    if math.isfinite(number):
        return number
    return _otherwise(value, default)


def _int(value: Any, default: Any = _MISSING, base: int = 10) -> Any:
    try:
        return int(value, base) if isinstance(value, str) else int(value)
    except (ValueError, TypeError, OverflowError):
        number = _number(value, None) if base == 10 else None
        return _otherwise(value, default) if number is None else int(number)


def _otherwise(value: Any, default: Any) -> Any:
    if default is _MISSING:
        raise BadTemplate(f"{str(value)[:40]!r} is no number")
    return default


def _bool(value: Any, default: Any = _MISSING) -> Any:
    known = {"true": True, "yes": True, "on": True, "enable": True, "1": True,
             "false": False, "no": False, "off": False, "disable": False, "0": False}  # fmt: skip
    found = known.get(str(value).strip().casefold())
    return _otherwise(value, default) if found is None else found


def _round(value: Any, precision: int = 0, method: str = "common", default: Any = _MISSING) -> Any:
    number = _number(value, None)
    if number is None:
        return _otherwise(value, default)
    size: float = 10.0 ** max(-15, min(15, precision))
    match method:
        case "ceil":
            number = math.ceil(number * size) / size
        case "floor":
            number = math.floor(number * size) / size
        case "half":
            number = round(number * 2) / 2
        case _:
            number = round(number, precision)
    return number if precision > 0 or method == "half" else int(number)


def _iif(value: Any, yes: Any = True, no: Any = False, none: Any = _MISSING) -> Any:
    if value is None and none is not _MISSING:
        return none
    return yes if value else no


def _is_number(value: Any) -> bool:
    return _number(value, None) is not None


def _join(value: Any, by: str = "") -> str:
    parts = [part if isinstance(part, str) else str(part) for part in value]
    if sum(map(len, parts)) + len(by) * len(parts) > LONGEST:
        return _short(None)
    return by.join(parts)


def _replace(text: Any, old: str, new: str, count: int = -1) -> str:
    whole = str(text)
    if len(whole) + whole.count(old) * len(new) > 2 * LONGEST:
        return _short(None)
    return whole.replace(old, new, count)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _spaced(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _defined(value: Any) -> Any:
    if isinstance(value, Undefined):
        raise BadTemplate("it is not there")
    return value


def _default(value: Any, default: Any = "", boolean: bool = False) -> Any:
    return default if isinstance(value, Undefined) or (boolean and not value) else value


_FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "float": _number, "int": _int, "bool": _bool, "round": _round, "iif": _iif, "is_number": _is_number,
    "default": _default, "d": _default, "is_defined": _defined, "tojson": _spaced, "to_json": _json,
    "from_json": json.loads, "join": _join, "replace": _replace, "string": str, "length": len, "count": len,
    "lower": lambda value: str(value).lower(), "upper": lambda value: str(value).upper(),
    "trim": lambda value, chars=None: str(value).strip(chars), "title": lambda value: str(value).title(),
    "capitalize": lambda value: str(value).capitalize(), "abs": abs, "min": min, "max": max,
    "first": lambda value: next(iter(value)), "last": lambda value: value[-1], "list": list, "sum": sum,
    "multiply": lambda value, by: _number(value) * by, "add": lambda value, by: _number(value) + by,
    "bitwise_and": lambda value, other: value & other, "bitwise_or": lambda value, other: value | other,
}  # fmt: skip

_FUNCTIONS: Final = ("float", "int", "bool", "iif", "is_number", "min", "max")


def _environment() -> _Environment:
    made = _Environment(autoescape=False)
    made.globals = {name: _FILTERS[name] for name in _FUNCTIONS}
    made.filters = dict(_FILTERS)
    made.tests = {**made.tests, "is_number": _is_number}
    return made


_HERE: Final = _environment()


@lru_cache(maxsize=1_000)
def compiled(source: str) -> Template:
    """A template, made ready. Raises BadTemplate."""
    if len(source) > LONGEST_TEMPLATE:
        raise BadTemplate(f"a template has more than {LONGEST_TEMPLATE} characters")
    try:
        tree = _HERE.parse(source)
        _check(tree)
        return _HERE.from_string(_Joined().visit(tree))
    except (TemplateError, SyntaxError, RecursionError, MemoryError, ValueError, TypeError) as error:
        raise BadTemplate(f"{source[:80]!r}: {error}") from None


def _check(tree: nodes.Template) -> None:
    """Raise BadTemplate for what may take long or grow large."""
    for node in tree.find_all(nodes.Stmt):
        if not isinstance(node, _STATEMENTS):
            raise BadTemplate(f"{type(node).__name__.lower()} is not known here")
    lists: set[str] = set()  # names of what is, or has in it, a list or an object that the template made
    before = -1
    while len(lists) != before:
        before = len(lists)
        for given in tree.find_all(nodes.Assign):
            if not isinstance(given.target, nodes.Name):
                raise BadTemplate("only single names are set")
            inner = {type(one) for one in _all(given.node)} & set(_CONTAINERS)
            if inner or lists & _names(given.node):
                lists.add(given.target.name)
    if any(lists & _names(container) for container in tree.find_all(_CONTAINERS)):
        raise BadTemplate("a list is in a list")


def _all(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    yield from node.find_all(nodes.Node)


def _names(node: nodes.Node) -> set[str]:
    return {one.name for one in _all(node) if isinstance(one, nodes.Name)}


def rendered(source: str, variables: Mapping[str, Any]) -> str:
    """What a template makes of some variables, as text. Raises BadTemplate."""
    try:
        return _short(compiled(source).render(variables).strip())
    except BadTemplate:
        raise
    except Exception as error:  # of a filter that does not take what it is given, too
        raise BadTemplate(f"{source[:80]!r}: {type(error).__name__}: {error}") from None


def told(source: str | None, payload: str) -> str:
    """What a payload tells by its template; the payload itself where there is none. Raises BadTemplate."""
    if not source:
        return payload
    variables: dict[str, Any] = {"value": payload}
    with suppress(ValueError, RecursionError):  # it may be plain text
        variables["value_json"] = json.loads(payload)
    return rendered(source, variables)


def said(source: str | None, value: Any, **variables: Any) -> str:
    """The payload of a command for a value; the value itself where there is no template. Raises BadTemplate."""
    return rendered(source, {"value": value, **variables}) if source else str(value)
