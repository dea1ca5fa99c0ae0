"""Home graphs kept by what they were made of: built once, in a process of their own, and found again afterwards."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from hub.faults import OutsideError
from hub.speech.model import AcousticModel, sum_of
from hub.speech.tuning import DECODING, FEATURES, GRAPH_VERSION, Filler

KEPT = 4
"""How many of a kind stay in the cache; the ones used longest ago go."""

MANIFEST = "manifest.json"
"""What stands beside a graph: how it was built, and the SHA-256 of each of its files."""

Progress = Callable[[int, int], None]
"""Takes (steps done, steps in all)."""


class HomeGraphError(OutsideError):
    """The home graph could not be built; the text is what the builder said."""


def graph_path(accepted: str, model: AcousticModel, cache: Path) -> Path:
    """Where the graph for this acceptor (as JSON) and model is kept, whether it is built already or not."""
    made_of = {
        "acceptor": accepted,
        "model": model.fingerprint(),
        "builder": [GRAPH_VERSION, version("kaldifst"), repr(Filler()), DECODING, FEATURES],
    }
    digest = hashlib.sha256(json.dumps(made_of, ensure_ascii=False).encode()).hexdigest()
    return cache / "graphs" / digest[:20]


async def ensure_graph(accepted: str, model: AcousticModel, cache: Path, progress: Progress) -> Path:
    """The graph's folder, built if it is not there yet. Raises HomeGraphError, OSError.

    `accepted` is what `Acceptor.to_json` writes. Who waits here need not have the acceptor itself in memory.
    """
    folder = graph_path(accepted, model, cache)
    if not await asyncio.to_thread(is_whole, folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        async with _alone(folder.parent / ".lock"):
            if not await asyncio.to_thread(is_whole, folder):  # somebody else may have built it while this one waited
                await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
                await _build(accepted, model, folder, progress)
                forget_old(folder.parent)
    folder.touch()
    return folder


def sums(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file of a graph, by its name in the folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {str(path.relative_to(folder)): sum_of(path) for path in files}


def is_whole(folder: Path) -> bool:
    """Whether a graph is as it was built: a power cut or a bad card leaves files that nobody can open."""
    try:
        expected = json.loads((folder / MANIFEST).read_bytes())["sums"]
        return all(sum_of(folder / name) == known for name, known in expected.items())
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return False


@asynccontextmanager
async def _alone(lock: Path) -> AsyncIterator[None]:
    with lock.open("w") as file:
        await asyncio.to_thread(fcntl.flock, file, fcntl.LOCK_EX)
        yield


async def _build(accepted: str, model: AcousticModel, folder: Path, progress: Progress) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".json", dir=folder.parent) as file:
        file.write(accepted)
        file.flush()
        arguments = ["-m", "hub.speech.homegraph", file.name, str(folder)]
        if model.own:
            arguments += ["--model", str(model.path)]
        try:
            await build_apart(arguments, progress)
        except HomeGraphError as error:
            raise HomeGraphError(f"the home graph could not be built: {error}") from None


async def build_apart(arguments: Sequence[str], progress: Progress, given: bytes = b"") -> None:
    """Run a builder, which is Python with these arguments, in a process of its own, with `given` as its input.

    It tells how far it is in JSON objects, one a line. Raises HomeGraphError with what it said on standard error.
    Who is cancelled takes the builder along.
    """
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdin=pipe, stdout=pipe, stderr=pipe)
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        said = asyncio.create_task(process.stderr.read())
        process.stdin.write(given)
        process.stdin.close()
        async for line in process.stdout:
            told = json.loads(line)
            progress(told["done"], told["of"])
        reason = (await said).decode(errors="replace").strip()
        if await process.wait():
            raise HomeGraphError(reason or "the builder was killed")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def forget_old(kept: Path) -> None:
    """Leave only the newest of what is kept in a folder, and nothing of a builder that was killed."""
    entries = [path for path in kept.iterdir() if not path.name.startswith(".")]
    entries.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in (*entries[KEPT:], *kept.glob(".building-*")):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
