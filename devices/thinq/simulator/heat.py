"""What makes the rooms and the water warm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from devices.thinq.simulator.appliance import WRONG_MODE, RefusedError, SimulatedAppliance, Wanted
from devices.thinq.simulator.fields import celsius, get, put_all, put_degrees, split, switch


@dataclass(frozen=True)
class Loop:
    """A temperature that follows its target while the appliance works, and goes to that of its surroundings else."""

    resource: str
    current: str
    target: str
    power: str
    """Path of what must be on."""
    rest: float
    """Degrees Celsius of the surroundings."""
    speed: float
    """Degrees a minute."""


class Heater(SimulatedAppliance):
    """Water that is kept warm."""

    MODE: ClassVar = "waterHeaterJobMode.currentJobMode"
    LOOPS: ClassVar[tuple[Loop, ...]] = (
        Loop(
            "temperatureInUnits",
            "currentTemperature",
            "targetTemperature",
            "operation.waterHeaterOperationMode",
            rest=15.0,
            speed=0.5,
        ),
    )

    def __init__(self, device_id: str, record: Mapping[str, Any]) -> None:
        super().__init__(device_id, record)
        self.degrees = {loop: float(get(self.state, f"{loop.resource}[C].{loop.current}")) for loop in self.LOOPS}

    def live(self, minutes: float) -> None:
        """Heat up to the targets, or cool down."""
        for loop, degrees in self.degrees.items():
            working = get(self.state, loop.power) in {"POWER_ON", "ON"}
            goal = float(get(self.state, f"{loop.resource}[C].{loop.target}")) if working else loop.rest
            step = (loop.speed if working else loop.speed / 10) * minutes
            self.degrees[loop] = min(goal, degrees + step) if degrees < goal else max(goal, degrees - step)
            put_degrees(self.state, loop.resource, loop.current, self.degrees[loop])

    def obey(self, wanted: Wanted) -> None:
        """The mode first, then temperatures, which are shown in both units."""
        if self.MODE in wanted:
            put_all(self.state, {self.MODE: wanted.pop(self.MODE)})
        for path in [path for path in wanted if split(path)[1]]:
            resource, unit, name = split(path)
            put_degrees(self.state, resource, name, celsius(unit, wanted.pop(path)))
        put_all(self.state, wanted)


class Boiler(Heater):
    """Warms, or cools, the rooms by air or by water, and keeps hot water."""

    MODE: ClassVar = "boilerJobMode.currentJobMode"
    POWER: ClassVar = "operation.boilerOperationMode"
    ROOM: ClassVar = "roomTemperatureInUnits"
    WAYS: ClassVar = {
        # the targets that count: by what room temperature is measured on, and the mode
        "airHeatTargetTemperature": ("AIR", {"HEAT", "AUTO"}),
        "airCoolTargetTemperature": ("AIR", {"COOL", "AUTO"}),
        "waterHeatTargetTemperature": ("WATER", {"HEAT", "AUTO"}),
        "waterCoolTargetTemperature": ("WATER", {"COOL", "AUTO"}),
    }
    MODE_TARGETS: ClassVar = {"HEAT": "HeatTargetTemperature", "COOL": "CoolTargetTemperature"}
    LOOPS: ClassVar = (
        Loop(
            "hotWaterTemperatureInUnits",
            "currentTemperature",
            "targetTemperature",
            "operation.hotWaterMode",
            rest=15.0,
            speed=0.5,
        ),
        Loop(ROOM, "airCurrentTemperature", "targetTemperature", POWER, rest=12.0, speed=0.1),
    )

    def live(self, minutes: float) -> None:
        """The room temperature is that of its air."""
        super().live(minutes)
        put_degrees(self.state, self.ROOM, "currentTemperature", self.degrees[self.LOOPS[1]])

    def obey(self, wanted: Wanted) -> None:
        """Power first; a room target must be one that counts, and is then the target."""
        switch(self.state, self.POWER, wanted, frozenset({"operation", "hotWaterTemperatureInUnits"}))
        mode = wanted.get(self.MODE, get(self.state, self.MODE))
        measured = get(self.state, "operation.roomTempMode")
        if self.MODE in wanted and mode in self.MODE_TARGETS:
            target = f"{measured.lower()}{self.MODE_TARGETS[mode]}"
            put_degrees(self.state, self.ROOM, "targetTemperature", get(self.state, f"{self.ROOM}[C].{target}"))
        for path, degrees in list(wanted.items()):
            _, unit, name = split(path)
            if name not in self.WAYS:
                continue
            where, modes = self.WAYS[name]
            if where != measured or mode not in modes:
                raise RefusedError(WRONG_MODE, "Command not supported in mode")
            put_degrees(self.state, self.ROOM, "targetTemperature", celsius(unit, degrees))
        super().obey(wanted)


TYPES: Mapping[str, type[SimulatedAppliance]] = {
    "DEVICE_SYSTEM_BOILER": Boiler,
    "DEVICE_WATER_HEATER": Heater,
}
