"""Timers of versions before the store: the file timers.json is taken over once, and renamed timers.json.imported."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from devices.genie.countdown import FARTHEST, Countdown
from devices.genie.countdowns import Countdowns

log = logging.getLogger(__name__)

_MOST = 50


class _Timer(BaseModel):
    id: str
    seconds: int = Field(ge=1, le=FARTHEST)
    name: str | None = None
    satellite: str | None = None
    room: str | None = None
    left: float = Field(le=FARTHEST, allow_inf_nan=False)
    ends_at: AwareDatetime | None = None
    command: str | None = None
    at: AwareDatetime | None = None


class _File(BaseModel):
    """Version 1, which knew no `command` and no `at`, is read as it stands."""

    version: Literal[1, 2] = 1
    timers: list[_Timer] = Field(default=[], max_length=_MOST)


async def take_over(path: Path, zone: tzinfo, countdowns: Countdowns) -> None:
    """Let the timers of the old file `path` run on; what is no such file is put aside."""
    try:
        content = await asyncio.to_thread(path.read_bytes)
        found = _File.model_validate_json(content).timers
        items = [Countdown(**timer.model_dump(exclude={"at"}), at=_shown(timer.at, zone)) for timer in found]
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        log.error("%s: cannot be read (%s)", path, error.strerror)
    except ValidationError as error:
        log.error("%s: no timers in it (%s); kept as .broken", path, error.errors()[0]["msg"])
        await _rename(path, path.with_suffix(".broken"))
    else:
        if await countdowns.take_over(items):
            await _rename(path, path.with_name("timers.json.imported"))


def _shown(at: datetime | None, zone: tzinfo) -> datetime | None:
    return at and at.astimezone(zone).replace(tzinfo=None)


async def _rename(path: Path, name: Path) -> None:
    with suppress(OSError):
        await asyncio.to_thread(path.replace, name)
