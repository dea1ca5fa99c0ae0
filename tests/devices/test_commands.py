"""What intents mean for devices of all kinds, and the sentence where they cannot be."""

from contextlib import suppress
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from devices.commands import COMMANDS, Changes, CommandError, changes_for
from hub.grammar.lexicon import lexicon
from hub.messages import About, ErrorCode, Property
from hub.payloads import Value
from hub.texts import Language

NOW = datetime(2026, 11, 25, 10, 0, 20, tzinfo=ZoneInfo("Asia/Seoul"))


def _on(**more: Any) -> Property:
    return Property(type="boolean", writable=True, **more)


def _number(low: float, high: float, step: float | None = None, unit: str = "%", **more: Any) -> Property:
    return Property.model_validate(
        {"type": "number", "writable": True, "min": low, "max": high, "step": step, "unit": unit, **more}
    )


def _enum(*values: str) -> Property:
    return Property(type="enum", writable=True, values=list(values))


DEVICES: dict[str, tuple[str, str, dict[str, Property]]] = {
    # id: name, type, properties
    "light": (
        "스탠드",
        "light",
        {"power": _on(), "brightness": _number(0, 100, 1), "color_temperature": _number(2000, 6500, 50, "K")},
    ),
    "ac": (
        "에어컨",
        "climate",
        {
            "power": _on(),
            "target_temperature": _number(18, 30, 0.5, "°C"),
            "fan_mode": _enum("auto", "low", "medium", "high", "power"),
            "fan_step": _number(1, 5, 1, "", type="integer"),
            "swing_vertical": _on(),
            "swing_horizontal": _on(),
            "display_light": _on(),
            "power_save": _on(),
        },
    ),
    "fan": (
        "선풍기",
        "fan",
        {"power": _on(), "percentage": _number(0, 100, 33), "swing": _enum("off", "horizontal")},
    ),
    "circulator": ("써큘레이터", "fan", {"fan_step": _number(1, 8, 1, ""), "swing_horizontal": _on()}),
    "breeze": ("에어 서큘레이터", "fan", {"swing": _enum("off", "vertical", "horizontal", "both")}),
    "purifier": ("공기청정기", "air_purifier", {"fan_mode": _enum("high", "auto", "low", "medium")}),
    "fridge": (
        "냉장고",
        "refrigerator",
        {
            "fridge_temperature": _number(1, 7, 1, "°C"),
            "freezer_temperature": _number(-24, -14, 1, "°C"),
            "express_freeze": _on(),
            "door": Property(type="enum", values=["open", "closed"]),
        },
    ),
    "wine": ("와인셀러", "wine_cellar", {"target_temperature": _number(6, 18, 2, "°C")}),
    "oven": (
        "오븐",
        "oven",
        {
            "operation": _enum("start", "stop", "preheat"),
            "target_temperature": _number(50, 250, 5, "°C"),
            "run_seconds": _number(60, 7200, 60, "s"),
        },
    ),
    "heat_pump": (
        "히트펌프",
        "climate",
        {
            "target_temperature_low": _number(16, 30, 0.5, "°C"),
            "target_temperature_high": _number(16, 30, 0.5, "°C"),
        },
    ),
    "toaster": ("토스터", "oven", {"operation": _enum("start", "stop")}),
    "humidifier": ("가습기", "humidifier", {"target_humidity": _number(30, 70, 5)}),
    "curtain": ("커튼", "cover", {"position": _number(0, 100)}),
    "blind": ("블라인드", "cover", {"open": _on()}),
    "lock": ("도어락", "lock", {"locked": _on()}),
    "tv": (
        "티비",
        "television",
        {"power": _on(), "volume": _number(0, 100, 1), "muted": _on(), "operation": _enum("play", "pause", "next")},
    ),
    "speaker": (
        "스피커",
        "media_player",
        {
            "search_query": Property(type="string", writable=True),
            "operation": _enum("play", "pause", "volume_up", "volume_down"),
        },
    ),
    "jukebox": (
        "오디오",
        "media_player",
        {"search_query": Property(type="string", writable=True), "media_class": _enum("artist", "track")},
    ),
    "robot": ("로봇청소기", "vacuum", {"operation": _enum("start", "pause", "home")}),
    "mapper": ("지도 로봇", "vacuum", {"operation": _enum("start"), "clean_area": _enum("안방", "거실")}),
    "mower": ("잔디깎이", "lawn_mower", {"operation": _enum("start", "home")}),
    "washer": (
        "세탁기",
        "washer",
        {
            "operation": _enum("start", "stop"),
            "start_in_minutes": _number(0, 720, 1, "min"),
            "end_in_minutes": _number(180, 1140, 60, "min"),
        },
    ),
    "old_washer": ("옛 세탁기", "washer", {"delay_start_hours": _number(3, 19, 1, "h", type="integer")}),
    "dish_washer": ("식기세척기", "dish_washer", {"operation": _enum("start", "cancel_delay")}),
    "gauge": ("온도계", "sensor", {"current_temperature": Property(type="number", unit="°C")}),
}


