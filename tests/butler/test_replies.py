"""What the butler answers, in Korean and English: one sentence for every key of hub/texts.yaml that is an answer."""

from pathlib import Path

import pytest
from homes import FLAT
from ruamel.yaml import YAML

import hub.texts
from hub.butler import replies
from hub.butler.replies import answer, refusal
from hub.butler.resolve import Refusal, Resolved
from hub.butler.understanding import Understanding
from hub.grammar.lexicon import SlotValue
from hub.home import Device, Home, Room
from hub.messages import Error, ErrorCode, Reply, Value
from hub.texts import Language

Changes = dict[str, dict[str, Value]]


def _reply(changed: Changes | None = None, *, state: Changes | None = None, error: str | None = None) -> Reply:
    fault = Error(code=ErrorCode.DEVICE_OFFLINE, message=error) if error else None
    return Reply(id="1", bridge="lamps", ok=not error, changed=changed or {}, state=state or {}, error=fault)


def _said(intent: str, slots: dict[str, SlotValue], *given: Reply, language: Language = "ko", home: Home = FLAT) -> str:
    return answer(Resolved(intent, slots, ()), given, home, language)


DONE: list[tuple[str, str, dict[str, SlotValue], str, str, str]] = [
    # key, intent, slots, device that changed, Korean, English
    ("HassTurnOn", "HassTurnOn", {}, "living_ac", "거실 에어컨을 켰어요.", "거실 에어컨 on."),
    ("HassTurnOn", "HassTurnOn", {"name": "선풍기"}, "living_fan", "선풍기를 켰어요.", "선풍기 on."),
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
]

ALREADY = [
    ("HassTurnOn", "living_ac", "거실 에어컨은 이미 켜져 있어요.", "거실 에어컨 is already on."),
    ("HassTurnOff", "tv", "티비는 이미 꺼져 있어요.", "티비 is already off."),
]

STATE: list[tuple[str, str, str, dict[str, Value], str, str]] = [
    # key, intent, device, its state, Korean, English
    ("on", "HassGetState", "living_lamp", {"power": True}, "스탠드는 켜져 있어요.", "스탠드 is on."),
    ("off", "HassGetState", "living_ac", {"power": False}, "거실 에어컨은 꺼져 있어요.", "거실 에어컨 is off."),
    ("on", "HassGetState", "robot", {"status": "running"}, "로봇청소기는 켜져 있어요.", "로봇청소기 is on."),
    ("off", "HassGetState", "robot", {"status": "charging"}, "로봇청소기는 꺼져 있어요.", "로봇청소기 is off."),
    (
        "remaining",
        "JipsaGetRemainingTime",
        "washer",
        {"status": "running", "remaining_minutes": 75},
        "세탁기는 1시간 15분 남았어요.",
        "세탁기 has 75 minutes left.",
    ),
    (
        "ended",
        "JipsaGetRemainingTime",
        "dryer",
        {"status": "ended", "remaining_minutes": 0},
        "건조기는 다 끝났어요.",
        "건조기 has finished.",
    ),
    (
        "resting",
        "JipsaGetRemainingTime",
        "washer",
        {"status": "idle", "remaining_minutes": 30},
        "세탁기는 지금 돌아가고 있지 않아요.",
        "세탁기 is not running now.",
    ),
    (
        "running",
        "JipsaGetRemainingTime",
        "washer",
        {"status": "running"},
        "세탁기는 돌아가고 있는데, 얼마나 남았는지는 아직 몰라요.",
        "세탁기 is running; how long it will take is not known yet.",
    ),
    (
        "unknown",
        "JipsaGetRemainingTime",
        "dryer",
        {},
        "건조기의 상태를 아직 몰라요.",
        "The state of 건조기 is not known yet.",
    ),
    (
        "temperature",
        "HassClimateGetTemperature",
        "living_ac",
        {"current_temperature": 24.5},
        "거실은 지금 24.5도예요.",
        "거실 is at 24.5 °C now.",
    ),
    (
        "unknown",
        "HassClimateGetTemperature",
        "living_ac",
        {"power": True},
        "거실 에어컨의 상태를 아직 몰라요.",
        "The state of 거실 에어컨 is not known yet.",
    ),
    (
        "unknown",
        "HassGetState",
        "tv",
        {"power": None},
        "티비의 상태를 아직 몰라요.",
        "The state of 티비 is not known yet.",
    ),
]


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of the sentences that were used."""
    used: list[str] = []

    def recorded(key: str, language: Language = "ko", /, **values: object) -> str:
        used.append(key)
        return hub.texts.text(key, language, **values)

    monkeypatch.setattr(replies, "text", recorded)
    return used


@pytest.mark.parametrize(("key", "intent", "slots", "device", "korean", "english"), DONE)
def test_what_was_done_is_said(
    keys: list[str], key: str, intent: str, slots: dict[str, SlotValue], device: str, korean: str, english: str
) -> None:
    changed = _reply({device: {"anything": True}})
    assert _said(intent, slots, changed) == korean
    assert _said(intent, slots, changed, language="en") == english
    assert set(keys) == {f"done.{key}"}


@pytest.mark.parametrize(("intent", "device", "korean", "english"), ALREADY)
def test_what_was_so_already_is_said(keys: list[str], intent: str, device: str, korean: str, english: str) -> None:
    assert _said(intent, {}, _reply({device: {}})) == korean
    assert _said(intent, {}, _reply({device: {}}), language="en") == english
    assert set(keys) == {f"already.{intent}"}


@pytest.mark.parametrize(("key", "intent", "device", "state", "korean", "english"), STATE)
def test_how_things_stand_is_said(
    keys: list[str], key: str, intent: str, device: str, state: dict[str, Value], korean: str, english: str
) -> None:
    assert _said(intent, {}, _reply(state={device: state})) == korean
    assert _said(intent, {}, _reply(state={device: state}), language="en") == english
    assert set(keys) == {f"state.{key}"}


def test_every_answer_in_the_table_of_texts_is_reached() -> None:
    table = YAML(typ="safe").load(Path(hub.texts.__file__).with_name("texts.yaml"))
    assert table["done"].keys() == {key for key, *_ in DONE}
    assert table["already"].keys() == {intent for intent, *_ in ALREADY}
    assert table["state"].keys() == {key for key, *_ in STATE}
    assert table["refused"].keys() == set(Refusal)


def test_a_curtain_that_is_open_is_not_said_to_be_on() -> None:
    assert _said("HassTurnOn", {}, _reply({"living_curtain": {}})) == "거실 커튼을 열었어요."


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
    assert refusal(asked, home, "ko") == "어느 것을 말씀하시는 건가요? 거실 스탠드와 안방 스탠드가 있어요."
    assert refusal(asked, home, "en") == "Which one do you mean? There are 거실 스탠드 and 안방 스탠드."


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
