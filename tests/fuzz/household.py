"""A whole hub in one process, of real services: what is sent to it, what it does, and what it keeps."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import time
from base64 import b64encode
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Never, cast

import pytest
from fuzz.oracle import ANY, Cause, causes, fits, signed, understandable
from fuzz.payloads import KEY, OUTSIDE, Sent, Words

from devices.bridge import Bridge
from devices.commands import COMMANDS, QUERIES, Changes
from devices.genie.bridge import GenieBridge
from devices.genie.routines import RoutineSkill
from devices.gpio.bridge import GpioBridge
from devices.homeassistant.bridge import HomeAssistantBridge
from devices.thinq import bridge as thinq_module
from devices.thinq.bridge import ThinqBridge
from devices.thinq.simulator.cloud import TOKEN, Simulator
from devices.thinq.simulator.household import showroom
from hub.address import BrokerAddress
from hub.bus import Bus
from hub.butler.service import Butler
from hub.config import Settings
from hub.home import Device, load_home
from hub.limits import Throttle
from hub.messages import About, Property, Topic
from hub.remote.envelope import COMMAND
from hub.remote.gate import Gate
from hub.remote.nonces import Nonces
from hub.routines import load_routines
from hub.satellite import FollowsHome
from hub.settings.remote import RemoteSettings
from hub.settings.voice import SpeakerSettings, VoiceSettings
from hub.speech.mouth import Mouth
from hub.speech.recognizer import Recognizer
from hub.speech.service import Voice
from hub.speech.synthesis import Spoken
from hub.together import end

CONFIG = Path(__file__).parents[2] / "config"

GAS_PINS = {"kind": "gas_valve", "pin": 16, "closed": 25}
GAS = Device(id="gas", name="가스 밸브", type="valve", room="kitchen", gpio=GAS_PINS)
"""A valve that is only ever closed, whoever asks."""

REMEMBERED = 2_000
"""Messages whose effects may still be on their way: an appliance takes its time."""


class Wire:
    """What a broker does, without a network: the services' own connections run on it."""

    def __init__(self) -> None:
        self.clients: set[Client] = set()
        self.passed: list[Sent] = []
        self._kept: dict[str, bytes] = {}

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        if retain:
            self._kept[topic] = payload
        self.deliver(Sent(topic, payload, ours=True))

    def deliver(self, sent: Sent) -> None:
        self.passed.append(sent)
        for client in self.clients:
            if any(matches(sent.topic, wanted) for wanted in client.filters):
                client.inbox.put_nowait(sent)

    def kept(self, wanted: str) -> Iterator[Sent]:
        return (Sent(topic, body, True) for topic, body in self._kept.items() if body and matches(topic, wanted))

    @property
    def quiet(self) -> bool:
        return all(client.inbox.empty() for client in self.clients)


class Client:
    """One connection, as far as `Bus` uses that of aiomqtt."""

    def __init__(self, wire: Wire, hand: Callable[[Any], None]) -> None:
        self.filters: list[str] = []
        self.inbox: asyncio.Queue[Sent] = asyncio.Queue()
        self._wire = wire
        self._hand = hand

    async def __aenter__(self) -> Client:
        self._wire.clients.add(self)
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._wire.clients.discard(self)

    async def subscribe(self, topic_filter: str, qos: int) -> tuple[int]:
        self.filters.append(topic_filter)
        for sent in list(self._wire.kept(topic_filter)):
            self.inbox.put_nowait(sent)
        return (qos,)

    async def publish(self, topic: str, body: bytes, qos: int, retain: bool, timeout: float) -> None:
        self._wire.publish(topic, body, retain=retain)

    @property
    def messages(self) -> Client:
        return self

    async def __anext__(self) -> Never:
        while True:
            self._hand(_Arrived(await self.inbox.get()))


class _Topic(NamedTuple):
    value: str


class _Arrived:
    def __init__(self, sent: Sent) -> None:
        self.topic, self.payload, self.retain = _Topic(sent.topic), sent.payload, sent.retained


def matches(topic: str, wanted: str) -> bool:
    """Whether a topic is among those of a filter without `#`."""
    levels, parts = topic.split("/"), wanted.split("/")
    return len(levels) == len(parts) and all(part in ("+", level) for level, part in zip(levels, parts, strict=True))


