"""Inwards: what Home Assistant exposes to voice assistants becomes devices of the hub."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from devices.homeassistant.connection import Connection, connect
from devices.homeassistant.entities import Call
from devices.homeassistant.faults import FAULTS, AwayError, RefusedError, SlowError, reason
from devices.homeassistant.inward_ducking import SET_VOLUME, Ducking
from devices.homeassistant.inward_exposed import exposed, exposed_ids
from devices.homeassistant.inward_mirror import Mirror
from devices.values import Changes, CommandError
from hub.messages import About, ErrorCode, Topic
from hub.texts import text
from hub.together import end

if TYPE_CHECKING:
    from devices.bridge import Bridge

BACKOFF: Final = (0.5, 5.0)
"""First and longest wait between two attempts to connect, in seconds; doubles in between, with jitter."""

LASTING: Final = frozenset({"missing", "token", "no_admin"})
"""Reasons why there is no connection that last until somebody does something."""

REFUSED_SECONDS = 300.0
"""Wait after those: Home Assistant warns its owner of each attempt with a bad token."""

SETTLE_SECONDS = 0.2
"""Wait after news of the registries: they come several at a time."""

LIST_SECONDS = 60.0
"""How often it is asked what is exposed: it does not tell of entities that have no unique id."""

CALL_SECONDS = 8.0
"""How long a service may take: the butler gives up after 15."""

FOLLOW_SECONDS = 2.0
"""How long after a service the state may take to follow."""

REGISTRIES: Final = ("entity_registry_updated", "device_registry_updated", "area_registry_updated")
STARTED: Final = "homeassistant_started"


LEVELS: Final = "homeassistant-lowered.json"
"""The file that says how loud lowered players were."""


@dataclass(frozen=True, slots=True)
class Access:
    """How Home Assistant is reached: its address, a long-lived access token; and what is known of it here.

    `rooms` are those of devices by their ids, as the home file says.
    """

    url: str
    token: str = field(repr=False)
    state_dir: Path
    rooms: Mapping[str, str] = field(default_factory=dict)


class Inward:
    """Keeps the devices of the bridge at what Home Assistant exposes, and carries out what is asked of them."""

    def __init__(self, bridge: Bridge, access: Access) -> None:
        """Make it before the bridge's bus runs."""
        self._bridge = bridge
        self._url = access.url
        self._token = access.token
        self._ducking = Ducking(bridge, access.state_dir / LEVELS, access.rooms)
        self._mirror = Mirror(bridge, self._ducking.seen)
        self._connection: Connection | None = None
        self._why = "away"
        """Why there is no connection: the key of the sentence."""
        self._told = ""
        """The reason that was logged last; once is enough."""
        self._delay = BACKOFF[0]
        self._stale = asyncio.Event()
        bridge.bus.subscribe(Topic.device("+", "about"), self._mirror.remember)

    async def run(self) -> None:
        """Stay connected until cancelled; the bridge's bus is already running."""
        while True:
            try:
                async with connect(self._url, self._token, self._stale.set) as connection:
                    await self._serve(connection)
            except FAULTS as error:
                self._lost(error)
            finally:
                self._connection = None
                self._mirror.away()
            wait = REFUSED_SECONDS if self._why in LASTING else self._delay
            await asyncio.sleep(wait * random.uniform(0.75, 1.25))
            self._delay = min(self._delay * 2, BACKOFF[1])

    def _lost(self, error: Exception) -> None:
        """Log why there is no connection, once for each reason."""
        self._why = reason(error)
        if self._why != self._told:
            self._told = self._why
            sentence = text(f"homeassistant.{self._why}", self._bridge.language, url=self._url)
            self._bridge.log("error" if self._why in LASTING else "warning", f"{sentence} ({error})")

    async def _serve(self, connection: Connection) -> None:
        """Keep the devices right until the connection is lost; raises what ends it."""
        ducking = asyncio.create_task(self._ducking.run(self._mirror.players, partial(_service, connection)))
        try:
            await self._mirror_all(connection)
        finally:
            await end(ducking)

    async def _mirror_all(self, connection: Connection) -> None:
        config = await connection.call("get_config")
        units = config.get("unit_system") or {}
        self._mirror.fahrenheit = isinstance(units, dict) and units.get("temperature") == "°F"
        await exposed_ids(connection)  # who may not ask for that is warned of, should it subscribe
        for event in (*REGISTRIES, STARTED):
            await connection.subscribe("subscribe_events", lambda _: self._stale.set(), event_type=event)
        subscription: int | None = None
        shown: list[str] = []
        while True:
            self._stale.clear()
            ids = await exposed_ids(connection)
            known = await exposed(connection, ids, self._bridge.language)
            running = (await connection.call("get_config")).get("state") == "RUNNING"
            self._mirror.expect(known, complete=running)
            if sorted(known) != shown or subscription is None:
                shown, earlier = sorted(known), subscription
                subscription = await self._follow(connection, shown)
                if earlier is not None:
                    await connection.unsubscribe(earlier)
            self._connection, self._why, self._told, self._delay = connection, "away", "", BACKOFF[0]
            await self._until_stale(connection, ids)

    async def _follow(self, connection: Connection, ids: list[str]) -> int | None:
        if not ids:
            return None
        return await connection.subscribe("subscribe_entities", self._mirror.hear, entity_ids=ids)

    async def _until_stale(self, connection: Connection, ids: list[str]) -> None:
        """Wait until there is news of the registries, or something else is exposed."""
        while not self._stale.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(LIST_SECONDS):
                    await self._stale.wait()
            if not self._stale.is_set() and await exposed_ids(connection) != ids:
                return
        await asyncio.sleep(SETTLE_SECONDS)

    # What is asked of it.

    def reachable(self, devices: Iterable[str]) -> list[str]:
        """Those of the devices of which the state is known to be true; raises CommandError where none is left."""
        asked = list(devices)
        kept = [device for device in asked if device not in self._bridge.abouts or self._fault(device) is None]
        if asked and not kept:
            fault = self._fault(asked[0])
            assert fault is not None  # it was left out
            raise fault
        return kept

    def permit(self, device: str, changes: Changes, confirmed: bool) -> None:
        """What opens the home to somebody, or lets gas in, is asked about first."""
        entity = self._mirror.entity(device)
        key = None if entity is None or confirmed else entity.kind.asks(entity.seen, changes)
        if key is not None:
            name = self._bridge.abouts[device].name
            raise self._bridge.error(ErrorCode.CONFIRM, f"homeassistant.{key}", device=name)

    async def set(self, device: str, changes: Changes) -> None:
        """Carry out changes (already checked) on one entity, and wait for its state; raises CommandError."""
        fault = self._fault(device)
        if fault is not None:
            raise fault
        connection, entity = self._connection, self._mirror.entity(device)
        assert connection is not None
        assert entity is not None
        calls = entity.kind.calls(entity.seen, changes)
        if calls is None:
            raise self._error(ErrorCode.NOT_SUPPORTED, "bridge.not_supported", device)
        before = dict(self._bridge.states.get(device, {}))
        for call in calls:
            await self._call(connection, device, entity.seen.id, call)
        if not await self._mirror.followed(device, changes, before, FOLLOW_SECONDS):
            raise self._fault(device) or self._error(ErrorCode.DEVICE_ERROR, "homeassistant.unchanged", device)

    async def _call(self, connection: Connection, device: str, entity: str, call: Call) -> None:
        service = partial(_service, connection)
        try:
            if call.service == SET_VOLUME:
                result = await self._ducking.set_volume(service, entity, call)
            else:
                result = await service(entity, call)
        except RefusedError as error:
            self._bridge.log("warning", f"{entity}: {call.service}: {error}")
            raise self._error(ErrorCode.DEVICE_ERROR, "homeassistant.failed", device) from None
        except SlowError as error:
            self._bridge.log("warning", f"{entity}: {call.service}: {error}")
            raise self._error(ErrorCode.NO_ANSWER, "homeassistant.slow", device) from None
        except AwayError:
            raise self._error(ErrorCode.VENDOR_UNREACHABLE, "homeassistant.away", device) from None
        if call.then is not None:
            following = call.then(result.get("response") if isinstance(result, dict) else None)
            if following is None:
                raise self._error(ErrorCode.NOT_FOUND, "homeassistant.not_found", device)
            await self._call(connection, device, entity, following)

    def _fault(self, device: str) -> CommandError | None:
        """Why the device cannot be reached; None where it can."""
        if self._connection is None:
            return self._error(ErrorCode.VENDOR_UNREACHABLE, f"homeassistant.{self._why}", device)
        entity = self._mirror.entity(device)
        if entity is None or not entity.seen.available:
            return self._error(ErrorCode.DEVICE_OFFLINE, "homeassistant.offline", device)
        return None

    def _error(self, code: ErrorCode, key: str, device: str) -> CommandError:
        about: About | None = self._bridge.abouts.get(device)
        return self._bridge.error(code, key, device=about.name if about else device, url=self._url)


async def _service(connection: Connection, entity: str, call: Call) -> Any:
    """What a service answers; raises as `Connection.call` does."""
    domain, _, service = call.service.partition(".")
    more = {"return_response": True} if call.then is not None else {}
    return await connection.call(
        "call_service", CALL_SECONDS, domain=domain, service=service, service_data=dict(call.data),
        target={"entity_id": entity}, **more,
    )  # fmt: skip
