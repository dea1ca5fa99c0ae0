"""docs/gpio.md: what it shows is wired as it says, and is understood."""

import re
from pathlib import Path

import pytest

from devices.gpio.kinds import KINDS
from devices.gpio.wiring import read_wiring
from hub.butler.understanding import Understander
from hub.home import Device, Home, load_home
from hub.messages import Activity
from hub.settings.voice import VoiceSettings
from hub.texts import table

DOC = (Path(__file__).parents[3] / "docs" / "gpio.md").read_text(encoding="utf-8")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (shown,) = re.findall(r"```yaml\n(.*?)```", DOC, re.DOTALL)
    (tmp_path / "home.yaml").write_text(shown, encoding="utf-8")
    return load_home(tmp_path / "home.yaml")


def test_the_example_is_wired_without_a_clash_with_the_voice(home: Home) -> None:
    wirings = read_wiring(home.devices, VoiceSettings().pins)
    assert len(wirings) == len(home.devices)
    assert {wiring.kind for wiring in wirings.values()} >= KINDS.keys() - {"tonal_buzzer"}


def test_the_table_names_every_kind_with_its_types() -> None:
    section = DOC.partition("## What can be wired")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| ([a-z_, ]+) \| [^|]+ \| [^|]+ \|$", section, re.MULTILINE)
    assert {kind: frozenset(types.split(", ")) for kind, types in rows} == {
        name: kind.types for name, kind in KINDS.items()
    }


def test_every_key_of_a_wiring_is_told() -> None:
    keys = {key for kind in KINDS.values() for key in kind.wiring.model_fields.keys() - set(kind.wiring.PINS)}
    told = re.findall(r"`(\w+)`", DOC)
    assert keys - {"kind"} <= set(told)


def test_every_activity_has_its_row() -> None:
    rows = re.findall(r"^\| (\w+) \|", DOC, re.MULTILINE)
    assert {"idle", "listening", "thinking", "speaking", "muted"} == set(rows) & set(Activity.__args__)


@pytest.mark.parametrize(
    "sentence",
    [one for row in re.findall(r"^\| ([가-힣][^|]*) \|", DOC, re.MULTILINE) for one in row.strip().split(" · ")],
)
def test_every_sentence_is_understood(sentence: str, home: Home) -> None:
    announced = Home(home.rooms, tuple(map(with_class, home.devices)))
    assert Understander(announced).understand(sentence).refused is None


def with_class(device: Device) -> Device:
    """The device as the bridge announces it."""
    kind = KINDS[str((device.gpio or {})["kind"])]
    return device.model_copy(update={"device_class": device.device_class or kind.device_class})


def test_every_refusal_and_every_value_has_its_words() -> None:
    words = table()["gpio"]
    for kind in KINDS.values():
        assert {f"never_{name}" for name in kind.never} <= words.keys()
        values = kind.properties["tone"].values or [] if "tone" in kind.properties else []
        assert {f"tone_{value}" for value in values} <= words.keys()
