"""`jipsa-serve`: one service of the hub as systemd starts it, without the packages of the command line (2 MB of each).

    jipsa-serve butler | voice | web | remote | hub | bridge NAME [--config FILE]

All else is told by the environment: JIPSA_CONFIG where no file is named, JIPSA_LOG_LEVEL and JIPSA_LOG_FORMAT.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NoReturn

from hub import logs
from hub.access import as_service
from hub.config import Settings, load_settings
from hub.faults import OutsideError
from hub.keeping.inuse import share
from hub.notify import stopping

Work = Coroutine[Any, Any, int]
"""A service at work, until it is stopped; its result is the exit code."""

log = logging.getLogger(__name__)


def butler(config: Path | None = None) -> Work:
    """The butler; `config` is the file of the settings, if one was named."""
    from hub.services import run_butler

    return run_butler(_settings(config, "butler"), config)


def voice(config: Path | None = None) -> Work:
    """The ears and the mouth of one room."""
    from hub.satellite import run_voice

    return run_voice(_settings(config, "voice"))


def web(config: Path | None = None) -> Work:
    """The page."""
    from hub.web.service import run_web

    return run_web(_settings(config, "web"), config)


def remote(config: Path | None = None) -> Work:
    """The gate for what is signed and comes from outside."""
    from hub.remote.service import run_remote

    return run_remote(_settings(config, "remote"), config)


def bridge(name: str, config: Path | None = None) -> Work:
    """One bridge."""
    from hub.services import run_bridge

    return run_bridge(_settings(config, name), name, config)


def whole_hub(config: Path | None = None, *, samples: bool = False, once: bool = False) -> Work:
    """All of them in one process; says the sample commands first, and may end after them."""
    from hub.run import run_all

    return run_all(_settings(config, "hub"), config, samples=samples, once=once)


SERVICES: Final = MappingProxyType({"butler": butler, "voice": voice, "web": web, "remote": remote, "hub": whole_hub})
"""What `jipsa-serve` takes beside a bridge."""

USAGE = f"jipsa-serve {' | '.join(SERVICES)} | bridge NAME [--config FILE]"


def main() -> None:
    """Be the service that the command line names."""
    told(_serve)


def told(act: Callable[[], object]) -> None:
    """Do it; whatever a person can mend ends with a sentence and exit code 2, not with a traceback."""
    try:
        act()
    except OutsideError as error:
        give_up(*error.lines)
    except Exception:
        log.critical("this is a fault of Jipsa", exc_info=True)
        raise SystemExit(1) from None


def give_up(*lines: str) -> NoReturn:
    """Say what a person can mend, and end with the exit code 2."""
    from hub.terminal import errors

    for line in lines:
        if logs.for_machines():
            log.error("%s", line)
        else:
            errors.print(line)
    raise SystemExit(2)


def until_stopped(work: Work) -> int:
    """Run until it ends, Ctrl-C or SIGTERM (services then say good-bye); returns the exit code."""

    async def stoppable() -> int:
        task = asyncio.ensure_future(work)

        def stop() -> None:
            stopping()
            task.cancel()

        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop)
        return await task

    try:
        return asyncio.run(stoppable())
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 0


def called(words: Sequence[str]) -> Callable[[], Work]:
    """What begins the service that a command line names; SystemExit with the usage where it names none."""
    match words:
        case [*words, "--config", file]:
            config: Path | None = Path(file)
        case _:
            config = None
    match words:
        case [name] if name in SERVICES:
            return partial(SERVICES[name], config)
        case ["bridge", name]:
            return partial(bridge, name, config)
        case _:
            raise SystemExit(USAGE)


def _serve() -> NoReturn:
    begin = called(sys.argv[1:])
    level, form = (os.environ.get(f"JIPSA_LOG_{key}") for key in ("LEVEL", "FORMAT"))
    logs.set_up(logs.Level(level or "info"), logs.Form(form or "auto"))
    raise SystemExit(until_stopped(begin()))


def _settings(config: Path | None, name: str) -> Settings:
    """The settings of the service `name`, which this process is from now on."""
    logs.serve_as(name)
    settings = load_settings(config)
    share(settings.state_dir, settings.language)
    return as_service(settings, name)


if __name__ == "__main__":
    main()
