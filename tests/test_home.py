"""The home: reading home.yaml, finding rooms and devices, merging what bridges announce."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.home import DEVICE_TYPES, Device, Home, Room, load_home, merge
from hub.messages import About
from hub.payloads import is_id
from hub.yamlfile import SettingsError

SHIPPED = Path(__file__).parents[1] / "config" / "home.yaml"

FLAT = """\
rooms:
  - {id: living, name: 거실, aliases: [마루]}
  - {id: bedroom, name: 안방}
devices:
  - {id: lamp, name: 거실등, type: light, room: 거실}
  - {id: ac, name: 에어컨, type: climate, room: living, aliases: [에어콘]}
  - {id: door, name: 현관문, type: lock}
"""


def home_of(content: str, tmp_path: Path) -> Home:
    path = tmp_path / "home.yaml"
    path.write_text(content)
    return load_home(path)


def faults_of(content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError) as caught:
        home_of(content, tmp_path)
    return str(caught.value).splitlines()


def test_rooms_and_devices_are_found_by_id(tmp_path: Path) -> None:
    home = home_of(FLAT, tmp_path)
    living = home.room("living")
    lamp = home.device("lamp")
    assert living == Room(id="living", name="거실", aliases=("마루",))
    assert lamp == Device(id="lamp", name="거실등", type="light", room="living")
    assert home.room_of(lamp) == living
    assert [device.id for device in home.devices_in("living")] == ["lamp", "ac"]
    assert home.room("lamp") is None
    assert home.device("living") is None
    door = home.device("door")
    assert door is not None
    assert home.room_of(door) is None


@pytest.mark.parametrize("spoken", ["living", "거실", "마루", " 거 실 ", "LIVING", "\u1100\u1165\u1109\u1175\u11af"])
def test_a_room_is_resolved_by_id_name_or_alias(spoken: str, tmp_path: Path) -> None:
    room = home_of(FLAT, tmp_path).resolve_room(spoken)
    assert room is not None
    assert room.id == "living"


def test_an_unknown_room_is_not_guessed(tmp_path: Path) -> None:
    home = home_of(FLAT, tmp_path)
    assert home.resolve_room("거") is None
    assert home.resolve_room("") is None


@pytest.mark.parametrize("content", ["", "# 아직 없음\n", "rooms:\ndevices:\n", "rooms: []\ndevices: []\n"])
def test_an_empty_home_is_fine(content: str, tmp_path: Path) -> None:
    assert home_of(content, tmp_path) == Home()


def test_no_file_is_an_empty_home() -> None:
    assert load_home(None) == Home()


def test_names_are_composed_and_trimmed(tmp_path: Path) -> None:
    home = home_of("rooms: [{id: a, name: ' \u1100\u1165\u1109\u1175\u11af '}]", tmp_path)
    assert home.rooms[0].name == "거실"


def test_two_devices_may_share_a_name(tmp_path: Path) -> None:
    home = home_of("devices: [{id: a, name: 등, type: light}, {id: b, name: 등, type: light}]", tmp_path)
    assert [device.name for device in home.devices] == ["등", "등"]


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        ("devices:\n  - id: a\n    name: 등\n    type: lihgt",
         ["home.yaml:4: devices[0].type: 'lihgt' is no device type; did you mean 'light'?"]),
        ("rooms: [{id: living, name: 거실}]\ndevices:\n  - {id: a, name: 등, type: light, room: 거실이}",
         ["home.yaml:3: devices[0].room: there is no room '거실이'; did you mean '거실'?"]),
        ("devices:\n  - {id: a, name: 등, type: light}\n  - {id: a, name: 불, type: light}",
         ["home.yaml:3: devices[1].id: the id 'a' is taken already in line 2"]),
        ("rooms:\n  - {id: a, name: 방}\n  - {id: a, name: 거실}",
         ["home.yaml:3: rooms[1].id: the id 'a' is taken already in line 2"]),
        ("rooms:\n  - {id: a, name: 방}\n  - {id: b, name: 거실,\n     aliases: [방]}",
         ["home.yaml:4: rooms[1].aliases[0]: the room in line 2 is called '방' already"]),
        ("devices: [{id: 불, name: 등, type: light}]", [("home.yaml:1: devices[0].id: '불' is no id; "
         "use ASCII letters, digits, '_' and '-', 64 at most")]),
        ("devices: [{id: a, name: ' ', type: light}]", ["home.yaml:1: devices[0].name: the name is empty"]),
        ("devices:\n\n  - {name: 등, type: light}", ["home.yaml:3: devices[0]: 'id' is missing"]),
        ("devices: [{id: a, name: 등, type: light, gpio: 17}]",
         ["home.yaml:1: devices[0].gpio: a mapping (key: value) expected, got 17"]),
        ("devices:\n  - {id: a, name: 등, type: light,\n     alias: 불}",
         [("home.yaml:3: devices[0].alias: unknown key; known are id, name, aliases, type, room, device_class, "
          "hidden, gpio; did you mean 'aliases'?")]),
    ],
)  # fmt: skip
def test_a_fault_is_one_line_that_names_the_place_and_the_remedy(
    content: str, faults: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert faults_of(content, tmp_path, monkeypatch) == faults


def test_later_checks_can_name_the_line_of_a_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    home = home_of("devices:\n  - id: a\n    name: 등\n    type: light\n    gpio:\n      pin: 99\n", tmp_path)
    file, keys = home.devices[0].entry
    assert str(file.fault((*keys, "gpio", "pin"), "nothing")) == "home.yaml:6: devices[0].gpio.pin: nothing"
    file, keys = Device(id="a", name="등", type="light").entry
    assert str(file.fault((*keys, "gpio", "pin"), "nothing")) == "home.yaml: devices.a.gpio.pin: nothing"


def test_the_shipped_home_is_sound() -> None:
    home = load_home(SHIPPED)
    ids = {device.id for device in home.devices}
    assert {"living_ac", "washer", "robot", "air_purifier", "living_light", "living_button"} <= ids
    assert all(device.type in DEVICE_TYPES for device in home.devices)
    assert all(home.room_of(device) for device in home.devices)


def about(device: str = "fan", room: str | None = None, **more: object) -> About:
    return About.model_validate({"id": device, "bridge": "x", "type": "fan", "name": "선풍기", "room": room, **more})


def test_an_announced_device_joins_the_home(tmp_path: Path) -> None:
    home = merge(home_of(FLAT, tmp_path), [about(room="안방", aliases=["바람"])])
    assert home.device("fan") == Device(id="fan", name="선풍기", type="fan", room="bedroom", aliases=("바람",))
    assert len(home.devices) == 4


def test_what_the_file_says_goes_before_what_the_bridge_says(tmp_path: Path) -> None:
    content = FLAT + "  - {id: fan, name: 써큘레이터, type: switch, room: 거실, hidden: true, aliases: [팬]}\n"
    home = merge(home_of(content, tmp_path), [about(room="안방", aliases=["바람"])])
    assert home.device("fan") == Device(
        id="fan", name="써큘레이터", type="switch", room="living", aliases=("팬",), hidden=True
    )


def test_what_the_file_leaves_out_comes_from_the_bridge(tmp_path: Path) -> None:
    content = FLAT + "  - {id: fan, name: 써큘레이터, type: fan}\n"
    home = merge(home_of(content, tmp_path), [about(room="안방", aliases=["바람"])])
    assert home.device("fan") == Device(id="fan", name="써큘레이터", type="fan", room="bedroom", aliases=("바람",))


def test_rooms_that_are_announced_are_not_all_read_again_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    squashed = 0

    def counted(name: str) -> str:
        nonlocal squashed
        squashed += 1
        return name

    def work(rooms: int) -> int:
        nonlocal squashed
        squashed = 0
        assert len(merge(Home(), [about(f"d{number}", f"{number}호") for number in range(rooms)]).rooms) == rooms
        return squashed

    monkeypatch.setattr("hub.home._squashed", counted)
    few, more, most = work(100), work(200), work(300)
    assert most - more == more - few


def test_an_announced_room_that_is_new_becomes_a_room_with_a_lasting_id(tmp_path: Path) -> None:
    base = home_of(FLAT, tmp_path)
    home = merge(base, [about("a", "서재"), about("b", "서 재"), about("c", " ")])
    study = home.resolve_room("서재")
    assert study is not None
    assert is_id(study.id)
    assert [device.id for device in home.devices_in(study.id)] == ["a", "b"]
    assert len(home.rooms) == 3
    again = merge(base, [about("z", "서재")]).resolve_room("서재")
    assert again is not None
    assert again.id == study.id


@given(
    st.lists(
        st.builds(
            about,
            device=st.from_regex(r"[a-z0-9][a-z0-9_-]{0,10}", fullmatch=True),
            room=st.none() | st.text(max_size=8),
            name=st.text(min_size=1, max_size=8),
            aliases=st.lists(st.text(max_size=5), max_size=3),
            type=st.text(min_size=1, max_size=8),
        ),
        max_size=6,
    )
)
def test_whatever_is_announced_makes_a_sound_home(abouts: list[About]) -> None:
    home = merge(Home(), abouts)
    assert {device.id for device in home.devices} == {item.id for item in abouts}
    assert all(device.room is None or home.room_of(device) for device in home.devices)
    assert all(name.strip() for device in home.devices for name in device.names)
    assert all(is_id(room.id) for room in home.rooms)


def test_a_device_class_is_taken_from_the_entry_or_from_what_is_announced() -> None:
    home = Home(
        devices=(
            Device(id="a", name="커튼", type="cover", device_class="curtain"),
            Device(id="b", name="창", type="cover"),
        )
    )
    abouts = [About(id=i, bridge="b", type="cover", name=i, device_class="window") for i in ("a", "b", "c")]
    assert {device.id: device.device_class for device in merge(home, abouts).devices} == {
        "a": "curtain", "b": "window", "c": "window"
    }  # fmt: skip


def test_devices_of_types_leave_hidden_ones_out() -> None:
    kinds = (("a", "light", False), ("b", "fan", False), ("c", "light", True), ("d", "light", False))
    home = Home(devices=tuple(Device(id=i, name=i, type=kind, hidden=hidden) for i, kind, hidden in kinds))
    assert [device.id for device in home.of_types(["light", "cover"])] == ["a", "d"]
