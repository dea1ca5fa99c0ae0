"""How a bridge is, and what it answers to requests."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from hub.payloads import MOST_DEVICES, Message, TopicId, Values, Word, now


class ServiceState(Message):
    """Whether a service is there: `jipsa/bridge/<name>/state`, retained, with a will that says offline."""

    state: Literal["online", "offline"]


class BridgeInfo(Message):
    """Versions and devices of a bridge: `jipsa/bridge/<name>/info`, retained."""

    version: Word
    contract: Word
    devices: list[TopicId] = Field(max_length=MOST_DEVICES)


class BridgeHealth(Message):
    """How a bridge fares: `jipsa/bridge/<name>/health`, retained. Seconds, bytes, and counts since its start."""

    uptime: float
    memory: int
    queue: int
    received: int
    published: int
    checked_at: datetime = Field(default_factory=now)


class LogLine(Message):
    """One line for whoever watches a bridge: `jipsa/bridge/<name>/log`."""

    level: Literal["debug", "info", "warning", "error"]
    message: str
    logged_at: datetime = Field(default_factory=now)


class Response(Message):
    """Answer to `jipsa/bridge/<name>/request/<verb>`, on `…/response/<verb>`."""

    status: Literal["ok", "error"]
    data: Values | None = None
    error: str | None = None
    transaction: Word | None = None
