"""Templates in one automaton: what of them matches in a text, and what is not even looked at."""

from collections.abc import Iterator, Mapping
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.grammar.automaton import (
    CALLS,
    MANY_CALLS,
    Automaton,
    Beginnings,
    Letters,
    Pairs,
    State,
    first_letters,
    matches,
    number_of,
)
from hub.grammar.lexicon import lexicon
from hub.grammar.template import NOTHING, Choice, Gap, Listed, Node, Rule, Sequence, Text, parse_template

Entries = Mapping[str, Mapping[str, object]]
"""For each list, its words and their values."""

LONGEST_TEMPLATE = 500
"""Letters of the longest sentence that a household may write."""

COLORS: Entries = {"color": {"빨간": "red", "빨간색": "red", "파란": "blue"}, "count": {"이": 2, "이십": 20}}


def _found(
    *templates: str | Node, text: str, at: int = 0, lists: Entries = COLORS, wanted: int = -1
) -> set[tuple[int, int, Pairs]]:
    nodes = [parse_template(node) if isinstance(node, str) else node for node in templates]
    return set(_matches(Automaton.of(nodes), text, at, lists, wanted))


def _matches(
    automaton: Automaton, text: str, at: int, lists: Entries, wanted: int = -1, asked: list[str] | None = None
) -> Iterator[tuple[int, int, Pairs]]:
    """What matches; `asked` is told of every call that was followed."""

    def follow(number: int, here: int) -> list[tuple[int, Pairs]]:
        call = CALLS[number]
        if asked is not None:
            asked.append(call.name)
        slot = call.slot if isinstance(call, Listed) else call.name
        words = lists.get(call.name, {})
        return [(here + len(word), ((slot, value),)) for word, value in words.items() if text.startswith(word, here)]

    first: list[Letters | None] = [
        frozenset(word[0] for word in lists[call.name]) if call.name in lists else None for call in CALLS
    ]
    return matches(automaton, text, at, follow, Beginnings(first), wanted)


def test_a_template_matches_where_its_text_stands() -> None:
    assert _found("불 켜", text="거실불켜줘", at=2) == {(0, 4, ())}
    assert not _found("불 켜", text="거실불켜줘", at=1)
    assert not _found("불 켜", text="불")


def test_every_template_that_stands_there_is_found_however_long() -> None:
    assert _found("불", "불빛", "불빛색", "빛", text="불빛") == {(0, 1, ()), (1, 2, ())}


def test_two_templates_of_the_same_text_are_both_found() -> None:
    assert _found("(불|등)", "불", text="불") == {(0, 1, ()), (1, 1, ())}


def test_what_is_optional_comes_and_goes() -> None:
    assert _found("[거실 ]불[을]", text="불을") == {(0, 1, ()), (0, 2, ())}
    assert _found("[거실 ]불[을]", text="거실불을") == {(0, 3, ()), (0, 4, ())}


def test_a_template_that_may_be_nothing_matches_nothing() -> None:
    assert _found("[을]", text="불") == {(0, 0, ())}


def test_ways_that_meet_again_are_one_way() -> None:
    assert list(_matches(Automaton.of([parse_template("(가|가)(나|나)")]), "가나", 0, {})) == [(0, 2, ())]
    assert list(_matches(Automaton.of([parse_template("([가]|[나])")]), "다", 0, {})) == [(0, 0, ())]


def test_a_list_sets_its_slot_and_the_longer_word_is_found_too() -> None:
    assert _found("{color}으로", "{color}", text="빨간색으로") == {
        (0, 5, (("color", "red"),)),
        (1, 2, (("color", "red"),)),
        (1, 3, (("color", "red"),)),
    }


def test_slots_stand_in_the_order_in_which_they_were_said() -> None:
    [found] = _found("{color:one} {color:two}", text="파란빨간")
    assert found == (0, 4, (("one", "blue"), ("two", "red")))


def test_a_rule_is_followed_like_a_list() -> None:
    assert _found("불<을> 켜", text="불을켜", lists={"을": {"을": "said"}}) == {(0, 3, (("을", "said"),))}


def test_a_call_has_one_number_wherever_it_stands() -> None:
    assert number_of(Listed("color", "color")) == number_of(Listed("color", "color"))
    assert number_of(Listed("color", "color")) != number_of(Listed("color", "other"))
    assert number_of(Rule("color")) != number_of(Listed("color", "color"))
    assert CALLS[number_of(Rule("color"))] == Rule("color")


def test_a_call_is_followed_only_where_its_first_letter_stands() -> None:
    automaton = Automaton.of([parse_template("불 {color}"), parse_template("불 {count}")])
    asked: list[str] = []
    assert list(_matches(automaton, "불파란", 0, COLORS, asked=asked)) == [(0, 3, (("color", "blue"),))]
    assert asked == ["color"]


def test_a_call_of_which_nothing_is_known_is_always_followed() -> None:
    asked: list[str] = []
    assert not list(_matches(Automaton.of([Listed("anything", "anything")]), "불", 0, COLORS, asked=asked))
    assert asked == ["anything"]


def test_only_wanted_templates_are_looked_for() -> None:
    automaton = Automaton.of([Text("불켜"), Text("불꺼"), Listed("color", "color")])
    assert automaton.start.templates == 0b111
    for wanted, text, number in ((0b001, "불켜", 0), (0b010, "불꺼", 1), (0b011, "불꺼", 1)):
        assert [found[0] for found in _matches(automaton, text, 0, {}, wanted)] == [number]
    assert not list(_matches(automaton, "불꺼", 0, {}, 0b001))
    asked: list[str] = []
    assert not list(_matches(automaton, "빨간", 0, COLORS, 0b011, asked))
    assert not asked


