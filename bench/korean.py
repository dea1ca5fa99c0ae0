"""Korean commands as text: Jipsa beside hassil with Home Assistant's Korean sentences, in one run.

    script/bench korean

What is right is counted in the home of the corpus (tests/korean/corpus), what it costs in a home of 200 devices in 30
rooms, each way in a process of its own, one after the other, several times. A sentence is measured several times, with
the garbage collector at work, and its shortest time is kept. Jipsa's time includes finding the devices, hassil's does
not.

The corpus is Jipsa's own, and the grammar was written with it in view: how many of its sentences Jipsa gets right shows
that nothing broke, not how well it understands what it has never seen. Most of them hassil has no sentences for at all;
the row of intents that it has is the fairer one, the variants of its own sentences the fairest. They are made of
sentences that hassil gets right as they stand, and hassil is held to no more with them than with those. Of the
sentences that must not be acted on those are counted that become an intent; a second figure has those for which the
home has a device as well.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.korean_corpus import CORPUS, Said, corpus, rejected
from bench.korean_costs import costs, write_task
from bench.korean_home import big_home
from bench.korean_judge import Judge, known_intents
from bench.korean_variants import variants
from bench.korean_ways import WAYS
from bench.results import US, Report
from hub.home import Home, load_home

RUNS = 3

COSTS = {
    "commands median": ("time for a command, median", "ms"),
    "commands 95": ("time for a command, 95th percentile", "ms"),
    "understood median": ("time for a command that both understand, median", "ms"),
    "understood 95": ("time for a command that both understand, 95th percentile", "ms"),
    "rejected median": ("time for what must be refused, median", "ms"),
    "rejected 95": ("time for what must be refused, 95th percentile", "ms"),
    "import": ("importing the modules", "ms"),
    "load": ("making the home ready at first", "ms"),
    "reload": ("making the changed home ready", "ms"),
    "first": ("time for the first sentence", "ms"),
    "memory": ("memory added, modules included", "MB"),
}
"""The figures of bench.korean_costs, and as what they are told."""


def _add_costs(report: Report, home: Home, groups: dict[str, list[Said]]) -> None:
    """Time and memory of all ways in the home, for each group of sentences."""
    sentences = {name: [(said.text, said.room) for said in group] for name, group in groups.items()}
    with tempfile.TemporaryDirectory() as folder:
        task = Path(folder) / "task.json"
        write_task(task, home, Home(home.rooms, home.devices[:-1]), sentences)
        runs = [{way: costs(way, task) for way in WAYS} for _ in range(RUNS)]
    for figure, (what, unit) in COSTS.items():
        for way, who in WAYS.items():
            report.add(what, who, unit, [run[way][figure] for run in runs])


class Counting:
    """Counts with both ways, and reports."""

    def __init__(self, report: Report, judge: Judge) -> None:
        self.judge = judge
        self._report = report

    def right(self, what: str, sentences: Sequence[Said]) -> None:
        """How many of them are understood as they are meant."""
        self._add(what, sentences, self.judge.jipsa, self.judge.hassil)

    def taken(self, what: str, sentences: Sequence[Said], *, device: bool) -> None:
        """How many of them become an intent; with `device` only those that the home has a device for."""
        self._add(what, sentences, self.judge.jipsa_acts, lambda said: self.judge.hassil_acts(said, device=device))

    def _add(
        self, what: str, sentences: Sequence[Said], jipsa: Callable[[Said], bool], hassil: Callable[[Said], bool]
    ) -> None:
        for who, judge in {US: jipsa, "hassil": hassil}.items():
            self._report.add(what, who, f"of {len(sentences):,}", [sum(map(judge, sentences))])


def _add_right(count: Counting, home: Home, groups: dict[str, list[Said]], by_hassil: list[Said]) -> None:
    """How much of each group is right, and how much of what hassil understands when it is said otherwise."""
    known = known_intents()
    promised = [one for one in groups["commands"] if len(one.wanted) == 1 and one.wanted[0].intent in known]
    count.right("commands understood", groups["commands"])
    count.right("commands with one intent that hassil has, understood", promised)
    count.taken("to be refused, taken for a command", groups["rejected"], device=False)
    count.taken("to be refused, taken for a command, and there is a device for it", groups["rejected"], device=True)
    count.right("what hassil understands", by_hassil)
    made: dict[str, list[Said]] = {}
    for change, variant in (made_of for one in by_hassil for made_of in variants(one, home)):
        made.setdefault(change, []).append(variant)
    for change, group in made.items():
        count.right(f"what hassil understands, but: {change}", group)


def main() -> None:
    """Measure all ways in turn, count what is right, and report."""
    home = load_home(CORPUS / "home.yaml")
    big, judge = big_home(home), Judge(home)
    groups = {"commands": corpus(), "rejected": rejected()}
    by_hassil = [said for said in groups["commands"] if judge.hassil(said)]
    report = Report(
        "korean", f"Understanding Korean sentences; time and memory in a home of {len(big.devices)} devices"
    )
    _add_costs(report, big, {**groups, "understood": [said for said in by_hassil if judge.jipsa(said)]})
    _add_right(Counting(report, judge), home, groups, by_hassil)
    report.finish()


if __name__ == "__main__":
    main()
