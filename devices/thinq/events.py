"""What appliances tell of: LG's push codes as events on MQTT and as sentences that are said in the home."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from devices.thinq.appliance import Appliance, Unit
from hub.texts import Language, has_text, text

Choice = Mapping[str, bool | Sequence[str]]
"""Of which appliances (by name or id) events are said aloud: all, none, or these; those not named say all."""

_HALVES = {"WASH": "washer", "DRY": "dryer"}
"""How the code of a machine that is two in one begins, and the section that it is about."""

FINISHED = ("WASHING_IS_COMPLETE", "DRYING_IS_COMPLETE", "STYLING_IS_COMPLETE", "CLEANING_IS_COMPLETE",
            "COOKING_IS_COMPLETE")  # fmt: skip
"""Codes for: it has ended. Where no push comes, the state says the same."""


def event_type(code: str) -> str:
    """What the event is called on MQTT."""
    return code.lower()


def unit_of(appliance: Appliance, code: str) -> Unit | None:
    """The device that a code is about; None where it may be any of several."""
    if len(appliance.units) == 1:
        return appliance.units[0]
    section = next((name for start, name in _HALVES.items() if code.startswith(start)), None)
    return next((unit for unit in appliance.units if unit.profile.section == section), None)


def finished(appliance: Appliance, unit: Unit) -> str | None:
    """The code for: this device has ended, among those that the appliance may send."""
    codes = (code for code in appliance.profile.pushes if code in FINISHED)
    return next((code for code in codes if unit_of(appliance, code) in {unit, None}), None)


def sentence(name: str, code: str, language: Language) -> str | None:
    """What is said of an event; None where nobody has found the words."""
    key = f"thinq_event.{event_type(code)}"
    return text(key, language, device=name) if has_text(key) else None


def wanted(names: Iterable[str], code: str, choice: Choice) -> bool:
    """Whether the household wants to hear of it; `names` are what the device is called."""
    chosen = next((choice[name] for name in names if name in choice), True)
    return chosen if isinstance(chosen, bool) else event_type(code) in chosen
