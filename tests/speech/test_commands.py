"""Which word groups are a whole command."""

import itertools
from pathlib import Path

from speech.conftest import REPOSITORY

from hub.grammar.acceptor import Acceptor
from hub.grammar.spoken import spoken_grammar
from hub.home import load_home
from hub.speech.commands import Commands

SMALL = Commands.of(
    Acceptor(
        [
            (0, 1, "불"), (0, 1, "등"), (1, 1, "좀"), (1, 2, "켜줘"),
            (0, 3, "타이머"), (3, 4, "삼분"), (4, 5, ""), (4, 2, "맞춰줘"),
        ],
        frozenset({2, 5}),
    )
)  # fmt: skip


def test_what_was_saved_is_the_same(tmp_path: Path) -> None:
    SMALL.save(tmp_path / "commands.npz")
    kept = Commands.load(tmp_path / "commands.npz")
    for groups in (["불", "켜줘"], ["타이머", "삼분"], ["타이머"], ["없는말"], []):
        assert kept.complete(groups) == SMALL.complete(groups)
        assert kept.closed(groups) == SMALL.closed(groups)


def test_a_command_is_whole_when_it_reaches_an_end() -> None:
    assert SMALL.complete(["불", "켜줘"])
    assert SMALL.complete(["등", "좀", "좀", "켜줘"])
    assert SMALL.complete(["타이머", "삼분"])
    for part in (["불"], [], ["켜줘"], ["불", "삼분"], ["없는말"], ["불", "켜줘", "켜줘"]):
        assert not SMALL.complete(part)


def test_a_command_is_closed_when_nothing_may_follow() -> None:
    assert SMALL.closed(["불", "켜줘"])
    assert SMALL.closed(["타이머", "삼분", "맞춰줘"])
    assert not SMALL.closed(["타이머", "삼분"])
    assert not SMALL.closed(["불"])


def test_every_path_through_the_grammar_of_a_home_is_a_command_and_its_beginning_is_none() -> None:
    accepted = spoken_grammar(load_home(REPOSITORY / "config/home.yaml"))
    commands = Commands.of(accepted)
    leaving: dict[int, list[tuple[int, str]]] = {}
    for source, target, label in accepted.arcs:
        leaving.setdefault(source, []).append((target, label))

    def path(seed: int) -> list[str]:
        state, groups = 0, []
        for step in itertools.count(seed):
            if state in accepted.finals and state not in leaving:
                return groups
            state, label = leaving[state][step * 7919 % len(leaving[state])]
            groups += [label] if label else []
            if len(groups) > 12:
                return []
        raise AssertionError

    paths = [groups for seed in range(300) if (groups := path(seed))]
    assert len(paths) > 50
    for groups in paths:
        assert commands.complete(groups), groups
