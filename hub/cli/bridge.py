"""Bridges: serving as one, and looking whether one by anybody keeps the contract."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from hub import serve as services
from hub.cli.parts import ConfigOption, JsonOption, serve
from hub.config import load_settings

serving = typer.Typer()


@serving.command()
def serve_as(
    name: Annotated[str, typer.Argument(help="A bridge of Jipsa, or of a package.")],
    config: ConfigOption = None,
) -> None:
    """Serve as one bridge alone."""
    serve(services.bridge(name, config))


class Bridges(TyperGroup):
    """Takes a first word that is no verb as the name of a bridge to serve as."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The verb, or what serves; and what is left for it of the command line."""
        if args[0] in self.commands:
            return super().resolve_command(ctx, args)
        return args[0], typer.main.get_command(serving), args


app = typer.Typer(
    cls=Bridges, no_args_is_help=True, invoke_without_command=True, subcommand_metavar="NAME | COMMAND [ARGS]...",
    help="Serve as one bridge alone: thinq, genie, gpio, homeassistant, discovered, or that of a package.",
)  # fmt: skip


@app.callback()
def bridge() -> None:
    """Do nothing before the verb."""


@app.command()
def check(
    name: Annotated[str, typer.Argument(help="The bridge's name in topics.")],
    device: Annotated[
        str | None, typer.Option("--device", metavar="ID", help="Set this device to something else, and back.")
    ] = None,
    reconnect: Annotated[bool, typer.Option("--reconnect", help="Cut its connection to the broker once.")] = False,
    client_id: Annotated[
        str | None, typer.Option("--client-id", metavar="ID", help="Its name at the broker; else jipsa-NAME.")
    ] = None,
    restart: Annotated[bool, typer.Option("--restart", help="Ask it to restart.")] = False,
    broker: Annotated[
        str | None, typer.Option("--broker", metavar="URL", help="mqtt://user:password@host; else the settings'.")
    ] = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """See whether a bridge by anybody keeps the contract. Exit code 1 where it does not."""
    from hub.address import BrokerAddress
    from hub.conformance.report import check as look
    from hub.conformance.subject import Wishes

    settings = load_settings(config)
    address = settings.broker.address() if broker is None else BrokerAddress.from_url(broker)
    wishes = Wishes(device, reconnect, client_id, restart)
    serve(look(name, address, wishes, settings.language, as_json=as_json))
