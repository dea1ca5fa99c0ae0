"""The `jipsa` command: one thin function per verb; the work is done in the rooms that they call."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import sys
from collections.abc import Coroutine, Iterable
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.logging import RichHandler

from hub.access import as_service
from hub.config import Settings, load_settings
from hub.faults import OutsideError
from hub.home import Home, load_home
from hub.notify import stopping

ABOUT = "집사 Jipsa: a butler for the home that understands spoken Korean."

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=ABOUT)
home_app = typer.Typer(no_args_is_help=True, help="The home: its names, and the graph that the recognizer hears with.")
app.add_typer(home_app, name="home")
thinq_app = typer.Typer(no_args_is_help=True, help="The account of LG ThinQ.")
app.add_typer(thinq_app, name="thinq")
homeassistant_app = typer.Typer(no_args_is_help=True, help="What comes from Home Assistant.")
app.add_typer(homeassistant_app, name="homeassistant")
simulate_app = typer.Typer(no_args_is_help=True, help="What Jipsa talks to where there is no real one.")
app.add_typer(simulate_app, name="simulate")

errors = Console(stderr=True, highlight=False, soft_wrap=True)

ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="Settings file; else $JIPSA_CONFIG, config/jipsa.yaml, /etc/jipsa.")
]
HomeOption = Annotated[Path | None, typer.Option("--home", help="Home file; else the one that the settings name.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object per line.")]


def main() -> None:
    """Run the command line; whatever a person can mend ends with a sentence and exit code 2, not with a traceback."""
    logging.basicConfig(
        level=logging.WARNING, format="%(message)s", handlers=[RichHandler(console=errors, show_path=False)]
    )
    try:
        app()
    except OutsideError as error:
        _give_up(str(error))


def _give_up(message: str) -> NoReturn:
    errors.print(message, markup=False)
    raise SystemExit(2)


def _home(config: Path | None, home: Path | None) -> tuple[Settings, Home]:
    settings = load_settings(config)
    return settings, load_home(home or settings.home)


def _serve(work: Coroutine[Any, Any, int]) -> None:
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


@app.command()
def run(
    config: ConfigOption = None,
    once: Annotated[bool, typer.Option("--once", help="End after the sample commands.")] = False,
    samples: Annotated[bool, typer.Option(help="Say the sample commands first.")] = True,
) -> None:
    """Start the whole hub in one process, say the sample commands to it, then take typed Korean."""
    from hub.run import run_all

    _serve(run_all(as_service(load_settings(config), "hub"), samples=samples or once, once=once))


@app.command()
def butler(config: ConfigOption = None) -> None:
    """Serve as the butler alone: utterances in, intents and answers out."""
    from hub.services import run_butler

    _serve(run_butler(as_service(load_settings(config), "butler")))


@app.command()
def voice(config: ConfigOption = None) -> None:
    """Serve as the ears of one room alone: microphone in, utterances out."""
    from hub.satellite import run_voice

    _serve(run_voice(as_service(load_settings(config), "voice")))


@app.command()
def bridge(
    name: Annotated[str, typer.Argument(help="thinq, genie, gpio or homeassistant.")], config: ConfigOption = None
) -> None:
    """Serve as one bridge alone."""
    from hub.services import run_bridge

    _serve(run_bridge(as_service(load_settings(config), name), name))


@app.command()
def understand(
    text: Annotated[list[str] | None, typer.Argument(help="Sentences; none: one per line from standard input.")] = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
    room: Annotated[str | None, typer.Option("--room", help="The room where it is said: id, name or alias.")] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show what each part was taken for, and why it was refused.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Say what sentences mean in the home of the home file, without broker and bridges."""
    from hub.butler.understanding import Understander
    from hub.household import household_lexicon
    from hub.show import explained, meaning

    settings, known = _home(config, home)
    place = known.resolve_room(room) if room else None
    if room and place is None:
        _give_up(f"--room: the home has no room {room!r}; it has {', '.join(r.name for r in known.rooms) or 'none'}")
    understander = Understander(known, known=household_lexicon(settings))
    for sentence in text if text else _lines():
        understood = understander.understand(sentence, place.id if place else None)
        _out(understood.to_dict() if as_json else meaning(understood))
        if explain and not as_json:
            for line in explained(understood):
                _out(line)


