"""Every one of the 30 types, as the showroom has it: what is announced, what is told, and what can be set."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from syrupy.assertion import SnapshotAssertion

from devices.thinq.appliance import Appliance
from devices.thinq.client import ListedDevice
from devices.thinq.control import plan
from devices.thinq.profile import ApplianceProfile, Profile
from devices.thinq.simulator.appliance import WRONG_MODE, RefusedError
from devices.thinq.simulator.household import showroom
from devices.thinq.state import translate
from devices.thinq.types import TYPES
from hub.messages import About, Property
from hub.payloads import Value

FIXTURES = Path(__file__).with_name("fixtures")
COMMANDS = YAML(typ="safe").load(FIXTURES / "commands.yaml")
PUSHES = YAML(typ="safe").load(FIXTURES / "pushes.yaml")

SHOWN = {simulated.id: simulated for simulated in showroom()}


class Shown:
    """One appliance of the showroom, seen as the bridge sees it."""

    def __init__(self, name: str) -> None:
        (self.simulated,) = (one for one in showroom() if one.id == name)
        listed = ListedDevice.model_validate(self.simulated.listed)
        kind = TYPES[listed.info.device_type]
        self.appliance = Appliance(listed, ApplianceProfile.read(kind, self.simulated.profile), "ko")
        self.abouts = {about.id: about for about in self.appliance.abouts("thinq")}
        self.look()

    def look(self) -> None:
        """See the state as it is now."""
        self.appliance.learn(copy.deepcopy(self.simulated.state), whole=True)

    def units(self) -> list[tuple[Profile, About]]:
        return [(unit.profile, self.abouts[unit.id]) for unit in self.appliance.units]

    def states(self) -> dict[str, dict[str, Value]]:
        return {unit.id: translate(unit.profile, self.appliance.raw) for unit in self.appliance.units}

    def send(self, unit: str, changes: dict[str, Any]) -> list[Any]:
        """The requests for a change, taken by the simulated appliance; raises what either side objects."""
        profile, about = next(pair for pair in self.units() if pair[1].id == unit)
        steps = plan(profile, about, changes, translate(profile, self.appliance.raw), self.appliance.raw, "ko")
        sent = [step.payload for step in steps]
        for payload in sent:
            self.simulated.control(payload)
        self.look()
        return sent


def test_all_types_of_the_sdk_are_there() -> None:
    from thinqconnect import DeviceType

    known = {value for name, value in vars(DeviceType).items() if name.isupper()}
    assert known == TYPES.keys()
    assert {simulated.listed["deviceInfo"]["deviceType"] for simulated in SHOWN.values()} == known


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_announced(name: str, snapshot: SnapshotAssertion) -> None:
    hidden = {"id", "bridge", "aliases"}
    abouts = [about.model_dump(exclude_none=True, exclude=hidden) for about in Shown(name).abouts.values()]
    for about in abouts:
        for prop in about["properties"].values():
            prop.pop("labels", None)
    assert abouts == snapshot


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_told(name: str, snapshot: SnapshotAssertion) -> None:
    assert Shown(name).states() == snapshot


@pytest.mark.parametrize("name", SHOWN)
def test_every_value_has_a_korean_word(name: str) -> None:
    for about in Shown(name).abouts.values():
        for prop in about.properties.values():
            assert prop.name
            assert prop.platform
            words = prop.labels or {}
            assert set(words if prop.values is None else prop.values) == set(words)  # what may be a number has no list


def writable() -> list[tuple[str, str, str]]:
    return [
        (name, about.id, prop)
        for name in SHOWN
        for about in Shown(name).abouts.values()
        for prop, what in about.properties.items()
        if what.writable and prop not in {"operation", "power"}
    ]


OTHER_MODES = {
    "target_temperature_low", "target_temperature_high", "water_target_temperature", "water_cool_target_temperature",
}  # fmt: skip
"""What the appliances of the showroom can only take in another mode than theirs."""


def another(prop: Property, now: Value) -> Value:
    """A value that the property can have and has not now."""
    match prop.type:
        case "boolean":
            return not now
        case "enum":
            return next(value for value in prop.values or () if value != now)
        case "time":
            return "06:30"
        case _:
            low = prop.min if prop.min is not None else 0
            step = prop.step or 1
            step = 3600 if prop.unit == "s" else 60 if prop.unit == "min" else step
            return low + step if now != low + step else low + 2 * step


@pytest.mark.parametrize(("name", "device", "prop"), writable())
def test_what_can_be_set_is_set(name: str, device: str, prop: str) -> None:
    shown = Shown(name)
    profile = next(profile for profile, about in shown.units() if about.id == device)
    state = shown.states()[device]
    value = another(profile.capabilities[prop].writable_property(state.get("mode")), state.get(prop))
    changes = {prop: value}
    if prop.endswith("_minutes") and name == "cooktop":
        changes[prop.replace("minutes", "power_level")] = 3
    if prop in OTHER_MODES:
        with pytest.raises(RefusedError) as refusal:
            shown.send(device, changes)
        assert refusal.value.code == WRONG_MODE  # not now; but nothing is wrong with the request
        return
    assert shown.send(device, changes)
    state = shown.states()[device]
    assert prop not in state or state[prop] == value


@pytest.mark.parametrize(("name", "number"), [(name, n) for name, cases in COMMANDS.items() for n in range(len(cases))])
def test_commands_become_requests(name: str, number: int) -> None:
    case = COMMANDS[name][number]
    shown = Shown(name)
    device = case.get("device", name)
    if "while" in case:
        shown.appliance.learn(case["while"], whole=False)
    profile, about = next(pair for pair in shown.units() if pair[1].id == device)
    state = translate(profile, shown.appliance.raw)
    steps = plan(profile, about, case["set"], state, shown.appliance.raw, "ko")
    assert [step.payload for step in steps] == case["sends"]


def test_every_controllable_type_has_commands() -> None:
    controllable = {name for name, _, _ in writable()} | {"ceiling_fan"}
    assert controllable <= COMMANDS.keys()


@pytest.mark.parametrize("name", SHOWN)
def test_a_report_changes_what_it_names_and_nothing_else(name: str) -> None:
    case = PUSHES[name]
    shown = Shown(name)
    before = shown.states()
    shown.appliance.learn(json.loads(json.dumps(case["report"])), whole=False)
    after = shown.states()
    changed = {
        device: {prop: value for prop, value in state.items() if before[device][prop] != value}
        for device, state in after.items()
    }
    assert {device: changes for device, changes in changed.items() if changes} == {
        (device if device != "self" else name): changes for device, changes in case["changes"].items()
    }


def test_the_documentation_lists_every_property() -> None:
    lines = (Path(__file__).parents[3] / "docs/thinq.md").read_text(encoding="utf-8").splitlines()
    table = {cells[1].strip(): cells[3].strip() for line in lines if len(cells := line.split("|")) == 5}
    for lg, kind in TYPES.items():
        told = table[lg.removeprefix("DEVICE_")]
        names = [row.name for row in kind.rows] + [f"*zone*_{row.name}" for row in kind.zones]
        assert kind.halves or told == ", ".join(dict.fromkeys(names)), lg
