"""What washes, dries and cares for clothes, and for dishes: machines that run one programme, phase by phase."""

from __future__ import annotations

import math
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any, ClassVar

from devices.thinq.simulator.appliance import (
    MISSING_PARAMETER,
    POWERED_OFF,
    WRONG_STATE,
    RefusedError,
    SimulatedAppliance,
    Wanted,
)
from devices.thinq.simulator.fields import check_remote, put_all


@dataclass(frozen=True)
class Programme:
    """What a machine does from its start to its end."""

    operation: str
    """The property that commands are written to."""
    done: str
    """The push code at the end."""
    phases: Mapping[str, int]
    """`{LG's word for a phase: its minutes}`, in their order."""
    end: str = "END"

    @property
    def total(self) -> int:
        """Minutes from start to end."""
        return sum(self.phases.values())

    def phase_at(self, elapsed: float) -> str:
        """The phase so many minutes after the start."""
        until = 0
        for phase, minutes in self.phases.items():
            until += minutes
            if elapsed < until:
                return phase
        return self.end


_WASH = Programme(
    "operation.washerOperationMode",
    "WASHING_IS_COMPLETE",
    {"DETECTING": 2, "RUNNING": 25, "RINSING": 15, "SPINNING": 8},
)
_MINI_WASH = Programme(
    "operation.washerOperationMode",
    "WASHING_IS_COMPLETE",
    {"DETECTING": 1, "RUNNING": 18, "RINSING": 11, "SPINNING": 6},
)
_WASH_AND_DRY = Programme(
    "operation.washerOperationMode",
    "WASHING_IS_COMPLETE",
    {"DETECTING": 3, "RUNNING": 35, "RINSING": 20, "SPINNING": 12, "DRYING": 95, "COOLING": 10},
)
_DRY = Programme("operation.dryerOperationMode", "DRYING_IS_COMPLETE", {"DETECTING": 2, "RUNNING": 60, "COOLING": 10})
_STYLE = Programme(
    "operation.stylerOperationMode",
    "STYLING_IS_COMPLETE",
    {"PREHEAT": 4, "STEAM": 12, "DRYING": 18, "END_COOLING": 5},
    end="COMPLETE",
)
_DISHES = Programme(
    "operation.dishWasherOperationMode", "WASHING_IS_COMPLETE", {"RUNNING": 55, "RINSING": 25, "DRYING": 30}
)

PROGRAMMES: Mapping[str, Mapping[str, Programme]] = {
    # by type, and by part
    "DEVICE_WASHER": {"MAIN": _WASH},
    "DEVICE_WASHTOWER_WASHER": {"MAIN": _WASH},
    "DEVICE_WASHCOMBO_MAIN": {"MAIN": _WASH_AND_DRY},
    "DEVICE_WASHCOMBO_MINI": {"MINI": _MINI_WASH},
    "DEVICE_WASHTOWER": {"washer": _WASH, "dryer": _DRY},
    "DEVICE_DRYER": {"": _DRY},
    "DEVICE_WASHTOWER_DRYER": {"": _DRY},
    "DEVICE_STYLER": {"": _STYLE},
    "DEVICE_DISH_WASHER": {"": _DISHES},
}

_READY = frozenset({"INITIAL", "PAUSE"})
_FOLLOWS = {"STOP": "PAUSE", "POWER_OFF": "POWER_OFF", "POWER_ON": "INITIAL", "WAKE_UP": "INITIAL"}


