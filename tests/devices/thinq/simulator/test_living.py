"""What the simulated appliances do as time goes by."""

from __future__ import annotations

from typing import Any

import pytest

from devices.thinq.simulator.appliance import SimulatedAppliance
from devices.thinq.simulator.fields import get, put
from devices.thinq.simulator.household import showroom

STATE = "runState.currentState"


def new(device_id: str) -> Any:
    """An appliance as it is in the showroom."""
    return next(one for one in showroom() if one.id == device_id)


def live(appliance: SimulatedAppliance, minutes: int) -> None:
    for _ in range(minutes):
        appliance.live(1.0)


def lived(
    appliance: SimulatedAppliance, minutes: float, path: str = STATE, part: str = "", step: float = 1.0
) -> list[Any]:
    """The values at a path, before and after each step."""
    seen = [get(appliance.part(part), path)]
    for _ in range(round(minutes / step)):
        appliance.live(step)
        seen.append(get(appliance.part(part), path))
    return seen


def in_order(values: list[Any]) -> list[Any]:
    return [value for value, before in zip(values, [None, *values], strict=False) if value != before]


def command(part: str, **resources: Any) -> dict[str, Any]:
    if part in {"washer", "dryer"}:
        return {part: resources}
    return {**({"location": {"locationName": part}} if part else {}), **resources}


WASH = ["DETECTING", "RUNNING", "RINSING", "SPINNING"]
DRY = ["DETECTING", "RUNNING", "COOLING"]
STYLE = ["PREHEAT", "STEAM", "DRYING", "END_COOLING"]
WASHED, DRIED = "WASHING_IS_COMPLETE", "DRYING_IS_COMPLETE"

MACHINES = [
    ("washer", "MAIN", "washerOperationMode", WASH, "END", WASHED),
    ("washtower_washer", "MAIN", "washerOperationMode", WASH, "END", WASHED),
    ("washtower", "washer", "washerOperationMode", WASH, "END", WASHED),
    ("washcombo_main", "MAIN", "washerOperationMode", [*WASH, "DRYING", "COOLING"], "END", WASHED),
    ("washcombo_mini", "MINI", "washerOperationMode", WASH, "END", WASHED),
    ("dryer", "", "dryerOperationMode", DRY, "END", DRIED),
    ("washtower_dryer", "", "dryerOperationMode", DRY, "END", DRIED),
    ("washtower", "dryer", "dryerOperationMode", DRY, "END", DRIED),
    ("styler", "", "stylerOperationMode", STYLE, "COMPLETE", "STYLING_IS_COMPLETE"),
    ("dish_washer", "", "dishWasherOperationMode", ["RUNNING", "RINSING", "DRYING"], "END", WASHED),
]
EACH_MACHINE = pytest.mark.parametrize(("device_id", "part", "operation", "phases", "end", "code"), MACHINES)


def total(appliance: SimulatedAppliance, part: str, which: str = "total") -> int:
    timer = appliance.part(part)["timer"]
    return 60 * timer[f"{which}Hour"] + timer[f"{which}Minute"]


@EACH_MACHINE
def test_a_machine_runs_to_its_end(
    device_id: str, part: str, operation: str, phases: list[str], end: str, code: str
) -> None:
    machine = new(device_id)
    whole = total(machine, part)
    assert total(machine, part, "remain") == whole
    count = machine.part(part).get("cycle", {}).get("cycleCount")
    machine.control(command(part, operation={operation: "START"}))
    remaining = []
    for _ in range(whole):
        remaining.append(total(machine, part, "remain"))
        assert get(machine.part(part), STATE) in phases
        machine.live(1.0)
    assert remaining == list(range(whole, 0, -1))
    assert (get(machine.part(part), STATE), total(machine, part, "remain")) == (end, 0)
    assert machine.pushes == [code]
    assert lived(machine, 11, part=part)[-1] == "POWER_OFF"
    assert machine.pushes == [code]
    if count is not None:
        assert machine.part(part)["cycle"]["cycleCount"] == count + 1


