"""Ids that Home Assistant keeps: ASCII, the same for good, and readable where an entity id is made of them."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from hub.korean.jamo import CODAS, ONSETS, VOWELS, is_syllable, split
from hub.messages import About
from hub.payloads import is_id

HUB: Final = "jipsa__hub"
"""Identifier of the hub itself; no device is called so, because the id of a device begins with a letter or digit."""

_HASH: Final = re.compile(r"[0-9a-f]{16}")
"""What tells the id that a vendor made from one that a person chose."""

# The Revised Romanization of Korean, letter by letter.
_ONSETS: Final[dict[str, str]] = dict(zip(ONSETS, (
    "g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h",
), strict=True))  # fmt: skip
_VOWELS: Final[dict[str, str]] = dict(zip(VOWELS, (
    "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu", "eu",
    "ui", "i",
), strict=True))  # fmt: skip
_CODAS: Final[dict[str, str]] = dict(zip(CODAS, (
    "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p", "t", "t", "ng", "t",
    "t", "k", "t", "p", "t",
), strict=True))  # fmt: skip


def identifier(device: str) -> str:
    """What a device is called in Home Assistant's registry and in its discovery topic."""
    return f"jipsa_{device}"


def satellite_identifier(satellite: str) -> str:
    """What a satellite is called there."""
    return f"jipsa__satellite_{satellite}"


def key(name: str) -> str:
    """A property's part of ids: its name, or a hash of one that is not ASCII."""
    return name if is_id(name) else "p" + hashlib.blake2s(name.encode("utf-8", "replace"), digest_size=6).hexdigest()


def object_id(about: About) -> str:
    """The beginning of the device's entity ids: its id, or its romanized name where a vendor made the id."""
    return slug(about.id if not _HASH.search(about.id.lower()) else romanized(about.name)) or "jipsa"


def slug(text: str) -> str:
    """Lower-case ASCII letters and digits, with underscores between them."""
    return "_".join(re.findall(r"[a-z0-9]+", text.lower()))


def romanized(text: str) -> str:
    """Korean in Latin letters: 거실 에어컨 is geosil eeokeon."""
    return "".join(_letters(char) if is_syllable(char) else char for char in text)


def _letters(syllable: str) -> str:
    onset, vowel, coda = split(syllable)
    return _ONSETS[onset] + _VOWELS[vowel] + _CODAS[coda]
