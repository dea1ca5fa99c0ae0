"""The home graph of the sample flat, built once for all tests, and the recordings that only some machines have."""

from __future__ import annotations

import asyncio
import csv
from pathlib import Path

import pytest

from hub.grammar.spoken import spoken_grammar
from hub.home import load_home
from hub.speech.graphs import ensure_graph
from hub.speech.model import find_model
from hub.speech.recognizer import Recognizer

REPOSITORY = Path(__file__).parents[2]
RECORDINGS = REPOSITORY.parent / "shared" / "speech"


@pytest.fixture(scope="session")
def graph(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The graph's folder; test workers share one (the cache's own lock lets only one of them build it)."""
    base = tmp_path_factory.getbasetemp()
    cache = base if worker_id == "master" else base.parent
    acceptor = spoken_grammar(load_home(REPOSITORY / "config" / "home.yaml"))
    return asyncio.run(ensure_graph(acceptor, find_model(), cache, lambda done, of: None))


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
