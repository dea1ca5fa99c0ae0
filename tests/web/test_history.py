"""What the charts keep: exact minutes, in a file of a known size, which no disk and no clock can stop."""

from __future__ import annotations

import asyncio
import json
import logging
import resource
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hub.web.calls import CallError
from hub.web.history import file as history_file
from hub.web.history import intake as history_intake
from hub.web.history.charts import MOST_POINTS, History
from hub.web.history.file import DAY, MONTH, Answered, HistoryFile, Series
from hub.web.history.kinds import KINDS, kind_of, measured
from hub.web.history.track import Minute, Track

NOON = 1_790_000_100 // 10_800 * 10_800
"""A moment at which every span begins, whatever its length."""


class Clocks:
    """Both clocks of a hub: one that goes on, and the one on the wall, which can be set."""

    def __init__(self, wall: float = NOON) -> None:
        self.wall, self.steady = float(wall), 1000.0

    def on(self, seconds: float) -> None:
        self.wall += seconds
        self.steady += seconds


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "history.sqlite"


def history_at(path: Path, clocks: Clocks) -> History:
    return History(path, clock=lambda: clocks.wall, steady=lambda: clocks.steady)


@pytest.fixture
def history(path: Path, clocks: Clocks) -> History:
    return history_at(path, clocks)


SENSOR: dict[str, Any] = {
    "id": "sensor", "bridge": "bench", "type": "sensor", "name": "센서",
    "properties": {
        "temperature": {"type": "number", "writable": False, "unit": "°C"},
        "energy": {"type": "number", "writable": False, "unit": "kWh"},
        "target_temperature": {"type": "number", "writable": True, "unit": "°C"},
        "mode": {"type": "enum", "writable": False, "values": ["a"]},
    },
}  # fmt: skip


def about(history: History, device: str = "sensor", **more: Any) -> None:
    history.hear({"event": "device", "id": device, "about": {**SENSOR, "id": device, **more}})


def state(history: History, device: str = "sensor", **values: Any) -> None:
    history.hear({"event": "device", "id": device, "state": {**values, "updated_at": "2026-11-28T12:00:00Z"}})


async def points(history: History, kind: str = "temperature", hours: int = 1) -> list[tuple[float, ...]]:
    """The only line of a chart; an hour has a point each minute."""
    lines = (await history.chart(kind, hours))["lines"]
    return lines[0]["points"] if lines else []


def rows(path: Path, table: str = "minute") -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as file:
        return file.execute(f"SELECT at, area, seconds, low, high FROM {table} ORDER BY at, series").fetchall()


# What is kept at all.


@pytest.mark.parametrize(
    ("name", "shape", "kind"),
    [
        ("temperature", {"type": "number", "unit": "°C"}, "temperature"),
        ("current_temperature", {"type": "number", "unit": "°F"}, "temperature"),
        ("target_temperature", {"type": "number", "unit": "°C", "writable": True}, None),
        ("fridge_temperature", {"type": "number", "unit": "°C"}, None),
        ("temperature", {"type": "number", "unit": "°C", "writable": True}, None),
        ("humidity", {"type": "integer"}, "humidity"),
        ("humidity", {"type": "integer", "unit": "g/m³"}, None),
        ("humidity", {"type": "enum", "unit": "%"}, None),
        ("battery", {"type": "integer", "unit": "%"}, None),
        ("pm25", {"type": "number", "unit": "µg/m³"}, "pm25"),
        ("pm10", {"type": "number", "unit": "μg/m³"}, "pm10"),
        ("carbon_dioxide", {"type": "number", "unit": "ppm"}, "carbon_dioxide"),
        ("illuminance", {"type": "number", "unit": "lx"}, "illuminance"),
        ("value", {"type": "number", "unit": "kW"}, "power"),
        ("power", {"type": "boolean", "writable": False}, None),
        ("energy", {"type": "number", "unit": "Wh"}, "energy"),
        ("value", {"type": "number", "unit": "kWh"}, None),
        ("value", {"type": "number"}, None),
    ],
)
def test_what_is_kept_is_said_by_name_and_unit(name: str, shape: dict[str, Any], kind: str | None) -> None:
    assert kind_of(name, {"writable": False, **shape}) == kind


