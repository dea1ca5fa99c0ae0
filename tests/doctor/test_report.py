"""What a person and a program get to read, and that every sentence has its place."""

from __future__ import annotations

import ast
import asyncio
import json
import os
import pty
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from itertools import chain
from pathlib import Path

import pytest
from doctors import QUIET, case
from rich.cells import cell_len

import hub.doctor.report as report
from hub.doctor.findings import Case, Check, Findings, FirstError, Result
from hub.faults import OutsideError
from hub.korean.josa import PAIRS
from hub.texts import table

REPOSITORY = Path(__file__).parents[2]

SOUND = "broker: {url: 'mqtt://127.0.0.1:1'}\nweb: {enabled: false}\n" + QUIET


def jipsa(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command, as from a script."""
    return subprocess.run(
        [sys.executable, "-m", "hub.cli", "doctor", *arguments],
        capture_output=True, text=True, check=False, env={**os.environ, **environment},
    )  # fmt: skip


# For programs.


def test_json(tmp_path: Path) -> None:
    file = case(tmp_path, SOUND).file
    assert file is not None
    done = jipsa("--json", "--config", file)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, done.stderr) == (0, "")
    assert list(dict.fromkeys(line["check"] for line in lines)) == list(report.CHECKS)  # all, in their order
    assert all(line.keys() == {"check", "outcome", "finding", "message", "remedy"} for line in lines)
    assert {line["outcome"] for line in lines} <= {"ok", "warning", "failure"}
    assert all((line["remedy"] is None) == (line["outcome"] == "ok") for line in lines)


def test_the_exit_code(tmp_path: Path) -> None:
    file = tmp_path / "jipsa.yaml"
    file.write_text("state_dir: state\nhome: nowhere.yaml\n")
    assert jipsa("python", "--config", file).returncode == 0
    assert jipsa("home", "--config", file).returncode == 1
    assert jipsa("python", "home", "--json", "--config", file).returncode == 1


def test_settings_that_cannot_be_read(tmp_path: Path) -> None:
    file = tmp_path / "jipsa.yaml"
    file.write_text("nonsense: 1\nbroker: {url: x}\n")
    done = jipsa("--json", "--config", file)
    (line,) = map(json.loads, done.stdout.splitlines())
    assert (line["check"], line["outcome"], done.returncode) == ("settings", "failure", 1)
    assert line["message"].count("\n") == 1  # both faults
    shown = jipsa("--config", file).stdout
    assert "jipsa.yaml:1" in shown
    assert "jipsa.yaml:2" in shown


@pytest.mark.parametrize(
    ("written", "group"), [("", "설정"), ("language: ko\n", "설정"), ("language: 'en'\n", "Files")]
)
def test_settings_that_cannot_be_read_are_told_in_their_language(written: str, group: str, tmp_path: Path) -> None:
    for wrong in ("nonsense: 1\n", "web: [\n"):
        (tmp_path / "jipsa.yaml").write_text(written + wrong)
        assert jipsa("--config", tmp_path / "jipsa.yaml").stdout.splitlines()[0] == group
    (tmp_path / "jipsa.yaml").unlink()
    assert jipsa("--config", tmp_path / "jipsa.yaml").stdout.splitlines()[0] == "설정"


def test_only_what_is_named(tmp_path: Path) -> None:
    file = case(tmp_path, SOUND).file
    assert file is not None
    done = jipsa("disk", "python", "--json", "--config", file)
    assert [json.loads(line)["check"] for line in done.stdout.splitlines()] == ["python", "disk"]
    done = jipsa("brokr", "--config", file)
    assert done.returncode == 2
    assert "'brokr'" in done.stderr
    assert "broker, services" in done.stderr


def test_where_only_the_page_is_little_is_looked_at(tmp_path: Path) -> None:
    file = case(tmp_path, "remote: {key_file: page.key}\nbroker: {url: 'mqtt://127.0.0.1:1'}\n").file
    assert file is not None
    lines = [json.loads(line) for line in jipsa("--json", "--config", file).stdout.splitlines()]
    assert {line["check"] for line in lines} <= set(report.OUTSIDE)
    assert tuple(name for name in report.CHECKS if name in report.OUTSIDE) == report.OUTSIDE
    assert json.loads(jipsa("pins", "--json", "--config", file).stdout)["check"] == "pins"


def test_the_documentation_names_every_check() -> None:
    checks, _, keys = (REPOSITORY / "docs/doctor.md").read_text("utf-8").partition("Each line of `--json`")
    names = re.compile(r"^\| `(\w+)` \|", re.MULTILINE)
    assert names.findall(checks) == list(report.CHECKS)
    assert names.findall(keys) == [field.name for field in fields(Result)]


# For people.


def test_without_a_terminal_there_are_no_colours_and_no_breaks(tmp_path: Path) -> None:
    folder = tmp_path / ("a folder whose name is rather long " * 4)
    folder.mkdir()
    file = case(folder, SOUND).file
    assert file is not None
    shown = jipsa("settings", "secrets", "--config", file, COLUMNS="40", FORCE_COLOR="").stdout
    assert "\x1b" not in shown
    heading, first, second, summary = shown.splitlines()
    assert heading == "설정"
    assert first == f"  ✓ settings      설정을 읽었어요: {file}"
    assert second.startswith("  ✓ secrets       ")
    assert summary == "✓ 좋음 2   ! 살펴볼 것 0   ✗ 고칠 것 0"


def test_on_a_terminal_lines_are_broken_where_the_text_stands(tmp_path: Path) -> None:
    """On a real one, of forty columns; hangul takes two."""
    file = case(tmp_path, "language: ko\nhome: nowhere.yaml\nbroker: {url: 'mqtt://127.0.0.1:1'}\n" + QUIET).file
    leader, follower = pty.openpty()
    environment = {**os.environ, "COLUMNS": "40", "TERM": "xterm", "NO_COLOR": ""}
    command = [sys.executable, "-m", "hub.cli", "doctor", "home", "broker", "--config", str(file)]
    with subprocess.Popen(command, stdout=follower, stderr=follower, env=environment) as process:
        os.close(follower)
        shown = b"".join(iter(lambda: _read(leader), b"")).decode()
    assert process.returncode == 1
    assert "\x1b[31m✗" in shown
    lines = re.sub(r"\x1b\[[\d;]*m", "", shown).splitlines()
    indented = [line for line in lines if line.startswith(" ")]
    assert len(indented) > 6
    assert all(cell_len(line) <= 40 for line in indented)
    column = len("  ✗ homeassistant ")
    assert {len(line) - len(line.lstrip()) for line in indented} <= {2, column - 2, column}


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # the program has ended
        return b""


def test_what_a_file_is_called_controls_no_terminal(tmp_path: Path) -> None:
    folder = tmp_path / "x\x1b]0;owned\x07"
    folder.mkdir()
    file = case(folder, SOUND).file
    assert file is not None
    for form in ([], ["--json"]):
        shown = jipsa("settings", *form, "--config", file).stdout
        assert "owned" in shown
        assert "\x1b" not in shown
        assert "\x07" not in shown


# A check that goes wrong.


async def endless(case: Case, found: Findings) -> None:
    await asyncio.Event().wait()


async def waiting(case: Case, found: Findings) -> None:
    raise FirstError("broker")


async def refused(case: Case, found: Findings) -> None:
    raise OutsideError("that is no use: buy another one")


async def wrong(case: Case, found: Findings) -> None:
    found.ok("pins_none")
    raise KeyError("surprise")


async def test_no_check_holds_up_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "TIME_LIMIT", 0.05)
    checks = {"endless": endless, "waiting": waiting, "refused": refused, "wrong": wrong}
    monkeypatch.setattr(report, "CHECKS", checks)
    results = await report.examine(case(tmp_path), list(checks))
    assert [(result.check, result.finding, result.outcome) for result in results] == [
        ("endless", "slow", "failure"), ("waiting", "first", "warning"), ("refused", "other", "failure"),
        ("wrong", "pins_none", "ok"), ("wrong", "broken", "failure"),
    ]  # fmt: skip
    assert results[2].message == "that is no use: buy another one"
    assert "KeyError: 'surprise'" in results[4].message


async def test_a_check_has_the_time_to_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one imports and reads stops everything: somebody who waits for an answer then would not hear it in time."""
    steps: list[str] = []

    def stepping(name: str) -> Check:
        async def step(case: Case, found: Findings) -> None:
            for part in ("begins", "goes on", "ends"):
                steps.append(f"{name} {part}")
                await asyncio.sleep(0)

        return step

    monkeypatch.setattr(report, "CHECKS", {name: stepping(name) for name in ("asks", "imports")})
    await report.examine(case(tmp_path), ["imports", "asks"])
    assert steps == [f"{name} {part}" for name in ("asks", "imports") for part in ("begins", "goes on", "ends")]


# The texts.

TEXTS = table()["doctor"]


def told() -> Iterator[tuple[str, str, frozenset[str]]]:
    """How each finding is told, by what stands in the code: outcome, key, and the values that it has."""
    for file in sorted((REPOSITORY / "hub/doctor").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name("found"), attr=attribute), args=[first, *_]):
                    if attribute in {"ok", "warning", "failure"}:
                        values = frozenset(keyword.arg or "*" for keyword in node.keywords)
                        for key in _keys(first):
                            yield attribute, key, values


