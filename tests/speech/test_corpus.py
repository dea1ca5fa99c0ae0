"""The corpus: what is drawn from a home's grammar, and the files that are made of it."""

import csv
import wave
from collections import Counter
from pathlib import Path

from speech.conftest import REPOSITORY

from bench.corpus import MANIFEST, OPPOSITES, SHORT, draw, speak_corpus
from hub.grammar.parser import Grammar
from hub.grammar.spoken import spoken_grammar
from hub.home import load_home
from hub.speech.commands import Commands
from hub.speech.kokoro import VOICES
from hub.speech.sound import RATE

HOME = load_home(REPOSITORY / "config" / "home.yaml")
ACCEPTED = spoken_grammar(HOME)


def test_a_corpus_is_drawn_the_same_for_the_same_seed() -> None:
    assert draw(ACCEPTED, 60, seed=3) == draw(ACCEPTED, 60, seed=3) != draw(ACCEPTED, 60, seed=4)


def test_what_is_drawn_are_distinct_commands_that_are_heard_and_understood() -> None:
    drawn, commands, grammar = draw(ACCEPTED, 150, seed=1), Commands.of(ACCEPTED), Grammar(HOME)
    assert len(set(drawn)) == len(drawn) == 150
    assert all(commands.complete(sentence.split()) for sentence in drawn)
    intents = Counter(grammar.parse(sentence)[0][0].intent for sentence in drawn)
    assert len(intents) > 15
    assert intents.most_common(1)[0][1] < len(drawn) / 4


def test_a_tenth_of_what_is_drawn_are_short_opposites_side_by_side() -> None:
    opposed = draw(ACCEPTED, 100, seed=2)[:10]
    for one, other in zip(opposed[::2], opposed[1::2], strict=True):
        (*before, verb), (*again, opposite) = one.split(), other.split()
        assert before == again
        assert len(before) < SHORT
        assert any(verb == opposite.replace(no, yes, 1) != opposite for yes, no in OPPOSITES)


def test_a_corpus_that_was_interrupted_goes_on(tmp_path: Path) -> None:
    there = [f"0000-{voice}.wav" for voice in VOICES[1:]]
    for file in there:
        (tmp_path / file).touch()
    (made,) = speak_corpus(["불 켜"], tmp_path, seed=0)
    assert (made.sentence, made.voice) == ("불 켜", VOICES[0])
    with (tmp_path / MANIFEST).open(encoding="utf-8") as manifest:
        rows = list(csv.DictReader(manifest, delimiter="\t"))
    assert [row["file"] for row in rows] == [made.file, *there]
    assert {row["file"] for row in rows} == {path.name for path in tmp_path.glob("*.wav")}
    with wave.open(str(tmp_path / made.file)) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (RATE, 1, 2)
        assert 0.5 < sound.getnframes() / RATE < 5
