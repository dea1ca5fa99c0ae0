"""A large home: that of the corpus with 18 more rooms, and 200 devices in all."""

from __future__ import annotations

from hub.home import Device, Home, Room

MORE_ROOMS = {
    "storage": "보관실", "parking": "주차장", "workshop": "작업실", "guests": "게스트룸", "across": "건넌방",
    "parlour": "사랑방", "music": "음악실", "gym": "체력단련실", "hobby": "취미방", "terrace": "테라스",
    "stairs": "계단", "greenhouse": "온실", "powder": "파우더룸", "cafe": "홈카페", "annexe": "별채",
    "reception": "응접실", "yard": "뒤뜰", "media": "미디어룸",
}  # fmt: skip

IN_EVERY_ROOM = (
    ("보조등", "light", None), ("벽등", "light", None), ("콘센트", "switch", None), ("속커튼", "cover", "curtain"),
    ("온도계", "sensor", "temperature"), ("동작 감지기", "binary_sensor", "motion"),
)  # fmt: skip
"""What each of MORE_ROOMS has: name after that of the room, type, device class."""

IN_SOME_ROOMS = (
    ("에어컨", "climate", None, ("guests", "across", "workshop", "music")), ("선풍기", "fan", None, ("gym", "hobby")),
    ("실링팬", "ceiling_fan", None, ("cafe",)), ("가습기", "humidifier", None, ("guests",)),
    ("제습기", "dehumidifier", None, ("storage",)), ("공기청정기", "air_purifier", None, ("annexe",)),
    ("셔터", "cover", "shutter", ("parking",)), ("자물쇠", "lock", None, ("storage",)),
    ("급수 밸브", "valve", None, ("greenhouse",)), ("무선청소기", "stick_cleaner", None, ("annexe",)),
    ("스피커", "media_player", None, ("music", "cafe")), ("프로젝터", "media_player", None, ("guests", "media")),
    ("워시타워", "washtower", None, ("annexe",)), ("건조기", "dryer", None, ("storage",)),
    ("스타일러", "styler", None, ("powder",)), ("냉장고", "refrigerator", None, ("storage",)),
    ("오븐", "oven", None, ("cafe",)), ("장식등", "light", None, ("cafe",)),
    ("정수기", "water_purifier", None, ("cafe",)), ("맥주 제조기", "home_brew", None, ("cafe",)),
    ("카메라", "camera", None, ("yard", "parking")), ("사이렌", "siren", None, ("parking",)),
    ("재배기", "plant_cultivator", None, ("greenhouse",)), ("파티", "scene", None, ("terrace",)),
    ("모임", "script", None, ("reception",)),
)  # fmt: skip
"""What some of them have besides. Of a kind that the corpus home has one of and calls by many words (빨래, 티비, TV)
there is no second, so that what is said stays clear."""


def big_home(plain: Home) -> Home:
    """The home with more rooms, and devices in them that have the rooms' names in theirs."""
    rooms = tuple(Room(id=room, name=name) for room, name in MORE_ROOMS.items())
    devices = [
        Device(id=f"{room}_{kind}_{number}", name=f"{MORE_ROOMS[room]} {name}", type=kind, room=room, device_class=of)
        for number, (name, kind, of, places) in enumerate(
            (*((*entry, tuple(MORE_ROOMS)) for entry in IN_EVERY_ROOM), *IN_SOME_ROOMS)
        )
        for room in places
    ]
    return Home((*plain.rooms, *rooms), (*plain.devices, *devices))
