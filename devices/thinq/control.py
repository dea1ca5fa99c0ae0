"""From changes in our property names to the control requests that bring them about, in the order they must go out.

Everything is checked against the profile before the first request leaves: LG's SDK lets a target of 99 °C through.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from devices.commands import Changes, CommandError, check
from devices.thinq.descriptors import RUN_STATE
from devices.thinq.profile import Capability, Profile, nest
from hub.messages import About, ErrorCode, Value
from hub.texts import Language, text

ALREADY = {"POWER_ON": "2302", "POWER_OFF": "2304"}
"""The error that an operation gets when the appliance is in that state already: no failure to the person."""


@dataclass(frozen=True, slots=True)
class Step:
    """One control request, what the appliance's state is once it is accepted, and the error code that means done."""

    payload: Mapping[str, Any]
    brings: Changes = field(default_factory=dict)
    already: str | None = None
    turns_on: bool = False


def plan(
    profile: Profile, about: About, changes: Changes, state: Mapping[str, Value], raw: Mapping[str, Any], lang: Language
) -> list[Step]:
    """The requests that carry out `changes`, given what the appliance is doing (ours, and by ThinQ path).

    Power comes first when it goes on and last when it goes off; then mode, then temperature, then the rest. An
    appliance that is off is turned on first where a change needs that. Raises CommandError before anything leaves.
    """
    mode = changes.get("mode", state.get("mode"))
    wanted = dict(changes)
    power = profile.capabilities.get("power")
    if power is not None and power.write and state.get("power") is False and wanted.keys() & profile.kind.needs_power:
        wanted.setdefault("power", True)
    steps: list[Step] = []
    for name, capability in profile.capabilities.items():
        if name not in wanted:
            continue
        value = _checked(capability, wanted[name], mode, about, lang)
        if name == "operation":
            steps += _operation(profile, capability, value, raw)
        else:
            steps.append(_step(profile, capability, value, mode))
    if wanted.get("power") is False:
        steps.append(steps.pop(0))  # its row is the first of every table
    return steps


def _checked(capability: Capability, value: Value, mode: Value, about: About, language: Language) -> Value:
    """The value, checked against what the profile lets through in this very mode."""
    name = capability.row.name
    if not capability.write:
        return check({name: value}, about, language)[name]  # refuses: it can only be read
    exact = about.model_copy(update={"properties": {name: capability.writable_property(mode)}})
    value = check({name: value}, exact, language)[name]
    _, descriptor = capability.target(mode)
    bounds = descriptor.bounds("w")
    try:
        possible = bounds is None or value not in bounds.excluded
        capability.theirs(value, descriptor)
    except KeyError:
        possible = False
    if not possible:
        sentence = text("bridge.not_a_value", language, device=about.name, value=str(value))
        raise CommandError(ErrorCode.OUT_OF_RANGE, sentence)
    return value


def _step(profile: Profile, capability: Capability, value: Value, mode: Value) -> Step:
    path, descriptor = capability.target(mode)
    word = capability.theirs(value, descriptor)
    return Step(
        nest(path, word, profile.location),
        {capability.row.name: value} if capability.read else {},
        ALREADY.get(word) if isinstance(word, str) else None,
        turns_on=word == "POWER_ON",
    )


def _operation(profile: Profile, capability: Capability, value: Value, raw: Mapping[str, Any]) -> list[Step]:
    """Starting depends on what the appliance is doing now; every other operation is simply sent."""
    path, descriptor = capability.target(None)
    words = [str(capability.theirs(value, descriptor))]
    if words == ["START"]:
        meant = profile.kind.start.get(str(raw.get(RUN_STATE)), ())
        words = [word for word in meant if word in descriptor.values("w")] or words
    status = capability.row.brings.get(str(value)) if "status" in profile.capabilities else None
    results: list[Changes] = [{} for _ in words]
    if status is not None and words[-1] != "WAKE_UP":
        results[-1] = {"status": status}
    return [
        Step(nest(path, word, profile.location), brings, ALREADY.get(word), turns_on=word == "POWER_ON")
        for word, brings in zip(words, results, strict=True)
    ]
