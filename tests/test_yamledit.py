"""Changing a YAML file: only what changes is written anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from hub.yamledit import edit_yaml, edited
from hub.yamlfile import SettingsError, YamlFile

PATH = Path("home.yaml")
SHIPPED = Path(__file__).parents[1] / "config" / "home.yaml"
BLOCK = """\
# above
rooms:
  # the first
  - id: a
    name: 거실   # where we sit
    aliases:
      - 마루
      - 큰방  # old
  # the second

  - id: b
    name: 안방
    floor: 1  # ground
# below
devices:   # none yet
"""


def after(source: str, change: Callable[[Any], None]) -> str:
    return edited(PATH, source.encode(), change).decode()


def test_one_name_of_the_shipped_home_is_all_that_changes() -> None:
    source = SHIPPED.read_text("utf-8")

    def rename(home: Any) -> None:
        home["devices"][4]["name"] = "거실 무드등"

    assert after(source, rename) == source.replace("name: 거실등", "name: 거실 무드등")


@pytest.mark.parametrize("source", [SHIPPED.read_text("utf-8"), BLOCK, "", "# nothing\n", "a: [1, {b: c}]", "{a: 1}\n"])
def test_no_change_is_no_change(source: str) -> None:
    assert after(source, lambda data: None) == source


@pytest.mark.parametrize(
    ("change", "was", "becomes"),
    [
        (lambda d: d["rooms"][0].update(name="응접실"), "name: 거실   #", "name: 응접실   #"),
        (lambda d: d["rooms"][1].update(floor=2), "floor: 1  # ground", "floor: 2  # ground"),
        (lambda d: d["rooms"][1].update(aliases=["침실"]), "floor: 1  # ground\n",
         "floor: 1  # ground\n    aliases: [침실]\n"),
        (lambda d: d["rooms"][0]["aliases"].append("응접실"), "      - 큰방  # old\n",
         "      - 큰방  # old\n      - 응접실\n"),
        (lambda d: d["rooms"][0]["aliases"].remove("마루"), "      - 마루\n", ""),
        (lambda d: d["rooms"][1].pop("floor"), "    floor: 1  # ground\n", ""),
        (lambda d: d.update(devices=[{"id": "x", "name": "등"}]), "devices:   # none yet\n",
         "devices:   # none yet\n  - {id: x, name: 등}\n"),
        (lambda d: d["rooms"].insert(1, {"id": "c", "name": "서재"}), "  # the second\n",
         "  - {id: c, name: 서재}\n  # the second\n"),
        (lambda d: d["rooms"].pop(1), "\n  - id: b\n    name: 안방\n    floor: 1  # ground", ""),
        (lambda d: d["rooms"][0].update(name="예, 아니오"), "name: 거실   #", "name: '예, 아니오'   #"),
    ],
)  # fmt: skip
def test_lines_of_a_block(change: Callable[[Any], None], was: str, becomes: str) -> None:
    assert was in BLOCK
    assert after(BLOCK, change) == BLOCK.replace(was, becomes)


def test_entries_change_their_places_with_the_comments_above_them() -> None:
    assert after(BLOCK, lambda data: data["rooms"].reverse()) == BLOCK.replace(
        BLOCK[BLOCK.index("- id: a") : BLOCK.index("# below")],
        "# the second\n\n"
        "  - id: b\n    name: 안방\n    floor: 1  # ground\n"
        "  - id: a\n    name: 거실   # where we sit\n    aliases:\n      - 마루\n      - 큰방  # old\n",
    )


FLOW = "devices:\n  - {id: a, name: 등, type: light,\n     gpio: {pin: 1}}  # 등\n  - {id: b, name: 불}\n"


@pytest.mark.parametrize(
    ("change", "was", "becomes"),
    [
        (lambda d: d["devices"][0].update(name="불"), "name: 등", "name: 불"),
        (lambda d: d["devices"][0].pop("type"), " type: light,", ""),
        (lambda d: d["devices"][1].pop("name"), ", name: 불", ""),
        (lambda d: d["devices"][1].update(aliases=["가 나", "다"], hidden=True), "name: 불",
         "name: 불, aliases: [가 나, 다], hidden: true"),
        (lambda d: d["devices"][0]["gpio"].update(pin=2), "pin: 1", "pin: 2"),
        (lambda d: d["devices"].append({"id": "c", "room": None}), "  - {id: b, name: 불}\n",
         "  - {id: b, name: 불}\n  - {id: c, room: null}\n"),
        (lambda d: d["devices"].pop(0), "{id: a, name: 등, type: light,\n     gpio: {pin: 1}}  # 등\n  - ", ""),
        (lambda d: d["devices"].clear(), FLOW, "devices: []\n"),
    ],
)  # fmt: skip
def test_what_stands_in_braces(change: Callable[[Any], None], was: str, becomes: str) -> None:
    assert after(FLOW, change) == FLOW.replace(was, becomes)


def test_a_list_in_one_line_stays_in_one_line() -> None:
    source = "rooms: [{id: a, name: '거실'}, {id: b, name: 안방}] # all\n"
    becomes = "rooms: [{id: c, name: 서재}, {id: a, name: '거실'}] # all\n"
    assert after(source, lambda data: data.update(rooms=[{"id": "c", "name": "서재"}, data["rooms"][0]])) == becomes


@pytest.mark.parametrize(
    "source", ["", "# 아직 없음", "rooms:\n", "rooms: []\n", "rooms: {}\n", "# a\nrooms: # b\n\n# c\n"]
)
def test_what_was_not_there_is_added(source: str) -> None:
    written = after(source, lambda data: data.update(rooms=[{"id": "a", "name": "거실"}], devices=[{"id": "b"}]))
    assert YamlFile.parse(PATH, written.encode()).data == {
        "rooms": [{"id": "a", "name": "거실"}],
        "devices": [{"id": "b"}],
    }
    assert "\n  - {id: a, name: 거실}\n" in written
    assert all(f"# {sign}" in written for sign in "abc" if f"# {sign}" in source)


def test_lines_end_as_they_did() -> None:
    written = after(BLOCK.replace("\n", "\r\n"), lambda data: data["rooms"].append({"id": "c", "name": "서재"}))
    assert written.count("\r\n") == written.count("\n")


def test_what_cannot_be_altered_so_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "home.yaml"
    anchors = "a: &x [1, 2, 3]\nb: *x\nc: 1\n"
    path.write_text(anchors)
    with pytest.raises(SettingsError):
        edit_yaml(path, lambda data: data.update(b=[4]))
    assert path.read_text() == anchors
    path.write_text("a: [")
    with pytest.raises(SettingsError, match="not YAML"):
        edit_yaml(path, lambda data: None)
    assert path.read_text() == "a: ["


# Of spaces the usual one: what holds a lone no-break space in brackets is refused, and stays as it is.
NAMES = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S"), include_characters=" "), min_size=1, max_size=12
)
ENTRIES = st.lists(
    st.fixed_dictionaries(
        {"id": st.sampled_from("abcdefgh"), "name": NAMES},
        optional={"aliases": st.lists(NAMES, max_size=3), "hidden": st.booleans(), "room": st.none() | NAMES},
    ),
    max_size=5,
    unique_by=lambda entry: str(entry["id"]),
)


@given(ENTRIES, ENTRIES, st.booleans())
def test_whatever_is_meant_is_written(before: list[Any], meant: list[Any], flow: bool) -> None:
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = flow
    source = _dumped(yaml, {"rooms": before, "other": {"kept": True}})
    try:
        yaml.load(source)
    except YAMLError:
        reject()  # in brackets ruamel.yaml writes some texts bare that it cannot read, such as ?0
    written = after(source, lambda data: data.update(rooms=meant))
    assert YamlFile.parse(PATH, written.encode()).data == {"rooms": meant, "other": {"kept": True}}


def _dumped(yaml: YAML, data: object) -> str:
    from io import StringIO

    written = StringIO()
    yaml.dump(data, written)
    return written.getvalue()
