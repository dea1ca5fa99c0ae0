"""What the settings say about the household: its home, and its own sentences."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from hub.config import Settings
from hub.grammar.lexicon import Lexicon, lexicon
from hub.grammar.sentences import Loaded, load_sentences
from hub.texts import Language


def household_lexicon(settings: Settings) -> Lexicon:
    """The lexicon with the sentences of the settings' folder. Raises SettingsError, LexiconError."""
    return household_sentences(settings).lexicon


def household_sentences(settings: Settings) -> Loaded:
    """The same, and how many sentences were read from each file."""
    return _loaded(settings.sentences, settings.language)


@cache
def _loaded(folder: Path | None, language: Language) -> Loaded:
    return load_sentences(folder, lexicon(), language)