class Errors(logging.Handler):
    """Keeps what is logged as an error: nothing that comes in may lead to one."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(logging.Formatter().format(record))


class Household:
    """The services, and a judge of what they do."""

    def __init__(self, folder: Path, simulated: str, address: BrokerAddress, wire: Wire) -> None:
        self.wire = wire
        self.errors = Errors()
        self.home = load_home(CONFIG / "home.yaml")
        routines = partial(RoutineSkill, routines=load_routines(CONFIG / "routines.yaml"))
        self.thinq = ThinqBridge(
            address, access_token=TOKEN, client_id="fuzz", base_url=simulated, push=False, poll_seconds=3600
        )
        self.gpio = GpioBridge(address, devices=[*(one for one in self.home.devices if one.gpio), GAS], pins="mock")
        self.genie = GenieBridge(address, state_dir=folder, more=[routines])
        self.homeassistant = HomeAssistantBridge(address)
        self.butler = Butler(address, self.home)
        living = VoiceSettings(satellite="living", room="거실")
        mouth = Mouth(Spoken([], Path()), None, SpeakerSettings())
        self.voice = Voice(address, living, cast(Recognizer, None), mouth)  # it has no microphone to recognize
        self.follows = FollowsHome(self.voice, Settings(), Path())
        key = b64encode(OUTSIDE.public_key().public_bytes_raw()).decode()
        self.nonces = Nonces(folder, time.time)
        self.nonces._before = 0  # it has been there for a while
        self.gate = Gate(address, RemoteSettings(enabled=True, keys={KEY: key}), self.nonces)
        self.bridges: tuple[Bridge, ...] = (self.thinq, self.gpio, self.genie, self.homeassistant)
        others = (self.butler.bus, self.voice.bus, self.gate.bus)
        self.buses: tuple[Bus, ...] = (*(bridge.bus for bridge in self.bridges), *others)
        self.done: list[tuple[str, Changes]] = []
        self.commanded: set[str] = set()
        self._first: dict[str, Changes] = {}
        self._causes: deque[Cause] = deque(maxlen=REMEMBERED)
        self.commands = self.understood = self._understandable = 0
        self.let_in = self._signed = 0
        for bridge in self.bridges:
            self._watch(bridge)

    def _watch(self, bridge: Bridge) -> None:
        carry_out = bridge.set

        async def watched(device: str, changes: Changes) -> None:
            self.done.append((device, dict(changes)))
            await carry_out(device, changes)

        bridge.set = watched  # type: ignore[method-assign]

    @property
    def abouts(self) -> dict[str, About]:
        """What the real devices are."""
        return {device: about for bridge in self.bridges for device, about in bridge.abouts.items()}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: self.errors.told.append(repr(context)))
        root = logging.getLogger()
        others, root.handlers = root.handlers, [self.errors]  # pytest keeps every line, and would be what grows
        serving = [asyncio.create_task(one.run()) for one in (self.butler, self.gate, *self.bridges)]
        serving.append(asyncio.create_task(self.voice.run(None)))
        try:
            async with asyncio.timeout(60):
                while not (
                    self.thinq.holds
                    and self.thinq.announced.is_set()
                    and self.butler._home_made
                    and len(self.gpio.abouts) > 3
                ):
                    await asyncio.sleep(0.01)
                for bus in self.buses:
                    await bus.connected.wait()
                await self.butler.ready(self.abouts)
                await self.quiet()
            self._first = self._states()
            yield
        finally:
            await end(*serving)
            self.nonces.close()
            gc.collect()
            root.handlers = others

    def words(self) -> Words:
        """What this household knows."""
        devices = {device: {name: _to_try(prop) for name, prop in _mostly_writable(about)}
                   for device, about in self.abouts.items()}  # fmt: skip
        bridges = {bridge.name: tuple(bridge.abouts) for bridge in self.bridges}
        asked = (set(COMMANDS) | QUERIES | set(self.genie._handlers) | {"Nonsense"}) - {"HassGetWeather"}
        return Words(
            devices=devices, bridges={**bridges, "foreign": ()}, satellites=("living", "kitchen", "routine"),
            sentences=SENTENCES, intents=(*sorted(asked), *["HassTurnOn", "HassTurnOff"] * 20), slots=SLOTS,
        )  # fmt: skip

    # What is sent to it.

    async def take(self, sent: list[Sent]) -> None:
        """Have all of it arrive, wait until nothing is on its way, and judge what was done."""
        for one in sent:
            self.wire.deliver(one)
            TIME.seconds += 1.0
        await self.quiet()
        self.judge()

    async def quiet(self) -> None:
        """Wait until every message has arrived."""
        for _ in range(2):
            while not self.wire.quiet or any(bus.queued for bus in self.buses):
                await asyncio.sleep(0)
            await self.gate._waiting.join()
        for _ in range(5):
            await asyncio.sleep(0)

    def judge(self) -> None:
        """Nothing was an error, and whatever was done was asked for by a message that may ask for it."""
        passed, self.wire.passed = self.wire.passed, []
        abouts = self.abouts
        for topic, payload, retained, ours in passed:
            self._causes.extend(causes(topic, payload, retained, abouts))
            self._understandable += topic == Topic.UTTERANCE and understandable(payload, retained)
            self.understood += ours and topic == Topic.UNDERSTOOD
            self._signed += topic == COMMAND and signed(payload, retained, OUTSIDE.public_key())
            self.let_in += ours and _from_outside(topic, payload)
        assert self.let_in <= self._signed, "something was let in that nobody has signed"
        assert self.understood <= self._understandable, "something was understood that is no sentence"
        done, self.done = self.done, []
        self.commands += len(done)
        for device, changes in done:
            self.commanded.add(device)
            for name, value in changes.items():
                assert fits(abouts[device].properties[name], value), f"{device}.{name} was set to {value!r}"
                assert any(_leads_to(cause, device, name, value) for cause in self._causes), (
                    f"nobody asked for {device}.{name} = {value!r}"
                )
            assert not (device == GAS.id and changes.get("open")), "the gas was turned on"
        now = self._states()
        for device in self._first.keys() - self.commanded:
            assert now.get(device) == self._first[device], f"{device} has changed, and nobody told it to"
        assert not self.errors.told, self.errors.told[0]

    def _states(self) -> dict[str, Changes]:
        """Of all devices that do nothing by themselves."""
        return {device: dict(state) for one in (self.gpio, self.thinq) for device, state in one.states.items()}

    def tables(self) -> Mapping[str, int]:
        """How much is kept in each table that any service has."""
        found: dict[str, int] = {}
        for service in (*self.bridges, self.butler, self.voice, self.follows, self.gate):
            _measure(type(service).__name__, service, found, set())
        return found


def _from_outside(topic: str, payload: bytes) -> bool:
    """Whether the gate has let this in."""
    if topic != Topic.UTTERANCE and not topic.startswith(Topic.intent("")):
        return False
    sent = json.loads(payload)  # the butler's intents have an utterance_id, what was planned is of another source
    return (
        sent.get("satellite") == f"remote-{KEY}" and sent.get("source", sent.get("utterance_id", "remote")) == "remote"
    )


def _mostly_writable(about: About) -> Iterator[tuple[str, Property]]:
    read_only = [pair for pair in about.properties.items() if not pair[1].writable]
    yield from (pair for pair in about.properties.items() if pair[1].writable)
    yield from read_only[:1]


def _to_try(prop: Property) -> tuple[Any, ...]:
    """Values of which many fit the property."""
    match prop.type:
        case "boolean":
            return True, False, "on", "OFF"
        case "number" | "integer":
            low, high = prop.min or 0, 100 if prop.max is None else prop.max
            return low, high, low + (prop.step or 1), high + 1, low - 1, str(low), (low + high) / 2, True
        case "time":
            return "06:30", "none", "25:99"
    return (*(prop.values or ("아이유", "x" * 600)), "nothing of it")


def _leads_to(cause: Cause, device: str, name: str, value: Any) -> bool:
    if cause.device != device or cause.property not in {None, name}:
        return False
    return cause.value is ANY or _plain(cause.value) == _plain(value)


def _plain(value: Any) -> Any:
    """A value as every way of writing it comes to."""
    said = {"on": True, "true": True, "off": False, "false": False}.get(str(value).strip().lower(), value)
    if isinstance(said, str):
        try:
            return float(said)
        except ValueError:
            return said
    return said


def _measure(path: str, thing: Any, found: dict[str, int], seen: set[int]) -> None:
    """Walk through everything of ours, and note how long each table is."""
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, dict | set | frozenset | deque | list | tuple):
        found[path] = max(found.get(path, 0), len(thing))
        inside = thing.values() if isinstance(thing, dict) else thing
        for one in list(inside):
            _measure(f"{path}[]", one, found, seen)
    elif type(thing).__module__.startswith(("hub.", "devices.")) and not isinstance(thing, type):
        if type(thing).__module__.startswith("hub.grammar"):
            return  # what is made of the home, and not of what comes in
        names = [
            *getattr(thing, "__dict__", ()),
            *(s for c in type(thing).__mro__ for s in getattr(c, "__slots__", ())),
        ]
        for name in names:
            _measure(f"{path}.{name}", getattr(thing, name, None), found, seen)


class _Time:
    """Seconds that pass with every message, so that no flood is what is tried here."""

    seconds = 0.0


TIME = _Time()


@asynccontextmanager
async def household(
    folder: Path, patch: pytest.MonkeyPatch, address: BrokerAddress | None = None
) -> AsyncIterator[Household]:
    """A running household; without the address of a broker, on a wire of its own and with a clock of its own."""
    wire = Wire()
    if address is None:
        patch.setattr(Bus, "_client", lambda bus: Client(wire, bus._hand))
        made = Throttle.__init__
        patch.setattr(
            Throttle, "__init__", lambda self, *a, **k: made(self, *a, **{**k, "clock": lambda: TIME.seconds})
        )
    patch.setattr(thinq_module, "BREATH_SECONDS", 0.0)
    patch.setattr("hub.asking.RESEND", 0.5)
    simulator = Simulator(showroom())
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(simulator.serving(push=False))
        found = Household(folder, url, address or BrokerAddress("nowhere", 1), wire)
        await stack.enter_async_context(found.running())
        yield found


NOTHING = Words({}, {}, (), (), (), {})

SENTENCES = (
    "거실 불 켜줘", "거실 불 꺼줘", "불 다 꺼", "거실 에어컨 26도로 맞춰줘", "에어컨 켜고 불 꺼줘",
    "10분 뒤에 거실 불 꺼줘", "3분 타이머 맞춰줘", "오븐 200도로 예열해줘", "가스 밸브 열어줘", "가스 밸브 잠가줘",
    "응", "아니", "취소", "다시 말해줘", "한 번 더", "더 밝게", "안방이요", "세탁기 시작해줘", "지금 몇 시야",
    "우유 사야 해", "외출 루틴", "집 상태 알려줘", "버스가 늦었어", "ㅋㅋㅋ", "켜", "거실 불 켜고 " * 40,
    "아니 아니 거실 말고 안방", "가" * 999, "이십" * 200, "<b>불 켜줘</b>", "불 켜줘\x00", "\u202e줘켜 불",
)  # fmt: skip

SLOTS: Mapping[str, Any] = {
    "name": ("거실등", "없는 것"), "area": ("거실", "우주"), "temperature": (18, 26, 99, "26"),
    "brightness": (0, 50, 101), "color": ("red", "파랑"), "mode": ("cool", "heat"), "position": (0, 100),
    "percentage": (10,), "step": (1, 10**6), "property": ("temperature", "brightness", "__class__"),
    "direction": ("up", "down", "left"), "hours": (0, 1, 10**9), "minutes": (1, 90), "seconds": (30, -5),
    "time": ("19:00", "29:99"), "date": ("2026-12-01", "2026-02-30"), "days": ("daily", ["mon", "fri"], "never"),
    "conversation_command": ("불 꺼줘", ""), "message": ("약 먹으라고", "x" * 999), "item": ("우유", "빵, 우유"),
    "number": (1, 10**41), "operator": ("plus", "power"), "number_2": (2, 0),
    "expression": ("1+1", "9^9^9^9", "(" * 60), "topic": ("who",), "state": ("on", "off"), "all": (True,),
    "feature": ("light", "__init__"), "swing": ("both",), "burner": ("left",), "power_level": (3,), "query": ("왜?",),
    "volume_level": (10, 1000), "search_query": ("아이유",), "station": ("KBS",), "unit": ("m",), "to_unit": ("km",),
    "timer_id": ("x",), "fan_mode": ("low",), "compartment": ("freezer",), "device_class": ("battery",),
}  # fmt: skip
