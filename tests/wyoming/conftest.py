"""The recognizer of the sample flat, and voices to speak with."""

from speech.conftest import graph, recognizer, said  # noqa: F401
