"""The services: what systemd says of them, and what they say of themselves on the broker."""

from __future__ import annotations

import asyncio
import json
import shutil
from contextlib import suppress
from typing import Final

import aiomqtt

from hub.address import BrokerAddress
from hub.bridges import enabled
from hub.doctor.broker import PATIENCE, client_of, hears_all, retained
from hub.doctor.findings import Case, Findings, FirstError
from hub.doctor.programs import ProgramError, output
from hub.messages import Topic, Understood, Utterance
from hub.payloads import PayloadError

SYSTEMD: Final = "run/systemd/system"
"""A folder that is there where systemd runs: sd_booted(3)."""

GATES: Final = frozenset({"jipsa-remote.service", "jipsa.service"})
"""Units in which what comes from outside is let in."""

SENTENCE: Final = "지금 몇 시야"
"""What the butler is asked the meaning of."""

ASKED: Final = ("Id", "LoadState", "ActiveState", "SubState", "NRestarts", "MemoryCurrent")


async def services(case: Case, found: Findings) -> None:
    """Whether all that the settings switch on runs and is ready, without starting again and again."""
    units = await _units(case)
    running = _judged(units, found)
    if running and case.settings.remote.enabled and not GATES & {unit["Id"] for unit in running}:
        found.failure("remote_away")
    address = case.settings.broker.address()
    if case.outside or not hears_all(address):
        found.ok("services_unheard", login=address.username)
        return
    try:
        said = await retained(case, Topic.HOME, Topic.bridge("+", "state"), Topic.satellite("+", "state"))
    except FirstError:
        if running or not units:
            raise
        return  # nothing runs, and that was said
    if not said:
        found.failure("services_none")
        return
    states = {topic: _state(payload) for topic, payload in said.items()}
    away = [name for name in enabled(case.settings) if states.get(Topic.bridge(name, "state")) != "online"]
    if away:
        found.failure("bridges_away", names=", ".join(away))
    else:
        found.ok("bridges", names=", ".join(enabled(case.settings)))
    if not await _understands(address):
        found.failure("butler_away")
    satellite = case.settings.voice.satellite
    if states.get(Topic.satellite(satellite, "state")) == "offline":
        found.warning("voice_offline", name=satellite)


async def _understands(address: BrokerAddress) -> bool:
    """Whether a butler says what a sentence means, which does nothing: what it has left on the broker stays there."""
    asked = Utterance(text=SENTENCE, source="doctor", carry_out=False)
    with suppress(aiomqtt.MqttError, TimeoutError):
        async with client_of(address) as client, asyncio.timeout(PATIENCE):
            await client.subscribe(Topic.UNDERSTOOD, qos=1)
            await client.publish(Topic.UTTERANCE, asked.to_payload(), qos=1)
            async for message in client.messages:
                with suppress(PayloadError):
                    if Understood.from_payload(message.topic.value, message.payload).utterance_id == asked.id:
                        return True
    return False


def _state(payload: bytes) -> str | None:
    with suppress(ValueError, AttributeError):
        state: str | None = json.loads(payload).get("state")
        return state
    return None


async def _units(case: Case) -> list[dict[str, str]]:
    """What systemd says of each unit of ours that it knows."""
    if not (case.root / SYSTEMD).is_dir() or shutil.which("systemctl") is None:
        return []
    with suppress(ProgramError):
        said = await output("systemctl", "show", f"--property={','.join(ASKED)}", "jipsa*.service")
        blocks = [block.splitlines() for block in said.split("\n\n")]
        units = [dict(line.split("=", 1) for line in block if "=" in line) for block in blocks]
        return [unit for unit in units if unit.get("LoadState") == "loaded"]
    return []


def _judged(units: list[dict[str, str]], found: Findings) -> list[dict[str, str]]:
    """Say how the units are; gives those that run."""
    running = [unit for unit in units if unit["ActiveState"] == "active"]
    for unit in units:
        name, restarts = unit["Id"], int(unit.get("NRestarts") or 0)
        if unit["ActiveState"] in {"failed", "activating"}:
            found.failure("unit_down", unit=name, state=unit["SubState"], restarts=restarts)
        elif unit["ActiveState"] == "active" and restarts:
            found.warning("unit_restarts", unit=name, restarts=restarts)
    if running:
        used = [int(unit["MemoryCurrent"]) for unit in running if unit.get("MemoryCurrent", "").isdigit()]
        found.ok("units" if used else "units_unmeasured", n=len(running), megabytes=sum(used) // 1_000_000)
    elif units and not any(unit["ActiveState"] in {"failed", "activating"} for unit in units):
        found.failure("units_stopped")
    return running
