"""What washes, dries and cares for clothes, and for dishes."""

from __future__ import annotations

from devices.thinq.rows import (
    DELAY_END,
    DELAY_START,
    DOORS,
    ERROR,
    REMAINING,
    REMOTE,
    STATUS_ROWS,
    TOTAL,
    ApplianceType,
    Row,
    mode,
    operation,
)

_BRINGS = {"start": "running", "stop": "paused", "power_off": "off"}
_FROM_OFF = {"POWER_OFF": ("POWER_ON", "START"), "SLEEP": ("WAKE_UP",)}

_MACHINE = (REMOTE, REMAINING, TOTAL, DELAY_START, DELAY_END)

_WASHING = (
    *STATUS_ROWS,
    operation("operation.washerOperationMode", _BRINGS),
    mode("mode.washerMode"),
    *_MACHINE,
    Row("detergent", "enum", "detergent.detergentSetting", "세제", "sensor"),
    Row("cycles", "integer", "cycle.cycleCount", "세탁 횟수", "sensor"),
    ERROR,
)

WASHER = ApplianceType(type="washer", rows=_WASHING, start=_FROM_OFF)

DRYER = ApplianceType(
    type="dryer",
    rows=(*STATUS_ROWS, operation("operation.dryerOperationMode", _BRINGS), *_MACHINE, ERROR),
    start=_FROM_OFF,
)

WASHTOWER = ApplianceType(type="washtower", rows=(), halves={"washer": WASHER, "dryer": DRYER})

WASHCOMBO = ApplianceType(type="washer", rows=_WASHING, start=_FROM_OFF, together=("operation", "mode"))

STYLER = ApplianceType(
    type="styler",
    rows=(*STATUS_ROWS, operation("operation.stylerOperationMode", _BRINGS), *_MACHINE, ERROR),
    start=_FROM_OFF,
)

DISH_WASHER = ApplianceType(
    type="dish_washer",
    rows=(
        *STATUS_ROWS,
        operation("operation.dishWasherOperationMode", _BRINGS),
        *_MACHINE,
        Row("course", "enum", "dishWashingCourse.currentDishWashingCourse", "코스", "sensor"),
        Row("door", "enum", "doorStatus.doorState", "문", "binary_sensor", values=DOORS),
        Row("rinse_refill", "boolean", "dishWashingStatus.rinseRefill", "린스 보충", "binary_sensor"),
        Row("rinse_level", "enum", "preference.rinseLevel", "린스 단계", "sensor"),
        Row("softening_level", "enum", "preference.softeningLevel", "연수 단계", "sensor"),
        Row("signal_level", "enum", "preference.signalLevel", "알림음 크기", "sensor"),
        Row("machine_clean_reminder", "boolean", "preference.mCReminder", "통세척 알림", "binary_sensor"),
        Row("clean_light_reminder", "boolean", "preference.cleanLReminder", "세척등 알림", "binary_sensor"),
        ERROR,
    ),
    start=_FROM_OFF,
)
