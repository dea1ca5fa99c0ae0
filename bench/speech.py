"""Hearing: the home graph beside plain Vosk and the way of wyoming-vosk, with the same model and sounds, in one run.

    script/bench speech [CORPUS]

Sound: the sample commands, the recordings of real people where they are beside the repository, and CORPUS, a folder
that script/make-samples --corpus made. Each way is measured in a process of its own; load time, memory and real-time
factor are medians of several runs.
"""

from __future__ import annotations

import asyncio
import csv
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.corpus import MANIFEST, OPPOSITES, draw
from bench.ways import WAYS, Job
from hub.butler.understanding import Understander
from hub.grammar.acceptor import Acceptor
from hub.grammar.spoken import spoken_grammar
from hub.home import load_home
from hub.korean.jamo import squash
from hub.samples import load_samples
from hub.speech.cuts import cuts
from hub.speech.graphs import ensure_graph
from hub.speech.model import find_model
from hub.speech.openfst import read_input_symbols
from hub.speech.tuning import FILLER, JOIN
from hub.speech.wake import WAKE, with_wake

REPOSITORY = Path(__file__).parents[1]
RECORDINGS = REPOSITORY.parent / "shared" / "speech"
HOME = REPOSITORY / "config/home.yaml"
RUNS = 3
NOISE = (None, 20.0, 10.0, 5.0)
"""Decibels by which speech is louder than the noise in it; None is no noise."""
SENTENCES = 2_000
"""How many sentences, those of the corpus among them, the way of wyoming-vosk chooses from."""

Sounds = dict[Path, str]
"""Sound files, and what is said in them; empty where nothing is asked of the hub."""


def recordings() -> Sounds:
    """The recordings of real people, as far as they call nobody."""
    manifest = RECORDINGS / "manifest.tsv"
    if not manifest.is_file():
        return {}
    with manifest.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["expected"] != "wake"]
    return {RECORDINGS / row["file"]: row["transcript"] if row["expected"] == "command" else "" for row in rows}


def corpus(folder: Path) -> Sounds:
    """Every sentence of the corpus once, spoken by one voice after another."""
    with (folder / MANIFEST).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    voices = sorted({row["voice"] for row in rows})
    sentences = list(dict.fromkeys(row["sentence"] for row in rows))
    chosen = {sentence: voices[place % len(voices)] for place, sentence in enumerate(sentences)}
    return {folder / row["file"]: row["sentence"] for row in rows if chosen[row["sentence"]] == row["voice"]}


