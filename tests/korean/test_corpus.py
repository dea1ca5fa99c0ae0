"""Every sentence of the corpus means what it says there, as it stands and said otherwise; nothing else is acted on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from korean.variants import (
    RULES,
    Meant,
    Said,
    comparable,
    everything,
    file_names,
    rejected,
    sentences,
    understood,
    variants,
)

from hub.grammar.lexicon import lexicon

SHOWN = 20
"""Failing sentences that are written out."""

LEAST_UNDERSTOOD = 0.99
"""Of the variants of one kind; what is not understood may only be refused, never taken for something else."""


def _shown(said: Said, text: str, found: Iterable[Meant]) -> str:
    room = f" [{said.room}]" if said.room else ""
    return f"{text}{room} → " + " + ".join(
        f"{meant.intent} {sorted(meant.targets)} {dict(meant.slots)}" for meant in found
    )


def _report(failing: Mapping[str, list[str]]) -> str:
    return "\n".join(
        line
        for what, lines in failing.items()
        for line in (f"{len(lines)} {what}", *(f"  {line}" for line in lines[:SHOWN]))
    )


@pytest.mark.parametrize("name", file_names())
def test_every_sentence_of_the_corpus_is_understood_exactly(name: str) -> None:
    failing = [
        _shown(said, said.text, found)
        for said in sentences(name)
        if comparable(found := understood(said.text, said.room), exactly=True) != comparable(said.meant, exactly=True)
    ]
    assert not failing, _report({"are not": failing})


def test_the_corpus_has_every_intent_and_many_sentences() -> None:
    # What is put off to a clock time has no frame of its own.
    known = {frame.intent for frame in lexicon().frames} | {"JipsaSchedule"}
    assert {meant.intent for said in everything() for meant in said.meant} == known
    assert len({(said.text, said.room) for said in everything()}) >= 600


def test_what_must_be_rejected_leads_to_nothing() -> None:
    assert len(set(rejected())) >= 200
    told = ((Said(text, None, ()), text) for text in rejected())
    failing = [_shown(said, text, found) for said, text in told if (found := understood(text))]
    assert not failing, _report({"are acted on": failing})


def test_what_must_be_rejected_leads_to_nothing_without_its_spaces_either() -> None:
    told = ((Said(text, None, ()), text.replace(" ", "")) for text in rejected())
    failing = [_shown(said, text, found) for said, text in told if (found := understood(text))]
    assert not failing, _report({"are acted on": failing})


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", file_names())
def test_sentences_mean_the_same_when_they_are_said_otherwise(name: str, rule: str) -> None:
    tried = 0
    refused: list[str] = []
    wrong: list[str] = []
    for said in sentences(name):
        expected = comparable(said.meant)
        for text in variants(said, RULES[rule]):
            tried += 1
            found = understood(text, said.room)
            if comparable(found) != expected:
                (wrong if found else refused).append(_shown(said, text, found))
    report = _report({"are taken for something else": wrong, f"of {tried} are refused": refused})
    assert not wrong, report
    assert len(refused) <= tried * (1 - LEAST_UNDERSTOOD), report


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_says_many_sentences_otherwise(rule: str) -> None:
    assert sum(len(variants(said, RULES[rule])) for said in everything()) >= 50


def test_the_same_is_understood_in_whatever_order_sets_are_walked() -> None:
    script = Path(__file__).parent / "variants.py"
    told = []
    for seed in ("0", "1"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        told.append(json.loads(subprocess.check_output([sys.executable, script], env=environment, text=True)))
    differing = [f"{one} / {other}" for one, other in zip(*told, strict=True) if one != other]
    assert not differing, _report({"depend on it": differing})
