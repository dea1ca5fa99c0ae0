"""From sentences to devices in a flat: what is meant, or why nothing is."""

import json
from datetime import datetime
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest
from homes import FLAT

from hub.butler.resolve import Refusal
from hub.butler.understanding import Understander, Understanding
from hub.home import Device, Home, Room
from hub.korean.forms import connective_forms
from hub.korean.verbs import Verb

NOW = datetime(2026, 11, 25, 10, tzinfo=ZoneInfo("Asia/Seoul"))
"""A Wednesday, ten in the morning."""

UNDERSTANDER = Understander(FLAT, lambda: NOW)
LIGHTS = ["living_light", "living_lamp", "bedroom_light", "kitchen_light", "kids_light"]


Told = tuple[str, dict[str, object], set[str]]
"""Intent, slots and targets."""


def _all_told(text: str, room: str | None = None, home: Home | None = None) -> list[Told]:
    understood = (Understander(home) if home else UNDERSTANDER).understand(text, room)
    assert understood.refused is None, understood
    return [(meant.intent, dict(meant.slots), set(meant.targets)) for meant in understood.intents]


def _told(text: str, room: str | None = None, home: Home | None = None) -> Told:
    [meant] = _all_told(text, room, home)
    return meant


@pytest.mark.parametrize(
    ("text", "room", "intent", "slots", "targets"),
    [
        ("거실 에어컨 켜 줘", None, "HassTurnOn", {"name": "거실 에어컨"}, ["living_ac"]),
        ("침실 에어컨 켜 줘", None, "HassTurnOn", {"area": "안방", "domain": "climate"}, ["bedroom_ac"]),
        ("에어컨 켜 줘", "bedroom", "HassTurnOn", {"area": "안방", "domain": "climate"}, ["bedroom_ac"]),
        ("에어컨 다 꺼", "bedroom", "HassTurnOff", {"domain": "climate"}, ["living_ac", "bedroom_ac"]),
        ("거실 불 켜", None, "HassTurnOn", {"name": "거실등"}, ["living_light"]),
        ("마루 불 켜", None, "HassTurnOn", {"area": "거실", "domain": "light"}, ["living_light", "living_lamp"]),
        ("거실 불 다 꺼", None, "HassTurnOff", {"area": "거실", "domain": "light"}, ["living_light", "living_lamp"]),
        ("불 꺼", "kitchen", "HassTurnOff", {"area": "주방", "domain": "light"}, ["kitchen_light"]),
        ("여기 불 꺼", "kids", "HassTurnOff", {"area": "아이방", "domain": "light"}, ["kids_light"]),
        ("모든 불 꺼 줘", "kids", "HassTurnOff", {"domain": "light"}, LIGHTS),
        ("선풍기 켜", "bedroom", "HassTurnOn", {"name": "선풍기"}, ["living_fan"]),
        ("빨래 언제 끝나", None, "JipsaGetRemainingTime", {"domain": "washer"}, ["washer"]),
        ("청소해", "kitchen", "HassVacuumStart", {"name": "로봇청소기"}, ["robot"]),
        (
            "거실 에어컨 이십육 도로 맞춰",
            None,
            "HassClimateSetTemperature",
            {"name": "거실 에어컨", "temperature": 26},
            ["living_ac"],
        ),
        ("24도로 해 줘", "bedroom", "HassClimateSetTemperature", {"area": "안방", "temperature": 24}, ["bedroom_ac"]),
        ("주방 청소해", None, "HassVacuumCleanArea", {"area": "주방"}, ["robot"]),
        ("여기 청소해", "kids", "HassVacuumCleanArea", {"area": "아이방"}, ["robot"]),
        ("건조기 멈춰", None, "JipsaStop", {"name": "건조기"}, ["dryer"]),
        ("3분 타이머", "living", "HassStartTimer", {"minutes": 3}, []),
        ("안녕", "living", "HassRespond", {"topic": "greeting"}, []),
        ("오늘 며칠이야", None, "HassGetCurrentDate", {}, []),
        ("금요일은 며칠이야", None, "HassGetCurrentDate", {"date": "2026-11-27"}, []),
        ("불 켜져 있어?", None, "HassGetState", {"state": "on", "domain": "light"}, LIGHTS),
        ("거실 빼고 불 다 꺼", None, "HassTurnOff", {"domain": "light"}, LIGHTS[2:]),
        (
            "거실 다 꺼",
            None,
            "HassTurnOff",
            {"area": "거실"},
            ["living_ac", "living_light", "living_lamp", "living_fan", "tv"],
        ),
        (
            "거실 온도 2도 올려",
            None,
            "JipsaAdjust",
            {"area": "거실", "property": "temperature", "direction": "up", "step": 2},
            ["living_ac"],
        ),
    ],
)
def test_a_sentence_means_devices(
    text: str, room: str | None, intent: str, slots: dict[str, object], targets: list[str]
) -> None:
    assert _told(text, room) == (intent, slots, set(targets))


