"""Which devices a meaning is about: names, kinds, rooms, floors, and where the speaker is."""

from dataclasses import replace

import pytest
from homes import FLAT

from hub.butler.resolve import EVERYDAY, MEASURED_BY, Refusal, Resolved, UnresolvedError, resolve
from hub.grammar.lexicon import Frame, lexicon
from hub.grammar.parse import HERE, Named, Parse
from hub.home import DEVICE_TYPES, Device, Home, Room

TWINS = Home(
    (
        Room(id="living", name="거실", floor=1),
        Room(id="bedroom", name="안방", floor=2),
        Room(id="hall", name="복도", floor=2),
        Room(id="attic", name="다락", floor=3),
    ),
    (
        Device(id="one", name="스탠드", type="light", room="living"),
        Device(id="two", name="스탠드", type="light", room="bedroom"),
        Device(id="three", name="천장등", type="light", room="bedroom"),
        Device(id="four", name="복도등", type="light", room="hall"),
        Device(id="homeless", name="손전등", type="light"),
    ),
)
"""Two lamps of one name, and one that stands nowhere."""

LIGHTS = ("one", "two", "three", "four", "homeless")


def _frame(intent: str, kind: str = "light") -> Frame:
    return next(frame for frame in lexicon().frames if frame.intent == intent and kind in frame.types)


def _parse(*named: Named, intent: str = "HassTurnOn", kind: str = "light", **said: object) -> Parse:
    return Parse((_frame(intent, kind),), {}, named, **said)  # type: ignore[arg-type]


def _resolved(
    *named: Named, home: Home = TWINS, room: str | None = None, slots: dict[str, object] | None = None, **said: object
) -> list[Resolved]:
    return resolve(_parse(*named, **said), slots or {}, home, room)  # type: ignore[arg-type]


def _refused(*named: Named, home: Home = TWINS, room: str | None = None, **said: object) -> tuple[Refusal, set[str]]:
    with pytest.raises(UnresolvedError) as why:
        _resolved(*named, home=home, room=room, **said)
    return why.value.reason, set(why.value.choices)


def _on(slots: dict[str, object], *targets: str, intent: str = "HassTurnOn") -> Resolved:
    return Resolved(intent, slots, targets)  # type: ignore[arg-type]


LAMPS = Named(("one", "two"))
LIGHT = Named(kind="light")


def test_a_name_means_its_device() -> None:
    assert _resolved(Named(("three",))) == [_on({"name": "천장등"}, "three")]


def test_a_room_tells_two_devices_of_one_name_apart() -> None:
    lamp = Named(("one", "two"), areas=("bedroom",))
    assert _resolved(lamp, room="living") == [_on({"name": "스탠드", "area": "안방"}, "two")]


def test_a_floor_tells_them_apart_too() -> None:
    assert _resolved(Named(("one", "two"), floors=(2,))) == [_on({"name": "스탠드", "floor": 2}, "two")]


def test_the_speaker_s_room_tells_them_apart_too() -> None:
    assert _resolved(LAMPS, room="living") == [_on({"name": "스탠드"}, "one")]


@pytest.mark.parametrize("room", [None, "hall"])
def test_else_the_speaker_is_asked_which(room: str | None) -> None:
    assert _refused(LAMPS, room=room) == (Refusal.WHICH_DEVICE, {"one", "two"})


def test_all_of_one_name_are_all() -> None:
    assert _resolved(LAMPS, every=True) == [_on({"name": "스탠드"}, "one", "two")]


def test_a_name_in_another_room_is_no_device() -> None:
    assert _refused(Named(("three",), areas=("living",)), room="bedroom") == (Refusal.UNKNOWN_DEVICE, set())


def test_a_kind_in_a_room_means_all_of_it_there() -> None:
    light = Named(kind="light", areas=("bedroom",))
    assert _resolved(light, room="living") == [_on({"area": "안방", "domain": "light"}, "two", "three")]


