"""Verbs found in a text: every form of every verb of the lexicon, each with the acts that it means, and no other."""

from importlib import resources

import pytest
from ruamel.yaml import YAML

from hub.grammar import lexicon as module
from hub.grammar.closings import NO_ACTS, Closings
from hub.grammar.lexicon import lexicon
from hub.korean.endings import NOUN_REQUESTS
from hub.korean.forms import (
    ASKING_TAILS,
    DESCRIBING_TAILS,
    INDIRECT_DESCRIBING_TAILS,
    INDIRECT_TAILS,
    Tails,
    asking_bases,
    connective_forms,
    forms,
    negative_forms,
    question_forms,
    request_forms,
    state_forms,
)
from hub.korean.verbs import Verb, bases

SMALL = Closings({
    "requests": {
        "켜다": [Verb.of("켜다"), Verb.of("틀다")],
        "끄다": [Verb.of("끄다")],
        "재생하다": [Verb.of("재생하다"), Verb.of("틀다")],
        "정지하다": [Verb.of("정지하다")],
    },
    "states": {"켜지다": [Verb.of("켜지다")]},
    "asks": {"되다": [Verb.of("되다")], "이다": [Verb.of("이다")]},
    "describes": {"어떻다": [Verb.of("어떻다")]},
})  # fmt: skip


def _final(text: str, at: int = 0) -> set[str]:
    return set(SMALL.at(text, at).final((len(text),)))


@pytest.mark.parametrize(
    ("text", "acts"),
    [
        ("켜줘", {"켜다"}), ("틀어줘", {"켜다", "재생하다"}), ("꺼주시겠어요", {"끄다"}), ("재생", {"재생하다"}),
        ("정지좀해줘", {"정지하다"}), ("켜졌어", {"켜지다"}), ("켜져있어", {"켜지다"}), ("됐어", {"되다"}),
        ("됩니까", {"되다"}), ("야", {"이다"}), ("입니까", {"이다"}), ("어때", {"어떻다"}), ("어떤가요", {"어떻다"}),
    ],
)  # fmt: skip
def test_a_form_means_the_acts_of_all_verbs_that_have_it(text: str, acts: set[str]) -> None:
    assert _final(text) == acts


@pytest.mark.parametrize(
    "text", ["", "켜줘꺼", "켜줘줘", "끄지마", "켰어", "켤까", "안켜", "어떻어", "틀줘", "정지를", "끄고"]
)
def test_what_is_no_form_means_nothing(text: str) -> None:
    assert SMALL.at(text, 0).final((len(text),)) == NO_ACTS


def test_a_form_is_looked_for_at_its_place() -> None:
    assert _final("불을꺼줘", 2) == {"끄다"}
    assert not _final("불을꺼줘", 1)
    assert not _final("불을꺼줘", 3)


def test_a_form_must_end_where_the_sentence_may_end() -> None:
    assert SMALL.at("꺼줘제발", 0).final((4, 2)) == {"끄다"}
    assert not SMALL.at("꺼줘제발", 0).final((4,))


def test_only_a_request_is_followed_by_how_one_feels() -> None:
    assert SMALL.at("꺼줘추워", 0).final((4,), (2,)) == {"끄다"}
    assert not SMALL.at("켜졌어추워", 0).final((5,), (3,))
    assert not SMALL.at("어때추워", 0).final((4,), (2,))


def test_where_a_request_may_end_however_the_text_goes_on() -> None:
    assert [end for end, _ in SMALL.at("꺼줘거실불", 0).requests()] == [1, 2]
    assert not SMALL.at("정지거실", 0).requests()
    assert [end for end, _ in SMALL.at("켜졌어불", 0).requests()] == [1]
    assert not SMALL.at("됐어불", 0).requests()
    assert not SMALL.at("꺼줘", 1).requests()
    assert dict(SMALL.at("꺼줘거실불", 0).requests()) == {1: {"끄다"}, 2: {"끄다"}}


def test_what_leads_on_to_a_further_act() -> None:
    assert SMALL.at("끄고켜줘", 0).connective() == [(2, {"끄다"})]
    assert set(SMALL.at("튼다음에꺼", 0).connective()) == {
        (3, frozenset({"켜다", "재생하다"})),
        (4, frozenset({"켜다", "재생하다"})),
    }
    assert not SMALL.at("꺼줘켜줘", 0).connective()
    assert not SMALL.at("켜지고켜줘", 0).connective()


