"""What a message may bring about, said once more and as simply as can be: the judge of the fuzzed hub.

It shares no code with what it judges: JSON is read by the standard library, and what fits a property is written here.
"""

from __future__ import annotations

import json
import math
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ANY = object()
"""Any value that fits."""


class Cause(NamedTuple):
    """What a message may change: a property of a device, to a value; None is each of them."""

    device: str
    property: str | None = None
    value: Any = ANY


def causes(topic: str, payload: bytes, retained: bool, abouts: Mapping[str, Any]) -> Iterator[Cause]:
    """All that may come of a message; nothing of most."""
    levels = topic.split("/")
    if retained or len(payload) > 1_000_000:
        return
    match levels:
        case ["jipsa", "device", device, "set"] if device in abouts:
            for name, value in (_object(payload) or {}).items():
                yield from _fits(device, name, value, abouts)
        case ["jipsa", "device", device, "set", name] if device in abouts:
            for value in _plain(payload):
                yield from _fits(device, name, value, abouts)
        case ["jipsa", "intent", bridge]:
            yield from _intent(bridge, payload, abouts)


def understandable(payload: bytes, retained: bool) -> bool:
    """Whether an utterance may be understood at all."""
    said: Any = None
    try:
        said = payload.decode()
    except UnicodeDecodeError:
        return False
    if said.lstrip().startswith("{"):
        found = _object(payload) or {}
        said = found.get("text")
    return not retained and isinstance(said, str) and 0 < len(said) <= 1_000


def signed(payload: bytes, retained: bool, key: Ed25519PublicKey) -> bool:
    """Whether a command from outside was signed with this key, and may be fresh."""
    found = _object(payload) or {}
    try:
        at, text = (
            found["at"],
            ["jipsa-remote-1", *(found[name] for name in ("key", "at", "nonce", "topic", "payload"))],
        )
        key.verify(b64decode(found["signature"]), json.dumps(text, ensure_ascii=False, separators=(",", ":")).encode())
    except (KeyError, TypeError, ValueError, InvalidSignature):
        return False
    return not retained and isinstance(at, int) and abs(datetime.now(UTC).timestamp() - at / 1_000) < 60


def _object(payload: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(payload.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _plain(payload: bytes) -> Iterator[Any]:
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        return
    yield text.strip()
    try:
        yield json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return


def _fits(device: str, name: str, value: Any, abouts: Mapping[str, Any]) -> Iterator[Cause]:
    prop = abouts[device].properties.get(name)
    if prop is not None and prop.writable and fits(prop, value):
        yield Cause(device, name, value)


def fits(prop: Any, value: Any) -> bool:
    """Whether a property may be set to this."""
    match prop.type:
        case "boolean":
            return isinstance(value, bool) or (
                isinstance(value, str) and value.lower() in {"on", "off", "true", "false"}
            )
        case "number" | "integer":
            if isinstance(value, str) and re.fullmatch(r"\s*[-+.\deE]+\s*", value, re.ASCII):
                try:
                    value = float(value)
                except ValueError:
                    return False
            if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e16:
                return False
            if not math.isfinite(value) or (prop.type == "integer" and value != int(value)):
                return False
            return (prop.min is None or value >= prop.min) and (prop.max is None or value <= prop.max)
        case "time":
            return isinstance(value, str) and bool(re.fullmatch(r"\d\d:\d\d|none", value))
    return isinstance(value, str) and len(value) <= 500 and (prop.values is None or value in prop.values)


def _intent(bridge: str, payload: bytes, abouts: Mapping[str, Any]) -> Iterator[Cause]:
    found = _object(payload) or {}
    name, targets = found.get("intent"), found.get("targets", [])
    if not isinstance(name, str) or not name or not isinstance(targets, list) or _late(found.get("expires_at")):
        return
    for device in targets:
        if isinstance(device, str) and device in abouts and abouts[device].bridge == bridge:
            yield Cause(device)
    if bridge == "genie":  # what it has is changed by what is asked of it, without targets
        yield from (Cause(device) for device, about in abouts.items() if about.bridge == bridge)


def _late(moment: Any) -> bool:
    if moment is None:
        return False
    try:
        return datetime.fromisoformat(str(moment)) < datetime.now(UTC)
    except (ValueError, TypeError):
        return isinstance(moment, str) and "T" not in moment
