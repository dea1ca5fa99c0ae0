"""The services that run as processes of their own, or all in one."""

from __future__ import annotations

from typing import Annotated

import typer

from hub import serve as services
from hub.cli.parts import ConfigOption, serve

app = typer.Typer()


@app.command()
def run(
    config: ConfigOption = None,
    once: Annotated[bool, typer.Option("--once", help="End after the sample commands.")] = False,
    samples: Annotated[bool, typer.Option(help="Say the sample commands first.")] = True,
) -> None:
    """Start the whole hub in one process, say the sample commands to it, then take typed Korean."""
    serve(services.whole_hub(config, samples=samples or once, once=once))


@app.command()
def butler(config: ConfigOption = None) -> None:
    """Serve as the butler alone: utterances in, intents and answers out."""
    serve(services.butler(config))


@app.command()
def voice(config: ConfigOption = None) -> None:
    """Serve as the ears of one room alone: microphone in, utterances out."""
    serve(services.voice(config))
