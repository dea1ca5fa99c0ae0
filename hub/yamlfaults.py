"""What pydantic finds wrong, as sentences that a person can do something about."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from hub.texts import Language, text
from hub.yamlmodels import fields_at, without_tags

if TYPE_CHECKING:
    from hub.yamlfile import Fault, Key, YamlFile


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` was probably meant to be."""
    return next(iter(difflib.get_close_matches(word, list(known), n=1)), None)


def explained(file: YamlFile, data: Any, detail: ErrorDetails, model: type[BaseModel], above: tuple[Key, ...]) -> Fault:
    """The fault that pydantic found in `data`, which stands at `above`, as a sentence with its line."""
    keys = (*above, *without_tags(detail["loc"], data))
    values = detail.get("ctx", {})
    got = shown(detail["input"], file.language)
    match detail["type"]:
        case "jipsa_fault":
            return file.fault(keys, values["key"], values["suggestion"], **values["values"])
        case "extra_forbidden":
            known = fields_at(model, detail["loc"][:-1])
            return file.fault(keys, "unknown_key", closest(str(keys[-1]), known), known=", ".join(known))
        case "union_tag_not_found":
            return file.fault(keys, "missing_key", name=values["discriminator"].strip("'"))
        case "missing":
            return file.fault(keys[:-1], "missing_key", name=keys[-1])
        case "literal_error" | "union_tag_invalid":
            given, named = values.get("tag", detail["input"]), values.get("expected") or values["expected_tags"]
            known = [choice.strip("'") for choice in named.replace(" or ", ", ").split(", ")]
            near = closest(given, known) if isinstance(given, str) else None
            return file.fault(keys, "not_one_of", near, got=shown(given, file.language), known=", ".join(known))
        case kind if kind in _EXPECTED:
            expected = text(f"config.{_EXPECTED[kind]}", file.language)
            return file.fault(keys, "wrong_type", got=got, expected=expected)
        case "greater_than_equal":
            return file.fault(keys, "too_small", got=got, bound=values["ge"])
        case "less_than_equal":
            return file.fault(keys, "too_big", got=got, bound=values["le"])
        case _:
            return file.fault(keys, "other", reason=detail["msg"])


def shown(value: object, language: Language) -> str:
    """A value as a sentence shows it."""
    match value:
        case dict():
            return text("config.a_mapping", language)
        case list():
            return text("config.a_list", language)
        case None:
            return text("config.nothing", language)
        case bool():
            return str(value).lower()
    written = repr(value)
    return written if len(written) <= 60 else written[:57] + "…'"


_EXPECTED = {
    # pydantic's error type: what was expected, a key of hub/texts/config.yaml
    "bool_parsing": "a_boolean", "bool_type": "a_boolean",
    "int_parsing": "a_whole_number", "int_type": "a_whole_number", "int_from_float": "a_whole_number",
    "float_parsing": "a_number", "float_type": "a_number",
    "string_type": "text", "string_too_short": "text", "path_type": "text",
    "dict_type": "a_mapping", "model_type": "a_mapping", "model_attributes_type": "a_mapping",
    "list_type": "a_list", "tuple_type": "a_list",
}  # fmt: skip
