"""Whose a device is. A bridge may announce any device, but only itself lists its own, on `jipsa/bridge/<name>/info`.

So an announcement counts where no other bridge that is there lists the device; of two that list it, neither gets it.
What the broker's access list has to do with it: docs/security.md.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from hub.messages import About

log = logging.getLogger(__name__)


class Owners:
    """What bridges announce and list, and what of it is believed."""

    def __init__(self) -> None:
        self._said: dict[str, dict[str, About]] = {}
        """Device: what is announced of it, by the bridge that is named there; the latest is last."""
        self._lists: dict[str, frozenset[str]] = {}
        """Bridge: the devices that it lists."""
        self._away: set[str] = set()
        self._disputed: set[str] = set()

    def announce(self, device: str, about: About | None) -> None:
        """Somebody announced this of a device; None: somebody took it back, which counts where nobody lists it."""
        said = self._said.pop(device, {})
        kept = {bridge: known for bridge, known in said.items() if device in self._lists.get(bridge, ())}
        if about is not None and about.id == device:
            kept.pop(about.bridge, None)
            kept[about.bridge] = about
        if kept:
            self._said[device] = kept

    def list(self, bridge: str, devices: Iterable[str]) -> frozenset[str]:
        """A bridge lists its devices; returns those that are to be looked at again."""
        before, listed = self._lists.get(bridge, frozenset()), frozenset(devices)
        self._lists[bridge] = listed
        for device in before - listed:
            self._said.get(device, {}).pop(bridge, None)
        return before ^ listed

    def there(self, bridge: str, *, online: bool) -> frozenset[str]:
        """A bridge came or went; returns the devices that are to be looked at again."""
        if online is (bridge not in self._away):
            return frozenset()
        (self._away.discard if online else self._away.add)(bridge)
        return self._lists.get(bridge, frozenset())

    def about(self, device: str) -> About | None:
        """What is believed of a device; None: nothing."""
        owners = [name for name, listed in self._lists.items() if device in listed and name not in self._away]
        if len(owners) > 1:
            if device not in self._disputed:
                log.warning("%s: %s all list this device, so that none of them gets it", device, ", ".join(owners))
            self._disputed.add(device)
            return None
        self._disputed.discard(device)
        said = self._said.get(device, {})
        if owners:
            return said.get(owners[0])
        return next(reversed(said.values()), None)
