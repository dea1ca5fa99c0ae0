"""What may be done from outside: what is done at once, what somebody inside is asked about, and what is never done.

Two tables say it, one for the assistant and one for devices; what stands in neither is asked about, so that a new
intent or a new type of device is not let in unseen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from hub.home import Home
from hub.messages import About
from hub.payloads import Value
from hub.settings.remote import Rule

REMOTE: Final = "remote-"
"""With this the names of all satellites begin that speak from outside."""

_STRICTEST: Final[Sequence[Rule]] = ("refuse", "ask", "allow")

_QUESTIONS: Final = frozenset({
    "HassClimateGetTemperature", "HassGetCurrentDate", "HassGetCurrentTime", "HassGetState", "HassGetWeather",
    "HassTimerStatus", "JipsaCheckNothing", "JipsaGetAlarms", "JipsaGetDay", "JipsaGetList", "JipsaGetPlaying",
    "JipsaGetReminders", "JipsaGetRemainingTime", "JipsaGetSchedule", "JipsaHomeSummary", "JipsaReckon",
})  # fmt: skip
"""Intents that change nothing, whatever they are about."""

_ASSISTANT: Final[Mapping[str, Rule]] = {
    # What is about no device. What is planned is judged when it is done, and a routine step by step.
    **dict.fromkeys((
        "HassBroadcast", "HassCancelAllTimers", "HassCancelTimer", "HassDecreaseTimer", "HassIncreaseTimer",
        "HassListAddItem", "HassListCompleteItem", "HassListRemoveItem", "HassNevermind", "HassPauseTimer",
        "HassRespond", "HassShoppingListAddItem", "HassShoppingListCompleteItem", "HassStartTimer", "HassUnpauseTimer",
        "JipsaAnswerBroadcast", "JipsaCancelAlarm", "JipsaCancelDelay", "JipsaCancelReminder", "JipsaPlayMusic",
        "JipsaPlayRadio", "JipsaRemind", "JipsaRoutine", "JipsaSchedule", "JipsaSetAlarm", "JipsaSnooze",
        "JipsaStopAlarm",
    ), "allow"),
    # An agent may do at home what it likes.
    "JipsaAsk": "refuse",
}  # fmt: skip

_ACTS: Final = frozenset({
    "HassClimateSetFanMode", "HassClimateSetTemperature", "HassFanSetSpeed", "HassHumidifierSetpoint", "HassLightSet",
    "HassMediaNext", "HassMediaPause", "HassMediaPlayerMute", "HassMediaPlayerUnmute", "HassMediaPrevious",
    "HassMediaSearchAndPlay", "HassMediaUnpause", "HassSetPosition", "HassSetVolume", "HassSetVolumeRelative",
    "HassTurnOff", "HassTurnOn", "HassVacuumCleanArea", "HassVacuumReturnToBase", "HassVacuumStart", "JipsaAdjust",
    "JipsaCancelDelay", "JipsaDelayEnd", "JipsaDelayStart", "JipsaPause", "JipsaResume", "JipsaSet", "JipsaSetChannel",
    "JipsaSetFeature", "JipsaSetMode", "JipsaSetSwing", "JipsaSetTemperature", "JipsaSetTemperatureRange", "JipsaStart",
    "JipsaStop",
})  # fmt: skip
"""Intents that everyday devices may be given."""

_EVERYDAY: Final = frozenset({
    "air_purifier", "boiler", "ceiling_fan", "climate", "dehumidifier", "dish_washer", "dryer", "fan",
    "home_brew", "hood", "humidifier", "kimchi_refrigerator", "light", "media_player", "plant_cultivator",
    "refrigerator", "stick_cleaner", "styler", "switch", "system_boiler", "television", "vacuum", "ventilator",
    "washer", "washtower", "water_heater", "water_purifier", "wine_cellar",
})  # fmt: skip
"""Types with which anything may be done."""

_SCREENS: Final = frozenset({"awning", "blind", "curtain", "damper", "shade"})
"""Classes of covers that nobody comes in through."""

Harmless = Mapping[str, Mapping[str, Sequence[Value]]]
"""Intents that may be carried out unasked where each of their slots that is listed has one of these values.

