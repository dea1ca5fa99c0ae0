"""How services run where they are installed, and how much memory a process takes.

That is its own part (PSS), or all that it uses (RSS), which other processes do not move.
"""

from __future__ import annotations

import os
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]


def as_installed() -> dict[str, str]:
    """The environment that the units give, for less memory; what is compiled for it is kept beside what else is."""
    lines = (REPOSITORY / "systemd/jipsa-.service.d/10-jipsa.conf").read_text().splitlines()
    given = dict(word.split("=", 1) for line in lines if line.startswith("Environment=") for word in line[12:].split())
    given |= {"PYTHONPYCACHEPREFIX": str(Path.home() / ".cache/jipsa/compiled"), "PYTHONDONTWRITEBYTECODE": ""}
    return {name: value for name, value in given.items() if name != "JIPSA_CONFIG"}


def memory(process: int | str = "self") -> float:
    """MB that a process has for itself, with its part of what it shares with others (PSS)."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6


def resident(process: int | str = "self") -> float:
    """MB of a process that are in memory (RSS), shared with others or not; none where it has ended."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        return 0.0
