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

pytestmark = pytest.mark.asyncio(loop_scope="module")

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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def checker() -> AsyncIterator[Checker]:
    """One for all tests, as its process takes seconds to start."""
    checker = Checker(SETTINGS)
    yield checker
    await checker.close()


def children() -> list[int]:
    """The processes that check names for this one."""
    all_of_them = [
        child for task in Path("/proc/self/task").iterdir() for child in (task / "children").read_text().split()
    ]
    return [int(child) for child in all_of_them if b"hub.naming" in Path(f"/proc/{child}/cmdline").read_bytes()]


def python(*arguments: str, given: bytes = b"") -> list[bytes]:
    """The lines that Python writes."""
    return subprocess.run(
        [sys.executable, *arguments], input=given, capture_output=True, check=True
    ).stdout.splitlines()


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


async def test_one_process_answers_all(checker: Checker) -> None:
    assert await checker.check(load_home(SHIPPED)) == []
    process = children()
    assert len(process) == 1
    assert len(await checker.check(AMBIGUOUS)) == 4
    assert children() == process


async def test_who_asks_loads_neither_grammar_nor_vocabulary() -> None:
    lines = await asyncio.to_thread(python, "-c", "import hub.naming, sys; print(*sys.modules, sep='\\n')")
    loaded = [line.decode() for line in lines]
    assert "hub.naming" in loaded
    assert not [name for name in loaded if name.startswith(("hub.grammar", "hub.speech", "vosk", "kaldifst", "numpy"))]


async def test_a_process_that_was_killed_is_started_anew(checker: Checker) -> None:
    await checker.check(AMBIGUOUS)
    (process,) = children()
    os.kill(process, signal.SIGKILL)
    assert len(await checker.check(AMBIGUOUS)) == 4
    assert children() not in ([], [process])


async def test_one_that_never_answers_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(NamingError, match="ended twice"):
        await Checker(SETTINGS).check(AMBIGUOUS)


async def test_an_answer_that_nobody_waits_for_is_nobody_elses(checker: Checker) -> None:
    await checker.check(AMBIGUOUS)
    asking = asyncio.create_task(checker.check(AMBIGUOUS))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert await checker.check(load_home(SHIPPED)) == []


async def test_nobody_asks_and_the_process_ends(tmp_path: Path) -> None:
    before = children()
    checker = Checker(Settings(speech=SpeechSettings(model=tmp_path)), idle=0.01)
    with pytest.raises(NamingError, match="is no Vosk model"):
        await checker.check(AMBIGUOUS)
    async with asyncio.timeout(30):
        while children() != before:
            await asyncio.sleep(0.01)
    await checker.close()


async def test_what_is_no_question_is_answered_too() -> None:
    questions = b'nonsense\n{"home": "[]", "language": "en"}\n'
    answers = await asyncio.to_thread(python, "-m", "hub.naming", given=questions)
    assert [bool(json.loads(line)["error"]) for line in answers] == [True, True]
