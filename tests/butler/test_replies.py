"""What the butler answers, in Korean and English: one sentence for every key of texts/done.yaml."""

import pytest
from homes import FLAT

import hub.texts
from hub.butler import done
from hub.butler.replies import answer, refusal
from hub.butler.resolve import Refusal, Resolved
from hub.butler.understanding import Understanding
from hub.grammar.lexicon import SlotValue
from hub.home import Device, Home, Room
from hub.messages import Error, ErrorCode, Reply
from hub.payloads import Value
from hub.texts import Language

Changes = dict[str, dict[str, Value]]

HOME = Home(
    FLAT.rooms,
    (
        *FLAT.devices,
        *(
            Device(id=kind, name=name, type=kind, room="kitchen")
            for name, kind in (
                ("냉장고", "refrigerator"),
                ("와인셀러", "wine_cellar"),
                ("오븐", "oven"),
                ("인덕션", "cooktop"),
                ("전자레인지", "microwave_oven"),
                ("가습기", "humidifier"),
                ("스피커", "media_player"),
                ("잔디깎이", "lawn_mower"),
                ("엘리베이터", "button"),
            )
        ),
    ),
)


def _reply(changed: Changes | None = None, *, state: Changes | None = None, error: str | None = None) -> Reply:
    fault = Error(code=ErrorCode.DEVICE_OFFLINE, message=error) if error else None
    return Reply(id="1", bridge="lamps", ok=not error, changed=changed or {}, state=state or {}, error=fault)


def _said(intent: str, slots: dict[str, SlotValue], *given: Reply, language: Language = "ko", home: Home = HOME) -> str:
    return answer(Resolved(intent, slots, ()), given, home, language)


