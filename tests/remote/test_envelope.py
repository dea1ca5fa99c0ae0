"""Envelopes: one way to write them, whoever does, and none that another one or somebody else could have signed."""

from __future__ import annotations

import json
import shutil
import subprocess
from base64 import b64decode, b64encode
from itertools import count
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from hub.limits import LARGEST
from hub.payloads import LONGEST_TEXT, PayloadError
from hub.remote.envelope import COMMAND, Answer, Envelope, SignatureError, _bytes

NODE = shutil.which("node")

MOTHER, FATHER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
KEYS = {"mother": MOTHER.public_key(), "father": FATHER.public_key()}

TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)


SENTENCE = '{"text": "불 켜줘"}'


def sealed(topic: str = "jipsa/utterance", payload: str = SENTENCE, at: int = 1_800_000_000_000) -> Envelope:
    return Envelope.seal("mother", MOTHER, topic, payload, at)


def changed(**values: Any) -> bytes:
    return json.dumps({**json.loads(sealed().to_payload()), **values}, ensure_ascii=False).encode()


@given(TEXTS.filter(bool), TEXTS, st.integers(0, 2**53 - 1))
@example("jipsa/utterance", "\x00\x1f\x7f\u2028\u2029\"\\/'<>&💡가", 2**53 - 1)
def test_what_was_sealed_arrives(topic: str, payload: str, at: int) -> None:
    sent = sealed(topic, payload, at)
    arrived = Envelope.from_payload(COMMAND, sent.to_payload())
    arrived.verify(KEYS)
    assert arrived == sent
    assert (arrived.topic, arrived.payload, arrived.at, arrived.key) == (topic, payload, at, "mother")


def test_no_two_have_the_same_nonce() -> None:
    assert len({sealed().nonce for _ in range(1_000)}) == 1_000


