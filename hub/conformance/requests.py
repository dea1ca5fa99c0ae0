"""How a bridge answers requests about itself, and that it reads nothing that is too large."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from hub.conformance.subject import Subject
from hub.conformance.verdict import BrokenError, Check
from hub.limits import COMMON
from hub.messages import Topic
from hub.payloads import new_id

MALFORMED: Final = (b"{", b"[]", b"\xff", b'{"transaction": {"a": 1}}')


async def health_check(subject: Subject) -> None:
    """Whether it says that it is well, and to whom."""
    response = await subject.request("health_check")
    if response.status != "ok":
        raise BrokenError("status", verb="health_check", got=response.status)


async def unknown_request(subject: Subject) -> None:
    """Whether it says which requests it does not know."""
    response = await subject.request("jipsa_check_nothing")
    if response.status != "error":
        raise BrokenError("status", verb="jipsa_check_nothing", got=response.status)


async def malformed_request(subject: Subject) -> None:
    """Whether it goes on after a request that is none."""
    for payload in MALFORMED:
        since = len(subject.wire.heard)
        await subject.wire.say(Topic.bridge(subject.name, "request/health_check"), payload)
        await subject.survives(payload, since)


async def too_large(subject: Subject) -> None:
    """Whether it reads no more than it should: a request that would be answered if it were shorter."""
    transaction, since = new_id(), len(subject.wire.heard)
    asked = json.dumps({"transaction": transaction, "padding": "x" * COMMON})
    await subject.wire.say(Topic.bridge(subject.name, "request/health_check"), asked)
    await subject.survives(asked.encode(), since)
    await subject.wire.settle()
    topic = Topic.bridge(subject.name, "response/health_check")
    if any(transaction.encode() in message.payload for message in subject.wire.on(topic, since)):
        raise BrokenError("read_all", bytes=len(asked), most=COMMON)


CHECKS: Final[Mapping[str, Check]] = {
    "health_check": health_check, "unknown_request": unknown_request, "malformed_request": malformed_request,
    "too_large": too_large,
}  # fmt: skip
