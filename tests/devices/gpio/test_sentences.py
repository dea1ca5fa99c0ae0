"""Korean sentences that reach the pins, and answers that come from them: the real butler and the real bridge."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from gpios import Board, device

from devices.gpio.bridge import GpioBridge
from hub.bus import Bus
from hub.butler.service import Butler
from hub.follow import Follower
from hub.home import Device, Home, Room
from hub.messages import Utterance
from hub.together import together

ROOMS = (Room(id="living", name="거실"), Room(id="kitchen", name="주방"), Room(id="entrance", name="현관"))


def named(name: str, wired: Device, room: str) -> Device:
    return wired.model_copy(update={"name": name, "room": room})


HOME = Home(
    ROOMS,
    (
        named("가스 밸브", device("gas", "valve", kind="gas_valve", pin=23, closed=24, seconds=5), "kitchen"),
        named("현관문", device("door", "binary_sensor", kind="contact", pin=4), "entrance"),
        named("거실 창문", device("window", "binary_sensor", "window", kind="contact", pin=17), "living"),
        named("현관 움직임 센서", device("pir", "binary_sensor", kind="motion", pin=22, off_delay=10), "entrance"),
        named("스탠드", device("lamp", "light", kind="pwm_light", pin=12), "living"),
        named("환풍기", device("fan", "fan", kind="relay", pin=26), "kitchen"),
        named("경보기", device("horn", "siren", kind="buzzer", pin=16), "living"),
    ),
)


class Hub:
    """Butler and bridge, and somebody who speaks."""

    def __init__(self, board: Board, bridge: GpioBridge, follower: Follower) -> None:
        self.board = board
        self.bridge = bridge
        self.follower = follower

    async def say(self, sentence: str) -> str:
        """What is answered in the living room."""
        exchange = await self.follower.ask(Utterance(text=sentence, satellite="living", room="거실"))
        assert exchange.answered is not None
        return exchange.answered

    async def close_the_valve(self, *, it_moves: bool) -> str:
        """What is answered to who wants the gas valve closed, which it becomes after two seconds, or never."""
        answer = asyncio.create_task(self.say("가스 밸브 잠가줘"))
        async with asyncio.timeout(20):
            while not self.board.pins.pin(23).state:
                await asyncio.sleep(0)
        self.board.clock.advance(2)
        if it_moves:
            self.board.pins.pin(24).drive_low()
        self.board.clock.advance(4)
        return await answer

    async def change(self, pin: int, high: bool, seconds: float = 0.1) -> None:
        """Have something happen to a sensor, and let time pass until everybody knows."""
        before = dict(self.follower.states)
        (self.board.pins.pin(pin).drive_high if high else self.board.pins.pin(pin).drive_low)()
        self.board.clock.advance(seconds)
        assert await self.follower.until(lambda: self.follower.states != before, 20)


@pytest.fixture
async def hub(board: Board) -> AsyncIterator[Hub]:
    bus = Bus(board.broker, "follower")
    follower = Follower(bus, "living")
    butler = Butler(board.broker, HOME)
    async with bus.running(), board.bridge(HOME.devices) as bridge, together([butler.run()]):
        known = {device.id for device in HOME.devices}
        await butler.ready(known)
        assert await follower.until(lambda: known <= follower.states.keys(), 20)
        yield Hub(board, bridge, follower)


async def test_a_gas_valve_is_closed_by_whoever_says_so(hub: Hub) -> None:
    assert await hub.say("가스 밸브 잠겨 있어?") == "가스 밸브는 열려 있어요."
    assert await hub.close_the_valve(it_moves=True) == "가스 밸브를 잠갔어요."
    assert hub.bridge.states["gas"] == {"open": False}
    assert await hub.say("가스 밸브 닫혀 있어?") == "가스 밸브는 닫혀 있어요."


async def test_a_gas_valve_that_stays_open_is_said(hub: Hub) -> None:
    assert await hub.close_the_valve(it_moves=False) == "가스 밸브가 잠기지 않았어요. 바로 가서 확인해 주세요."


@pytest.mark.parametrize("sentence", ["가스 밸브 열어줘", "주방 가스 밸브 열어 주십시오"])
async def test_a_gas_valve_is_opened_for_nobody(sentence: str, hub: Hub) -> None:
    await hub.change(24, high=False)
    pin = hub.board.pins.pin(23)
    pin.clear_states()
    refused = "가스 밸브는 안전을 위해 말로는 잠그기만 해요. 손으로 열어 주세요."
    assert await hub.say(sentence) == refused
    assert await hub.say("응") != "가스 밸브를 열었어요."
    assert len(pin.states) == 1
    assert hub.bridge.states["gas"] == {"open": False}


async def test_doors_and_windows_are_asked_about(hub: Hub) -> None:
    assert await hub.say("현관문 열려 있어?") == "현관문은 열려 있어요."
    await hub.change(4, high=False)
    assert await hub.say("현관문 열려 있어?") == "현관문은 닫혀 있어요."
    assert await hub.say("현관문 닫혔어?") == "현관문은 닫혀 있어요."
    assert await hub.say("거실 창문 열려 있어?") == "거실 창문은 열려 있어요."


async def test_motion_is_asked_about(hub: Hub) -> None:
    assert await hub.say("현관에 움직임 있어?") == "현관에는 움직임이 없어요."
    await hub.change(22, high=True)
    assert await hub.say("움직임 있어?") == "현관에 움직임이 있어요."
    await hub.change(22, high=False, seconds=11)
    assert await hub.say("현관에 누구 있어?") == "현관에는 움직임이 없어요."


async def test_a_light_is_dimmed(hub: Hub) -> None:
    assert await hub.say("스탠드 30%로 해줘") == "스탠드 밝기를 30%로 맞췄어요."
    assert hub.board.rgb(12) == (0.3,)
    await hub.say("스탠드 더 밝게 해줘")
    assert hub.board.rgb(12) == (0.5,)
    assert await hub.say("스탠드 꺼줘") == "스탠드를 껐어요."
    assert hub.board.rgb(12) == (0,)
    await hub.say("스탠드 켜줘")
    assert hub.board.rgb(12) == (0.5,)


async def test_a_fan_and_an_alarm_are_switched(hub: Hub) -> None:
    assert await hub.say("환풍기 켜줘") == "환풍기를 켰어요."
    assert hub.board.pins.pin(26).state == 1
    assert await hub.say("경보기 켜줘") == "경보기를 켰어요."
    assert hub.board.pins.pin(16).state == 1
    assert await hub.say("경보기 꺼줘") == "경보기를 껐어요."
    assert hub.board.pins.pin(16).state == 0
