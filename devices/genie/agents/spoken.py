"""What an agent wrote, as it can be spoken: without marks, and not longer than anybody listens."""

from __future__ import annotations

import html
import re
from typing import Final

LONGEST = 300
"""Characters that are spoken of an answer."""

LOOKED_AT = 20_000
"""Characters of an answer that are read at all."""

_SILENT: Final = (
    "[\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20e3\u2190-\u21ff\u2300-\u245f\u2500-\u27bf\u2900-\u297f"
    "\u2b00-\u2bff\ud800-\uf8ff\ufe00-\ufe0f\ufeff\ufff0-\uffff\U0001f000-\U0001faff\U000e0000-\U0010ffff]"
)
"""Arrows, pictures, dingbats, emoji and what joins them, what turns the line round, private use."""

_CHANGES: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        (r"<!\[CDATA\[|\]\]>", " "),
        (r"</?(?:a|b|i|u|em|strong|span|code|font|emphasis|prosody)\b[^<>]*>", ""),  # within a word
        (r"</?[A-Za-z!?][^<>]*>", " "),
        (r"!?\[([^\[\]]*)\]\([^()\s]*\)", r"\1"),  # a link or a picture
        (r"(?:https?://|www\.)[!-~]*", " "),
        (r"(?m)^[^\S\n]*(?:#+|[-*•>]+)\s+", ""),  # headings, points of a list, quotations
        (r"\*\*+|__+|~~+|`+|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)", ""),
        (r"\(\s*\)|\[\s*\]", " "),
        (_SILENT, " "),
        (r"(?<=\w)[^\S\n]*\n\s*", ", "),  # a line that ends without a mark
        (r"[\x00-\x20\x7f-\xa0\s]+", " "),
        (r" (?=[.,!?…:;])", ""),
    )
)
"""What is put in place of what, in this order."""

_END: Final = re.compile(r"[.!?…]+[\"'”’)]*(?=\s|$)")


def spoken(answer: str) -> str:
    """The answer to be said; empty where nothing in it can be."""
    said = html.unescape(answer[:LOOKED_AT])
    for pattern, put in _CHANGES:
        said = pattern.sub(put, said)
    said = said.strip(" ,")
    return _shortened(said) if any(map(str.isalnum, said)) else ""


def _shortened(said: str) -> str:
    """As many whole sentences as fit, or as many words of the first one."""
    if len(said) <= LONGEST:
        return said
    ends = [found.end() for found in _END.finditer(said[: LONGEST + 1]) if found.end() <= LONGEST]
    if ends:
        return said[: ends[-1]]
    return said[:LONGEST].rpartition(" ")[0] or said[:LONGEST]
