"""What an intent means for a device: from intent and slots to the properties that shall change.

Bridges of every vendor name their properties alike (docs/contract.md), so this is written once, as a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from devices.adjust import (
    adjusted,
    adjusted_fan_mode,
    adjusted_temperature,
    louder,
    manner_of_steps,
    nth_fan_mode,
    volume,
)
from devices.meanings import (
    Meaning,
    Situation,
    blow,
    burner,
    constant,
    delay,
    feature,
    mode_of_its_own,
    no_delay,
    only,
    preheat,
    slot,
    slots,
    start,
    swing,
    swing_parts,
    temperature,
    temperature_range,
)
from devices.values import Changes, CommandError, Slots, check
from hub.messages import About, ErrorCode
from hub.payloads import Value
from hub.texts import Language, has_text, text

__all__ = ["COMMANDS", "QUERIES", "Changes", "CommandError", "Slots", "changes_for", "check"]

_LOCKS = frozenset({"lock"})
_OPENINGS = frozenset({"cover", "valve"})


def _properties(situation: Situation) -> Changes:
    """The slots are properties, as on a `set` topic, and are refused as there."""
    return check(situation.slots, situation.about, situation.language)


COMMANDS: dict[str, tuple[Meaning, ...]] = {
    # intent: what to try, in this order; the first whose properties the device has is what is meant
    "HassTurnOn": (constant("power", True), only(_LOCKS, constant("locked", True)),
                   only(_OPENINGS, constant("open", True)), constant("operation", "start"), constant("position", 100),
                   blow(on=True)),
    "HassTurnOff": (constant("power", False), only(_LOCKS, constant("locked", False)),
                    only(_OPENINGS, constant("open", False)), constant("operation", "power_off"),
                    constant("operation", "stop"), constant("operation", "home"), constant("position", 0),
                    blow(on=False)),
    "HassSetPosition": (slot("position", "position"),),
    # Light.
    "HassLightSet": (slots(brightness="brightness", color="color", temperature="color_temperature"),),
    # Air and heat.
    "HassClimateSetTemperature": (slot("temperature", "target_temperature"),),
    "JipsaSetTemperatureRange": (temperature_range,),
    "JipsaSetTemperature": (temperature,),
    "JipsaPreheat": (preheat,),
    "HassHumidifierSetpoint": (slot("humidity", "target_humidity"),),
    "HassClimateSetFanMode": (slot("fan_mode", "fan_mode"),),
    "HassFanSetSpeed": (slot("fan_mode", "fan_mode"), slot("fan_step", "fan_step"), nth_fan_mode, manner_of_steps,
                        slot("percentage", "percentage")),
    "JipsaSetMode": (slot("mode", "mode"), mode_of_its_own),
    "JipsaSetBurner": (burner,),
    "JipsaSetSwing": (swing, swing_parts),
    "JipsaSetFeature": (feature,),
    # More and less.
    "JipsaAdjust": (adjusted_temperature, adjusted("brightness", "brightness", 20),
                    adjusted("color_temperature", "color_temperature", 500), adjusted("humidity", "target_humidity", 5),
                    adjusted("position", "position", 20), adjusted_fan_mode, adjusted("fan_speed", "fan_step", 1),
                    adjusted("fan_speed", "percentage", 20)),
    "HassSetVolumeRelative": (volume, louder),
    # Sound and pictures.
    "JipsaSetChannel": (slot("channel", "channel"),),
    "HassSetVolume": (slot("volume_level", "volume"),),
    "HassMediaPlayerMute": (constant("muted", True),),
    "HassMediaPlayerUnmute": (constant("muted", False),),
    "HassMediaPause": (constant("operation", "pause"),),
    "HassMediaUnpause": (constant("operation", "play"),),
    "HassMediaNext": (constant("operation", "next"),),
    "HassMediaPrevious": (constant("operation", "previous"),),
    "HassMediaSearchAndPlay": (slots(search_query="search_query", media_class="media_class"),
                               slot("search_query", "search_query")),
    # Machines.
    "HassVacuumStart": (constant("operation", "start"),),
    "HassVacuumReturnToBase": (constant("operation", "home"),),
    "HassVacuumCleanArea": (slot("area", "clean_area"),),
    "HassLawnMowerStartMowing": (constant("operation", "start"),),
    "HassLawnMowerDock": (constant("operation", "home"),),
    "JipsaStart": (start,),
    "JipsaStop": (constant("operation", "stop"), constant("operation", "pause")),
    "JipsaPause": (constant("operation", "pause"), constant("operation", "stop")),
    "JipsaResume": (constant("operation", "resume"), constant("operation", "start")),
    "JipsaDelayStart": (delay("start_in_minutes", 1), delay("delay_start_hours", 60)),
    "JipsaDelayEnd": (delay("end_in_minutes", 1), delay("delay_end_hours", 60)),
    "JipsaCancelDelay": (constant("operation", "cancel_delay"), no_delay),
    # For programs: no sentence means it.
    "JipsaSet": (_properties,),
}  # fmt: skip

NEEDED = {"HassClimateSetTemperature": "temperature"}
"""Intents that people leave unfinished, and the slot that they are asked for."""

QUERIES = frozenset({"HassGetState", "HassClimateGetTemperature", "JipsaGetRemainingTime", "JipsaHomeSummary"})
"""Intents that change nothing: the reply carries the states that were asked about."""


def changes_for(
    intent: str, slots: Slots, about: About, state: Mapping[str, Value], now: datetime, language: Language = "ko"
) -> Changes:
    """The properties of the device that `intent` changes, checked against what the device says it can do.

    `state` is how the device is, and `now` the time at home: more, less and later start from there. Raises
    CommandError when the device lacks the property, the value is outside its bounds, or a bound is reached already.
    """
    if NEEDED.get(intent, "") not in {"", *slots}:
        raise CommandError(ErrorCode.MISSING, text(f"bridge.missing-{intent}", language, device=about.name))
    situation = Situation(slots, about, state, now, language)
    key = f"bridge.not_supported-{intent}"
    sentence = text(key if has_text(key) else "bridge.not_supported", language, device=about.name)
    fault = CommandError(ErrorCode.NOT_SUPPORTED, sentence)
    for meaning in COMMANDS[intent]:
        try:
            changes = meaning(situation)
            if changes and _has(about, changes):
                return check(changes, about, language)
        except CommandError as error:
            fault = error
    raise fault


def _has(about: About, changes: Changes) -> bool:
    """Whether the device has all these properties; an operation that it does not list is one that it lacks."""
    if not changes.keys() <= about.properties.keys():
        return False
    known = about.properties["operation"].values if "operation" in changes else None
    return known is None or changes["operation"] in known
