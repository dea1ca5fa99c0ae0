"""Backups: whole while everything runs, refused when they are not, and put back altogether or not at all."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import io
import json
import os
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from agents import serving
from genies import ManualClock, ask
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.genie.bridge import GenieBridge
from devices.genie.store import VERSIONS
from hub.address import BrokerAddress
from hub.config import load_settings
from hub.credentials import keep_token
from hub.faults import OutsideError
from hub.keeping.archive import LARGEST, MANIFEST, ArchiveError, unpack
from hub.keeping.backup import backup, stored
from hub.keeping.restore import restore
from hub.keeping.swap import JOURNAL

REPOSITORY = Path(__file__).parents[1]

CONFIG = """# 우리 집
language: en
state_dir: state
broker: {password_file: mqtt-password}
thinq: {token_file: keys/thinq}
homeassistant: {discovery_prefix: ha}
genie: {calendars: [{name: 학교, source: school.ics}]}
"""


TODAY = {
    "jipsa.yaml": CONFIG.replace("language", "version: 2\nlanguage").encode(),
    "bedroom.yaml": "version: 2\nvoice: {satellite: bedroom, room: 안방}\n".encode(),
}
"""The settings as they are put back: of today's version."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder of a household's settings, with all that a backup has to have."""
    folder = tmp_path / "home"
    shutil.copytree(REPOSITORY / "config" / "sentences", folder / "sentences")
    for name in ("home.yaml", "routines.yaml"):
        shutil.copy(REPOSITORY / "config" / name, folder)
    (folder / "jipsa.yaml").write_text(CONFIG)
    (folder / "bedroom.yaml").write_text("voice: {satellite: bedroom, room: 안방}\n")
    (folder / "school.ics").write_text("BEGIN:VCALENDAR\nEND:VCALENDAR\n")
    keep_token("a-password", folder / "mqtt-password")
    keep_token("a-thinq-token", folder / "keys" / "thinq")
    keep_token("a-token", folder / "state/homeassistant/token")
    (folder / "state" / "gpio.json").write_text('{"kitchen_plug": {"power": true}}')
    with closing(sqlite3.connect(folder / "state" / "assistant.db")) as file, file:
        file.executescript(f"{VERSIONS[0]}; {VERSIONS[1]}; PRAGMA user_version = 2;")
        file.execute("INSERT INTO items VALUES ('shopping', '우유', '2026-01-01')")
    return folder


NAMES = {
    "settings/jipsa.yaml", "settings/bedroom.yaml", "settings/home.yaml", "settings/routines.yaml",
    "settings/sentences/family.yaml", "settings/school.ics", "settings/mqtt-password", "settings/keys/thinq",
    "state/homeassistant/token", "state/gpio.json", "state/assistant.db",
}  # fmt: skip

SECRET = {"settings/mqtt-password", "settings/keys/thinq", "state/homeassistant/token"}


def jipsa(*arguments: str | Path, limit: int | None = None) -> subprocess.CompletedProcess[str]:
    def limited() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(
        [sys.executable, "-m", "hub.cli", *map(str, arguments)], cwd=REPOSITORY, preexec_fn=limited,
        env={**os.environ, "COLUMNS": "400"}, capture_output=True, text=True, timeout=170, check=False,
    )  # fmt: skip


def backed_up(home: Path, *options: str) -> Path:
    file = home.parent / "backup.tar.gz"
    done = jipsa("backup", file, *options, "--config", home / "jipsa.yaml")
    assert done.returncode == 0, done.stderr
    return file


def contents(folder: Path) -> dict[str, bytes]:
    """All that a household has there, without what a restore keeps of before; of a store, what is in it."""

    def content(path: Path) -> bytes:
        if path.suffix != ".db":
            return path.read_bytes()
        with closing(sqlite3.connect(path)) as file:
            return "\n".join(file.iterdump()).encode()

    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.parent.name != "backups")
    return {str(path.relative_to(folder)): content(path) for path in files}


def restored(file: Path, home: Path, **options: Any) -> subprocess.CompletedProcess[str]:
    return jipsa("restore", file, "--config", home / "jipsa.yaml", **options)


# What is in it.


def test_all_that_a_household_has_is_in_it_and_nobody_else_can_read_it(home: Path) -> None:
    file = backed_up(home)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    archive = unpack(file, "en")
    assert archive.files.keys() == NAMES
    assert {name for name, kept in archive.files.items() if kept.secret} == SECRET
    assert (archive.main, archive.secrets) == ("settings/jipsa.yaml", True)
    with tarfile.open(file) as tar:  # anybody can look into it
        manifest = json.loads(tar.extractfile(MANIFEST).read())  # type: ignore[union-attr]
        assert tar.getnames()[0] == MANIFEST
    assert manifest["files"]["settings/jipsa.yaml"]["version"] == 1
    assert manifest["files"]["settings/home.yaml"]["kind"] == "home"


def test_secrets_can_be_left_out_and_are_left_alone_then(home: Path) -> None:
    file = backed_up(home, "--without-secrets")
    assert unpack(file, "en").files.keys() == NAMES - SECRET
    raw = gzip.decompress(file.read_bytes())
    assert not any(secret in raw for secret in (b"a-password", b"a-thinq-token", b"a-token"))
    before = contents(home)
    keep_token("another", home / "mqtt-password")
    (home / "home.yaml").write_text("rooms: []\n")
    done = restored(file, home)
    assert done.returncode == 0, done.stderr
    assert contents(home) == {**before, **TODAY, "mqtt-password": b"another\n"}


def test_what_is_elsewhere_is_named(home: Path, tmp_path: Path) -> None:
    keep_token("x", tmp_path / "elsewhere")
    keep_token("x", home / ".hidden")
    config = home / "jipsa.yaml"
    config.write_text(CONFIG.replace("keys/thinq", "../elsewhere").replace("mqtt-password", ".hidden"))
    done = jipsa("backup", tmp_path / "b.tar.gz", "--config", config)
    assert done.returncode == 0
    assert f"{tmp_path}/elsewhere is not in it" in done.stdout
    assert f"{home}/.hidden is not in it" in done.stdout


def test_the_name_has_the_time_where_none_is_given(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hub.cli", "backup", "--config", "jipsa.yaml"], cwd=home,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (file,) = home.glob("jipsa-????-??-??T??????.tar.gz")
    assert unpack(file, "en").files.keys() == NAMES


WRITER = """
import asyncio, sys
from pathlib import Path
from devices.genie.store import Store

