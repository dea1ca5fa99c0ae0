"""Home Assistant: a typed Korean sentence there and here, and its commands while 1,000 states a second are reported.

    script/bench homeassistant [SECONDS]

A real Home Assistant (script/homeassistant), a real Mosquitto, this hub's discovery, one light. First, sentences
switch it, in turn: Home Assistant's own conversation agent is given one over its WebSocket, the butler over MQTT; told
is when the bridge that owns the light has the command. Then two hundred thermometers report from a process of their
own, and the light is switched in Home Assistant again and again: how long until the bridge has the command, and until
Home Assistant shows the new state.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.results import US, Report, percentile, split
from devices.bridge import Bridge
from devices.commands import Changes
from devices.homeassistant.bridge import HomeAssistantBridge
from hub.address import BrokerAddress
from hub.bus import Bus
from hub.butler.service import Butler
from hub.home import Home
from hub.messages import About, Property, Topic, Utterance
from hub.together import together

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from brokers import TestBroker  # noqa: E402 - the tests' own Mosquitto and Home Assistant
from hass import Socket, TestHomeAssistant  # noqa: E402

PEER = "Home Assistant's own agent"

RATE = 1_000
"""Changes of state a second."""

BRIDGES = 4
"""How many bridges report: one waits for the broker's acknowledgement of each message."""

SENSORS = 50
"""Devices of each of them."""

PAUSE = 0.1
"""Seconds between two commands."""

SENTENCES = {True: "거실 전등 켜줘", False: "거실 전등 꺼줘"}
"""Two that this Home Assistant understands: to turn off one lamp by its name, it has no Korean sentence."""

PAIRS = 100
REPETITIONS = 5
"""Parts of a run, each with a median of its own."""


class Sensors(Bridge):
    """Many thermometers that never rest."""

    def __init__(self, number: int, broker: BrokerAddress, rate: float) -> None:
        self.name = f"load{number}"  # type: ignore[misc]
        super().__init__(broker)
        self._rate = rate

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Report while the block lasts, one device after another."""
        kind = {"temperature": Property(type="number", unit="°C"), "humidity": Property(type="number", unit="%")}
        devices = [f"{self.name}-{number}" for number in range(SENSORS)]
        for device in devices:
            self.announce(About(id=device, bridge=self.name, type="sensor", name=device, properties=kind))
            self.report(device, {"temperature": 20.0, "humidity": 40})
            self.available(device, True)
        self.spawn(self._report(devices))
        yield

    async def _report(self, devices: list[str]) -> None:
        began, sent = time.monotonic(), 0
        while True:
            due = int((time.monotonic() - began) * self._rate)
            for number in range(sent, due):
                self.report(devices[number % SENSORS], {"temperature": 20 + number % 1_000 / 100})
            sent = due
            await asyncio.sleep(0.01)

    async def set(self, device: str, changes: Changes) -> None:
        """Nothing of them can be set."""


class Lamp(Bridge):
    """One light that notes when it was told something."""

    name = "lamp"

    def __init__(self, broker: BrokerAddress) -> None:
        super().__init__(broker)
        self.told: asyncio.Queue[tuple[bool, float]] = asyncio.Queue()

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Be there."""
        power = {"power": Property(type="boolean", writable=True)}
        self.announce(About(id="lamp", bridge=self.name, type="light", name="전등", room="거실", properties=power))
        self.report("lamp", {"power": False})
        self.available("lamp", True)
        yield

    async def set(self, device: str, changes: Changes) -> None:
        """Note it."""
        self.told.put_nowait((bool(changes["power"]), time.perf_counter()))
        self.report(device, changes)


@dataclass
class Figures:
    """Seconds from the click, and what went through meanwhile."""

    commands: list[float] = field(default_factory=list)
    states: list[float] = field(default_factory=list)
    messages: float = 0.0
    """State messages a second that were delivered."""


async def measure(hass: TestHomeAssistant, broker: BrokerAddress, seconds: float) -> Figures:
    """Switch the light for so long, under load; Home Assistant, and what shows it the devices, are there already."""
    lamp, counter = Lamp(broker), Bus(broker, "bench")
    counter.subscribe(Topic.device("+", "state"), lambda topic, payload: None)
    async with together([lamp.run()]), counter.running(), hass.socket() as socket:
        load = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.homeassistant", "load", str(broker.port), cwd=ROOT
        )
        try:
            await hass.until(lambda: _all_there(hass), 60)
            before, began = counter.received, time.monotonic()
            figures = await _switch(socket, lamp, seconds)
            figures.messages = (counter.received - before) / (time.monotonic() - began)
        finally:
            load.terminate()
            await load.wait()
    return figures


