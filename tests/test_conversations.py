"""Conversations, as they are written in conversations/*.txt, with the real butler and bridges over a real broker.

    거실> 거실 불 켜줘                    what is said, and in which room
      HassTurnOn {"name": "거실등"} living_light   the intents that go out: slots and targets
    집사> 거실등을 켰어요.                 what is answered
    (61초 뒤)                          time that passes
    밖> 현관문 열어줘                     what is said from outside, in the files remote_*.txt
    집사(모두)> …                       what is asked everywhere at home
    집사(밖)> …                         what is told outside later

`CONVERSATIONS=write script/test tests/test_conversations.py` writes down what happens now, to be read before it is
kept.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import groupby, takewhile
from pathlib import Path

import pytest
from brokers import TestBroker
from conftest import Listener
from doors import DOORS, DoorBridge
from genies import ManualClock

from devices.genie.bridge import GenieBridge
from devices.gpio.bridge import GpioBridge
from devices.thinq.bridge import ThinqBridge
from devices.thinq.simulator.cloud import TOKEN, Simulator
from hub.assistant import skills
from hub.bus import Bus
from hub.butler.service import Butler
from hub.config import Settings
from hub.grammar.lexicon import lexicon
from hub.home import load_home
from hub.household import with_routines
from hub.messages import Say, Topic, Understood, Utterance
from hub.together import together

FOLDER = Path(__file__).parent / "conversations"

ROUTINES = FOLDER.parents[1] / "config" / "routines.yaml"

REMOTE_ROUTINES = FOLDER / "remote_routines.yaml"
"""The routines of the home that is spoken to from outside."""

FILES = sorted(FOLDER.glob("*.txt"))

_SAID = re.compile(r"(\S+)> (.+)")

_PASSED = re.compile(r"\((\d+)초 뒤\)")

NOWHERE = "어딘가"
"""The room of somebody who does not say where he is."""

OUTSIDE, OTHER_OUTSIDE = "밖", "다른밖"

SATELLITES = {
    "거실": "living", "안방": "bedroom", "주방": "kitchen", "아이방": "kids", "다용도실": "utility", NOWHERE: "pocket",
    OUTSIDE: "remote-mother", OTHER_OUTSIDE: "remote-thief",
}  # fmt: skip

ROOMLESS = {NOWHERE, OUTSIDE, OTHER_OUTSIDE}

TOLD_LATER = {Topic.say("all"): "집사(모두)", Topic.say(SATELLITES[OUTSIDE]): "집사(밖)"}
"""Where something is said that answers nobody who just spoke."""

OWN = {"timers", "alarms", "reminders", "shopping_list", "todo_list"}
"""Devices of the assistant."""


class House:
    """The hub at work, and somebody who talks to it."""

    def __init__(self, listener: Listener, clock: ManualClock) -> None:
        self._listener = listener
        self._clock = clock
        self._answers: set[str] = set()
        self._shown = 0

    async def wait(self, seconds: int, told: int) -> list[str]:
        """Let time pass; the lines of what is told then, at least so many."""
        self._clock.advance(seconds)
        return await self._new_later(told)

    def _later(self) -> list[str]:
        """The lines of all that was asked everywhere, or told outside after the answer."""
        lines = []
        for topic, payload in self._listener.heard:
            if topic in TOLD_LATER:
                say = Say.from_payload(topic, payload)
                if say.asks if topic == Topic.say("all") else say.id not in self._answers:
                    lines.append(f"{TOLD_LATER[topic]}> {say.text}")
        return lines

    async def _new_later(self, expected: int) -> list[str]:
        async with asyncio.timeout(20):
            while len(self._later()) < self._shown + expected:
                await asyncio.sleep(0.01)
        lines = self._later()[self._shown :]
        self._shown += len(lines)
        return lines

    async def say(self, room: str, sentence: str, told: int) -> list[str]:
        """Say something; the lines of what goes out, of what is answered, and of what is told then, as with `wait`."""
        satellite = SATELLITES[room]
        here = None if room in ROOMLESS else room
        said = Utterance(text=sentence, satellite=satellite, room=here, heard_at=self._clock.now())
        self._listener.bus.publish(Topic.UTTERANCE, said)
        answer = await self._listener.object(Topic.say(satellite), utterance_id=said.id)
        understood = await self._listener.object(Topic.UNDERSTOOD, utterance_id=said.id)
        lines = []
        for intent in Understood.model_validate(understood).intents:
            slots = json.dumps(intent.slots, ensure_ascii=False)
            lines.append(" ".join(["  " + intent.intent, slots, *intent.targets]))
        self._answers.add(answer["id"])
        return [*lines, f"집사> {Say.model_validate(answer).text}", *await self._new_later(told)]


@asynccontextmanager
async def house(broker: TestBroker, state: Path, *, remote: bool) -> AsyncIterator[House]:
    home = load_home(FOLDER / "home.yaml")
    clock = ManualClock()
    listener = Listener(Bus(broker.address, "listener"))
    routines = REMOTE_ROUTINES if remote else ROUTINES

    async def sleep(seconds: float) -> None:
        await clock.sleep_until(clock.monotonic() + seconds)

    known = with_routines(lexicon(), routines)
    butler = Butler(broker.address, home, known=known, clock=clock.now, rules={"오븐": "refuse"}, sleep=sleep)
    more = skills(Settings(routines=routines))
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(Simulator().serving())
        bridges = [
            ThinqBridge(broker.address, access_token=TOKEN, client_id="test", base_url=url, push=False),
            GpioBridge(broker.address, devices=home.devices, pins="mock"),
            GenieBridge(broker.address, state_dir=state, clock=clock, more=more),
            *([DoorBridge(broker.address)] if remote else []),
        ]
        await stack.enter_async_context(listener.bus.running())
        await stack.enter_async_context(together([butler.run(), *(bridge.run() for bridge in bridges)]))
        await butler.ready({device.id for device in home.devices} | OWN | (DOORS.keys() if remote else set()))
        yield House(listener, clock)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_a_conversation_goes_as_it_is_written(file: Path, tmp_path: Path) -> None:
    broker = TestBroker("amqtt", tmp_path)
    await broker.start()
    written = file.read_text().splitlines()
    happened: list[str] = []
    async with house(broker, tmp_path / "state", remote=file.stem.startswith("remote_")) as home:
        for number, line in enumerate(written):
            then = takewhile(lambda next_line: next_line.startswith(("  ", "집사")), written[number + 1 :])
            told = sum(next_line.startswith("집사(") for next_line in then)
            if passed := _PASSED.fullmatch(line):
                happened += [line, *await home.wait(int(passed[1]), told)]
            elif line.startswith("#") or not line.strip():
                happened.append(line)
            elif (said := _SAID.fullmatch(line)) and not said[1].startswith("집사"):
                happened += [line, *await home.say(said[1], said[2], told)]
    await broker.stop()
    if os.environ.get("CONVERSATIONS") == "write":
        file.write_text("\n".join(happened) + "\n")
    assert _parts(happened) == _parts(written if os.environ.get("CONVERSATIONS") != "write" else happened)


def test_there_are_enough_conversations() -> None:
    assert len(FILES) >= 40


def _parts(lines: list[str]) -> list[list[str]]:
    """The lines by what was said, so that a difference shows where it begins."""
    return [list(part) for _, part in groupby(lines, key=lambda line: line.startswith(("#", "(")))]