@app.command()
def hear(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="WAV...", help="Sound files of any rate and channel count.")
    ] = None,
    live: Annotated[bool, typer.Option("--live", help="Show what the microphone hears, until Ctrl-C.")] = False,
    record: Annotated[
        Path | None, typer.Option("--record", metavar="FOLDER", help="With --live: keep each segment as a WAV file.")
    ] = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
    room: Annotated[str | None, typer.Option("--room", help="The room where it is said: id, name or alias.")] = None,
    config: ConfigOption = None,
) -> None:
    """Say what is heard in sound files, or by the microphone, without broker and bridges."""
    from hub.hear import hear_files

    if live == bool(files):
        _give_up("jipsa hear takes sound files, or --live for the microphone")
    if record is not None and not live:
        _give_up("--record goes with --live")
    settings, known = _home(config, home)
    place = known.resolve_room(room) if room else None
    if live:
        from hub.live import hear_live

        _serve(hear_live(settings, known, place.id if place else None, record))
    _serve(hear_files(files or (), settings, known, place.id if place else None, as_json=as_json))


@app.command()
def say(
    text: Annotated[str, typer.Argument(help="What you would say aloud.")],
    room: Annotated[str | None, typer.Option("--room", help="The room where it is said.")] = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Publish an utterance to the configured broker, wait for the replies and print them."""
    from hub.say import say_once

    _serve(say_once(load_settings(config), text, room, as_json=as_json))


@home_app.command()
def build(home: HomeOption = None, config: ConfigOption = None) -> None:
    """Compile the home graph; nothing is done when it is there already."""
    from hub.hear import build_graph

    settings, known = _home(config, home)
    _serve(build_graph(settings, known))


@home_app.command()
def check(home: HomeOption = None, config: ConfigOption = None) -> None:
    """List the names that are ambiguous or cannot be heard, with the line of the file. Exit code 1 if there are any."""
    from hub.hear import check_names

    settings, known = _home(config, home)
    raise typer.Exit(check_names(settings, known))


@thinq_app.command()
def login(
    token: Annotated[
        Path | None, typer.Option("--token-file", help="A file with the token; - or none: standard input.")
    ] = None,
    url: Annotated[str | None, typer.Option("--url", help="Another cloud than LG's: a simulator.")] = None,
    config: ConfigOption = None,
) -> None:
    """Take the personal access token, show the appliances, and write them into the home file."""
    from hub.login import login as join

    _serve(join(load_settings(config), token, url))


@homeassistant_app.command("login")
def homeassistant_login(
    url: Annotated[str | None, typer.Option("--url", help="Its address; else that of the settings.")] = None,
    token: Annotated[
        Path | None, typer.Option("--token-file", help="A file with the long-lived token; - or none: standard input.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Take address and long-lived access token, try them, and keep them."""
    from hub.homeassistant import login

    _serve(login(load_settings(config), config, url, token))


@app.command()
def doctor(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """See whether all that Jipsa needs is there, and say what to do where it is not. Exit code 1 on a failure."""
    from hub.doctor import doctor as examined

    _serve(examined(config, as_json=as_json))


@simulate_app.command("thinq")
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
    from hub.simulate import simulate_thinq as serve

    _serve(serve(port, host, speed, scenario, load_settings(config).language))


def _lines() -> Iterable[str]:
    """Non-empty lines of standard input; bytes that are no UTF-8 become replacement characters."""
    for line in sys.stdin.buffer:
        if sentence := line.decode(errors="replace").strip():
            yield sentence


def _out(line: dict[str, Any] | str) -> None:
    print(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
