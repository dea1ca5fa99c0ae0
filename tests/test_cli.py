"""The `jipsa` command as a person uses it: processes of their own, exit codes, lines and JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from brokers import free_port

pytestmark = pytest.mark.timeout(600)  # a graph may have to be built, on a machine that does much else

REPOSITORY = Path(__file__).parents[1]
SAMPLES = REPOSITORY / "config" / "samples"


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> dict[str, str]:
    """Folders of the test's own; workers share the cache, so that the home graph is built once."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    folders = {"XDG_CACHE_HOME": str(shared / "cache"), "XDG_STATE_HOME": str(base / "state")}
    return {**os.environ, **folders, "PYTHONIOENCODING": "utf-8"}


@pytest.fixture
def jipsa(environment: dict[str, str]) -> Any:
    def call(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "hub.cli", *arguments]
        return subprocess.run(
            command, input=stdin, capture_output=True, text=True, env=environment, cwd=REPOSITORY, check=False
        )

    return call


def lines(result: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_understand_prints_one_object_per_sentence(jipsa: Any) -> None:
    result = jipsa("understand", "--json", "거실 에어컨 26도로 맞춰줘", "아무 말")
    first, second = lines(result)
    assert result.returncode == 0
    assert first == {
        "text": "거실 에어컨 26도로 맞춰줘",
        "intents": [
            {
                "intent": "HassClimateSetTemperature",
                "slots": {"name": "거실 에어컨", "temperature": 26},
                "targets": ["living_ac"],
            }
        ],
        "refused": None,
    }
    assert (second["intents"], second["refused"]) == ([], "not_a_command")


def test_understand_explains_what_each_part_was_taken_for(jipsa: Any) -> None:
    result = jipsa("understand", "--explain", "거시등 좀 켜줘", "쇼핑 목록에 우유 추가해줘", "거실 불 구워줘")
    assert [line.split() for line in result.stdout.splitlines()] == [
        ["거시등", "좀", "켜줘", "→", "HassTurnOn", "name=거실등", "[living_light]"],
        ["거실등", "target", "device=living_light"],
        ["좀", "filler"],
        ["켜줘", "verb"],
        ["거시등", "≈", "거실등"],
        ["쇼핑", "목록에", "우유", "추가해줘", "→", "HassShoppingListAddItem", "item=우유"],
        ["쇼핑목록에", "phrase"],
        ["우유", "phrase", "item=우유"],
        ["추가해줘", "verb"],
        ["거실", "불", "구워줘", "✗", "not_a_command"],
        ["거실불", "target", "device=living_light"],
        ["구워줘", "?"],
    ]


def test_sentences_of_the_household_are_understood_and_counted(jipsa: Any, tmp_path: Path) -> None:
    (tmp_path / "jipsa.yaml").write_text("language: en\n")
    (tmp_path / "home.yaml").write_text("devices: [{id: lamp, name: 스탠드, type: light}]\n")
    (tmp_path / "sentences").mkdir()
    sentences = tmp_path / "sentences" / "family.yaml"
    sentences.write_text('intents: {HassTurnOff: {data: [{sentences: ["잘 자(라|)"], slots: {name: 스탠드}}]}}\n')
    config = str(tmp_path / "jipsa.yaml")
    [meant] = lines(jipsa("understand", "--json", "--config", config, "잘 자라"))
    assert meant["intents"] == [{"intent": "HassTurnOff", "slots": {"name": "스탠드"}, "targets": ["lamp"]}]
    assert "family.yaml: 1 sentences read" in jipsa("home", "check", "--config", config).stdout
    sentences.write_text("intents: {HassTurnOf: {data: []}}\n")
    wrong = jipsa("understand", "--config", config, "잘 자라")
    assert wrong.returncode == 2
    assert "family.yaml:1: intents.HassTurnOf" in wrong.stderr


def test_understand_reads_lines_and_knows_the_room(jipsa: Any) -> None:
    result = jipsa("understand", "--json", "--room", "안방", stdin="불 꺼줘\n\n불 켜\n")
    assert [line["intents"][0]["targets"] for line in lines(result)] == [["bedroom_light"], ["bedroom_light"]]
    assert jipsa("understand", "불 꺼줘", "--room", "지하실").returncode == 2


def test_a_home_file_is_the_whole_home(jipsa: Any, tmp_path: Path) -> None:
    home = tmp_path / "home.yaml"
    home.write_text(
        "rooms: [{id: attic, name: 다락방}]\ndevices: [{id: lamp, name: 스탠드, type: light, room: attic}]\n"
    )
    result = jipsa("understand", "--json", "--home", str(home), "다락방 스탠드 켜줘", "거실 에어컨 켜줘")
    known, unknown = lines(result)
    assert known["intents"][0]["targets"] == ["lamp"]
    assert unknown["refused"] == "unknown_device"
    assert unknown["unexplained"] == "거실"


def test_a_wrong_home_file_is_told_with_its_line(jipsa: Any, tmp_path: Path) -> None:
    home = tmp_path / "home.yaml"
    home.write_text("rooms:\n  - {id: attic, name: 다락방}\ndevices:\n  - {id: lamp, name: 스탠드, type: lihgt}\n")
    result = jipsa("understand", "--home", str(home), "스탠드 켜줘")
    assert result.returncode == 2
    assert "home.yaml:4: devices[0].type" in result.stderr
    assert "'light'" in result.stderr
    assert "Traceback" not in result.stderr


def test_hear_prints_one_object_per_segment_and_goes_on_after_a_bad_file(jipsa: Any, tmp_path: Path) -> None:
    broken = tmp_path / "broken.wav"
    broken.write_text("no sound")
    result = jipsa("hear", "--json", str(broken), str(SAMPLES / "living-ac-on.wav"))
    (segment,) = lines(result)
    assert result.returncode == 1
    assert f"{broken}: no WAV file" in result.stderr
    assert segment["file"].endswith("living-ac-on.wav")
    assert 0 <= segment["start"] < segment["end"]
    assert 0 < segment["confidence"] <= 1
    assert (segment["text"], segment["refused"]) == ("거실 에어컨 켜줘", None)
    assert segment["intents"][0]["targets"] == ["living_ac"]


def test_home_build_builds_once(jipsa: Any) -> None:
    first, second = jipsa("home", "build"), jipsa("home", "build")
    assert first.returncode == second.returncode == 0
    assert first.stdout == second.stdout


def test_home_check_lists_what_is_ambiguous(jipsa: Any, tmp_path: Path) -> None:
    assert jipsa("home", "check").returncode == 0
    home = tmp_path / "home.yaml"
    home.write_text(
        "rooms: [{id: living, name: 거실}]\ndevices:\n"
        "  - {id: a, name: 스탠드, type: light, room: living}\n"
        "  - {id: b, name: 스탠드, type: light, room: living, aliases: [거실, Xyzzyk]}\n"
    )
    result = jipsa("home", "check", "--home", str(home))
    assert result.returncode == 1
    assert result.stdout.count("home.yaml:4: devices[1]") == 3


def test_say_without_a_broker_is_told(jipsa: Any, tmp_path: Path) -> None:
    settings = tmp_path / "jipsa.yaml"
    settings.write_text(f"broker: {{url: mqtt://127.0.0.1:{free_port()}}}\n")
    result = jipsa("say", "불 켜줘", "--config", str(settings))
    assert result.returncode == 2
    assert "127.0.0.1" in result.stderr
    assert "Traceback" not in result.stderr


def test_run_once_says_every_sample_and_ends(jipsa: Any, tmp_path: Path) -> None:
    settings = tmp_path / "jipsa.yaml"
    settings.write_text(
        f"language: en\nhome: {REPOSITORY}/config/home.yaml\nbroker: {{url: mqtt://127.0.0.1:{free_port()}}}\n"
        f"state_dir: {tmp_path}/state\nvoice: {{room: 거실, microphone: 'off'}}\n"
    )
    result = jipsa("run", "--once", "--config", str(settings))
    assert result.returncode == 0, result.stdout + result.stderr
    assert "14 of 14 heard and done" in " ".join(result.stdout.split())


@pytest.mark.parametrize("arguments", [["bridge", "nobody"], ["run", "--config", "nowhere.yaml"]])
def test_wrong_arguments_end_with_a_sentence(jipsa: Any, arguments: list[str]) -> None:
    result = jipsa(*arguments)
    assert result.returncode == 2
    assert result.stderr
    assert "Traceback" not in result.stderr
