"""The services: what they say on the broker, what systemd says, and all of it of a hub that really runs."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from brokers import TestBroker, free_port
from doctors import case, outcomes, program, put, results

from hub.bus import Bus
from hub.doctor.processes import running
from hub.messages import Topic, Understood, Utterance

REPOSITORY = Path(__file__).parents[2]

ALL = ("thinq", "genie", "gpio", "discovered", "homeassistant")


@pytest.fixture
async def bus(tmp_path: Path) -> AsyncIterator[Bus]:
    """Somebody who says what services say."""
    broker = TestBroker("amqtt", tmp_path)
    await broker.start()
    async with Bus(broker.address, "services").running() as running:
        yield running
    await broker.stop()


@asynccontextmanager
async def butler(bus: Bus) -> AsyncIterator[None]:
    """Somebody who says what sentences mean, as the butler does, and with a home that stays on the broker."""
    answering = Bus(bus.address, "butler")

    def answer(topic: str, payload: bytes) -> None:
        asked = Utterance.from_payload(topic, payload)
        assert not asked.carry_out
        answering.publish(Topic.UNDERSTOOD, Understood(utterance_id=asked.id, text=asked.text).to_payload())

    answering.subscribe(Topic.UTTERANCE, answer)
    async with answering.running(), asyncio.timeout(60):
        answering.publish(Topic.HOME, '{"rooms": []}', retain=True)
        await answering.connected.wait()
        await answering.flush()
        yield


def broker_of(bus: Bus, more: str = "") -> str:
    return f"broker: {{url: 'mqtt://127.0.0.1:{bus.address.port}'}}\n{more}"


async def say(bus: Bus, state: str, *topics: str) -> None:
    for topic in topics:
        bus.publish(topic, json.dumps({"state": state}), retain=True)
    await bus.flush()


async def test_nobody_is_there(tmp_path: Path, bus: Bus) -> None:
    assert await outcomes(case(tmp_path, broker_of(bus), root=tmp_path), "services") == {"services_none": "failure"}


async def test_services_come_one_by_one(tmp_path: Path, bus: Bus) -> None:
    examined = case(tmp_path, broker_of(bus), root=tmp_path)
    await say(bus, "online", *(Topic.bridge(name, "state") for name in ALL[:4]))
    found = await results(examined, "services")
    assert [result.finding for result in found] == ["bridges_away", "butler_away"]
    assert "homeassistant" in found[0].message
    assert "thinq" not in found[0].message
    async with butler(bus):
        await say(bus, "offline", Topic.bridge("homeassistant", "state"), Topic.satellite("living", "state"))
        assert await outcomes(examined, "services") == {"bridges_away": "failure", "voice_offline": "warning"}
        await say(bus, "online", Topic.bridge("homeassistant", "state"))
        await say(bus, "idle", Topic.satellite("living", "state"))
        assert await outcomes(examined, "services") == {"bridges": "ok"}
    assert await outcomes(examined, "services") == {"bridges": "ok", "butler_away": "failure"}, (
        "its home is still there"
    )


async def test_what_is_switched_off_is_not_missed(tmp_path: Path, bus: Bus) -> None:
    off = "".join(f"{name}: {{enabled: false}}\n" for name in ALL[1:])
    await say(bus, "online", Topic.bridge("thinq", "state"))
    async with butler(bus):
        assert await outcomes(case(tmp_path, broker_of(bus, off), root=tmp_path), "services") == {"bridges": "ok"}


async def test_a_state_that_is_nonsense(tmp_path: Path, bus: Bus) -> None:
    for payload in ("[]", "online", "{}"):
        for name in ALL:
            bus.publish(Topic.bridge(name, "state"), payload, retain=True)
        await bus.flush()
        found = await outcomes(case(tmp_path, broker_of(bus), root=tmp_path), "services")
        assert found["bridges_away"] == "failure"


async def test_a_satellite_hears_no_services(tmp_path: Path, bus: Bus) -> None:
    settings = f"broker: {{url: 'mqtt://voice@127.0.0.1:{bus.address.port}'}}"
    assert await outcomes(case(tmp_path, settings, root=tmp_path), "services") == {"services_unheard": "ok"}


# Processes, and systemd.


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("/opt/jipsa/current/bin/python\0/opt/jipsa/current/bin/jipsa-serve\0voice\0--config\0/etc/jipsa/x.yaml", True),
        ("python3\0/opt/jipsa/current/bin/jipsa-serve\0hub", True),
        ("python3\0/home/pi/.venv/bin/jipsa\0run\0--no-samples", True),
        ("jipsa\0voice", True),
        ("python3\0jipsa-serve\0bridge\0genie", False),
        ("python3\0jipsa\0hear\0voice", False),
        ("python3\0jipsa", False),
        ("vim\0/etc/jipsa/voice", False),
    ],
)
def test_a_process_is_known_by_its_command(line: str, found: bool, tmp_path: Path) -> None:
    put(tmp_path, proc__77__cmdline=f"{line}\0")
    assert running(tmp_path, "voice", "run") == (77 if found else None)


UNIT = "Id={id}\nLoadState=loaded\nActiveState={state}\nSubState={sub}\nNRestarts={restarts}\nMemoryCurrent={memory}\n"


def systemd(folder: Path, monkeypatch: pytest.MonkeyPatch, *units: tuple[str, str, str, int, int]) -> None:
    """A systemctl that answers as the real one does (systemd 252) for these units."""
    said = "\n".join(
        UNIT.format(id=name, state=state, sub=sub, restarts=restarts, memory=memory if memory else "[not set]")
        for name, state, sub, restarts, memory in units
    )
    put(folder, run__systemd__system__x="", said=said)
    program(folder / "bin", "systemctl", f"cat {folder}/said")
    monkeypatch.setenv("PATH", f"{folder}/bin:{os.environ['PATH']}")


async def test_units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bus: Bus) -> None:
    await say(bus, "online", *(Topic.bridge(name, "state") for name in ALL))
    examined = case(tmp_path, broker_of(bus), root=tmp_path)
    understands = ("jipsa-butler.service", "active", "running", 0, 60_000_000)
    genie = ("jipsa-bridge@genie.service", "active", "running", 0, 52_000_000)
    systemd(tmp_path, monkeypatch, understands, genie, ("jipsa.service", "inactive", "dead", 0, 0))
    async with butler(bus):
        found = await results(examined, "services")
    assert [(result.finding, result.outcome) for result in found] == [("units", "ok"), ("bridges", "ok")]
    assert "2개" in found[0].message
    assert "112 MB" in found[0].message
    systemd(tmp_path, monkeypatch, understands, (*genie[:3], 4, genie[4]))
    (restarts, *_) = await results(examined, "services")
    assert (restarts.finding, restarts.outcome) == ("unit_restarts", "warning")
    assert "4번" in restarts.message
    assert "journalctl -u jipsa-bridge@genie.service" in str(restarts.remedy)
    systemd(tmp_path, monkeypatch, understands, ("jipsa-bridge@genie.service", "activating", "auto-restart", 31, 0))
    found = await results(examined, "services")
    assert [(result.finding, result.outcome) for result in found][:2] == [("unit_down", "failure"), ("units", "ok")]
    assert "auto-restart" in found[0].message
    systemd(tmp_path, monkeypatch, (*understands[:4], 0))  # where systemd does not count memory
    found = await results(examined, "services")
    assert (found[0].finding, "MB" in found[0].message) == ("units_unmeasured", False)


async def test_a_gate_that_the_settings_want_is_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bus: Bus
) -> None:
    await say(bus, "online", *(Topic.bridge(name, "state") for name in ALL))
    examined = case(tmp_path, broker_of(bus, "remote: {enabled: true}\n"), root=tmp_path)
    understands = ("jipsa-butler.service", "active", "running", 0, 60_000_000)
    gate = ("jipsa-remote.service", "active", "running", 0, 40_000_000)
    systemd(tmp_path, monkeypatch, understands, ("jipsa-remote.service", "inactive", "dead", 0, 0))
    assert (await outcomes(examined, "services"))["remote_away"] == "failure"
    systemd(tmp_path, monkeypatch, understands, gate)
    assert "remote_away" not in await outcomes(examined, "services")
    systemd(tmp_path, monkeypatch, ("jipsa.service", "active", "running", 0, 200_000_000))
    assert "remote_away" not in await outcomes(examined, "services")


async def test_units_that_are_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    systemd(tmp_path, monkeypatch, ("jipsa-butler.service", "inactive", "dead", 0, 0))
    settings = f"broker: {{embedded: false, url: 'mqtt://127.0.0.1:{free_port()}'}}"
    assert await outcomes(case(tmp_path, settings, root=tmp_path), "services") == {"units_stopped": "failure"}


# A hub.


Line = dict[str, str | None]


async def asked(file: Path, *checks: str) -> tuple[int | None, dict[str | None, Line]]:
    """The doctor's exit code and findings, as from a script that hears no complaint."""
    process = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("jipsa"), "doctor", *checks, "--json", "--config", file,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    printed, complaints = await process.communicate()
    assert complaints == b""
    lines: list[Line] = [json.loads(line) for line in printed.splitlines()]
    return process.returncode, {line["finding"]: line for line in lines}


