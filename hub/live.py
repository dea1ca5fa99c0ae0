"""`jipsa hear --live`: level, gate, name, partial result, result and refusal on the terminal, to tune a microphone."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
from rich.console import RenderableType
from rich.live import Live
from rich.text import Text

from hub.butler.understanding import Understander
from hub.config import Settings
from hub.graph import shown_graph
from hub.home import Home
from hub.household import household_lexicon
from hub.printable import printable
from hub.show import segment_line
from hub.speech.button import mute_switch
from hub.speech.clip import Clip
from hub.speech.gate import Gate
from hub.speech.listening import listen
from hub.speech.loudness import QUIETEST, decibels
from hub.speech.recognizer import Partial, Recognizer, Segment
from hub.speech.sound import RATE, Frames, Microphone, lasting
from hub.terminal import Terminal
from hub.texts import text

KEPT = 40.0
"""Seconds of sound that are remembered, for what is recorded when it is over."""

AROUND = 0.3
"""Seconds before and after a segment that are recorded with it."""

BAR = 24
"""Width of the level, in characters."""

COLUMNS = ("file", "called", "text", "refused", "confidence")
"""Of heard.tsv, which tells what is in the recordings."""


class Tape:
    """The last seconds of a sound, and the folder into which segments of it are written."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._sound = b""
        self._end = 0.0
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def take(self, frame: bytes) -> None:
        """Remember a frame, where anything is recorded at all."""
        self._end += len(frame) / 2 / RATE
        if self._folder is not None:
            self._sound = (self._sound + frame)[-int(KEPT * RATE) * 2 :]

    def keep(self, segment: Segment, at: datetime) -> None:
        """Write a segment that ended now as a WAV file, and a line about it."""
        if self._folder is None:
            return
        begin = self._end - len(self._sound) / 2 / RATE
        around = segment.start - AROUND, segment.end + AROUND
        first, last = (int(max(0.0, moment - begin) * RATE) * 2 for moment in around)
        words = re.sub(r"\W+", "-", segment.text).strip("-")
        path = self._folder / f"{at:%Y%m%d-%H%M%S.%f}"[:-3]
        path = path.with_name(f"{path.name}-{words or 'called'}.wav")
        path.write_bytes(Clip(self._sound[first:last], RATE).to_wav())
        table = self._folder / "heard.tsv"
        begins = not table.exists()
        with table.open("a", encoding="utf-8", newline="") as file:
            lines = csv.writer(file, delimiter="\t")
            if begins:
                lines.writerow(COLUMNS)
            lines.writerow([path.name, segment.called, segment.text, segment.refused or "", segment.confidence])


class Meter:
    """One line that shows what goes on."""

    def __init__(self, gate: Gate, called: str) -> None:
        """`called` is shown where the hub was called."""
        self.gate = gate
        self._called = called
        self.level = QUIETEST
        self.partial = Partial("")

    def __rich__(self) -> RenderableType:
        full = round(BAR * (1 - self.level / QUIETEST))
        line = Text.assemble(
            ("▮" * full, "green" if self.gate.open else "dim"), ("▯" * (BAR - full), "dim"), f" {self.level:4.0f} dB  "
        )
        line.append("◉ " if self.gate.open else "○ ", "green" if self.gate.open else "dim")
        line.append(f"{self._called} " if self.partial.called else "", "bold magenta")
        return line.append(printable(self.partial.text), "italic")


async def hear_live(settings: Settings, home: Home, room: str | None, record: Path | None) -> int:
    """Show what the microphone hears until stopped, while its switch is open. Raises SoundError, HomeGraphError."""
    recognizer = Recognizer(await shown_graph(settings, home))
    understander = Understander(home, known=household_lexicon(settings))
    console, name = Terminal(), settings.voice.microphone

    def tell(segment: Segment) -> str:
        return segment_line(segment, settings.language, understander.understand(segment.text, room))

    meter = Meter(Gate(), text("hear.called", settings.language))
    with mute_switch(settings.voice, settings.gpio.pins) as mute:
        microphone = None if mute.closed else await Microphone.opened(name)
        if microphone is None:
            console.print(text("run.muted", settings.language))
        else:
            console.print(text("run.listening", settings.language, microphone=microphone.name))
        await show(lasting(microphone, name, mute), recognizer, meter, tell, Tape(record), console)
    return 0


async def show(
    frames: Frames,
    recognizer: Recognizer,
    meter: Meter,
    tell: Callable[[Segment], str],
    tape: Tape,
    console: Terminal,
) -> None:
    """Show what is heard in frames until they end: one line that moves, and one that stays for each segment."""

    async def metered() -> Frames:
        async for frame in frames:
            meter.level = decibels(np.frombuffer(frame, "<i2"))
            tape.take(frame)
            yield frame

    with Live(meter, console=console, refresh_per_second=10, transient=True):
        async for heard in listen(lambda: recognizer, metered(), meter.gate):
            if isinstance(heard, Partial):
                meter.partial = heard
                continue
            meter.partial = Partial("")
            now = datetime.now().astimezone()
            tape.keep(heard, now)
            console.print(f"{now:%H:%M:%S}  {heard.end - heard.start:4.1f} s  {tell(heard)}")
