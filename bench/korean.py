"""Korean commands as text: Jipsa beside hassil with Home Assistant's Korean sentences, in one run.

What is right is counted in the home of the corpus (tests/korean/corpus), what it costs in a home of 200 devices in 30
rooms, each way in a process of its own, several times; printed are medians, and ratios to Jipsa. A sentence is measured
several times, with the garbage collector at work, and its shortest time is kept. Jipsa's time includes finding the
devices, hassil's does not.

The corpus is Jipsa's own, and the grammar was written with it in view: how many of its sentences Jipsa gets right shows
that nothing broke, not how well it understands what it has never seen. Most of them hassil has no sentences for at all;
the row of intents that it has is the fairer one, the variants of its own sentences the fairest.

hassil is driven as Home Assistant does it: a trie picks the names that the text has, each with the domain and device
class of its entity as context; the speaker's area is context; the best result with the longest name wins. A sentence
that this does not understand Home Assistant tries twice more, with hidden entities and with unknown names, to say what
was wrong. The middle column leaves that out, the last one has it. This hassil has no fuzzy matching.

hassil is counted generously. It is right when its intent is the one asked for, or one that does nearly the same
(ALIKE), and when the name or area that it found belongs to one of the devices meant; numbers and colours are not looked
at. Jipsa is right when every intent, every target and every slot is. Of the sentences that must not be acted on those
are counted that become an intent; a second figure has those for which the home has a device as well. The variants are
made of sentences that hassil gets right as they stand, and hassil is held to no more with them than with those.
"""

from __future__ import annotations

import importlib
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from ruamel.yaml import YAML

from hub.home import HOME_ASSISTANT_TYPES, Device, Home, Room, load_home
from hub.korean.josa import with_josa

REPOSITORY = Path(__file__).parents[1]
CORPUS = REPOSITORY / "tests/korean/corpus"
SAID_AT = datetime(2026, 11, 25, 10).astimezone()
"""When the corpus is said."""

WAYS = {"jipsa": "Jipsa", "hassil": "hassil, first try", "tries": "hassil, all tries"}
RUNS = 3
REPEATS = 5

# The corpus.

ABOUT_TARGETS = frozenset({"name", "area", "floor", "domain", "device_class"})
"""Slots that say which devices are meant; the corpus writes them only where they say something else."""


@dataclass(frozen=True)
class Wanted:
    """One intent that a sentence asks for."""

    intent: str
    targets: tuple[str, ...] = ()
    slots: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Said:
    """A sentence, the room where it is said, and what it asks for; nothing when it must not be acted on."""

    text: str
    room: str | None = None
    wanted: tuple[Wanted, ...] = ()


def corpus() -> list[Said]:
    """Every sentence that asks for something."""
    files = sorted(set(CORPUS.glob("*.yaml")) - {CORPUS / "home.yaml", CORPUS / "rejected.yaml"})
    return [
        Said(entry["say"], entry.get("room"), tuple(map(_wanted, entry.get("intents", [entry]))))
        for file in files
        for entry in YAML(typ="safe").load(file)
    ]


def _wanted(entry: dict[str, Any]) -> Wanted:
    targets = entry.get("targets", ())
    return Wanted(entry["intent"], _every_appliance() if targets == "all" else tuple(targets), entry.get("slots", {}))


@cache
def _every_appliance() -> tuple[str, ...]:
    from hub.butler.resolve import appliances  # late: what is measured begins without the butler

    return appliances(load_home(CORPUS / "home.yaml"))


def rejected() -> list[Said]:
    """Every sentence that must not be acted on."""
    groups = YAML(typ="safe").load(CORPUS / "rejected.yaml")
    return [Said(text) for texts in groups.values() for text in texts]


# The big home.

MORE_ROOMS = {
    "storage": "보관실", "parking": "주차장", "workshop": "작업실", "guests": "게스트룸", "across": "건넌방",
    "parlour": "사랑방", "music": "음악실", "gym": "체력단련실", "hobby": "취미방", "terrace": "테라스",
    "stairs": "계단", "greenhouse": "온실", "powder": "파우더룸", "cafe": "홈카페", "annexe": "별채",
    "reception": "응접실", "yard": "뒤뜰", "media": "미디어룸",
}  # fmt: skip

IN_EVERY_ROOM = (
    ("보조등", "light", None), ("벽등", "light", None), ("콘센트", "switch", None), ("속커튼", "cover", "curtain"),
    ("온도계", "sensor", "temperature"), ("동작 감지기", "binary_sensor", "motion"),
)  # fmt: skip
"""What each of MORE_ROOMS has: name after that of the room, type, device class."""