class Machine:
    """One machine at its programme; `state` is always that of its part, which the cloud may have put back."""

    LINGERS: ClassVar = 10

    def __init__(self, programme: Programme, state: Any) -> None:
        self.programme = programme
        self.elapsed = 0.0
        self.delay = 0.0
        """Minutes to the start that is put off."""
        if state["runState"]["currentState"] in programme.phases:
            timer = state["timer"]
            self.elapsed = float(programme.total - 60 * timer["remainHour"] - timer["remainMinute"])

    def live(self, state: Any, minutes: float) -> bool:
        """Run on; says whether the programme has just come to its end."""
        run, end = state["runState"], self.programme.end
        if run["currentState"] == "RESERVED":
            self.delay -= minutes
            self._show_delay(state)
            if self.delay > 0:
                return False
            self.elapsed, self.delay = -self.delay, 0.0
        elif run["currentState"] in (end, *self.programme.phases):
            self.elapsed += minutes
        else:
            return False
        if run["currentState"] != end:
            self._run(state)
            return bool(run["currentState"] == end)
        if self.elapsed >= self.programme.total + self.LINGERS:
            self._to(state, "POWER_OFF")
        return False

    def obey(self, state: Any, wanted: dict[str, Any]) -> None:
        """An operation, a start that is put off, or both."""
        check_remote(state)
        operation = wanted.pop(self.programme.operation, None)
        phase = state["runState"]["currentState"]
        if phase == "POWER_OFF" and operation != "POWER_ON":
            raise RefusedError(POWERED_OFF, "Command not supported in power off")
        if operation is not None and phase not in self._takes(operation):
            raise RefusedError(WRONG_STATE, "Command not supported in state")
        hours = {path: wanted.pop(path) for path in list(wanted) if path.startswith("timer.relativeHour")}
        if hours and phase not in _READY | {"RESERVED"}:
            raise RefusedError(WRONG_STATE, "Command not supported in state")
        if wanted and operation != "START":
            raise RefusedError(MISSING_PARAMETER, "Missing parameters: a programme is chosen with its start")
        if operation == "START" and state.get("doorStatus", {}).get("doorState") == "OPEN":
            raise RefusedError(WRONG_STATE, "Command not supported in state")
        put_all(state, wanted)
        if hours:
            self._put_off(state, hours)
        elif operation == "START":
            self._run(state)
        elif phase == "RESERVED":
            self._to(state, "POWER_OFF" if operation == "POWER_OFF" else "INITIAL")
        else:
            self._to(state, _FOLLOWS[operation])

    def _takes(self, operation: str) -> Set[str]:
        """The phases in which an operation is taken."""
        working = {*self.programme.phases, "RESERVED"}
        return {
            "START": _READY,
            "STOP": working,
            "POWER_ON": {"POWER_OFF"},
            "POWER_OFF": working | _READY | {self.programme.end, "SLEEP"},
            "WAKE_UP": {"SLEEP"},
        }[operation]

    def _put_off(self, state: Any, hours: Mapping[str, int]) -> None:
        """Start, or end, in so many hours."""
        self._to(state, "RESERVED")
        for path, number in hours.items():
            self.delay = 60.0 * number - (self.programme.total if path.endswith("ToStop") else 0)
        self._show_delay(state)

    def _to(self, state: Any, phase: str) -> None:
        state["runState"]["currentState"] = phase
        if phase != "PAUSE":
            self.elapsed = self.delay = 0.0
            _show(state, "remain", self.programme.total)
            self._show_delay(state)

    def _run(self, state: Any) -> None:
        state["runState"]["currentState"] = self.programme.phase_at(self.elapsed)
        _show(state, "remain", max(0.0, self.programme.total - self.elapsed))

    def _show_delay(self, state: Any) -> None:
        start = max(0.0, self.delay)
        for name, minutes in (("ToStart", start), ("ToStop", start and start + self.programme.total)):
            if f"relativeHour{name}" in state["timer"]:
                _show(state, "relative", minutes, name)


def _show(state: Any, name: str, minutes: float, suffix: str = "") -> None:
    hour, minute = divmod(math.ceil(minutes), 60)
    state["timer"] |= {f"{name}Hour{suffix}": hour, f"{name}Minute{suffix}": minute}


class Laundry(SimulatedAppliance):
    """One machine, or the two of a wash tower."""

    def __init__(self, device_id: str, record: Mapping[str, Any]) -> None:
        super().__init__(device_id, record)
        programmes = PROGRAMMES[self.type]
        self.machines = {part: Machine(programmes[part], self.part(part)) for part in self.parts()}

    @property
    def main(self) -> dict[str, Any]:
        """The state of its first part."""
        main: dict[str, Any] = self.part(self.parts()[0])
        return main

    @property
    def phase(self) -> str:
        """What its first part is doing, in LG's word."""
        return str(self.main["runState"]["currentState"])

    @phase.setter
    def phase(self, phase: str) -> None:
        self.main["runState"]["currentState"] = phase

    def live(self, minutes: float) -> None:
        """Wash and dry on."""
        for part, machine in self.machines.items():
            state = self.part(part)
            if machine.live(state, minutes):
                self.tell(machine.programme.done, part)
                if "cycle" in state:
                    state["cycle"]["cycleCount"] += 1

    def obey(self, wanted: Wanted) -> None:
        """Hand the command to the machine that it is for."""
        self.machines[wanted.part].obey(self.part(wanted.part), wanted)


TYPES: Mapping[str, type[SimulatedAppliance]] = dict.fromkeys(PROGRAMMES, Laundry)
