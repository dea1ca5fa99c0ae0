"""A corpus of spoken commands: random sentences of a home's grammar, each spoken by every voice.

It is for comparing: voices, mappings, versions, with and without noise. Its voices never stand for people.
"""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, fields
from functools import cache, partial
from itertools import cycle, islice
from pathlib import Path

from hub.grammar.acceptor import Acceptor
from hub.speech.clip import Clip
from hub.speech.commands import Commands
from hub.speech.kokoro import VOICES, Kokoro, Manner
from hub.speech.sound import RATE

MANIFEST = "corpus.tsv"
SPEEDS = (0.9, 1.0, 1.1)
PROCESSES = 2

OPPOSITES = (("켜", "꺼"), ("열어", "닫아"), ("올려", "내려"))
"""Verbs that recognizers mix up, and must not; a home without curtains has no second pair."""

OPPOSED = 0.1
"""The share of sentences that come in such pairs: 불 켜줘, 불 꺼줘."""

SHORT = 3
"""The most word groups of a sentence in such a pair."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sound file of the corpus: what is said in it, by which voice and how fast."""

    file: str
    sentence: str
    voice: str
    speed: float


def draw(acceptor: Acceptor, count: int, seed: int) -> list[str]:
    """`count` distinct sentences of the acceptor, with spaces between word groups; the same for the same seed.

    There must be that many: a grammar with fewer is walked without end.
    """
    chooser = random.Random(seed)
    walks = _walks(acceptor, chooser)
    drawn = dict.fromkeys(islice(_opposites(acceptor, walks), round(count * OPPOSED)))
    while len(drawn) < count:
        drawn[next(walks)] = None
    return list(drawn)


def _walks(acceptor: Acceptor, chooser: random.Random) -> Iterator[str]:
    """Random sentences: every frame is as likely as another; what may be left out mostly is, and short words win."""
    leaving: defaultdict[int, dict[tuple[int, str], float]] = defaultdict(dict)
    for source, target, label in acceptor.arcs:
        leaving[source][target, label] = 1 / len(label) if label else 0
    for arcs in leaving.values():
        said = sum(arcs.values())
        arcs.update((arc, 2 * said or 1) for arc in arcs if not arc[1])
    while True:
        state, words = 0, []
        while state not in acceptor.finals:
            arcs = leaving[state]
            ((state, label),) = chooser.choices(list(arcs), list(arcs.values()))
            words.append(label)
        yield " ".join(filter(None, words))


def _opposites(acceptor: Acceptor, walks: Iterator[str]) -> Iterator[str]:
    """Short sentences of the walks with a verb that has an opposite, each followed by its opposite."""
    commands = Commands.of(acceptor)
    verbs = {label for _, _, label in acceptor.arcs}
    pairs = [pair for pair in OPPOSITES if verbs.issuperset(pair)]
    seen: set[str] = set()
    for one, other in cycle(pairs):
        for sentence in walks:
            *before, verb = sentence.split()
            opposite = " ".join([*before, other + verb.removeprefix(one)])
            short = verb.startswith(one) and 0 < len(before) < SHORT
            if short and sentence not in seen and commands.complete(opposite.split()):
                seen.add(sentence)
                yield from (sentence, opposite)
                break


def speak_corpus(sentences: list[str], folder: Path, seed: int) -> Iterator[Spoken]:
    """Speak every sentence with every voice into WAV files and a manifest; each file is told when it is there.

    A file that is there already stays: what was interrupted goes on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    chooser = random.Random(seed)
    corpus = [
        Spoken(f"{number:04}-{voice}.wav", sentence, voice, chooser.choice(SPEEDS))
        for number, sentence in enumerate(sentences)
        for voice in VOICES
    ]
    with (folder / MANIFEST).open("w", encoding="utf-8", newline="") as file:
        manifest = csv.DictWriter(file, [field.name for field in fields(Spoken)], delimiter="\t")
        manifest.writeheader()
        manifest.writerows(map(asdict, corpus))
    missing = [spoken for spoken in corpus if not (folder / spoken.file).is_file()]
    Kokoro()  # unpacks the model once, before two processes do it at the same time
    with ProcessPoolExecutor(PROCESSES) as pool:
        yield from pool.map(partial(_speak, folder), missing)


def _speak(folder: Path, spoken: Spoken) -> Spoken:
    unfinished = folder / f"{spoken.file}.part"
    clip = Clip(_kokoro().speak(spoken.sentence, Manner(spoken.voice, spoken.speed)), RATE)
    unfinished.write_bytes(clip.to_wav())
    unfinished.rename(folder / spoken.file)
    return spoken


@cache
def _kokoro() -> Kokoro:
    """The voice of this process."""
    return Kokoro()
