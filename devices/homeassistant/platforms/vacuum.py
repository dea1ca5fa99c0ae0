"""Robot vacuums. Their state has to be JSON of Home Assistant's own making: the bridge publishes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from devices.homeassistant.showing import Showing
from hub.messages import ROOT
from hub.payloads import Value

ACTIVITIES: Final[Mapping[str, str]] = {
    # our status to Home Assistant's
    "idle": "idle", "off": "idle", "running": "cleaning", "cleaning": "cleaning", "paused": "paused",
    "returning": "returning", "charging": "docked", "reserved": "docked", "ended": "docked", "error": "error",
}  # fmt: skip

OPERATIONS: Final[Mapping[str, tuple[str, str]]] = {
    # our operation: the feature that it is there, and the field that holds its payload
    "start": ("start", "payload_start"),
    "pause": ("pause", "payload_pause"),
    "stop": ("stop", "payload_stop"),
    "home": ("return_home", "payload_return_to_base"),
}


def vacuum(showing: Showing, name: str | None) -> None:
    """A vacuum, which can be started."""
    operation = showing.choice("operation")
    values = (operation.values or []) if operation is not None else []
    if operation is None or "start" not in values:
        return
    offered = {value: OPERATIONS[value] for value in values if value in OPERATIONS}
    features = ["status", *(feature for feature, _ in offered.values())]
    fields: dict[str, Any] = {field: json.dumps({"operation": value}) for value, (_, field) in offered.items()}
    suction = showing.choice("fan_mode")
    if suction is not None:
        features.append("fan_speed")
        fields |= {
            "fan_speed_list": suction.values,
            "set_fan_speed_topic": showing.sends("fan_mode")["command_topic"],
        }
        showing.take("fan_mode")
    showing.add(
        "vacuum",
        "vacuum",
        name,
        state_topic=state_topic(showing.about.id),
        command_topic=showing.set,
        supported_features=features,
        **fields,
    )
    # To go on after a pause is to start once more.
    rest = [value for value in values if value not in offered and value != "resume"]
    showing.left["operation"] = operation.model_copy(update={"values": rest})


def state_topic(device: str) -> str:
    """Where the bridge publishes a vacuum's state, retained."""
    return f"{ROOT}/homeassistant/{device}/vacuum"


def vacuum_state(state: Mapping[str, Value]) -> str:
    """A vacuum's state as Home Assistant reads it."""
    return json.dumps({"state": ACTIVITIES.get(str(state.get("status"))), "fan_speed": state.get("fan_mode")})
