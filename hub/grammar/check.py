"""What a home file says that the grammar cannot tell apart or cannot hear: the faults that `jipsa home check` lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from hub.grammar.constructions import OF_CLASSES
from hub.grammar.lexicon import lexicon
from hub.home import Device, Home, Room
from hub.korean.jamo import squash
from hub.korean.reading import read_aloud, unreadable
from hub.texts import Language, text
from hub.yamlfile import Fault

Owner = Room | Device

Sayable = Callable[[str], bool]
"""Whether the recognizer has words for a group of hangul syllables."""


def check_home(home: Home, sayable: Sayable, language: Language) -> Iterator[Fault]:
    """Every name that is ambiguous or that nobody can say, with its place in the file."""
    for room in home.rooms:
        for keys, name in _named(room):
            yield from _unheard(room, keys, name, sayable, language)
    devices = [device for device in home.devices if not device.hidden]
    words = _other_words()
    classes = {squash(noun): name for name, nouns in lexicon().classes.items() for noun in nouns}
    kinds = classes | {squash(noun): kind for kind, nouns in lexicon().types.items() for noun in nouns}
    before: defaultdict[str, dict[str | None, Device]] = defaultdict(dict)  # name, room: the first that is called so
    for device in devices:
        for keys, name in _named(device):
            said = squash(name)
            if others := before.get(said):
                key = "same_name_same_room" if device.room in others else "same_name"
                other = others.get(device.room) or next(iter(others.values()))
                yield _fault(device, keys, key, language, name=name, other=other.id)
            if home.resolve_room(name):
                yield _fault(device, keys, "also_room", language, name=name)
            if said in words and said not in kinds:
                yield _fault(device, keys, "also_word", language, name=name)
            if said in kinds and not _same_kind(device, said):
                yield _fault(device, keys, "other_kind", language, name=name, kind=kinds[said])
            yield from _unheard(device, keys, name, sayable, language)
        for name in device.names:
            before[squash(name)].setdefault(device.room, device)


def _named(owner: Owner) -> Iterator[tuple[tuple[str | int, ...], str]]:
    yield ("name",), owner.name
    for index, alias in enumerate(owner.aliases):
        yield ("aliases", index), alias


def _unheard(
    owner: Owner, keys: tuple[str | int, ...], name: str, sayable: Sayable, language: Language
) -> Iterator[Fault]:
    for part in unreadable(name):
        yield _fault(owner, keys, "no_reading", language, name=name, part=part)
    if not unreadable(name):
        for group in filter(None, map(squash, read_aloud(name).split())):
            if not sayable(group):
                yield _fault(owner, keys, "not_sayable", language, name=name, part=group)


def _fault(owner: Owner, keys: tuple[str | int, ...], key: str, language: Language, **values: object) -> Fault:
    file, here = owner.entry
    return file.fault((*here, *keys), "other", reason=text(f"check.{key}", language, **values))


def _same_kind(device: Device, noun: str) -> bool:
    """Whether people call such a device by this noun: by its type, or by its class where it may have one."""
    known = lexicon()
    if noun in map(squash, known.types.get(device.type, ())):
        return True
    named = [device.device_class] if device.device_class else known.classes
    nouns = (noun for name in named for noun in known.classes.get(name, ()))
    return device.type in OF_CLASSES and noun in map(squash, nouns)


def _other_words() -> frozenset[str]:
    """Words that frames use for something else than a device."""
    values = (entry.words for entries in lexicon().lists.values() for entry in entries)
    return frozenset(map(squash, (*values, *lexicon().fillers, *lexicon().here)))
