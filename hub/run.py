"""`jipsa run`: broker, butler, bridges and voice in one process; sample commands first, then typed Korean."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from pathlib import Path

from hub.address import BrokerAddress
from hub.bridges import Keeper, enabled
from hub.broker import embedded_broker
from hub.bus import Bus
from hub.butler.service import Butler
from hub.config import Settings, WyomingSettings
from hub.follow import Follower
from hub.graph import shown_graph
from hub.home import Home, load_home
from hub.household import household_lexicon
from hub.logs.chronicle import Chronicle
from hub.messages import Utterance
from hub.notify import Condition, tell_systemd
from hub.payloads import new_id
from hub.samples import Sample, load_samples, print_header, print_row, print_summary, say_sample
from hub.satellite import loudspeaker_of, satellite
from hub.services import watch_home, watch_rules
from hub.show import change_lines, intent_line
from hub.speech.mute import MuteSwitch
from hub.speech.service import Voice
from hub.speech.sound import Frames, Microphone, SoundError, lasting
from hub.terminal import Terminal
from hub.texts import Language, text
from hub.together import together

log = logging.getLogger(__name__)

READY_TIMEOUT = 30.0
"""Seconds in which every device of the home should have been announced."""


async def run_all(settings: Settings, config: Path | None, *, samples: bool, once: bool) -> int:
    """Run everything; the result is the exit code: 0 when all went well, 1 when a sample failed.

    `config` is the file of the settings, if one was named.
    """
    console = Terminal()
    home = load_home(settings.home, settings.language)
    graph = await shown_graph(settings, home)
    async with AsyncExitStack() as stack:
        if settings.broker.embedded:
            await stack.enter_async_context(embedded_broker(BrokerAddress.from_url(settings.broker.url).port))
        return await _serve(settings, config, home, graph, console, stack, samples=samples, once=once)


async def _serve(
    settings: Settings,
    config: Path | None,
    home: Home,
    graph: Path,
    console: Terminal,
    stack: AsyncExitStack,
    *,
    samples: bool,
    once: bool,
) -> int:
    address = settings.broker.address()
    bus = Bus(address, f"jipsa-run-{new_id()[:8]}")
    spoken = Follower(bus, settings.voice.satellite)
    typed = Follower(bus, "terminal")
    loudspeaker = None if once else await loudspeaker_of(settings, console.print)
    # Who only says the samples serves nobody, and needs no ports that another may have.
    served = settings.model_copy(update={"wyoming": WyomingSettings()}) if once else settings
    here = await satellite(served, graph, stack, loudspeaker)
    await stack.enter_async_context(bus.running())
    known = household_lexicon(settings)
    butler = Butler(address, home, settings.language, known, rules=settings.remote.rules)
    microphone = await _microphone(settings, console, here.voice.switch, once=once)
    Chronicle(butler.bus)
    follows = [watch_home(butler, settings), watch_rules(butler, settings, config)]
    services = [butler.run(), *follows, here.run(microphone)]
    await stack.enter_async_context(together(services))
    bridges = [Keeper(name, settings, home, config) for name in enabled(settings)]
    await stack.enter_async_context(together([bridge.run() for bridge in bridges]))
    conditions = [butler.condition, here.condition, *(bridge.condition for bridge in bridges)]
    if settings.web.enabled and not once:
        conditions += await _page(settings, config, here.voice, console, stack)
    if settings.remote.enabled and not once:
        conditions += await _gate(settings, config, console, stack)
    await stack.enter_async_context(together([tell_systemd(*conditions)]))
    expected = {device.id for device in home.devices}
    with suppress(TimeoutError):
        async with asyncio.timeout(READY_TIMEOUT):
            await butler.ready(expected)
    if not await spoken.until(lambda: expected <= spoken.states.keys(), 1):
        missing = ", ".join(sorted(expected - spoken.states.keys()))
        console.print(text("run.missing", settings.language, devices=missing))
    code = 0
    if samples:
        code = await _say_samples(here.voice, spoken, load_samples(), console, settings.language)
    if not once:
        await _take_typed(typed, settings, console)
    return code


async def _page(
    settings: Settings, config: Path | None, voice: Voice, console: Terminal, stack: AsyncExitStack
) -> list[Callable[[], Condition]]:
    """Serve the page, and say where it is; what tells its condition. Without its address, the rest goes on."""
    from hub.web.server import WebError
    from hub.web.service import Web

    try:
        page = Web(settings, config, lambda: voice.recognizer)
        await stack.enter_async_context(page.serving())
    except WebError as error:
        console.print(str(error))
        return []
    console.print(text("web.served", settings.language, url=page.url))
    return [page.condition]


async def _gate(
    settings: Settings, config: Path | None, console: Terminal, stack: AsyncExitStack
) -> list[Callable[[], Condition]]:
    """Take commands from outside; what tells the gate's condition. Where another one does that, the rest goes on."""
    from hub.remote.nonces import NoncesError
    from hub.remote.service import RemoteService

    try:
        gate = RemoteService(settings, config)
    except NoncesError as error:
        console.print(str(error))
        return []
    await stack.enter_async_context(together([gate.run()]))
    return [gate.condition]


async def _microphone(settings: Settings, console: Terminal, mute: MuteSwitch, *, once: bool) -> Frames | None:
    """The microphone's frames where there is a microphone and it is wanted."""
    if once or settings.voice.microphone == "off":
        return None
    if mute.closed:
        return lasting(None, settings.voice.microphone, mute)
    try:
        microphone = await Microphone.opened(settings.voice.microphone)
    except SoundError as error:
        console.print(text("run.no_microphone", settings.language, reason=error))
        return None
    console.print(text("run.listening", settings.language, microphone=microphone.name))
    return lasting(microphone, settings.voice.microphone, mute)


async def _say_samples(
    voice: Voice, follower: Follower, samples: list[Sample], console: Terminal, language: Language
) -> int:
    print_header(console, language)
    rows = []
    for sample in samples:
        rows.append(await say_sample(voice, follower, sample))
        print_row(console, rows[-1])
    print_summary(console, rows, language)
    return 0 if all(row.ok for row in rows) else 1


async def _take_typed(follower: Follower, settings: Settings, console: Terminal) -> None:
    """Answer typed sentences until Ctrl-C; without a terminal, just keep running."""
    console.print(text("run.prompt", settings.language))
    lines: asyncio.Queue[bytes] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        # A file of its own: Python cannot end while a thread holds the lock of sys.stdin.
        with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as typed:
            for line in typed:
                loop.call_soon_threadsafe(lines.put_nowait, line)

    # A thread, because not every standard input (a file, /dev/null) can be waited for; it ends with the process.
    threading.Thread(target=read, daemon=True).start()
    while True:
        console.print("> ", end="")
        line = await lines.get()
        if sentence := line.decode(errors="replace").strip():
            utterance = Utterance(
                text=sentence, satellite=follower.satellite, room=settings.voice.room, source="terminal"
            )
            exchange = await follower.ask(utterance)
            for sent in exchange.understood.intents if exchange.understood else ():
                console.print(f"  {intent_line(sent.intent, sent.slots, sent.targets)}")
            for changed in change_lines(exchange.changes):
                console.print(f"  {changed}")
            console.print(f"  {exchange.answered or text('cli.no_butler', settings.language)}")
