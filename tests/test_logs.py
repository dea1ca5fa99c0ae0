"""What is logged, where it goes, and the way of a sentence: real processes, a real broker, a real journal."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import re
import signal
import socket
import struct
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from brokers import TestBroker, free_port
from hypothesis import given
from hypothesis import strategies as st
from journals import POSSIBLE, Journal, running_journal
from rich.console import Group
from rich.table import Table

from devices.gpio.bridge import GpioBridge
from hub import logs
from hub.bus import Bus
from hub.butler.service import Butler
from hub.follow import Follower
from hub.home import Home, load_home
from hub.logs import chronicle
from hub.logs.steps import FORMS, Step, Steps
from hub.logs.view import View
from hub.messages import Intent, LogLine, Reply, Say, SentIntent, Topic, Understood, Utterance
from hub.payloads import new_id
from hub.printable import LONGEST, line, printable, public
from hub.terminal import Terminal
from hub.together import together

REPOSITORY = Path(__file__).parents[1]

HOSTILE = {
    "a line end": "\n2026-11-28T12:00:00.000+00:00 CRITICAL hub: the house burns",
    "a return": "\roverwritten",
    "colours": "\x1b[31mred\x1b[0m",
    "a title": "\x1b]0;owned\x07",
    "a link": "\x1b]8;;http://evil\x1b\\here\x1b]8;;\x1b\\",
    "one byte": "\x9b31m",
    "NUL": "\x00",
    "a turned line": "\u202egnp.exe",
    "hidden": "a\u200bb\u2066c\ufeff",
    "another line end": "\u2028and\x85",
}
CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2066-\u2069\ufeff]")
"""What must never come out; line ends are counted."""


# Texts.


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_controls_is_written_out(text: str) -> None:
    fit = printable(text)
    assert not CONTROLS.search(fit)
    assert "\n" not in fit
    assert json.loads(f'"{fit}"') == text if "\\" not in text and '"' not in text else "\\u001b" in fit


@given(st.text())
def test_json_says_the_same_when_it_is_made_printable(text: str) -> None:
    told = printable(json.dumps({"text": text}, ensure_ascii=False))
    assert json.loads(told) == {"text": text}
    assert printable(told) == told
    assert len(told.splitlines()) == 1


def test_names_of_people_stay_as_they_are() -> None:
    for name in ("거실 에어컨", "👨‍👩‍👧의 방", "Küche ½ №", "　넓은　칸", "“따옴표”…"):
        assert line(name) == name


@pytest.mark.parametrize("letter", ["가", "\x00"])
def test_what_is_very_long_is_cut(letter: str) -> None:
    assert len(line(letter * 1_000_000)) == LONGEST + 1
    assert line("가" * LONGEST) == "가" * LONGEST


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("mqtt://jipsa:hunter2@hub:1883", "mqtt://…@hub:1883"),
        ("mqtt://jipsa:hunt/er2@hub:99999", "mqtt://…@hub:99999"),
        ("jipsa:hunter2//@hub", "…@hub"),
        ("webcal://ical.org/private-hunter2/basic.ics", "webcal://ical.org/…"),
        ("http://ha:8123?token=hunter2", "http://ha:8123/…"),
        ("mqtt://hub", "mqtt://hub"),
    ],
)
def test_an_address_is_shown_without_what_is_secret(address: str, shown: str) -> None:
    assert public(address) == shown


@pytest.mark.parametrize("colors", [True, False])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_terminal_prints_one_line_and_no_control(text: str, colors: bool) -> None:
    console = Terminal()
    console.file = io.StringIO()
    console._force_terminal = colors
    table = Table.grid()
    table.add_row(f"[red]{text}", Group(text, text))
    console.print(f"[bold]{text} :smile:")
    console.print(table)
    shown = re.sub(r"\x1b\[[\d;]*m", "", console.file.getvalue()) if colors else console.file.getvalue()
    assert not CONTROLS.search(shown)
    assert shown.splitlines()[0] == f"[bold]{printable(text)} :smile:"


# Records.


@pytest.fixture
def record() -> Iterator[logging.Logger]:
    """A logger whose handlers are ours alone."""
    logger = logging.getLogger("hub.butler.tried")
    logger.propagate = False
    yield logger
    logger.handlers.clear()


def entry(datagram: bytes) -> dict[str, str]:
    """The fields of an entry in the journal's own protocol."""
    fields = {}
    while datagram:
        name, _, rest = datagram.partition(b"\n")
        (size,) = struct.unpack_from("<Q", rest)
        fields[name.decode()] = rest[8 : 8 + size].decode()
        assert rest[8 + size :][:1] == b"\n"
        datagram = rest[9 + size :]
    return fields


