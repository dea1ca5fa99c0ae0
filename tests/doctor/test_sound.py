"""Sound, by a real PortAudio: ALSA's settings make microphones of files, where the machine has none of its own."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from doctors import QUIET, case, nobody, outcomes, program, put, results

from hub.doctor import programs
from hub.doctor.findings import Case

pytest.importorskip("pyaudio", reason="PyAudio is not installed (script/setup)")

DEVICES = """
pcm.!default {{ type plug slave.pcm "{first}" }}
pcm.nothing {{ type null }}
"""

MICROPHONE = """
pcm.{name} {{ type file slave.pcm "nothing" file /dev/null infile "{file}" format raw }}
"""

HEARS = "speaker: {{device: 'off'}}\nvoice: {{microphone: {name}}}\n"


class Sounds:
    """The microphones of one machine, each of which hears a file."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.settings = folder / "asound.conf"
        monkeypatch.setenv("ALSA_CONFIG_PATH", str(self.settings))
        self.settings.write_text(DEVICES.format(first="nothing"))

    def add(self, name: str, samples: np.ndarray) -> None:  # type: ignore[type-arg]
        file = self.folder / f"{name}.raw"
        samples.round().clip(-32768, 32767).astype("<i2").tofile(file)
        self.add_file(name, file)

    def add_file(self, name: str, file: Path) -> None:
        with self.settings.open("a") as settings:
            settings.write(MICROPHONE.format(name=name, file=file))


@pytest.fixture
def sounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sounds:
    return Sounds(tmp_path, monkeypatch)


def noise(loud: float) -> np.ndarray:  # type: ignore[type-arg]
    return np.random.default_rng(0).normal(0, loud, 16_000 * 20)


def listening(folder: Path, name: str) -> Case:
    return case(folder, HEARS.format(name=name), root=folder)


async def test_a_room(tmp_path: Path, sounds: Sounds) -> None:
    sounds.add("Room", noise(60))
    (result,) = await results(listening(tmp_path, "room"), "microphone")
    assert (result.finding, result.outcome) == ("microphone", "ok")
    assert "Room: 조용할 때 −55 dBFS (16000 Hz)" in result.message  # 20 log 60 / 32768


async def test_a_muted_microphone(tmp_path: Path, sounds: Sounds) -> None:
    sounds.add("Muted", np.full(16_000 * 20, 37.0))  # many are not at zero
    assert await outcomes(listening(tmp_path, "Muted"), "microphone") == {"microphone_muted": "warning"}


async def test_a_microphone_that_is_too_loud(tmp_path: Path, sounds: Sounds) -> None:
    sounds.add("Shout", noise(30_000))
    assert await outcomes(listening(tmp_path, "Shout"), "microphone") == {"microphone_loud": "warning"}


async def test_a_microphone_that_is_not_there(tmp_path: Path, sounds: Sounds) -> None:
    sounds.add("Room", noise(60))
    (result,) = await results(listening(tmp_path, "Kitchen"), "microphone")
    assert (result.finding, result.outcome) == ("microphone_other", "failure")
    assert "Room" in result.message


