"""Commands from Home Assistant while a home is busy: three seconds of what bench/homeassistant.py does for thirty."""

from __future__ import annotations

import pytest
from brokers import TestBroker
from hass import TestHomeAssistant

from bench.homeassistant import measure
from devices.homeassistant.bridge import HomeAssistantBridge
from hub.together import together

pytestmark = pytest.mark.xdist_group("homeassistant")


async def test_commands_do_not_wait_while_a_thousand_states_a_second_change(
    hass: TestHomeAssistant, mosquitto: TestBroker
) -> None:
    await hass.configure("mqtt", {"broker": mosquitto.address.host, "port": mosquitto.address.port})
    async with together([HomeAssistantBridge(mosquitto.address).run()]):
        figures = await measure(hass, mosquitto.address, seconds=3)
    print(f"\n{figures.messages:.0f} states a second; a command took {max(figures.commands) * 1000:.0f} ms at most")
    assert len(figures.commands) > 2
    assert figures.messages > 50  # a machine that does other things sends fewer
    assert max(figures.commands) < 3
    assert hass.faults() == []
