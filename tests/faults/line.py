"""A line between this machine and a network namespace, with a latency, a loss, and a plug that can be pulled.

It is a pair of TUN devices whose IP packets are carried by the test, late or not at all: what `tc netem` does, where
the kernel has that; TCP on both sides is the kernel's.
"""

from __future__ import annotations

import asyncio
import fcntl
import itertools
import os
import random
import struct
import subprocess
from contextlib import suppress

_NETWORK = 4 * (os.getpid() % (1 << 14))

HERE, THERE = (f"198.18.{(_NETWORK + end) >> 8}.{(_NETWORK + end) & 255}" for end in (1, 2))
"""The addresses of both ends, from the network that is for tests (RFC 2544); each process has its own."""

SPACE = f"jipsa-faults-{os.getpid()}"

_NUMBERS = itertools.count()

_TUNSETIFF = 0x400454CA
_IFF_TUN, _IFF_NO_PI = 0x0001, 0x1000


class NoLineError(Exception):
    """No line can be laid here; the text says why."""


class Line:
    """Carries packets while the block lasts. Raises NoLineError."""

    def __init__(self) -> None:
        self.latency = 0.0
        """Seconds that a packet takes, each way."""
        self.loss = 0.0
        """The part of the packets that gets lost, 0 to 1."""
        self.cut = False
        """Whether nothing gets through."""
        self.carried = 0
        self.lost = 0
        self._chance = random.Random(0)
        self._ends: list[int] = []

    @property
    def command(self) -> list[str]:
        """What starts a program at the other end."""
        return ["ip", "netns", "exec", SPACE]

    async def __aenter__(self) -> Line:
        try:
            _ip("netns", "add", SPACE)
            # The kernel takes a while to forget a device, so each has a name of its own.
            number = next(_NUMBERS)
            here, there = (f"jipsa{end}{os.getpid() % 100_000}.{number}" for end in "ab")
            self._ends = [_tun(here), _tun(there)]
            _ip("link", "set", there, "netns", SPACE)
            _ip("address", "add", f"{HERE}/32", "peer", THERE, "dev", here)
            _ip("link", "set", here, "up")
            _ip("-n", SPACE, "address", "add", f"{THERE}/32", "peer", HERE, "dev", there)
            _ip("-n", SPACE, "link", "set", there, "up")
            _ip("-n", SPACE, "link", "set", "lo", "up")
        except (OSError, NoLineError) as error:
            await self.__aexit__()
            raise NoLineError(str(error)) from None
        for end, other in (self._ends, reversed(self._ends)):
            asyncio.get_running_loop().add_reader(end, self._carry, end, other)
        return self

    async def __aexit__(self, *_: object) -> None:
        ends, self._ends = self._ends, []
        for end in ends:
            asyncio.get_running_loop().remove_reader(end)
            os.close(end)
        with suppress(NoLineError):
            _ip("netns", "delete", SPACE)

    def _carry(self, end: int, other: int) -> None:
        packet = os.read(end, 65_536)
        if self.cut or self._chance.random() < self.loss:
            self.lost += 1
        else:
            self.carried += 1
            asyncio.get_running_loop().call_later(self.latency, self._deliver, other, packet)

    def _deliver(self, end: int, packet: bytes) -> None:
        if end in self._ends and not self.cut:
            with suppress(OSError):  # an end that is being taken down
                os.write(end, packet)


def _tun(name: str) -> int:
    end = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    try:
        fcntl.ioctl(end, _TUNSETIFF, struct.pack("16sH", name.encode(), _IFF_TUN | _IFF_NO_PI))
    except OSError:
        os.close(end)
        raise
    return end


def _ip(*arguments: str) -> None:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NoLineError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")
