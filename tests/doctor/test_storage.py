"""Folders that cannot be written, secrets that can be read, and the files that a person writes."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from doctors import QUIET, case, nobody, outcomes, results

from hub.doctor import storage
from hub.keeping.migrate import migrate


async def test_the_folders_need_not_be_there_yet(tmp_path: Path) -> None:
    (result,) = await results(case(tmp_path), "disk")
    assert result.outcome == "ok"
    told = float(re.search(r"([\d.]+) GB", result.message)[1])  # type: ignore[index]
    assert told == pytest.approx(shutil.disk_usage(tmp_path).free / 1e9, rel=0.2)  # others write meanwhile
    assert [path.name for path in tmp_path.iterdir()] == ["jipsa.yaml"]  # whoever looks leaves nothing


async def test_a_folder_of_somebody_else(open_folder: Path) -> None:
    (open_folder / "state").mkdir(mode=0o755)
    (open_folder / "cache").mkdir()
    (open_folder / "cache").chmod(0o777)
    examined = case(open_folder)
    (open_folder / "state").chmod(0o555)
    with nobody():
        found = await results(examined, "disk")
    assert [(result.finding, result.outcome) for result in found] == [("disk_denied", "failure")]
    assert "state_dir" in found[0].message
    assert str(open_folder / "state") in str(found[0].remedy)


async def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("")
    found = await results(case(tmp_path), "disk")
    assert [(result.finding, result.outcome) for result in found] == [("disk_fault", "failure")]
    assert os.strerror(errno.ENOTDIR) in found[0].message


@pytest.mark.parametrize(("options", "finding"), [("ro", "disk_read_only"), ("size=16k", "disk_short")])
def test_a_disk_that_can_only_be_read_or_is_full(options: str, finding: str, tmp_path: Path) -> None:
    """A real one, which only the process in it sees."""
    (tmp_path / "state").mkdir()
    case(tmp_path, QUIET)
    mount = f'mount -t tmpfs -o {options} none "$1" && exec "$2" -m hub.cli doctor disk --json --config "$3"'
    command = ["unshare", "--mount", "--map-root-user", "sh", "-c", mount, "sh"]
    done = subprocess.run(
        [*command, tmp_path / "state", sys.executable, tmp_path / "jipsa.yaml"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if not done.stdout:
        pytest.skip(f"no name space of mounts may be made here: {done.stderr.strip()}")
    (result,) = map(json.loads, done.stdout.splitlines())
    assert (result["finding"], result["outcome"], done.returncode) == (finding, "failure", 1)


async def test_a_disk_that_is_nearly_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=(storage.NEEDED - 1) * 1_000_000))
    assert await outcomes(case(tmp_path), "disk") == {"disk_short": "warning"}


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o400])
async def test_secrets_that_are_kept(tmp_path: Path, mode: int) -> None:
    (tmp_path / "secret").write_text("x")
    (tmp_path / "secret").chmod(mode)
    examined = case(tmp_path, "broker: {embedded: false, url: 'mqtt://me@127.0.0.1', password_file: secret}")
    assert await outcomes(examined, "secrets") == {"secrets": "ok"}


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ("broker: {embedded: false, url: 'mqtt://me@127.0.0.1', password_file: secret}", "broker.password_file"),
        ("thinq: {token_file: secret}", "thinq.token_file"),
        ("genie: {agent: {kind: kt, client_id: me, key_file: secret}}", "genie.agent.key_file"),
        ("genie: {music: {mpd: 'here:6600', password_file: secret}}", "genie.music.password_file"),
        ("broker: {embedded: false, url: 'mqtt://me:secret@127.0.0.1'}", "broker.url"),
    ],
)
async def test_a_secret_that_everybody_can_read(tmp_path: Path, settings: str, key: str) -> None:
    (tmp_path / "secret").write_text("x")
    (tmp_path / "secret").chmod(0o644)
    examined = case(tmp_path, settings)
    assert examined.file is not None
    examined.file.chmod(0o644)
    (result,) = await results(examined, "secrets")
    assert (result.finding, result.outcome) == ("secret_open", "warning")
    assert key in result.message
    file = examined.file if key == "broker.url" else tmp_path / "secret"
    assert result.remedy == f"`chmod 600 {file}`"
    file.chmod(int(result.remedy.split()[1], 8))
    assert await outcomes(examined, "secrets") == {"secrets": "ok"}


async def test_what_login_kept_is_a_secret_too(tmp_path: Path) -> None:
    (tmp_path / "state/homeassistant").mkdir(parents=True)
    (tmp_path / "state/homeassistant/token").write_text("x")
    (tmp_path / "state/homeassistant/token").chmod(0o604)
    (result,) = await results(case(tmp_path), "secrets")
    assert "homeassistant.token_file" in result.message


# Settings and home.


async def test_an_older_file(tmp_path: Path) -> None:
    assert await outcomes(case(tmp_path), "settings") == {"settings": "ok"}
    older = case(tmp_path, "version: 1\nhomeassistant: {prefix: here}")
    _, result = await results(older, "settings")
    assert (result.finding, result.outcome) == ("old_file", "warning")
    assert "discovery_prefix" in result.message
    assert "`jipsa migrate`" in str(result.remedy)
    migrate(older.file, check=False)
    assert await outcomes(older, "settings") == {"settings": "ok"}


async def test_the_home(tmp_path: Path) -> None:
    home = tmp_path / "home.yaml"
    home.write_text("rooms: [{id: living, name: 거실}]\ndevices: [{id: lamp, name: 등, type: light, room: 거실}]\n")
    (result,) = await results(case(tmp_path), "home")
    assert result.message.endswith("방 1개, 기기 1개, 루틴 0개")
    home.write_text("rooms: [{id: living, nmae: 거실}]\n")
    examined = case(tmp_path)
    (result,) = await results(examined, "home")
    assert (result.outcome, result.finding) == ("failure", "other")
    assert f"{home}:1" in result.message
    assert await outcomes(examined, "pins") == {"first": "warning"}
