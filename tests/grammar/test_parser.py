"""What sentences mean in a flat, however they are spaced, ordered and inflected, and what is no sentence at all."""

import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise, permutations
from pathlib import Path

import pytest
from homes import FLAT
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.grammar.parse import HERE, Free, Named, Parse, When
from hub.grammar.parser import MAX_CLAUSES, MAX_LENGTH, MAX_TURNED, Grammar
from hub.home import Device, Home, Room
from hub.korean.dates import Date
from hub.korean.forms import connective_forms, negative_forms, question_forms, request_forms
from hub.korean.jamo import squash
from hub.korean.numerals import forms
from hub.korean.times import Clock
from hub.korean.verbs import Verb

GRAMMAR = Grammar(FLAT)

Meaning = tuple[str, dict[str, object], frozenset[str]]
"""Intent, slots, and what was named: device and room ids, types, classes, floors, `all`."""


def _meanings(text: str) -> list[Meaning]:
    """What a sentence of one clause may mean."""
    return [_meaning(parse) for [parse] in GRAMMAR.parse(text)]


def _meaning(parse: Parse) -> Meaning:
    named = (word for target in parse.named for word in _words(target))
    return parse.intent, _plain(parse), frozenset((*named, *(["all"] if parse.every else [])))


def _words(target: Named) -> list[str]:
    """Everything that was said to name a target."""
    kinds = [kind for kind in (target.kind, target.device_class) if kind]
    return [*target.devices, *kinds, *target.areas, *map(str, target.floors)]


def _plain(parse: Parse) -> dict[str, object]:
    return {slot: value.text if isinstance(value, Free) else value for slot, value in parse.slots.items()}


def _rows(text: str) -> list[list[Meaning]]:
    """What a sentence may mean, clause by clause."""
    return [[_meaning(parse) for parse in sentence] for sentence in GRAMMAR.parse(text)]


