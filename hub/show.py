"""How results look on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from hub.grammar.parse import Free
from hub.payloads import Value
from hub.texts import Language, text

if TYPE_CHECKING:
    from hub.butler.understanding import Understanding
    from hub.follow import Change, Exchange
    from hub.speech.recognizer import Segment


def explained(understood: Understanding) -> Iterator[str]:
    """What each part of a sentence was taken for, one line each, and why it was refused."""
    width = max((len(word.text) for word in understood.words), default=0)
    for word in understood.words:
        slots = "  ".join(f"{slot}={_shown(value)}" for slot, value in word.slots)
        yield f"    {word.text}{'　' * (width - len(word.text))}  {word.role}  {slots}".rstrip()
    if understood.corrected:
        said, name = understood.corrected
        yield f"    {said} ≈ {name}"
    if understood.unexplained:
        yield f"    {understood.unexplained}  ?"


def _shown(value: object) -> str:
    match value:
        case tuple():
            return ", ".join(map(_shown, value))
        case Free():
            return value.text
    return str(value)


def segment_line(segment: Segment, language: Language, understood: Understanding) -> str:
    """One line: whether a spoken segment called, how sure it is, and what it means or why it was refused."""
    called = text("hear.called", language) + "  " if segment.called else ""
    if not segment.text:
        return called.strip()
    told = f"{segment.text}  ✗ {segment.refused}" if segment.refused else meaning(understood)
    unsure = "  " + text("hear.unsure", language) if segment.unsure else ""
    return f"{called}{segment.confidence:.2f}  {told}{unsure}"


def meaning(understood: Understanding) -> str:
    """One line: what a sentence means, or why it was refused."""
    if understood.refused is not None:
        choices = f" ({', '.join(understood.choices)})" if understood.choices else ""
        return f"{understood.text}  ✗ {understood.refused}{choices}"
    meant = (intent_line(found.intent, found.slots, found.targets) for found in understood.intents)
    return f"{understood.text}  → {'; '.join(meant)}"


def intent_line(intent: str, slots: Mapping[str, Value], targets: Iterable[str]) -> str:
    """An intent with its slots and targets: `HassTurnOn name=거실 에어컨 [living_ac]`."""
    parts = [intent, *(f"{name}={value}" for name, value in slots.items())]
    devices = ", ".join(targets)
    return " ".join([*parts, f"[{devices}]"] if devices else parts)


def change_lines(changes: Iterable[Change]) -> list[str]:
    """Devices and their states before and after: `living_ac power: false → true`."""
    return [f"{change.device} {change.name}: {plain(change.before)} → {plain(change.after)}" for change in changes]


def plain(value: Value) -> str:
    """A property value as people write it."""
    match value:
        case None:
            return "–"
        case bool():
            return "on" if value else "off"
        case float():
            return f"{value:g}"
    return str(value)


def exchange_dict(exchange: Exchange) -> dict[str, Value]:
    """An exchange as `jipsa say --json` prints it."""
    understood = exchange.understood
    return {
        "ok": exchange.ok,
        "text": understood.text if understood else None,
        "refused": understood.refused if understood else None,
        "intents": [intent.model_dump(mode="json") for intent in understood.intents] if understood else [],
        "replies": [reply.model_dump(mode="json", exclude_none=True) for reply in exchange.replies],
        "answer": exchange.answered,
    }