@EACH_MACHINE
def test_the_phases_come_one_after_the_other(
    device_id: str, part: str, operation: str, phases: list[str], end: str, code: str
) -> None:
    machine = new(device_id)
    machine.control(command(part, operation={operation: "START"}))
    assert in_order(lived(machine, 240, part=part, step=0.5)) == [*phases, end, "POWER_OFF"]


@EACH_MACHINE
def test_a_machine_that_is_stopped_goes_on_where_it_was(
    device_id: str, part: str, operation: str, phases: list[str], end: str, code: str
) -> None:
    machine = new(device_id)
    machine.control(command(part, operation={operation: "START"}))
    live(machine, 20)
    before = total(machine, part, "remain")
    phase = get(machine.part(part), STATE)
    machine.control(command(part, operation={operation: "STOP"}))
    assert set(lived(machine, 30, part=part)) == {"PAUSE"}
    assert total(machine, part, "remain") == before
    machine.control(command(part, operation={operation: "START"}))
    assert (get(machine.part(part), STATE), total(machine, part, "remain")) == (phase, before)


@pytest.mark.parametrize(
    ("device_id", "part", "timer", "waits"),
    [
        ("washer", "MAIN", {"relativeHourToStart": 2}, 120),
        ("washer", "MAIN", {"relativeHourToStop": 3}, 180 - 50),
        ("dryer", "", {"relativeHourToStop": 4}, 240 - 72),
        ("washtower", "dryer", {"relativeHourToStart": 1}, 60),
        ("styler", "", {"relativeHourToStop": 2}, 120 - 39),
        ("dish_washer", "", {"relativeHourToStart": 3}, 180),
    ],
)
def test_a_start_can_be_put_off(device_id: str, part: str, timer: dict[str, int], waits: int) -> None:
    machine = new(device_id)
    machine.control(command(part, timer=timer))
    (name,) = timer
    shown = machine.part(part)["timer"]
    assert (shown[name], shown[name.replace("Hour", "Minute")]) == (timer[name], 0)
    seen = lived(machine, waits + 1, part=part)
    assert seen[:waits] == ["RESERVED"] * waits
    assert seen[waits] in {"DETECTING", "RUNNING", "PREHEAT"}
    assert machine.part(part)["timer"][name] == 0


def test_a_start_that_is_put_off_can_be_called_off() -> None:
    washer = new("washer")
    for operation, following in (("STOP", "INITIAL"), ("POWER_OFF", "POWER_OFF")):
        washer.control(command("MAIN", timer={"relativeHourToStart": 5}))
        live(washer, 90)
        timer = washer.part("MAIN")["timer"]
        assert (timer["relativeHourToStart"], timer["relativeMinuteToStart"]) == (3, 30)
        washer.control(command("MAIN", operation={"washerOperationMode": operation}))
        assert get(washer.part("MAIN"), STATE) == following
        assert timer["relativeHourToStart"] == timer["relativeMinuteToStart"] == 0


def test_the_machines_of_a_tower_run_each_by_itself() -> None:
    tower = new("washtower")
    tower.control({"dryer": {"operation": {"dryerOperationMode": "START"}}})
    live(tower, 80)
    assert get(tower.part("washer"), STATE) == "INITIAL"
    assert tower.pushes == [DRIED]


def test_a_machine_that_was_running_at_first_goes_on() -> None:
    record = new("dryer")
    put(record.state, STATE, "RUNNING")
    record.state["timer"] |= {"remainHour": 0, "remainMinute": 30}
    listed = record.listed["deviceInfo"]
    dryer = type(record)("dryer", {**listed, "profile": record.profile, "state": record.state})
    assert in_order(lived(dryer, 30)) == ["RUNNING", "COOLING", "END"]


