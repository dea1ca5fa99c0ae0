"""The gate as a service: it follows the settings, so that a key whose line was deleted opens nothing any more."""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path

from hub.config import Settings, load_again, settings_file
from hub.notify import Condition, tell_systemd
from hub.remote.gate import Gate
from hub.remote.nonces import Nonces
from hub.services import SWITCHED_OFF
from hub.together import together
from hub.watch import changes

log = logging.getLogger(__name__)


class RemoteService:
    """Runs the gate as long as the settings switch it on; `config` is their file, if one was named."""

    def __init__(self, settings: Settings, config: Path | None) -> None:
        """Raises NoncesError."""
        self._settings = settings
        self._file = settings_file(config)
        self._nonces = Nonces(settings.state_dir, time.time)
        self._gate = Gate(settings.broker.address(), settings.remote, self._nonces, settings.language)
        self._off = False

    def condition(self) -> Condition:
        """How it is, for systemd."""
        return Condition(ready=True, healthy=True, status="remote: off.") if self._off else self._gate.condition()

    async def run(self) -> None:
        """Serve until cancelled or switched off."""
        try:
            async with together([self._gate.run()]):
                await self._until_off()
        finally:
            self._off = True
            self._nonces.close()
        log.warning("remote.enabled is false by now: nothing from outside is let in")

    async def _until_off(self) -> None:
        """Follow the settings until they switch it off."""
        async for settings in changes(self._file, lambda path: load_again(self._settings, path)):
            self._gate.change(settings.remote)
            if not settings.remote.enabled:
                return
        await asyncio.Event().wait()  # without a file nothing ever changes


async def run_remote(settings: Settings, config: Path | None = None) -> int:
    """The gate alone, until stopped or switched off in the settings (`config` is their file). Raises NoncesError."""
    if not settings.remote.enabled:
        log.warning("remote.enabled is false: nothing from outside is let in")
        return SWITCHED_OFF
    service = RemoteService(settings, config)
    async with together([tell_systemd(service.condition)]):
        await service.run()
    return SWITCHED_OFF
