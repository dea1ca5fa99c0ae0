"""How the home is, told."""

import pytest
from homes import FLAT

from hub.butler.measures import State
from hub.butler.summary import summary

STATES: dict[str, State] = {
    "living_light": {"power": True},
    "bedroom_light": {"power": False},
    "living_ac": {"power": True, "current_temperature": 26},
    "washer": {"status": "running", "remaining_minutes": 32},
    "door": {"locked": False},
    "living_curtain": {"position": 0},
}


def told(asked: str | None, states: dict[str, State], language: str = "ko") -> str:
    known = [(device, states[device.id]) for device in FLAT.devices if device.id in states]
    return " ".join(summary(asked, known, FLAT, language))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "korean", "english"),
    [
        (
            "on",
            "거실 에어컨과 거실등이 켜져 있어요. 세탁기는 32분 남았어요.",
            "On: 거실 에어컨 and 거실등. 세탁기 has 32 minutes left.",
        ),
        ("open", "도어락이 열려 있어요.", "Open: 도어락."),
        (
            None,
            "거실 에어컨과 거실등이 켜져 있어요. 세탁기는 32분 남았어요. 도어락이 열려 있어요. 거실은 지금 26도예요.",
            "On: 거실 에어컨 and 거실등. 세탁기 has 32 minutes left. Open: 도어락. 거실 is at 26 °C now.",
        ),
    ],
)  # fmt: skip
def test_what_is_on_and_open_is_told(asked: str | None, korean: str, english: str) -> None:
    assert told(asked, STATES) == korean
    assert told(asked, STATES, "en") == english


def test_where_nothing_is_on_that_is_told() -> None:
    quiet: dict[str, State] = {"living_light": {"power": False}, "door": {"locked": True}}
    assert told("on", quiet) == "켜져 있는 기기가 없어요."
    assert told("open", quiet) == "열려 있는 곳이 없어요."
    assert told(None, quiet, "en") == "Nothing is on."


def test_a_state_that_is_not_known_is_not_told() -> None:
    assert told(None, {"living_light": {}, "washer": {}, "door": {}}) == "켜져 있는 기기가 없어요."