DONE: list[tuple[str, str, dict[str, SlotValue], str, str, str]] = [
    # key, intent, slots, device that changed, Korean, English
    ("HassTurnOn", "HassTurnOn", {}, "living_ac", "거실 에어컨을 켰어요.", "거실 에어컨 on."),
    ("HassTurnOn", "HassTurnOn", {"name": "선풍기"}, "living_fan", "선풍기를 켰어요.", "선풍기 on."),
    ("HassTurnOn-button", "HassTurnOn", {}, "button", "엘리베이터를 눌렀어요.", "엘리베이터 pressed."),
    ("HassTurnOn-script", "HassTurnOn", {}, "leaving", "외출 루틴을 시작했어요.", "외출 루틴 started."),
    ("HassTurnOn-cover", "HassTurnOn", {}, "living_curtain", "거실 커튼을 열었어요.", "거실 커튼 opened."),
    ("HassTurnOn-valve", "HassTurnOn", {}, "gas", "가스 밸브를 열었어요.", "가스 밸브 opened."),
    ("HassTurnOn-lock", "HassTurnOn", {}, "door", "도어락을 잠갔어요.", "도어락 locked."),
    ("HassTurnOff", "HassTurnOff", {}, "tv", "티비를 껐어요.", "티비 off."),
    ("HassTurnOff-cover", "HassTurnOff", {}, "living_curtain", "거실 커튼을 닫았어요.", "거실 커튼 closed."),
    ("HassTurnOff-valve", "HassTurnOff", {}, "gas", "가스 밸브를 잠갔어요.", "가스 밸브 closed."),
    ("HassTurnOff-lock", "HassTurnOff", {}, "door", "도어락을 열었어요.", "도어락 unlocked."),
    (
        "HassLightSet-color",
        "HassLightSet",
        {"color": "blue"},
        "living_lamp",
        "스탠드를 파란색으로 바꿨어요.",
        "스탠드 blue.",
    ),
    (
        "HassLightSet-color",
        "HassLightSet",
        {"color": "red", "brightness": 30},
        "kids_light",
        "무드등을 빨간색으로 바꿨어요.",
        "무드등 red.",
    ),
    (
        "HassLightSet-brightness",
        "HassLightSet",
        {"brightness": 30},
        "living_lamp",
        "스탠드 밝기를 30%로 맞췄어요.",
        "스탠드 at 30%.",
    ),
    (
        "HassSetPosition",
        "HassSetPosition",
        {"position": 50},
        "living_curtain",
        "거실 커튼을 50%로 맞췄어요.",
        "거실 커튼 at 50%.",
    ),
    (
        "HassClimateSetTemperature",
        "HassClimateSetTemperature",
        {"temperature": 26},
        "bedroom_ac",
        "안방 에어컨을 26도로 맞췄어요.",
        "안방 에어컨 set to 26 °C.",
    ),
    (
        "HassClimateSetTemperature",
        "HassClimateSetTemperature",
        {"temperature": 25.5},
        "bedroom_ac",
        "안방 에어컨을 25.5도로 맞췄어요.",
        "안방 에어컨 set to 25.5 °C.",
    ),
    (
        "HassClimateSetFanMode",
        "HassClimateSetFanMode",
        {"fan_mode": "high"},
        "living_ac",
        "거실 에어컨 바람을 강으로 맞췄어요.",
        "거실 에어컨 fan high.",
    ),
    (
        "HassFanSetSpeed-fan_mode",
        "HassFanSetSpeed",
        {"percentage": 33, "fan_mode": "low"},
        "living_fan",
        "선풍기 바람을 약으로 맞췄어요.",
        "선풍기 fan low.",
    ),
    (
        "HassFanSetSpeed-fan_mode",
        "HassFanSetSpeed",
        {"fan_mode": "power"},
        "purifier",
        "공기청정기 바람을 파워로 맞췄어요.",
        "공기청정기 fan power.",
    ),
    (
        "HassFanSetSpeed",
        "HassFanSetSpeed",
        {"percentage": 40},
        "living_fan",
        "선풍기 바람을 40%로 맞췄어요.",
        "선풍기 fan at 40%.",
    ),
    (
        "JipsaSetMode",
        "JipsaSetMode",
        {"mode": "cool"},
        "living_ac",
        "거실 에어컨을 냉방 모드로 바꿨어요.",
        "거실 에어컨 in cool mode.",
    ),
    ("HassVacuumStart", "HassVacuumStart", {}, "robot", "로봇청소기가 청소를 시작했어요.", "로봇청소기 cleaning."),
    (
        "HassVacuumReturnToBase",
        "HassVacuumReturnToBase",
        {},
        "robot",
        "로봇청소기가 충전하러 가요.",
        "로봇청소기 returning to its base.",
    ),
    ("JipsaStart", "JipsaStart", {}, "washer", "세탁기를 시작했어요.", "세탁기 started."),
    ("JipsaStop", "JipsaStop", {}, "washer", "세탁기를 정지했어요.", "세탁기 stopped."),
    ("JipsaPause", "JipsaPause", {}, "dryer", "건조기를 멈췄어요.", "건조기 paused."),
    ("JipsaResume", "JipsaResume", {}, "dryer", "건조기를 다시 시작했어요.", "건조기 resumed."),
    ("other", "JipsaUnheardOf", {}, "dryer", "네, 했어요.", "Done."),
    (
        "HassLightSet-temperature",
        "HassLightSet",
        {"temperature": 2700},
        "living_lamp",
        "스탠드 불빛을 전구색으로 바꿨어요.",
        "스탠드 warm white.",
    ),
    (
        "HassLightSet-temperature",
        "HassLightSet",
        {"temperature": 4500},
        "living_lamp",
        "스탠드 불빛을 4500켈빈으로 바꿨어요.",
        "스탠드 4500 K.",
    ),
    (
        "JipsaSetTemperature",
        "JipsaSetTemperature",
        {"temperature": 12},
        "wine_cellar",
        "와인셀러를 12도로 맞췄어요.",
        "와인셀러 set to 12 °C.",
    ),
    (
        "JipsaSetTemperature-compartment",
        "JipsaSetTemperature",
        {"temperature": -18, "compartment": "freezer"},
        "refrigerator",
        "냉장고 냉동실을 영하 18도로 맞췄어요.",
        "냉장고 freezer set to -18 °C.",
    ),
    (
        "JipsaSetTemperatureRange",
        "JipsaSetTemperatureRange",
        {"temperature_low": 22, "temperature_high": 24.5},
        "living_ac",
        "거실 에어컨을 22도에서 24.5도 사이로 맞췄어요.",
        "거실 에어컨 set to 22–24.5 °C.",
    ),
    ("JipsaPreheat", "JipsaPreheat", {}, "oven", "오븐 예열을 시작했어요.", "오븐 heating up."),
    (
        "JipsaPreheat-temperature",
        "JipsaPreheat",
        {"temperature": 180},
        "oven",
        "오븐을 180도로 예열하기 시작했어요.",
        "오븐 heating up to 180 °C.",
    ),
    (
        "HassHumidifierSetpoint",
        "HassHumidifierSetpoint",
        {"humidity": 50},
        "humidifier",
        "가습기 습도를 50%로 맞췄어요.",
        "가습기 set to 50% humidity.",
    ),
    (
        "HassFanSetSpeed-fan_step",
        "HassFanSetSpeed",
        {"percentage": 100, "fan_step": 3},
        "living_fan",
        "선풍기 바람을 3단으로 맞췄어요.",
        "선풍기 fan at speed 3.",
    ),
    (
        "JipsaSetSwing",
        "JipsaSetSwing",
        {"swing": "vertical"},
        "living_ac",
        "거실 에어컨 바람이 위아래로 움직이게 했어요.",
        "거실 에어컨 swinging up and down.",
    ),
    (
        "JipsaSetSwing",
        "JipsaSetSwing",
        {"swing": "horizontal"},
        "living_ac",
        "거실 에어컨 바람이 좌우로 움직이게 했어요.",
        "거실 에어컨 swinging from side to side.",
    ),
    (
        "JipsaSetSwing-both",
        "JipsaSetSwing",
        {"swing": "both"},
        "living_fan",
        "선풍기 회전을 켰어요.",
        "선풍기 swinging.",
    ),
    (
        "JipsaSetSwing-off",
        "JipsaSetSwing",
        {"swing": "off"},
        "living_fan",
        "선풍기 회전을 껐어요.",
        "선풍기 no longer swinging.",
    ),
    (
        "JipsaSetBurner",
        "JipsaSetBurner",
        {"burner": "left_front", "power_level": 3},
        "cooktop",
        "인덕션 왼쪽 앞을 맞췄어요.",
        "인덕션 left front set.",
    ),
    (
        "JipsaSetFeature-on",
        "JipsaSetFeature",
        {"feature": "express_freeze", "state": "on"},
        "refrigerator",
        "냉장고 급속 냉동을 켰어요.",
        "냉장고 express freezing on.",
    ),
    (
        "JipsaSetFeature-off",
        "JipsaSetFeature",
        {"feature": "power_save", "state": "off"},
        "living_ac",
        "거실 에어컨 절전을 껐어요.",
        "거실 에어컨 power saving off.",
    ),
    (
        "JipsaAdjust-up",
        "JipsaAdjust",
        {"property": "brightness", "direction": "up"},
        "living_lamp",
        "스탠드 밝기를 높였어요.",
        "스탠드 brightness up.",
    ),
    (
        "JipsaAdjust-down",
        "JipsaAdjust",
        {"property": "humidity", "direction": "down", "step": 5},
        "humidifier",
        "가습기 습도를 낮췄어요.",
        "가습기 humidity down.",
    ),
    (
        "JipsaAdjust-color_temperature-up",
        "JipsaAdjust",
        {"property": "color_temperature", "direction": "up"},
        "living_lamp",
        "스탠드 불빛을 더 하얗게 했어요.",
        "스탠드 cooler.",
    ),
    (
        "JipsaAdjust-color_temperature-down",
        "JipsaAdjust",
        {"property": "color_temperature", "direction": "down"},
        "living_lamp",
        "스탠드 불빛을 더 노랗게 했어요.",
        "스탠드 warmer.",
    ),
    (
        "JipsaAdjust-fan_speed-up",
        "JipsaAdjust",
        {"property": "fan_speed", "direction": "up"},
        "living_fan",
        "선풍기 바람을 더 세게 했어요.",
        "선풍기 fan up.",
    ),
    (
        "JipsaAdjust-fan_speed-down",
        "JipsaAdjust",
        {"property": "fan_speed", "direction": "down"},
        "living_fan",
        "선풍기 바람을 더 약하게 했어요.",
        "선풍기 fan down.",
    ),
    (
        "JipsaAdjust-position-up",
        "JipsaAdjust",
        {"property": "position", "direction": "up"},
        "living_curtain",
        "거실 커튼을 더 열었어요.",
        "거실 커튼 opened further.",
    ),
    (
        "JipsaAdjust-position-down",
        "JipsaAdjust",
        {"property": "position", "direction": "down"},
        "living_curtain",
        "거실 커튼을 더 닫았어요.",
        "거실 커튼 closed further.",
    ),
    (
        "HassSetVolume",
        "HassSetVolume",
        {"volume_level": 30},
        "tv",
        "티비 소리를 30으로 맞췄어요.",
        "티비 volume at 30.",
    ),
    (
        "HassSetVolumeRelative-up",
        "HassSetVolumeRelative",
        {"volume_step": "up"},
        "tv",
        "티비 소리를 키웠어요.",
        "티비 volume up.",
    ),
    (
        "HassSetVolumeRelative-down",
        "HassSetVolumeRelative",
        {"volume_step": -10},
        "tv",
        "티비 소리를 줄였어요.",
        "티비 volume down.",
    ),
    ("HassMediaPlayerMute", "HassMediaPlayerMute", {}, "tv", "티비 소리를 껐어요.", "티비 muted."),
    ("HassMediaPlayerUnmute", "HassMediaPlayerUnmute", {}, "tv", "티비 소리를 켰어요.", "티비 no longer muted."),
    ("HassMediaPause", "HassMediaPause", {}, "media_player", "스피커를 잠시 멈췄어요.", "스피커 paused."),
    ("HassMediaUnpause", "HassMediaUnpause", {}, "media_player", "스피커를 다시 틀었어요.", "스피커 playing again."),
    ("HassMediaNext", "HassMediaNext", {}, "media_player", "스피커를 다음으로 넘겼어요.", "스피커 on to the next."),
    (
        "HassMediaPrevious",
        "HassMediaPrevious",
        {},
        "media_player",
        "스피커를 이전으로 돌렸어요.",
        "스피커 back to the previous.",
    ),
    (
        "HassMediaSearchAndPlay",
        "HassMediaSearchAndPlay",
        {"search_query": "재즈"},
        "media_player",
        "스피커에서 재즈를 틀었어요.",
        "스피커 playing 재즈.",
    ),
    (
        "HassMediaSearchAndPlay-itself",
        "HassMediaSearchAndPlay",
        {"search_query": "스피커"},
        "media_player",
        "스피커를 틀었어요.",
        "Playing 스피커.",
    ),
    (
        "HassVacuumCleanArea",
        "HassVacuumCleanArea",
        {"area": "안방"},
        "robot",
        "로봇청소기가 안방 청소를 시작했어요.",
        "로봇청소기 cleaning 안방.",
    ),
    (
        "HassLawnMowerStartMowing",
        "HassLawnMowerStartMowing",
        {},
        "lawn_mower",
        "잔디깎이가 잔디를 깎기 시작했어요.",
        "잔디깎이 mowing.",
    ),
    (
        "HassLawnMowerDock",
        "HassLawnMowerDock",
        {},
        "lawn_mower",
        "잔디깎이가 충전하러 가요.",
        "잔디깎이 returning to its base.",
    ),
    (
        "JipsaStart-duration",
        "JipsaStart",
        {"minutes": 3},
        "microwave_oven",
        "전자레인지를 3분 돌릴게요.",
        "전자레인지 running for 3 minutes.",
    ),
    (
        "JipsaDelayStart",
        "JipsaDelayStart",
        {"hours": 3},
        "washer",
        "세탁기가 3시간 뒤에 시작하도록 예약했어요.",
        "세탁기 to start in 3 hours.",
    ),
    (
        "JipsaDelayEnd",
        "JipsaDelayEnd",
        {"time": "19:00"},
        "washer",
        "세탁기가 오후 7시에 끝나도록 예약했어요.",
        "세탁기 to end at 7:00 PM.",
    ),
    ("JipsaCancelDelay", "JipsaCancelDelay", {}, "washer", "세탁기 예약을 취소했어요.", "세탁기 no longer delayed."),
]

