"""What sentences mean in a flat, however they are spaced, ordered and inflected, and what is no sentence at all."""

import re
import time
from collections.abc import Iterable
from itertools import permutations

import pytest
from homes import FLAT
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.grammar.parser import HERE, MAX_LENGTH, Grammar, Parse
from hub.home import Device, Home, Room
from hub.korean.jamo import squash
from hub.korean.numerals import forms
from hub.korean.verbs import Verb, negative_forms, question_forms, request_forms

GRAMMAR = Grammar(FLAT)

Meaning = tuple[str, dict[str, object], frozenset[str]]
"""Intent, slots, and what was named: device and room ids, types, `all`."""


def _meanings(text: str) -> list[Meaning]:
    return [_meaning(parse) for parse in GRAMMAR.parse(text)]


def _meaning(parse: Parse) -> Meaning:
    named = frozenset((*parse.devices, *parse.areas, *parse.types, *(["all"] if parse.every else [])))
    return parse.frame.intent, dict(parse.slots), named


SENTENCES: list[tuple[str, Meaning]] = [
    (sentence, (intent, slots, frozenset(named.split())))
    for sentence, intent, slots, named in [
        # On and off, open and closed.
        ("거실 에어컨 켜 줘", "HassTurnOn", {}, "living_ac"),
        ("거실 에어컨 켜 줘", "HassTurnOn", {}, "living climate"),
        ("안방 에어컨 꺼", "HassTurnOff", {}, "bedroom_ac"),
        ("에어컨 다 꺼", "HassTurnOff", {}, "climate all"),
        ("침실 에어컨 틀어 줘", "HassTurnOn", {}, "bedroom climate"),
        ("불 켜", "HassTurnOn", {}, "light"),
        ("주방 불 꺼 줘", "HassTurnOff", {}, "kitchen light"),
        ("부엌 조명 꺼 줘", "HassTurnOff", {}, "kitchen light"),
        ("모든 불 꺼 줘", "HassTurnOff", {}, "light all"),
        ("불 전부 다 꺼 줘", "HassTurnOff", {}, "light all"),
        ("거실 다 꺼", "HassTurnOff", {}, "living all"),
        ("거실에 있는 불 싹 다 꺼", "HassTurnOff", {}, "living light all"),
        ("여기 불 켜 줘", "HassTurnOn", {}, f"{HERE} light"),
        ("우리 방 불 꺼", "HassTurnOff", {}, f"{HERE} light"),
        ("스탠드 켜", "HassTurnOn", {}, "living_lamp"),
        ("선풍기 돌려 줘", "HassTurnOn", {}, "living_fan"),
        ("선풍기 멈춰", "HassTurnOff", {}, "living_fan"),
        ("주방 콘센트 꺼 줘", "HassTurnOff", {}, "kitchen_plug"),
        ("TV 틀어 줘", "HassTurnOn", {}, "tv"),
        ("티비 꺼", "HassTurnOff", {}, "tv"),
        ("거실 커튼 열어 줘", "HassTurnOn", {}, "living_curtain"),
        ("거실 커튼 쳐 줘", "HassTurnOff", {}, "living_curtain"),
        ("커튼 50퍼센트로 맞춰", "HassSetPosition", {"position": 50}, "cover"),
        ("거실 커튼 30%", "HassSetPosition", {"position": 30}, "living_curtain"),
        ("도어락 잠가 줘", "HassTurnOn", {}, "door"),
        ("현관문 열어 줘", "HassTurnOff", {}, "door"),
        ("가스 밸브 잠가", "HassTurnOff", {}, "gas"),
        ("가스 밸브 열어", "HassTurnOn", {}, "gas"),
        ("영화 모드 시작해", "HassTurnOn", {}, "movie"),
        ("안방 에어컨 켜져 있어", "HassGetState", {"state": "on"}, "bedroom_ac"),
        ("스탠드 꺼졌니", "HassGetState", {"state": "off"}, "living_lamp"),
        # Light.
        ("무드등 파란색으로 바꿔 줘", "HassLightSet", {"color": "blue"}, "kids_light"),
        ("빨간색으로 스탠드 켜 줘", "HassLightSet", {"color": "red"}, "living_lamp"),
        ("스탠드 하얀색", "HassLightSet", {"color": "white"}, "living_lamp"),
        ("스탠드 밝기 50퍼센트로 낮춰 줘", "HassLightSet", {"brightness": 50}, "living_lamp"),
        ("스탠드 밝기 70", "HassLightSet", {"brightness": 70}, "living_lamp"),
        ("스탠드 제일 밝게 해 줘", "HassLightSet", {"brightness": 100}, "living_lamp"),
        ("주방 불 20%", "HassLightSet", {"brightness": 20}, "kitchen light"),
        ("무드등 빨간색 30%로 해 줘", "HassLightSet", {"color": "red", "brightness": 30}, "kids_light"),
        # Climate and air.
        ("거실 에어컨 26도로 맞춰 줘", "HassClimateSetTemperature", {"temperature": 26}, "living_ac"),
        ("안방 온도 24도로 올려", "HassClimateSetTemperature", {"temperature": 24}, "bedroom"),
        ("26도로 해 줘", "HassClimateSetTemperature", {"temperature": 26}, ""),
        ("거실 에어컨 26.5도", "HassClimateSetTemperature", {"temperature": 26.5}, "living_ac"),
        ("거실 에어컨 희망 온도 20도로 설정해 줘", "HassClimateSetTemperature", {"temperature": 20}, "living_ac"),
        ("거실 온도 몇 도야", "HassClimateGetTemperature", {}, "living"),
        ("안방 온도 알려 줘", "HassClimateGetTemperature", {}, "bedroom"),
        ("거실 에어컨 냉방 모드로 바꿔 줘", "JipsaSetMode", {"mode": "cool"}, "living_ac"),
        ("에어컨 제습", "JipsaSetMode", {"mode": "dry"}, "climate"),
        ("공기청정기 취침 모드로 해 줘", "JipsaSetMode", {"mode": "sleep"}, "purifier"),
        ("거실 에어컨 바람 강풍으로 해", "HassClimateSetFanMode", {"fan_mode": "high"}, "living_ac"),
        ("거실 바람 세게 해 줘", "HassClimateSetFanMode", {"fan_mode": "high"}, "living"),
        ("선풍기 약하게 틀어 줘", "HassFanSetSpeed", {"percentage": 33, "fan_mode": "low"}, "living_fan"),
        ("선풍기 바람 40%로 맞춰 줘", "HassFanSetSpeed", {"percentage": 40}, "living_fan"),
        ("공기청정기 자동", "HassFanSetSpeed", {"fan_mode": "auto"}, "purifier"),
        # Appliances.
        ("세탁기 시작해 줘", "JipsaStart", {}, "washer"),
        ("건조기 돌려 줘", "JipsaStart", {}, "dryer"),
        ("건조기 멈춰", "JipsaPause", {}, "dryer"),
        ("세탁기 정지해", "JipsaStop", {}, "washer"),
        ("세탁기 계속해 줘", "JipsaResume", {}, "washer"),
        ("세탁기 언제 끝나", "JipsaGetRemainingTime", {}, "washer"),
        ("건조기 얼마나 남았어", "JipsaGetRemainingTime", {}, "dryer"),
        ("빨래 다 됐어", "JipsaGetRemainingTime", {}, "washer"),
        ("세탁기 남은 시간 알려 줘", "JipsaGetRemainingTime", {}, "washer"),
        ("로봇청소기 돌려 줘", "HassVacuumStart", {}, "robot"),
        ("청소해 줘", "HassVacuumStart", {}, ""),
        ("로보 충전하러 가", "HassVacuumReturnToBase", {}, "robot"),
        ("청소기 제자리로 보내 줘", "HassVacuumReturnToBase", {}, "robot"),
        ("청소기 복귀해", "HassVacuumReturnToBase", {}, "robot"),
        # The assistant.
        ("3분 타이머 맞춰 줘", "HassStartTimer", {"minutes": 3}, ""),
        ("타이머 1시간 30분", "HassStartTimer", {"hours": 1, "minutes": 30}, ""),
        ("라면 타이머 4분 30초", "HassStartTimer", {"name": "라면", "minutes": 4, "seconds": 30}, ""),
        ("두 시간 반 타이머 시작해", "HassStartTimer", {"hours": 2, "minutes": 30}, ""),
        ("5분 뒤에 알려 줘", "HassStartTimer", {"minutes": 5}, ""),
        ("타이머 취소해", "HassCancelTimer", {}, ""),
        ("3분 타이머 꺼 줘", "HassCancelTimer", {"start_minutes": 3}, ""),
        ("파스타 타이머 취소", "HassCancelTimer", {"name": "파스타"}, ""),
        ("타이머 다 취소해", "HassCancelAllTimers", {}, ""),
        ("타이머 얼마나 남았어", "HassTimerStatus", {}, ""),
        ("타이머 멈춰", "HassPauseTimer", {}, ""),
        ("타이머 계속해", "HassUnpauseTimer", {}, ""),
        ("타이머 5분 늘려 줘", "HassIncreaseTimer", {"minutes": 5}, ""),
        ("타이머 1분만 줄여", "HassDecreaseTimer", {"minutes": 1}, ""),
        ("지금 몇 시야", "HassGetCurrentTime", {}, ""),
        ("시간 좀 알려 줘", "HassGetCurrentTime", {}, ""),
        ("오늘 며칠이야", "HassGetCurrentDate", {}, ""),
        ("무슨 요일이야", "HassGetCurrentDate", {}, ""),
        ("내일 날씨 어때", "HassGetWeather", {"day": "tomorrow"}, ""),
        ("지금 날씨 어때", "HassGetWeather", {}, ""),
        ("날씨 알려 줘", "HassGetWeather", {}, ""),
    ]
]


