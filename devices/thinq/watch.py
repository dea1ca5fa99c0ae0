"""When an account is looked at: often while nothing is pushed, seldom while LG pushes, and in pauses when it fails.

LG's push tells what changes; a look finds what push missed, and does the work alone while push is away.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from devices.thinq.account import Account
from devices.thinq.appliance import Appliance
from devices.thinq.client import ThinqError

log = logging.getLogger(__name__)

DISCOVERY_SECONDS = 600.0
"""Seconds between two looks at the list of appliances."""

PUSHED_POLL_SECONDS = 900.0
"""Seconds between two looks at an appliance whose changes are pushed: a look finds out whether push is still alive."""

ENERGY_SECONDS = 3600.0
"""Seconds between two looks at what was used today."""

BACKOFF = (5.0, 30.0)
"""First and longest wait while the cloud does not answer; doubles in between."""

PATIENCE = 300.0
"""Seconds that an account is left alone which the cloud does not want to serve: quota, token, terms."""

OFFLINE_AFTER = 2
"""Failed rounds in a row after which what is known of the appliances is too old to be called online."""

TRANSIENT = frozenset({"unreachable", "2000"})
"""Codes of failures that may be over in a moment; the others of the whole account will not be."""


class Watch:
    """Looks at an account, every `poll_seconds` while nothing is pushed."""

    def __init__(self, account: Account, poll_seconds: float) -> None:
        self._account = account
        self._poll_seconds = poll_seconds
        self._last_failure = ""

    async def run(self) -> None:
        """Watch the account until cancelled."""
        pushing = asyncio.create_task(self._account.push.run()) if self._account.push is not None else None
        try:
            await self._watch()
        finally:
            if pushing is not None:
                pushing.cancel()
                with suppress(asyncio.CancelledError):
                    await pushing

    async def _watch(self) -> None:
        clock = asyncio.get_running_loop().time
        discovered = metered = -DISCOVERY_SECONDS - ENERGY_SECONDS
        failures = 0
        while True:
            everything = self._account.look.is_set()
            self._account.look.clear()
            try:
                if everything or clock() - discovered >= DISCOVERY_SECONDS:
                    await self._account.discover()
                    discovered = clock()
                await self._account.refresh_all(self._due(clock(), everything))
                if clock() - metered >= ENERGY_SECONDS:
                    await self._account.meter()
                    metered = clock()
            except ThinqError as error:
                failures += 1
                wait = self._lost(error, failures)
            except Exception:
                log.exception("polling LG ThinQ failed")
                wait = PATIENCE
            else:
                failures = 0
                self._last_failure = ""
                wait = self._poll_seconds
            self._account.bridge.announced.set()  # or cannot be, for now
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._account.look.wait()

    def _due(self, clock: float, everything: bool) -> list[Appliance]:
        """Those that are looked at now: all, while nothing is pushed; else the unseen, and those not seen for long."""
        pushed = self._account.push is not None and self._account.push.connected and not everything
        return [
            appliance
            for appliance in self._account.appliances.values()
            if not (pushed and appliance.online) or clock - appliance.seen >= PUSHED_POLL_SECONDS
        ]

    def _lost(self, error: ThinqError, failures: int) -> float:
        """Note that the cloud does not serve us; returns how long to leave it alone."""
        if str(error) != self._last_failure:
            self._last_failure = str(error)
            self._account.bridge.log("warning", f"{error} ({error.vendor_code})")
        if failures >= OFFLINE_AFTER:
            for appliance in self._account.appliances.values():
                self._account.online(appliance, False)
        shortest, longest = BACKOFF
        if error.vendor_code not in TRANSIENT:
            return PATIENCE
        return min(longest, shortest * 2.0 ** min(failures - 1, 16))
