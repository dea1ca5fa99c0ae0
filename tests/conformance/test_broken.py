"""Bridges by somebody else: one that keeps the contract, and many with one fault, of which nothing else is found."""

from __future__ import annotations

import asyncio
from itertools import chain, starmap
from pathlib import Path

import pytest
from brokers import TestBroker
from conformance.strangers import stranger

from hub.conformance.checks import GROUPS, examine
from hub.conformance.subject import Wishes
from hub.conformance.verdict import Verdict
from hub.texts import text

FAULTS: dict[str, tuple[str, ...]] = {
    # what is wrong: the checks that find it
    "a lamp is not listed": ("devices",),
    "abouts are not retained": ("devices", "abouts"),
    "another's about": ("devices", "abouts"),
    "unknown property": ("states",),
    "numbers as text": ("states", "question"),
    "no moment": ("states",),
    "old health": ("health",),
    "no transaction": ("health_check", "unknown_request", "restart"),
    "any request is fine": ("unknown_request",),
    "reads everything": ("too_large",),
    "no state": ("question",),
    "new keys are refused": ("unknown_keys",),
    "unknown_intent": ("unknown_intent",),
    "expired": ("expired",),
    "late ones are done": ("expired",),
    "does it twice": ("twice", "changed"),
    "answers twice": ("once",),
    "bad_payload": ("bad_payload",),
    "crashes": ("malformed",),
    "takes any value": ("refused", "set_refused"),
    "takes what is too large": ("refused", "set_refused"),
    "no log": ("set_refused",),
    "changed is empty": ("changed",),
    "no plain text": ("set_plain",),
    "no will": ("will",),
    "silent after a cut": ("again",),
    "deaf after a cut": ("again",),
    "takes what is retained": ("retained",),
    "forgets what it answered": ("restart",),
    "never comes back": ("restart",),
    "another level": ("messages",),
    "QoS 0": ("qos",),
    "replies are retained": ("not_kept",),
}


AT_ONCE = 12
"""Bridges that are looked at beside each other: mostly it is waited for what does not come."""


async def looked_at(number: int, broker: TestBroker, folder: Path, *fault: str) -> list[Verdict]:
    """What is found of one."""
    name = f"lamps{number}"
    wishes = Wishes(device=f"{name}-desk", reconnect=True, restart=True)
    async with stranger(name, broker, folder, *fault):
        return [verdict async for _, verdict in examine(name, broker.address, wishes, "en")]


async def test_a_bridge_by_somebody_else_keeps_the_contract(mosquitto: TestBroker, tmp_path: Path) -> None:
    found = await looked_at(0, mosquitto, tmp_path)
    assert [verdict for verdict in found if verdict.outcome != "holds"] == []
    assert [verdict.check for verdict in found] == [check for checks in GROUPS.values() for check in checks]


@pytest.mark.timeout(600)
async def test_each_fault_is_found_and_nothing_else(mosquitto: TestBroker, tmp_path: Path) -> None:
    places = asyncio.Semaphore(AT_ONCE)

    async def broken(number: int, fault: str) -> list[Verdict]:
        async with places:
            found = await looked_at(number, mosquitto, tmp_path, fault)
        return [verdict for verdict in found if verdict.outcome == "broken"]

    found = dict(zip(FAULTS, await asyncio.gather(*starmap(broken, enumerate(FAULTS))), strict=True))
    assert {fault: tuple(verdict.check for verdict in told) for fault, told in found.items()} == FAULTS
    for verdict in chain.from_iterable(found.values()):
        assert verdict.sentence == text(f"conformance.must-{verdict.check}", "en")
        assert verdict.seen
