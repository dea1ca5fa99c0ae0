"""Somebody who is examined: settings in a folder, on a machine whose files may be others than this one's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hub.config import load_settings
from hub.doctor.findings import Case, Result
from hub.doctor.report import examine

QUIET = "voice: {microphone: 'off', button: null, light: null}\nspeaker: {device: 'off'}\n"
"""Settings without sound and pins."""


def case(folder: Path, settings: str = "", **more: Any) -> Case:
    """The case of these settings, whose folders are below that of their file."""
    file = folder / "jipsa.yaml"
    file.write_text(f"state_dir: state\ncache_dir: cache\n{settings}", encoding="utf-8")
    return Case(load_settings(file), file, **more)


async def results(examined: Case, *checks: str) -> list[Result]:
    """What these checks find; none may have failed itself, and each finding that is wrong says what to do."""
    found = await examine(examined, checks)
    assert [result.message for result in found if result.finding in {"broken", "slow"}] == []
    assert all(result.remedy or result.outcome == "ok" or result.finding == "other" or result.check == "broker"
               for result in found)  # fmt: skip
    return found


async def outcomes(examined: Case, *checks: str) -> dict[str, str]:
    """Finding → outcome, in their order."""
    return {result.finding: result.outcome for result in await results(examined, *checks)}


def put(root: Path, **files: str) -> Path:
    """Files of a machine: `proc__meminfo` is proc/meminfo."""
    for name, content in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return root


def program(folder: Path, name: str, script: str) -> Path:
    """A program in a folder for PATH."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@contextmanager
def nobody() -> Iterator[None]:
    """Root is nobody while the block lasts: it may write everywhere otherwise. Others stay who they are."""
    import os

    if os.geteuid() != 0:
        yield
        return
    os.setegid(65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
