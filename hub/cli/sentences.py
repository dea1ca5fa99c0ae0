"""Sentences: what they mean, how they are heard, said, and followed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from hub.cli.parts import ConfigOption, HomeOption, JsonOption, home_of, serve
from hub.config import load_settings
from hub.serve import give_up

app = typer.Typer()


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

    settings, known = home_of(config, home)
    place = known.resolve_room(room) if room else None
    if room and place is None:
        give_up(f"--room: the home has no room {room!r}; it has {', '.join(r.name for r in known.rooms) or 'none'}")
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
        give_up("jipsa hear takes sound files, or --live for the microphone")
    if record is not None and not live:
        give_up("--record goes with --live")
    settings, known = home_of(config, home)
    place = known.resolve_room(room) if room else None
    if live:
        from hub.live import hear_live

        serve(hear_live(settings, known, place.id if place else None, record))
    serve(hear_files(files or (), settings, known, place.id if place else None, as_json=as_json))


@app.command()
def say(
    text: Annotated[str, typer.Argument(help="What you would say aloud.")],
    room: Annotated[str | None, typer.Option("--room", help="The room where it is said.")] = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Publish an utterance to the configured broker, wait for the replies and print them."""
    from hub.say import say_once

    serve(say_once(load_settings(config), text, room, as_json=as_json))


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
        serve(show_sentences(settings, sentence or "", view))
    serve(show_all(settings, since, view))


def _lines() -> Iterable[str]:
    """Non-empty lines of standard input; bytes that are no UTF-8 become replacement characters."""
    for line in sys.stdin.buffer:
        if sentence := line.decode(errors="replace").strip():
            yield sentence


def _out(line: dict[str, Any] | str) -> None:
    from hub.terminal import out  # rich takes memory that services have no use for

    out.print(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False))
