"""The machine, as it is, and as others are."""

from __future__ import annotations

import asyncio
import os
import platform
import struct
import sys
from pathlib import Path

import pytest
from doctors import QUIET, case, outcomes, program, put, results

from hub.doctor.machine import EXTRAS
from hub.doctor.processes import processes

MEMORY = "MemTotal:  {total}000 kB\nMemFree: 1 kB\nMemAvailable: {free}000 kB\nSwapFree: {swap}000 kB\n"


def memory(root: Path, total: int, free: int, swap: int = 0) -> Path:
    return put(root, proc__meminfo=MEMORY.format(total=total, free=free, swap=swap))


async def test_this_python_will_do(tmp_path: Path) -> None:
    (result,) = await results(case(tmp_path), "python")
    assert (result.outcome, result.finding) == ("ok", "python")
    assert platform.python_version() in result.message


@pytest.mark.parametrize(
    ("version", "size", "finding"), [((3, 10, 9), 8, "python_old"), ((3, 13, 0), 4, "python_32_bits")]
)
async def test_another_would_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...], size: int, finding: str
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    monkeypatch.setattr(struct, "calcsize", lambda _: size)
    assert await outcomes(case(tmp_path), "python") == {finding: "failure"}


@pytest.mark.parametrize(
    ("settings", "extra", "setting"),
    [
        ("voice: {microphone: USB}\nspeaker: {device: 'off'}", "mic", "voice.microphone"),
        ("voice: {microphone: 'off'}\nspeaker: {device: USB, voice: kokoro}", "voice", "speaker.voice"),
        ("genie: {agent: {kind: kt, client_id: me}}", "kt", "genie.agent"),
        ("genie: {music: {mpd: '127.0.0.1:6600'}}", "music", "genie.music.mpd"),
        ("genie: {calendars: [{name: 가족, source: family.ics}]}", "calendar", "genie.calendars"),
        ("homeassistant: {url: 'http://homeassistant.local:8123'}", "homeassistant", "homeassistant.url"),
    ],
)
async def test_what_the_settings_want_is_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: str, extra: str, setting: str
) -> None:
    monkeypatch.setitem(sys.modules, EXTRAS[extra].modules[0], None)  # as if it was not installed
    quiet = "" if "voice:" in settings else QUIET
    found = await results(case(tmp_path, quiet + settings), "packages")
    wrong = next(result for result in found if result.outcome == "failure")
    assert setting in wrong.message
    assert wrong.remedy is not None
    assert sys.executable in wrong.remedy
    monkeypatch.delitem(sys.modules, EXTRAS[extra].modules[0])
    if extra != "mic":  # which is not installed everywhere
        assert "failure" not in (await outcomes(case(tmp_path, quiet + settings), "packages")).values()


async def test_nothing_is_missed_that_nobody_wants(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for extra in EXTRAS.values():
        monkeypatch.setitem(sys.modules, extra.modules[0], None)
    assert await outcomes(case(tmp_path, QUIET), "packages") == {"packages": "ok"}


async def test_an_extra_waits_for_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mpd", None)
    (result,) = await results(case(tmp_path, QUIET + "genie: {music: {mpd: '127.0.0.1:6600'}}"), "mpd")
    assert result.outcome == "warning"
    assert "packages" in result.message


async def test_memory(tmp_path: Path) -> None:
    hears, quiet = case(tmp_path, root=tmp_path), case(tmp_path, QUIET, root=tmp_path)
    assert await outcomes(hears, "memory") == {"memory_unknown": "ok"}
    memory(tmp_path, total=4000, free=3000)
    assert await outcomes(hears, "memory") == {"memory": "ok"}
    memory(tmp_path, total=430, free=200, swap=100)
    hears = case(tmp_path, root=tmp_path)
    assert await outcomes(hears, "memory") == {"memory_short": "warning"}
    assert await outcomes(quiet, "memory") == {"memory": "ok"}  # no home graph is built
    memory(tmp_path, total=430, free=200, swap=800)
    assert await outcomes(hears, "memory") == {"memory": "ok"}
    put(tmp_path, proc__11__cmdline="runuser\0-u\0jipsa\0--\0/opt/jipsa/current/bin/jipsa\0butler\0")
    assert await outcomes(hears, "memory") == {"memory": "ok"}  # that is who starts it
    put(tmp_path, proc__12__cmdline="/opt/jipsa/current/bin/python\0/opt/jipsa/current/bin/jipsa\0butler\0")
    (result,) = await results(hears, "memory")
    assert result.finding == "memory_one_process"
    assert result.remedy is not None
    assert "--one-process" in result.remedy


async def test_a_running_jipsa_is_seen(tmp_path: Path) -> None:
    """A real process, in the real /proc."""
    script = tmp_path / "jipsa"
    script.write_text("import sys; print('up', flush=True); sys.stdin.read()")
    process = await asyncio.create_subprocess_exec(
        sys.executable, script, "voice", "--config", "x.yaml",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    await process.stdout.readline()
    assert (process.pid, ["voice", "--config", "x.yaml"]) in list(processes(Path("/")))
    assert os.getpid() not in dict(processes(Path("/")))
    await process.communicate(b"")
    assert process.pid not in dict(processes(Path("/")))


@pytest.mark.parametrize(
    ("degrees", "throttled", "alarm", "found"),
    [
        (52_000, None, None, {"temperature": "ok"}),
        (84_500, None, None, {"hot": "warning"}),
        (52_000, "0x0", None, {"temperature": "ok"}),
        (52_000, "0x50000", None, {"under_voltage": "warning", "hot": "warning"}),
        (52_000, "0x50005", None, {"under_voltage": "warning", "hot": "warning"}),
        (52_000, "0x10000", None, {"under_voltage": "warning", "temperature": "ok"}),
        (52_000, "0x80000", None, {"hot": "warning"}),
        (52_000, None, "1", {"under_voltage": "warning", "temperature": "ok"}),
        (52_000, None, "0", {"temperature": "ok"}),
        (None, None, None, {"temperature_unknown": "ok"}),
    ],
)
async def test_temperature_and_power(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, degrees: int | None, throttled: str | None, alarm: str | None,
    found: dict[str, str],
) -> None:  # fmt: skip
    if degrees is not None:
        put(tmp_path, sys__class__thermal__thermal_zone0__temp=f"{degrees}\n")
        put(tmp_path, sys__class__thermal__thermal_zone1__temp="N/A\n")
    if throttled is not None:
        program(tmp_path / "bin", "vcgencmd", f"[ $1 = get_throttled ] && echo throttled={throttled}")
        monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    if alarm is not None:
        put(tmp_path, sys__class__hwmon__hwmon0__name="cpu_thermal\n", sys__class__hwmon__hwmon1__name="rpi_volt\n")
        put(tmp_path, sys__class__hwmon__hwmon1__in0_lcrit_alarm=f"{alarm}\n")
    assert await outcomes(case(tmp_path, root=tmp_path), "temperature") == found


async def test_a_firmware_that_may_not_be_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin", "vcgencmd", 'echo "Can\'t open device file: /dev/vcio" >&2; exit 255')
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    assert await outcomes(case(tmp_path, root=tmp_path), "temperature") == {"temperature_unknown": "ok"}
