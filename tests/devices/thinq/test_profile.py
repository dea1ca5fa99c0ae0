from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from devices.thinq.profile import ApplianceProfile, Profile, ProfileError
from devices.thinq.rows import ApplianceType
from devices.thinq.sections import flatten, nest
from devices.thinq.simulator.household import sample_home
from devices.thinq.state import merge, translate
from devices.thinq.types import TYPES

MODELS = ["air_conditioner", "washer", "robot_cleaner", "air_purifier"]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


def read(kind: ApplianceType, raw: object) -> Profile:
    """The first device of an appliance."""
    profile, *_ = ApplianceProfile.read(kind, raw).devices
    return profile


def shown(profile: Profile) -> dict[str, object]:
    properties = profile.properties()
    return {name: properties[name].model_dump(exclude_none=True) for name in properties}


@pytest.mark.parametrize("name", MODELS)
def test_about_says_what_the_profile_says(name: str, model, snapshot: SnapshotAssertion) -> None:
    assert shown(model(name).profile) == snapshot


@pytest.mark.parametrize("appliance", sample_home(), ids=lambda appliance: appliance.id)
def test_about_of_the_sample_home(appliance, snapshot: SnapshotAssertion) -> None:
    kind = TYPES[appliance.listed["deviceInfo"]["deviceType"]]
    assert shown(read(kind, appliance.profile)) == snapshot


def test_what_a_profile_lacks_the_appliance_lacks(model) -> None:
    raw = model("air_purifier").raw_profile
    del raw["property"]["airFlow"]
    assert "fan_mode" not in read(TYPES["DEVICE_AIR_PURIFIER"], raw).properties()


def test_a_mode_may_be_a_bare_string(model) -> None:
    profile = model("air_purifier").profile
    power = profile.properties()["power"]
    assert power.writable
    assert profile.capabilities["power"].read


def test_a_descriptor_may_be_a_constant() -> None:
    raw = {"property": {"runState": {"currentState": "INITIAL"}}}
    status = read(TYPES["DEVICE_WASHER"], raw).properties()["status"]
    assert (status.values, status.writable) == (["idle"], False)


def test_a_range_of_which_only_the_writable_half_is_told_has_bounds(model) -> None:
    target = model("air_conditioner").profile.properties()["target_temperature"]
    assert (target.min, target.max, target.step, target.writable) == (16, 30, 1, True)


def test_bounds_are_those_of_the_mode(model) -> None:
    capability = model("air_conditioner").profile.capabilities["target_temperature"]
    assert (capability.writable_property("heat").min, capability.writable_property("heat").max) == (16, 28)
    assert (capability.writable_property("cool").min, capability.writable_property("cool").max) == (18, 30)


def test_a_location_is_a_section(model) -> None:
    assert model("washer").profile.section == "MAIN"


@pytest.mark.parametrize("raw", [None, [], {}, {"property": None}, {"property": []}, {"property": {"light": {}}}])
def test_a_profile_without_anything_known_is_refused(raw: object) -> None:
    with pytest.raises(ProfileError):
        read(TYPES["DEVICE_WASHER"], raw)


def test_one_descriptor_that_is_nonsense_does_not_spoil_the_others(model) -> None:
    raw = model("air_purifier").raw_profile
    raw["property"]["airFlow"]["windStrength"] = {"type": "enum", "mode": 7, "value": []}
    raw["property"]["airQualitySensor"] = [None, 3]
    properties = read(TYPES["DEVICE_AIR_PURIFIER"], raw).properties()
    assert "fan_mode" not in properties
    assert properties["mode"].writable


@given(raw=st.fixed_dictionaries({"property": JSON, "error": JSON}), state=JSON)
def test_no_profile_and_no_state_crashes(raw: dict[str, object], state: object) -> None:
    for kind in TYPES.values():
        try:
            found = ApplianceProfile.read(kind, raw)
        except ProfileError:
            continue
        for profile in found.devices:
            profile.properties()
            translate(profile, merge({}, state, found.sections))


@given(known=st.sampled_from(["currentState", "washerOperationMode", "remainMinute"]), value=JSON, state=JSON)
def test_no_descriptor_and_no_value_crashes(known: str, value: object, state: object) -> None:
    resources = {"currentState": "runState", "washerOperationMode": "operation", "remainMinute": "timer"}
    washer = TYPES["DEVICE_WASHER"]
    good = {"mode": "rw", "type": "enum", "value": {"r": ["INITIAL"], "w": ["START"]}}
    with suppress(ProfileError):
        read(washer, {"property": {resources[known]: {known: value}}}).properties()
    profile = read(washer, {"property": {resources[known]: {known: good}}})
    translate(profile, merge({}, {resources[known]: {known: state}}, ()))


@pytest.mark.parametrize(
    ("path", "payload"),
    [
        ("airFlow.windStrength", {"airFlow": {"windStrength": 1}}),
        (
            "temperatureInUnits[C].coolTargetTemperature",
            {"temperatureInUnits": {"coolTargetTemperature": 1, "unit": "C"}},
        ),
        (
            "temperatureInUnits[FRIDGE].targetTemperatureC",
            {"temperatureInUnits": {"targetTemperatureC": 1, "locationName": "FRIDGE"}},
        ),
    ],
)
def test_a_path_becomes_one_object_in_a_control_request(path: str, payload: dict[str, object]) -> None:
    assert nest({path: 1}) == payload


def test_lists_by_unit_and_by_compartment_are_flattened() -> None:
    raw = {
        "temperatureInUnits": [{"targetTemperature": 19, "unit": "C"}, {"targetTemperature": 66, "unit": "F"}],
        "doorStatus": [{"locationName": "MAIN", "doorState": "CLOSE"}],
        "error": "DOOR_OPEN_ERROR",
    }
    flat = flatten(raw)
    assert flat["temperatureInUnits[C].targetTemperature"] == 19
    assert flat["temperatureInUnits[F].targetTemperature"] == 66
    assert flat["doorStatus[MAIN].doorState"] == "CLOSE"
    assert flat["error"] == "DOOR_OPEN_ERROR"