async def converse(hass: TestHomeAssistant, broker: BrokerAddress) -> dict[str, list[float]]:
    """Seconds from a sentence until the bridge has the command, for both, in turn; the first of each are not told."""
    lamp, bus, took = Lamp(broker), Bus(broker, "typist"), defaultdict[str, list[float]](list)
    butler = Butler(broker, Home())
    async with together([lamp.run(), butler.run()]), bus.running(), hass.socket() as socket:
        await butler.ready(["lamp"])
        await hass.until(lambda: _has_lamp(hass), 60)
        shown = {"assistants": ["conversation"], "entity_ids": ["light.lamp"], "should_expose": True}
        await socket.call("homeassistant/expose_entity", **shown)

        async def there(text: str) -> None:
            await socket.call("conversation/process", text=text, language="ko")

        async def here(text: str) -> None:
            said = Utterance(text=text)  # each at a satellite of its own: nobody says so much at one
            bus.publish(Topic.UTTERANCE, said.model_copy(update={"satellite": said.id}))

        on = False
        for pair in range(PAIRS + 2):
            for who, say in (((US, here), (PEER, there)), ((PEER, there), (US, here)))[pair % 2]:
                on = not on
                began = time.perf_counter()
                saying = asyncio.create_task(say(SENTENCES[on]))
                async with asyncio.timeout(30):
                    told, at = await lamp.told.get()
                assert told == on
                took[who].append(at - began)
                await saying
    return {who: times[2:] for who, times in took.items()}


async def _has_lamp(hass: TestHomeAssistant) -> bool:
    return (await hass.states()).get("light.lamp", {}).get("state") == "off"


async def _all_there(hass: TestHomeAssistant) -> bool:
    states = await hass.states()
    sensors = [state for entity, state in states.items() if entity.startswith("sensor.load")]
    known = sum(state["state"] not in {"unavailable", "unknown"} for state in sensors)
    return known == BRIDGES * SENSORS * 2 and states.get("light.lamp", {}).get("state") == "off"


async def _switch(socket: Socket, lamp: Lamp, seconds: float) -> Figures:
    # Only the light's states: all of them would be a load of their own.
    changed = {"platform": "state", "entity_id": "light.lamp"}
    _, events = await socket.subscribe("subscribe_trigger", trigger=changed)
    figures, until, on = Figures(), time.monotonic() + seconds, False
    while time.monotonic() < until:
        on = not on
        began = time.perf_counter()
        calling = asyncio.create_task(socket.service("light.turn_on" if on else "light.turn_off", "light.lamp"))
        async with asyncio.timeout(30):
            told, at = await lamp.told.get()
            assert told == on
            figures.commands.append(at - began)
            state = (await events.get())["variables"]["trigger"]["to_state"]["state"]
            assert state == ("on" if on else "off")
            figures.states.append(time.perf_counter() - began)
            await calling
        await asyncio.sleep(PAUSE)
    return figures


async def _load(port: int) -> None:
    broker = BrokerAddress("127.0.0.1", port)
    async with together([Sensors(number, broker, RATE / BRIDGES).run() for number in range(BRIDGES)]):
        await asyncio.Event().wait()


async def main(command: Path, seconds: float) -> None:
    """Measure with this `hass`, and print."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        broker, hass = TestBroker("mosquitto", folder), TestHomeAssistant(command, folder / "hass")
        await broker.start()
        stack.push_async_callback(broker.stop)
        await hass.start()
        stack.push_async_callback(hass.stop)
        await hass.configure("mqtt", {"broker": broker.address.host, "port": broker.address.port})
        await stack.enter_async_context(together([HomeAssistantBridge(broker.address).run()]))
        typed = await converse(hass, broker.address)
        _show(typed, await measure(hass, broker.address, seconds))


def _show(typed: dict[str, list[float]], figures: Figures) -> None:
    report = Report("homeassistant", "Home Assistant: a typed Korean sentence, and commands under load")
    timed = {
        ("typed sentence until the bridge has the command", who): times for who, times in typed.items()
    } | {
        ("under load: click until the bridge has the command", US): figures.commands,
        ("under load: click until Home Assistant shows the state", US): figures.states,
    }  # fmt: skip
    for (what, who), times in timed.items():
        parts = split(times, REPETITIONS)
        report.add(f"{what}, median", who, "ms", [statistics.median(part) * 1000 for part in parts])
        report.add(f"{what}, 95th percentile", who, "ms", [percentile(part, 95) * 1000 for part in parts])
    report.add("load: states that were delivered", US, "a second", [figures.messages])
    report.finish()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["load", port]:
            asyncio.run(_load(int(port)))
        case arguments:
            found = subprocess.run([ROOT / "script/homeassistant"], capture_output=True, text=True, check=True)
            asyncio.run(main(Path(found.stdout.strip()), float(arguments[0]) if arguments else 30))
