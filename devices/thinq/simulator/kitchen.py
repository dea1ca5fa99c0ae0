"""What cools, cooks, airs, brews and pours in the kitchen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

from devices.thinq.simulator.appliance import MISSING_PARAMETER, WRONG_STATE, RefusedError, SimulatedAppliance, Wanted
from devices.thinq.simulator.fields import celsius, check_remote, fahrenheit, put, put_all, split

_MINUTE = 60
_HOUR = 60 * _MINUTE
_UNITS = {"Hour": _HOUR, "Minute": _MINUTE, "Second": 1}


class Keeper(SimulatedAppliance):
    """Keeps what it is told; nothing in it changes by itself."""

    def live(self, minutes: float) -> None:
        """Nothing happens."""

    def obey(self, wanted: Wanted) -> None:
        """Write it down; a compartment's temperature in both units."""
        put_all(self.state, wanted)
        for path, degrees in wanted.items():
            resource, place, name = split(path)
            if place and name.startswith("targetTemperature"):
                there = celsius(name[-1], degrees)
                put(self.state, f"{resource}[{place}].targetTemperatureC", round(there))
                put(self.state, f"{resource}[{place}].targetTemperatureF", fahrenheit(there))


class HomeBrew(Keeper):
    """Beer that becomes ready in some days."""

    DAY: ClassVar = 24 * 60.0

    def __init__(self, device_id: str, record: Mapping[str, Any]) -> None:
        super().__init__(device_id, record)
        self.days = float(self.state["timer"]["elapsedDayState"])

    def live(self, minutes: float) -> None:
        """Mature on."""
        run, timer = self.state["runState"], self.state["timer"]
        if run["currentState"] != "MATURING":
            return
        self.days += minutes / self.DAY
        timer["elapsedDayState"] = min(math.floor(self.days + 1e-6), timer["elapsedDayTotal"])
        if timer["elapsedDayState"] == timer["elapsedDayTotal"]:
            run["currentState"] = "COMPLETE"
            self.tell("BREWING_IS_COMPLETE")


class Fan(SimulatedAppliance):
    """A fan and a lamp over the hob, which go out together; those of a microwave oven too, while it cooks."""

    PAIR: ClassVar = ("ventilation.fanSpeed", "lamp.lampBrightness")
    LEFT: ClassVar = ("remainMinute", "remainSecond")

    def __init__(self, device_id: str, record: Mapping[str, Any]) -> None:
        super().__init__(device_id, record)
        minute, second = (self.state.get("timer", {}).get(name, 0) for name in self.LEFT)
        self.left = float(_MINUTE * minute + second)

    def live(self, minutes: float) -> None:
        """Count the cooking down."""
        run = self.state.get("runState")
        if run is None or run["currentState"] != "COOK":
            return
        self.left = max(0.0, self.left - minutes * _MINUTE)
        self.state["timer"] |= zip(self.LEFT, divmod(math.ceil(self.left), _MINUTE), strict=True)
        if not self.left:
            run["currentState"] = "COOK_COMPLETE"
            self.tell("COOKING_IS_COMPLETE")

    def obey(self, wanted: Wanted) -> None:
        """Both at once."""
        if wanted.keys() != set(self.PAIR):
            raise RefusedError(MISSING_PARAMETER, "Missing parameters: fan and lamp go together")
        put_all(self.state, wanted)
        if "operation" in self.state:
            put(self.state, "operation.hoodOperationMode", "POWER_ON" if any(wanted.values()) else "POWER_OFF")


class Cooktop(SimulatedAppliance):
    """Zones that cook at a level, for a time if one is given."""

    TOGETHER: ClassVar = ("power.powerLevel", "timer.remainHour", "timer.remainMinute")

    def __init__(self, device_id: str, record: Mapping[str, Any]) -> None:
        super().__init__(device_id, record)
        self.left = {name: self._shown_time(name) for name in self.parts()}

    def live(self, minutes: float) -> None:
        """Count the timers down; a zone goes out with its timer."""
        for name, left in self.left.items():
            if left <= 0:
                continue
            self.left[name] = max(0.0, left - minutes)
            hour, minute = divmod(math.ceil(self.left[name]), 60)
            self.part(name)["timer"] |= {"remainHour": hour, "remainMinute": minute}
            if not self.left[name]:
                self._set(name, dict.fromkeys(self.TOGETHER, 0))
                self.tell("TIMER_IS_COMPLETE")

    def obey(self, wanted: Wanted) -> None:
        """One zone's level and time, or all zones off."""
        if "operation.operationMode" in wanted:
            for name in self.parts():
                self._set(name, dict.fromkeys(self.TOGETHER, 0))
            return
        zone = self.part(wanted.part)
        check_remote(zone)
        if zone["cookingZone"]["currentState"] == "LOCK":
            raise RefusedError(WRONG_STATE, "Command not supported in state")
        if wanted.keys() != set(self.TOGETHER):
            raise RefusedError(MISSING_PARAMETER, "Missing parameters: level and time go together")
        self._set(wanted.part, wanted)

    def _set(self, name: str, values: Mapping[str, Any]) -> None:
        zone = self.part(name)
        put_all(zone, values)
        if not zone["power"]["powerLevel"]:
            zone["timer"] |= {"remainHour": 0, "remainMinute": 0}
        zone["cookingZone"]["currentState"] = "COOK" if zone["power"]["powerLevel"] else "INITIAL"
        self.left[name] = self._shown_time(name)

    def _shown_time(self, name: str) -> float:
        timer = self.part(name)["timer"]
        return float(60 * timer["remainHour"] + timer["remainMinute"])


