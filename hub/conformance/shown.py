"""What a bridge says of itself and of its devices, as the broker keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Final, TypeVar

from hub.conformance.subject import Subject
from hub.conformance.verdict import BrokenError, Check, UnseenError
from hub.messages import CONTRACT_VERSION, About, BridgeHealth, BridgeInfo, Property, ServiceState, Topic
from hub.payloads import Message, PayloadError, Value, now, read_object

OLD: Final = timedelta(seconds=150)
"""After which a health message, which comes every minute, is of a time that is over; clocks differ a little."""

M = TypeVar("M", bound=Message)


def _kept(subject: Subject, topic: str, model: type[M]) -> M:
    """What the broker keeps on a topic. Raises BrokenError where there is nothing, or something else."""
    payload = _payload(subject, topic)
    try:
        return model.from_payload(topic, payload)
    except PayloadError as error:
        raise BrokenError("misfit", fault=error) from None


def _payload(subject: Subject, topic: str) -> bytes:
    message = subject.kept.get(topic)
    if message is None:
        raise BrokenError("not_kept", topic=topic)
    return message.payload


async def state(subject: Subject) -> None:
    """Whether it says that it is there."""
    topic = Topic.bridge(subject.name, "state")
    if _kept(subject, topic, ServiceState).state != "online":
        raise BrokenError("offline", topic=topic)


async def info(subject: Subject) -> None:
    """Whether it says which contract it speaks, and it is this one."""
    spoken = _kept(subject, Topic.bridge(subject.name, "info"), BridgeInfo).contract
    if spoken.partition(".")[0] != CONTRACT_VERSION.partition(".")[0]:
        raise BrokenError("contract", got=spoken, wanted=CONTRACT_VERSION)


async def devices(subject: Subject) -> None:
    """Whether its info lists the devices whose abouts name it, and no others."""
    listed, own = set(_kept(subject, Topic.bridge(subject.name, "info"), BridgeInfo).devices), set(subject.abouts)
    if own - listed:
        raise BrokenError("not_listed", devices=", ".join(sorted(own - listed)))
    if listed - own:
        raise BrokenError("only_listed", devices=", ".join(sorted(listed - own)))


async def abouts(subject: Subject) -> None:
    """Whether each device that it lists says what it is, and that it is this bridge's."""
    for device in _kept(subject, Topic.bridge(subject.name, "info"), BridgeInfo).devices:
        topic = Topic.device(device, "about")
        about = _kept(subject, topic, About)
        if about.bridge != subject.name:
            raise BrokenError("other_bridge", topic=topic, bridge=about.bridge)
        for name, prop in about.properties.items():
            if (prop.min is not None and prop.max is not None and prop.min > prop.max) or (prop.step or 1) <= 0:
                raise BrokenError("no_range", topic=topic, property=name)
    _some(subject)


async def states(subject: Subject) -> None:
    """Whether the state of each device that can be reached fits its about, and says when it was so."""
    for about in _some(subject).values():
        topic = Topic.device(about.id, "state")
        if topic not in subject.kept and _reached(subject, about.id) != b"online":
            continue
        try:
            values = read_object(topic, _payload(subject, topic))
        except PayloadError as error:
            raise BrokenError("misfit", fault=error) from None
        if not _is_moment(values.pop("updated_at", None)):
            raise BrokenError("no_moment", topic=topic)
        for name, value in values.items():
            prop = about.properties.get(name)
            if prop is None:
                raise BrokenError("unknown_property", topic=topic, property=name)
            if value is not None and not _fits(value, prop):
                raise BrokenError("unfit", topic=topic, property=name, value=value)


async def available(subject: Subject) -> None:
    """Whether each device is said to be reached or not."""
    for device in _some(subject):
        topic = Topic.device(device, "available")
        if _payload(subject, topic) not in {b"online", b"offline"}:
            raise BrokenError("not_available", topic=topic)


async def health(subject: Subject) -> None:
    """Whether it says how it fares, and has said so lately."""
    topic = Topic.bridge(subject.name, "health")
    checked_at = _kept(subject, topic, BridgeHealth).checked_at
    if now() - checked_at.astimezone() > OLD:
        raise BrokenError("old", topic=topic, at=checked_at.isoformat(timespec="seconds"))


CHECKS: Final[Mapping[str, Check]] = {
    "state": state, "info": info, "devices": devices, "abouts": abouts, "states": states, "available": available,
    "health": health,
}  # fmt: skip


def _some(subject: Subject) -> dict[str, About]:
    if not subject.abouts:
        raise UnseenError("no_devices")
    return subject.abouts


def _reached(subject: Subject, device: str) -> bytes:
    message = subject.kept.get(Topic.device(device, "available"))
    return b"" if message is None else message.payload


def _is_moment(value: Value) -> bool:
    try:
        return datetime.fromisoformat(str(value)).tzinfo is not None
    except ValueError:
        return False


def _fits(value: Value, prop: Property) -> bool:
    """Whether a property can have this value."""
    if prop.type == "boolean":
        return isinstance(value, bool)
    if prop.type in {"integer", "number"}:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        whole = prop.type == "number" or float(value).is_integer()
        return whole and (prop.min is None or value >= prop.min) and (prop.max is None or value <= prop.max)
    if prop.type == "time":
        return isinstance(value, str) and (value == "none" or _is_moment(value) or _is_time(value))
    return isinstance(value, str) and (prop.values is None or value in prop.values)


def _is_time(value: str) -> bool:
    try:
        time.fromisoformat(value)
    except ValueError:
        return False
    return True
