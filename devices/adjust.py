"""More and less: changes that start from how the device is now, by a step that was said or by a usual one.

Nothing goes beyond the bounds of the property; at the bound there is a sentence that says so.
"""

from __future__ import annotations

import math

from devices.meanings import Meaning, Situation, temperature_name
from devices.values import Changes, CommandError, not_a_value, off_step, spoken, step_of
from hub.messages import ErrorCode, Property
from hub.payloads import Value

STRENGTHS = (
    *("slow", "slow_low", "low", "low_mid", "medium", "mid_high", "high", "power"),
    *(f"wind_{number}" for number in range(1, 13)),
)
"""Values of `fan_mode` that are a strength of wind, the weakest first."""

MOST_STEPS = 100
"""More steps of wind than any fan has."""

MANNERS = {1: "high", -1: "low"}
"""What stronger and weaker mean while the wind is none of these strengths, such as `auto`."""

LESS_OF_NOTHING = frozenset({"brightness", "fan_speed"})
"""What cannot become less while the device is off, since setting it would turn the device on."""


def adjusted(what: str, name: str, usual: float) -> Meaning:
    """JipsaAdjust of `what`: move the number `name` by the slot `step`, or by `usual`."""

    def meaning(situation: Situation) -> Changes:
        direction, said = _direction(situation.slots.get("direction")), situation.slots.get("step")
        if situation.slots.get("property") != what or direction is None:
            return {}
        if what == "fan_speed":
            return _moved(situation, what, name, direction, None, usual, _steps(said))
        return _moved(situation, what, name, direction, said, usual)

    return meaning


def adjusted_temperature(situation: Situation) -> Changes:
    """JipsaAdjust of the temperature, also of one compartment."""
    return adjusted("temperature", temperature_name(situation), 1)(situation)


def volume(situation: Situation) -> Changes:
    """HassSetVolumeRelative: `volume_step` is up, down or a number with its sign."""
    said = situation.slots.get("volume_step")
    direction = _direction(said)
    if direction is not None:
        return _moved(situation, "volume", "volume", direction, None, 10)
    if isinstance(said, bool) or not isinstance(said, int | float) or not said:
        return {}
    return _moved(situation, "volume", "volume", 1 if said > 0 else -1, abs(said), 10)


def louder(situation: Situation) -> Changes:
    """HassSetVolumeRelative: one step, for what does not tell how loud it is (a remote)."""
    said = situation.slots.get("volume_step")
    return {} if _direction(said) is None else {"operation": f"volume_{said}"}


def _direction(said: Value) -> int | None:
    return {"up": 1, "down": -1}.get(said) if isinstance(said, str) else None


def _moved(
    situation: Situation, what: str, name: str, direction: int, said: Value, usual: float, times: int = 1
) -> Changes:
    prop = situation.writable(name)
    if prop is None or prop.type not in {"number", "integer"}:
        return {}
    now = situation.state.get(name)
    if isinstance(now, bool) or not isinstance(now, int | float):
        raise situation.error(ErrorCode.NOT_NOW, "unknown_now")
    _refuse_less_of_nothing(situation, what, direction)
    low, high = _bounds(prop, what)
    if (now >= high) if direction > 0 else (now <= low):
        raise _at_bound(situation, what, direction, spoken(now, prop, situation.language))
    wanted = _on_step(now + direction * times * _amount(situation, said, usual, prop), prop)
    return {name: min(high, max(low, wanted))}


def _amount(situation: Situation, said: Value, usual: float, prop: Property) -> float:
    """By how much: what was said, if the device has such steps, or the usual amount in whole steps."""
    step = step_of(prop)
    if said is None:
        return math.ceil(usual / step - 1e-6) * step if step else usual
    if isinstance(said, bool) or not isinstance(said, int | float) or not 0 < said < math.inf:
        raise not_a_value(said, situation.about.name, situation.language)
    if step and abs(said / step - round(said / step)) > 1e-6:
        raise off_step(step, prop, situation.about.name, situation.language)
    return said


