"""Every setter of LG's SDK, called over HTTP, and what the state is after it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from thinqconnect import ThinQAPIException

from devices.thinq.simulator.cloud import Simulator
from devices.thinq.simulator.fields import get, put
from devices.thinq.simulator.household import showroom


@dataclass(frozen=True)
class Call:
    """A setter of a device or of one of its sub devices, and the part of the state that it concerns."""

    device: str
    setter: str
    arguments: tuple[Any, ...]
    after: dict[str, Any]
    before: dict[str, Any] = field(default_factory=dict)
    sub: str = ""
    part: str = ""

    def __str__(self) -> str:
        return f"{self.device}{f'-{self.sub}' if self.sub else ''}-{self.setter}-{'-'.join(map(str, self.arguments))}"


def both(resource: str, name: str, celsius: float, fahrenheit: float) -> dict[str, Any]:
    return {f"{resource}[C].{name}": celsius, f"{resource}[F].{name}": fahrenheit}


def clock_timer(event: str) -> tuple[Any, ...]:
    shown = {f"absoluteHourTo{event}": 7, f"absoluteMinuteTo{event}": 30, f"absolute{event}Timer": "SET"}
    return f"set_absolute_time_to_{event.lower()}", (7, 30), {f"timer.{name}": value for name, value in shown.items()}


def hours(event: str, hour: int, resource: str = "timer", minute: int = 0) -> dict[str, Any]:
    return {f"{resource}.relativeHourTo{event}": hour, f"{resource}.relativeMinuteTo{event}": minute}


MODE = "airConJobMode.currentJobMode"
TARGETS = "temperatureInUnits"
PAIR = "twoSetTemperatureInUnits"
TWO_SET = {MODE: "AUTO", "twoSetTemperature.twoSetEnabled": True}
WINDS = {
    "rotate_up_down": "rotateUpDown",
    "rotate_left_right": "rotateLeftRight",
    "forest": "forestWind",
    "air_guide": "airGuideWind",
    "high_ceiling": "highCeilingWind",
    "auto_fit": "autoFitWind",
    "concentration": "concentrationWind",
    "swirl": "swirlWind",
    "manner": "mannerWind",
    "long_power": "longPowerWind",
}

AIR_CONDITIONER = [
    ("set_air_con_operation_mode", ("POWER_OFF",), {"operation.airConOperationMode": "POWER_OFF"}),
    ("set_air_clean_operation_mode", ("START",), {"operation.airConOperationMode": "POWER_ON"}),
    ("set_current_job_mode", ("AIR_DRY",), {MODE: "AIR_DRY"}),
    ("set_cool_target_temperature_c", (23.5,), both(TARGETS, "targetTemperature", 23.5, 74)),
    ("set_cool_target_temperature_f", (70,), both(TARGETS, "targetTemperature", 21, 70)),
    ("set_heat_target_temperature_c", (20,), both(TARGETS, "targetTemperature", 20, 68), {MODE: "HEAT"}),
    ("set_heat_target_temperature_f", (64,), both(TARGETS, "targetTemperature", 18, 64), {MODE: "HEAT"}),
    ("set_auto_target_temperature_c", (24,), both(TARGETS, "targetTemperature", 24, 75), {MODE: "AUTO"}),
    ("set_auto_target_temperature_f", (72,), both(TARGETS, "targetTemperature", 22, 72), {MODE: "AUTO"}),
    ("set_two_set_heat_target_temperature_c", (19,), both(PAIR, "heatTargetTemperature", 19, 66), TWO_SET),
    ("set_two_set_heat_target_temperature_f", (66,), both(PAIR, "heatTargetTemperature", 19, 66), TWO_SET),
    ("set_two_set_cool_target_temperature_c", (28,), both(PAIR, "coolTargetTemperature", 28, 82), TWO_SET),
    ("set_two_set_cool_target_temperature_f", (82,), both(PAIR, "coolTargetTemperature", 28, 82), TWO_SET),
    (
        "set_two_set_heat_cool_target_temperature_c",
        (18, 27),
        both(PAIR, "heatTargetTemperature", 18, 64) | both(PAIR, "coolTargetTemperature", 27, 81),
        TWO_SET,
    ),
    (
        "set_two_set_heat_cool_target_temperature_f",
        (64, 80),
        both(PAIR, "heatTargetTemperature", 18, 64) | both(PAIR, "coolTargetTemperature", 26.5, 80),
        TWO_SET,
    ),
    ("set_relative_time_to_start", (1, 30), hours("Start", 1, minute=30) | {"timer.relativeStartTimer": "SET"}),
    ("set_relative_time_to_stop", (2, 0), hours("Stop", 2) | {"timer.relativeStopTimer": "SET"}),
    clock_timer("Start"),
    clock_timer("Stop"),
    ("set_sleep_timer_relative_time_to_stop", (1, 30), hours("Stop", 1, "sleepTimer", 30)),
    ("set_power_save_enabled", (True,), {"powerSave.powerSaveEnabled": True}),
    ("set_wind_strength", ("HIGH",), {"airFlow.windStrengthDetail": "HIGH"}),
    ("set_wind_step", (5,), {"airFlow.windStep": 5}),
    ("set_monitoring_enabled", ("ALWAYS",), {"airQualitySensor.monitoringEnabled": "ALWAYS"}),
    ("set_display_light", ("OFF",), {"display.light": "OFF"}),
    *(
        (f"set_wind_{ours}", (theirs != "rotateUpDown",), {f"windDirection.{theirs}": theirs != "rotateUpDown"})
        for ours, theirs in WINDS.items()
    ),
]

AIR_PURIFIER = [
    ("set_air_purifier_operation_mode", ("POWER_OFF",), {"operation.airPurifierOperationMode": "POWER_OFF"}),
    ("set_current_job_mode", ("BABY_CARE",), {"airPurifierJobMode.currentJobMode": "BABY_CARE"}),
    clock_timer("Start"),
    clock_timer("Stop"),
    ("set_sleep_timer_relative_time_to_stop", (4,), hours("Stop", 4, "sleepTimer")),
    ("set_wind_strength", ("POWER",), {"airFlow.windStrength": "POWER"}),
]

AIR_PURIFIER_FAN = [
    ("set_air_fan_operation_mode", ("POWER_OFF",), {"operation.airFanOperationMode": "POWER_OFF"}),
    ("set_current_job_mode", ("SPOT_CLEAN",), {"airFanJobMode.currentJobMode": "SPOT_CLEAN"}),
    clock_timer("Start"),
    clock_timer("Stop"),
    ("set_sleep_timer_relative_time_to_stop", (4,), hours("Stop", 4, "sleepTimer")),
    ("set_warm_mode", ("WARM_ON",), {"airFlow.warmMode": "WARM_ON"}),
    ("set_wind_temperature", (28,), {"airFlow.windTemperature": 28}),
    ("set_wind_strength", ("WIND_9",), {"airFlow.windStrength": "WIND_9"}),
    ("set_wind_angle", ("ANGLE_140",), {"airFlow.windAngle": "ANGLE_140"}),
    ("set_display_light", ("LEVEL_3",), {"display.light": "LEVEL_3"}),
    ("set_uv_nano", ("ON",), {"misc.uvNano": "ON"}),
]

HUMIDIFIER = [
    ("set_humidifier_operation_mode", ("POWER_OFF",), {"operation.humidifierOperationMode": "POWER_OFF"}),
    ("set_current_job_mode", ("AIR_CLEAN",), {"humidifierJobMode.currentJobMode": "AIR_CLEAN"}),
    ("set_auto_mode", ("AUTO_ON",), {"operation.autoMode": "AUTO_ON"}),
    ("set_sleep_mode", ("SLEEP_ON",), {"operation.sleepMode": "SLEEP_ON"}),
    ("set_hygiene_dry_mode", ("SILENT",), {"operation.hygieneDryMode": "SILENT"}),
    clock_timer("Start"),
    clock_timer("Stop"),
    ("set_sleep_timer_relative_time_to_stop", (2, 15), hours("Stop", 2, "sleepTimer", 15)),
    ("set_target_humidity", (60,), {"humidity.targetHumidity": 60}),
    ("set_warm_mode", ("WARM_ON",), {"humidity.warmMode": "WARM_ON"}),
    ("set_wind_strength", ("HIGH",), {"airFlow.windStrength": "HIGH"}),
    ("set_display_light", ("OFF",), {"display.light": "OFF"}),
    ("set_mood_lamp_state", ("ON",), {"moodLamp.moodLampState": "ON"}),
]

DEHUMIDIFIER = [
    ("set_dehumidifier_operation_mode", ("POWER_OFF",), {"operation.dehumidifierOperationMode": "POWER_OFF"}),
    ("set_current_job_mode", ("CLOTHES_DRY",), {"dehumidifierJobMode.currentJobMode": "CLOTHES_DRY"}),
    ("set_target_humidity", (45,), {"humidity.targetHumidity": 45}),
    ("set_wind_strength", ("LOW",), {"airFlow.windStrengthLevel": "LOW"}),
]

VENTILATOR = [
    ("set_ventilator_operation_mode", ("POWER_OFF",), {"operation.ventOperationMode": "POWER_OFF"}),
    ("set_current_job_mode", ("VENT_AUTO",), {"ventJobMode.currentJobMode": "VENT_AUTO"}),
    clock_timer("Start"),
    clock_timer("Stop"),
    ("set_sleep_timer_relative_time_to_stop", (3,), hours("Stop", 3, "sleepTimer")),
    ("set_wind_strength", ("POWER",), {"airFlow.windStrength": "POWER"}),
]

CEILING_FAN = [
    ("set_ceiling_fan_operation_mode", ("POWER_OFF",), {"operation.ceilingfanOperationMode": "POWER_OFF"}),
    ("set_wind_strength", ("TURBO",), {"airFlow.windStrength": "TURBO"}),
]

HOT = "hotWaterTemperatureInUnits"
ROOM = "roomTemperatureInUnits"
BOILER_MODE = "boilerJobMode.currentJobMode"
COOL = {BOILER_MODE: "COOL"}
WATER = {"operation.roomTempMode": "WATER"}

SYSTEM_BOILER = [
    ("set_boiler_operation_mode", ("POWER_OFF",), {"operation.boilerOperationMode": "POWER_OFF"}),
    ("set_current_job_mode", ("COOL",), {BOILER_MODE: "COOL"} | both(ROOM, "targetTemperature", 26, 79)),
    ("set_hot_water_mode", ("OFF",), {"operation.hotWaterMode": "OFF"}),
    ("set_hot_water_target_temperature_c", (50,), both(HOT, "targetTemperature", 50, 122)),
    ("set_hot_water_target_temperature_f", (131,), both(HOT, "targetTemperature", 55, 131)),
    ("set_room_air_heat_target_temperature_c", (24.5,), both(ROOM, "airHeatTargetTemperature", 24.5, 76)),
    ("set_room_air_heat_target_temperature_f", (68,), both(ROOM, "targetTemperature", 20, 68)),
    ("set_room_air_cool_target_temperature_c", (25,), both(ROOM, "airCoolTargetTemperature", 25, 77), COOL),
    ("set_room_air_cool_target_temperature_f", (75,), both(ROOM, "targetTemperature", 24, 75), COOL),
    ("set_room_water_heat_target_temperature_c", (45,), both(ROOM, "targetTemperature", 45, 113), WATER),
    ("set_room_water_heat_target_temperature_f", (104,), both(ROOM, "waterHeatTargetTemperature", 40, 104), WATER),
    ("set_room_water_cool_target_temperature_c", (15,), both(ROOM, "targetTemperature", 15, 59), COOL | WATER),
    ("set_room_water_cool_target_temperature_f", (68,), both(ROOM, "targetTemperature", 20, 68), COOL | WATER),
]

WATER_HEATER = [
    ("set_current_job_mode", ("TURBO",), {"waterHeaterJobMode.currentJobMode": "TURBO"}),
    ("set_target_temperature_c", (55,), both(TARGETS, "targetTemperature", 55, 131)),
    ("set_target_temperature_f", (122,), both(TARGETS, "targetTemperature", 50, 122)),
]

STATE = "runState.currentState"
SLEEPS = {STATE: "SLEEP"}


def washing(name: str, working: str, start: int | None = 3, stop: int | None = 6) -> list[tuple[Any, ...]]:
    return [
        (f"set_{name}_operation_mode", ("START",), {STATE: working}),
        (f"set_{name}_operation_mode", ("STOP",), {STATE: "PAUSE"}, {STATE: "RUNNING"}),
        *([("set_relative_hour_to_start", (start,), {STATE: "RESERVED"} | hours("Start", start))] if start else []),
        *([("set_relative_hour_to_stop", (stop,), {STATE: "RESERVED"} | hours("Stop", stop))] if stop else []),
    ]


WASHER = washing("washer", "DETECTING")
DRYER = [*washing("dryer", "DETECTING"), ("set_dryer_operation_mode", ("WAKE_UP",), {STATE: "INITIAL"}, SLEEPS)]
COMBO = [*WASHER, ("set_washer_mode", ("SPEED_WASH",), {"mode.washerMode": "SPEED_WASH", STATE: "DETECTING"})]
STYLER = washing("styler", "PREHEAT", start=None)[:1] + washing("styler", "", start=None)[2:]
DISH_WASHER = washing("dish_washer", "RUNNING", stop=None)

FRESH = "refrigeration.freshAirFilter"
REFRIGERATOR = [
    ("set_rapid_freeze", (True,), {"refrigeration.rapidFreeze": True}),
    ("set_express_mode", (True,), {"refrigeration.expressMode": True}),
    ("set_express_fridge", (True,), {"refrigeration.expressFridge": True}),
    ("set_fresh_air_filter", ("POWER",), {FRESH: "POWER"}),
]


def compartment(place: str, celsius: int, fahrenheit: int) -> list[tuple[Any, ...]]:
    after = {
        f"{TARGETS}[{place}].targetTemperatureC": celsius,
        f"{TARGETS}[{place}].targetTemperatureF": fahrenheit,
    }
    return [
        ("set_target_temperature_c", (celsius,), after),
        ("set_target_temperature_f", (fahrenheit,), after),
    ]


WINE_CELLAR = [
    ("set_light_brightness", ("LEVEL_3",), {"operation.lightBrightness": "LEVEL_3"}),
    ("set_optimal_humidity", ("OFF",), {"operation.optimalHumidity": "OFF"}),
    ("set_light_status", (75,), {"operation.lightStatus": 75}),
]

FAN, LAMP = "ventilation.fanSpeed", "lamp.lampBrightness"
HOOD = [
    ("set_fan_speed", (3,), {FAN: 3, LAMP: 1}),
    ("set_lamp_brightness", (2,), {FAN: 0, LAMP: 2}),
    ("set_fan_speed_lamp_brightness", (4, 0), {FAN: 4, LAMP: 0}),
]

BUSY = {STATE: "COOKING_IN_PROGRESS", "cook.cookMode": "BAKE"}
OVEN = [
    ("set_oven_operation_mode", ("PREHEATING",), {STATE: "PREHEATING"}),
    ("set_oven_operation_mode", ("STOP",), {STATE: "INITIAL", "cook.cookMode": "NONE"}, BUSY),
    ("set_cook_mode", ("ROAST",), {STATE: "COOKING_IN_PROGRESS", "cook.cookMode": "ROAST"}, BUSY),
    (
        "set_cook_mode_with_temperature_c",
        ("BAKE", 200),
        {STATE: "PREHEATING", "cook.cookMode": "BAKE", "temperature.targetTemperature": 200, "temperature.unit": "C"},
    ),
    (
        "set_cook_mode_with_temperature_f",
        ("ROAST", 400),
        {STATE: "PREHEATING", "cook.cookMode": "ROAST", "temperature.targetTemperature": 400, "temperature.unit": "F"},
    ),
    ("set_target_temperature_c", (220,), {"temperature.targetTemperature": 220, "temperature.unit": "C"}, BUSY),
    ("set_target_temperature_f", (350,), {"temperature.targetTemperature": 350, "temperature.unit": "F"}, BUSY),
    ("set_target_time", (1, 20), {"timer.targetHour": 1, "timer.targetMinute": 20, "timer.remainHour": 1}, BUSY),
]

LEVEL, HOUR, MINUTE = "power.powerLevel", "timer.remainHour", "timer.remainMinute"
ZONE = [
    ("set_power_level", (8,), {LEVEL: 8, HOUR: 0, MINUTE: 20, "cookingZone.currentState": "COOK"}),
    ("set_remain_hour", (2,), {LEVEL: 6, HOUR: 2, MINUTE: 20}),
    ("set_remain_minute", (45,), {LEVEL: 6, HOUR: 0, MINUTE: 45}),
]

ROBOT = [
    ("set_clean_operation_mode", ("START",), {STATE: "WORKING"}),
    ("set_clean_operation_mode", ("PAUSE",), {STATE: "PAUSE"}, {STATE: "WORKING"}),
    clock_timer("Start"),
]


def calls(device: str, rows: list[tuple[Any, ...]], sub: str = "", part: str = "") -> Iterator[Call]:
    for row in rows:
        yield Call(device, *row, sub=sub, part=part)


CALLS = [
    *calls("air_conditioner", AIR_CONDITIONER),
    *calls("air_purifier", AIR_PURIFIER),
    *calls("air_purifier_fan", AIR_PURIFIER_FAN),
    *calls("humidifier", HUMIDIFIER),
    *calls("dehumidifier", DEHUMIDIFIER),
    *calls("ventilator", VENTILATOR),
    *calls("ceiling_fan", CEILING_FAN),
    *calls("system_boiler", SYSTEM_BOILER),
    *calls("water_heater", WATER_HEATER),
    *calls("washer", WASHER, "main", "MAIN"),
    *calls("washtower_washer", WASHER, "main", "MAIN"),
    *calls("washtower", WASHER, "washer", "washer"),
    *calls("washcombo_main", COMBO, part="MAIN"),
    *calls("washcombo_mini", COMBO, part="MINI"),
    *calls("dryer", DRYER),
    *calls("washtower_dryer", DRYER),
    Call("washtower", "set_dryer_operation_mode", ("START",), {STATE: "DETECTING"}, sub="dryer", part="dryer"),
    Call("washtower", "set_relative_time_to_start", (3,), hours("Start", 3), sub="dryer", part="dryer"),
    Call("washtower", "set_relative_time_to_stop", (6,), hours("Stop", 6), sub="dryer", part="dryer"),
    *calls("styler", STYLER),
    *calls("dish_washer", DISH_WASHER),
    *calls("refrigerator", REFRIGERATOR),
    *calls("refrigerator", compartment("FRIDGE", 5, 41), "fridge"),
    *calls("refrigerator", compartment("FREEZER", -20, -4), "freezer"),
    *calls("refrigerator", compartment("CONVERTIBLE", 3, 37), "convertible"),
    *calls("wine_cellar", WINE_CELLAR),
    *calls("wine_cellar", compartment("WINE_UPPER", 10, 50), "upper"),
    *calls("wine_cellar", compartment("WINE_LOWER", 12, 54), "lower"),
    *calls("hood", HOOD),
    *calls("microwave_oven", HOOD),
    *calls("oven", OVEN, "upper", "UPPER"),
    *calls("oven", OVEN, "lower", "LOWER"),
    *calls("cooktop", ZONE, "left_front", "LEFT_FRONT"),
    *(Call("cooktop", name, ("left_front", *values), after, part="LEFT_FRONT") for name, values, after in ZONE),
    Call("cooktop", "set_operation_mode", ("POWER_OFF",), {LEVEL: 0, MINUTE: 0}, part="LEFT_FRONT"),
    *calls("robot_cleaner", ROBOT),
]

MISSENT = [
    # setters that leave out in the SDK which part they are for, and what the cloud answers
    ("oven", "upper", "set_timer", (0, 5), "1101"),
    ("oven", "lower", "set_timer", (0, 5), "1101"),
    ("washtower", "dryer", "set_relative_hour_to_start", (3,), "1102"),
    ("washtower", "dryer", "set_relative_hour_to_stop", (6,), "1102"),
]

UNALIKE = {"refrigerator": {"main"}, "cooktop": {"left_rear", "center", "right_front", "right_rear"}}
"""Sub devices whose setters need no calls: they have nothing to set, or do what another one's do."""


