"""What cleans the floor: the robot that works by itself, and the stick that charges in its stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from devices.thinq.simulator.appliance import IN_ERROR, WRONG_STATE, RefusedError, SimulatedAppliance, Wanted
from devices.thinq.simulator.timers import Timers

_LEVELS = ((5, "MOVELESS"), (15, "DOCK_LEVEL"), (30, "LOW"), (60, "MID"), (99, "HIGH"), (100, "FULL"))


class Cleaner(SimulatedAppliance):
    """Charges in its stand; nothing that a command could reach."""

    DRAIN: ClassVar[Mapping[str, float]] = {"RUNNING": 2.0, "CHARGING": -0.5}
    """Percent a minute."""

    def __init__(self, device_id: str, record: Mapping[str, Any]) -> None:
        super().__init__(device_id, record)
        self.charge = float(self.state["battery"]["percent"])

    @property
    def run(self) -> str:
        """What it is doing, in LG's word."""
        return str(self.state["runState"]["currentState"])

    @run.setter
    def run(self, state: str) -> None:
        self.state["runState"]["currentState"] = state

    def live(self, minutes: float) -> None:
        """Use the battery, or charge it."""
        self.charge = min(100.0, max(0.0, self.charge - self.DRAIN.get(self.run, 0.0) * minutes))
        level = next(word for most, word in _LEVELS if self.charge <= most)
        self.state["battery"] = {"level": level, "percent": round(self.charge)}

    def obey(self, wanted: Wanted) -> None:
        """Its profile has nothing to write."""


class RobotCleaner(Cleaner):
    """Cleans until the flat is done or the battery low, goes home, charges."""

    ROUND: ClassVar = 40.0
    WAY_HOME: ClassVar = 2.0
    LOW: ClassVar = 15.0
    DRAIN: ClassVar = {"WORKING": 0.8, "HOMING": 0.5, "PAUSE": 0.1, "STANDBY": 0.1, "CHARGING": -0.7}
    OPERATIONS: ClassVar = {
        # operation: the states in which it is taken, and the state that follows
        "START": ({"CHARGING", "STANDBY"}, "WORKING"),
        "RESUME": ({"PAUSE"}, "WORKING"),
        "PAUSE": ({"WORKING", "HOMING"}, "PAUSE"),
        "HOMING": ({"WORKING", "PAUSE", "STANDBY"}, "HOMING"),
        "WAKE_UP": ({"SLEEP"}, "STANDBY"),
    }

    def __init__(self, device_id: str, record: Mapping[str, Any]) -> None:
        super().__init__(device_id, record)
        self.busy = 0.0
        self.worked = 0.0
        self.timers = Timers()

    def live(self, minutes: float) -> None:
        """Clean, drive or charge on."""
        if self.run in {"WORKING", "HOMING"}:
            self.busy += minutes
        if self.run == "WORKING":
            self._show_worked(self.worked + minutes)
        super().live(minutes)
        if self.run == "WORKING" and (self.busy >= self.ROUND or self.charge <= self.LOW):
            self.tell("CLEANING_IS_COMPLETED" if self.busy >= self.ROUND else "CLEANING_IS_FAILED")
            self.run, self.busy = "HOMING", 0.0
        elif self.run == "HOMING" and self.busy >= self.WAY_HOME:
            self.run, self.busy = "CHARGING", 0.0

    def obey(self, wanted: Wanted) -> None:
        """One operation, if the state allows it; the hour of the day at which to start."""
        if self.run == "ERROR":
            raise RefusedError(IN_ERROR, "Command not supported in error")
        self.timers.take(self.state, wanted)
        operation = wanted.get("operation.cleanOperationMode")
        if operation is None:
            return
        states, following = self.OPERATIONS[operation]
        if self.run not in states:
            raise RefusedError(WRONG_STATE, "Command not supported in state")
        if operation in {"START", "HOMING"}:
            self.busy = 0.0
        if operation == "START":
            self._show_worked(0.0)
        self.run = following

    def _show_worked(self, minutes: float) -> None:
        self.worked = minutes
        if "timer" in self.state:
            self.state["timer"] |= {"runningHour": int(minutes) // 60, "runningMinute": int(minutes) % 60}


TYPES: Mapping[str, type[SimulatedAppliance]] = {
    "DEVICE_ROBOT_CLEANER": RobotCleaner,
    "DEVICE_STICK_CLEANER": Cleaner,
}
