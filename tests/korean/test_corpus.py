"""Every sentence of the corpus, as it stands and said otherwise, means what the corpus says; nothing else is acted on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from functools import cache

import pytest
from korean.variants import (
    FREE_SLOTS,
    RULES,
    TIMERS,
    Meant,
    Said,
    everything,
    file_names,
    home,
    rejected,
    sentences,
    variants,
)

from hub.butler.understanding import Understander
from hub.grammar.lexicon import lexicon
from hub.korean.jamo import squash

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=timezone(timedelta(hours=9)))
"""A Wednesday, the moment at which the corpus is said."""

SHOWN = 20
"""Failing sentences that are written out."""

NAMED_ITSELF = ("Timer", "TimerStatus", "Item", "GetList")
"""How intents end whose name is not that of a target."""

Comparable = tuple[tuple[str, frozenset[str], frozenset[tuple[str, object]]], ...]


@cache
def _understander() -> Understander:
    return Understander(home(), lambda: NOW)


def _tells_target(meant: Meant, slot: str) -> bool:
    """Whether a slot only says which devices are meant, as `targets` does."""
    match slot:
        case "domain" | "floor":
            return True
        case "area":
            return meant.intent != "HassVacuumCleanArea"
        case "name":
            return not meant.intent.endswith(NAMED_ITSELF)
        case "device_class":
            classes = {device.device_class for i in meant.targets if (device := home().device(i)) is not None}
            said = meant.slots[slot]
            return said in classes & lexicon().classes.keys()
    return False


def _comparable(meanings: Iterable[Meant], *, exactly: bool) -> Comparable:
    """Meanings as they are compared: free text letter by letter, or with its spaces left out."""
    return tuple(
        (meant.intent, meant.targets, frozenset(_slots(meant, exactly=exactly))) for meant in meanings
    )


def _slots(meant: Meant, *, exactly: bool) -> Iterator[tuple[str, object]]:
    for slot, value in meant.slots.items():
        free = slot in FREE_SLOTS or (slot == "name" and meant.intent.endswith(TIMERS))
        if not _tells_target(meant, slot):
            yield slot, squash(str(value)) if free and not exactly else value


def _understood(text: str, room: str | None) -> list[Meant]:
    found = _understander().understand(text, room)
    return [Meant(intent.intent, frozenset(intent.targets), intent.slots) for intent in found.intents]


def _shown(text: str, said: Said | None, found: list[Meant]) -> str:
    room = f" [{said.room}]" if said is not None and said.room else ""
    return f"{text}{room} → " + (" + ".join(f"{m.intent} {sorted(m.targets)} {dict(m.slots)}" for m in found) or "nothing")


def _report(failing: Mapping[str, list[str]]) -> str:
    return "\n".join(
        line for what, lines in failing.items() for line in (f"{len(lines)} {what}:", *(f"  {line}" for line in lines[:SHOWN]))
    )


@pytest.mark.parametrize("name", file_names())
def test_every_sentence_of_the_corpus_is_understood_exactly(name: str) -> None:
    failing = []
    for said in sentences(name):
        found = _understood(said.text, said.room)
        if _comparable(found, exactly=True) != _comparable(said.meant, exactly=True):
            failing.append(_shown(said.text, said, found))
    assert not failing, _report({"failing": failing})


def test_the_corpus_has_every_intent_and_many_sentences() -> None:
    known = {frame.intent for frame in lexicon().frames} | {"JipsaSchedule"}
    assert {meant.intent for said in everything() for meant in said.meant} == known
    assert len(everything()) >= 600
    texts = [(said.text, said.room) for said in everything()]
    assert len(texts) - len(set(texts)) == 0, [t for t in texts if texts.count(t) > 1]


def test_what_must_be_rejected_leads_to_nothing() -> None:
    assert len(rejected()) >= 200
    failing = [_shown(text, None, found) for text in rejected() if (found := _understood(text, None))]
    assert not failing, _report({"acted on": failing})


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", file_names())
def test_sentences_mean_the_same_when_they_are_said_otherwise(name: str, rule: str) -> None:
    tried, refused, wrong = 0, [], []
    for said in sentences(name):
        expected = _comparable(said.meant, exactly=False)
        for text in variants(said, RULES[rule]):
            tried += 1
            found = _understood(text, said.room)
            if not found:
                refused.append(_shown(text, said, found))
            elif _comparable(found, exactly=False) != expected:
                wrong.append(_shown(text, said, found))
    assert not wrong and len(refused) <= tried / 100, _report({"wrong": wrong, f"of {tried} not understood": refused})