def test_what_is_asked_indirectly() -> None:
    assert SMALL.at("켜져있는지알려줘", 0).indirect() == [(5, {"켜지다"})]
    assert SMALL.at("어떤지말해줘", 0).indirect() == [(3, {"어떻다"})]
    assert (2, {"이다"}) in SMALL.at("인지알려줘", 0).indirect()
    assert not SMALL.at("켜는지알려줘", 0).indirect()


VERBS: dict[str, dict[str, list[str]]] = YAML(typ="safe").load(
    resources.files(module.__package__) / "words" / "verbs.yaml"
)
CASES = [(kind, act) for kind in ("requests", "states", "asks", "describes") for act in VERBS[kind]]
INDIRECTLY: dict[str, Tails] = {
    "states": INDIRECT_TAILS,
    "asks": INDIRECT_TAILS,
    "describes": INDIRECT_DESCRIBING_TAILS,
}


def _forms(kind: str, verb: Verb) -> list[str]:
    match kind:
        case "requests":
            return request_forms(verb)
        case "states":
            return state_forms(verb)
    return forms(asking_bases(verb), ASKING_TAILS if kind == "asks" else DESCRIBING_TAILS)


@pytest.mark.parametrize(("kind", "act"), CASES)
def test_every_form_of_every_verb_is_found(kind: str, act: str) -> None:
    closings = lexicon().closings
    for word in VERBS[kind][act]:
        for form in _forms(kind, Verb.of(word)):
            assert act in closings.at(f"불{form}", 1).final((len(form) + 1,)), form


def test_a_noun_alone_cannot_stand_first() -> None:
    """세탁기 시작하고 would else be 세탁기하고, with 시작 moved to its end."""
    assert lexicon().closings.at("시작하고", 0).requests() == []


@pytest.mark.parametrize("act", VERBS["requests"])
def test_every_request_leads_on_and_can_stand_first(act: str) -> None:
    closings = lexicon().closings
    for word in VERBS["requests"][act]:
        verb = Verb.of(word)
        for form in connective_forms(verb):
            assert any(end == len(form) and act in acts for end, acts in closings.at(f"{form}불", 0).connective()), form
        for form in request_forms(verb)[::7]:
            if not (verb.noun and form.removeprefix(verb.noun) in NOUN_REQUESTS):
                assert len(form) in dict(closings.at(f"{form}불", 0).requests()), form


@pytest.mark.parametrize(("kind", "act"), [case for case in CASES if case[0] in INDIRECTLY])
def test_every_question_is_asked_indirectly_too(kind: str, act: str) -> None:
    closings = lexicon().closings
    for word in VERBS[kind][act]:
        verb = Verb.of(word)
        for form in forms(bases(verb) if kind == "states" else asking_bases(verb), INDIRECTLY[kind]):
            assert any(end == len(form) and act in acts for end, acts in closings.at(f"{form}알려줘", 0).indirect()), (
                form
            )


@pytest.mark.parametrize("act", VERBS["requests"])
def test_a_form_that_forbids_asks_or_leads_on_is_no_request(act: str) -> None:
    """A question how things stand (작동했어?) may look like a question about the act, and then it is that question."""
    closings = lexicon().closings
    for word in VERBS["requests"][act]:
        verb = Verb.of(word)
        for form in (*negative_forms(verb), *question_forms(verb), *connective_forms(verb)):
            requested = closings.at(form, 0).final((len(form),)) & VERBS["requests"].keys()
            assert not requested, f"{form}: {', '.join(requested)}"


OPPOSITES = (
    "켜다 끄다", "열다 닫다", "돌리다 멈추다", "잠그다 풀다", "늘리다 줄이다", "켜지다 꺼지다", "시작하다 정지하다",
    "일시정지하다 재개하다", "올리다 내리다", "추가하다 빼다", "열리다 닫히다", "잠기다 풀리다", "음소거하다 켜다",
    "취소하다 추가하다", "정지하다 재개하다", "남다 끝나다",
)  # fmt: skip


@pytest.mark.parametrize("opposites", OPPOSITES)
def test_opposites_share_no_form(opposites: str) -> None:
    one, other = opposites.split()
    for kind, act in CASES:
        if act == one:
            for word in VERBS[kind][act]:
                for form in _forms(kind, Verb.of(word)):
                    assert other not in lexicon().closings.at(form, 0).final((len(form),)), form
