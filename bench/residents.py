"""Who lives in the household of a soak, and what they and their things do in a busy hour (HABITS), many times as often.

What they notice is written down: how long answers took, what was never answered, when timers rang.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import aiohttp
import aiomqtt

from bench.household import BRIDGES, Household
from bench.meters import METERS, Meters
from bench.visits import Assist, Page, page, sound_in
from hub.bus import Bus
from hub.follow import Exchange, Follower
from hub.messages import SatelliteButton, SatelliteState, Say, Topic, Utterance
from hub.payloads import Value, new_id
from hub.samples import load_samples
from hub.together import together

ROOMS = {"living": "거실", "bedroom": "안방", "kitchen": "주방", "kids": "아이방", "utility": "다용도실"}
"""Satellites, each with its room."""

CONVERSATIONS = (
    ("거실 불 켜줘",),
    ("안방 불 꺼줘",),
    ("불 켜줘", "조금 어둡게 해줘", "꺼줘"),
    ("모든 불을 파란색으로 바꿔줘",),
    ("거실등 밝기 30으로 맞춰줘", "취소해줘"),
    ("주방 콘센트 켜줘",),
    ("거실 에어컨 켜줘", "24도로 맞춰줘"),
    ("에어컨 바람 세게 해줘",),
    ("거실 에어컨 꺼줘",),
    ("거실 온도 몇 도야",),
    ("공기청정기 켜줘", "공기 어때"),
    ("세탁기 얼마나 남았어",),
    ("세탁기 시작해줘",),
    ("로봇청소기 돌려줘", "충전하러 가"),
    ("냉장고 문 열려 있어",),
    ("제습기 켜줘",),
    ("가습기 꺼줘",),
    ("창문 열려 있어",),
    ("오늘 며칠이야",),
    ("내일 아침 7시에 깨워줘", "알람 뭐 있어", "알람 다 취소해줘"),
    ("장보기 목록에 우유 넣어줘", "장보기 목록에서 우유 빼줘"),
    ("저녁 8시에 약 먹으라고 알려줘", "알림 다 취소해줘"),
    ("십이 곱하기 삼은",),
    ("안녕",),
    ("집에 켜진 거 있어",),
    ("잘 자",),
    ("다녀왔어",),
    ("파인애플 좋아해",),
    ("음 그게 뭐더라",),
)
"""Sentences that are said one after another; the last two are no commands, and are answered as such."""

PROBE = "지금 몇 시야"
"""What is asked for the time of its answer: through butler and assistant, with nothing to wait for."""

PROBED, TALKED, HEARD = "“what time is it”", "all other sentences", "said to Assist, once heard"
"""What answers are to."""

TIMERS = (10, 20, 30)
"""Seconds."""

CHARTS = ("power", "energy", "temperature", "humidity")

LIGHTS = ("living_light", "bedroom_light")

LOOKS = 5.0
"""Seconds that a page stays open after what is done there."""

RINGS = 60.0
"""Seconds after its time that a timer is waited for."""


@dataclass(slots=True)
class Noticed:
    """What the residents have noticed; times are the event loop's, durations seconds."""

    done: Counter[str] = field(default_factory=Counter)
    """How often each habit was followed."""
    answers: defaultdict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    """By what was said (PROBED, TALKED, HEARD): when, and how long the answer took."""
    late: list[tuple[float, float]] = field(default_factory=list)
    """When a timer rang, and how late."""
    faults: list[str] = field(default_factory=list)
    """What went wrong."""