class Chamber:
    """One chamber of an oven: preheats, cooks for its time, cools down. Times in seconds, as the oven shows them."""

    HEATS: ClassVar = 10 * _MINUTE
    COOLS: ClassVar = 15 * _MINUTE
    BUSY: ClassVar = frozenset({"PREHEATING", "PREHEATING_IS_DONE", "COOKING_IN_PROGRESS", "PAUSED"})
    FOLLOWS: ClassVar = {
        # state: what follows when its time is over, and what is pushed
        "PREHEATING": ("PREHEATING_IS_DONE", "PREHEATING_IS_COMPLETE"),
        "COOKING_IN_PROGRESS": ("DONE", "COOKING_IS_COMPLETE"),
        "DONE": ("COOLING", ""),
        "COOLING": ("INITIAL", ""),
    }

    def __init__(self) -> None:
        self.left: float | None = None
        """Seconds to the end of what it is doing; None if that has no end."""
        self.alarm = 0.0
        """Seconds to the end of its kitchen timer; 0 while that is not set."""
        self.cooks_next = False
        """Whether it cooks by itself as soon as it is hot."""

    def live(self, state: Any, seconds: float) -> list[str]:
        """Heat and cook on; gives the push codes of what has happened."""
        told = []
        if self.alarm:
            self.alarm = max(0.0, self.alarm - seconds)
            told += [] if self.alarm else ["TIMER_IS_COMPLETE"]
        run = state["runState"]
        if self.left is not None and run["currentState"] in self.FOLLOWS:
            self.left = max(0.0, self.left - seconds)
            if not self.left:
                following, code = self.FOLLOWS[run["currentState"]]
                told += [code] if code else []
                self._to(state, "COOKING_IN_PROGRESS" if self._goes_on(following) else following)
        self._show(state)
        return told

    def obey(self, state: Any, wanted: dict[str, Any]) -> None:
        """Preheat, start, change what is going on, or stop."""
        check_remote(state)
        alarm = sum(seconds * wanted.pop(f"timer.timer{unit}", 0) for unit, seconds in _UNITS.items())
        operation = wanted.pop("operation.ovenOperationMode", None)
        now = state["runState"]["currentState"]
        if operation is None and wanted:
            raise RefusedError(MISSING_PARAMETER, "Missing parameters: what is set goes with a start")
        busy = now in self.BUSY
        if operation in {"STOP", "PREHEATING"} and busy != (operation == "STOP"):
            raise RefusedError(WRONG_STATE, "Command not supported in state")
        if operation == "START" and not busy and not _says_how(wanted):
            raise RefusedError(MISSING_PARAMETER, "Missing parameters: a start needs mode and temperature")
        self._set(state, wanted)
        if operation == "STOP":
            self._to(state, "INITIAL")
        elif operation is not None:
            self.cooks_next = operation == "START"
            timed = any(path.startswith("timer.") for path in wanted)
            if not busy:
                self._to(state, "PREHEATING")
            elif now != "PREHEATING" and (timed or now != "COOKING_IN_PROGRESS"):
                self._to(state, "COOKING_IN_PROGRESS")
        self.alarm = alarm or self.alarm
        self._show(state)

    def _set(self, state: Any, wanted: Mapping[str, Any]) -> None:
        for path, value in wanted.items():
            resource, unit, name = split(path)
            if unit:
                state[resource] = {name: value, "unit": unit}
            else:
                put(state, path, value)

    def _goes_on(self, following: str) -> bool:
        return following == "PREHEATING_IS_DONE" and self.cooks_next

    def _to(self, state: Any, following: str) -> None:
        state["runState"]["currentState"] = following
        timer = state["timer"]
        target = timer["targetHour"] * _HOUR + timer["targetMinute"] * _MINUTE
        lasts = {
            "PREHEATING": self.HEATS,
            "COOKING_IN_PROGRESS": target or None,
            "DONE": _MINUTE,
            "COOLING": self.COOLS,
        }
        self.left = lasts.get(following)
        if following in {"DONE", "INITIAL"}:
            state["cook"]["cookMode"] = "NONE"
            timer |= {"targetHour": 0, "targetMinute": 0}

    def _show(self, state: Any) -> None:
        cooking = state["runState"]["currentState"] == "COOKING_IN_PROGRESS"
        left = math.ceil(self.left or 0.0) if cooking else 0
        state["timer"] |= {
            "remainHour": left // _HOUR,
            "remainMinute": left % _HOUR // _MINUTE,
            "remainSecond": left % _MINUTE,
        }


def _says_how(wanted: Mapping[str, Any]) -> bool:
    return "cook.cookMode" in wanted and any(path.startswith("temperature[") for path in wanted)


class Oven(SimulatedAppliance):
    """One chamber or two."""

    def __init__(self, device_id: str, record: Mapping[str, Any]) -> None:
        super().__init__(device_id, record)
        self.chambers = {name: Chamber() for name in self.parts()}

    def live(self, minutes: float) -> None:
        """Heat and cook on."""
        for name, chamber in self.chambers.items():
            for code in chamber.live(self.part(name), minutes * _MINUTE):
                self.tell(code)

    def obey(self, wanted: Wanted) -> None:
        """Hand the command to its chamber."""
        self.chambers[wanted.part].obey(self.part(wanted.part), wanted)


TYPES: Mapping[str, type[SimulatedAppliance]] = {
    "DEVICE_REFRIGERATOR": Keeper,
    "DEVICE_KIMCHI_REFRIGERATOR": Keeper,
    "DEVICE_WINE_CELLAR": Keeper,
    "DEVICE_WATER_PURIFIER": Keeper,
    "DEVICE_HOME_BREW": HomeBrew,
    "DEVICE_HOOD": Fan,
    "DEVICE_MICROWAVE_OVEN": Fan,
    "DEVICE_COOKTOP": Cooktop,
    "DEVICE_OVEN": Oven,
}
