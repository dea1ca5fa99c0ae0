"""The way of messages: there and back, how many a second, and how many intents a second the butler makes.

    script/bench bus

Compared with the hub's Bus are aiomqtt, which it is made of, waiting for each acknowledgement as its own examples do,
and paho with its own thread, which aiomqtt is made of; each on Mosquitto and on the embedded broker (amqtt), which run
in processes of their own. Everybody sends and gets at QoS 1, with Nagle's algorithm off.

Sentences come from two hundred satellites (bench/crowd.py), each of which waits for its answer before it says the next
one; butler, bridges and broker are processes of their own. A bridge that only replies gets the sample commands in the
sample home. The real one gets what lamps do: an appliance of ThinQ is given a second between two commands, so that two
hundred people who speak to five of them would measure that pause, and that what waits is sent again every two seconds.
"""

from __future__ import annotations

import asyncio
import os
import socket
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import aiomqtt
import paho.mqtt.client as mqtt

from bench.crowd import Crowd
from bench.results import US, Report, percentile
from bench.services import BROKERS, HOME, Watch, announced, running
from hub.address import BrokerAddress
from hub.bus import Bus
from hub.home import load_home
from hub.messages import Topic, Utterance
from hub.samples import load_samples

REPETITIONS = 5
ROUND_TRIPS = 200
BURST = 500
"""Messages that are given to the connection at once."""

TOPIC = "jipsa/bench/there"
PAYLOAD = b"x" * 300
"""As long as an intent."""

