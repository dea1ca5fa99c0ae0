"""What the verbs share: their options, the settings and the home that these name, and how something is served."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from hub.config import Settings, load_settings
from hub.home import Home, load_home
from hub.serve import Work, until_stopped

ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="Settings file; else $JIPSA_CONFIG, config/jipsa.yaml, /etc/jipsa.")
]
HomeOption = Annotated[Path | None, typer.Option("--home", help="Home file; else the one that the settings name.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object per line.")]


def home_of(config: Path | None, home: Path | None) -> tuple[Settings, Home]:
    """The settings, and the home of the file that was named or of theirs."""
    settings = load_settings(config)
    return settings, load_home(home or settings.home)


def serve(work: Work) -> NoReturn:
    """Run until it ends or is stopped; its result is the exit code."""
    raise typer.Exit(until_stopped(work))
