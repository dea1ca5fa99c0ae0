"""The accounts elsewhere that Jipsa may use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hub.cli.parts import ConfigOption, serve
from hub.config import load_settings

thinq = typer.Typer(no_args_is_help=True, help="The account of LG ThinQ.")
homeassistant = typer.Typer(no_args_is_help=True, help="What comes from Home Assistant.")


@thinq.command()
def login(
    token: Annotated[
        Path | None, typer.Option("--token-file", help="A file with the token; - or none: standard input.")
    ] = None,
    url: Annotated[str | None, typer.Option("--url", help="Another cloud than LG's: a simulator.")] = None,
    config: ConfigOption = None,
) -> None:
    """Take the personal access token, show the appliances, and write them into the home file."""
    from hub.login import login as join

    serve(join(load_settings(config), config, token, url))


@homeassistant.command("login")
def homeassistant_login(
    url: Annotated[str | None, typer.Option("--url", help="Its address; else that of the settings.")] = None,
    token: Annotated[
        Path | None, typer.Option("--token-file", help="A file with the long-lived token; - or none: standard input.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Take address and long-lived access token, try them, and keep them."""
    from hub.homeassistant import login

    serve(login(load_settings(config), config, url, token))
