"""The pins of a Raspberry Pi as a bridge: the devices of home.yaml that have a `gpio:` mapping."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal

from gpiozero import PinPWMUnsupported

from devices.bridge import Bridge
from devices.commands import Changes
from devices.gpio.parts import Part, PushButton, Relay, RgbLight
from devices.gpio.wiring import ButtonWiring, RelayWiring, RgbLightWiring, Wiring, read_wiring
from hub.bus import BrokerAddress
from hub.home import Device
from hub.messages import About, ErrorCode, Property, Topic, now
from hub.pins import PinsError, open_pins
from hub.texts import Language

_PROPERTIES: dict[type[Wiring], dict[str, Property]] = {
    RgbLightWiring: RgbLight.PROPERTIES,
    RelayWiring: Relay.PROPERTIES,
    ButtonWiring: PushButton.PROPERTIES,
}


class GpioBridge(Bridge):
    """Lights, relays and buttons. Raises SettingsError when the wiring in home.yaml is wrong.

    A press of a button is also an event: `{"event_type": "press", "occurred_at": …}` on `jipsa/device/<id>/event`,
    because a retained state keeps only the latest value.
    """

    name = "gpio"

    def __init__(
        self,
        broker: BrokerAddress,
        language: Language = "ko",
        *,
        devices: Sequence[Device],
        pins: Literal["auto", "mock"] = "auto",
    ) -> None:
        super().__init__(broker, language)
        self._wirings = read_wiring(devices)
        self._devices = {device.id: device for device in devices}
        self._pins: Literal["auto", "mock"] = pins
        self._parts: dict[str, Part] = {}

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Hold the pins; they are off when the block is left."""
        factory = self._open()
        try:
            for device, wiring in self._wirings.items():
                self._add(self._devices[device], wiring, factory)
            yield
        finally:
            for part in self._parts.values():
                part.close()
            self._parts.clear()
            if factory is not None:
                factory.close()

    async def set(self, device: str, changes: Changes) -> None:
        """Drive the pins; raises CommandError for a device whose pins could not be opened."""
        part = self._parts.get(device)
        if part is None:
            raise self.error(ErrorCode.DEVICE_OFFLINE, "gpio.no_pins", device=self.abouts[device].name)
        part.set(changes)
        self.report(device, part.state)

    def _open(self) -> Any:
        try:
            return open_pins(self._pins)
        except PinsError as error:
            self.log("error", str(error))
            return None

    def _add(self, device: Device, wiring: Wiring, factory: Any) -> None:
        about = About(
            id=device.id,
            bridge=self.name,
            type=device.type,
            name=device.name,
            aliases=list(device.aliases),
            room=device.room,
            properties=_PROPERTIES[type(wiring)],
        )
        self.announce(about)
        part = None if factory is None else self._part(device.id, wiring, factory)
        if part is not None:
            self._parts[device.id] = part
            self.report(device.id, part.state)
        self.available(device.id, part is not None)

    def _part(self, device: str, wiring: Wiring, factory: Any) -> Part | None:
        loop = asyncio.get_running_loop()
        try:
            match wiring:
                case RgbLightWiring():
                    return RgbLight(wiring, factory)
                case RelayWiring():
                    return Relay(wiring, factory)
                case ButtonWiring():
                    return PushButton(
                        wiring, factory, lambda pressed: loop.call_soon_threadsafe(self._pressed, device, pressed)
                    )
        except PinPWMUnsupported:
            self.log("error", f"{device}: these pins cannot dim; install lgpio (pip install 'jipsa[pi]')")
        except Exception as error:  # every pin library has errors of its own
            self.log("error", f"{device}: its pins cannot be used ({error})")
        return None

    def _pressed(self, device: str, pressed: bool) -> None:
        self.report(device, {"pressed": pressed})
        if pressed:
            event = {"event_type": "press", "occurred_at": now().isoformat()}
            self.bus.publish(Topic.device(device, "event"), json.dumps(event))
