"""What the pins drive, over a real broker: the start, the end, buzzers, and a valve that is only ever closed."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest
from conftest import Listener
from gpios import Board, device, do

from devices.gpio.buzzer import LONGEST, TONES
from hub.address import BrokerAddress
from hub.messages import ErrorCode, Intent, Reply, Topic

# The start and the end.


async def test_what_is_to_be_on_at_the_start_is_on(board: Board, listener: Listener) -> None:
    devices = [
        device("plug", "switch", kind="relay", pin=23, initial="on"),
        device("board", "switch", kind="relay", pin=24, initial="on", active_high=False),
        device("lamp", "light", kind="rgb_light", red=17, green=27, blue=22, initial="on"),
    ]
    async with board.bridge(devices):
        assert (board.pins.pin(23).state, board.pins.pin(24).state) == (1, 0)
        assert board.rgb(17, 27, 22) == (1, 1, 1)
        for name in ("plug", "board", "lamp"):
            await listener.object(Topic.device(name, "state"), power=True)


RESTORED = [
    device("plug", "switch", kind="relay", pin=23, initial="restore"),
    device("lamp", "light", kind="rgb_light", red=17, green=27, blue=22, initial="restore"),
    device("led", "light", kind="led", pin=16),
]


async def test_several_devices_are_set_at_once(board: Board, listener: Listener) -> None:
    async with board.bridge(RESTORED):
        reply = await do(listener, "JipsaSet", "plug", "led", power="on")
        assert reply.changed == {"plug": {"power": True}, "led": {"power": True}}
        reply = await do(listener, "JipsaSet", "lamp", "led", color="red", power=True)  # the one cannot, the other does
        assert reply.error is not None
        assert reply.error.code == ErrorCode.NOT_SUPPORTED
        assert reply.changed["lamp"]["color"] == "red"
        assert "led" not in reply.changed


async def test_what_is_to_be_restored_is_as_it_was(board: Board, listener: Listener, tmp_path: Path) -> None:
    async with board.bridge(RESTORED, state_dir=tmp_path):
        assert board.pins.pin(23).state == 0
        await do(listener, "HassTurnOn", "plug", "led")
        await do(listener, "HassLightSet", "lamp", color="red", brightness=40)
    assert (board.pins.pin(23).state, board.rgb(17, 27, 22)) == (0, (0, 0, 0))
    async with board.bridge(RESTORED, state_dir=tmp_path) as again:
        assert board.pins.pin(23).state == 1
        assert board.rgb(17, 27, 22, 16) == (0.4, 0, 0, 0)
        assert again.states["lamp"] == {"power": True, "brightness": 40, "color": "red"}
        assert again.states["led"] == {"power": False}


async def test_what_is_restored_is_on_the_disk_before_a_power_cut(
    board: Board, listener: Listener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.gpio.kept.PAUSE", 0.01)
    async with board.bridge(RESTORED, state_dir=tmp_path):
        await do(listener, "HassTurnOn", "plug")
        async with asyncio.timeout(30):
            while kept(tmp_path).get("plug") != {"power": True}:
                await asyncio.sleep(0.01)


def kept(folder: Path) -> dict[str, object]:
    file = folder / "gpio.json"
    return dict(json.loads(file.read_text())) if file.exists() else {}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"plug": 3}',
        '{"plug": {"power": "loud"}}',
        '{"plug": {"colour": 1}}',
        '{"lamp": {"brightness": 900}}',
    ],
)
async def test_what_was_kept_and_is_nonsense_is_off(
    content: str, board: Board, listener: Listener, tmp_path: Path
) -> None:
    (tmp_path / "gpio.json").write_text(content)
    async with board.bridge(RESTORED, state_dir=tmp_path) as bridge:
        await listener.object(Topic.device("plug", "state"), power=False)
        assert bridge.states["lamp"] == {"power": False, "brightness": 100, "color": "white"}


# Buzzers.


async def test_a_buzzer_beeps_once_and_is_silent(board: Board, listener: Listener) -> None:
    async with board.bridge([device("beeper", "siren", kind="buzzer", pin=18)]):
        listener.bus.publish(Topic.device("beeper", "set/tone"), "double_beep")
        await listener.object(Topic.device("beeper", "state"), power=True, tone="double_beep")
        pin = board.pins.pin(18)
        assert pin.state == 1
        pin.clear_states()
        board.clock.advance(1)
        assert [state.state for state in pin.states[1:]] == [0, 1, 0]
        await listener.object(Topic.device("beeper", "state"), power=False, tone="double_beep")


async def test_an_alarm_sounds_until_it_is_turned_off_or_long_enough(board: Board, listener: Listener) -> None:
    async with board.bridge([device("horn", "siren", kind="buzzer", pin=18, active_high=False)]) as bridge:
        pin = board.pins.pin(18)
        assert (await do(listener, "HassTurnOn", "horn")).changed == {"horn": {"power": True}}
        board.clock.advance(30)
        assert bridge.states["horn"] == {"power": True, "tone": "alarm"}
        assert (await do(listener, "HassTurnOff", "horn")).changed == {"horn": {"power": False}}
        assert pin.state == 1
        board.clock.advance(5)
        assert pin.state == 1
        await do(listener, "HassTurnOn", "horn")
        assert pin.state == 0
        board.clock.advance(LONGEST + 1)
        assert bridge.states["horn"]["power"] is False
        assert pin.state == 1


async def test_a_tonal_buzzer_plays_notes(board: Board, listener: Listener) -> None:
    async with board.bridge([device("beeper", "siren", kind="tonal_buzzer", pin=18)]):
        listener.bus.publish(Topic.device("beeper", "set"), '{"tone": "chime"}')
        await listener.object(Topic.device("beeper", "state"), power=True, tone="chime")
        pin = board.pins.pin(18)
        notes = []
        for _, seconds in TONES["chime"]:
            notes.append(pin.frequency)
            board.clock.advance(seconds + 1e-6)
        assert notes == [pytest.approx(659, abs=1), None, pytest.approx(523, abs=1)]
        assert pin.frequency is None
        await listener.object(Topic.device("beeper", "state"), power=False)


@pytest.mark.parametrize("tone", TONES)
async def test_every_tone_is_one_that_the_buzzer_can_play(tone: str, board: Board, listener: Listener) -> None:
    async with board.bridge([device("beeper", "siren", kind="tonal_buzzer", pin=18)]) as bridge:
        listener.bus.publish(Topic.device("beeper", "set/tone"), tone)
        await listener.object(Topic.device("beeper", "state"), power=True, tone=tone)
        board.clock.advance(sum(seconds for _, seconds in TONES[tone]) * 2)
        assert bridge.states["beeper"]["power"] is (tone == "alarm")


async def test_a_tone_that_nobody_knows_is_refused(board: Board, listener: Listener) -> None:
    async with board.bridge([device("beeper", "siren", kind="buzzer", pin=18)]):
        listener.bus.publish(Topic.device("beeper", "set/tone"), "symphony")
        await listener.object(Topic.bridge("gpio", "log"), level="warning")
        assert board.pins.pin(18).state == 0


# A gas valve.

VALVE = device("gas", "valve", kind="gas_valve", pin=23, closed=24, seconds=5)


async def driven(board: Board, listener: Listener) -> Intent:
    """The intent to close the valve, when it has begun."""
    sent = Intent(intent="HassTurnOff", targets=["gas"])
    listener.bus.publish(Topic.intent("gpio"), sent)
    async with asyncio.timeout(20):
        while not board.pins.pin(23).state:
            await asyncio.sleep(0)
    return sent


async def test_a_gas_valve_is_closed_and_the_contact_says_so(board: Board, listener: Listener) -> None:
    async with board.bridge([VALVE]) as bridge:
        await listener.object(Topic.device("gas", "state"), open=True)
        sent = await driven(board, listener)
        board.clock.advance(4)
        assert board.pins.pin(23).state == 1
        board.pins.pin(24).drive_low()  # closed
        board.clock.advance(2)
        reply = Reply.model_validate(await listener.object(Topic.reply(sent.id)))
        assert reply.changed == {"gas": {"open": False}}
        assert board.pins.pin(23).state == 0
        heard = len(listener.heard)
        board.pins.pin(24).drive_high()  # somebody cooks
        board.clock.advance(1)
        await listener.until(lambda topic, payload: len(listener.heard) > heard and b'"open": true' in payload)
        assert bridge.states["gas"] == {"open": True}


async def test_a_gas_valve_that_does_not_close_is_told(board: Board, listener: Listener) -> None:
    async with board.bridge([VALVE]):
        sent = await driven(board, listener)
        board.clock.advance(6)
        reply = Reply.model_validate(await listener.object(Topic.reply(sent.id)))
        assert reply.error is not None
        assert reply.error.code == ErrorCode.DEVICE_ERROR
        assert "잠기지 않았어요" in reply.error.message
        assert board.pins.pin(23).state == 0


async def test_nobody_opens_a_gas_valve(board: Board, listener: Listener) -> None:
    async with board.bridge([VALVE]) as bridge:
        pin = board.pins.pin(23)
        pin.clear_states()
        for confirmed in (False, True):
            sent = Intent(intent="HassTurnOn", targets=["gas"], confirmed=confirmed)
            listener.bus.publish(Topic.intent("gpio"), sent)
            reply = Reply.model_validate(await listener.object(Topic.reply(sent.id)))
            assert reply.error is not None
            assert reply.error.code == ErrorCode.NOT_ALLOWED
        for topic, payload in (
            ("set", '{"open": true}'),
            ("set/open", "true"),
            ("set/open", "ON"),
            ("set/power", "on"),
        ):
            listener.bus.publish(Topic.device("gas", topic), payload)
        for intent, slots in (
            ("JipsaSetFeature", {"feature": "open", "state": "on"}),
            ("HassSetPosition", {"position": 100}),
            ("JipsaSet", {"open": True}),
            ("JipsaStart", {}),
        ):
            assert not (await do(listener, intent, "gas", **slots)).ok
        async with asyncio.timeout(30):
            while len(listener.all(Topic.bridge("gpio", "log"))) < 4:
                await asyncio.sleep(0)
        assert len(pin.states) == 1
        assert bridge.states["gas"] == {"open": True}


async def test_without_a_contact_nobody_knows_how_a_gas_valve_is(board: Board, listener: Listener) -> None:
    async with board.bridge([device("gas", "valve", kind="gas_valve", pin=23)]) as bridge:
        sent = await driven(board, listener)
        board.clock.advance(6)
        reply = Reply.model_validate(await listener.object(Topic.reply(sent.id)))
        assert reply.ok
        assert bridge.states["gas"] == {"open": None}


async def test_a_bridge_that_ends_lets_go_of_the_valve(board: Board, listener: Listener) -> None:
    async with board.bridge([VALVE]):
        await driven(board, listener)
    assert board.pins.pin(23).state == 0


PROGRAM = """
import sys
from gpiozero.pins.mock import MockFactory, MockPin
from devices.gpio import bridge
from hub.cli import main

