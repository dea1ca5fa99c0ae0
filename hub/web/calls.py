"""What a page may call: a name, arguments, an answer; and how a call fails."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from hub.payloads import Value, first_fault
from hub.texts import Language


class Page(Protocol):
    """The page that calls: who it is on MQTT, where it stands, and how it is told something."""

    satellite: str
    room: str | None
    language: Language
    hear: Callable[[bytes | None], None] | None
    """Takes the sound that the page sends, while somebody wants it; None: it has ended."""

    def tell(self, event: Mapping[str, Value]) -> None:
        """Send it an event."""
        ...


Call = Callable[[Page, Mapping[str, Value]], Awaitable[Value]]
"""Takes the page and the arguments; raises CallError."""

Calls = Mapping[str, Call]
"""Calls by their names."""


class CallError(Exception):
    """A call was not done: `code` is for the page, the text for the person."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Arguments(BaseModel):
    """What calls take; others than these are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=10_000, allow_inf_nan=False)


A = TypeVar("A", bound=Arguments)


async def alive(page: Page, given: Mapping[str, Value]) -> Value:
    """The call `alive`: an answer is the sign of life that a page asks for."""
    return None


def read(model: type[A], given: Mapping[str, Value]) -> A:
    """The arguments of a call; raises CallError where they are not what it takes."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise CallError("bad_call", first_fault(error)) from None
