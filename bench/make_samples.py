"""Speak the sample commands: every entry of config/samples/samples.yaml becomes its WAV file again."""

from __future__ import annotations

import sys
import wave
from pathlib import Path

from hub.samples import load_samples
from hub.speech.kokoro import Kokoro, Manner, VoiceMissingError
from hub.speech.sound import RATE


def write_wav(path: Path, samples: bytes) -> None:
    """Write 16 kHz mono 16-bit samples."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples)


def main() -> int:
    """Make them all."""
    try:
        kokoro = Kokoro()
    except VoiceMissingError as error:
        print(error, file=sys.stderr)
        return 2
    for sample in load_samples():
        manner = Manner(sample.voice, sample.speed, sample.eo)
        write_wav(sample.path, kokoro.speak(sample.sentence, manner))
        print(f"{sample.file}  {sample.voice} ×{sample.speed:g}  {sample.sentence}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