class Pin(MockPin):
    def _change_state(self, value):
        changed = super()._change_state(value)
        if changed and self.function == "output":
            print(self.info.name, int(value), flush=True)
        return changed

bridge.open_pins = lambda _: MockFactory(pin_class=Pin)
sys.argv = ["jipsa", "bridge", "gpio", "--config", sys.argv[1]]
main()
"""


async def test_a_process_that_is_asked_to_end_turns_everything_off(
    broker: BrokerAddress, listener: Listener, tmp_path: Path
) -> None:
    (tmp_path / "jipsa.yaml").write_text(f"broker: {{embedded: false, url: 'mqtt://127.0.0.1:{broker.port}'}}\n")
    (tmp_path / "home.yaml").write_text(
        "devices:\n"
        "  - {id: plug, name: 콘센트, type: switch, gpio: {kind: relay, pin: 23}}\n"
        "  - {id: heater, name: 히터, type: switch, gpio: {kind: relay, pin: 24, active_high: false}}\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, str(tmp_path / "jipsa.yaml"), stdout=PIPE, cwd=Path(__file__).parents[3]
    )
    try:
        await listener.until(
            lambda topic, payload: (topic, payload) == (Topic.device("heater", "available"), b"online")
        )
        assert (await do(listener, "HassTurnOn", "plug", "heater")).ok
        process.terminate()
        out, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert out.decode().split("\n")[:-1] == ["GPIO24 1", "GPIO23 1", "GPIO24 0", "GPIO23 0", "GPIO24 1"]