@pytest.mark.parametrize(("sentence", "meaning"), SENTENCES)
def test_a_sentence_means_what_it_says_however_it_is_spaced(sentence: str, meaning: Meaning) -> None:
    meanings = _meanings(sentence)
    assert meaning in meanings
    run_together = sentence.replace(" ", "")
    torn_apart = " ".join(run_together) if "." not in sentence else sentence  # 26. 5 is no number
    for spaced in (run_together, torn_apart, f"  {sentence}.\n", f"{sentence}!?"):
        assert _meanings(spaced) == meanings


@pytest.mark.parametrize(("sentence", "meaning"), SENTENCES)
def test_hesitation_before_a_sentence_changes_nothing(sentence: str, meaning: Meaning) -> None:
    assert meaning in _meanings(f"음 어 {sentence}")


@pytest.mark.parametrize(
    "sentence",
    ["스탠드 {} 켜 줘", "부엌 {} 조명 {} 꺼", "무드등 {} 파란색으로 {} 해 줘", "세탁기 {} 시작해", "타이머 {} 취소해"],
)
def test_words_that_say_nothing_stand_between_phrases(sentence: str) -> None:
    expected = _meanings(sentence.replace("{}", ""))
    assert expected
    for filler in ("좀", "빨리", "지금 당장", "제발 좀"):
        assert _meanings(sentence.replace("{}", filler)) == expected


