"""Figures as an SVG: a panel of bars for each figure that was compared, and one of curves for each that grows.

Where something is compared, what is not is in the table only.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from bench.results import Curve, Measured

OURS, PEERS = "#2a78d6", "#8a9099"
CURVES = (OURS, "#e07b39", "#3a9b6e", "#9b5fc0", "#8a9099")
INK = "#3c4043"

STYLE: Any = {
    "svg.fonttype": "none",  # the text stays text
    "svg.hashsalt": "jipsa",  # the same figures give the same file
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": "#c8ccd0",
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.facecolor": "white",  # readable on a dark page as well
}


def draw(title: str, measured: Sequence[Measured], curves: Sequence[Curve], path: Path) -> None:
    """Write the picture to `path`."""
    groups = [list(group) for _, group in groupby(sorted(measured, key=attrgetter("what")), attrgetter("what"))]
    compared = [group for group in groups if len(group) > 1 and any(figure.median for figure in group)]
    bars = groups if not compared and not curves else compared
    lines = [list(group) for _, group in groupby(sorted(curves, key=attrgetter("what")), attrgetter("what"))]
    heights = [0.5 + 0.28 * len(group) for group in bars] + [2.4] * len(lines)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.6, 0.5 + sum(heights) + 0.3 * len(heights)), layout="constrained")
        figure.suptitle(title, fontsize=11, fontweight="bold")
        panels = figure.subplots(len(heights), 1, squeeze=False, height_ratios=heights)[:, 0]
        for panel, compared in zip(panels, bars, strict=False):
            _bars(panel, compared)
        for panel, growing in zip(panels[len(bars) :], lines, strict=True):
            _lines(panel, growing)
        figure.savefig(path, format="svg", metadata={"Date": None})


def _bars(panel: Any, group: list[Measured]) -> None:
    """Medians, each with its least and greatest value."""
    medians = [figure.median for figure in group]
    spread = [
        [median - min(figure.values) for median, figure in zip(medians, group, strict=True)],
        [max(figure.values) - median for median, figure in zip(medians, group, strict=True)],
    ]
    colours = [OURS if figure.who == "Jipsa" else PEERS for figure in group]
    drawn = panel.barh([figure.who for figure in group], medians, xerr=spread, color=colours, ecolor=INK, height=0.6)
    panel.bar_label(drawn, [f" {shown(median)} {group[0].unit}" for median in medians], padding=2)
    panel.set_title(group[0].what, loc="left", fontsize=9)
    panel.invert_yaxis()
    panel.margins(x=0.18)
    panel.tick_params(left=False)


def _lines(panel: Any, group: list[Curve]) -> None:
    """Medians over the size, both on logarithmic scales: n·log n is hardly steeper than a line of slope 1.

    Over minutes, where nothing shall grow, both scales are linear.
    """
    for colour, curve in zip(CURVES, group, strict=False):
        panel.plot(curve.sizes, curve.medians, marker="o", markersize=3.5, color=colour, label=curve.who)
        low, high = [min(values) for values in curve.values], [max(values) for values in curve.values]
        panel.fill_between(curve.sizes, low, high, color=colour, alpha=0.15, linewidth=0)
    scale = "linear" if group[0].over == "minutes" else "log"
    panel.set(xscale=scale, yscale=scale, xlabel=group[0].over, ylabel=group[0].unit)
    if scale == "log":
        panel.set_xticks(group[0].sizes, [f"{size:,}" for size in group[0].sizes])
        panel.minorticks_off()
    panel.set_title(group[0].what, loc="left", fontsize=9)
    panel.grid(alpha=0.25)
    panel.legend(frameon=False, fontsize=8)


def shown(value: float) -> str:
    """A figure with three digits that count."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
