"""From acts to what is sent: an intent for each bridge that owns some of an act's targets, and word of all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from hub.butler.parts import parts
from hub.butler.resolve import Resolved
from hub.butler.understanding import Understanding
from hub.messages import About, Intent, SentIntent, Understood, Utterance

ASSISTANT = "genie"
"""The bridge that takes intents which are about no device."""

Addressed = tuple[Resolved, list[tuple[str, Intent]]]
"""An act with the intents that it takes, and the bridge that each of them is for."""


def addressed(
    utterance: Utterance, acts: Iterable[Resolved], abouts: Mapping[str, About], *, confirmed: bool
) -> list[Addressed]:
    """The acts of an utterance with their intents; "" is the bridge of devices that no bridge has announced."""
    return [
        (meant, [_intent(utterance, meant, *share, confirmed=confirmed) for share in _shares(meant, abouts)])
        for meant in acts
    ]


def _shares(meant: Resolved, abouts: Mapping[str, About]) -> list[tuple[str, list[str]]]:
    """The bridges that own the targets, each with its own."""
    if not meant.targets:
        return [(ASSISTANT, [])]
    shares: defaultdict[str, list[str]] = defaultdict(list)
    for device in meant.targets:
        about = abouts.get(device)
        shares[about.bridge if about else ""].append(device)
    return list(shares.items())


def _intent(
    utterance: Utterance, meant: Resolved, bridge: str, targets: list[str], *, confirmed: bool
) -> tuple[str, Intent]:
    return bridge, Intent(
        utterance_id=utterance.id,
        intent=meant.intent,
        slots=dict(meant.slots),
        targets=targets,
        confirmed=confirmed,
        satellite=utterance.satellite,
        room=utterance.room,
    )


def trace(
    utterance: Utterance, understood: Understanding, sent: Sequence[Addressed], held: str | None = None
) -> Understood:
    """What was understood, for whoever follows a sentence on its way; `held` is why not all of it is done at once."""
    intents = [
        SentIntent(id=intent.id, bridge=bridge, intent=intent.intent, slots=intent.slots, targets=intent.targets)
        for _, shares in sent
        for bridge, intent in shares
    ]
    return Understood(
        utterance_id=utterance.id,
        text=utterance.text,
        satellite=utterance.satellite,
        room=utterance.room,
        intents=intents,
        refused=understood.refused or held,
        parts=parts(utterance.text, understood),
    )


_WHO = frozenset({"name", "area", "floor", "domain"})
"""Slots that say who is meant, not what shall be done."""


def act(meant: Resolved) -> object:
    """What is asked for, whoever is asked; equal for equal acts. Each intent for the assistant is an act of its own."""
    if not meant.targets:
        return id(meant)
    return meant.intent, sorted((slot, value) for slot, value in meant.slots.items() if slot not in _WHO)
