"""What may be done from outside: every intent with every type of device, so that nothing new is let in unseen."""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from devices.commands import COMMANDS
from devices.gpio.kinds import KINDS as WIRED
from devices.homeassistant.entities import KINDS
from devices.thinq.types import TYPES
from hub.grammar.lexicon import lexicon
from hub.home import DEVICE_TYPES, Device, Home
from hub.messages import About
from hub.payloads import Value
from hub.remote.rules import is_remote, judged, may_confirm, strictest, verdict
from hub.settings.remote import RemoteSettings, Rule

REPOSITORY = Path(__file__).parents[2]

NO_ACTS = {
    # What no bridge is ever sent: it is about the conversation.
    "JipsaAgain", "JipsaFragment", "JipsaNo", "JipsaRepeat", "JipsaUndo", "JipsaYes",
}  # fmt: skip

QUESTIONS = {
    "HassClimateGetTemperature", "HassGetCurrentDate", "HassGetCurrentTime", "HassGetState", "HassGetWeather",
    "HassTimerStatus", "JipsaCheckNothing", "JipsaGetAlarms", "JipsaGetDay", "JipsaGetList", "JipsaGetPlaying",
    "JipsaGetRemainingTime", "JipsaGetReminders", "JipsaGetSchedule", "JipsaHomeSummary", "JipsaReckon",
}  # fmt: skip

OF_THE_ASSISTANT = {
    "HassBroadcast", "HassCancelAllTimers", "HassCancelTimer", "HassDecreaseTimer", "HassIncreaseTimer",
    "HassListAddItem", "HassListCompleteItem", "HassListRemoveItem", "HassNevermind", "HassPauseTimer", "HassRespond",
    "HassShoppingListAddItem", "HassShoppingListCompleteItem", "HassStartTimer", "HassUnpauseTimer",
    "JipsaAnswerBroadcast", "JipsaCancelAlarm", "JipsaCancelDelay", "JipsaCancelReminder", "JipsaPlayMusic",
    "JipsaPlayRadio", "JipsaRemind", "JipsaRoutine", "JipsaSchedule", "JipsaSetAlarm", "JipsaSnooze", "JipsaStopAlarm",
}  # fmt: skip
"""Done at once where they are about no device."""

EVERYDAY_ACTS = {
    "HassClimateSetFanMode", "HassClimateSetTemperature", "HassFanSetSpeed", "HassHumidifierSetpoint", "HassLightSet",
    "HassMediaNext", "HassMediaPause", "HassMediaPlayerMute", "HassMediaPlayerUnmute", "HassMediaPrevious",
    "HassMediaSearchAndPlay", "HassMediaUnpause", "HassSetPosition", "HassSetVolume", "HassSetVolumeRelative",
    "HassTurnOff", "HassTurnOn", "HassVacuumCleanArea", "HassVacuumReturnToBase", "HassVacuumStart", "JipsaAdjust",
    "JipsaCancelDelay", "JipsaDelayEnd", "JipsaDelayStart", "JipsaPause", "JipsaResume", "JipsaSet", "JipsaSetChannel",
    "JipsaSetFeature", "JipsaSetMode", "JipsaSetSwing", "JipsaSetTemperature", "JipsaSetTemperatureRange", "JipsaStart",
    "JipsaStop",
}  # fmt: skip

MORE_INTENTS = {"HassLawnMowerDock", "HassLawnMowerStartMowing", "JipsaAsk", "JipsaPreheat", "JipsaSetBurner"}

EVERYDAY = {
    "air_purifier", "boiler", "ceiling_fan", "climate", "dehumidifier", "dish_washer", "dryer", "fan", "home_brew",
    "hood", "humidifier", "kimchi_refrigerator", "light", "media_player", "plant_cultivator", "refrigerator",
    "stick_cleaner", "styler", "switch", "system_boiler", "television", "vacuum", "ventilator", "washer", "washtower",
    "water_heater", "water_purifier", "wine_cellar",
}  # fmt: skip

NOTHING: frozenset[str] = frozenset()
CLOSING = {"HassTurnOff", "JipsaPause", "JipsaSet", "JipsaStop"}
COOLING = {*CLOSING, "JipsaCancelDelay"}

