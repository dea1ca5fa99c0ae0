"""What a clause says before the home decides: which rooms belong to which targets, and how much is explained."""

import pytest

from hub.grammar.automaton import Pairs
from hub.grammar.lexicon import lexicon
from hub.grammar.parse import NEAR_DAYS, Free, Named, Parse, Word, day_of, grouped
from hub.korean.dates import Date

LIVING, BEDROOM, KITCHEN = ("area", "living"), ("area", "bedroom"), ("area", "kitchen")
LIGHT, CLIMATE, CURTAIN = ("type", "light"), ("type", "climate"), ("class", "curtain")
LAMP, FAN, TV = ("device", ("lamp",)), ("device", ("fan",)), ("device", ("tv",))
SECOND, THIRD = ("floor", 2), ("floor", 3)


def _kind(kind: str, *areas: str, floors: tuple[int, ...] = (), inherited: bool = False) -> Named:
    return Named(kind=kind, areas=areas, floors=floors, inherited=inherited)


@pytest.mark.parametrize(
    ("said", "pairs", "named"),
    [
        ("켜줘", (), ()),
        ("불", (LIGHT,), (_kind("light"),)),
        ("스탠드", (LAMP,), (Named(("lamp",)),)),
        ("커튼", (CURTAIN,), (Named(device_class="curtain"),)),
        ("거실", (LIVING,), (Named(areas=("living",)),)),
        ("2층", (SECOND,), (Named(floors=(2,)),)),
        ("거실 불", (LIVING, LIGHT), (_kind("light", "living"),)),
        ("불 거실", (LIGHT, LIVING), (_kind("light", "living"),)),
        ("2층 불", (SECOND, LIGHT), (_kind("light", floors=(2,)),)),
        ("거실하고 안방 불", (LIVING, BEDROOM, LIGHT), (_kind("light", "living", "bedroom"),)),
        ("거실 거실 불", (LIVING, LIVING, LIGHT), (_kind("light", "living"),)),
        ("2층하고 3층 불", (SECOND, THIRD, LIGHT), (_kind("light", floors=(2, 3)),)),
        ("거실하고 안방", (LIVING, BEDROOM), (Named(areas=("living", "bedroom")),)),
    ],
)
def test_rooms_and_floors_belong_to_the_target_after_them(said: str, pairs: Pairs, named: tuple[Named, ...]) -> None:
    assert grouped(pairs) == named


@pytest.mark.parametrize(
    ("said", "pairs", "named"),
    [
        (
            "거실 불이랑 주방 불",
            (LIVING, LIGHT, KITCHEN, LIGHT),
            (_kind("light", "living"), _kind("light", "kitchen")),
        ),
        (
            "거실 불이랑 에어컨",
            (LIVING, LIGHT, CLIMATE),
            (_kind("light", "living"), _kind("climate", "living", inherited=True)),
        ),
        (
            "2층 불이랑 에어컨",
            (SECOND, LIGHT, CLIMATE),
            (_kind("light", floors=(2,)), _kind("climate", floors=(2,), inherited=True)),
        ),
        ("불이랑 에어컨", (LIGHT, CLIMATE), (_kind("light"), _kind("climate", inherited=True))),
        (
            "거실 불이랑 에어컨이랑 주방 커튼",
            (LIVING, LIGHT, CLIMATE, KITCHEN, CURTAIN),
            (
                _kind("light", "living"),
                _kind("climate", "living", inherited=True),
                Named(device_class="curtain", areas=("kitchen",)),
            ),
        ),
        (
            "불이랑 에어컨 거실",
            (LIGHT, CLIMATE, LIVING),
            (_kind("light", "living"), _kind("climate", "living")),
        ),
        (
            "주방 불이랑 에어컨 거실",
            (KITCHEN, LIGHT, CLIMATE, LIVING),
            (_kind("light", "kitchen"), _kind("climate", "living")),
        ),
    ],
)
def test_a_room_said_once_holds_for_the_targets_that_have_none(
    said: str, pairs: Pairs, named: tuple[Named, ...]
) -> None:
    assert grouped(pairs) == named


