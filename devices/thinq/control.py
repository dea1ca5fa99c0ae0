"""From changes in our property names to the control requests that bring them about, in the order they must go out.

Everything is checked against the profile before the first request leaves: LG's SDK lets a target of 99 °C through.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from devices.commands import Changes, CommandError, check
from devices.thinq.profile import Capability, Profile
from devices.thinq.rows import RUN_STATE, ApplianceType
from devices.thinq.sections import nest
from devices.values import NO_TIME, not_a_value, off_step
from hub.messages import About, ErrorCode
from hub.payloads import Value
from hub.texts import Language, text

ALREADY = {"POWER_ON": "2302", "POWER_OFF": "2304"}
"""The error that an operation gets when the appliance is in that state already: no failure to the person."""

HEATING = frozenset({"start", "preheat"})
"""Operations after which a machine that heats is hot."""


@dataclass(frozen=True, slots=True)
class Step:
    """One control request: values by path, the state once it is accepted, and the error code that means done."""

    values: Mapping[str, Value]
    brings: Changes = field(default_factory=dict)
    already: str | None = None
    group: str | None = None
    """Steps of one group go out as one request."""

    @property
    def payload(self) -> dict[str, Any]:
        """What is sent."""
        return nest(self.values)

    @property
    def turns_on(self) -> bool:
        """Whether the appliance has to wake up after it."""
        return "POWER_ON" in self.values.values()


def plan(
    profile: Profile, about: About, changes: Changes, state: Mapping[str, Value], raw: Mapping[str, Any], lang: Language
) -> list[Step]:
    """The requests that carry out `changes`, given what the appliance is doing (ours, and by ThinQ path).

    Power comes first when it goes on and last when it goes off; then mode, then temperature, then the rest. An
    appliance that is off is turned on first where a change needs that. Raises CommandError before anything leaves.
    """
    wanted = _completed(profile, changes, state, about, lang)
    mode = wanted.get("mode", state.get("mode"))
    steps: list[Step] = []
    for name, capability in profile.capabilities.items():
        if name not in wanted:
            continue
        value = _checked(capability, wanted[name], mode, about, lang)
        if name == "operation":
            steps += _operation(profile, capability, value, raw)
        else:
            steps.append(_step(profile.kind, capability, value, mode, about, lang))
    if wanted.get("power") is False:
        steps.append(steps.pop(0))  # its row is the first of every table
    return _joined(steps)


def heating(kind: ApplianceType, changes: Mapping[str, Value]) -> bool:
    """Whether these changes may make something hot."""
    return any(_heats(kind, name, value) for name, value in changes.items())


def _heats(kind: ApplianceType, name: str, value: Value) -> bool:
    limit = next((limit for base, limit in kind.heats.items() if name == base or name.endswith(f"_{base}")), None)
    if limit is None:
        return False
    if isinstance(value, str):
        return name != "operation" or value in HEATING
    return isinstance(value, int | float) and value > limit


def _completed(
    profile: Profile, changes: Changes, state: Mapping[str, Value], about: About, language: Language
) -> Changes:
    """The changes with what has to go along: power where it is off, and what one request must carry."""
    wanted, kind = dict(changes), profile.kind
    power = profile.capabilities.get("power")
    if power is not None and power.write and state.get("power") is False and wanted.keys() & kind.needs_power:
        wanted.setdefault("power", True)
    for zone in {group for name in changes if (group := _group(kind, name)) is not None}:
        names = [f"{zone}{name}" for name in kind.together]
        if "operation" in names:
            wanted |= _started(profile, wanted, state, about, language)
            continue
        for name in names:
            capability, value = profile.capabilities.get(name), state.get(name)
            if capability is not None and capability.write and value is not None:
                wanted.setdefault(name, value)
    return wanted


def _started(
    profile: Profile, changes: Changes, state: Mapping[str, Value], about: About, language: Language
) -> Changes:
    """What a start must carry beside the changes: how it works, and how hot; raises CommandError where nobody knows."""
    started: Changes = {"operation": changes.get("operation", "start")}
    if started["operation"] not in HEATING or state.get("status") == "paused" or not profile.kind.heats:
        return started
    mode, target = (profile.capabilities.get(name) for name in ("mode", "target_temperature"))
    if mode is not None and mode.write and "mode" not in changes:
        possible = mode.writable_property(None).values or []
        now = state.get("mode")
        started["mode"] = now if now in possible else next(iter(possible), None)
    if target is not None and target.write and "target_temperature" not in changes:
        if state.get("target_temperature") is None:
            raise CommandError(ErrorCode.NOT_SUPPORTED, text("thinq.how_hot", language, device=about.name))
        started["target_temperature"] = state["target_temperature"]
    return started


def _group(kind: ApplianceType, name: str) -> str | None:
    """The zone ("" without zones) of a property that goes out together with others; None for all the rest."""
    for base in kind.together:
        if name == base or (kind.zones and name.endswith(f"_{base}")):
            return name.removesuffix(base)
    return None


def _joined(steps: list[Step]) -> list[Step]:
    """The steps, those of one group as one: in the place of the first whose request they share."""
    joined: list[Step] = []
    for step in steps:
        same = next(
            (place for place, one in enumerate(joined) if step.group is not None and one.group == step.group), None
        )
        if same is None:
            joined.append(step)
        else:
            one = joined[same]
            joined[same] = replace(one, values={**one.values, **step.values}, brings={**one.brings, **step.brings})
    return joined


def _checked(capability: Capability, value: Value, mode: Value, about: About, language: Language) -> Value:
    """The value, checked against what the profile lets through in this very mode."""
    name = capability.row.name
    if not capability.write:
        return check({name: value}, about, language)[name]  # refuses: it can only be read
    exact = about.model_copy(update={"properties": {name: capability.writable_property(mode)}})
    return check({name: value}, exact, language)[name]


def _step(
    kind: ApplianceType, capability: Capability, value: Value, mode: Value, about: About, language: Language
) -> Step:
    row = capability.row
    group = _group(kind, row.name)
    brings: Changes = {row.name: None if value == NO_TIME else value} if capability.read else {}
    if row.parts:
        return Step(dict(_split(capability, value, about, language)), brings, group=group)
    path, descriptor = capability.target(mode)
    bounds = descriptor.bounds("w")
    try:
        word = capability.theirs(value, descriptor)
    except KeyError:
        raise not_a_value(value, about.name, language) from None
    if bounds is not None and value in bounds.excluded:
        raise not_a_value(value, about.name, language)
    return Step({path: word}, brings, ALREADY.get(word) if isinstance(word, str) else None, group)


def _split(capability: Capability, value: Value, about: About, language: Language) -> Iterator[tuple[str, Value]]:
    """A duration or a time of day as the hours, minutes and seconds that can be written."""
    row = capability.row
    if value == NO_TIME:
        yield from ((path, -1) for path in row.parts if path in capability.write)
        return
    if isinstance(value, str):
        hours, _, minutes = value.partition(":")
        left = int(hours) * 60 + int(minutes)
    else:
        assert isinstance(value, int | float)
        left = round(value)
    smallest = 1
    for path, size in row.parts.items():
        if path in capability.write:
            count, left = divmod(left, size)
            smallest = size
            yield path, count
    if left:
        raise off_step(smallest, capability.property(language), about.name, language)


def _operation(profile: Profile, capability: Capability, value: Value, raw: Mapping[str, Any]) -> list[Step]:
    """Starting depends on what the appliance is doing now; every other operation is simply sent."""
    path, descriptor = capability.target(None)
    words = [str(capability.theirs(value, descriptor))]
    if words == ["START"]:
        prefix = f"{profile.section}/" if profile.section else ""
        meant = profile.kind.start.get(str(raw.get(f"{prefix}{RUN_STATE}")), ())
        words = [word for word in meant if word in descriptor.values("w")] or words
    status = capability.row.brings.get(str(value)) if "status" in profile.capabilities else None
    results: list[Changes] = [{} for _ in words]
    if status is not None and words[-1] != "WAKE_UP":
        results[-1] = {"status": status}
    groups = [None] * (len(words) - 1) + [_group(profile.kind, "operation")]
    return [
        Step({path: word}, brings, ALREADY.get(word), group)
        for word, brings, group in zip(words, results, groups, strict=True)
    ]
