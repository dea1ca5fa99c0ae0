"""How a bridge answers intents: questions, what cannot be, what comes too late or twice, and what is no intent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from hub.conformance.subject import Subject
from hub.conformance.verdict import BrokenError, Check
from hub.messages import Topic
from hub.payloads import now

TRIES: Final = 3
"""How often a state is compared that may change meanwhile."""

MISSHAPEN: Final[tuple[Mapping[str, Any], ...]] = (
    {"intent": 3},
    {"slots": []},
    {"targets": "lamp"},
    {"expires_at": "soon"},
)
"""What makes an intent none, though it has an id."""

MALFORMED: Final = (
    b"",
    b"\xff\xfe",
    b"turn on",
    b"{",
    b"[]",
    b'"text"',
    b'{"id": 5, "intent": null}',
    b'{"id": "a/b+c#", "intent": "HassGetState"}',
    b'{"id": "\\ud800", "intent": "HassGetState"}',
    b'{"id": "check-nan", "slots": {"n": NaN}}',
    b"[" * 50_000,
)
"""What nobody can answer."""


async def question(subject: Subject) -> None:
    """Whether it tells the state of a device as it is on the broker."""
    device = subject.first_device()
    for _ in range(TRIES):
        reply = await subject.ask(subject.intent(targets=[device]))
        if not reply.ok or reply.changed.get(device):
            raise BrokenError("not_ok", code=reply.error.code if reply.error else "changed")
        told, shown = (
            {name: value for name, value in state.items() if name != "updated_at"}
            for state in (reply.state.get(device, {}), subject.state(device))
        )
        if told == shown:
            return
    raise BrokenError("other_state", device=device, told=told, shown=shown)


async def unknown_keys(subject: Subject) -> None:
    """Whether it answers an intent of a later contract as it does one of this."""
    plain, later = await subject.ask(subject.intent()), await subject.ask(subject.intent(jipsa_check={"later": [1]}))
    if (plain.ok, plain.error) != (later.ok, later.error):
        raise BrokenError("unknown_keys", got=later.error.code if later.error else "ok")


async def unknown_intent(subject: Subject) -> None:
    """Whether it says which intents it does not know."""
    targets = list(subject.abouts)[:1]
    await subject.refuses(subject.intent("JipsaCheckNothing", targets=targets), "unknown_intent")


async def unknown_device(subject: Subject) -> None:
    """Whether it says which devices it does not have."""
    await subject.refuses(subject.intent(), "unknown_device")


async def expired(subject: Subject) -> None:
    """Whether it refuses what comes too late."""
    at = now() - timedelta(hours=1)
    late = {"issued_at": at.isoformat(), "expires_at": (at + timedelta(seconds=15)).isoformat()}
    await subject.refuses(subject.intent(targets=list(subject.abouts)[:1], **late), "expired")


async def twice(subject: Subject) -> None:
    """Whether it answers an id that comes again as before, though something else be with it by then."""
    first = subject.intent(targets=list(subject.abouts)[:1])
    before = await subject.ask(first)
    if await subject.ask(first) != before:
        raise BrokenError("other_reply")
    if await subject.ask({**first, "intent": "JipsaCheckNothing"}) != before:
        raise BrokenError("done_twice")


async def bad_payload(subject: Subject) -> None:
    """Whether it says what is no intent."""
    for fault in MISSHAPEN:
        await subject.refuses(subject.intent(**fault), "bad_payload")


async def malformed(subject: Subject) -> None:
    """Whether it goes on after what it cannot even answer."""
    for payload in MALFORMED:
        since = len(subject.wire.heard)
        await subject.wire.say(Topic.intent(subject.name), payload)
        await subject.survives(payload, since)


CHECKS: Final[Mapping[str, Check]] = {
    "question": question, "unknown_keys": unknown_keys, "unknown_intent": unknown_intent,
    "unknown_device": unknown_device, "expired": expired, "twice": twice, "bad_payload": bad_payload,
    "malformed": malformed,
}  # fmt: skip
