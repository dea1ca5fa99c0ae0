"""A satellite's button, its mute switch, and the light that shows what it does, on the pins of a Pi."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal

from gpiozero import LED, PWMLED, RGBLED, GPIOZeroError, PinPWMUnsupported

from hub.contact import Contact
from hub.messages import Activity
from hub.pins import PinsError, open_pins
from hub.settings.voice import RgbPins, VoiceSettings
from hub.speech.mute import MuteSwitch

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Glow:
    """How the light shows one activity: red, green and blue (0 to 1), and seconds; steady without `off` and `fade`."""

    color: tuple[float, float, float] = (0, 0, 0)
    on: float = 0
    off: float = 0
    fade: float = 0


GLOWS: Final[Mapping[Activity, Glow]] = {
    "idle": Glow(),
    "listening": Glow((0, 0.2, 1)),
    "thinking": Glow((0, 0.8, 0.7), on=0.15, off=0.15),
    "speaking": Glow((0, 1, 0), fade=0.8),
    "muted": Glow((1, 0, 0), on=0.1, off=1.9),
    "offline": Glow(),
}
"""A light of one colour shows the same by its rhythm alone."""


@contextmanager
def push_to_talk(
    settings: VoiceSettings,
    pins: Any,
    pressed: Callable[[], None],
    muted: Callable[[bool], None] | None = None,
) -> Iterator[Callable[[Activity], None]]:
    """While the block lasts, the button calls `pressed`, and the light follows the activity that is told.

    `muted` is told whether the switch is held, before the block begins and whenever it is moved. A pin that cannot be
    used is logged, and the satellite does without it: but without the pin of its mute switch it stays muted.
    """
    with ExitStack() as stack:
        closed = False
        if settings.button is not None:
            _contact(stack, "voice.button", settings.button, pins, lambda down, at: pressed() if down else None)
        if settings.mute is not None and muted is not None:
            switch = _contact(stack, "voice.mute", settings.mute, pins, lambda held, at: muted(held))
            closed = switch is None or switch.active
            muted(closed)
        light = None if settings.light is None else _light(stack, settings.light, pins)
        show: Callable[[Activity], None] = light or (lambda activity: None)
        if closed:
            show("muted")  # nobody follows yet what is done
        yield show


@contextmanager
def mute_switch(settings: VoiceSettings, source: Literal["auto", "mock"]) -> Iterator[MuteSwitch]:
    """The switch alone, for who hears and is no satellite; without its pin the microphone stays closed."""
    switch = MuteSwitch()
    with ExitStack() as stack:
        if settings.mute is not None:
            switch.set(True)
            try:
                pins = stack.enter_context(closing(open_pins(source)))
            except PinsError as error:
                log.error("voice.mute: %s", error)
            else:
                alone = settings.model_copy(update={"button": None, "light": None})
                stack.enter_context(push_to_talk(alone, pins, lambda: None, switch.set))
        yield switch


def _contact(
    stack: ExitStack, key: str, pin: int, pins: Any, changed: Callable[[bool, float], object]
) -> Contact | None:
    try:
        return stack.enter_context(closing(Contact(pin, pins, asyncio.get_running_loop(), changed)))
    except GPIOZeroError as error:
        log.error("%s: pin %s cannot be used: %s", key, pin, error)
        return None


def _light(stack: ExitStack, light: int | RgbPins, pins: Any) -> Callable[[Activity], None] | None:
    try:
        if isinstance(light, RgbPins):
            colors = (light.red, light.green, light.blue)
            rgb = stack.enter_context(RGBLED(*colors, active_high=light.active_high, pin_factory=pins))
            return lambda activity: _glow_in_color(rgb, GLOWS[activity])
        try:
            led = stack.enter_context(PWMLED(light, pin_factory=pins))
        except PinPWMUnsupported:
            led = stack.enter_context(LED(light, pin_factory=pins))
    except GPIOZeroError as error:
        log.error("voice.light: pin %s cannot be used: %s", light, error)
        return None
    return lambda activity: _glow(led, GLOWS[activity])


def _glow_in_color(rgb: RGBLED, glow: Glow) -> None:
    if glow.off or glow.fade:
        rgb.blink(glow.on, glow.off, glow.fade, glow.fade, on_color=glow.color)
    else:
        rgb.color = glow.color


def _glow(led: PWMLED | LED, glow: Glow) -> None:
    if glow.fade and isinstance(led, PWMLED):
        led.pulse(glow.fade, glow.fade)
    elif glow.off or glow.fade:
        led.blink(glow.on or glow.fade, glow.off or glow.fade)
    elif any(glow.color):
        led.on()
    else:
        led.off()
