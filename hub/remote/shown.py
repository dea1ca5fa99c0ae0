"""What `jipsa remote …` prints: both ways in a few lines, what is set up, and which files were written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from rich.text import Text

from hub.config import Settings
from hub.remote.mosquitto import HOME, OUTSIDE, PAGE
from hub.remote.sheets import OPEN, SCRIPT, SECRET, Sheet, folder_of, put
from hub.remote.wireguard import HUB, code
from hub.terminal import Terminal
from hub.texts import text
from hub.web.access import PASSWORD


def overview(settings: Settings) -> None:
    """Say which ways there are, and what is set up of them."""
    console, language, folder = Terminal(), settings.language, folder_of(settings)
    for key in ("ways", "way-broker", "way-page"):
        console.print(text(f"remote_ways.{key}", language))
    own = settings.remote
    there: list[tuple[str, bool]] = [
        ("enabled", own.enabled),
        ("keys", bool(own.keys)),
        ("broker", (folder / PAGE).is_file()),
        ("wireguard", (folder / HUB).is_file()),
        ("password", (settings.state_dir / PASSWORD).is_file()),
        ("untrusted", not settings.web.trust_localhost),
    ]
    values = {"names": ", ".join(own.keys), "folder": folder, "path": folder / HUB}
    console.print()
    for key, done in there:
        mark = ("✓", "green") if done else ("–", "yellow")
        said = text(f"remote_ways.{'is' if done else 'not'}-{key}", language, **values)
        console.hang(Text.assemble("  ", mark, " "), said)


def written(settings: Settings, sheets: Sequence[Sheet], steps: Sequence[str], *, dry: bool, **values: object) -> None:
    """Write the files below the folder of these settings, or only print them, and say what is to be done with them.

    `steps` are keys of the texts, in which `values` are filled in. Raises SheetError.
    """
    console, language, folder = Terminal(), settings.language, folder_of(settings)
    if dry:
        _print(console, folder, sheets)
    else:
        for path, outcome in put(folder, sheets):
            console.print(text(f"remote_ways.file-{outcome}", language, path=path))
    console.print()
    filled = values | {"folder": folder, "home": folder / HOME, "outside": folder / OUTSIDE}
    for number, step in enumerate(steps, 1):
        console.hang(Text(f"{number}. "), text(f"remote_ways.step-{step}", language, **filled))


def scanned(settings: Settings, sheets: Iterable[Sheet], names: Sequence[str]) -> None:
    """Draw what these telephones scan."""
    console = Terminal()
    for sheet in sheets:
        name = Path(sheet.path).stem
        if name in names:
            console.print(text("remote_ways.scan", settings.language, name=name))
            for line in code(sheet).splitlines():
                console.print(Text(line, "#000000 on #ffffff"))


def _print(console: Terminal, folder: Path, sheets: Iterable[Sheet]) -> None:
    for sheet in sheets:
        console.print(Text(f"# {folder / sheet.path} {_RIGHTS[sheet.mode]}", "bold"))
        for line in sheet.content.splitlines():
            console.print(Text(line))
        console.print()


_RIGHTS: Final = {OPEN: "-rw-r--r--", SECRET: "-rw-------", SCRIPT: "-rwx------"}
