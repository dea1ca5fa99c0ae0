"""What discovered devices are called, and the rooms that they are in."""

from __future__ import annotations

from typing import Any

import pytest
from discovereds import HOME

from devices.discovered.configs import Config
from devices.discovered.names import device_id, names, room
from hub.payloads import is_id
from hub.texts import Language


def config(component: str = "switch", device: str | None = None, area: str | None = None, **fields: Any) -> Config:
    about = {name: value for name, value in (("name", device), ("suggested_area", area)) if value}
    return Config(f"{component}/it", component, {"device": about, **fields})


@pytest.mark.parametrize(
    ("given", "alone", "language", "name", "aliases"),
    [
        (config(device="거실 플러그", name=None), True, "ko", "거실 플러그", ()),
        (config(device="거실 플러그", name="거실 플러그"), True, "ko", "거실 플러그", ()),
        (config(device="Plug", name="Relay"), True, "en", "Plug", ("Plug Relay",)),
        (config(device="월패드", name="안방 난방"), False, "ko", "안방 난방", ("월패드 안방 난방",)),
        (config(device="멀티탭", name="l1"), False, "ko", "멀티탭 l1", ()),
        (config(device="Strip", name="l1"), False, "en", "Strip l1", ()),
        (config("sensor", "온습도계", device_class="temperature"), False, "ko", "온습도계 온도", ()),
        (config("sensor", "온습도계", name="습도"), False, "ko", "온습도계 습도", ()),
        (config(name="혼자"), True, "ko", "혼자", ()),
        (config(unique_id="0x00"), True, "ko", "0x00", ()),
        (config(device="💡 등\n", name=None), True, "ko", "등", ()),
    ],
)
def test_names(given: Config, alone: bool, language: Language, name: str, aliases: tuple[str, ...]) -> None:
    assert names(given, alone, language) == (name, aliases)


@pytest.mark.parametrize(
    ("area", "name", "found"),
    [
        ("침실", "등", "안방"), ("bedroom", "등", "안방"), ("다락", "등", "다락"), (None, "안방 난방", "안방"),
        (None, "부엌등", "주방"), (None, "등", None), (None, "거실", None), ("거실", "안방 난방", "거실"),
    ],
)  # fmt: skip
def test_rooms(area: str | None, name: str, found: str | None) -> None:
    assert room(config(area=area), (name,), HOME) == found


def test_ids_are_ids_and_stay_apart() -> None:
    uniques = ["a", "A", "a b", "a_b", "a:b", "거실", "안방", "x" * 80, "x" * 81, "", "-"]
    ids = [device_id(config(unique_id=unique)) for unique in uniques]
    assert ids[0] == "mqtt_switch_a"
    assert all(map(is_id, ids))
    assert len(set(ids)) == len(ids)
    assert ids == [device_id(config(unique_id=unique)) for unique in uniques]