async def write():
    store = Store(Path(sys.argv[1]))
    assert await store.open() is None
    number = 0
    while True:
        add = "INSERT INTO items VALUES (?, ?, 'now')"
        await store.change_all([(add, ["left", f"{number}" * 50]), (add, ["right", f"{number}" * 50])])
        number += 1
        if number == 1:
            print(flush=True)

asyncio.run(write())
"""


def test_a_backup_while_the_assistant_writes_is_of_one_moment(home: Path) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, home / "state" / "assistant.db"],
        cwd=REPOSITORY, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert writer.stdout is not None
    path = home / "state" / "assistant.db"

    def items(side: str, content: bytes | None = None) -> set[str]:
        with closing(sqlite3.connect(path if content is None else ":memory:")) as store:
            if content is not None:
                store.deserialize(content)
            return {item for (item,) in store.execute("SELECT item FROM items WHERE list = ?", [side])}

    counts = set()
    try:
        writer.stdout.readline()
        while len(counts) < 5:
            before, content, after = items("left"), stored(path), items("left")
            left = items("left", content)
            assert before <= left <= after
            assert left == items("right", content)
            counts.add(len(left))
        whole = unpack(backed_up(home), "en").files["state/assistant.db"].content
        assert after < items("left", whole) == items("right", whole)
    finally:
        writer.kill()
        writer.communicate()
    assert items("left", whole) < items("left")


# There and back.


async def test_a_home_comes_back_with_its_timers_and_lists(home: Path, broker: BrokerAddress, listener: Any) -> None:
    clock = ManualClock()

    def assistant() -> GenieBridge:
        return GenieBridge(broker, state_dir=home / "state", clock=clock)

    async with serving(assistant()):
        await ask(listener, "HassShoppingListAddItem", item="두부, 계란")
        await ask(listener, "HassStartTimer", minutes=10, name="라면")
        file = await asyncio.to_thread(backed_up, home)
        await ask(listener, "HassShoppingListCompleteItem", item="두부")
        await ask(listener, "HassCancelAllTimers")
    before = contents(home)
    (home / "home.yaml").write_text("rooms: []\n")
    (home / "routines.yaml").unlink()
    (home / "sentences" / "more.yaml").write_text("language: ko\n")
    (home / "state" / "gpio.json").unlink()

    done = await asyncio.to_thread(restored, file, home)
    assert done.returncode == 0, done.stderr
    assert f"11 files are as they were in {file}" in done.stdout
    after = contents(home)
    assert after == {**before, **TODAY, "state/assistant.db": after["state/assistant.db"]}
    for name in ("mqtt-password", "keys/thinq", "state/homeassistant/token"):
        assert stat.S_IMODE((home / name).stat().st_mode) == 0o600

    listener.heard.clear()
    async with serving(assistant()):
        assert await ask(listener, "JipsaGetList", name="쇼핑") == "쇼핑 목록에 두부, 계란이 있어요."
        assert "라면" in await ask(listener, "HassTimerStatus")
    (kept,) = (home / "state" / "backups").iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert unpack(kept, "en").files["settings/home.yaml"].content == b"rooms: []\n"
    done = await asyncio.to_thread(restored, kept, home)  # and back to where it was before
    assert done.returncode == 0, done.stderr
    assert contents(home)["home.yaml"] == b"rooms: []\n"
    assert "routines.yaml" not in contents(home)
    assert "sentences/more.yaml" in contents(home)


def test_on_a_new_machine_there_need_be_nothing_but_where_the_state_is_to_be(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "usual"))  # where another hub of this machine would have it
    file, before = backed_up(home), contents(home)
    new = tmp_path / "new"
    done = restored(file, new)
    assert done.returncode == 2
    assert f"state_dir: {new}/state" in done.stderr
    assert not list(new.iterdir())
    (new / "jipsa.yaml").write_text(f"state_dir: {new}/state\n")
    done = restored(file, new)
    assert done.returncode == 0, done.stderr
    assert contents(new) == {**before, **TODAY}
    assert load_settings(new / "jipsa.yaml").thinq.token_file == new / "keys" / "thinq"


def test_where_systemd_says_where_the_state_is_there_need_be_nothing(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "lib"))
    shutil.move(home / "state", tmp_path / "lib")
    (home / "jipsa.yaml").write_text("language: en\n")
    file, state = backed_up(home), contents(tmp_path / "lib")
    shutil.rmtree(tmp_path / "lib")
    assert restored(file, tmp_path / "new").returncode == 0
    assert contents(tmp_path / "lib") == state
    assert (tmp_path / "new" / "home.yaml").read_bytes() == (home / "home.yaml").read_bytes()


def test_settings_that_cannot_be_read_any_more_are_replaced_and_kept(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(home / "state"))
    config = home / "jipsa.yaml"
    config.write_text("version: 2\n" + CONFIG.replace("state_dir: state\n", ""))
    file, before = backed_up(home), contents(home)
    config.write_text("language: [en\n")
    (home / "home.yaml").write_text("rooms: []\n")
    assert restored(file, home).returncode == 0
    assert contents(home) == {**before, "bedroom.yaml": TODAY["bedroom.yaml"]}
    (kept,) = (home / "state" / "backups").iterdir()
    files = unpack(kept, "en").files
    assert files["settings/jipsa.yaml"].content == b"language: [en\n"
    assert files["settings/home.yaml"].content == b"rooms: []\n"
    assert files.keys() == NAMES


def killed_while_writing(store: Path) -> None:
    """Leaves the store as an assistant does that was killed: the last of it is in the log beside it."""
    code = """import os, sqlite3, sys
