"""The part of a state that the cloud reports after a change."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from devices.thinq.simulator.appliance import changes
from devices.thinq.simulator.fields import put
from devices.thinq.simulator.household import showroom

APPLIANCES = {appliance.id: appliance for appliance in showroom()}


@pytest.mark.parametrize("device_id", APPLIANCES)
def test_nothing_changed_is_nothing(device_id: str) -> None:
    state = APPLIANCES[device_id].state
    assert changes(state, copy.deepcopy(state)) is None


@pytest.mark.parametrize(
    ("device_id", "part", "changed", "report"),
    [
        ("dryer", "", {"timer.remainMinute": 41}, {"timer": {"remainMinute": 41}}),
        (
            "dryer",
            "",
            {"timer.remainMinute": 41, "runState.currentState": "RUNNING"},
            {"runState": {"currentState": "RUNNING"}, "timer": {"remainMinute": 41}},
        ),
        (
            "washer",
            "MAIN",
            {"cycle.cycleCount": 119},
            [{"location": {"locationName": "MAIN"}, "cycle": {"cycleCount": 119}}],
        ),
        (
            "cooktop",
            "CENTER",
            {"power.powerLevel": 3},
            [{"location": {"locationName": "CENTER"}, "power": {"powerLevel": 3}}],
        ),
        ("washtower", "dryer", {"timer.remainHour": 0}, {"dryer": {"timer": {"remainHour": 0}}}),
        ("washtower", "washer", {"cycle.cycleCount": 33}, {"washer": {"cycle": {"cycleCount": 33}}}),
        (
            "air_conditioner",
            "",
            {"temperatureInUnits[F].currentTemperature": 81},
            {"temperatureInUnits": [{"currentTemperature": 81, "unit": "F"}]},
        ),
        (
            "refrigerator",
            "",
            {"temperatureInUnits[FREEZER].targetTemperatureC": -20, "doorStatus[MAIN].doorState": "OPEN"},
            {
                "temperatureInUnits": [{"locationName": "FREEZER", "targetTemperatureC": -20, "unit": "C"}],
                "doorStatus": [{"locationName": "MAIN", "doorState": "OPEN"}],
            },
        ),
        (
            "kimchi_refrigerator",
            "",
            {"temperature[MIDDLE].targetTemperature": "KIMCHI"},
            {"temperature": [{"locationName": "MIDDLE", "targetTemperature": "KIMCHI"}]},
        ),
        (
            "oven",
            "LOWER",
            {"temperature.targetTemperature": 200},
            [{"location": {"locationName": "LOWER"}, "temperature": {"targetTemperature": 200}}],
        ),
    ],
)
def test_only_what_changed_is_reported(device_id: str, part: str, changed: dict[str, Any], report: Any) -> None:
    (appliance,) = (one for one in showroom() if one.id == device_id)
    before = copy.deepcopy(appliance.state)
    for path, value in changed.items():
        put(appliance.part(part), path, value)
    assert changes(before, appliance.state) == report


@pytest.mark.parametrize(
    ("before", "after", "report"),
    [
        ({"a": {"x": 1, "y": 2}}, {"a": {"x": 1}}, None),
        ({"a": {"x": 1}}, {"a": {"x": 1}, "b": {"z": False}}, {"b": {"z": False}}),
        ({"error": "DOOR_OPEN_ERROR"}, {"error": "WATER_DRAIN_ERROR"}, {"error": "WATER_DRAIN_ERROR"}),
        ({"a": {"days": ["MON"]}}, {"a": {"days": []}}, {"a": {"days": []}}),
        ({"a": {"days": ["MON"]}}, {"a": {"days": ["MON", "TUE"]}}, {"a": {"days": ["MON", "TUE"]}}),
        ({"a": [{"unit": "C", "x": 1}]}, {"a": [{"unit": "F", "x": 1}]}, {"a": [{"unit": "F", "x": 1}]}),
    ],
)
def test_what_comes_and_goes(before: Any, after: Any, report: Any) -> None:
    assert changes(before, after) == report


def merged(state: Any, report: Any) -> Any:
    """What somebody knows who has had the report."""
    if isinstance(state, dict):
        return state | {name: merged(state.get(name), part) for name, part in report.items()}
    if isinstance(state, list):
        names = [{key: part[key] for key in ("location", "locationName", "unit") if key in part} for part in report]
        known = [next((part for part, name in zip(report, names, strict=True) if name.items() <= entry.items()), {})
                 for entry in state]  # fmt: skip
        return [merged(entry, part) for entry, part in zip(state, known, strict=True)]
    return report


@pytest.mark.parametrize("device_id", APPLIANCES)
def test_the_reports_together_are_the_state(device_id: str) -> None:
    (appliance,) = (one for one in showroom() if one.id == device_id)
    known = copy.deepcopy(appliance.state)
    for _ in range(120):
        before = copy.deepcopy(appliance.state)
        appliance.live(1.0)
        report = changes(before, appliance.state)
        if report is not None:
            known = merged(known, report)
    assert known == appliance.state
