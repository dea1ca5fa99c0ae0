"""The pages that tell of figures have those that were measured, and no other."""

from __future__ import annotations

import json
import re

import pytest

from bench.document import MARKS, PAGES, main, written
from bench.results import PICTURES, RESULTS, ROOT


def test_the_pages_have_the_figures_of_the_results(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("--check") == 0, capsys.readouterr().out


def test_figures_that_somebody_changed_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs/performance.md").read_text()
    changed = re.sub(r"\| (\d[\d.,]*) ms \|", "| 0.001 ms |", page, count=1)
    assert changed != page
    assert written(changed) == page


@pytest.mark.parametrize("name", PAGES)
def test_every_mark_has_results_and_every_picture_is_there(name: str) -> None:
    page = (ROOT / name).read_text()
    for mark in MARKS.finditer(page):
        assert (RESULTS / f"{mark[1]}.json").is_file(), mark[1]
    for picture in re.findall(r"\(pictures/(bench-[\w-]+\.svg)\)", page):
        assert (PICTURES / picture).is_file(), picture


@pytest.mark.parametrize("path", sorted(RESULTS.glob("*.json")), ids=lambda path: path.stem)
def test_results_say_how_they_were_measured(path: object) -> None:
    result = json.loads((RESULTS / f"{path.stem}.json").read_text())  # type: ignore[attr-defined]
    assert result["command"] == f"script/bench {result['name']}"
    assert result["machine"]["processors"] >= 1
    assert result["measured"] or result["curves"]
