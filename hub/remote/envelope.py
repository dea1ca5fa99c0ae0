"""A command from outside, signed: who sends it, when, once, and what it is.

Only its receiver can tell whether it is fresh and new; the broker that passes it on need not be trusted.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from secrets import token_hex
from typing import Annotated, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import Field, StringConstraints

from hub.limits import LARGEST, LONGEST_TOPIC
from hub.messages import ROOT
from hub.payloads import LONGEST_TEXT, Message, TopicId

COMMAND = f"{ROOT}/remote/command"
"""Where commands from outside come in."""

ANSWER = f"{ROOT}/remote/answer"
"""Where what became of them goes out."""

LINK = f"{ROOT}/remote/link"
"""Whether the home is connected to the broker outside: the home's Mosquitto keeps a 1 or a 0 there."""

_SIGNED = "jipsa-remote-1"
"""What a signature is for, so that it is none for anything else."""


class SignatureError(ValueError):
    """An envelope that nobody who is known has signed so."""


class Envelope(Message):
    """A command from outside: `jipsa/remote/command`.

    `topic` and `payload` are what would be published at home. `key` is the name of the key that signs, `at` when it was
    sealed in milliseconds since 1970, `nonce` what no other envelope of that key has. `signature` is the base64 of the
    Ed25519 signature of these five (RFC 8032); docs/contract.md says which bytes are signed.
    """

    key: TopicId
    at: int = Field(ge=0, lt=2**53, strict=True)
    nonce: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    topic: str = Field(min_length=1, max_length=LONGEST_TOPIC)
    payload: str = Field(max_length=LONGEST_TEXT)
    signature: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{85}[AQgw]==$")]
    """Of 64 bytes there is this one spelling: the last sign has two bits of them, and the others are 0."""

    @classmethod
    def seal(cls, key: TopicId, private: Ed25519PrivateKey, topic: str, payload: str, at: int) -> Self:
        """A command as the holder of a key sends it, `at` milliseconds since 1970.

        Raises ValueError (a ValidationError mostly) for what no envelope can hold.
        """
        nonce = token_hex(16)
        signature = b64encode(private.sign(_bytes(key, at, nonce, topic, payload))).decode()
        return cls(key=key, at=at, nonce=nonce, topic=topic, payload=payload, signature=signature)

    def verify(self, keys: Mapping[str, Ed25519PublicKey]) -> None:
        """Raises SignatureError where it is not signed with that key of these."""
        public = keys.get(self.key)
        if public is None:
            raise SignatureError(f"there is no key {self.key!r}")
        try:
            public.verify(b64decode(self.signature), _bytes(self.key, self.at, self.nonce, self.topic, self.payload))
        except InvalidSignature:
            raise SignatureError(f"the signature is not that of the key {self.key!r}") from None


class Answer(Message):
    """What became of a command: `jipsa/remote/answer`.

    `topic` and `payload` are what the sender would have heard at home: the `understood` of its utterance, what was said
    to it, or the reply to an intent; `key` says whose command it was.
    """

    key: TopicId
    topic: str = Field(min_length=1, max_length=LONGEST_TOPIC)
    payload: str = Field(max_length=LARGEST)


def _bytes(key: str, at: int, nonce: str, topic: str, payload: str) -> bytes:
    """What is signed: a JSON list without spaces, which every language writes the same."""
    return json.dumps([_SIGNED, key, at, nonce, topic, payload], ensure_ascii=False, separators=(",", ":")).encode()
