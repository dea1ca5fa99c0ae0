"""What the devices of several makers become: all that they are, and how they are."""

from __future__ import annotations

import pytest
from discovereds import MAKERS, Discovering, Outside
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from hub.home import DEVICE_TYPES


@pytest.mark.parametrize("maker", MAKERS)
async def test_what_devices_become(
    maker: str, outside: Outside, discovering: Discovering, snapshot: SnapshotAssertion
) -> None:
    messages = await outside.announce(maker)
    assert messages["announced"]
    async with discovering.running() as bridge:
        await discovering.until(lambda bridge: bridge.abouts and all(bridge._online.values()))
        assert {about.type for about in bridge.abouts.values()} <= DEVICE_TYPES
        found = {
            device: {
                "about": about.model_dump(mode="json", exclude_none=True, exclude_defaults=True),
                "state": dict(bridge.states.get(device, {})),
            }
            for device, about in sorted(bridge.abouts.items())
        }
    assert found == snapshot(extension_class=JSONSnapshotExtension)