@pytest.mark.parametrize(
    ("text", "room", "refused", "choices"),
    [
        ("에어컨 켜", None, Refusal.WHICH_DEVICE, ["living_ac", "bedroom_ac"]),
        ("에어컨 켜", "kitchen", Refusal.WHICH_DEVICE, ["living_ac", "bedroom_ac"]),
        ("불 켜", None, Refusal.WHICH_DEVICE, LIGHTS),
        ("26도로 맞춰", None, Refusal.WHICH_DEVICE, ["living_ac", "bedroom_ac"]),
        ("여기 불 켜", None, Refusal.WHICH_ROOM, []),
        ("안방 스탠드 켜", None, Refusal.UNKNOWN_DEVICE, []),
        ("베란다 불 켜", None, Refusal.UNKNOWN_DEVICE, []),
        ("오븐 켜", None, Refusal.UNKNOWN_DEVICE, []),
        ("안방 커튼 닫아", "living", Refusal.UNKNOWN_DEVICE, []),
        ("비밀등 켜", "kids", Refusal.UNKNOWN_DEVICE, []),
        ("거실 버튼 켜", "living", Refusal.UNKNOWN_DEVICE, []),
        ("서랍 켜 줘", None, Refusal.UNKNOWN_DEVICE, []),
        ("2층 불 켜", None, Refusal.UNKNOWN_DEVICE, []),
        ("불 켜지 마", "living", Refusal.NEGATED, []),
        ("스탠드 안 켜도 돼", None, Refusal.NEGATED, []),
        ("스탠드 끄면 안 돼요", None, Refusal.NEGATED, []),
        ("스탠드 켤 필요 없어", None, Refusal.NEGATED, []),
        ("스탠드 켜고 선풍기는 끄지 마", None, Refusal.NEGATED, []),
        ("스탠드 켰어", None, Refusal.NOT_A_COMMAND, []),
        ("거실 불 구워 줘", None, Refusal.NOT_A_COMMAND, []),
        ("버스가 늦었어", "living", Refusal.NOT_A_COMMAND, []),
        ("", "living", Refusal.NOT_A_COMMAND, []),
        ("스탠드 켜고 꺼 줘", None, Refusal.AMBIGUOUS, []),
        ("세탁기 돌리고 멈춰 줘", None, Refusal.AMBIGUOUS, []),
        ("거실 에어컨 온도 올리고 내려 줘", None, Refusal.AMBIGUOUS, []),
    ],
)
def test_a_sentence_is_refused_with_the_reason(
    text: str, room: str | None, refused: Refusal, choices: list[str]
) -> None:
    understood = UNDERSTANDER.understand(text, room)
    assert (understood.refused, list(understood.choices), understood.intents) == (refused, choices, ())


@pytest.mark.parametrize(
    "words", [("거실", "스탠드"), ("주방", "식탁등"), ("안방", "공기청정기"), ("베란다", "세탁기")]
)
def test_a_device_and_its_room_stand_in_either_order(words: tuple[str, str]) -> None:
    one, other = (_told(f"{' '.join(order)} 꺼") for order in permutations(words))
    assert one == other
    assert len(one[2]) == 1


