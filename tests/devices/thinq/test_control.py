import json
from typing import Any

import aiohttp
import pytest
from thinqconnect import AirConditionerDevice, AirPurifierDevice, RobotCleanerDevice, ThinQApi, WasherDevice

from devices.commands import CommandError
from devices.thinq.control import plan
from devices.thinq.profile import ApplianceProfile
from devices.thinq.state import translate
from hub.messages import ErrorCode


def payloads(model: Any, changes: dict[str, Any], **state: Any) -> list[Any]:
    known = {**translate(model.profile, model.state), **state}
    raw = {**model.state, "runState.currentState": state.get("run")} if "run" in state else model.state
    return [dict(step.payload) for step in plan(model.profile, model.about, changes, known, raw, "ko")]


COOL_24 = {"temperatureInUnits": {"coolTargetTemperature": 24, "unit": "C"}}
ON = {"operation": {"airConOperationMode": "POWER_ON"}}


def test_a_temperature_goes_to_the_target_of_the_mode(model) -> None:
    conditioner = model("air_conditioner")
    assert payloads(conditioner, {"target_temperature": 24}) == [COOL_24]
    heat = {"temperatureInUnits": {"heatTargetTemperature": 24, "unit": "C"}}
    assert payloads(conditioner, {"target_temperature": 24}, mode="heat") == [heat]


def test_a_mode_without_a_target_of_its_own_uses_the_writable_one(model) -> None:
    assert payloads(model("air_conditioner"), {"target_temperature": 24}, mode="auto") == [COOL_24]


def test_power_goes_first_then_mode_then_temperature(model) -> None:
    changes = {"target_temperature": 24, "mode": "cool", "power": True}
    mode = {"airConJobMode": {"currentJobMode": "COOL"}}
    assert payloads(model("air_conditioner"), changes, power=False, mode="dry") == [ON, mode, COOL_24]


@pytest.mark.parametrize("changes", [{"mode": "dry"}, {"target_temperature": 24}])
def test_an_air_conditioner_that_is_off_is_turned_on_first(changes: dict[str, Any], model) -> None:
    assert payloads(model("air_conditioner"), changes, power=False)[0] == ON


def test_one_that_is_on_is_not_turned_on_again(model) -> None:
    assert len(payloads(model("air_conditioner"), {"mode": "dry"}, power=True)) == 1


def test_turning_off_goes_last(model) -> None:
    sent = payloads(model("air_conditioner"), {"power": False, "fan_mode": "low"})
    assert sent == [{"airFlow": {"windStrengthDetail": "LOW"}}, {"operation": {"airConOperationMode": "POWER_OFF"}}]


@pytest.mark.parametrize(
    ("changes", "mode"),
    [
        ({"target_temperature": 99}, "cool"),
        ({"target_temperature": 17}, "cool"),
        ({"target_temperature": 29}, "heat"),
        ({"target_temperature": 24.5}, "cool"),
        ({"target_temperature": 23}, "cool"),  # the profile excepts it
        ({"mode": "energy_saving"}, "cool"),  # it can be, but not be set
        ({"mode": "heat", "target_temperature": 29}, "cool"),
    ],
)
def test_what_the_profile_does_not_let_through_never_leaves(changes: dict[str, Any], mode: str, model) -> None:
    with pytest.raises(CommandError) as refusal:
        payloads(model("air_conditioner"), changes, mode=mode)
    assert refusal.value.code == ErrorCode.OUT_OF_RANGE
    assert "에어컨" in str(refusal.value)


def test_what_can_only_be_read_is_refused(model) -> None:
    with pytest.raises(CommandError) as refusal:
        payloads(model("air_conditioner"), {"current_temperature": 24})
    assert refusal.value.code == ErrorCode.NOT_SUPPORTED


def test_the_bounds_of_the_mode_are_spoken(model) -> None:
    with pytest.raises(CommandError, match="16도에서 28도까지"):
        payloads(model("air_conditioner"), {"target_temperature": 29}, mode="heat")


@pytest.mark.parametrize(
    ("run", "operation"),
    [("SLEEP", "WAKE_UP"), ("PAUSE", "RESUME"), ("CHARGING", "START"), ("STANDBY", "START"), (None, "START")],
)
def test_starting_the_robot_depends_on_what_it_is_doing(run: str | None, operation: str, model) -> None:
    sent = payloads(model("robot_cleaner"), {"operation": "start"}, run=run)
    assert sent == [{"operation": {"cleanOperationMode": operation}}]


