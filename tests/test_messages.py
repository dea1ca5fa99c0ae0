import json
from datetime import timedelta

import pytest

from hub.messages import About, Intent, Reply, SatelliteState, Topic, Utterance, is_command
from hub.payloads import MOST_DEVICES, MOST_PROPERTIES, Message, PayloadError, is_id, now, read_object, read_value


def test_bare_text_is_an_utterance() -> None:
    assert Utterance.from_payload("jipsa/utterance", " 불 켜줘\n".encode()).text == "불 켜줘"


def test_an_utterance_comes_back_from_its_payload() -> None:
    utterance = Utterance(text="불 켜줘", satellite="living", room="거실", confidence=0.9)
    assert Utterance.from_payload("jipsa/utterance", utterance.to_payload()) == utterance


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        (b"", "text"),
        (b"\xff\xfe", "UTF-8"),
        (b'{"text": 5}', "text"),
        (b'{"id": "x"}', "text"),
        (b'{"text": "a", "satellite": "\xea\xb1\xb0\xec\x8b\xa4"}', "satellite"),
        (b'{"text": "a", "confidence": 7}', "confidence"),
        (b'{"text"', "jipsa/utterance"),
    ],
)
def test_a_bad_utterance_is_refused_by_topic_and_key(payload: bytes, told: str) -> None:
    with pytest.raises(PayloadError, match=told) as error:
        Utterance.from_payload("jipsa/utterance", payload)
    assert str(error.value).startswith("jipsa/utterance: ")


def test_unknown_keys_of_a_newer_sender_are_ignored() -> None:
    assert Intent.from_payload("t", b'{"intent": "HassTurnOn", "mood": "good"}').intent == "HassTurnOn"


def test_an_error_of_a_later_contract_is_one() -> None:
    payload = b'{"id": "a", "bridge": "b", "ok": false, "error": {"code": "tired", "message": "..."}}'
    error = Reply.from_payload("jipsa/reply/a", payload).error
    assert error is not None
    assert (error.code, error.message) == ("device_error", "...")
    with pytest.raises(PayloadError, match="code"):
        Reply.from_payload("jipsa/reply/a", payload.replace(b'"tired"', b"5"))


def test_an_intent_needs_time_zones() -> None:
    with pytest.raises(PayloadError, match="time zone"):
        Intent.from_payload("t", b'{"intent": "HassTurnOn", "expires_at": "2026-01-01T00:00:00"}')


def test_an_intent_expires() -> None:
    intent = Intent(intent="HassTurnOn")
    assert not intent.expired(now())
    assert intent.expired(now() + timedelta(minutes=1))


def test_what_was_left_out_stays_out_of_the_payload() -> None:
    assert b"say" not in Reply(id="a", bridge="thinq", ok=True).to_payload()


@pytest.mark.parametrize("payload", [b"[1]", b"5", b"nonsense", b"[" * 100_000, b"\xff"])
def test_only_one_json_object_is_an_object(payload: bytes) -> None:
    with pytest.raises(PayloadError):
        read_object("t", payload)


@pytest.mark.parametrize(
    ("topic", "command"),
    [
        ("jipsa/utterance", True),
        ("jipsa/intent/thinq", True),
        ("jipsa/say/living", True),
        ("jipsa/device/ac/set", True),
        ("jipsa/device/ac/set/power", True),
        ("jipsa/bridge/thinq/request/health_check", True),
        ("jipsa/device/ac/state", False),
        ("jipsa/device/set/about", False),
        ("jipsa/reply/1", False),
        ("other/utterance", False),
        ("jipsa", False),
    ],
)
def test_commands_are_known_by_their_topic(topic: str, command: bool) -> None:
    assert is_command(topic) is command


@pytest.mark.parametrize(
    ("text", "fits"),
    [("living_ac-1", True), ("거실", False), ("a/b", False), ("+", False), ("", False), ("a" * 65, False)],
)
def test_ids_are_safe_as_a_topic_level(text: str, fits: bool) -> None:
    assert is_id(text) is fits