store = sqlite3.connect(sys.argv[1])
store.execute("PRAGMA journal_mode = WAL")
with store:
    store.executemany("INSERT INTO items VALUES ('shopping', ?, '')", [(f"{n}" * 40,) for n in range(200)])
os._exit(0)"""
    subprocess.run([sys.executable, "-c", code, store], check=True)
    assert store.with_name("assistant.db-wal").stat().st_size > 0


def test_what_a_killed_assistant_wrote_last_is_in_the_backup(home: Path) -> None:
    killed_while_writing(home / "state" / "assistant.db")
    with closing(sqlite3.connect(":memory:")) as found:
        found.deserialize(unpack(backed_up(home), "en").files["state/assistant.db"].content)
        assert found.execute("SELECT count(*) FROM items").fetchone() == (201,)


def test_a_store_that_is_damaged_is_kept_as_it_is_and_replaced(home: Path) -> None:
    file, before, store = backed_up(home), contents(home), home / "state" / "assistant.db"
    damaged = b"no database" * 500
    store.write_bytes(damaged)
    done = jipsa("backup", home.parent / "second.tar.gz", "--config", home / "jipsa.yaml")
    assert done.returncode == 0, done.stderr
    assert "assistant.db is damaged" in done.stdout
    done = restored(file, home)
    assert done.returncode == 0, done.stderr
    assert contents(home) == {**before, **TODAY}
    (kept,) = (home / "state" / "backups").iterdir()
    assert unpack(kept, "en").files["state/assistant.db.broken"].content == damaged


def test_the_log_of_a_store_that_was_taken_away_is_not_taken_for_that_of_the_new_one(home: Path) -> None:
    file, before, store = backed_up(home), contents(home), home / "state" / "assistant.db"
    killed_while_writing(store)
    store.unlink()
    done = restored(file, home)
    assert done.returncode == 0, done.stderr
    assert contents(home) == {**before, **TODAY}


# What is refused.


Change = Callable[[tarfile.TarInfo], None]


def pack(files: dict[str, bytes], manifest: dict[str, Any] | None, change: Change | None = None) -> bytes:
    """An archive as somebody else may make it."""
    first = {} if manifest is None else {MANIFEST: json.dumps(manifest).encode()}
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as tar:
        for name, content in {**first, **files}.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            if change is not None and name != MANIFEST:
                change(member)
            tar.addfile(member, io.BytesIO(content if member.isreg() else b""))
    return gzip.compress(written.getvalue())


def listed(files: dict[str, bytes], **more: Any) -> dict[str, Any]:
    kinds = {"settings/jipsa.yaml": "settings", "settings/home.yaml": "home"}
    return {
        "format": 1, "jipsa": "0.1.0", "made": "2026-11-28T00:00:00Z", "secrets": True,
        "main": "settings/jipsa.yaml" if "settings/jipsa.yaml" in files else None,
        "files": {
            name: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "kind": kinds.get(name),
                   "version": None, "secret": False}
            for name, content in files.items()
        },
        **more,
    }  # fmt: skip


def made(files: dict[str, bytes], **more: Any) -> bytes:
    return pack(files, listed(files, **more))


def linked(kind: bytes) -> Change:
    def change(member: tarfile.TarInfo) -> None:
        member.type, member.linkname = kind, "/etc/passwd"

    return change


def huge() -> bytes:
    """A member that says it has ten terabytes."""
    member = tarfile.TarInfo("settings/x.yaml")
    member.size = 10 << 40
    return gzip.compress(member.tobuf(tarfile.GNU_FORMAT))


CONFIGURED = {"settings/jipsa.yaml": b"state_dir: state\n"}
HOSTILE: dict[str, tuple[bytes, str]] = {
    "no gzip": (b"hello", "no backup, or a damaged one"),
    "no tar": (gzip.compress(b"hello" * 500), "no backup, or a damaged one"),
    "empty": (b"", "no backup, or a damaged one"),
    "an empty tar": (pack({}, None), "manifest.json.* is missing"),
    "no manifest": (pack({"settings/x.yaml": b""}, None), "manifest.json.* is missing"),
    "a list as manifest": (pack({MANIFEST: b"[]"}, None), "manifest.json.* is missing"),
    "a deep manifest": (pack({MANIFEST: b"[" * 100_000}, None), "manifest.json.* is missing"),
    "a bomb": (gzip.compress(bytes(LARGEST + 1)), "64 MB"),
    "ten terabytes": (huge(), "64 MB|damaged"),
    "too many": (made({f"settings/{n}.yaml": b"" for n in range(1100)}), "1000"),
    "a wrong hash": (pack({"settings/a.yaml": b"x"}, listed({"settings/a.yaml": b"y"})), "a.yaml is not as its list"),
    "one too many": (pack({"settings/a.yaml": b"x"}, listed({})), "a.yaml is not as its list"),
    "one too few": (pack({}, listed({"settings/a.yaml": b"x"})), "a.yaml is not as its list"),
    "no such main": (made({}, main="settings/jipsa.yaml"), "jipsa.yaml is not as its list"),
    "a newer format with other folders": (made({"elsewhere/x": b""}, format=2, jipsa="9.9"), r"a newer Jipsa \(9.9\)"),
    "a newer format": (made({}, format=2, jipsa="9.9\x1b[2J"), r"a newer Jipsa \(9.9\\u001b\[2J\)"),
    "an unknown kind": (made({}, secrets="yes"), "manifest.json.* is missing"),
    **{
        f"the name {name!r}": (made({name: b"x"}), "something is in it that is in no backup")
        for name in ("/etc/passwd", "settings/../../x", "../x", "settings/.bashrc", "settings/a/.ssh/x", "x",
                     "settings", "settings/", "state/a/b", "settings//x", "settings/a\\b", "settings/a\nb",
                     "settings/\u202ex", "settings/" + "x" * 300, "else/x", "credentials/a/b", "credentials/passwd",
                     "credentials/jipsa.mqtt-hub")
    },
    **{
        f"of type {kind!r}": (pack({"settings/x": b""}, listed({"settings/x": b""}), linked(kind)), "in no backup")
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE,
                     tarfile.GNUTYPE_SPARSE, tarfile.CONTTYPE)
    },
    "newer settings": (made({"settings/jipsa.yaml": b"version: 9"}), "version 9, and this Jipsa knows"),
    "a newer home": (made({**CONFIGURED, "settings/home.yaml": b"version: 9"}), "version 9, and this Jipsa knows"),
    "wrong settings": (made({"settings/jipsa.yaml": b"langauge: ko"}), "did you mean 'language'"),
    "other state": (made({"settings/jipsa.yaml": b"state_dir: /root/.ssh"}), "state_dir: /root/.ssh"),
    "a broken store": (made({"state/assistant.db": b"x" * 5000}), "assistant.db is damaged"),
    "two of one place": (made({"settings/a.yaml": b"", "settings/jipsa.yaml": b"state_dir: state"},
                              main="settings/a.yaml"), "two files of the backup belong to the same place"),
}  # fmt: skip


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Settings that no refused backup changes."""
    folder = tmp_path_factory.mktemp("untouched")
    (folder / "state").mkdir()
    (folder / "jipsa.yaml").write_text("language: en\nstate_dir: state\n")
    (folder / "home.yaml").write_text("rooms: [{id: living, name: 거실}]\n")
    yield folder
    assert not list(folder.rglob(".*"))


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_backup_is_refused_and_changes_nothing(case: str, untouched: Path, tmp_path: Path) -> None:
    content, why = HOSTILE[case]
    file = tmp_path / "b.tar.gz"
    file.write_bytes(content)
    before = contents(untouched)
    with pytest.raises(OutsideError, match=why) as caught:
        restore(file, untouched / "jipsa.yaml")
    assert len(str(caught.value)) < 1000
    assert contents(untouched) == before
    assert not (untouched / "state" / "backups").exists()