NAMES = {
    "거실 에어컨": "living_ac", "안방등": "bedroom_light", "스탠드": "living_lamp", "선풍기": "living_fan",
    "티비": "tv", "주방 콘센트": "kitchen_plug", "공기청정기": "purifier",
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_particles_after_a_name_come_and_go(name: str) -> None:
    for particle in ("", "을", "를", "은", "는", "이", "가", "도", "만", "좀", "을 좀", "를 좀"):
        assert ("HassTurnOff", {}, frozenset({NAMES[name]})) in _meanings(f"{name}{particle} 꺼 줘"), particle


@pytest.mark.parametrize("room", ["거실", "침실", "부엌"])
def test_particles_after_a_room_come_and_go(room: str) -> None:
    found = FLAT.resolve_room(room)
    assert found is not None
    for particle in ("", "에", "에서", "의", "에 있는", "쪽", "은", "만"):
        assert ("HassTurnOn", {}, frozenset({found.id, "light"})) in _meanings(f"{room}{particle} 조명 켜"), particle


ASKING: list[tuple[str, str, str, dict[str, object]]] = [
    ("스탠드", "켜다", "HassTurnOn", {}),
    ("스탠드", "끄다", "HassTurnOff", {}),
    ("거실 커튼", "열다", "HassTurnOn", {}),
    ("거실 커튼", "닫다", "HassTurnOff", {}),
    ("무드등 초록색으로", "바꾸다", "HassLightSet", {"color": "green"}),
    ("스탠드 밝기 10%로", "낮추다", "HassLightSet", {"brightness": 10}),
    ("거실 에어컨 18도로", "맞추다", "HassClimateSetTemperature", {"temperature": 18}),
    ("세탁기", "시작하다", "JipsaStart", {}),
    ("타이머", "취소하다", "HassCancelTimer", {}),
    ("오늘 날씨", "알려주다", "HassGetWeather", {"day": "today"}),
]


@pytest.mark.parametrize(("rest", "verb", "intent", "slots"), ASKING)
def test_every_ending_of_a_request_is_one_request(rest: str, verb: str, intent: str, slots: dict[str, object]) -> None:
    for form in request_forms(Verb.of(verb)):
        meanings = _meanings(f"{rest} {form}")
        assert {(found, tuple(said.items())) for found, said, _ in meanings} == {(intent, tuple(slots.items()))}, form


@pytest.mark.parametrize(("rest", "verb", "intent", "slots"), ASKING)
def test_no_ending_that_forbids_or_asks_is_a_request(
    rest: str, verb: str, intent: str, slots: dict[str, object]
) -> None:
    act = Verb.of(verb)
    for form in (*negative_forms(act)[::5], *question_forms(act)[::3]):
        assert not _meanings(f"{rest} {form}"), form


@pytest.mark.parametrize("degrees", [16, 20, 23, 26, 30])
@pytest.mark.parametrize("name", ["거실 에어컨", "안방 에어컨"])
def test_a_number_is_one_number_in_digits_and_in_words(name: str, degrees: int) -> None:
    """에어컨 이십육 도 is 26 and never 에어컨이 십육 도."""
    for written in (*forms(degrees, "도"), " ".join(forms(degrees, "도")[0]), str(degrees)):
        for unit in ("도", " 도", "℃", "°C"):
            for sentence in (
                f"{name} {written}{unit}로 맞춰 줘",
                f"{name}을 {written}{unit}",
                f"{name}{written}{unit}",
            ):
                temperatures = {said["temperature"] for _, said, _ in _meanings(sentence)}
                assert temperatures == {degrees}, sentence


@pytest.mark.parametrize("minutes", [1, 2, 10, 20, 25, 45, 60, 90])
def test_a_timer_takes_the_minutes_that_were_said(minutes: int) -> None:
    for written in forms(minutes, "분"):
        for sentence in (f"{written}분 타이머", f"타이머 {written} 분 맞춰 줘", f"라면타이머{written}분"):
            assert {said["minutes"] for _, said, _ in _meanings(sentence)} == {minutes}, sentence


@pytest.mark.parametrize(("words", "hours"), [("한", 1), ("두", 2), ("세", 3), ("열두", 12), ("3", 3), ("십이", 12)])
def test_hours_are_counted_in_native_numerals_too(words: str, hours: int) -> None:
    assert _meanings(f"{words} 시간 타이머") == [("HassStartTimer", {"hours": hours}, frozenset())]


@pytest.mark.parametrize(
    ("phrases", "verb"),
    [
        (("거실", "에어컨을", "26도로"), "맞춰 줘"),
        (("거실", "불", "다"), "꺼"),
        (("안방에", "조명을", "빨간색으로"), "바꿔"),
        (("선풍기", "세게"), "틀어 줘"),
        (("라면 타이머", "3분"), "맞춰"),
        (("청소기", "충전하러"), "보내 줘"),
        (("거실", "커튼", "50%로"), "맞춰"),
        (("공기청정기", "수면 모드로"), "해 줘"),
        (("거실", "에어컨", "바람 강풍으로"), "해"),
    ],
)
def test_phrases_before_the_verb_stand_in_any_order(phrases: tuple[str, ...], verb: str) -> None:
    def meanings(order: Iterable[str]) -> list[Meaning]:
        """Readings that name a kind of device where there is one: a name with a room in it (거실 불) hangs together."""
        parses = GRAMMAR.parse(" ".join((*order, verb)))
        return [_meaning(parse) for parse in parses if parse.types or not (parse.areas or parse.devices)]

    expected = meanings(phrases)
    assert len(expected) == 1
    for order in permutations(phrases):
        assert meanings(order) == expected, order


NO_SENTENCES = """
불 켜지 마 | 불 켜지 말아 줘 | 거실 에어컨 끄지 마 | 끄지 말고 | 거실 불 끄지 말고 그냥 둬 | 에어컨 안 켜도 돼
불 안 꺼도 돼 | 불 안 켜 | 불 못 켜 | 스탠드 켜면 안 돼 | 커튼 열지 마세요 | 도어락 열지 마 | 가스 밸브 열지 마
현관문 열면 안 돼 | 청소하지 마 | 청소 안 해도 돼 | 세탁기 돌리지 마 | 타이머 취소하지 마 | 26도로 하지 마
거실 에어컨 26도로 맞추지 말고 | 무드등 파란색 말고 | 불 켰어 | 거실 불 껐어 | 에어컨 켰니 | 누가 불 켰어 | 불 켤까
에어컨 꺼도 돼 | 불 켜고 있어 | 커튼 열었어 | 문 닫았어 | 거실 불 켜, 아니 | 거실 불 켜 아니다 꺼 | 아니 거실 불
불 켜 말아 | 불 켜 에어컨 꺼 | 불이랑 에어컨 켜 | 불 켜고 에어컨 꺼 | 거실 | 불 | 켜 | 꺼 줘 | 거실 에어컨
거실에 있는 | 26도 | 삼십 퍼센트로 | 빨간색으로 바꿔 | 다 꺼 | 모두 | 3분 | 언제 끝나 | 얼마나 남았어 | 맞춰 줘
세게 틀어 | 충전하러 가 | 시작해 | 열어 줘 | 남은 시간 | 모드로 바꿔 | 제일 밝게 | 취소해 | 오늘 | 날씨 | 안녕
고마워 | 잘 자 | 사랑해 | 밥 먹었어 | 오늘 뭐 먹지 | 배고파 | 너무 더워 | 좀 추운 것 같아 | 어두운데 | 엄마 언제 와
그 사람이 불을 켜고 방으로 들어갔다 | 다음 뉴스입니다 | 오늘 서울의 기온은 26도까지 오르겠습니다
에어컨 판매가 크게 늘었습니다 | 집에 불이 났어요 | 불 좀 있어요 | 선풍기 바람이 시원하네 | 티비에서 봤어
커튼이 예쁘다 | 세탁기가 고장 났어 | 가스 요금이 올랐대 | 거실 불 켜는 법 | 거실 불 켜라고 했잖아 | 불 켜진 방
에어컨 켤 때 | 타이머라는 영화 | 3분 카레 | 삼십 분이나 늦었어 | 스탠드업 코미디 켜 줘 | 거실 불 켯 | 거실 불 켜켜
에어커 켜 | 거실 불을를 켜 | 에어컨 이만육백 도로 맞춰 | 스탠드 밝기 250% | 거실 에어컨 도로 맞춰 | 비밀등 켜
거실 버튼 눌러 | 거실 불 켜 줘 turn on the light | 냉장고 켜 | 불 켜 1 | 1 불 켜 | 타이머 -3분 맞춰
거실 ☃ 불 켜 ☃ 지 마
"""
"""Refusals, questions, talk, the television, near misses and halves of sentences."""


@pytest.mark.parametrize("text", re.split(r" \| |\n", NO_SENTENCES.strip()))
def test_what_is_not_explained_is_not_guessed(text: str) -> None:
    assert not GRAMMAR.parse(text)


def test_a_device_is_found_by_every_name_and_by_its_reading() -> None:
    home = Home(
        (Room(id="up", name="2층 거실"),),
        (
            Device(id="lg", name="LG 에어컨", type="climate", room="up"),
            Device(id="hue", name="TV-램프 (왼쪽)", type="light", aliases=("등 2",)),
        ),
    )
    grammar = Grammar(home)
    written = {"LG 에어컨": "lg", "lg에어컨": "lg", "등 2": "hue", "TV 램프 왼쪽": "hue"}
    read = {"엘지 에어컨": "lg", "등 이": "hue", "티비 램프 왼쪽": "hue"}
    for name, device in (written | read).items():
        assert [parse.devices for parse in grammar.parse(f"{name} 켜") if parse.devices] == [(device,)], name
    for room in ("2층 거실", "이 층 거실"):
        assert [parse.areas for parse in grammar.parse(f"{room} 에어컨 켜")] == [("up",)]


def test_a_name_says_nothing_in_a_home_without_that_device() -> None:
    assert not Grammar(Home()).parse("거실등 켜")
    assert not Grammar(Home()).parse("거실 불 켜")
    assert Grammar(Home()).parse("불 켜")


def test_a_name_that_two_devices_bear_is_one_reading_with_both() -> None:
    devices = tuple(Device(id=device, name="스탠드", type="light") for device in ("one", "two"))
    assert [parse.devices for parse in Grammar(Home((), devices)).parse("스탠드 켜")] == [("one", "two")]


def test_a_name_of_another_type_does_not_fit_the_frame() -> None:
    devices = (Device(id="a", name="꼬마", type="light"), Device(id="b", name="꼬마", type="lock"))
    assert [parse.devices for parse in Grammar(Home((), devices)).parse("꼬마 켜")] == [("a",)]


def test_the_longest_sentence_that_is_read() -> None:
    padding = "좀" * (MAX_LENGTH - 5)
    assert GRAMMAR.parse(f"스탠드 {padding} 켜")[:1]
    assert not GRAMMAR.parse(f"스탠드 {padding} 좀좀 켜")


WORDS = (
    "거실", "안방", "에어컨", "불", "스탠드", "모든", "다", "좀", "어", "지금", "이십", "26도로", "한시간", "3분",
    "타이머", "밝기", "파란색", "바람", "세게", "냉방", "모드", "켜", "꺼줘", "을", "이", "도", "여기", "취소",
)  # fmt: skip


@pytest.mark.parametrize("word", [*WORDS, "가", "🙂", "\x00", "ㅋ", "1", "-1", "천", "a"])
def test_one_word_said_again_and_again_takes_no_time(word: str) -> None:
    start = time.process_time()
    for length in (MAX_LENGTH, 10_000):
        GRAMMAR.parse((word * length)[: length - 2] + "켜줘")
    assert time.process_time() - start < 2


@settings(max_examples=150)
@given(
    st.text(max_size=60)
    | st.text(alphabet="거실에어컨불다좀이십육도로켜꺼줘 \t\n\x00\u200b🙂%°.,-0123456789", max_size=250)
)
def test_garbage_is_read_without_an_error(text: str) -> None:
    for parse in GRAMMAR.parse(text):
        assert parse.frame.bare or squash(text)


@settings(max_examples=150)
@given(st.lists(st.sampled_from(WORDS), max_size=12))
def test_words_in_any_order_are_read_the_same_with_and_without_spaces(words: list[str]) -> None:
    start = time.process_time()
    assert _meanings(" ".join(words)) == _meanings("".join(words))
    assert time.process_time() - start < 1


def test_ten_thousand_characters_are_no_sentence() -> None:
    assert not GRAMMAR.parse("거실 불 켜 줘 " * 1_000)
