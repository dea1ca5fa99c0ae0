import pytest

from devices.thinq.profile import ApplianceProfile
from devices.thinq.state import merge, translate


@pytest.mark.parametrize("name", ["air_conditioner", "washer", "robot_cleaner", "air_purifier"])
def test_a_state_in_our_words(name: str, model, snapshot) -> None:
    found = model(name)
    assert translate(found.profile, found.state) == snapshot


def test_every_readable_property_has_a_value_even_of_an_empty_state(model) -> None:
    found = model("washer")
    state = translate(found.profile, {})
    assert state["status"] is None
    assert state["remaining_minutes"] is None
    assert state["error"] == "none"
    assert "operation" not in state


def test_a_partial_state_changes_only_what_it_names(model) -> None:
    washer = model("washer")
    before = translate(washer.profile, washer.state)
    raw = merge(washer.state, [{"location": {"locationName": "MAIN"}, "timer": {"remainMinute": 2}}], ("MAIN",))
    after = translate(washer.profile, raw)
    assert after == {**before, "remaining_minutes": 62}


def test_a_partial_state_of_another_location_changes_nothing(model) -> None:
    washer = model("washer")
    partial = [{"location": {"locationName": "MINI"}, "runState": {"currentState": "END"}}]
    after = translate(washer.profile, merge(washer.state, partial, ("MAIN",)))
    assert after == translate(washer.profile, washer.state)


@pytest.mark.parametrize("nonsense", [None, "state", 3, [], [None], [[]]])
def test_what_is_no_state_changes_nothing(nonsense: object, model) -> None:
    washer = model("washer")
    assert merge(washer.state, nonsense, ("MAIN",)) == washer.state


def test_a_washer_may_send_a_bare_object(model) -> None:
    washer = model("washer")
    raw = merge({}, {"runState": {"currentState": "END"}}, ("MAIN",))
    assert translate(washer.profile, raw)["status"] == "ended"


@pytest.mark.parametrize(("phase", "minutes"), [("POWER_OFF", None), ("INITIAL", None), ("END", None), ("PAUSE", 65)])
def test_time_left_is_told_only_while_there_is_a_programme(phase: str, minutes: int | None, model) -> None:
    washer = model("washer")
    raw = {**washer.state, "MAIN/runState.currentState": phase}
    assert translate(washer.profile, raw)["remaining_minutes"] == minutes


def test_the_celsius_entry_counts(model) -> None:
    conditioner = model("air_conditioner")
    state = translate(conditioner.profile, conditioner.state)
    assert (state["current_temperature"], state["target_temperature"]) == (25.5, 22)


def test_an_invalid_reading_is_unknown(model) -> None:
    conditioner = model("air_conditioner")
    assert translate(conditioner.profile, conditioner.state)["odor"] is None


def test_a_word_that_the_table_does_not_know_is_told_as_it_is(model) -> None:
    washer = model("washer")
    raw = {**washer.state, "MAIN/runState.currentState": "DEFROSTING"}
    assert translate(washer.profile, raw)["status"] == "defrosting"


@pytest.mark.parametrize("reading", ["19", True, float("inf"), float("nan"), {}, []])
def test_a_number_that_is_none_is_unknown(reading: object, model) -> None:
    conditioner = model("air_conditioner")
    raw = {**conditioner.state, "temperatureInUnits[C].currentTemperature": reading}
    assert translate(conditioner.profile, raw)["current_temperature"] is None


def test_a_target_that_is_told_only_per_mode_is_that_of_the_mode(model) -> None:
    conditioner = model("air_conditioner")
    raw_profile = conditioner.raw_profile
    for entry in raw_profile["property"]["temperatureInUnits"]:
        del entry["targetTemperature"]
        entry["coolTargetTemperature"]["mode"] = ["r", "w"]
        entry["heatTargetTemperature"]["mode"] = ["r", "w"]
    profile, *_ = ApplianceProfile.read(conditioner.profile.kind, raw_profile).devices
    celsius = "temperatureInUnits[C]"
    raw = {f"{celsius}.coolTargetTemperature": 26, f"{celsius}.heatTargetTemperature": 20}
    for mode, target in (("COOL", 26), ("HEAT", 20), ("FAN", None)):
        state = translate(profile, {**raw, "airConJobMode.currentJobMode": mode})
        assert state["target_temperature"] == target
