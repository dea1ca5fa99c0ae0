"""How much memory a process takes: its own part (PSS), or all that it uses (RSS), which other processes do not move."""

from __future__ import annotations

import os
from pathlib import Path


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