IN_SOME_ROOMS = (
    ("에어컨", "climate", None, ("guests", "across", "workshop", "music")), ("선풍기", "fan", None, ("gym", "hobby")),
    ("실링팬", "ceiling_fan", None, ("cafe",)), ("가습기", "humidifier", None, ("guests",)),
    ("제습기", "dehumidifier", None, ("storage",)), ("공기청정기", "air_purifier", None, ("annexe",)),
    ("셔터", "cover", "shutter", ("parking",)), ("자물쇠", "lock", None, ("storage",)),
    ("급수 밸브", "valve", None, ("greenhouse",)), ("무선청소기", "stick_cleaner", None, ("annexe",)),
    ("스피커", "media_player", None, ("music", "cafe")), ("프로젝터", "media_player", None, ("guests", "media")),
    ("워시타워", "washtower", None, ("annexe",)), ("건조기", "dryer", None, ("storage",)),
    ("스타일러", "styler", None, ("powder",)), ("냉장고", "refrigerator", None, ("storage",)),
    ("오븐", "oven", None, ("cafe",)), ("장식등", "light", None, ("cafe",)),
    ("정수기", "water_purifier", None, ("cafe",)), ("맥주 제조기", "home_brew", None, ("cafe",)),
    ("카메라", "camera", None, ("yard", "parking")), ("사이렌", "siren", None, ("parking",)),
    ("재배기", "plant_cultivator", None, ("greenhouse",)), ("파티", "scene", None, ("terrace",)),
    ("모임", "script", None, ("reception",)),
)  # fmt: skip
"""What some of them have besides. Of a kind that the corpus home has one of and calls by many words (빨래, 티비, TV)
there is no second, so that what is said stays clear."""


def big_home(plain: Home) -> Home:
    """The home with more rooms, and devices in them that have the rooms' names in theirs."""
    rooms = tuple(Room(id=room, name=name) for room, name in MORE_ROOMS.items())
    devices = [
        Device(id=f"{room}_{kind}_{number}", name=f"{MORE_ROOMS[room]} {name}", type=kind, room=room, device_class=of)
        for number, (name, kind, of, places) in enumerate(
            (*((*entry, tuple(MORE_ROOMS)) for entry in IN_EVERY_ROOM), *IN_SOME_ROOMS)
        )
        for room in places
    ]
    return Home((*plain.rooms, *rooms), (*plain.devices, *devices))


# The ways to understand.

Understand = Callable[[str, str | None], Any]
Load = Callable[[Home], tuple[Understand, Callable[[Home], object]]]
"""Makes a way ready for a home; returned with it is what has to be done when the home has changed."""


def load_jipsa(home: Home) -> tuple[Understand, Callable[[Home], object]]:
    """Jipsa's understander."""
    from hub.butler.understanding import Understander

    def ready(home: Home) -> Understander:
        return Understander(home, lambda: SAID_AT)

    return ready(home).understand, ready


def load_hassil(home: Home, *, all_tries: bool = False) -> tuple[Understand, Callable[[Home], object]]:
    """hassil with Home Assistant's Korean sentences, as components/conversation/default_agent.py drives it."""
    from hassil import Intents, recognize_all, recognize_best
    from hassil.intents import SlotList, TextSlotList
    from hassil.trie import Trie
    from home_assistant_intents import get_intents

    intents = Intents.from_dict(get_intents("ko") or {})

    def ready(home: Home) -> tuple[SlotList, Trie]:
        places = [(name, name) for room in home.rooms for name in room.names]
        bearers = [(name, name, _context(device)) for device in home.devices for name in device.names]
        names = Trie()
        for (name, _, _), value in zip(bearers, _listed(bearers).values, strict=True):
            names.insert(name.strip().lower(), value)
        return _listed(places), names

    def _listed(entries: Sequence[Any]) -> TextSlotList:
        return TextSlotList.from_tuples(entries, allow_template=False)

    areas, names = ready(home)

    def understand(text: str, room: str | None) -> Any:
        said = TextSlotList("name", [value for _, _, value in names.find(text.strip().lower())])
        lists: dict[str, SlotList] = {"area": areas, "name": said}
        place = home.room(room) if room else None
        context = {"area": {"value": place.name, "text": place.name}} if place else None

        def best(lists: dict[str, SlotList]) -> Any:
            return recognize_best(text, intents, lists, intent_context=context, language="ko", best_slot_name="name")

        result = best(lists)
        if result is None and all_tries:
            best({**lists, "name": TextSlotList("name", [])})
            for _ in recognize_all(text, intents, lists, intent_context=context, allow_unmatched_entities=True):
                pass
        return result

    return understand, ready


