"""The verbs of the home."""

from __future__ import annotations

import typer

from hub.cli.parts import ConfigOption, HomeOption, home_of, serve

app = typer.Typer(no_args_is_help=True, help="The home: its names, and the graph that the recognizer hears with.")


@app.command()
def build(home: HomeOption = None, config: ConfigOption = None) -> None:
    """Compile the home graph; nothing is done when it is there already."""
    from hub.hear import build_graph

    settings, known = home_of(config, home)
    serve(build_graph(settings, known))


@app.command()
def check(home: HomeOption = None, config: ConfigOption = None) -> None:
    """List the names that are ambiguous or cannot be heard, with the line of the file. Exit code 1 if there are any."""
    from hub.hear import check_names

    settings, known = home_of(config, home)
    raise typer.Exit(check_names(settings, known))
