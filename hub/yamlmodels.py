"""Where in a pydantic model a fault lies: which keys it takes there, and which of the fault's keys are in the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel


def without_tags(keys: Sequence[str | int], data: Any) -> tuple[str | int, ...]:
    """The keys of a fault as they lead through `data`: without those that say which one of a union was meant."""
    path = []
    for place, key in enumerate(keys):
        if isinstance(data, dict) and key not in data and place < len(keys) - 1:
            continue
        path.append(key)
        match data, key:
            case (dict(), _):
                data = data.get(key)
            case (list(), int()):
                data = data[key]
    return tuple(path)


def fields_at(model: type[BaseModel], keys: Sequence[str | int]) -> list[str]:
    """The keys that the model takes at `keys`, the place of a fault."""
    here = [model]
    for key in keys:
        field = next((one.model_fields[key] for one in here if isinstance(key, str) and key in one.model_fields), None)
        inside = [one for one in here if _is_tagged(one, key)] if field is None else list(_models_in(field.annotation))
        here = inside or here
    return list(here[0].model_fields)


def _is_tagged(model: type[BaseModel], tag: str | int) -> bool:
    return any(get_args(field.annotation) == (tag,) for field in model.model_fields.values())


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in {list, tuple, dict, Union, UnionType, Annotated}:
        for argument in get_args(annotation):
            yield from _models_in(argument)
