"""Whether a command from outside is fresh and comes for the first time: what is known of those before, kept on disk.

Of each envelope that was taken the nonce is kept while its time is fresh. Of one that is forgotten remains that nothing
is taken any more that was sealed before it, so that no clock that is set back lets a replay in; nor does a store that
was lost, damaged or put back: who starts without one takes nothing that was sealed until a minute later.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

from hub.faults import OutsideError
from hub.files import write_file
from hub.remote.envelope import Envelope

log = logging.getLogger(__name__)

FILE: Final = "remote-nonces"
"""Name of the store in the folder of the state."""

FRESH: Final = 30.0
"""Seconds by which the clocks of sender and home may differ, the way of the message included."""

Stale = Literal["late", "early", "lost", "again"]
"""Why an envelope is not taken: sealed too long ago, or in time to come; before the store was lost; taken before."""


class NoncesError(OutsideError):
    """The store cannot be had; the text says why."""


class Nonces:
    """The store of one gate, in a folder; `clock` tells the seconds since 1970. Raises NoncesError."""

    def __init__(self, folder: Path, clock: Callable[[], float]) -> None:
        self._path = folder / FILE
        self._clock = clock
        self._lock = _locked(folder)
        self._writing = threading.Lock()
        self._before, self._taken = self._read()
        """Nothing is taken that was sealed by `_before`, in milliseconds; and when each of the others was, by nonce."""

    def close(self) -> None:
        """Let another gate have the store."""
        with self._writing:
            os.close(self._lock)

    def stale(self, envelope: Envelope) -> Stale | None:
        """Why an envelope, whose signature is right, is not to be taken now; None where it is."""
        if _name(envelope) in self._taken:
            return "again"
        passed = self._clock() - envelope.at / 1_000
        if passed > FRESH:
            return "late"
        if passed < -FRESH:
            return "early"
        return "lost" if envelope.at <= self._before else None

    def take(self, envelope: Envelope) -> None:
        """Remember an envelope that is not stale. Raises OSError where it cannot be kept, and so must not be obeyed."""
        oldest = (self._clock() - FRESH) * 1_000
        past = [at for at in self._taken.values() if at < oldest]
        before = max((self._before, *past))
        taken = {nonce: at for nonce, at in self._taken.items() if at > before} | {_name(envelope): envelope.at}
        body = json.dumps({"before": before, "taken": taken})
        with self._writing:
            write_file(self._path, f"{_sum(body)}\n{body}", 0o600)
        self._before, self._taken = before, taken

    def _read(self) -> tuple[int, dict[str, int]]:
        try:
            checksum, _, body = self._path.read_text().partition("\n")
            if checksum != _sum(body):
                raise ValueError("it is damaged")
            kept = json.loads(body)
            return kept["before"], kept["taken"]
        except FileNotFoundError:
            reason = "it is not there"
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is damaged"
        log.warning("%s: %s; commands from outside are taken in a minute", self._path, reason)
        return int((self._clock() + 2 * FRESH) * 1_000), {}


def _name(envelope: Envelope) -> str:
    return f"{envelope.key}/{envelope.nonce}"


def _sum(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def _locked(folder: Path) -> int:
    """The right to use the store of this folder, as long as the descriptor is open."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / f".{FILE}.lock", os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise NoncesError(f"state_dir: {folder}: {error.strerror}") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise NoncesError(f"{folder}: another jipsa remote serve or jipsa run takes commands from outside") from None
    return lock
