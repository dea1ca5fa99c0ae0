"""How the home is, in a few sentences: what is on, what runs, what stands open, how warm it is."""

from __future__ import annotations

from collections.abc import Callable

from hub.butler.measures import Known, State, room_temperature
from hub.butler.questions import is_on, is_open, remaining
from hub.butler.wording import names
from hub.home import Device, Home
from hub.texts import Language, text

MACHINES = frozenset({
    "washer", "dryer", "dish_washer", "vacuum", "styler", "oven", "cooktop", "microwave_oven", "cloth_drying_rack",
    "lawn_mower",
})  # fmt: skip
"""What runs, and ends by itself."""

ALWAYS_ON = frozenset({"refrigerator", "kimchi_refrigerator", "wine_cellar", "water_purifier", "sensor"})
"""Of which nobody wants to hear that they are on."""

OPENINGS = frozenset({"cover", "valve", "lock", "binary_sensor"})


def summary(asked: str | None, known: Known, home: Home, language: Language) -> list[str]:
    """What is `on` or `open` where that is asked, else all that there is to tell."""
    on = _those(known, is_on, lambda device: device.type not in {*MACHINES, *ALWAYS_ON, *OPENINGS})
    running = [(device, state) for device, state in known if device.type in MACHINES and is_on(device, state)]
    opened = _those(known, is_open, lambda device: device.type in OPENINGS)
    said = [text("some.open", language, devices=names(opened, home, language))] if opened else []
    if asked == "open":
        return said or [text("summary.closed", language)]
    lit = [text("some.on", language, devices=names(on, home, language))] if on else []
    runs = [remaining(device, state, language) for device, state in running]
    nothing = [] if lit or runs else [text("summary.off", language)]
    if asked == "on":
        return [*lit, *runs, *nothing]
    warm = [(device, state) for device, state in known if device.type in {"climate", "sensor"}]
    return [*lit, *runs, *nothing, *said, *_warmth(warm, home, language)]


def _warmth(known: Known, home: Home, language: Language) -> list[str]:
    measured = [(device, state) for device, state in known if state.get("current_temperature") is not None]
    return room_temperature(measured, home, language)[:1] if measured else []


def _those(
    known: Known, holds: Callable[[Device, State], bool | None], wanted: Callable[[Device], bool]
) -> list[Device]:
    return [device for device, state in known if wanted(device) and holds(device, state)]
