"""What opens and closes: covers, valves, locks. What lets somebody, or gas, into the home is asked about first.

Facts: https://developers.home-assistant.io/docs/core/entity/cover, …/valve and …/lock
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from devices.homeassistant.entities.descriptor import (
    SET_SHARE,
    SHARE,
    SWITCH,
    Call,
    Entity,
    Kind,
    Row,
    always,
    operations,
    percent,
)
from devices.values import Changes
from hub.messages import Property
from hub.payloads import Value

ENTRANCES: Final = frozenset({"door", "garage", "gate"})
"""Classes of covers that somebody can walk or drive through."""

HARMLESS_VALVES: Final = frozenset({"water"})
"""Classes of valves that may be opened unasked; of one that does not say what flows through it, it may be gas."""

_STATES: Final[Mapping[str, bool]] = {"open": True, "opening": True, "closing": True, "closed": False}

MOVING: Final = frozenset({"opening", "closing", "locking", "unlocking"})


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to move something: its features, its services, and where it tells how far it is open."""

    open: tuple[int, str]
    close: tuple[int, str]
    place: tuple[int, str]
    argument: str
    now: str

    def moves(self, entity: Entity) -> bool:
        """Whether the entity knows this way."""
        return any(entity.has(feature) for feature, _ in (self.open, self.close, self.place))


_COVER = _Way((1, "cover.open_cover"), (2, "cover.close_cover"), (4, "cover.set_cover_position"),
              "position", "current_position")  # fmt: skip
_TILT = _Way((16, "cover.open_cover_tilt"), (32, "cover.close_cover_tilt"), (128, "cover.set_cover_tilt_position"),
             "tilt_position", "current_tilt_position")  # fmt: skip
_VALVE = _Way((1, "valve.open_valve"), (2, "valve.close_valve"), (4, "valve.set_valve_position"),
              "position", "current_position")  # fmt: skip


def _way(entity: Entity) -> _Way:
    """How the entity moves: covers that only tilt are opened by tilting."""
    if entity.domain == "valve":
        return _VALVE
    return _TILT if _TILT.moves(entity) and not _COVER.moves(entity) else _COVER


def _position(entity: Entity) -> Property | None:
    way = _way(entity)
    if entity.has(way.place[0]):
        return SET_SHARE
    return SHARE if way.now in entity.attributes else None


def _open(entity: Entity, changes: Changes) -> Call | None:
    way = _way(entity)
    feature, service = way.open if changes["open"] else way.close
    if entity.has(feature):
        return Call(service)
    return Call(way.place[1], {way.argument: 100 if changes["open"] else 0}) if entity.has(way.place[0]) else None


def _place(entity: Entity, changes: Changes) -> Call:
    way = _way(entity)
    return Call(way.place[1], {way.argument: changes["position"]})


_ROWS = (
    Row("open", always(SWITCH), lambda entity: _STATES.get(entity.state), _open),
    Row("position", _position, lambda entity: percent(entity.number(_way(entity).now)), _place),
)


def opens(entity: Entity, changes: Changes) -> bool:
    """Whether the changes open it, or open it further."""
    wanted, now = changes.get("position"), entity.number(_way(entity).now)
    further = isinstance(wanted, int | float) and wanted > (now or 0)
    return changes.get("open") is True or further


def _asks_cover(entity: Entity, changes: Changes) -> str | None:
    return "confirm_open" if entity.text("device_class") in ENTRANCES and opens(entity, changes) else None


def _asks_valve(entity: Entity, changes: Changes) -> str | None:
    harmless = entity.text("device_class") in HARMLESS_VALVES
    return "confirm_valve" if not harmless and opens(entity, changes) else None


def _asks_lock(entity: Entity, changes: Changes) -> str | None:
    return "confirm_unlock" if changes.get("locked") is False else None


_LOCKED: Final[Mapping[str, Value]] = {
    "locked": True, "locking": False, "unlocked": False, "unlocking": False, "open": False, "opening": False,
}  # fmt: skip


COVER: Final = Kind(
    lambda entity: "cover",
    (*_ROWS, operations(("stop", 8, "cover.stop_cover"), ("stop", 64, "cover.stop_cover_tilt"))),
    lambda entity: entity.text("device_class"),
    _asks_cover,
    MOVING,
    slow=True,
)
VALVE: Final = Kind(
    lambda entity: "valve",
    (*_ROWS, operations(("stop", 8, "valve.stop_valve"))),
    lambda entity: entity.text("device_class"),
    _asks_valve,
    MOVING,
    slow=True,
)
LOCK: Final = Kind(
    lambda entity: "lock",
    (
        Row(
            "locked",
            always(SWITCH),
            lambda entity: _LOCKED.get(entity.state),
            lambda entity, changes: Call("lock.lock" if changes["locked"] else "lock.unlock"),
        ),
    ),
    asks=_asks_lock,
    moving=MOVING,
)
