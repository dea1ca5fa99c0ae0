"""Sums, percentages and units, from the sentence to the answer."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from genies import Start, ask
from hypothesis import given
from hypothesis import strategies as st

from devices.genie.arithmetic import LONGEST, SumError, tokens_of, work_out
from devices.genie.bridge import GenieBridge
from devices.genie.reckoning import say_number
from devices.genie.units import UNITS, convert
from hub.butler.understanding import Understander
from hub.home import Home
from hub.korean.numerals import in_myriads
from hub.texts import Language, has_text

ASKED = "JipsaReckon"


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [
        # Sums.
        ("3 더하기 5는?", "3 더하기 5는 8이에요."),
        ("12 곱하기 7은 얼마야", "12 곱하기 7은 84예요."),
        ("백이십삼 빼기 사십오", "123 빼기 45는 78이에요."),
        ("100 나누기 7", "100 나누기 7은 약 14.286이에요."),
        ("3 더하기 5 곱하기 2", "3 더하기 5 곱하기 2는 13이에요."),
        ("0.1 더하기 0.2는 뭐야", "0.1 더하기 0.2는 0.3이에요."),
        ("5 빼기 12", "5 빼기 12는 -7이에요."),
        ("12에 7을 곱하면 얼마예요", "12 곱하기 7은 84예요."),
        ("1억 더하기 2345만 6789는", "1억 더하기 2345만 6789는 1억 2345만 6789예요."),
        ("10억 곱하기 10억은 얼마야", "10억 곱하기 10억은 100경이에요."),
        ("1조 곱하기 1조", "1조 곱하기 1조는 1 곱하기 10의 24제곱이에요."),
        ("3 나누기 0은?", "bad_payload: 0으로는 나눌 수 없어요."),
        ("3+5*2 계산해줘", "13이에요."),
        ("(3+5)*2 계산해줘", "16이에요."),
        ("전기세 계산해줘", "bad_payload: 그 셈은 할 줄 몰라요. 3 더하기 5처럼 말씀해 주세요."),
        # Roots and powers.
        ("루트 2", "루트 2는 약 1.4142예요."),
        ("144의 제곱근은 뭐야", "루트 144는 12예요."),
        ("2의 10제곱", "2의 10제곱은 1024예요."),
        ("3의 세제곱은?", "3의 3제곱은 27이에요."),
        ("2의 100제곱", "2의 100제곱은 약 1.2677 곱하기 10의 30제곱이에요."),
        ("9의 387420489제곱은", "bad_payload: 너무 큰 수라서 셀 수 없어요. 더 작은 수로 물어봐 주세요."),
        # Percentages.
        ("5만원의 10퍼센트는 얼마야", "5만원의 10퍼센트는 5000원이에요."),
        ("3만원에서 15퍼센트 할인하면 얼마야", "3만원에서 15퍼센트 내리면 2만 5500원이에요."),
        ("200에서 30퍼센트 올리면", "200에서 30퍼센트 올리면 260이에요."),
        ("15퍼센트 할인하면", "bad_payload: 얼마에서 셈할지도 함께 말씀해 주세요."),
        # Units.
        ("3마일은 몇 킬로미터야", "3마일은 약 4.828킬로미터예요."),
        ("화씨 100도는 섭씨로 몇 도야", "화씨 100도는 섭씨 약 37.778도예요."),
        ("100도는 화씨로 몇 도야", "섭씨 100도는 화씨 212도예요."),
        ("섭씨 영하 40도는 화씨로 몇 도야", "섭씨 -40도는 화씨 -40도예요."),
        ("섭씨 30도는 몇 도야", "섭씨 30도는 화씨 86도예요."),
        ("10평은 몇 제곱미터야", "10평은 약 33.058제곱미터예요."),
        ("한 근은 몇 그램", "1근은 600그램이에요."),
        ("반 근은 몇 그램이야", "0.5근은 300그램이에요."),
        ("금 한 돈은 몇 그램이야", "1돈은 3.75그램이에요."),
        ("5피트 8인치는 몇 센티야", "5피트 8인치는 172.72센티미터예요."),
        ("1인치는 몇 센티", "1인치는 2.54센티미터예요."),
        ("2시간 반은 몇 분", "2.5시간은 150분이에요."),
        ("3주는 며칠이야", "3주는 21일이에요."),
        ("2리터는 몇 컵이야", "2리터는 10컵이에요."),
        ("1갤런은 몇 리터예요", "1갤런은 약 3.7854리터예요."),
        ("3기가를 메가로 바꿔줘", "3기가바이트는 3000메가바이트예요."),
        ("3미터는 몇 그램이야", "bad_payload: 3미터를 그 단위로는 바꿀 수 없어요. 같은 종류의 단위로 물어봐 주세요."),
    ],
)
async def test_what_is_said_is_worked_out(sentence: str, answer: str, genie: GenieBridge, listener: Any) -> None:
    [intent] = Understander(Home()).understand(sentence).intents
    assert intent.intent == ASKED
    assert await ask(listener, ASKED, **intent.slots) == answer


async def test_a_number_may_be_too_large(genie: GenieBridge, listener: Any) -> None:
    for slots in ({"percent": 5}, {"unit": "mile", "to_unit": "kilometer"}, {"operator": "plus", "number_2": 1}):
        assert (await ask(listener, ASKED, number=10**41, **slots)).startswith("bad_payload: 너무 큰 수라서")


async def test_sums_in_english(started: Start, listener: Any) -> None:
    async with started("en"):
        sum_of = {"number": 100, "operator": "over", "number_2": 7}
        assert await ask(listener, ASKED, **sum_of) == "100 divided by 7 is about 14.286."
        assert await ask(listener, ASKED, number=2, operator="power", number_2=10) == "2 to the power of 10 is 1,024."
        assert await ask(listener, ASKED, number=3, unit="mile", to_unit="kilometer") == "3 mi is about 4.828 km."
        off = {"number": 30_000, "unit": "won", "percent": 15, "change": "discount"}
        assert await ask(listener, ASKED, **off) == "30,000 won less 15 percent is 25,500 won."
        assert await ask(listener, ASKED, expression="2^100") == "That is about 1.2677 × 10^30."


@pytest.mark.parametrize(
    "slots",
    [
        {},
        {"expression": 3},
        {"expression": ""},
        {"expression": "9" * (LONGEST + 1)},
        {"expression": "__import__('os')"},
        {"number": "3", "operator": "plus", "number_2": 5},
        {"number": True, "operator": "plus", "number_2": 5},
        {"number": 3, "operator": "modulo", "number_2": 5},
        {"number": 3, "operator": ["plus"], "number_2": 5},
        {"number": 3, "operator": "plus"},
        {"number": 3, "operator": "plus", "number_2": 5, "operator_2": "plus"},
        {"number": 3, "unit": "parsec", "to_unit": "meter"},
        {"number": 3, "unit": ["meter"], "to_unit": "meter"},
        {"number": 3, "unit": "meter"},
        {"number": 3, "to_unit": "meter"},
        {"number": 3, "percent": 5, "unit": "parsec"},
        {"number": 3, "percent": 5, "change": "half"},
        {"number": 3, "percent": {}},
        {"number": None, "percent": 5},
    ],
)
async def test_what_is_no_sum_is_refused(slots: dict[str, Any], genie: GenieBridge, listener: Any) -> None:
    assert await ask(listener, ASKED, **slots) == ("bad_payload: 그 셈은 할 줄 몰라요. 3 더하기 5처럼 말씀해 주세요.")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3+5*2", "13"),
        ("2*(3+5", "16"),
        ("3+5)*2", "16"),
        ("8-3-2", "3"),
        ("-2^2", "-4"),
        ("2^3^2", "512"),
        ("2^-1", "1/2"),
        ("--3", "3"),
        ("1,000 ÷ 8 = ?", "125"),
        ("√(9/4)", "3/2"),
        ("(0-1)^999999999", "-1"),
        ("0.1+0.2", "3/10"),
    ],
)
def test_a_written_sum_is_worked_out(text: str, value: str) -> None:
    assert work_out(tokens_of(text)).value == Fraction(value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1/0", "over_zero"), ("0^-1", "over_zero"), ("√-1", "no_root"), ("9^9^9", "too_large"),
        ("10^2400*10^2400", "too_large"), ("2^0.5", "no_sum"), ("3 5", "no_sum"), ("((((", "no_sum"), ("1e5", "no_sum"),
        ("3+", "no_sum"), ("", "no_sum"), ("٣+٤", "no_sum"),
    ],
)  # fmt: skip
def test_what_has_no_result_says_why(text: str, why: str) -> None:
    with pytest.raises(SumError, match=f"^{why}$"):
        work_out(tokens_of(text))


@given(st.text("0123456789.,+-*/^√() ", max_size=LONGEST))
def test_no_sum_takes_for_ever_or_fails_otherwise(text: str) -> None:
    try:
        value = work_out(tokens_of(text)).value
    except SumError:
        return
    assert say_number(value, "ko")[0]


@pytest.mark.parametrize(
    ("value", "language", "said"),
    [
        ("0", "ko", "0"),
        ("1/3", "ko", "0.33333"),
        ("-1/8", "ko", "-0.125"),
        ("12345678.9", "ko", "1234만 5678.9"),
        ("120000.5", "ko", "12만 0.5"),
        ("1000000/7", "ko", "14만 2857"),
        ("12345678.9", "en", "12,345,678.9"),
        ("1/3000000", "ko", "0.00000033333"),
        ("1/3000000000000", "en", "3.3333 × 10^-13"),
        ("99999.99999", "ko", "10만"),
    ],
)
def test_numbers_are_told_in_few_digits(value: str, language: Language, said: str) -> None:
    assert say_number(Fraction(value), language)[0] == said


@pytest.mark.parametrize(
    ("n", "said"), [(0, "0"), (9999, "9999"), (10_000, "1만"), (123_456_789, "1억 2345만 6789"), (10**16, "1경")]
)
def test_amounts_are_written_in_myriads(n: int, said: str) -> None:
    assert in_myriads(n) == said


@pytest.mark.parametrize("n", [-1, 10**20])
def test_what_has_no_name_in_myriads_is_refused(n: int) -> None:
    with pytest.raises(ValueError, match="no name"):
        in_myriads(n)


@pytest.mark.parametrize("name", UNITS)
def test_every_unit_has_a_name_and_can_be_taken_back(name: str) -> None:
    assert has_text(f"genie.unit-{name}")
    unit = UNITS[name]
    for other in UNITS.values():
        if other.kind == unit.kind:
            assert convert(convert(Fraction(7), unit, other), other, unit) == 7
