"""A home in a real Home Assistant, and a hub that brings it in: what the tests of the way inwards share."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from brokers import TestBroker
from hass import TestHomeAssistant

from devices.homeassistant.bridge import HomeAssistantBridge
from devices.homeassistant.inward import Access
from hub.bus import Bus
from hub.butler.service import Butler
from hub.follow import Follower
from hub.home import Device, Home, Room
from hub.messages import Utterance
from hub.together import end, together

SET = "{{action: input_number.set_value, target: {{entity_id: input_number.{of}}}, data: {{value: {to}}}}}"
LAMP = {to: SET.format(of="lamp", to=to) for to in ("0", "255", '"{{ brightness }}"')}
CURTAIN = {to: SET.format(of="curtain", to=to) for to in ("0", "100", '"{{ position }}"')}

ENTITIES = f"""
demo:
input_number:
  lamp: {{min: 0, max: 255}}
  curtain: {{min: 0, max: 100}}
  mark: {{min: 0, max: 1000}}
template:
  - binary_sensor:
      - unique_id: door
        name: 현관문 센서
        device_class: door
        state: "{{{{ states('input_number.lamp') | float > 0 }}}}"
    sensor:
      - unique_id: mark
        name: Mark
        state_class: measurement
        state: "{{{{ states('input_number.mark') }}}}"
      - unique_id: warmth
        name: 거실 온도계
        device_class: temperature
        unit_of_measurement: °C
        state_class: measurement
        state: "{{{{ states('input_number.lamp') | float / 10 + 20 }}}}"
light:
  - platform: template
    lights:
      lamp:
        unique_id: lamp
        friendly_name: 독서등
        level_template: "{{{{ states('input_number.lamp') | int }}}}"
        value_template: "{{{{ states('input_number.lamp') | int > 0 }}}}"
        turn_on: {LAMP["255"]}
        turn_off: {LAMP["0"]}
        set_level: {LAMP['"{{ brightness }}"']}
      broken:
        unique_id: broken
        friendly_name: 고장등
        value_template: "{{{{ false }}}}"
        turn_on: {SET.format(of="lamp", to="1000")}
        turn_off: []
      deaf:
        unique_id: deaf
        friendly_name: 먹통등
        value_template: "{{{{ false }}}}"
        turn_on: []
        turn_off: []
cover:
  - platform: template
    covers:
      curtain:
        unique_id: curtain
        friendly_name: 암막 커튼
        device_class: curtain
        position_template: "{{{{ states('input_number.curtain') | int }}}}"
        open_cover: {CURTAIN["100"]}
        close_cover: {CURTAIN["0"]}
        set_cover_position: {CURTAIN['"{{ position }}"']}
script:
  party: {{alias: 파티 준비, sequence: [{LAMP["255"]}]}}
scene:
  - {{id: night, name: 잘 준비, entities: {{input_number.lamp: "0"}}}}