def test_a_newer_store_is_refused(home: Path) -> None:
    with closing(sqlite3.connect(home / "state" / "assistant.db")) as file:
        file.execute(f"PRAGMA user_version = {len(VERSIONS) + 1}")
    done = restored(backed_up(home), home)
    assert done.returncode == 2
    assert "written by a newer Jipsa" in done.stderr


def test_a_folder_that_leads_elsewhere_is_not_followed(home: Path, tmp_path: Path) -> None:
    file = backed_up(home)
    shutil.rmtree(home / "keys")
    (tmp_path / "else").mkdir()
    (home / "keys").symlink_to(tmp_path / "else")
    done = restored(file, home)
    assert done.returncode == 2
    assert f"would follow a link to {tmp_path}/else" in done.stderr
    assert not list((tmp_path / "else").iterdir())


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    folder = tmp_path_factory.mktemp("whole")
    files = {**CONFIGURED, "settings/home.yaml": b"rooms: []\n" * 1, "state/gpio.json": b"{}" * 400}
    return folder / "b.tar.gz", made(files)


def what_of(path: Path) -> dict[str, bytes] | None:
    with suppress(ArchiveError):
        return {name: file.content for name, file in unpack(path, "en").files.items()}
    return None


@settings(max_examples=300)
@given(data=st.data())
def test_damage_is_seen_wherever_it_is(data: st.DataObject, whole: tuple[Path, bytes]) -> None:
    path, content = whole
    path.write_bytes(content)
    right = what_of(path)
    assert right is not None
    inner = data.draw(st.booleans())
    raw = bytearray(gzip.decompress(content) if inner else content)
    match data.draw(st.sampled_from(["flip", "cut", "insert"])):
        case "flip":
            for _ in range(data.draw(st.integers(1, 3))):
                raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
        case "cut":
            del raw[data.draw(st.integers(0, len(raw) - 1)) :]
        case "insert":
            at = data.draw(st.integers(0, len(raw)))
            raw[at:at] = data.draw(st.binary(min_size=1, max_size=600))
    path.write_bytes(gzip.compress(bytes(raw), 1) if inner else bytes(raw))
    assert what_of(path) in (None, right)


