"""What this hub tells Home Assistant of its services."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from wyoming.info import (
    AsrModel,
    AsrProgram,
    Attribution,
    HandleModel,
    HandleProgram,
    Info,
    IntentModel,
    IntentProgram,
    MicProgram,
    Satellite,
    SndProgram,
    TtsProgram,
    TtsVoice,
    WakeModel,
    WakeProgram,
)

from hub.config import Settings
from hub.texts import text
from hub.wyoming.audio import MONO


def services_info(settings: Settings) -> Info:
    """Recognition, voice, wake word and butler, all called by the name of the hub."""
    program = _artifact(text("wyoming.name", settings.language), text("wyoming.description", settings.language))
    spoken: dict[str, Any] = {"languages": [settings.language]}
    voice = _artifact(_voice_id(settings), text("wyoming.voice", settings.language))
    butler = _artifact("butler", text("wyoming.handle", settings.language))
    return Info(
        # The grammar is Korean whatever language the hub answers in.
        asr=[
            AsrProgram(
                **program,
                models=[AsrModel(**_artifact("home", text("wyoming.asr", settings.language)), languages=["ko"])],
                # What comes is decoded as it is: a quiet room needs no louder voices, and has a suppressor of its own.
                prefers_auto_gain_enabled=False,
                prefers_noise_reduction_enabled=False,
            )
        ],
        handle=[
            HandleProgram(
                **program,
                models=[HandleModel(**butler, languages=["ko"])],
                supports_home_control=True,
            )
        ],
        intent=[IntentProgram(**program, models=[IntentModel(**butler, languages=["ko"])])],
        tts=[TtsProgram(**program, voices=[TtsVoice(**voice, **spoken)], supports_synthesize_streaming=True)],
        wake=_wake(settings, program),
    )


def satellite_info(settings: Settings) -> Info:
    """The microphone and the loudspeaker of this machine, in their room."""
    name = text("wyoming.satellite", settings.language, room=settings.voice.room or settings.voice.satellite)
    program = _artifact(name, text("wyoming.description", settings.language))
    return Info(
        wake=_wake(settings, program),
        mic=[MicProgram(**program, mic_format=MONO)],
        snd=[SndProgram(**program, snd_format=MONO)],
        satellite=Satellite(
            **program,
            area=settings.voice.room,
            has_vad=True,
            active_wake_words=list(settings.voice.wake),
            max_active_wake_words=len(settings.voice.wake),
            supports_trigger=False,
        ),
    )


def _wake(settings: Settings, program: dict[str, Any]) -> list[WakeProgram]:
    models = [WakeModel(**_artifact(name, name), languages=["ko"], phrase=name) for name in settings.voice.wake]
    return [WakeProgram(**program, models=models)] if models else []


def _voice_id(settings: Settings) -> str:
    return "wyoming" if settings.speaker.voice.startswith("tcp://") else settings.speaker.voice


def _artifact(name: str, description: str) -> dict[str, Any]:
    return {
        "name": name, "attribution": Attribution(name="Jipsa", url=""), "installed": True,
        "description": description, "version": version("jipsa"),
    }  # fmt: skip