async def test_a_record_is_one_entry_with_its_fields(record: logging.Logger, tmp_path: Path) -> None:
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journal:
        journal.bind(str(path))
        handler = logs.JournalHandler(path)
        handler.addFilter(logs._Fields())
        record.addHandler(handler)
        logs.about(utterance="9a\nPRIORITY=0", device="lamp", intent=None)
        try:
            raise ValueError(HOSTILE["a line end"])
        except ValueError:
            record.exception("%s failed", HOSTILE["colours"])
        fields = entry(journal.recv(1 << 20))
        record.warning("%s", "가" * 100_000)
        assert len(entry(journal.recv(1 << 20))["MESSAGE"]) == LONGEST + 1
    assert fields["PRIORITY"] == "3"
    assert (fields["JIPSA_UTTERANCE"], fields["JIPSA_DEVICE"]) == ("9a\nPRIORITY=0", "lamp")
    assert "JIPSA_INTENT" not in fields
    assert (fields["JIPSA_SERVICE"], fields["SYSLOG_IDENTIFIER"]) == ("butler", "jipsa")
    assert fields["CODE_FUNC"] == "test_a_record_is_one_entry_with_its_fields"
    first, *trace = fields["MESSAGE"].split("\n")
    assert first == "\\u001b[31mred\\u001b[0m failed"
    assert trace[0] == "    Traceback (most recent call last):"
    assert all(one.startswith("    ") for one in trace)
    handler.close()


async def test_what_a_task_logs_is_about_what_its_maker_said(record: logging.Logger) -> None:
    seen = []
    handler = logging.Handler()
    handler.emit = seen.append  # type: ignore[method-assign,assignment]
    handler.addFilter(logs._Fields())
    record.addHandler(handler)

    async def work(utterance: str) -> None:
        logs.about(utterance=utterance)
        await asyncio.sleep(0)
        await asyncio.create_task(deeper())

    async def deeper() -> None:
        record.warning("here")

    await asyncio.gather(work("one"), work("two"))
    record.warning("outside")
    assert [one.__dict__.get("utterance") for one in seen] == ["one", "two", None]


def test_without_a_journal_the_line_goes_to_standard_error(
    record: logging.Logger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = logs.JournalHandler(tmp_path / "nobody")
    handler.addFilter(logs._Fields())
    record.addHandler(handler)
    record.error("%s", HOSTILE["a line end"])
    assert capsys.readouterr().err == "<3>\\n2026-11-28T12:00:00.000+00:00 CRITICAL hub: the house burns\n"
    handler.close()


# Processes.


def environment(folder: Path, broker: str, **more: str) -> dict[str, str]:
    settings = folder / "jipsa.yaml"
    settings.write_text(
        f"home: {REPOSITORY}/config/home.yaml\nbroker: {{embedded: false, url: '{broker}'}}\n"
        "gpio: {pins: mock}\nvoice: {microphone: 'off', button: null, light: null}\n"
    )
    own = {"JIPSA_CONFIG": str(settings), "XDG_STATE_HOME": str(folder / "state"), "PYTHONPATH": str(REPOSITORY)}
    return {**os.environ, **own, "COLUMNS": "200", **more}


async def run(*arguments: str, env: dict[str, str]) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of `jipsa …`."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hub.cli", *arguments), cwd=REPOSITORY, env=env, stdout=pipe, stderr=pipe
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


@asynccontextmanager
async def started(*arguments: str, env: dict[str, str], output: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """`jipsa …` while the block lasts, with both outputs in a file; ended as systemd ends it."""
    with output.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "hub.cli", *arguments), cwd=REPOSITORY, env=env, stdout=file, stderr=file
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.wait()


async def until_written(output: Path, wanted: str, within: float = 60) -> str:
    """What stands in the file when `wanted` does."""
    async with asyncio.timeout(within):
        while wanted not in (written := output.read_text()):
            await asyncio.sleep(0.02)
    return written


