"""`jipsa bridge check` on the command line, and its sentences."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest
from brokers import TestBroker, free_port
from conformance.strangers import stranger

from hub.conformance.checks import GROUPS
from hub.texts import sentences, text

REPOSITORY = Path(__file__).parents[2]
CHECKS = [check for checks in GROUPS.values() for check in checks]

ROWS = {*GROUPS["shown"], *GROUPS["requests"], *GROUPS["setting"], *GROUPS["throughout"]} - {
    "abouts", "too_large", "refused", "malformed_request", "set_malformed", "qos", "unchanged",
} | {"unknown_intent", "unknown_device", "will"}  # fmt: skip
"""Checks of what stands in the tables of the contract; the others have one of its sentences."""


async def checked(*arguments: str) -> tuple[int | None, str, str]:
    """Exit code and what was printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hub.cli", "bridge", "check", *arguments), cwd=REPOSITORY,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


@pytest.mark.parametrize(("fault", "code"), [((), 0), (("a lamp is not listed",), 1)])
async def test_it_prints_each_sentence_and_whether_it_holds(
    fault: tuple[str, ...], code: int, mosquitto: TestBroker, tmp_path: Path
) -> None:
    settings = tmp_path / "jipsa.yaml"
    settings.write_text("language: en\n")
    given = ("lamps", "--broker", mosquitto.url, "--config", str(settings))
    async with stranger("lamps", mosquitto, tmp_path, *fault):
        ended, plain, _ = await checked(*given)
        as_json_ended, as_json, _ = await checked(*given, "--json")
    assert (ended, as_json_ended) == (code, code)
    told = [json.loads(line) for line in as_json.splitlines()]
    assert [one["check"] for one in told] == CHECKS
    assert [one["check"] for one in told if one["outcome"] == "broken"] == (["devices"] if fault else [])
    for one in told:
        assert one["sentence"] in plain
        assert one["seen"] is None or one["seen"] in plain
    assert "Nothing is opened, heated or started." in plain


async def test_a_bridge_that_is_not_there_is_told_soon(mosquitto: TestBroker) -> None:
    code, out, _ = await checked("nobody", "--broker", mosquitto.url, "--json")
    told = {one["check"]: one for one in map(json.loads, out.splitlines())}
    assert code == 1
    assert told["state"]["outcome"] == "broken"
    assert {told[check]["outcome"] for check in GROUPS["intents"]} == {"unseen"}


async def test_a_broker_that_is_not_there_is_told() -> None:
    code, out, err = await checked("lamps", "--broker", f"mqtt://127.0.0.1:{free_port()}")
    assert code == 2
    assert "127.0.0.1" in err
    assert "Traceback" not in out + err


def test_its_sentences_are_those_of_the_contract() -> None:
    pages = [REPOSITORY / "docs/contract.md", *(REPOSITORY / "docs/contract").glob("*.json")]
    contract = " ".join(" ".join(page.read_text(encoding="utf-8") for page in pages).split())
    assert [
        check for check in CHECKS if text(f"conformance.must-{check}", "en") not in contract and check not in ROWS
    ] == []


def test_every_check_is_told_of_and_on_its_page() -> None:
    page = (REPOSITORY / "docs/bridge-check.md").read_text(encoding="utf-8")
    assert [key.removeprefix("must-") for key in sentences("conformance") if key.startswith("must-")] == CHECKS
    assert [line.split("`")[1] for line in page.splitlines() if line.startswith("| `")] == CHECKS
