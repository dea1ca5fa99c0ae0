"""What the showroom says of its appliances, as LG's SDK and as the profiles themselves understand it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from thinqconnect import DeviceType
from thinqconnect.integration.homeassistant.api import DEVICE_TYPE_API_MAP

from devices.thinq.simulator.household import sample_home, showroom

APPLIANCES = {appliance.id: appliance for appliance in showroom()}


UNSET_TIMER = re.compile(r"(absolute|relative)(Hour|Minute)To(Start|Stop)")

ALL = pytest.mark.parametrize("device_id", APPLIANCES)


def test_there_is_one_of_each_type_and_each_has_its_own_name() -> None:
    types = {value for name, value in vars(DeviceType).items() if name.isupper()}
    assert len(types) == 30
    assert {f"DEVICE_{device_id.upper()}" for device_id in APPLIANCES} == types
    assert all(appliance.type == f"DEVICE_{device_id.upper()}" for device_id, appliance in APPLIANCES.items())
    assert len({appliance.listed["deviceInfo"]["alias"] for appliance in APPLIANCES.values()}) == 30


def test_only_the_halves_of_a_wash_tower_are_a_group() -> None:
    groups = {name: appliance.listed["deviceInfo"].get("groupId") for name, appliance in APPLIANCES.items()}
    grouped = {name for name, group in groups.items() if group}
    assert grouped == {"washtower_washer", "washtower_dryer"}
    assert groups["washtower_washer"] == groups["washtower_dryer"]


def descriptor(found: Any) -> bool:
    return isinstance(found, str) or (isinstance(found, dict) and isinstance(found.get("type"), str))


def declared(properties: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], str, Any]]:
    """Each descriptor, with its resource, the list entry it stands in, and its name."""
    for resource, body in properties.items():
        if resource == "location":
            continue
        for entry in body if isinstance(body, list) else [body]:
            for name, found in entry.items():
                if name != "locationName" and not (name == "unit" and isinstance(found, str)):
                    yield resource, entry, name, found


def parts(device_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The parts of an appliance, with their properties."""
    profile = APPLIANCES[device_id].profile
    if "property" not in profile:
        yield from ((name, half["property"]) for name, half in profile.items())
    elif isinstance(profile["property"], list):
        yield from ((entry["location"]["locationName"], entry) for entry in profile["property"])
    else:
        yield "", profile["property"]


def sdk_name(resource: str, entry: dict[str, Any], name: str, known: dict[str, Any]) -> str:
    """The key under which the SDK looks for a property of a list entry."""
    unit = entry.get("unit")
    if isinstance(unit, str) and name not in known.get(resource, {}):
        return f"{name}{unit}" if f"{name}{unit}" in known.get(resource, {}) else unit
    return name


@ALL
async def test_the_sdk_knows_every_property_of_a_profile_and_finds_it(device_id: str, sdk_device) -> None:
    device = await sdk_device(device_id)
    for part, properties in parts(device_id):
        for resource, entry, name, found in declared(properties):
            place = (entry.get("locationName") or part).lower().removeprefix("wine_")
            holder = (device.get_sub_device(place) if place in device.profiles.locations else None) or device
            known = holder.profiles.get_profile()
            attribute = known[resource][sdk_name(resource, entry, name, known)]
            mode = "r" if isinstance(found, str) else found["mode"]
            assert holder.profiles.check_attribute_readable(attribute) == ("r" in mode), attribute
            if not attribute.endswith("unit"):
                assert holder.profiles.check_attribute_writable(attribute) == ("w" in mode), attribute


@ALL
async def test_what_the_sdk_knows_of_a_type_the_showroom_has(device_id: str, sdk_device) -> None:
    device = await sdk_device(device_id)
    known, found = set(), set()
    for holder in [device, *(device.get_sub_device(name) for name in device.profiles.locations)]:
        known |= {attribute for names in holder.profiles.get_profile().values() for attribute in names.values()}
        found |= set(holder.profiles.property_map)
    assert known == found - {"notification", "error"}


@ALL
async def test_the_sdk_reads_every_value_of_a_state(device_id: str, sdk_device) -> None:
    device = await sdk_device(device_id)
    for part, properties in parts(device_id):
        state = APPLIANCES[device_id].part(part)
        for resource, entry, name, found in declared(properties):
            if not isinstance(found, str) and "r" not in found["mode"]:
                continue
            place = (entry.get("locationName") or part).lower().removeprefix("wine_")
            holder = (device.get_sub_device(place) if place in device.profiles.locations else None) or device
            known = holder.profiles.get_profile()
            attribute = known[resource][sdk_name(resource, entry, name, known)]
            values = state[resource]
            if isinstance(values, list):
                key = "locationName" if "locationName" in entry else "unit"
                values = next(one for one in values if one[key] == entry[key])
            elif "unit" in values and isinstance(entry.get("unit"), str) and values["unit"] != entry["unit"]:
                continue  # an oven shows one unit at a time
            assert holder.get_status(attribute) == values.get(name), attribute
            assert name in values or UNSET_TIMER.match(name), name


@ALL
def test_a_state_is_within_its_profile(device_id: str) -> None:
    for part, properties in parts(device_id):
        state = APPLIANCES[device_id].part(part)
        assert state.keys() <= properties.keys()
        for resource, body in state.items():
            shapes = properties[resource] if isinstance(properties[resource], list) else [properties[resource]]
            for values in body if isinstance(body, list) else [body]:
                for name, value in values.items():
                    if name in {"locationName", "unit"} or re.fullmatch(r"(relative|absolute)\w+Timer", name):
                        continue
                    assert any(readable(shape[name], value) for shape in shapes), f"{resource}.{name}: {value}"


def readable(found: Any, value: Any) -> bool:
    if isinstance(found, str):
        return found == value
    assert "r" in found["mode"]
    if found["type"] == "enum":
        # A kimchi compartment shows a number where its profile speaks of TEMPERATURE_NUMBER.
        return value in found["value"]["r"] or (isinstance(value, int) and "TEMPERATURE_NUMBER" in found["value"]["r"])
    if found["type"] == "range":
        return value == 0 or found["value"]["r"]["min"] <= value <= found["value"]["r"]["max"]
    return isinstance(value, {"boolean": bool, "number": int | float, "string": str}[found["type"]])


@ALL
def test_one_can_live_for_days(device_id: str) -> None:
    (appliance,) = (one for one in showroom() if one.id == device_id)
    for _ in range(3 * 24 * 60):
        appliance.live(1.0)
    assert set(appliance.pushes) <= {
        code
        for half in ([appliance.profile] if "property" in appliance.profile else appliance.profile.values())
        for code in half["notification"]["push"]
    }


def test_the_sample_home_is_of_known_types() -> None:
    assert all(appliance.type in DEVICE_TYPE_API_MAP for appliance in sample_home())