DANGEROUS: dict[str, AbstractSet[str]] = {
    # type: what is done at once although something of its sort is dangerous. JipsaSet is judged by its values, and
    # here it has none.
    "alarm": {"JipsaSet"},
    "cooktop": COOLING,
    "lawn_mower": {*CLOSING, "HassLawnMowerDock"},
    "lock": {"HassTurnOn", "JipsaSet"},
    "microwave_oven": COOLING,
    "oven": COOLING,
    "valve": CLOSING,
    **dict.fromkeys((
        "binary_sensor", "button", "camera", "conversation", "number", "reminder", "scene", "script", "select",
        "sensor", "siren", "timer", "todo", "weather",
    ), NOTHING),
}  # fmt: skip

COVERS = {
    # class: what is done at once with such a cover
    **dict.fromkeys((None, "awning", "blind", "curtain", "damper", "shade"), EVERYDAY_ACTS),
    **dict.fromkeys(("door", "garage", "gate", "shutter", "window", "portcullis"), CLOSING),
}


def device(kind: str, device_class: str | None = None, name: str = "이것", **more: Any) -> About:
    return About(id="it", bridge="lamps", type=kind, name=name, device_class=device_class, **more)


def allowed(about: About) -> set[str]:
    return {intent for intent in every_intent() if verdict(intent, {}, about, {}) == "allow"}


def every_intent() -> set[str]:
    """Every name of an intent that stands anywhere in the hub, and what the grammar and the bridges know."""
    files = [*REPOSITORY.glob("hub/**/*"), *REPOSITORY.glob("devices/**/*")]
    texts = (file.read_text() for file in files if file.suffix in {".py", ".yaml", ".js"})
    written = {name for text in texts for name in re.findall(r"\b(?:Hass|Jipsa)[A-Z][a-z][A-Za-z]+", text)}
    return written | COMMANDS.keys() | {frame.intent for frame in lexicon().frames}


def every_type() -> set[str]:
    """Every type of device that a bridge of this repository announces, or a file of a home may name."""
    files = REPOSITORY.glob("devices/**/*.py")
    written = {name for file in files for name in re.findall(r'\btype="(\w+)", name=', file.read_text())}
    domains = {*KINDS, "light"} - {
        "alarm_control_panel",
        "input_boolean",
        "input_button",
        "input_number",
        "input_select",
    }
    wired = {kind for one in WIRED.values() for kind in one.types}
    return written | domains | wired | {kind.type for kind in TYPES.values()} | DEVICE_TYPES


def test_every_intent_is_known_here() -> None:
    assert every_intent() == NO_ACTS | QUESTIONS | OF_THE_ASSISTANT | EVERYDAY_ACTS | MORE_INTENTS


def test_every_type_is_known_here() -> None:
    assert every_type() == EVERYDAY | DANGEROUS.keys() | {"cover"}


@pytest.mark.parametrize("kind", sorted(EVERYDAY))
def test_with_everyday_devices_everyday_things_are_done(kind: str) -> None:
    assert allowed(device(kind)) == QUESTIONS | EVERYDAY_ACTS


@pytest.mark.parametrize("kind", sorted(DANGEROUS))
def test_with_dangerous_devices_only_what_makes_them_safe_is_done(kind: str) -> None:
    assert allowed(device(kind)) == QUESTIONS | DANGEROUS[kind]


@pytest.mark.parametrize("device_class", COVERS, ids=str)
def test_covers_are_judged_by_their_class(device_class: str | None) -> None:
    assert allowed(device("cover", device_class)) == QUESTIONS | COVERS[device_class]


def test_nothing_is_done_with_what_is_not_known() -> None:
    assert allowed(device("teleporter")) == QUESTIONS
    for kind in every_type():
        assert verdict("HassOpenSesame", {}, device(kind), {}) == "ask"
    assert verdict("HassOpenSesame", {}, None, {}) == "ask"


def test_what_is_about_no_device() -> None:
    found = {intent for intent in every_intent() if verdict(intent, {}, None, {}) == "allow"}
    assert found == QUESTIONS | OF_THE_ASSISTANT


def test_an_agent_is_never_asked() -> None:
    for about in (None, *map(device, every_type())):
        assert verdict("JipsaAsk", {"query": "문 열어줘"}, about, {}) == "refuse"
    assert verdict("JipsaAsk", {}, device("conversation"), {"it": "allow"}) == "allow"


