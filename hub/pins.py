"""The pins of a Raspberry Pi: how they are named, what else they may be for, and which there are on this machine.

The header has been the same since the Raspberry Pi 1 B+; what pins may be for besides is from "GPIO and the 40-pin
header" in Raspberry Pi's documentation.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator

from hub.yamlfile import fault_in

log = logging.getLogger(__name__)

MODEL = Path("/proc/device-tree/model")
"""Where the kernel tells what board it runs on."""

HIGHEST_BCM: Final = 27

BOARD: Final = {
    # place on the header: BCM number
    3: 2, 5: 3, 7: 4, 8: 14, 10: 15, 11: 17, 12: 18, 13: 27, 15: 22, 16: 23, 18: 24, 19: 10, 21: 9, 22: 25, 23: 11,
    24: 8, 26: 7, 27: 0, 28: 1, 29: 5, 31: 6, 32: 12, 33: 13, 35: 19, 36: 16, 37: 26, 38: 20, 40: 21,
}  # fmt: skip

USES: Final[Mapping[int, str]] = {
    **dict.fromkeys((0, 1), "ID EEPROM (HAT)"),
    **dict.fromkeys((2, 3), "I2C"),
    **dict.fromkeys((7, 8, 9, 10, 11), "SPI"),
    **dict.fromkeys((14, 15), "UART"),
    **dict.fromkeys((18, 19, 20, 21), "I2S"),
}
"""What a pin is for where that is switched on: I2S is what microphone and loudspeaker boards speak."""

PULLED_UP: Final = frozenset({2, 3})
"""Pins with a resistor to 3.3 V on the board, which cannot be switched off."""

_NAMED: Final = re.compile(r"(BOARD|J8:|BCM|GPIO)(\d{1,2})", re.ASCII | re.IGNORECASE)


def bcm(given: Any) -> int:
    """The BCM number of a pin that is given as 17, GPIO17, BCM17, BOARD11 or J8:11; a fault where there is none."""
    pin: int | None = None
    if isinstance(given, int) and not isinstance(given, bool):
        pin = given
    elif isinstance(given, str) and (match := _NAMED.fullmatch(given.strip())):
        number = int(match[2])
        pin = BOARD.get(number) if match[1].upper() in {"BOARD", "J8:"} else number
    if pin is None or not 0 <= pin <= HIGHEST_BCM:
        raise fault_in("bad_pin", got=str(given)[:40])
    return pin


Pin = Annotated[int, BeforeValidator(bcm)]
"""A pin by its BCM number."""


class PinsError(Exception):
    """The pins of this Pi cannot be used; the text says why and what to do."""


def open_pins(pins: Literal["auto", "mock"]) -> Any:
    """A gpiozero pin factory; the caller closes it. `auto` is the Pi's own pins on a Pi, mock pins elsewhere.

    Raises PinsError on a Pi whose pins are out of reach: mock pins there would be lights that never shine.
    """
    from gpiozero import Device
    from gpiozero.pins.mock import MockFactory, MockPWMPin

    if pins == "mock" or not _on_a_pi():
        log.info("gpio: mock pins are used (%s); nothing is switched", "pins: mock" if pins == "mock" else "no Pi here")
        return MockFactory(pin_class=MockPWMPin)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # gpiozero tells of every library that it tried in vain
            Device.ensure_pin_factory()
    except Exception as error:
        raise PinsError(
            f"the pins cannot be opened ({error}); install lgpio (pip install 'jipsa[pi]') and let this user "
            "into the group gpio"
        ) from error
    factory, Device.pin_factory = Device.pin_factory, None
    return factory


def _on_a_pi() -> bool:
    try:
        return MODEL.read_text(errors="replace").startswith("Raspberry Pi")
    except OSError:
        return False
