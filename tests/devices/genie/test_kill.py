"""Nothing is lost, and nothing is told twice, though the assistant is killed at any moment, again and again."""

from __future__ import annotations

import asyncio
import os
import random
import re
import sqlite3
import sys
from collections import Counter
from contextlib import closing, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from brokers import MOSQUITTO, TestBroker

from devices.genie.clock import local_zone
from hub.bus import Bus
from hub.messages import Intent, Reply, SatelliteState, Say, Topic, Understood, Utterance
from hub.payloads import now

BRIDGE = """
import asyncio, sys
from pathlib import Path
from devices.genie.bridge import GenieBridge
from devices.genie.clock import SystemClock
from hub.address import BrokerAddress

class Clock(SystemClock):
    def trusted(self):
        return True  # whatever this machine knows of the time

broker = BrokerAddress("127.0.0.1", int(sys.argv[1]))
asyncio.run(GenieBridge(broker, state_dir=Path(sys.argv[2]), clock=Clock()).run())
"""

HOW_MANY = 200
OVER = 15
"""Seconds over which they come due."""

KILLS = 15
PATIENCE = 120


class Observer:
    """The rest of the hub: sends intents until they are answered, takes utterances, and counts what is told."""

    def __init__(self, broker: TestBroker) -> None:
        self.bus = Bus(broker.address, "observer")
        self.replies: dict[str, Reply] = {}
        self.told: Counter[str] = Counter()
        self.starts = 0
        self.news = asyncio.Event()
        self.bus.subscribe(Topic.reply("+"), self._on_reply)
        self.bus.subscribe(Topic.say("+"), self._on_say)
        self.bus.subscribe(Topic.UTTERANCE, self._on_utterance)
        self.bus.subscribe(Topic.bridge("genie", "state"), self._on_bridge)

    def _on_reply(self, topic: str, payload: bytes) -> None:
        reply = Reply.from_payload(topic, payload)
        self.replies[reply.id] = reply
        self.news.set()

    def _on_say(self, topic: str, payload: bytes) -> None:
        self.told[Say.from_payload(topic, payload).id] += 1
        self.news.set()

    def _on_utterance(self, topic: str, payload: bytes) -> None:
        utterance = Utterance.from_payload(topic, payload)
        self.told[utterance.id] += 1
        self.bus.publish(Topic.UNDERSTOOD, Understood(utterance_id=utterance.id, text=utterance.text))
        self.news.set()

    def _on_bridge(self, topic: str, payload: bytes) -> None:
        self.starts += b"online" in payload
        self.news.set()

    async def until(self, wanted: Any) -> None:
        while not wanted():
            self.news.clear()
            await self.news.wait()

    async def send(self, intent: Intent) -> None:
        while intent.id not in self.replies:
            self.bus.publish(Topic.intent("genie"), intent)
            with suppress(TimeoutError):
                async with asyncio.timeout(2):
                    await self.until(lambda: intent.id in self.replies)


def anything(chance: random.Random) -> Intent:
    """A timer, a plan, an alarm or a reminder."""
    seconds = chance.uniform(2, OVER)
    then = datetime.now(local_zone()) + timedelta(seconds=seconds + 8)  # who starts slowly still sets it
    at = {"time": f"{then:%H:%M:%S}", "date": f"{then:%Y-%m-%d}"}
    name, slots = chance.choice(
        [
            ("HassStartTimer", {"seconds": round(seconds)}),
            ("HassStartTimer", {"seconds": round(seconds), "conversation_command": "불 꺼줘"}),
            ("JipsaSchedule", {**at, "conversation_command": "불 꺼줘"}),
            ("JipsaSetAlarm", {**at, "name": f"{chance.random()}"}),
            ("JipsaRemind", {**at, "message": "약 먹으라고"}),
            ("JipsaRemind", {"seconds": round(seconds), "message": "회의"}),
        ]
    )
    return Intent(intent=name, slots=slots, satellite="living", expires_at=now() + timedelta(hours=1))


async def started(broker: TestBroker, folder: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(sys.executable, "-c", BRIDGE, str(broker.address.port), str(folder))


async def killed(bridge: asyncio.subprocess.Process, observer: Observer, chance: random.Random) -> None:
    """Kill it while it starts, at any moment, or right when something was told."""
    starts, told = observer.starts, observer.told.total()
    how = chance.choice(["starting", "running", "telling", "telling"])
    with suppress(TimeoutError):
        async with asyncio.timeout(10):
            if how == "starting":
                await asyncio.sleep(chance.uniform(0, 2))
            else:
                await observer.until(lambda: observer.starts > starts)
            if how == "running":
                await asyncio.sleep(chance.uniform(0, 2))
            elif how == "telling":
                await observer.until(lambda: observer.told.total() >= told + chance.randint(1, 20))
    bridge.kill()
    await bridge.wait()


async def test_killed_again_and_again_it_tells_of_everything_once(tmp_path: Path) -> None:
    seed = int(os.environ.get("JIPSA_SEED") or random.randrange(1_000_000))
    print(f"JIPSA_SEED={seed}")
    chance = random.Random(seed)
    broker = TestBroker("mosquitto" if MOSQUITTO else "amqtt", tmp_path)
    await broker.start()
    observer, folder = Observer(broker), tmp_path / "state"
    async with observer.bus.running(), asyncio.timeout(PATIENCE):
        observer.bus.publish(Topic.satellite("living"), SatelliteState(state="idle"), retain=True)
        sent = [anything(chance) for _ in range(HOW_MANY)]
        sending = asyncio.gather(*map(observer.send, sent))
        for _ in range(KILLS):
            await killed(await started(broker, folder), observer, chance)
        last = await started(broker, folder)
        await sending
        accepted = {intent.id for intent in sent if observer.replies[intent.id].ok}
        while kept(folder):
            observer.bus.publish(Topic.device("alarms", "set"), b'{"ringing": false}')
            await asyncio.sleep(0.2)
        with suppress(TimeoutError):
            async with asyncio.timeout(10):
                await observer.until(lambda: accepted <= observer.told.keys())
        last.terminate()
        await last.wait()
    await broker.stop()
    print(f"{len(accepted)} of {HOW_MANY} accepted; told: {observer.told.total()}, ids: {len(observer.told)}")
    assert len(accepted) > HOW_MANY / 4  # an alarm whose moment is past when it gets through is refused
    assert not accepted - observer.told.keys(), "something was lost"
    first = {re.sub(r"-\d+$", "", known) for known in observer.told}
    assert first <= {intent.id for intent in sent}, "something was told that nobody asked for"
    assert first <= observer.told.keys(), "something rang for the second time first"


def kept(folder: Path) -> int:
    """How many rows the store has."""
    with closing(sqlite3.connect(f"file:{folder}/assistant.db?mode=ro", uri=True)) as file:
        (count,) = file.execute("SELECT count(*) FROM countdowns").fetchone()
    return int(count)