BY_VALUES: list[tuple[str, dict[str, Value], str, Rule]] = [
    ("lock", {"locked": True}, "JipsaSet", "allow"),
    ("lock", {"locked": False}, "JipsaSet", "ask"),
    ("lock", {"locked": 1}, "JipsaSet", "ask"),
    ("lock", {"locked": "true"}, "JipsaSet", "ask"),
    ("lock", {"locked": True, "open": True}, "JipsaSet", "ask"),
    ("valve", {"open": False}, "JipsaSet", "allow"),
    ("valve", {"open": 0}, "JipsaSet", "ask"),
    ("valve", {"open": True}, "JipsaSet", "ask"),
    ("valve", {"position": 0}, "JipsaSet", "allow"),
    ("valve", {"position": False}, "JipsaSet", "ask"),
    ("valve", {"position": 1}, "JipsaSet", "ask"),
    ("valve", {"position": 0}, "HassSetPosition", "allow"),
    ("valve", {"position": 1}, "HassSetPosition", "ask"),
    ("valve", {}, "HassSetPosition", "ask"),
    ("valve", {"property": "position", "direction": "down", "step": -50}, "JipsaAdjust", "ask"),
    ("valve", {"operation": "stop"}, "JipsaSet", "allow"),
    ("valve", {"operation": "open"}, "JipsaSet", "ask"),
    ("oven", {"operation": "stop"}, "JipsaSet", "allow"),
    ("oven", {"operation": "preheat"}, "JipsaSet", "ask"),
    ("oven", {"power": False}, "JipsaSet", "allow"),
    ("oven", {"power": True}, "JipsaSet", "ask"),
    ("oven", {"target_temperature": 20}, "JipsaSet", "ask"),
    ("cooktop", {"burner": "left_front", "power_level": 0}, "JipsaSetBurner", "allow"),
    ("cooktop", {"burner": "left_front", "power_level": 9}, "JipsaSetBurner", "ask"),
    ("cooktop", {"burner": "left_front", "minutes": 9}, "JipsaSetBurner", "ask"),
    ("alarm", {"ringing": False}, "JipsaSet", "allow"),
    ("alarm", {"armed": False}, "JipsaSet", "ask"),
    ("light", {"power": True}, "JipsaSet", "allow"),
    ("washer", {"child_lock": True}, "JipsaSet", "allow"),
    ("washer", {"child_lock": False}, "JipsaSet", "ask"),
    ("washer", {"feature": "child_lock", "state": "on"}, "JipsaSetFeature", "allow"),
    ("washer", {"feature": "child_lock", "state": "off"}, "JipsaSetFeature", "ask"),
    ("washer", {"feature": "locked"}, "JipsaSetFeature", "ask"),
    ("washer", {"feature": "power_save", "state": "off"}, "JipsaSetFeature", "allow"),
    ("switch", {"open": True}, "JipsaSet", "ask"),
    ("switch", {"feature": "open", "state": "on"}, "JipsaSetFeature", "ask"),
    ("switch", {"mode": "open"}, "JipsaSetMode", "ask"),
    ("switch", {"mode": "sleep"}, "JipsaSetMode", "allow"),
]


@pytest.mark.parametrize(("kind", "slots", "intent", "rule"), BY_VALUES)
def test_what_is_set_is_judged_by_its_values(kind: str, slots: dict[str, Value], intent: str, rule: Rule) -> None:
    assert verdict(intent, slots, device(kind), {}) == rule


@pytest.mark.parametrize(
    "name",
    [
        "가스 차단기",
        "현관문 열림",
        "공동현관",
        "차고 릴레이",
        "도어락",
        "Garage opener",
        "door strike",
        "방범 모드",
        "뒷문 잠금",
    ],
)
@pytest.mark.parametrize("kind", ["switch", "button"])
def test_a_switch_that_is_called_like_an_entrance_is_one(kind: str, name: str) -> None:
    assert allowed(device(kind, name=name)) == QUESTIONS
    assert allowed(device(kind, aliases=[name])) == QUESTIONS


def test_a_cover_that_is_called_like_an_entrance_is_one() -> None:
    assert allowed(device("cover", "curtain", "차고문")) == QUESTIONS | CLOSING