def test_two_lamps_of_one_name() -> None:
    home = Home(
        (Room(id="living", name="거실"), Room(id="bedroom", name="안방")),
        tuple(Device(id=f"{room}_lamp", name="스탠드", type="light", room=room) for room in ("living", "bedroom")),
    )
    asked = Understander(home).understand("스탠드 켜")
    assert (asked.refused, asked.choices) == (Refusal.WHICH_DEVICE, ("living_lamp", "bedroom_lamp"))
    assert _told("안방 스탠드 켜", None, home)[2] == {"bedroom_lamp"}
    assert _told("스탠드 안방 켜", None, home)[2] == {"bedroom_lamp"}
    assert _told("스탠드 켜", "living", home)[2] == {"living_lamp"}
    assert _told("스탠드 다 켜", "living", home)[2] == {"living_lamp", "bedroom_lamp"}


def test_a_name_that_is_also_a_kind_means_its_device_unless_all_are_meant() -> None:
    home = Home(
        (Room(id="living", name="거실"),),
        (
            Device(id="fan", name="선풍기", type="fan", room="living"),
            Device(id="tower", name="타워팬", type="fan", room="living"),
        ),
    )
    assert _told("선풍기 켜", "living", home)[2] == {"fan"}
    assert _told("선풍기 켜", None, home)[2] == {"fan"}
    assert _told("모든 선풍기 켜", None, home)[2] == {"fan", "tower"}


def test_a_name_far_away_and_a_kind_nearby_are_two_meanings() -> None:
    home = Home(
        (Room(id="living", name="거실"), Room(id="bedroom", name="안방")),
        (
            Device(id="fan", name="선풍기", type="fan", room="living"),
            Device(id="tower", name="타워팬", type="fan", room="bedroom"),
        ),
    )
    assert Understander(home).understand("선풍기 켜", "bedroom").refused is Refusal.AMBIGUOUS
    assert _told("선풍기 켜", None, home)[2] == {"fan"}
    assert _told("선풍기 켜", "living", home)[2] == {"fan"}


OFF, ON = "HassTurnOff", "HassTurnOn"
MOOD_ON: Told = (ON, {"name": "무드등"}, {"kids_light"})
LAMP_ON: Told = (ON, {"name": "스탠드"}, {"living_lamp"})
FAN_OFF: Told = (OFF, {"name": "선풍기"}, {"living_fan"})


