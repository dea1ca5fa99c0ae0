"""Which commands of Jipsa run on this machine, as /proc says: proc(5)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

PROGRAMS: Final = frozenset({"jipsa", "jipsa-serve"})
"""What commands of Jipsa are run by; systemd starts the second one."""


def processes(root: Path) -> Iterator[tuple[int, list[str]]]:
    """Process id and arguments of each running Jipsa but this one; `root` is where /proc is."""
    for folder in (root / "proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended, or is somebody else's
            words = (folder / "cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0")
            at = next((place for place, word in enumerate(words[:2]) if Path(word).name in PROGRAMS), None)
            if at is not None and int(folder.name) != os.getpid():
                yield int(folder.name), words[at + 1 :]


def running(root: Path, *commands: str) -> int | None:
    """The process of one of these commands of Jipsa; None where none runs. As a service, `run` is called `hub`."""
    known = {*commands, "hub"} if "run" in commands else {*commands}
    return next((pid for pid, arguments in processes(root) if arguments and arguments[0] in known), None)