def test_a_kind_means_that_of_the_speaker_s_room() -> None:
    assert _resolved(LIGHT, room="bedroom") == [_on({"area": "안방", "domain": "light"}, "two", "three")]


@pytest.mark.parametrize("room", [None, "attic"])
def test_a_kind_with_nobody_near_is_asked_about(room: str | None) -> None:
    assert _refused(LIGHT, room=room) == (Refusal.WHICH_DEVICE, set(LIGHTS))


@pytest.mark.parametrize("room", [None, "bedroom"])
def test_a_kind_that_is_there_once_needs_no_room(room: str | None) -> None:
    home = Home(TWINS.rooms, TWINS.devices[:1])
    assert _resolved(LIGHT, home=home, room=room) == [_on({"domain": "light"}, "one")]


def test_all_of_a_kind_are_all_of_the_home() -> None:
    assert _resolved(LIGHT, room="bedroom", every=True) == [_on({"domain": "light"}, *LIGHTS)]


def test_a_kind_on_a_floor_means_all_of_it_there() -> None:
    [meant] = _resolved(Named(kind="light", floors=(2,)), room="living")
    assert (meant.slots, set(meant.targets)) == ({"floor": 2, "domain": "light"}, {"two", "three", "four"})
    assert _refused(Named(kind="light", floors=(5,))) == (Refusal.UNKNOWN_DEVICE, set())


def test_all_in_a_room_are_everyday_things() -> None:
    [meant] = _resolved(Named(areas=("living",)), home=FLAT, intent="HassTurnOff", every=True)
    assert meant.slots == {"area": "거실"}
    assert set(meant.targets) == {"living_ac", "living_light", "living_lamp", "living_fan", "tv"}
    [meant] = _resolved(home=FLAT, intent="HassTurnOff", every=True)
    types = {device.type for device in FLAT.devices if device.id in meant.targets}
    assert types == {"climate", "light", "fan", "air_purifier", "switch", "television"}
    assert types <= EVERYDAY


def test_never_everything_is_what_must_go_on() -> None:
    assert DEVICE_TYPES >= EVERYDAY
    assert EVERYDAY.isdisjoint(
        {"refrigerator", "kimchi_refrigerator", "washer", "dryer", "lock", "valve", "boiler", "water_heater", "oven"}
    )


def test_a_kind_that_the_home_lacks_is_no_device() -> None:
    assert _refused(Named(kind="oven"), home=FLAT, room="kitchen", kind="oven") == (Refusal.UNKNOWN_DEVICE, set())
    assert _refused(Named(kind="light", areas=("attic",))) == (Refusal.UNKNOWN_DEVICE, set())
    assert _refused(Named(areas=("attic",)), every=True) == (Refusal.UNKNOWN_DEVICE, set())


def test_here_is_the_speaker_s_room() -> None:
    here = Named(kind="light", areas=(HERE,))
    assert _resolved(here, room="living") == [_on({"area": "거실", "domain": "light"}, "one")]
    assert _refused(here) == (Refusal.WHICH_ROOM, set())


def test_hidden_devices_are_never_meant_by_their_kind() -> None:
    [meant] = _resolved(Named(kind="light", areas=("kids",)), home=FLAT)
    assert meant.targets == ("kids_light",)


def test_what_was_said_goes_along() -> None:
    meant = _resolved(Named(("three",)), intent="HassLightSet", slots={"color": "red"})
    assert meant == [_on({"name": "천장등", "color": "red"}, "three", intent="HassLightSet")]


def test_a_slot_that_was_said_goes_before_one_of_the_target() -> None:
    [meant] = _resolved(Named(kind="light"), home=Home((), TWINS.devices[:1]), slots={"domain": "lamp"})
    assert meant.slots == {"domain": "lamp"}


def test_what_is_for_the_assistant_has_no_targets() -> None:
    frame = next(frame for frame in lexicon().frames if frame.intent == "HassStartTimer")
    parse = Parse((frame,), {"minutes": 3})
    assert resolve(parse, {"minutes": 3}, FLAT, "living") == [Resolved("HassStartTimer", {"minutes": 3}, ())]


