"""The verbs of the page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hub import serve as services
from hub.cli.parts import ConfigOption, serve
from hub.config import load_settings

app = typer.Typer(invoke_without_command=True, help="The page.")


@app.callback()
def web(context: typer.Context, config: ConfigOption = None) -> None:
    """Serve the page alone."""
    if context.invoked_subcommand is None:
        serve(services.web(config))


@app.command("password")
def web_password(
    file: Annotated[
        Path | None, typer.Option("--file", help="A file with the password; - or none: standard input.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Set the password that the page asks of everybody who is not at this machine."""
    from hub.web.password import choose_password

    raise typer.Exit(choose_password(load_settings(config), file))
