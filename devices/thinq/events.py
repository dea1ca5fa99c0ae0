"""What appliances tell of: LG's push codes as events on MQTT and as sentences that are said in the home."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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


def unit_of(appliance: Appliance, code: str) -> Unit:
    """The device that a code is about."""
    section = next((name for start, name in _HALVES.items() if code.startswith(start)), None)
    return next((unit for unit in appliance.units if unit.profile.section == section), appliance.units[0])


def finished(appliance: Appliance, unit: Unit) -> str | None:
    """The code for: this device has ended, among those that the appliance may send."""
    codes = (code for code in appliance.profile.pushes if code in FINISHED)
    return next((code for code in codes if unit_of(appliance, code) is unit), None)


def sentence(unit: Unit, code: str, language: Language) -> str | None:
    """What is said of an event; None where nobody has found the words."""
    key = f"thinq_event.{event_type(code)}"
    return text(key, language, device=unit.name) if has_text(key) else None


def wanted(unit: Unit, code: str, choice: Choice) -> bool:
    """Whether the household wants to hear of it."""
    chosen = choice.get(unit.name, choice.get(unit.id, True))
    return chosen if isinstance(chosen, bool) else event_type(code) in chosen
