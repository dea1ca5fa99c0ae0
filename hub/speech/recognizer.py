"""Hearing: Vosk on a home graph, and the refusal of what is no command.

Runs where Vosk is, never where kaldifst is.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar, TypeVarTuple

from hub.faults import OutsideError
from hub.speech.commands import Commands
from hub.speech.sound import RATE, Frames
from hub.speech.tuning import (
    COMMANDS,
    FILLER,
    HESITATION,
    JOIN,
    LEAST_CONFIDENCE,
    LEAST_VERB_CONFIDENCE,
    LEAST_VOICED,
    LEAST_WAKE_CONFIDENCE,
    LEAST_WAKE_PAUSE,
    OPPOSITES,
    SURE_VERB_CONFIDENCE,
)
from hub.speech.wake import is_wake

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")


class RecognizerError(OutsideError):
    """The recognizer does not run on this machine."""


class Refused(StrEnum):
    """Why a spoken segment is not taken for a command."""

    NOT_A_COMMAND = "not_a_command"
    TOO_SHORT = "too_short"
    LOW_CONFIDENCE = "low_confidence"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class Word:
    """A word group as it is written, when it was said (seconds) and how sure the recognizer is (0 to 1)."""

    text: str
    start: float
    end: float
    confidence: float
    stem_confidence: float
    """Confidence in its first piece: in a verb, what decides between 켜 and 꺼."""


@dataclass(frozen=True, slots=True)
class Partial:
    """What is heard of a segment that goes on, and whether it calls the hub by its name."""

    text: str
    called: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """One spoken segment: from the first word's start to the last one's end, in seconds since the sound began.

    `text` is what was said after the name that the hub is called by, and empty where that is all; `called` is whether
    it was said. `unsure`: the verb may as well be its opposite. `said_at` is when what was said after the name begins.
    """

    start: float
    end: float
    text: str
    confidence: float
    refused: Refused | None
    called: bool = False
    unsure: bool = False
    said_at: float = 0.0


class Recognizer:
    """A home graph in memory; hears any number of sounds, one at a time or several at once."""

    def __init__(self, graph: Path) -> None:
        """Load the graph that `hub.speech.graphs` built. Raises OSError if it is none, RecognizerError without Vosk."""
        vosk = _vosk()
        if not (graph / "graph" / "HCLG.fst").is_file():
            raise FileNotFoundError(f"{graph} is no home graph; jipsa home build makes one")
        self.commands = Commands.load(graph / COMMANDS)
        vosk.SetLogLevel(-1)
        self._kaldi = vosk.KaldiRecognizer
        self._model = vosk.Model(str(graph))
        # One thread for all computing: several would each keep memory of their own.
        self._thread = ThreadPoolExecutor(1, "recognizer")

    def decoder(self) -> Decoder:
        """A decoder for one sound."""
        kaldi = self._kaldi(self._model, RATE)
        kaldi.SetWords(True)
        return Decoder(kaldi, self.commands)

    async def compute(self, work: Callable[[*Arguments], T], *arguments: *Arguments) -> T:
        """Have the recognizer's thread do what takes time."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)

    async def segments(self, frames: Frames) -> AsyncIterator[Segment]:
        """Every spoken segment of a sound, each as soon as its end was heard."""
        decoder = self.decoder()
        async for frame in frames:
            for segment in await self.compute(decoder.accept, [frame]):
                yield segment
        for segment in await self.compute(decoder.finish):
            yield segment


class Decoder:
    """Decodes one sound. It computes where it is called: in the recognizer's thread."""

    def __init__(self, kaldi: Any, commands: Commands) -> None:
        self._kaldi = kaldi
        self._commands = commands
        self._fed = 0
        self._missed = 0.0

    def begin(self, at: float) -> None:
        """What is accepted next begins `at` these seconds of the sound."""
        self._missed = at - self._fed / 2 / RATE

    def accept(self, frames: Sequence[bytes]) -> list[Segment]:
        """Decode frames; the segments whose end was heard in them."""
        segments: list[Segment] = []
        for frame in frames:
            self._fed += len(frame)
            if self._kaldi.AcceptWaveform(frame):
                segments += self._told(self._kaldi.Result())
        return segments

    def finish(self) -> list[Segment]:
        """What was said and not told yet."""
        return self._told(self._kaldi.FinalResult())

    def partial(self) -> Partial:
        """What is heard so far, as it is written; `…` for what is no command."""
        pieces = json.loads(self._kaldi.PartialResult()).get("partial", "").split()
        name, said = after_wake(joined([{"word": piece, **_UNTOLD} for piece in pieces]))
        return Partial(" ".join(word.text for word in said), name is not None)

    def _told(self, result: str) -> list[Segment]:
        give_back()
        words = joined(json.loads(result).get("result", []))
        return [self._segment(words)] if words else []

    def _segment(self, words: list[Word]) -> Segment:
        name, said = after_wake(words)
        whole = not said or self._commands.complete(word.text for word in said)
        return Segment(
            start=words[0].start + self._missed,
            end=words[-1].end + self._missed,
            text=" ".join(word.text for word in said),
            confidence=round(_confidence(said or words), 3),
            refused=refusal(said) or (None if whole else Refused.INCOMPLETE),
            called=name is not None and is_call(words, name),
            unsure=bool(said) and said[-1].text[0] in OPPOSITES and said[-1].stem_confidence < SURE_VERB_CONFIDENCE,
            said_at=(said or words)[0].start + self._missed,
        )