def bits(value: Any) -> list[Any]:
    """The value with each of its bits turned over, as far as that still can stand in JSON."""
    if isinstance(value, int):
        return [value ^ 1 << bit for bit in range(53)]
    raw, found = value.encode(), []
    for place in range(8 * len(raw)):
        turned = bytearray(raw)
        turned[place // 8] ^= 1 << place % 8
        try:
            found.append(turned.decode())
        except UnicodeDecodeError:
            continue
    return found


@pytest.mark.parametrize("field", ["key", "at", "nonce", "topic", "payload", "signature"])
def test_no_bit_of_it_can_be_changed(field: str) -> None:
    sent = json.loads(sealed().to_payload())
    tried = bits(sent[field])
    assert len(tried) > 20
    for value in tried:
        with pytest.raises((PayloadError, SignatureError)):
            Envelope.from_payload(COMMAND, json.dumps({**sent, field: value}).encode()).verify(KEYS)


def test_fields_cannot_be_moved_into_each_other() -> None:
    """A list of strings has one way to be read: what ends one and begins the next is signed, too."""
    sent = json.loads(sealed("a", "bc").to_payload())
    with pytest.raises(SignatureError):
        Envelope.from_payload(COMMAND, json.dumps({**sent, "topic": "ab", "payload": "c"}).encode()).verify(KEYS)


def test_who_signs_is_known() -> None:
    envelope = sealed()
    with pytest.raises(SignatureError, match="not that of the key 'father'"):
        envelope.model_copy(update={"key": "father"}).verify(KEYS)
    with pytest.raises(SignatureError, match="no key 'mother'"):  # revoked, or never there
        envelope.verify({"father": KEYS["father"]})
    with pytest.raises(SignatureError):
        Envelope.seal("mother", FATHER, "jipsa/utterance", "x", 0).verify(KEYS)


def test_a_signature_of_something_else_is_none() -> None:
    """What the same key has signed for another purpose, be it the same five values."""
    sent = sealed()
    other = MOTHER.sign(json.dumps([sent.key, sent.at, sent.nonce, sent.topic, sent.payload]).encode())
    with pytest.raises(SignatureError):
        sent.model_copy(update={"signature": b64encode(other).decode()}).verify(KEYS)


def test_a_signature_is_spelled_in_one_way() -> None:
    """The last sign of 64 bytes in base64 has bits that mean nothing, and must be 0."""
    sent = sealed()
    last = sent.signature[85]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = sent.signature[:85] + alphabet[alphabet.index(last) + 1] + "=="
    assert b64decode(other) == b64decode(sent.signature)
    with pytest.raises(PayloadError):
        Envelope.from_payload(COMMAND, changed(signature=other))


@pytest.mark.parametrize(
    "payload",
    [
        b"", b"{}", b"[]", b"null", b"\xff", changed()[:-9], changed(at=-1), changed(at=2**53), changed(at=True),
        changed(at="1"), changed(at=1.5), changed(at=None), changed(at=10**400), changed(key=""), changed(key="어머니"),
        changed(key="a/b"), changed(key="x" * 65), changed(nonce=""), changed(nonce="0" * 31), changed(nonce="0" * 33),
        changed(nonce="A" * 32), changed(nonce="0" * 32 + "\n"), changed(topic=""), changed(topic="x" * 401),
        changed(topic=["jipsa/utterance"]), changed(payload="x" * (LONGEST_TEXT + 1)), changed(payload={"text": "불"}),
        changed(signature=""), changed(signature="=" * 88), changed(signature="A" * 88),
        changed(signature="A" * 85 + "B=="), changed(signature=None),
        changed(payload="\\ud800").replace(rb"\\ud800", rb"\ud800"),
    ],
    ids=map(str, count()),  # of random values, which differ from one process to the next
)  # fmt: skip
def test_what_is_no_envelope_is_told(payload: bytes) -> None:
    with pytest.raises(PayloadError, match=r"^jipsa/remote/command: "):
        Envelope.from_payload(COMMAND, payload)


def test_keys_of_a_later_contract_do_not_matter() -> None:
    Envelope.from_payload(COMMAND, changed(newer=1))


@pytest.mark.parametrize(("topic", "payload"), [("", "x"), ("x" * 401, "x"), ("x", "x" * 10_001), ("x", "\ud800")])
def test_what_no_envelope_can_hold_is_not_sealed(topic: str, payload: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        sealed(topic, payload)


def test_an_answer_is_as_large_as_what_is_said_at_home() -> None:
    large = Answer(key="mother", topic="jipsa/reply/x", payload="가" * (LARGEST // 2))
    assert Answer.from_payload("x", large.to_payload()) == large
    with pytest.raises(ValidationError):
        Answer(key="mother", topic="jipsa/reply/x", payload="x" * (LARGEST + 1))


# Other languages.

STRINGIFY = """
const lines = require("fs").readFileSync(0, "utf8").split("\\n").filter((line) => line);
for (const line of lines) console.log(Buffer.from(JSON.stringify(JSON.parse(line))).toString("base64"));
"""

STRANGE = [
    "", "불 켜줘", '"\\/', "\x00\x01\b\t\n\v\f\r\x1f\x7f\x80\x9f", "\u2028\u2029\ufeff\ufffd\uffff",
    "💡👩\u200d👧\U0010ffff", "é e\u0301", "<script>&amp;'", "1e5", "가" * 5_000, *map(chr, range(0x100)),
]  # fmt: skip

needs_node = pytest.mark.skipif(NODE is None, reason="node is not installed (apt install nodejs)")


def by_node(script: str, given: str) -> list[str]:
    assert NODE is not None
    done = subprocess.run([NODE, "-e", script], input=given, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.split()


@needs_node
def test_what_is_signed_is_what_javascript_writes() -> None:
    tried = [("mother", at, "0f" * 16, text, text) for text in STRANGE for at in (0, 1_800_000_000_123, 2**53 - 1)]
    given = "\n".join(json.dumps(["jipsa-remote-1", *one]) for one in tried)
    assert [b64decode(line) for line in by_node(STRINGIFY, given)] == [_bytes(*one) for one in tried]


SIGN = """
const {createPrivateKey, sign} = require("crypto");
const given = JSON.parse(require("fs").readFileSync(0, "utf8"));
// RFC 8410: what stands before the 32 bytes of an Ed25519 key
const before = Buffer.from("302e020100300506032b657004220420", "hex");
const der = Buffer.concat([before, Buffer.from(given.secret, "base64")]);
const key = createPrivateKey({key: der, format: "der", type: "pkcs8"});
const text = JSON.stringify(["jipsa-remote-1", given.key, given.at, given.nonce, given.topic, given.payload]);
console.log(sign(null, Buffer.from(text), key).toString("base64"));
"""


@needs_node
def test_what_javascript_signs_is_let_in() -> None:
    fields = {"key": "mother", "at": 7, "nonce": "ab" * 16, "topic": "jipsa/utterance", "payload": '{"text":"불\n💡"}'}
    secret = b64encode(MOTHER.private_bytes_raw()).decode()
    (signature,) = by_node(SIGN, json.dumps({**fields, "secret": secret}))
    Envelope.from_payload(COMMAND, json.dumps({**fields, "signature": signature}).encode()).verify(KEYS)
