"""A whole hub for the tests of what Home Assistant sees of it: real bridges, Mosquitto, the real Home Assistant."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from brokers import TestBroker
from conftest import Listener
from hass import Socket, TestHomeAssistant

from devices.bridge import Bridge
from devices.commands import Changes
from devices.genie.bridge import GenieBridge
from devices.gpio.bridge import GpioBridge
from devices.homeassistant.bridge import HomeAssistantBridge
from devices.thinq import account, bridge
from devices.thinq.bridge import ThinqBridge
from devices.thinq.simulator.cloud import TOKEN, Simulator
from devices.thinq.simulator.household import showroom
from hub.address import BrokerAddress
from hub.assistant import skills
from hub.bus import Bus
from hub.butler.service import Butler
from hub.config import Settings
from hub.home import load_home
from hub.messages import About
from hub.together import end

CONFIG = Path(__file__).parents[1] / "config"

PATIENT = 20.0
"""Seconds that anything may take on a machine that does other things."""


class Workshop(Bridge):
    """A bridge by somebody else, with devices of types that no bridge of ours has; they do at once what is asked."""

    name = "workshop"

    def __init__(self, broker: BrokerAddress, abouts: Sequence[About], states: Mapping[str, Changes]) -> None:
        super().__init__(broker)
        self._first = abouts, states

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        abouts, states = self._first
        for about in abouts:
            self.announce(about)
            self.report(about.id, states.get(about.id, {}))
            self.available(about.id, True)
        yield

    async def set(self, device: str, changes: Changes) -> None:
        self.report(device, changes)


def _about(device: str, kind: str, name: str, **more: Any) -> About:
    return About.model_validate({"id": device, "bridge": "workshop", "type": kind, "name": name, **more})


def _switch(**more: Any) -> dict[str, Any]:
    return {"type": "boolean", "writable": True, **more}


def _number(low: float, high: float, unit: str | None = None, **more: Any) -> dict[str, Any]:
    return {"type": "integer", "writable": True, "min": low, "max": high, "unit": unit, **more}


def _choice(*values: str) -> dict[str, Any]:
    return {"type": "enum", "writable": True, "values": list(values)}


WORKSHOP = (
    _about("curtain", "cover", "커튼", room="서재", device_class="curtain",
           properties={"position": _number(0, 100, "%"), "operation": _choice("stop")}),
    _about("garage", "cover", "차고", device_class="garage", properties={"open": _switch()}),
    _about("front_door", "lock", "현관문", properties={
        "locked": _switch(), "battery": {"type": "integer", "unit": "%"}}),
    _about("gas", "valve", "가스 밸브", device_class="gas", properties={"open": _switch()}),
    _about("sprinkler", "valve", "스프링클러", device_class="water", properties={"position": _number(0, 100, "%")}),
    _about("desk_lamp", "light", "책상등", properties={
        "power": _switch(), "brightness": _number(1, 100, "%"),
        "color_temperature": _number(2700, 6500, "K", step=100)}),
    _about("desk_fan", "fan", "선풍기", properties={
        "power": _switch(), "percentage": _number(0, 100, "%"), "swing_horizontal": _switch()}),
    _about("floor", "climate", "바닥 난방", properties={
        "power": _switch(), "target_temperature": {"type": "number", "writable": True, "min": 5, "max": 35}}),
    _about("speaker", "media_player", "스피커", properties={
        "power": _switch(), "volume": _number(0, 100, "%"), "operation": _choice("play", "pause", "next"),
        "search_query": {"type": "string", "writable": True}, "title": {"type": "string"}}),
    _about("movie", "scene", "영화 모드", properties={"operation": _choice("start")}),
    _about("window", "binary_sensor", "창문", device_class="window", properties={"open": {"type": "boolean"}}),
    _about("meter", "sensor", "전력계", properties={"energy": {"type": "number", "unit": "kWh"}}),
    _about("strange", "teapot", "이상한 것", properties={"물 온도": {"type": "number", "unit": "°C"},
                                                     "차/종류": _choice("녹차", "none", "1")}),
)  # fmt: skip
"""Devices of all types besides those of our own bridges."""

WORKSHOP_STATES: Mapping[str, Changes] = {
    "curtain": {"position": 30}, "garage": {"open": False}, "front_door": {"locked": True, "battery": 80},
    "gas": {"open": True}, "sprinkler": {"position": 0}, "desk_fan": {"power": False, "percentage": 0},
    "desk_lamp": {"power": False, "brightness": 50, "color_temperature": 4000},
    "floor": {"power": True, "target_temperature": 22}, "speaker": {"power": True, "volume": 30, "title": "밤편지"},
    "window": {"open": True}, "meter": {"energy": 12.5}, "strange": {"물 온도": 90, "차/종류": "녹차"},
}  # fmt: skip


class Hub:
    """Services that can be stopped and started again one by one."""

    def __init__(self, folder: Path, simulator: Simulator, url: str, broker: TestBroker) -> None:
        self.broker = broker
        self.simulator = simulator
        self.home = load_home(CONFIG / "home.yaml")
        self.workshop: Sequence[About] = WORKSHOP
        self.bridges: dict[str, Bridge] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        more = skills(Settings(routines=CONFIG / "routines.yaml"))
        self._makers: dict[str, Callable[[], Bridge | Butler]] = {
            "thinq": lambda: ThinqBridge(
                broker.address, access_token=TOKEN, client_id="test", base_url=url, push=False, poll_seconds=3600
            ),
            "gpio": lambda: GpioBridge(broker.address, devices=self.home.devices, pins="mock"),
            "genie": lambda: GenieBridge(broker.address, state_dir=folder, more=more),
            "workshop": lambda: Workshop(broker.address, self.workshop, WORKSHOP_STATES),
            "butler": lambda: Butler(broker.address, self.home),
            "homeassistant": lambda: HomeAssistantBridge(broker.address),
        }
        self.names = tuple(self._makers)

    def start(self, *names: str) -> None:
        """Start these services, or all."""
        for name in names or self.names:
            service = self._makers[name]()
            if isinstance(service, Bridge):
                self.bridges[name] = service
            self._tasks[name] = asyncio.create_task(service.run(), name=name)

    async def stop(self, *names: str) -> None:
        """Stop these services, or all."""
        await end(*(self._tasks.pop(name) for name in names or list(self._tasks)))

    def about(self, device: str) -> About:
        """What a device is."""
        return next(one.abouts[device] for one in self.bridges.values() if device in one.abouts)

    def state(self, device: str) -> dict[str, Any]:
        """What a bridge knows of its device."""
        return next(one.states[device] for one in self.bridges.values() if device in one.states)


class House:
    """The hub, the broker, Home Assistant, and somebody who looks at all of them."""

    def __init__(self, hub: Hub, hass: TestHomeAssistant, socket: Socket, listener: Listener) -> None:
        self.hub = hub
        self.hass = hass
        self.socket = socket
        self.listener = listener

    async def until(self, condition: Callable[[], Any], within: float = PATIENT) -> Any:
        """What the condition gives as soon as it is something, sync or async."""
        async with asyncio.timeout(within):
            while True:
                found = condition()
                found = await found if asyncio.iscoroutine(found) else found
                if found:
                    return found
                await asyncio.sleep(0.02)

    async def entity(self, entity_id: str, state: str | None = None, **attributes: Any) -> dict[str, Any]:
        """An entity's state, as soon as it is this one and has these attributes."""
        seen: Any = None
        try:
            async with asyncio.timeout(PATIENT):
                while True:
                    seen = (await self.hass.states()).get(entity_id)
                    if seen is not None and _fits(seen, state, attributes):
                        return dict(seen)
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"{entity_id}: {state} {attributes} was awaited, it is {seen}") from None

    def configs(self) -> dict[str, dict[str, Any]]:
        """The discovery payloads that are on the broker now, by identifier."""
        found: dict[str, dict[str, Any]] = {}
        for topic, body in self.listener.heard:
            if topic.startswith("homeassistant/device/"):
                identifier = topic.split("/")[2]
                found.pop(identifier, None)
                if body:
                    found[identifier] = json.loads(body)
        return found

    def unique_ids(self) -> dict[str, str]:
        """Of every entity that is announced now: its unique id and its platform."""
        return {
            part["unique_id"]: part["p"]
            for config in self.configs().values()
            for part in config["cmps"].values()
            if "unique_id" in part
        }

    async def registered(self) -> dict[str, dict[str, Any]]:
        """The entities of ours that Home Assistant has registered, by unique id."""
        entries = await self.socket.entities()
        return {key: entry for key, entry in entries.items() if entry["platform"] == "mqtt"}

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[list[tuple[str, str]]]:
        """Every state that an entity takes while the block lasts, in order: its id, and the state."""
        number, events = await self.socket.subscribe("subscribe_events", event_type="state_changed")
        seen: list[tuple[str, str]] = []

        async def read() -> None:
            while True:
                data = (await events.get())["data"]
                seen.append((data["entity_id"], (data["new_state"] or {}).get("state", "gone")))

        task = asyncio.create_task(read())
        try:
            yield seen
        finally:
            await end(task)
            await self.socket.call("unsubscribe_events", subscription=number)

    async def entity_of(self, unique_id: str) -> str:
        """The entity id of a unique id, as soon as it is registered."""

        async def look() -> Any:
            return (await self.registered()).get(unique_id)

        return str((await self.until(look))["entity_id"])

    async def complete(self) -> None:
        """Wait until all devices are announced, Home Assistant has everything, and nothing of it is unavailable."""
        missing: Any = None
        try:
            async with asyncio.timeout(PATIENT):
                while missing != []:
                    await asyncio.sleep(0.1)
                    missing = await self._missing()
        except TimeoutError:
            raise AssertionError(f"still not there: {missing}") from None

    async def _missing(self) -> list[str]:
        abouts = {f"jipsa_{device}" for bridge in self.hub.bridges.values() for device in bridge.abouts}
        if missing := abouts - self.configs().keys():
            return sorted(missing)
        wanted, registered, states = self.unique_ids(), await self.registered(), await self.hass.states()
        if not wanted or wanted.keys() != registered.keys():
            return sorted(wanted.keys() ^ registered.keys()) or ["everything"]
        ids = (registered[key]["entity_id"] for key in wanted)
        return [one for one in ids if states.get(one, {}).get("state", "unavailable") == "unavailable"]


