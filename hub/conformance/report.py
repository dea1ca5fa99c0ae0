"""`jipsa bridge check`: what was found of a bridge, on a terminal or as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict
from typing import Final

import aiomqtt
from rich.text import Text

from hub.address import BrokerAddress, BusError
from hub.conformance.checks import GROUPS, examine
from hub.conformance.subject import Wishes
from hub.conformance.verdict import Outcome, Verdict
from hub.terminal import Terminal
from hub.texts import Language, text

MARKS: Final[Mapping[Outcome, tuple[str, str]]] = {
    "holds": ("✓", "green"),
    "broken": ("✗", "red"),
    "unseen": ("–", "yellow"),
}

WIDTH: Final = max(len(check) for checks in GROUPS.values() for check in checks)


async def check(name: str, address: BrokerAddress, wishes: Wishes, language: Language, *, as_json: bool) -> int:
    """Print each verdict as it is found; the exit code is 1 where something does not hold. Raises BusError."""
    if not as_json:
        for key in (
            "manner",
            *(f"manner-{wish}" for wish in ("device", "reconnect", "restart") if getattr(wishes, wish)),
        ):
            about = {"bridge": name, "host": address.host, "port": address.port, "device": wishes.device}
            Terminal().print(text(f"conformance.{key}", language, **about))
    try:
        return await tell(examine(name, address, wishes, language), "conformance", WIDTH, language, as_json=as_json)
    except aiomqtt.MqttError as error:
        raise BusError(address.unreached(error).told(language)) from None


async def tell(
    found: AsyncIterator[tuple[str, Verdict]], texts: str, width: int, language: Language, *, as_json: bool
) -> int:
    """Print verdicts, each with its group, as they are found; the exit code is 1 where something does not hold.

    `texts` is the group of texts with their headings and the summary, `width` the length of the longest name.
    """
    console, counts, told = Terminal(), Counter[Outcome](), ""
    async for group, verdict in found:
        counts[verdict.outcome] += 1
        if as_json:
            console.print(json.dumps(asdict(verdict), ensure_ascii=False))
            continue
        if group != told:
            told = group
            console.print(Text(text(f"{texts}.group-{group}", language), "bold"))
        head = Text.assemble("  ", MARKS[verdict.outcome], " ", (f"{verdict.check:{width}}", "dim"), " ")
        console.hang(head, verdict.sentence)
        if verdict.seen is not None:
            console.hang(Text(" " * (len(head) - 2) + "→ "), verdict.seen)
    if not as_json:
        console.print(text(f"{texts}.summary", language, **{outcome: counts[outcome] for outcome in MARKS}))
    return 1 if counts["broken"] else 0
