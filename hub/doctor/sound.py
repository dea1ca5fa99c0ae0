"""Sound: the microphone and how loud it is, the loudspeaker, and the voice."""

from __future__ import annotations

import json
import os
import shutil
import sys
from typing import Any, Final, Literal

from hub.doctor.findings import Case, Findings, FirstError
from hub.doctor.machine import lacks
from hub.doctor.processes import running
from hub.doctor.programs import ProgramError, output
from hub.doctor.storage import user_name

MUTED: Final = 2.0
"""Steps of 16 bits: no microphone that is on is as quiet as that."""

CLIPPED: Final = 0.001
"""Share of samples at the limit from which it is too loud to be understood."""


async def microphone(case: Case, found: Findings) -> None:
    """Whether the microphone of the settings is there and hears something; not while Jipsa itself listens."""
    wanted = case.settings.voice.microphone
    probed = await _probed(case, found, "microphone", wanted)
    if probed is None:
        return
    name = probed["name"]
    if "rate" not in probed:
        found.failure("microphone_silent", name=name, reason=probed["fault"])
    elif probed["spread"] <= MUTED:
        found.warning("microphone_muted", name=name)
    elif probed["clipped"] >= CLIPPED:
        found.warning("microphone_loud", name=name, dbfs=_decibels(probed))
    else:
        found.ok("microphone", name=name, dbfs=_decibels(probed), rate=probed["rate"])


def _decibels(probed: dict[str, Any]) -> str:
    return f"{probed['dbfs']:.0f}".replace("-", "−")


async def loudspeaker(case: Case, found: Findings) -> None:
    """Whether the loudspeaker of the settings is there and can be opened."""
    probed = await _probed(case, found, "loudspeaker", case.settings.speaker.device)
    if probed is None:
        return
    if "opened" not in probed:
        found.failure("loudspeaker_silent", name=probed["name"], reason=probed["fault"])
    elif case.sound:
        found.ok("loudspeaker_heard", name=probed["name"])
    else:
        found.ok("loudspeaker", name=probed["name"])


async def _probed(
    case: Case, found: Findings, what: Literal["microphone", "loudspeaker"], wanted: str
) -> dict[str, Any] | None:
    """What was found about a device that is there; where there is nothing to try, that is said, and it is None."""
    if wanted == "off":
        found.ok(f"{what}_off")
        return None
    if lacks("mic"):
        raise FirstError("packages")
    pid = running(case.root, "voice", "run")
    if pid is not None and not (what == "loudspeaker" and case.sound):
        found.ok(f"{what}_used", pid=pid)
        return None
    if _closed(case):
        found.failure("sound_denied", user=user_name())
        return None
    more = ["sound"] if case.sound else []
    try:
        probed: dict[str, Any] = json.loads(await output(sys.executable, "-m", "hub.doctor.probe", what, wanted, *more))
    except (ProgramError, ValueError) as error:
        found.failure("sound_broken", reason=error)
        return None
    if "name" in probed:
        return probed
    devices = ", ".join(probed.get("devices", ()))
    if "fault" in probed:
        found.failure("sound_broken", reason=probed["fault"])
    elif devices or wanted != "auto":
        found.failure(f"{what}_other", wanted=wanted, devices=devices or "-")
    else:
        found.warning(f"{what}_none")
    return None


def _closed(case: Case) -> bool:
    """Whether there are sound devices, but none that this user may use."""
    devices = list((case.root / "dev/snd").glob("pcm*"))
    return bool(devices) and not any(os.access(path, os.R_OK | os.W_OK, effective_ids=True) for path in devices)


async def voice(case: Case, found: Findings) -> None:
    """Whether there is a voice: espeak-ng, which also speaks where another one fails, and the one of the settings."""
    from hub.speech.synthesis import EspeakVoice, VoiceError, WyomingVoice

    own, language = case.settings.speaker, case.settings.language
    if own.device == "off" and not case.settings.wyoming.enabled:
        found.ok("voice_off")
        return
    if shutil.which("espeak-ng") is None:
        found.failure("espeak_missing")
    else:
        try:
            await EspeakVoice(language).speak("네" if language == "ko" else "yes")
            found.ok("espeak", version=(await output("espeak-ng", "--version")).partition(": ")[2].split()[0])
        except (VoiceError, ProgramError, OSError, IndexError) as error:
            found.failure("espeak_broken", reason=error)
    if own.voice == "kokoro" and lacks("voice"):
        raise FirstError("packages")
    if own.voice.startswith("tcp://"):
        try:
            await WyomingVoice(own.voice, language).speak("네" if language == "ko" else "yes")
            found.ok("voice", voice=own.voice)
        except VoiceError as error:
            found.warning("voice_away", voice=own.voice, reason=str(error).removeprefix(f"speaker.voice: {own.voice} "))
