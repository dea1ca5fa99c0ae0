"""What can only be said at the end, of all that was heard of a bridge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import aiomqtt

from hub.conformance.subject import Subject
from hub.conformance.verdict import BrokenError, Check
from hub.conformance.wire import Heard, kept
from hub.contract import CHANNELS, Channel
from hub.messages import Topic
from hub.payloads import Message, PayloadError, read_object


async def once(subject: Subject) -> None:
    """Whether it answered no intent more often than it was sent."""
    for intent, times in subject.sent.items():
        replies = subject.wire.on(Topic.reply(intent))
        if len(replies) > times and intent != subject.left:
            raise BrokenError("too_many", topic=Topic.reply(intent), got=len(replies), sent=times)


async def messages(subject: Subject) -> None:
    """Whether all that it published is what the contract has on these topics."""
    for message in _published(subject):
        channel = _channel(message.topic)
        if channel is not None and message.payload:
            try:
                _read(channel, message)
            except PayloadError as error:
                raise BrokenError("misfit", fault=error) from None


async def qos(subject: Subject) -> None:
    """Whether it published at QoS 1."""
    for message in _published(subject):
        if message.qos == 0:
            raise BrokenError("qos", topic=message.topic)


async def not_kept(subject: Subject) -> None:
    """Whether it left nothing on the broker that is over."""
    fresh = await kept(subject.address, subject.name)
    own = {Topic.reply(intent) for intent in subject.sent}
    for topic in fresh:
        channel = _channel(topic)
        ours = topic in own or topic.startswith(Topic.bridge(subject.name, ""))
        if ours and channel is not None and channel.sender == "bridge" and not channel.retained:
            raise BrokenError("kept", topic=topic)


CHECKS: Final[Mapping[str, Check]] = {"once": once, "messages": messages, "qos": qos, "not_kept": not_kept}


def _published(subject: Subject) -> list[Heard]:
    """What it said of itself, of its devices, and as answers."""
    topics = {Topic.device(device, what) for device in subject.abouts for what in ("about", "state", "available")}
    topics |= {Topic.reply(intent) for intent in subject.sent}
    own = tuple(Topic.bridge(subject.name, what) for what in ("state", "info", "health", "log", "response/"))
    return [message for message in subject.wire.heard if message.topic in topics or message.topic.startswith(own)]


def _channel(topic: str) -> Channel | None:
    return next((channel for channel in CHANNELS if aiomqtt.Topic(topic).matches(channel.filter)), None)


def _read(channel: Channel, message: Heard) -> None:
    """Raise PayloadError where a message is not what its channel has."""
    if isinstance(channel.payload, type) and issubclass(channel.payload, Message):
        channel.payload.from_payload(message.topic, message.payload)
    elif channel.name == "state":
        read_object(message.topic, message.payload)
