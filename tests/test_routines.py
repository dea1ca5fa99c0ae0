"""The file of routines: what may stand in it, what is wrong with it, and when a step is done."""

from pathlib import Path

import pytest

from hub.butler.understanding import Understander
from hub.grammar.lexicon import lexicon
from hub.home import Home
from hub.household import with_routines
from hub.routines import Condition, Routine, Step, load_routines
from hub.yamlfile import SettingsError

SHIPPED = Path(__file__).parents[1] / "config" / "routines.yaml"

GOOD = """
routines:
  - id: read
    name: 독서
    say: ["[나 ]책 (읽을래|볼래)"]
    steps:
      - 거실 불 켜줘
      - {do: 에어컨 꺼줘, after: 10분, if: {device: 거실 에어컨, is: true}, between: ["22:00", "06:00"]}
    reply: 좋은 시간 보내세요.
"""


def routines(tmp_path: Path, content: str) -> tuple[Routine, ...]:
    path = tmp_path / "routines.yaml"
    path.write_text(content)
    return load_routines(path)


def faults(tmp_path: Path, content: str) -> str:
    path = tmp_path / "routines.yaml"
    path.write_text(content)
    with pytest.raises(SettingsError) as error:
        with_routines(lexicon(), path)
    return str(error.value).replace(str(tmp_path), "")


def test_a_routine_has_a_name_sentences_and_steps(tmp_path: Path) -> None:
    (routine,) = routines(tmp_path, GOOD)
    assert (routine.name, routine.reply) == ("독서", "좋은 시간 보내세요.")
    assert [step.sentence for step in routine.steps] == ["거실 불 켜줘", "10분 뒤에 에어컨 꺼줘"]


def test_without_a_file_there_is_none() -> None:
    assert load_routines(None) == ()
    assert with_routines(lexicon(), None) is lexicon()


@pytest.mark.parametrize(
    ("sentence", "name"),
    [("나 외출해", "외출"), ("다녀왔어", "귀가"), ("다녀왔습니다", "귀가"), ("잘 자", "취침"), ("영화 볼래", "영화")],
)
def test_the_sentences_of_the_shipped_routines_are_understood(sentence: str, name: str) -> None:
    understander = Understander(Home(), known=with_routines(lexicon(), SHIPPED))
    (intent,) = understander.understand(sentence).intents
    assert (intent.intent, intent.slots) == ("JipsaRoutine", {"name": name})


@pytest.mark.parametrize(
    ("written", "broken", "where"),
    [
        ("책 (읽을래|볼래)", "책 (읽을래", "routines.yaml:5: routines[0].say[0]"),
        ("책 (읽을래|볼래)", "{name} 볼래", "routines.yaml:5: routines[0].say[0]"),
        ("name: 독서", "names: 독서", "routines.yaml:4"),
        ('["22:00", "06:00"]', '["22시", "06:00"]', "routines.yaml:8"),
        ("id: read", "id: 책", "routines.yaml:3"),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, written: str, broken: str, where: str) -> None:
    assert where in faults(tmp_path, GOOD.replace(written, broken))


def test_two_routines_of_one_id_are_a_fault(tmp_path: Path) -> None:
    assert "line 3" in faults(tmp_path, GOOD + GOOD.removeprefix("\nroutines:\n"))


@pytest.mark.parametrize(
    ("written", "value", "holds"),
    [
        ({"is": True}, True, True),
        ({"is": True}, False, False),
        ({"is": True}, None, False),
        ({"above": 28}, 29.5, True),
        ({"above": 28}, 28, False),
        ({"below": 10}, 9, True),
        ({"above": 10, "below": 20}, 25, False),
        ({"above": 0}, True, False),
        ({"above": 0}, "warm", False),
        ({"is": "running"}, "running", True),
    ],
)
def test_a_condition_holds_or_not(written: dict[str, object], value: object, holds: bool) -> None:
    condition = Condition.model_validate({"device": "ac", **written})
    assert condition.holds(value) is holds  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("between", "now", "in_time"),
    [
        (("09:00", "18:00"), "12:00", True),
        (("09:00", "18:00"), "18:00", False),
        (("22:00", "06:00"), "23:30", True),
        (("22:00", "06:00"), "05:59", True),
        (("22:00", "06:00"), "12:00", False),
    ],
)
def test_a_step_may_be_for_some_hours_only(between: tuple[str, str], now: str, in_time: bool) -> None:
    assert Step(do="불 켜줘", between=between).in_time(now) is in_time
