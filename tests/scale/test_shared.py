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
from tests.faults.processes import until

INSTANCE = Path(__file__).parent / "sharing.py"


class Shared:
    """A butler, somebody who speaks, and two instances of a bridge, as processes."""

    def __init__(self, broker: TestBroker, folder: Path) -> None:
        self.journal = folder / "journal"
        self.journal.touch()
        self.gate = folder / "gate"
        """The lamp switches while this is there."""
        self.butler = Butler(broker.address, Home())
        self.bus = Bus(broker.address, "speaker")
        self.follower = Follower(self.bus, "+")
        self.taken: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        """Intent and instance, whenever one is taken."""
        self.bus.subscribe("jipsa/bridge/shared/taken", self._on_taken)
        self.sent: Counter[str] = Counter()
        """How often each intent was sent."""
        self.bus.subscribe("jipsa/intent/shared", lambda _, payload: self.sent.update([json.loads(payload)["id"]]))
        self.instances: dict[str, asyncio.subprocess.Process] = {}
        self._there = {"a": asyncio.Event(), "b": asyncio.Event()}
        self.bus.subscribe("jipsa/bridge/shared/taken/+", lambda topic, _: self._there[topic[-1]].set())
        self._port = broker.address.port

    def _on_taken(self, topic: str, payload: bytes) -> None:
        claim = json.loads(payload)
        self.taken.put_nowait((claim["id"], claim["instance"]))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.bus.running())
            await stack.enter_async_context(together([self.butler.run()]))
            for name in self._there:
                self.instances[name] = await asyncio.create_subprocess_exec(
                    sys.executable, str(INSTANCE), str(self._port), name, str(self.journal), str(self.gate)
                )
                stack.push_async_callback(self.kill, name)
            async with asyncio.timeout(90):
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


@pytest.fixture
async def shared(mosquitto: TestBroker, tmp_path: Path) -> AsyncIterator[Shared]:
    found = Shared(mosquitto, tmp_path)
    async with found.running():
        yield found


async def test_two_instances_share_what_is_asked(shared: Shared) -> None:
    shared.gate.touch()
    for number in range(20):
        assert await shared.say(number)
    assert list(shared.done().values()) == [1] * 20
    assert shared.by().keys() == {"a", "b"}


async def test_what_takes_longer_than_the_butler_waits_is_done_once(shared: Shared) -> None:
    saying = asyncio.create_task(shared.say(0))
    await until(lambda: 2 in shared.sent.values())  # the second time to the other
    shared.gate.touch()
    assert await saying
    assert await shared.say(1)  # by its end the other would have done the first one again
    assert list(shared.done().values()) == [1, 1]


@pytest.mark.parametrize("others", [0, 20])
async def test_what_a_killed_instance_had_taken_is_done_by_the_other(shared: Shared, others: int) -> None:
    said = [asyncio.create_task(shared.say(0))]
    async with asyncio.timeout(30):
        _, instance = await shared.taken.get()
    said += [asyncio.create_task(shared.say(2 * number)) for number in range(1, others + 1)]
    await until(lambda: len(shared.sent) == 1 + others)
    await shared.kill(instance)  # while the lamp switches
    shared.gate.touch()
    assert all(await asyncio.gather(*said))
    assert list(shared.done().values()) == [1] * (1 + others)
    assert shared.by().keys() == {"a", "b"} - {instance}