@asynccontextmanager
async def connected(broker: TestBroker) -> AsyncIterator[Bus]:
    bus = Bus(broker.address, f"test-{new_id()[:8]}")
    async with bus.running():
        await bus.connected.wait()
        yield bus


@pytest.mark.parametrize("form", ["auto", "json"])
async def test_hostile_messages_make_one_quiet_line_each(mosquitto: TestBroker, tmp_path: Path, form: str) -> None:
    output = tmp_path / "output"
    env = environment(tmp_path, mosquitto.url, JIPSA_LOG_FORMAT=form)
    async with started("bridge", "genie", env=env, output=output), connected(mosquitto) as bus:
        await until_written(output, "jipsa-genie: connected")
        before = output.read_text().count("\n")
        for text in HOSTILE.values():
            told = json.dumps({"id": new_id(), "intent": text, "slots": {"name": text}, "targets": []})
            bus.publish(Topic.intent("genie"), told)
        bus.publish(Topic.device("timers", "set"), json.dumps(HOSTILE))
        bus.publish(Topic.bridge("genie", "request/health_check"), "\x1b[31m{")
        written = await until_written(output, "request/health_check")
    assert not CONTROLS.search(written)
    assert written.count("\n") - before <= len(HOSTILE) + 2
    if form == "json":
        told = [json.loads(one) for one in written.split("\n")[:-1]]
        assert {one["service"] for one in told} == {"genie"}
        assert told[-1].keys() == {"at", "level", "service", "logger", "message"}
        assert datetime.fromisoformat(told[-1]["at"]).tzinfo is not None
    else:
        stamped = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d (INFO|WARNING) (hub|devices)\.")
        assert all(stamped.match(one) for one in written.split("\n")[:-1])


async def test_a_bridge_that_speaks_in_escapes_is_quoted_by_say_and_log(mosquitto: TestBroker, tmp_path: Path) -> None:
    """Whoever can publish plays butler and bridge here: name, error and answer are as bad as they can be."""
    evil = "".join(HOSTILE.values())
    env = environment(tmp_path, mosquitto.url)
    async with connected(mosquitto) as bus:
        butler = Bus(mosquitto.address, "evil")

        def answer(topic: str, payload: bytes) -> None:
            said = Utterance.from_payload(topic, payload)
            sent = SentIntent(id="i1", bridge="evil", intent="HassTurnOn", slots={"name": evil})
            for subject, message in (
                (Topic.UNDERSTOOD, Understood.model_construct(utterance_id=said.id, text=evil, intents=[sent])),
                (Topic.reply("i1"), {"id": "i1", "bridge": "evil", "ok": False,
                                     "error": {"code": "device_error", "message": evil}}),
                (Topic.bridge("evil", "log"), LogLine.model_construct(level="error", message=evil)),
                (Topic.say(said.satellite or "x"), {"id": "s", "text": evil, "priority": "answer",
                                                    "utterance_id": said.id}),
                (Topic.bridge("evil", "log"), {"level": "info", "message": "the last line"}),
            ):  # fmt: skip
                body = json.dumps(message) if isinstance(message, dict) else message.to_payload()
                bus.publish(subject, body)

        butler.subscribe(Topic.UTTERANCE, answer)
        follow = tmp_path / "log"
        async with butler.running(), started("log", env=env, output=follow):
            await butler.connected.wait()
            number = 0
            while "here" not in follow.read_text():  # until `jipsa log` has subscribed
                number += 1
                bus.publish(Topic.bridge("evil", "log"), LogLine(level="info", message=f"{number} here"))
                await asyncio.sleep(0.1)
            await until_written(follow, f" {number} here")
            begun = follow.read_text().count("\n")
            _, shown, _ = await run("say", "불 켜줘", env=env)
            followed = await until_written(follow, "the last line")
    for output in (shown, followed):
        assert "the house burns" in output
        assert not CONTROLS.search(output)
        assert "\n2026-11-28T12:00:00" not in output
    assert shown.count("\n") == 3  # an intent, a reply, an answer
    assert followed.count("\n") - begun == 6  # said, understood, replied, two lines of a log, answered