LOADERS: dict[str, Load] = {
    "jipsa": load_jipsa,
    "hassil": load_hassil,
    "tries": lambda home: load_hassil(home, all_tries=True),
}

MODULES = {
    "jipsa": ("hub.butler.understanding",),
    "hassil": ("hassil", "home_assistant_intents"),
    "tries": ("hassil", "home_assistant_intents"),
}

DOMAINS = {
    "television": "media_player", "boiler": "climate", "system_boiler": "climate", "ceiling_fan": "fan",
    "air_purifier": "fan", "ventilator": "fan", "hood": "fan", "dehumidifier": "humidifier", "stick_cleaner": "vacuum",
}  # fmt: skip
"""The domain of each type that is none; other appliances are switches, so that they can be turned on."""


def _domain(device: Device) -> str:
    return device.type if device.type in HOME_ASSISTANT_TYPES else DOMAINS.get(device.type, "switch")


def _context(device: Device) -> dict[str, str]:
    of = {"device_class": device.device_class} if device.device_class else {}
    return {"domain": _domain(device), **of}


# What it costs.


def resident() -> float:
    """Memory of this process in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def measure(way: str, task: Path) -> dict[str, float]:
    """Make one way ready for the big home and let it understand everything, in this process."""
    told = json.loads(task.read_text())
    home, changed = map(_home, told["homes"])
    before = resident()
    _, imported = _timed(lambda: [*map(importlib.import_module, MODULES[way])])
    (understand, ready), loaded = _timed(lambda: LOADERS[way](home))
    figures = {"import": 1e3 * imported, "load": 1e3 * loaded, "memory": resident() - before}
    figures["first"] = 1e3 * _timed(lambda: understand(*told["sentences"]["corpus"][0]))[1]
    for name, sentences in told["sentences"].items():
        times = [1e3 * least for least in _shortest(understand, sentences)]
        figures |= {f"{name} median": statistics.median(times), f"{name} 95": statistics.quantiles(times, n=20)[-1]}
    figures["memory in the end"] = resident() - before
    figures["reload"] = 1e3 * min(_timed(lambda: ready(changed))[1] for _ in range(REPEATS))
    return figures


def _timed(act: Callable[[], Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    return act(), time.perf_counter() - began


def _shortest(understand: Understand, sentences: Sequence[tuple[str, str | None]]) -> list[float]:
    """The shortest time of each sentence; the same sentence does not follow itself."""
    clock = time.perf_counter
    least = [float("inf")] * len(sentences)
    for _ in range(REPEATS):
        for number, (text, room) in enumerate(sentences):
            began = clock()
            understand(text, room)
            least[number] = min(least[number], clock() - began)
    return least


def _home(dumped: dict[str, list[dict[str, Any]]]) -> Home:
    return Home(tuple(Room(**room) for room in dumped["rooms"]), tuple(Device(**entry) for entry in dumped["devices"]))


def _dumped(home: Home) -> dict[str, Any]:
    return {name: [entry.model_dump() for entry in getattr(home, name)] for name in ("rooms", "devices")}


def _in_its_own_process(way: str, task: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.korean", way, str(task)]
    result = subprocess.run(command, capture_output=True, text=True, check=True, cwd=REPOSITORY)
    figures: dict[str, float] = json.loads(result.stdout)
    return figures


# What is right.

ALIKE = {
    "JipsaStart": "HassTurnOn", "JipsaResume": "HassTurnOn", "HassVacuumStart": "HassTurnOn",
    "HassLawnMowerStartMowing": "HassTurnOn", "HassMediaSearchAndPlay": "HassTurnOn", "JipsaStop": "HassTurnOff",
    "JipsaPause": "HassTurnOff", "JipsaGetRemainingTime": "HassGetState", "HassClimateGetTemperature": "HassGetState",
    "JipsaSetTemperature": "HassClimateSetTemperature",
}  # fmt: skip
"""What hassil may take an intent for and still be right."""


class Judge:
    """Both ways in one home, and whether they are right about what is said there."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._jipsa, _ = load_jipsa(home)
        self._hassil, _ = load_hassil(home)

    def jipsa_acts(self, said: Said) -> bool:
        """Whether Jipsa takes the sentence for a command."""
        return bool(self._jipsa(said.text, said.room).intents)

    def jipsa_intent(self, said: Said) -> bool:
        """Whether Jipsa has the right intents, whatever they are about."""
        found = self._jipsa(said.text, said.room).intents
        return [meant.intent for meant in found] == [want.intent for want in said.wanted]

    def jipsa(self, said: Said) -> bool:
        """Whether Jipsa is right in everything."""
        found = self._jipsa(said.text, said.room).intents
        return len(found) == len(said.wanted) and all(map(_same, found, said.wanted))

    def hassil_acts(self, said: Said, *, device: bool = False) -> bool:
        """Whether hassil takes the sentence for a command; with `device`, whether the home has a device for it."""
        result = self._hassil(said.text, said.room)
        if result is None or not device:
            return result is not None
        slots = _values(result)
        return slots.keys().isdisjoint(ABOUT_TARGETS) or any(self._is(d, slots) for d in self._home.devices)

    def hassil_intent(self, said: Said) -> bool:
        """Whether hassil has the right intent or one that does nearly the same, whatever it is about."""
        result = self._hassil(said.text, said.room)
        return result is not None and all(
            result.intent.name in {want.intent, ALIKE.get(want.intent)} for want in said.wanted
        )

    def hassil(self, said: Said) -> bool:
        """Whether hassil has the right intent, and a name or area that is right for one of the devices meant."""
        if not self.hassil_intent(said):
            return False
        slots = _values(self._hassil(said.text, said.room))
        devices = [device for want in said.wanted for i in want.targets if (device := self._home.device(i))]
        rooms = {device.room for device in devices}
        rooms |= {room.id for want in said.wanted if (room := self._home.resolve_room(want.slots.get("area", "")))}
        name, area = slots.get("name"), slots.get("area")
        named = name is None or not devices or any(name in device.names for device in devices)
        room = self._home.resolve_room(area) if area else None
        return named and (room is None or not rooms or room.id in rooms)

    def _is(self, device: Device, slots: dict[str, Any]) -> bool:
        room = self._home.resolve_room(slots["area"]) if "area" in slots else None
        return (
            slots.get("name") in {None, *device.names}
            and (room is None or device.room == room.id)
            and slots.get("domain") in {None, _domain(device)}
            and slots.get("device_class") in {None, device.device_class}
        )


