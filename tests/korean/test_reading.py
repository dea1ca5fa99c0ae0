import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.korean.jamo import final_consonant, split
from hub.korean.numerals import sino
from hub.korean.reading import read_aloud, readings, unreadable


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("26도", "이십육 도"), ("3시", "세 시"), ("15시", "십오 시"), ("30분", "삼십 분"), ("2시간", "두 시간"),
        ("24시간", "이십사 시간"), ("1번", "일 번"), ("1번째", "첫 번째"), ("3번째", "세 번째"),
        ("25.5도", "이십오 점 오 도"), ("50%", "오십 퍼센트"), ("0도", "영 도"), ("2026년", "이천이십육 년"),
        ("11월 24일", "십일월 이십사 일"), ("6월 6일", "유월 육 일"), ("10월 3일", "시월 삼 일"),
        ("-5도", "영하 오 도"), ("영하 5도", "영하 오 도"), ("-5", "마이너스 오"), ("3개", "세 개"),
        ("20개", "스무 개"), ("3개월", "삼 개월"), ("19:30", "십구 시 삼십 분"), ("7:05", "일곱 시 오 분"),
        ("오후 3시 5분", "오후 세 시 오 분"), ("1,000원", "천 원"), ("3~4도", "삼에서 사 도"),
        ("010-1234-5678", "공일공 일이삼사 오육칠팔"), ("2026-11-24", "이천이십육 년 십일월 이십사 일"),
        ("007", "공공칠"), ("26℃로", "이십육 도로"), ("5kg", "오 킬로그램"), ("1.5L", "일 점 오 리터"),
        ("35㎍/㎥", "삼십오 마이크로그램"), ("TV 켜줘", "티비 켜줘"), ("LG U+", "엘지 유플러스"),
        ("KBS1", "케이비에스 일"), ("Wi-Fi", "와이파이"), ("MP3", "엠피쓰리"), ("A", "에이"),
        ("거실등 2를 켜요.", "거실등 이를 켜요."), ("에어컨2", "에어컨 이"),
        ("습도는 45%예요.", "습도는 사십오 퍼센트예요."), ("5G", "오 지"),
    ],
)  # fmt: skip
def test_text_is_read_as_a_person_reads_it(text, spoken):
    assert read_aloud(text) == spoken
    assert unreadable(text) == []


def test_unknown_words_are_left_and_reported_once():
    assert read_aloud("Zxqv 스피커 3개") == "Zxqv 스피커 세 개"
    assert unreadable("Zxqv 日本 Zxqv TV") == ["Zxqv", "日本"]


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("4K OLED TV", ["사 케이 오엘이디 티비", "포케이 올레드 티비"]),
        ("PS5", ["피에스 오", "플스파이브"]),
        ("NAS", ["엔에이에스", "나스"]),
        ("거실 TV", ["거실 티비"]),
        ("4도", ["사 도"]),
        ("나스 4K는", ["나스 사 케이는", "나스 포케이는"]),
    ],
)
def test_some_abbreviations_are_read_in_two_ways(text, ways):
    assert readings(text) == ways


@given(st.integers(0, 10**16))
def test_a_bare_number_is_read_in_sino_korean(n):
    assert read_aloud(str(n)) == sino(n)


@given(st.integers(0, 10**16) | st.sampled_from(["TV", "LG", "U+", "50%", "26℃", "10kg", "KBS1", "N", "26.10"]))
def test_the_particle_rule_hears_what_is_read(word):
    last = split(read_aloud(str(word))[-1])[2]
    assert final_consonant(str(word)) == last


@given(st.text())
def test_any_text_is_read_without_digits_left(text):
    assert not any("0" <= ch <= "9" for ch in read_aloud(text))


@given(st.text())
def test_reading_twice_changes_nothing(text):
    once = read_aloud(text)
    assert read_aloud(once) == once


def test_a_number_beyond_numerals_is_read_digit_by_digit():
    assert read_aloud("9" * 20) == "구" * 20
    assert read_aloud("1" * 5000 + "도").endswith("일 도")
