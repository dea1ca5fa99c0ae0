"""Hosts on one network, for tests: network namespaces, each with a cable to a switch that this machine is at."""

from __future__ import annotations

import itertools
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_NUMBERS = itertools.count()

_NETWORK = 16 * (os.getpid() % (1 << 12))
"""A sixteenth of 198.19.x.0/24 for each process, from the network that is for tests (RFC 2544)."""


class NoNetworkError(Exception):
    """No network can be laid here; the text says why."""


def _ip(*words: str) -> None:
    try:
        done = subprocess.run(["ip", *words], check=False, capture_output=True, text=True)
    except FileNotFoundError:
        raise NoNetworkError("iproute2 is not installed (apt install iproute2)") from None
    if done.returncode != 0:
        raise NoNetworkError(f"ip {' '.join(words)}: {done.stderr.strip()}")


def _address(number: int) -> str:
    return f"198.19.{_NETWORK >> 8}.{(_NETWORK & 255) + number}"


class Network:
    """Some hosts by name, 13 at most; `under(host)` is what starts a program there."""

    here = _address(1)
    """This machine's address at the switch."""

    def __init__(self, *hosts: str) -> None:
        self._run = f"{os.getpid():x}{next(_NUMBERS)}"  # what is deleted may be there for a moment
        self._hosts = hosts

    def under(self, host: str) -> list[str]:
        return ["ip", "netns", "exec", self._space(host)]

    def cut(self, host: str) -> None:
        """Pull its cable at the switch."""
        _ip("link", "set", self._plug(host), "down")

    def mend(self, host: str) -> None:
        _ip("link", "set", self._plug(host), "up")

    @contextmanager
    def up(self) -> Iterator[Network]:
        """The network while the block lasts. Raises NoNetworkError."""
        switch = f"jsw{self._run}"
        try:
            _ip("link", "add", switch, "type", "bridge")
            _ip("addr", "add", f"{self.here}/28", "dev", switch)
            _ip("link", "set", switch, "up")
            for number, host in enumerate(self._hosts, 2):
                space, plug = self._space(host), self._plug(host)
                _ip("netns", "add", space)
                _ip("link", "add", plug, "type", "veth", "peer", "name", "eth0", "netns", space)
                _ip("link", "set", plug, "master", switch, "up")
                _ip("-n", space, "addr", "add", f"{_address(number)}/28", "dev", "eth0")
                for link in ("lo", "eth0"):
                    _ip("-n", space, "link", "set", link, "up")
            yield self
        finally:
            for gone in (["link", "del", switch], *(["netns", "del", self._space(host)] for host in self._hosts)):
                with suppress(NoNetworkError):
                    _ip(*gone)

    def _space(self, host: str) -> str:
        return f"jipsa-{self._run}-{host}"

    def _plug(self, host: str) -> str:
        return f"j{self._run}p{self._hosts.index(host)}"