Of JipsaSet only what is listed may be set.
"""

_CLOSING: Final[Harmless] = {
    "HassTurnOff": {}, "JipsaStop": {}, "JipsaPause": {}, "HassSetPosition": {"position": (0,)},
    "JipsaSet": {"open": (False,), "position": (0,), "operation": ("stop",)},
}  # fmt: skip
_COOLING: Final[Harmless] = {
    "HassTurnOff": {}, "JipsaStop": {}, "JipsaPause": {}, "JipsaCancelDelay": {},
    "JipsaSetBurner": {"power_level": (0,)},
    "JipsaSet": {"power": (False,), "operation": ("stop", "pause", "power_off", "cancel_delay")},
}  # fmt: skip

_DANGEROUS: Final[Mapping[str, Harmless]] = {
    # type: what may be done with it
    "alarm": {"JipsaSet": {"ringing": (False,)}},  # the alarm clocks of the assistant
    "lock": {"HassTurnOn": {}, "JipsaSet": {"locked": (True,)}},
    "cover": _CLOSING,
    "valve": _CLOSING,
    "oven": _COOLING,
    "microwave_oven": _COOLING,
    "cooktop": _COOLING,
    "lawn_mower": {
        "HassLawnMowerDock": {}, "HassTurnOff": {}, "JipsaStop": {}, "JipsaPause": {},
        "JipsaSet": {"operation": ("stop", "pause", "home")},
    },
}  # fmt: skip

_KEEPING_OUT: Final[Mapping[str, Value]] = {"locked": True, "child_lock": True, "open": False}
"""Properties that keep somebody out, and what everyday devices may be set to there."""

_ENTRANCE: Final = re.compile(
    "가스|밸브|현관문|공동현관|대문|차고|출입|도어|게이트|잠금|개폐|열림|열기|비밀번호|방범|경비|보안|비상(?!등)"
    "|(?<![a-z])(?:gas|valve|door|gate|garage|lock|unlock|open|opener|alarm|security|strike)(?![a-z])"
)
"""Names of what is only switched or moved, and still lets somebody, or gas, into the home."""

_NAMED: Final = frozenset({"button", "cover", "switch"})
"""Types of which only the name tells what they are for."""

_HARMLESS_BUTTON: Final = re.compile("엘리베이터|승강기|(?<![a-z])(?:elevator|lift)(?![a-z])")


def is_remote(satellite: str | None) -> bool:
    """Whether what this satellite says comes from outside."""
    return satellite is not None and satellite.startswith(REMOTE)


def judged(
    intent: str, slots: Mapping[str, Value], targets: Iterable[str], abouts: Mapping[str, About], home: Home,
    rules: Mapping[str, Rule],
) -> Rule:  # fmt: skip
    """What is done about an intent from outside for these targets: the strictest of what holds for each of them.

    A device is judged by what its bridge says of it and by what the home file says, if that is something else.
    """
    found: list[Rule] = []
    for target in targets:
        about, device = _named(target, abouts, home), home.device(target)
        found.append(verdict(intent, slots, about, rules))
        if about is not None and device is not None:
            kind = {"type": device.type, "device_class": device.device_class}
            found.append(verdict(intent, slots, about.model_copy(update=kind), rules))
    return strictest(found) if found else verdict(intent, slots, None, rules)


def may_confirm(targets: Iterable[str], abouts: Mapping[str, About], home: Home, rules: Mapping[str, Rule]) -> bool:
    """Whether a yes from outside confirms what bridges want confirmed: only where the settings allow the devices."""
    known = (_named(target, abouts, home) for target in targets)
    return all(about is not None and _own_rule(about, rules) == "allow" for about in known)


def _named(target: str, abouts: Mapping[str, About], home: Home) -> About | None:
    """What is announced of a device, with all names that it has."""
    about, device = abouts.get(target), home.device(target)
    if about is None or device is None:
        return about
    return about.model_copy(update={"name": device.name, "aliases": [*device.aliases, about.name, *about.aliases]})


def verdict(intent: str, slots: Mapping[str, Value], about: About | None, rules: Mapping[str, Rule]) -> Rule:
    """What is done about an intent from outside for one of its targets; None: it has none, or nobody announces it.

    `rules` are those of the settings, by id, name or alias of a device.
    """
    if intent in _QUESTIONS:
        return "allow"
    if about is None:
        return _ASSISTANT.get(intent, "ask")
    return _own_rule(about, rules) or _judged(intent, slots, about)


def _own_rule(about: About, rules: Mapping[str, Rule]) -> Rule | None:
    """What the settings say of a device."""
    if about.id in rules:
        return rules[about.id]
    named = {_squashed(name): rule for name, rule in rules.items()}
    found = {named[name] for name in map(_squashed, (about.name, *about.aliases)) if name in named}
    return strictest(found) if found else None


def strictest(rules: Iterable[Rule]) -> Rule:
    """The one that holds where several do; `allow` where none does."""
    return min(rules, key=_STRICTEST.index, default="allow")


def _judged(intent: str, slots: Mapping[str, Value], about: About) -> Rule:
    if intent == "JipsaAsk":
        return "refuse"
    names = " ".join((about.name, *about.aliases)).casefold()
    if about.type in _NAMED and _ENTRANCE.search(names):
        harmless = _CLOSING if about.type == "cover" else {}
        return "allow" if _is_harmless(intent, slots, harmless) else "ask"
    if about.type == "button" and _HARMLESS_BUTTON.search(names):
        return "allow" if intent in {"HassTurnOn", "JipsaSet"} else "ask"
    if about.type == "cover" and (about.device_class or "curtain") in _SCREENS:
        return "allow" if intent in _ACTS else "ask"
    if about.type in _DANGEROUS:
        return "allow" if _is_harmless(intent, slots, _DANGEROUS[about.type]) else "ask"
    if about.type not in _EVERYDAY or intent not in _ACTS:
        return "ask"
    return "ask" if _opens(intent, slots) else "allow"


def _is_harmless(intent: str, slots: Mapping[str, Value], harmless: Harmless) -> bool:
    if intent not in harmless:
        return False
    known = harmless[intent]
    judged = slots if intent == "JipsaSet" else known
    return all(_is_one_of(slots.get(name), known.get(name, ())) for name in judged)


def _opens(intent: str, slots: Mapping[str, Value]) -> bool:
    """Whether something is unlocked or opened, at whatever device."""
    wanted = _properties(intent, slots)
    return any(not _is_one_of(wanted[name], (kept,)) for name, kept in _KEEPING_OUT.items() if name in wanted)


def _properties(intent: str, slots: Mapping[str, Value]) -> Mapping[str, Value]:
    """What is set where slots name the property."""
    match intent:
        case "JipsaSet":
            return slots
        case "JipsaSetFeature":
            return {str(slots.get("feature")): {"on": True, "off": False}.get(str(slots.get("state")))}
        case "JipsaSetMode":
            return {str(slots.get("mode")): True}
        case _:
            return {}


def _is_one_of(value: Value, values: Sequence[Value]) -> bool:
    """Whether it is one of these, and of its type: 0 is not false."""
    return any(type(value) is type(known) and value == known for known in values)


def _squashed(name: str) -> str:
    return "".join(name.casefold().split())