def _fits(seen: dict[str, Any], state: str | None, attributes: dict[str, Any]) -> bool:
    found = seen["attributes"]
    return state in {None, seen["state"]} and all(found.get(name) == value for name, value in attributes.items())


@asynccontextmanager
async def house(hass_command: Path, folder: Path) -> AsyncIterator[House]:
    """Everything at work, with one appliance of each of LG's types."""
    # Time stands still for the appliances, so that all is as it was set, however long the tests take.
    broker, simulator = TestBroker("mosquitto", folder), Simulator(showroom(), clock=lambda: 0.0)
    hass = TestHomeAssistant(hass_command, folder / "hass")
    async with AsyncExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(account, "CONFIRM_SECONDS", (0.0,))
        patch.setattr(bridge, "BREATH_SECONDS", 0.0)
        await broker.start()
        stack.push_async_callback(broker.stop)
        await hass.start()
        stack.push_async_callback(hass.stop)
        url = await stack.enter_async_context(simulator.serving())
        listener = Listener(Bus(broker.address, "listener"))
        for topic in ("homeassistant/#", "test/#"):
            listener.bus.subscribe(topic, listener._hear)
        await stack.enter_async_context(listener.bus.running())
        hub = Hub(folder / "state", simulator, url, broker)
        hub.start()
        stack.push_async_callback(hub.stop)
        await hass.configure("mqtt", {"broker": broker.address.host, "port": broker.address.port})
        socket = await stack.enter_async_context(hass.socket())
        yield House(hub, hass, socket, listener)
