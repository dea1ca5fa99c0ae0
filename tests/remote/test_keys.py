"""Keys: what is made is taken, in files and settings, and nothing else is."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest

from hub.config import load_settings
from hub.remote.envelope import Envelope
from hub.remote.keys import KeyFileError, make, public, read_secret
from hub.yamlfile import SettingsError


def test_both_halves_of_a_key_fit(tmp_path: Path) -> None:
    pair = make("mother")
    file = tmp_path / "mother.key"
    file.write_text(f"{pair.secret}\n")
    name, private = read_secret(file)
    assert name == "mother"
    Envelope.seal(name, private, "jipsa/utterance", "불 켜줘", 0).verify({"mother": public(pair.public)})
    assert make("mother") != pair


@pytest.mark.parametrize(
    "content",
    [
        b"", b"mother", b"mother:", b"mother:AAAA", b":" + b64encode(bytes(32)), b"a b:" + b64encode(bytes(32)),
        b"mother:" + b64encode(bytes(33)), b"mother:" + b64encode(bytes(31)), "mother:키키키".encode(), b"\xff\xfe\x00",
        b"mother:" + b64encode(bytes(32)) + b"!", "어머니:".encode() + b64encode(bytes(32)),
    ],
)  # fmt: skip
def test_a_file_that_is_no_key_is_told(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_bytes(content)
    with pytest.raises(KeyFileError, match="is no key; jipsa remote key NAME makes one"):
        read_secret(file)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    for path, reason in ((tmp_path / "none", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(KeyFileError, match=f"remote.key_file: {path}: {reason}"):
            read_secret(path)


def settings(tmp_path: Path, keys: str) -> Path:
    file = tmp_path / "jipsa.yaml"
    file.write_text(f"remote:\n  enabled: true\n  keys: {keys}\n")
    return file


def test_the_settings_know_public_halves(tmp_path: Path) -> None:
    one, other = make("mother").public, make("b" * 57).public
    found = load_settings(settings(tmp_path, f"{{mother: {one}, {'b' * 57}: {other}}}")).remote.keys
    assert found == {"mother": one, "b" * 57: other}


@pytest.mark.parametrize(
    ("name", "key", "fault"),
    [
        ("mother", "AAAA", "this is no key"),
        ("mother", "키", "this is no key"),
        ("mother", "''", "this is no key"),
        ("routine", "A" * 43 + "=", "'routine' is no name for a key"),
        ("b" * 58, "A" * 43 + "=", "57 characters at most"),
        ("a/b", "A" * 43 + "=", "keys.a/b"),
    ],
)
def test_settings_that_are_wrong_are_told(name: str, key: str, fault: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as told:
        load_settings(settings(tmp_path, f"{{{name}: {key}}}"))
    assert "jipsa.yaml:3" in str(told.value)
    assert fault in str(told.value)