class Family:
    """Everybody and everything that speaks to the hub from outside. Make it before the bus runs."""

    def __init__(self, home: Household, noticed: Noticed, seed: int = 0) -> None:
        self.said: dict[str, Mapping[str, Value]] = {}
        """What each meter has said last, and what was last set by hand."""
        self._home = home
        self._noticed = noticed
        self._chance = random.Random(seed)
        self._meters = Meters(home.broker)
        self._bus = Bus(home.broker, "soak-family")
        self._follower = Follower(self._bus, "+", states=False)
        self._bus.subscribe(Topic.say("+"), self._on_say)
        self._conversations = self._shuffled(CONVERSATIONS)
        self._bridges = itertools.cycle(BRIDGES)
        samples = [sample for sample in load_samples() if "타이머" not in sample.sentence]  # would end ours
        self._sounds = [sound_in(sample.path) for sample in samples]
        self._assist = Assist(home.wyoming)
        self._ringing: dict[str, asyncio.Event] = {}
        self._talking = {satellite: asyncio.Lock() for satellite in ROOMS}
        self._web = aiohttp.ClientSession()

    @asynccontextmanager
    async def at_home(self) -> AsyncIterator[None]:
        """Be there while the block lasts."""
        async with self._web, self._bus.running(), together([self._meters.run()]):
            for satellite, room in ROOMS.items():
                self._bus.publish(Topic.satellite(satellite), SatelliteState(state="idle", room=room), retain=True)
            yield

    async def probe(self) -> None:
        """Ask what is answered at once."""
        await self._ask(PROBE, "probe", what=PROBED)

    async def talk(self) -> None:
        """Say the sentences of a conversation in one room."""
        satellite = self._chance.choice(list(ROOMS))
        async with self._talking[satellite]:
            for sentence in next(self._conversations):
                await self._ask(sentence, satellite, ROOMS[satellite])

    async def time(self) -> None:
        """Set a timer where nobody talks, so that nothing else is meant by what is said; and silence it."""
        clock = asyncio.get_running_loop().time
        seconds, satellite = self._chance.choice(TIMERS), f"timer-{new_id()[:8]}"
        self._bus.publish(Topic.satellite(satellite), SatelliteState(state="idle"), retain=True)
        exchange = await self._ask(f"{seconds}초 타이머 맞춰줘", satellite)
        if not exchange.ok or exchange.understood is None:
            raise RuntimeError(f"not set: {exchange.answered}")
        rung = self._ringing[exchange.understood.intents[0].id] = asyncio.Event()
        async with asyncio.timeout(seconds + RINGS):
            await rung.wait()
        self._noticed.late.append((clock(), clock() - exchange.answered_at - seconds))
        self._bus.publish(Topic.satellite(satellite, "button"), SatelliteButton())
        self._bus.forget(Topic.satellite(satellite))

    async def speak(self) -> None:
        """Do what Home Assistant's Assist does: sound in, text out, text in, answer out, answer in, sound out."""
        sentence = await self._assist.hear(self._chance.choice(self._sounds))
        if sentence:  # the samples are commands, but not all are understood without the name before them
            begun = asyncio.get_running_loop().time()
            answer = await self._assist.handle(sentence, f"soak-{self._chance.randrange(5)}")
            self._noticed.answers[HEARD].append((begun, asyncio.get_running_loop().time() - begun))
            await self._assist.speak(answer)

    async def report(self) -> None:
        """Have a meter say how it is."""
        meter = self._chance.choice(METERS)
        self.said[meter] = self._meters.measure(meter, self._chance)

    async def switch(self, light: str | None = None) -> None:
        """Set a light from another program."""
        light = light or self._chance.choice(LIGHTS)
        self.said[light] = {"brightness": self._chance.randint(1, 100)}
        self._bus.publish(Topic.device(light, "set"), json.dumps(self.said[light]))

    def set_again(self) -> None:
        """Set the lights once more as they were set last: nobody hears that while a bridge is restarted."""
        for light in LIGHTS:
            self._bus.publish(Topic.device(light, "set"), json.dumps(self.said[light]))

    async def look(self) -> None:
        """Open the page, read every chart, switch something, hold the microphone and speak, and close it."""
        async with self.page() as page:
            for kind in CHARTS:
                await page.call("history", kind=kind)
            await page.call("history.latency")
            await page.call("request", bridge="genie", verb="agenda")
            await page.call("set", device="kitchen_plug", values={"power": bool(self._chance.getrandbits(1))})
            await page.speak(self._chance.choice(self._sounds))
            await asyncio.sleep(self._chance.expovariate(1 / LOOKS))

    async def come_and_go(self) -> None:
        """Have a satellite appear, listen, and go."""
        topic = Topic.satellite(f"guest-{self._chance.randrange(20)}")
        async with self._connected() as client:
            for state in ("idle", "listening", "idle", "offline"):
                told = SatelliteState.model_validate({"state": state, "room": "거실"})
                await client.publish(topic, told.to_payload(), qos=1, retain=True)
                await asyncio.sleep(1)

    async def subscribe(self) -> None:
        """Be another program that reads everything, such as a Home Assistant that was restarted, for a minute."""
        async with self._connected() as client:
            for wanted in ("homeassistant/#", "jipsa/#"):
                await client.subscribe(wanted, qos=1)
            await client.publish("homeassistant/status", "online", qos=1)
            ends = asyncio.get_running_loop().time() + 60
            async for _ in client.messages:
                if asyncio.get_running_loop().time() > ends:
                    break

    async def restart(self) -> None:
        """Have the next bridge made anew, as whoever changed a setting does."""
        self._bus.publish(Topic.bridge(next(self._bridges), "request/restart"), "{}")

    def page(self) -> AbstractAsyncContextManager[Page]:
        """A page that is open while the block lasts."""
        return page(self._web, self._home.web)

    def _on_say(self, topic: str, payload: bytes) -> None:
        rung = self._ringing.pop(Say.from_payload(topic, payload).id, None)
        if rung is not None:
            rung.set()

    async def _ask(self, sentence: str, satellite: str, room: str | None = None, what: str = TALKED) -> Exchange:
        begun = asyncio.get_running_loop().time()
        exchange = await self._follower.ask(Utterance(text=sentence, satellite=satellite, room=room))
        if exchange.answered is None or not exchange.complete:
            self._noticed.faults.append(f"not answered: {sentence} ({len(exchange.replies)} replies)")
        else:
            self._noticed.answers[what].append((begun, exchange.answered_at - begun))
        return exchange

    def _connected(self) -> aiomqtt.Client:
        broker = self._home.broker
        return aiomqtt.Client(broker.host, broker.port, identifier=f"soak-{new_id()[:8]}")

    def _shuffled(self, things: tuple[tuple[str, ...], ...]) -> Iterator[tuple[str, ...]]:
        while True:
            yield from self._chance.sample(things, len(things))


