"""A disk that is really full (a small tmpfs), under the assistant while it runs, and under the home file."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from faults.houses import House, timers
from faults.processes import REPOSITORY, until

from hub.files import write_file

AGAIN = 30.0
"""Seconds after which all is kept at the latest, once there is room: the assistant tries every 10."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 600 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k", "jipsa", folder], capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def _fill(disk: Path) -> Path:
    """Take what is left of it, to the last byte."""
    filler = disk / "filler"
    with filler.open("ab", buffering=0) as file:
        for size in (4096, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue
    return filler


async def test_a_full_disk_costs_the_memory_only_and_is_told_and_made_good(house: House, disk: Path) -> None:
    state = house.folder / "genie/state"
    state.parent.mkdir()
    state.symlink_to(disk, target_is_directory=True)
    genie = house.genie()
    async with house.running(genie, "timers"):
        await house.say("99분 타이머 맞춰줘")
        descriptors = genie.descriptors
        filler = _fill(disk)
        for number in range(1, 31):
            exchange = await house.say(f"{number}분 타이머 맞춰줘")
            assert exchange.answered == f"{number}분 타이머를 시작했어요."
        assert house.follower.states["timers"]["count"] == 31
        assert [told for told in house.heard("log") if "저장하지 못해서".encode() in told]
        filler.unlink()
        made_good = await until(lambda: timers(state).total() == 31, AGAIN)
        print(f"all is on the disk {made_good:.1f} s after there was room")
        assert genie.descriptors <= descriptors
    async with house.running(genie, "timers"):
        await until(lambda: house.states["genie online"] == 2)
        await until(lambda: house.follower.states["timers"]["count"] == 31)
    assert set(timers(state).values()) == {1}


def test_a_file_that_cannot_be_written_is_as_it_was(disk: Path) -> None:
    home = disk / "home.yaml"
    before = (REPOSITORY / "config/home.yaml").read_bytes()
    write_file(home, before)
    _fill(disk)
    with pytest.raises(OSError, match="No space left"):
        write_file(home, before * 40)
    assert home.read_bytes() == before
    assert sorted(path.name for path in disk.iterdir()) == ["filler", "home.yaml"]
