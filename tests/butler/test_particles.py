"""Every sentence that has a particle in it, with 500 names: those of texts/, filled in as they are spoken."""

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import hub.texts
from hub.texts import text

NAMES: dict[str, list[str]] = YAML(typ="safe").load(Path(__file__).with_name("names.yaml"))

_PLACE = re.compile(r"\{(\w+):(\w+)/(\w+)\}")

WITH_PARTICLES = sorted(
    f"{group}.{key}"
    for group, entries in hub.texts.table().items()
    for key, forms in entries.items()
    if _PLACE.search(forms["ko"])
)


def test_there_are_500_names() -> None:
    assert len({name for names in NAMES.values() for name in names}) == 500


@pytest.mark.parametrize("key", WITH_PARTICLES)
def test_every_name_gets_its_particle(key: str) -> None:
    group, _, name = key.partition(".")
    template = hub.texts.table()[group][name]["ko"]
    others = dict.fromkeys(re.findall(r"\{(\w+)", template), "10")
    for sound, names in NAMES.items():
        for word in names:
            said = text(key, "ko", **dict.fromkeys(others, word))
            expected = template
            for place in _PLACE.finditer(template):
                after_consonant, after_vowel = place[2], place[3]
                vowel = sound == "vowel" or (sound == "rieul" and after_consonant.startswith("으로"))
                expected = expected.replace(place[0], word + (after_vowel if vowel else after_consonant))
            for field in others:
                expected = expected.replace(f"{{{field}}}", word)
            assert said == expected
