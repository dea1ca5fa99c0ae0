"""One appliance of the account while the bridge runs: its devices, what is known of them, and what is awaited.

What was commanded is shown at once. The cloud lags behind, often by more than a minute, and shows the value from before
the command meanwhile: that value is not believed while the command waits to be confirmed. Anything else is the truth.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from devices.commands import Changes
from devices.thinq.client import ListedDevice
from devices.thinq.profile import ApplianceProfile, Profile
from devices.thinq.state import merge, translate
from devices.thinq.words import noun, section_noun
from hub.messages import About, Property
from hub.payloads import Value
from hub.texts import Language

LONGEST_ID = 64
"""Characters that an id in a topic may have."""


@dataclass(slots=True, eq=False)
class Unit:
    """One device of an appliance; most appliances are one, a wash tower is two."""

    id: str
    name: str
    profile: Profile
    commanded: Changes = field(default_factory=dict)
    """The latest values that were commanded."""
    stale: defaultdict[str, list[Value]] = field(default_factory=lambda: defaultdict(list))
    """For properties whose command is not confirmed: the values that the cloud may still show from before."""

    def expect(self, brings: Changes, state: Mapping[str, Value]) -> None:
        """A command was accepted: until it is confirmed, the values from before it mean nothing."""
        self.commanded |= brings
        for name, value in brings.items():
            if state.get(name) != value:
                self.stale[name].append(state.get(name))

    def believed(self, raw: Mapping[str, Any], state: Mapping[str, Value]) -> Changes:
        """What the cloud says, save for what it has not noticed yet; `state` is what is shown now."""
        fresh = translate(self.profile, raw)
        for name, values in list(self.stale.items()):
            if name in fresh and fresh[name] != state.get(name) and fresh[name] in values:
                del fresh[name]
            else:
                del self.stale[name]
        return fresh


@dataclass(slots=True, eq=False)
class Appliance:
    """One entry of LG's list."""

    listed: ListedDevice
    profile: ApplianceProfile
    language: Language
    raw: dict[str, Any] = field(default_factory=dict)
    """Its latest ThinQ state, by path."""
    online: bool | None = None
    news: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when something of it was pushed."""
    seen: float = 0.0
    """When it was last looked at (the event loop's time)."""
    metered: bool = False
    """Whether LG counts what it uses."""
    breathes: float = 0.0
    """Until when it is left alone after a command."""
    commands: int = 0
    """How many commands it has taken; a newer one ends the confirmation of the older."""
    units: tuple[Unit, ...] = field(init=False)

    def __post_init__(self) -> None:
        several = len(self.profile.devices) > 1
        self.units = tuple(self._unit(profile, several) for profile in self.profile.devices)

    def _unit(self, profile: Profile, several: bool) -> Unit:
        suffix = f"-{profile.section.lower()}" if several else ""
        return Unit(self.listed.id[: LONGEST_ID - len(suffix)] + suffix, "", profile)

    def abouts(self, bridge: str) -> list[About]:
        """What its devices are, as announced; the names are those of the moment."""
        for unit in self.units:
            section = unit.profile.section if len(self.units) > 1 else ""
            unit.name = " ".join(filter(None, (self.listed.name, section and section_noun(section, self.language))))
        return [
            About(
                id=unit.id,
                bridge=bridge,
                type=unit.profile.kind.type,
                name=unit.name,
                properties=unit.profile.properties(self.language) | self._metering(unit),
                events=[event.lower() for event in self.profile.pushes],
            )
            for unit in self.units
        ]

    def _metering(self, unit: Unit) -> dict[str, Property]:
        if not self.metered or unit is not self.units[0]:
            return {}
        name = noun("energy_today", "오늘 전기 사용량", self.language)
        return {"energy": Property(type="number", unit="kWh", name=name, platform="sensor")}

    def learn(self, state: Any, *, whole: bool) -> None:
        """Take a state of the cloud: all of it, or the part that a report is about."""
        self.raw = merge({} if whole else self.raw, state, self.profile.sections)

    def differs(self, state: Any) -> bool:
        """Whether a state says something else than is known, in words and switches: numbers always move a little."""
        fresh = merge({}, state, self.profile.sections)
        return any(
            path in self.raw and self.raw[path] != value
            for path, value in fresh.items()
            if isinstance(value, str | bool)
        )

    @property
    def awaited(self) -> bool:
        """Whether a command is not confirmed yet."""
        return any(unit.stale for unit in self.units)
