"""What ThinQ properties mean to us, as tables: one row per property, one table per appliance type.

A table says how a property is called on both sides. Whether an appliance has it, may write it, and between which
bounds comes from that appliance's own profile (profile.py), never from here. Supporting another type means another
table. ThinQ's names and values are those of LG's ThinQ Connect API; ours are those of the MQTT contract.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.messages import PropertyType, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One property. Sources are written `resource.property`, or `resource[C].property` where the resource is a list
    with one entry per unit or location.
    """

    name: str
    type: PropertyType
    sources: tuple[str, ...]
    """Where it may be found; the first that the profile has counts."""
    unit: str | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    """ThinQ value to ours, where ours is not simply the lower-case form; None says unknown."""
    hours: str | None = None
    """Where the hours are, for durations whose source holds only the minutes."""
    by_mode: Mapping[str, str] = field(default_factory=dict)
    """Where it is written to (and read from, failing `sources`) while the appliance is in a mode of ours."""
    absent: Value = None
    """What it means when the state does not mention it."""
    unless: frozenset[str] = frozenset()
    """Our `status` values during which it says nothing."""
    brings: Mapping[str, str] = field(default_factory=dict)
    """For operations: our operation to the `status` that follows it."""


@dataclass(frozen=True, slots=True)
class ApplianceType:
    """One type of appliance: our name for it, and its properties in the order in which commands must go out."""

    type: str
    rows: tuple[Row, ...]
    needs_power: frozenset[str] = frozenset()
    """Properties that an appliance which is off can only take after it has been turned on."""
    start: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """`runState.currentState` to the ThinQ operations that starting means there; START everywhere else."""


RUN_STATE = "runState.currentState"

_POWER: Mapping[str, Value] = {"POWER_ON": True, "POWER_OFF": False}
_SWITCH: Mapping[str, Value] = {"ON": True, "OFF": False}
_WIND = {"MID": "medium"}
_AIR = (
    Row(name="pm1", type="number", sources=("airQualitySensor.PM1",), unit="µg/m³"),
    Row(name="pm25", type="number", sources=("airQualitySensor.PM2",), unit="µg/m³"),
    Row(name="pm10", type="number", sources=("airQualitySensor.PM10",), unit="µg/m³"),
    Row(name="humidity", type="number", sources=("airQualitySensor.humidity",), unit="%"),
    Row(name="air_quality", type="enum", sources=("airQualitySensor.totalPollutionLevel",), values={"INVALID": None}),
    Row(name="odor", type="enum", sources=("airQualitySensor.odorLevel",), values={"INVALID": None}),
    Row(name="filter", type="number", sources=("filterInfo.filterRemainPercent",), unit="%"),
)
_ERROR = Row(name="error", type="enum", sources=("error",), absent="none")

_CELSIUS = "temperatureInUnits[C]"
_FAN_SOURCES = ("airFlow.windStrengthDetail", "airFlow.windStrength")

AIR_CONDITIONER = ApplianceType(
    "climate",
    (
        Row(name="power", type="boolean", sources=("operation.airConOperationMode",), values=_POWER),
        Row(
            name="mode",
            type="enum",
            sources=("airConJobMode.currentJobMode",),
            values={"AIR_DRY": "dry", "FAN": "fan_only"},
        ),
        Row(
            name="target_temperature",
            type="number",
            sources=(f"{_CELSIUS}.targetTemperature",),
            unit="°C",
            by_mode={
                "cool": f"{_CELSIUS}.coolTargetTemperature",
                "heat": f"{_CELSIUS}.heatTargetTemperature",
                "auto": f"{_CELSIUS}.autoTargetTemperature",
            },
        ),
        Row(name="current_temperature", type="number", sources=(f"{_CELSIUS}.currentTemperature",), unit="°C"),
        Row(name="fan_mode", type="enum", sources=_FAN_SOURCES, values=_WIND),
        Row(name="fan_step", type="integer", sources=("airFlow.windStep",)),
        Row(name="swing_vertical", type="boolean", sources=("windDirection.rotateUpDown",)),
        Row(name="swing_horizontal", type="boolean", sources=("windDirection.rotateLeftRight",)),
        Row(
            name="air_clean",
            type="boolean",
            sources=("operation.airCleanOperationMode",),
            values={"START": True, "STOP": False},
        ),
        Row(name="power_save", type="boolean", sources=("powerSave.powerSaveEnabled",)),
        Row(name="display_light", type="boolean", sources=("display.light",), values=_SWITCH),
        *_AIR,
        _ERROR,
    ),
    needs_power=frozenset({"mode", "target_temperature"}),
)