def test_values_come_into_the_unit_of_their_kind() -> None:
    assert measured("power", "kW", 1.25) == 1250
    assert measured("energy", "MWh", 2) == 2000
    assert measured("temperature", "°F", 77) == pytest.approx(25)
    assert measured("humidity", None, 40) == 40
    for nothing in (None, True, "21", [21], {"value": 21}, float("nan"), float("inf"), 1e300, -1e12):
        assert measured("temperature", "°C", nothing) is None


def test_every_kind_has_a_unit_that_it_takes() -> None:
    assert all(kind.units[kind.unit] == 1 for kind in KINDS.values())


# Minutes.


def test_a_minute_is_the_mean_over_the_time_and_the_lowest_and_highest() -> None:
    track = Track(NOON)
    track.set(20, NOON)
    track.set(26, NOON + 45)
    track.set(10, NOON + 59)
    track.advance(NOON + 150)
    assert track.done == [
        Minute(NOON, 45 * 20 + 14 * 26 + 10, 60, 10, 26),
        Minute(NOON + 60, 600, 60, 10, 10),
    ]
    assert track.minute == Minute(NOON + 120, 300, 30, 10, 10)


def test_a_value_that_was_there_for_no_time_at_all_is_still_the_highest() -> None:
    track = Track(NOON)
    track.set(20, NOON)
    track.set(99, NOON + 10)
    track.set(20, NOON + 10)
    track.advance(NOON + 60)
    assert track.done == [Minute(NOON, 1200, 60, 20, 99)]


def test_nothing_is_known_before_the_first_value_and_after_the_last() -> None:
    track = Track(NOON)
    track.set(20, NOON + 30)
    track.set(None, NOON + 90)
    track.set(20, NOON + 60 * 60 + 59)
    track.advance(NOON + 61 * 60)
    assert track.done == [
        Minute(NOON, 600, 30, 20, 20), Minute(NOON + 60, 600, 30, 20, 20), Minute(NOON + 3600, 20, 1, 20, 20),
    ]  # fmt: skip


def test_time_that_goes_back_a_little_is_not_counted_twice() -> None:
    track = Track(NOON)
    track.set(20, NOON)
    track.advance(NOON + 70)
    track.set(30, NOON + 68)
    track.advance(NOON + 120)
    assert track.done == [Minute(NOON, 1200, 60, 20, 20), Minute(NOON + 60, 200 + 1500, 60, 20, 30)]


def test_a_counter_is_what_it_rose_by_and_begins_anew_each_day() -> None:
    track = Track(NOON, counts=True)
    for second, value in ((0, 3.5), (10, 3.5), (20, 4.0), (70, 4.25), (80, None), (130, 4.5), (190, 0.25), (200, 0.24)):
        track.set(value, NOON + second)
    track.set(0.5, NOON + 210)
    track.advance(NOON + 300)
    assert [(minute.at - NOON, minute.area, minute.seconds) for minute in track.done] == [
        (0, 0.5, 0), (60, 0.25, 0), (120, 0.25, 0), (180, 0.5, 0),
    ]  # fmt: skip


# From an event to a point.


async def test_what_events_tell_becomes_points(history: History, clocks: Clocks) -> None:
    about(history)
    state(history, temperature=20, energy=1.0, target_temperature=18, mode="a")
    clocks.on(30)
    state(history, temperature=23, energy=1.5, target_temperature=18, mode="a")
    clocks.on(60)
    await history.flush()
    assert await points(history) == [(NOON, 21.5, 20, 23)]
    assert await points(history, "energy") == [(NOON, 0.5)]
    clocks.on(30)
    await history.flush()
    assert await points(history) == [(NOON, 21.5, 20, 23), (NOON + 60, 23, 23, 23)]
    assert (await history.chart("temperature", 1))["series"] == ["sensor/temperature"]


