"""The appliances of one LG account: found, looked at, listened to, and shown on MQTT as they change."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

from devices.bridge import Bridge
from devices.commands import Changes
from devices.thinq.appliance import Appliance, Unit
from devices.thinq.client import ListedDevice, ThinqCloud, ThinqError
from devices.thinq.energy import used_today
from devices.thinq.events import Choice, event_type, finished, sentence, unit_of, wanted
from devices.thinq.profile import ApplianceProfile, ProfileError
from devices.thinq.push import Message, Push
from devices.thinq.types import TYPES
from hub.messages import ALL_SATELLITES, ErrorCode, Say, Topic
from hub.payloads import Value, is_id, now
from hub.texts import text

log = logging.getLogger(__name__)

AGAIN_SECONDS = 300.0
"""Seconds within which the same event of the same device is not told again."""

DOUBT_SECONDS = 1800.0
"""Seconds in which push is made anew once at most for what it did not tell: some appliances never tell some things."""

CONFIRM_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Waits before the looks at an appliance after a command. LG's states lag behind, often by more than a minute in all:
until a look shows anything but the value from before the command, or these are over, the commanded value stands."""

REPLY_SECONDS = 0.5
"""How long a reply waits for LG to push what came of the command; later it is only found out (CONFIRM_SECONDS)."""

PushMaker = Callable[[Callable[[Message], None], Callable[[bool], None]], Push]