@pytest.mark.parametrize(
    ("text", "room", "told"),
    [
        (
            "부엌 조명이랑 무드등 꺼 줘",
            None,
            [
                (OFF, {"area": "주방", "domain": "light"}, {"kitchen_light"}),
                (OFF, {"name": "무드등"}, {"kids_light"}),
            ],
        ),
        (
            "부엌하고 아이방 조명 꺼",
            None,
            [
                (OFF, {"area": "주방", "domain": "light"}, {"kitchen_light"}),
                (OFF, {"area": "아이방", "domain": "light"}, {"kids_light"}),
            ],
        ),
        ("무드등 켜고 선풍기 꺼", None, [MOOD_ON, FAN_OFF]),
        (
            "거실 에어컨 켜고 24도로 맞춰 줘",
            None,
            [
                (ON, {"name": "거실 에어컨"}, {"living_ac"}),
                ("HassClimateSetTemperature", {"name": "거실 에어컨", "temperature": 24}, {"living_ac"}),
            ],
        ),
        (
            "마루 조명 끄고 에어컨 켜 줘",
            "bedroom",
            [
                (OFF, {"area": "거실", "domain": "light"}, {"living_light", "living_lamp"}),
                (ON, {"area": "거실", "domain": "climate"}, {"living_ac"}),
            ],
        ),
        (
            "마루 조명 끄고 공기청정기 켜 줘",
            None,
            [
                (OFF, {"area": "거실", "domain": "light"}, {"living_light", "living_lamp"}),
                (ON, {"name": "공기청정기"}, {"purifier"}),
            ],
        ),
        (
            "거실 청소하고 안방도 청소해 줘",
            None,
            [
                ("HassVacuumCleanArea", {"area": "거실"}, {"robot"}),
                ("HassVacuumCleanArea", {"area": "안방"}, {"robot"}),
            ],
        ),
        ("스탠드 껐다가 켜 줘", None, [(OFF, {"name": "스탠드"}, {"living_lamp"}), LAMP_ON]),
        (
            "무드등 켜 줘. 선풍기 꺼 줘.",
            None,
            [MOOD_ON, FAN_OFF],
        ),
    ],
)  # fmt: skip
def test_a_sentence_means_several_things_in_their_order(text: str, room: str | None, told: list[Told]) -> None:
    assert _all_told(text, room) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "10분 뒤에 거실 불 꺼 줘",
            [("HassStartTimer", {"minutes": 10, "conversation_command": "거실 불 꺼 줘"}, set())],
        ),
        (
            "거실 불 저녁 7시에 켜 줘",
            [("JipsaSchedule", {"time": "19:00", "conversation_command": "거실 불 켜 줘"}, set())],
        ),
        (
            "내일 7시에 스탠드 켜고 선풍기 꺼",
            [
                (
                    "JipsaSchedule",
                    {"time": "07:00", "date": "2026-11-26", "conversation_command": "스탠드 켜고 선풍기 꺼"},
                    set(),
                )
            ],
        ),
        (
            "스탠드 켜고 10분 뒤에 꺼 줘",
            [
                LAMP_ON,
                ("HassStartTimer", {"minutes": 10, "conversation_command": "스탠드 꺼 줘"}, set()),
            ],
        ),
        ("3시간 뒤에 세탁기 돌려 줘", [("JipsaDelayStart", {"name": "세탁기", "hours": 3}, {"washer"})]),
        ("저녁 7시에 세탁기 시작해", [("JipsaDelayStart", {"name": "세탁기", "time": "19:00"}, {"washer"})]),
        (
            "스탠드 두 시간만 켜 줘",
            [
                LAMP_ON,
                ("HassStartTimer", {"hours": 2, "conversation_command": "스탠드 꺼줘"}, set()),
            ],
        ),
    ],
)  # fmt: skip
def test_what_shall_wait_or_last_waits_in_the_assistant_or_in_the_appliance(text: str, told: list[Told]) -> None:
    assert _all_told(text) == told


def test_what_waits_must_be_understood_now() -> None:
    assert UNDERSTANDER.understand("10분 뒤에 서랍 켜 줘").refused is Refusal.UNKNOWN_DEVICE
    assert UNDERSTANDER.understand("10분 뒤에 스탠드 켜지 마").refused is Refusal.NEGATED


LEADING = [
    ("스탠드", "끄다"), ("거실 커튼", "닫다"), ("스탠드 밝기 10%로", "낮추다"), ("거실 에어컨 18도로", "맞추다"),
    ("거실 에어컨 온도 2도", "올리다"), ("선풍기 좌우로", "회전하다"), ("세탁기", "시작하다"), ("티비", "음소거하다"),
    ("거실을", "청소하다"), ("타이머", "취소하다"), ("아이유 노래", "틀다"), ("장바구니에 우유를", "추가하다"),
]  # fmt: skip


@pytest.mark.parametrize(("rest", "verb"), LEADING)
def test_a_sentence_that_breaks_off_is_not_acted_on(rest: str, verb: str) -> None:
    sentences = [f"{rest} {form}" for form in connective_forms(Verb.of(verb))]
    acted = [sentence for sentence in sentences if UNDERSTANDER.understand(sentence).intents]
    assert not acted, " | ".join(acted)


@pytest.mark.parametrize(
    ("text", "corrected", "targets"),
    [
        ("거시등 켜 줘", ("거시등", "거실등"), {"living_light"}),
        ("스텐드 꺼", ("스텐드", "스탠드"), {"living_lamp"}),
        ("공기쳥정기 켜 줘", ("공기쳥정기", "공기청정기"), {"purifier"}),
    ],
)
def test_a_name_that_was_nearly_said_is_taken_for_the_nearest(
    text: str, corrected: tuple[str, str], targets: set[str]
) -> None:
    understood = UNDERSTANDER.understand(text)
    assert understood.corrected == corrected
    assert [set(meant.targets) for meant in understood.intents] == [targets]
    assert understood.text == text