async def test_a_state_may_come_before_what_the_device_is(history: History, clocks: Clocks) -> None:
    state(history, temperature=20)
    clocks.on(120)
    about(history)
    clocks.on(60)
    await history.flush()
    assert await points(history) == [(NOON + 120, 20, 20, 20)]


@pytest.mark.parametrize(
    ("ends", "begins"),
    [
        ({"event": "device", "available": "offline"}, {"event": "device", "available": "online"}),
        ({"event": "bridge", "state": "offline"}, {"event": "bridge", "state": "online"}),
        ({"event": "link", "linked": False}, {"event": "link", "linked": True}),
        ({"event": "device", "state": None}, {"event": "device", "state": {"temperature": 20}}),
        ({"event": "device", "state": {}}, {"event": "device", "state": {"temperature": 20}}),
        ({"event": "device", "state": {"temperature": "?"}}, {"event": "device", "state": {"temperature": 20}}),
        ({"event": "device", "about": None}, {"event": "device", "about": SENSOR}),
        ({"event": "device", "about": {**SENSOR, "properties": {}}}, {"event": "device", "about": SENSOR}),
    ],
)
async def test_what_is_not_known_leaves_a_gap(
    history: History, clocks: Clocks, ends: dict[str, Any], begins: dict[str, Any]
) -> None:
    about(history)
    state(history, temperature=20)
    clocks.on(60)
    history.hear({"id": "bench" if ends["event"] == "bridge" else "sensor", **ends})
    clocks.on(120)
    await history.flush()
    history.hear({"id": "bench" if begins["event"] == "bridge" else "sensor", **begins})
    clocks.on(60)
    await history.flush()
    assert await points(history) == [(NOON, 20, 20, 20), (NOON + 180, 20, 20, 20)]


async def test_a_bridge_that_is_away_takes_only_its_own_with_it(history: History, clocks: Clocks) -> None:
    history.hear({"event": "bridge", "id": "bench", "state": "offline"})
    history.hear({"event": "bridge", "id": "bench", "health": {"uptime": 3}})
    for device, bridge in (("one", "bench"), ("other", "another")):
        about(history, device, bridge=bridge)
        state(history, device, temperature=20)
    clocks.on(60)
    await history.flush()
    assert (await history.chart("temperature", 1))["series"] == ["other/temperature"]


async def test_another_unit_is_another_number(history: History, clocks: Clocks) -> None:
    about(history, properties={"value": {"type": "number", "unit": "W"}})
    state(history, value=500)
    clocks.on(60)
    about(history, properties={"value": {"type": "number", "unit": "kW"}})
    clocks.on(60)
    state(history, value=0.25)
    clocks.on(60)
    about(history, properties={"value": {"type": "number", "unit": "V"}})
    clocks.on(60)
    await history.flush()
    assert await points(history, "power") == [
        (NOON, 500, 500, 500), (NOON + 60, 500_000, 500_000, 500_000), (NOON + 120, 250, 250, 250),
    ]  # fmt: skip