def test_a_robot_says_that_it_is_done() -> None:
    robot = new("robot_cleaner")
    robot.control({"operation": {"cleanOperationMode": "START"}})
    assert in_order(lived(robot, 60)) == ["WORKING", "HOMING", "CHARGING"]
    assert robot.state["timer"]["runningMinute"] == 40
    assert robot.pushes == ["CLEANING_IS_COMPLETED"]


def test_a_robot_whose_battery_is_low_gives_up() -> None:
    robot = new("robot_cleaner")
    robot.charge = 30.0
    robot.control({"operation": {"cleanOperationMode": "START"}})
    live(robot, 25)
    assert robot.pushes == ["CLEANING_IS_FAILED"]


def test_a_stick_charges() -> None:
    stick = new("stick_cleaner")
    assert lived(stick, 100, "battery.percent")[-1] == 100
    assert stick.state["battery"]["level"] == "FULL"


BAKE = {
    "operation": {"ovenOperationMode": "START"},
    "cook": {"cookMode": "BAKE"},
    "temperature": {"targetTemperature": 200, "unit": "C"},
}


def test_an_oven_heats_cooks_and_cools() -> None:
    oven = new("oven")
    oven.control(command("UPPER", **BAKE, timer={"targetHour": 0, "targetMinute": 30}))
    assert in_order(lived(oven, 60, part="UPPER")) == [
        "PREHEATING",
        "COOKING_IN_PROGRESS",
        "DONE",
        "COOLING",
        "INITIAL",
    ]
    assert oven.pushes == ["PREHEATING_IS_COMPLETE", "COOKING_IS_COMPLETE"]
    assert get(oven.part("LOWER"), STATE) == "INITIAL"


def test_an_oven_counts_down() -> None:
    oven = new("oven")
    oven.control(command("LOWER", **BAKE, timer={"targetHour": 1, "targetMinute": 10}))
    live(oven, 15)
    oven.live(0.25)
    timer = oven.part("LOWER")["timer"]
    assert (timer["remainHour"], timer["remainMinute"], timer["remainSecond"]) == (1, 4, 45)
    oven.control(command("LOWER", operation={"ovenOperationMode": "START"}, cook={"cookMode": "ROAST"}))
    assert (timer["remainHour"], timer["remainMinute"], timer["remainSecond"]) == (1, 4, 45)


def test_an_oven_without_a_time_bakes_until_it_is_stopped() -> None:
    oven = new("oven")
    oven.control(command("UPPER", **BAKE))
    assert lived(oven, 300, part="UPPER")[-1] == "COOKING_IN_PROGRESS"
    oven.control(command("UPPER", operation={"ovenOperationMode": "STOP"}))
    assert get(oven.part("UPPER"), STATE) == "INITIAL"


def test_an_oven_that_only_preheats_waits_for_a_start() -> None:
    oven = new("oven")
    oven.control(command("UPPER", operation={"ovenOperationMode": "PREHEATING"}))
    assert lived(oven, 60, part="UPPER")[-1] == "PREHEATING_IS_DONE"
    oven.control(command("UPPER", operation={"ovenOperationMode": "START"}))
    assert get(oven.part("UPPER"), STATE) == "COOKING_IN_PROGRESS"


def test_an_oven_has_a_kitchen_timer() -> None:
    oven = new("oven")
    oven.control(command("UPPER", timer={"timerHour": 0, "timerMinute": 5, "timerSecond": 30}))
    for minutes, pushed in ((5, []), (1, ["TIMER_IS_COMPLETE"]), (60, ["TIMER_IS_COMPLETE"])):
        live(oven, minutes)
        assert oven.pushes == pushed


def test_a_zone_of_a_cooktop_goes_out_with_its_timer() -> None:
    cooktop = new("cooktop")
    assert in_order(lived(cooktop, 30, "cookingZone.currentState", "LEFT_FRONT")) == ["COOK", "INITIAL"]
    assert cooktop.part("LEFT_FRONT")["power"]["powerLevel"] == 0
    assert cooktop.part("RIGHT_FRONT")["cookingZone"]["currentState"] == "COOK"
    assert cooktop.pushes == ["TIMER_IS_COMPLETE"]


