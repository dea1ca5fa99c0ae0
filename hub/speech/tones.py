"""Tones."""

from enum import StrEnum


class Tone(StrEnum):
    """Which tone."""

    WAKE = "wake"
    DONE = "done"
    SORRY = "sorry"