@pytest.mark.parametrize(
    ("said", "pairs", "named"),
    [
        ("스탠드랑 선풍기", (LAMP, FAN), (Named(("lamp",)), Named(("fan",), inherited=True))),
        ("선풍기랑 불", (FAN, LIGHT), (Named(("fan",)), _kind("light", inherited=True))),
        ("조명 스탠드", (LIGHT, LAMP), (_kind("light"), Named(("lamp",), inherited=True))),
        ("스탠드 거실 조명", (LAMP, LIVING, LIGHT), (Named(("lamp",)), _kind("light", "living"))),
    ],
)
def test_a_name_is_a_target_like_a_kind(said: str, pairs: Pairs, named: tuple[Named, ...]) -> None:
    assert grouped(pairs) == named


def test_what_is_no_target_is_passed_over() -> None:
    pairs: Pairs = (("temperature", 24), LIVING, ("every", "all"), CLIMATE, ("mode", "cool"))
    assert grouped(pairs) == (_kind("climate", "living"),)


@pytest.mark.parametrize(
    ("named", "placed"),
    [(Named(), False), (_kind("light"), False), (_kind("light", "living"), True), (Named(floors=(-1,)), True)],
)
def test_a_target_is_placed_by_a_room_or_a_floor(named: Named, placed: bool) -> None:
    assert named.placed == placed


def _parse(*words: Word, named: tuple[Named, ...] = (), **slots: object) -> Parse:
    return Parse(lexicon().frames[:1], slots, named, words=words)  # type: ignore[arg-type]


def test_a_parse_has_the_types_of_all_its_frames() -> None:
    lights, locks = (next(frame for frame in lexicon().frames if kind in frame.types) for kind in ("light", "lock"))
    both = Parse((lights, locks), {})
    assert both.intent == lights.intent
    assert both.types == lights.types | locks.types


def test_a_parse_lies_where_its_words_lie() -> None:
    found = _parse(Word(2, 4, "target", "불을"), Word(4, 6, "verb", "켜줘"))
    assert (found.start, found.end) == (2, 6)
    assert (_parse().start, _parse().end) == (0, 0)


def test_parses_of_one_request_to_two_targets_ask_the_same_and_mean_something_else() -> None:
    one, other = _parse(named=(_kind("light"),), temperature=24), _parse(named=(_kind("fan"),), temperature=24)
    assert one.asked() == other.asked()
    assert one.meaning() != other.meaning()
    assert one.asked() != _parse(named=(_kind("light"),), temperature=25).asked()


def test_what_was_said_in_other_words_means_the_same() -> None:
    assert _parse(Word(0, 1, "filler", "좀")).meaning() == _parse(Word(0, 2, "filler", "빨리")).meaning()


FILLER, VERB, ROOM, EXCEPT = (
    Word(0, 1, "filler", "좀"),
    Word(3, 5, "verb", "틀어"),
    Word(0, 2, "area", "거실"),
    Word(2, 4, "except", "빼고"),
)


@pytest.mark.parametrize(
    ("parse", "cost"),
    [
        (_parse(VERB), (0, 0, 0)),
        (_parse(FILLER, VERB), (0, 0, 2)),
        (_parse(Word(0, 2, "filler", "빨리"), VERB), (0, 0, 4)),
        (_parse(named=(_kind("light"),)), (0, 0, 0)),
        (_parse(named=(_kind("light"), _kind("fan"))), (0, 1, 0)),
        (_parse(ROOM, EXCEPT), (0, 1, 0)),
        (_parse(ROOM), (0, 0, 0)),
        (_parse(search_query=Free(0, 3, "나훈아")), (3, 0, 0)),
        (_parse(item=Free(0, 3, "우유 둘")), (3, 0, 0)),
        (_parse(message=Free(0, 3, "밥먹자")), (0, 0, 3)),
    ],
)
def test_less_is_better_explained(parse: Parse, cost: tuple[int, int, int]) -> None:
    assert parse.cost()[:3] == cost


def test_a_syllable_before_a_text_is_sooner_part_of_it() -> None:
    split = _parse(Word(0, 1, "filler", "나"), search_query=Free(1, 3, "훈아"))
    whole = _parse(search_query=Free(0, 3, "나훈아"))
    assert whole.cost() < split.cost()


@pytest.mark.parametrize(("days", "name"), NEAR_DAYS.items())
def test_a_near_day_has_a_name(days: int, name: str) -> None:
    assert day_of(name) == Date(days=days)
