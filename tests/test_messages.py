from datetime import timedelta

import pytest

from hub.messages import Intent, PayloadError, Reply, Utterance, is_command, is_id, now, read_object


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
