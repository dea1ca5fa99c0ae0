"""What understands speech: the acoustic model, and the home graph that is made of it."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress

from hub.doctor.broker import retained
from hub.doctor.findings import Case, Findings, FirstError
from hub.doctor.processes import running
from hub.doctor.programs import ProgramError, output
from hub.graph import listened_for
from hub.home import Home
from hub.messages import Topic
from hub.speech.graphs import HomeGraphError, graph_path, is_whole
from hub.speech.model import ModelError, find_model


async def model(case: Case, found: Findings) -> None:
    """Whether the acoustic model is whole, and whether this machine can load the recognizer."""
    try:
        used = await asyncio.to_thread(find_model, case.settings.speech.model)
        await asyncio.to_thread(used.verify)
        # Never in this process: docs/home-graph.md says with what it cannot be together.
        await output(sys.executable, "-c", "import vosk")
    except (ModelError, OSError) as error:
        found.failure("model_bad", reason=error, python=sys.executable)
    except ProgramError as error:
        found.failure("vosk_bad", reason=error, python=sys.executable)
    else:
        found.ok("model")


async def graph(case: Case, found: Findings) -> None:
    """Whether what is listened for is this home, as the butler knows it with all bridges.

    Where nobody listens here, as its file says: with that listening begins.
    """
    settings = case.settings
    if settings.voice.microphone == "off" and not settings.wyoming.enabled:
        found.ok("graph_off")
        return
    home, listens = case.home(), False
    if running(case.root, "voice", "run") is not None:
        with suppress(FirstError, LookupError, ValueError):
            home = Home.from_json((await retained(case, Topic.HOME))[Topic.HOME])
            listens = True
    try:
        folder = graph_path(await listened_for(settings, home), find_model(settings.speech.model), settings.cache_dir)
    except ModelError:
        raise FirstError("model") from None
    except HomeGraphError as error:
        found.failure("graph_impossible", reason=error)
        return
    if await asyncio.to_thread(is_whole, folder):
        found.ok("graph", devices=len(home.devices))
    elif listens:
        found.warning("graph_stale")
    else:
        found.warning("graph_missing")
