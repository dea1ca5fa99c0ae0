"""Answers to questions, in Korean and English: how devices are, which of them are so, and what was measured."""

import pytest
from homes import FLAT

import hub.texts
from hub.butler import measures, questions
from hub.butler.replies import answer
from hub.butler.resolve import Resolved
from hub.grammar.lexicon import SlotValue
from hub.home import Device, Home
from hub.messages import Reply
from hub.payloads import Value
from hub.texts import Language

HOME = Home(
    FLAT.rooms,
    (
        *FLAT.devices,
        Device(id="fridge", name="냉장고", type="refrigerator", room="kitchen"),
        Device(id="oven", name="오븐", type="oven", room="kitchen"),
        Device(id="dehumidifier", name="제습기", type="dehumidifier", room="bedroom"),
        Device(id="front_door", name="현관문", type="binary_sensor", room="entrance"),
        Device(id="window", name="거실 창문", type="binary_sensor", room="living"),
        Device(id="bedroom_window", name="안방 창문", type="binary_sensor", room="bedroom"),
        Device(id="motion", name="움직임 센서", type="binary_sensor", room="entrance"),
        Device(id="gauge", name="온습도계", type="sensor", room="living"),
        Device(id="meter", name="전력량계", type="sensor"),
        Device(id="smoke", name="연기 감지기", type="binary_sensor", room="kitchen"),
    ),
)

States = dict[str, dict[str, Value]]


def told(intent: str, slots: dict[str, SlotValue], states: States, language: Language = "ko") -> str:
    replies = [Reply(id="1", bridge="any", ok=True, state={device: state}) for device, state in states.items()]
    return answer(Resolved(intent, slots, ()), replies, HOME, language)


STATE: list[tuple[str, str, dict[str, SlotValue], str, dict[str, Value], str, str]] = [
    # key, intent, slots, device, its state, Korean, English
    ("on", "HassGetState", {}, "living_lamp", {"power": True}, "스탠드는 켜져 있어요.", "스탠드 is on."),
    ("off", "HassGetState", {}, "living_ac", {"power": False}, "거실 에어컨은 꺼져 있어요.", "거실 에어컨 is off."),
    ("on", "HassGetState", {}, "robot", {"status": "running"}, "로봇청소기는 켜져 있어요.", "로봇청소기 is on."),
    ("off", "HassGetState", {}, "robot", {"status": "charging"}, "로봇청소기는 꺼져 있어요.", "로봇청소기 is off."),
    (
        "remaining",
        "JipsaGetRemainingTime",
        {},
        "washer",
        {"status": "running", "remaining_minutes": 75},
        "세탁기는 1시간 15분 남았어요.",
        "세탁기 has 75 minutes left.",
    ),
    (
        "ended",
        "JipsaGetRemainingTime",
        {},
        "dryer",
        {"status": "ended", "remaining_minutes": 0},
        "건조기는 다 끝났어요.",
        "건조기 has finished.",
    ),
    (
        "resting",
        "JipsaGetRemainingTime",
        {},
        "washer",
        {"status": "idle", "remaining_minutes": 30},
        "세탁기는 지금 돌아가고 있지 않아요.",
        "세탁기 is not running now.",
    ),
    (
        "running",
        "JipsaGetRemainingTime",
        {},
        "washer",
        {"status": "running"},
        "세탁기는 돌아가고 있는데, 얼마나 남았는지는 아직 몰라요.",
        "세탁기 is running; how long it will take is not known yet.",
    ),
    (
        "unknown",
        "JipsaGetRemainingTime",
        {},
        "dryer",
        {},
        "건조기의 상태를 아직 몰라요.",
        "The state of 건조기 is not known yet.",
    ),
    (
        "temperature",
        "HassClimateGetTemperature",
        {},
        "living_ac",
        {"current_temperature": 24.5},
        "거실은 지금 24.5도예요.",
        "거실 is at 24.5 °C now.",
    ),
    (
        "unknown",
        "HassClimateGetTemperature",
        {},
        "living_ac",
        {"power": True},
        "거실 에어컨의 상태를 아직 몰라요.",
        "The state of 거실 에어컨 is not known yet.",
    ),
    (
        "unknown",
        "HassGetState",
        {},
        "tv",
        {"power": None},
        "티비의 상태를 아직 몰라요.",
        "The state of 티비 is not known yet.",
    ),
    ("on", "HassGetState", {"state": "off"}, "tv", {"power": True}, "티비는 켜져 있어요.", "티비 is on."),
    ("open", "HassGetState", {}, "living_curtain", {"position": 30}, "거실 커튼은 열려 있어요.", "거실 커튼 is open."),
    (
        "closed",
        "HassGetState",
        {},
        "living_curtain",
        {"position": 0},
        "거실 커튼은 닫혀 있어요.",
        "거실 커튼 is closed.",
    ),
    (
        "closed",
        "HassGetState",
        {"state": "open"},
        "gas",
        {"power": False},
        "가스 밸브는 닫혀 있어요.",
        "가스 밸브 is closed.",
    ),
    (
        "locked",
        "HassGetState",
        {"state": "locked"},
        "gas",
        {"open": False},
        "가스 밸브는 잠겨 있어요.",
        "가스 밸브 is locked.",
    ),
    (
        "open",
        "HassGetState",
        {"state": "open"},
        "window",
        {"open": True},
        "거실 창문은 열려 있어요.",
        "거실 창문 is open.",
    ),
    (
        "open",
        "HassGetState",
        {"state": "open", "device_class": "door"},
        "front_door",
        {"open": True},
        "현관문은 열려 있어요.",
        "현관문 is open.",
    ),
    (
        "door_open",
        "HassGetState",
        {"state": "open", "device_class": "door"},
        "fridge",
        {"door": "open"},
        "냉장고 문이 열려 있어요.",
        "The door of 냉장고 is open.",
    ),
    (
        "door_closed",
        "HassGetState",
        {"device_class": "door"},
        "fridge",
        {"door": False},
        "냉장고 문은 닫혀 있어요.",
        "The door of 냉장고 is closed.",
    ),
    (
        "locked",
        "HassGetState",
        {"state": "locked"},
        "door",
        {"locked": True},
        "도어락은 잠겨 있어요.",
        "도어락 is locked.",
    ),
    ("locked", "HassGetState", {}, "door", {"power": True}, "도어락은 잠겨 있어요.", "도어락 is locked."),
    (
        "unlocked",
        "HassGetState",
        {"state": "locked"},
        "door",
        {"locked": False},
        "도어락은 잠겨 있지 않아요.",
        "도어락 is not locked.",
    ),
    ("open", "HassGetState", {"state": "open"}, "door", {"locked": False}, "도어락은 열려 있어요.", "도어락 is open."),
    (
        "unknown",
        "HassGetState",
        {"state": "open", "device_class": "door"},
        "fridge",
        {"door": None},
        "냉장고의 상태를 아직 몰라요.",
        "The state of 냉장고 is not known yet.",
    ),
]