def _same(found: Any, want: Wanted) -> bool:
    extra = ABOUT_TARGETS - want.slots.keys() if want.targets else frozenset()
    slots = {slot: value for slot, value in found.slots.items() if slot not in extra}
    return found.intent == want.intent and set(found.targets) == set(want.targets) and slots == want.slots


def _values(result: Any) -> dict[str, Any]:
    return {name: entity.value for name, entity in result.entities.items()}


def known_intents() -> frozenset[str]:
    """The intents for which Home Assistant has Korean sentences."""
    from home_assistant_intents import get_intents

    return frozenset((get_intents("ko") or {"intents": {}})["intents"])


# Variants.

REQUEST = re.compile(r"(?P<before>.* )?(?P<verb>\S*?(켜|꺼|틀어|열어|닫아|쳐|올려|내려|잠가|맞춰|넘겨|알려|해))"
                     r" ?(줘|주세요|줄래)?\??")  # fmt: skip
"""A request: what comes before the verb, and the verb without its ending."""

KINDS = ("불", "조명", "전등", "등", "커튼", "커텐", "블라인드", "팬", "타이머", "노래", "곡", "날짜")

PARTS = ("전원", "상태")
"""What of a device may be the object instead of the device: 세탁기 전원을."""

ENDINGS = {"켜 줘": " 줘", "켜 주세요": " 주세요", "켜주세요": "주세요", "켜라": "라"}


def variants(said: Said, home: Home) -> Iterator[tuple[str, Said]]:
    """What may as well be said, each with the name of the change."""
    for change, text in _changed(said, home):
        if text != said.text:
            yield change, Said(text, said.room, said.wanted)


def _changed(said: Said, home: Home) -> Iterator[tuple[str, str]]:
    yield "no spaces", said.text.replace(" ", "")
    request = REQUEST.fullmatch(said.text)
    if request is None or not request["before"]:
        return
    before, rest = request["before"], said.text[request.end("before") :]
    if name := _name_in(before, home):
        yield "을/를 after the name", said.text.replace(f"{name} ", f"{with_josa(name, '을/를')} ", 1)
    yield "좀 before the verb", f"{before}좀 {rest}"
    for change, ending in ENDINGS.items():
        yield change, f"{before}{request['verb']}{ending}"


