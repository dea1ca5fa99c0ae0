"""How a device is wired to the pins: the `gpio:` mapping of home.yaml, checked with the line of every fault."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

from hub.home import Device
from hub.yamlfile import Fault, SettingsError, closest, fault_in

HIGHEST_BCM: Final = 27

# The 40-pin header, the same since the Raspberry Pi 1 B+: place → BCM number.
BOARD: Final = {
    3: 2, 5: 3, 7: 4, 8: 14, 10: 15, 11: 17, 12: 18, 13: 27, 15: 22, 16: 23, 18: 24, 19: 10, 21: 9, 22: 25, 23: 11,
    24: 8, 26: 7, 27: 0, 28: 1, 29: 5, 31: 6, 32: 12, 33: 13, 35: 19, 36: 16, 37: 26, 38: 20, 40: 21,
}  # fmt: skip

_NAMED: Final = re.compile(r"(BOARD|BCM|GPIO)(\d{1,2})", re.IGNORECASE)


def _bcm(given: Any) -> int:
    """The BCM number of a pin that is given as 17, GPIO17, BCM17 or BOARD11."""
    pin: int | None = None
    if isinstance(given, int) and not isinstance(given, bool):
        pin = given
    elif isinstance(given, str) and (match := _NAMED.fullmatch(given.strip())):
        number = int(match[2])
        pin = BOARD.get(number) if match[1].upper() == "BOARD" else number
    if pin is None or not 0 <= pin <= HIGHEST_BCM:
        raise fault_in("bad_pin", got=str(given)[:40])
    return pin


Pin = Annotated[int, BeforeValidator(_bcm)]
"""A pin by its BCM number."""


class _Wiring(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RgbLightWiring(_Wiring):
    """Three PWM pins; `active_high` is false for a common anode."""

    kind: Literal["rgb_light"]
    red: Pin
    green: Pin
    blue: Pin
    active_high: bool = True


class RelayWiring(_Wiring):
    """One output; `active_high` is false for a relay board that switches when its input is low."""

    kind: Literal["relay"]
    pin: Pin
    active_high: bool = True


class ButtonWiring(_Wiring):
    """One input; `pull_up` is false for a button that connects the pin to 3.3 V."""

    kind: Literal["button"]
    pin: Pin
    pull_up: bool = True


Wiring = RgbLightWiring | RelayWiring | ButtonWiring

KINDS: Final[dict[str, tuple[type[Wiring], frozenset[str]]]] = {
    # kind: its model, and the device types that can be wired so
    "rgb_light": (RgbLightWiring, frozenset({"light"})),
    "relay": (RelayWiring, frozenset({"switch", "light"})),
    "button": (ButtonWiring, frozenset({"button"})),
}


def read_wiring(devices: Iterable[Device]) -> dict[str, Wiring]:
    """Device id → wiring, of the devices that have one; raises SettingsError with every fault."""
    wirings: dict[str, Wiring] = {}
    faults: list[Fault] = []
    users: dict[int, str] = {}
    for device in devices:
        if device.gpio is None:
            continue
        try:
            wiring = _read(device)
        except SettingsError as error:
            faults += error.faults
            continue
        faults += _taken_pins(device, wiring, users)
        wirings[device.id] = wiring
    if faults:
        raise SettingsError(faults)
    return wirings


def _read(device: Device) -> Wiring:
    file, here = device.entry
    kind = (device.gpio or {}).get("kind")
    if kind is None:
        raise SettingsError([file.fault((*here, "gpio"), "missing_key", name="kind")])
    if not isinstance(kind, str) or kind not in KINDS:
        known = ", ".join(KINDS)
        fault = file.fault(
            (*here, "gpio", "kind"), "not_one_of", closest(str(kind), KINDS), got=repr(kind), known=known
        )
        raise SettingsError([fault])
    model, types = KINDS[kind]
    if device.type not in types:
        raise SettingsError([file.fault((*here, "gpio", "kind"), "wrong_wiring", type=device.type, kind=kind)])
    return file.validate(model, *here, "gpio")


def _taken_pins(device: Device, wiring: Wiring, users: dict[int, str]) -> Iterable[Fault]:
    file, here = device.entry
    for name in ("red", "green", "blue", "pin"):
        pin = getattr(wiring, name, None)
        if pin is None:
            continue
        if pin in users:
            yield file.fault((*here, "gpio", name), "pin_taken", pin=pin, other=users[pin])
        users.setdefault(pin, device.id)