def _vosk() -> Any:
    """Vosk's module. It imports an HTTP client, to download models: 10 MB that a satellite never uses."""
    unused = {name: ModuleType(name) for name in ("requests", "srt", "tqdm") if name not in sys.modules}
    unused.get("tqdm", ModuleType("")).tqdm = None  # type: ignore[attr-defined]
    sys.modules.update(unused)
    try:
        import vosk
    except OSError as error:  # the wheel for aarch64 has libatomic from the system, the one for x86-64 needs none
        raise RecognizerError(f"Vosk does not load: {error}; Debian has it: apt install libatomic1") from None
    finally:
        for name in unused:
            del sys.modules[name]
    return vosk


_UNTOLD = {"start": 0.0, "end": 0.0, "conf": 0.0}


def give_back() -> None:
    """Return to the system what is not needed any more, where the C library can (glibc: in a few ms).

    After a long utterance that is some 15 MB, after another graph took the place of one some 18 MB.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def joined(pieces: Sequence[dict[str, Any]]) -> list[Word]:
    """The pieces of Vosk's result put together to word groups; runs of filler become one `…`, hesitations nothing."""
    words: list[Word] = []
    for piece in pieces:
        said, start, end, sure = piece["word"], piece["start"], piece["end"], piece["conf"]
        if said == HESITATION:
            continue
        if said == FILLER:
            if words and words[-1].text == "…":
                words[-1] = Word("…", words[-1].start, end, 0, 0)
            else:
                words.append(Word("…", start, end, 0, 0))
        elif said.startswith(JOIN) and words:
            before = words[-1]
            # A bare JOIN is a piece of another pronunciation of the same writing.
            sure = min(before.confidence, sure) if said != JOIN else before.confidence
            words[-1] = Word(before.text + said.removeprefix(JOIN), before.start, end, sure, before.stem_confidence)
        else:
            words.append(Word(said, start, end, sure, sure))
    return words


def after_wake(words: Sequence[Word]) -> tuple[Word | None, list[Word]]:
    """The last name of the hub among the words, and what was said after it: everything, where there is none."""
    names = [place for place, word in enumerate(words) if is_wake(word.text)]
    return (words[names[-1]], list(words[names[-1] + 1 :])) if names else (None, list(words))


def is_call(words: Sequence[Word], name: Word) -> bool:
    """Whether a name among the words calls the hub. In the middle of other talk, or right behind it, it does not."""
    before, after = (words[: words.index(name)], words[words.index(name) + 1 :])
    talk = any(word.text == "…" for word in before)
    inside = talk and (any(word.text == "…" for word in after) or name.start - before[-1].end < LEAST_WAKE_PAUSE)
    return name.confidence >= LEAST_WAKE_CONFIDENCE and not inside


def refusal(words: Sequence[Word]) -> Refused | None:
    """Why these words are no command, or None when they are one, or none at all."""
    if not words:
        return None
    if any(word.text == "…" for word in words):
        return Refused.NOT_A_COMMAND
    if sum(word.end - word.start for word in words) < LEAST_VOICED:
        return Refused.TOO_SHORT
    if _confidence(words) < LEAST_CONFIDENCE or words[-1].stem_confidence < LEAST_VERB_CONFIDENCE:
        return Refused.LOW_CONFIDENCE
    return None


def _confidence(words: Sequence[Word]) -> float:
    """How sure the recognizer is of the whole: the mean over the words, each by its length."""
    length = sum(word.end - word.start for word in words)
    if not length:
        return 0.0
    return float(sum(word.confidence * (word.end - word.start) for word in words) / length)