async def test_a_sentence_for_people_is_logged_where_machines_read(tmp_path: Path) -> None:
    settings = tmp_path / "jipsa.yaml"
    settings.write_text("thinq: {poll: 3}\nhmoe: x\n")
    code, _, plain = await run("butler", "--config", str(settings), env={**os.environ})
    assert (code, plain.count("\n")) == (2, 2)
    code, _, told = await run("--log-format", "json", "butler", "--config", str(settings), env={**os.environ})
    assert code == 2
    assert [json.loads(one)["message"] for one in told.splitlines()] == plain.splitlines()


async def test_a_fault_of_the_program_is_one_record(tmp_path: Path) -> None:
    program = "import hub.cli as c, hub.serve as s; s.load_settings = lambda *_: {}[chr(27)]; c.main()"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program, "--log-format", "json", "butler"),
        cwd=REPOSITORY,
        stderr=asyncio.subprocess.PIPE,
    )
    _, err = await process.communicate()
    told = json.loads(err)
    assert process.returncode == 1
    assert (told["level"], told["service"]) == ("critical", "butler")
    assert told["traceback"].startswith("    Traceback")
    assert told["traceback"].endswith("KeyError: '\\x1b'")


@pytest.mark.parametrize(("level", "expected"), [(None, True), ("debug", True), ("warning", False)])
async def test_services_tell_what_they_do_unless_told_otherwise(
    mosquitto: TestBroker, tmp_path: Path, level: str | None, expected: bool
) -> None:
    output = tmp_path / "output"
    env = environment(tmp_path, mosquitto.url, **({"JIPSA_LOG_LEVEL": level} if level else {}))
    async with started("bridge", "genie", env=env, output=output):
        online = asyncio.Event()
        bus = Bus(mosquitto.address, "listener")
        bus.subscribe(Topic.bridge("genie", "state"), lambda _, payload: online.set() if b"online" in payload else None)
        async with bus.running(), asyncio.timeout(60):
            await online.wait()
    assert ("connected to" in output.read_text()) is expected


# The way of a sentence.


@pytest.fixture
async def hub(mosquitto: TestBroker, tmp_path: Path) -> AsyncIterator[Follower]:
    """A butler that keeps a chronicle, the pins of the sample home, and somebody who speaks."""
    home = load_home(REPOSITORY / "config/home.yaml")
    home = Home(home.rooms, tuple(device for device in home.devices if device.id == "living_light"))
    butler = Butler(mosquitto.address, home)
    chronicle.Chronicle(butler.bus)
    bridge = GpioBridge(mosquitto.address, devices=home.devices, pins="mock", voice={}, state_dir=tmp_path)
    bus = Bus(mosquitto.address, "speaker")
    follower = Follower(bus, "living")
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(bus.running())
        await stack.enter_async_context(together([butler.run(), bridge.run()]))
        async with asyncio.timeout(30):
            await butler.ready({"living_light"})
        yield follower


async def test_each_sentence_is_one_line_with_all_its_steps(
    hub: Follower, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO, "hub.logs.chronicle")
    said = [
        Utterance(text="거실 불 켜줘", satellite="living", room="거실", source="microphone", confidence=0.987),
        Utterance(text="아무 말", satellite="living", source="cli"),
        Utterance(text="거실 불 켜줘", satellite="living", source="cli", carry_out=False),
        Utterance(text="거실 불 꺼줘", source="mqtt"),  # nobody is answered
    ]
    for utterance in said:
        await hub.meaning(utterance)
    async with asyncio.timeout(20):
        while len(caplog.records) < 3:
            await asyncio.sleep(0.01)
    told = {one.__dict__["utterance"]: one for one in caplog.records}
    assert told.keys() == {said[0].id, said[1].id, said[3].id}
    messages = [re.sub(r" \(\d+ ms\)$", "", told[said[one].id].getMessage()) for one in (0, 1, 3)]
    assert messages == [
        "“거실 불 켜줘”  거실, microphone, 0.99 → gpio: HassTurnOn name=거실등 [living_light] ✓ “거실등을 켰어요.”",
        "“아무 말”  cli ✗ not_a_command “무슨 말씀인지 잘 모르겠어요.”",
        "“거실 불 꺼줘”  mqtt → gpio: HassTurnOff name=거실등 [living_light] ✓",
    ]
    steps = [Step.from_dict(step) for step in told[said[0].id].__dict__["way"]]
    way = [step for step in steps if step.kind != "again"]  # what a slow machine does not answer in time is repeated
    assert [(step.service, step.kind) for step in way] == [
        ("living", "said"), ("butler", "meant"), ("living_light", "state"), ("gpio", "done"), ("living", "answered"),
    ]  # fmt: skip
    assert way[2].text == "power: on"


