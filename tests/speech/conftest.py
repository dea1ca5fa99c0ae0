"""The home graph of the sample flat, built once for all tests, and the recordings that only some machines have."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from hub.grammar.spoken import spoken_grammar
from hub.home import load_home
from hub.settings.voice import SpeakerSettings
from hub.speech.graphs import ensure_graph
from hub.speech.kokoro import VOICES, Kokoro, Manner
from hub.speech.model import find_model
from hub.speech.mouth import Mouth
from hub.speech.recognizer import Recognizer
from hub.speech.sound import HISS, RATE
from hub.speech.synthesis import Spoken
from hub.speech.wake import with_wake

REPOSITORY = Path(__file__).parents[2]
RECORDINGS = REPOSITORY.parent / "shared" / "speech"


@pytest.fixture(scope="session")
def graph(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The graph's folder; test workers share one (the cache's own lock lets only one of them build it)."""
    base = tmp_path_factory.getbasetemp()
    cache = base if worker_id == "master" else base.parent
    acceptor = with_wake(spoken_grammar(load_home(REPOSITORY / "config" / "home.yaml")), ["지니야"])
    return asyncio.run(ensure_graph(acceptor.to_json(), find_model(), cache, lambda done, of: None))


@pytest.fixture(scope="session")
def recognizer(graph: Path) -> Recognizer:
    return Recognizer(graph)


def recordings(expected: str) -> list[Path]:
    """The real recordings whose manifest says `expected`; none where they are not at hand."""
    manifest = RECORDINGS / "manifest.tsv"
    if not manifest.is_file():
        return []
    with manifest.open(encoding="utf-8") as file:
        return [RECORDINGS / row["file"] for row in csv.DictReader(file, delimiter="\t") if row["expected"] == expected]


def silent_mouth() -> Mouth:
    """A mouth without a loudspeaker."""
    return Mouth(Spoken([], Path()), None, SpeakerSettings())


def quiet(seconds: float, level: float = 8, seed: int = 0) -> bytes:
    """A quiet room: noise of so many 16-bit steps."""
    generator = np.random.default_rng(seed)
    return generator.normal(0, level, int(RATE * seconds)).round().astype("<i2").tobytes()


@pytest.fixture(scope="session")
def said() -> Callable[..., bytes]:
    """Speaks a text with a Kokoro voice, in the hiss of a room, as the microphone gives it."""
    kokoro = Kokoro()

    @cache
    def speak(text: str, voice: str = VOICES[0], speed: float = 1.0) -> bytes:
        speech = np.frombuffer(kokoro.speak(text, Manner(voice, speed)), "<i2").astype(int)
        hiss = np.random.default_rng(len(text)).normal(0, HISS, len(speech)).round().astype(int)
        return (speech + hiss).clip(-32768, 32767).astype("<i2").tobytes()

    return speak
