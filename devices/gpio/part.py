"""What everything on the pins has in common: values, changes, and an end that leaves its pins free."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from devices.commands import Changes, CommandError
from devices.gpio.controls import Controlled
from hub.contact import Clock
from hub.messages import ErrorCode
from hub.payloads import Value


@dataclass(frozen=True, slots=True)
class Wires:
    """What a part hangs on: the pins on one side, the bridge on the other. All is to be called in the event loop."""

    pins: Any
    """A pin factory of gpiozero's."""
    clock: Clock
    report: Callable[[Mapping[str, Value]], object]
    """Takes properties that have changed."""
    tell: Callable[[str, Mapping[str, Value]], object]
    """Takes an event, and what there is to know about it."""
    controlled: Controlled | None
    """The device that it controls."""
    spawn: Callable[[Coroutine[None, None, None]], object]
    """Runs work beside everything else."""
    error: Callable[[ErrorCode, str], CommandError]
    """A fault of this part, with a sentence."""


class Part(ABC):
    """Something on the pins. Made with its wiring and its wires; raises what the pin library raises."""

    state: dict[str, Value]
    """The values of its properties."""

    async def set(self, changes: Changes) -> None:
        """Change what is writable; `changes` are checked. Raises CommandError."""
        raise NotImplementedError

    @abstractmethod
    def close(self) -> None:
        """Leave the pins off and free."""
