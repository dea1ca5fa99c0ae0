"""What the simulated cloud refuses, and that nothing has changed after it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from devices.thinq.simulator.appliance import RefusedError, SimulatedAppliance, accepted
from devices.thinq.simulator.fields import put
from devices.thinq.simulator.household import showroom

APPLIANCES = {appliance.id: appliance for appliance in showroom()}


def places(appliance: SimulatedAppliance) -> Iterator[tuple[str, str, Any, Any]]:
    """Each property: its appliance, a path to tell it by, a control request with a hole in it, and its descriptor."""
    profile = appliance.profile
    halves = {"": profile} if "property" in profile else profile
    for half, found in halves.items():
        properties = found["property"]
        for part in properties if isinstance(properties, list) else [properties]:
            around = {"location": part["location"]} if "location" in part else {}
            for resource, body in part.items():
                if resource == "location":
                    continue
                for entry in body if isinstance(body, list) else [body]:
                    known = {key: entry[key] for key in ("locationName", "unit") if isinstance(entry.get(key), str)}
                    for name, descriptor in entry.items():
                        if name in known:
                            continue
                        where = {**around, resource: {**known, name: ...}}
                        yield appliance.id, f"{half}{part.get('location', '')}{known}.{name}", (half, where), descriptor


def filled(place: tuple[str, dict[str, Any]], value: Any) -> dict[str, Any]:
    half, where = place
    payload = copy.deepcopy(where)
    for body in payload.values():
        body.update({name: value for name, hole in body.items() if hole is ...})
    return {half: payload} if half else payload


def outside(descriptor: Any) -> list[Any]:
    """Values that a writable property cannot have."""
    allowed = descriptor.get("value", {}).get("w")
    match descriptor["type"]:
        case "enum":
            return ["NOTHING_LIKE_IT", 1, None, *set(descriptor["value"].get("r", [])) - set(allowed)]
        case "boolean":
            return ["true", 1, None]
        case "range":
            between = [allowed["min"] + allowed["step"] / 2]
            return [allowed["min"] - allowed["step"], allowed["max"] + allowed["step"], "20", True, None] + (
                between + allowed.get("except", [])
            )
    return ["20", True, None]


PLACES = [place for appliance in APPLIANCES.values() for place in places(appliance)]
WRITABLE = [place for place in PLACES if isinstance(place[3], dict) and "w" in place[3]["mode"]]
READ_ONLY = [place for place in PLACES if place not in WRITABLE]


@pytest.mark.parametrize("device_id", APPLIANCES)
def test_values_outside_the_profile_are_refused(device_id: str) -> None:
    appliance = APPLIANCES[device_id]
    before = copy.deepcopy(appliance.state)
    for name, path, place, descriptor in WRITABLE:
        if name != device_id:
            continue
        for value in outside(descriptor):
            with pytest.raises(RefusedError) as refusal:
                appliance.control(filled(place, value))
            assert refusal.value.code == "1102", (path, value)
    assert appliance.state == before


@pytest.mark.parametrize("device_id", APPLIANCES)
def test_what_can_only_be_read_is_not_written(device_id: str) -> None:
    for name, path, place, descriptor in READ_ONLY:
        if name == device_id:
            value = descriptor if isinstance(descriptor, str) else descriptor.get("value", {}).get("r", [1])
            with pytest.raises(RefusedError) as refusal:
                APPLIANCES[device_id].control(filled(place, value[0] if isinstance(value, list) else value))
            assert refusal.value.code == "1102", path


@pytest.mark.parametrize(
    ("device_id", "payload", "code"),
    [
        ("washtower", {"operation": {"washerOperationMode": "START"}}, "1102"),
        ("washtower", {"oven": {"operation": {"washerOperationMode": "START"}}}, "1102"),
        ("washtower", {"washer": {}}, "1101"),
        ("washtower", {"washer": {"operation": {"washerOperationMode": "START"}}, "dryer": {}}, "1102"),
        ("cooktop", {"operation": {"operationMode": "POWER_ON"}}, "1102"),
        ("cooktop", {"power": {"powerLevel": 3}}, "1101"),
        ("cooktop", {"location": {"locationName": "CENTER"}, "power": {"powerLevel": 3}}, "1101"),
        ("hood", {"ventilation": {"fanSpeed": 3}}, "1101"),
        ("microwave_oven", {"lamp": {"lampBrightness": 1}}, "1101"),
        ("oven", {"location": {"locationName": "UPPER"}}, "1101"),
        ("oven", {"location": {"locationName": "OVEN"}, "operation": {"ovenOperationMode": "STOP"}}, "1101"),
        ("oven", {"location": {"locationName": "UPPER"}, "operation": {"ovenOperationMode": "START"}}, "1101"),
        ("oven", {"location": {"locationName": "UPPER"}, "operation": {"ovenOperationMode": "STOP"}}, "2302"),
        ("oven", {"location": {"locationName": "UPPER"}, "cook": {"cookMode": "BAKE"}}, "1101"),
        ("oven", {"info": {"type": "DOUBLE_UL"}}, "1102"),
        ("refrigerator", {"temperatureInUnits": {"targetTemperatureC": 3}}, "1101"),
        ("refrigerator", {"temperatureInUnits": {"locationName": "BALCONY", "targetTemperatureC": 3}}, "1101"),
        ("air_conditioner", {"temperatureInUnits": {"heatTargetTemperature": 22, "unit": "C"}}, "2305"),
        ("air_conditioner", {"twoSetTemperatureInUnits": {"heatTargetTemperature": 22, "unit": "C"}}, "2305"),
        ("air_conditioner", {"timer": {"absoluteHourToStart": 7}}, "1101"),
        ("air_conditioner", {"timer": {"absoluteHourToStart": 24, "absoluteMinuteToStart": 0}}, "1102"),
        ("air_conditioner", {"operation": {"airConOperationMode": "POWER_ON"}}, "2302"),
        ("system_boiler", {"roomTemperatureInUnits": {"airCoolTargetTemperature": 25, "unit": "C"}}, "2305"),
        ("system_boiler", {"roomTemperatureInUnits": {"waterHeatTargetTemperature": 40, "unit": "C"}}, "2305"),
        ("washcombo_main", {"location": {"locationName": "MAIN"}, "mode": {"washerMode": "NORMAL"}}, "1101"),
        ("dryer", {"operation": {"dryerOperationMode": "WAKE_UP"}}, "2302"),
        ("dryer", {"operation": {"dryerOperationMode": "POWER_ON"}}, "2302"),
        ("robot_cleaner", {"operation": {"cleanOperationMode": "RESUME"}}, "2302"),
    ],
)
def test_what_makes_no_sense_is_refused(device_id: str, payload: Any, code: str) -> None:
    appliance = APPLIANCES[device_id]
    before = copy.deepcopy(appliance.state)
    with pytest.raises(RefusedError) as refusal:
        appliance.control(payload)
    assert refusal.value.code == code
    assert appliance.state == before


WASHER_START = {"location": {"locationName": "MAIN"}, "operation": {"washerOperationMode": "START"}}
ZONE = {
    "location": {"locationName": "LEFT_FRONT"},
    "power": {"powerLevel": 2},
    "timer": {"remainHour": 0, "remainMinute": 0},
}
REMOTE = "remoteControlEnable.remoteControlEnabled"
STATE = "runState.currentState"
WET = {"humidity": {"targetHumidity": 50}}
WARM = {"boilerJobMode": {"currentJobMode": "AUTO"}}


@pytest.mark.parametrize(
    ("device_id", "part", "path", "value", "payload", "code"),
    [
        ("washer", "MAIN", REMOTE, False, WASHER_START, "2301"),
        ("washer", "MAIN", STATE, "ERROR", WASHER_START, "2303"),
        ("washer", "MAIN", STATE, "POWER_OFF", WASHER_START, "2304"),
        ("washer", "MAIN", STATE, "RINSING", WASHER_START, "2302"),
        ("washtower", "dryer", REMOTE, False, {"dryer": {"operation": {"dryerOperationMode": "START"}}}, "2301"),
        ("styler", "", STATE, "COMPLETE", {"operation": {"stylerOperationMode": "START"}}, "2302"),
        (
            "dish_washer",
            "",
            "doorStatus.doorState",
            "OPEN",
            {"operation": {"dishWasherOperationMode": "START"}},
            "2302",
        ),
        ("cooktop", "LEFT_FRONT", REMOTE, False, ZONE, "2301"),
        ("cooktop", "LEFT_FRONT", "cookingZone.currentState", "LOCK", ZONE, "2302"),
        ("robot_cleaner", "", STATE, "ERROR", {"operation": {"cleanOperationMode": "START"}}, "2303"),
        ("humidifier", "", "operation.humidifierOperationMode", "POWER_OFF", WET, "2304"),
        ("humidifier", "", "humidifierJobMode.currentJobMode", "AIR_CLEAN", WET, "2305"),
        ("system_boiler", "", "operation.boilerOperationMode", "POWER_OFF", WARM, "2304"),
    ],
)
def test_what_the_state_does_not_allow_is_refused(
    device_id: str, part: str, path: str, value: Any, payload: Any, code: str
) -> None:
    appliance = next(one for one in showroom() if one.id == device_id)
    put(appliance.part(part), path, value)
    before = copy.deepcopy(appliance.state)
    with pytest.raises(RefusedError) as refusal:
        appliance.control(payload)
    assert refusal.value.code == code
    assert appliance.state == before


def test_a_property_that_is_a_list_takes_some_of_its_values() -> None:
    days = {"type": "list", "mode": ["r", "w"], "value": {"r": ["MON", "TUE", "WED"], "w": ["MON", "TUE"]}}
    profile = {"property": {"schedule": {"days": days}}}
    assert accepted(profile, {"schedule": {"days": ["TUE", "MON"]}}) == {"schedule.days": ["TUE", "MON"]}
    for value in ("MON", ["WED"], [["MON"]], None):
        with pytest.raises(RefusedError):
            accepted(profile, {"schedule": {"days": value}})


def test_what_is_asked_for_says_which_part_it_is_for() -> None:
    off = {"operation": {"operationMode": "POWER_OFF"}}
    assert accepted(APPLIANCES["washer"].profile, WASHER_START).part == "MAIN"
    assert accepted(APPLIANCES["cooktop"].profile, ZONE).part == "LEFT_FRONT"
    assert accepted(APPLIANCES["cooktop"].profile, off).part == ""
    dryer = accepted(APPLIANCES["washtower"].profile, {"dryer": {"timer": {"relativeHourToStop": 4}}})
    assert (dryer.part, dryer) == ("dryer", {"timer.relativeHourToStop": 4})
