"""The READMEs say what is so: their commands run, their examples are understood, their tables leave nothing out."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from brokers import free_port

from devices.gpio.wiring import read_wiring
from hub.butler.understanding import Understander
from hub.cli import app
from hub.config import Settings, load_settings
from hub.grammar.lexicon import lexicon
from hub.grammar.spoken import spoken_grammar
from hub.home import load_home
from hub.korean.jamo import is_syllable, squash
from hub.korean.reading import read_aloud
from hub.texts import text

REPOSITORY = Path(__file__).parents[1]
READMES = {name: (REPOSITORY / name).read_text(encoding="utf-8") for name in ("README.md", "README.ko.md")}
HOME = load_home(REPOSITORY / "config" / "home.yaml")

Block = tuple[str, str]
"""The language of a code block, and what stands in it."""


def blocks(readme: str) -> list[Block]:
    return re.findall(r"^```(\w*)\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)


def quick_start(readme: str) -> list[Block]:
    """The code blocks of the first section."""
    return blocks(re.split(r"^## ", readme, flags=re.MULTILINE)[1])


def examples(readme: str) -> list[tuple[str, str]]:
    """The sentences of the table of what can be said, with the intents beside them."""
    return re.findall(r"^\|[^|`]+\| ([^|`]+) \| `(\w+)` \|$", readme, re.MULTILINE)


def measured(line: str) -> str:
    """A printed line without what is another each time: times and confidences."""
    return re.sub(r"\d+(?= ms)|\d+\.\d+", "#", line).rstrip()


EXAMPLES = examples(READMES["README.md"])


# What both say.


def test_both_readmes_have_the_same_code_and_the_same_examples() -> None:
    english, korean = READMES.values()
    assert blocks(english) == blocks(korean)
    assert examples(english) == examples(korean)


PAGES = [*READMES, *(f"docs/{page.name}" for page in sorted(REPOSITORY.glob("docs/*.md")))]


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (REPOSITORY / page).read_text(encoding="utf-8"))
    assert links
    assert not [link for link in links if not (REPOSITORY / page).parent.joinpath(link).exists()]


# What can be said.


@pytest.mark.parametrize(("sentence", "intent"), EXAMPLES)
def test_every_example_is_understood(sentence: str, intent: str) -> None:
    understood = Understander(HOME).understand(sentence)
    assert [meant.intent for meant in understood.intents] == [intent]


@cache
def arcs() -> dict[int, list[tuple[int, str]]]:
    leaving = defaultdict(list)
    for source, target, label in spoken_grammar(HOME).arcs:
        leaving[source].append((target, label))
    return leaving


@pytest.mark.parametrize(("sentence", "intent"), EXAMPLES)
def test_every_example_is_listened_for(sentence: str, intent: str) -> None:
    said = "".join(filter(is_syllable, squash(read_aloud(sentence))))
    seen, queue = set(), [(0, 0)]
    while queue:
        state, at = queue.pop()
        if (state, at) not in seen:
            seen.add((state, at))
            queue += [(target, at + len(label)) for target, label in arcs()[state] if said.startswith(label, at)]
    assert (1, len(said)) in seen


def test_the_examples_leave_no_intent_of_the_sample_home_out() -> None:
    types = {device.type for device in HOME.devices if not device.hidden}
    heard = [frame for frame in lexicon().frames if frame.spoken]
    possible = {frame.intent for frame in heard if not frame.types or types & frame.types}
    assert {intent for _, intent in EXAMPLES} == possible


MORE = [
    sentence
    for row in re.findall(r"^\|[^|`]+\| ([^|`]*[가-힣][^|`]*) \|$", READMES["README.md"], re.MULTILINE)
    for sentence in row.split(" · ")
]
"""What is understood when it is typed, beyond the table of what is spoken."""


def test_more_can_be_typed_than_said() -> None:
    assert len(MORE) > 12


@pytest.mark.parametrize("sentence", MORE)
def test_every_typed_example_is_understood(sentence: str) -> None:
    assert Understander(HOME).understand(sentence).refused is None


# Commands.


def verbs(command: Any, name: str) -> Iterator[str]:
    """The full names of all commands below one."""
    for verb, inner in getattr(command, "commands", {}).items():
        yield from verbs(inner, f"{name} {verb}")
        if getattr(inner, "invoke_without_command", True):
            yield f"{name} {verb}"


@pytest.mark.parametrize("readme", READMES)
def test_the_table_of_commands_is_the_command_line(readme: str) -> None:
    listed = re.findall(r"^\| `(jipsa(?: [a-z]+)+)[^`]*` \|", READMES[readme], re.MULTILINE)
    assert sorted(listed) == sorted(verbs(typer.main.get_command(app), "jipsa"))


def test_every_setting_that_is_shown_is_a_setting(tmp_path: Path) -> None:
    rooms = "rooms: [{id: living, name: 거실}, {id: kitchen, name: 주방}]\n"
    shown = [body for language, body in blocks(READMES["README.md"]) if language == "yaml"]
    for number, body in enumerate(shown):
        file = tmp_path / f"{number}.yaml"
        if body.startswith("devices:"):
            file.write_text(rooms + body, encoding="utf-8")
            assert len(read_wiring(load_home(file).devices)) == body.count("- {")
        else:
            file.write_text(body, encoding="utf-8")
            assert load_settings(file) != Settings()
    assert len(shown) == 3


# The quick start.


@pytest.fixture
def environment(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> dict[str, str]:
    """Settings, port and folders of the test's own; the cache is every worker's, so that graphs are built once."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    settings = tmp_path / "jipsa.yaml"
    settings.write_text(
        f"home: {REPOSITORY}/config/home.yaml\nbroker: {{url: mqtt://127.0.0.1:{free_port()}}}\n"
        "voice: {room: 거실, microphone: 'off'}\ngpio: {pins: mock}\n",
        encoding="utf-8",
    )
    own = {"JIPSA_CONFIG": settings, "XDG_STATE_HOME": tmp_path / "state", "XDG_CACHE_HOME": shared / "cache"}
    return {**os.environ, **{name: str(path) for name, path in own.items()}, "COLUMNS": "118"}


