"""The operating point of hearing: every number and mark that the builder of the home graph and the recognizer share.

docs/ and bench/ tell how they were measured. Whoever changes one that the graph depends on raises GRAPH_VERSION.
"""

from __future__ import annotations

from dataclasses import dataclass

GRAPH_VERSION = 2

FILLER = "<filler>"  # the output symbol of every filler syllable
JOIN = "+"  # stands before a piece that goes on with the phrase before it


@dataclass(frozen=True, slots=True)
class Filler:
    """How speech that is no command is heard: the `syllables` most frequent ones loop, each at `cost`.

    `enter` is added where filler begins before a command or after one; `word` is what each word of a command costs, so
    that short ones are not strewn in for nothing.
    """

    syllables: int = 300
    cost: float = 4.0
    enter: float = 2.0
    word: float = 0.5


# Kaldi's options. A command is over after half a second of silence when it may end there, else after 0.8 s.
DECODING = """\
--min-active=200
--max-active=3000
--beam=11.0
--lattice-beam=4.0
--acoustic-scale=1.0
--frame-subsampling-factor=3
--endpoint.silence-phones=1:2:3:4:5:6:7:8:9:10
--endpoint.rule1.min-trailing-silence=5.0
--endpoint.rule2.min-trailing-silence=0.5
--endpoint.rule3.min-trailing-silence=0.8
--endpoint.rule4.min-trailing-silence=1.2
--endpoint.rule5.min-utterance-length=12.0
"""

LEAST_VOICED = 0.35  # seconds of words in a command: shorter ones are noise behind a command
LEAST_CONFIDENCE = 0.75  # of the whole command, each word by its length: what noise makes up reaches 0.7
LEAST_VERB_CONFIDENCE = 0.5  # of the verb's stem: 켜 or 꺼 is never decided by less

# Without dither the same sound is heard the same each time. A microphone has noise enough of its own.
FEATURES = "--dither=0\n"
