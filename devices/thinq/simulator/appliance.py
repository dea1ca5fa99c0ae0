"""What every simulated appliance shares: its place in the device list, and how the cloud checks a control request.

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


class SimulatedAppliance(ABC):
    """One appliance: profile and state as the cloud shows them, obeying commands and living on by minutes."""

    def __init__(self, device_id: str, record: Mapping[str, Any]) -> None:
        self.id = device_id
        self.online = True
        self.shown: Any = None
        """What the cloud shows in place of the state while it lags behind; None while it does not."""
        self.profile: dict[str, Any] = copy.deepcopy(record["profile"])
        self.state: Any = copy.deepcopy(record["state"])
        self.listed = {
            "deviceId": device_id,
            "deviceInfo": {
                "deviceType": record["deviceType"],
                "modelName": record["modelName"],
                "alias": record["alias"],
                "reportable": True,
            },
        }

    @abstractmethod
    def live(self, minutes: float) -> None:
        """Let some time pass, a minute at most."""

    @abstractmethod
    def obey(self, wanted: dict[str, Any]) -> None:
        """Take a command, already within the profile, as `{resource.property: value}`; raises RefusedError."""

    def control(self, payload: Any) -> None:
        """Take a control request; raises RefusedError, and then nothing has changed."""
        if not self.online:
            raise RefusedError(OFFLINE, "Not connected device")
        wanted = accepted(self.profile["property"], payload)
        before = copy.deepcopy(self.state)
        try:
            self.obey(wanted)
        except RefusedError:
            self.state = before
            raise


def accepted(properties: Any, payload: Any) -> dict[str, Any]:
    """What a control request asks for, as `{resource.property: value}`, or `resource[C].property` where it is for one
    unit or compartment; raises RefusedError if the profile says no.
    """
    if not isinstance(payload, dict) or not payload:
        raise RefusedError(MISSING_PARAMETER, "Missing parameters")
    if isinstance(properties, list):
        properties = _entry(properties, "locationName", payload.get("location"), lambda entry: entry["location"])
    wanted: dict[str, Any] = {}
    for resource, body in payload.items():
        if resource == "location":
            continue
        declared = properties.get(resource)
        if declared is None or not isinstance(body, dict):
            raise RefusedError(BAD_PARAMETER, f"Unacceptable parameters: {resource}")
        where = resource
        if isinstance(declared, list):
            key = "unit" if "unit" in body else "locationName"
            declared = _entry(declared, key, body, lambda entry: entry)
            where = f"{resource}[{body[key]}]"
            body = {name: value for name, value in body.items() if name != key}
        for name, value in body.items():
            if not _allows(declared.get(name), value):
                raise RefusedError(BAD_PARAMETER, f"Unacceptable parameters: {where}.{name}")
            wanted[f"{where}.{name}"] = value
    return wanted


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
    return value in allowed and (type(value) is bool) == (descriptor["type"] == "boolean")
