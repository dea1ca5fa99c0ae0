"""The way of a sentence as data: each message that belongs to it adds what it tells, and others add nothing."""

from __future__ import annotations

from clocks import ManualClock

from hub.messages import Error, ErrorCode, Part, Reply, SatelliteHeard, Say, SentIntent, Understood, Utterance
from hub.web.sentences import MOST, Sentences

SAID = Utterance(id="u1", text="거실 불 켜줘", satellite="living", room="거실", source="microphone", confidence=0.9)

INTENT = SentIntent(id="i1", bridge="gpio", intent="HassTurnOn", slots={"name": "거실등"}, targets=["living_light"])

UNDERSTOOD = Understood(
    utterance_id="u1", text=SAID.text, satellite="living", room="거실", intents=[INTENT],
    parts=[Part(text="거실 불", slot="target"), Part(text=" "), Part(text="켜줘", slot="verb")],
)  # fmt: skip

REPLY = Reply(id="i1", bridge="gpio", ok=True, changed={"living_light": {"power": True}})

ANSWER = Say(id="s1", text="거실등을 켰어요.", priority="answer", utterance_id="u1")


def followed() -> tuple[Sentences, ManualClock]:
    clock = ManualClock()
    return Sentences(clock.time), clock


def test_the_whole_way_of_a_sentence() -> None:
    sentences, clock = followed()
    assert (
        sentences.heard("living", SatelliteHeard(utterance_id="u1", text=SAID.text, confidence=0.9, loudness=-21.5))
        is None
    )
    assert sentences.said(SAID) is not None
    clock.now += 0.012
    assert sentences.understood(UNDERSTOOD) is not None
    clock.now += 0.030
    assert sentences.replied(REPLY) is not None
    clock.now += 0.005
    assert sentences.answered(ANSWER) is not None
    (sentence,) = sentences
    assert sentence.pop("at")
    assert sentence == {
        "id": "u1", "text": "거실 불 켜줘", "satellite": "living", "room": "거실", "source": "microphone",
        "confidence": 0.9, "unsure": False, "loudness": -21.5,
        "parts": [{"text": "거실 불", "slot": "target"}, {"text": " "}, {"text": "켜줘", "slot": "verb"}],
        "intents": [
            {
                "id": "i1", "bridge": "gpio", "intent": "HassTurnOn", "slots": {"name": "거실등"},
                "targets": ["living_light"], "ok": True, "changed": {"living_light": {"power": True}}, "state": {},
                "at": 42.0,
            }
        ],
        "answered": "거실등을 켰어요.", "asks": False,
        "steps": [
            {"step": "said", "ms": 0.0}, {"step": "understood", "ms": 12.0}, {"step": "sent", "ms": 12.0},
            {"step": "replied", "ms": 42.0, "bridge": "gpio"}, {"step": "answered", "ms": 47.0},
        ],
    }  # fmt: skip


def test_what_is_told_twice_counts_once() -> None:
    sentences, clock = followed()
    sentences.said(SAID)
    assert sentences.said(SAID) is None
    sentences.understood(UNDERSTOOD)
    sentences.replied(REPLY)
    clock.now += 1
    assert sentences.replied(REPLY) is None
    (sentence,) = sentences
    assert [step["step"] for step in sentence["steps"]] == ["said", "understood", "sent", "replied"]


def test_what_became_of_it_later_is_told_as_well() -> None:
    """Somebody in the home was asked whether it may be done."""
    sentences, clock = followed()
    sentences.said(SAID)
    sentences.understood(UNDERSTOOD)
    sentences.answered(ANSWER)
    clock.now += 30
    later = ANSWER.model_copy(update={"id": "s2", "text": "집에서 허락해서 켰어요."})
    assert sentences.answered(later) is not None
    assert sentences.answered(ANSWER) is None
    assert sentences.answered(later) is None
    (sentence,) = sentences
    assert (sentence["answered"], sentence["later"]) == (ANSWER.text, [later.text])
    assert [step["step"] for step in sentence["steps"]].count("answered") == 1


def test_what_is_of_no_sentence_is_none() -> None:
    sentences, _ = followed()
    assert sentences.said(SAID.model_copy(update={"carry_out": False})) is None
    assert sentences.understood(UNDERSTOOD) is None
    assert sentences.replied(REPLY) is None
    assert sentences.answered(ANSWER) is None
    assert sentences.answered(Say(text="식사하세요.")) is None
    assert list(sentences) == []


def test_what_ears_refused_is_a_sentence_of_its_own() -> None:
    sentences, _ = followed()
    refused = SatelliteHeard(text="어", confidence=0.2, loudness=-40.1, refused="too_short")
    for _ in range(2):
        assert sentences.heard("kids", refused) is not None
    one, other = sentences
    assert one["id"] != other["id"]
    assert (one["satellite"], one["text"], one["refused"], one["loudness"]) == ("kids", "어", "too_short", -40.1)


def test_loudness_comes_before_or_after_the_utterance() -> None:
    sentences, _ = followed()
    sentences.said(SAID)
    late = sentences.heard("living", SatelliteHeard(utterance_id="u1", text=SAID.text, confidence=0.9, loudness=-30))
    assert late is not None
    assert late["loudness"] == -30


def test_a_failure_and_a_refusal_are_told() -> None:
    sentences, _ = followed()
    sentences.said(SAID)
    sentences.understood(UNDERSTOOD)
    error = Error(code=ErrorCode.DEVICE_OFFLINE, message="거실등이 꺼져 있어요.")
    failed = sentences.replied(Reply(id="i1", bridge="gpio", ok=False, error=error))
    assert failed is not None
    assert failed["intents"][0]["error"] == {"code": "device_offline", "message": "거실등이 꺼져 있어요."}
    sentences.said(SAID.model_copy(update={"id": "u2"}))
    refused = sentences.understood(
        UNDERSTOOD.model_copy(update={"utterance_id": "u2", "intents": [], "refused": "not_a_command"})
    )
    assert refused is not None
    assert refused["refused"] == "not_a_command"
    assert [step["step"] for step in refused["steps"]] == ["said", "understood"]


def test_only_the_last_are_kept() -> None:
    sentences, _ = followed()
    for number in range(MOST + 5):
        sentences.said(SAID.model_copy(update={"id": f"u{number}"}))
    assert [sentence["id"] for sentence in sentences] == [f"u{number}" for number in range(5, MOST + 5)]
