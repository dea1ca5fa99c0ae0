"""Routines: what the household says for many things at once (외출해, 잘 자), from config/routines.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hub.home import Id
from hub.keeping.versions import Version, current, newest
from hub.payloads import Value
from hub.settings.values import CLOCK
from hub.texts import Language
from hub.yamlfile import SettingsError, YamlFile

Sentence = Annotated[str, Field(min_length=1, max_length=200)]

MOST = 50
"""Routines of one household, and steps of one routine."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Condition(_Model):
    """When a step is done: only while a property of a device (by name or id) is so, above or below."""

    device: str
    property: str = "power"
    is_: Value = Field(default=None, alias="is")
    above: float | None = None
    below: float | None = None

    def holds(self, value: Value) -> bool:
        """Whether it is met by the property's value; None, which is not known, meets nothing."""
        if value is None or (self.is_ is not None and value != self.is_):
            return False
        if self.above is None and self.below is None:
            return True
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return (self.above is None or value > self.above) and (self.below is None or value < self.below)


class Step(_Model):
    """A sentence that is carried out as if somebody said it, at once or `after` a while (10분), under conditions.

    `between` are two times of the day ("18:00", "06:00"); the second may lie after midnight.
    """

    do: Sentence
    after: Annotated[str, Field(max_length=20)] | None = None
    if_: Condition | None = Field(default=None, alias="if")
    between: tuple[Annotated[str, Field(pattern=CLOCK)], Annotated[str, Field(pattern=CLOCK)]] | None = None

    @model_validator(mode="before")
    @classmethod
    def _sentence_alone(cls, written: object) -> object:
        return {"do": written} if isinstance(written, str) else written

    @property
    def sentence(self) -> str:
        """What is said to the butler."""
        return f"{self.after} 뒤에 {self.do}" if self.after else self.do

    def in_time(self, now: str) -> bool:
        """Whether the time of day (HH:MM) is one at which it is done."""
        if self.between is None:
            return True
        start, end = self.between
        return start <= now < end if start <= end else now >= start or now < end


class Routine(_Model):
    """What is said for it (templates as in sentences/), its steps in order, and what is answered when all went well."""

    id: Id
    name: Annotated[str, Field(min_length=1, max_length=20)]
    say: tuple[Sentence, ...]
    steps: Annotated[tuple[Step, ...], Field(max_length=MOST)]
    reply: str | None = None


class _File(_Model):
    version: Version = newest("routines")
    routines: Annotated[tuple[Routine, ...], Field(max_length=MOST)] = ()


def load_routines(path: Path | None, language: Language = "en") -> tuple[Routine, ...]:
    """The routines of the file; none where there is none. Raises SettingsError with every fault."""
    return () if path is None else routines_in(YamlFile.read(path, language))


def routines_in(file: YamlFile) -> tuple[Routine, ...]:
    """The routines of a file that was read. Raises SettingsError with every fault."""
    file = current(file, "routines")
    routines = file.validate(_File).routines
    first: dict[str, int] = {}
    faults = []
    for number, routine in enumerate(routines):
        if first.setdefault(routine.id, number) != number:
            line = file.line_of("routines", first[routine.id], "id")
            faults.append(file.fault(("routines", number, "id"), "duplicate_id", got=routine.id, first=line))
    if faults:
        raise SettingsError(faults)
    return routines
