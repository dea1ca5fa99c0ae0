"""Music and radio: a real mpd, a real station, over a real broker."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from brokers import free_port
from genies import ManualClock, Start, ask, reply_to
from mpd import CommandError
from mpds import MPD, SONGS, TestMpd, TestRadio

from devices.attention import LONGEST
from devices.genie.bridge import GenieBridge
from devices.genie.music import deck
from devices.genie.music import player as music_player
from devices.genie.music.absent import NoMusicSkill
from devices.genie.music.deck import LONGEST_QUERY
from devices.genie.music.player import Player
from devices.genie.music.skill import MusicSkill
from devices.genie.music.stations import Station, station_like
from hub.address import BrokerAddress
from hub.bridges import MAKERS
from hub.butler.service import Butler
from hub.config import Settings
from hub.faults import OutsideError
from hub.home import Home
from hub.messages import About, Property, SatelliteState, ServiceState, Topic, Utterance

pytestmark = pytest.mark.skipif(MPD is None, reason="mpd is not installed (apt install mpd)")

STATE, AVAILABLE = Topic.device("music", "state"), Topic.device("music", "available")
SEARCH = "HassMediaSearchAndPlay"

Running = Callable[..., AbstractAsyncContextManager[GenieBridge]]


@pytest.fixture
async def mpd(tmp_path: Path) -> AsyncIterator[TestMpd]:
    async with TestMpd(tmp_path / "mpd") as server:
        for name, tags in SONGS:
            server.add(name, tags)
        await server.start()
        yield server


@pytest.fixture
async def radio() -> AsyncIterator[TestRadio]:
    server = TestRadio()
    await server.start()
    yield server
    await server.stop()


def stations(radio: TestRadio) -> list[Station]:
    return [
        Station("KBS 클래식FM", radio.url("classic"), ("클래식 라디오",)),
        Station("교통방송", radio.url("traffic")),
        Station("사라진 방송", radio.url("gone")),
    ]


@pytest.fixture
def running(started: Start, mpd: TestMpd, radio: TestRadio) -> Running:
    skill = partial(MusicSkill, player=Player("127.0.0.1", mpd.port), stations=stations(radio))
    return partial(started, more=[skill])


@pytest.fixture
async def genie(running: Running, listener: Any) -> AsyncIterator[GenieBridge]:
    async with running() as bridge:
        await online(listener)
        yield bridge


async def online(listener: Any, there: str = "online") -> None:
    await listener.until(lambda topic, body: topic == AVAILABLE and body == there.encode())


async def say(listener: Any, intent: str, target: str = "music", **slots: Any) -> str:
    """What became of an intent about the player: what is wrong, or what changed."""
    reply = await reply_to(listener, intent, slots=slots, targets=[target])
    return f"{reply.error.code}: {reply.error.message}" if reply.error else str(reply.changed)


async def becomes(mpd: TestMpd, **wanted: str) -> None:
    """Wait until mpd itself says so."""
    async with mpd.client() as client, asyncio.timeout(20):
        while (status := await client.status()) | wanted != status:
            async for _ in client.idle():
                break


async def queue(mpd: TestMpd) -> list[str]:
    async with mpd.client() as client:
        return [song["file"] for song in await client.playlistinfo()]


def activity(listener: Any, satellite: str, state: Any) -> None:
    listener.bus.publish(Topic.satellite(satellite), SatelliteState(state=state), retain=True)


# Music.


async def test_the_player_is_a_device(genie: GenieBridge, listener: Any) -> None:
    about = await listener.object(Topic.device("music", "about"))
    assert (about["type"], about["name"]) == ("media_player", "음악")
    assert about["properties"]["source"]["values"] == ["KBS 클래식FM", "교통방송", "사라진 방송"]
    await listener.object(STATE, playback="stopped", power=False, volume=100, muted=False, title=None, station=None)
    assert (await listener.object(Topic.device("radio", "about")))["type"] == "scene"


async def test_music_is_played_paused_and_gone_on_with(genie: GenieBridge, listener: Any, mpd: TestMpd) -> None:
    assert await ask(listener, "JipsaGetPlaying") == "지금은 나오는 음악이 없어요."
    assert await ask(listener, "JipsaPlayMusic") == "음악을 틀었어요."
    await becomes(mpd, state="play", playlistlength=str(len(SONGS)))
    await listener.object(STATE, playback="playing", power=True)
    assert "'paused'" in await say(listener, "HassMediaPause")
    await becomes(mpd, state="pause")
    assert "'playing'" in await say(listener, "HassMediaUnpause")
    await becomes(mpd, state="play")
    assert "'power': False" in await say(listener, "HassTurnOff")
    await becomes(mpd, state="stop")
    assert await say(listener, "HassMediaNext") == "not_found: 지금은 나오는 음악이 없어요."


@pytest.mark.parametrize(
    "said", ["아이유", "아 이유", "아이유 밤편지", "아이유의 밤편지", "밤편지", "palette", "밤 편"]
)
async def test_music_is_found_however_it_is_spaced(said: str, genie: GenieBridge, listener: Any, mpd: TestMpd) -> None:
    assert "밤편지" in await say(listener, SEARCH, search_query=said, media_class="track")
    assert ("아이유/가을 아침.flac" in await queue(mpd)) == ("이유" in said and "편지" not in said)
    await becomes(mpd, state="play")
    assert await ask(listener, "JipsaGetPlaying") == "아이유의 밤편지예요."


@pytest.mark.parametrize(
    ("said", "file"),
    [("재즈", SONGS[2][0]), ("데이브 브루벡", None), ("TAKE FIVE", SONGS[2][0]), ("자장가", SONGS[3][0])],
)
async def test_music_is_found_by_genre_and_by_strange_file_names(
    said: str, file: str | None, genie: GenieBridge, listener: Any, mpd: TestMpd
) -> None:
    answer = await say(listener, SEARCH, search_query=said)
    assert (await queue(mpd) == [file]) == (file is not None)
    if file is None:
        assert answer == f"not_found: {said}이라는 노래나 방송을 못 찾았어요. 제목이나 가수를 다시 말씀해 주세요."
    elif file == SONGS[3][0]:
        assert await ask(listener, "JipsaGetPlaying") == f"{Path(file).stem}이에요."


async def test_any_music_will_do(genie: GenieBridge, listener: Any, mpd: TestMpd) -> None:
    await say(listener, SEARCH, search_query="음악")
    assert len(await queue(mpd)) == len(SONGS)


async def test_next_and_previous(genie: GenieBridge, listener: Any) -> None:
    await say(listener, SEARCH, search_query="아이유")
    first = (await listener.object(STATE, playback="playing"))["title"]
    second = await say(listener, "HassMediaNext")
    assert first not in second
    assert first in await say(listener, "HassMediaPrevious")


@pytest.mark.parametrize("said", ["", "!?", "가" * (LONGEST_QUERY + 1)])
async def test_nothing_can_be_looked_for(said: str, genie: GenieBridge, listener: Any) -> None:
    assert await say(listener, SEARCH, search_query=said) == "not_found: 무엇을 들을지 짧게 말씀해 주세요."


@pytest.mark.parametrize("said", ['밤\n"clear"', "x\nclear\n", 'x" "y\nstop', "밤편지\r\nclear", "(artist == 'x')"])
async def test_what_is_said_is_no_command(said: str, genie: GenieBridge, listener: Any, mpd: TestMpd) -> None:
    await say(listener, SEARCH, search_query="아이유")
    assert (await say(listener, SEARCH, search_query=said)).startswith("not_found: ")
    listener.bus.publish(
        Topic.device("music", "set"), f'{{"search_query": "x\\nclear", "source": "{said[:1]}\\nclear"}}'
    )
    await listener.until(lambda topic, body: topic == Topic.bridge("genie", "log"))
    assert len(await queue(mpd)) == 2
    await becomes(mpd, state="play")
    player = Player("127.0.0.1", mpd.port)
    with pytest.raises(music_player.PlayerError, match="a line ends"):
        await player.call("add", said + "\nclear")


async def test_what_another_client_does_is_shown_at_once(genie: GenieBridge, listener: Any, mpd: TestMpd) -> None:
    async with mpd.client() as client:
        await client.add("take five.flac")
        await client.play()
        await listener.object(STATE, title="Take Five", artist="Dave Brubeck", album="Time Out", playback="playing")
        await client.setvol(42)
        await listener.object(STATE, volume=42)
        await client.random(1)
        await listener.object(STATE, shuffle=True)
    listener.bus.publish(Topic.device("music", "set"), '{"shuffle": false, "repeat": true}')
    await becomes(mpd, random="0", repeat="1")


async def test_without_songs_there_is_nothing_to_play(started: Start, listener: Any, tmp_path: Path) -> None:
    async with TestMpd(tmp_path / "empty", mixer="none") as server:
        await server.start()
        async with started(more=[partial(MusicSkill, player=Player("127.0.0.1", server.port), stations=[])]):
            await online(listener)
            assert (await ask(listener, "JipsaPlayMusic")).startswith("not_found: MPD에 노래가 없어요.")
            assert (await ask(listener, "JipsaPlayRadio")).startswith("not_found: 들을 방송이 없어요.")
            cannot = "not_supported: MPD가 소리 크기를 바꾸지 못해요. mpd.conf에 mixer_type을 적어 주세요."
            assert await say(listener, "HassSetVolume", volume_level=30) == cannot
            assert await say(listener, "HassMediaPlayerMute") == cannot


# Radio.


async def test_the_radio_really_plays(genie: GenieBridge, listener: Any, mpd: TestMpd, radio: TestRadio) -> None:
    assert await ask(listener, "JipsaPlayRadio") == "KBS 클래식FM을 틀었어요."
    assert radio.listeners == 1
    async with mpd.client() as client:
        first = float((await client.status())["elapsed"])
        async with asyncio.timeout(20):
            while float((await client.status())["elapsed"]) <= first + 0.2:
                pass
        assert (await client.status())["state"] == "play"
    await listener.object(STATE, source="KBS 클래식FM", station="KBS 클래식FM", title="봄날", playback="playing")
    assert await ask(listener, "JipsaGetPlaying") == "KBS 클래식FM에서 봄날이 나오고 있어요."
    radio.title = "여름 밤"
    await listener.object(STATE, title="여름 밤")


async def test_stations_by_name(genie: GenieBridge, listener: Any, mpd: TestMpd) -> None:
    assert await ask(listener, "JipsaPlayRadio", station="교통 방송") == "교통방송을 틀었어요."
    assert await ask(listener, "JipsaPlayRadio", station="KBS 클래식") == "KBS 클래식FM을 틀었어요."
    assert await ask(listener, "JipsaPlayRadio") == "KBS 클래식FM을 틀었어요."
    assert "교통방송" in await say(listener, "HassMediaNext")
    assert "KBS 클래식FM" in await say(listener, "HassMediaPrevious")
    assert "교통방송" in await say(listener, SEARCH, search_query="교통방송")
    listener.bus.publish(Topic.device("music", "set/source"), "KBS 클래식FM")
    await listener.object(STATE, source="KBS 클래식FM")
    unknown = await ask(listener, "JipsaPlayRadio", station="없는 방송국")
    assert unknown == "not_found: 그런 방송은 없어요. KBS 클래식FM, 교통방송, 사라진 방송이 있어요."
    for wrong in (3, None, ["KBS"], "\n"):
        assert not (await ask(listener, "JipsaPlayRadio", station=wrong)).startswith("device_error")


async def test_a_station_that_is_gone_is_told_at_once(
    genie: GenieBridge, listener: Any, mpd: TestMpd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deck, "SLOWEST", 3_600)
    told = await ask(listener, "JipsaPlayRadio", station="사라진 방송")
    assert told == "no_answer: 사라진 방송이 나오지 않아요. 인터넷과 방송 주소를 확인해 주세요."
    await becomes(mpd, state="stop")
    assert await ask(listener, "JipsaPlayRadio") == "KBS 클래식FM을 틀었어요."


async def test_what_fails_before_mpd_has_answered(
    started: Start, listener: Any, mpd: TestMpd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deck, "SLOWEST", 3_600)
    mpd.crowd()
    gone = [file for file, tags in SONGS if tags.get("artist") == "아이유"]
    for file in gone:
        (mpd.folder / "music" / file).unlink()
    async with mpd.client() as client, asyncio.timeout(20):
        await client.add(gone[0])
        refused = False
        while not refused:  # on a busy machine it may still answer first
            try:
                await client.play()
            except CommandError as error:
                refused = "Failed to decode" in str(error)
    here = [Station("사라진 방송", gone[0]), Station("남은 방송", SONGS[2][0])]
    skill = partial(MusicSkill, player=Player("127.0.0.1", mpd.port), stations=here)
    async with started(more=[skill]):
        assert (await ask(listener, "JipsaPlayRadio")).startswith("no_answer: 사라진 방송이 나오지 않아요.")
        assert await ask(listener, "JipsaPlayRadio", station="남은 방송") == "남은 방송을 틀었어요."
        assert not (await say(listener, SEARCH, search_query="아이유")).startswith("device_error")
        await becomes(mpd, state="stop", playlistlength="2")
        async with mpd.client() as client:
            await client.add(SONGS[2][0])
        assert await ask(listener, "JipsaPlayMusic") == "음악을 틀었어요."  # those that are there
        await becomes(mpd, state="play", song="2")


async def test_a_station_that_never_begins_is_told(
    genie: GenieBridge, listener: Any, mpd: TestMpd, radio: TestRadio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deck, "SLOWEST", 0.3)
    radio.sends.clear()
    assert (await ask(listener, "JipsaPlayRadio")).startswith("no_answer: KBS 클래식FM이 나오지 않아요.")
    await becomes(mpd, state="stop")


async def test_of_several_wishes_at_once_one_is_done_after_the_other(
    genie: GenieBridge, listener: Any, mpd: TestMpd, radio: TestRadio
) -> None:
    for _ in range(5):
        wishes = [ask(listener, "JipsaPlayRadio"), say(listener, SEARCH, search_query="아이유")]
        await asyncio.gather(*wishes, ask(listener, "JipsaPlayMusic"))
        found = await queue(mpd)
        assert found == [radio.url("classic")] or len(found) in {2, len(SONGS)}
        assert len(set(found)) == len(found)


async def test_the_radio_is_a_scene(genie: GenieBridge, listener: Any, mpd: TestMpd) -> None:
    await say(listener, SEARCH, search_query="아이유")
    assert await say(listener, "HassTurnOn", "radio") == "{'radio': {'power': True}}"
    await listener.object(STATE, source="KBS 클래식FM")
    assert "'playback': 'stopped'" in await say(listener, "HassMediaPause")
    assert "'playback': 'playing'" in await say(listener, "HassMediaUnpause")
    listener.bus.publish(Topic.device("radio", "set/power"), "false")
    await becomes(mpd, state="stop")
    assert "'source': None" in await say(listener, "HassTurnOn")
    assert len(await queue(mpd)) == len(SONGS)


async def test_the_station_that_was_on_last_is_kept(running: Running, listener: Any) -> None:
    async with running():
        assert await ask(listener, "JipsaPlayRadio", station="교통방송") == "교통방송을 틀었어요."
    async with running():
        assert await ask(listener, "JipsaPlayRadio") == "교통방송을 틀었어요."


def test_half_a_name_that_means_two_stations_is_none(radio: TestRadio) -> None:
    known = stations(radio)
    assert station_like("방송", known) is None
    assert station_like("클래식", known) is known[0]
    assert station_like("케이비에스 클래식 에프엠", known) is known[0]
    assert station_like("k", known) is None


# What is said.


@asynccontextmanager
async def talking(
    listener: Any, broker: BrokerAddress, *devices: str
) -> AsyncIterator[Callable[[str], Awaitable[str]]]:
    butler = Butler(broker, Home((), ()))
    serving = asyncio.create_task(butler.run())

    async def utter(text: str) -> str:
        said = Utterance(text=text, satellite="living")
        listener.bus.publish(Topic.UTTERANCE, said)
        return str((await listener.object(Topic.say("living"), utterance_id=said.id))["text"])

    try:
        await butler.ready(devices)
        yield utter
    finally:
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving


async def test_nobody_has_to_name_the_only_player(
    genie: GenieBridge, listener: Any, broker: BrokerAddress, mpd: TestMpd
) -> None:
    async with talking(listener, broker, "music", "radio") as utter:
        assert await utter("라디오 틀어줘") == "라디오를 켰어요."
        await listener.object(STATE, source="KBS 클래식FM", playback="playing")
        assert await utter("교통방송 틀어줘") == "음악에서 교통을 틀었어요."
        await listener.object(STATE, source="교통방송")
        assert await utter("라디오 들려줘") == "교통방송을 틀었어요."
        assert await utter("KBS 클래식FM 틀어줘") == "KBS 클래식FM을 틀었어요."
        assert await utter("음악 틀어줘") == "음악을 켰어요."
        await becomes(mpd, state="play", playlistlength=str(len(SONGS)))
        assert await utter("아이유 노래 틀어줘") == "음악에서 아이유를 틀었어요."
        first = await utter("이 노래 뭐야?")
        assert first in {"아이유의 밤편지예요.", "아이유의 가을 아침이에요."}
        assert await utter("다음 곡") == "음악을 다음으로 넘겼어요."
        assert await utter("이 노래 제목이 뭐야?") in {"아이유의 밤편지예요.", "아이유의 가을 아침이에요."} - {first}
        assert await utter("소리 50으로 줄여줘") == "음악 소리를 50으로 맞췄어요."
        assert await utter("소리 키워줘") == "음악 소리를 60으로 키웠어요."
        assert await utter("노래 멈춰") == "음악을 잠시 멈췄어요."
        await becomes(mpd, state="pause", volume="60")
        assert await utter("노래 틀어줘") == "음악을 틀었어요."
        await becomes(mpd, state="play")
        assert await utter("라디오 꺼줘") == "음악을 껐어요."
        await becomes(mpd, state="stop")


async def test_of_several_players_one_has_to_be_named(
    genie: GenieBridge, listener: Any, broker: BrokerAddress, mpd: TestMpd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.butler.service.OFFLINE_PATIENCE", timedelta(seconds=0.2))
    listener.bus.publish(Topic.bridge("thinq", "state"), ServiceState(state="offline"), retain=True)
    properties = {"power": Property(type="boolean", writable=True)}
    television = About(id="tv", bridge="thinq", type="television", name="티비", properties=properties)
    listener.bus.publish(Topic.device("tv", "about"), television, retain=True)
    async with talking(listener, broker, "music", "radio", "tv") as utter:
        for asked in ("소리 키워줘", "노래 멈춰", "다음 곡", "노래 틀어줘"):
            assert {"음악", "티비"} <= set(re.findall("음악|티비", await utter(asked)))
        await say(listener, "HassSetVolume", volume_level=50)
        assert await utter("음악 소리 키워줘") == "음악 소리를 60으로 키웠어요."
        assert await utter("라디오 틀어줘") == "라디오를 켰어요."


# How loud it is.


async def test_the_volume(genie: GenieBridge, listener: Any, mpd: TestMpd) -> None:
    assert "'volume': 40" in await say(listener, "HassSetVolume", volume_level=40)
    await becomes(mpd, volume="40")
    assert "'volume': 50" in await say(listener, "HassSetVolumeRelative", volume_step="up")
    assert "'muted': True" in await say(listener, "HassMediaPlayerMute")
    await becomes(mpd, volume="0")
    assert "'muted': False" in await say(listener, "HassMediaPlayerUnmute")
    await becomes(mpd, volume="50")
    assert (await say(listener, "HassSetVolume", volume_level=101)).startswith("out_of_range")


async def test_it_is_lower_while_satellites_listen_and_speak(
    genie: GenieBridge, listener: Any, mpd: TestMpd, clock: ManualClock
) -> None:
    await say(listener, "HassSetVolume", volume_level=60)
    activity(listener, "living", "listening")
    await becomes(mpd, volume="18")
    activity(listener, "living", "thinking")
    await say(listener, "HassSetVolume", volume_level=50)
    await becomes(mpd, volume="15")
    activity(listener, "living", "speaking")
    activity(listener, "kitchen", "speaking")
    activity(listener, "living", "idle")
    await say(listener, "HassMediaPause")
    await becomes(mpd, volume="15")
    activity(listener, "kitchen", "offline")
    await becomes(mpd, volume="50")
    activity(listener, "living", "thinking")
    activity(listener, "kitchen", "speaking")
    await becomes(mpd, volume="15")
    async with mpd.client() as client:
        await client.setvol(80)
        await listener.object(STATE, volume=80)
    clock.advance(LONGEST - 1)
    activity(listener, "living", "listening")
    await say(listener, "HassMediaPause")
    clock.advance(2)
    await say(listener, "HassMediaPause")
    await becomes(mpd, volume="24")
    clock.advance(LONGEST)
    await becomes(mpd, volume="80")
    volumes = {state["volume"] for state in map(_state, listener.heard) if state}
    assert volumes <= {100, 60, 50, 80}


def _state(heard: tuple[str, bytes]) -> dict[str, Any] | None:
    import json

    state: dict[str, Any] | None = json.loads(heard[1]) if heard[0] == STATE and heard[1] else None
    return state


BRIDGE = """
import asyncio, sys
from functools import partial
from pathlib import Path
from devices.attention import LONGEST
from devices.genie.bridge import GenieBridge
from devices.genie.music.player import Player
from devices.genie.music.skill import MusicSkill
from hub.address import BrokerAddress

