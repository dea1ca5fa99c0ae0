"""The bridge for LG ThinQ appliances: has them do what is asked, in the order and at the pace that they can take.

What they are and how they are is in account.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Literal

import aiohttp

from devices.bridge import Bridge
from devices.commands import Changes
from devices.thinq.account import Account
from devices.thinq.appliance import Appliance
from devices.thinq.client import CONNECTIONS, ThinqCloud, ThinqError, serves
from devices.thinq.control import Step, heating, plan
from devices.thinq.events import Choice
from devices.thinq.push import Push
from devices.thinq.watch import Watch
from hub.address import BrokerAddress
from hub.messages import ErrorCode
from hub.texts import Language, text

Heating = Literal["ask", "refuse", "allow"]
"""What is done about a command that may make something hot."""

BREATH_SECONDS = 1.0
"""Seconds between two commands to one appliance: LG's own bridge leaves three, and a dial sends many."""

SETTLE_SECONDS = (0.5, 1.0, 2.0)
"""Waits before the attempts to send once more what an appliance could not take yet."""

NOT_YET = frozenset({"2210", "2212"})
"""LG's codes for: try again, busy synchronising."""

WAKING = frozenset({"2302", "2304", "2305"})
"""Codes that, right after the appliance was turned on, mean that it is not awake yet."""


class ThinqBridge(Bridge):
    """The appliances of one LG ThinQ account.

    `base_url` and `root_ca` replace LG's address and the root of its push (the simulator's go here). `heating` and
    `announce` are as in the settings. Raises ValueError for a country that LG ThinQ does not serve.
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
        root_ca: Path | None = None,
        poll_seconds: float = 60,
        push: bool = True,
        heating: Heating = "ask",
        announce: Choice | None = None,
    ) -> None:
        super().__init__(broker, language)
        if not serves(country):
            raise ValueError(text("thinq.unknown_country", language, country=country))
        self._access_token = access_token
        self._country = country
        self._client_id = client_id
        self._base_url = base_url
        self._root_ca = root_ca
        self._poll_seconds = poll_seconds
        self._push = push
        self._heating: Heating = heating
        self._said_aloud: Choice = announce or {}
        self.announced.clear()

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Watch the account while the block lasts."""
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS)) as session:
            self._cloud = ThinqCloud(
                session,
                access_token=self._access_token,
                country=self._country,
                client_id=self._client_id,
                base_url=self._base_url,
                language=self.language,
            )
            self.account = Account(
                self,
                self._cloud,
                announce=self._said_aloud,
                make_push=partial(Push, self._cloud.api, self._client_id, self._root_ca) if self._push else None,
            )
            self._watching = asyncio.create_task(Watch(self.account, self._poll_seconds).run())
            try:
                yield
            finally:
                self._watching.cancel()
                with suppress(asyncio.CancelledError):
                    await self._watching

    @property
    def healthy(self) -> bool:
        """Whether it is still watched."""
        return not self._watching.done()

    def permit(self, device: str, changes: Changes, confirmed: bool) -> None:
        """What may make something hot is asked about first, or never done, as the settings say."""
        _, unit = self.account.units[device]
        if self._heating == "allow" or not heating(unit.profile.kind, changes):
            return
        if self._heating == "refuse":
            raise self.error(ErrorCode.NOT_ALLOWED, "thinq.never_heats", device=unit.name)
        if not confirmed:
            raise self.error(ErrorCode.CONFIRM, "thinq.confirm_heat", device=unit.name)

    async def set(self, device: str, changes: Changes) -> None:
        """Send what brings `changes` about; what the cloud accepts is reported at once and confirmed by its states."""
        appliance, unit = self.account.units[device]
        if not appliance.raw:  # announced a moment ago: what has to be sent depends on how it is
            await self.account.refresh(appliance)
        state = self.states.get(device, {})
        steps = plan(unit.profile, self.abouts[device], changes, state, appliance.raw, self.language)
        clock = asyncio.get_running_loop().time
        await asyncio.sleep(max(0.0, appliance.breathes - clock()))
        waking, brings = False, Changes()
        try:
            for step in steps:
                await self._send(appliance, step, NOT_YET | WAKING if waking else NOT_YET)
                waking = waking or step.turns_on
                unit.expect(step.brings, self.states.get(device, {}))
                self.report(device, step.brings)
                brings |= step.brings
            if not await self.account.as_commanded(appliance, unit, brings):
                unit.commanded.clear()
                raise self.error(ErrorCode.DEVICE_ERROR, "thinq.disagreed", device=unit.name)
        except ThinqError as error:
            if error.code == ErrorCode.DEVICE_OFFLINE:
                self.account.online(appliance, False)
            raise
        finally:
            appliance.breathes = clock() + BREATH_SECONDS
            appliance.commands += 1
            self.spawn(self.account.confirm(appliance))

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
