"""Who may see the page: whoever sits at this machine, and whoever knows the password (docs/security.md).

The password is kept as an argon2id hash, with the least parameters of OWASP's password storage cheat sheet, which a
Pi Zero computes in about a second. Of sessions, hashes of their tokens are kept.
"""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import json
import logging
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hub.files import write_file
from hub.limits import Throttle

log = logging.getLogger(__name__)

PASSWORD, SESSIONS = "web-password", "web-sessions.json"
"""Where the password's hash and the sessions are."""

COOKIE = "jipsa"

LASTS = 90 * 86_400.0
"""Seconds for which nobody is asked again on a browser that was let in."""

MOST_SESSIONS = 200

SHORTEST = 8
"""Characters of a password."""

LONGEST = 200

TRIES = (1 / 20, 5)
"""Passwords that are tried from one address: as many a second in the long run, and at once."""

ALL_TRIES = (1.0, 30)
"""The same for all addresses together: each try takes 19 MiB and most of a second."""

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via")
"""Headers of proxies, which make everybody look like somebody at this machine.

What they say is believed of a proxy on this machine alone, and opens nothing: whose tries are counted together, and
that the cookie is for TLS only.
"""

HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


class Access:
    """The password and the sessions, in the state folder."""

    def __init__(
        self,
        folder: Path,
        *,
        trust_localhost: bool,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._trust_localhost = trust_localhost
        self._clock = clock
        self._tries = Throttle(*TRIES, clock=monotonic)
        self._all_tries = Throttle(*ALL_TRIES, clock=monotonic)
        self._one_at_a_time = asyncio.Lock()

    def has_password(self) -> bool:
        """Whether anybody from elsewhere can be let in."""
        return self._hash() is not None

    def admits(self, request: web.Request) -> bool:
        """Whether whoever sent this request may see the home."""
        return self.trusts(request) or self._in_session(request.cookies.get(COOKIE, ""))

    def trusts(self, request: web.Request) -> bool:
        """Whether no password is asked of whoever sent this request."""
        return self._trust_localhost and is_local(request)

    async def enter(self, request: web.Request, password: str) -> str | None:
        """The token of a new session; None for a wrong password, or after too many."""
        sender = _network(_sender(request))
        if not (self._tries.admits(sender) and self._all_tries.admits()):
            log.warning("%s: too many passwords were tried; they are not looked at for a while", sender)
            return None
        known = self._hash()
        async with self._one_at_a_time:  # each takes much memory
            right = known is not None and await asyncio.to_thread(_verified, known, password[:LONGEST])
        if not right or known is None:
            log.warning("%s: a wrong password", sender)
            return None
        token = secrets.token_urlsafe(32)
        sessions = self._sessions(known)
        sessions[_digest(token)] = self._clock() + LASTS
        newest = dict(sorted(sessions.items(), key=lambda session: session[1])[-MOST_SESSIONS:])
        await asyncio.to_thread(self._keep, known, newest)
        return token

    async def leave(self, request: web.Request) -> None:
        """End the session of whoever sent this request."""
        known = self._hash()
        if known is not None:
            sessions = self._sessions(known)
            if sessions.pop(_digest(request.cookies.get(COOKIE, "")), None) is not None:
                await asyncio.to_thread(self._keep, known, sessions)

    def _in_session(self, token: str) -> bool:
        known = self._hash()
        return bool(token) and known is not None and _digest(token) in self._sessions(known)

    def _hash(self) -> str | None:
        try:
            return (self._folder / PASSWORD).read_text().strip() or None
        except (OSError, UnicodeDecodeError):
            return None

    def _sessions(self, password: str) -> dict[str, float]:
        """The sessions that have not ended; a new password ends all of them."""
        try:
            kept = json.loads((self._folder / SESSIONS).read_text())
            ends = kept["ends"] if kept["password"] == _digest(password) else {}
            return {str(token): float(end) for token, end in ends.items() if float(end) > self._clock()}
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return {}

    def _keep(self, password: str, sessions: dict[str, float]) -> None:
        kept = {"password": _digest(password), "ends": sessions}
        write_file(self._folder / SESSIONS, json.dumps(kept), mode=0o600)


def set_password(folder: Path, password: str) -> None:
    """Keep a password (SHORTEST characters at least); every session ends. Raises OSError."""
    write_file(folder / PASSWORD, HASHER.hash(password) + "\n", mode=0o600)


def is_local(request: web.Request) -> bool:
    """Whether somebody sits at this machine: not behind a proxy, and under a name that only this machine has.

    Other names that lead here would be those of a page elsewhere, whose script speaks to this one (DNS rebinding).
    """
    if any(header in request.headers for header in FORWARDED):
        return False
    try:
        name = urlsplit(f"//{request.host}").hostname or ""
    except ValueError:
        return False
    return _from_here(request) and is_loopback(name)


def from_own_page(request: web.Request) -> bool:
    """Whether a browser sent this for this page, and not for a page of somebody else's (CSRF)."""
    with suppress(ValueError):
        return urlsplit(request.headers.get("Origin", "")).netloc == request.host != ""
    return False


def is_encrypted(request: web.Request) -> bool:
    """Whether the browser speaks TLS, with this server or with a proxy on this machine that says so."""
    return request.secure or (_from_here(request) and request.headers.get("X-Forwarded-Proto") == "https")


def is_loopback(address: str) -> bool:
    """Whether an address, or a name, is one of this machine's that nobody else has."""
    if address == "localhost":
        return True
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback


def _from_here(request: web.Request) -> bool:
    """Whether this machine sent a request: somebody who sits at it, or a proxy."""
    return is_loopback(request.remote or "")


def _sender(request: web.Request) -> str | None:
    """The address from which a request came; a proxy on this machine adds whose it passes on to what that one says."""
    forwarded = request.headers.getall("X-Forwarded-For", [])
    return forwarded[-1].rpartition(",")[2].strip() if forwarded and _from_here(request) else request.remote


def _network(remote: str | None) -> str:
    """Who counts as one: an IPv4 address, or an IPv6 network of a household."""
    try:
        address = ipaddress.ip_address(remote or "")
    except ValueError:
        return ""
    return str(address if address.version == 4 else ipaddress.ip_network((address, 64), strict=False))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _verified(known: str, password: str) -> bool:
    try:
        return HASHER.verify(known, password)
    except (VerificationError, InvalidHashError):
        return False
