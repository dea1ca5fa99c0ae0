"""Writes the figures of bench/results/*.json into the pages that tell of them, between marks that name them.

    python -m bench.document            writes
    python -m bench.document --check    says which pages do not have the figures of the results, and fails

A page has `<!-- bench NAME -->`, and where the figures end, `<!-- /bench -->`; `NAME: WHAT, …` takes those whose
description begins so.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any

from bench.pictures import shown
from bench.results import RESULTS, ROOT, US

PAGES = ("docs/performance.md", "docs/reliability.md", "docs/scale.md")

MARKS = re.compile(r"<!-- bench ([\w-]+)(?:: (.*?))? -->\n.*?<!-- /bench -->", re.DOTALL)


def written(page: str) -> str:
    """The page with the figures of the results."""
    return MARKS.sub(_figures, page)


def _figures(mark: re.Match[str]) -> str:
    name, wanted = mark[1], mark[2]
    file = RESULTS / f"{name}.json"
    if not file.is_file():
        return mark[0]
    result = json.loads(file.read_text())
    begins = tuple(wanted.split(", ")) if wanted else ("",)
    tables = [
        *_compared([one for one in result["measured"] if one["what"].startswith(begins)]),
        *_grown([one for one in result["curves"] if one["what"].startswith(begins)]),
    ]
    machine = "{cpu} × {processors}, {memory_gb} GB, Python {python}".format_map(result["machine"])
    when = f"`{result['command']}`, {result['measured_at'][:10]}; {machine}"
    told = "\n".join([f"<!-- bench {name}{f': {wanted}' if wanted else ''} -->", *tables, f"({when})"])
    return f"{told}\n<!-- /bench -->"


def _compared(measured: list[dict[str, Any]]) -> list[str]:
    """A row for each figure: its median, its extremes, and how many times ours it is."""
    if not measured:
        return []
    ours = {one["what"]: one["median"] for one in measured if one["who"] == US}
    peers = any(one["who"] != US and ours.get(one["what"]) for one in measured)
    rows = ["| | | median | lowest–highest |", "|---|---|---:|---:|"]
    if peers:
        rows = [f"{rows[0]} of {US}'s |", f"{rows[1]}---:|"]
    for what in dict.fromkeys(one["what"] for one in measured):
        for number, one in enumerate(one for one in measured if one["what"] == what):
            median = f"{shown(one['median'])} {one['unit']}".strip()
            range_ = f"{shown(min(one['values']))}–{shown(max(one['values']))}" if len(one["values"]) > 1 else ""
            row = f"| {'' if number else what} | {one['who']} | {median} | {range_} |"
            ratio = f"{shown(one['median'] / ours[what])}×" if one["who"] != US and ours.get(what) else ""
            rows.append(f"{row} {ratio} |" if peers else row)
    return [*rows, ""]


def _grown(curves: list[dict[str, Any]]) -> list[str]:
    """A table for all curves over the same sizes."""
    tables: dict[tuple[str, tuple[int, ...]], list[str]] = {}
    for one in curves:
        key = (one["over"], tuple(one["sizes"]))
        if key not in tables:
            heads = " | ".join(f"{size:,}" for size in one["sizes"])
            tables[key] = [f"| {one['over']} | | {heads} |", "|---|---|" + "---:|" * len(one["sizes"])]
        cells = " | ".join(shown(median) for median in one["medians"])
        tables[key].append(f"| {one['what']} ({one['unit']}) | {one['who']} | {cells} |")
    return [line for rows in tables.values() for line in (*rows, "")]


def main(*options: str) -> int:
    """Write the pages; or, with `--check`, tell which of them are stale."""
    stale = 0
    for name in PAGES:
        path = ROOT / name
        page = path.read_text()
        if (new := written(page)) == page:
            continue
        if "--check" in options:
            print(f"{name} does not have the figures of bench/results: run python -m bench.document")
            stale = 1
        else:
            path.write_text(new)
    return stale


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
