"""Hearing: the home graph beside plain Vosk and the way of wyoming-vosk, with the same model and sounds, in one run.

    script/bench speech [CORPUS]

Each way is measured in a process of its own, one after the other. Load time, memory and real-time factor are measured
with the sample commands, RUNS times. What is right is counted once, with the samples and the recordings of real people
where they are beside the repository, and with CORPUS, a folder that script/make-samples --corpus made.
"""

from __future__ import annotations

import asyncio
import csv
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.corpus import MANIFEST, draw
from bench.results import Report
from bench.speech_right import Right
from bench.ways import WAYS, Job, nearest
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
NOISE = (None, 20.0, 10.0)
"""Decibels by which speech is louder than the noise in it; None is no noise."""
SENTENCES = 2_000
"""How many sentences, those of the corpus among them, the way of wyoming-vosk chooses from."""

COSTS = {
    "load": ("loading, until ready to hear", "s"),
    "memory": ("memory added by loading and hearing", "MB"),
    "process": ("memory of the process that hears", "MB"),
    "realtime": ("processor time for each second of sound", "s"),
}
"""The figures of bench.ways, and as what they are told."""

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


def main() -> None:
    """Measure all ways in turn, count what is right, and report."""
    home = load_home(HOME)
    accepted = spoken_grammar(home)
    spoken = corpus(Path(sys.argv[1])) if len(sys.argv) > 1 else {}
    samples = {sample.path: sample.sentence for sample in load_samples()}
    report = Report("speech", "Hearing commands, with the same acoustic model")
    began = time.perf_counter()
    with home_graph() as graph:
        built = time.perf_counter() - began
        manifest = json.loads((graph / "manifest.json").read_text())
        print(f"home graph: {manifest['phrases']:,} word groups, {manifest['graph']['arcs']:,} arcs, {built:.1f} s")
        job = Job(graph=graph, words=words_of(graph), sentences=sentences(accepted, spoken.values()), files=[])
        add_costs(report, job, list(samples))
        right = Right(Understander(home))
        for name, sounds in {"samples": samples | recordings(), "corpus": spoken}.items():
            for snr in NOISE if sounds else ():
                add_right(report, name, job.model_copy(update={"files": list(sounds), "snr": snr}), sounds, right)
    report.finish()


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


def add_costs(report: Report, job: Job, files: list[Path]) -> None:
    """Load time, memory and real-time factor."""
    job = job.model_copy(update={"files": files})
    runs = [{way: measured(way, job) for way in WAYS} for _ in range(RUNS)]
    for figure, (what, unit) in COSTS.items():
        for way, who in WAYS.items():
            report.add(what, who, unit, [run[way][figure] for run in runs])


def add_right(report: Report, name: str, job: Job, sounds: Sounds, right: Right) -> None:
    """How many commands are right, and how much other speech is refused."""
    commands = {str(path): said for path, said in sounds.items() if said}
    others = [str(path) for path, said in sounds.items() if not said]
    texts = heard(job)
    where = f"{name}, " + ("no noise" if job.snr is None else f"noise {job.snr:.0f} dB below")
    judges: dict[str, Callable[[str, str], bool]] = {
        "all words right": right.words,
        "same meaning": right.meaning,
        "opposite heard": right.opposite,
    }
    for what, judge in judges.items():
        for way, who in WAYS.items():
            count = sum(judge(texts[way][path], said) for path, said in commands.items())
            report.add(f"{where}: {what}", who, f"of {len(commands)}", [count])
    for way, who in WAYS.items() if others else ():
        refused = sum(not texts[way][path] for path in others)
        report.add(f"{where}: other speech refused", who, f"of {len(others)}", [refused])


def heard(job: Job) -> dict[str, dict[str, str]]:
    """The texts of all ways, two at a time: nothing is timed. What is corrected is the same open dictation."""
    ways = [way for way in WAYS if way != "corrected"]
    with ThreadPoolExecutor(2) as pool:
        told = pool.map(lambda way: measured(way, job)["texts"], ways)
        texts = dict(zip(ways, told, strict=True))
    corrected = {path: nearest(text, job.sentences) for path, text in texts["open"].items()}
    return {**texts, "corrected": corrected}


if __name__ == "__main__":
    main()
