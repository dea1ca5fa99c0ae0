"""Which devices a meaning is about: names, kinds, rooms, and where the speaker is."""

import pytest
from homes import FLAT

from hub.butler.resolve import Refusal, Resolved, Unresolved, resolve
from hub.grammar.lexicon import Frame, lexicon
from hub.grammar.parser import HERE, Parse
from hub.home import Device, Home, Room

TWINS = Home(
    (Room(id="living", name="거실"), Room(id="bedroom", name="안방"), Room(id="hall", name="복도")),
    (
        Device(id="one", name="스탠드", type="light", room="living"),
        Device(id="two", name="스탠드", type="light", room="bedroom"),
        Device(id="three", name="천장등", type="light", room="bedroom"),
        Device(id="homeless", name="손전등", type="light"),
    ),
)
"""Two lamps of one name, and one that stands nowhere."""


def _frame(intent: str) -> Frame:
    return next(frame for frame in lexicon().frames if frame.intent == intent and "light" in frame.types)


def _parse(intent: str = "HassTurnOn", **said: object) -> Parse:
    return Parse(**{"frame": _frame(intent), "slots": {}, **said})  # type: ignore[arg-type]


def test_a_name_means_its_device() -> None:
    meant = resolve(_parse(devices=("three",)), TWINS, None)
    assert meant == Resolved("HassTurnOn", {"name": "천장등"}, ("three",))


def test_a_room_tells_two_devices_of_one_name_apart() -> None:
    meant = resolve(_parse(devices=("one", "two"), areas=("bedroom",)), TWINS, "living")
    assert meant == Resolved("HassTurnOn", {"name": "스탠드", "area": "안방"}, ("two",))


def test_the_speaker_s_room_tells_them_apart_too() -> None:
    assert resolve(_parse(devices=("one", "two")), TWINS, "living") == Resolved(
        "HassTurnOn", {"name": "스탠드"}, ("one",)
    )


@pytest.mark.parametrize("room", [None, "hall"])
def test_else_the_speaker_is_asked_which(room: str | None) -> None:
    assert resolve(_parse(devices=("one", "two")), TWINS, room) == Unresolved(Refusal.WHICH_DEVICE, ("one", "two"))


def test_all_of_one_name_are_all() -> None:
    meant = resolve(_parse(devices=("one", "two"), every=True), TWINS, None)
    assert meant == Resolved("HassTurnOn", {"name": "스탠드"}, ("one", "two"))


def test_a_name_in_another_room_is_no_device() -> None:
    assert resolve(_parse(devices=("three",), areas=("living",)), TWINS, "bedroom") == Unresolved(
        Refusal.UNKNOWN_DEVICE
    )


def test_a_kind_in_a_room_means_all_of_it_there() -> None:
    meant = resolve(_parse(types=("light",), areas=("bedroom",)), TWINS, "living")
    assert meant == Resolved("HassTurnOn", {"area": "안방", "domain": "light"}, ("two", "three"))


def test_a_kind_means_that_of_the_speaker_s_room() -> None:
    meant = resolve(_parse(types=("light",)), TWINS, "bedroom")
    assert meant == Resolved("HassTurnOn", {"area": "안방", "domain": "light"}, ("two", "three"))


@pytest.mark.parametrize("room", [None, "hall"])
def test_a_kind_with_nobody_near_is_asked_about(room: str | None) -> None:
    asked = resolve(_parse(types=("light",)), TWINS, room)
    assert asked == Unresolved(Refusal.WHICH_DEVICE, ("one", "two", "three", "homeless"))


def test_a_kind_that_is_there_once_needs_no_room() -> None:
    home = Home(TWINS.rooms, TWINS.devices[:1])
    assert resolve(_parse(types=("light",)), home, None) == Resolved("HassTurnOn", {"domain": "light"}, ("one",))
    assert resolve(_parse(types=("light",)), home, "bedroom") == Resolved("HassTurnOn", {"domain": "light"}, ("one",))


def test_all_of_a_kind_are_all_of_the_home() -> None:
    meant = resolve(_parse(types=("light",), every=True), TWINS, "bedroom")
    assert meant == Resolved("HassTurnOn", {"domain": "light"}, ("one", "two", "three", "homeless"))


def test_all_in_a_room_are_what_the_frame_can_do_there() -> None:
    meant = resolve(_parse("HassTurnOff", areas=("living",), every=True), FLAT, None)
    assert isinstance(meant, Resolved)
    assert meant.slots == {"area": "거실"}
    assert set(meant.targets) == {"living_ac", "living_light", "living_lamp", "living_fan", "robot", "tv"}


def test_a_kind_that_the_home_lacks_is_no_device() -> None:
    assert resolve(_parse(types=("oven",)), FLAT, "kitchen") == Unresolved(Refusal.UNKNOWN_DEVICE)
    assert resolve(_parse(types=("light",), areas=("hall",)), TWINS, None) == Unresolved(Refusal.UNKNOWN_DEVICE)


def test_here_is_the_speaker_s_room() -> None:
    here = _parse(types=("light",), areas=(HERE,))
    assert resolve(here, TWINS, "living") == Resolved("HassTurnOn", {"area": "거실", "domain": "light"}, ("one",))
    assert resolve(here, TWINS, None) == Unresolved(Refusal.WHICH_ROOM)


def test_hidden_devices_are_never_meant_by_their_kind() -> None:
    meant = resolve(_parse(types=("light",), areas=("kids",)), FLAT, None)
    assert isinstance(meant, Resolved)
    assert meant.targets == ("kids_light",)


def test_what_was_said_goes_along() -> None:
    meant = resolve(_parse("HassLightSet", slots={"color": "red"}, devices=("three",)), TWINS, None)
    assert meant == Resolved("HassLightSet", {"name": "천장등", "color": "red"}, ("three",))


def test_what_is_for_the_assistant_has_no_targets() -> None:
    frame = next(frame for frame in lexicon().frames if frame.intent == "HassStartTimer")
    assert resolve(Parse(frame, {"minutes": 3}), FLAT, "living") == Resolved("HassStartTimer", {"minutes": 3}, ())
