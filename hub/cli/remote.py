"""The home from outside: both ways to it, the keys of those who use one, and whether all of it is right."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from hub import serve as services
from hub.cli.parts import ConfigOption, JsonOption, serve
from hub.config import load_settings

app = typer.Typer(invoke_without_command=True, help="The home from outside.")

DryOption = Annotated[bool, typer.Option("--dry-run", help="Only print what would be written.")]


@app.callback()
def remote(context: typer.Context, config: ConfigOption = None) -> None:
    """Say which ways there are from outside, and what is set up of them."""
    from hub.remote.shown import overview

    if context.invoked_subcommand is None:
        overview(load_settings(config))


@app.command()
def broker(
    host: Annotated[str, typer.Argument(help="The name by which the broker outside is reached.")],
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Where it listens, with TLS.")] = 8883,
    ca_file: Annotated[
        Path | None, typer.Option("--ca-file", help="Who signed its certificate; else one that all machines trust.")
    ] = None,
    dry: DryOption = False,
    config: ConfigOption = None,
) -> None:
    """Write what a broker of yours outside, and the home's Mosquitto, have to be told."""
    from hub.remote.mosquitto import LOGINS, passwords, sheets
    from hub.remote.sheets import folder_of
    from hub.remote.shown import written

    settings = load_settings(config)
    logins = dict.fromkeys(LOGINS, "…") if dry else passwords(folder_of(settings))
    found = sheets(settings, host, port, ca_file, logins)
    written(settings, found, ("home", "outside", "key", "enable", "check"), dry=dry, host=host)


@app.command()
def key(
    name: Annotated[str, typer.Argument(help="Whose it is: letters, digits, - and _.")],
    file: Annotated[Path | None, typer.Option("--file", help="Where the secret half is written.")] = None,
    config: ConfigOption = None,
) -> None:
    """Make a key with which somebody outside signs; the settings let it in from then on."""
    from hub.remote.enter import enter_key
    from hub.terminal import out
    from hub.texts import text

    settings = load_settings(config)
    secret, known = enter_key(settings, config, name, file)
    out.print(text("remote_ways.key_made", settings.language, name=name, path=secret, settings=known))
    out.print(text(f"remote_ways.key_next-{'on' if settings.remote.enabled else 'off'}", settings.language))


@app.command()
def wireguard(
    endpoint: Annotated[str, typer.Argument(help="The name or address by which the hub is reached from outside.")],
    phones: Annotated[list[str] | None, typer.Argument(metavar="PHONE...", help="Telephones; none: phone.")] = None,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The UDP port.")] = 51820,
    dry: DryOption = False,
    config: ConfigOption = None,
) -> None:
    """Write WireGuard's files for the hub and for telephones, and draw what these scan."""
    from hub.remote.sheets import folder_of
    from hub.remote.shown import scanned, written
    from hub.remote.wireguard import HUB, sheets

    settings = load_settings(config)
    folder, names = folder_of(settings), phones or ["phone"]
    found = sheets(settings, folder, endpoint, port, names)
    steps = ("tunnel", "forward", "scan", "web")
    written(settings, found, steps, dry=dry, path=folder / HUB, port=port, web=settings.web.port)
    if not dry:
        scanned(settings, found, names)


@app.command()
def proxy(
    name: Annotated[str, typer.Argument(help="The name by which the page is reached.")],
    kind: Annotated[Literal["caddy", "nginx"], typer.Option("--for", help="Which proxy.")] = "caddy",
    certificate: Annotated[
        Path | None,
        typer.Option(
            "--certificate", metavar="FOLDER", help="nginx: with fullchain.pem and privkey.pem; else certbot's."
        ),
    ] = None,
    dry: DryOption = False,
    config: ConfigOption = None,
) -> None:
    """Write what a proxy is told that serves the page over https."""
    from hub.remote.proxy import sheet
    from hub.remote.sheets import folder_of
    from hub.remote.shown import written

    settings = load_settings(config)
    found = sheet(settings, kind, name, certificate)
    steps = (f"proxy-{kind}", "proxy-web", "proxy-check")
    written(settings, [found], steps, dry=dry, path=folder_of(settings) / found.path, name=name)


@app.command()
def check(
    outside: Annotated[
        Path | None,
        typer.Option("--outside", metavar="FILE", help="Settings of the page outside; else those written here."),
    ] = None,
    key_file: Annotated[Path | None, typer.Option("--key", metavar="FILE", help="A key; else the page's.")] = None,
    page: Annotated[
        str | None, typer.Option("--page", metavar="URL", help="Where the page is reached from outside.")
    ] = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """See whether nobody gets in who may not, and who may does. Exit code 1 where it is not so."""
    from hub.remote.report import check as look

    serve(look(load_settings(config), outside, key_file, page, as_json=as_json))


@app.command("serve")
def serve_gate(config: ConfigOption = None) -> None:
    """Serve as the gate alone: it lets in what is signed, as far as the rules allow."""
    serve(services.remote(config))