def test_a_cooktop_can_be_turned_off_at_once() -> None:
    cooktop = new("cooktop")
    cooktop.control({"operation": {"operationMode": "POWER_OFF"}})
    assert all(zone["cookingZone"]["currentState"] == "INITIAL" for zone in cooktop.state)


def test_a_hood_is_on_as_long_as_something_of_it_is() -> None:
    hood = new("hood")
    for fan, lamp, shown in ((0, 0, "POWER_OFF"), (2, 0, "POWER_ON")):
        hood.control({"ventilation": {"fanSpeed": fan}, "lamp": {"lampBrightness": lamp}})
        assert hood.state["operation"]["hoodOperationMode"] == shown


def test_a_microwave_oven_comes_to_its_end() -> None:
    microwave = new("microwave_oven")
    assert in_order(lived(microwave, 5, "timer.remainMinute")) == [3, 2, 1, 0]
    assert get(microwave.state, STATE) == "COOK_COMPLETE"
    assert microwave.pushes == ["COOKING_IS_COMPLETE"]


def test_beer_becomes_ready() -> None:
    brew = new("home_brew")
    days = in_order(lived(brew, 10 * 24 * 60, "timer.elapsedDayState", step=60.0))
    assert days == list(range(3, 13))
    assert brew.pushes == ["BREWING_IS_COMPLETE"]


def test_a_humidifier_wets_and_a_dehumidifier_dries() -> None:
    assert lived(new("humidifier"), 120, "airQualitySensor.humidity")[::120] == [34, 55]
    dry = lived(new("dehumidifier"), 120, "humidity.currentHumidity")
    assert dry[::120] == [72, 50]
    assert dry == sorted(dry, reverse=True)


def test_a_dehumidifier_whose_tank_is_full_stops() -> None:
    dehumidifier = new("dehumidifier")
    path = "operation.dehumidifierOperationMode"
    assert in_order(lived(dehumidifier, 700, path)) == ["POWER_ON", "POWER_OFF"]
    assert dehumidifier.pushes == ["WATER_IS_FULL"]
    dehumidifier.control({"operation": {"dehumidifierOperationMode": "POWER_ON"}})
    assert lived(dehumidifier, 60, path)[-1] == "POWER_ON"


@pytest.mark.parametrize("device_id", ["air_purifier", "air_purifier_fan", "humidifier", "ventilator"])
def test_dust_falls_while_the_air_is_cleaned_and_comes_back(device_id: str) -> None:
    appliance = new(device_id)
    (name,) = (name for name in appliance.state["operation"] if name.endswith("OperationMode"))
    falling = lived(appliance, 120, "airQualitySensor.PM2")
    assert falling == sorted(falling, reverse=True)
    appliance.control({"operation": {name: "POWER_OFF"}})
    rising = lived(appliance, 600, "airQualitySensor.PM2")
    assert rising == sorted(rising)
    assert rising[-1] == falling[0] > rising[0]


def test_a_ventilator_brings_fresh_air() -> None:
    assert lived(new("ventilator"), 200, "airQualitySensor.CO2")[-1] < 500


def test_an_air_conditioner_cools_heats_and_keeps_between_two_temperatures() -> None:
    conditioner = new("air_conditioner")
    current = "temperatureInUnits[C].currentTemperature"
    assert lived(conditioner, 30, current)[-1] == 25
    conditioner.control({"airConJobMode": {"currentJobMode": "HEAT"}})
    conditioner.control({"temperatureInUnits": {"heatTargetTemperature": 27, "unit": "C"}})
    assert lived(conditioner, 4, current)[::2] == [25, 26, 27]
    conditioner.control({"airConJobMode": {"currentJobMode": "AUTO"}, "twoSetTemperature": {"twoSetEnabled": True}})
    conditioner.control(
        {"twoSetTemperatureInUnits": {"heatTargetTemperature": 20, "coolTargetTemperature": 24, "unit": "C"}}
    )
    assert lived(conditioner, 30, current)[-1] == pytest.approx(24, abs=0.5)
    conditioner.room = 15.0
    assert lived(conditioner, 10, current)[-1] == 20


