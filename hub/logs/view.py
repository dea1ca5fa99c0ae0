"""`jipsa log`: what happens in all services in one view, and the way of each sentence through them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from contextlib import aclosing
from datetime import datetime
from typing import Final
from zlib import crc32

from rich.text import Text

from hub.bus import Bus
from hub.config import Settings
from hub.logs import journal
from hub.logs.steps import TOPICS, Step, Steps
from hub.payloads import new_id, now
from hub.printable import line, printable
from hub.recent import Recent
from hub.terminal import Terminal, errors
from hub.texts import text
from hub.together import together

STYLES: Final = {
    "said": "bold", "answered": "bold", "explained": "dim", "meant": "cyan", "refused": "yellow", "again": "yellow",
    "done": "green", "failed": "red", "online": "green", "offline": "red", "muted": "yellow", "event": "dim",
    "debug": "dim", "warning": "yellow", "error": "red",
}  # fmt: skip
"""Of the kinds of steps that are not plain."""

COLORS: Final = ("cyan", "magenta", "blue", "green", "yellow", "bright_cyan", "bright_magenta", "bright_blue")
"""Services and sentences keep theirs."""

SAME = 2.0
"""Seconds within which a line that comes over MQTT and in the journal is one."""


class View:
    """Prints steps: a sentence at the time of the clock, what came of it after how many milliseconds."""

    def __init__(self, console: Terminal, *, service: str | None = None, as_json: bool = False) -> None:
        self._console = console
        self._service = service
        self._as_json = as_json
        self._begun: Recent[str, datetime] = Recent()
        self._lines: Recent[str, datetime] = Recent(200)

    def show(self, step: Step) -> None:
        """Print a step, unless it is another service's than was asked for, or a line that was printed already."""
        begun = None if step.utterance is None else self._begun.get(step.utterance)
        if step.utterance is not None and begun is None:
            self._begun.put(step.utterance, step.at)
        if self._service not in {None, step.service} or self._again(step):
            return
        after = None if begun is None else round((step.at - begun).total_seconds() * 1000)
        if self._as_json:
            told = step.to_dict() if after is None else {**step.to_dict(), "ms": after}
            self._console.print(json.dumps(told, ensure_ascii=False))
        else:
            self._console.print(_line(step, after))

    def _again(self, step: Step) -> bool:
        if step.kind not in {"debug", "info", "warning", "error"}:
            return False
        key = line(step.text.removeprefix(f"{step.service}: "))
        before = self._lines.get(key)
        self._lines.put(key, step.at)
        return bool(key) and before is not None and abs((step.at - before).total_seconds()) < SAME


def _line(step: Step, after: int | None) -> Text:
    at = step.at.astimezone()
    when = f"{at:%H:%M:%S}.{at.microsecond // 1000:03d}" if after is None else f"{after:+d} ms"
    sentence = printable((step.utterance or "")[:8])
    service = printable(step.service)
    return Text.assemble(
        (f"{when:>12}  ", "dim"),
        (f"{sentence:8}  ", _color(sentence)),
        (f"{service:<13} ", _color(service)),
        (line(str(step)), STYLES.get(step.kind, "")),
    )


def _color(name: str) -> str:
    return COLORS[crc32(name.encode()) % len(COLORS)]


async def show_sentences(settings: Settings, beginning: str, view: View) -> int:
    """Print the way of the sentences whose ids begin like that, from the journal (empty: of the last one).

    0: there was one, 1: none.
    """
    found: list[Step] = []
    for sentence in await journal.sentences(beginning):
        async with aclosing(journal.entries(f"JIPSA_UTTERANCE={sentence}")) as entries:
            found += [step async for entry in entries for step in journal.steps(entry)]
    for step in sorted(found, key=lambda step: step.at):
        view.show(step)
    if not found:
        errors.print(text("log.no_sentence", settings.language, id=beginning or "–"))
    return 0 if found else 1


async def show_all(settings: Settings, since: str | None, view: View) -> int:
    """Print what happens from now on, over MQTT and in the journal; `since` when, as journalctl understands it."""
    begun = now()
    bus = Bus(settings.broker.address(), f"jipsa-log-{new_id()[:8]}")
    steps = Steps()

    def take(topic: str, payload: bytes) -> None:
        for step in steps.read(topic, payload, now()):
            view.show(step)

    for topic in TOPICS:
        bus.subscribe(topic, take)
    async with bus.running(), together([_follow_journal(begun, since, view)]):
        await asyncio.Event().wait()
    return 0


async def _follow_journal(begun: datetime, since: str | None, view: View) -> None:
    options = ("--follow", f"--since={since}") if since else ("--follow", "--lines=0")
    async with aclosing(journal.entries(*journal.EVERYTHING, options=options)) as entries:
        async for entry in entries:
            for step in _news(list(journal.steps(entry)), entry, begun):
                view.show(step)


def _news(steps: list[Step], entry: journal.Entry, begun: datetime) -> Iterable[Step]:
    """Without the steps of sentences that were seen over MQTT."""
    return [step for step in steps if step.at < begun] if "JIPSA_WAY" in entry else steps