MEASURED: list[tuple[str, str, dict[str, Value], str, str]] = [
    # device_class, device, its state, Korean, English
    (
        "battery",
        "robot",
        {"battery": 80},
        "로봇청소기 배터리는 80% 남았어요.",
        "로봇청소기 has 80% of its battery left.",
    ),
    ("filter", "purifier", {"filter": 42}, "공기청정기 필터는 42% 남았어요.", "공기청정기 has 42% of its filter left."),
    ("humidity", "living_ac", {"humidity": 45}, "거실 습도는 45%예요.", "거실 is at 45% humidity."),
    (
        "temperature",
        "fridge",
        {"fridge_temperature": 3, "freezer_temperature": -18},
        "냉장고는 냉장실 3도, 냉동실 영하 18도예요.",
        "냉장고: fridge 3 °C, freezer -18 °C.",
    ),
    (
        "temperature",
        "oven",
        {"current_temperature": 175, "target_temperature": 180},
        "오븐은 지금 175도예요.",
        "오븐 is at 175 °C.",
    ),
    ("temperature", "oven", {"target_temperature": 180}, "오븐은 180도로 맞춰져 있어요.", "오븐 is set to 180 °C."),
    ("pm1", "purifier", {"pm1": 8}, "안방 극초미세먼지는 8이에요.", "안방 has 8 micrograms of PM1."),
    (
        "pm25",
        "purifier",
        {"pm25": 15},
        "안방 초미세먼지는 15로 좋은 편이에요.",
        "안방 has 15 micrograms of PM2.5, which is good.",
    ),
    (
        "pm25",
        "purifier",
        {"pm25": 36},
        "안방 초미세먼지는 36으로 나쁜 편이에요.",
        "안방 has 36 micrograms of PM2.5, which is bad.",
    ),
    (
        "pm10",
        "purifier",
        {"pm10": 60},
        "안방 미세먼지는 60으로 보통이에요.",
        "안방 has 60 micrograms of PM10, which is moderate.",
    ),
    (
        "pm10",
        "purifier",
        {"pm10": 151},
        "안방 미세먼지는 151로 아주 나빠요.",
        "안방 has 151 micrograms of PM10, which is very bad.",
    ),
    (
        "air_quality",
        "purifier",
        {"air_quality": "good", "pm25": 99},
        "안방 공기는 좋은 편이에요.",
        "The air of 안방 is good.",
    ),
    (
        "air_quality",
        "purifier",
        {"air_quality": None, "pm25": 20},
        "안방 초미세먼지는 20으로 보통이에요.",
        "안방 has 20 micrograms of PM2.5, which is moderate.",
    ),
    ("water", "dehumidifier", {"water": True}, "제습기 물통이 가득 찼어요.", "The tank of 제습기 is full."),
    (
        "water",
        "dehumidifier",
        {"water": False},
        "제습기 물통은 아직 가득 차지 않았어요.",
        "The tank of 제습기 is not full.",
    ),
    ("water", "dehumidifier", {"water": "empty"}, "제습기 물통이 비어 있어요.", "The tank of 제습기 is empty."),
    ("water", "dehumidifier", {"water": 40}, "제습기 물통은 40% 차 있어요.", "The tank of 제습기 is 40% full."),
    (
        "energy",
        "meter",
        {"energy": 3.2},
        "전력량계는 전기를 3.2킬로와트시 썼어요.",
        "전력량계 has used 3.2 kilowatt hours.",
    ),
    ("illuminance", "gauge", {"illuminance": 320}, "거실 조도는 320럭스예요.", "거실 has 320 lux."),
    (
        "carbon_dioxide",
        "gauge",
        {"carbon_dioxide": 700},
        "거실 이산화탄소는 700피피엠이에요.",
        "거실 has 700 ppm of carbon dioxide.",
    ),
    ("volume", "tv", {"volume": 12}, "티비 소리는 12예요.", "The volume of 티비 is 12."),
    (
        "brightness",
        "living_light",
        {"brightness": 40},
        "거실등 밝기는 40%예요.",
        "거실등 is at 40% brightness.",
    ),
    ("motion", "motion", {"motion": True}, "현관에 움직임이 있어요.", "Something moves in 현관."),
    ("motion", "motion", {"motion": False}, "현관에는 움직임이 없어요.", "Nothing moves in 현관."),
    (
        "battery",
        "robot",
        {"battery": None},
        "로봇청소기의 배터리는 아직 몰라요.",
        "The battery of 로봇청소기 is not known yet.",
    ),
    ("filter", "tv", {"power": True}, "티비의 필터 상태는 아직 몰라요.", "The filter of 티비 is not known yet."),
]

