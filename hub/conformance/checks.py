"""All checks in their order, and how they are made: one after the other, as long as the bridge answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Final

from hub.address import BrokerAddress
from hub.conformance import again, intents, requests, setting, shown, throughout
from hub.conformance.subject import Subject, Wishes
from hub.conformance.verdict import BrokenError, Check, FindingError, UnseenError, Verdict
from hub.conformance.wire import connected, kept
from hub.texts import Language, text

GROUPS: Final[Mapping[str, Mapping[str, Check]]] = {
    "shown": shown.CHECKS,
    "requests": requests.CHECKS,
    "intents": intents.CHECKS,
    "setting": setting.CHECKS,
    "again": again.CHECKS,
    "throughout": throughout.CHECKS,
}
"""Group → check → what looks, in the order in which it is done. The names stay the same (docs/bridge-check.md)."""

LOOKED_AT: Final = frozenset({"shown", "throughout"})
"""Groups for which the bridge need not be there any more."""


async def examine(
    name: str, address: BrokerAddress, wishes: Wishes, language: Language
) -> AsyncIterator[tuple[str, Verdict]]:
    """Each verdict with its group, as it is found. Raises MqttError where there is no broker, or it goes."""
    before = await kept(address, name)
    async with connected(address, name) as wire:
        subject, gone = Subject(name, address, wire, before, wishes), False
        try:
            for group, checks in GROUPS.items():
                for check, look in checks.items():
                    missing = gone and group not in LOOKED_AT
                    seen = UnseenError("gone", bridge=name) if missing else await _look(look, subject)
                    gone = gone or (isinstance(seen, BrokenError) and not await subject.alive())
                    yield group, _verdict(check, seen, language)
        finally:
            await again.clear(subject)


async def _look(look: Check, subject: Subject) -> FindingError | None:
    try:
        await look(subject)
    except FindingError as seen:
        return seen
    return None


def _verdict(check: str, seen: FindingError | None, language: Language) -> Verdict:
    sentence = text(f"conformance.must-{check}", language)
    if seen is None:
        return Verdict(check, "holds", sentence)
    told = text(f"conformance.{seen.key}", language, **seen.values)
    return Verdict(check, "broken" if isinstance(seen, BrokenError) else "unseen", sentence, told)
