"""Whether what was understood is right.

hassil is counted generously. It is right when its intent is the one asked for, or one that does nearly the same
(ALIKE), and when the name or area that it found belongs to one of the devices meant; numbers and colours are not looked
at. Jipsa is right when every intent, every target and every slot is.
"""

from __future__ import annotations

from typing import Any

from bench.korean_corpus import ABOUT_TARGETS, Said, Wanted
from bench.korean_ways import domain_of, load_hassil, load_jipsa
from hub.home import Device, Home

ALIKE = {
    "JipsaStart": "HassTurnOn", "JipsaResume": "HassTurnOn", "HassVacuumStart": "HassTurnOn",
    "HassLawnMowerStartMowing": "HassTurnOn", "HassMediaSearchAndPlay": "HassTurnOn", "JipsaStop": "HassTurnOff",
    "JipsaPause": "HassTurnOff", "JipsaGetRemainingTime": "HassGetState", "HassClimateGetTemperature": "HassGetState",
    "JipsaSetTemperature": "HassClimateSetTemperature",
}  # fmt: skip
"""What hassil may take an intent for and still be right."""


class Judge:
    """Both ways in one home, and whether they are right about what is said there."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._jipsa, _ = load_jipsa(home)
        self._hassil, _ = load_hassil(home)

    def jipsa_acts(self, said: Said) -> bool:
        """Whether Jipsa takes the sentence for a command."""
        return bool(self._jipsa(said.text, said.room).intents)

    def jipsa(self, said: Said) -> bool:
        """Whether Jipsa is right in everything."""
        found = self._jipsa(said.text, said.room).intents
        return len(found) == len(said.wanted) and all(map(_same, found, said.wanted))

    def hassil_acts(self, said: Said, *, device: bool = False) -> bool:
        """Whether hassil takes the sentence for a command; with `device`, whether the home has a device for it."""
        result = self._hassil(said.text, said.room)
        if result is None or not device:
            return result is not None
        slots = _values(result)
        return slots.keys().isdisjoint(ABOUT_TARGETS) or any(self._is(d, slots) for d in self._home.devices)

    def hassil_intent(self, said: Said) -> bool:
        """Whether hassil has the right intent or one that does nearly the same, whatever it is about."""
        result = self._hassil(said.text, said.room)
        return result is not None and all(
            result.intent.name in {want.intent, ALIKE.get(want.intent)} for want in said.wanted
        )

    def hassil(self, said: Said) -> bool:
        """Whether hassil has the right intent, and a name or area that is right for one of the devices meant."""
        if not self.hassil_intent(said):
            return False
        slots = _values(self._hassil(said.text, said.room))
        devices = [device for want in said.wanted for i in want.targets if (device := self._home.device(i))]
        rooms = {device.room for device in devices}
        rooms |= {room.id for want in said.wanted if (room := self._home.resolve_room(want.slots.get("area", "")))}
        name, area = slots.get("name"), slots.get("area")
        named = name is None or not devices or any(name in device.names for device in devices)
        room = self._home.resolve_room(area) if area else None
        return named and (room is None or not rooms or room.id in rooms)

    def _is(self, device: Device, slots: dict[str, Any]) -> bool:
        room = self._home.resolve_room(slots["area"]) if "area" in slots else None
        return (
            slots.get("name") in {None, *device.names}
            and (room is None or device.room == room.id)
            and slots.get("domain") in {None, domain_of(device)}
            and slots.get("device_class") in {None, device.device_class}
        )


def _same(found: Any, want: Wanted) -> bool:
    extra = ABOUT_TARGETS - want.slots.keys() if want.targets else frozenset()
    slots = {slot: value for slot, value in found.slots.items() if slot not in extra}
    return found.intent == want.intent and set(found.targets) == set(want.targets) and slots == want.slots


def _values(result: Any) -> dict[str, Any]:
    return {name: entity.value for name, entity in result.entities.items()}


def known_intents() -> frozenset[str]:
    """The intents for which Home Assistant has Korean sentences."""
    from home_assistant_intents import get_intents

    return frozenset((get_intents("ko") or {"intents": {}})["intents"])