async def test_a_sentence_that_nobody_carries_out_is_told_too(
    mosquitto: TestBroker, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chronicle, "PATIENCE", 0.2)
    monkeypatch.setattr(chronicle, "MOST_SENTENCES", 3)
    caplog.set_level(logging.INFO, "hub.logs.chronicle")
    bus = Bus(mosquitto.address, "quiet")
    chronicle.Chronicle(bus)
    async with bus.running():
        await bus.connected.wait()
        for number in range(5):
            bus.publish(Topic.UTTERANCE, Utterance(id=f"u{number}", text="여보세요"))
        async with asyncio.timeout(20):
            while len(caplog.records) < 3:
                await asyncio.sleep(0.01)
    assert [one.getMessage() for one in caplog.records] == ["“여보세요”  mqtt (0 ms)"] * 3


async def test_the_log_follows_a_sentence_over_mqtt(hub: Follower, mosquitto: TestBroker, tmp_path: Path) -> None:
    env = environment(tmp_path, mosquitto.url)
    shown, told = tmp_path / "shown", tmp_path / "told"
    async with (
        started("log", env=env, output=shown),
        started("log", "--json", "--service", "gpio", env=env, output=told),
        connected(mosquitto) as bus,
    ):
        for output in (shown, told):
            while "here" not in output.read_text():
                bus.publish(Topic.bridge("gpio", "log"), LogLine(level="warning", message="here"))
                await asyncio.sleep(0.1)
        utterance = Utterance(id="9a4e1c02ff", text="거실 불 켜줘", satellite="living", room="거실")
        await hub.ask(utterance)
        bus.publish(Topic.device("living_light", "set"), '{"power": false}')
        written = await until_written(shown, "· power: off")
        objects = [json.loads(one) for one in (await until_written(told, '"done"')).splitlines()]
    lines = [one for one in written.splitlines() if "here" not in one and "connected" not in one]
    expected = (
        r"\d\d:\d\d:\d\d\.\d{3}  9a4e1c02  living        “거실 불 켜줘”  거실, mqtt",
        r" +\+\d+ ms  9a4e1c02  butler        → gpio: HassTurnOn name=거실등 \[living_light\]",
        r" +\+\d+ ms  9a4e1c02  living_light  · power: on",
        r" +\+\d+ ms  9a4e1c02  gpio          ✓",
        r" +\+\d+ ms  9a4e1c02  living        “거실등을 켰어요.”",
        r"\d\d:\d\d:\d\d\.\d{3}            living_light  = {\"power\": false}",
        r"\d\d:\d\d:\d\d\.\d{3}            living_light  · power: off",
    )
    assert len(lines) == len(expected), written
    for one, pattern in zip(lines, expected, strict=True):
        assert re.fullmatch(pattern, one), one
    done = next(one for one in objects if one["kind"] == "done")
    assert {one["service"] for one in objects} == {"gpio"}
    assert done["utterance"] == "9a4e1c02ff"
    assert done["ms"] > 0


def step(kind: str, seconds: float = 0, text: str = "", utterance: str | None = None) -> Step:
    return Step(datetime(2026, 11, 28, 12, tzinfo=UTC) + timedelta(seconds=seconds), "gpio", kind, text, utterance)


def read(steps: Steps, topic: str, message: Any, at: float = 0) -> list[tuple[str, str, str]]:
    payload = message.to_payload() if hasattr(message, "to_payload") else message
    found = steps.read(topic, payload, step("info", at).at)
    return [(one.service, one.kind, one.text) for one in found]


