"""What cools, heats, brews and purifies in the kitchen."""

from __future__ import annotations

from devices.thinq.rows import (
    DOORS,
    ERROR,
    REMAINING,
    REMOTE,
    STATUS,
    STATUS_ROWS,
    SWITCH,
    ApplianceType,
    Row,
    minutes,
    mode,
    operation,
    percent,
    target,
)

_COMPARTMENTS = {"FRIDGE": "냉장실", "FREEZER": "냉동실", "CONVERTIBLE": "변온실"}
_SHELVES = {
    "TOP": "위칸",
    "MIDDLE": "가운데칸",
    "BOTTOM": "아래칸",
    "LEFT": "왼쪽 칸",
    "RIGHT": "오른쪽 칸",
    "SINGLE": "칸",
}
_CELLARS = {"WINE_UPPER": "위칸", "WINE_MIDDLE": "가운데칸", "WINE_LOWER": "아래칸"}

REFRIGERATOR = ApplianceType(
    type="refrigerator",
    rows=(
        *(
            target(
                f"temperatureInUnits[{place}].targetTemperatureC", "number", f"{noun} 온도",
                f"{place.lower()}_temperature",
            )
            for place, noun in _COMPARTMENTS.items()
        ),
        Row("express_freeze", "boolean", "refrigeration.expressMode", "급속 냉동", "switch"),
        Row("rapid_freeze", "boolean", "refrigeration.rapidFreeze", "빠른 냉동", "switch"),
        Row("express_fridge", "boolean", "refrigeration.expressFridge", "급속 냉장", "switch"),
        Row("express_mode_name", "enum", "refrigeration.expressModeName", "급속 기능", "sensor"),
        Row("fresh_air_filter", "enum", "refrigeration.freshAirFilter", "청정 필터", "select"),
        percent("filter", "refrigeration.freshAirFilterRemainPercent", "필터"),
        Row("power_save", "boolean", "powerSave.powerSaveEnabled", "절전", "binary_sensor"),
        Row("eco_friendly", "boolean", "ecoFriendly.ecoFriendlyMode", "에코", "binary_sensor"),
        Row("sabbath", "boolean", "sabbath.sabbathMode", "안식일", "binary_sensor"),
        Row("door", "enum", "doorStatus[MAIN].doorState", "문", "binary_sensor", values=DOORS),
        Row("water_filter_used", "integer", "waterFilterInfo.usedTime", "정수 필터 사용 기간", "sensor"),
        Row("water_filter_state", "enum", "waterFilterInfo.waterFilterState", "정수 필터 상태", "sensor"),
        *(
            percent(f"water_filter_{n}", f"waterFilterInfo.waterFilter{n}RemainPercent", f"정수 필터 {n}")
            for n in (1, 2, 3)
        ),
        ERROR,
    ),
)  # fmt: skip

KIMCHI_REFRIGERATOR = ApplianceType(
    type="kimchi_refrigerator",
    rows=(
        *(
            Row(f"{place.lower()}_setting", "enum", f"temperature[{place}].targetTemperature", f"{noun} 설정", "sensor")
            for place, noun in _SHELVES.items()
        ),
        Row("one_touch_filter", "boolean", "refrigeration.oneTouchFilter", "원터치 필터", "binary_sensor",
            values=SWITCH),
        Row("fresh_air_filter", "enum", "refrigeration.freshAirFilter", "청정 필터", "sensor"),
        Row("door", "enum", "doorStatus[MAIN].doorState", "문", "binary_sensor", values=DOORS),
        ERROR,
    ),
)  # fmt: skip

WINE_CELLAR = ApplianceType(
    type="wine_cellar",
    rows=(
        *(
            target(
                f"temperatureInUnits[{place}].targetTemperatureC", "number", f"{noun} 온도",
                f"{place.removeprefix('WINE_').lower()}_temperature",
            )
            for place, noun in _CELLARS.items()
        ),
        Row("brightness", "integer", "operation.lightStatus", "조명", "number", "%"),
        Row("light_brightness", "enum", "operation.lightBrightness", "조명 밝기", "select"),
        Row("optimal_humidity", "enum", "operation.optimalHumidity", "적정 습도", "select"),
        Row("sabbath", "boolean", "operation.sabbathMode", "안식일", "binary_sensor", values=SWITCH),
        ERROR,
    ),
)  # fmt: skip