_WASHER_STATUS: Mapping[str, Value] = {
    "POWER_OFF": "off",
    "END": "ended",
    "RESERVED": "reserved",
    "ERROR": "error",
    **dict.fromkeys(("INITIAL", "SLEEP", "FROZEN_PREVENT_INITIAL", "PROOFING"), "idle"),
    **dict.fromkeys(("PAUSE", "RINSE_HOLD", "ADD_DRAIN", "FROZEN_PREVENT_PAUSE"), "paused"),
    **dict.fromkeys(
        (
            "DETECTING", "SOAKING", "RUNNING", "RINSING", "SPINNING", "DRYING", "COOL_DOWN", "REFRESHING",
            "STEAM_SOFTENING", "SMART_GRID_RUN", "DETERGENT_AMOUNT", "PREWASH", "SHOES_MODULE", "DISPENSING",
            "SOFTENING", "CHECKING_TURBIDITY", "CHANGE_CONDITION", "DISPLAY_LOADSIZE", "FROZEN_PREVENT_RUNNING",
        ),
        "running",
    ),
}  # fmt: skip

WASHER = ApplianceType(
    "washer",
    (
        Row(name="status", type="enum", sources=(RUN_STATE,), values=_WASHER_STATUS),
        Row(name="phase", type="enum", sources=(RUN_STATE,)),
        Row(
            name="operation",
            type="enum",
            sources=("operation.washerOperationMode",),
            brings={"start": "running", "stop": "paused", "power_off": "off"},
        ),
        Row(name="remote_control", type="boolean", sources=("remoteControlEnable.remoteControlEnabled",)),
        Row(
            name="remaining_minutes",
            type="integer",
            sources=("timer.remainMinute",),
            unit="min",
            hours="timer.remainHour",
            unless=frozenset({"off", "idle", "ended"}),  # the display then shows the course that is dialled in
        ),
        Row(name="total_minutes", type="integer", sources=("timer.totalMinute",), unit="min", hours="timer.totalHour"),
        Row(name="delay_start_hours", type="integer", sources=("timer.relativeHourToStart",), unit="h"),
        Row(name="delay_end_hours", type="integer", sources=("timer.relativeHourToStop",), unit="h"),
        Row(name="cycles", type="integer", sources=("cycle.cycleCount",)),
        _ERROR,
    ),
    start={"POWER_OFF": ("POWER_ON", "START")},
)

_ROBOT_STATUS: Mapping[str, Value] = {
    "CHARGING": "charging",
    "HOMING": "returning",
    "PAUSE": "paused",
    "RESERVATION": "reserved",
    "ERROR": "error",
    **dict.fromkeys(("SLEEP", "STANDBY", "SETDATE"), "idle"),
    **dict.fromkeys(
        (
            "WORKING", "MACROSECTOR", "INITIALIZING", "DIAGNOSIS",
            "MONITORING_DETECTING", "MONITORING_MOVING", "MONITORING_POSITIONING",
        ),
        "running",
    ),
}  # fmt: skip

ROBOT_CLEANER = ApplianceType(
    "vacuum",
    (
        Row(name="status", type="enum", sources=(RUN_STATE,), values=_ROBOT_STATUS),
        Row(
            name="operation",
            type="enum",
            sources=("operation.cleanOperationMode",),
            values={"HOMING": "home"},
            brings={"start": "running", "resume": "running", "pause": "paused", "home": "returning"},
        ),
        Row(name="mode", type="enum", sources=("robotCleanerJobMode.currentJobMode",)),
        Row(name="battery", type="integer", sources=("battery.percent",), unit="%"),
        Row(name="battery_level", type="enum", sources=("battery.level",)),
        _ERROR,
    ),
    start={"SLEEP": ("WAKE_UP",), "PAUSE": ("RESUME",)},
)

AIR_PURIFIER = ApplianceType(
    "air_purifier",
    (
        Row(name="power", type="boolean", sources=("operation.airPurifierOperationMode",), values=_POWER),
        Row(name="mode", type="enum", sources=("airPurifierJobMode.currentJobMode",)),
        Row(name="fan_mode", type="enum", sources=_FAN_SOURCES, values=_WIND),
        *_AIR,
        _ERROR,
    ),
    needs_power=frozenset({"mode"}),
)

TYPES: Mapping[str, ApplianceType] = {
    "DEVICE_AIR_CONDITIONER": AIR_CONDITIONER,
    "DEVICE_WASHER": WASHER,
    "DEVICE_ROBOT_CLEANER": ROBOT_CLEANER,
    "DEVICE_AIR_PURIFIER": AIR_PURIFIER,
}
"""LG's `deviceType` to what we know of it."""