def _keys(node: ast.expr) -> list[str]:
    """The keys that an expression can be."""
    match node:
        case ast.Constant(str(key)):
            return [key]
        case ast.IfExp(body=body, orelse=orelse):
            return [*_keys(body), *_keys(orelse)]
        case ast.JoinedStr(values=[ast.FormattedValue(), ast.Constant(str(ending))]):
            return [f"microphone{ending}", f"loudspeaker{ending}"]
        case ast.Name("key"):  # as in machine.packages
            return ["package_missing", "package_missing_mic"]
    raise AssertionError(ast.dump(node))


TOLD = sorted(set(told()))


def test_every_sentence_is_told() -> None:
    groups = {f"group_{group}" for group in report.GROUPS}
    keys = {key for _, key, _ in TOLD}
    remedies = {f"{key}-remedy" for outcome, key, _ in TOLD if outcome != "ok"}
    assert set(TEXTS) == keys | remedies | groups | {"summary"}


@pytest.mark.parametrize(("outcome", "key", "values"), TOLD)
def test_every_sentence_is_there_in_both_languages(outcome: str, key: str, values: frozenset[str]) -> None:
    for name in (key,) if outcome == "ok" else (key, f"{key}-remedy"):
        assert TEXTS[name].keys() == {"ko", "en"}
        for sentence in TEXTS[name].values():
            filled = [field for field in string.Formatter().parse(sentence) if field[1]]
            assert {field for _, field, _, _ in filled} <= values or "*" in values
            assert all(not form or form in PAIRS for _, _, form, _ in filled)


