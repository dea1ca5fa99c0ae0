"""The bridge for LG ThinQ appliances: lists them, polls their states, and has them do what is asked.

States come by polling, every `poll_seconds` and a few times soon after each command. LG's push is not used.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import aiohttp

from devices.bridge import Bridge
from devices.commands import Changes
from devices.thinq.appliance import Appliance, Unit
from devices.thinq.client import CONNECTIONS, ListedDevice, ThinqCloud, ThinqError, serves
from devices.thinq.control import Step, plan
from devices.thinq.profile import ApplianceProfile, ProfileError
from devices.thinq.types import TYPES
from hub.bus import BrokerAddress
from hub.messages import ErrorCode, is_id
from hub.texts import Language, text

log = logging.getLogger(__name__)

DISCOVERY_SECONDS = 600.0
"""Seconds between two looks at the list of appliances."""

BACKOFF = (5.0, 300.0)
"""First and longest wait while the cloud does not answer; doubles in between."""

OFFLINE_AFTER = 2
"""Failed rounds in a row after which what is known of the appliances is too old to be called online."""

CONFIRM_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Waits before the looks at an appliance after a command. LG's states lag behind, often by more than a minute in all:
until a look shows anything but the value from before the command, or these are over, the commanded value stands."""

SETTLE_SECONDS = (0.5, 1.0, 2.0)
"""Waits before the attempts to send once more what an appliance could not take yet."""

NOT_YET = frozenset({"2210", "2212"})
"""LG's codes for: try again, busy synchronising."""

WAKING = frozenset({"2302", "2304", "2305"})
"""Codes that, right after the appliance was turned on, mean that it is not awake yet."""

TRANSIENT = frozenset({"unreachable", "2000"})
"""Codes of failures that may be over in a moment; the others of the whole account will not be."""