skill = partial(MusicSkill, player=Player("127.0.0.1", int(sys.argv[1])), stations=[])
asyncio.run(GenieBridge(BrokerAddress("127.0.0.1", int(sys.argv[2])), state_dir=Path(sys.argv[3]), more=[skill]).run())
"""


async def test_it_is_not_left_low_when_the_bridge_is_killed(
    running: Running, listener: Any, mpd: TestMpd, broker: BrokerAddress, tmp_path: Path
) -> None:
    arguments = (str(mpd.port), str(broker.port), str(tmp_path / "state"))
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", BRIDGE, *arguments)
    try:
        await online(listener)
        await say(listener, "HassSetVolume", volume_level=70)
        activity(listener, "living", "listening")
        await becomes(mpd, volume="21")
    finally:
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
    activity(listener, "living", "idle")
    await becomes(mpd, volume="21")
    async with running():
        await becomes(mpd, volume="70")


async def test_it_is_not_left_low_when_the_bridge_is_stopped(running: Running, listener: Any, mpd: TestMpd) -> None:
    async with running():
        await online(listener)
        activity(listener, "living", "listening")
        await becomes(mpd, volume="30")
    await becomes(mpd, volume="100")


async def test_it_is_not_left_low_when_mpd_is_killed(genie: GenieBridge, listener: Any, mpd: TestMpd) -> None:
    await say(listener, "HassSetVolume", volume_level=70)
    activity(listener, "living", "listening")
    await becomes(mpd, volume="21")
    await mpd.stop()
    activity(listener, "living", "idle")
    await online(listener, "offline")
    await mpd.start()
    await becomes(mpd, volume="70")


# Who is there.


AWAY = "device_offline: 음악을 트는 MPD가 대답하지 않아요. 켜져 있는지 확인해 주세요."


async def test_mpd_goes_and_comes_back(
    genie: GenieBridge, listener: Any, mpd: TestMpd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(music_player, "PAUSES", (0.01, 0.05))
    monkeypatch.setattr(music_player, "HURRY", 0.2)
    listener.heard.clear()
    await mpd.stop()
    await online(listener, "offline")
    assert await ask(listener, "JipsaPlayMusic") == AWAY
    assert await say(listener, "HassMediaPause") == AWAY
    assert (await ask(listener, "HassGetCurrentTime")).startswith("지금은 ")
    listener.heard.clear()
    await mpd.start()
    await online(listener)
    assert await ask(listener, "JipsaPlayMusic") == "음악을 틀었어요."


async def test_who_wants_music_does_not_wait_for_the_next_attempt(
    started: Start, listener: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(music_player, "PAUSES", (3_600, 3_600))
    async with TestMpd(tmp_path / "late") as server:
        server.add(*SONGS[0])
        async with started(more=[partial(MusicSkill, player=Player("127.0.0.1", server.port), stations=[])]):
            await online(listener, "offline")
            monkeypatch.setattr(music_player, "HURRY", 0.1)
            assert await ask(listener, "JipsaPlayMusic") == AWAY
            await server.start()
            monkeypatch.setattr(music_player, "HURRY", 10)
            assert await ask(listener, "JipsaPlayMusic") == "음악을 틀었어요."
            await online(listener)


async def test_an_mpd_that_hangs_holds_nobody_up(
    genie: GenieBridge, listener: Any, mpd: TestMpd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(music_player, "PATIENCE", 1)
    mpd.pause(True)
    hanging = asyncio.create_task(ask(listener, "JipsaPlayMusic"))
    assert (await ask(listener, "HassGetCurrentTime")).startswith("지금은 ")
    assert not hanging.done()
    assert await hanging == AWAY
    mpd.pause(False)
    assert await ask(listener, "JipsaPlayMusic") == "음악을 틀었어요."


async def test_the_password_is_used(
    started: Start, listener: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(music_player, "HURRY", 0.5)
    more = 'password "열려라@read,add,control,admin"\ndefault_permissions ""\n'
    async with TestMpd(tmp_path / "locked", more=more) as server:
        server.add(*SONGS[0])
        await server.start("열려라")
        for password, answer in (("닫혀라", AWAY), (None, AWAY), ("열려라", "음악을 틀었어요.")):
            player = Player("127.0.0.1", server.port, password)
            async with started(more=[partial(MusicSkill, player=player, stations=[])]):
                assert await ask(listener, "JipsaPlayMusic") == answer


async def test_without_an_mpd_there_is_a_sentence(started: Start, listener: Any) -> None:
    async with started(more=[NoMusicSkill]):
        for intent in ("JipsaPlayMusic", "JipsaPlayRadio", "JipsaGetPlaying"):
            assert (await ask(listener, intent)).startswith("not_supported: 음악을 트는 MPD가 연결되어 있지 않아요.")
    assert not [topic for topic, _ in listener.heard if "/music/" in topic]


async def test_what_answers_is_no_mpd(started: Start, listener: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(music_player, "HURRY", 0.5)

    async def hello(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 \xff\xfe who are you\r\n")
        await reader.read()
        writer.close()

    port = free_port()
    skill = partial(MusicSkill, player=Player("127.0.0.1", port), stations=[])
    async with await asyncio.start_server(hello, "127.0.0.1", port), started(more=[skill]):
        assert await ask(listener, "JipsaPlayMusic") == AWAY


# The settings.


def settings(folder: Path, broker: BrokerAddress, **music: Any) -> Settings:
    url = f"mqtt://{broker.host}:{broker.port}"
    return Settings.model_validate(
        {"broker": {"url": url}, "state_dir": folder / "state", "genie": {"music": music}}, context={"folder": folder}
    )


async def test_the_settings_name_mpd_and_the_stations(
    listener: Any, broker: BrokerAddress, mpd: TestMpd, radio: TestRadio, tmp_path: Path
) -> None:
    own = {"mpd": mpd.address, "stations": [{"name": "교통방송", "aliases": ["TBS"], "url": radio.url("traffic")}]}
    async with MAKERS["genie"](settings(tmp_path, broker, **own), Home((), ())) as bridge:
        serving = asyncio.create_task(bridge.run())
        await online(listener)
        assert await ask(listener, "JipsaPlayRadio", station="티비에스") == "교통방송을 틀었어요."
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving


async def test_a_password_that_cannot_be_read_stops_the_start(broker: BrokerAddress, tmp_path: Path) -> None:
    own = {"mpd": "127.0.0.1:6600", "password_file": "nowhere"}
    with pytest.raises(OutsideError, match=r"genie\.music\.password_file: .*nowhere"):
        async with MAKERS["genie"](settings(tmp_path, broker, **own), Home((), ())):
            pass


@pytest.mark.parametrize(
    "music",
    [
        {"mpd": "localhost"},
        {"mpd": "127.0.0.1:port"},
        {"stations": [{"name": "가", "url": "http://host/a\nclear"}]},
        {"stations": [{"name": "가", "url": "file:///etc/passwd"}]},
        {"stations": [{"name": " ", "url": "http://host/a"}]},
        {
            "stations": [
                {"name": "가 나", "url": "http://host/a"},
                {"name": "다", "aliases": ["가나"], "url": "http://b"},
            ]
        },
    ],
)
def test_settings_that_cannot_be(music: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="music"):
        settings(tmp_path, BrokerAddress("127.0.0.1", 1883), **music)