def test_each_target_has_an_intent_of_its_own() -> None:
    found = _resolved(Named(("three",)), Named(kind="light", areas=("living",)))
    assert found == [_on({"name": "천장등"}, "three"), _on({"area": "거실", "domain": "light"}, "one")]


def test_each_room_and_each_floor_of_a_target_has_an_intent_of_its_own() -> None:
    rooms = _resolved(Named(kind="light", areas=("living", "bedroom")))
    assert [(meant.slots["area"], meant.targets) for meant in rooms] == [("거실", ("one",)), ("안방", ("two", "three"))]
    floors = _resolved(Named(kind="light", floors=(1, 2)))
    assert [(meant.slots["floor"], set(meant.targets)) for meant in floors] == [
        (1, {"one"}),
        (2, {"two", "three", "four"}),
    ]


def test_one_target_that_is_not_there_refuses_all() -> None:
    assert _refused(Named(("three",)), Named(kind="light", areas=("attic",))) == (Refusal.UNKNOWN_DEVICE, set())


def test_a_room_that_was_said_for_the_target_before_holds_only_where_it_fits() -> None:
    """거실 스탠드랑 천장등: there is no 천장등 in 거실."""
    fits = Named(("one", "two"), areas=("bedroom",), inherited=True)
    assert _resolved(fits) == [_on({"name": "스탠드", "area": "안방"}, "two")]
    elsewhere = Named(("three",), areas=("living",), inherited=True)
    assert _resolved(elsewhere) == [_on({"name": "천장등"}, "three")]


def test_what_is_left_out_is_not_meant() -> None:
    bedroom, lamp = Named(areas=("bedroom",)), Named(("one", "two"))
    assert _targets(_resolved(LIGHT, every=True, excepted=(bedroom,))) == {"one", "four", "homeless"}
    assert _targets(_resolved(LIGHT, every=True, excepted=(lamp,))) == {"three", "four", "homeless"}
    assert _targets(_resolved(LIGHT, every=True, excepted=(Named(floors=(2,)),))) == {"one", "homeless"}
    assert _targets(_resolved(LIGHT, every=True, excepted=(bedroom, Named(areas=("hall",))))) == {"one", "homeless"}
    assert _targets(_resolved(LIGHT, every=True, excepted=(Named(areas=("bedroom", "hall")),))) == {"one", "homeless"}
    assert _refused(LIGHT, every=True, excepted=(LIGHT,)) == (Refusal.UNKNOWN_DEVICE, set())


def test_a_kind_in_a_room_is_left_out_there_alone() -> None:
    light = Named(kind="light", areas=("living",))
    found = _targets(_resolved(home=FLAT, intent="HassTurnOff", every=True, excepted=(light,)))
    assert not found & {"living_light", "living_lamp"}
    assert found >= {"living_ac", "tv", "kitchen_light", "kids_light"}


def _targets(found: list[Resolved]) -> set[str]:
    return {device for meant in found for device in meant.targets}


MEASURING = Home(
    (Room(id="living", name="거실", floor=1), Room(id="bedroom", name="안방", floor=2)),
    (
        Device(id="ac", name="에어컨", type="climate", room="living"),
        Device(id="purifier", name="공기청정기", type="air_purifier", room="living"),
        Device(id="dust", name="먼지 센서", type="sensor", room="living", device_class="pm25"),
        Device(id="warm", name="온도계", type="sensor", room="bedroom", device_class="temperature"),
        Device(id="lamp", name="스탠드", type="light", room="living"),
        Device(id="other", name="수면등", type="light", room="bedroom"),
        Device(id="window", name="거실 창문", type="binary_sensor", room="living", device_class="window"),
        Device(id="door", name="방문", type="binary_sensor", room="bedroom", device_class="door"),
        Device(id="curtain", name="가리개", type="cover", room="living", device_class="curtain"),
        Device(id="plain", name="가림막", type="cover", room="bedroom"),
        Device(id="shutter", name="셔터", type="cover", room="bedroom", device_class="shutter"),
    ),
)