def changes(intent: str, device: str, slots: dict[str, Any], language: Language = "ko", **state: Any) -> Changes:
    name, kind, properties = DEVICES[device]
    about = About(id=device, bridge="any", type=kind, name=name, properties=properties)
    return changes_for(intent, slots, about, state, NOW, language)


def refusal(intent: str, device: str, slots: dict[str, Any], language: Language = "ko", **state: Any) -> str:
    with pytest.raises(CommandError) as refused:
        changes(intent, device, slots, language, **state)
    return f"{refused.value.code}: {refused.value}"


@pytest.mark.parametrize(
    ("intent", "device", "slots", "meant"),
    [
        ("HassTurnOn", "light", {}, {"power": True}),
        ("HassTurnOn", "lock", {}, {"locked": True}),
        ("HassTurnOff", "lock", {}, {"locked": False}),
        ("HassTurnOff", "blind", {}, {"open": False}),
        ("HassTurnOn", "curtain", {}, {"position": 100}),
        ("HassTurnOff", "robot", {}, {"operation": "home"}),
        ("HassTurnOff", "washer", {}, {"operation": "stop"}),
        ("HassLightSet", "light", {"temperature": 2700}, {"color_temperature": 2700}),
        ("HassClimateSetTemperature", "ac", {"temperature": 24}, {"target_temperature": 24}),
        ("JipsaSetTemperature", "fridge", {"temperature": 3}, {"fridge_temperature": 3}),
        (
            "JipsaSetTemperature",
            "fridge",
            {"temperature": -18, "compartment": "freezer"},
            {"freezer_temperature": -18},
        ),
        ("JipsaSetTemperature", "wine", {"temperature": 12}, {"target_temperature": 12}),
        *(
            (
                "JipsaSetTemperatureRange",
                "heat_pump",
                {"temperature_low": low, "temperature_high": high},
                {"target_temperature_low": 20, "target_temperature_high": 24},
            )
            for low, high in ((20, 24), (24, 20))
        ),
        (
            "JipsaSetTemperatureRange",
            "heat_pump",
            {"temperature_low": "20", "temperature_high": 24},
            {"target_temperature_low": 20, "target_temperature_high": 24},
        ),
        ("JipsaPreheat", "oven", {"temperature": 180}, {"operation": "preheat", "target_temperature": 180}),
        ("JipsaPreheat", "oven", {}, {"operation": "preheat"}),
        ("HassHumidifierSetpoint", "humidifier", {"humidity": 50}, {"target_humidity": 50}),
        ("HassClimateSetFanMode", "ac", {"fan_mode": "high"}, {"fan_mode": "high"}),
        ("HassFanSetSpeed", "fan", {"percentage": 33, "fan_mode": "low"}, {"percentage": 33}),
        ("HassFanSetSpeed", "circulator", {"fan_step": 3, "percentage": 100}, {"fan_step": 3}),
        ("HassFanSetSpeed", "purifier", {"fan_step": 3, "percentage": 100}, {"fan_mode": "high"}),
        ("HassFanSetSpeed", "fan", {"fan_step": 1, "percentage": 33}, {"percentage": 33}),
        ("JipsaSetSwing", "breeze", {"swing": "both"}, {"swing": "both"}),
        ("JipsaSetSwing", "fan", {"swing": "both"}, {"swing": "horizontal"}),
        ("JipsaSetSwing", "fan", {"swing": "off"}, {"swing": "off"}),
        ("JipsaSetSwing", "ac", {"swing": "vertical"}, {"swing_vertical": True}),
        ("JipsaSetSwing", "ac", {"swing": "both"}, {"swing_vertical": True, "swing_horizontal": True}),
        ("JipsaSetSwing", "ac", {"swing": "off"}, {"swing_vertical": False, "swing_horizontal": False}),
        ("JipsaSetSwing", "circulator", {"swing": "both"}, {"swing_horizontal": True}),
        ("JipsaSetFeature", "fridge", {"feature": "express_freeze", "state": "on"}, {"express_freeze": True}),
        ("JipsaSetFeature", "ac", {"feature": "power_save", "state": "off"}, {"power_save": False}),
        ("JipsaSetFeature", "ac", {"feature": "display", "state": "off"}, {"display_light": False}),
        ("HassSetVolume", "tv", {"volume_level": 30}, {"volume": 30}),
        ("HassSetVolumeRelative", "speaker", {"volume_step": "down"}, {"operation": "volume_down"}),
        ("HassMediaPlayerMute", "tv", {}, {"muted": True}),
        ("HassMediaPlayerUnmute", "tv", {}, {"muted": False}),
        ("HassMediaPause", "tv", {}, {"operation": "pause"}),
        ("HassMediaUnpause", "tv", {}, {"operation": "play"}),
        ("HassMediaNext", "tv", {}, {"operation": "next"}),
        (
            "HassMediaSearchAndPlay",
            "speaker",
            {"search_query": "아이유", "media_class": "track"},
            {"search_query": "아이유"},
        ),
        (
            "HassMediaSearchAndPlay",
            "jukebox",
            {"search_query": "아이유", "media_class": "track"},
            {"search_query": "아이유", "media_class": "track"},
        ),
        ("HassVacuumCleanArea", "mapper", {"area": "안방"}, {"clean_area": "안방"}),
        ("HassLawnMowerStartMowing", "mower", {}, {"operation": "start"}),
        ("HassLawnMowerDock", "mower", {}, {"operation": "home"}),
        ("JipsaStart", "oven", {"minutes": 3}, {"operation": "start", "run_seconds": 180}),
        ("JipsaStart", "toaster", {}, {"operation": "start"}),
        ("JipsaDelayStart", "washer", {"hours": 3, "minutes": 20}, {"start_in_minutes": 200}),
        ("JipsaDelayStart", "washer", {"time": "19:00"}, {"start_in_minutes": 540}),
        ("JipsaDelayStart", "washer", {"time": "08:00", "date": "2026-11-25"}, None),
        ("JipsaDelayStart", "old_washer", {"hours": 3}, {"delay_start_hours": 3}),
        ("JipsaDelayStart", "old_washer", {"time": "15:50"}, {"delay_start_hours": 6}),
        ("JipsaDelayEnd", "washer", {"time": "18:45"}, {"end_in_minutes": 540}),
        ("JipsaDelayEnd", "washer", {"time": "02:00"}, {"end_in_minutes": 960}),
        ("JipsaCancelDelay", "dish_washer", {}, {"operation": "cancel_delay"}),
        ("JipsaCancelDelay", "washer", {}, {"start_in_minutes": 0}),
    ],
)
def test_an_intent_means_changes(intent: str, device: str, slots: dict[str, Any], meant: Changes | None) -> None:
    if meant is None:
        assert refusal(intent, device, slots) == "out_of_range: 그 시각은 이미 지났어요."
    else:
        assert changes(intent, device, slots) == meant


