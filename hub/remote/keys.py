"""The keys of those who may give commands from outside: a secret half for them, a public half for the home."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hub.faults import OutsideError
from hub.payloads import is_id


class KeyFileError(OutsideError):
    """A file that is no key; the text says which."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A new key: the line of its file, and what the home's settings say of it."""

    secret: str = field(repr=False)
    public: str


def make(name: str) -> Pair:
    """A new key of this name (an id)."""
    private = Ed25519PrivateKey.generate()
    return Pair(f"{name}:{_text(private.private_bytes_raw())}", _text(private.public_key().public_bytes_raw()))


def read_secret(file: Path) -> tuple[str, Ed25519PrivateKey]:
    """The name and the secret half in a key's file; raises KeyFileError."""
    try:
        name, _, secret = file.read_text(errors="replace").strip().partition(":")
    except OSError as error:
        raise KeyFileError(f"remote.key_file: {file}: {error.strerror}") from None
    raw = _raw(secret)
    if not is_id(name) or raw is None:
        raise KeyFileError(f"remote.key_file: {file} is no key; jipsa remote key NAME makes one")
    return name, Ed25519PrivateKey.from_private_bytes(raw)


def public(text: str) -> Ed25519PublicKey:
    """The public half that a text is; raises ValueError."""
    raw = _raw(text)
    if raw is None:
        raise ValueError("these are not 32 bytes in base64")
    return Ed25519PublicKey.from_public_bytes(raw)


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()


def _raw(text: str) -> bytes | None:
    """The 32 bytes that a text is in base64; None where it is not."""
    try:
        raw = b64decode(text, validate=True)
    except ValueError:  # signs that are not ASCII are one, and all else that is no base64 is a kind of one
        return None
    return raw if len(raw) == 32 else None