async def test_devices_that_go_leave_nothing_in_memory_and_their_past_in_the_file(
    history: History, clocks: Clocks, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(history_intake, "MOST_SERIES", 4)
    for number in range(10):
        for name in (f"a{number}", f"b{number}", f"c{number}"):  # two numbers each: the third is one too many
            about(history, name)
            state(history, name, temperature=number)
        clocks.on(60)
        await history.flush()
        for name in (f"a{number}", f"b{number}", f"c{number}"):
            history.hear({"event": "device", "id": name, "about": None})
            history.hear({"event": "device", "id": name, "state": None})
        await history.flush()
    assert len((await history.chart("temperature", 1))["series"]) == 20
    assert not history._intake._devices
    assert not history._intake._tracks
    assert caplog.text.count("left out") == 1


# From minutes to quarters, days, a month.


async def test_quarters_are_exactly_their_minutes(history: History, clocks: Clocks, path: Path) -> None:
    about(history)
    values = [(minute * 7919 % 23 + minute / 7, minute * 13 % 59) for minute in range(75)]
    for value, second in values:
        clocks.on(second)
        state(history, temperature=value)
        clocks.on(60 - second)
        await history.flush()
    minutes, quarters = rows(path), rows(path, "quarter")
    assert len(minutes) == 75
    assert len(quarters) == 5
    for quarter, (at, area, seconds, low, high) in enumerate(quarters):
        those = minutes[15 * quarter : 15 * quarter + 15]
        assert at == NOON + 900 * quarter
        assert area == pytest.approx(sum(row[1] for row in those), rel=1e-12)
        assert seconds == pytest.approx(sum(row[2] for row in those), rel=1e-12)
        assert (low, high) == (min(row[3] for row in those), max(row[4] for row in those))
    day = await points(history, hours=24)
    assert [at for at, *_ in day] == [NOON + 300 * span for span in range(15)]
    for span, (_, mean, low, high) in enumerate(day):
        those = minutes[5 * span : 5 * span + 5]
        assert mean == round(sum(row[1] for row in those) / sum(row[2] for row in those), 3)
        assert (low, high) == (round(min(row[3] for row in those), 3), round(max(row[4] for row in those), 3))


async def test_half_a_quarter_counts_as_much_as_it_lasted(history: History, clocks: Clocks) -> None:
    about(history)
    state(history, temperature=10)
    clocks.on(300)
    state(history, temperature=None)
    clocks.on(600)
    state(history, temperature=40)
    clocks.on(900)
    await history.flush()
    (point,) = await points(history, hours=168)
    assert point == (NOON, 32.5, 10, 40)  # five minutes of 10, a quarter of an hour of 40


@pytest.mark.parametrize("hours", [1, 5, 6, 24, 25, 75, 76, 168, 225, 226, 720])
async def test_no_line_has_too_many_points(history: History, clocks: Clocks, path: Path, hours: int) -> None:
    series = Series("sensor", "temperature", "temperature")
    clocks.on(MONTH)
    file = HistoryFile(path)
    minutes = [(series, Minute(int(clocks.wall) - back, 60, 60, 1, 1)) for back in range(900, MONTH, 900)]
    day = [(series, Minute(int(clocks.wall) - back, 60, 60, 1, 1)) for back in range(60, DAY + 3600, 60) if back % 900]
    file.write(minutes + day, [])
    file.close()
    chart = await history.chart("temperature", hours)
    (line,) = chart["lines"]
    assert len(line["points"]) <= MOST_POINTS
    # There is one for each span but the last, which has only begun.
    assert len(line["points"]) == (chart["end"] - chart["begin"]) // chart["step"]
    assert line["points"][0][0] == chart["begin"]
    assert line["points"][-1][0] + 2 * chart["step"] > chart["end"]


async def test_a_month_of_energy_is_days_of_the_clock_here(
    history: History, clocks: Clocks, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    series = Series("meter", "energy", "energy")
    monkeypatch.setenv("TZ", "Europe/Berlin")  # summer time ends there on 25 October 2026
    time.tzset()
    try:
        midnight = datetime(2026, 10, 24, 22, tzinfo=UTC).timestamp()  # of the 25th, which has 25 hours
        clocks.wall = midnight + 49 * 3600 - 60
        file = HistoryFile(path)
        file.write([(series, Minute(int(midnight) + 3600 * hour + 60, 1.0, 0)) for hour in range(-24, 49)], [])
        file.close()
        chart = await history_at(path, clocks).chart("energy", 168)
        assert chart["step"] == DAY
        assert chart["begin"] == midnight - 5 * DAY
        assert chart["lines"][0]["points"] == [(midnight - DAY, 24), (midnight, 25), (midnight + 25 * 3600, 24)]
    finally:
        monkeypatch.undo()
        time.tzset()


# The file.


async def test_it_goes_on_where_it_was_stopped(path: Path, clocks: Clocks) -> None:
    for value in (20, 40):  # stopped in the middle of a minute, and started at once
        history = history_at(path, clocks)
        async with history.running():
            about(history)
            state(history, temperature=value, energy=value / 10)
            clocks.on(30)
            state(history, temperature=value, energy=value / 10 + 0.5)
    history = history_at(path, clocks)
    assert await points(history) == [(NOON, 30, 20, 40)]
    assert await points(history, "energy") == [(NOON, 1.0)]
    assert rows(path, "quarter") == [(NOON, 1800, 60, 20, 40), (NOON, 1.0, 0, None, None)]


async def test_it_writes_each_minute_once_and_by_itself(path: Path, clocks: Clocks) -> None:
    history = history_at(path, clocks)
    about(history)
    state(history, temperature=20)
    clocks.on(119.99)
    async with history.running(), asyncio.timeout(20):
        while not await points(history):
            await asyncio.sleep(0.01)
        assert rows(path) == [(NOON, 1200, 60, 20, 20)]
    assert rows(path) == [(NOON, 1200, 60, 20, 20), (NOON + 60, pytest.approx(1199.8), 59.99, 20, 20)]


async def test_a_stop_while_it_writes_counts_nothing_twice(
    path: Path, clocks: Clocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = history_at(path, clocks)
    about(history)
    state(history, energy=1.0)
    state(history, energy=1.5)
    write, writing = HistoryFile.write, asyncio.Event()
    loop = asyncio.get_running_loop()

    def slowly(*args: Any) -> None:
        loop.call_soon_threadsafe(writing.set)
        time.sleep(0.2)
        write(*args)

    monkeypatch.setattr(HistoryFile, "write", slowly)
    clocks.on(59.99)
    async with history.running(), asyncio.timeout(20):
        await asyncio.sleep(0)  # it begins to wait for the end of the minute
        clocks.on(0.02)
        await writing.wait()
    assert rows(path) == [(NOON, 0.5, 0, None, None)]


async def test_what_is_too_old_goes(history: History, clocks: Clocks, path: Path) -> None:
    series, old = Series("sensor", "temperature", "temperature"), Series("gone", "temperature", "temperature")
    file = HistoryFile(path)
    minutes = [Minute(NOON - ago, 60, 60, 1, 1) for ago in (60, DAY, DAY + 4000, MONTH - 4500)]
    answered = [Answered(str(ago), NOON - ago, 1, 2, 3) for ago in (60, MONTH + 60)]
    file.write([*((series, minute) for minute in minutes), (old, Minute(NOON - MONTH - 60, 60, 60, 1, 1))], answered)
    file.close()
    clocks.on(3600)
    await history.flush()
    assert [at for at, *_ in rows(path)] == [NOON - DAY, NOON - 60]
    assert len(rows(path, "quarter")) == 4
    assert (await history.chart("temperature", 1))["series"] == ["sensor/temperature"]
    assert [sentence["id"] for sentence in (await history.latency(50))["sentences"]] == ["60"]


def damage_header(content: bytearray) -> None:
    content[:16] = b"no database here"


def damage_pages(content: bytearray) -> None:
    content[history_file.PAGE :] = b"?" * (len(content) - history_file.PAGE)


def cut(content: bytearray) -> None:
    del content[len(content) // 2 :]


@pytest.mark.parametrize("damage", [damage_header, damage_pages, cut])
async def test_a_damaged_file_is_set_aside_and_begun_anew(
    path: Path, clocks: Clocks, caplog: pytest.LogCaptureFixture, damage: Any
) -> None:
    await _some(history_at(path, clocks), clocks)
    content = bytearray(path.read_bytes())
    damage(content)
    path.write_bytes(content)
    path.with_name("history.sqlite-wal").write_bytes(b"of yesterday")
    history = history_at(path, clocks)
    await _some(history, clocks)
    assert [point[1] for point in await points(history)] == [20]
    assert path.with_name("history.sqlite.broken").read_bytes() == content
    assert "it is set aside as history.sqlite.broken" in caplog.text
    assert history.kept


async def test_a_file_that_is_damaged_meanwhile_is_set_aside_too(path: Path, clocks: Clocks) -> None:
    history = history_at(path, clocks)
    await _some(history, clocks)
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA writable_schema = ON")
        file.execute("UPDATE sqlite_schema SET sql = 'CREATE TABLE minute (nothing' WHERE name = 'minute'")
        file.execute("PRAGMA schema_version = 99")
        file.commit()
    state(history, temperature=25)
    clocks.on(60)
    await history.flush()
    assert history.kept
    assert path.with_name("history.sqlite.broken").exists()
    assert [point[1] for point in await points(history)] == [25]


async def test_a_file_of_another_version_is_set_aside(path: Path, clocks: Clocks) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("CREATE TABLE minute (at INTEGER)")
    history = history_at(path, clocks)
    await _some(history, clocks)
    assert len(await points(history)) == 1


async def test_two_that_write_wait_for_each_other(path: Path, clocks: Clocks) -> None:
    await _some(history_at(path, clocks), clocks)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        history = history_at(path, clocks)
        about(history)
        state(history, temperature=20)
        clocks.on(60)
        writing = asyncio.create_task(history.flush())
        await asyncio.sleep(0)
        other.commit()
        await writing
    assert history.kept


@contextmanager
def full_by_limit() -> Iterator[None]:
    """No file of this process may grow, as if its disk were full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_full_disk_stops_nothing_and_what_was_measured_waits(
    path: Path, clocks: Clocks, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    history = history_at(path, clocks)
    about(history)
    with full_by_limit():
        for value in (20, 30, 40):
            state(history, temperature=value)
            history.hear(sentence(f"s{value}"))
            clocks.on(60)
            await history.flush()
        assert not history.kept
        with pytest.raises(CallError, match=r"history\.sqlite"):
            await history.calls["history"](None, {})  # type: ignore[arg-type]
    assert caplog.text.count("not kept until") == 1
    clocks.on(60)
    await history.flush()
    assert history.kept
    assert [mean for _, mean, *_ in await points(history)] == [20, 30, 40, 40]
    assert len((await history.latency(50))["sentences"]) == 3
    assert caplog.text.count("kept again") == 1


async def test_what_waits_for_the_disk_is_bounded(path: Path, clocks: Clocks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.web.history.charts.MOST_WAITING", 5)
    history = history_at(path, clocks)
    path.parent.write_text("no folder")
    about(history)
    state(history, temperature=20)
    for _ in range(20):
        clocks.on(60)
        await history.flush()
    path.parent.unlink()
    clocks.on(60)
    await history.flush()
    assert [at for at, *_ in await points(history)] == [NOON + 60 * minute for minute in range(16, 21)]


async def test_the_file_grows_to_its_bound_and_not_beyond(
    path: Path, clocks: Clocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_file, "LARGEST", 30 * history_file.PAGE)
    monkeypatch.setattr("hub.web.history.charts.MOST_WAITING", 100)
    history = history_at(path, clocks)
    about(history)
    while history.kept:
        state(history, temperature=clocks.wall % 977 / 7)
        clocks.on(60)
        await history.flush()
    full_at = clocks.wall
    await history._in_thread(history._file.close)
    assert path.stat().st_size <= 30 * history_file.PAGE
    clocks.on(2 * DAY)
    await history.flush()  # what is too old makes room
    await history.flush()
    assert history.kept
    assert [at for at, *_ in rows(path)][-1] >= full_at


async def test_a_month_of_a_large_home_has_the_size_that_is_said(path: Path) -> None:
    """A tenth of 200 devices with two numbers each that never rest: a tenth of what the module promises."""
    file = HistoryFile(path)
    series = [Series(f"device_{number}", "temperature", "temperature") for number in range(40)]
    for hour in range(720):
        minutes = [
            (name, Minute(NOON + 3600 * hour + 60 * minute, number + minute / 7, 60, number / 3, minute / 9))
            for minute in (range(60) if hour >= 696 else range(0, 60, 15))
            for number, name in enumerate(series)
        ]
        file.write(minutes, [])
        file.forget(NOON + 3600 * hour)
    file.close()
    assert path.stat().st_size < history_file.LARGEST / 10


# Clocks.


async def test_a_clock_that_is_set_back_or_forth_crashes_nothing_and_invents_nothing(
    history: History, clocks: Clocks
) -> None:
    about(history)
    state(history, temperature=20)
    clocks.on(90)
    clocks.wall += 3 * DAY  # a Pi learns the time from the network
    state(history, temperature=30)
    clocks.on(60)
    await history.flush()
    assert await points(history) == [(NOON + 3 * DAY + 60, 30, 30, 30)]
    assert await points(history, hours=168) == [(NOON, 20, 20, 20), (NOON + 3 * DAY, 30, 30, 30)]
    clocks.wall -= 3 * DAY
    clocks.on(60)
    await history.flush()
    state(history, temperature=40)
    clocks.on(60)
    await history.flush()
    assert await points(history) == [
        (NOON, 20, 20, 20), (NOON + 60, 20, 20, 20), (NOON + 180, 40, 40, 40),
    ]  # fmt: skip


async def test_nothing_is_known_of_the_time_that_a_machine_slept(history: History, clocks: Clocks) -> None:
    about(history)
    state(history, temperature=20)
    clocks.on(60)
    await history.flush()
    clocks.wall += 1800
    await history.flush()
    clocks.on(120)
    await history.flush()
    assert [at - NOON for at, *_ in await points(history)] == [0, 1860, 1920]


async def test_a_minute_that_comes_twice_is_one(history: History, clocks: Clocks, path: Path) -> None:
    about(history)
    state(history, temperature=20)
    clocks.on(60)
    await history.flush()
    clocks.wall -= 60
    state(history, temperature=50)
    clocks.on(60)
    await history.flush()
    assert rows(path) == [(NOON, 60 * 70, 120, 20, 50)]


async def test_a_clock_that_was_just_set_drops_nothing(history: History, clocks: Clocks) -> None:
    about(history)
    state(history, temperature=20)
    clocks.on(3 * 3600)
    await history.flush()
    kept = await points(history, hours=24)
    clocks.wall += 10 * 365 * DAY
    clocks.on(300)
    await history.flush()
    clocks.wall -= 10 * 365 * DAY
    clocks.on(300)
    await history.flush()
    clocks.on(660)
    await history.flush()
    assert [point for point in await points(history, hours=24) if point in kept] == kept
    clocks.on(3600)
    await history.flush()
    # What the wrong clock saw is gone.
    assert all(at < NOON + 2 * DAY for at, *_ in rows(history._file.path, "quarter"))


# Sentences.


def sentence(name: str, at: float = NOON, answered: float | None = 420.5, **more: Any) -> dict[str, Any]:
    steps = [
        {"step": "said", "ms": 0.1}, {"step": "understood", "ms": 12.5}, {"step": "sent", "ms": 12.5},
        {"step": "replied", "ms": 80.0, "bridge": "gpio"}, {"step": "replied", "ms": 300.0, "bridge": "thinq"},
    ]  # fmt: skip
    steps += [{"step": "answered", "ms": answered}] if answered is not None else []
    at_iso = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
    known = {"id": name, "text": "비밀 이야기", "satellite": "living", "at": at_iso, "steps": steps, "intents": []}
    return {"event": "sentence", "sentence": {**known, **more}}


async def test_how_long_sentences_took_is_kept_and_what_was_said_is_not(history: History, path: Path) -> None:
    history.hear(sentence("one", answered=None))
    history.hear(sentence("one"))
    history.hear(sentence("two", NOON + 5, 900.0))
    history.hear(sentence("refused", steps=[]))
    history.hear(sentence("half", answered=None))
    await history.flush()
    history.hear(sentence("two", NOON + 5, 900.0))  # a bridge replied once more
    history.hear(
        sentence("three", NOON + 9, 100.0, steps=[{"step": "understood", "ms": 5.0}, {"step": "answered", "ms": 100.0}])
    )
    await history.flush()
    told = await history.latency(50)
    assert [(it["id"], it["understood"], it["replied"], it["answered"]) for it in told["sentences"]] == [
        ("one", 12.5, 300, 420.5), ("two", 12.5, 300, 900), ("three", 5, None, 100),
    ]  # fmt: skip
    assert told["sentences"][0]["at"] == NOON
    assert told["median"] == 420.5
    assert [it["id"] for it in (await history.latency(1))["sentences"]] == ["three"]
    await history._in_thread(history._file.close)
    assert "비밀".encode() not in path.read_bytes()


async def test_only_the_last_sentences_are_kept(history: History, clocks: Clocks, path: Path) -> None:
    for number in range(1_100):
        history.hear(sentence(f"{number}", NOON + number))
    await history.flush()
    clocks.on(3600)
    await history.flush()
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT count(*), min(at) FROM sentence").fetchone() == (1_000, NOON + 100)


# Calls.


async def test_the_calls_of_a_page(history: History, clocks: Clocks) -> None:
    chart, latency = history.calls["history"], history.calls["history.latency"]
    page: Any = None
    assert await chart(page, {}) == {"kept": True, "kinds": [], "kind": None, "series": [], "lines": []}
    assert await latency(page, {}) == {"kept": True, "sentences": [], "median": None}
    for number in range(10):
        about(history, f"sensor_{number}")
        state(history, f"sensor_{number}", temperature=number, energy=1)
    clocks.on(60)
    await history.flush()
    first = await chart(page, {})
    assert isinstance(first, dict)
    assert json.loads(json.dumps(first)) == {
        "kept": True, "kinds": ["temperature"], "kind": "temperature", "unit": "°C", "counts": False,
        "begin": NOON - DAY + 300, "end": NOON + 60, "step": 300,
        "series": [f"sensor_{number}/temperature" for number in range(10)],
        "lines": [
            {"series": f"sensor_{number}/temperature", "points": [[NOON, *[number] * 3]]} for number in range(8)
        ],
    }  # fmt: skip
    asked = await chart(page, {"kind": "temperature", "hours": 1, "series": ["sensor_9/temperature", "no/such"]})
    assert isinstance(asked, dict)
    assert asked["lines"] == [{"series": "sensor_9/temperature", "points": [(NOON, 9, 9, 9)]}]
    assert (await chart(page, {"kind": "pm25"}))["lines"] == []  # type: ignore[call-overload,index]


@pytest.mark.parametrize(
    "arguments",
    [
        {"kind": "love"}, {"kind": 3}, {"hours": 0}, {"hours": 100_000}, {"hours": "'; DROP TABLE minute"},
        {"series": ["a"] * 9}, {"series": "a"}, {"more": 1},
    ],
)  # fmt: skip
async def test_a_call_that_makes_no_sense_is_refused(history: History, arguments: dict[str, Any]) -> None:
    with pytest.raises(CallError) as refused:
        await history.calls["history"](None, arguments)  # type: ignore[arg-type]
    assert refused.value.code == "bad_call"


async def test_the_loop_does_not_wait_for_the_disk(
    history: History, clocks: Clocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    about(history)
    state(history, temperature=20)
    clocks.on(60)
    write, ticks = HistoryFile.write, 0

    def slowly(*args: Any) -> None:
        deadline = time.monotonic() + 20
        while ticks < 10 and time.monotonic() < deadline:
            time.sleep(0.001)
        write(*args)

    monkeypatch.setattr(HistoryFile, "write", slowly)
    writing = asyncio.create_task(history.flush())
    while not writing.done():
        await asyncio.sleep(0.001)
        ticks += 1
    assert ticks >= 10
    assert len(await points(history)) == 1


async def _some(history: History, clocks: Clocks) -> None:
    """A minute of 20 degrees in a file that is closed."""
    about(history)
    state(history, temperature=20)
    clocks.on(60)
    await history.flush()
    await history._in_thread(history._file.close)
