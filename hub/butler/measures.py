"""What appliances and sensors measure, told: 거실 습도는 45%예요, 로봇청소기 배터리는 80% 남았어요."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hub.air import DUSTS, GRADES, dust_grade
from hub.butler.wording import degrees, names
from hub.home import Device, Home
from hub.payloads import Value
from hub.texts import Language, text

State = Mapping[str, Value]
Known = Sequence[tuple[Device, State]]

Words = Mapping[str, str]
"""Values for a sentence of the group `measure`; `key` says which one where it is not that of the measure itself."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How a state is turned into words (None: it says nothing of this), and whether it is about the room."""

    words: Callable[[State, Language], Words | None]
    of_room: bool = False


ROOM_TEMPERATURES = ("current_temperature", "temperature")

_COMPARTMENTS = ("fridge", "freezer", "convertible")


def number(state: State, *properties: str) -> float | None:
    """The first of these properties that is a number."""
    values = (state.get(name) for name in properties)
    return next((value for value in values if isinstance(value, int | float) and not isinstance(value, bool)), None)


def _plain(name: str) -> Callable[[State, Language], Words | None]:
    def words(state: State, language: Language) -> Words | None:
        value = number(state, name)
        return None if value is None else {"value": f"{value:g}"}

    return words


def _dust(name: str) -> Callable[[State, Language], Words | None]:
    def words(state: State, language: Language) -> Words | None:
        value = number(state, name)
        if value is None:
            return None
        return {"value": f"{value:g}", "grade": text(f"grade.{dust_grade(name, value)}", language)}

    return words


def _air(state: State, language: Language) -> Words | None:
    """The quality of the air, or else the dust in it."""
    quality = state.get("air_quality")
    if quality in GRADES:
        return {"grade": text(f"grade.{quality}", language)}
    for name in DUSTS:
        if (words := _dust(name)(state, language)) is not None:
            return {**words, "key": name}
    return None


def _temperature(state: State, language: Language) -> Words | None:
    """Of the compartments, or of the whole, or what it is set to."""
    inside = [(name, number(state, f"{name}_temperature")) for name in _COMPARTMENTS]
    parts = [
        text("measure.compartment", language, compartment=text(f"word.compartment-{name}", language),
             value=degrees(value, language))
        for name, value in inside if value is not None
    ]  # fmt: skip
    if parts:
        return {"key": "temperature-compartments", "compartments": ", ".join(parts)}
    for key, properties in (("temperature", ROOM_TEMPERATURES), ("temperature-target", ("target_temperature",))):
        value = number(state, *properties)
        if value is not None:
            return {"key": key, "value": degrees(value, language)}
    return None


def _water(state: State, language: Language) -> Words | None:
    """How full a tank is: in percent, or whether it is full."""
    value = state.get("water")
    if isinstance(value, bool):
        return {"key": "water-full" if value else "water-not_full"}
    if isinstance(value, str):
        return {"key": f"water-{value if value in {'full', 'empty'} else 'not_full'}"}
    return _plain("water")(state, language)


def _motion(state: State, language: Language) -> Words | None:
    value = state.get("motion")
    return {"key": f"motion-{'on' if value else 'off'}"} if isinstance(value, bool) else None


def _detected(state: State, language: Language) -> Words | None:
    value = state.get("detected")
    return {"key": f"detected-{'on' if value else 'off'}"} if isinstance(value, bool) else None


def _value(state: State, language: Language) -> Words | None:
    """What a sensor tells that measures none of the others."""
    value = state.get("value")
    return {"value": value} if isinstance(value, str) and value else _plain("value")(state, language)


MEASURES: Mapping[str, Measure] = {
    # slot device_class: the words, and whether they are about the room
    "temperature": Measure(_temperature),
    "humidity": Measure(_plain("humidity"), of_room=True),
    "air_quality": Measure(_air, of_room=True),
    "pm10": Measure(_dust("pm10"), of_room=True),
    "pm25": Measure(_dust("pm25"), of_room=True),
    "pm1": Measure(_plain("pm1"), of_room=True),
    "battery": Measure(_plain("battery")),
    "filter": Measure(_plain("filter")),
    "water": Measure(_water),
    "energy": Measure(_plain("energy")),
    "illuminance": Measure(_plain("illuminance"), of_room=True),
    "carbon_dioxide": Measure(_plain("carbon_dioxide"), of_room=True),
    "volume": Measure(_plain("volume")),
    "brightness": Measure(_plain("brightness")),
    "motion": Measure(_motion, of_room=True),
    "detected": Measure(_detected),
    "value": Measure(_value),
}


def measured(name: str, known: Known, home: Home, language: Language) -> list[str]:
    """A sentence for each device, or for each room, that measures it; one that nobody knows where none does."""
    said = tell(name, known, home, language)
    if said:
        return said
    devices = names([device for device, _ in known], home, language)
    return [text("measure.unknown", language, devices=devices, what=text(f"word.measure-{name}", language))]


def tell(name: str, known: Known, home: Home, language: Language) -> list[str]:
    """As far as it is known. Of two devices that measure the same room, a sensor is believed."""
    measure = MEASURES[name]
    said: dict[str, str] = {}
    for device, state in sorted(known, key=lambda item: item[0].type != "sensor"):
        words = measure.words(state, language)
        if words is None:
            continue
        place = place_of(device, home)
        sentence = text(f"measure.{words.get('key', name)}", language, device=device.name, place=place, **words)
        said.setdefault(place if measure.of_room else device.id, sentence)
    return list(said.values())


def room_temperature(known: Known, home: Home, language: Language) -> list[str]:
    """How warm it is, once for each room."""
    said: dict[str, str] = {}
    for device, state in sorted(known, key=lambda item: item[0].type != "sensor"):
        value = number(state, *ROOM_TEMPERATURES)
        if value is not None:
            place = place_of(device, home)
            sentence = text("state.temperature", language, place=place, temperature=degrees(value, language))
            said.setdefault(place, sentence)
    if said:
        return list(said.values())
    return [text("state.unknown", language, device=names([device for device, _ in known], home, language))]


def place_of(device: Device, home: Home) -> str:
    """The room that a device stands in, or its own name where that is not known."""
    room = home.room_of(device)
    return room.name if room else device.name
