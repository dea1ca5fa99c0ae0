"""What cleans the floor."""

from __future__ import annotations

from devices.thinq.rows import ERROR, STATUS_ROWS, ApplianceType, Row, clock, minutes, mode, operation, percent

_BATTERY = (
    percent("battery", "battery.percent", "배터리"),
    Row("battery_level", "enum", "battery.level", "배터리 단계", "sensor"),
)

ROBOT_CLEANER = ApplianceType(
    type="vacuum",
    rows=(
        *STATUS_ROWS,
        operation(
            "operation.cleanOperationMode",
            {"start": "running", "resume": "running", "pause": "paused", "home": "returning"},
            HOMING="home",
        ),
        mode("robotCleanerJobMode.currentJobMode", "sensor"),
        *_BATTERY,
        minutes("running_minutes", "timer.runningHour", "timer.runningMinute", "청소한 시간"),
        clock("start_at", "timer.absoluteHourToStart", "timer.absoluteMinuteToStart", "청소 시작 시각"),
        ERROR,
    ),
    start={"SLEEP": ("WAKE_UP",), "PAUSE": ("RESUME",)},
)

STICK_CLEANER = ApplianceType(
    type="stick_cleaner",
    rows=(*STATUS_ROWS, mode("stickCleanerJobMode.currentJobMode", "sensor"), *_BATTERY, ERROR),
)
