"""The operating point of hearing: every number and mark that the builder of the home graph and the recognizer share.

docs/ and bench/ tell how they were measured. Whoever changes one that the graph depends on raises GRAPH_VERSION.
"""

from __future__ import annotations

from dataclasses import dataclass

GRAPH_VERSION = 9

COMMANDS = "commands.npz"  # beside the graph: what it was made of

FILLER = "<filler>"  # the output symbol of every filler syllable
HESITATION = "~"  # the output symbol of what people say while they think
HESITATIONS = ("음", "어", "아", "그", "저", "저기")  # heard before a command: 저기 거실 불 켜줘
JOIN = "+"  # stands before a piece that goes on with the phrase before it


@dataclass(frozen=True, slots=True)
class Filler:
    """How speech that is no command is heard: the `syllables` most frequent ones loop, each at `cost`.

    `enter` is added where filler begins before a command or after one; `word` is what each word of a command costs, so
    that short ones are not strewn in for nothing. `broken` is what it costs to stop in the middle of a command: without
    it, 에어컨 alone becomes 에어컨 꺼. `wake` is what the name costs that the hub is called by,
    and `hesitation` what a word costs that says nothing.
    """

    syllables: int = 300
    cost: float = 4.0
    enter: float = 2.0
    word: float = 0.5
    broken: float = 2.0
    wake: float = -1.0
    hesitation: float = 3.0


# Kaldi's options. Its end of speech is for where noise keeps the gate open; see END_OF_COMMAND.
DECODING = """\
--min-active=200
--max-active=3000
--beam=11.0
--lattice-beam=4.0
--acoustic-scale=1.0
--frame-subsampling-factor=3
--endpoint.silence-phones=1:2:3:4:5:6:7:8:9:10
--endpoint.rule1.min-trailing-silence=5.0
--endpoint.rule2.min-trailing-silence=0.8
--endpoint.rule3.min-trailing-silence=0.8
--endpoint.rule4.min-trailing-silence=1.2
--endpoint.rule5.min-utterance-length=12.0
"""

LEAST_VOICED = 0.35  # seconds of words in a command: shorter ones are noise behind a command
LEAST_CONFIDENCE = 0.75  # of the whole command, each word by its length: what noise makes up reaches 0.7
LEAST_VERB_CONFIDENCE = 0.5  # of the verb's stem: 켜 or 꺼 is never decided by less
SURE_VERB_CONFIDENCE = 0.7  # below it the butler asks before it does something that has an opposite
OPPOSITES = frozenset("켜켤켠켰꺼끄끌껐열닫올내높낮잠풀")  # how verbs begin that have one
LEAST_WAKE_CONFIDENCE = 0.5  # of the name that the hub is called by
LEAST_WAKE_PAUSE = 0.1  # seconds between other talk and the name: 해가 지니까 calls nobody

GAUSSIANS = 192  # of the 512 of the speaker model: 35 MB less (docs/home-graph.md)

# Without dither the same sound is heard the same each time. A microphone has noise enough of its own.
FEATURES = "--dither=0\n"

# The floor is the quietest frame of the last seconds. Where it is above NOISY_ROOM, noise is suppressed; in a quiet
# room the suppressor would do no good and some harm.
FLOOR_SECONDS = 4.0
NOISY_ROOM = -72.0  # decibels
NOISE_SUPPRESSION = 2  # of WebRTC's suppressor, 0 to 4

# The gate opens for a frame of which this much is speech, and lets what was before it through as well.
GATE_MODE = 3  # of WebRTC's detector, 0 to 3: how sure it must be
GATE_VOICED = 0.5
GATE_BEFORE = 0.5  # seconds
GATE_ABOVE = 5.0  # decibels over the floor

# The end of speech. A whole command that cannot go on is over after the shortest silence, one that may (타이머 3분 …
# 맞춰줘) after a longer one, and anything else after the longest.
END_OF_COMMAND = 0.25  # seconds
END_OF_WAKE = 0.5  # after the name alone
END_OF_OPEN_COMMAND = 0.7
END_OF_SPEECH = 1.3

# How long somebody who called is listened to.
NO_SPEECH = 6.0  # seconds without a word
LONGEST_ATTENTION = 20.0  # seconds in all