def test_both_languages_say_the_same() -> None:
    def named(sentence: str) -> set[str | None]:
        return {field for _, field, _, _ in string.Formatter().parse(sentence) if field}

    differing = [key for key, forms in TEXTS.items() if named(forms["ko"]) != named(forms["en"])]
    assert differing == []
    commands = {key: [re.findall(r"`[^`]+`", said) for said in forms.values()] for key, forms in TEXTS.items()}
    assert [key for key, (korean, english) in commands.items() if korean != english] == []


def test_no_check_is_left_out() -> None:
    assert list(report.CHECKS) == list(chain.from_iterable(report.GROUPS.values()))
    assert all(check.__name__ == name for name, check in report.CHECKS.items())


ALONE = """
import asyncio, sys
from pathlib import Path
from hub.doctor.report import doctor
asyncio.run(doctor(Path(sys.argv[1]), ("model", "graph", "microphone", "pins"), as_json=True, sound=False))
assert not {"vosk", "kaldifst", "pyaudio", "lgpio", "thinqconnect"} & set(sys.modules)
"""


def test_what_may_crash_stays_out_of_this_process(tmp_path: Path) -> None:
    file = case(tmp_path, "broker: {url: 'mqtt://127.0.0.1:1'}").file
    done = subprocess.run([sys.executable, "-c", ALONE, str(file)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, len(done.stdout.splitlines())) == (0, "", 4)