@pytest.mark.parametrize(
    ("device", "slots", "state", "meant"),
    [
        # A usual step, or the one that was said.
        ("ac", {"property": "temperature", "direction": "up"}, {"target_temperature": 24}, 25),
        ("ac", {"property": "temperature", "direction": "down"}, {"target_temperature": 24.5}, 23.5),
        ("ac", {"property": "temperature", "direction": "down", "step": 2}, {"target_temperature": 24}, 22),
        ("ac", {"property": "temperature", "direction": "down", "step": 0.5}, {"target_temperature": 24}, 23.5),
        ("light", {"property": "brightness", "direction": "up"}, {"brightness": 50, "power": False}, 70),
        ("light", {"property": "brightness", "direction": "down", "step": 10}, {"brightness": 50}, 40),
        ("light", {"property": "color_temperature", "direction": "down"}, {"color_temperature": 4000}, 3500),
        ("humidifier", {"property": "humidity", "direction": "up"}, {"target_humidity": 50}, 55),
        ("curtain", {"property": "position", "direction": "up"}, {"position": 0}, 20),
        ("curtain", {"property": "position", "direction": "down", "step": 5.5}, {"position": 20}, 14.5),
        ("fan", {"property": "fan_speed", "direction": "up"}, {"percentage": 33}, 66),
        ("fan", {"property": "fan_speed", "direction": "down", "step": 2}, {"percentage": 99}, 33),
        ("fan", {"property": "fan_speed", "direction": "up", "step": 3}, {"percentage": 0}, 99),
        ("circulator", {"property": "fan_speed", "direction": "up", "step": 2}, {"fan_step": 2}, 4),
        ("purifier", {"property": "fan_speed", "direction": "up"}, {"fan_mode": "low"}, "medium"),
        ("purifier", {"property": "fan_speed", "direction": "down", "step": 2}, {"fan_mode": "high"}, "low"),
        ("purifier", {"property": "fan_speed", "direction": "up"}, {"fan_mode": "auto"}, "high"),
        ("ac", {"property": "fan_speed", "direction": "up"}, {"fan_mode": "high", "fan_step": 2}, "power"),
        ("fridge", {"property": "temperature", "direction": "down"}, {"fridge_temperature": 3}, 2),
        (
            "fridge",
            {"property": "temperature", "direction": "down", "compartment": "freezer"},
            {"freezer_temperature": -18},
            -19,
        ),
        # In whole steps of the device, also from between two of them.
        ("wine", {"property": "temperature", "direction": "up"}, {"target_temperature": 10}, 12),
        ("wine", {"property": "temperature", "direction": "up"}, {"target_temperature": 11}, 14),
        ("ac", {"property": "temperature", "direction": "up"}, {"target_temperature": 23.3}, 24.5),
        # To the bound and not beyond.
        ("ac", {"property": "temperature", "direction": "up", "step": 5}, {"target_temperature": 29}, 30),
        ("light", {"property": "brightness", "direction": "down"}, {"brightness": 10}, 1),
        ("fan", {"property": "fan_speed", "direction": "up"}, {"percentage": 90}, 99),
        ("humidifier", {"property": "humidity", "direction": "down", "step": 50}, {"target_humidity": 50}, 30),
    ],
)
def test_more_and_less_start_from_how_it_is(
    device: str, slots: dict[str, Any], state: dict[str, Any], meant: Value
) -> None:
    assert list(changes("JipsaAdjust", device, slots, **state).values()) == [meant]


