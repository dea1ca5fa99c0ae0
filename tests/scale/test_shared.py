"""Two instances of one bridge share its work on Mosquitto: one is killed, and nothing is lost or done twice."""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from brokers import TestBroker

from hub.bus import Bus
from hub.butler.service import Butler
from hub.follow import Follower
from hub.home import Home
from hub.messages import Utterance
from hub.together import together

INSTANCE = Path(__file__).parent / "sharing.py"


class Shared:
    """A butler, somebody who speaks, and two instances of a bridge, as processes."""

    def __init__(self, broker: TestBroker, folder: Path) -> None:
        self.journal = folder / "journal"
        self.journal.touch()
        self.butler = Butler(broker.address, Home())
        self.bus = Bus(broker.address, "speaker")
        self.follower = Follower(self.bus, "+")
        self.taken: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        """Intent and instance, whenever one is taken."""
        self.bus.subscribe("jipsa/bridge/shared/taken", self._on_taken)
        self.instances: dict[str, asyncio.subprocess.Process] = {}
        self._there = {"a": asyncio.Event(), "b": asyncio.Event()}
        self.bus.subscribe("jipsa/bridge/shared/taken/+", lambda topic, _: self._there[topic[-1]].set())
        self._port = broker.address.port

    def _on_taken(self, topic: str, payload: bytes) -> None:
        claim = json.loads(payload)
        self.taken.put_nowait((claim["id"], claim["instance"]))

    @asynccontextmanager
    async def running(self, seconds: float) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.bus.running())
            await stack.enter_async_context(together([self.butler.run()]))
            for name in self._there:
                self.instances[name] = await asyncio.create_subprocess_exec(
                    sys.executable, str(INSTANCE), str(self._port), name, str(self.journal), str(seconds)
                )
                stack.push_async_callback(self.kill, name)
            async with asyncio.timeout(30):
                for there in self._there.values():
                    await there.wait()
                await self.butler.ready({"lamp"})
            yield

    async def kill(self, name: str) -> None:
        """End an instance at once."""
        if self.instances[name].returncode is None:
            self.instances[name].kill()
        await self.instances[name].wait()

    async def say(self, number: int) -> bool:
        sentence = f"스탠드 {'꺼' if number % 2 else '켜'} 줘"
        return (await self.follower.ask(Utterance(text=sentence, satellite=f"room-{number}"))).ok

    def done(self) -> Counter[str]:
        """How often each intent was carried out."""
        return Counter(line.split()[0] for line in self.journal.read_text().splitlines())

    def by(self) -> Counter[str]:
        """How many intents each instance carried out."""
        return Counter(line.split()[1] for line in self.journal.read_text().splitlines())


async def test_two_instances_share_what_is_asked(mosquitto: TestBroker, tmp_path: Path) -> None:
    shared = Shared(mosquitto, tmp_path)
    async with shared.running(seconds=0):
        for number in range(20):
            assert await shared.say(number)
    assert shared.done() == Counter(dict.fromkeys(shared.done(), 1))
    assert shared.by() == {"a": 10, "b": 10}


async def test_what_takes_longer_than_the_butler_waits_is_done_once(mosquitto: TestBroker, tmp_path: Path) -> None:
    shared = Shared(mosquitto, tmp_path)
    async with shared.running(seconds=2.5):  # it is sent again after 2 s, and then to the other
        assert await shared.say(0)
        assert await shared.say(1)  # by its end the other would have done the first one again
    assert list(shared.done().values()) == [1, 1]


@pytest.mark.parametrize("others", [0, 5])
async def test_what_a_killed_instance_had_taken_is_done_by_the_other(
    mosquitto: TestBroker, tmp_path: Path, others: int
) -> None:
    shared = Shared(mosquitto, tmp_path)
    async with shared.running(seconds=0.3):
        said = [asyncio.create_task(shared.say(0))]
        async with asyncio.timeout(10):
            intent, instance = await shared.taken.get()
        await shared.kill(instance)  # while the lamp switches
        said += [asyncio.create_task(shared.say(2 * number)) for number in range(1, others + 1)]
        assert all(await asyncio.gather(*said))
    done = shared.done()
    assert done[intent] == 1
    assert set(done.values()) == {1}
    assert set(shared.by()) == {"a", "b"} - {instance}