def _bounds(prop: Property, what: str) -> tuple[float, float]:
    """The least and the greatest value that lie on a step; light and wind stay above zero, which would be off."""
    step, percent = step_of(prop), prop.unit == "%"
    low = prop.min if prop.min is not None else 0 if percent else -math.inf
    high = prop.max if prop.max is not None else 100 if percent else math.inf
    if what in LESS_OF_NOTHING and low <= 0:
        low = step or 1
    if step and math.isfinite(high):
        base = prop.min or 0
        high = round(base + math.floor((high - base) / step + 1e-6) * step, 6)
    return low, high


def _on_step(number: float, prop: Property) -> float:
    """The nearest value that the device can take: a state may lie between two steps."""
    base, step = prop.min or 0, step_of(prop)
    return round(base + math.floor((number - base) / step + 0.5) * step if step else number, 6)


def _refuse_less_of_nothing(situation: Situation, what: str, direction: int) -> None:
    if direction < 0 and what in LESS_OF_NOTHING and situation.state.get("power") is False:
        raise situation.error(ErrorCode.POWERED_OFF, "is_off")


def _at_bound(situation: Situation, what: str, direction: int, now: str) -> CommandError:
    key = f"{'highest' if direction > 0 else 'lowest'}-{what}"
    return situation.error(ErrorCode.OUT_OF_RANGE, key, value=now)


# Wind in words.


def adjusted_fan_mode(situation: Situation) -> Changes:
    """JipsaAdjust of the speed of a fan along the strengths that it knows."""
    direction, said = _direction(situation.slots.get("direction")), situation.slots.get("step")
    strengths = _strengths(situation)
    if situation.slots.get("property") != "fan_speed" or direction is None or not strengths:
        return {}
    now = situation.state.get("fan_mode")
    if not isinstance(now, str):
        raise situation.error(ErrorCode.NOT_NOW, "unknown_now")
    _refuse_less_of_nothing(situation, "fan_speed", direction)
    if now not in strengths:
        ends = {1: strengths[-1], -1: strengths[0]}
        return {"fan_mode": MANNERS[direction] if MANNERS[direction] in strengths else ends[direction]}
    place = min(len(strengths) - 1, max(0, strengths.index(now) + direction * _steps(said)))
    if strengths[place] == now:
        raise _at_bound(situation, "fan_speed", direction, now)
    return {"fan_mode": strengths[place]}


def _steps(said: Value) -> int:
    """How many steps of wind (두 단) were said: one where it is no such number."""
    return int(said) if isinstance(said, int | float) and 1 <= said <= MOST_STEPS else 1


def nth_fan_mode(situation: Situation) -> Changes:
    """HassFanSetSpeed by a number (3단) for a fan that knows strengths: the first is the weakest."""
    said, strengths = situation.slots.get("fan_step"), _strengths(situation)
    if isinstance(said, bool) or not isinstance(said, int) or not strengths:
        return {}
    if not 1 <= said <= len(strengths):
        raise situation.error(ErrorCode.OUT_OF_RANGE, "fan_steps", count=len(strengths))
    return {"fan_mode": strengths[said - 1]}


def manner_of_steps(situation: Situation) -> Changes:
    """HassFanSetSpeed in words (세게) for a fan that only knows steps: the weakest, the middle one, the strongest."""
    said, strengths = situation.slots.get("fan_mode"), _strengths(situation)
    places = {"low": 0, "medium": len(strengths) // 2, "high": max(0, len(strengths) - 2), "power": len(strengths) - 1}
    if not strengths or not isinstance(said, str) or said in strengths or said not in places:
        return {}
    return {"fan_mode": strengths[places[said]]}


def _strengths(situation: Situation) -> list[str]:
    prop = situation.writable("fan_mode")
    values = (prop.values if prop else None) or []
    return [strength for strength in STRENGTHS if strength in values]
