"""Hearing files and preparing the graph: what `jipsa hear` and `jipsa home` do, without broker and bridges."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hub.butler.understanding import Understander, Understanding
from hub.config import Settings
from hub.grammar.sentences import report
from hub.graph import shown_graph
from hub.home import Home
from hub.household import household_lexicon, household_sentences
from hub.naming import name_faults
from hub.show import segment_line
from hub.speech.recognizer import Recognizer, Segment
from hub.speech.sound import SoundError, wav_frames
from hub.terminal import errors, out
from hub.texts import text


async def hear_files(files: Sequence[Path], settings: Settings, home: Home, room: str | None, *, as_json: bool) -> int:
    """Print one line per spoken segment of every file. 0: all were heard, 1: a file could not be read."""
    recognizer = Recognizer(await shown_graph(settings, home))
    understander = Understander(home, known=household_lexicon(settings))
    code = 0
    for file in files:
        try:
            async for segment in recognizer.segments(wav_frames(file)):
                understood = understander.understand(segment.text, room)
                if as_json:
                    out.print(json.dumps(_line(file, segment, understood), ensure_ascii=False))
                else:
                    heard = segment_line(segment, settings.language, understood)
                    out.print(f"{file}  {segment.start:.2f}–{segment.end:.2f} s  {heard}")
        except SoundError as error:
            errors.print(str(error))
            code = 1
    return code


def _line(file: Path, segment: Segment, understood: Understanding) -> dict[str, Any]:
    refused = segment.refused or (understood.refused if segment.text else None)
    return {
        "file": str(file),
        "start": round(segment.start, 2),
        "end": round(segment.end, 2),
        "called": segment.called,
        "text": segment.text,
        "confidence": segment.confidence,
        "intents": [] if refused else understood.to_dict()["intents"],
        "refused": refused,
    }


async def build_graph(settings: Settings, home: Home) -> int:
    """Build the graph and print where it is; 0."""
    folder = await shown_graph(settings, home)
    manifest = json.loads((folder / "manifest.json").read_text())
    seconds = sum(manifest["seconds"].values())
    summary = text(
        "check.built",
        settings.language,
        phrases=manifest["phrases"],
        arcs=manifest["graph"]["arcs"],
        seconds=f"{seconds:.1f}",
        folder=folder,
    )
    out.print(summary)
    for phrase in manifest["unsayable"]:
        out.print(text("check.left_out", settings.language, phrase=phrase))
    return 0


def check_names(settings: Settings, home: Home) -> int:
    """Print what is ambiguous or cannot be heard. 0: nothing, 1: something."""
    for line in report(household_sentences(settings), settings.language):
        out.print(line)
    faults = list(name_faults(home, settings))
    for fault in faults:
        out.print(str(fault))
    key = "check.found" if faults else "check.fine"
    out.print(text(key, settings.language, n=len(faults), rooms=len(home.rooms), devices=len(home.devices)))
    return 1 if faults else 0
