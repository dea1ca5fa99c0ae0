"""The shopping list and the to-do list: said, kept, and shown as devices."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from genies import Start, ask

from devices.genie.bridge import GenieBridge
from devices.genie.lists import LONGEST_ITEM, MOST
from hub.messages import Topic

ADD, BOUGHT, GET = "HassShoppingListAddItem", "HassShoppingListCompleteItem", "JipsaGetList"


async def test_what_is_added_is_told(genie: GenieBridge, listener: Any) -> None:
    assert await ask(listener, GET, name="쇼핑") == "쇼핑 목록은 비어 있어요."
    assert await ask(listener, ADD, item="우유") == "쇼핑 목록에 우유를 적었어요."
    assert await ask(listener, ADD, item="계란하고 식빵, 사과") == "쇼핑 목록에 계란, 식빵, 사과를 적었어요."
    assert await ask(listener, ADD, item="우 유") == "우 유는 이미 쇼핑 목록에 있어요."
    assert await ask(listener, GET, name="쇼핑") == "쇼핑 목록에 우유, 계란, 식빵, 사과가 있어요."
    assert await ask(listener, BOUGHT, item="계란") == "쇼핑 목록에서 계란을 지웠어요."
    assert await ask(listener, BOUGHT, item="계란") == "not_found: 쇼핑 목록에 계란이 없어요."
    assert await ask(listener, GET, name="할 일") == "할 일 목록은 비어 있어요."


async def test_the_to_do_list(genie: GenieBridge, listener: Any) -> None:
    todo = {"name": "할 일"}
    assert await ask(listener, "HassListAddItem", item="빨래 널기", **todo) == "할 일 목록에 빨래 널기를 적었어요."
    assert await ask(listener, "HassListCompleteItem", item="빨래", **todo) == "할 일 목록에서 빨래 널기를 지웠어요."
    assert await ask(listener, "HassListAddItem", name="숙제", item="수학") == "not_found: 숙제라는 목록은 없어요."


async def test_a_list_is_a_device(genie: GenieBridge, listener: Any) -> None:
    about = await listener.object(Topic.device("shopping_list", "about"))
    assert (about["type"], about["name"]) == ("todo", "쇼핑 목록")
    await ask(listener, ADD, item="우유, 두부")
    await listener.object(Topic.device("shopping_list", "state"), count=2, items="우유, 두부")


async def test_half_a_name_that_means_two_things_takes_nothing_off(genie: GenieBridge, listener: Any) -> None:
    await ask(listener, ADD, item="딸기 우유, 바나나 우유")
    assert (await ask(listener, BOUGHT, item="우유")).startswith("not_found")
    assert await ask(listener, BOUGHT, item="딸기") == "쇼핑 목록에서 딸기 우유를 지웠어요."


@pytest.mark.parametrize("slots", [{}, {"item": " "}, {"item": 3}, {"item": "가" * (LONGEST_ITEM + 1)}, {"item": ","}])
async def test_something_has_to_be_named(slots: dict[str, Any], genie: GenieBridge, listener: Any) -> None:
    assert await ask(listener, ADD, **slots) == "bad_payload: 무엇을 적을지 말씀해 주세요."


async def test_a_long_list_is_told_in_short(genie: GenieBridge, listener: Any) -> None:
    await ask(listener, ADD, item=",".join(f"물건 {number}" for number in range(9)))
    told = await ask(listener, GET, name="쇼핑")
    assert told == "쇼핑 목록에 9가지가 있어요. 물건 0, 물건 1, 물건 2, 물건 3, 물건 4, 물건 5, 물건 6 등이에요."


async def test_a_list_has_an_end(genie: GenieBridge, listener: Any) -> None:
    everything = ",".join(f"{number}" for number in range(MOST + 1))
    assert await ask(listener, ADD, item=everything) == "not_now: 쇼핑 목록이 가득 찼어요. 먼저 지워 주세요."


async def test_a_list_outlives_the_bridge(started: Start, listener: Any) -> None:
    async with started():
        await ask(listener, ADD, item="우유")
    listener.heard.clear()
    async with started("en"):
        assert await ask(listener, GET, name="쇼핑") == "On the shopping list: 우유."


async def test_a_file_that_is_broken_stands_aside(started: Start, listener: Any, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state/assistant.db").write_bytes(b"this is no database, and never was one" * 50)
    async with started():
        assert await ask(listener, ADD, item="우유") == "쇼핑 목록에 우유를 적었어요."
        _, line = await listener.until(lambda topic, body: topic == Topic.bridge("genie", "log"))
        assert "assistant.broken" in json.loads(line)["message"]
    assert (tmp_path / "state/assistant.broken").is_file()


KILLED = """
import asyncio, sys
from pathlib import Path
from devices.genie.store import Store

async def main():
    store = Store(Path(sys.argv[1]))
    await store.open()
    for number in range(100_000):
        await store.change("INSERT INTO items VALUES (?, ?, ?)", ("x", str(number), str(number)))
        print(number, flush=True)

asyncio.run(main())
"""


def test_what_was_kept_is_there_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "assistant.db"
    with subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(20)]
        os.kill(process.pid, signal.SIGKILL)
        told += process.stdout.readlines()
    with closing(sqlite3.connect(path)) as file:
        kept = {item for (item,) in file.execute("SELECT item FROM items")}
    assert {line.strip() for line in told if line.endswith("\n")} <= kept
    assert len(kept) >= 20


async def test_a_file_that_cannot_be_opened_stays_and_the_list_is_kept_in_memory(
    started: Start, listener: Any, tmp_path: Path
) -> None:
    (tmp_path / "state/assistant.db").mkdir(parents=True)
    async with started():
        assert await ask(listener, ADD, item="우유") == "쇼핑 목록에 우유를 적었어요."
        assert await ask(listener, GET, name="쇼핑") == "쇼핑 목록에 우유가 있어요."
    assert (tmp_path / "state/assistant.db").is_dir()
