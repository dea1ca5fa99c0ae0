import asyncio
import json
import shutil
from pathlib import Path

import pytest

from hub.grammar.acceptor import Acceptor
from hub.speech.graphs import KEPT, HomeGraphError, ensure_graph, graph_path, is_whole
from hub.speech.model import AcousticModel, find_model
from hub.speech.recognizer import Recognizer

ACCEPTOR = Acceptor(arcs=[(0, 1, "불"), (1, 2, "켜줘"), (1, 2, "꺼줘"), (0, 2, "텔레비전걝")], finals=frozenset({2}))
LAMP = ACCEPTOR.to_json()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graph that nothing has happened to."""
    return asyncio.run(ensure_graph(LAMP, find_model(), tmp_path_factory.mktemp("whole"), quiet))


def quiet(done: int, of: int) -> None:
    """Nobody watches."""


async def test_a_graph_is_built_once_and_found_again(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    first = await ensure_graph(LAMP, find_model(), tmp_path, lambda done, of: steps.append((done, of)))
    assert steps[-1] == (6, 6)
    steps.clear()
    assert await ensure_graph(LAMP, find_model(), tmp_path, lambda done, of: steps.append((done, of))) == first
    assert not steps
    manifest = json.loads((first / "manifest.json").read_text())
    assert manifest["unsayable"] == ["텔레비전걝"]
    Recognizer(first)


@pytest.mark.parametrize(
    ("damaged", "how"),
    [
        ("graph/HCLG.fst", "half"), ("graph/words.txt", "gone"), ("ivector/final.ie", "one bit"),
        ("commands.npz", "empty"), ("manifest.json", "empty"), ("manifest.json", "gone"),
    ],
)  # fmt: skip
async def test_a_graph_that_is_damaged_is_built_anew(damaged: str, how: str, tmp_path: Path, whole: Path) -> None:
    folder = graph_path(LAMP, find_model(), tmp_path)
    shutil.copytree(whole, folder)
    content = bytearray((folder / damaged).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / damaged).unlink()
    if how != "gone":
        (folder / damaged).write_bytes({"empty": b"", "half": content[: len(content) // 2], "one bit": content}[how])
    steps: list[int] = []
    assert await ensure_graph(LAMP, find_model(), tmp_path, lambda done, of: steps.append(done)) == folder
    assert steps
    assert is_whole(folder)
    Recognizer(folder)


async def test_two_at_once_build_it_once(tmp_path: Path) -> None:
    counts = [0, 0]

    def count(which: int, done: int) -> None:
        counts[which] += 1

    folders = await asyncio.gather(
        ensure_graph(LAMP, find_model(), tmp_path, lambda done, of: count(0, done)),
        ensure_graph(LAMP, find_model(), tmp_path, lambda done, of: count(1, done)),
    )
    assert folders[0] == folders[1]
    assert sorted(counts) == [0, 7]


async def test_another_grammar_is_another_graph(tmp_path: Path) -> None:
    other = Acceptor(arcs=ACCEPTOR.arcs[:2], finals=ACCEPTOR.finals)
    assert graph_path(LAMP, find_model(), tmp_path) != graph_path(other.to_json(), find_model(), tmp_path)


async def test_a_failed_build_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "model"
    for path in find_model().path.rglob("*"):
        if path.is_file():
            target = broken / path.relative_to(find_model().path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(path)
    (broken / "graph/HCLr.fst").unlink()
    (broken / "graph/HCLr.fst").write_bytes(b"no graph")
    with pytest.raises(HomeGraphError, match=r"HCLr\.fst is no OpenFst file"):
        await ensure_graph(LAMP, AcousticModel(broken, own=True), tmp_path, quiet)
    assert [path.name for path in (tmp_path / "graphs").iterdir()] == [".lock"]


async def test_old_graphs_are_forgotten(tmp_path: Path) -> None:
    folder = tmp_path / "graphs"
    for number in range(KEPT + 2):
        (folder / f"old{number}").mkdir(parents=True)
    await ensure_graph(LAMP, find_model(), tmp_path, quiet)
    assert len([path for path in folder.iterdir() if path.is_dir()]) == KEPT
