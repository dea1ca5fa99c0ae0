"""A bad line, and none, between the broker and the assistant, which is on another machine (a network namespace)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from faults.houses import House, serving, timers, told
from faults.line import HERE, Line, NoLineError
from faults.processes import Service, jipsa, until

LATENCY, LOSS = 0.25, 0.1
"""Seconds each way, so half a second there and back, and the part of the packets that gets lost."""

SENTENCES = 8

RIGHT = 30.0
"""Seconds after which the shown states are right at the latest, on the bad line, and after the line is whole again."""

NOBODY = "genie가 대답하지 않아요. genie 브리지가 켜져 있는지 확인해 주세요."

NOTICED = 60.0
"""Seconds after which a broker has noticed that a client is gone: 1.5 times the keep-alive of 15, and what it takes."""


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    try:
        async with Line() as laid:
            yield laid
    except (NoLineError, FileNotFoundError) as error:
        pytest.skip(f"no line can be laid here: {error}")


@pytest.fixture
async def far(line: Line, tmp_path: Path) -> AsyncIterator[House]:
    async with serving(tmp_path, HERE) as house:
        yield house


def _genie(house: House, line: Line) -> Service:
    return jipsa(house.folder / "genie", house.url, "bridge", "genie", under=line.command)


async def test_half_a_second_and_a_tenth_lost_loses_and_doubles_no_command(far: House, line: Line) -> None:
    async with far.running(_genie(far, line), "timers") as genie:
        await far.say("99분 타이머 맞춰줘")
        descriptors = genie.descriptors
        line.latency, line.loss = LATENCY, LOSS
        saying = {number: asyncio.create_task(far.say(f"{number}분 타이머 맞춰줘")) for number in range(1, SENTENCES)}
        exchanges = {number: await task for number, task in saying.items()}
        kept = timers(far.folder / "genie/state") - Counter([99 * 60])
        assert all(exchange.answered for exchange in exchanges.values())
        assert set(kept.values()) == {1}
        assert not told(exchanges) - kept
        late = await until(lambda: far.follower.states["timers"]["count"] == kept.total() + 1, RIGHT)
        print(
            f"{told(exchanges).total()} of {len(exchanges)} done, {line.lost} of {line.lost + line.carried} packets"
            f" lost; states right after {late:.2f} s"
        )
        assert line.lost > 0
        await until(lambda: genie.descriptors <= descriptors, RIGHT)


async def test_a_line_that_is_cut_for_a_moment_loses_and_doubles_no_command(far: House, line: Line) -> None:
    async with far.running(_genie(far, line), "timers"):
        await far.say("99분 타이머 맞춰줘")
        saying = {number: asyncio.create_task(far.say(f"{number}분 타이머 맞춰줘")) for number in range(1, SENTENCES)}
        await asyncio.sleep(0.03)  # some are on their way, some done, some not begun
        line.cut = True
        await asyncio.sleep(6)
        line.cut = False
        exchanges = {number: await task for number, task in saying.items()}
        assert timers(far.folder / "genie/state") == told(exchanges) + Counter([99 * 60])
        assert told(exchanges).total() == SENTENCES - 1
        late = await until(lambda: far.follower.states["timers"]["count"] == SENTENCES, RIGHT)
        print(f"{len(exchanges)} sentences done; states right after {late:.2f} s")


async def test_behind_a_line_that_stays_cut_nothing_is_done_later(far: House, line: Line) -> None:
    async with far.running(_genie(far, line), "timers") as genie:
        await far.say("99분 타이머 맞춰줘")
        descriptors = genie.descriptors
        line.cut = True
        clock = asyncio.get_running_loop().time
        cut = clock()
        assert (await far.say("3분 타이머 맞춰줘")).answered == NOBODY
        print(f"told after {clock() - cut:.1f} s that nobody answers")
        await until(lambda: far.states["genie offline"], NOTICED)
        print(f"the broker knew after {clock() - cut:.1f} s")
        online = far.states["genie online"]
        line.cut = False
        await until(lambda: far.states["genie online"] > online, RIGHT)
        assert (await far.say("5분 타이머 맞춰줘")).answered == "5분 타이머를 시작했어요."
        assert timers(far.folder / "genie/state") == Counter([99 * 60, 5 * 60])
        await until(lambda: far.follower.states["timers"]["count"] == 2, RIGHT)
        await until(lambda: genie.descriptors <= descriptors, RIGHT)
