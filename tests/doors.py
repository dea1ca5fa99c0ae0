"""A bridge for tests of what comes from outside: what lets somebody in, what gets hot, and what does no harm."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from devices.bridge import Bridge
from devices.commands import Changes
from hub.messages import About, ErrorCode, Property
from hub.payloads import Value

SWITCHED = Property(type="boolean", writable=True)
HEAT = Property(type="number", writable=True, min=0, max=250, unit="°C")

DOORS: dict[str, tuple[str, str, str | None, dict[str, Property], dict[str, Value]]] = {
    # id: name, type, class, what it can do, and how it is at first
    "front_door": ("현관문", "lock", None, {"locked": SWITCHED}, {"locked": True}),
    "back_door": ("뒷문", "lock", None, {"locked": SWITCHED}, {"locked": True}),
    "garage": ("차고문", "cover", "garage", {"open": SWITCHED}, {"open": False}),
    "curtain": ("커튼", "cover", "curtain", {"open": SWITCHED}, {"open": False}),
    "gas": ("가스 밸브", "valve", "gas", {"open": SWITCHED}, {"open": True}),
    "oven": ("오븐", "oven", None,
             {"operation": Property(type="enum", writable=True, values=["start", "stop", "preheat"]),
              "target_temperature": HEAT}, {"operation": "stop"}),
    "tank": ("온수기", "water_heater", None, {"target_temperature": HEAT}, {"target_temperature": 45}),
    "lift": ("엘리베이터", "button", None, {"power": SWITCHED}, {}),
}  # fmt: skip

SCALDS = 55
"""Degrees above which the tank wants to be told twice."""


class DoorBridge(Bridge):
    """Does what it is asked, asks before it opens the front door or scalds, and keeps what it did."""

    name = "doors"

    def __init__(self, *arguments: object, **more: object) -> None:
        super().__init__(*arguments, **more)  # type: ignore[arg-type]
        self.carried_out: list[tuple[str, Changes]] = []

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        for device, (name, kind, device_class, properties, state) in DOORS.items():
            about = About(id=device, bridge=self.name, type=kind, name=name, device_class=device_class,
                          properties=properties)  # fmt: skip
            self.announce(about)
            self.report(device, state)
        yield

    def permit(self, device: str, changes: Changes, confirmed: bool) -> None:
        heat = changes.get("target_temperature", 0)
        hot = device == "tank" and isinstance(heat, int | float) and heat > SCALDS
        if not confirmed and (hot or (device == "front_door" and changes == {"locked": False})):
            raise self.error(ErrorCode.CONFIRM, "homeassistant.confirm_unlock", device=self.abouts[device].name)

    async def set(self, device: str, changes: Changes) -> None:
        self.carried_out.append((device, changes))
        if DOORS[device][1] != "button":
            self.report(device, changes)
