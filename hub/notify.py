"""What systemd is told of a service: that it is ready, how it is, that it lives, and that it stops (sd_notify(3)).

Where no systemd listens ($NOTIFY_SOCKET), nothing happens.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass

from hub.bus import Bus

LOOK = 0.2
"""Seconds between two looks at a service that is not ready yet."""

PATIENCE = 30
"""Seconds that systemd shall go on waiting for a service that is starting and still healthy."""

UNWATCHED = 10.0
"""Seconds between two looks at a service that is ready, where no watchdog asks for more."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How a service is: whether it can be used, whether all that should go on in it does, and that in a sentence."""

    ready: bool
    healthy: bool
    status: str


def condition_of(bus: Bus, status: str, *, ready: bool, healthy: bool = True) -> Condition:
    """The condition of a service on a bus, which has to be connected for it to be ready, and to go on for its health.

    It goes on, too, while the broker is away.
    """
    connected = bus.connected.is_set()
    goes_on = any(task.get_name() == f"bus {bus.client_id}" for task in asyncio.all_tasks())
    broker = "connected to the broker" if connected else "the broker is away"
    return Condition(ready and connected, healthy and goes_on, f"{status}, {broker}.")


def tell(*lines: str) -> None:
    """Send assignments, such as READY=1, to systemd; what cannot be sent is lost: systemd acts on that by itself."""
    path = os.environ.get("NOTIFY_SOCKET", "")
    if not path.startswith(("/", "@")):
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as outlet:
        try:
            outlet.connect("\0" + path[1:] if path.startswith("@") else path)
            outlet.send("\n".join(lines).encode())
        except OSError:
            return


def stopping() -> None:
    """Tell that the service has been asked to end, and does."""
    tell("STOPPING=1", "STATUS=Stopping.")


def watchdog_seconds() -> float | None:
    """How long systemd waits for a sign of life before it ends this process; None where it does not watch."""
    usec, pid = os.environ.get("WATCHDOG_USEC", ""), os.environ.get("WATCHDOG_PID")
    if not (usec.isascii() and usec.isdigit() and int(usec)) or pid not in {None, str(os.getpid())}:
        return None
    return int(usec) / 1_000_000


async def tell_systemd(*services: Callable[[], Condition]) -> None:
    """Tell how the services of this process are, until cancelled.

    READY is told once, when all are ready; until then systemd is asked for patience. Signs of life are sent at half of
    the watchdog's time, and neither they nor a plea for patience while a service is not healthy: systemd then starts
    the unit anew. As they come from the event loop, one that hangs sends none either.
    """
    if not os.environ.get("NOTIFY_SOCKET"):
        return
    pause = (watchdog_seconds() or 2 * UNWATCHED) / 2
    ready, told = False, ""
    while True:
        conditions = [service() for service in services]
        status = " ".join(condition.status for condition in conditions)
        lines = [] if status == told else [f"STATUS={status}"]
        told = status
        if all(condition.healthy for condition in conditions):
            if not ready and all(condition.ready for condition in conditions):
                ready = True
                lines.append("READY=1")
            lines.append("WATCHDOG=1" if ready else f"EXTEND_TIMEOUT_USEC={PATIENCE * 1_000_000}")
        if lines:
            tell(*lines)
        await asyncio.sleep(pause if ready else min(LOOK, pause))