OVEN = ApplianceType(
    type="oven",
    rows=(
        *STATUS_ROWS,
        operation(
            "operation.ovenOperationMode", {"start": "running", "preheat": "running", "stop": "idle"},
            PREHEATING="preheat",
        ),
        mode("cook.cookMode"),
        target("temperature[C].targetTemperature", "number"),
        Row(
            "run_seconds", "integer", "", "조리 시간", "number", "s",
            parts={"timer.targetHour": 3600, "timer.targetMinute": 60, "timer.targetSecond": 1},
        ),
        REMAINING,
        minutes("kitchen_timer_minutes", "timer.timerHour", "timer.timerMinute", "주방 타이머", platform="number"),
        REMOTE,
        ERROR,
    ),
    together=("operation", "mode", "target_temperature", "run_seconds"),
    heats={"operation": 0, "mode": 0, "target_temperature": 0, "run_seconds": 0},
)  # fmt: skip

COOKTOP = ApplianceType(
    type="cooktop",
    rows=(operation("operation.operationMode", {}), ERROR),
    zones=(
        Row("status", "enum", "cookingZone.currentState", "상태", "sensor", values=STATUS),
        Row("power_level", "integer", "power.powerLevel", "화력", "number"),
        minutes("minutes", "timer.remainHour", "timer.remainMinute", "타이머", platform="number"),
        REMOTE,
    ),
    together=("power_level", "minutes"),
    heats={"power_level": 0, "minutes": 0},
)

_AIR_AND_LAMP = (
    Row("fan_step", "integer", "ventilation.fanSpeed", "바람 단계", "fan"),
    Row("lamp", "integer", "lamp.lampBrightness", "조명", "number"),
)

HOOD = ApplianceType(
    type="hood",
    rows=(
        Row("running", "boolean", "operation.hoodOperationMode", "작동", "binary_sensor",
            values={"POWER_ON": True, "POWER_OFF": False}),
        *_AIR_AND_LAMP,
        ERROR,
    ),
    together=("fan_step", "lamp"),
)  # fmt: skip

MICROWAVE_OVEN = ApplianceType(
    type="microwave_oven",
    rows=(
        *STATUS_ROWS,
        REMAINING,
        *_AIR_AND_LAMP,
        ERROR,
    ),
    together=("fan_step", "lamp"),
)  # fmt: skip

WATER_PURIFIER = ApplianceType(
    type="water_purifier",
    rows=(
        Row("status", "enum", "runState.cockState", "상태", "sensor", values={"NORMAL": "idle", "CLEANING": "running"}),
        Row("sterilize", "enum", "runState.sterilizingState", "살균", "sensor"),
        Row("water_type", "enum", "waterInfo.waterType", "물", "sensor"),
        ERROR,
    ),
)

HOME_BREW = ApplianceType(
    type="home_brew",
    rows=(
        *STATUS_ROWS,
        Row("recipe", "string", "recipe.recipeName", "레시피", "sensor"),
        percent("beer", "recipe.beerRemain", "남은 맥주"),
        Row("wort", "string", "recipe.wortInfo", "맥즙", "sensor"),
        Row("yeast", "string", "recipe.yeastInfo", "효모", "sensor"),
        Row("hop_oil", "string", "recipe.hopOilInfo", "홉 오일", "sensor"),
        Row("flavor", "string", "recipe.flavorInfo", "향", "sensor"),
        Row("days", "integer", "timer.elapsedDayState", "이번 단계 날수", "sensor", "d"),
        Row("total_days", "integer", "timer.elapsedDayTotal", "담근 날수", "sensor", "d"),
        ERROR,
    ),
)
