"""The home graph of a household, and how the voice follows its home.

    python -m hub.graph < job.json

makes it: a process of its own, because a satellite only hears, and need not keep the whole grammar in memory. Progress
goes to standard output, one JSON object a line, the folder at last; a failure ends with status 1 and its reason on
standard error.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from pathlib import Path

from pydantic import BaseModel

from hub.config import Settings
from hub.home import Home
from hub.messages import Topic
from hub.speech.graphs import HomeGraphError, Progress, build_apart
from hub.speech.recognizer import Recognizer
from hub.speech.service import Voice
from hub.texts import Language

log = logging.getLogger(__name__)


class Job(BaseModel):
    """What a home graph is made of, and where it is kept."""

    home: str
    wake: tuple[str, ...]
    sentences: Path | None
    model: Path | None
    cache: Path
    language: Language


async def home_graph(settings: Settings, home: Home, progress: Progress = lambda done, of: None) -> Path:
    """The folder of this home's graph, built if it is not there yet. Raises HomeGraphError."""
    job = Job(
        home=home.to_json(),
        wake=settings.voice.wake,
        sentences=settings.sentences,
        model=settings.speech.model,
        cache=settings.cache_dir,
        language=settings.language,
    )
    told = await build_apart(["-m", "hub.graph"], progress, job.model_dump_json().encode())
    return Path(told["folder"])


class FollowsHome:
    """Keeps the ears of a satellite at the home that the butler publishes."""

    def __init__(self, voice: Voice, settings: Settings, graph: Path) -> None:
        """`graph` is the one that the voice hears with now. Make it before the voice runs."""
        self._voice = voice
        self._settings = settings
        self._graph = graph
        self._home: Home | None = None
        self._news = asyncio.Event()
        voice.bus.subscribe(Topic.HOME, self._on_home)

    async def run(self) -> None:
        """Build what changes, one home after another, until cancelled. A build that fails leaves all as it was."""
        while True:
            await self._news.wait()
            self._news.clear()
            assert self._home is not None
            try:
                graph = await home_graph(self._settings, self._home)
                if graph != self._graph:
                    self._voice.recognizer = await asyncio.to_thread(Recognizer, graph)
                    self._graph = graph
                    log.info("the home has changed: it is listened for in %s", graph)
            except (HomeGraphError, OSError) as error:
                log.error("the home has changed, but what was listened for so far stays: %s", error)

    def _on_home(self, topic: str, payload: bytes) -> None:
        try:
            self._home = Home.from_json(payload)
        except ValueError as error:
            log.warning("%s: this is no home: %s", topic, error)
            return
        self._news.set()


async def _make(job: Job) -> Path:
    from hub.grammar.lexicon import lexicon
    from hub.grammar.sentences import load_sentences
    from hub.grammar.spoken import spoken_grammar
    from hub.speech.graphs import ensure_graph
    from hub.speech.model import find_model
    from hub.speech.wake import with_wake

    known = load_sentences(job.sentences, lexicon(), job.language).lexicon
    commands = with_wake(spoken_grammar(Home.from_json(job.home), known), job.wake)
    return await ensure_graph(commands, find_model(job.model), job.cache, lambda done, of: _tell(done=done, of=of))


def _tell(**told: object) -> None:
    print(json.dumps(told), flush=True)  # this is how it travels


def main() -> int:
    """Make the graph that standard input asks for. Whoever listens meanwhile goes first."""
    os.nice(10)
    try:
        folder = asyncio.run(_make(Job.model_validate_json(sys.stdin.buffer.read())))
    except Exception as error:  # whatever it is, the process that waits is to say why
        print(error, file=sys.stderr)
        return 1
    _tell(folder=str(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
