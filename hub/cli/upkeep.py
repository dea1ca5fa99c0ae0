"""The installation: whether it is well, brought up to date, kept and put back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hub.cli.parts import ConfigOption, JsonOption, serve

app = typer.Typer()


@app.command()
def doctor(
    checks: Annotated[
        list[str] | None, typer.Argument(metavar="CHECK...", help="Only these (docs/doctor.md); none: all.")
    ] = None,
    as_json: JsonOption = False,
    sound: Annotated[bool, typer.Option("--sound", help="Play a tone on the loudspeaker.")] = False,
    config: ConfigOption = None,
) -> None:
    """See whether all that Jipsa needs is there, and say what to do where it is not. Exit code 1 on a failure."""
    from hub.doctor.report import doctor as examined

    serve(examined(config, checks or (), as_json=as_json, sound=sound))


@app.command()
def migrate(
    check: Annotated[
        bool, typer.Option("--check", help="Only say what would be done; exit code 1 where something would.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Write settings, home and routines of an older version anew, each with a copy beside it."""
    from hub.keeping.migrate import migrate as write_anew

    raise typer.Exit(write_anew(config, check=check))


@app.command()
def backup(
    file: Annotated[Path | None, typer.Argument(help="A .tar.gz; else one with the time in its name, here.")] = None,
    without_secrets: Annotated[bool, typer.Option("--without-secrets", help="Leave tokens and passwords out.")] = False,
    config: ConfigOption = None,
) -> None:
    """Put settings, home, routines, sentences, timers, lists, states and tokens into one file."""
    from hub.keeping.backup import backup as keep

    raise typer.Exit(keep(file, config, secrets=not without_secrets))


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="A backup.")], config: ConfigOption = None) -> None:
    """Put a backup back, all of it or nothing; what was there is kept in another one."""
    from hub.keeping.restore import restore as put_back

    raise typer.Exit(put_back(file, config))
