"""What waits for a yes: acts that a bridge, or the butler itself, wants confirmed before they are carried out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hub.butler.resolve import Resolved
from hub.butler.understanding import Understanding
from hub.messages import ErrorCode, Reply

WAITS = timedelta(seconds=30)
"""How long a question waits for its answer."""

YES = "JipsaYes"

NO = frozenset({"JipsaNo", "HassNevermind"})


@dataclass(frozen=True, slots=True)
class Pending:
    """Acts that were asked about: what was said, what it means, when it was asked, and whether a bridge asked.

    A yes to the butler's own question, whether it heard well, is none to a bridge's.
    """

    text: str
    acts: tuple[Resolved, ...]
    asked_at: datetime
    by_bridge: bool


class Confirming:
    """The open question of each place; somebody who is asked twice answers the later one."""

    def __init__(self) -> None:
        self._pending: dict[str | None, Pending] = {}

    def ask(self, place: str | None, text: str, acts: Sequence[Resolved], at: datetime, *, by_bridge: bool) -> None:
        """These acts wait for an answer from there."""
        self._pending[place] = Pending(text, tuple(acts), at, by_bridge)

    def take(self, place: str | None, at: datetime) -> Pending | None:
        """What waits for the answer that is given now; it waits no more."""
        pending = self._pending.pop(place, None)
        return pending if pending is not None and at - pending.asked_at < WAITS else None


def answered(understood: Understanding) -> bool | None:
    """Whether a sentence is a yes or a no; None when it is neither."""
    if understood.refused is not None or len(understood.intents) != 1:
        return None
    intent = understood.intents[0].intent
    return True if intent == YES else False if intent in NO else None


def unconfirmed(meant: Resolved, shares: Sequence[tuple[Sequence[str], Reply]]) -> list[Resolved]:
    """What remains of an act where bridges want it confirmed: the same for the targets that they own."""
    targets = [
        device
        for devices, reply in shares
        if reply.error is not None and reply.error.code == ErrorCode.CONFIRM
        for device in devices
        if device not in reply.changed
    ]
    return [replace(meant, targets=tuple(targets))] if targets else []
