"""Ways to hear Korean commands with one acoustic model: Jipsa's home graph, and what else there is.

    python -m bench.ways WAY JOB.json

hears the files of the job one way, in a process of its own, and prints its figures and texts as JSON. Plain Vosk takes
open dictation. The two last ways do what wyoming-vosk does (Rhasspy's server: https://github.com/rhasspy/wyoming-vosk,
MIT): it gives Vosk the sentences as a grammar, or takes open dictation and corrects it to the nearest sentence by edit
distance.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from pydantic import BaseModel

from bench.noise import frames, mixed, pink
from bench.processes import memory, resident
from hub.speech.model import find_model
from hub.speech.sound import FRAME_BYTES, HISS, RATE

WAYS = {
    "home": "Jipsa",
    "open": "plain Vosk",
    "list": "Vosk, list of words",
    "sentences": "as wyoming-vosk: sentences",
    "corrected": "as wyoming-vosk: corrected",
}


class Job(BaseModel):
    """What is heard: the home graph, words and sentences for the other ways, files, and the noise in them (dB)."""

    graph: Path
    words: list[str]
    sentences: list[str]
    files: list[Path]
    snr: float | None = None


def sound_of(path: Path, snr: float | None) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The samples of a file with the hiss of a room, and with noise that is its own and the same each time."""
    sound, rate = soundfile.read(path)
    assert rate == RATE
    seed = sum(path.name.encode())
    sound += np.random.default_rng(seed).normal(0, HISS / 32768, len(sound))
    return sound if snr is None else mixed(sound, pink(len(sound) / RATE + 1, seed), snr)


def measure(way: str, job: Job) -> dict[str, Any]:
    """Load, hear everything, and tell the figures, and the text of each file.

    load: seconds; process: MB that all of it takes in the end (PSS), with Python and the sounds; memory: MB that
    loading and hearing added (RSS); realtime: processor seconds for each second of sound.
    """
    import vosk

    vosk.SetLogLevel(-1)
    sounds = [(path, sound_of(path, job.snr)) for path in job.files]
    before, began = resident(), time.perf_counter()
    hear = _home(job) if way == "home" else _plain(vosk, way, job)
    loaded = time.perf_counter() - began
    began = time.process_time()
    texts = {str(path): hear(sound) for path, sound in sounds}
    took = time.process_time() - began
    seconds = sum(len(sound) for _, sound in sounds) / RATE
    figures = {"load": loaded, "process": memory(), "memory": resident() - before, "realtime": took / seconds}
    return {**figures, "texts": texts}


def _home(job: Job) -> Callable[[Any], str]:
    from hub.speech.recognizer import Recognizer

    recognizer = Recognizer(job.graph)

    async def given(sound: Any) -> AsyncIterator[bytes]:
        for frame in frames(sound, FRAME_BYTES):
            yield frame

    async def heard(sound: Any) -> str:
        segments = [segment async for segment in recognizer.segments(given(sound))]
        return " ".join(segment.text for segment in segments if segment.refused is None)

    return lambda sound: asyncio.run(heard(sound))


def _plain(vosk: Any, way: str, job: Job) -> Callable[[Any], str]:
    model = vosk.Model(str(find_model().path))
    grammar = {"list": job.words, "sentences": [*job.sentences, "[unk]"]}.get(way)
    arguments = (json.dumps(grammar, ensure_ascii=False),) if grammar else ()
    # One for all sounds: what it has composed of its graphs it keeps, and a new one would compute again.
    kaldi = vosk.KaldiRecognizer(model, RATE, *arguments)

    def heard(sound: Any) -> str:
        ended = (kaldi.Result() for frame in frames(sound, FRAME_BYTES) if kaldi.AcceptWaveform(frame))
        text = " ".join(json.loads(result)["text"] for result in (*ended, kaldi.FinalResult())).strip()
        return nearest(text, job.sentences) if way == "corrected" else text

    return heard


def nearest(text: str, sentences: list[str]) -> str:
    """The nearest sentence, however far: what wyoming-vosk does without a cutoff."""
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import extractOne

    weights = {"weights": (1, 1, 3)}
    found = extractOne(text, sentences, scorer=Levenshtein.distance, scorer_kwargs=weights) if text else None
    return found[0] if found else ""


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], Job.model_validate_json(Path(sys.argv[2]).read_text()))))
