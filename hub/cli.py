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

from hub import logs
from hub.access import as_service
from hub.config import Settings, load_settings
from hub.faults import OutsideError
from hub.home import Home, load_home
from hub.keeping.inuse import share
from hub.notify import stopping

ABOUT = "집사 Jipsa: a butler for the home that understands spoken Korean."

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=ABOUT)
home_app = typer.Typer(no_args_is_help=True, help="The home: its names, and the graph that the recognizer hears with.")
app.add_typer(home_app, name="home")
thinq_app = typer.Typer(no_args_is_help=True, help="The account of LG ThinQ.")
app.add_typer(thinq_app, name="thinq")
homeassistant_app = typer.Typer(no_args_is_help=True, help="What comes from Home Assistant.")
app.add_typer(homeassistant_app, name="homeassistant")
web_app = typer.Typer(invoke_without_command=True, help="The page.")
app.add_typer(web_app, name="web")
simulate_app = typer.Typer(no_args_is_help=True, help="What Jipsa talks to where there is no real one.")
app.add_typer(simulate_app, name="simulate")

log = logging.getLogger(__name__)

ALONE = frozenset({"butler", "voice", "bridge", "web"})
"""Verbs that serve and print nothing: they tell in their logs what they do."""

ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="Settings file; else $JIPSA_CONFIG, config/jipsa.yaml, /etc/jipsa.")
]
HomeOption = Annotated[Path | None, typer.Option("--home", help="Home file; else the one that the settings name.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object per line.")]


def main() -> None:
    """Run the command line; whatever a person can mend ends with a sentence and exit code 2, not with a traceback."""
    try:
        app()
    except OutsideError as error:
        _give_up(*error.lines)
    except Exception:
        log.critical("this is a fault of Jipsa", exc_info=True)
        raise SystemExit(1) from None


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


def _give_up(*lines: str) -> NoReturn:
    from hub.terminal import errors

    for line in lines:
        if logs.for_machines():
            log.error("%s", line)
        else:
            errors.print(line)
    raise SystemExit(2)


def _service(config: Path | None, name: str) -> Settings:
    """The settings of the service `name`, which this process is from now on."""
    logs.serve_as(name)
    settings = load_settings(config)
    share(settings.state_dir, settings.language)
    return as_service(settings, name)


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

    _serve(run_all(_service(config, "hub"), config, samples=samples or once, once=once))


@app.command()
def butler(config: ConfigOption = None) -> None:
    """Serve as the butler alone: utterances in, intents and answers out."""
    from hub.services import run_butler

    _serve(run_butler(_service(config, "butler")))


@app.command()
def voice(config: ConfigOption = None) -> None:
    """Serve as the ears of one room alone: microphone in, utterances out."""
    from hub.satellite import run_voice

    _serve(run_voice(_service(config, "voice")))


@app.command()
def bridge(
    name: Annotated[str, typer.Argument(help="thinq, genie, gpio or homeassistant.")], config: ConfigOption = None
) -> None:
    """Serve as one bridge alone."""
    from hub.services import run_bridge

    _serve(run_bridge(_service(config, name), name, config))


@web_app.callback()
def web(context: typer.Context, config: ConfigOption = None) -> None:
    """Serve the page alone."""
    from hub.web.service import run_web

    if context.invoked_subcommand is None:
        _serve(run_web(_service(config, "web"), config))


@web_app.command("password")
def web_password(
    file: Annotated[
        Path | None, typer.Option("--file", help="A file with the password; - or none: standard input.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Set the password that the page asks of everybody who is not at this machine."""
    from hub.web.password import choose_password

    raise typer.Exit(choose_password(load_settings(config), file))


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


@app.command("log")
def follow_log(
    sentence: Annotated[
        str | None,
        typer.Option("--utterance", metavar="ID", help="The way of one sentence; how its id begins will do."),
    ] = None,
    last: Annotated[bool, typer.Option("--last", help="The way of the last sentence.")] = False,
    since: Annotated[
        str | None, typer.Option("--since", metavar="TIME", help="Begin then, as journalctl has it: today, -10min.")
    ] = None,
    service: Annotated[
        str | None, typer.Option("--service", metavar="NAME", help="A service, satellite or device alone.")
    ] = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Follow all services in one view, with the way of each sentence through them."""
    from hub.logs.view import View, show_all, show_sentences
    from hub.terminal import out

    settings = load_settings(config)
    view = View(out, service=service, as_json=as_json)
    if last or sentence:
        _serve(show_sentences(settings, sentence or "", view))
    _serve(show_all(settings, since, view))


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

    _serve(join(load_settings(config), config, token, url))


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
def doctor(
    checks: Annotated[
        list[str] | None, typer.Argument(metavar="CHECK...", help="Only these (docs/doctor.md); none: all.")
    ] = None,
    as_json: JsonOption = False,
    sound: Annotated[bool, typer.Option("--sound", help="Play a tone on the loudspeaker.")] = False,
    config: ConfigOption = None,
) -> None:
    """See whether all that Jipsa needs is there, and say what to do where it is not. Exit code 1 on a failure."""
    from hub.doctor.report import doctor as examined

    _serve(examined(config, checks or (), as_json=as_json, sound=sound))


@app.command()
def migrate(
    check: Annotated[
        bool, typer.Option("--check", help="Only say what would be done; exit code 1 where something would.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Write settings, home and routines of an older version anew, each with a copy beside it."""
    from hub.keeping.migrate import migrate as write_anew

    raise typer.Exit(write_anew(config, check=check))


@app.command()
def backup(
    file: Annotated[Path | None, typer.Argument(help="A .tar.gz; else one with the time in its name, here.")] = None,
    without_secrets: Annotated[bool, typer.Option("--without-secrets", help="Leave tokens and passwords out.")] = False,
    config: ConfigOption = None,
) -> None:
    """Put settings, home, routines, sentences, timers, lists, states and tokens into one file."""
    from hub.keeping.backup import backup as keep

    raise typer.Exit(keep(file, config, secrets=not without_secrets))


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="A backup.")], config: ConfigOption = None) -> None:
    """Put a backup back, all of it or nothing; what was there is kept in another one."""
    from hub.keeping.restore import restore as put_back

    raise typer.Exit(put_back(file, config))


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
    from hub.terminal import out  # rich takes memory that services have no use for

    out.print(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False))


if __name__ == "__main__":
    main()