def test_steps_of_messages() -> None:
    steps = Steps()
    intent = Intent(id="i1", utterance_id="u1", intent="HassTurnOn", targets=["lamp"])
    sent = SentIntent(id="i1", bridge="gpio", intent="HassTurnOn", targets=["lamp"])
    assert read(steps, Topic.device("lamp", "state"), b'{"power": false, "updated_at": "1"}') == []
    assert read(steps, Topic.device("lamp", "state"), b'{"power": true, "updated_at": "2"}') == []  # nobody asked
    assert read(steps, Topic.UTTERANCE, Utterance(id="u1", text="불 켜")) == [("mqtt", "said", "“불 켜”  mqtt")]
    assert read(steps, Topic.UTTERANCE, Utterance(id="u1", text="불 켜")) == [("mqtt", "again", "“불 켜”  mqtt")]
    meant = ("butler", "meant", "gpio: HassTurnOn [lamp]")
    assert read(steps, Topic.UNDERSTOOD, Understood(utterance_id="u1", text="불 켜", intents=[sent])) == [meant]
    assert read(steps, Topic.UNDERSTOOD, Understood(utterance_id="u1", text="불 켜", intents=[sent])) == []  # once more
    assert read(steps, Topic.intent("gpio"), intent) == []  # told already
    assert read(steps, Topic.intent("gpio"), intent) == [("butler", "again", "gpio: HassTurnOn [lamp]")]
    assert read(steps, Topic.device("lamp", "state"), b'{"power": false}') == [("lamp", "state", "power: off")]
    assert read(steps, Topic.device("lamp", "state"), b'{"power": true}', at=21) == []  # long after
    changed = Reply(id="i1", bridge="gpio", ok=True, changed={"lamp": {"power": False}, "timers": {"count": 1}})
    assert read(steps, Topic.reply("i1"), changed) == [("gpio", "done", "timers count: 1")]
    error: Any = {"code": "device_offline", "message": "꺼져 있어요"}
    failed = Reply(id="i1", bridge="gpio", ok=False, error=error)
    assert read(steps, Topic.reply("i1"), failed) == [("gpio", "failed", "device_offline: 꺼져 있어요")]
    other = Intent(id="i2", intent="HassTurnOff", targets=["lamp"])
    assert read(steps, Topic.intent("gpio"), other) == [("mqtt", "meant", "gpio: HassTurnOff [lamp]")]
    assert read(steps, Topic.say("living"), Say(text="띵동")) == [("living", "told", "띵동")]
    assert read(steps, Topic.device("bell", "event"), b'{"event_type": "short", "occurred_at": "x"}') == [
        ("bell", "event", "event_type: short")
    ]
    assert read(steps, Topic.device("lamp", "available"), b"online") == []  # as it was when we came
    assert read(steps, Topic.device("lamp", "available"), b"offline") == [("lamp", "offline", "")]
    assert read(steps, Topic.device("lamp", "set/power"), b"ON") == [("lamp", "set", "power ON")]
    assert read(steps, Topic.bridge("gpio", "info"), b"{}") == []


def test_who_is_gone_is_told_at_once_and_who_is_there_is_not() -> None:
    steps = Steps()
    assert read(steps, Topic.bridge("gpio", "state"), b'{"state": "online"}') == []
    assert read(steps, Topic.bridge("gpio", "state"), b'{"state": "offline"}') == [("gpio", "offline", "")]
    assert read(steps, Topic.bridge("thinq", "state"), b'{"state": "offline"}') == [("thinq", "offline", "")]
    assert read(steps, Topic.satellite("living"), b'{"state": "idle"}') == []
    assert read(steps, Topic.satellite("living"), b'{"state": "listening"}') == []
    assert read(steps, Topic.satellite("living"), b'{"state": "muted"}') == [("living", "muted", "")]
    assert read(steps, Topic.satellite("living"), b'{"state": "thinking"}') == [("living", "online", "")]


def test_a_step_is_read_as_it_was_written() -> None:
    for kind in FORMS:
        one = step(kind, text="{}", utterance="u")
        assert Step.from_dict(json.loads(json.dumps(one.to_dict()))) == one
        assert str(one)
    with pytest.raises(ValueError, match="nonsense"):
        Step.from_dict({**step("said").to_dict(), "kind": "nonsense"})  # type: ignore[dict-item]


def test_a_line_that_comes_twice_is_shown_once() -> None:
    console = Terminal()
    console.file = file = io.StringIO()
    view = View(console)
    for one in (
        step("warning", text="too hot"),
        step("warning", 0.1, "gpio: too hot"),  # the same, from the journal
        step("warning", 9, "too hot"),
        step("state", 9, "on"),
        step("state", 9.1, "on"),
    ):
        view.show(one)
    assert [one.split()[-1] for one in file.getvalue().splitlines()] == ["hot", "hot", "on", "on"]


