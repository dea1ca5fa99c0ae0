"""What is kept in SQLite: grown from older files, written row by row, and never the reason why a timer is silent."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from genies import ManualClock, Start, alarm, ask

from devices.genie.bridge import GenieBridge
from devices.genie.store import VERSIONS, Store
from hub.messages import Topic


async def test_a_file_of_version_1_is_taken_over(started: Start, listener: Any, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    with closing(sqlite3.connect(tmp_path / "state/assistant.db")) as file, file:
        file.execute(VERSIONS[0])
        file.execute("INSERT INTO items VALUES ('쇼핑', '우유', '2026-11-24')")
        file.execute("PRAGMA user_version = 1")
    async with started():
        assert await ask(listener, "JipsaGetList", name="쇼핑") == "쇼핑 목록에 우유가 있어요."
        await ask(listener, "HassStartTimer", minutes=3)
    with closing(sqlite3.connect(tmp_path / "state/assistant.db")) as file:
        assert file.execute("PRAGMA user_version").fetchone() == (len(VERSIONS),)
        assert file.execute("SELECT kind FROM countdowns").fetchall() == [("timer",)]


async def test_a_file_of_a_later_version_keeps_its_version(tmp_path: Path) -> None:
    for version in (0, 99):
        store = Store(tmp_path / "assistant.db")
        assert await store.open() is None
        assert await store.ask("PRAGMA user_version") == [(version or len(VERSIONS),)]
        await store.ask("PRAGMA user_version = 99")
        await store.close()


async def test_a_file_that_is_damaged_inside_stands_aside(started: Start, listener: Any, tmp_path: Path) -> None:
    file = tmp_path / "state/assistant.db"
    async with started():
        for minutes in range(1, 100):
            await ask(listener, "HassStartTimer", minutes=minutes)
    content = bytearray(file.read_bytes())
    content[4096 * 3 : 4096 * 5] = b"?" * 8192
    file.write_bytes(content)
    async with started():
        assert await ask(listener, "HassTimerStatus") == "맞춰 둔 타이머가 없어요."
    assert file.with_suffix(".broken").read_bytes() == content


async def test_a_row_that_nobody_can_read_harms_no_other(
    started: Start, listener: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with started() as genie:
        await ask(listener, "HassStartTimer", minutes=3)
        for number, body in enumerate(("", "{}", "[]", '{"id": "/", "seconds": 3}', '{"id": "x", "left": 1e999}')):
            row = (str(number), "timer", body)
            await genie.store.change("INSERT INTO countdowns VALUES (?, ?, ?)", row)
    async with started():
        assert await ask(listener, "HassTimerStatus") == "3분 타이머가 3분 남았어요."
    assert caplog.text.count("no timer") == 5


async def test_only_what_changed_is_written(genie: GenieBridge, listener: Any) -> None:
    async def written() -> int:
        return int((await genie.store.ask("SELECT total_changes()"))[0][0])

    for minutes in range(1, 31):
        await ask(listener, "HassStartTimer", minutes=minutes)
    before = await written()
    await ask(listener, "HassPauseTimer", start_minutes=7)
    assert await written() - before <= 2  # a row that is replaced counts twice
    await ask(listener, "HassStartTimer", minutes=31)
    assert await written() - before <= 3


async def test_a_disk_that_is_full_later_costs_only_the_memory(
    started: Start, listener: Any, clock: ManualClock
) -> None:
    async with started() as genie:
        await ask(listener, "HassStartTimer", minutes=3, name="처음")
        ((pages,),) = await genie.store.ask("PRAGMA page_count")
        await genie.store.ask(f"PRAGMA max_page_count = {pages}")
        for minutes in range(4, 60):
            await ask(listener, "HassStartTimer", minutes=minutes, name="긴 이름" * 8)
        warned = [json.loads(line) for line in listener.all(Topic.bridge("genie", "log"))]
        assert [line["message"].split(".")[0] for line in warned] == [
            "타이머와 알람을 저장하지 못해서 집사를 다시 켜면 잊어요"
        ]
        assert genie.states["timers"]["count"] == 57
        clock.advance(180)
        assert await alarm(listener) == "처음 타이머가 끝났어요."
        await genie.store.ask(f"PRAGMA max_page_count = {pages * 100}")
        clock.advance(10)  # it is tried again
        await ask(listener, "HassStartTimer", minutes=1, name="끝")
    async with started():
        assert await ask(listener, "HassTimerStatus", name="끝") == "끝 타이머가 1분 남았어요."
        assert (await ask(listener, "HassTimerStatus")).endswith("그 밖에 52개가 더 있어요.")


async def test_what_is_kept_runs_on_though_the_file_can_only_be_read(
    started: Start, listener: Any, clock: ManualClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with started():
        await ask(listener, "HassStartTimer", minutes=3)
        await ask(listener, "HassShoppingListAddItem", item="우유")
    (tmp_path / "state/assistant.db-wal").mkdir()  # SQLite can write nothing, as on a full disk
    async with started():
        assert "다시 켤 때까지만 기억해요" in caplog.text
        assert await ask(listener, "JipsaGetList", name="쇼핑") == "쇼핑 목록에 우유가 있어요."
        clock.advance(180)
        assert await alarm(listener) == "3분 타이머가 끝났어요."
