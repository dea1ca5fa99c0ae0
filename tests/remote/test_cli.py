"""`jipsa remote …` as a person uses it: what it writes, what it says of it, and what it refuses."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.config import Settings, load_settings
from hub.remote.envelope import Envelope
from hub.remote.keys import public, read_secret
from hub.remote.mosquitto import PAGE
from hub.remote.sheets import SheetError, host_checked

REPOSITORY = Path(__file__).parents[2]

Jipsa = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "jipsa.yaml"
    file.write_text(
        "language: en  # 말\nstate_dir: state\nbroker: {embedded: false, url: mqtt://127.0.0.1:1883}\n"
        "\nremote:\n  enabled: false  # 밖에서\n  keys: {}\n"
    )
    return file


@pytest.fixture
def jipsa(config: Path) -> Jipsa:
    def call(*words: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "JIPSA_CONFIG": str(config), "COLUMNS": "200"}
        command = [sys.executable, "-m", "hub.cli", "remote", *words]
        return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=REPOSITORY, timeout=120)

    return call


def files(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_without_a_verb_it_says_which_ways_there_are_and_what_is_set_up(jipsa: Jipsa) -> None:
    before = jipsa()
    assert before.returncode == 0
    for verb in ("broker", "wireguard", "proxy", "key"):
        assert f"`jipsa remote {verb}" in before.stdout
    assert "✓" not in before.stdout
    jipsa("broker", "broker.example")
    jipsa("key", "mother")
    after = jipsa().stdout
    assert "✓ known keys: mother" in after
    assert "✓ files for a broker outside" in after


def test_the_files_for_a_broker_are_written_once_and_stay(jipsa: Jipsa, tmp_path: Path) -> None:
    first = jipsa("broker", "broker.example")
    assert first.returncode == 0, first.stderr
    folder = tmp_path / "state/remote"
    written = files(folder)
    assert first.stdout.count("written: ") == len(written) == 11
    assert "3. the key" in first.stdout
    again = jipsa("broker", "broker.example")
    assert again.stdout.count("as it was: ") == 11
    assert files(folder) == written
    assert rights(folder) == 0o700
    secret = [line.split()[-1] for line in written["home/jipsa-remote.conf"].splitlines() if "remote_password" in line]
    assert len({*secret}) == 2
    for path, content in written.items():
        if any(word in content for word in (*secret, written["outside/page.password"].strip())):
            assert rights(folder / path) == 0o600, path


def test_what_is_changed_is_said_and_what_was_there_is_kept(jipsa: Jipsa, tmp_path: Path) -> None:
    jipsa("broker", "broker.example")
    folder = tmp_path / "state/remote"
    passwords = (folder / "outside/page.password").read_text()
    before = (folder / "home/jipsa-remote.conf").read_text()
    changed = jipsa("broker", "other.example", "--port", "8884")
    assert f"changed: {folder}/home/jipsa-remote.conf" in changed.stdout
    assert (folder / "home/jipsa-remote.conf~").read_text() == before
    assert rights(folder / "home/jipsa-remote.conf~") == 0o600
    assert "address other.example:8884" in (folder / "home/jipsa-remote.conf").read_text()
    assert (folder / "outside/page.password").read_text() == passwords


def test_a_dry_run_prints_all_and_writes_nothing(jipsa: Jipsa, tmp_path: Path) -> None:
    for words in (("broker", "broker.example"), ("wireguard", "home.example"), ("proxy", "home.example")):
        shown = jipsa(*words, "--dry-run")
        assert shown.returncode == 0, shown.stderr
        assert f"# {tmp_path}/state/remote/" in shown.stdout
    assert not (tmp_path / "state").exists()


def test_the_home_connects_with_the_ca_that_is_given_or_those_of_the_system(jipsa: Jipsa, tmp_path: Path) -> None:
    connection = tmp_path / "state/remote/home/jipsa-remote.conf"
    jipsa("broker", "broker.example")
    assert "bridge_capath /etc/ssl/certs\n" in connection.read_text()
    ca = tmp_path / "ca.crt"
    ca.write_text("-----BEGIN CERTIFICATE-----\n")
    jipsa("broker", "broker.example", "--ca-file", str(ca))
    assert "bridge_cafile /etc/mosquitto/jipsa-remote-ca.crt\n" in connection.read_text()
    assert (connection.parent / "ca.crt").read_text() == ca.read_text()


def test_the_settings_of_the_page_outside_are_settings(jipsa: Jipsa, tmp_path: Path) -> None:
    jipsa("broker", "broker.example")
    page = load_settings(tmp_path / "state/remote" / PAGE)
    address = page.broker.address()
    assert (address.host, address.port, address.tls, address.username) == ("broker.example", 8883, True, "page")
    assert len(address.password or "") == 32
    assert not page.web.trust_localhost


@pytest.mark.parametrize("host", ["a b", "x\nacl_file /tmp/x", "-rf", "", "host;id", "$(id)", "{{ x }}"])
def test_what_is_no_host_stands_in_no_file(host: str) -> None:
    with pytest.raises(SheetError, match="is neither a name nor an address"):
        host_checked(host, Settings(language="en"))


def test_what_is_no_host_is_refused(jipsa: Jipsa, tmp_path: Path) -> None:
    for verb in ("broker", "wireguard", "proxy"):
        refused = jipsa(verb, "a b")
        assert refused.returncode == 2
        assert "a b" in refused.stderr
    assert not (tmp_path / "state").exists()


def test_the_broker_inside_jipsa_run_is_refused(jipsa: Jipsa, config: Path) -> None:
    config.write_text("language: en\nstate_dir: state\n")
    refused = jipsa("broker", "broker.example")
    assert refused.returncode == 2
    assert "this needs a Mosquitto" in refused.stderr


def test_a_ca_file_that_is_none_is_refused(jipsa: Jipsa, config: Path) -> None:
    refused = jipsa("broker", "broker.example", "--ca-file", str(config))
    assert refused.returncode == 2
    assert f"{config} holds no certificate" in refused.stderr


# Keys.


def test_a_key_is_made_entered_and_signs(jipsa: Jipsa, config: Path, tmp_path: Path) -> None:
    made = jipsa("key", "mother")
    assert made.returncode == 0, made.stderr
    file = tmp_path / "state/remote/mother.key"
    assert rights(file) == 0o600
    name, private = read_secret(file)
    settings = load_settings(config)
    Envelope.seal(name, private, "jipsa/utterance", "불 켜줘", 0).verify(
        {name: public(key) for name, key in settings.remote.keys.items()}
    )
    text = config.read_text()
    assert "language: en  # 말\n" in text
    assert "enabled: false  # 밖에서\n" in text
    assert "set remote.enabled: true" in made.stdout
    assert file.read_text().strip().partition(":")[2] not in text + made.stdout


def test_a_key_is_not_made_twice_and_no_file_is_overwritten(jipsa: Jipsa, config: Path, tmp_path: Path) -> None:
    jipsa("key", "mother")
    before = (config.read_text(), files(tmp_path / "state"))
    known = jipsa("key", "mother")
    assert known.returncode == 2
    assert "knows a key 'mother' already" in known.stderr
    there = jipsa("key", "father", "--file", str(tmp_path / "state/remote/mother.key"))
    assert there.returncode == 2
    assert "is there already" in there.stderr
    assert (config.read_text(), files(tmp_path / "state")) == before


def test_a_key_needs_a_name_that_is_an_id_and_settings(jipsa: Jipsa, config: Path) -> None:
    before = config.read_text()
    for name in ("어머니", "routine", "b" * 58):  # the settings would not be read any more with any of these
        assert "cannot be the name of a key" in jipsa("key", name).stderr
        assert config.read_text() == before
    config.write_text(config.read_text() + "nonsense: 1\n")
    broken = jipsa("key", "mother")
    assert broken.returncode == 2
    assert "nonsense" in broken.stderr


# What the page of the documents says.


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed (apt install nodejs)")
@pytest.mark.parametrize("sentence", ["거실 불 켜줘", 'say "hi"\\ \n\t\x1f\x7f\u2028 🙂 </script>'])
def test_what_the_example_in_javascript_signs_is_signed(jipsa: Jipsa, tmp_path: Path, sentence: str) -> None:
    page = (REPOSITORY / "docs/remote.md").read_text()
    script = tmp_path / "seal.mjs"
    script.write_text(page.split("```js\n")[1].split("```")[0])
    jipsa("key", "mother")
    file = tmp_path / "state/remote/mother.key"
    done = subprocess.run(["node", script, file, sentence], capture_output=True, text=True, check=True)
    envelope = Envelope.from_payload("jipsa/remote/command", done.stdout.encode())
    name, private = read_secret(file)
    envelope.verify({name: private.public_key()})
    assert json.loads(envelope.payload)["text"] == sentence


def test_the_document_names_every_check() -> None:
    from hub.remote.report import NAMES

    page = (REPOSITORY / "docs/remote.md").read_text()
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    assert [name for row in rows for name in row.replace("`", "").replace(",", "").split()] == NAMES
