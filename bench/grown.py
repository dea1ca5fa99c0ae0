"""Homes of any size: the rooms, floors and devices that a Korean household would have, and what it says to them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from itertools import cycle, permutations
from typing import Any

from hub.home import Home, Room, merge
from hub.messages import About, Property

ROOMS = (
    "거실", "주방", "안방", "서재", "아이방", "손님방", "드레스룸", "현관", "다용도실", "욕실", "베란다", "복도",
)  # fmt: skip
"""Of one floor; upstairs each has its floor before it (2층 거실)."""

IN_A_ROOM = 8
"""Devices of a room: 1,000 of them stand in 125 rooms on eleven floors."""

_SWITCH = Property(type="boolean", writable=True)
_SHARE = Property(type="integer", writable=True, min=0, max=100, step=1, unit="%")
_DEGREES = Property(type="number", writable=True, min=16, max=30, step=0.5, unit="°C")
_MODES = Property(type="enum", writable=True, values=["cool", "dry", "fan_only", "auto"])
_LIGHT = {"power": _SWITCH, "brightness": _SHARE}

KINDS: tuple[tuple[str, str, str | None, dict[str, Property]], ...] = (
    ("조명", "light", None, _LIGHT),
    ("에어컨", "climate", None, {"power": _SWITCH, "mode": _MODES, "target_temperature": _DEGREES}),
    ("온도계", "sensor", "temperature", {"current_temperature": Property(type="number", unit="°C")}),
    ("스탠드", "light", None, _LIGHT),
    ("커튼", "cover", "curtain", {"open": _SWITCH, "position": _SHARE}),
    ("콘센트", "switch", None, {"power": _SWITCH}),
    ("움직임 센서", "binary_sensor", "motion", {"motion": Property(type="boolean")}),
    ("공기청정기", "air_purifier", None, {"power": _SWITCH, "pm25": Property(type="integer", unit="µg/m³")}),
    ("스피커", "media_player", None, {"power": _SWITCH, "volume": _SHARE}),
    ("선풍기", "fan", None, {"power": _SWITCH}),
    ("가습기", "humidifier", None, {"power": _SWITCH, "humidity": Property(type="integer", unit="%")}),
    ("간접등", "light", None, _LIGHT),
)
"""What stands in rooms: noun, type, device class, properties. The first room has the first ones, in this order."""

PLACES = (
    "창가", "침대", "책상", "소파", "식탁", "천장", "벽면", "문 옆", "화장대", "선반", "구석", "난로", "계단", "장식장",
    "피아노", "거울",
)  # fmt: skip
"""By what devices of one kind in one room are told apart (거실 창가 조명)."""

SYLLABLES = "콩보리다솜나래몽이토미두루별하은찬빛솔가온해든새롬"
"""Of what some devices are called by one household only (몽이 조명)."""

BRIDGES = ("homeassistant", "thinq", "gpio")
"""Whose the devices are, in turn."""


def rooms(devices: int) -> list[Room]:
    """The rooms of a home with so many devices."""
    found = []
    for number in range(-(-devices // IN_A_ROOM)):
        upstairs, kind = divmod(number, len(ROOMS))
        name = f"{upstairs + 1}층 {ROOMS[kind]}" if upstairs else ROOMS[kind]
        found.append(Room(id=f"room_{number}", name=name, floor=upstairs + 1))
    return found


def abouts(devices: int) -> list[About]:
    """What bridges announce of so many devices, none of which the home file has; the first are always the same."""
    names, places = _names(), rooms(devices)
    return [_about(number, places[number // IN_A_ROOM].name, *next(names)) for number in range(devices)]


def _names() -> Iterator[tuple[int, str, str | None]]:
    """For each device its kind, what is said of it beside its room, and a name of its own, where it has one.

    Drawn by lot, so that no two rooms are alike: what many rooms share, the recognizer's graph holds once.
    """
    yield from ((kind, "", None) for kind in range(IN_A_ROOM))
    chance = random.Random(0)
    nicknames = ["".join(pair) for pair in permutations(SYLLABLES, 2)]
    chance.shuffle(nicknames)
    own = cycle(nicknames)
    while True:
        things = [(kind, place) for kind in range(len(KINDS)) for place in PLACES]
        for number, (kind, place) in enumerate(chance.sample(things, IN_A_ROOM)):
            yield kind, place, next(own) if number == 0 else None


def _about(number: int, room: str, kind: int, place: str, own: str | None) -> About:
    """One device in five has only its noun for a name, as appliances have that nobody has renamed."""
    noun, of_type, device_class, properties = KINDS[kind]
    return About(
        id=f"device_{number}",
        bridge=BRIDGES[number % len(BRIDGES)],
        type=of_type,
        name=noun if place and number % 5 == 0 else " ".join(filter(None, (room, place, noun))),
        room=room,
        aliases=[f"{own} {noun}"] if own else [],
        device_class=device_class,
        properties=properties,
    )


def state(about: About, change: int) -> bytes:
    """A state of the device; each change makes another one."""
    told: dict[str, Any] = {}
    for name, is_of in about.properties.items():
        match is_of.type:
            case "boolean":
                told[name] = bool(change % 2)
            case "enum":
                told[name] = "cool"
            case _:
                told[name] = 20 + change % 10
    return json.dumps(told).encode()


def home(devices: int) -> Home:
    """The home with everything that is announced."""
    return merge(Home(rooms(devices)), abouts(devices))


SENTENCES = {
    "one device": ("거실 스탠드 꺼줘", "거실 커튼 열어줘", "거실 에어컨 24도로 맞춰줘"),
    "one room": ("거실 불 다 꺼줘", "거실 다 꺼줘", "거실 온도 알려줘"),
    "everything": ("불 다 꺼줘", "다 꺼줘", "거실 빼고 불 다 꺼줘"),
    "a timer": ("타이머 3분 맞춰줘", "10분 뒤에 거실 불 꺼줘", "타이머 취소해줘"),
    "refused": ("스탠바이미 켜줘", "주말에 비행기 표가 남아 있더라", "거실 창문 닫아줘", "조명 켜줘"),
}
"""What is said in each of these homes, by what it is about."""
