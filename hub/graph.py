"""The home graph of a household: what it says is listened for, and found built or built anew.

    python -m hub.graph < job.json

writes down what is listened for: a process of its own, because a satellite only hears, and need not keep the whole
grammar in memory. A failure ends with status 1 and its reason on standard error.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel

from hub.config import Settings
from hub.files import write_file
from hub.home import Home
from hub.speech.graphs import HomeGraphError, Progress, build_apart, ensure_graph, forget_old
from hub.speech.model import ModelError, find_model
from hub.texts import Language, text


class Job(BaseModel):
    """What is listened for, and the file into which it is written."""

    home: str
    wake: tuple[str, ...]
    sentences: Path | None
    routines: Path | None
    language: Language
    accepted: Path | None = None


async def listened_for(settings: Settings, home: Home, progress: Progress = lambda done, of: None) -> str:
    """What is listened for in this home, as JSON; kept, as writing it down takes seconds. Raises HomeGraphError."""
    job = Job(
        home=home.to_json(),
        wake=settings.voice.wake,
        sentences=settings.sentences,
        routines=settings.routines,
        language=settings.language,
    )
    kept = settings.cache_dir / "listened" / f"{await asyncio.to_thread(_digest, job)}.json"
    try:
        accepted = await asyncio.to_thread(kept.read_text, "utf-8")
        kept.touch()
    except OSError:
        with tempfile.TemporaryDirectory() as folder:
            job.accepted = Path(folder) / "accepted.json"
            await build_apart(["-m", "hub.graph"], progress, job.model_dump_json().encode())
            accepted = await asyncio.to_thread(job.accepted.read_text, "utf-8")
        with suppress(OSError):  # written down anew the next time
            await asyncio.to_thread(write_file, kept, accepted)
            forget_old(kept.parent)
    return accepted


def _digest(job: Job) -> str:
    """Stands for all that the result depends on: the job, the files that it names, and the whole of this package."""
    digest = hashlib.sha256(job.model_dump_json().encode())
    named = [job.routines, *sorted(job.sentences.rglob("*"))] if job.sentences else [job.routines]
    ours = sorted(path for path in Path(__file__).parent.rglob("*") if path.suffix in {".py", ".yaml"})
    for path in (*named, *ours):
        if path is not None and path.is_file():
            content = path.read_bytes()
            digest.update(f"{path.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:20]


async def home_graph(settings: Settings, home: Home, progress: Progress = lambda done, of: None) -> Path:
    """The folder of this home's graph, built if it is not there yet. Raises HomeGraphError."""
    accepted = await listened_for(settings, home, progress)
    try:
        return await ensure_graph(accepted, find_model(settings.speech.model), settings.cache_dir, progress)
    except (ModelError, OSError) as error:
        raise HomeGraphError(str(error)) from None


async def shown_graph(settings: Settings, home: Home) -> Path:
    """The same, with a progress bar while it is built, where there is a terminal. Raises HomeGraphError."""
    if not sys.stderr.isatty():
        return await home_graph(settings, home)
    from rich.console import Console  # which services have no use for
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task(text("run.building", settings.language), total=None, visible=False)

        def show(done: int, steps: int) -> None:
            bar.update(task, completed=done, total=steps, visible=True)

        return await home_graph(settings, home, show)


def _write(job: Job) -> None:
    from hub.grammar.lexicon import lexicon
    from hub.grammar.sentences import load_sentences
    from hub.grammar.spoken import spoken_grammar
    from hub.household import with_routines
    from hub.speech.wake import with_wake

    known = load_sentences(job.sentences, lexicon(), job.language).lexicon
    known = with_routines(known, job.routines, job.language)
    commands = with_wake(spoken_grammar(Home.from_json(job.home), known), job.wake)
    assert job.accepted is not None
    job.accepted.write_text(commands.to_json(), "utf-8")


def main() -> int:
    """Write down what the job on standard input asks for."""
    try:
        _write(Job.model_validate_json(sys.stdin.buffer.read()))
    except Exception as error:  # whatever it is, the process that waits is to say why
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
