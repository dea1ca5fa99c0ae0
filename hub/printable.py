"""Texts that come from outside, made fit for a terminal and a log: one line, in which nothing controls anything."""

from __future__ import annotations

import json
import re

LONGEST = 4_000
"""Characters of one line in a log."""

_UNFIT = re.compile(
    "["
    r"\x00-\x1f\x7f-\x9f"  # controls: line ends, NUL, and what begins an escape sequence of a terminal
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # what turns the direction of the line round
    r"\u2028\u2029"  # line ends, too
    r"\u00ad\u200b\u200c\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"  # what cannot be seen
    r"\ud800-\udfff"  # halves of characters, which no encoding has
    "]"
)


def printable(text: str) -> str:
    """The text with what is unfit as JSON escapes it (`\\n`, `\\u001b`), so that JSON says the same as before."""
    return _UNFIT.sub(lambda found: json.dumps(found[0])[1:-1], text)


def line(text: str, longest: int = LONGEST) -> str:
    """The printable text, cut after `longest` characters."""
    fit = printable(text[:longest])
    return fit if len(fit) <= longest >= len(text) else fit[:longest] + "…"


def public(address: str) -> str:
    """An address without login, path and query, any of which may be secret: `mqtt://…@hub:1883`, `https://ical.org/…`."""
    scheme = (re.match(r"\w*:?//", address) or [""])[0]
    login, at, place = address[len(scheme) :].rpartition("@")
    host = re.split(r"[/?#]", place, maxsplit=1)[0]
    return f"{scheme}{'…' if login else ''}{at}{host}{'' if host == place else '/…'}"
