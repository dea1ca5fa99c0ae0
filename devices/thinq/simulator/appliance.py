"""What every simulated appliance shares: its place in the device list, how the cloud checks a control request, and
what part of a state the cloud reports after a change.

Nothing of the simulator knows the bridge: a misunderstanding on one side must show on the other.
"""

from __future__ import annotations

import copy
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

BAD_PARAMETER = "1102"
MISSING_PARAMETER = "1101"
OFFLINE = "1222"
REMOTE_OFF = "2301"
WRONG_STATE = "2302"
IN_ERROR = "2303"
POWERED_OFF = "2304"
WRONG_MODE = "2305"


class RefusedError(Exception):
    """A request that the cloud answers with an error: LG's code and a message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Wanted(dict[str, Any]):
    """What a control request asks for: `{resource.property: value}`, or `resource[C].property` where it is for one
    unit or compartment; and the part of the appliance that it is for ("" for the whole).
    """

    def __init__(self, part: str, values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.part = part


class SimulatedAppliance(ABC):
    """One appliance: profile and state as the cloud shows them, obeying commands and living on by minutes.

    Its parts are the locations of an oven or washer, or the two machines of a wash tower; "" is the whole appliance.
    """

    def __init__(self, device_id: str, record: Mapping[str, Any]) -> None:
        self.id = device_id
        self.type: str = record["deviceType"]
        self.online = True
        self.reportable: bool = record.get("reportable", True)
        """Whether its changes are pushed."""
        self.shown: Any = None
        """What the cloud shows in place of the state while it lags behind; None while it does not."""
        self.pushes: list[str] = []
        """Push codes of what has happened; whoever sends them empties the list."""
        self.profile: dict[str, Any] = copy.deepcopy(record["profile"])
        self.state: Any = copy.deepcopy(record["state"])
        self.energy: list[str] = list(record.get("energy", {}).get("property", []))
        """The energy properties that the cloud has figures of."""
        self.listed = {
            "deviceId": device_id,
            "deviceInfo": {
                "deviceType": record["deviceType"],
                "modelName": record["modelName"],
                "alias": record["alias"],
                "reportable": self.reportable,
                **({"groupId": record["groupId"]} if "groupId" in record else {}),
            },
        }

    @abstractmethod
    def live(self, minutes: float) -> None:
        """Let some time pass, a minute at most."""

    @abstractmethod
    def obey(self, wanted: Wanted) -> None:
        """Take a command, already within the profile; raises RefusedError."""

    def control(self, payload: Any) -> None:
        """Take a control request; raises RefusedError, and then nothing has changed."""
        if not self.online:
            raise RefusedError(OFFLINE, "Not connected device")
        wanted = accepted(self.profile, payload)
        before = copy.deepcopy(self.state)
        try:
            self.obey(wanted)
        except RefusedError:
            self.state = before
            raise

    def parts(self) -> list[str]:
        """The names of its parts."""
        if isinstance(self.state, list):
            return [entry["location"]["locationName"] for entry in self.state]
        return [""] if "property" in self.profile else list(self.profile)

    def part(self, name: str) -> Any:
        """The state of a part."""
        if not name:
            return self.state
        if isinstance(self.state, dict):
            return self.state[name]
        return next(entry for entry in self.state if entry["location"]["locationName"] == name)

    def tell(self, code: str, part: str = "") -> None:
        """Push a code, if the profile of the part lists it."""
        if code in self.profile.get(part, self.profile)["notification"]["push"]:
            self.pushes.append(code)


def accepted(profile: Mapping[str, Any], payload: Any) -> Wanted:
    """What a control request asks for; raises RefusedError if the profile says no."""
    if not isinstance(payload, dict) or not payload:
        raise RefusedError(MISSING_PARAMETER, "Missing parameters")
    if "property" not in profile:
        part, *others = payload
        if others or part not in profile:
            raise RefusedError(BAD_PARAMETER, f"Unacceptable parameters: {', '.join(payload)}")
        return Wanted(part, accepted(profile[part], payload[part]))
    properties = profile["property"]
    part = ""
    if payload.keys() <= profile.get("extensionProperty", {}).keys():
        properties = profile["extensionProperty"]
    elif isinstance(properties, list):
        properties = _entry(properties, "locationName", payload.get("location"), lambda entry: entry["location"])
        part = properties["location"]["locationName"]
        payload = {resource: body for resource, body in payload.items() if resource != "location"}
    wanted: dict[str, Any] = {}
    for resource, body in payload.items():
        wanted |= _asked(resource, properties.get(resource), body)
    if not wanted:
        raise RefusedError(MISSING_PARAMETER, "Missing parameters")
    return Wanted(part, wanted)


def changes(before: Any, after: Any) -> Any:
    """What the cloud reports of a state that was another: the changed properties in their places, and what their
    list entries are known by (location, compartment, unit); None if nothing changed. What is gone is not reported.
    """
    if before == after:
        return None
    if isinstance(before, dict) and isinstance(after, dict):
        found = {name: changes(before.get(name), value) for name, value in after.items()}
        return {name: change for name, change in found.items() if change is not None} or None
    if isinstance(before, list) and isinstance(after, list) and after and all(map(_known_by, after)):
        known = {str(_known_by(entry)): entry for entry in before}
        entries = [(_known_by(entry), changes(known.get(str(_known_by(entry))), entry)) for entry in after]
        return [name | change for name, change in entries if change is not None] or None
    return after


def _known_by(entry: Any) -> dict[str, Any]:
    if not isinstance(entry, dict):
        return {}
    return {key: entry[key] for key in ("location", "locationName", "unit") if key in entry}


def _asked(resource: str, declared: Any, body: Any) -> dict[str, Any]:
    """What one resource of a control request asks for."""
    if declared is None or not isinstance(body, dict):
        raise RefusedError(BAD_PARAMETER, f"Unacceptable parameters: {resource}")
    where = resource
    if isinstance(declared, list):
        key = "locationName" if "locationName" in declared[0] else "unit"
        declared = _entry(declared, key, body, lambda entry: entry)
        where = f"{resource}[{body[key]}]"
        body = {name: value for name, value in body.items() if name != key}
    for name, value in body.items():
        if not _allows(declared.get(name), value):
            raise RefusedError(BAD_PARAMETER, f"Unacceptable parameters: {where}.{name}")
    return {f"{where}.{name}": value for name, value in body.items()}


def _entry(entries: list[Any], key: str, given: Any, where: Callable[[Any], Any]) -> Any:
    name = given.get(key) if isinstance(given, dict) else None
    found = next((entry for entry in entries if where(entry).get(key) == name), None)
    if found is None or name is None:
        raise RefusedError(MISSING_PARAMETER, f"Missing parameters: {key}")
    return found


def _allows(descriptor: Any, value: Any) -> bool:
    if not isinstance(descriptor, dict) or "w" not in descriptor["mode"]:
        return False
    allowed = descriptor.get("value", {}).get("w")
    if descriptor["type"] == "range":
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        if not allowed["min"] <= value <= allowed["max"] or value in allowed.get("except", []):
            return False
        steps = (value - allowed["min"]) / allowed.get("step", 1)
        return math.isclose(steps, round(steps), abs_tol=1e-6)
    if descriptor["type"] == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if descriptor["type"] == "list":
        return isinstance(value, list) and all(one in allowed for one in value)
    return value in allowed and (type(value) is bool) == (descriptor["type"] == "boolean")
