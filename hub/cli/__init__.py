"""The `jipsa` command: one thin function per verb; the work is done in the rooms that they call."""

from __future__ import annotations

from typing import Annotated

import typer

from hub import logs
from hub.cli import accounts, bridge, home, remote, sentences, services, simulate, upkeep, web
from hub.serve import told

ABOUT = "집사 Jipsa: a butler for the home that understands spoken Korean."

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=ABOUT)
app.add_typer(services.app)
app.add_typer(bridge.app, name="bridge")
app.add_typer(web.app, name="web")
app.add_typer(sentences.app)
app.add_typer(home.app, name="home")
app.add_typer(accounts.thinq, name="thinq")
app.add_typer(accounts.homeassistant, name="homeassistant")
app.add_typer(remote.app, name="remote")
app.add_typer(upkeep.app)
app.add_typer(simulate.app, name="simulate")

ALONE = frozenset({"butler", "voice", "bridge", "web"})
"""Verbs that serve and print nothing: they tell in their logs what they do."""


def main() -> None:
    """Run the command line; whatever a person can mend ends with a sentence and exit code 2, not with a traceback."""
    told(app)


@app.callback()
def begin(
    context: typer.Context,
    level: Annotated[
        logs.Level | None,
        typer.Option("--log-level", envvar="JIPSA_LOG_LEVEL", help="What is logged; else warnings, by services info."),
    ] = None,
    form: Annotated[
        logs.Form,
        typer.Option("--log-format", envvar="JIPSA_LOG_FORMAT", help="auto suits terminal, journal or file."),
    ] = logs.Form.AUTO,
) -> None:
    """Set up the log before any verb."""
    usual = logs.Level.INFO if context.invoked_subcommand in ALONE or logs.in_journal() else logs.Level.WARNING
    logs.set_up(level or usual, form)