@pytest.mark.parametrize(
    ("said", "volume", "meant"), [("up", 30, 40), ("down", 30, 20), (5, 30, 35), (-10, 30, 20), ("up", 95, 100)]
)
def test_volume_is_moved(said: Value, volume: int, meant: int) -> None:
    assert changes("HassSetVolumeRelative", "tv", {"volume_step": said}, volume=volume) == {"volume": meant}


@pytest.mark.parametrize(
    ("device", "what", "direction", "state", "sentence"),
    [
        ("ac", "temperature", "up", {"target_temperature": 30}, "에어컨은 이미 제일 높은 30도예요."),
        ("ac", "temperature", "down", {"target_temperature": 18}, "에어컨은 이미 제일 낮은 18도예요."),
        ("light", "brightness", "up", {"brightness": 100}, "스탠드는 이미 제일 밝아요."),
        ("light", "brightness", "down", {"brightness": 1}, "스탠드는 이미 제일 어두워요."),
        ("light", "color_temperature", "up", {"color_temperature": 6500}, "스탠드 불빛은 더 하얗게 할 수 없어요."),
        ("light", "color_temperature", "down", {"color_temperature": 2000}, "스탠드 불빛은 더 노랗게 할 수 없어요."),
        ("humidifier", "humidity", "up", {"target_humidity": 70}, "가습기 습도는 이미 제일 높은 70%예요."),
        ("humidifier", "humidity", "down", {"target_humidity": 30}, "가습기 습도는 이미 제일 낮은 30%예요."),
        ("curtain", "position", "up", {"position": 100}, "커튼은 이미 다 열려 있어요."),
        ("curtain", "position", "down", {"position": 0}, "커튼은 이미 다 닫혀 있어요."),
        ("purifier", "fan_speed", "up", {"fan_mode": "high"}, "공기청정기 바람은 이미 제일 세요."),
        ("purifier", "fan_speed", "down", {"fan_mode": "low"}, "공기청정기 바람은 이미 제일 약해요."),
        ("fan", "fan_speed", "down", {"percentage": 33}, "선풍기 바람은 이미 제일 약해요."),
    ],
)
def test_a_bound_that_is_reached_is_told(
    device: str, what: str, direction: str, state: dict[str, Any], sentence: str
) -> None:
    slots = {"property": what, "direction": direction}
    assert refusal("JipsaAdjust", device, slots, **state) == f"out_of_range: {sentence}"
    assert refusal("JipsaAdjust", device, slots, "en", **state).endswith(".")


