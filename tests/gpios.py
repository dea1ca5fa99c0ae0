"""A gpio bridge on mock pins for tests, with a clock that the test turns."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from clocks import ManualClock
from conftest import Listener
from gpiozero.pins.mock import MockFactory, MockPWMPin

from devices.gpio import bridge as gpio_module
from devices.gpio.bridge import GpioBridge
from hub.address import BrokerAddress
from hub.home import Device
from hub.messages import Intent, Reply, Topic
from hub.together import end


def device(name: str, device_type: str, device_class: str | None = None, **gpio: object) -> Device:
    """An entry of home.yaml in the living room."""
    entry = {"id": name, "name": name, "type": device_type, "room": "living", "gpio": gpio}
    said = {} if device_class is None else {"device_class": device_class}
    return Device.model_validate({**entry, **said})


class Board:
    """Pins, the clock of whoever uses them, and the bridges on them."""

    def __init__(self, broker: BrokerAddress, monkeypatch: pytest.MonkeyPatch) -> None:
        self.broker = broker
        self.pins = MockFactory(pin_class=MockPWMPin)
        self.clock = ManualClock()
        monkeypatch.setattr(gpio_module, "open_pins", lambda _: self.pins)

    @asynccontextmanager
    async def bridge(self, devices: Sequence[Device], **options: Any) -> AsyncIterator[GpioBridge]:
        """A running bridge, whose devices are announced."""
        bridge = GpioBridge(self.broker, devices=devices, clock=self.clock, **options)
        serving = asyncio.create_task(bridge.run())
        try:
            async with asyncio.timeout(20):
                await bridge.bus.connected.wait()
                while len(bridge.abouts) < len(devices):
                    await asyncio.sleep(0)
            yield bridge
        finally:
            await end(serving)

    def rgb(self, *pins: int) -> tuple[float, ...]:
        """How bright some pins are."""
        return tuple(round(self.pins.pin(pin).state, 4) for pin in pins)

    def press(self, pin: int | str, seconds: float, after: float = 0.0) -> None:
        """Connect a pin to ground for so long, and wait then."""
        self.pins.pin(pin).drive_low()
        self.clock.advance(seconds)
        self.pins.pin(pin).drive_high()
        self.clock.advance(after)


async def do(listener: Listener, intent: str, *targets: str, **slots: Any) -> Reply:
    """What becomes of an intent."""
    sent = Intent(intent=intent, targets=list(targets), slots=slots)
    listener.bus.publish(Topic.intent("gpio"), sent)
    return Reply.model_validate(await listener.object(Topic.reply(sent.id)))


async def available(listener: Listener, name: str) -> str:
    """Whether a device can be reached, as it is said first."""
    _, payload = await listener.until(lambda topic, _: topic == Topic.device(name, "available"))
    return payload.decode()
