"""The sample commands: sound files that the repository ships, said to the hub in real time, and one row for each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from rich.console import Group
from rich.table import Table

from hub.follow import Exchange, Follower
from hub.korean.jamo import squash
from hub.show import change_lines, intent_line
from hub.speech.service import Voice
from hub.speech.sound import FRAME_SECONDS, Frames, wav_frames
from hub.terminal import Terminal
from hub.texts import Language, text
from hub.yamlfile import YamlFile

INSTALLED = Path(__file__).parent / "sample_sounds"
FOLDER = INSTALLED if INSTALLED.is_dir() else Path(__file__).parent.parent / "config" / "samples"


class Sample(BaseModel):
    """One recording: its file, the sentence, and how it was made."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str
    sentence: str
    voice: str
    speed: float = 1.0
    eo: str = "ɔ"

    @property
    def path(self) -> Path:
        """The sound file."""
        return FOLDER / self.file


class _SampleFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    samples: list[Sample]


@dataclass(frozen=True, slots=True)
class SampleRow:
    """What came of one sample."""

    sample: Sample
    heard: str
    refused: str | None
    exchange: Exchange | None
    seconds: float | None
    """From the end of speech to the first change of a state, or to the answer where nothing has a state to change."""

    @property
    def ok(self) -> bool:
        """Whether it was heard right and carried out."""
        right = squash(self.heard) == squash(self.sample.sentence)
        return right and self.exchange is not None and self.exchange.ok


def load_samples() -> list[Sample]:
    """The samples of config/samples/samples.yaml; raises SettingsError."""
    return YamlFile.read(FOLDER / "samples.yaml").validate(_SampleFile).samples


async def in_real_time(frames: Frames) -> AsyncIterator[bytes]:
    """The same frames, each at the moment at which a microphone would give it."""
    clock = asyncio.get_running_loop().time
    begun = clock()
    number = 0
    async for frame in frames:
        number += 1
        await asyncio.sleep(begun + number * FRAME_SECONDS - clock())
        yield frame


async def say_sample(voice: Voice, follower: Follower, sample: Sample) -> SampleRow:
    """Say one sample to the voice as if it were spoken now, and follow what comes of it."""
    begun = asyncio.get_running_loop().time()
    heard, refused, exchange, seconds = "", None, None, None
    async for found in voice.hear(in_real_time(wav_frames(sample.path)), source=sample.file):
        heard, refused = found.segment.text, found.segment.refused
        if found.utterance is not None:
            exchange = await follower.follow(found.utterance.id)
            reached = min((change.at for change in exchange.changes), default=exchange.answered_at)
            seconds = reached - (begun + found.segment.end)
    return SampleRow(sample, heard, refused, exchange, seconds)


def _columns(language: Language) -> list[str]:
    return [text(f"run.{name}", language) for name in ("heard", "meaning", "changed", "answer", "time")]


def print_header(console: Terminal, language: Language) -> None:
    """The names of the columns."""
    _print(console, _columns(language), style="bold")


def print_row(console: Terminal, row: SampleRow) -> None:
    """One row: heard, meaning, device and states before and after, answer, milliseconds."""
    exchange = row.exchange
    intents = exchange.understood.intents if exchange and exchange.understood else []
    meant = [intent_line(sent.intent, sent.slots, ()) for sent in intents]
    cells: list[str | Group] = [
        row.heard or "–",
        Group(*meant or [f"✗ {row.refused or 'no speech'}"]),
        Group(*change_lines(exchange.changes if exchange else ()) or ["–"]),
        (exchange.answered if exchange else None) or "–",
        "–" if row.seconds is None else f"{row.seconds * 1000:.0f} ms",
    ]
    _print(console, cells, style="" if row.ok else "red")


def print_summary(console: Terminal, rows: Sequence[SampleRow], language: Language) -> None:
    """How many went well, and the usual and the longest time."""
    times = sorted(row.seconds for row in rows if row.seconds is not None)
    middle = times[len(times) // 2] if times else 0.0
    summary = text(
        "run.summary",
        language,
        ok=sum(row.ok for row in rows),
        all=len(rows),
        median=f"{middle * 1000:.0f}",
        longest=f"{max(times, default=0.0) * 1000:.0f}",
    )
    console.print(summary, style="bold")


def _print(console: Terminal, cells: Sequence[str | Group], style: str) -> None:
    table = Table.grid(padding=(0, 2), expand=True)
    for ratio in (5, 6, 6, 6, 2):
        table.add_column(ratio=ratio, overflow="fold")
    table.add_row(*cells, style=style)
    console.print(table)
