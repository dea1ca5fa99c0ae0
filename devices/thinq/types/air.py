"""What moves, cools, cleans, wets and dries the air."""

from __future__ import annotations

from devices.thinq.rows import (
    AIR,
    ERROR,
    SWITCH,
    TIMERS,
    ApplianceType,
    Row,
    degrees,
    fan_mode,
    mode,
    percent,
    power,
    target,
)

_START_STOP = {"START": True, "STOP": False}

_WINDS = {
    # our property: LG's, and what the wind is called
    "swing_vertical": ("rotateUpDown", "상하 바람"),
    "swing_horizontal": ("rotateLeftRight", "좌우 바람"),
    "wind_forest": ("forestWind", "숲속 바람"),
    "wind_air_guide": ("airGuideWind", "에어가이드 바람"),
    "wind_high_ceiling": ("highCeilingWind", "하이실링 바람"),
    "wind_auto_fit": ("autoFitWind", "자동 맞춤 바람"),
    "wind_concentration": ("concentrationWind", "집중 바람"),
    "wind_swirl": ("swirlWind", "회오리 바람"),
    "wind_manner": ("mannerWind", "매너 바람"),
    "wind_long_power": ("longPowerWind", "롱파워 바람"),
}

AIR_CONDITIONER = ApplianceType(
    type="climate",
    rows=(
        power("operation.airConOperationMode", "climate"),
        mode("airConJobMode.currentJobMode", "climate", AIR_DRY="dry", FAN="fan_only"),
        target(
            "temperatureInUnits[C].targetTemperature temperature.targetTemperature",
            "climate",
            cool="temperatureInUnits[C].coolTargetTemperature",
            heat="temperatureInUnits[C].heatTargetTemperature",
            auto="temperatureInUnits[C].autoTargetTemperature",
        ),
        target("twoSetTemperatureInUnits[C].heatTargetTemperature", "climate", "하한 온도", "target_temperature_low"),
        target("twoSetTemperatureInUnits[C].coolTargetTemperature", "climate", "상한 온도", "target_temperature_high"),
        degrees(
            "current_temperature",
            "temperatureInUnits[C].currentTemperature temperature.currentTemperature",
            "실내 온도",
        ),
        fan_mode("climate"),
        Row("fan_step", "integer", "airFlow.windStep", "바람 단계", "number"),
        *(
            Row(name, "boolean", f"windDirection.{theirs}", noun, "switch")
            for name, (theirs, noun) in _WINDS.items()
        ),
        Row("air_clean", "boolean", "operation.airCleanOperationMode", "공기청정", "switch", values=_START_STOP),
        Row("power_save", "boolean", "powerSave.powerSaveEnabled", "절전", "switch"),
        Row("display_light", "boolean", "display.light", "표시등", "switch", values=SWITCH),
        *TIMERS,
        *AIR,
        ERROR,
    ),
    needs_power=frozenset({"mode", "target_temperature"}),
)  # fmt: skip

AIR_PURIFIER = ApplianceType(
    type="air_purifier",
    rows=(
        power("operation.airPurifierOperationMode", "fan"),
        mode("airPurifierJobMode.currentJobMode"),
        fan_mode("fan"),
        Row("personalization", "enum", "airPurifierJobMode.personalizationMode", "맞춤 청정", "sensor"),
        *TIMERS,
        *AIR,
        ERROR,
    ),
    needs_power=frozenset({"mode"}),
)

AIR_PURIFIER_FAN = ApplianceType(
    type="air_purifier",
    rows=(
        power("operation.airFanOperationMode", "fan"),
        mode("airFanJobMode.currentJobMode"),
        fan_mode("fan", "airFlow.windStrength"),
        Row("warm", "boolean", "airFlow.warmMode", "온풍", "switch", values={"WARM_ON": True, "WARM_OFF": False}),
        Row("wind_temperature", "number", "airFlow.windTemperature", "바람 온도", "number", "°C"),
        Row("wind_angle", "enum", "airFlow.windAngle", "회전 각도", "select"),
        Row("display_brightness", "enum", "display.light", "표시등", "select"),
        Row("sterilize", "boolean", "misc.uvNano", "UV나노", "switch", values=SWITCH),
        *TIMERS,
        *AIR,
        ERROR,
    ),
    needs_power=frozenset({"mode"}),
    heats={"warm": 0},
)

HUMIDIFIER = ApplianceType(
    type="humidifier",
    rows=(
        power("operation.humidifierOperationMode", "humidifier"),
        mode("humidifierJobMode.currentJobMode", "humidifier"),
        Row("target_humidity", "integer", "humidity.targetHumidity", "희망 습도", "humidifier", "%"),
        fan_mode(),
        Row("auto", "boolean", "operation.autoMode", "자동", "switch", values={"AUTO_ON": True, "AUTO_OFF": False}),
        Row("sleep", "boolean", "operation.sleepMode", "취침", "switch", values={"SLEEP_ON": True, "SLEEP_OFF": False}),
        Row("hygiene_dry", "enum", "operation.hygieneDryMode", "위생 건조", "select"),
        Row("warm", "boolean", "humidity.warmMode", "가열", "switch", values={"WARM_ON": True, "WARM_OFF": False}),
        Row("display_brightness", "enum", "display.light", "표시등", "select"),
        Row("light", "boolean", "moodLamp.moodLampState", "무드등", "switch", values=SWITCH),
        *TIMERS,
        *AIR,
        ERROR,
    ),
    needs_power=frozenset({"mode", "target_humidity"}),
    heats={"warm": 0},
)

DEHUMIDIFIER = ApplianceType(
    type="dehumidifier",
    rows=(
        power("operation.dehumidifierOperationMode", "humidifier"),
        mode(
            "dehumidifierJobMode.currentJobMode", "humidifier",
            RAPID_HUMIDITY="fast", QUIET_HUMIDITY="silent", SMART_HUMIDITY="smart",
        ),
        Row("target_humidity", "integer", "humidity.targetHumidity", "희망 습도", "humidifier", "%"),
        percent("humidity", "humidity.currentHumidity", "습도"),
        fan_mode(source="airFlow.windStrengthLevel airFlow.windStrength"),
        ERROR,
    ),
    needs_power=frozenset({"mode", "target_humidity"}),
)  # fmt: skip

VENTILATOR = ApplianceType(
    type="ventilator",
    rows=(
        power("operation.ventOperationMode", "fan"),
        mode(
            "ventJobMode.currentJobMode",
            VENT_AUTO="auto",
            VENT_NATURE="nature",
            VENT_HEAT_EXCHANGE="heat_exchange",
        ),
        fan_mode("fan", "airFlow.windStrength"),
        degrees("current_temperature", "temperature.currentTemperature", "실내 온도"),
        *TIMERS,
        *AIR,
        ERROR,
    ),
    needs_power=frozenset({"mode"}),
)

CEILING_FAN = ApplianceType(
    type="ceiling_fan",
    rows=(power("operation.ceilingfanOperationMode", "fan"), fan_mode("fan", "airFlow.windStrength"), ERROR),
)
