"""What heats the floor and the water."""

from __future__ import annotations

from devices.thinq.rows import ERROR, SWITCH, ApplianceType, Row, degrees, mode, power, target

SCALDS = 55.0
"""Degrees of water above which skin burns within seconds."""

_ROOM = "roomTemperatureInUnits[C]"
_HOT = "hotWaterTemperatureInUnits[C]"

SYSTEM_BOILER = ApplianceType(
    type="system_boiler",
    rows=(
        power("operation.boilerOperationMode", "climate"),
        mode("boilerJobMode.currentJobMode", "climate"),
        target(
            f"{_ROOM}.targetTemperature", "climate",
            heat=f"{_ROOM}.airHeatTargetTemperature", cool=f"{_ROOM}.airCoolTargetTemperature",
        ),
        target(f"{_ROOM}.waterHeatTargetTemperature", "number", "난방수 희망 온도", "water_target_temperature"),
        target(f"{_ROOM}.waterCoolTargetTemperature", "number", "냉방수 희망 온도", "water_cool_target_temperature"),
        degrees("current_temperature", f"{_ROOM}.airCurrentTemperature {_ROOM}.currentTemperature", "실내 온도"),
        degrees("out_water_temperature", f"{_ROOM}.outWaterCurrentTemperature", "나가는 물 온도"),
        degrees("in_water_temperature", f"{_ROOM}.inWaterCurrentTemperature", "들어오는 물 온도"),
        Row("hot_water", "boolean", "operation.hotWaterMode", "온수", "switch", values=SWITCH),
        target(f"{_HOT}.targetTemperature", "water_heater", "온수 희망 온도", "hot_water_target_temperature"),
        degrees("hot_water_temperature", f"{_HOT}.currentTemperature", "온수 온도"),
        Row("room_sensor", "enum", "operation.roomTempMode", "온도 기준", "sensor"),
        Row("water_sensor", "enum", "operation.roomWaterMode", "물 온도 기준", "sensor"),
        ERROR,
    ),
    needs_power=frozenset({"mode", "target_temperature"}),
    heats={"hot_water_target_temperature": SCALDS, "water_target_temperature": SCALDS},
)  # fmt: skip

WATER_HEATER = ApplianceType(
    type="water_heater",
    rows=(
        power("operation.waterHeaterOperationMode", "water_heater"),
        mode("waterHeaterJobMode.currentJobMode", "water_heater", VACATION="away"),
        target("temperatureInUnits[C].targetTemperature", "water_heater"),
        degrees("current_temperature", "temperatureInUnits[C].currentTemperature", "물 온도"),
        ERROR,
    ),
    needs_power=frozenset({"mode", "target_temperature"}),
    heats={"target_temperature": SCALDS},
)