CHANGED: list[tuple[str, dict[str, SlotValue], Changes, str, str]] = [
    # intent, slots, what changed, Korean, English
    (
        "JipsaAdjust",
        {"property": "temperature", "direction": "up"},
        {"living_ac": {"power": True, "target_temperature": 25}},
        "거실 에어컨 온도를 25도로 높였어요.",
        "거실 에어컨 temperature up to 25 °C.",
    ),
    (
        "JipsaAdjust",
        {"property": "temperature", "direction": "down", "compartment": "freezer"},
        {"refrigerator": {"freezer_temperature": -20}},
        "냉장고 냉동실 온도를 영하 20도로 낮췄어요.",
        "냉장고 freezer temperature down to -20 °C.",
    ),
    (
        "JipsaAdjust",
        {"property": "brightness", "direction": "down"},
        {"living_lamp": {"brightness": 30}, "living_light": {"brightness": 30}},
        "스탠드와 거실등 밝기를 30%로 낮췄어요.",
        "스탠드 and 거실등 brightness down to 30%.",
    ),
    (
        "JipsaAdjust",
        {"property": "brightness", "direction": "down"},
        {"living_lamp": {"brightness": 30}, "living_light": {"brightness": 60}},
        "스탠드와 거실등 밝기를 낮췄어요.",
        "스탠드 and 거실등 brightness down.",
    ),
    (
        "JipsaAdjust",
        {"property": "humidity", "direction": "up"},
        {"humidifier": {"target_humidity": 55}},
        "가습기 습도를 55%로 높였어요.",
        "가습기 humidity up to 55%.",
    ),
    (
        "HassSetVolumeRelative",
        {"volume_step": 5},
        {"tv": {"volume": 30}},
        "티비 소리를 30으로 키웠어요.",
        "티비 volume up to 30.",
    ),
    (
        "JipsaDelayEnd",
        {"time": "19:00"},
        {"washer": {"delay_end_hours": 9}},
        "세탁기가 9시간 뒤, 오후 7시쯤 끝나도록 예약했어요.",
        "세탁기 to end in 9 hours, at about 7:00 PM.",
    ),
    (
        "JipsaDelayStart",
        {"hours": 3},
        {"washer": {"start_in_minutes": 180, "status": "reserved"}},
        "세탁기가 3시간 뒤에 시작하도록 예약했어요.",
        "세탁기 to start in 3 hours.",
    ),
]