async def test_a_microphone_that_hangs(tmp_path: Path, sounds: Sounds, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens this file waits for somebody to write into it."""
    os.mkfifo(tmp_path / "pipe")
    sounds.add_file("Pipe", tmp_path / "pipe")
    monkeypatch.setattr(programs, "PATIENCE", 3.0)
    (result,) = await results(listening(tmp_path, "Pipe"), "microphone")
    assert (result.finding, result.outcome) == ("sound_broken", "failure")


async def test_a_sound_system_that_crashes(tmp_path: Path, sounds: Sounds) -> None:
    """Without a default device, PortAudio ends the process."""
    sounds.settings.write_text("pcm.nothing { type null }\n")
    (result,) = await results(listening(tmp_path, "nothing"), "microphone")
    assert (result.finding, result.outcome) == ("sound_broken", "failure")
    assert "SIGABRT" in result.message


async def test_no_device_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "asound.conf").write_text("pcm.!default { type hw card 77 }\n")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    found = await outcomes(case(tmp_path, root=tmp_path), "microphone", "loudspeaker")
    assert found == {"microphone_none": "warning", "loudspeaker_none": "warning"}
    (result,) = await results(listening(tmp_path, "USB"), "microphone")
    assert (result.finding, result.outcome) == ("microphone_other", "failure")  # somebody counts on it


async def test_both_at_a_time(tmp_path: Path, sounds: Sounds) -> None:
    sounds.add("Room", noise(60))
    examined = case(tmp_path, "voice: {microphone: Room}\nspeaker: {device: nothing}", root=tmp_path)
    assert await outcomes(examined, "microphone", "loudspeaker") == {"microphone": "ok", "loudspeaker": "ok"}


async def test_a_loudspeaker_that_may_be_heard(tmp_path: Path, sounds: Sounds) -> None:
    played = tmp_path / "played.raw"
    with sounds.settings.open("a") as settings:
        settings.write(f'pcm.Kept {{ type file slave.pcm "nothing" file "{played}" format raw }}\n')
    examined = case(tmp_path, "speaker: {device: Kept}", root=tmp_path)
    assert await outcomes(examined, "loudspeaker") == {"loudspeaker": "ok"}
    assert not played.exists() or not np.fromfile(played, "<i2").any()
    examined = case(tmp_path, "speaker: {device: Kept}", root=tmp_path, sound=True)
    assert await outcomes(examined, "loudspeaker") == {"loudspeaker_heard": "ok"}
    assert np.abs(np.fromfile(played, "<i2").astype(int)).max() > 1000


async def test_who_listens_is_not_disturbed(tmp_path: Path, sounds: Sounds) -> None:
    """PortAudio is not even asked for its devices: it opens each one to look at it."""
    sounds.settings.write_text("pcm.nothing { type null }\n")  # it would crash
    put(tmp_path, proc__77__cmdline="/usr/bin/python3\0/opt/jipsa/current/bin/jipsa\0voice\0")
    found = await results(case(tmp_path, root=tmp_path), "microphone", "loudspeaker")
    assert [(result.finding, result.outcome) for result in found] == [
        ("microphone_used", "ok"), ("loudspeaker_used", "ok"),
    ]  # fmt: skip
    assert all("77" in result.message for result in found)


async def test_what_is_off_is_left_alone(tmp_path: Path) -> None:
    found = await outcomes(case(tmp_path, QUIET), "microphone", "loudspeaker", "voice")
    assert found == {"microphone_off": "ok", "loudspeaker_off": "ok", "voice_off": "ok"}


async def test_devices_of_somebody_else(open_folder: Path) -> None:
    """As without the group audio."""
    put(open_folder, dev__snd__pcmC0D0c="")
    (open_folder / "dev/snd/pcmC0D0c").chmod(0 if os.geteuid() else 0o660)
    examined = case(open_folder, root=open_folder)
    with nobody():
        (result,) = await results(examined, "microphone")
    assert (result.finding, result.outcome) == ("sound_denied", "failure")
    assert "-aG audio" in str(result.remedy)


async def test_nothing_is_written_past_the_doctor(
    tmp_path: Path, sounds: Sounds, capfd: pytest.CaptureFixture[str]
) -> None:
    """What ALSA and JACK complain about is nobody's business."""
    sounds.add("Room", noise(60))
    examined = case(tmp_path, "voice: {microphone: Room}\nspeaker: {device: nothing}", root=tmp_path, sound=True)
    assert await outcomes(examined, "microphone", "loudspeaker") == {"microphone": "ok", "loudspeaker_heard": "ok"}
    assert capfd.readouterr() == ("", "")


# The voice.


async def test_espeak_speaks(tmp_path: Path) -> None:
    for language in ("ko", "en"):
        (result,) = await results(case(tmp_path, f"language: {language}"), "voice")
        assert (result.finding, result.outcome) == ("espeak", "ok")
        assert result.message.split()[-1][0].isdigit()


async def test_there_is_no_espeak(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert await outcomes(case(tmp_path), "voice") == {"espeak_missing": "failure"}
    program(tmp_path, "espeak-ng", "echo 'Error: no voices' >&2; exit 1")
    (result,) = await results(case(tmp_path), "voice")
    assert (result.finding, result.outcome) == ("espeak_broken", "failure")
    assert "no voices" in result.message


async def test_a_voice_that_is_away(tmp_path: Path) -> None:
    found = await results(case(tmp_path, "speaker: {voice: 'tcp://127.0.0.1:1'}"), "voice")
    assert [(result.finding, result.outcome) for result in found] == [("espeak", "ok"), ("voice_away", "warning")]
