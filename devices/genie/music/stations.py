"""Radio stations, and which of them somebody means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.korean.jamo import squash
from hub.korean.reading import readings


@dataclass(frozen=True, slots=True)
class Station:
    """A radio station: where its stream is, and what people call it."""

    name: str
    url: str
    aliases: tuple[str, ...] = ()

    def called(self) -> frozenset[str]:
        """All its names, squashed, as they are written and as they are read aloud (KBS, 케이비에스)."""
        names = (self.name, *self.aliases)
        return frozenset(squash(form) for name in names for form in (name, *readings(name)))


def station_named(said: str, stations: Sequence[Station]) -> Station | None:
    """The station that is called so."""
    wanted = squash(said)
    return next((station for station in stations if wanted in station.called()), None)


def station_like(said: str, stations: Sequence[Station]) -> Station | None:
    """The station that is called so, or else the only one of whose name it is a part, or that is a part of it."""
    wanted = squash(said)
    if len(wanted) < 2:
        return None
    near = [
        station
        for station in stations
        if any(wanted in name or (len(name) > 1 and name in wanted) for name in station.called())
    ]
    return station_named(said, stations) or (near[0] if len(near) == 1 else None)
