"""What cools, cleans, wets, dries and moves the air."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from devices.thinq.simulator.appliance import WRONG_MODE, RefusedError, SimulatedAppliance, Wanted
from devices.thinq.simulator.fields import celsius, get, put, put_all, put_degrees, split, switch
from devices.thinq.simulator.timers import Timers


@dataclass(frozen=True)
class Kind:
    """What sets one type apart from the others."""

    power: str
    mode: str = ""
    needs: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """`{resource.property: the modes in which it can be set}`."""
    drifts: Mapping[str, float | str] = field(default_factory=dict)
    """`{reading: where it goes while the appliance is on}`, a number or the path of one; off, it goes back."""


_CLEAN = 5.0
_DUST = "airQualitySensor.PM2"
_COOLED = frozenset({"COOL", "ENERGY_SAVING"})
_WETTED = frozenset({"HUMIDIFY", "HUMIDIFY_AND_AIR_CLEAN"})

KINDS: Mapping[str, Kind] = {
    "DEVICE_AIR_CONDITIONER": Kind(
        "operation.airConOperationMode",
        "airConJobMode.currentJobMode",
        needs={
            "temperatureInUnits.coolTargetTemperature": _COOLED,
            "temperatureInUnits.heatTargetTemperature": frozenset({"HEAT"}),
            "temperatureInUnits.autoTargetTemperature": frozenset({"AUTO"}),
            "temperatureInUnits.targetTemperature": _COOLED | {"HEAT", "AUTO"},
            "twoSetTemperatureInUnits.heatTargetTemperature": frozenset({"AUTO"}),
            "twoSetTemperatureInUnits.coolTargetTemperature": frozenset({"AUTO"}),
        },
    ),
    "DEVICE_AIR_PURIFIER": Kind(
        "operation.airPurifierOperationMode", "airPurifierJobMode.currentJobMode", drifts={_DUST: _CLEAN}
    ),
    "DEVICE_AIR_PURIFIER_FAN": Kind(
        "operation.airFanOperationMode", "airFanJobMode.currentJobMode", drifts={_DUST: _CLEAN}
    ),
    "DEVICE_HUMIDIFIER": Kind(
        "operation.humidifierOperationMode",
        "humidifierJobMode.currentJobMode",
        needs={"humidity.targetHumidity": _WETTED, "humidity.warmMode": _WETTED},
        drifts={_DUST: _CLEAN, "airQualitySensor.humidity": "humidity.targetHumidity"},
    ),
    "DEVICE_DEHUMIDIFIER": Kind(
        "operation.dehumidifierOperationMode",
        "dehumidifierJobMode.currentJobMode",
        needs={"humidity.targetHumidity": frozenset({"SMART_HUMIDITY"})},
        drifts={"humidity.currentHumidity": "humidity.targetHumidity"},
    ),
    "DEVICE_VENTILATOR": Kind(
        "operation.ventOperationMode",
        "ventJobMode.currentJobMode",
        drifts={_DUST: _CLEAN, "airQualitySensor.CO2": 450.0},
    ),
    "DEVICE_CEILING_FAN": Kind("operation.ceilingfanOperationMode"),
}


class AirAppliance(SimulatedAppliance):
    """On or off, in a mode, for a time; the air around it changes while it is on."""

    OFF_TOO: ClassVar = frozenset({"timer", "airQualitySensor"})
    """The resources that can be set while it is off."""
    STRENGTHS: ClassVar = ("windStrength", "windStrengthLevel")
    SPEED: ClassVar = {"LOW": 0.03, "MID": 0.06, "HIGH": 0.1, "POWER": 0.15}
    MIDDLING: ClassVar = 0.08
    BACK: ClassVar = 0.02
    BANDS: ClassVar = ((15, 1, "GOOD"), (35, 2, "NORMAL"), (75, 3, "BAD"), (math.inf, 4, "VERY_BAD"))
    COARSE_BANDS: ClassVar = ((30, "GOOD"), (80, "NORMAL"), (150, "BAD"), (math.inf, "VERY_BAD"))

    def __init__(self, device_id: str, record: Mapping[str, Any]) -> None:
        super().__init__(device_id, record)
        self.kind = KINDS[self.type]
        self.outside = {path: float(get(self.state, path)) for path in self.kind.drifts}
        self.readings = dict(self.outside)
        self.timers = Timers()

    @property
    def on(self) -> bool:
        """Whether it is on."""
        return bool(get(self.state, self.kind.power) == "POWER_ON")

    def live(self, minutes: float) -> None:
        """The air becomes cleaner or dustier, wetter or drier, and timers run."""
        for path, reading in self.readings.items():
            goal, speed = self.outside[path], self.BACK
            if self.on:
                there = self.kind.drifts[path]
                goal, speed = float(get(self.state, there) if isinstance(there, str) else there), self._speed()
            self.readings[path] = goal + (reading - goal) * math.exp(-speed * minutes)
            put(self.state, path, round(self.readings[path]))
        if _DUST in self.readings:
            self._show_dust(self.readings[_DUST])
        for event in self.timers.live(self.state, minutes):
            self._turn("POWER_ON" if event == "Start" else "POWER_OFF")

    def obey(self, wanted: Wanted) -> None:
        """Power first, then the mode, then what the mode allows."""
        power = wanted.get(self.kind.power)
        switch(self.state, self.kind.power, wanted, self.OFF_TOO)
        if self.kind.mode in wanted:
            put(self.state, self.kind.mode, wanted.pop(self.kind.mode))
        self._check(wanted)
        self.timers.take(self.state, wanted)
        self._write(wanted)
        if power is not None:
            self._turn(power)

    def _check(self, wanted: Wanted) -> None:
        for path in wanted:
            resource, _, name = split(path)
            modes = self.kind.needs.get(f"{resource}.{name}")
            if modes is not None and get(self.state, self.kind.mode) not in modes:
                raise RefusedError(WRONG_MODE, "Command not supported in mode")

    def _write(self, wanted: Wanted) -> None:
        put_all(self.state, wanted)

    def _turn(self, power: str) -> None:
        put(self.state, self.kind.power, power)
        self.timers.stop(self.state, "Start" if power == "POWER_ON" else "Stop")

    def _speed(self) -> float:
        flow = self.state["airFlow"]
        return self.SPEED.get(next((flow[name] for name in self.STRENGTHS if name in flow), ""), self.MIDDLING)

    def _show_dust(self, dust: float) -> None:
        _, band, level = next(found for found in self.BANDS if round(dust) <= found[0])
        coarse = next(word for most, word in self.COARSE_BANDS if round(dust * 1.5) <= most)
        shown = {
            "PM1": round(dust * 0.63),
            "PM2": round(dust),
            "PM10": round(dust * 1.5),
            "PM1Level": level,
            "PM2Level": level,
            "PM10Level": coarse,
            "totalPollution": band,
            "totalPollutionLevel": level,
        }
        sensor = self.state["airQualitySensor"]
        sensor |= {name: value for name, value in shown.items() if name in sensor}


class AirConditioner(AirAppliance):
    """Brings the room to its target; a room left alone warms up again."""

    OUTSIDE: ClassVar = 29.0
    WORKS: ClassVar = 0.5
    DRIFTS: ClassVar = 0.1
    COOLING: ClassVar = _COOLED | {"AUTO"}
    PAIR: ClassVar = "twoSetTemperatureInUnits"
    TWO_SET: ClassVar = "twoSetTemperature.twoSetEnabled"

    def __init__(self, device_id: str, record: Mapping[str, Any]) -> None:
        super().__init__(device_id, record)
        self.room = float(get(self.state, "temperatureInUnits[C].currentTemperature"))

    def live(self, minutes: float) -> None:
        """Drift towards the target at half a degree a minute, or back to the weather's temperature."""
        super().live(minutes)
        mode = get(self.state, self.kind.mode)
        warmest = coolest = get(self.state, "temperatureInUnits[C].targetTemperature")
        if self._two_set():
            coolest, warmest = (get(self.state, f"{self.PAIR}[C].{kind}TargetTemperature") for kind in ("heat", "cool"))
        if self.on and mode in self.COOLING and self.room > warmest:
            self.room = max(warmest, self.room - self.WORKS * minutes)
        elif self.on and (mode == "HEAT" or self._two_set()) and self.room < coolest:
            self.room = min(coolest, self.room + self.WORKS * minutes)
        else:
            self.room = min(self.OUTSIDE, self.room + self.DRIFTS * minutes)
        put_degrees(self.state, "temperatureInUnits", "currentTemperature", self.room)

    def _check(self, wanted: Wanted) -> None:
        """Two targets can be set while there are two."""
        super()._check(wanted)
        pair = any(split(path)[0] == self.PAIR for path in wanted)
        if pair and not wanted.get(self.TWO_SET, get(self.state, self.TWO_SET)):
            raise RefusedError(WRONG_MODE, "Command not supported in mode")

    def _write(self, wanted: Wanted) -> None:
        """Temperatures are shown in both units, whichever they were given in."""
        wanted.pop("operation.airCleanOperationMode", None)  # has no state of its own
        for path in [path for path in wanted if split(path)[1]]:
            resource, unit, name = split(path)
            if resource != self.PAIR:
                name = "targetTemperature"  # the targets of single modes show as the one
            put_degrees(self.state, resource, name, celsius(unit, wanted.pop(path)))
        super()._write(wanted)

    def _two_set(self) -> bool:
        enabled = self.state.get("twoSetTemperature", {}).get("twoSetEnabled", False)
        return bool(enabled and get(self.state, self.kind.mode) == "AUTO")


class Dehumidifier(AirAppliance):
    """Dries the air until its tank is full; turning it on again means that somebody has emptied the tank."""

    TANK_MINUTES: ClassVar = 600.0

    def __init__(self, device_id: str, record: Mapping[str, Any]) -> None:
        super().__init__(device_id, record)
        self.worked = 0.0

    def live(self, minutes: float) -> None:
        """Dry on."""
        if self.on:
            self.worked += minutes
        if self.worked >= self.TANK_MINUTES:
            self.worked = 0.0
            self._turn("POWER_OFF")
            self.tell("WATER_IS_FULL")
        super().live(minutes)


TYPES: Mapping[str, type[SimulatedAppliance]] = {
    **dict.fromkeys(KINDS, AirAppliance),
    "DEVICE_AIR_CONDITIONER": AirConditioner,
    "DEVICE_DEHUMIDIFIER": Dehumidifier,
}
