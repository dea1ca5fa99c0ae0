"""Push-to-talk: a button that calls the hub, and a light that shows that it listens, on the pins of a Pi."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from gpiozero import LED, Button, GPIOZeroError

from hub.config import VoiceSettings
from hub.messages import Activity

log = logging.getLogger(__name__)

BOUNCE = 0.05
"""Seconds in which a button that was pressed is not pressed again."""


@contextmanager
def push_to_talk(
    settings: VoiceSettings, pins: Any, pressed: Callable[[], None]
) -> Iterator[Callable[[Activity], None]]:
    """While the block lasts, the button calls `pressed`, and the light follows the activity that is told.

    A pin that cannot be used is logged, and the satellite does without it.
    """
    loop = asyncio.get_running_loop()
    with ExitStack() as stack:
        button = _part(stack, "voice.button", Button, settings.button, pins, bounce_time=BOUNCE)
        light = _part(stack, "voice.light", LED, settings.light, pins)
        if button is not None:
            button.when_pressed = lambda: loop.call_soon_threadsafe(pressed)  # gpiozero calls from its own thread

        def show(activity: Activity) -> None:
            if light is not None:
                light.value = activity == "listening"

        yield show


def _part(stack: ExitStack, key: str, kind: Any, pin: int | str | None, pins: Any, **options: Any) -> Any:
    if pin is None:
        return None
    try:
        return stack.enter_context(kind(pin, pin_factory=pins, **options))
    except GPIOZeroError as error:
        log.error("%s: pin %s cannot be used: %s", key, pin, error)
        return None