def test_the_loudest_and_the_quietest_are_told() -> None:
    assert refusal("HassSetVolumeRelative", "tv", {"volume_step": "up"}, volume=100) == (
        "out_of_range: 티비 소리는 이미 제일 커요."
    )
    assert refusal("HassSetVolumeRelative", "tv", {"volume_step": -5}, volume=0) == (
        "out_of_range: 티비 소리는 이미 제일 작아요."
    )


@pytest.mark.parametrize(
    ("device", "what", "state"),
    [
        ("ac", "temperature", {}),
        ("ac", "temperature", {"target_temperature": None}),
        ("light", "brightness", {"brightness": True}),
        ("purifier", "fan_speed", {"fan_mode": None}),
    ],
)
def test_nothing_is_moved_from_where_nobody_knows(device: str, what: str, state: dict[str, Any]) -> None:
    said = refusal("JipsaAdjust", device, {"property": what, "direction": "up"}, **state)
    assert said.startswith("not_now: ")
    assert "지금 어떤지 몰라서" in said


@pytest.mark.parametrize(
    ("device", "what", "state"),
    [("light", "brightness", {"brightness": 50}), ("fan", "fan_speed", {"percentage": 66})],
)
def test_less_turns_nothing_on(device: str, what: str, state: dict[str, Any]) -> None:
    slots = {"property": what, "direction": "down"}
    assert refusal("JipsaAdjust", device, slots, power=False, **state).startswith("powered_off: ")


@pytest.mark.parametrize(
    ("intent", "device", "slots", "said"),
    [
        ("HassVacuumCleanArea", "robot", {"area": "안방"}, "로봇청소기는 방 하나만 골라서 청소할 수 없어요."),
        ("HassMediaSearchAndPlay", "tv", {"search_query": "재즈"}, "티비는 음악이나 영상을 찾아서 틀 수 없어요."),
        ("HassMediaPrevious", "tv", {}, "티비는 그 기능이 없어요."),
        ("JipsaDelayStart", "robot", {"hours": 1}, "로봇청소기는 시작 예약을 할 수 없어요."),
        ("JipsaDelayEnd", "old_washer", {"hours": 3}, "옛 세탁기는 끝나는 시간을 예약할 수 없어요."),
        ("JipsaCancelDelay", "old_washer", {}, "옛 세탁기 예약은 여기서 취소할 수 없어요. 기기에서 취소해 주세요."),
        ("JipsaPreheat", "toaster", {"temperature": 180}, "토스터 예열은 여기서 시작할 수 없어요."),
        (
            "JipsaSetTemperatureRange",
            "ac",
            {"temperature_low": 22, "temperature_high": 24},
            "에어컨은 두 온도 사이로는 맞출 수 없어요. 온도를 하나만 말해 주세요.",
        ),
        (
            "JipsaSetTemperatureRange",
            "heat_pump",
            {"temperature_low": 22},
            "히트펌프는 두 온도 사이로는 맞출 수 없어요. 온도를 하나만 말해 주세요.",
        ),
        ("JipsaStart", "toaster", {"minutes": 3}, "토스터는 그 기능이 없어요."),
        ("JipsaSetSwing", "circulator", {"swing": "vertical"}, "써큘레이터는 그 기능이 없어요."),
        ("JipsaSetFeature", "fridge", {"feature": "door", "state": "on"}, "냉장고는 그 기능이 없어요."),
        ("JipsaSetFeature", "fridge", {"feature": "express_freeze"}, "냉장고는 그 기능이 없어요."),
        ("JipsaSetTemperature", "wine", {"temperature": 3, "compartment": "freezer"}, "와인셀러는 그 기능이 없어요."),
        ("JipsaAdjust", "curtain", {"property": "temperature", "direction": "up"}, "커튼은 그렇게 조절할 수 없어요."),
        ("JipsaAdjust", "light", {"property": "brightness", "direction": []}, "스탠드는 그렇게 조절할 수 없어요."),
        ("JipsaAdjust", "light", {}, "스탠드는 그렇게 조절할 수 없어요."),
        ("HassSetVolumeRelative", "tv", {"volume_step": "loud"}, "티비는 그 기능이 없어요."),
        ("HassSetVolumeRelative", "tv", {"volume_step": [3]}, "티비는 그 기능이 없어요."),
    ],
)
def test_what_a_device_lacks_is_said(intent: str, device: str, slots: dict[str, Any], said: str) -> None:
    assert refusal(intent, device, slots) == f"not_supported: {said}"


