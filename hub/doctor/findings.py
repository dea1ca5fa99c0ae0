"""What a check is given, what it finds, and how that becomes a sentence and a remedy."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from hub.config import Settings
from hub.home import Home, load_home
from hub.texts import Language, text
from hub.yamlfile import SettingsError

Outcome = Literal["ok", "warning", "failure"]

OTHER: Final = "other"
"""The name of what other parts of Jipsa say in a sentence of their own, which says what to do, too."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is examined: the installation of these settings, on the machine whose files are below `root`."""

    settings: Settings
    file: Path | None = None
    """The file that the settings are from."""
    sound: bool = False
    """Whether the loudspeaker may be heard."""
    root: Path = Path("/")
    thinq_url: str | None = None
    """Another cloud than LG's."""

    @property
    def outside(self) -> bool:
        """Whether these are the settings of the page of a home that is elsewhere (docs/remote.md)."""
        return self.settings.remote.key_file is not None

    def home(self) -> Home:
        """The home of the settings; raises FirstError where its file is wrong."""
        try:
            return load_home(self.settings.home, self.settings.language)
        except SettingsError:
            raise FirstError("home") from None


class FirstError(Exception):
    """Nothing can be found before what another check finds has been mended."""

    def __init__(self, check: str) -> None:
        super().__init__(check)
        self.check = check


@dataclass(frozen=True, slots=True)
class Result:
    """What a check found: its name, which stays the same for good, a sentence, and what to do where it is wrong."""

    check: str
    outcome: Outcome
    finding: str
    message: str
    remedy: str | None = None


class Findings:
    """The results of one check, told in the language of the settings; the texts: hub/texts/doctor.yaml."""

    def __init__(self, check: str, language: Language) -> None:
        self.results: list[Result] = []
        self._check = check
        self._language: Language = language

    def ok(self, key: str, /, **values: object) -> None:
        """Something is as it should be."""
        self.results.append(Result(self._check, "ok", key, text(f"doctor.{key}", self._language, **values)))

    def warning(self, key: str, /, **values: object) -> None:
        """Something works less than it could; `doctor.<key>-remedy` says what to do."""
        self._wrong("warning", key, values)

    def failure(self, key: str, /, **values: object) -> None:
        """Something does not work; `doctor.<key>-remedy` says what to do."""
        self._wrong("failure", key, values)

    def error(self, message: str, key: str = OTHER) -> None:
        """Something does not work; the message says what to do, too."""
        self.results.append(Result(self._check, "failure", key, message))

    def _wrong(self, outcome: Outcome, key: str, values: Mapping[str, object]) -> None:
        said, remedy = (text(f"doctor.{name}", self._language, **values) for name in (key, f"{key}-remedy"))
        self.results.append(Result(self._check, outcome, key, said, remedy))


Check = Callable[[Case, Findings], Awaitable[None]]
"""Looks at one thing and says what it found. Raises FirstError or OutsideError where it cannot."""