class Account:
    """What is known of the account; `bridge` shows it. `make_push` is None where nothing is pushed."""

    def __init__(self, bridge: Bridge, cloud: ThinqCloud, *, announce: Choice, make_push: PushMaker | None) -> None:
        self.appliances: dict[str, Appliance] = {}
        self.units: dict[str, tuple[Appliance, Unit]] = {}
        self.bridge = bridge
        self._cloud = cloud
        self._announce_choice = announce
        self.push = make_push(self._on_push, self._on_connected) if make_push is not None else None
        self._unusable: dict[str, str] = {}
        self._doubted = float("-inf")
        self._told: dict[tuple[str, str], float] = {}
        self.look = asyncio.Event()
        """Set to look at once: at the list and at everything on it."""

    async def discover(self) -> None:
        """Announce what is new on the account and retire what is gone."""
        listed = {device.id: device for device in await self._cloud.devices()}
        for gone in self.appliances.keys() - listed.keys():
            for unit in self.appliances.pop(gone).units:
                del self.units[unit.id]
                self.bridge.retire(unit.id)
        for device in listed.values():
            known = self.appliances.get(device.id)
            if known is None:
                await self._adopt(device)
            elif known.listed.name != device.name:
                known.listed = device
                self._announce(known)
        self.bridge.complete()
        if self.push is not None:
            self.push.watch(device for device in self.appliances if listed[device].info.reportable)

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
        appliance = self.appliances[device.id] = Appliance(device, profile, self.bridge.language)
        appliance.metered = await self._cloud.has_energy(device)
        self.units |= {unit.id: (appliance, unit) for unit in appliance.units}
        self._announce(appliance)
        return None

    def _leave_out(self, device: ListedDevice, reason: str) -> None:
        if self._unusable.get(device.id) != reason:
            self._unusable[device.id] = reason
            self.bridge.log("warning", f"{device.name} is left out: {reason}")

    def _announce(self, appliance: Appliance) -> None:
        for about in appliance.abouts(self.bridge.name):
            self.bridge.announce(about)

    async def meter(self) -> None:
        """Tell what every appliance that counts it has used today."""
        for appliance in [one for one in self.appliances.values() if one.metered]:
            used = await used_today(self._cloud, appliance.listed)
            if used is not None:
                self.bridge.report(appliance.units[0].id, {"energy": used})

    async def refresh_all(self, appliances: Iterable[Appliance]) -> None:
        """Look at these appliances; raises ThinqError when the cloud itself fails."""
        looks = (self.refresh(appliance) for appliance in appliances)
        for outcome in await asyncio.gather(*looks, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome

    async def refresh(self, appliance: Appliance) -> None:
        """Look at one appliance; only a failure of the cloud itself is raised."""
        try:
            state = await self._cloud.state(appliance.listed)
        except ThinqError as error:
            if error.code == ErrorCode.VENDOR_UNREACHABLE:
                raise
            if appliance.online is not False:
                self.bridge.log("warning", str(error))
            self.online(appliance, False)
            return
        if self.appliances.get(appliance.listed.id) is not appliance:
            return  # retired while the cloud was asked
        untold = appliance.online and not appliance.awaited and appliance.differs(state)
        appliance.learn(state, whole=True)
        appliance.seen = asyncio.get_running_loop().time()
        self.online(appliance, True)
        self._report(appliance)
        if untold and appliance.listed.info.reportable:
            self._doubt_push(appliance)

    def _doubt_push(self, appliance: Appliance) -> None:
        """Make push anew: what a look has found should have been told."""
        clock = asyncio.get_running_loop().time()
        if self.push is None or not self.push.connected or clock - self._doubted < DOUBT_SECONDS:
            return
        self._doubted = clock
        self.bridge.log("warning", text("thinq.push_missed", self.bridge.language, device=appliance.listed.name))
        self.push.missed()

    def _report(self, appliance: Appliance) -> None:
        """Publish what is known of an appliance, and that it has ended where nobody else will say so."""
        for unit in appliance.units:
            before = self.bridge.states.get(unit.id, {})
            was = before.get("status")
            fresh = unit.believed(appliance.raw, before)
            self.bridge.report(unit.id, fresh)
            code = finished(appliance, unit)
            pushed = self.push is not None and self.push.connected
            if was in {"running", "paused"} and fresh.get("status") == "ended" and code is not None and not pushed:
                self._tell(appliance, code, unit)

    def online(self, appliance: Appliance, online: bool) -> None:
        """Say whether an appliance can be reached."""
        if appliance.online is not online:
            appliance.online = online
            for unit in appliance.units:
                self.bridge.available(unit.id, online)

    async def as_commanded(self, appliance: Appliance, unit: Unit, brings: Changes) -> bool:
        """Whether the device does what it was told, as far as LG pushes that in time; the truth is on MQTT by then."""
        if self.push is None or not self.push.connected:
            return True
        with suppress(TimeoutError):
            async with asyncio.timeout(REPLY_SECONDS):
                while unit.stale.keys() & brings.keys():
                    appliance.news.clear()
                    await appliance.news.wait()
        state = self.bridge.states.get(unit.id, {})
        return all(state.get(name) == value for name, value in brings.items())

    async def confirm(self, appliance: Appliance) -> None:
        """Look at an appliance after a command until the cloud shows what was commanded, or it has had its time."""
        command = appliance.commands
        for look, wait in enumerate(CONFIRM_SECONDS, start=1):
            await asyncio.sleep(wait)
            if appliance.commands != command or self.appliances.get(appliance.listed.id) is not appliance:
                return
            if look == len(CONFIRM_SECONDS):
                for unit in appliance.units:
                    unit.stale.clear()
            shown = {unit.id: dict(self.bridge.states.get(unit.id, {})) for unit in appliance.units}
            with suppress(ThinqError):  # the regular polling tells of it
                await self.refresh(appliance)
            for unit in appliance.units:
                self._disagreed(unit, shown[unit.id])
            if not appliance.awaited:
                break
        for unit in appliance.units:
            unit.commanded.clear()

    def _disagreed(self, unit: Unit, shown: Mapping[str, Value]) -> None:
        """Say it where the appliance does not do what it was told: the truth is on MQTT by now."""
        state = self.bridge.states.get(unit.id, {})
        if any(shown.get(name) == value != state.get(name) for name, value in unit.commanded.items()):
            sentence = text("thinq.disagreed", self.bridge.language, device=unit.name)
            self.bridge.log("warning", sentence)
            self.bridge.bus.publish(Topic.say(ALL_SATELLITES), Say(text=sentence))
            unit.commanded.clear()

    # Push.

    def _on_connected(self, connected: bool) -> None:
        """What was missed meanwhile is looked at, in both directions."""
        self.look.set()

    def _on_push(self, message: Message) -> None:
        appliance = self.appliances.get(message.device)
        if message.kind in {"DEVICE_REGISTERED", "DEVICE_UNREGISTERED", "DEVICE_ALIAS_CHANGED"}:
            self.look.set()
        elif appliance is None:
            log.debug("push of an appliance that is not known: %s", message.device)
        elif message.kind == "DEVICE_PUSH" and message.code:
            self._tell(appliance, message.code)
        elif message.report is not None:
            appliance.learn(message.report, whole=False)
            self.online(appliance, True)
            self._report(appliance)
            appliance.news.set()

    def _tell(self, appliance: Appliance, code: str, unit: Unit | None = None) -> None:
        """Publish an event, and say it where the household wants to hear it; once, though LG and a look tell of it."""
        unit = unit or unit_of(appliance, code)
        device, name = (unit.id, unit.name) if unit is not None else (appliance.units[0].id, appliance.listed.name)
        clock = asyncio.get_running_loop().time()
        if clock - self._told.get((device, code), float("-inf")) < AGAIN_SECONDS:
            return
        self._told[device, code] = clock
        event = {"event_type": event_type(code), "occurred_at": now().isoformat()}
        self.bridge.bus.publish(Topic.device(device, "event"), json.dumps(event))
        said = sentence(name, code, self.bridge.language)
        if said is not None and wanted((name, device, appliance.listed.id), code, self._announce_choice):
            self.bridge.bus.publish(Topic.say(ALL_SATELLITES), Say(text=said))
