"""Players of Home Assistant are lower while a satellite in their room listens or speaks, and then as loud as they were.

How loud they were is kept in a file before anything is lowered, so that it comes back whoever was killed meanwhile.
"""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from devices.attention import LOWERED, Attended, Attention
from devices.homeassistant.entities import Call, Entity
from devices.homeassistant.faults import FAULTS, AwayError
from hub.files import write_file
from hub.messages import Topic

if TYPE_CHECKING:
    from devices.bridge import Bridge

SET_VOLUME: Final = "media_player.volume_set"

SLACK = 0.04
"""By how much a player may round its volume, which is between 0 and 1."""

QUIET = 0.05
"""A player that is not louder than this is left alone."""

RETRY_SECONDS = 10.0
"""Wait before a player that did not take its volume back is told again."""

LAST_SECONDS = 0.8
"""How long the players may take to be as loud as they were when the bridge ends."""

Service = Callable[[str, Call], Awaitable[object]]
"""Calls a service on an entity; raises what `FAULTS` lists."""

Players = Callable[[], Iterable[tuple[str, Entity]]]
"""Gives all players as they were told last, each with the id of its device."""


class Levels:
    """How loud lowered players are for people, by entity id; as a file at `path`, of which nothing else has to know."""

    def __init__(self, path: Path) -> None:
        self.of: dict[str, float] = {}
        self.path = path
        with suppress(OSError, ValueError):
            kept = json.loads(path.read_bytes())
            self.of = {str(entity): _share(level) for entity, level in kept.items()} if isinstance(kept, dict) else {}
        self._kept = dict(self.of)
        self._writing = asyncio.Lock()

    def seen(self, entity: str, attributes: Mapping[str, Any]) -> Mapping[str, Any]:
        """The attributes of a player with the volume that people know; one that somebody has set meanwhile counts."""
        level, volume = self.of.get(entity), attributes.get("volume_level")
        if level is None or not isinstance(volume, int | float):
            return attributes
        if min(abs(volume - level * LOWERED), abs(volume - level)) > SLACK:
            del self.of[entity]
            return attributes
        return {**attributes, "volume_level": level}

    async def keep(self) -> None:
        """Write the file where it is not up to date; raises OSError."""
        async with self._writing:
            if self.of != self._kept:
                levels = dict(self.of)
                await asyncio.to_thread(write_file, self.path, json.dumps(levels))
                self._kept = levels


class Ducking:
    """Lowers players, and makes them as loud as they were."""

    def __init__(self, bridge: Bridge, kept: Path, rooms: Mapping[str, str]) -> None:
        """`kept`: the file; `rooms`: of devices by their ids, where not Home Assistant's areas count.

        Make it before the bridge's bus runs.
        """
        self._bridge = bridge
        self._rooms = rooms
        self._levels = Levels(kept)
        self._attention = Attention()
        self._again: dict[str, float] = {}
        """When players that did not take their volume back are told again."""
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        bridge.bus.subscribe(Topic.satellite("+"), self._attention.hear)

    def seen(self, entity: str, attributes: Mapping[str, Any]) -> Mapping[str, Any]:
        """Take what was told of a player; its attributes with the volume that people know."""
        if self._levels.of or self._attention.until() is not None:
            self._attention.news.set()
        return self._levels.seen(entity, attributes)

    async def run(self, players: Players, service: Service) -> None:
        """Serve while there is a connection, until cancelled; what is lowered then gets its volume back."""
        self._again.clear()
        try:
            while True:
                self._attention.news.clear()
                now = time.monotonic()
                await self._settle(players(), service, self._attention.attended(), now)
                moments = (self._attention.until(), *(moment for moment in self._again.values() if moment > now))
                first = min((moment for moment in moments if moment is not None), default=None)
                with suppress(TimeoutError):
                    async with asyncio.timeout(None if first is None else max(0.0, first - time.monotonic())):
                        await self._attention.news.wait()
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST_SECONDS):
                    await self._settle(players(), service, {}, time.monotonic())

    async def set_volume(self, service: Service, entity: str, call: Call) -> object:
        """Call `SET_VOLUME` for somebody, raising as `service` does; a lowered player stays lower for the moment."""
        async with self._locks[entity]:
            if entity not in self._levels.of:
                return await service(entity, call)
            before, level = self._levels.of[entity], call.data["volume_level"]
            self._levels.of[entity] = level
            try:
                return await service(entity, _volume(level * LOWERED))
            except FAULTS:
                level = before
                raise
            finally:
                self._levels.of[entity] = level  # what was told meanwhile may have been from before
                self._attention.news.set()

    async def _settle(
        self, players: Iterable[tuple[str, Entity]], service: Service, attended: Mapping[str, Attended], now: float
    ) -> None:
        """Lower what plays where somebody is attended, and give back what was lowered elsewhere."""
        rooms = {one.room for one in attended.values()}
        lowered, given_back = [], []
        for device, player in players:
            near = bool(rooms) and (None in rooms or self._room(device) in {None, *rooms})
            if near and player.id not in self._levels.of and _can_be_lower(player):
                lowered.append(player.id)
                self._levels.of[player.id] = player.number("volume_level") or 0.0
            elif not near and player.id in self._levels.of and self._again.get(player.id, 0.0) <= now:
                given_back.append(player)
        if lowered and not await self._keep():
            for entity in lowered:
                self._levels.of.pop(entity, None)  # it could stay quiet for good
        await asyncio.gather(
            *(self._lower(service, entity) for entity in lowered),
            *(self._give_back(service, player) for player in given_back),
        )
        await self._keep()

    def _room(self, device: str) -> str | None:
        about = self._bridge.abouts.get(device)
        return self._rooms.get(device) or (about.room if about is not None else None)

    async def _lower(self, service: Service, entity: str) -> None:
        async with self._locks[entity]:
            level = self._levels.of.get(entity)
            if level is not None:  # nobody has set it meanwhile
                with suppress(*FAULTS):
                    await service(entity, _volume(level * LOWERED))

    async def _give_back(self, service: Service, player: Entity) -> None:
        async with self._locks[player.id]:
            self._again.pop(player.id, None)
            level = self._levels.of.get(player.id)
            if level is None or not player.available or player.number("volume_level") is None:
                return  # somebody has set it, or it is off: it says how loud it is when it is on again
            try:
                await service(player.id, _volume(level))
            except AwayError:
                return  # when it is back
            except FAULTS as error:
                self._bridge.log("warning", f"{player.id}: {SET_VOLUME}: {error}")
                self._again[player.id] = time.monotonic() + RETRY_SECONDS
            else:
                self._levels.of.pop(player.id, None)

    async def _keep(self) -> bool:
        try:
            await self._levels.keep()
        except OSError as error:
            self._bridge.log("warning", f"{self._levels.path}: {error.strerror}")
            return False
        return True


def _can_be_lower(player: Entity) -> bool:
    level, muted = player.number("volume_level"), player.attributes.get("is_volume_muted") is True
    return player.state == "playing" and player.has(4) and not muted and level is not None and level > QUIET


def _volume(level: float) -> Call:
    return Call(SET_VOLUME, {"volume_level": round(level, 3)})


def _share(level: Any) -> float:
    """A volume that was kept; raises ValueError for anything else."""
    if isinstance(level, int | float) and math.isfinite(level) and 0 <= level <= 1:
        return float(level)
    raise ValueError(level)
