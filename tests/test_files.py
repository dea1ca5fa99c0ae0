"""Files that are replaced at once, with the rights they had."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from hub.files import UNFINISHED, write_file

REPOSITORY = Path(__file__).parents[1]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_rights_are_those_of_before_or_those_that_were_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "home.yaml"
    write_file(path, "집\n")
    assert path.read_bytes() == "집\n".encode()
    assert mode(path) & 0o111 == 0
    path.chmod(0o604)
    write_file(path, b"x")
    assert mode(path) == 0o604
    write_file(path, "secret", 0o600)
    assert mode(path) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_secret_is_never_readable_for_others_not_even_at_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    real = os.fsync

    def look(descriptor: int) -> None:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", look)
    before = os.umask(0)
    try:
        (tmp_path / "token").write_text("old")
        write_file(tmp_path / "token", "new", 0o600)
    finally:
        os.umask(before)
    assert seen == [0o600]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "home.yaml"
    link.symlink_to(tmp_path / "real" / "home.yaml")
    write_file(link, "new")
    assert link.is_symlink()
    assert (tmp_path / "real" / "home.yaml").read_text() == "new"


def test_where_it_fails_the_old_one_stays_and_nothing_is_left(tmp_path: Path) -> None:
    path = tmp_path / "states.json"
    path.write_text("old")
    code = """
import resource, sys
from pathlib import Path
from hub.files import write_file
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_file(Path(sys.argv[1]), "x" * 2000)
except OSError as error:
    print(error.strerror)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, path], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )  # fmt: skip
    assert done.stdout == "File too large\n"
    assert path.read_text() == "old"
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(IsADirectoryError):
        write_file(folder, "x")
    assert not list(tmp_path.glob(UNFINISHED))


def test_who_reads_never_sees_half_though_several_write(tmp_path: Path) -> None:
    path = tmp_path / "states.json"
    contents = {letter * 200_000 for letter in "abc"}
    write_file(path, "a" * 200_000)
    writers = [
        threading.Thread(target=lambda content=content: [write_file(path, content) for _ in range(15)])
        for content in contents
    ]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert path.read_text() in contents
    assert path.read_text() in contents
    assert list(tmp_path.iterdir()) == [path]
