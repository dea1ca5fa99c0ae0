"""The appliances that the simulated cloud has: how each of them takes commands and what it does as time goes by.

What each one is (profile, first state) lies in `home/<device id>.json`, in the shape of LG's own JSON.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from devices.thinq.simulator.appliance import (
    IN_ERROR,
    POWERED_OFF,
    REMOTE_OFF,
    WRONG_MODE,
    WRONG_STATE,
    RefusedError,
    SimulatedAppliance,
)

HOME = Path(__file__).with_name("home")


class AirConditioner(SimulatedAppliance):
    """Cools the room to its target; a room left alone warms up again."""

    OUTSIDE: ClassVar = 29.0
    COOLS: ClassVar = 0.5
    WARMS: ClassVar = 0.1
    COOLING: ClassVar = frozenset({"COOL", "ENERGY_SAVING", "AUTO"})
    TARGETS: ClassVar = {
        # property: the modes in which it can be set
        "coolTargetTemperature": {"COOL", "ENERGY_SAVING"},
        "autoTargetTemperature": {"AUTO"},
    }

    def __init__(self, device_id: str, record: Mapping[str, Any]) -> None:
        super().__init__(device_id, record)
        self.room = float(self._celsius()["currentTemperature"])

    def live(self, minutes: float) -> None:
        """Drift towards the target at half a degree a minute, or back to the weather's temperature."""
        target = self._celsius()["targetTemperature"]
        mode = self.state["airConJobMode"]["currentJobMode"]
        if self._on() and mode in self.COOLING and self.room > target:
            self.room = max(target, self.room - self.COOLS * minutes)
        else:
            self.room = min(self.OUTSIDE, self.room + self.WARMS * minutes)
        self._show("currentTemperature", round(self.room * 2) / 2)

    def obey(self, wanted: dict[str, Any]) -> None:
        """Power, then mode, then temperature and the rest."""
        _switch(self.state, "operation.airConOperationMode", wanted)
        wanted.pop("operation.airCleanOperationMode", None)  # has no state of its own
        if "airConJobMode.currentJobMode" in wanted:
            self.state["airConJobMode"]["currentJobMode"] = wanted.pop("airConJobMode.currentJobMode")
        for path in [path for path in wanted if path.startswith("temperatureInUnits[")]:
            resource, name = path.split(".")
            if self.state["airConJobMode"]["currentJobMode"] not in self.TARGETS[name]:
                raise RefusedError(WRONG_MODE, "Command not supported in mode")
            degrees = wanted.pop(path)
            celsius = degrees if resource.endswith("[C]") else round((degrees - 32) / 1.8 * 2) / 2
            self._show("targetTemperature", celsius)
        _put(self.state, wanted)

    def _on(self) -> bool:
        return bool(self.state["operation"]["airConOperationMode"] == "POWER_ON")

    def _celsius(self) -> dict[str, Any]:
        entry: dict[str, Any] = next(one for one in self.state["temperatureInUnits"] if one["unit"] == "C")
        return entry

    def _show(self, name: str, celsius: float) -> None:
        for entry in self.state["temperatureInUnits"]:
            entry[name] = celsius if entry["unit"] == "C" else round(celsius * 1.8 + 32)


