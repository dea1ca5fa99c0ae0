"""`jipsa voice` with Wyoming, and what is remembered between the services."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from assists import assist_settings
from speech.conftest import REPOSITORY
from wyoming.client import AsyncTcpClient
from wyoming.info import Describe, Info

from hub.address import BrokerAddress
from hub.config import Settings
from hub.satellite import run_voice
from hub.settings.voice import VoiceSettings
from hub.speech.recognizer import Segment
from hub.speech.sound import SoundError
from hub.together import end
from hub.wyoming.heard import KEY_BYTES, LASTS, Facts, Heard


@pytest.fixture
def settings(broker: BrokerAddress, graph: Path, tmp_path: Path) -> Settings:
    """Without a microphone and a loudspeaker; the home graph is there already."""
    changes = {
        "cache_dir": graph.parents[1],
        "home": REPOSITORY / "config/home.yaml",
        "voice": VoiceSettings(satellite="closet", microphone="off", button=None, light=None),
        "speaker": assist_settings(tmp_path).speaker.model_copy(update={"device": "off"}),
        "broker": Settings().broker.model_copy(update={"url": f"mqtt://{broker.host}:{broker.port}"}),
    }
    return assist_settings(tmp_path).model_copy(update=changes)


async def test_a_machine_without_a_microphone_serves(settings: Settings) -> None:
    running = asyncio.create_task(run_voice(settings))
    async with asyncio.timeout(60):
        while not running.done():
            try:
                async with AsyncTcpClient("127.0.0.1", settings.wyoming.port) as client:
                    await client.write_event(Describe().event())
                    event = await client.read_event()
                    break
            except ConnectionRefusedError:
                await asyncio.sleep(0.05)
    assert event is not None
    assert Info.from_event(event).asr[0].installed
    with pytest.raises(ConnectionRefusedError):  # there is nothing to lend
        await asyncio.open_connection("127.0.0.1", settings.wyoming.satellite_port)
    await end(running)


async def test_where_nobody_is_served_a_microphone_is_needed(settings: Settings) -> None:
    disabled = settings.wyoming.model_copy(update={"enabled": False})
    with pytest.raises(SoundError, match=r"voice\.microphone"):
        await run_voice(settings.model_copy(update={"wyoming": disabled}))


def test_a_text_is_known_for_a_moment() -> None:
    now = 100.0
    heard = Heard(lambda: now)
    heard.note("불 켜줘", 0.8, unsure=True)
    heard.locate("불 켜줘", "거실")
    assert heard.facts("불 켜줘") == Facts(0.8, unsure=True, room="거실")
    assert heard.facts("불 꺼줘") == Facts()
    now += LASTS
    assert heard.facts("불 켜줘") == Facts()


def test_a_sound_is_known_by_its_beginning_where_that_is_long_enough() -> None:
    heard, segment = Heard(), Segment(0, 1, "불 켜줘", 1, None)
    sound = bytes(range(250)) * 100
    heard.keep(sound, segment)
    assert heard.segment(sound[:KEY_BYTES] + b"more") == segment
    assert heard.segment(sound[2:]) is None
    heard.keep(b"", segment)
    assert heard.segment(b"") is None
