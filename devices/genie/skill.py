"""What a skill of the assistant is, and what the assistant gives it to work with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

from devices.commands import Changes, CommandError
from devices.genie.clock import Clock
from devices.genie.store import Store
from hub.bus import Bus
from hub.messages import About, ErrorCode, Intent, Priority, SatelliteState
from hub.payloads import Value
from hub.texts import Language, text

Handler = Callable[[Intent], Awaitable[str]]
"""Carries an intent out and returns what to say; raises CommandError."""


class Desk(Protocol):
    """What the assistant gives its skills."""

    @property
    def language(self) -> Language:
        """What is spoken."""
        ...

    @property
    def clock(self) -> Clock:
        """What time it is."""
        ...

    @property
    def store(self) -> Store:
        """What is kept; open while the skill runs."""
        ...

    @property
    def bus(self) -> Bus:
        """The connection, for a skill that hears more than its intents: it subscribes when it is made."""
        ...

    @property
    def satellites(self) -> Mapping[str, SatelliteState]:
        """Those that are there: what each of them does, and where it stands.

        A page, a conversation of Assist and a terminal say nothing of themselves, so they are never there.
        """
        ...

    @property
    def settled(self) -> bool:
        """Whether all satellites that are there are known: a moment after the broker is there for the first time."""
        ...

    async def ears(self) -> None:
        """Wait until it is settled who is there, and some satellite is there to speak; not for long."""
        ...

    def announce(self, about: About) -> None:
        """Publish what a device is."""
        ...

    def available(self, device: str, online: bool) -> None:
        """Say whether a device can be reached."""
        ...

    def report(self, device: str, changes: Mapping[str, Value]) -> Changes:
        """Merge `changes` into a device's state and publish it."""
        ...

    def say(
        self, satellite: str | None, said: str, priority: Priority = "announcement", say_id: str | None = None
    ) -> None:
        """Have a satellite speak; every one where that one is not there. What has an id is spoken once."""
        ...

    def renew(self, device: str) -> None:
        """Publish a device's state again: what stands behind it has changed, though nothing that it shows."""
        ...

    def log(self, level: str, message: str) -> None:
        """Tell whoever looks after the assistant."""
        ...


class Skill:
    """One thing that the assistant can do: which intents it carries out, and which devices show it to others."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def handlers(self) -> Mapping[str, Handler]:
        """Intent → what carries it out."""
        return {}

    def abouts(self) -> Sequence[About]:
        """The devices that the skill has from the start; they are announced before it runs."""
        return ()

    async def start(self) -> None:
        """Report the first states; the store is open, and the broker may not be there yet."""

    async def run(self) -> None:
        """What goes on beside the intents, until cancelled; the broker may not be there yet."""

    async def agenda(self) -> Mapping[str, Value]:
        """What the skill has to show beyond the states of its devices: its part of the answer to `request/agenda`."""
        return {}

    async def set(self, device: str, changes: Changes) -> None:
        """Carry out `changes` (already checked) on one of the skill's devices; raises CommandError."""
        raise NotImplementedError(f"{device}: nothing of it can be set")

    def text(self, key: str, **values: object) -> str:
        """The sentence `genie.<key>`."""
        return text(f"genie.{key}", self.desk.language, **values)

    def error(self, code: ErrorCode, key: str, **values: object) -> CommandError:
        """A CommandError with the sentence `genie.<key>`."""
        return CommandError(code, self.text(key, **values))
