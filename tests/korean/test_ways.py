import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.korean.pronunciation import pronounce
from hub.korean.ways import ways


@pytest.mark.parametrize(
    ("written", "said"),
    [
        # 5
        ("시계", ["시계", "시게"]),
        ("온도계를", ["온도계를", "온도게를"]),
        ("예약", ["예약"]),
        ("차례", ["차례"]),
        ("거실의", ["거시릐", "거시레"]),
        ("의자", ["의자"]),
        # 28
        ("거실등", ["거실등", "거실뜽"]),
        ("거실등을", ["거실등을", "거실뜽을"]),
        ("안방불", ["안방불", "안방뿔"]),
        ("전등", ["전등"]),
        ("불", ["불"]),
        ("부엌등", ["부억뜽"]),
        # 29
        ("전기담요", ["전기다묘", "전기담뇨"]),
        ("안방욕실", ["안방욕씰", "안방뇩씰"]),
        ("한여름", ["하녀름", "한녀름"]),
        ("우유", ["우유"]),
    ],
)
def test_what_the_standard_leaves_open_is_said_both_ways(written: str, said: list[str]) -> None:
    assert ways(written) == said


@given(st.text(alphabet="거실등불의시계담요이불안방부엌ㅋA1", min_size=1, max_size=8))
def test_every_way_has_the_syllables_of_the_writing(group: str) -> None:
    found = ways(group)
    assert found[0] == pronounce(group)
    assert {len(way) for way in found} == {len(group)}
    assert len(set(found)) == len(found)