class Habit(NamedTuple):
    """What is done how often in a busy hour."""

    what: str
    hourly: float
    do: Callable[[Family], Awaitable[None]]


HABITS = (
    Habit("a conversation of one to three sentences", 20, Family.talk),
    Habit(PROBED, 30, Family.probe),
    Habit("a sentence said to Assist: heard, handled, answered aloud", 8, Family.speak),
    Habit("a timer, which rings and is silenced", 5, Family.time),
    Habit("a meter tells temperature and power (30, each once a minute)", 60 * len(METERS), Family.report),
    Habit("a light is set by another program", 12, Family.switch),
    Habit("the page is opened, charts read, something switched, spoken to, closed", 6, Family.look),
    Habit("a satellite comes, listens, and goes", 2, Family.come_and_go),
    Habit("another program connects, and reads everything for a minute", 1, Family.subscribe),
    Habit("a bridge is restarted", 1, Family.restart),
)


async def live(family: Family, noticed: Noticed, speed: float, seconds: float) -> None:
    """Follow all habits for so long, each once at first and then by chance; what was begun is finished."""
    async with asyncio.TaskGroup() as group:
        for number, habit in enumerate(HABITS):
            times = _times(habit.hourly * speed / 3600, seconds, random.Random(number))
            group.create_task(_follow(habit, family, noticed, times))


def _times(rate: float, seconds: float, chance: random.Random) -> Iterator[float]:
    """When something happens that does so `rate` times a second on average: at once, and then by chance."""
    at = 0.0
    while at < seconds:
        yield at
        at += chance.expovariate(rate)


async def _follow(habit: Habit, family: Family, noticed: Noticed, times: Iterator[float]) -> None:
    clock = asyncio.get_running_loop().time
    began = clock()
    async with asyncio.TaskGroup() as group:
        for at in times:
            await asyncio.sleep(began + at - clock())
            group.create_task(_once(habit, family, noticed))


async def _once(habit: Habit, family: Family, noticed: Noticed) -> None:
    """An error is one of the hub's, to be told at the end, and no reason to stop."""
    try:
        await habit.do(family)
    except Exception as error:
        noticed.faults.append(f"{habit.what}: {error!r}")
    noticed.done[habit.what] += 1
