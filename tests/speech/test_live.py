"""`jipsa hear --live` at a PyAudio-shaped microphone."""

import asyncio
import csv
import io
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile
from gpiozero.pins.mock import MockFactory
from rich.console import Console
from speech.conftest import quiet
from speech.microphones import Plug, module

from hub.config import Settings
from hub.home import load_home
from hub.live import Meter, Tape, hear_live, show
from hub.samples import load_samples
from hub.speech.gate import Gate
from hub.speech.recognizer import Partial, Recognizer, Refused, Segment
from hub.speech.sound import FRAME_BYTES, RATE, Frames, SoundError, wav_frames
from hub.speech.tones import Tone, tone

HOME = Path(__file__).parents[2] / "config" / "home.yaml"
SAMPLE = load_samples()[2]  # 에어컨 제습 모드로 바꿔줘


async def frames() -> Frames:
    """A quiet room, a sample, a quiet room, a tone and again a quiet room."""
    sample = b"".join([frame async for frame in wav_frames(SAMPLE.path)])
    sound = quiet(1) + sample + quiet(2) + tone(Tone.ALARM).samples + quiet(2)
    for start in range(0, len(sound), FRAME_BYTES):
        yield sound[start : start + FRAME_BYTES]


async def shown(recognizer: Recognizer, tape: Tape) -> str:
    console = Console(file=io.StringIO(), width=120, force_terminal=True)
    await show(frames(), recognizer, Meter(Gate(), "(부름)"), lambda segment: f"told {segment.text}", tape, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


async def test_a_line_moves_and_a_line_for_each_segment_stays(recognizer: Recognizer, tmp_path: Path) -> None:
    folder = tmp_path / "heard"
    written = await shown(recognizer, Tape(folder))
    assert "told 에어컨 제습모드로 바꿔줘" in written
    assert "▮" in written
    with (folder / "heard.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert rows[0] | {"file": "", "confidence": ""} == {
        "file": "", "called": "False", "text": "에어컨 제습모드로 바꿔줘", "refused": "", "confidence": "",
    }  # fmt: skip
    assert sorted(row["file"] for row in rows) == sorted(path.name for path in folder.glob("*.wav"))
    kept, rate = soundfile.read(folder / rows[0]["file"])
    assert rate == RATE
    spoken, _ = soundfile.read(SAMPLE.path)
    # All that was said, and not much more.
    assert 0.5 * len(spoken) < len(kept) < len(spoken) + RATE
    assert np.abs(kept).max() == pytest.approx(np.abs(spoken).max(), rel=0.05)


async def test_nothing_is_kept_unless_somebody_asks(
    recognizer: Recognizer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "told 에어컨" in await shown(recognizer, Tape(None))
    assert list(tmp_path.iterdir()) == []


def test_what_is_kept_has_a_line_even_if_it_was_nothing(tmp_path: Path) -> None:
    tape = Tape(tmp_path)
    tape.take(quiet(3))
    for text, refused in (("", None), ("거실 …", Refused.NOT_A_COMMAND), ("거실/불\t켜", None)):
        tape.keep(Segment(1, 2, text, 0.5, refused), datetime(2026, 11, 27, 8, 0, len(text)))
    assert len(list(tmp_path.glob("*.wav"))) == 3
    with (tmp_path / "heard.tsv").open(encoding="utf-8") as file:
        assert [row["text"] for row in csv.DictReader(file, delimiter="\t")] == ["", "거실 …", "거실/불\t켜"]


def test_the_meter_shows_level_gate_name_and_words() -> None:
    meter = Meter(Gate(), "(부름)")
    meter.level = -30.0
    meter.partial = Partial("거실 불", called=True)
    console = Console(file=io.StringIO(), width=120)
    console.print(meter)
    assert isinstance(console.file, io.StringIO)
    assert "-30 dB" in (line := console.file.getvalue())
    assert "○ (부름) 거실 불" in line
    assert line.count("▮") + line.count("▯") == 24


async def test_it_listens_to_the_microphone_of_the_settings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], graph: Path
) -> None:
    plug = Plug(16_000)
    plug.play(*soundfile.read(SAMPLE.path))
    monkeypatch.setitem(sys.modules, "pyaudio", module(plug))
    settings = Settings.model_validate({"cache_dir": graph.parent.parent, "home": HOME})
    live = asyncio.create_task(hear_live(settings, load_home(HOME), "living", None))
    written = ""
    with suppress(TimeoutError):
        async with asyncio.timeout(90):
            while "JipsaSetMode" not in written and not live.done():
                await asyncio.sleep(0.05)
                written += capsys.readouterr().out
    live.cancel()
    await asyncio.wait([live])
    assert "USB Microphone" in written
    assert "JipsaSetMode" in written
    assert "에어컨 제습모드로 바꿔줘" in written
    settings = settings.model_copy(update={"voice": settings.voice.model_copy(update={"microphone": "seashell"})})
    with pytest.raises(SoundError, match="seashell"):
        await hear_live(settings, load_home(HOME), None, None)


async def test_nothing_is_heard_while_the_mute_switch_is_closed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], graph: Path
) -> None:
    plug, pins = Plug(16_000), MockFactory()
    plug.play(*soundfile.read(SAMPLE.path))
    monkeypatch.setitem(sys.modules, "pyaudio", module(plug))
    monkeypatch.setattr("hub.speech.button.open_pins", lambda source: pins)
    given = {"cache_dir": graph.parent.parent, "home": HOME, "voice": {"mute": 17, "button": None, "light": None}}
    switch = pins.pin(17)
    switch._set_pull = lambda value: None  # it holds the pin to ground
    switch.drive_low()
    live = asyncio.create_task(hear_live(Settings.model_validate(given), load_home(HOME), "living", None))
    written = ""

    async def until(told: str) -> None:
        nonlocal written
        async with asyncio.timeout(90):
            while told not in written:
                assert not live.done(), await live
                await asyncio.sleep(0.05)
                written += capsys.readouterr().out

    await until("voice.mute")
    assert plug.opened == 0
    switch.drive_high()
    await until("JipsaSetMode")
    assert plug.opened == 1
    switch.drive_low()
    async with asyncio.timeout(20):
        while plug.closed == 0:
            await asyncio.sleep(0.05)
    live.cancel()
    await asyncio.wait([live])