NO_DELAY = (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

SECONDS = 4.0
"""For which sentences are counted, each time."""

BRIDGES = ("gpio", "thinq", "genie")

LAMPS = ("거실 불 켜줘", "안방 불 켜줘", "모든 불을 파란색으로 바꿔줘", "거실 불 꺼줘", "안방 불 꺼줘")

INTENTS: dict[str, tuple[tuple[str, ...], Sequence[str]]] = {
    "intents, a bridge that only replies": ((), [sample.sentence for sample in load_samples()]),
    "intents, lamps on mock pins": (BRIDGES, LAMPS),
}
"""Which bridges run, and what is said."""

TYPED = 60
"""Times that each kind of sentence is typed."""

PAUSE = 0.5
"""Seconds between two: the ThinQ bridge gives an appliance a second between two commands."""

SENTENCES = {
    "typed sentence → state, gpio": (("거실 불 켜줘", "living_light", {"power": True}),
                                     ("거실 불 꺼줘", "living_light", {"power": False})),
    "typed sentence → state, ThinQ": (("거실 에어컨 24도로 맞춰줘", "living_ac", {"target_temperature": 24}),
                                      ("거실 에어컨 25도로 맞춰줘", "living_ac", {"target_temperature": 25})),
}  # fmt: skip
"""What is typed in turn, and the state that is waited for."""

Send = Callable[[int], Coroutine[None, None, None]]
"""Sends so many messages to itself, and returns when all have come back."""


@asynccontextmanager
async def _bus(broker: BrokerAddress) -> AsyncIterator[Send]:
    bus, back = Bus(broker, "bench"), _Back()
    bus.subscribe(TOPIC, lambda topic, payload: back.all.set() if back.came() else None)

    async def send(count: int) -> None:
        back.expect(count)
        for _ in range(count):
            bus.publish(TOPIC, PAYLOAD)
        await back.all.wait()

    async with bus.running():
        await bus.connected.wait()
        yield send


@asynccontextmanager
async def _aiomqtt(broker: BrokerAddress) -> AsyncIterator[Send]:
    back = _Back()

    async def take(client: aiomqtt.Client) -> None:
        async for _ in client.messages:
            if back.came():
                back.all.set()

    async with aiomqtt.Client(broker.host, broker.port, socket_options=[NO_DELAY]) as client:
        await client.subscribe(TOPIC, qos=1)
        taking = asyncio.create_task(take(client))

        async def send(count: int) -> None:
            back.expect(count)
            for _ in range(count):
                await client.publish(TOPIC, PAYLOAD, qos=1)
            await back.all.wait()

        yield send
        taking.cancel()


@asynccontextmanager
async def _paho(broker: BrokerAddress) -> AsyncIterator[Send]:
    loop, back, subscribed = asyncio.get_running_loop(), _Back(), asyncio.Event()
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    client.on_message = lambda *_: back.came() and loop.call_soon_threadsafe(back.all.set)
    client.on_subscribe = lambda *_: loop.call_soon_threadsafe(subscribed.set)
    client.on_socket_open = lambda client, userdata, sock: sock.setsockopt(*NO_DELAY)
    client.connect(broker.host, broker.port)
    client.subscribe(TOPIC, qos=1)
    client.loop_start()
    await subscribed.wait()

    async def send(count: int) -> None:
        back.expect(count)
        for _ in range(count):
            client.publish(TOPIC, PAYLOAD, qos=1)
        await back.all.wait()

    yield send
    client.disconnect()
    client.loop_stop()


class _Back:
    """Counts what comes back."""

    def __init__(self) -> None:
        self.all = asyncio.Event()
        self._missing = 0

    def expect(self, count: int) -> None:
        self._missing = count
        self.all.clear()

    def came(self) -> bool:
        """One more has come; whether it was the last."""
        self._missing -= 1
        return not self._missing


WAYS = {US: _bus, "aiomqtt alone": _aiomqtt, "paho alone": _paho}


async def transport(report: Report) -> None:
    """One message there and back, and many at once, on both brokers."""
    trips: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    rates: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for kind in BROKERS:
        async with running(kind) as hub:
            for _ in range(REPETITIONS):
                for who, way in WAYS.items():
                    async with way(hub.broker) as send:
                        took = [await _timed(send(1)) for _ in range(ROUND_TRIPS)]
                        trips[kind, who].append(statistics.median(took) * 1000)
                        rates[kind, who].append(BURST / await _timed(send(BURST)))
    for (kind, who), values in trips.items():
        report.add(f"one message there and back, {kind}", who, "ms", values)
    for (kind, who), values in rates.items():
        report.add(f"messages there and back, {kind}", who, "a second", values)


async def _timed(work: Coroutine[None, None, None]) -> float:
    began = time.perf_counter()
    await work
    return time.perf_counter() - began


async def intents(report: Report) -> None:
    """How many intents a second the butler sends: to a bridge that only replies, and to a real one."""
    home = load_home(HOME)
    for what, (bridges, said) in INTENTS.items():
        rates, computing = [], []
        async with running("mosquitto") as hub:
            butler = await hub.start("butler")
            for bridge in bridges:
                await hub.start("bridge", bridge)
            crowd = Crowd(hub.broker, [(sentence, None) for sentence in said], None if bridges else home)
            await announced(hub)
            crowd.speak()
            await asyncio.sleep(1)
            for _ in range(REPETITIONS):
                began, before = time.perf_counter(), (crowd.intents, crowd.answers, _processor(butler.pid))
                await asyncio.sleep(SECONDS)
                took = time.perf_counter() - began
                sent, answered, busy = crowd.intents, crowd.answers, _processor(butler.pid)
                rates.append((sent - before[0]) / took)
                computing.append((busy - before[2]) / (answered - before[1]) * 1000)
            crowd.stop()
        report.add(what, US, "a second", rates)
        report.add(f"{what}: the butler's processor time for each sentence", US, "ms", computing)


def _processor(process: int) -> float:
    """Seconds that a process has computed."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def typed(report: Report) -> None:
    """One typed sentence at a time, until the state that it asks for has come."""
    took: defaultdict[str, list[float]] = defaultdict(list)
    async with running("mosquitto") as hub:
        for service in (("butler",), *(("bridge", name) for name in BRIDGES)):
            await hub.start(*service)
        await announced(hub)
        watch = Watch(hub.broker)
        async with watch.bus.running():
            await watch.bus.connected.wait()
            for number in range(TYPED):
                for what, sentences in SENTENCES.items():
                    text, device, state = sentences[number % len(sentences)]
                    began = time.perf_counter()
                    watch.bus.publish(Topic.UTTERANCE, Utterance(text=text, satellite="typed"))
                    await watch.until(partial(watch.has, device, state))
                    took[what].append((time.perf_counter() - began) * 1000)
                    await asyncio.sleep(PAUSE)
    for what, times in took.items():
        report.add(f"{what}, median", US, "ms", times)
        report.add(f"{what}, 95th percentile", US, "ms", [percentile(times, 95)])


def main() -> int:
    """Measure, print and write."""
    report = Report("bus", "Messages, intents and typed sentences")
    for measure in (transport, intents, typed):
        asyncio.run(measure(report))
    report.finish()
    return 0


if __name__ == "__main__":
    sys.exit(main())
