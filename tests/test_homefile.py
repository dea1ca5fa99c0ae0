"""The home file as the page sets it up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub.config import load_settings
from hub.home import Home, load_home
from hub.homefile import Changes, ConflictError, FlawedError, HomeFile, home_place, room_id
from hub.messages import About
from hub.payloads import is_id
from hub.yamlfile import SettingsError

SHIPPED = (Path(__file__).parents[1] / "config" / "home.yaml").read_text("utf-8")
FAN = About(id="fan", bridge="x", type="fan", name="선풍기", room="안방", aliases=["바람"])
STUDY = About(id="desk", bridge="x", type="light", name="책상등", room="서재")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "home.yaml"
    path.write_text(SHIPPED)
    return path


def save(path: Path, *abouts: About, **changes: Any) -> str:
    """What is in the file after these changes."""
    file = HomeFile.read(path, "en")
    after = file.save(Changes.model_validate(changes), {about.id: about for about in abouts}, file.digest)
    assert after.home == load_home(path)
    assert after.content == path.read_bytes()
    return path.read_text("utf-8")


def flaws(path: Path, *abouts: About, **changes: Any) -> list[tuple[str, str, int | None, str]]:
    before = path.read_bytes()
    with pytest.raises(FlawedError) as caught:
        save(path, *abouts, **changes)
    assert path.read_bytes() == before
    assert all(flaw.blocks for flaw in caught.value.flaws)
    return [(flaw.place, flaw.key, flaw.index, flaw.reason) for flaw in caught.value.flaws]


@pytest.mark.parametrize(
    ("change", "was", "becomes"),
    [
        ({"name": "무드등"}, "name: 거실등", "name: 무드등"),
        ({"name": "  무드  등 "}, "name: 거실등", "name: 무드 등"),
        ({"aliases": ["거실 불"]}, "aliases: [거실 불, 거실 조명],\n     gpio: {kind: rgb_light, red: 17",
         "aliases: [거실 불],\n     gpio: {kind: rgb_light, red: 17"),
        ({"aliases": []}, ", aliases: [거실 불, 거실 조명]", ""),
        ({"room": "kids"}, "name: 거실등, type: light, room: 거실", "name: 거실등, type: light, room: 아이방"),
        ({"room": None}, "name: 거실등, type: light, room: 거실", "name: 거실등, type: light"),
        ({"hidden": True}, "[거실 불, 거실 조명],", "[거실 불, 거실 조명], hidden: true,"),
    ],
)  # fmt: skip
def test_a_device_changes_and_nothing_else(path: Path, change: dict[str, Any], was: str, becomes: str) -> None:
    assert SHIPPED.count(was) == 1
    assert save(path, devices=[{"id": "living_light", **change}]) == SHIPPED.replace(was, becomes)


def test_what_says_nothing_goes(path: Path) -> None:
    assert save(path, devices=[{"id": "living_button", "hidden": False}]) == SHIPPED.replace(" hidden: true,", "")


def test_devices_stay_in_a_room_that_gets_another_name(path: Path) -> None:
    written = save(path, rooms=[{"id": "living", "name": "응접실", "aliases": [], "floor": None}])
    assert written == SHIPPED.replace(
        "{id: living, name: 거실, aliases: [마루], floor: 1}", "{id: living, name: 응접실}"
    ).replace("room: 거실", "room: 응접실")
    assert len(load_home(path).devices_in("living")) == 4


def test_rooms_that_swap_their_names_keep_their_devices(path: Path) -> None:
    before = load_home(path)
    save(path, rooms=[{"id": "living", "name": "안방"}, {"id": "bedroom", "name": "거실"}])
    after = load_home(path)
    assert [device.room for device in after.devices] == [device.room for device in before.devices]


def test_a_new_room_gets_an_id_and_devices(path: Path) -> None:
    written = save(path, rooms=[{"id": "+", "name": "서재"}], devices=[{"id": "washer", "room": "+"}])
    assert "floor: 1}\n  - {id: seojae, name: 서재}\n\ndevices:" in written
    assert "{id: washer, name: 세탁기, type: washer, room: 서재}" in written


@pytest.mark.parametrize(
    ("name", "taken", "becomes"),
    [
        ("서재", (), "seojae"), ("서재", ("seojae", "seojae_2"), "seojae_3"), ("Kids' Room 2", (), "kids_room_2"),
        ("書齋", (), "room"), ("", (), "room"), ("거" * 90, (), "geo" * 13 + "g"),
    ],
)  # fmt: skip
def test_ids_are_made_of_names(name: str, taken: tuple[str, ...], becomes: str) -> None:
    assert room_id(name, dict.fromkeys(taken)) == becomes
    assert is_id(becomes)


def test_rooms_change_their_places(path: Path) -> None:
    first, second = (line for line in SHIPPED.splitlines() if "living, name: 거실, a" in line or "id: bedroom," in line)
    written = save(path, order=["bedroom", "living"])
    assert written == SHIPPED.replace(f"{first}\n{second}", f"{second}\n{first}")
    assert [room.id for room in load_home(path).rooms][:3] == ["bedroom", "living", "kitchen"]


def test_a_room_goes_once_nothing_stands_in_it(path: Path) -> None:
    places = flaws(path, FAN, removed=["bedroom"])
    assert places == [("rooms.bedroom", "", None, "3 devices stand in this room; move them to another one first.")]
    moved = [{"id": name, "room": "kids"} for name in ("air_purifier", "bedroom_light", "fan")]
    written = save(path, FAN, removed=["bedroom"], devices=moved)
    assert "bedroom, name: 안방" not in written
    assert "- {id: fan, name: 선풍기, type: fan, room: 아이방}\n" in written


def test_an_announced_device_gets_an_entry_when_it_is_changed(path: Path) -> None:
    written = save(path, FAN, STUDY, devices=[{"id": "fan", "name": "써큘레이터"}])
    assert written == SHIPPED.replace(
        "pin: 24}}\n", "pin: 24}}\n  - {id: fan, name: 써큘레이터, type: fan, room: 안방}\n"
    )


def test_what_a_bridge_says_is_overruled_explicitly(path: Path) -> None:
    written = save(path, FAN, devices=[{"id": "fan", "aliases": [], "room": None}])
    assert "- {id: fan, name: 선풍기, type: fan, room: null, aliases: []}\n" in written
    assert HomeFile.read(path, "en").home.device("fan") == load_home(path).device("fan")


def test_a_room_that_a_bridge_named_comes_into_the_file_when_it_is_used(path: Path) -> None:
    announced = HomeFile.read(path, "en").changed(Changes(), {"desk": STUDY})
    assert announced.content.decode() == SHIPPED
    from hub.home import merge

    room = merge(load_home(path), [STUDY]).resolve_room("서재")
    assert room is not None
    save(path, STUDY, devices=[{"id": "washer", "room": room.id}])
    home = load_home(path)
    assert home.resolve_room("서재") == room
    assert home.devices_in(room.id) == (home.device("washer"),)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"devices": [{"id": "washer", "name": " "}]}, ("devices.washer", "name", None, "the name is empty")),
        ({"rooms": [{"id": "kids", "aliases": ["애들방", "마루"]}]},
         ("rooms.kids", "aliases", 1, "the room in line 7 is called '마루' already")),
        ({"rooms": [{"id": "+", "name": "거실"}]},
         ("rooms.geosil", "name", None, "the room in line 7 is called '거실' already")),
        ({"devices": [{"id": "washer", "room": "nowhere"}]},
         ("devices.washer", "room", None, "there is no room 'nowhere'")),
        ({"devices": [{"id": "gone", "name": "x"}]},
         ("devices.gone", "", None, "The device ‘gone’ is not there any more.")),
    ],
)  # fmt: skip
def test_what_would_make_a_bad_home_is_told_and_not_written(path: Path, changes: Any, told: Any) -> None:
    assert flaws(path, **changes) == [told]


def test_nobody_undoes_what_somebody_else_did(path: Path) -> None:
    mine = HomeFile.read(path, "en")
    save(path, devices=[{"id": "washer", "name": "빨래기"}])
    theirs = path.read_bytes()
    with pytest.raises(ConflictError):
        HomeFile.read(path, "en").save(Changes.model_validate({"order": ["kids"]}), {}, mine.digest)
    assert path.read_bytes() == theirs


def test_a_home_file_that_is_not_there_is_made(tmp_path: Path) -> None:
    path = tmp_path / "etc" / "home.yaml"
    rooms = [{"id": "+1", "name": "거실", "aliases": ["마루"], "floor": 1}, {"id": "+2", "name": "안방"}]
    written = save(path, FAN, rooms=rooms, devices=[{"id": "fan", "room": "+1"}])
    assert written == (
        "rooms:\n  - {id: geosil, name: 거실, aliases: [마루], floor: 1}\n  - {id: anbang, name: 안방}\n"
        "devices:\n  - {id: fan, name: 선풍기, type: fan, room: 거실}\n"
    )


def test_a_broken_file_is_not_read(path: Path) -> None:
    path.write_text("rooms: [")
    with pytest.raises(SettingsError, match="not YAML"):
        HomeFile.read(path, "en")
    assert path.read_text() == "rooms: ["


def test_the_home_file_is_beside_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "jipsa.yaml"
    config.write_text("")
    assert home_place(load_settings(config), config) == tmp_path / "home.yaml"
    config.write_text("home: ours.yaml")
    assert home_place(load_settings(config), config) == tmp_path / "ours.yaml"
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JIPSA_CONFIG", raising=False)
    assert home_place(load_settings()) == tmp_path / "config/home.yaml"
    assert load_home(None) == Home()
