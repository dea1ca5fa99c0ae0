"""What a check of a bridge ends with: the contract's sentence holds, does not hold, or was not looked at."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from hub.conformance.subject import Subject

Outcome = Literal["holds", "broken", "unseen"]


class FindingError(Exception):
    """What a check has to say: `key` is a sentence of the texts `conformance`, `values` are filled in there."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


class BrokenError(FindingError):
    """The sentence does not hold: this was seen."""


class UnseenError(FindingError):
    """The sentence was not looked at: this is why."""


Check = Callable[["Subject"], Awaitable[None]]
"""Looks whether one sentence holds. Raises BrokenError or UnseenError where it does not, or cannot be seen."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one check: its name, which stays the same for good, the sentence, and what was seen."""

    check: str
    outcome: Outcome
    sentence: str
    seen: str | None = None
