"""What one way to understand costs: time and memory, in a process of its own.

    python -m bench.korean_costs WAY TASK.json

makes the way ready for the home of the task, lets it understand every sentence, and prints the figures as JSON.
"""

from __future__ import annotations

import importlib
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.korean_ways import LOADERS, MODULES, Understand
from bench.processes import resident
from bench.results import percentile
from hub.home import Device, Home, Room

REPEATS = 3
"""How often each sentence is understood; its shortest time is kept."""

Sentences = Sequence[tuple[str, str | None]]
"""Texts, and the room where each is said."""


def write_task(path: Path, home: Home, changed: Home, sentences: Mapping[str, Sentences]) -> None:
    """Write what shall be understood in which home, and what that becomes when it changes."""
    path.write_text(json.dumps({"homes": [_dumped(home), _dumped(changed)], "sentences": sentences}))


def costs(way: str, task: Path) -> dict[str, float]:
    """The figures of one way: times in ms, memory in MB; for each group of sentences its median and 95th percentile."""
    command = [sys.executable, "-m", "bench.korean_costs", way, str(task)]
    result = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1])
    figures: dict[str, float] = json.loads(result.stdout)
    return figures


def measure(way: str, task: Path) -> dict[str, float]:
    """The same, in this process."""
    told = json.loads(task.read_text())
    home, changed = map(_home, told["homes"])
    before = resident()
    _, imported = _timed(lambda: [*map(importlib.import_module, MODULES[way])])
    (understand, ready), loaded = _timed(lambda: LOADERS[way](home))
    _, first = _timed(lambda: understand(*next(iter(told["sentences"].values()))[0]))
    figures = {"import": imported, "load": loaded, "first": first}
    for name, sentences in told["sentences"].items():
        times = _shortest(understand, sentences)
        figures |= {f"{name} median": statistics.median(times), f"{name} 95": percentile(times, 95)}
    figures["memory"] = resident() - before
    figures["reload"] = min(_timed(lambda: ready(changed))[1] for _ in range(REPEATS))
    return figures


def _timed(act: Callable[[], Any]) -> tuple[Any, float]:
    """What comes of it, and how many ms it took."""
    began = time.perf_counter()
    return act(), 1e3 * (time.perf_counter() - began)


def _shortest(understand: Understand, sentences: Sentences) -> list[float]:
    """The shortest time of each sentence in ms; the same sentence does not follow itself."""
    clock = time.perf_counter
    least = [float("inf")] * len(sentences)
    for _ in range(REPEATS):
        for number, (text, room) in enumerate(sentences):
            began = clock()
            understand(text, room)
            least[number] = min(least[number], 1e3 * (clock() - began))
    return least


def _home(dumped: dict[str, list[dict[str, Any]]]) -> Home:
    return Home(tuple(Room(**room) for room in dumped["rooms"]), tuple(Device(**entry) for entry in dumped["devices"]))


def _dumped(home: Home) -> dict[str, Any]:
    return {name: [entry.model_dump() for entry in getattr(home, name)] for name in ("rooms", "devices")}


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]))))
