"""What the butler knows of the home: news made ready once, for who asks after them, beside everything else."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import aclosing
from datetime import datetime

import pytest

import hub.butler.known
from hub.butler.known import KnownHome
from hub.butler.understanding import Understander, local_time
from hub.grammar.lexicon import Lexicon
from hub.home import Device, Home, Room
from hub.messages import About

ROOMS = Home((Room(id="living", name="거실"), Room(id="bedroom", name="안방")))

BURST = 200
"""Devices that bridges announce at once."""


class Maker:
    """Makes understanders, but only while `free` is set; `made` has the homes of all."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.free.set()
        self.made: list[Home] = []
        self._began = threading.Event()

    def __call__(self, home: Home, clock: Callable[[], datetime], known: Lexicon | None) -> Understander:
        self._began.set()
        assert self.free.wait(20)
        self.made.append(home)
        return Understander(home, clock, known)

    async def began(self) -> None:
        """Wait until one is being made."""
        assert await asyncio.to_thread(self._began.wait, 20)

    def sizes(self) -> list[int]:
        """The number of devices in each home that was made ready."""
        return [len(home.devices) for home in self.made]


@pytest.fixture(autouse=True)
def maker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Maker]:
    """Who makes the understanders of the test; lets go of them at its end."""
    maker = Maker()
    monkeypatch.setattr(hub.butler.known, "Understander", maker)
    monkeypatch.setattr(hub.butler.known, "HOME_PAUSE", 0)
    yield maker
    maker.free.set()


def known(home: Home = ROOMS) -> KnownHome:
    return KnownHome(home, local_time, None)


def lamp(device: str, name: str, room: str = "거실") -> About:
    return About(id=device, bridge="lamps", type="light", name=name, room=room)


def announce(house: KnownHome, *lamps: About) -> None:
    for about in lamps:
        house.announce(about.id, about)


def targets(house: KnownHome, sentence: str, room: str | None = None) -> list[str]:
    understood = house.understand(sentence, room)
    return [target for meant in understood.intents for target in meant.targets]


async def test_a_burst_of_news_is_made_ready_once_for_all_who_ask(maker: Maker) -> None:
    house = known()
    announce(house, *(lamp(f"lamp-{number}", f"{number}번 스탠드") for number in range(BURST)))
    await asyncio.gather(*(house.caught_up() for _ in range(5)))
    assert maker.sizes() == [BURST]
    assert targets(house, f"{BURST - 1}번 스탠드 켜") == [f"lamp-{BURST - 1}"]


async def test_what_is_ready_is_not_made_again(maker: Maker) -> None:
    house = known()
    announce(house, lamp("lamp", "스탠드"))
    await house.caught_up()
    announce(house, lamp("lamp", "스탠드"))  # as after the broker was away
    house.announce("nobody", None)
    await house.caught_up()
    assert maker.sizes() == [1]


async def test_everything_goes_on_while_names_are_made_ready(maker: Maker) -> None:
    house = known()
    announce(house, lamp("lamp", "스탠드"))
    maker.free.clear()
    asked = [asyncio.create_task(house.caught_up()) for _ in range(2)]
    await maker.began()
    # The thread waits for what only the loop, which is here, will do.
    assert not any(task.done() for task in asked)
    maker.free.set()
    await asyncio.gather(*asked)
    assert maker.sizes() == [1]


async def test_who_asks_after_news_waits_for_them_and_who_asked_before_does_not(maker: Maker) -> None:
    house = known()

    async def devices() -> int:
        await house.caught_up()
        return len(house.home.devices)

    maker.free.clear()
    before = asyncio.create_task(devices())
    await maker.began()
    announce(house, lamp("lamp", "스탠드"))
    after = asyncio.create_task(devices())
    await asyncio.sleep(0)  # now it waits
    announce(house, lamp("mood", "무드등"))
    later = asyncio.create_task(devices())
    maker.free.set()
    assert await asyncio.gather(before, after, later) == [0, 2, 2]
    assert maker.sizes() == [0, 2]
    assert targets(house, "스탠드 켜") == ["lamp"]


async def test_who_asks_is_served_in_turn() -> None:
    house = known()
    served: list[int] = []

    async def ask(number: int) -> None:
        await house.caught_up()
        served.append(number)

    asking = [asyncio.create_task(ask(number)) for number in range(3)]
    await asking[0]
    await asyncio.gather(*asking, ask(3))
    assert served == [0, 1, 2, 3]


async def test_a_new_name_a_new_file_and_a_device_that_is_gone_are_known(maker: Maker) -> None:
    house = known()
    announce(house, lamp("lamp", "스탠드"))
    await house.caught_up()
    announce(house, lamp("lamp", "독서등", "안방"))
    await house.caught_up()
    assert targets(house, "독서등 켜", "안방") == ["lamp"]
    assert house.understand("스탠드 켜").refused is not None
    house.change(Home(ROOMS.rooms, (Device(id="plug", name="콘센트", type="switch", room="living"),)))
    await house.caught_up()
    assert targets(house, "콘센트 켜") == ["plug"]
    house.announce("lamp", None)
    await house.caught_up()
    assert house.understand("독서등 켜").refused is not None
    assert [device.id for device in house.home.devices] == ["plug"]
    assert maker.sizes() == [1, 1, 2, 1]


async def test_the_home_is_told_when_news_are_over_and_it_is_ready_then(maker: Maker) -> None:
    house = known()
    async with aclosing(house.settled()) as settled:
        assert await anext(settled) == ROOMS
        announce(house, *(lamp(f"lamp-{number}", f"{number}번 스탠드") for number in range(BURST)))
        assert len((await anext(settled)).devices) == BURST
        await house.caught_up()
        assert maker.sizes() == [0, BURST]


async def test_a_home_that_cannot_be_made_ready_is_logged_and_the_next_one_is_told(
    maker: Maker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    house = known()
    failed = asyncio.Event()
    loop = asyncio.get_running_loop()

    def fail(home: Home, *_: object) -> Understander:
        loop.call_soon_threadsafe(failed.set)
        raise RuntimeError("too odd a name")

    monkeypatch.setattr(hub.butler.known, "Understander", fail)
    async with aclosing(house.settled()) as settled:
        told = asyncio.ensure_future(anext(settled))
        await failed.wait()
        monkeypatch.setattr(hub.butler.known, "Understander", maker)
        announce(house, lamp("lamp", "스탠드"))
        assert len((await told).devices) == 1
    assert "too odd a name" in caplog.text