def _asked(*named: Named, kind: str = "light", **said: object) -> set[str]:
    return _targets(_resolved(*named, home=MEASURING, intent="HassGetState", kind=kind, **said))


def test_a_question_is_about_all_that_fit_and_nobody_is_asked_which() -> None:
    assert _asked(LIGHT, slots={"state": "on"}) == {"lamp", "other"}
    assert _asked(Named(kind="light", areas=("living",))) == {"lamp"}


@pytest.mark.parametrize(
    ("measure", "devices"),
    [("pm25", {"dust", "ac", "purifier"}), ("pm10", {"ac", "purifier"}), ("air_quality", {"ac", "purifier"})],
)
def test_what_is_measured_in_a_room_is_asked_of_all_that_measure_it(measure: str, devices: set[str]) -> None:
    named = Named(areas=("living",))
    assert _targets(resolve(_everything(named), {"device_class": measure}, MEASURING, None)) == devices


def _everything(*named: Named) -> Parse:
    frames = (frame for frame in lexicon().frames if frame.intent == "HassGetState" and "sensor" in frame.types)
    return Parse((next(frames),), {}, named)


def test_what_nothing_measures_is_unknown() -> None:
    with pytest.raises(UnresolvedError) as why:
        resolve(_everything(Named(areas=("bedroom",))), {"device_class": "pm25"}, MEASURING, None)
    assert why.value.reason is Refusal.UNKNOWN_DEVICE


def test_what_measures_is_of_known_types() -> None:
    assert frozenset().union(*MEASURED_BY.values()) <= DEVICE_TYPES


def test_the_temperature_of_a_room_is_asked_of_a_thermometer_too() -> None:
    found = _resolved(Named(areas=("bedroom",)), home=MEASURING, intent="HassClimateGetTemperature", kind="sensor")
    assert found == [Resolved("HassClimateGetTemperature", {"area": "안방"}, ("warm",))]


def test_a_class_means_what_is_of_it_or_plain() -> None:
    """People call a cover curtain that the home only calls a cover, but nobody calls it a shutter."""
    found = _resolved(Named(device_class="curtain"), home=MEASURING, kind="cover", every=True)
    assert found == [_on({"domain": "cover", "device_class": "curtain"}, "curtain", "plain")]
    assert _targets(_resolved(Named(device_class="shutter"), home=MEASURING, kind="cover")) == {"shutter"}
    assert _asked(Named(device_class="window"), kind="binary_sensor") == {"window"}


CLEANERS = Home(
    MEASURING.rooms,
    (
        Device(id="down", name="아래 로봇", type="vacuum", room="living"),
        Device(id="up", name="위 로봇", type="vacuum", room="bedroom"),
        Device(id="spare", name="새 로봇", type="vacuum"),
    ),
)


def _cleaned(*named: Named, home: Home = FLAT, room: str | None = None) -> list[Resolved]:
    return _resolved(*named, home=home, room=room, intent="HassVacuumCleanArea", kind="vacuum")


def test_a_room_is_cleaned_by_a_robot_that_stands_elsewhere() -> None:
    assert _cleaned(Named(areas=("kitchen",))) == [Resolved("HassVacuumCleanArea", {"area": "주방"}, ("robot",))]
    assert _cleaned(Named(areas=(HERE,)), room="kids") == [
        Resolved("HassVacuumCleanArea", {"area": "아이방"}, ("robot",))
    ]
    assert _cleaned(Named(("robot",), areas=("kids",)))[0].targets == ("robot",)


def test_each_room_is_cleaned_by_itself() -> None:
    found = _cleaned(Named(areas=("kitchen", "kids")))
    assert [(meant.slots, meant.targets) for meant in found] == [
        ({"area": "주방"}, ("robot",)),
        ({"area": "아이방"}, ("robot",)),
    ]


