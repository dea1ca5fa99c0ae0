"""What the verbs share: their options, the settings and the home that these name, and how something is served."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from hub import logs
from hub.access import as_service
from hub.config import Settings, load_settings
from hub.home import Home, load_home
from hub.keeping.inuse import share
from hub.notify import stopping

log = logging.getLogger(__name__)

ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="Settings file; else $JIPSA_CONFIG, config/jipsa.yaml, /etc/jipsa.")
]
HomeOption = Annotated[Path | None, typer.Option("--home", help="Home file; else the one that the settings name.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object per line.")]


def give_up(*lines: str) -> NoReturn:
    """Say what a person can mend, and end with the exit code 2."""
    from hub.terminal import errors

    for line in lines:
        if logs.for_machines():
            log.error("%s", line)
        else:
            errors.print(line)
    raise SystemExit(2)


def service(config: Path | None, name: str) -> Settings:
    """The settings of the service `name`, which this process is from now on."""
    logs.serve_as(name)
    settings = load_settings(config)
    share(settings.state_dir, settings.language)
    return as_service(settings, name)


def home_of(config: Path | None, home: Path | None) -> tuple[Settings, Home]:
    """The settings, and the home of the file that was named or of theirs."""
    settings = load_settings(config)
    return settings, load_home(home or settings.home)


def serve(work: Coroutine[Any, Any, int]) -> None:
    """Run until it ends, Ctrl-C or SIGTERM (services then say good-bye); its result is the exit code."""

    async def stoppable() -> int:
        task = asyncio.ensure_future(work)

        def stop() -> None:
            stopping()
            task.cancel()

        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop)
        return await task

    try:
        code = asyncio.run(stoppable())
    except (KeyboardInterrupt, asyncio.CancelledError):
        code = 0
    raise typer.Exit(code)
