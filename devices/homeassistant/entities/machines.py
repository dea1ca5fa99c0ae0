"""Robots that clean and mow.

Facts: https://developers.home-assistant.io/docs/core/entity/vacuum and …/lawn-mower
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from devices.homeassistant.entities.descriptor import SHARE, Entity, Kind, Row, operations, percent, selected, told
from hub.messages import Property
from hub.payloads import Value

_STATUS: Final[Mapping[str, Value]] = {
    "cleaning": "running", "mowing": "running", "paused": "paused", "returning": "returning", "docked": "charging",
    "idle": "idle", "error": "error",
}  # fmt: skip

SUCTION: Final = {
    "quiet": "low", "silent": "low", "min": "low", "gentle": "low", "standard": "medium", "balanced": "medium",
    "turbo": "power", "max": "power", "strong": "high",
}  # fmt: skip

STATUS: Final = Property(type="enum", values=["idle", "running", "paused", "returning", "charging", "error"])


def _status(entity: Entity) -> Value:
    return _STATUS.get(entity.state)


VACUUM: Final = Kind(
    lambda entity: "vacuum",
    (
        operations(
            ("start", 8192, "vacuum.start"), ("resume", 8192, "vacuum.start"), ("stop", 8, "vacuum.stop"),
            ("pause", 4, "vacuum.pause"), ("home", 16, "vacuum.return_to_base"),
        ),
        Row("status", lambda entity: STATUS, _status),
        Row("battery", told(SHARE, "battery_level"), lambda entity: percent(entity.number("battery_level"))),
        selected("fan_mode", "fan_speed_list", "fan_speed", SUCTION, "vacuum.set_fan_speed", "fan_speed", 32),
    ),
)  # fmt: skip

LAWN_MOWER: Final = Kind(
    lambda entity: "lawn_mower",
    (
        operations(
            ("start", 1, "lawn_mower.start_mowing"), ("resume", 1, "lawn_mower.start_mowing"),
            ("pause", 2, "lawn_mower.pause"), ("home", 4, "lawn_mower.dock"),
        ),
        Row("status", lambda entity: STATUS, _status),
    ),
)  # fmt: skip