POWER = "operation.airConOperationMode"


def test_timers_turn_on_and_off() -> None:
    conditioner = new("air_conditioner")
    conditioner.control({"sleepTimer": {"relativeHourToStop": 1, "relativeMinuteToStop": 30}})
    assert [lived(conditioner, minutes, POWER)[-1] for minutes in (89, 1)] == ["POWER_ON", "POWER_OFF"]
    assert conditioner.state["sleepTimer"] == {"relativeStopTimer": "UNSET"}
    conditioner.control({"timer": {"relativeHourToStart": 2}})
    assert [lived(conditioner, minutes, POWER)[-1] for minutes in (119, 1)] == ["POWER_OFF", "POWER_ON"]
    assert conditioner.state["timer"]["relativeStartTimer"] == "UNSET"


def test_a_timer_shows_what_is_left_of_it() -> None:
    conditioner = new("air_conditioner")
    conditioner.control({"timer": {"relativeHourToStop": 2}})
    conditioner.live(0.5)
    timer = conditioner.state["timer"]
    assert (timer["relativeStopTimer"], timer["relativeHourToStop"], timer["relativeMinuteToStop"]) == ("SET", 2, 0)
    conditioner.live(1.0)
    assert (timer["relativeHourToStop"], timer["relativeMinuteToStop"]) == (1, 59)


def test_timers_can_be_called_off() -> None:
    conditioner = new("air_conditioner")
    unset = dict(conditioner.state["timer"])
    conditioner.control({"timer": {"relativeHourToStop": 2}})
    conditioner.control({"timer": {"relativeHourToStop": 0}})
    conditioner.control({"timer": {"absoluteHourToStart": 6, "absoluteMinuteToStart": 0}})
    conditioner.control({"timer": {"absoluteHourToStart": -1, "absoluteMinuteToStart": -1}})
    assert conditioner.state["timer"] == unset
    assert set(lived(conditioner, 240, POWER)) == {"POWER_ON"}


def test_turning_off_by_hand_ends_the_timers_for_it() -> None:
    conditioner = new("air_conditioner")
    conditioner.control({"timer": {"relativeHourToStop": 3}, "sleepTimer": {"relativeHourToStop": 2}})
    conditioner.control({"operation": {"airConOperationMode": "POWER_OFF"}})
    assert conditioner.state["timer"]["relativeStopTimer"] == "UNSET"
    assert conditioner.state["sleepTimer"] == {"relativeStopTimer": "UNSET"}


def test_a_boiler_warms_rooms_and_water() -> None:
    boiler = new("system_boiler")
    lived(boiler, 60, "operation.hotWaterMode")
    assert get(boiler.state, "hotWaterTemperatureInUnits[C].currentTemperature") == 45
    assert get(boiler.state, "roomTemperatureInUnits[C].airCurrentTemperature") == 22
    assert get(boiler.state, "roomTemperatureInUnits[F].currentTemperature") == 72
    boiler.control({"operation": {"boilerOperationMode": "POWER_OFF"}})
    lived(boiler, 240, "operation.hotWaterMode")
    assert get(boiler.state, "roomTemperatureInUnits[C].airCurrentTemperature") < 20


def test_a_water_heater_reaches_its_target() -> None:
    assert lived(new("water_heater"), 30, "temperatureInUnits[C].currentTemperature")[-1] == 52


def test_codes_that_a_profile_does_not_list_are_not_pushed() -> None:
    dryer = new("dryer")
    dryer.profile["notification"]["push"] = []
    dryer.control({"operation": {"dryerOperationMode": "START"}})
    live(dryer, 90)
    assert dryer.pushes == []
