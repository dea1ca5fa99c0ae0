"""What lights and relays were, over a restart and a power cut: one JSON file, written a moment after a change."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from hub.files import write_file
from hub.payloads import Value

log = logging.getLogger(__name__)

PAUSE: Final = 2.0
"""Seconds from a change until it is written: a dial that is turned is written once."""


class Kept:
    """The states of some devices in the file `path`; without one, nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._states: dict[str, dict[str, Value]] = {}
        self._changed = asyncio.Event()
        self._writing = threading.Lock()

    def read(self) -> None:
        """Read what there is; what cannot be read is as if it were not there."""
        try:
            states = {} if self._path is None else json.loads(self._path.read_bytes())
            self._states = {str(device): dict(state) for device, state in states.items()}
        except FileNotFoundError:
            pass
        except (OSError, ValueError, TypeError, AttributeError) as error:
            log.warning("%s cannot be read (%s); what is to be restored is off", self._path, error)

    def state(self, device: str) -> Mapping[str, Value]:
        """How a device was; nothing where that is not known."""
        return self._states.get(device, {})

    def keep(self, device: str, state: Mapping[str, Value]) -> None:
        """Remember how a device is."""
        if self._states.get(device) != state:
            self._states[device] = dict(state)
            self._changed.set()

    async def run(self) -> None:
        """Write what changes, until cancelled."""
        while True:
            await self._changed.wait()
            await asyncio.sleep(PAUSE)
            await self.flush()

    async def flush(self) -> None:
        """Write what is not written yet, so that a power cut leaves the old file or the new one."""
        if self._changed.is_set() and self._path is not None:
            self._changed.clear()
            await asyncio.to_thread(self._write, self._path, json.dumps(self._states))

    def _write(self, path: Path, states: str) -> None:
        try:
            with self._writing:
                write_file(path, states)
        except OSError as error:
            log.error("%s: what is on and off cannot be kept: %s", path, error)