ALONE: list[tuple[str, dict[str, Value], str, str]] = [
    # device, its state, Korean, English: what has no name that is asked for
    ("smoke", {"detected": True}, "연기 감지기가 감지했어요!", "연기 감지기 has gone off!"),
    ("smoke", {"detected": False}, "연기 감지기에는 이상이 없어요.", "연기 감지기 has found nothing."),
    ("meter", {"value": 350.5}, "전력량계는 350.5예요.", "전력량계 is 350.5."),
    ("meter", {"value": "보통"}, "전력량계는 보통이에요.", "전력량계 is 보통."),
    ("meter", {"value": None}, "전력량계의 상태를 아직 몰라요.", "The state of 전력량계 is not known yet."),
]

LIGHTS = ("living_light", "living_lamp", "bedroom_light", "kitchen_light", "kids_light")


def lights(*lit: str, unknown: tuple[str, ...] = ()) -> States:
    return {light: {"power": None if light in unknown else light in lit} for light in LIGHTS}


WHICH: list[tuple[dict[str, SlotValue], States, str, str]] = [
    # slots, states, Korean, English
    (
        {"state": "on"},
        lights("living_light", "bedroom_light"),
        "거실등과 안방등이 켜져 있어요.",
        "On: 거실등 and 안방등.",
    ),
    ({"state": "on"}, lights("living_lamp"), "스탠드가 켜져 있어요.", "On: 스탠드."),
    ({"state": "on"}, lights(), "켜져 있는 불이 없어요.", "No light is on."),
    ({"state": "on"}, lights(*LIGHTS[:4]), "불 4개가 켜져 있어요.", "On: 4 devices."),
    ({"state": "off"}, lights(*LIGHTS[1:]), "거실등이 꺼져 있어요.", "Off: 거실등."),
    ({"state": "off"}, lights(*LIGHTS), "꺼져 있는 불이 없어요.", "No light is off."),
    ({}, lights("living_lamp"), "스탠드가 켜져 있어요.", "On: 스탠드."),
    ({"state": "on"}, lights("living_lamp", unknown=("kids_light",)), "스탠드가 켜져 있어요.", "On: 스탠드."),
    (
        {"state": "on"},
        lights(unknown=("kids_light",)),
        "켜져 있는 불이 없어요. 무드등의 상태를 아직 몰라요.",
        "No light is on. The state of 무드등 is not known yet.",
    ),
    (
        {"state": "on"},
        lights(unknown=LIGHTS),
        "불 5개의 상태를 아직 몰라요.",
        "The state of 5 devices is not known yet.",
    ),
    (
        {"state": "on"},
        {"tv": {"power": False}, "living_fan": {"power": False}},
        "켜져 있는 기기가 없어요.",
        "No device is on.",
    ),
    (
        {"state": "open", "device_class": "window"},
        {"window": {"open": True}, "bedroom_window": {"open": False}},
        "거실 창문이 열려 있어요.",
        "Open: 거실 창문.",
    ),
    (
        {"state": "open", "device_class": "window"},
        {"window": {"open": False}, "bedroom_window": {"open": False}},
        "열려 있는 창문이 없어요.",
        "No window is open.",
    ),
    (
        {"state": "closed", "device_class": "window"},
        {"window": {"open": False}, "bedroom_window": {"open": True}},
        "거실 창문이 닫혀 있어요.",
        "Closed: 거실 창문.",
    ),
    (
        {"state": "closed", "device_class": "window"},
        {"window": {"open": True}, "bedroom_window": {"open": True}},
        "닫혀 있는 창문이 없어요.",
        "No window is closed.",
    ),
    (
        {"state": "locked"},
        {"door": {"locked": True}, "gas": {"open": True}},
        "도어락이 잠겨 있어요.",
        "Locked: 도어락.",
    ),
    (
        {"state": "locked"},
        {"door": {"locked": False}, "gas": {"open": True}},
        "잠겨 있는 기기가 없어요.",
        "No device is locked.",
    ),
    (
        {"state": "unlocked"},
        {"door": {"locked": False}, "gas": {"open": False}},
        "도어락이 잠겨 있지 않아요.",
        "Not locked: 도어락.",
    ),
    (
        {"state": "unlocked"},
        {"door": {"locked": True}, "gas": {"open": False}},
        "잠기지 않은 기기가 없어요.",
        "No device is unlocked.",
    ),
]


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of the sentences that were used."""
    used: list[str] = []

    def recorded(key: str, language: Language = "ko", /, **values: object) -> str:
        used.append(key)
        return hub.texts.text(key, language, **values)

    for module in (questions, measures):
        monkeypatch.setattr(module, "text", recorded)
    return used


@pytest.mark.parametrize(("key", "intent", "slots", "device", "state", "korean", "english"), STATE)
def test_how_things_stand_is_said(
    keys: list[str],
    key: str,
    intent: str,
    slots: dict[str, SlotValue],
    device: str,
    state: dict[str, Value],
    korean: str,
    english: str,
) -> None:
    assert told(intent, slots, {device: state}) == korean
    assert told(intent, slots, {device: state}, "en") == english
    assert set(keys) == {f"state.{key}"}


@pytest.mark.parametrize(("measure", "device", "state", "korean", "english"), MEASURED)
def test_what_was_measured_is_said(
    measure: str, device: str, state: dict[str, Value], korean: str, english: str
) -> None:
    assert told("HassGetState", {"device_class": measure}, {device: state}) == korean
    assert told("HassGetState", {"device_class": measure}, {device: state}, "en") == english


@pytest.mark.parametrize(("device", "state", "korean", "english"), ALONE)
def test_what_a_sensor_says_is_said(device: str, state: dict[str, Value], korean: str, english: str) -> None:
    assert told("HassGetState", {}, {device: state}) == korean
    assert told("HassGetState", {}, {device: state}, "en") == english


@pytest.mark.parametrize(("slots", "states", "korean", "english"), WHICH)
def test_those_of_which_it_is_so_are_named(
    slots: dict[str, SlotValue], states: States, korean: str, english: str
) -> None:
    assert told("HassGetState", slots, states) == korean
    assert told("HassGetState", slots, states, "en") == english


def test_every_answer_in_the_table_of_texts_is_reached(keys: list[str]) -> None:
    for _, intent, slots, device, state, *_ in STATE:
        told(intent, slots, {device: state})
    for measure, device, state, *_ in MEASURED:
        told("HassGetState", {"device_class": measure}, {device: state})
    for device, state, *_ in ALONE:
        told("HassGetState", {}, {device: state})
    for slots, states, *_ in WHICH:
        told("HassGetState", slots, states)
    table = hub.texts.table()
    groups = ("state", "measure", "grade", "some", "none")
    assert {f"{group}.{key}" for group in groups for key in table[group]} <= set(keys)


def test_a_few_devices_are_told_one_by_one_when_nothing_was_asked_of_them() -> None:
    states: States = {"tv": {"power": True}, "robot": {"status": "charging"}}
    assert told("HassGetState", {}, states) == "티비는 켜져 있어요. 로봇청소기는 꺼져 있어요."


def test_of_many_openings_those_that_are_open_are_told() -> None:
    states: States = {device: {"open": device == "window"} for device in ("window", "bedroom_window", "front_door")}
    assert told("HassGetState", {}, {**states, "living_curtain": {"position": 0}}) == "거실 창문이 열려 있어요."


def test_a_refrigerator_is_told_by_its_temperatures() -> None:
    assert (
        told("HassGetState", {}, {"fridge": {"door": "closed", "fridge_temperature": 3}}) == "냉장고는 냉장실 3도예요."
    )


def test_of_a_sensor_its_first_measurement_is_told() -> None:
    assert told("HassGetState", {}, {"gauge": {"humidity": 45, "battery": 90}}) == "거실 습도는 45%예요."
    assert told("HassGetState", {}, {"gauge": {}}) == "온습도계의 상태를 아직 몰라요."


def test_a_room_is_told_once_and_its_sensor_is_believed() -> None:
    states: States = {
        "living_ac": {"current_temperature": 26, "humidity": 50},
        "bedroom_ac": {"current_temperature": 24},
        "gauge": {"current_temperature": 25.5, "humidity": 45},
    }
    assert told("HassClimateGetTemperature", {}, states) == "거실은 지금 25.5도예요. 안방은 지금 24도예요."
    assert told("HassGetState", {"device_class": "humidity"}, states) == "거실 습도는 45%예요."


def test_of_a_refrigerator_the_compartment_that_was_asked_about_is_told() -> None:
    slots: dict[str, SlotValue] = {"device_class": "temperature", "compartment": "freezer"}
    states: States = {"fridge": {"fridge_temperature": 3, "freezer_temperature": -18}}
    assert told("HassGetState", slots, states) == "냉장고는 냉동실 영하 18도예요."


def test_what_is_below_zero_is_said_so() -> None:
    assert told("HassClimateGetTemperature", {}, {"gauge": {"temperature": -3}}) == "거실은 지금 영하 3도예요."


def test_what_no_device_measures_is_said_of_all_of_them() -> None:
    states: States = {"robot": {}, "tv": {}}
    assert told("HassGetState", {"device_class": "battery"}, states) == "로봇청소기와 티비의 배터리는 아직 몰라요."


def test_a_device_that_the_home_does_not_know_is_not_told_of() -> None:
    assert told("HassGetState", {"state": "on"}, {"ghost": {"power": True}}) == "네, 했어요."


@pytest.mark.parametrize("value", [True, "?", [], {}, None])
def test_a_strange_state_is_an_unknown_one(value: Value) -> None:
    state: dict[str, Value] = dict.fromkeys(("position", "battery", "pm10", "current_temperature"), value)
    for slots in ({"state": "closed"}, {"device_class": "pm10"}, {"device_class": "battery"}):
        said = told("HassGetState", dict(slots), {"living_curtain": state})
        assert said.endswith("몰라요.")
    assert told("HassClimateGetTemperature", {}, {"living_ac": state}).endswith("몰라요.")
