import asyncio
import sys
from collections.abc import Iterator

import numpy as np
import pytest
from speech.loudspeakers import Jack

from hub.speech.clip import Clip
from hub.speech.loudspeaker import Loudspeaker
from hub.speech.sound import SoundError
from hub.speech.tones import NOTES, Tone, tone

HUM = Clip((np.sin(2 * np.pi * 310 * np.arange(16_000) / 16_000) * 20_000).astype("<i2").tobytes(), 16_000)


@pytest.fixture(params=[16_000, 44_100, 48_000])
def jack(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Jack]:
    jack = Jack(request.param)
    monkeypatch.setitem(sys.modules, "pyaudio", jack.module())
    monkeypatch.setattr("hub.speech.loudspeaker.LONGEST_GAP", 1.0)
    yield jack
    assert jack.closed == jack.opened


STEP = 20_000 * 2 * np.pi * 310 * 1.3
"""By how much the hum rises in a second at most; more is a click."""


def largest_step(jack: Jack) -> float:
    """The steepest rise of what was played, for a second."""
    return float(np.abs(np.diff(np.concatenate([[0], jack.played, [0]]).astype(int))).max()) * jack.rate


async def begun(jack: Jack, loudspeaker: Loudspeaker, seconds: float) -> asyncio.Task[None]:
    """The hum being played in real time, so many seconds of which were heard."""
    jack.slowly = True
    playing = asyncio.create_task(loudspeaker.play(HUM))
    while len(jack.played) < jack.rate * seconds:
        await asyncio.sleep(0.01)
    return playing


async def test_a_clip_is_played_at_the_rate_of_the_device(jack: Jack) -> None:
    loudspeaker = Loudspeaker()
    await loudspeaker.play(HUM)
    await loudspeaker.close()
    assert len(jack.played) / jack.rate == pytest.approx(1, abs=0.05)
    spectrum = np.abs(np.fft.rfft(jack.played))
    assert spectrum.argmax() * jack.rate / len(jack.played) == pytest.approx(310, abs=2)


async def test_it_neither_clicks_at_the_beginning_nor_when_it_is_broken_off(jack: Jack) -> None:
    loudspeaker = Loudspeaker()
    playing = await begun(jack, loudspeaker, 0.25)
    playing.cancel()
    await asyncio.wait([playing])
    loud = len(jack.blocks)
    while any(jack.blocks[-1]):
        await asyncio.sleep(0.01)
    assert len(jack.blocks) - loud <= 6  # 0.1 s
    await loudspeaker.close()
    assert largest_step(jack) < STEP


async def test_what_follows_a_clip_that_was_broken_off_waits_for_its_end(jack: Jack) -> None:
    loudspeaker = Loudspeaker()
    playing = await begun(jack, loudspeaker, 0.25)
    playing.cancel()
    await asyncio.wait([playing])
    await loudspeaker.play(tone(Tone.WAKE))
    await loudspeaker.close()
    assert largest_step(jack) < 1.5 * STEP  # the tone is higher
    assert len(jack.played) / jack.rate > 0.25 + tone(Tone.WAKE).seconds * 0.9


async def test_it_becomes_quieter_while_it_plays(jack: Jack) -> None:
    loudspeaker = Loudspeaker()
    playing = await begun(jack, loudspeaker, 0.5)
    loudspeaker.gain = 0.1
    await playing
    await loudspeaker.close()
    tenth = jack.rate // 10
    assert np.abs(jack.played[tenth : 2 * tenth]).max() == pytest.approx(20_000, rel=0.05)
    assert np.abs(jack.played[-tenth:]).max() == pytest.approx(2_000, rel=0.05)


async def test_a_loudspeaker_that_was_unplugged_is_opened_again(jack: Jack) -> None:
    loudspeaker = Loudspeaker("speaker")
    playing = await begun(jack, loudspeaker, 0.02)
    jack.there.clear()
    while not jack.closed:
        await asyncio.sleep(0.01)
    jack.there.set()
    await asyncio.gather(playing, return_exceptions=True)
    jack.blocks.clear()
    await loudspeaker.play(HUM)
    await loudspeaker.close()
    assert jack.opened >= 2
    assert len(jack.played) / jack.rate == pytest.approx(1, abs=0.05)


async def test_what_is_wrong_is_told(jack: Jack, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SoundError, match=r"speaker.device: no loudspeaker is called 'seashell'; there are USB Speaker"):
        await Loudspeaker("seashell").play(HUM)
    jack.names = ["USB Microphone"]
    with pytest.raises(SoundError, match=r"no loudspeaker was found"):
        await Loudspeaker().play(HUM)
    monkeypatch.setitem(sys.modules, "pyaudio", None)
    with pytest.raises(SoundError, match="PyAudio is not installed"):
        await Loudspeaker().play(HUM)


@pytest.mark.parametrize("name", Tone)
def test_a_tone_is_short_soft_and_its_own(name: Tone) -> None:
    clip = tone(name)
    sound = np.frombuffer(clip.samples, "<i2").astype(int)
    assert clip.seconds < (0.7 if name is Tone.ALARM else 0.3)
    assert np.abs(np.diff(sound)).max() < 2_500
    assert abs(sound[0]) < 100
    assert abs(sound[-1]) < 100
    spectrum = np.abs(np.fft.rfft(sound, 1 << 17))
    assert spectrum.argmax() * clip.rate / (1 << 17) == pytest.approx(max(NOTES[name], key=lambda n: n[1])[0], abs=15)
    assert len({NOTES[other] for other in Tone}) == len(Tone)