@pytest.mark.parametrize(
    ("intent", "device", "slots", "said"),
    [
        (
            "JipsaSetTemperature",
            "fridge",
            {"temperature": 3, "compartment": "freezer"},
            "냉장고는 영하 24도에서 영하 14도까지만 맞출 수 있어요.",
        ),
        ("JipsaDelayStart", "old_washer", {"hours": 2}, "옛 세탁기는 3시간에서 19시간까지만 맞출 수 있어요."),
        (
            "JipsaDelayStart",
            "old_washer",
            {"hours": 3, "minutes": 30},
            "옛 세탁기는 1시간 단위로만 맞출 수 있어요.",
        ),
        ("JipsaDelayEnd", "washer", {"hours": 2}, "세탁기는 3시간에서 19시간까지만 맞출 수 있어요."),
        ("HassFanSetSpeed", "purifier", {"fan_step": 4}, "공기청정기 바람은 3단까지 있어요."),
        ("JipsaStart", "oven", {"seconds": 30}, "오븐은 1분에서 2시간까지만 맞출 수 있어요."),
        ("JipsaStart", "oven", {"minutes": "셋"}, "오븐은 1분에서 2시간까지만 맞출 수 있어요."),
    ],
)
def test_bounds_are_spoken_with_their_unit(intent: str, device: str, slots: dict[str, Any], said: str) -> None:
    assert refusal(intent, device, slots) == f"out_of_range: {said}"


def test_a_value_that_the_device_does_not_know_is_not_read_out() -> None:
    assert refusal("HassClimateSetFanMode", "ac", {"fan_mode": "slow"}) == (
        "out_of_range: 에어컨에는 그런 설정이 없어요."
    )


def test_a_step_that_the_device_does_not_have_is_refused() -> None:
    slots = {"property": "temperature", "direction": "up", "step": 1}
    assert refusal("JipsaAdjust", "wine", slots, target_temperature=10) == (
        "out_of_range: 와인셀러는 2도 단위로만 맞출 수 있어요."
    )
    assert refusal("JipsaAdjust", "wine", {**slots, "step": "two"}, target_temperature=10).startswith("out_of_range: ")


@pytest.mark.parametrize("slots", [{}, {"time": "noon"}, {"time": "25:00"}, {"time": "12:00", "date": "tomorrow"}])
def test_a_delay_needs_a_time(slots: dict[str, Any]) -> None:
    said = refusal("JipsaDelayStart", "washer", slots)
    assert said == f"{ErrorCode.BAD_PAYLOAD}: 세탁기를 언제로 예약할지 말씀해 주세요."


STRANGE: list[Value] = [None, True, [], {}, "?", -1, 1e400, "9" * 400]

SLOTS = (
    "temperature", "brightness", "color", "compartment", "humidity", "fan_mode", "fan_step", "percentage", "mode",
    "swing", "feature", "state", "property", "direction", "step", "volume_level", "volume_step", "search_query",
    "media_class", "area", "hours", "minutes", "time", "date",
)  # fmt: skip


def test_no_sentence_sets_properties_by_their_names() -> None:
    assert "JipsaSet" in COMMANDS
    assert "JipsaSet" not in {frame.intent for frame in lexicon().frames}  # nor does a household add other intents


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("more", [{}, {"property": "temperature", "direction": "up"}, {"property": "fan_speed"}])
def test_whatever_the_slots_hold_there_is_no_other_error(device: str, more: dict[str, Any]) -> None:
    state: dict[str, Any] = dict.fromkeys(DEVICES[device][2], 50)
    for intent in COMMANDS:
        for value in STRANGE:
            with suppress(CommandError):
                assert changes(intent, device, dict.fromkeys(SLOTS, value) | more, **state)
