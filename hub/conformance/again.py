"""What becomes of a bridge whose connection is cut, or that is asked to restart, where the person allows it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Final

import aiomqtt

from hub.address import client_to
from hub.bus import PATIENCE as BROKER_PATIENCE
from hub.conformance.subject import Subject
from hub.conformance.verdict import BrokenError, Check, UnseenError
from hub.conformance.wire import SETTLED, kept
from hub.messages import Topic
from hub.payloads import new_id, now

LONG: Final = timedelta(minutes=10)
"""Until when an intent may be carried out that is still there after a cut or a restart."""


async def will(subject: Subject) -> None:
    """Whether the broker says for it that it is gone, when its connection is cut.

    A broker cuts off whoever is connected when another one comes by the same name.
    """
    if not subject.wishes.reconnect:
        raise UnseenError("ask_reconnect")
    if not await _cuts_off(subject):
        raise UnseenError("no_wills")
    await _leave_intent(subject)
    client_id = _client_id(subject)
    state, since = Topic.bridge(subject.name, "state"), len(subject.wire.heard)
    await _take_place(subject, client_id)
    if not await subject.wire.until(lambda: bool(subject.wire.on(state, since))):
        if await subject.alive():
            raise UnseenError("not_cut", client_id=client_id)
        raise BrokenError("not_back", state=state)
    subject.cut_at = since
    if b"offline" not in subject.wire.on(state, since)[0].payload:
        raise BrokenError("no_will", topic=state)


async def again(subject: Subject) -> None:
    """Whether it comes back by itself, publishes anew what is kept, and hears what it is asked."""
    since = _cut(subject)
    topics = {Topic.bridge(subject.name, "state")}
    topics |= {Topic.device(device, "about") for device in subject.abouts}
    topics |= {Topic.device(device, "state") for device in subject.abouts if subject.state(device)}

    def missing() -> set[str]:
        return topics - {message.topic for message in subject.wire.heard[since:] if b"offline" not in message.payload}

    if not await subject.wire.until(lambda: not missing()):
        raise BrokenError("not_again", topics=", ".join(sorted(missing())[:3]))
    if not await subject.alive():
        raise BrokenError("deaf")


async def retained(subject: Subject) -> None:
    """Whether it drops an intent that the broker had kept when it subscribed again."""
    since = _cut(subject)
    answers = await subject.alive()
    await subject.wire.settle()
    assert subject.left is not None
    if not answers:
        raise UnseenError("gone")
    if subject.wire.on(Topic.reply(subject.left), since):
        raise BrokenError("took_retained", topic=Topic.intent(subject.name))


async def restart(subject: Subject) -> None:
    """Whether it says ok to a restart, is there again as it was, and knows what it answered before."""
    if not subject.wishes.restart:
        raise UnseenError("ask_restart")
    asked = subject.intent(expires_at=(now() + LONG).isoformat())
    before = await subject.ask(asked)
    state, since = Topic.bridge(subject.name, "state"), len(subject.wire.heard)
    response = await subject.request("restart")
    if response.status != "ok":
        raise BrokenError("status", verb="restart", got=response.status)

    def back() -> bool:
        return any(b"online" in message.payload for message in subject.wire.on(state, since))

    if not await subject.wire.until(back) or not await subject.alive():
        raise BrokenError("not_back", state=state)
    fresh = await kept(subject.address, subject.name)
    if lost := {Topic.device(device, "about") for device in subject.abouts} - fresh.keys():
        raise BrokenError("not_again", topics=", ".join(sorted(lost)[:3]))
    if await subject.ask(asked) != before:
        raise BrokenError("other_reply")


CHECKS: Final[Mapping[str, Check]] = {"will": will, "again": again, "retained": retained, "restart": restart}


def _cut(subject: Subject) -> int:
    """What was heard before the cut, as a number. Raises UnseenError where there was none."""
    if subject.cut_at is None:
        raise UnseenError("ask_reconnect" if not subject.wishes.reconnect else "no_cut")
    return subject.cut_at


def _client_id(subject: Subject) -> str:
    return subject.wishes.client_id or f"jipsa-{subject.name}"


async def _leave_intent(subject: Subject) -> None:
    """Leave a question on the broker, where no command should be kept; the bridge answers it now, as any."""
    question = subject.intent(expires_at=(now() + LONG).isoformat())
    subject.left = question["id"]
    await subject.send(question, retain=True)
    await subject.wire.until(lambda: bool(subject.wire.on(Topic.reply(question["id"]))))
    await subject.wire.settle()


async def clear(subject: Subject) -> None:
    """Take off the broker what was left there."""
    if subject.left is not None:
        await subject.wire.say(Topic.intent(subject.name), b"", retain=True)


async def _take_place(subject: Subject, client_id: str) -> None:
    async with client_to(subject.address, client_id, timeout=BROKER_PATIENCE):
        pass


async def _cuts_off(subject: Subject) -> bool:
    """Whether this broker ends a connection when another one comes by its name, and publishes its will."""
    client_id, since = f"jipsa-check-{new_id()[:8]}", len(subject.wire.heard)
    topic = Topic.bridge(client_id, "request/echo")
    await subject.wire.hear(topic)
    last = aiomqtt.Will(topic, b"{}", qos=1)
    async with client_to(subject.address, client_id, timeout=BROKER_PATIENCE, will=last) as first:
        await _take_place(subject, client_id)
        with suppress(TimeoutError, aiomqtt.MqttError):
            async with asyncio.timeout(BROKER_PATIENCE):
                await anext(first.messages)
    return await subject.wire.until(lambda: bool(subject.wire.on(topic, since)), SETTLED)
