"""The home file is edited while the hub runs."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import hub.watch
from hub.home import Home
from hub.watch import home_changes

ROOMS = "rooms:\n  - {id: living, name: 거실}\n"
MORE = ROOMS + "  - {id: attic, name: 다락}\n"


@pytest.fixture(autouse=True)
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub.watch, "LOOK", 0.01)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "home.yaml"
    path.write_text(ROOMS, "utf-8")
    return path


async def begun(changes: AsyncIterator[Home]) -> asyncio.Task[Home]:
    """The next change, asked for before anything is changed."""
    task = asyncio.ensure_future(anext(changes))
    await asyncio.sleep(0)
    return task


def names(home: Home) -> list[str]:
    return [room.name for room in home.rooms]


async def test_what_was_edited_is_told(file: Path) -> None:
    change = await begun(home_changes(file, "ko"))
    file.write_text(MORE, "utf-8")
    assert names(await change) == ["거실", "다락"]


async def test_an_editor_that_writes_a_new_file_in_its_place_is_followed(file: Path) -> None:
    change = await begun(home_changes(file, "ko"))
    file.unlink()
    await asyncio.sleep(0.05)
    assert not change.done()
    new = file.with_suffix(".new")
    new.write_text(MORE, "utf-8")
    new.replace(file)
    assert names(await change) == ["거실", "다락"]


async def test_a_mistake_is_told_with_its_line_and_changes_nothing(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    change = await begun(home_changes(file, "en"))
    file.write_text(ROOMS + "  - {id: attic}\n", "utf-8")
    while "stays as it was" not in caplog.text:
        await asyncio.sleep(0.01)
    assert "home.yaml:3" in caplog.text
    assert not change.done()
    file.write_text(MORE, "utf-8")
    assert names(await change) == ["거실", "다락"]


async def test_without_a_file_nothing_ever_changes() -> None:
    assert [home async for home in home_changes(None, "ko")] == []