def test_a_name_said_rightly_is_not_corrected() -> None:
    assert UNDERSTANDER.understand("스탠드 꺼").corrected is None


@pytest.mark.parametrize("text", ["거시등 켜지 마", "거시등 켰어", "거실등 켜재"])
def test_nothing_but_a_name_is_corrected(text: str) -> None:
    understood = UNDERSTANDER.understand(text)
    assert (understood.intents, understood.corrected) == ((), None)


@pytest.mark.parametrize(
    ("text", "refused", "unexplained"),
    [
        ("서랍 켜 줘", Refusal.UNKNOWN_DEVICE, "서랍"),
        ("다락방 불 켜 줘", Refusal.UNKNOWN_DEVICE, "다락방"),
        ("베란다 불 켜", Refusal.UNKNOWN_DEVICE, "베란다 불"),
        ("거실 불 구워 줘", Refusal.NOT_A_COMMAND, "구워 줘"),
        ("버스가 늦었어", Refusal.NOT_A_COMMAND, None),
        ("에어컨 켜", Refusal.WHICH_DEVICE, None),
    ],
)
def test_the_part_that_was_not_understood_is_told(text: str, refused: Refusal, unexplained: str | None) -> None:
    understood = UNDERSTANDER.understand(text)
    assert (understood.refused, understood.unexplained) == (refused, unexplained)


@pytest.mark.parametrize(
    "text",
    ["불 켜 에어컨 꺼", "거실 불 켜켜", "언제 끝나", "거실 에어컨 500도로 맞춰 줘",
     "빨간색으로 바꿔", "무드등 회전시켜 줘"],
)  # fmt: skip
def test_a_verb_a_number_or_half_a_name_is_no_unknown_device(text: str) -> None:
    """'켜'라는 기기를 찾지 못했어요 helps nobody."""
    understood = UNDERSTANDER.understand(text)
    assert understood.refused in {Refusal.NOT_A_COMMAND, Refusal.AMBIGUOUS}, understood.unexplained


def test_each_part_of_a_sentence_is_told_for_what_it_was_taken() -> None:
    words = UNDERSTANDER.understand("집사야 마루 조명을 다 꺼 줄래").words
    assert [(word.role, word.text) for word in words] == [
        ("area", "마루"), ("target", "조명을"), ("all", "다"), ("verb", "꺼줄래")
    ]  # fmt: skip
    words = UNDERSTANDER.understand("무드등 켜고 지금 선풍기 꺼").words
    assert [(word.role, word.text) for word in words] == [
        ("target", "무드등"), ("verb", "켜고"), ("filler", "지금"), ("target", "선풍기"), ("verb", "꺼")
    ]  # fmt: skip


def test_what_was_understood_is_printed_as_plain_data() -> None:
    assert UNDERSTANDER.understand("스탠드 파란색으로 해 줘").to_dict() == {
        "text": "스탠드 파란색으로 해 줘",
        "intents": [
            {"intent": "HassLightSet", "slots": {"name": "스탠드", "color": "blue"}, "targets": ["living_lamp"]}
        ],
        "refused": None,
    }
    refused = UNDERSTANDER.understand("서랍 켜").to_dict()
    assert json.loads(json.dumps(refused)) == {
        "text": "서랍 켜", "intents": [], "refused": "unknown_device", "unexplained": "서랍"
    }  # fmt: skip


def test_a_home_without_devices_still_tells_the_time() -> None:
    understander = Understander(Home())
    assert understander.understand("몇 시야").intents[0].intent == "HassGetCurrentTime"
    refused = understander.understand("불 켜")
    assert isinstance(refused, Understanding)
    assert (refused.text, refused.refused, refused.intents) == ("불 켜", Refusal.UNKNOWN_DEVICE, ())
