"""What grows plants."""

from __future__ import annotations

from devices.thinq.rows import ERROR, ApplianceType, Row, degrees

PLANT_CULTIVATOR = ApplianceType(
    type="plant_cultivator",
    rows=(ERROR,),
    zones=(
        Row("status", "enum", "runState.currentState", "상태", "sensor"),
        Row("growth", "enum", "runState.growthMode", "재배 모드", "sensor"),
        Row("wind", "enum", "runState.windVolume", "바람", "sensor"),
        Row("brightness", "number", "light.brightness", "조명 밝기", "sensor", "%"),
        Row("light_hours", "number", "light.duration", "조명 시간", "sensor", "h"),
        Row("light_from", "time", "", "조명 시작", "sensor", parts={"light.startHour": 60, "light.startMinute": 1}),
        degrees("day_temperature", "temperature.dayTargetTemperature", "낮 온도"),
        degrees("night_temperature", "temperature.nightTargetTemperature", "밤 온도"),
        Row("temperature_state", "enum", "temperature.temperatureState", "온도 상태", "sensor"),
    ),
)