class ThinqBridge(Bridge):
    """The appliances of one LG ThinQ account.

    `base_url` replaces LG's address (the simulator's goes here). Raises ValueError for a
    country that LG ThinQ does not serve.
    """

    name = "thinq"

    def __init__(
        self,
        broker: BrokerAddress,
        language: Language = "ko",
        *,
        access_token: str,
        country: str = "KR",
        client_id: str,
        base_url: str | None = None,
        poll_seconds: float = 60,
    ) -> None:
        super().__init__(broker, language)
        if not serves(country):
            raise ValueError(text("thinq.unknown_country", language, country=country))
        self._access_token = access_token
        self._country = country
        self._client_id = client_id
        self._base_url = base_url
        self._poll_seconds = poll_seconds
        self._appliances: dict[str, Appliance] = {}
        self._units: dict[str, tuple[Appliance, Unit]] = {}
        self._unusable: dict[str, str] = {}
        self._last_failure = ""

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Poll the cloud while the block lasts."""
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS)) as session:
            self._cloud = ThinqCloud(
                session,
                access_token=self._access_token,
                country=self._country,
                client_id=self._client_id,
                base_url=self._base_url,
                language=self.language,
            )
            watch = asyncio.create_task(self._watch())
            try:
                yield
            finally:
                watch.cancel()
                with suppress(asyncio.CancelledError):
                    await watch

    async def set(self, device: str, changes: Changes) -> None:
        """Send what brings `changes` about; what the cloud accepts is reported at once and confirmed by its states."""
        appliance, unit = self._units[device]
        state = self.states.get(device, {})
        steps = plan(unit.profile, self.abouts[device], changes, state, appliance.raw, self.language)
        waking = False
        try:
            for step in steps:
                await self._send(appliance, step, NOT_YET | WAKING if waking else NOT_YET)
                waking = waking or step.turns_on
                unit.expect(step.brings, self.states.get(device, {}))
                self.report(device, step.brings)
        except ThinqError as error:
            if error.code == ErrorCode.DEVICE_OFFLINE:
                self._online(appliance, False)
            raise
        finally:
            appliance.commands += 1
            self.spawn(self._confirm(appliance, appliance.commands))

    async def _send(self, appliance: Appliance, step: Step, again: frozenset[str]) -> None:
        waits = iter(SETTLE_SECONDS)
        while True:
            try:
                await self._cloud.control(appliance.listed, step.payload)
            except ThinqError as error:
                if error.vendor_code == step.already:
                    return
                wait = next(waits, None) if error.vendor_code in again else None
                if wait is None:
                    raise
                await asyncio.sleep(wait)
            else:
                return

    async def _confirm(self, appliance: Appliance, command: int) -> None:
        """Look at an appliance after a command until the cloud shows what was commanded, or it has had its time."""
        for look, wait in enumerate(CONFIRM_SECONDS, start=1):
            await asyncio.sleep(wait)
            if appliance.commands != command or self._appliances.get(appliance.listed.id) is not appliance:
                return
            if look == len(CONFIRM_SECONDS):
                for unit in appliance.units:
                    unit.stale.clear()
            with suppress(ThinqError):  # the regular polling tells of it
                await self._refresh(appliance)
            if not appliance.awaited:
                return

    # Polling.

    async def _watch(self) -> None:
        clock = asyncio.get_running_loop().time
        discovered: float | None = None
        failures = 0
        while True:
            try:
                if discovered is None or clock() - discovered >= DISCOVERY_SECONDS:
                    await self._discover()
                    discovered = clock()
                await self.refresh_all()
            except ThinqError as error:
                failures += 1
                wait = self._lost(error, failures)
            except Exception:
                log.exception("polling LG ThinQ failed")
                wait = BACKOFF[1]
            else:
                failures = 0
                self._last_failure = ""
                wait = self._poll_seconds
            await asyncio.sleep(wait)

    def _lost(self, error: ThinqError, failures: int) -> float:
        """Note that the cloud does not serve us; returns how long to leave it alone."""
        if str(error) != self._last_failure:
            self._last_failure = str(error)
            self.log("warning", f"{error} ({error.vendor_code})")
        if failures >= OFFLINE_AFTER:
            for appliance in self._appliances.values():
                self._online(appliance, False)
        shortest, longest = BACKOFF
        if error.vendor_code not in TRANSIENT:
            return longest
        return min(longest, shortest * 2.0 ** min(failures - 1, 16))

    async def _discover(self) -> None:
        """Announce what is new on the account and retire what is gone."""
        listed = {device.id: device for device in await self._cloud.devices()}
        for gone in self._appliances.keys() - listed.keys():
            for unit in self._appliances.pop(gone).units:
                del self._units[unit.id]
                self.retire(unit.id)
        for device in listed.values():
            known = self._appliances.get(device.id)
            if known is None:
                await self._adopt(device)
            elif known.listed.name != device.name:
                known.listed = device
                self._announce(known)

    async def _adopt(self, device: ListedDevice) -> None:
        kind = TYPES.get(device.info.device_type)
        if kind is None:
            return self._leave_out(device, f"{device.info.device_type} is not supported")
        if not is_id(device.id):
            return self._leave_out(device, f"its id {device.id!r} cannot stand in a topic")
        try:
            profile = ApplianceProfile.read(kind, await self._cloud.profile(device))
        except ProfileError as error:
            return self._leave_out(device, str(error))
        except ThinqError as error:
            if error.code == ErrorCode.VENDOR_UNREACHABLE:
                raise
            return self._leave_out(device, str(error))
        appliance = self._appliances[device.id] = Appliance(device, profile, self.language)
        self._units |= {unit.id: (appliance, unit) for unit in appliance.units}
        self._announce(appliance)
        return None

    def _leave_out(self, device: ListedDevice, reason: str) -> None:
        if self._unusable.get(device.id) != reason:
            self._unusable[device.id] = reason
            self.log("warning", f"{device.name} is left out: {reason}")

    def _announce(self, appliance: Appliance) -> None:
        for about in appliance.abouts(self.name):
            self.announce(about)

    async def refresh_all(self) -> None:
        """Look at every appliance; raises ThinqError when the cloud itself fails."""
        looks = (self._refresh(appliance) for appliance in list(self._appliances.values()))
        for outcome in await asyncio.gather(*looks, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome

    async def _refresh(self, appliance: Appliance) -> None:
        """Look at one appliance; only a failure of the cloud itself is raised."""
        try:
            state = await self._cloud.state(appliance.listed)
        except ThinqError as error:
            if error.code == ErrorCode.VENDOR_UNREACHABLE:
                raise
            if appliance.online is not False:
                self.log("warning", str(error))
            self._online(appliance, False)
            return
        if self._appliances.get(appliance.listed.id) is not appliance:
            return  # retired while the cloud was asked
        appliance.learn(state, whole=True)
        self._online(appliance, True)
        self._report(appliance)

    def _report(self, appliance: Appliance) -> None:
        """Publish what the cloud says of an appliance."""
        for unit in appliance.units:
            self.report(unit.id, unit.believed(appliance.raw, self.states.get(unit.id, {})))

    def _online(self, appliance: Appliance, online: bool) -> None:
        if appliance.online is not online:
            appliance.online = online
            for unit in appliance.units:
                self.available(unit.id, online)