def _has_text(text: str) -> bool:
    """Whether a sentence may hold text that no list has."""
    slots = (value for sentence in GRAMMAR.parse(text) for parse in sentence for value in parse.slots.values())
    return any(isinstance(value, Free) for value in slots)


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
        ("커튼 50퍼센트로 맞춰", "HassSetPosition", {"position": 50}, "curtain"),
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
        ("건조기 멈춰", "JipsaStop", {}, "dryer"),
        ("세탁기 정지해", "JipsaStop", {}, "washer"),
        ("건조기 일시정지해 줘", "JipsaPause", {}, "dryer"),
        ("청소기 잠깐 멈춰", "JipsaPause", {}, "robot"),
        ("세탁기 계속해 줘", "JipsaResume", {}, "washer"),
        ("세탁기 언제 끝나", "JipsaGetRemainingTime", {}, "washer"),
        ("건조기 얼마나 남았어", "JipsaGetRemainingTime", {}, "dryer"),
        ("빨래 다 됐어", "JipsaGetRemainingTime", {}, "washer"),
        ("세탁기 남은 시간 알려 줘", "JipsaGetRemainingTime", {}, "washer"),
        ("로봇청소기 돌려 줘", "HassVacuumStart", {}, "robot"),
        ("청소해 줘", "HassVacuumStart", {}, ""),
        ("거실 청소해 줘", "HassVacuumCleanArea", {}, "living"),
        ("로보로 안방 청소 좀 해", "HassVacuumCleanArea", {}, "robot bedroom"),
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
        ("3분 타이머 지워 줘", "HassCancelTimer", {"start_minutes": 3}, ""),
        ("파스타 타이머 취소", "HassCancelTimer", {"name": "파스타"}, ""),
        ("타이머 다 취소해", "HassCancelAllTimers", {}, ""),
        ("타이머 얼마나 남았어", "HassTimerStatus", {}, ""),
        ("타이머 멈춰", "HassPauseTimer", {}, ""),
        ("타이머 계속해", "HassUnpauseTimer", {}, ""),
        ("타이머 5분 늘려 줘", "HassIncreaseTimer", {"minutes": 5}, ""),
        ("타이머 1분만 줄여", "HassDecreaseTimer", {"minutes": 1}, ""),
        ("지금 몇 시야", "HassGetCurrentTime", {}, ""),
        ("시간 좀 알려 줘", "HassGetCurrentTime", {}, ""),
        ("오늘 며칠이야", "HassGetCurrentDate", {"day": "today"}, ""),
        ("무슨 요일이야", "HassGetCurrentDate", {}, ""),
        ("내일 날씨 어때", "HassGetWeather", {"day": "tomorrow"}, ""),
        ("지금 날씨 어때", "HassGetWeather", {}, ""),
        ("날씨 알려 줘", "HassGetWeather", {}, ""),
        ("안녕", "HassRespond", {"topic": "greeting"}, ""),
        ("고마워", "HassRespond", {"topic": "thanks"}, ""),
        ("듣고 있어", "HassRespond", {"topic": "privacy"}, ""),
        ("취소해", "HassNevermind", {}, ""),
        # What only text can say: more and less, floors, classes.
        ("2층 불 꺼 줘", "HassTurnOff", {}, "2 light"),
        ("거실 온도 2도 올려 줘", "JipsaAdjust", {"property": "temperature", "direction": "up", "step": 2}, "living"),
        ("스탠드 조금만 더 밝게 해 줘", "JipsaAdjust", {"property": "brightness", "direction": "up"}, "living_lamp"),
        ("창문 열려 있어", "HassGetState", {"state": "open"}, "window"),
        ("티비 소리 키워 줘", "HassSetVolumeRelative", {"volume_step": "up"}, "tv"),
        ("티비 볼륨 10 줄여 줘", "HassSetVolumeRelative", {"volume_step": -10}, "tv"),
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
    ("도어락", "잠그다", "HassTurnOn", {}),
    ("도어락", "풀다", "HassTurnOff", {}),
    ("무드등 초록색으로", "바꾸다", "HassLightSet", {"color": "green"}),
    ("스탠드 밝기 10%로", "낮추다", "HassLightSet", {"brightness": 10}),
    ("거실 에어컨 18도로", "맞추다", "HassClimateSetTemperature", {"temperature": 18}),
    ("거실 에어컨 온도 2도", "올리다", "JipsaAdjust", {"direction": "up", "property": "temperature", "step": 2}),
    ("선풍기 좌우로", "회전하다", "JipsaSetSwing", {"swing": "horizontal"}),
    ("세탁기", "시작하다", "JipsaStart", {}),
    ("세탁기", "정지하다", "JipsaStop", {}),
    ("세탁기", "멈추다", "JipsaStop", {}),
    ("세탁기", "일시정지하다", "JipsaPause", {}),
    ("세탁기", "재개하다", "JipsaResume", {}),
    ("거실을", "청소하다", "HassVacuumCleanArea", {}),  # 거실 안 청소해 may mean inside
    ("타이머", "취소하다", "HassCancelTimer", {}),
    ("3분 타이머", "맞추다", "HassStartTimer", {"minutes": 3}),
    ("타이머 3분", "늘리다", "HassIncreaseTimer", {"minutes": 3}),
    ("오늘 날씨", "알려주다", "HassGetWeather", {"day": "today"}),
    ("아이유 노래", "틀다", "HassMediaSearchAndPlay", {"media_class": "track", "search_query": "아이유"}),
    ("아이유 노래", "재생하다", "HassMediaSearchAndPlay", {"media_class": "track", "search_query": "아이유"}),
    ("티비", "음소거하다", "HassMediaPlayerMute", {}),
    ("장바구니에 우유를", "추가하다", "HassShoppingListAddItem", {"item": "우유"}),
    ("할 일 목록에서 설거지", "완료하다", "HassListCompleteItem", {"item": "설거지", "name": "할 일"}),
    ("밥 먹자고 온 집에", "방송하다", "HassBroadcast", {"message": "밥 먹자"}),
]


SHARED = 5
"""The verbs share their forms: each tries every fifth, beginning with another one, so that several try each ending."""


@pytest.mark.parametrize(("number", "row"), [*enumerate(ASKING)], ids=[f"{rest} {verb}" for rest, verb, *_ in ASKING])
def test_every_ending_of_a_request_is_one_request(number: int, row: tuple[str, str, str, dict[str, object]]) -> None:
    rest, verb, intent, slots = row
    asked = {(intent, tuple(sorted(slots.items())))}
    for form in request_forms(Verb.of(verb))[number % SHARED :: SHARED]:
        meanings = _meanings(f"{rest} {form}")
        assert {(found, tuple(sorted(said.items()))) for found, said, _ in meanings} == asked, form


