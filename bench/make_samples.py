"""Speak with Kokoro's voices: the sample commands that the repository ships, or a corpus of random commands."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench.corpus import draw, speak_corpus
from hub.grammar.spoken import spoken_grammar
from hub.home import load_home
from hub.samples import load_samples
from hub.speech.clip import Clip
from hub.speech.kokoro import Kokoro, Manner, VoiceMissingError
from hub.speech.sound import RATE

HOME = Path(__file__).parents[1] / "config" / "home.yaml"


def make_samples() -> None:
    """Every entry of config/samples/samples.yaml becomes its WAV file again."""
    kokoro = Kokoro()
    for sample in load_samples():
        manner = Manner(sample.voice, sample.speed, sample.eo)
        sample.path.write_bytes(Clip(kokoro.speak(sample.sentence, manner), RATE).to_wav())
        print(f"{sample.file}  {sample.voice} ×{sample.speed:g}  {sample.sentence}")


def make_corpus(folder: Path, sentences: int, seed: int) -> None:
    """Commands of the sample home, each by every voice, into the folder."""
    drawn = draw(spoken_grammar(load_home(HOME)), sentences, seed)
    for spoken in speak_corpus(drawn, folder, seed):
        print(f"{spoken.file} ×{spoken.speed:g}  {spoken.sentence}", flush=True)


def main() -> int:
    """Make the samples, or with --corpus a corpus."""
    parser = argparse.ArgumentParser(prog="script/make-samples", description=__doc__)
    parser.add_argument("--corpus", type=Path, metavar="FOLDER", help="speak a corpus into FOLDER, not the samples")
    parser.add_argument("--sentences", type=int, default=300, help="sentences of the corpus (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other sentences (%(default)s)")
    arguments = parser.parse_args()
    try:
        if arguments.corpus:
            make_corpus(arguments.corpus, arguments.sentences, arguments.seed)
        else:
            make_samples()
    except VoiceMissingError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
