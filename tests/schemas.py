"""Anything that a pydantic model takes, drawn from its JSON schema; what only its validators know is in a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

TEXT = st.text("abc가나다라 #:{}[]'\"-", min_size=1, max_size=8)


def inputs(model: type[BaseModel], known: Mapping[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Mappings that `model` takes, with any of its keys left out that may be.

    `known` are values of keys, by `key` or `Model.key`.
    """
    schema = model.model_json_schema(by_alias=True)

    def taken(value: Any) -> bool:
        try:
            model.model_validate(value)
        except ValidationError:
            return False
        return True

    return _values(schema, schema.get("$defs", {}), known).filter(taken)


def _values(
    schema: Mapping[str, Any], named: Mapping[str, Any], known: Mapping[str, st.SearchStrategy[Any]]
) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return _values(named[schema["$ref"].rpartition("/")[2]], named, known)
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return st.one_of(*(_values(one, named, known) for one in schema[union]))
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema.get("type"):
        case "object" if "properties" in schema:
            keys = {}
            for key, one in schema["properties"].items():
                name = next((name for name in (f"{schema['title']}.{key}", key) if name in known), None)
                keys[key] = _values(one, named, known) if name is None else known[name]
            needed = set(schema.get("required", ()))
            return st.fixed_dictionaries(
                {key: found for key, found in keys.items() if key in needed},
                optional={key: found for key, found in keys.items() if key not in needed},
            )
        case "object":
            return st.dictionaries(TEXT, _values(schema["additionalProperties"], named, known), max_size=2)
        case "array":
            return st.lists(_values(schema["items"], named, known), max_size=2)
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers(schema.get("minimum", 0), schema.get("maximum", 99))
        case "number":
            return st.floats(schema["minimum"], schema["maximum"], allow_nan=False).map(lambda found: round(found, 3))
        case "null":
            return st.none()
        case "string" if "pattern" in schema:
            return st.from_regex(schema["pattern"], fullmatch=True, alphabet=st.characters(codec="ascii"))
        case "string":
            return TEXT
    raise NotImplementedError(schema)