# The journal.


@pytest.fixture
async def journal() -> AsyncIterator[Journal]:
    if not POSSIBLE:
        pytest.skip("a journal of its own needs root and systemd-journald")
    async with running_journal() as found:
        if found is None:
            pytest.skip("this machine allows no mount namespace")
        yield found


async def test_a_sentence_is_found_again_in_the_journal(
    journal: Journal, mosquitto: TestBroker, tmp_path: Path
) -> None:
    env = environment(tmp_path, mosquitto.url)
    jipsa = (sys.executable, "-m", "hub.cli")
    services = [
        await journal.service("-m", "hub.cli", "butler", env=env),
        await journal.service("-m", "hub.cli", "bridge", "gpio", env=env),
    ]
    try:
        bus = Bus(mosquitto.address, "speaker")
        follower = Follower(bus, "living")
        async with bus.running():
            async with asyncio.timeout(60):
                exchange = await follower.ask(Utterance(id="first", text="거실 불 켜줘", satellite="living"))
                while not exchange.ok:  # until both are there
                    utterance = Utterance(text="거실 불 켜줘", satellite="living")
                    exchange = await follower.ask(utterance)
            for topic in ("gpio", "none"):
                bus.publish(Topic.intent(topic), '{"id": "\\u001b[31m\\nPRIORITY=0"}')
            await follower.ask(Utterance(id="last", text=HOSTILE["a title"], satellite="living"))
            async with asyncio.timeout(20):
                while not (await journal.run("journalctl", "-q", "JIPSA_UTTERANCE=last"))[1]:
                    await asyncio.sleep(0.1)
    finally:
        for service in services:
            service.send_signal(signal.SIGTERM)
        for service in services:
            await service.wait()
    _, entries = await journal.run("journalctl", "--output=json", "--all", "-t", "jipsa")
    told = [json.loads(one) for one in entries.splitlines()]
    assert {one["JIPSA_SERVICE"] for one in told} == {"butler", "gpio"}
    assert {one["PRIORITY"] for one in told} <= {"6", "4"}
    assert not any(isinstance(one["MESSAGE"], list) or CONTROLS.search(one["MESSAGE"]) for one in told)

    code, shown = await journal.run(*jipsa, "log", "--utterance", exchange.utterance_id[:6], env=env)
    assert code == 0
    assert [re.split(r"  +", one.strip(), maxsplit=3)[2:] for one in shown.splitlines()] == [
        ["living", "“거실 불 켜줘”  mqtt"],
        ["butler", "→ gpio: HassTurnOn name=거실등 [living_light]"],
        *([["living_light", "· power: on"]] if "power" in shown else []),
        ["gpio", "✓"],
        ["living", "“거실등을 켰어요.”"],
    ]
    code, shown = await journal.run(*jipsa, "log", "--last", "--json", env=env)
    assert code == 0
    assert {json.loads(one)["utterance"] for one in shown.splitlines()} == {"last"}
    assert not CONTROLS.search(shown)
    assert await journal.run(*jipsa, "log", "--utterance", "zzz", env=env) == (1, "")


async def test_what_a_bridge_logs_is_about_its_sentence(mosquitto: TestBroker, tmp_path: Path) -> None:
    env = environment(tmp_path, mosquitto.url, JIPSA_LOG_FORMAT="json")
    settings, token = Path(env["JIPSA_CONFIG"]), tmp_path / "token"
    token.write_text("t")
    nowhere = f"{{kind: homeassistant, url: 'http://127.0.0.1:{free_port()}', token_file: token}}"
    settings.write_text(settings.read_text() + f"genie: {{agent: {nowhere}}}\n")
    output = tmp_path / "output"
    async with started("bridge", "genie", env=env, output=output), connected(mosquitto) as bus:
        await until_written(output, "jipsa-genie: connected")
        intent = Intent(id="i1", utterance_id="u1", intent="JipsaAsk", slots={"query": "달은 몇 살이야"})
        bus.publish(Topic.intent("genie"), intent)
        written = await until_written(output, "api/conversation")
    told = json.loads(written.splitlines()[-1])
    assert (told["level"], told["utterance"], told["intent"]) == ("warning", "u1", "i1")