@pytest.mark.parametrize(
    "name", ["비상등", "indoor plug", "시계 콘센트", "clock", "거실 플러그", "outdoor lamp", "에어락"]
)
def test_other_names_are_none(name: str) -> None:
    assert verdict("HassTurnOn", {}, device("switch", name=name), {}) == "allow"


def test_an_elevator_may_be_called() -> None:
    for name in ("엘리베이터", "Elevator call"):
        assert verdict("HassTurnOn", {}, device("button", name=name), {}) == "allow"
    assert verdict("HassTurnOn", {}, device("button", name="엘리베이터 문 열림"), {}) == "ask"


# The rules of the settings.

LAMP, DOOR = device("light", name="스탠드"), About(id="door", bridge="locks", type="lock", name="Front Door")
ABOUTS = {about.id: about for about in (LAMP, DOOR)}
HOME = Home(devices=(Device(id="door", name="현관문", aliases=("앞문",), type="lock"),))


def rule(intent: str, rules: Mapping[str, Rule], *targets: str, home: Home = HOME) -> Rule:
    return judged(intent, {}, targets, ABOUTS, home, rules)


@pytest.mark.parametrize("name", ["door", "현관문", "현관 문", "앞문", "Front Door", "frontdoor"])
def test_the_settings_say_otherwise_of_a_device_by_each_of_its_names(name: str) -> None:
    assert rule("HassTurnOff", {name: "allow"}, "door") == "allow"
    assert rule("HassTurnOn", {name: "refuse"}, "door") == "refuse"
    assert rule("HassGetState", {name: "refuse"}, "door") == "allow"
    assert may_confirm(["door"], ABOUTS, HOME, {name: "allow"})


def test_the_id_comes_before_a_name_and_of_two_names_the_stricter_one_holds() -> None:
    assert rule("HassTurnOff", {"door": "allow", "현관문": "refuse"}, "door") == "allow"
    assert rule("HassTurnOff", {"앞문": "allow", "현관문": "ask"}, "door") == "ask"


def test_of_several_devices_the_strictest_rule_holds() -> None:
    assert rule("HassTurnOff", {}, "it") == "allow"
    assert rule("HassTurnOff", {}, "it", "door") == "ask"
    assert rule("HassTurnOff", {"스탠드": "refuse"}, "it", "door") == "refuse"
    assert rule("HassTurnOff", {}, "it", "nobody's") == "ask"
    assert strictest([]) == "allow"


def test_what_the_home_file_says_makes_a_device_no_less_dangerous() -> None:
    relay = About(id="relay", bridge="gpio", type="switch", name="relay")
    known = {"relay": relay}
    for kind, device_class in (("lock", None), ("cover", "garage")):
        home = Home(devices=(Device(id="relay", name="저것", type=kind, device_class=device_class),))
        assert judged("HassTurnOn", {}, ["relay"], known, home, {}) == ("allow" if kind == "lock" else "ask")
        assert judged("HassSetPosition", {"position": 50}, ["relay"], known, home, {}) == "ask"
    as_light = Home(devices=(Device(id="door", name="저것", type="light"),))
    assert rule("HassTurnOff", {}, "door", home=as_light) == "ask"
    named = Home(devices=(Device(id="relay", name="현관문", type="switch"),))
    assert judged("HassTurnOn", {}, ["relay"], known, named, {}) == "ask"


def test_a_yes_from_outside_confirms_only_what_the_settings_allow() -> None:
    assert not may_confirm(["it"], ABOUTS, HOME, {})
    assert not may_confirm(["door"], ABOUTS, HOME, {"door": "ask"})
    assert not may_confirm(["it", "door"], ABOUTS, HOME, {"door": "allow"})
    assert not may_confirm(["nobody's"], ABOUTS, HOME, {"nobody's": "allow"})


def test_the_settings_know_three_rules() -> None:
    assert RemoteSettings(rules={"현관문": "refuse"}).rules == {"현관문": "refuse"}
    with pytest.raises(ValidationError):
        RemoteSettings.model_validate({"rules": {"현관문": "yes"}})


@pytest.mark.parametrize(
    ("satellite", "remote"),
    [
        ("remote-mother", True),
        ("remote-routine", True),
        ("living", False),
        ("routine", False),
        ("remote", False),
        (None, False),
    ],
)
def test_who_speaks_from_outside(satellite: str | None, remote: bool) -> None:
    assert is_remote(satellite) is remote