def test_of_several_robots_that_of_the_room_or_of_its_floor_cleans() -> None:
    assert _cleaned(Named(areas=("bedroom",)), home=CLEANERS)[0].targets == ("up",)
    upstairs = Home((*CLEANERS.rooms, Room(id="kids", name="아이방", floor=2)), CLEANERS.devices)
    assert _cleaned(Named(areas=("kids",)), home=upstairs)[0].targets == ("up",)


def test_else_it_is_asked_which_robot() -> None:
    attic = Home((*CLEANERS.rooms, Room(id="attic", name="다락", floor=3)), CLEANERS.devices)
    with pytest.raises(UnresolvedError) as why:
        _cleaned(Named(areas=("attic",)), home=attic)
    assert (why.value.reason, set(why.value.choices)) == (Refusal.WHICH_DEVICE, {"down", "up", "spare"})
    with pytest.raises(UnresolvedError) as why:
        _cleaned(Named(areas=("living",)), home=TWINS)
    assert why.value.reason is Refusal.UNKNOWN_DEVICE


PLAYERS = Home(
    (Room(id="living", name="거실"), Room(id="kitchen", name="주방"), Room(id="bedroom", name="안방")),
    (
        Device(id="radio", name="주방 라디오", type="media_player", room="kitchen"),
        Device(id="speaker", name="스피커", type="media_player", room="living"),
        Device(id="box", name="상자", type="media_player", room="living"),
    ),
)
RADIO = Named(kind="media_player", among=("radio",))


def _players(*named: Named, room: str | None = None, **said: object) -> list[Resolved]:
    return _resolved(*named, home=PLAYERS, room=room, kind="media_player", **said)


def test_of_a_kind_those_are_meant_that_are_called_so() -> None:
    assert _players(RADIO) == [_on({"name": "주방 라디오"}, "radio")]
    assert _players(RADIO, room="bedroom") == [_on({"name": "주방 라디오"}, "radio")]
    speaker = Named(kind="media_player", among=("speaker",))
    assert _players(speaker, room="living") == [_on({"name": "스피커", "area": "거실"}, "speaker")]


def test_where_none_is_called_so_the_kind_is_meant() -> None:
    assert _targets(_players(RADIO, room="living")) == {"speaker", "box"}
    assert _targets(_players(replace(RADIO, areas=("living",)))) == {"speaker", "box"}
    assert _targets(_players(RADIO, every=True)) == {"radio", "speaker", "box"}


def test_what_is_left_out_has_to_be_there() -> None:
    nowhere = Named(kind="light", areas=("attic",))
    assert _refused(LIGHT, every=True, excepted=(nowhere,)) == (Refusal.UNKNOWN_DEVICE, set())
    attic = Named(areas=("attic",))
    assert _targets(_resolved(LIGHT, every=True, excepted=(attic,))) == set(LIGHTS)


def test_what_is_left_out_is_part_of_what_is_meant() -> None:
    bedroom, hall = (Named(kind="light", areas=(room,)) for room in ("bedroom", "hall"))
    ceiling = Named(("three",))
    assert _targets(_resolved(bedroom, every=True, excepted=(ceiling,))) == {"two"}
    assert _refused(bedroom, every=True, excepted=(hall,)) == (Refusal.AMBIGUOUS, set())
    assert _targets(_resolved(bedroom, excepted=(hall,))) == {"two", "three"}


def test_what_is_left_out_is_no_part_of_something_else_that_is() -> None:
    bedroom, ceiling = Named(kind="light", areas=("bedroom",)), Named(("three",))
    assert _refused(LIGHT, every=True, excepted=(bedroom, ceiling)) == (Refusal.AMBIGUOUS, set())


def test_what_is_left_out_after_a_target_may_stand_in_another_room() -> None:
    anywhere = Named(("four",), areas=("bedroom",), inherited=True)
    ceiling = Named(("three",), areas=("bedroom",))
    assert _targets(_resolved(LIGHT, every=True, excepted=(ceiling, anywhere))) == {"one", "two", "homeless"}
