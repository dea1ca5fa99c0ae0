"""The timers of what can be on for hours: in so many hours, at an hour of the day, and for falling asleep."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from devices.thinq.simulator.appliance import BAD_PARAMETER, MISSING_PARAMETER, RefusedError

_TIMERS = (("timer", "Start"), ("timer", "Stop"), ("sleepTimer", "Stop"))


class Timers:
    """The timers of one appliance. Those that run down do what they are for; the simulator has no time of day, so an
    hour of the day is only shown.
    """

    def __init__(self) -> None:
        self._left: dict[tuple[str, str], float] = {}

    def take(self, state: Any, wanted: dict[str, Any]) -> None:
        """Set and cancel what a command asks for, and take it out of the command."""
        for way in ("absolute", "relative"):  # what can be refused first
            for resource, event in _TIMERS:
                names = [f"{resource}.{way}{unit}To{event}" for unit in ("Hour", "Minute")]
                hour, minute = (wanted.pop(name, None) for name in names)
                if hour is None and minute is None:
                    continue
                if way == "absolute":
                    _check_time_of_day(hour, minute)
                    _show(state[resource], way, event, None if hour == minute == -1 else (hour, minute))
                    continue
                self._left[resource, event] = 60.0 * (hour or 0) + (minute or 0)
                self._show_left(state, resource, event)

    def live(self, state: Any, minutes: float) -> Iterator[str]:
        """Let time pass; gives what is due, "Start" or "Stop"."""
        for (resource, event), left in list(self._left.items()):
            if (resource, event) not in self._left:
                continue  # whoever was told of the one before has forgotten this one
            self._left[resource, event] = left - minutes
            self._show_left(state, resource, event)
            if left <= minutes:
                yield event

    def stop(self, state: Any, event: str) -> None:
        """Forget the timers for an event that has come about in another way."""
        for resource, known in list(self._left):
            if known == event:
                self._left[resource, known] = 0.0
                self._show_left(state, resource, known)

    def _show_left(self, state: Any, resource: str, event: str) -> None:
        left = math.ceil(self._left[resource, event] - 1e-6)
        _show(state[resource], "relative", event, divmod(left, 60) if left > 0 else None)
        if left <= 0:
            del self._left[resource, event]


def _show(resource: dict[str, Any], way: str, event: str, time: tuple[int, int] | None) -> None:
    """Write a timer as the cloud shows it: a flag, and hour and minute only while it is set."""
    resource[f"{way}{event}Timer"] = "UNSET" if time is None else "SET"
    for unit, number in zip(("Hour", "Minute"), time or (None, None), strict=True):
        name = f"{way}{unit}To{event}"
        if number is None:
            resource.pop(name, None)
        else:
            resource[name] = number


def _check_time_of_day(hour: Any, minute: Any) -> None:
    if hour is None or minute is None:
        raise RefusedError(MISSING_PARAMETER, "Missing parameters: hour and minute go together")
    if not (hour == minute == -1 or (0 <= hour <= 23 and 0 <= minute <= 59)):
        raise RefusedError(BAD_PARAMETER, f"Unacceptable parameters: {hour}:{minute}")
