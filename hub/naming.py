"""What about the names of a home is ambiguous or cannot be heard; asked by the page at every key.

    python -m hub.naming

reads questions and writes answers, one JSON object a line: a process of its own, because grammar and vocabulary take
more memory than the page itself, and are needed while somebody types names only.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pydantic import BaseModel

from hub.config import Settings, SpeechSettings
from hub.faults import OutsideError
from hub.home import Home
from hub.homefile import Flaw, flaw
from hub.limits import LARGEST
from hub.texts import Language
from hub.yamlfile import Fault

log = logging.getLogger(__name__)

IDLE = 60.0
"""Seconds without a question after which the process ends."""

PATIENCE = 60.0
"""Seconds in which an answer comes, also the first one from a small board."""


class NamingError(OutsideError):
    """Names could not be checked; the text says why."""


class Question(BaseModel):
    """A home to check, as `Home.to_json` writes it, in a household with these sentences and this acoustic model."""

    home: str
    language: Language
    model: Path | None = None
    sentences: Path | None = None


class Answer(BaseModel):
    """What is to be looked at; or why nothing could be checked."""

    flaws: list[Flaw] = []
    error: str | None = None


def name_faults(home: Home, settings: Settings) -> Iterator[Fault]:
    """What is ambiguous, and what cannot be heard. Raises ModelError, SettingsError."""
    from hub.grammar.check import check_home
    from hub.grammar.sentences import unknown_names
    from hub.household import household_sentences
    from hub.speech.cuts import cuts

    vocabulary = _vocabulary(settings.speech.model)
    yield from check_home(home, lambda group: bool(cuts(group, vocabulary)), settings.language)
    yield from unknown_names(household_sentences(settings), home)


@cache
def _vocabulary(model: Path | None) -> frozenset[str]:
    from hub.speech.model import find_model
    from hub.speech.openfst import read_input_symbols

    return frozenset(read_input_symbols(find_model(model).path / "graph/Gr.fst"))


class Checker:
    """Has names checked in a process that starts when it is first needed and ends when nobody types any more."""

    def __init__(self, settings: Settings, idle: float = IDLE) -> None:
        self._settings = settings
        self._idle = idle
        self._process: asyncio.subprocess.Process | None = None
        self._asking = asyncio.Lock()
        self._ending: asyncio.Task[None] | None = None

    async def check(self, home: Home) -> list[Flaw]:
        """What is to be looked at in this home. Raises NamingError."""
        settings = self._settings
        question = Question(
            home=home.to_json(),
            language=settings.language,
            model=settings.speech.model,
            sentences=settings.sentences,
        )
        async with self._asking:
            if self._ending is not None:
                self._ending.cancel()
            answer = await self._answer(question) or await self._answer(question)
            self._ending = asyncio.create_task(self._end_later())
        if answer is None:
            raise NamingError("the process that checks names ended twice without an answer")
        if answer.error is not None:
            raise NamingError(answer.error)
        return answer.flaws

    async def close(self) -> None:
        """End the process, if there is one."""
        if self._ending is not None:
            self._ending.cancel()
        async with self._asking:
            await self._end()

    async def _answer(self, question: Question) -> Answer | None:
        """The process's answer; None where it died instead, or says nothing."""
        if self._process is None:
            pipe = asyncio.subprocess.PIPE
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "hub.naming", stdin=pipe, stdout=pipe, limit=LARGEST
            )
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            async with asyncio.timeout(PATIENCE):
                process.stdin.write(question.model_dump_json().encode() + b"\n")
                await process.stdin.drain()
                line = await process.stdout.readline()
            return Answer.model_validate_json(line)
        except (OSError, ValueError, TimeoutError) as error:
            log.warning("the process that checks names gave no answer: %r", error)
            await self._end()
            return None
        except asyncio.CancelledError:  # its answer would be taken for that to the next question
            await self._end()
            raise

    async def _end_later(self) -> None:
        await asyncio.sleep(self._idle)
        async with self._asking:
            await self._end()

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _answered(line: bytes) -> Answer:
    """The answer to a question; whatever is wrong, who asked is to say why."""
    try:
        question = Question.model_validate_json(line)
        speech = SpeechSettings(model=question.model)
        settings = Settings(language=question.language, sentences=question.sentences, speech=speech)
        home = Home.from_json(question.home)
        return Answer(flaws=[flaw(fault) for fault in name_faults(home, settings)])
    except Exception as error:
        return Answer(error=str(error))


def main() -> int:
    """Answer the questions on standard input until it ends."""
    for line in sys.stdin.buffer:
        sys.stdout.buffer.write(_answered(line).model_dump_json().encode() + b"\n")
        sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
