"""Reading how the devices of home.yaml are wired, with the line of every fault."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping

from devices.gpio.kinds import KINDS
from devices.gpio.models import Input, Wiring
from hub.home import Device
from hub.pins import PULLED_UP, USES
from hub.texts import text
from hub.yamlfaults import closest
from hub.yamlfile import Fault, Key, SettingsError, YamlFile

log = logging.getLogger(__name__)


def read_wiring(devices: Iterable[Device], voice: Mapping[str, int] | None = None) -> dict[str, Wiring]:
    """Device id → wiring, of the devices that have one; raises SettingsError with every fault.

    `voice` are the pins that the settings give the voice on this machine, by their keys. Pins that may be for
    something else as well are warned of.
    """
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
        faults += _clashes(device, wiring, users, voice or {})
        wirings[device.id] = wiring
    if faults:
        raise SettingsError(faults)
    return wirings


def _read(device: Device) -> Wiring:
    file, here = device.entry
    name = (device.gpio or {}).get("kind")
    if name is None:
        raise SettingsError([file.fault((*here, "gpio"), "missing_key", name="kind")])
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        near, known = closest(str(name), KINDS), ", ".join(KINDS)
        raise SettingsError([file.fault((*here, "gpio", "kind"), "not_one_of", near, got=repr(name), known=known)])
    if device.type not in kind.types:
        raise SettingsError([file.fault((*here, "gpio", "kind"), "wrong_wiring", type=device.type, kind=name)])
    return file.validate(kind.wiring, *here, "gpio")


def _clashes(device: Device, wiring: Wiring, users: dict[int, str], voice: Mapping[str, int]) -> Iterator[Fault]:
    """Pins of the device that something else has; notes that they are its own now."""
    file, here = device.entry
    for name, pin in wiring.pins.items():
        place = (*here, "gpio", name)
        if pin in users:
            yield file.fault(place, "pin_taken", pin=pin, other=users[pin])
        users.setdefault(pin, device.id)
        for key in (key for key, taken in voice.items() if taken == pin):
            yield _fault(file, place, "voice_pin", pin=pin, setting=key)
        if pin in PULLED_UP and isinstance(wiring, Input) and wiring.pull_up is not True:
            yield _fault(file, place, "pulled_up", pin=pin)
        if pin in USES:
            log.warning("%s", _fault(file, place, "other_use", pin=pin, use=USES[pin]))


def _fault(file: YamlFile, place: tuple[Key, ...], sentence: str, **values: object) -> Fault:
    return file.fault(place, "other", reason=text(f"gpio.{sentence}", file.language, **values))
