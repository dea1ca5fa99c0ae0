"""What a benchmark has measured: a table on the screen, bench/results/NAME.json, and docs/pictures/bench-NAME.svg.

report = Report("bus", "One message through the broker and back")
report.add("round trip", "Jipsa", "ms", [1.2, 1.1, 1.3])
report.add("round trip", "aiomqtt alone", "ms", [0.9, 0.8, 0.9])
report.finish()
"""

from __future__ import annotations

import json
import math
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.pictures import draw, shown

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "bench/results"
PICTURES = ROOT / "docs/pictures"

US = "Jipsa"
"""Who is measured; everybody else is a peer, and told as a ratio to this one of the same run."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure of one of those compared: the values of every repetition, in `unit`."""

    what: str
    who: str
    unit: str
    values: list[float]

    @property
    def median(self) -> float:
        """The figure that is told."""
        return statistics.median(self.values)


@dataclass(frozen=True, slots=True)
class Curve:
    """How one figure grows: for each `size` the values of every repetition, in `unit`."""

    what: str
    who: str
    unit: str
    over: str
    sizes: list[int]
    values: list[list[float]]

    @property
    def medians(self) -> list[float]:
        """The figure at each size."""
        return [statistics.median(values) for values in self.values]


class Report:
    """All figures of one run of one benchmark."""

    def __init__(self, name: str, title: str) -> None:
        """`name` is that of the files, and of `script/bench NAME`."""
        self.name = name
        self.title = title
        self.measured: list[Measured] = []
        self.curves: list[Curve] = []

    def add(self, what: str, who: str, unit: str, values: Sequence[float]) -> None:
        """A figure; those with the same `what` are compared with each other."""
        self.measured.append(Measured(what, who, unit, list(values)))

    def add_curve(self, what: str, who: str, unit: str, over: str, points: dict[int, list[float]]) -> None:
        """A figure at several sizes (`over` says of what); those with the same `what` are drawn together."""
        self.curves.append(Curve(what, who, unit, over, sorted(points), [points[size] for size in sorted(points)]))

    def finish(self) -> None:
        """Print the table, and write the figures and their picture."""
        console = Console(width=150)
        console.print(self._table())
        for curve in self.curves:
            steps = (f"{size}: {shown(median)}" for size, median in zip(curve.sizes, curve.medians, strict=True))
            console.print(f"{curve.what}, {curve.who} ({curve.unit}; {curve.over}): " + "  ".join(steps))
        RESULTS.mkdir(exist_ok=True)
        content = json.dumps(self._content(), ensure_ascii=False, indent=1)
        (RESULTS / f"{self.name}.json").write_text(content + "\n")
        PICTURES.mkdir(exist_ok=True)
        draw(self.title, self.measured, self.curves, PICTURES / f"bench-{self.name}.svg")

    def _table(self) -> Table:
        table = Table(title=self.title)
        for column in ("what", "who", "median", "lowest", "highest", f"of {US}'s"):
            table.add_column(column, justify="left" if column in {"what", "who"} else "right")
        ours = {figure.what: figure.median for figure in self.measured if figure.who == US}
        for figure in self.measured:
            of_ours = figure.median / ours[figure.what] if ours.get(figure.what) else None
            table.add_row(
                figure.what,
                figure.who,
                f"{shown(figure.median)} {figure.unit}",
                shown(min(figure.values)),
                shown(max(figure.values)),
                "" if of_ours is None or figure.who == US else f"{shown(of_ours)}×",
            )
        return table

    def _content(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "title": self.title,
            "command": f"script/bench {self.name}",
            "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": machine(),
            "measured": [{**asdict(figure), "median": figure.median} for figure in self.measured],
            "curves": [{**asdict(curve), "medians": curve.medians} for curve in self.curves],
        }


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith(("model name", "Model"))
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cpu": cpu,
        "processors": os.cpu_count(),
        "memory_gb": round(memory / 1e9, 1),
        "python": platform.python_version(),
    }


def percentile(values: Sequence[float], share: int) -> float:
    """The value that so many hundredths of all do not exceed."""
    return sorted(values)[math.ceil(len(values) * share / 100) - 1]


def split(values: Sequence[float], parts: int) -> list[Sequence[float]]:
    """The values of one run in so many parts, one after the other, as if it had been repeated."""
    size = len(values) // parts
    return [values[start : start + size] for start in range(0, size * parts, size)]