@pytest.mark.parametrize("call", CALLS, ids=str)
async def test_a_setter_changes_the_state(call: Call, sdk_device, simulator: Simulator) -> None:
    appliance = simulator.appliances[call.device]
    for path, value in call.before.items():
        put(appliance.part(call.part), path, value)
    device = await sdk_device(call.device)
    holder = device.get_sub_device(call.sub) if call.sub else device
    await getattr(holder, call.setter)(*call.arguments)
    state = appliance.part(call.part)
    for path, value in call.after.items():
        assert get(state, path) == value, path


@pytest.mark.parametrize(("name", "sub", "setter", "arguments", "code"), MISSENT)
async def test_a_setter_that_forgets_its_part_is_refused(
    name: str, sub: str, setter: str, arguments: tuple[Any, ...], code: str, sdk_device
) -> None:
    device = await sdk_device(name)
    with pytest.raises(ThinQAPIException, match=code):
        await getattr(device.get_sub_device(sub), setter)(*arguments)


@pytest.mark.parametrize("device_id", [appliance.id for appliance in showroom()])
async def test_no_setter_of_the_sdk_is_left_out(device_id: str, sdk_device) -> None:
    device = await sdk_device(device_id)
    called = {(call.sub, call.setter) for call in CALLS if call.device == device_id}
    called |= {(sub, setter) for name, sub, setter, *_ in MISSENT if name == device_id}
    subs = {name: device.get_sub_device(name) for name in device.profiles.locations}
    for sub, holder in {"": device, **subs}.items():
        if sub in UNALIKE.get(device_id, set()):
            continue
        setters = {name for name, _ in inspect.getmembers(holder, inspect.iscoroutinefunction) if name[:4] == "set_"}
        assert {(sub, setter) for setter in setters} <= called
