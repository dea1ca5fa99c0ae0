"""What the settings say about the household: its own sentences, and what it says for its routines."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from hub.config import Settings
from hub.grammar.lexicon import Frame, Lexicon, lexicon, walk
from hub.grammar.sentences import Loaded, load_sentences
from hub.grammar.template import Listed, Node, Rule, Sequence, TemplateError, parse_template
from hub.routines import routines_in
from hub.texts import Language
from hub.yamlfile import Fault, Key, SettingsError, YamlFile


def household_lexicon(settings: Settings) -> Lexicon:
    """The lexicon with the household's sentences and routines. Raises SettingsError, LexiconError."""
    return with_routines(household_sentences(settings).lexicon, settings.routines, settings.language)


def household_sentences(settings: Settings) -> Loaded:
    """The sentences of the settings' folder, and how many were read from each file."""
    return _loaded(settings.sentences, settings.language)


@cache
def _loaded(folder: Path | None, language: Language) -> Loaded:
    return load_sentences(folder, lexicon(), language)


@cache
def with_routines(known: Lexicon, path: Path | None, language: Language = "en") -> Lexicon:
    """The lexicon with what is said for each routine of the file. Raises SettingsError."""
    if path is None:
        return known
    file = YamlFile.read(path, language)
    faults: list[Fault] = []
    frames = [
        _frame(routine.name, _template(file, sentence, ("routines", number, "say", at), faults))
        for number, routine in enumerate(routines_in(file))
        for at, sentence in enumerate(routine.say)
    ]
    if faults:
        raise SettingsError(faults)
    return replace(known, frames=(*known.frames, *frames))


def _template(file: YamlFile, sentence: str, keys: tuple[Key, ...], faults: list[Fault]) -> Node:
    try:
        node = parse_template(sentence)
    except TemplateError as error:
        faults.append(file.fault(keys, "other", reason=str(error)))
        return Sequence(())
    unknown = next((part.name for part in walk(node) if isinstance(part, Listed | Rule)), None)
    if unknown is not None:
        faults.append(file.fault(keys, "unknown_list", got=unknown))
    return node


def _frame(routine: str, phrase: Node) -> Frame:
    return Frame(
        intent="JipsaRoutine",
        types=frozenset(),
        target=None,
        area=None,
        phrases=(phrase,),
        optional=(),
        acts=frozenset(),
        bare="always",
        slots=(("name", routine),),
        spoken=True,
    )