PLAIN = {"id": "a", "bridge": "b", "type": "light", "name": "등"}


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Intent, {"intent": "x" * 65}),
        (Intent, {"intent": "a\nb"}),
        (Intent, {"intent": "x", "targets": [f"d{number}" for number in range(MOST_DEVICES + 1)]}),
        (Intent, {"intent": "x", "slots": {f"s{number}": 1 for number in range(MOST_PROPERTIES + 1)}}),
        (Intent, {"intent": "x", "slots": {"s" * 65: 1}}),
        (Intent, {"intent": "x", "slots": {"s": "x" * 10_001}}),
        (Intent, {"intent": "x", "slots": {"s": [{"t": ["x" * 10_001]}]}}),
        (Intent, {"intent": "x", "slots": {"s": float("nan")}}),
        (Intent, {"intent": "x", "slots": {"s": [float("inf")]}}),
        (Intent, {"intent": "x", "slots": {"s": 10**309}}),
        (Intent, {"intent": "x", "issued_at": "9999-12-31T23:59:59-14:00"}),
        (About, {**PLAIN, "name": "x" * 201}),
        (About, {**PLAIN, "aliases": ["x"] * 51}),
        (About, {**PLAIN, "properties": {f"p{n}": {"type": "boolean"} for n in range(MOST_PROPERTIES + 1)}}),
        (About, {**PLAIN, "properties": {"p": {"type": "number", "min": float("nan")}}}),
        (About, {**PLAIN, "properties": {"p": {"type": "enum", "values": ["x"] * 1_001}}}),
        (SatelliteState, {"state": "idle", "room": "x" * 201}),
        (Utterance, {"text": "가" * 1_001}),
        (Utterance, {"text": "불", "id": "x" * 65}),
    ],
)
def test_what_is_more_than_anybody_needs_is_refused(model: type[Message], message: dict[str, object]) -> None:
    with pytest.raises(PayloadError):
        model.from_payload("jipsa/x", json.dumps(message).encode())


@pytest.mark.parametrize(
    "payload",
    [
        b"NaN",
        b"[Infinity]",
        b"1e999",
        b"9" * 5_000,
        b'"\\ud800"',
        b'"\xff"',
        "[1]".encode("utf-16"),
        b"[" * 99,
        b"1e308",
    ],
)
def test_what_not_every_reader_reads_alike_is_no_value(payload: bytes) -> None:
    with pytest.raises(PayloadError, match=r"^t: "):
        read_value("t", payload)


def test_of_a_key_that_comes_twice_the_last_counts_for_every_reader() -> None:
    twice = b'{"intent": "a", "intent": "b"}'
    assert Intent.from_payload("t", twice).intent == read_object("t", twice)["intent"] == "b"


def test_what_is_said_and_shown_is_on_one_line_without_anything_unseen() -> None:
    assert Utterance.from_payload("t", b'{"text": "\\u202ea\\nb\\u0000c\\u001b[2J"}').text == " a b c [2J"
    about = About.from_payload(Topic.device("a", "about"), json.dumps({**PLAIN, "name": "거실\n등"}).encode())
    assert about.name == "거실 등"


def test_a_device_is_a_target_once() -> None:
    assert Intent(intent="x", targets=["a", "b", "a"]).targets == ["a", "b"]


def test_an_about_and_a_reply_belong_to_their_topic() -> None:
    with pytest.raises(PayloadError, match="belongs to jipsa/device/a/about"):
        About.from_payload(Topic.device("other", "about"), json.dumps(PLAIN).encode())
    with pytest.raises(PayloadError, match="belongs to jipsa/reply/a"):
        Reply.from_payload(Topic.reply("other"), Reply(id="a", bridge="b", ok=True).to_payload())


def test_the_reply_of_a_large_home_fits() -> None:
    state = {f"d{number}": {"power": True, "mode": "cool", "target_temperature": 26} for number in range(MOST_DEVICES)}
    reply = Reply(id="a", bridge="b", ok=True, state=state)
    assert Reply.from_payload(Topic.reply("a"), reply.to_payload()) == reply