@pytest.mark.parametrize(("rest", "verb", "intent", "slots"), ASKING)
def test_no_ending_that_forbids_or_asks_is_a_request(
    rest: str, verb: str, intent: str, slots: dict[str, object]
) -> None:
    act = Verb.of(verb)
    taken = [form for form in (*negative_forms(act), *question_forms(act)) if GRAMMAR.parse(f"{rest} {form}")]
    assert not taken, f"{rest} {' | '.join(taken)}"


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
        parses = [parse for [parse] in GRAMMAR.parse(" ".join((*order, verb)))]
        kinds = [parse for parse in parses if not any(target.devices for target in parse.named)]
        found = [_meaning(parse) for parse in kinds or parses]
        return [meaning for at, meaning in enumerate(found) if meaning not in found[:at]]

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
불 켜 말아 | 불 켜 에어컨 꺼 | 거실 | 불 | 켜 | 꺼 줘 | 거실 에어컨 | 거실에 있는 | 26도 | 삼십 퍼센트로
빨간색으로 바꿔 | 다 켜 | 모두 | 3분 | 언제 끝나 | 맞춰 줘 | 세게 틀어 | 시작해 | 열어 줘 | 남은 시간 | 모드로 바꿔
제일 밝게 | 오늘 | 잘 자 | 버스가 늦었어 | 숙제 다 했어 | 수학 시험 봤어 | 너무 더워 | 좀 추운 것 같아 | 어두운데
엄마 언제 와 | 불 켜고 | 불이랑 에어컨 | 거실 빼고 다 | 거실 불 켜고 끄지 마 | 10분 뒤에 | 우유 추가해 줘 | 아이유 노래
방송해 줘 | 거실 말고 | 2층 | 더 밝게 올려 말아 | 다음 곡 말고 | 소리 키우지 마 | 불 켜 줄까 | 장바구니에 추가해 줘
뒤에 불 켜 | 그 사람이 불을 켜고 방으로 들어갔다 | 다음 뉴스입니다 | 오늘 서울의 기온은 26도까지 오르겠습니다
에어컨 판매가 크게 늘었습니다 | 집에 불이 났어요 | 불 좀 있어요 | 선풍기 바람이 시원하네 | 티비에서 봤어
커튼이 예쁘다 | 세탁기가 고장 났어 | 가스 요금이 올랐대 | 거실 불 켜는 법 | 거실 불 켜라고 했잖아 | 불 켜진 방
에어컨 켤 때 | 타이머라는 영화 | 3분 카레 | 삼십 분이나 늦었어 | 스탠드업 코미디 켜 줘 | 거실 불 켯 | 거실 불 켜켜
에어커 켜 | 에어컨 이만육백 도로 맞춰 | 스탠드 밝기 250% | 거실 에어컨 도로 맞춰 | 비밀등 켜
거실 버튼 눌러 | 거실 불 켜 줘 turn on the light | 냉장고 켜 | 불 켜 1 | 1 불 켜 | 타이머 -3분 맞춰
거실 ☃ 불 켜 ☃ 지 마
"""
"""Refusals, questions, talk, the television, near misses and halves of sentences."""


@pytest.mark.parametrize("text", re.split(r" \| |\n", NO_SENTENCES.strip()))
def test_what_is_not_explained_is_not_guessed(text: str) -> None:
    assert not GRAMMAR.parse(text)


def _named(grammar: Grammar, text: str) -> list[tuple[Named, ...]]:
    return [parse.named for [parse] in grammar.parse(text)]


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
        assert (Named((device,)),) in _named(grammar, f"{name} 켜"), name
    for room in ("2층 거실", "이 층 거실"):
        assert (Named(kind="climate", areas=("up",)),) in _named(grammar, f"{room} 에어컨 켜")


def test_a_name_says_nothing_in_a_home_without_that_device() -> None:
    assert not Grammar(Home()).parse("거실등 켜")
    assert not Grammar(Home()).parse("거실 불 켜")
    assert Grammar(Home()).parse("불 켜")


def test_a_name_that_two_devices_bear_is_one_reading_with_both() -> None:
    devices = tuple(Device(id=device, name="스탠드", type="light") for device in ("one", "two"))
    assert _named(Grammar(Home((), devices)), "스탠드 켜") == [(Named(("one", "two")),)]


def test_the_last_words_of_a_name_are_a_name_unless_they_mean_something_already() -> None:
    home = Home(
        (Room(id="corner", name="구석"),),
        (
            Device(id="one", name="책상 높은 스탠드", type="light"),
            Device(id="two", name="구석 스탠드", type="light"),
            Device(id="three", name="거실 조명", type="light", aliases=("옛날 구석",)),
            Device(id="four", name="영화 감상", type="scene"),
            Device(id="five", name="전등 2", type="light"),
        ),
    )
    grammar = Grammar(home)
    assert _named(grammar, "스탠드 켜") == [(Named(("one", "two")),)]
    assert _named(grammar, "높은 스탠드 켜") == [(Named(("one",)),)]
    assert _named(grammar, "조명 켜") == [(Named(kind="light"),)]
    assert _named(grammar, "구석 불 켜") == [(Named(kind="light", areas=("corner",)),)]
    assert not grammar.parse("감상 켜")
    assert not grammar.parse("2 켜")


def test_a_noun_that_some_of_a_kind_have_in_their_names_tells_which() -> None:
    devices = (
        Device(id="radio", name="주방 라디오", type="media_player"),
        Device(id="speaker", name="스피커", type="media_player"),
        Device(id="box", name="상자", type="media_player"),
    )
    grammar = Grammar(Home((), devices))
    assert _named(grammar, "라디오 켜") == [(Named(kind="media_player", among=("radio",)),)]
    assert (Named(kind="media_player", among=("speaker",)),) in _named(grammar, "스피커 켜")
    assert _named(grammar, "오디오 켜") == [(Named(kind="media_player"),)]
    assert _named(Grammar(Home((), devices[:1])), "라디오 켜") == [(Named(kind="media_player"),)]


def test_a_noun_that_is_the_name_of_all_of_a_kind_is_no_kind_as_well() -> None:
    one, two = (Device(id=device, name="라디오", type="media_player") for device in ("one", "two"))
    box = Device(id="box", name="상자", type="media_player")
    assert _named(Grammar(Home((), (one,))), "라디오 켜") == [(Named(("one",)),)]
    assert _named(Grammar(Home((), (one, two))), "라디오 켜") == [(Named(("one", "two")),)]
    assert len(_named(Grammar(Home((), (one, box))), "라디오 켜")) == 2


def test_a_name_of_another_type_does_not_fit_the_frame() -> None:
    devices = (Device(id="a", name="꼬마", type="light"), Device(id="b", name="꼬마", type="cover"))
    assert _named(Grammar(Home((), devices)), "꼬마 켜") == [(Named(("a",)),)]
    assert _named(Grammar(Home((), devices)), "꼬마 열어") == [(Named(("b",)),)]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (
            "거실 조명이랑 부엌 조명 꺼",
            (Named(kind="light", areas=("living",)), Named(kind="light", areas=("kitchen",))),
        ),
        (
            "마루 조명하고 티비 꺼 줘",
            (Named(kind="light", areas=("living",)), Named(("tv",), areas=("living",), inherited=True)),
        ),
        (
            "스탠드 선풍기 티비 꺼",
            (Named(("living_lamp",)), Named(("living_fan",), inherited=True), Named(("tv",), inherited=True)),
        ),
        ("부엌하고 아이방 조명 켜", (Named(kind="light", areas=("kitchen", "kids")),)),
        ("무드등 조명 꺼", (Named(("kids_light",)),)),
        ("조명 꺼 줘 부엌", (Named(kind="light", areas=("kitchen",)),)),
        ("2층하고 3층 조명 꺼", (Named(kind="light", floors=(2, 3)),)),
    ],
)  # fmt: skip
def test_several_targets_of_one_act(text: str, named: tuple[Named, ...]) -> None:
    assert named in _named(GRAMMAR, text)


LAMP_OFF: Meaning = ("HassTurnOff", {}, frozenset({"living_lamp"}))
FAN_ON: Meaning = ("HassTurnOn", {}, frozenset({"living_fan"}))


@pytest.mark.parametrize("form", connective_forms(Verb.of("끄다")))
def test_every_form_that_leads_on_joins_two_acts(form: str) -> None:
    assert [LAMP_OFF, FAN_ON] in _rows(f"스탠드 {form} 선풍기 켜 줘")


@pytest.mark.parametrize(
    "joint", [". ", ", ", "! ", "; ", "\n", " 그리고 ", " 그다음에 ", ", 그리고 ", ". 그리고 나서 ", " 또 "]
)
def test_a_pause_or_a_word_joins_two_sentences(joint: str) -> None:
    assert [LAMP_OFF, FAN_ON] in _rows(f"스탠드 꺼 줘{joint}선풍기 켜 줘")


def test_words_that_join_follow_a_form_that_leads_on() -> None:
    assert [LAMP_OFF, FAN_ON] in _rows("스탠드 끄고 그리고 선풍기 켜 줘")
    assert [LAMP_OFF, FAN_ON] in _rows("스탠드 끄고, 그런 다음 선풍기 좀 켜 줘")


def test_a_further_act_may_be_about_the_target_before_it() -> None:
    red = ("HassLightSet", {"color": "red"}, frozenset())
    assert _rows("무드등 켜고 빨간색으로 바꿔 줘") == [[("HassTurnOn", {}, frozenset({"kids_light"})), red]]
    assert not GRAMMAR.parse("빨간색으로 바꿔 줘")


def test_a_negation_in_any_clause_refuses_the_sentence() -> None:
    assert not GRAMMAR.parse("스탠드 끄고 선풍기 켜지 마")
    assert not GRAMMAR.parse("스탠드 끄지 말고 선풍기 켜 줘")
    assert not GRAMMAR.parse("스탠드 꺼 줘. 선풍기 켜지 마")


def test_only_so_many_acts_are_asked_for_in_one_breath() -> None:
    clauses = ["스탠드 끄고", "선풍기 켜고", "무드등 끄고", "티비 켜고", "식탁등 끄고", "안방등 끄고", "로보 켜고"]
    most = " ".join(clauses[: MAX_CLAUSES - 1])
    assert {len(row) for row in GRAMMAR.parse(f"{most} 공기청정기 켜 줘")} == {MAX_CLAUSES}
    assert not GRAMMAR.parse(f"{most} {clauses[MAX_CLAUSES]} 공기청정기 켜 줘")


@pytest.mark.parametrize(
    "text",
    ["꺼 줘 스탠드", "꺼 줘, 스탠드", "꺼 줄래 스탠드 좀", "꺼 주세요 스탠드", "거실 꺼 줘 스탠드", "좀 꺼 봐 스탠드"],
)
def test_the_verb_may_stand_before_its_words(text: str) -> None:
    named = LAMP_OFF[2] | ({"living"} if "거실" in text else set())
    assert ("HassTurnOff", {}, named) in _meanings(text)


def test_a_long_sentence_is_not_turned_round() -> None:
    padding = "빨리" * ((MAX_TURNED - 4) // 2)
    assert GRAMMAR.parse(f"꺼 {padding} 스탠드")
    assert not GRAMMAR.parse(f"꺼 {padding} 빨리 스탠드")


@pytest.mark.parametrize(
    "text",
    [
        "저기 {}", "집사야, {}", "저기 집사야 {}", "아 맞다 {}", "엄마 {}", "{} 제발", "{} 빨리", "{} 집사야",
        "{}, 고마워", "어두워, {}", "너무 어두워 {}", "아이고 더워 죽겠다 {}", "추우니까 {}", "{} 너무 추워",
        "{} 어두워",
    ],
)  # fmt: skip
def test_what_is_said_to_somebody_first_or_last_changes_nothing(text: str) -> None:
    assert LAMP_OFF in _meanings(text.format("스탠드 꺼 줘"))


@pytest.mark.parametrize("word", ["빼고", "말고", "제외하고", "놔두고", "빼고 나머지", "외에"])
def test_what_is_left_out_is_no_target(word: str) -> None:
    [[parse]] = GRAMMAR.parse(f"거실 {word} 불 다 꺼")
    assert parse.excepted == (Named(areas=("living",)),)
    assert (parse.named, parse.every) == ((Named(kind="light"),), True)


@pytest.mark.parametrize(
    ("said", "excepted"),
    [
        ("스탠드", (Named(("living_lamp",)),)),
        ("거실하고 안방", (Named(areas=("living", "bedroom")),)),
        ("2층", (Named(floors=(2,)),)),
        ("안방 조명", (Named(kind="light", areas=("bedroom",)),)),
        ("여기", (Named(areas=(HERE,)),)),
    ],
)
def test_rooms_floors_names_and_kinds_can_be_left_out(said: str, excepted: tuple[Named, ...]) -> None:
    assert excepted in [parse.excepted for [parse] in GRAMMAR.parse(f"{said} 빼고 다 꺼 줘")]


MINUTES, HOURS = (("minutes", 10),), (("hours", 1), ("minutes", 30))


@pytest.mark.parametrize(
    ("said", "when"),
    [
        ("10분 뒤에", When(MINUTES)), ("십 분 후에", When(MINUTES)), ("10분 있다가", When(MINUTES)),
        ("한 시간 반 뒤에", When(HOURS)), ("저녁 7시에", When(clock=Clock(7, 0, "pm"))),
        ("19:30에", When(clock=Clock(19, 30))),
        ("내일 아침 7시에", When(clock=Clock(7, 0, "am"), date=Date(days=1))),
        ("금요일 8시에", When(clock=Clock(8), date=Date(weekday=4))),
    ],
)  # fmt: skip
def test_an_act_may_wait(said: str, when: When) -> None:
    for text in (f"{said} 스탠드 꺼 줘", f"스탠드 {said} 꺼 줘"):
        [parse] = [parse for [parse] in GRAMMAR.parse(text) if parse.named == (Named(("living_lamp",)),)]
        assert (parse.intent, parse.when) == ("HassTurnOff", when)
        assert parse.when is not None
        assert parse.when.command == "스탠드 꺼 줘"


def test_an_act_may_last_until_a_time() -> None:
    [parse] = [parse for [parse] in GRAMMAR.parse("스탠드 내일 아침 7시까지 켜 줘") if parse.intent == "HassTurnOn"]
    assert parse.lasting == When(clock=Clock(7, 0, "am"), date=Date(days=1))


@pytest.mark.parametrize("said", ["10분만", "10분 동안", "십 분간", "10분 동안만"])
def test_an_act_may_last_a_while(said: str) -> None:
    [parse] = [parse for [parse] in GRAMMAR.parse(f"스탠드 {said} 켜 줘") if parse.intent == "HassTurnOn"]
    assert parse.lasting == When(MINUTES)
    assert parse.named == (Named(("living_lamp",)),)


@pytest.mark.parametrize(
    "text",
    [
        "스탠드 켜져 있어", "스탠드 켜졌니", "스탠드 켜져 있는지 알려 줘", "스탠드 지금 켜져 있는지 좀 말해 줄래",
        "혹시 스탠드 켜져 있나",
    ],
)  # fmt: skip
def test_a_question_is_asked_directly_and_indirectly(text: str) -> None:
    assert ("HassGetState", {"state": "on"}, frozenset({"living_lamp"})) in _meanings(text)


FREE: list[tuple[str, str, dict[str, object]]] = [
    ("장바구니에 우유 추가해 줘", "HassShoppingListAddItem", {"item": "우유"}),
    ("장바구니에 우유를 담아 줘", "HassShoppingListAddItem", {"item": "우유"}),
    ("장바구니에 노을 추가해", "HassShoppingListAddItem", {"item": "노을"}),
    ("쇼핑 목록에 두부 두 모랑 대파 넣어 줘", "HassShoppingListAddItem", {"item": "두부 두 모랑 대파"}),
    ("우유 두 팩 장바구니에 담아 줘", "HassShoppingListAddItem", {"item": "우유 두 팩"}),
    ("할 일 목록에 빨래 널기 추가해 줘", "HassListAddItem", {"name": "할 일", "item": "빨래 널기"}),
    ("할 일 목록에서 빨래 널기 지워 줘", "HassListRemoveItem", {"name": "할 일", "item": "빨래 널기"}),
    ("아이유 노래 틀어 줘", "HassMediaSearchAndPlay", {"search_query": "아이유", "media_class": "track"}),
    ("나훈아 노래 좀 들려 줘", "HassMediaSearchAndPlay", {"search_query": "나훈아", "media_class": "track"}),
    ("들국화 앨범 재생해 줘", "HassMediaSearchAndPlay", {"search_query": "들국화", "media_class": "album"}),
    ("밥 먹자고 방송해 줘", "HassBroadcast", {"message": "밥 먹자"}),
    ("온 집에 저녁 먹으라고 알려 줘", "HassBroadcast", {"message": "저녁 먹으라"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "intent", "slots"), FREE)
def test_text_that_nobody_can_list_is_kept_as_it_was_said(text: str, intent: str, slots: dict[str, object]) -> None:
    assert _meanings(text) == [(intent, slots, frozenset())]


def test_text_that_nobody_can_list_may_look_like_anything() -> None:
    assert _meanings("장바구니에 불 켜 추가해 줘") == [("HassShoppingListAddItem", {"item": "불 켜"}, frozenset())]
    assert _meanings("장바구니에 TV 받침대 추가해 줘") == [
        ("HassShoppingListAddItem", {"item": "TV 받침대"}, frozenset())
    ]


@pytest.mark.parametrize("verb", ["지워", "삭제해", "없애", "취소해", "꺼"])
@pytest.mark.parametrize("filler", ["", "좀 "])
def test_a_timer_that_is_deleted_is_not_shortened(verb: str, filler: str) -> None:
    assert _meanings(f"3분 타이머 {filler}{verb} 줘") == [("HassCancelTimer", {"start_minutes": 3}, frozenset())]


@pytest.mark.parametrize("text", ["에어컨 AI로 해 줘", "에어컨 에이아이로 해 줘", "에어컨 인공지능 모드로 바꿔 줘"])
def test_a_word_in_latin_letters_is_understood_as_it_is_read_aloud(text: str) -> None:
    assert _meanings(text) == [("JipsaSetMode", {"mode": "auto"}, frozenset({"climate"}))]


HASHED = """
import sys
sys.path.insert(0, sys.argv[1])
from homes import FLAT
from hub.butler.understanding import Understander
understander = Understander(FLAT)
for text in sys.argv[2:]:
    found = understander.understand(text)
    print(text, [(meant.intent, sorted(meant.slots.items()), sorted(meant.targets)) for meant in found.intents],
          found.refused, found.unexplained)