def test_templates_that_share_their_beginning_are_found_while_one_of_them_is_wanted() -> None:
    automaton = Automaton.of([Text("불"), Text("불빛")])
    assert (1, 2, ()) in _matches(automaton, "불빛", 0, {}, 0b10)


def _states(automaton: Automaton) -> list[State]:
    found = {automaton.start: None}
    waiting = [automaton.start]
    while waiting:
        state = waiting.pop()
        for then in (*state.letters.values(), *state.calls.values()):
            if then not in found:
                found[then] = None
                waiting.append(then)
    return list(found)


def test_what_templates_end_alike_is_one_state() -> None:
    node = parse_template("(거실|안방)[에] (불|조명)[<을>]")
    # 거 안 실방 에 불·명 조 를
    assert len(_states(Automaton.of([node]))) == 8
    for text in ("거실불", "안방에조명", "거실에불"):
        assert _found(node, text=text, lists={}) == {(0, len(text), ())}


def test_no_two_states_of_the_lexicon_lead_on_alike() -> None:
    phrases = [node for frame in lexicon().frames for node in (*frame.phrases, *frame.optional)]
    states = _states(Automaton.of(dict.fromkeys(phrases)))
    assert len(states) > 1000
    ways = {(state.ends, frozenset(state.letters.items()), frozenset(state.calls.items())) for state in states}
    assert len(ways) == len(states)


def test_alternatives_one_after_the_other_are_not_multiplied() -> None:
    many = 60
    node = Sequence((Choice((Text("가"), Text("나"), Listed("color", "color"))),) * many)
    longer = Sequence((node, Text("다")))
    assert len(_states(Automaton.of([node]))) == many + 1
    assert len(_states(Automaton.of([node, longer]))) == many + 2
    assert _found(node, longer, text="가나" * 30, lists={}) == {(0, many, ())}


def test_long_templates_that_begin_alike_can_be_compiled() -> None:
    text = "가" * LONGEST_TEMPLATE
    assert _found(Text(text + "나"), Text(text + "다"), text=text + "다") == {(1, len(text) + 1, ())}


def test_many_calls_are_followed_like_few() -> None:
    names = [f"many{number}" for number in range(MANY_CALLS + 1)]
    lists = {name: {letter: name} for name, letter in zip(names, "가나다라마바사아자", strict=True)}
    automaton = Automaton.of([Listed(name, "slot") for name in names])
    first: list[Letters | None] = [frozenset(lists.get(call.name, ())) for call in CALLS]
    beginnings = Beginnings(first)
    for number, name in enumerate(names):
        letter = next(iter(lists[name]))
        for _ in range(2):  # looked up, then remembered
            assert beginnings.calls(automaton.start, letter) == [
                (number_of(Listed(name, "slot")), automaton.start.calls[number_of(Listed(name, "slot"))])
            ]
        assert list(_matches(automaton, letter, 0, lists)) == [(number, 1, (("slot", name),))]
    assert not beginnings.calls(automaton.start, "하")


def test_only_some_templates_can_be_compiled_and_keep_their_numbers() -> None:
    automaton = Automaton.of([Text("불"), Text("불빛"), Text("등")], only={1, 2})
    assert list(_matches(automaton, "불빛", 0, {})) == [(1, 2, ())]
    assert list(_matches(automaton, "등", 0, {})) == [(2, 1, ())]


@pytest.mark.parametrize(
    ("templates", "letters"),
    [
        (["불", "등"], "불등"),
        (["[거실 ]불"], "거불"),
        (["{color}색"], "빨파"),
        (["[{color}]불"], "빨파불"),
        (["불[을]", "{color}"], "불빨파"),
        (["[불]"], None),
        (["불", "{anything}"], None),
    ],
)
def test_what_an_automaton_begins_with(templates: list[str], letters: str | None) -> None:
    def first(number: int) -> Letters | None:
        words = COLORS.get(CALLS[number].name)
        return None if words is None else frozenset(word[0] for word in words)

    automaton = Automaton.of(map(parse_template, templates))
    assert first_letters(automaton.start, first) == (None if letters is None else frozenset(letters))


LETTERS = {"letter": {"가": 1, "나": 2, "가나": 3}}


def _nodes() -> st.SearchStrategy[Node]:
    leaves = st.builds(Text, st.text("가나", min_size=1, max_size=2)) | st.sampled_from(
        [Gap(), NOTHING, Listed("letter", "one"), Listed("letter", "other")]
    )
    return st.recursive(
        leaves,
        lambda inner: (
            st.builds(Sequence, st.lists(inner, min_size=1, max_size=3).map(tuple))
            | st.builds(Choice, st.lists(inner, min_size=1, max_size=3).map(tuple))
        ),
        max_leaves=6,
    )


def _said(node: Node) -> Iterator[tuple[str, Pairs]]:
    """Every text that a node stands for, and its slots, one after the other."""
    match node:
        case Text(text):
            yield text, ()
        case Gap():
            yield "", ()
        case Listed(name, slot):
            yield from ((word, ((slot, value),)) for word, value in LETTERS[name].items())
        case Choice(items):
            for item in items:
                yield from _said(item)
        case Sequence(items):
            for row in product(*map(_said, items)):
                yield "".join(text for text, _ in row), tuple(pair for _, pairs in row for pair in pairs)


@given(st.lists(_nodes(), min_size=1, max_size=3), st.text("가나", max_size=4), st.text("가나", max_size=6))
def test_an_automaton_matches_what_its_templates_stand_for(templates: list[Node], before: str, after: str) -> None:
    expected = {
        (number, len(before) + len(said), pairs)
        for number, node in enumerate(templates)
        for said, pairs in _said(node)
        if after.startswith(said)
    }
    assert _found(*templates, text=before + after, at=len(before), lists=LETTERS) == expected