def test_a_robot_that_knows_no_resuming_is_told_to_start(model) -> None:
    robot = model("robot_cleaner")
    operations = robot.raw_profile["property"]["operation"]["cleanOperationMode"]["value"]
    operations["w"].remove("RESUME")
    robot.profile, *_ = ApplianceProfile.read(robot.profile.kind, robot.raw_profile).devices
    sent = payloads(robot, {"operation": "start"}, run="PAUSE")
    assert sent == [{"operation": {"cleanOperationMode": "START"}}]


def test_waking_the_robot_is_not_told_as_cleaning(model) -> None:
    robot = model("robot_cleaner")
    raw = {"runState.currentState": "SLEEP"}
    (step,) = plan(robot.profile, robot.about, {"operation": "start"}, {}, raw, "ko")
    assert step.brings == {}


def test_a_washer_is_told_its_location(model) -> None:
    start = {"location": {"locationName": "MAIN"}, "operation": {"washerOperationMode": "START"}}
    assert payloads(model("washer"), {"operation": "start"}) == [start]
    delay = {"location": {"locationName": "MAIN"}, "timer": {"relativeHourToStart": 3}}
    assert payloads(model("washer"), {"delay_start_hours": 3}) == [delay]


def test_a_washer_that_cannot_be_turned_on_from_afar_is_only_told_to_start(model) -> None:
    assert len(payloads(model("washer"), {"operation": "start"}, run="POWER_OFF")) == 1


def test_a_switch_in_the_profile_is_a_boolean_here(model) -> None:
    assert payloads(model("air_conditioner"), {"air_clean": True}) == [
        {"operation": {"airCleanOperationMode": "START"}}
    ]
    assert payloads(model("air_conditioner"), {"swing_vertical": False}) == [{"windDirection": {"rotateUpDown": False}}]


async def _air_conditioner(device: Any) -> list[Any]:
    return [
        await device.set_air_con_operation_mode("POWER_OFF"),
        await device.set_current_job_mode("AIR_DRY"),
        await device.set_cool_target_temperature_c(24),
        await device.set_wind_strength("LOW_MID"),
        await device.set_power_save_enabled(True),
        await device.set_wind_step(4),
    ]


async def _washer(device: Any) -> list[Any]:
    main = device.get_sub_device("main")
    return [await main.set_washer_operation_mode("STOP"), await main.set_relative_hour_to_start(7)]


async def _robot(device: Any) -> list[Any]:
    return [await device.set_clean_operation_mode("HOMING")]


async def _purifier(device: Any) -> list[Any]:
    return [
        await device.set_air_purifier_operation_mode("POWER_ON"),
        await device.set_current_job_mode("DUAL_CLEAN"),
        await device.set_wind_strength("MID"),
    ]


@pytest.mark.parametrize(
    ("name", "device_class", "by_sdk", "by_us"),
    [
        (
            "air_conditioner",
            AirConditionerDevice,
            _air_conditioner,
            [
                {"power": False},
                {"mode": "dry"},
                {"target_temperature": 24},
                {"fan_mode": "low_mid"},
                {"power_save": True},
                {"fan_step": 4},
            ],
        ),
        ("washer", WasherDevice, _washer, [{"operation": "stop"}, {"delay_start_hours": 7}]),
        ("robot_cleaner", RobotCleanerDevice, _robot, [{"operation": "home"}]),
        (
            "air_purifier",
            AirPurifierDevice,
            _purifier,
            [{"power": True}, {"mode": "dual_clean"}, {"fan_mode": "medium"}],
        ),
    ],
)
async def test_requests_are_those_of_the_sdk(
    name: str, device_class: Any, by_sdk: Any, by_us: list[Any], model, session: aiohttp.ClientSession
) -> None:
    found = model(name)
    api = ThinQApi(session, "token", "KR", "client", mock_response=True)
    device = device_class(
        thinq_api=api,
        device_id="x",
        device_type=f"DEVICE_{name.upper()}",
        model_name="x",
        alias="x",
        reportable=True,
        profile=found.raw_profile,
    )
    theirs = [answer["body"] for answer in await by_sdk(device)]
    ours = [payloads(found, changes)[0] for changes in by_us]
    assert json.dumps(ours, sort_keys=True) == json.dumps(theirs, sort_keys=True)