"""


def test_the_order_of_sets_decides_nothing() -> None:
    """Strings hash differently in every process, and so do sets of them."""
    texts = [
        "문을좀 다 열어 줘", "3분 타이머 좀 지워 줘", "무드등 회전시켜 줘", "거실 에어컨 500도로 맞춰 줘",
        "거실 불 켜 줘", "스탠드를 좀 다 꺼 줘",
    ]  # fmt: skip
    command = [sys.executable, "-c", HASHED, str(Path(__file__).parents[1]), *texts]
    told = {
        subprocess.run(command, env={"PYTHONHASHSEED": str(seed)}, capture_output=True, check=True, text=True).stdout
        for seed in range(1, 4)
    }
    assert len(told) == 1, "\n".join(sorted(told))


def test_the_longest_sentence_that_is_read() -> None:
    padding = "제발" * ((MAX_LENGTH - 4) // 2)
    assert GRAMMAR.parse(f"스탠드 켜 {padding}")
    assert not GRAMMAR.parse(f"스탠드 켜 {padding} 제발")


WORDS = (
    "거실", "안방", "에어컨", "불", "스탠드", "모든", "다", "좀", "어", "지금", "이십", "26도로", "한시간", "3분",
    "타이머", "밝기", "파란색", "바람", "세게", "냉방", "모드", "켜", "꺼줘", "을", "이", "도", "여기", "취소", "켜고",
    "빼고", "뒤에", "그리고", "노래", "장바구니에", "추가해", "2층", "내일", "7시에", "말고", "이랑", "고", "틀어",
)  # fmt: skip
ENDS = ("켜줘", "꺼줘", "켜고", "끄고", "해줘", "맞춰줘", "추가해줘", "틀어줘")


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
    for sentence in GRAMMAR.parse(text):
        assert squash(text)
        assert all(parse.words for parse in sentence)


@settings(max_examples=150)
@given(st.lists(st.sampled_from(WORDS), max_size=12))
def test_words_in_any_order_are_read_the_same_with_and_without_spaces(words: list[str]) -> None:
    start = time.process_time()
    spaced, glued = " ".join(words), "".join(words)
    # Where a free text begins, spaces tell more.
    assert _rows(spaced) == _rows(glued) or _has_text(spaced) or _has_text(glued)
    assert time.process_time() - start < 1


@settings(max_examples=100)
@given(st.lists(st.sampled_from([*WORDS, *ENDS]), max_size=8))
def test_no_letter_is_read_twice(words: list[str]) -> None:
    said = Counter(squash(" ".join(words)))
    for sentence in GRAMMAR.parse(" ".join(words)):
        taken = [word for parse in sentence for word in parse.words]
        assert all(before.end <= after.start for before, after in pairwise(taken))
        assert Counter("".join(word.text for word in taken)) <= said


def test_ten_thousand_characters_are_no_sentence() -> None:
    assert not GRAMMAR.parse("거실 불 켜 줘 " * 1_000)