"""
"""Entities with unique ids and Korean names, and those of the demo integration."""

EXPOSED = (
    "light.lamp", "light.broken", "light.deaf", "cover.curtain", "script.party", "scene.jal_junbi",
    "binary_sensor.hyeongwanmun_senseo", "sensor.geosil_ondogye", "lock.kitchen_door", "switch.ac", "sensor.mark",
    "valve.orchard", "input_boolean.onsumaeteu",
)  # fmt: skip
"""What is exposed beside what Home Assistant exposes unasked."""


def device(entity: str) -> str:
    """The id of the device of an entity with a short id."""
    return "ha_" + entity.replace(".", "_")


def _named(entity: str, name: str, kind: str, room: str = "living") -> Device:
    return Device(id=device(entity), name=name, type=kind, room=room)


HOME = Home(
    (Room(id="living", name="거실"), Room(id="bedroom", name="안방")),
    (
        _named("lock.kitchen_door", "뒷문 도어락", "lock"),
        _named("climate.hvac", "안방 에어컨", "climate", "bedroom"),
        _named("climate.heatpump", "거실 보일러", "boiler"),
        _named("fan.percentage_full_fan", "선풍기", "fan"),
        _named("humidifier.humidifier", "가습기", "humidifier"),
        _named("vacuum.0_ground_floor", "로봇청소기", "vacuum"),
        _named("media_player.walkman", "거실 스피커", "media_player"),
        _named("media_player.lounge_room", "거실 티비", "television"),
        _named("cover.garage_door", "차고 셔터", "cover"),
        _named("valve.orchard", "가스 밸브", "valve"),
        _named("switch.ac", "충전기", "switch"),
        Device(id=device("sensor.mark"), name="Mark", type="sensor", hidden=True),
        *(
            Device(id=device(f"media_player.{name}"), name=name, type="media_player", hidden=True)
            for name in ("living_room", "bedroom", "kitchen", "browse", "group")
        ),
    ),
)
"""The home file: it gives the entities of the demo integration, which have no registry entry, Korean names."""


class Hub:
    """Everything running, and somebody who speaks in the living room."""

    def __init__(self, hass: TestHomeAssistant, broker: TestBroker) -> None:
        self.hass = hass
        self.broker = broker
        self.bus = Bus(broker.address, "follower")
        self.follower = Follower(self.bus, "living")
        self.butler = Butler(broker.address, HOME)
        self.bridge = self._made(hass.token)
        self.heard: dict[str, bytes] = {}
        self._news = asyncio.Event()
        self._mark = 0
        self._bridge: asyncio.Task[None] | None = None
        self.bus.subscribe("jipsa/#", self._hear)

    def _made(self, token: str) -> HomeAssistantBridge:
        rooms = {device("media_player.walkman"): "거실"}
        access = Access(self.hass.url, token, self.hass.folder, rooms)
        return HomeAssistantBridge(self.broker.address, prefix=None, access=access)

    def _hear(self, topic: str, payload: bytes) -> None:
        self.heard[topic] = payload
        self._news.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Hub]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.bus.running())
            await stack.enter_async_context(together([self.butler.run()]))
            self.start_bridge()
            stack.push_async_callback(self.stop_bridge)
            yield self

    def start_bridge(self, token: str | None = None) -> None:
        self.bridge = self._made(token or self.hass.token)
        self._bridge = asyncio.create_task(self.bridge.run())

    async def stop_bridge(self) -> None:
        assert self._bridge is not None
        await end(self._bridge)

    async def say(self, sentence: str, room: str | None = "거실") -> str:
        """The answer to a sentence."""
        exchange = await self.follower.ask(Utterance(text=sentence, satellite="living", room=room))
        return exchange.answered or "(no answer)"

    async def until(self, condition: Callable[[], bool], within: float = 20) -> None:
        """Wait until messages have made it true."""
        async with asyncio.timeout(within):
            while not condition():
                self._news.clear()
                await self._news.wait()

    def about(self, entity: str) -> dict[str, Any]:
        """What was announced last; empty for one that is not there."""
        return self._object(entity, "about")

    def state(self, entity: str) -> dict[str, Any]:
        return self._object(entity, "state")

    def online(self, entity: str) -> bool:
        return self.heard.get(f"jipsa/device/{device(entity)}/available") == b"online"

    def _object(self, entity: str, what: str) -> dict[str, Any]:
        payload = self.heard.get(f"jipsa/device/{device(entity)}/{what}")
        found: dict[str, Any] = json.loads(payload) if payload else {}
        return found

    async def knows(self, *entities: str) -> None:
        """Wait until these are devices that can be reached, as the butler knows, too."""
        await self.until(lambda: all(self.about(entity) and self.online(entity) for entity in entities), 30)
        async with asyncio.timeout(20):
            await self.butler.ready(map(device, entities))

    async def prepare(self, service: str, **data: Any) -> None:
        """Have Home Assistant do something, and wait until the bridge knows: what it tells comes in order."""
        self._mark += 1
        async with self.hass.socket() as socket:
            await socket.service(service, **data)
            await socket.service("input_number.set_value", "input_number.mark", value=self._mark)
        await self.until(lambda: self.state("sensor.mark").get("value") == self._mark)

    async def shows(self, entity: str, **state: Any) -> None:
        """Wait for a state of Home Assistant."""

        async def so() -> bool:
            found = (await self.hass.states())[entity]
            values = {"state": found["state"], **found["attributes"]}
            return all(values.get(name) == value for name, value in state.items())

        await self.hass.until(so, 10)


async def expose(hass: TestHomeAssistant, *entities: str, exposed: bool = True) -> None:
    """Have Home Assistant expose entities to its voice assistant, or no longer."""
    async with hass.socket() as socket:
        await socket.call(
            "homeassistant/expose_entity",
            assistants=["conversation"],
            entity_ids=list(entities),
            should_expose=exposed,
        )


@asynccontextmanager
async def hub_with_home(hass_command: Path, folder: Path) -> AsyncIterator[Hub]:
    """Home Assistant with these entities, a broker, the bridge and the butler."""
    hass = TestHomeAssistant(hass_command, folder / "hass", ENTITIES)
    broker = TestBroker("mosquitto", folder)
    await broker.start()
    try:
        await hass.start()
        async with hass.socket() as socket:
            await socket.call("input_boolean/create", name="온수매트")
            area = await socket.call("config/area_registry/create", name="Living room", aliases=["거실"])
            await socket.call(
                "config/entity_registry/update", entity_id="sensor.geosil_ondogye", area_id=area["area_id"]
            )
        await expose(hass, *EXPOSED)
        async with Hub(hass, broker).running() as hub:
            yield hub
    finally:
        await hass.stop()
        await broker.stop()
