"""Which pins there are: those of the Raspberry Pi this runs on, or mock pins where there is none."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import Any, Literal

from gpiozero import Device
from gpiozero.pins.mock import MockFactory, MockPWMPin

log = logging.getLogger(__name__)

MODEL = Path("/proc/device-tree/model")
"""Where the kernel tells what board it runs on."""


class PinsError(Exception):
    """The pins of this Pi cannot be used; the text says why and what to do."""


def open_pins(pins: Literal["auto", "mock"]) -> Any:
    """A gpiozero pin factory; the caller closes it. `auto` is the Pi's own pins on a Pi, mock pins elsewhere.

    Raises PinsError on a Pi whose pins are out of reach: mock pins there would be lights that never shine.
    """
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
