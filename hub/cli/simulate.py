"""What Jipsa talks to where there is no real one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hub.cli.parts import ConfigOption, serve
from hub.config import load_settings

app = typer.Typer(no_args_is_help=True, help="What Jipsa talks to where there is no real one.")


@app.command("thinq")
def simulate_thinq(
    port: Annotated[int, typer.Option("--port", help="0: any that is free.")] = 8765,
    host: Annotated[str, typer.Option("--host")] = "127.0.0.1",
    speed: Annotated[float, typer.Option("--speed", help="How much faster the appliances live.")] = 1.0,
    scenario: Annotated[
        Path | None, typer.Option("--scenario", help="A file that says what goes wrong, and when.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Serve a ThinQ Connect cloud with one appliance of every type."""
    from hub.simulate import simulate_thinq as cloud

    serve(cloud(port, host, speed, scenario, load_settings(config).language))
