"""The store: what was taken once is never taken again, whatever becomes of the store, the process and the clock."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.config import Settings
from hub.keeping.backup import Place, collect
from hub.remote.envelope import Envelope
from hub.remote.nonces import FILE, FRESH, Nonces, NoncesError

KEY = Ed25519PrivateKey.generate()


class Clock:
    """Seconds since 1970, as a test wants them."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Store:
    """The store of a gate, which can be started anew."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder, self.clock = folder, clock
        self.file = folder / FILE
        self.start()

    def start(self) -> None:
        nonces = Nonces(self.folder, self.clock)
        self.stop, self.stale, self.take = nonces.close, nonces.stale, nonces.take

    def restart(self) -> None:
        self.stop()
        self.start()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """A store that has been there for a while."""
    found = Store(tmp_path / "state", clock)
    clock.now += 3 * FRESH + 1
    found.take(sealed(clock.now))
    found.restart()
    yield found
    found.stop()


def sealed(at: float, key: str = "mother") -> Envelope:
    return Envelope.seal(key, KEY, "jipsa/utterance", "불 켜줘", int(at * 1_000))


def test_a_nonce_is_taken_once(store: Store, clock: Clock) -> None:
    envelope = sealed(clock.now)
    assert store.stale(envelope) is None
    store.take(envelope)
    assert store.stale(envelope) == "again"
    assert store.stale(envelope.model_copy(update={"key": "father"})) is None, "it is another key's"
    assert store.stale(sealed(clock.now)) is None


@pytest.mark.parametrize(
    ("passed", "outcome"),
    [(0, None), (29.9, None), (30.1, "late"), (3_600, "late"), (-29.9, None), (-30.1, "early"), (-1e6, "early")],
)
def test_what_is_not_fresh_is_not_taken(store: Store, clock: Clock, passed: float, outcome: str | None) -> None:
    assert store.stale(sealed(clock.now - passed)) == outcome


def test_it_is_remembered_over_a_restart(store: Store, clock: Clock) -> None:
    envelope = sealed(clock.now)
    store.take(envelope)
    store.restart()
    assert store.stale(envelope) == "again"
    assert store.stale(sealed(clock.now)) is None, "nothing was lost, so nobody has to wait"


KILLED = """
import os, sys
from pathlib import Path
from hub.remote.envelope import Envelope
from hub.remote.nonces import Nonces
nonces = Nonces(Path(sys.argv[1]), lambda: float(sys.argv[2]))
for line in sys.stdin:
    nonces.take(Envelope.from_payload("", line.encode()))
    os.write(1, b"taken\\n")
"""


def test_what_was_taken_is_remembered_after_kill_9(store: Store, clock: Clock) -> None:
    store.stop()
    envelopes = [sealed(clock.now + number / 1_000) for number in range(40)]
    writer = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(store.folder), str(clock.now)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert writer.stdin is not None
    assert writer.stdout is not None
    writer.stdin.write(b"".join(envelope.to_payload() + b"\n" for envelope in envelopes))
    writer.stdin.flush()
    told = [writer.stdout.readline() for _ in range(15)]
    os.kill(writer.pid, signal.SIGKILL)  # in the midst of the others
    writer.stdin.close()
    taken = told.count(b"taken\n") + writer.stdout.read().count(b"taken\n")
    writer.stdout.close()
    writer.wait()
    assert taken >= 15
    store.start()
    assert [store.stale(envelope) for envelope in envelopes[:taken]] == ["again"] * taken


def damaged(path: Path, how: str) -> None:
    content = path.read_bytes()
    if how == "gone":
        path.unlink()
    elif how == "a folder":
        path.unlink()
        path.mkdir()
    else:
        spoiled = {
            "empty": b"",
            "cut": content[: len(content) // 2],
            "a bit turned over": bytes([*content[:-20], content[-20] ^ 1, *content[-19:]]),
            "zeros": bytes(len(content)),
            "no text": b"\xff" * 50,
            "without its sum": content.partition(b"\n")[2],
            "shorter": content.rpartition(b", ")[0] + b"}}",
        }[how]
        path.write_bytes(spoiled)


@pytest.mark.parametrize(
    "how", ["gone", "a folder", "empty", "cut", "a bit turned over", "zeros", "no text", "without its sum", "shorter"]
)
def test_a_store_that_is_lost_lets_no_replay_in(
    how: str, store: Store, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    before = [sealed(clock.now + shift) for shift in (-29, 0, 29)]
    for envelope in before:
        store.take(envelope)
    damaged(store.file, how)
    store.restart()
    assert str(store.file) in caplog.text
    for _ in range(70):
        assert None not in [store.stale(envelope) for envelope in before]
        clock.now += 1
    assert store.stale(sealed(clock.now)) is None, "after a minute all is well again"
    if how != "a folder":
        store.take(sealed(clock.now))
        store.restart()
        assert store.stale(sealed(clock.now + 1)) is None


def test_a_clock_that_is_set_lets_no_replay_in(store: Store, clock: Clock) -> None:
    """Whatever the clock shows, by and by or at once, and however often the gate starts anew."""
    chance, taken = random.Random(7), []
    for _ in range(400):
        clock.now += chance.choice([0.1, 1, 10, 31, 3_600, -0.5, -20, -40, -3_600])
        assert None not in [store.stale(envelope) for envelope in taken]
        fresh = sealed(clock.now + chance.uniform(-35, 35))
        if store.stale(fresh) is None:
            store.take(fresh)
            taken.append(fresh)
        if chance.random() < 0.1:
            store.restart()
    assert len(taken) > 20


def test_what_is_kept_does_not_grow(store: Store, clock: Clock) -> None:
    sizes = []
    for _ in range(300):
        clock.now += 1
        store.take(sealed(clock.now))
        sizes.append(store.file.stat().st_size)
    assert max(sizes[100:]) == min(sizes[100:])
    assert store.stale(sealed(clock.now)) is None


def test_what_cannot_be_kept_is_not_taken(store: Store, clock: Clock) -> None:
    store.file.unlink()
    store.file.mkdir()
    envelope = sealed(clock.now)
    with pytest.raises(OSError, match="directory"):
        store.take(envelope)
    assert store.stale(envelope) is None


def test_two_gates_do_not_share_a_store(store: Store, clock: Clock) -> None:
    """Each would know only what it took itself."""
    with pytest.raises(NoncesError, match="another"):
        Nonces(store.folder, clock)
    store.restart()


def test_a_folder_that_cannot_be_is_told(clock: Clock, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NoncesError, match="state_dir"):
        Nonces(tmp_path / "file", clock)


def test_nobody_else_reads_it_and_no_backup_brings_an_older_one_back(store: Store, tmp_path: Path) -> None:
    assert store.file.stat().st_mode & 0o777 == 0o600
    (store.folder / "thinq-client-id").write_text("x")
    found = collect(Place(tmp_path / "jipsa.yaml", Settings(state_dir=store.folder, cache_dir=tmp_path)))
    assert set(found.files) == {"state/thinq-client-id"}
