"""A flat with many kinds of devices, for the tests of the grammar and of the butler."""

from __future__ import annotations

from hub.home import Device, Home, Room


def _device(
    device_id: str, name: str, kind: str, room: str | None = None, *aliases: str, hidden: bool = False
) -> Device:
    return Device(id=device_id, name=name, type=kind, room=room, aliases=aliases, hidden=hidden)


FLAT = Home(
    rooms=(
        Room(id="living", name="거실", aliases=("마루",)),
        Room(id="bedroom", name="안방", aliases=("침실", "큰방")),
        Room(id="kitchen", name="주방", aliases=("부엌",)),
        Room(id="kids", name="아이방"),
        Room(id="balcony", name="베란다", aliases=("다용도실",)),
        Room(id="entrance", name="현관"),
    ),
    devices=(
        _device("living_ac", "거실 에어컨", "climate", "living"),
        _device("bedroom_ac", "안방 에어컨", "climate", "bedroom"),
        _device("living_light", "거실등", "light", "living", "거실 불", "거실 조명"),
        _device("living_lamp", "스탠드", "light", "living"),
        _device("bedroom_light", "안방등", "light", "bedroom", "안방 불"),
        _device("kitchen_light", "식탁등", "light", "kitchen"),
        _device("kids_light", "무드등", "light", "kids"),
        _device("living_fan", "선풍기", "fan", "living"),
        _device("washer", "세탁기", "washer", "balcony"),
        _device("dryer", "건조기", "dryer", "balcony"),
        _device("robot", "로봇청소기", "vacuum", "living", "청소기", "로보"),
        _device("purifier", "공기청정기", "air_purifier", "bedroom"),
        _device("living_curtain", "거실 커튼", "cover", "living"),
        _device("door", "도어락", "lock", "entrance", "현관문"),
        _device("kitchen_plug", "주방 콘센트", "switch", "kitchen"),
        _device("tv", "티비", "television", "living", "TV"),
        _device("gas", "가스 밸브", "valve", "kitchen"),
        _device("movie", "영화 모드", "scene", "living"),
        _device("leaving", "외출 루틴", "script"),
        _device("secret", "비밀등", "light", "kids", hidden=True),
        _device("living_button", "거실 버튼", "button", "living", hidden=True),
    ),
)
"""Two air conditioners in two rooms, lights in four, one of everything else; two devices are hidden."""