# Nothing by halves.

KILLED = """
import os, signal, sys
from pathlib import Path
from hub.keeping.restore import restore

def counted(real):
    def counting(*arguments, **options):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **options)
    return counting

os.fsync, Path.replace, Path.unlink = map(counted, (os.fsync, Path.replace, Path.unlink))
told = os.dup(1)
os.dup2(2, 1)
for line in sys.stdin:
    if (child := os.fork()) == 0:
        left = int(line)
        os._exit(restore(Path(sys.argv[1]), Path(sys.argv[2])))
    os.write(told, b"%d\\n" % os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.fixture
def restored_until(home: Path, tmp_path: Path) -> Iterator[Callable[[int], int]]:
    """Puts the backup of `home` back, but is killed at the n-th step; gives the exit code."""
    restoring = subprocess.Popen(
        [sys.executable, "-c", KILLED, backed_up(home), home / "jipsa.yaml"],
        cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, bufsize=1,
    )  # fmt: skip

    def until(step: int) -> int:
        assert restoring.stdin is not None
        assert restoring.stdout is not None
        restoring.stdin.write(f"{step}\n")
        return int(restoring.stdout.readline())

    yield until
    restoring.communicate()


def test_a_kill_at_any_moment_leaves_the_old_or_the_new(
    home: Path, tmp_path: Path, restored_until: Callable[[int], int]
) -> None:
    new = {**contents(home), **TODAY}
    (home / "home.yaml").write_text("rooms: []\n")
    (home / "sentences" / "more.yaml").write_text("language: ko\n")
    with closing(sqlite3.connect(home / "state" / "assistant.db")) as store, store:
        store.execute("DELETE FROM items")
    old = contents(home)
    shutil.copytree(home, tmp_path / "old")
    outcomes, code = [], -signal.SIGKILL
    while code == -signal.SIGKILL:
        shutil.rmtree(home)
        shutil.copytree(tmp_path / "old", home)
        code = restored_until(len(outcomes))
        load_settings(home / "jipsa.yaml")  # whoever comes next finishes what was begun
        found = {name: content for name, content in contents(home).items() if not Path(name).name.startswith(".")}
        assert found in (old, new), len(outcomes)
        outcomes.append(found == new)
    assert code == 0
    assert len(outcomes) > 20
    assert outcomes == sorted(outcomes)  # until the journal is there the old ones, from then on the new ones
    assert set(outcomes) == {True, False}


def test_what_a_killed_restore_left_is_cleared_away(home: Path, restored_until: Callable[[int], int]) -> None:
    assert restored_until(9) == -signal.SIGKILL
    assert list(home.rglob(".*.new"))
    assert restored_until(1000) == 0
    assert not list(home.rglob(".*"))


@pytest.mark.parametrize("limit", [100, 2_000, 5_500])
def test_a_full_disk_leaves_all_as_it_was(limit: int, home: Path) -> None:
    (home / "state" / "gpio.json").write_text(json.dumps({str(number): {"power": True} for number in range(300)}))
    file = backed_up(home)
    (home / "home.yaml").write_text("rooms: []\n")
    (home / "state" / "gpio.json").write_text("{}")
    before = contents(home)
    done = restored(file, home, limit=limit)
    assert done.returncode == 2
    assert "File too large" in done.stderr
    assert contents(home) == before
    assert not (home / JOURNAL).exists()


def test_nothing_is_put_back_while_a_service_runs(home: Path, broker: BrokerAddress) -> None:
    config = home / "jipsa.yaml"
    config.write_text(f"language: en\nstate_dir: state\nbroker: {{url: 'mqtt://127.0.0.1:{broker.port}'}}\n")
    file = backed_up(home)
    (home / "home.yaml").write_text("rooms: []\n")
    service = subprocess.Popen(
        [sys.executable, "-m", "hub.cli", "bridge", "genie", "--config", config],
        cwd=REPOSITORY, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        store = home / "state" / "assistant.db-wal"
        while not store.exists():
            assert service.poll() is None
        done = restored(file, home)
        assert done.returncode == 2
        assert "systemctl stop jipsa.target" in done.stderr
        assert (home / "home.yaml").read_text() == "rooms: []\n"
    finally:
        service.terminate()
        service.wait()
    assert restored(file, home).returncode == 0


def test_no_service_starts_while_something_is_put_back(home: Path) -> None:
    code = """import sys; from pathlib import Path; from hub.keeping.inuse import alone