def measured(way: str, job: Job) -> dict[str, Any]:
    """What bench.ways says of one way, in a process of its own."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(job.model_dump_json())
        file.flush()
        command = [sys.executable, "-m", "bench.ways", way, file.name]
        # Vosk tells there of every word that its list grammar does not know.
        told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=REPOSITORY)
    figures: dict[str, Any] = json.loads(told.stdout)
    return figures


@contextmanager
def home_graph() -> Iterator[Path]:
    """The graph of the sample home, called 지니야, built anew."""
    commands = with_wake(spoken_grammar(load_home(HOME)), ["지니야"])
    with tempfile.TemporaryDirectory() as cache:
        yield asyncio.run(ensure_graph(commands.to_json(), find_model(), Path(cache), lambda done, of: None))


def main() -> int:
    """Measure all ways in turn and print the tables."""
    home = load_home(HOME)
    accepted = spoken_grammar(home)
    spoken = corpus(Path(sys.argv[1])) if len(sys.argv) > 1 else {}
    began = time.perf_counter()
    with home_graph() as graph:
        built = time.perf_counter() - began
        job = Job(graph=graph, words=words_of(graph), sentences=sentences(accepted, spoken.values()), files=[])
        console = Console(width=140)
        samples = {sample.path: sample.sentence for sample in load_samples()}
        show_costs(console, job, [*samples, *recordings()])
        manifest = json.loads((graph / "manifest.json").read_text())
        console.print(
            f"building the home graph: {built:.1f} s, {manifest['phrases']} word groups, "
            f"{manifest['graph']['arcs']:,} arcs"
        )
        right = Right(Understander(home))
        for name, sounds in {"samples and people": samples | recordings(), "corpus": spoken}.items():
            if sounds:
                show_right(console, name, job, sounds, right)
    return 0


def words_of(graph: Path) -> list[str]:
    """The words that the home graph is made of, for a list grammar."""
    symbols = [line.split()[0] for line in (graph / "graph/words.txt").read_text("utf-8").splitlines()]
    return sorted({symbol.removeprefix(JOIN).removeprefix(WAKE) for symbol in symbols} - {"", FILLER, "<eps>"})


def sentences(accepted: Acceptor, spoken: Iterable[str]) -> list[str]:
    """Sentences cut into words of the vocabulary: those that are spoken, and random ones of the same grammar."""
    vocabulary = read_input_symbols(find_model().path / "graph/Gr.fst")
    said = list(dict.fromkeys([*spoken, *(sample.sentence for sample in load_samples()), *recordings().values()]))
    chosen = dict.fromkeys([*filter(None, said), *draw(accepted, SENTENCES - len(said), seed=2)])
    cut = ([cuts(squash(group), vocabulary) for group in sentence.split()] for sentence in chosen)
    return [" ".join(word for found in groups for word in found[0]) for groups in cut if all(groups)]


class Right:
    """Judges texts."""

    def __init__(self, understander: Understander) -> None:
        self._understander = understander

    def words(self, text: str, said: str) -> bool:
        """Whether every word is right."""
        return squash(text) == squash(said)

    def meaning(self, text: str, said: str) -> bool:
        """Whether the hub would do the same."""
        return self.words(text, said) or (bool(text) and self._meant(text) == self._meant(said))

    def opposite(self, text: str, said: str) -> bool:
        """Whether the opposite was heard: all the same, but for the verb, not 내려 for 올려 where both mean 26도."""
        others = (said.replace(one, other) for one, other in _both(said) if one in said)
        return not self.meaning(text, said) and any(self.meaning(text, other) for other in others)

    def _meant(self, text: str) -> object:
        understood = self._understander.understand(text, "living")
        return understood.intents or understood


def _both(said: str) -> list[tuple[str, str]]:
    return [pair for one, other in OPPOSITES for pair in ((one, other), (other, one))]


def show_costs(console: Console, job: Job, files: list[Path]) -> None:
    """Load time, memory and real-time factor; medians, and ratios to the home graph."""
    job = job.model_copy(update={"files": files})
    runs = [{way: measured(way, job) for way in WAYS} for _ in range(RUNS)]
    table = Table("", *WAYS.values())
    rows = {"load": "load (s)", "memory": "memory for hearing (MB)", "realtime": "processor s per s of sound"}
    for key, name in rows.items():
        middle = {way: statistics.median(run[way][key] for run in runs) for way in WAYS}
        table.add_row(name, *(f"{middle[way]:.3g}  ×{middle[way] / middle['home']:.1f}" for way in WAYS))
    console.print(table)


def show_right(console: Console, name: str, job: Job, sounds: Sounds, right: Right) -> None:
    """How many commands are right, and how much other speech is refused, with and without noise."""
    commands = {str(path): said for path, said in sounds.items() if said}
    others = [str(path) for path, said in sounds.items() if not said]
    judges: dict[str, Callable[[str, str], bool]] = {
        "all words right": right.words,
        "same meaning": right.meaning,
        "opposite heard": right.opposite,
    }
    for snr in NOISE:
        noisy = job.model_copy(update={"files": list(sounds), "snr": snr})
        texts = {way: measured(way, noisy)["texts"] for way in WAYS}
        noise = "no noise" if snr is None else f"noise {snr:.0f} dB below"
        table = Table(f"{name}, {noise}: {len(commands)} commands, {len(others)} others", *WAYS.values())
        for what, judge in judges.items():
            counts = [sum(judge(texts[way][path], said) for path, said in commands.items()) for way in WAYS]
            table.add_row(what, *map(str, counts))
        if others:
            table.add_row("others refused", *(str(sum(not texts[way][path] for path in others)) for way in WAYS))
        console.print(table)


if __name__ == "__main__":
    sys.exit(main())
