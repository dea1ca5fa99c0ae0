"""Files for programs of others (Mosquitto, WireGuard, proxies), as templates; written into a folder, or only shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final, Literal, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hub.config import Settings
from hub.faults import OutsideError
from hub.files import write_file
from hub.texts import text

OPEN: Final = 0o644
SECRET: Final = 0o600
SCRIPT: Final = 0o700

Outcome = Literal["new", "same", "changed"]


class SheetError(OutsideError):
    """A file cannot be written, or is for something that is not so; the text says why."""


class Sheet(NamedTuple):
    """A file: its path below the folder, what stands in it, and who may read it."""

    path: str
    content: str
    mode: int = OPEN


def filled(template: str, **values: object) -> str:
    """A template of this package with its values; nothing in it is escaped, so that these are names and keys alone."""
    return _environment().get_template(template).render(values)


def folder_of(settings: Settings) -> Path:
    """Where all of them are written: they hold secrets, and only the hub's own user reads them."""
    return settings.state_dir / "remote"


def put(folder: Path, sheets: Iterable[Sheet]) -> Iterator[tuple[Path, Outcome]]:
    """Write them, and tell of each whether it was there; what was there otherwise is kept beside it, as NAME~.

    Raises SheetError.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for sheet in sheets:
            path = folder / sheet.path
            before = path.read_bytes() if path.exists() else None
            if before == sheet.content.encode():
                path.chmod(sheet.mode)
                yield path, "same"
                continue
            if before is not None:
                write_file(path.with_name(f"{path.name}~"), before, SECRET)
            write_file(path, sheet.content, sheet.mode)
            yield path, "new" if before is None else "changed"
    except OSError as error:
        raise SheetError(f"{error.filename or folder}: {error.strerror}") from None


def kept(path: Path) -> str:
    """What stands in a file that an earlier run has written; nothing where there is none. Raises SheetError."""
    try:
        return path.read_text()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise SheetError(f"{path}: {error}") from None


def host_checked(host: str, settings: Settings) -> str:
    """A name or an address, which nothing else can be hidden in. Raises SheetError."""
    if not host or not set(host) <= _HOST or host.startswith("-"):
        raise SheetError(text("remote_ways.bad_host", settings.language, got=host))
    return host


_HOST: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - these are no web pages
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