ALREADY = [
    ("HassTurnOn", "living_ac", "거실 에어컨은 이미 켜져 있어요.", "거실 에어컨 is already on."),
    ("HassTurnOff", "tv", "티비는 이미 꺼져 있어요.", "티비 is already off."),
]

PARTS = ("to.", "when.")
"""Groups of texts that are only parts of a sentence."""


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of the sentences that were used."""
    used: list[str] = []

    def recorded(key: str, language: Language = "ko", /, **values: object) -> str:
        used.append(key)
        return hub.texts.text(key, language, **values)

    monkeypatch.setattr(done, "text", recorded)
    return used


@pytest.mark.parametrize(("key", "intent", "slots", "device", "korean", "english"), DONE)
def test_what_was_done_is_said(
    keys: list[str], key: str, intent: str, slots: dict[str, SlotValue], device: str, korean: str, english: str
) -> None:
    changed = _reply({device: {"anything": True}})
    assert _said(intent, slots, changed) == korean
    assert _said(intent, slots, changed, language="en") == english
    assert {key for key in keys if not key.startswith(PARTS)} == {f"done.{key}"}


@pytest.mark.parametrize(("intent", "slots", "changed", "korean", "english"), CHANGED)
def test_what_it_came_to_is_said(
    intent: str, slots: dict[str, SlotValue], changed: Changes, korean: str, english: str
) -> None:
    assert _said(intent, slots, _reply(changed)) == korean
    assert _said(intent, slots, _reply(changed), language="en") == english


@pytest.mark.parametrize(("intent", "device", "korean", "english"), ALREADY)
def test_what_was_so_already_is_said(keys: list[str], intent: str, device: str, korean: str, english: str) -> None:
    assert _said(intent, {}, _reply({device: {}})) == korean
    assert _said(intent, {}, _reply({device: {}}), language="en") == english
    assert set(keys) == {f"already.{intent}"}


def test_every_answer_in_the_table_of_texts_is_reached() -> None:
    table = hub.texts.table()
    assert table["done"].keys() == {key for key, *_ in DONE}
    assert table["already"].keys() == {intent for intent, *_ in ALREADY}
    assert table["refused"].keys() >= set(Refusal)


def test_a_curtain_that_is_open_and_a_scene_are_not_said_to_be_on() -> None:
    assert _said("HassTurnOn", {}, _reply({"living_curtain": {}})) == "거실 커튼을 열었어요."
    assert _said("HassTurnOn", {}, _reply({"movie": {}})) == "영화 모드를 켰어요."


@pytest.mark.parametrize(
    ("devices", "korean", "english"),
    [
        (["living_fan", "tv"], "선풍기와 티비를 껐어요.", "선풍기 and 티비 off."),
        (["living_light", "living_lamp"], "거실등과 스탠드를 껐어요.", "거실등 and 스탠드 off."),
        (
            ["living_ac", "living_fan", "tv"],
            "거실 에어컨, 선풍기와 티비를 껐어요.",
            "거실 에어컨, 선풍기 and 티비 off.",
        ),
        (["living_light", "living_lamp", "bedroom_light", "kids_light"], "불 4개를 껐어요.", "4 devices off."),
        (["living_ac", "living_light", "living_lamp", "tv"], "기기 4개를 껐어요.", "4 devices off."),
    ],
)
def test_several_devices_are_named_or_counted(devices: list[str], korean: str, english: str) -> None:
    changed = _reply({device: {"power": False} for device in devices})
    assert _said("HassTurnOff", {}, changed) == korean
    assert _said("HassTurnOff", {}, changed, language="en") == english


def test_devices_of_one_name_are_told_with_their_rooms() -> None:
    home = Home(
        (Room(id="a", name="거실"), Room(id="b", name="안방")),
        tuple(Device(id=f"{room}1", name="스탠드", type="light", room=room) for room in ("a", "b")),
    )
    assert _said("HassTurnOn", {}, _reply({"a1": {"power": True}, "b1": {"power": True}}), home=home) == (
        "거실 스탠드와 안방 스탠드를 켰어요."
    )
    asked = Understanding("스탠드 켜", refused=Refusal.WHICH_DEVICE, choices=("a1", "b1"))
    assert refusal(asked, home, "ko") == "어느 방 스탠드를 말씀하세요? 거실과 안방에 있어요."
    assert refusal(asked, home, "en") == "In which room? There is one in 거실 and 안방."


def test_replies_of_several_bridges_make_one_sentence() -> None:
    said = _said("HassTurnOff", {}, _reply({"living_fan": {"power": False}}), _reply({"tv": {"power": False}}))
    assert said == "선풍기와 티비를 껐어요."


def test_what_failed_is_said_after_what_was_done() -> None:
    offline = "티비가 연결되어 있지 않아요."
    said = _said("HassTurnOff", {}, _reply({"living_fan": {"power": False}}), _reply(error=offline))
    assert said == f"선풍기를 껐어요. {offline}"
    one_bridge = _reply({"living_fan": {"power": False}}, error=offline)
    assert _said("HassTurnOff", {}, one_bridge) == f"선풍기를 껐어요. {offline}"


def test_a_failure_is_said_once_and_nothing_is_claimed_to_be_done() -> None:
    assert _said("HassTurnOff", {}, _reply(error="안 돼요."), _reply(error="안 돼요.")) == "안 돼요."


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_failure_without_a_reason_is_not_told_as_done(language: Language) -> None:
    failed = Reply(id="1", bridge="lamps", ok=False)
    said = answer(Resolved("HassTurnOn", {}, ("tv",)), [failed], FLAT, language)
    assert said == hub.texts.text("butler.failed", language)


def test_a_device_that_the_home_does_not_know_is_not_named() -> None:
    assert _said("HassTurnOn", {}, _reply({"ghost": {"power": True}})) == "네, 했어요."


def test_a_bridge_that_speaks_for_itself_is_quoted() -> None:
    spoken = Reply(id="1", bridge="genie", ok=True, say="지금은 세 시예요.")
    assert _said("HassGetCurrentTime", {}, spoken) == "지금은 세 시예요."


def test_a_silent_success_is_acknowledged() -> None:
    assert _said("HassTurnOn", {}, _reply()) == "네, 했어요."


@pytest.mark.parametrize("reason", Refusal)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_refusal_has_a_sentence(reason: Refusal, language: Language) -> None:
    understood = Understanding("…", refused=reason, choices=("living_ac", "bedroom_ac", "tv"))
    said = refusal(understood, FLAT, language)
    assert said[-1] in ".?"
    assert ("거실 에어컨, 안방 에어컨" in said) == (reason is Refusal.WHICH_DEVICE)
