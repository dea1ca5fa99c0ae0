"""Tries sound devices and pins in a process of its own, which may hang or crash, and prints what it found as JSON.

    python -m hub.doctor.probe microphone|loudspeaker|pins NAME [sound]

PortAudio ends the process where it does not understand ALSA's settings, and waits for good for some devices; lgpio
leaves pipes where it is started.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import suppress
from typing import Any, Final, Literal

from hub.faults import OutsideError

SETTLING: Final = 0.3
"""Seconds that are not judged: many microphones click when they are opened."""

SECONDS: Final = 1.0

Found = dict[str, Any]


def microphone(wanted: str, _: bool) -> Found:
    """The devices; of the one that is `wanted`, its level, which is nobody's speech but the room's."""
    import pyaudio

    from hub.speech.sound import RATES, opened_audio

    named = _named(wanted, "Input")
    if "index" not in named:
        return named
    with opened_audio(pyaudio) as audio:
        for rate in RATES:
            try:
                stream = audio.open(
                    format=pyaudio.paInt16, channels=1, rate=rate, input=True, input_device_index=named["index"],
                    frames_per_buffer=rate // 20,
                )  # fmt: skip
            except (OSError, ValueError) as error:
                named["fault"] = str(error)
                continue
            stream.read(int(rate * SETTLING))
            return {**named, "rate": rate, **_level(stream.read(int(rate * SECONDS)))}
    return named


def _level(sound: bytes) -> Found:
    """How loud it is, and how far the samples are from their mean, as some devices do not mean zero by silence."""
    import numpy as np

    samples = np.frombuffer(sound, "<i2").astype(float)
    loud = samples.std() / 32768
    return {
        "dbfs": round(20 * np.log10(loud), 1) if loud else None,
        "spread": float(np.abs(samples - np.median(samples)).max()),
        "clipped": float((np.abs(samples) >= 32767).mean()),
    }


def loudspeaker(wanted: str, sound: bool) -> Found:
    """The devices; the one that is `wanted` is opened as Jipsa opens it, and makes a tone where it may be heard."""
    from hub.speech.loudspeaker import Loudspeaker
    from hub.speech.tones import Tone, tone

    named = _named(wanted, "Output")
    if "index" not in named:
        return named

    async def tried() -> None:
        mouth = Loudspeaker(wanted)
        if sound:
            await mouth.play(tone(Tone.ALARM))
            await mouth.close()
        else:
            await mouth.try_out()

    try:
        asyncio.run(tried())
    except OutsideError as error:
        return {**named, "fault": str(error)}
    return {**named, "opened": True}


def _named(wanted: str, way: Literal["Input", "Output"]) -> Found:
    """What PortAudio knows: its version, the devices, and index and name of the one that is wanted."""
    import pyaudio

    from hub.speech.sound import SoundError, find_device, opened_audio

    with opened_audio(pyaudio) as audio:
        devices = [audio.get_device_info_by_index(index) for index in range(audio.get_device_count())]
        found: Found = {"devices": [str(device["name"]) for device in devices if device[f"max{way}Channels"]]}
        with suppress(SoundError):  # the devices say it
            found["index"], found["name"] = find_device(audio, wanted, way)
        audio.terminate()
    return found


def pins(wanted: str, _: bool) -> Found:
    """Whether the pins with these numbers (a,b,c) can be had here; which of them somebody else has."""
    from gpiozero.pins.mock import MockFactory

    from hub.pins import PinsError, open_pins

    try:
        factory = open_pins("auto")
    except PinsError as error:
        return {"fault": str(error)}
    if isinstance(factory, MockFactory):
        return {"mock": True}
    return {"library": type(factory).__name__, "taken": _taken(factory, [int(pin) for pin in wanted.split(",") if pin])}


def _taken(factory: Any, numbers: list[int]) -> dict[int, str]:
    """Who has which pin, as far as lgpio can tell: https://abyz.me.uk/lg/py_lgpio.html#gpio_get_line_info"""
    if type(factory).__name__ != "LGPIOFactory":
        return {}
    import lgpio

    told = {pin: lgpio.gpio_get_line_info(factory._handle, pin) for pin in numbers}
    return {pin: str(line[4]) or "?" for pin, line in told.items() if line[2] & 1}


PROBES: Final = {"microphone": microphone, "loudspeaker": loudspeaker, "pins": pins}


def main() -> None:
    """Try what the command line names."""
    what, wanted, *more = sys.argv[1:]
    try:
        found = PROBES[what](wanted, "sound" in more)
    except OutsideError as error:
        found = {"fault": str(error)}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
