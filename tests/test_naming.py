"""Names checked in a process of their own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from hub.config import Settings, SpeechSettings
from hub.home import Device, Home, Room, load_home
from hub.naming import Checker, NamingError, name_faults

SHIPPED = Path(__file__).parents[1] / "config" / "home.yaml"
SETTINGS = Settings(language="en")
AMBIGUOUS = Home(
    rooms=(Room(id="a", name="거실"), Room(id="b", name="안방", aliases=("qxzy",))),
    devices=(
        Device(id="x", name="세탁기", type="washer", room="a"),
        Device(id="y", name="빨래", type="washer", room="a", aliases=("세탁기", "거실")),
        Device(id="z", name="불", type="switch"),
    ),
)


@pytest_asyncio.fixture
async def checker() -> AsyncIterator[Checker]:
    checker = Checker(SETTINGS)
    yield checker
    await checker.close()


def children() -> list[int]:
    """The processes that check names for this one."""
    found = []
    for task in Path("/proc/self/task").iterdir():
        for child in (task / "children").read_text().split():
            if b"hub.naming" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(int(child))
    return found


async def test_each_flaw_has_its_place(checker: Checker) -> None:
    found = {(flaw.place, flaw.key, flaw.index): flaw.reason for flaw in await checker.check(AMBIGUOUS)}
    assert found == {
        ("rooms.b", "aliases", 0): "nobody knows how to read 'qxzy' in 'qxzy' aloud; give an alias in hangul",
        ("devices.y", "aliases", 0): "'세탁기' is also a name of the device 'x' in the same room; "
        "nobody can tell them apart, so rename one",
        ("devices.y", "aliases", 1): "'거실' is also the name of a room",
        ("devices.z", "name", None): "'불' is what people call another kind of device (light)",
    }
    assert [fault.what for fault in name_faults(AMBIGUOUS, SETTINGS)] == list(found.values())


async def test_one_process_answers_all_and_this_one_stays_small(checker: Checker) -> None:
    assert await checker.check(load_home(SHIPPED)) == []
    process = children()
    assert len(process) == 1
    assert len(await checker.check(AMBIGUOUS)) == 4
    assert children() == process
    await checker.close()
    assert children() == []


def test_who_asks_loads_neither_grammar_nor_vocabulary() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import hub.naming, sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "hub.naming" in loaded
    assert not [name for name in loaded if name.startswith(("hub.grammar", "hub.speech", "vosk", "kaldifst", "numpy"))]


async def test_nobody_asks_and_the_process_ends() -> None:
    checker = Checker(SETTINGS, idle=0.01)
    await checker.check(AMBIGUOUS)
    async with asyncio.timeout(30):
        while children():
            await asyncio.sleep(0.01)
    assert len(await checker.check(AMBIGUOUS)) == 4
    await checker.close()


async def test_a_process_that_was_killed_is_started_anew(checker: Checker) -> None:
    await checker.check(AMBIGUOUS)
    (process,) = children()
    os.kill(process, signal.SIGKILL)
    assert len(await checker.check(AMBIGUOUS)) == 4
    assert children() not in ([], [process])


async def test_one_that_never_answers_is_told_of(checker: Checker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(NamingError, match="ended twice"):
        await checker.check(AMBIGUOUS)
    monkeypatch.undo()
    assert len(await checker.check(AMBIGUOUS)) == 4


async def test_who_asks_is_told_what_is_wrong(tmp_path: Path) -> None:
    checker = Checker(Settings(speech=SpeechSettings(model=tmp_path)))
    with pytest.raises(NamingError, match="is no Vosk model"):
        await checker.check(AMBIGUOUS)
    await checker.close()


async def test_an_answer_that_nobody_waits_for_is_nobody_elses(checker: Checker) -> None:
    await checker.check(AMBIGUOUS)
    asking = asyncio.create_task(checker.check(AMBIGUOUS))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert await checker.check(load_home(SHIPPED)) == []


def test_what_is_no_question_is_answered_too() -> None:
    questions = b'nonsense\n{"home": "[]", "language": "en"}\n'
    done = subprocess.run([sys.executable, "-m", "hub.naming"], input=questions, capture_output=True, check=True)
    assert [bool(json.loads(line)["error"]) for line in done.stdout.splitlines()] == [True, True]
