"""Hearing: the home graph beside plain Vosk with the same model, open dictation and list grammar, in one run.

Each way to hear is measured in a process of its own, several times; what is printed are medians, and ratios to the home
graph. Sound: the sample commands, and the recordings of real people where they are beside the repository.
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
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from hub.grammar.spoken import spoken_grammar
from hub.home import load_home
from hub.korean.jamo import squash
from hub.samples import load_samples
from hub.speech.graphs import ensure_graph
from hub.speech.model import find_model
from hub.speech.sound import RATE, wav_frames
from hub.speech.tuning import FILLER, JOIN

REPOSITORY = Path(__file__).parents[1]
RECORDINGS = REPOSITORY.parent / "shared" / "speech"
WAYS = {"home": "home graph", "list": "Vosk, list grammar", "open": "Vosk, open dictation"}
RUNS = 3


def sounds() -> Iterator[tuple[Path, str | None]]:
    """Sound files and what is said in them; None where nothing is asked of the hub."""
    for sample in load_samples():
        yield sample.path, sample.sentence
    manifest = RECORDINGS / "manifest.tsv"
    if manifest.is_file():
        with manifest.open(encoding="utf-8") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                if row["expected"] == "none":
                    yield RECORDINGS / row["file"], None


def resident() -> float:
    """Memory of this process in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def measure(way: str, graph: Path) -> dict[str, float]:
    """Load and hear everything one way, in this process."""
    import vosk

    vosk.SetLogLevel(-1)
    before = resident()
    began = time.perf_counter()
    hear = _home(graph) if way == "home" else _plain(vosk, graph if way == "list" else None)
    loaded = time.perf_counter() - began
    seconds = right = refused = commands = others = 0.0
    began = time.perf_counter()
    for path, sentence in sounds():
        heard = hear(path)
        with wave.open(str(path)) as file:
            seconds += file.getnframes() / file.getframerate()
        if sentence is None:
            others += 1
            refused += not heard
        else:
            commands += 1
            right += squash(heard) == squash(sentence)
    return {
        "load": loaded,
        "memory": resident() - before,
        "process": resident(),
        "realtime": (time.perf_counter() - began) / seconds,
        "right": right,
        "commands": commands,
        "refused": refused,
        "others": others,
    }


def _home(graph: Path) -> Callable[[Path], str]:
    from hub.speech.recognizer import Recognizer

    recognizer = Recognizer(graph)

    async def heard(path: Path) -> str:
        return " ".join([s.text async for s in recognizer.segments(wav_frames(path)) if s.refused is None])

    return lambda path: asyncio.run(heard(path))


def _plain(vosk: Any, graph: Path | None) -> Callable[[Path], str]:
    model = vosk.Model(str(find_model().path))
    grammar = None
    if graph is not None:
        symbols = [line.split()[0] for line in (graph / "graph/words.txt").read_text("utf-8").splitlines()]
        words = sorted({symbol.removeprefix(JOIN) for symbol in symbols} - {"", FILLER, "<eps>"})
        grammar = json.dumps(words, ensure_ascii=False)

    async def heard(path: Path) -> str:
        kaldi = vosk.KaldiRecognizer(model, RATE, grammar) if grammar else vosk.KaldiRecognizer(model, RATE)
        texts = [json.loads(kaldi.Result())["text"] async for frame in wav_frames(path) if kaldi.AcceptWaveform(frame)]
        return " ".join([*texts, json.loads(kaldi.FinalResult())["text"]]).strip()

    return lambda path: asyncio.run(heard(path))


def _in_its_own_process(way: str, graph: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.speech", way, str(graph)]
    result = subprocess.run(command, capture_output=True, text=True, check=True, cwd=REPOSITORY)
    figures: dict[str, float] = json.loads(result.stdout)
    return figures


def main() -> int:
    """Measure all ways in turn and print the table."""
    if len(sys.argv) == 3:
        print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]))))
        return 0
    acceptor = spoken_grammar(load_home(REPOSITORY / "config/home.yaml"))
    with tempfile.TemporaryDirectory() as cache:
        began = time.perf_counter()
        graph = asyncio.run(ensure_graph(acceptor, find_model(), Path(cache), lambda done, of: None))
        built = time.perf_counter() - began
        manifest = json.loads((graph / "manifest.json").read_text())
        runs = [{way: _in_its_own_process(way, graph) for way in WAYS} for _ in range(RUNS)]
    middle = {way: {name: statistics.median(run[way][name] for run in runs) for name in runs[0][way]} for way in WAYS}
    _print(middle, built, manifest)
    return 0


def _print(middle: dict[str, dict[str, float]], built: float, manifest: dict[str, Any]) -> None:
    console = Console()
    table = Table("", *WAYS.values())
    rows: list[tuple[str, Callable[[dict[str, float]], str]]] = [
        ("load (s)", lambda m: f"{m['load']:.2f}  ×{m['load'] / middle['home']['load']:.1f}"),
        (
            "memory in all (MB)",
            lambda m: f"{m['process']:.0f}  ×{m['process'] / middle['home']['process']:.1f}",
        ),
        ("memory added by hearing (MB)", lambda m: f"{m['memory']:.0f}  ×{m['memory'] / middle['home']['memory']:.1f}"),
        ("real-time factor", lambda m: f"{m['realtime']:.3f}  ×{m['realtime'] / middle['home']['realtime']:.1f}"),
        ("commands, all words right", lambda m: f"{m['right']:.0f} of {m['commands']:.0f}"),
        ("other speech refused", lambda m: f"{m['refused']:.0f} of {m['others']:.0f}"),
    ]
    for name, cell in rows:
        table.add_row(name, *(cell(middle[way]) for way in WAYS))
    console.print(table)
    graph, words = manifest["graph"], manifest["phrases"]
    console.print(
        f"building the home graph: {built:.1f} s, {words} word groups, {graph['arcs']:,} arcs; medians of {RUNS}"
    )


if __name__ == "__main__":
    sys.exit(main())
