"""What users of other ThinQ integrations suffer from, one by one; each test fails where it is done the simple way.

Push that dies silently (1) is in test_push.py and test_account.py, states that snap back (3) in test_bridge.py.
"""

from __future__ import annotations

import copy
from typing import Any

import pytest

from devices.thinq.appliance import Appliance
from devices.thinq.client import ListedDevice
from devices.thinq.control import plan
from devices.thinq.profile import ApplianceProfile
from devices.thinq.sections import paths, sections
from devices.thinq.simulator.appliance import RefusedError, SimulatedAppliance
from devices.thinq.simulator.cloud import Simulator
from devices.thinq.simulator.household import showroom
from devices.thinq.simulator.subscriptions import Subscriptions
from devices.thinq.state import merge, translate
from devices.thinq.types import TYPES
from hub.messages import Topic

LEFT_OUT = (
    # what a profile lists and nobody needs beside what is shown
    "[F].", "TemperatureF", "Temperature.unit", ".unit", "locationName",
    "minTargetTemperature", "maxTargetTemperature", "MinTemperature", "MaxTemperature", ".minTemperature",
    ".maxTemperature", "twoSetEnabled",
    "PM1Level", "PM2Level", "PM10Level", ".odor", ".totalPollution", "filterInfo.usedTime", "filterLifetime",
    "relativeMinuteToSt", "remainSecond", "info.type", "hopOilCapsule", "flavorCapsule",
    "timerSecond", "roomTemperatureInUnits[C].currentTemperature",
)  # fmt: skip


def profile_of(name: str) -> tuple[SimulatedAppliance, ApplianceProfile]:
    (found,) = (one for one in showroom() if one.id == name)
    return found, ApplianceProfile.read(TYPES[found.type], found.profile)


@pytest.mark.parametrize("name", [one.id for one in showroom()])
def test_2_no_feature_of_the_profile_is_missing(name: str) -> None:
    simulated, read = profile_of(name)
    used = {path for device in read.devices for one in device.capabilities.values() for path in (*one.read, *one.write)}
    halves = [simulated.profile[half] for half in ("washer", "dryer") if half in simulated.profile]
    listed: set[str] = set()
    for part in halves or [simulated.profile]:
        for _, properties in sections(part["property"]):
            listed |= {path for path, _ in paths(properties)}
    plain = {path.rpartition("/")[2] for path in used}
    assert {path for path in listed - plain if not any(part in path for part in LEFT_OUT)} == set()


@pytest.mark.parametrize(("mode", "path"), [("COOL", "coolTargetTemperature"), ("HEAT", "heatTargetTemperature")])
def test_4_a_temperature_is_settable_though_the_target_can_only_be_read(mode: str, path: str, model: Any) -> None:
    raw = copy.deepcopy(model("air_conditioner").raw_profile)
    for entry in raw["property"]["temperatureInUnits"]:
        entry["targetTemperature"] = {"type": "number", "mode": ["r"]}
    profile, *_ = ApplianceProfile.read(TYPES["DEVICE_AIR_CONDITIONER"], raw).devices
    target = profile.properties()["target_temperature"]
    assert target.writable
    assert target.min is not None
    state = {"power": True, "mode": mode.lower()}
    (step,) = plan(profile, model("air_conditioner").about, {"target_temperature": 24}, state, {}, "ko")
    assert step.payload == {"temperatureInUnits": {path: 24, "unit": "C"}}


async def test_5_a_mode_turns_the_air_conditioner_on(house: Any) -> None:
    assert (await house.ask("JipsaSetMode", "living_ac", mode="dry"))["ok"]
    await house.state("living_ac", power=True, mode="dry")


def test_6_the_course_that_is_chosen_is_the_one_that_starts(model: Any) -> None:
    simulated, read = profile_of("washcombo_main")
    (profile,) = read.devices
    raw = merge({}, simulated.state, read.sections)
    about, *_ = Appliance(ListedDevice.model_validate(simulated.listed), read, "ko").abouts("thinq")
    (step,) = plan(profile, about, {"operation": "start", "mode": "dry_only"}, translate(profile, raw), raw, "ko")
    assert step.payload["mode"] == {"washerMode": "DRY_ONLY"}
    assert step.payload["operation"] == {"washerOperationMode": "START"}


async def test_7_without_energy_the_appliance_is_there_all_the_same(
    open_house: Any, simulator: Simulator, base_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_allowed(appliance: object) -> None:
        raise RefusedError("1309", "Not allowed API")  # a token from before LG gave energy out

    monkeypatch.setattr("devices.thinq.simulator.cloud.energy_profile", not_allowed)
    async with open_house(base_url) as house:
        await house.available("living_ac", True)
        assert "energy" not in house.bridge.abouts["living_ac"].properties


@pytest.mark.parametrize("code", ["1306", "1309", "1312"])
async def test_8_a_quota_that_is_used_up_for_push_leaves_polling(
    code: str, open_house: Any, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(self: Subscriptions, request: Any, body: Any) -> None:
        raise RefusedError(code, "Exceeded")

    monkeypatch.setattr(Subscriptions, "serve", refused)
    async with (
        simulator.serving(push=True) as url,
        open_house(url, push=True, root_ca=simulator.root_ca, poll_seconds=0.01) as house,
    ):
        await house.available("living_ac", True)
        simulator.appliances["living_ac"].control({"operation": {"airConOperationMode": "POWER_ON"}})
        await house.state("living_ac", power=True)


def test_9_no_two_devices_have_one_id() -> None:
    abouts = [
        about
        for simulated in showroom()
        for about in Appliance(ListedDevice.model_validate(simulated.listed), profile_of(simulated.id)[1], "ko").abouts(
            "thinq"
        )
    ]
    assert len({about.id for about in abouts}) == len(abouts) == 32
    assert len({about.name for about in abouts}) == len(abouts)


def test_9_an_id_of_lgs_length_has_room_for_the_part() -> None:
    simulated, read = profile_of("washtower")
    simulated.listed["deviceId"] = "a" * 64
    abouts = Appliance(ListedDevice.model_validate(simulated.listed), read, "ko").abouts("thinq")
    assert {len(about.id) for about in abouts} == {64}
    assert len({about.id for about in abouts}) == 2


async def test_10_an_appliance_that_is_not_there_at_the_start_comes_without_a_restart(
    open_house: Any, simulator: Simulator, base_url: str
) -> None:
    washer = simulator.appliances["washer"]
    washer.online = False
    async with open_house(base_url, poll_seconds=0.01) as house:
        await house.available("washer", False)
        await house.listener.object(Topic.device("washer", "about"), type="washer")
        washer.online = True
        await house.available("washer", True)
        await house.state("washer", status="idle")