with alone(Path(sys.argv[1]), 'en'): print(flush=True); sys.stdin.read()"""
    holder = subprocess.Popen(
        [sys.executable, "-c", code, home / "state"],
        cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        done = jipsa("bridge", "gpio", "--config", home / "jipsa.yaml")
        assert done.returncode == 2
        assert "is just being put back" in done.stderr
    finally:
        holder.communicate()


def test_what_is_no_journal_is_told(home: Path) -> None:
    for content in ("", "[]", "{}", '{"moves": 1, "removes": []}'):
        (home / JOURNAL).write_text(content)
        with pytest.raises(OutsideError, match=r"cannot be finished \(.*restoring.json"):
            load_settings(home / "jipsa.yaml")


def test_a_journal_of_somebody_else_is_not_believed(home: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file to somebody else")
    journal = home / JOURNAL
    journal.write_text(json.dumps({"moves": [[str(home / "home.yaml"), str(home / "stolen")]], "removes": []}))
    os.chown(journal, 65534, 65534)
    with pytest.raises(OutsideError, match="begun by another user"):
        load_settings(home / "jipsa.yaml")
    assert not (home / "stolen").exists()


def test_credentials_are_put_back_by_root(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can read them")
    store = tmp_path / "credstore"
    monkeypatch.setattr("hub.keeping.backup.CREDENTIALS", store)
    keep_token("key", store / "jipsa.kt-key")
    keep_token("password", store / "jipsa.mqtt-hub")
    backup(tmp_path / "b.tar.gz", home / "jipsa.yaml", secrets=True)
    keep_token("another", store / "jipsa.kt-key")
    keep_token("token", store / "jipsa.thinq-token")
    restore(tmp_path / "b.tar.gz", home / "jipsa.yaml")
    assert contents(store) == {
        "jipsa.kt-key": b"key\n", "jipsa.mqtt-hub": b"password\n", "jipsa.thinq-token": b"token\n"
    }  # fmt: skip


def test_what_root_puts_back_belongs_to_whom_it_did(home: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file to somebody else")
    file = backed_up(home)
    for path in (home, *home.rglob("*")):
        os.chown(path, 1234, 1235)
    shutil.rmtree(home / "sentences")
    (home / "mqtt-password").unlink()
    assert restored(file, home).returncode == 0
    owners = {str(path): (path.stat().st_uid, path.stat().st_gid) for path in home.rglob("*")}
    assert set(owners.values()) == {(1234, 1235)}, owners
