"""What is taken back, and what is done once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from hub.butler.resolve import Resolved

OPPOSITES: Mapping[str, str] = {
    # intent: the one that undoes it
    "HassTurnOn": "HassTurnOff",
    "HassTurnOff": "HassTurnOn",
    "HassMediaPause": "HassMediaUnpause",
    "HassMediaUnpause": "HassMediaPause",
    "HassMediaPlayerMute": "HassMediaPlayerUnmute",
    "HassMediaPlayerUnmute": "HassMediaPlayerMute",
    "HassVacuumStart": "HassVacuumReturnToBase",
    "HassStartTimer": "HassCancelTimer",
    "HassShoppingListAddItem": "HassShoppingListCompleteItem",
    "HassListAddItem": "HassListRemoveItem",
    "JipsaStart": "JipsaStop",
    "JipsaSchedule": "JipsaCancelDelay",
    "JipsaSetAlarm": "JipsaCancelAlarm",
    "JipsaRemind": "JipsaCancelReminder",
}

MORE = frozenset({
    "JipsaAdjust", "HassSetVolumeRelative", "HassIncreaseTimer", "HassDecreaseTimer", "HassMediaNext",
    "HassMediaPrevious",
})  # fmt: skip
"""Intents of which 더 asks for more."""

PASSING = frozenset({"HassRespond", "HassNevermind", "HassTimerStatus", "JipsaHomeSummary", "JipsaReckon", "JipsaAsk"})
"""Intents that change nothing, beside those with Get in their names."""

_TURNED = {"up": "down", "down": "up"}


def changes_nothing(act: Resolved) -> bool:
    """Whether an act only asks, or is small talk."""
    return "Get" in act.intent or act.intent in PASSING


def undoing(acts: Sequence[tuple[Resolved, frozenset[str]]]) -> list[Resolved]:
    """What undoes these acts, the last first; each comes with the devices that it really changed.

    Empty where nothing of it can be undone.
    """
    found = (_opposite(act, changed) for act, changed in reversed(acts))
    return [act for act in found if act is not None]


def _opposite(act: Resolved, changed: frozenset[str]) -> Resolved | None:
    targets = tuple(target for target in act.targets if target in changed)
    if act.targets and not targets:
        return None
    way = next((slot for slot in ("direction", "volume_step") if act.slots.get(slot) in _TURNED), None)
    if way is not None:
        return replace(act, slots={**act.slots, way: _TURNED[str(act.slots[way])]}, targets=targets)
    if act.intent not in OPPOSITES:
        return None
    slots = act.slots
    if act.intent == "HassStartTimer":
        slots = {f"start_{name}" if name in _LENGTH else name: value for name, value in slots.items()}
        if "conversation_command" in slots:
            return Resolved("JipsaCancelDelay", {}, ())
    return Resolved(OPPOSITES[act.intent], slots, targets)


_LENGTH = frozenset({"hours", "minutes", "seconds"})
