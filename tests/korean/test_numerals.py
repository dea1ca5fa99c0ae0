import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.korean.numerals import COUNTERS, forms, native, native_attributive, read, sino, spell


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (0, "영"), (1, "일"), (10, "십"), (11, "십일"), (26, "이십육"), (100, "백"), (110, "백십"), (1000, "천"),
        (2026, "이천이십육"), (10_000, "만"), (11_000, "만천"), (10_001, "만일"), (110_000, "십일만"),
        (100_000_000, "일억"), (100_010_000, "일억일만"), (10**12, "일조"), (10**16, "일경"),
        (27_000_000, "이천칠백만"),
    ],
)  # fmt: skip
def test_sino_korean(n, expected):
    assert sino(n) == expected


@pytest.mark.parametrize("n", [-1, 10**16 + 1])
def test_sino_korean_has_bounds(n):
    with pytest.raises(ValueError, match="no Sino-Korean reading"):
        sino(n)


@pytest.mark.parametrize(
    ("n", "counting", "before_counter"),
    [
        (1, "하나", "한"), (2, "둘", "두"), (3, "셋", "세"), (4, "넷", "네"), (5, "다섯", "다섯"), (10, "열", "열"),
        (11, "열하나", "열한"), (12, "열둘", "열두"), (20, "스물", "스무"), (21, "스물하나", "스물한"),
        (24, "스물넷", "스물네"), (30, "서른", "서른"), (99, "아흔아홉", "아흔아홉"),
    ],
)  # fmt: skip
def test_native(n, counting, before_counter):
    assert native(n) == counting
    assert native_attributive(n) == before_counter


@pytest.mark.parametrize("n", [0, 100, -3])
def test_native_has_bounds(n):
    with pytest.raises(ValueError, match="no native numeral"):
        native(n)


@pytest.mark.parametrize(
    ("value", "expected"), [(26.5, "이십육점오"), (0.25, "영점이오"), (-5, "마이너스오"), (3.0, "삼")]
)
def test_decimals_and_negatives_are_spelled(value, expected):
    assert spell(value) == expected


@pytest.mark.parametrize(
    ("n", "counter", "expected"),
    [
        (26, "도", ["이십육", "이십륙", "26"]), (0, "도", ["영", "공", "0"]), (3, "시", ["세", "3"]),
        (15, "시", ["십오", "15"]), (2, "시간", ["두", "2"]), (24, "시간", ["스물네", "이십사", "24"]),
        (3, "번", ["세", "삼", "3"]), (1, "", ["하나", "일", "1"]), (2700, "켈빈", ["이천칠백", "2700", "2,700"]),
        (26.5, "도", ["이십육점오", "이십륙점오", "26.5"]), (6, "단", ["육", "6"]),
        (-5, "도", ["마이너스오", "영하오", "-5"]),
    ],
)  # fmt: skip
def test_forms_before_a_counter(n, counter, expected):
    assert forms(n, counter) == expected


@given(st.integers(-999, 9999) | st.integers(-99, 999).map(lambda n: n / 10), st.sampled_from(["", "모름", *COUNTERS]))
def test_every_form_reads_back(n, counter):
    every = forms(n, counter)
    assert len(set(every)) == len(every)
    for form in every:
        assert (len(form), n) in read(form)


@given(st.integers(0, 10**16))
def test_sino_korean_reads_back(n):
    assert read(sino(n))[0] == (len(sino(n)), n)


@given(st.integers(1, 99))
def test_native_reads_back(n):
    assert read(native(n))[0] == (len(native(n)), n)
    assert read(native_attributive(n))[0] == (len(native_attributive(n)), n)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("이십육도", [(3, 26), (2, 20), (1, 2)]), ("26도", [(2, 26)]), ("1,000", [(5, 1000)]), ("26.5도", [(4, 26.5)]),
        ("2천7백", [(4, 2700), (3, 2007), (2, 2000), (1, 2)]), ("3만", [(2, 30000), (1, 3)]),
        ("2천700", [(5, 2700), (2, 2000), (1, 2)]), ("1만2000", [(6, 12000), (2, 10000), (1, 1)]),
        ("1,000만", [(6, 10**7), (5, 1000)]), ("스물네시간", [(3, 24), (2, 20)]),
        ("이십육점오", [(5, 26.5), (3, 26), (2, 20), (1, 2)]), ("이십륙", [(3, 26), (2, 20), (1, 2)]),
        ("-5도", [(2, -5)]), ("열두시", [(2, 12), (1, 10)]), ("하나", [(2, 1)]), ("공", [(1, 0)]), ("이이", [(1, 2)]),
        ("셋넷", [(1, 3)]), ("영십", [(1, 0)]), ("마이너스십", [(5, -10)]), ("영하이십", [(4, -20), (3, -2), (1, 0)]),
        ("육십점", [(2, 60), (1, 6)]),
    ],
)  # fmt: skip
def test_numerals_at_the_start_are_read_longest_first(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    "text", ["", "도", "점오", "조", "억", "에어컨", "경", "-", "-가", "12345678901234567890", "."]
)
def test_what_is_no_numeral_is_not_read(text):
    assert read(text) == []


def test_reading_starts_where_it_is_told():
    assert read("온도26도", 2) == [(4, 26)]
    assert read("26", 2) == []


def test_native_numerals_can_be_left_out():
    assert read("세시", native=False) == []


@given(st.text(alphabet="영공일이삼사오육륙칠팔구십백천만억조경점0123456789.,-영하한두세네열스물마이너스", max_size=60))
def test_any_mixture_is_read_without_error_and_in_order(text):
    for pos in range(len(text)):
        ends = [end for end, _ in read(text, pos)]
        assert ends == sorted(set(ends), reverse=True)
        assert all(pos < end <= len(text) for end in ends)


def test_long_garbage_is_bounded():
    for garbage in (
        "일" * 100_000,
        "십만" * 100_000,
        "9" * 100_000,
        "영하" * 100_000,
        "점" * 100_000,
        "1" + ",000" * 9_999,
    ):
        assert len(read(garbage)) < 20
