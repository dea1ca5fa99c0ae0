"""What `jipsa home check` finds in a home."""

from pathlib import Path

import pytest
from homes import FLAT

from hub.grammar.check import check_home
from hub.home import Device, Home, Room, load_home
from hub.korean.jamo import squash
from hub.texts import Language


def _faults(*devices: Device, language: Language = "en", unheard: str = "\0") -> list[tuple[str, str]]:
    home = Home((Room(id="living", name="거실"), Room(id="kids", name="아이방")), devices)
    return [(fault.path, fault.what) for fault in check_home(home, lambda group: unheard not in group, language)]


def _lamp(device_id: str = "lamp", name: str = "스탠드", room: str | None = "living", **more: object) -> Device:
    return Device.model_validate({"id": device_id, "name": name, "type": "light", "room": room, **more})


def test_the_sample_flat_is_without_fault() -> None:
    assert not list(check_home(FLAT, lambda group: True, "ko"))


def test_the_home_that_is_shipped_is_without_fault() -> None:
    home = load_home(Path(__file__).parents[2] / "config" / "home.yaml")
    assert not list(check_home(home, lambda group: True, "ko"))


def test_two_devices_of_one_name_in_two_rooms_need_the_room_said() -> None:
    [(path, what)] = _faults(_lamp(), _lamp("other", room="kids"))
    assert path == "devices.other.name"
    assert "'스탠드'" in what
    assert "'lamp'" in what
    assert "with the room said" in what


def test_two_devices_of_one_name_in_one_room_are_never_told_apart() -> None:
    [(path, what)] = _faults(_lamp(), _lamp("other", "긴 등", aliases=["스 탠 드"]))
    assert path == "devices.other.aliases[0]"
    assert "rename" in what


def test_a_name_that_many_devices_have_is_told_once_for_each() -> None:
    rooms = ["living", "kids", "kids", "living", None, "kids"]
    faults = _faults(*(_lamp(f"lamp_{number}", room=room) for number, room in enumerate(rooms)))
    assert [path for path, _ in faults] == [f"devices.lamp_{number}.name" for number in range(1, 6)]
    others = ["lamp_0", "lamp_1", "lamp_0", "lamp_0", "lamp_1"]
    assert all(f"'{other}'" in what for (_, what), other in zip(faults, others, strict=True))
    assert ["rename" in what for _, what in faults] == [False, True, True, False, True]


def test_a_home_is_checked_without_comparing_each_device_with_each(monkeypatch: pytest.MonkeyPatch) -> None:
    squashed = 0

    def counted(text: str) -> str:
        nonlocal squashed
        squashed += 1
        return squash(text)

    def work(devices: int) -> int:
        nonlocal squashed
        squashed = 0
        assert not _faults(*(_lamp(f"lamp_{number}", f"{number}번 스탠드") for number in range(devices)))
        return squashed

    monkeypatch.setattr("hub.grammar.check.squash", counted)
    few, more, most = work(100), work(200), work(300)
    assert most - more == more - few


def test_a_name_that_is_a_room_a_word_or_another_kind() -> None:
    faults = _faults(
        _lamp("a", "거실"), _lamp("b", "빨간색"), _lamp("c", "여기"), _lamp("d", "에어컨"), _lamp("e", "전부"),
        _lamp("f", "좀"),
    )  # fmt: skip
    told = dict(faults)
    assert "room" in told["devices.a.name"]
    assert "means something else" in told["devices.b.name"]
    assert "means something else" in told["devices.c.name"]
    assert "(climate)" in told["devices.d.name"]
    assert "means something else" in told["devices.e.name"]
    assert "means something else" in told["devices.f.name"]
    assert len(faults) == 6


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("light", "조명"), ("light", "전등"), ("light", "스탠드"), ("climate", "에어컨"), ("television", "TV"),
        ("boiler", "보일러"), ("system_boiler", "보일러"), ("hood", "후드"), ("lock", "도어락"),
    ],
)  # fmt: skip
def test_a_name_that_only_says_of_what_kind_a_device_is_is_no_fault(kind: str, name: str) -> None:
    assert not _faults(_lamp(name=name, type=kind))


@pytest.mark.parametrize(("device_class", "name"), [("curtain", "커튼"), ("window", "창문"), ("blind", "롤스크린")])
def test_a_name_that_people_call_a_class_of_devices_by(device_class: str, name: str) -> None:
    [(path, what)] = _faults(_lamp(name=name))
    assert path == "devices.lamp.name"
    assert device_class in what
    assert not _faults(_lamp(name=name, type="cover", device_class=device_class))


def test_a_name_that_nobody_can_read_aloud() -> None:
    [(path, what)] = _faults(_lamp(name="Zxqv 램프"))
    assert path == "devices.lamp.name"
    assert "'Zxqv'" in what


def test_a_name_that_the_recognizer_has_no_words_for() -> None:
    [(_, what)] = _faults(_lamp(name="뷁 조명"), unheard="뷁")
    assert "'뷁'" in what
    assert "another alias" in what


def test_only_what_is_said_is_asked_of_the_recognizer() -> None:
    asked: list[str] = []

    def sayable(group: str) -> bool:
        asked.append(group)
        return True

    home = Home((), (_lamp(name="LG 등 (2)", room=None), _lamp("hidden", "비밀등", hidden=True)))
    assert not list(check_home(home, sayable, "ko"))
    assert asked == ["엘지", "등", "이"]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_faults_are_told_in_the_language_of_the_home(language: Language) -> None:
    [(_, what)] = _faults(_lamp(name="거실"), language=language)
    assert ("방 이름" in what) == (language == "ko")


def test_hidden_devices_are_not_looked_at() -> None:
    assert not _faults(_lamp(), _lamp("other", hidden=True))


def test_a_fault_names_the_line_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "home.yaml"
    file.write_text(
        "rooms:\n  - {id: living, name: 거실}\ndevices:\n"
        "  - {id: a, name: 스탠드, type: light, room: 거실}\n"
        "  - id: b\n    name: 긴등\n    type: light\n    room: 거실\n    aliases:\n      - 등불\n      - 스탠드\n"
    )
    [fault] = check_home(load_home(file), lambda group: True, "en")
    assert (fault.file, fault.line, fault.path) == (file, 11, "devices[1].aliases[1]")