@pytest.mark.timeout(300)
async def test_a_hub_that_runs(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> None:
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    settings = (  # where the command line's tests have their graph of this home
        f"cache_dir: {shared / 'cache/jipsa'}\nhome: {REPOSITORY}/config/home.yaml\ngpio: {{pins: mock}}\n"
        f"broker: {{url: 'mqtt://127.0.0.1:{free_port()}'}}\nweb: {{port: {free_port()}}}\n"
    )
    file = tmp_path / "jipsa.yaml"
    file.write_text("state_dir: state\n" + settings)
    hub = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("jipsa"), "run", "--no-samples", "--config", file,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    assert hub.stdout is not None
    try:
        async with asyncio.timeout(280):
            await hub.stdout.readuntil(b"> ")
            while not {"bridges", "graph"} <= (await asked(file, "services", "graph"))[1].keys():
                await asyncio.sleep(1)  # what bridges announced is being made a graph of, which takes a while
            code, found = await asked(file)
    finally:
        hub.send_signal(signal.SIGTERM)
        rest = (await hub.communicate())[0].decode()
    assert code == 0, found
    assert {
        "broker",
        "bridges",
        "microphone_used",
        "loudspeaker_used",
        "graph",
        "thinq_simulated",
        "web",
    } <= found.keys()
    assert "butler_away" not in found
    assert "doctor" not in rest  # nobody there has noticed
