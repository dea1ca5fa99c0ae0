"""From sentences to devices in a flat: what is meant, or why nothing is."""

import json
from itertools import permutations

import pytest
from homes import FLAT

from hub.butler.resolve import Refusal
from hub.butler.understanding import Understander, Understanding
from hub.home import Device, Home, Room

UNDERSTANDER = Understander(FLAT)
LIGHTS = ["living_light", "living_lamp", "bedroom_light", "kitchen_light", "kids_light"]


def _told(text: str, room: str | None = None, home: Home | None = None) -> tuple[str, dict[str, object], set[str]]:
    understood = (Understander(home) if home else UNDERSTANDER).understand(text, room)
    assert understood.refused is None, understood
    [meant] = understood.intents
    return meant.intent, dict(meant.slots), set(meant.targets)


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
        ("3분 타이머", "living", "HassStartTimer", {"minutes": 3}, []),
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
        ("비밀등 켜", "kids", Refusal.NOT_A_COMMAND, []),
        ("거실 버튼 켜", "living", Refusal.NOT_A_COMMAND, []),
        ("불 켜지 마", "living", Refusal.NOT_A_COMMAND, []),
        ("안녕", "living", Refusal.NOT_A_COMMAND, []),
        ("", "living", Refusal.NOT_A_COMMAND, []),
        ("거실 다 시작해", None, Refusal.AMBIGUOUS, []),
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


def test_a_name_far_away_and_a_kind_nearby_are_not_decided() -> None:
    home = Home(
        (Room(id="living", name="거실"), Room(id="bedroom", name="안방")),
        (
            Device(id="fan", name="선풍기", type="fan", room="living"),
            Device(id="tower", name="타워팬", type="fan", room="bedroom"),
        ),
    )
    assert Understander(home).understand("선풍기 켜", "bedroom").refused is Refusal.AMBIGUOUS
    assert _told("선풍기 켜", "living", home)[2] == {"fan"}


def test_what_was_understood_is_printed_as_plain_data() -> None:
    assert UNDERSTANDER.understand("스탠드 파란색으로 해 줘").to_dict() == {
        "text": "스탠드 파란색으로 해 줘",
        "intents": [
            {"intent": "HassLightSet", "slots": {"name": "스탠드", "color": "blue"}, "targets": ["living_lamp"]}
        ],
        "refused": None,
    }
    refused = UNDERSTANDER.understand("에어컨 켜").to_dict()
    assert json.loads(json.dumps(refused)) == {"text": "에어컨 켜", "intents": [], "refused": "which_device"}


def test_a_home_without_devices_still_tells_the_time() -> None:
    understander = Understander(Home())
    assert understander.understand("몇 시야").intents[0].intent == "HassGetCurrentTime"
    assert understander.understand("불 켜") == Understanding("불 켜", refused=Refusal.UNKNOWN_DEVICE)
