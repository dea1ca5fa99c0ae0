"""What the tables in types/ are made of: a row per property, and the rows that many types share.

A table says how a property is called on both sides. Whether an appliance has it, may write it, and between which
bounds comes from that appliance's own profile (profile.py), never from here. ThinQ's names and values are those of
LG's ThinQ Connect API; ours are those of the MQTT contract.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hub.messages import PropertyType
from hub.payloads import Value


@dataclass(frozen=True, slots=True)
class Row:
    """One property: `sources` are its places in a profile (`resource.property`), the first that is there counts.

    Where a resource is a list with an entry for each unit or compartment, a place is `resource[C].property`.
    """

    name: str
    type: PropertyType
    sources: str
    """Places, with spaces between them."""
    noun: str
    """What it is called in Korean."""
    platform: str
    """Home Assistant's platform that shows it."""
    unit: str | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    """ThinQ value to ours, where ours is not simply the lower-case form; None says unknown."""
    parts: Mapping[str, int] = field(default_factory=dict)
    """For durations and times that LG tells as hours and minutes: the place of each, and how much of ours it is."""
    by_mode: Mapping[str, str] = field(default_factory=dict)
    """Where it is written to (and read from, failing `sources`) while the appliance is in a mode of ours."""
    absent: Value = None
    """What it means when the state does not mention it."""
    unless: frozenset[str] = frozenset()
    """Our `status` values during which it says nothing."""
    brings: Mapping[str, str] = field(default_factory=dict)
    """For operations: our operation to the `status` that follows it."""

    def within(self, section: str) -> Row:
        """The same row of one section of the appliance."""
        if not section:
            return self
        return replace(
            self,
            sources=" ".join(f"{section}/{path}" for path in self.sources.split()),
            parts={f"{section}/{path}": size for path, size in self.parts.items()},
            by_mode={mode: f"{section}/{path}" for mode, path in self.by_mode.items()},
        )

    def of_zone(self, zone: str, noun: str) -> Row:
        """The same row of one of several zones that one device has, by a name of its own."""
        return replace(self.within(zone), name=f"{zone.lower()}_{self.name}", noun=f"{noun} {self.noun}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplianceType:
    """One type of appliance: our name for it, and its properties in the order in which commands must go out."""

    type: str
    rows: tuple[Row, ...]
    zones: tuple[Row, ...] = ()
    """Properties of every zone (burner, shelf) of the one device; without any, each location is a device."""
    halves: Mapping[str, ApplianceType] = field(default_factory=dict)
    """For two machines in one: the key of each in profile and state, and what it is."""
    needs_power: frozenset[str] = frozenset()
    """Properties that an appliance which is off can only take after it has been turned on."""
    start: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """`runState.currentState` to the ThinQ operations that starting means there; START everywhere else."""
    together: tuple[str, ...] = ()
    """Properties that one request carries, all of them, as far as they can be told."""
    heats: Mapping[str, float] = field(default_factory=dict)
    """Properties that may make something hot, and the value above which they do: a person is asked first."""


RUN_STATE = "runState.currentState"

POWER_VALUES: Mapping[str, Value] = {"POWER_ON": True, "POWER_OFF": False}
SWITCH: Mapping[str, Value] = {"ON": True, "OFF": False}
WIND: Mapping[str, Value] = {"MID": "medium"}
LEVELS: Mapping[str, Value] = {"INVALID": None}
DOORS: Mapping[str, Value] = {"OPEN": "open", "CLOSE": "closed"}

_STATES: Mapping[str, str] = {
    "off": "POWER_OFF",
    "idle": "INITIAL SLEEP STANDBY SETDATE PREFERENCE OVEN_SETTING FROZEN_PREVENT_INITIAL PROOFING LOCK",
    "paused": "PAUSE PAUSED RINSE_HOLD ADD_DRAIN FROZEN_PREVENT_PAUSE",
    "ended": "END COMPLETE DONE RUNNING_END COOK_COMPLETE CLEANING_IS_DONE CANCEL",
    "preheated": "PREHEATING_IS_DONE PREHEAT_COMPLETE",
    "reserved": "RESERVED RESERVATION",
    "charging": "CHARGING",
    "returning": "HOMING",
    "error": "ERROR POWER_FAIL",
    "running": "DETECTING SOAKING RUNNING RINSING SPINNING DRYING COOL_DOWN REFRESHING STEAM_SOFTENING SMART_GRID_RUN "
    "DETERGENT_AMOUNT PREWASH SHOES_MODULE DISPENSING SOFTENING CHECKING_TURBIDITY CHANGE_CONDITION DISPLAY_LOADSIZE "
    "FROZEN_PREVENT_RUNNING COOLING WRINKLE_CARE NIGHT_DRY PRESTEAM PREHEAT STEAM STAY END_COOLING STERILIZE "
    "PREHEATING COOKING_IN_PROGRESS COOKING CLEANING COOK FIRMWARE FOTA DIAGNOSIS INITIALIZING WORKING MACROSECTOR "
    "MONITORING_DETECTING MONITORING_MOVING MONITORING_POSITIONING",
}
STATUS: Mapping[str, Value] = {word: ours for ours, words in _STATES.items() for word in words.split()}
"""`currentState` of every machine, as one of a few words that mean the same for all; `phase` keeps LG's own."""

RESTING = frozenset({"off", "idle", "ended"})
"""What the display shows then is the course that is dialled in, not what is left of it."""


def power(source: str, platform: str = "switch") -> Row:
    """On or off."""
    return Row("power", "boolean", source, "전원", platform, values=POWER_VALUES)


def mode(source: str, platform: str = "select", **values: Value) -> Row:
    """What it does; `values` name ThinQ's words that we call otherwise."""
    return Row("mode", "enum", source, "모드", platform, values=values)


def fan_mode(platform: str = "select", source: str = "airFlow.windStrengthDetail airFlow.windStrength") -> Row:
    """How strong the wind blows, in words."""
    return Row("fan_mode", "enum", source, "바람 세기", platform, values=WIND)


def operation(source: str, brings: Mapping[str, str], **values: Value) -> Row:
    """What it can be told to do; `brings` is our operation to the status that follows."""
    return Row("operation", "enum", source, "작동", "button", values=values, brings=brings)


def target(
    source: str, platform: str, noun: str = "희망 온도", name: str = "target_temperature", **by_mode: str
) -> Row:
    """A temperature to be reached."""
    return Row(name, "number", source, noun, platform, "°C", by_mode=by_mode)


def degrees(name: str, source: str, noun: str) -> Row:
    """A temperature that is measured."""
    return Row(name, "number", source, noun, "sensor", "°C")


def percent(name: str, source: str, noun: str) -> Row:
    """A share of a hundred that is measured."""
    return Row(name, "number", source, noun, "sensor", "%")


def minutes(name: str, hour: str, minute: str, noun: str, *, platform: str = "sensor", running: bool = False) -> Row:
    """A duration that LG tells as hours and minutes; with `running` it means something only while the machine runs."""
    unless = RESTING if running else frozenset()
    return Row(name, "integer", "", noun, platform, "min", parts={hour: 60, minute: 1}, unless=unless)


def clock(name: str, hour: str, minute: str, noun: str) -> Row:
    """A time of day; nothing where none is set."""
    return Row(name, "time", "", noun, "time", parts={hour: 60, minute: 1})


STATUS_ROWS = (
    Row("status", "enum", RUN_STATE, "상태", "sensor", values=STATUS),
    Row("phase", "enum", RUN_STATE, "단계", "sensor"),
)
REMOTE = Row("remote_control", "boolean", "remoteControlEnable.remoteControlEnabled", "원격 제어", "binary_sensor")
ERROR = Row("error", "enum", "error", "오류", "sensor", absent="none")

REMAINING = minutes("remaining_minutes", "timer.remainHour", "timer.remainMinute", "남은 시간", running=True)
TOTAL = minutes("total_minutes", "timer.totalHour", "timer.totalMinute", "전체 시간")
DELAY_START = Row("delay_start_hours", "integer", "timer.relativeHourToStart", "시작 예약", "number", "h")
DELAY_END = Row("delay_end_hours", "integer", "timer.relativeHourToStop", "종료 예약", "number", "h")

TIMERS = (
    minutes(
        "start_in_minutes", "timer.relativeHourToStart", "timer.relativeMinuteToStart", "켜짐 예약", platform="number"
    ),
    minutes("end_in_minutes", "timer.relativeHourToStop", "timer.relativeMinuteToStop", "꺼짐 예약", platform="number"),
    minutes(
        "sleep_minutes", "sleepTimer.relativeHourToStop", "sleepTimer.relativeMinuteToStop", "취침 예약",
        platform="number",
    ),
    clock("start_at", "timer.absoluteHourToStart", "timer.absoluteMinuteToStart", "켜짐 시각"),
    clock("end_at", "timer.absoluteHourToStop", "timer.absoluteMinuteToStop", "꺼짐 시각"),
)  # fmt: skip

AIR = (
    Row("pm1", "number", "airQualitySensor.PM1", "극초미세먼지", "sensor", "µg/m³"),
    Row("pm25", "number", "airQualitySensor.PM2", "초미세먼지", "sensor", "µg/m³"),
    Row("pm10", "number", "airQualitySensor.PM10", "미세먼지", "sensor", "µg/m³"),
    Row("carbon_dioxide", "number", "airQualitySensor.CO2", "이산화탄소", "sensor", "ppm"),
    percent("humidity", "airQualitySensor.humidity", "습도"),
    degrees("current_temperature", "airQualitySensor.temperature", "실내 온도"),
    Row("air_quality", "enum", "airQualitySensor.totalPollutionLevel", "공기질", "sensor", values=LEVELS),
    Row("odor", "enum", "airQualitySensor.odorLevel", "냄새", "sensor", values=LEVELS),
    Row(
        "monitoring", "enum", "airQualitySensor.monitoringEnabled", "공기질 측정", "select",
        values={"ON_WORKING": "while_running"},
    ),
    percent("filter", "filterInfo.filterRemainPercent", "필터"),
    percent("top_filter", "filterInfo.topFilterRemainPercent", "위쪽 필터"),
)  # fmt: skip
