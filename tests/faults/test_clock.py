"""A clock that jumps by an hour, as when a Raspberry Pi without a battery learns the time (libfaketime moves it)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from faults.houses import House, timers
from faults.processes import jipsa, until

LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)

pytestmark = pytest.mark.skipif(LIBRARY is None, reason="libfaketime is not installed (apt install faketime)")

HOUR = 3600

PATIENCE = 30.0
"""Seconds after which somebody was answered, whatever the clocks say; an intent lives for 15."""


class Clock:
    """The clock of a process, which a test moves while it runs; what never jumps is left alone."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self.jump(0)
        self.environment = {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_RESET": "1",
        }

    def jump(self, seconds: int) -> None:
        self._file.write_text(f"{seconds:+d}\n")


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
async def test_timers_run_on_though_the_clock_jumps(house: House, jump: int, tmp_path: Path) -> None:
    clock = Clock(tmp_path)
    loop = asyncio.get_running_loop()
    async with house.running(house.genie(**clock.environment), "timers"):
        began = loop.time()
        await house.say("3초 타이머 맞춰줘")
        await house.say("50분 타이머 맞춰줘")
        clock.jump(jump)
        await until(lambda: any("끝났어요".encode() in payload for payload in house.heard("say")), PATIENCE)
        rang = loop.time() - began
        print(f"a timer of 3 s rang {rang:.1f} s after it was asked for, though the clock had jumped by {jump} s")
        assert rang >= 3
        assert timers(tmp_path / "genie/state")[50 * 60] == 1
        assert not [said for said in house.heard("say") if "50분 타이머가 끝났".encode() in said], "no hour has passed"


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
async def test_commands_are_done_or_refused_though_the_clocks_of_two_machines_differ(
    house: House, jump: int, tmp_path: Path
) -> None:
    clock = Clock(tmp_path)
    clock.jump(jump)
    async with house.running(house.genie(**clock.environment), "timers"):
        exchange = await house.say("50분 타이머 맞춰줘")
        if jump > 0:
            assert exchange.answered == "너무 늦게 도착한 명령이라 실행하지 않았어요."
            assert not timers(tmp_path / "genie/state")
        else:
            assert exchange.answered == "50분 타이머를 시작했어요."
        clock.jump(0)
        assert (await house.say("40분 타이머 맞춰줘")).answered == "40분 타이머를 시작했어요."


async def test_a_butler_whose_clock_jumps_back_while_it_waits_waits_no_longer(house: House, tmp_path: Path) -> None:
    clock = Clock(tmp_path)
    async with house.served_by(jipsa(tmp_path / "butler", house.url, "butler", **clock.environment)):
        saying = asyncio.create_task(house.say("3분 타이머 맞춰줘"))
        await until(lambda: house.heard("intent"), PATIENCE)
        clock.jump(-HOUR)
        sent = asyncio.get_running_loop().time()
        exchange = await saying
        took = asyncio.get_running_loop().time() - sent
        print(f"answered after {took:.1f} s")
        assert exchange.answered == "genie가 대답하지 않아요. genie 브리지가 켜져 있는지 확인해 주세요."
        assert took < PATIENCE