async def test_the_quick_start_does_what_it_says(environment: dict[str, str]) -> None:
    start, typed, then, printed, tests = quick_start(READMES["README.md"])
    assert (start, tests) == (("sh", "script/run\n"), ("sh", "script/test\n"))
    assert os.access(REPOSITORY / "script/test", os.X_OK)  # this is what it runs

    hub = await asyncio.create_subprocess_shell(
        f"exec {start[1]}", env=environment, cwd=REPOSITORY, stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    assert hub.stdin is not None
    assert hub.stdout is not None
    try:
        async with asyncio.timeout(120):
            shown = (await hub.stdout.readuntil(text("run.prompt", "ko").encode())).decode()
            assert_is_excerpt(READMES["README.md"], shown)
            hub.stdin.write(typed[1].encode())
            await hub.stdout.readuntil("안방등을 빨간색으로 바꿨어요.".encode())
            shell = await asyncio.create_subprocess_exec(
                "bash", "-euo", "pipefail", "-c", then[1], env=environment, cwd=REPOSITORY,
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            )  # fmt: skip
            told, faults = (said.decode() for said in await shell.communicate())
            assert shell.returncode == 0, told + faults
            assert list(map(measured, told.splitlines())) == list(map(measured, printed[1].splitlines()))
            # Where the tests run in the background of a shell, Ctrl-C is ignored by whatever they start.
            ignored = signal.getsignal(signal.SIGINT) == signal.SIG_IGN
            hub.send_signal(signal.SIGTERM if ignored else signal.SIGINT)
            rest = (await hub.communicate())[0].decode()
            assert hub.returncode == 0, rest
            assert "Traceback" not in rest
    finally:
        if hub.returncode is None:
            hub.kill()
            await hub.wait()


def assert_is_excerpt(readme: str, shown: str) -> None:
    """Every part between two `…` stands in what was shown, line by line."""
    lines = list(map(measured, shown.splitlines()))
    for part in blocks(readme)[0][1].split("…\n"):
        wanted = list(map(measured, part.splitlines()))
        starts = range(len(lines) - len(wanted) + 1)
        assert any(lines[at : at + len(wanted)] == wanted for at in starts), f"not shown:\n{part}\nbut:\n{shown}"
