"""Variants of a sentence: what may as well be said, made by rule from what is written in the corpus."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bench.korean_corpus import Said
from hub.home import Home
from hub.korean.josa import with_josa

REQUEST = re.compile(r"(?P<before>.* )?(?P<verb>\S*?(켜|꺼|틀어|열어|닫아|쳐|올려|내려|잠가|맞춰|넘겨|알려|해))"
                     r" ?(줘|주세요|줄래)?\??")  # fmt: skip
"""A request: what comes before the verb, and the verb without its ending."""

KINDS = ("불", "조명", "전등", "등", "커튼", "커텐", "블라인드", "팬", "타이머", "노래", "곡", "날짜")

PARTS = ("전원", "상태")
"""What of a device may be the object instead of the device: 세탁기 전원을."""

ENDINGS = {
    "verb in two words": " 줘",
    "polite, in two words": " 주세요",
    "polite": "주세요",
    "plain imperative": "라",
}
"""How else a request may end: 켜 줘, 켜 주세요, 켜주세요, 켜라."""


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
        yield "object particle after the name", said.text.replace(f"{name} ", f"{with_josa(name, '을/를')} ", 1)
    yield "'please' before the verb", f"{before}좀 {rest}"
    for change, ending in ENDINGS.items():
        yield change, f"{before}{request['verb']}{ending}"


def _name_in(text: str, home: Home) -> str | None:
    """The first name or kind of a device in a text of whole words; of several that begin alike, the longest."""
    names = [*(name for device in home.devices for name in device.names), *KINDS]
    words = [*names, *(f"{name} {part}" for name in names for part in PARTS)]
    found = [(f" {text}".index(f" {word} "), -len(word), word) for word in words if f" {word} " in f" {text}"]
    return min(found)[2] if found else None
