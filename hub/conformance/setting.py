"""How a bridge sets properties: by intent and by topic, to what can be and to what cannot; harmless.py says which."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from hub.conformance.harmless import Knob, knob, named_knob, unfit
from hub.conformance.subject import Subject
from hub.conformance.verdict import BrokenError, Check, UnseenError
from hub.messages import Reply, Topic
from hub.payloads import Value

Find = Callable[[Subject], Knob]


@asynccontextmanager
async def _as_before(subject: Subject, find: Find) -> AsyncIterator[Knob]:
    """A property that is set back to what it was, whatever happens."""
    found = find(subject)
    try:
        yield found
    finally:
        if subject.state(found.device).get(found.name) != found.value:
            await _set(subject, found, json.dumps({found.name: found.value}))
            await _becomes(subject, found, found.value)


async def _set(subject: Subject, found: Knob, payload: str, what: str = "set") -> None:
    await subject.wire.say(Topic.device(found.device, what), payload)


async def _becomes(subject: Subject, found: Knob, value: Value) -> bool:
    return await subject.wire.until(lambda: subject.state(found.device).get(found.name) == value)


def _wish(subject: Subject, found: Knob, value: Value) -> dict[str, Any]:
    return subject.intent("JipsaSet", slots={found.name: value}, targets=[found.device])


def _carried_out(reply: Reply) -> None:
    """Raise UnseenError where the bridge does not do that now, or at all: it says why."""
    if reply.error is not None:
        raise UnseenError("does_not", code=reply.error.code, message=reply.error.message)


async def unchanged(subject: Subject) -> None:
    """Whether setting what is so already is no error, and changes nothing."""
    found = knob(subject)
    reply = await subject.ask(_wish(subject, found, found.value))
    _carried_out(reply)
    if found.name in reply.changed.get(found.device, {}):
        raise BrokenError("changed", changed=reply.changed)


async def changed(subject: Subject) -> None:
    """Whether it sets a property, says so, and does not set it once more when the same intent comes again."""
    async with _as_before(subject, named_knob) as found:
        there = _wish(subject, found, found.other)
        reply = await subject.ask(there)
        _carried_out(reply)
        if reply.changed.get(found.device, {}).get(found.name) != found.other:
            raise BrokenError("changed", changed=reply.changed)
        if not await _becomes(subject, found, found.other):
            raise BrokenError("not_set", device=found.device, property=found.name, value=found.other)
        back = await subject.ask(_wish(subject, found, found.value))
        _carried_out(back)
        if not await _becomes(subject, found, found.value):
            raise BrokenError("not_set", device=found.device, property=found.name, value=found.value)
        again = await subject.ask(there)
        await subject.wire.settle()
        if again != reply or subject.state(found.device).get(found.name) != found.value:
            raise BrokenError("done_twice")


async def refused(subject: Subject) -> None:
    """Whether it refuses values that cannot be, and says so."""
    async with _as_before(subject, knob) as found:
        for name, value in unfit(subject, found):
            before = subject.state(found.device)
            wish = subject.intent("JipsaSet", slots={name: value}, targets=[found.device])
            reply = await subject.ask(wish)
            if reply.error is not None and reply.error.code == "unknown_intent":
                raise UnseenError("does_not", code=reply.error.code, message=reply.error.message)
            if reply.ok or _differs(before, subject, found, name):
                raise BrokenError("accepted", device=found.device, property=name, value=value)


async def set_refused(subject: Subject) -> None:
    """Whether it does so on `set`, too, and writes it on its log."""
    async with _as_before(subject, knob) as found:
        log = Topic.bridge(subject.name, "log")
        for name, value in unfit(subject, found):
            before, since = subject.state(found.device), len(subject.wire.heard)
            await _set(subject, found, json.dumps({name: value}))
            told = await subject.wire.until(lambda: bool(subject.wire.on(log, since)))  # noqa: B023
            if _differs(before, subject, found, name):
                raise BrokenError("accepted", device=found.device, property=name, value=value)
            if not told:
                raise BrokenError("not_logged", topic=log, device=found.device, property=name, value=value)


async def set_malformed(subject: Subject) -> None:
    """Whether it goes on after what cannot be set."""
    found = knob(subject)
    for what, payload in (("set", b"{"), ("set", b"[]"), ("set", b"\xff"), (f"set/{found.name}", b"\xff\xfe")):
        since = len(subject.wire.heard)
        await subject.wire.say(Topic.device(found.device, what), payload)
        await subject.survives(payload, since)


async def set_object(subject: Subject) -> None:
    """Whether a property is set by an object on `set`."""
    async with _as_before(subject, named_knob) as found:
        await _set(subject, found, json.dumps({found.name: found.other}))
        if not await _becomes(subject, found, found.other):
            raise BrokenError("not_set", device=found.device, property=found.name, value=found.other)


async def set_plain(subject: Subject) -> None:
    """Whether a property is set by plain text on a topic of its own, to something else and back."""
    async with _as_before(subject, named_knob) as found:
        for value in (found.other, found.value):
            await _set(subject, found, found.plain(value), f"set/{found.name}")
            if not await _becomes(subject, found, value):
                raise BrokenError("not_set", device=found.device, property=found.name, value=found.plain(value))


def _differs(before: Mapping[str, Value], subject: Subject, found: Knob, name: str) -> bool:
    """Whether the property is another than it was; one that the device does not have is there now."""
    return subject.state(found.device).get(name) != before.get(name)


CHECKS: Final[Mapping[str, Check]] = {
    "unchanged": unchanged, "refused": refused, "set_refused": set_refused, "set_malformed": set_malformed,
    "changed": changed, "set_object": set_object, "set_plain": set_plain,
}  # fmt: skip