def _name_in(text: str, home: Home) -> str | None:
    """The first name or kind of a device in a text of whole words; of several that begin alike, the longest."""
    names = [*(name for device in home.devices for name in device.names), *KINDS]
    words = [*names, *(f"{name} {part}" for name in names for part in PARTS)]
    found = [(f" {text}".index(f" {word} "), -len(word), word) for word in words if f" {word} " in f" {text}"]
    return min(found)[2] if found else None


# Everything.


def main() -> int:
    """Count what is right, measure all ways in turn and print the tables."""
    if len(sys.argv) == 3:
        print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]))))
        return 0
    home = load_home(CORPUS / "home.yaml")
    big = big_home(home)
    judge, said, others = Judge(home), corpus(), rejected()
    understood = [sentence for sentence in said if judge.hassil(sentence)]
    sentences = {
        "corpus": said,
        "understood": [sentence for sentence in understood if judge.jipsa(sentence)],
        "rejected": others,
    }
    with tempfile.TemporaryDirectory() as folder:
        task = Path(folder) / "task.json"
        pairs = {name: [(one.text, one.room) for one in group] for name, group in sentences.items()}
        changed = Home(big.rooms, big.devices[:-1])
        task.write_text(json.dumps({"homes": [_dumped(big), _dumped(changed)], "sentences": pairs}))
        runs = [{way: _in_its_own_process(way, task) for way in WAYS} for _ in range(RUNS)]
    middle = {way: {name: statistics.median(run[way][name] for run in runs) for name in runs[0][way]} for way in WAYS}
    console = Console()
    console.print(f"In a home of {len(big.devices)} devices in {len(big.rooms)} rooms, medians of {RUNS} runs:")
    console.print(_costs(middle, {name: len(group) for name, group in sentences.items()}))
    console.print(f"In the home of the corpus, {len(home.devices)} devices in {len(home.rooms)} rooms:")
    console.print(_rights(judge, home, said, understood, others))
    return 0


def _costs(middle: dict[str, dict[str, float]], counts: dict[str, int]) -> Table:
    about = {"corpus": "commands", "understood": "both understand", "rejected": "to be refused"}
    rows = [
        label
        for name in about
        for label in (
            (f"{counts[name]} {about[name]}, median (ms)", f"{name} median"),
            ("… 95th percentile (ms)", f"{name} 95"),
        )
    ]
    rows += [
        ("modules imported (ms)", "import"),
        ("home made ready at first (ms)", "load"),
        ("first sentence (ms)", "first"),
        ("changed home made ready (ms)", "reload"),
        ("memory, modules and home (MB)", "memory"),
        ("memory after all sentences (MB)", "memory in the end"),
    ]
    table = Table("", *WAYS.values())
    for label, figure in rows:
        own = middle["jipsa"][figure]
        table.add_row(label, *(f"{middle[way][figure]:.2f}  ×{middle[way][figure] / own:.2f}" for way in WAYS))
    return table


def _rights(judge: Judge, home: Home, said: list[Said], understood: list[Said], others: list[Said]) -> Table:
    known = known_intents()
    promised = [one for one in said if len(one.wanted) == 1 and one.wanted[0].intent in known]
    table = Table("", "Jipsa", "hassil")
    table.add_row("commands, intent right", _of(judge.jipsa_intent, said), _of(judge.hassil_intent, said))
    table.add_row("commands, right", _of(judge.jipsa, said), _of(judge.hassil, said))
    table.add_row("… with one intent that hassil has", _of(judge.jipsa, promised), _of(judge.hassil, promised))
    table.add_row("to be refused, taken for a command", _of(judge.jipsa_acts, others), _of(judge.hassil_acts, others))
    table.add_row(
        "… and there is a device for it",
        _of(judge.jipsa_acts, others),
        _of(lambda one: judge.hassil_acts(one, device=True), others),
    )
    table.add_row("right with hassil as they stand", _of(judge.jipsa, understood), _of(judge.hassil, understood))
    made: dict[str, list[Said]] = {}
    for change, variant in (made_of for one in understood for made_of in variants(one, home)):
        made.setdefault(change, []).append(variant)
    for change, group in made.items():
        table.add_row(f"… {change}", _of(judge.jipsa, group), _of(judge.hassil, group))
    return table


def _of(right: Callable[[Said], bool], sentences: Iterable[Said]) -> str:
    found = [right(one) for one in sentences]
    return f"{sum(found)} of {len(found)}"


if __name__ == "__main__":
    sys.exit(main())
