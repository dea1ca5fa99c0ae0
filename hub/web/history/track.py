"""What one number was in each minute: its mean over the time for which it was known, its lowest and its highest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

MINUTE: Final = 60
"""Seconds."""

RESET: Final = 0.9
"""A counter that falls below this part of what it was has begun anew; one that falls less was corrected."""


@dataclass(slots=True)
class Minute:
    """The part of a minute (`at`: its start, seconds since 1970) for which a number was known.

    The mean is `area / seconds`; of a counter, `area` is what was counted, and the others are nothing.
    """

    at: int
    area: float = 0.0
    seconds: float = 0.0
    low: float | None = None
    high: float | None = None

    def cover(self, value: float, seconds: float) -> None:
        """Count a value that was there for so long."""
        self.area += value * seconds
        self.seconds += seconds
        self.low = value if self.low is None else min(self.low, value)
        self.high = value if self.high is None else max(self.high, value)


@dataclass(slots=True)
class Track:
    """One number as time goes on: it stays what it is until it is set again, to None where it is not known any more.

    `done` are the minutes that have passed; the caller takes them away.
    """

    now: float
    counts: bool = False
    value: float | None = None
    done: list[Minute] = field(default_factory=list)
    minute: Minute = field(init=False)

    def __post_init__(self) -> None:
        self.minute = Minute(_start(self.now))

    def set(self, value: float | None, now: float) -> None:
        """It has become `value`. A counter that was not known for a while has counted on meanwhile."""
        self.advance(now)
        if not self.counts:
            self.value = value
            if value is not None:
                self.minute.cover(value, 0)
        elif value is not None:
            self._count(value)

    def advance(self, now: float) -> None:
        """Time has passed until `now`; it does not go back."""
        while now >= (end := self.minute.at + MINUTE):
            if self.value is None or self.counts:
                end = _start(now)
            self._cover(end)
            self._close(end)
        self._cover(now)

    def jump(self, now: float) -> None:
        """The clock was set to `now`: nothing lies between."""
        self._close(_start(now))
        self.now = now

    @property
    def begun(self) -> bool:
        """Whether there is something of the present minute."""
        return self.minute.seconds > 0 or self.minute.area > 0

    def _cover(self, now: float) -> None:
        if now > self.now:
            if self.value is not None and not self.counts:
                self.minute.cover(self.value, now - self.now)
            self.now = now

    def _close(self, following: int) -> None:
        if self.begun:
            self.done.append(self.minute)
        self.minute = Minute(following)

    def _count(self, value: float) -> None:
        before = self.value
        if before is None:
            self.value = value
        elif value < before * RESET:
            self.minute.area += max(value, 0)
            self.value = value
        elif value > before:
            self.minute.area += value - before
            self.value = value


def _start(moment: float) -> int:
    return int(moment // MINUTE) * MINUTE