class Washer(SimulatedAppliance):
    """Runs one programme, phase by phase, and turns itself off some time after the end."""

    PHASES: ClassVar = (("DETECTING", 2), ("RUNNING", 25), ("RINSING", 15), ("SPINNING", 8))
    TOTAL: ClassVar = sum(minutes for _, minutes in PHASES)
    LINGERS: ClassVar = 10
    WORKING: ClassVar = frozenset(phase for phase, _ in PHASES)
    AWAKE: ClassVar = WORKING | {"INITIAL", "PAUSE", "END", "SLEEP"}
    OPERATIONS: ClassVar = {
        "POWER_ON": {"POWER_OFF"},
        "POWER_OFF": AWAKE,
        "START": {"INITIAL", "PAUSE"},
        "STOP": WORKING,
        "WAKE_UP": {"SLEEP"},
    }

    def __init__(self, device_id: str, record: Mapping[str, Any]) -> None:
        super().__init__(device_id, record)
        self.elapsed = 0.0

    @property
    def main(self) -> dict[str, Any]:
        """Its one location's state."""
        main: dict[str, Any] = self.state[0]
        return main

    @property
    def phase(self) -> str:
        """What it is doing, in LG's word."""
        return str(self.main["runState"]["currentState"])

    @phase.setter
    def phase(self, phase: str) -> None:
        self.main["runState"]["currentState"] = phase

    def live(self, minutes: float) -> None:
        """Wash on."""
        if self.phase not in self.WORKING | {"END"}:
            return
        self.elapsed += minutes
        if self.phase == "END":
            if self.elapsed >= self.TOTAL + self.LINGERS:
                self._to("POWER_OFF")
            return
        self._wash()
        if self.phase == "END":
            self.main["cycle"]["cycleCount"] += 1

    def obey(self, wanted: dict[str, Any]) -> None:
        """One operation, if the person has allowed remote control and the state allows the operation."""
        if not self.main["remoteControlEnable"]["remoteControlEnabled"]:
            raise RefusedError(REMOTE_OFF, "Command not supported in remote off")
        if self.phase == "ERROR":
            raise RefusedError(IN_ERROR, "Command not supported in error")
        operation = wanted["operation.washerOperationMode"]
        if self.phase == "POWER_OFF" and operation != "POWER_ON":
            raise RefusedError(POWERED_OFF, "Command not supported in power off")
        if self.phase not in self.OPERATIONS[operation]:
            raise RefusedError(WRONG_STATE, "Command not supported in state")
        if operation == "START":
            self._wash()
        else:
            self._to({"STOP": "PAUSE", "POWER_OFF": "POWER_OFF"}.get(operation, "INITIAL"))

    def _to(self, phase: str) -> None:
        self.phase = phase
        if phase != "PAUSE":
            self.elapsed = 0.0
            self._show_remaining(self.TOTAL)

    def _wash(self) -> None:
        end = 0
        self.phase = "END"
        for phase, minutes in self.PHASES:
            end += minutes
            if self.elapsed < end:
                self.phase = phase
                break
        self._show_remaining(math.ceil(max(0.0, self.TOTAL - self.elapsed)))

    def _show_remaining(self, minutes: int) -> None:
        self.main["timer"] |= {"remainHour": minutes // 60, "remainMinute": minutes % 60}


class RobotCleaner(SimulatedAppliance):
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
    LEVELS: ClassVar = ((5, "MOVELESS"), (15, "DOCK_LEVEL"), (30, "LOW"), (60, "MID"), (99, "HIGH"), (100, "FULL"))

    def __init__(self, device_id: str, record: Mapping[str, Any]) -> None:
        super().__init__(device_id, record)
        self.charge = float(self.state["battery"]["percent"])
        self.busy = 0.0

    @property
    def run(self) -> str:
        """What it is doing, in LG's word."""
        return str(self.state["runState"]["currentState"])

    @run.setter
    def run(self, state: str) -> None:
        self.state["runState"]["currentState"] = state

    def live(self, minutes: float) -> None:
        """Clean, drive or charge on."""
        self.charge = min(100.0, max(0.0, self.charge - self.DRAIN.get(self.run, 0.0) * minutes))
        if self.run in {"WORKING", "HOMING"}:
            self.busy += minutes
        if self.run == "WORKING" and (self.busy >= self.ROUND or self.charge <= self.LOW):
            self.run, self.busy = "HOMING", 0.0
        elif self.run == "HOMING" and self.busy >= self.WAY_HOME:
            self.run, self.busy = "CHARGING", 0.0
        level = next(word for most, word in self.LEVELS if self.charge <= most)
        self.state["battery"] = {"level": level, "percent": round(self.charge)}

    def obey(self, wanted: dict[str, Any]) -> None:
        """One operation, if the state allows it."""
        operation = wanted["operation.cleanOperationMode"]
        if self.run == "ERROR":
            raise RefusedError(IN_ERROR, "Command not supported in error")
        states, following = self.OPERATIONS[operation]
        if self.run not in states:
            raise RefusedError(WRONG_STATE, "Command not supported in state")
        if operation in {"START", "HOMING"}:
            self.busy = 0.0
        self.run = following


class AirPurifier(SimulatedAppliance):
    """Takes the dust out of the air; off, the air goes back to what comes in at the window."""

    CLEAN: ClassVar = 5.0
    DUSTY: ClassVar = 38.0
    SPEED: ClassVar = {"LOW": 0.03, "MID": 0.06, "HIGH": 0.1, "POWER": 0.15, "AUTO": 0.08}
    BANDS: ClassVar = ((15, 1, "GOOD"), (35, 2, "NORMAL"), (75, 3, "BAD"), (math.inf, 4, "VERY_BAD"))

    def __init__(self, device_id: str, record: Mapping[str, Any]) -> None:
        super().__init__(device_id, record)
        self.dust = float(self.state["airQualitySensor"]["PM2"])

    def live(self, minutes: float) -> None:
        """The air becomes cleaner or dustier."""
        on = self.state["operation"]["airPurifierOperationMode"] == "POWER_ON"
        goal = self.CLEAN if on else self.DUSTY
        speed = self.SPEED[self.state["airFlow"]["windStrength"]] if on else 0.02
        self.dust = goal + (self.dust - goal) * math.exp(-speed * minutes)
        _, band, level = next(found for found in self.BANDS if round(self.dust) <= found[0])
        self.state["airQualitySensor"] |= {
            "PM1": round(self.dust * 0.63),
            "PM2": round(self.dust),
            "PM10": round(self.dust * 1.5),
            "totalPollution": band,
            "totalPollutionLevel": level,
        }

    def obey(self, wanted: dict[str, Any]) -> None:
        """Power first, then mode and wind."""
        _switch(self.state, "operation.airPurifierOperationMode", wanted)
        _put(self.state, wanted)


def _switch(state: Mapping[str, Any], path: str, wanted: dict[str, Any]) -> None:
    """Turn on or off, and refuse what an appliance that is off cannot take."""
    resource, key = path.split(".")
    operation = state[resource]
    power = wanted.pop(path, None)
    if power is not None and power == operation[key]:
        raise RefusedError(WRONG_STATE if power == "POWER_ON" else POWERED_OFF, "Command not supported in state")
    if power is not None:
        operation[key] = power
    if wanted and operation[key] == "POWER_OFF":
        raise RefusedError(POWERED_OFF, "Command not supported in power off")


def _put(state: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    for path, value in wanted.items():
        resource, key = path.split(".")
        state[resource][key] = value


_CLASSES: Mapping[str, type[SimulatedAppliance]] = {
    "DEVICE_AIR_CONDITIONER": AirConditioner,
    "DEVICE_WASHER": Washer,
    "DEVICE_ROBOT_CLEANER": RobotCleaner,
    "DEVICE_AIR_PURIFIER": AirPurifier,
}


def sample_home() -> list[SimulatedAppliance]:
    """The appliances of the sample home, in their first state."""
    records = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(HOME.glob("*.json"))}
    return [_CLASSES[record["deviceType"]](device_id, record) for device_id, record in records.items()]
