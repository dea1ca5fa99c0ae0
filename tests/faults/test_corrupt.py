"""Files with bytes in them that nobody wrote there: the assistant's memory, the charts, the settings, the home."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from faults.processes import REPOSITORY
from hypothesis import event, given, settings
from hypothesis import strategies as st

from devices.genie.store import Store
from hub.config import Settings, load_settings
from hub.home import Home, load_home
from hub.web.history.file import MONTH, TIERS, Answered, HistoryFile, Series
from hub.web.history.track import Minute
from hub.yamlfile import SettingsError

ROWS = 400

NOW = 1_790_000_100
"""Seconds since 1970, at the beginning of a quarter of an hour: when all this is."""

Harm = tuple[str, float, bytes]
"""What is done to a file, where (0 to 1), and with which bytes."""

HARMS = st.lists(
    st.tuples(
        st.sampled_from(["overwrite", "insert", "cut", "remove"]), st.floats(0, 1), st.binary(min_size=1, max_size=64)
    ),
    min_size=1,
    max_size=8,
)


def harmed(content: bytes, harms: list[Harm]) -> bytes:
    """What a bad card makes of a file."""
    for how, where, junk in harms:
        at = int(where * len(content))
        after = {"overwrite": at + len(junk), "insert": at, "cut": len(content), "remove": at + len(junk) * 16}[how]
        content = content[:at] + (junk if how in {"overwrite", "insert"} else b"") + content[after:]
    return content


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an assistant with much to remember."""
    path = tmp_path_factory.mktemp("memory") / "assistant.db"

    async def filled() -> None:
        store = Store(path)
        assert await store.open() is None
        await store.change_all(
            ("INSERT INTO items VALUES ('쇼핑', ?, '2026-11-24')", (f"물건 {number}",)) for number in range(ROWS)
        )
        await store.close()

    asyncio.run(filled())
    return path


@settings(max_examples=100)
@given(HARMS)
def test_a_damaged_memory_is_read_or_stands_aside_and_can_be_used(memory: Path, harms: list[Harm]) -> None:
    content = harmed(memory.read_bytes(), harms)

    async def used(folder: Path) -> str:
        path = folder / "assistant.db"
        path.write_bytes(content)
        store = Store(path)
        try:
            trouble = await store.open()
            rows = await store.ask("SELECT item FROM items")
            assert len(rows) <= ROWS
            await store.change("INSERT OR REPLACE INTO items VALUES ('할 일', ?, '2026-11-25')", ("전화",))
            assert await store.ask("SELECT item FROM items WHERE list = '할 일'") == [("전화",)]
        finally:
            await store.close()
        if trouble == "broken":
            assert path.with_suffix(".broken").read_bytes() == content, "nothing of it is thrown away"
        return trouble or "read"

    with TemporaryDirectory() as folder:
        event(asyncio.run(used(Path(folder))))


@pytest.fixture(scope="module")
def charts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of charts of a day, with a name that is not ASCII."""
    path = tmp_path_factory.mktemp("charts") / "history.sqlite"
    file = HistoryFile(path)
    file.write(*measured(range(NOW - 60 * ROWS, NOW, 60)))
    file.close()
    return path


def measured(moments: range) -> tuple[list[tuple[Series, Minute]], list[Answered]]:
    """A temperature and a sentence in each of these minutes."""
    series = Series("living_ac", "온도", "temperature")
    minutes = [(series, Minute(at, 60 * 21.5, 60.0, 21.0, 22.0)) for at in moments]
    return minutes, [Answered(f"sentence-{at}", float(at), 1.0, 2.0, 3.0) for at in moments]


@settings(max_examples=100)
@given(HARMS)
def test_damaged_charts_are_read_or_stand_aside_and_go_on(charts: Path, harms: list[Harm]) -> None:
    content = harmed(charts.read_bytes(), harms)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "history.sqlite"
        path.write_bytes(content)
        file = HistoryFile(path)
        try:
            for tier in TIERS:
                file.points(file.series(), NOW - MONTH, NOW, tier.step)
            file.sentences(ROWS)
            file.forget(NOW)
            file.write(*measured(range(NOW, NOW + 60, 60)))
            assert file.sentences(1)[0].id == f"sentence-{NOW}"
            assert [point.mean for point in file.points(file.series(), NOW, NOW + 60, 60)] == [21.5]
        finally:
            file.close()
        event("broken" if path.with_name("history.sqlite.broken").exists() else "read")


@settings(max_examples=200)
@given(st.sampled_from(["jipsa.yaml", "home.yaml"]), HARMS)
def test_damaged_settings_are_read_or_their_fault_is_told_in_one_line(name: str, harms: list[Harm]) -> None:
    content = harmed((REPOSITORY / "config" / name).read_bytes(), harms)
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            if name == "home.yaml":
                assert isinstance(load_home(path), Home)
            else:
                assert isinstance(load_settings(path), Settings)
        except SettingsError as error:
            first = str(error).splitlines()[0]
            assert name in first
            assert len(first) < 1_000
        assert path.read_bytes() == content, "who reads does not write"
