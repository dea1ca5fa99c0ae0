"""The pins of a Raspberry Pi as a bridge: the devices of home.yaml that have a `gpio:` mapping."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Literal

from gpiozero import PinPWMUnsupported

from devices.bridge import Bridge
from devices.commands import Changes, CommandError, check
from devices.gpio.controls import Controlled
from devices.gpio.kept import Kept
from devices.gpio.kinds import KINDS
from devices.gpio.models import Wiring
from devices.gpio.part import Part, Wires
from devices.gpio.wiring import read_wiring
from hub.address import BrokerAddress
from hub.contact import Clock
from hub.home import Device
from hub.messages import About, ErrorCode, Property, Topic
from hub.payloads import Value, now
from hub.pins import PinsError, open_pins
from hub.texts import Language, has_text, text


class GpioBridge(Bridge):
    """Lights, relays, buttons, sensors. Raises SettingsError when the wiring in home.yaml is wrong.

    What a retained state cannot keep is an event as well: `{"event_type": "press", "occurred_at": …}` on
    `jipsa/device/<id>/event`.
    """

    name = "gpio"

    def __init__(
        self,
        broker: BrokerAddress,
        language: Language = "ko",
        *,
        devices: Sequence[Device],
        pins: Literal["auto", "mock"] = "auto",
        voice: Mapping[str, int] | None = None,
        state_dir: Path | None = None,
        clock: Clock | None = None,
    ) -> None:
        """`voice` are pins that the voice has, by their keys in the settings; `state_dir` keeps what is to be restored.

        `clock` is the event loop, if not given.
        """
        super().__init__(broker, language)
        self._wirings = read_wiring(devices, voice)
        self._devices = {device.id: device for device in devices}
        self._pins: Literal["auto", "mock"] = pins
        self._kept = Kept(state_dir / "gpio.json" if state_dir else None)
        self._clock = clock
        self._controlled = {
            device: Controlled(self.bus, wanted.device, wanted.property)
            for device, wiring in self._wirings.items()
            if (wanted := getattr(wiring, "controls", None)) is not None
        }
        self._parts: dict[str, Part] = {}

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Hold the pins; they are off when the block is left."""
        await asyncio.to_thread(self._kept.read)
        factory = self._open()
        try:
            for device, wiring in self._wirings.items():
                self._add(self._devices[device], wiring, factory)
            self.complete()
            self.spawn(self._kept.run())
            yield
        finally:
            for part in self._parts.values():
                part.close()
            self._parts.clear()
            if factory is not None:
                factory.close()
            await self._kept.flush()

    def permit(self, device: str, changes: Changes, confirmed: bool) -> None:
        """Refuse what nobody may do, whoever has said yes."""
        never = KINDS[self._wirings[device].kind].never
        for name, value in never.items():
            if changes.get(name) == value:
                key = f"gpio.never_{name}"
                raise self.error(ErrorCode.NOT_ALLOWED, key, device=self.abouts[device].name)

    async def set(self, device: str, changes: Changes) -> None:
        """Drive the pins; raises CommandError for a device whose pins could not be opened."""
        part = self._parts.get(device)
        if part is None:
            raise self.error(ErrorCode.DEVICE_OFFLINE, "gpio.no_pins", device=self.abouts[device].name)
        await part.set(changes)
        self._report(device, part.state)

    def _open(self) -> Any:
        try:
            return open_pins(self._pins)
        except PinsError as error:
            self.log("error", str(error))
            return None

    def _add(self, device: Device, wiring: Wiring, factory: Any) -> None:
        kind = KINDS[wiring.kind]
        about = About(
            id=device.id,
            bridge=self.name,
            type=device.type,
            name=device.name,
            aliases=list(device.aliases),
            room=device.room,
            device_class=device.device_class or kind.device_class,
            properties={name: self._named(name, prop) for name, prop in kind.properties.items()},
            events=list(wiring.events),
        )
        self.announce(about)
        part = None if factory is None else self._part(about, wiring, factory)
        if part is not None:
            self._parts[device.id] = part
            self._report(device.id, part.state)
        self.available(device.id, part is not None)

    def _named(self, name: str, prop: Property) -> Property:
        """The property with what it and its values are called."""
        keys = {value: f"gpio.{name}_{value}" for value in prop.values or ()}
        labels = {value: text(key, self.language) for value, key in keys.items() if has_text(key)}
        key = f"gpio.property_{name}"
        called = text(key, self.language) if has_text(key) else None
        return prop.model_copy(update={"name": called, "labels": labels or None})

    def _part(self, about: About, wiring: Wiring, factory: Any) -> Part | None:
        wires = Wires(
            pins=factory,
            clock=self._clock or asyncio.get_running_loop(),
            report=partial(self._report, about.id),
            tell=partial(self._tell, about.id),
            controlled=self._controlled.get(about.id),
            spawn=self.spawn,
            error=lambda code, key: self.error(code, f"gpio.{key}", device=about.name),
        )
        try:
            return KINDS[wiring.kind].part(wiring, wires, self._begin(about, wiring))
        except PinPWMUnsupported:
            self.log("error", f"{about.id}: these pins cannot dim; install lgpio (pip install 'jipsa[pi]')")
        except Exception as error:  # every pin library has errors of its own
            self.log("error", f"{about.id}: its pins cannot be used ({error})")
        return None

    def _begin(self, about: About, wiring: Wiring) -> Changes:
        """What the device is to be at the start, where that is not simply off."""
        initial = getattr(wiring, "initial", "off")
        if initial != "restore":
            return {"power": True} if initial == "on" else {}
        with suppress(CommandError):  # a file that somebody has changed
            return check(self._kept.state(about.id), about, self.language)
        return {}

    def _report(self, device: str, state: Mapping[str, Value]) -> None:
        self.report(device, state)
        if getattr(self._wirings[device], "initial", None) == "restore":
            self._kept.keep(device, state)

    def _tell(self, device: str, event: str, more: Mapping[str, Value]) -> None:
        payload = {"event_type": event, **more, "occurred_at": now().isoformat()}
        self.bus.publish(Topic.device(device, "event"), json.dumps(payload))
