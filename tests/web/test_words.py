"""What the page says: every sentence in both languages, and each where the part of the page that says it finds it."""

from __future__ import annotations

import re

from hub.texts import sentences
from hub.web.server import STATIC, TEXTS

VALUE = re.compile(r"\{(\w+)")
SAID = re.compile(r"""["`](web\w*)\.(\w+)["`]""")


def test_every_sentence_is_in_both_languages_with_the_same_values() -> None:
    """A comma that is not in quotes ends a sentence in YAML: what follows it is a language that nobody has heard of."""
    for group in {group for groups in TEXTS.values() for group in groups} | {"page"}:
        for key, forms in sentences(group).items():
            assert set(forms) == {"ko", "en"}, f"{group}.{key}"
            korean, english = (set(VALUE.findall(forms[language])) for language in ("ko", "en"))
            assert korean == english, f"{group}.{key}"


def test_every_sentence_that_is_said_by_its_name_is_loaded_with_the_view_that_says_it() -> None:
    asked = 0
    for path in STATIC.rglob("*.js"):
        view = path.stem.partition("-")[0]
        parts = ("page", *({"accounts": ("setup",), "setup": ("setup", "conversation")}.get(view, (view,))))
        groups = {group for part in parts for group in TEXTS.get(part, ())}
        for group, key in SAID.findall(path.read_text(encoding="utf-8")):
            assert group in groups, f"{path.name}: {group}.{key}"
            assert key in sentences(group), f"{path.name}: {group}.{key}"
            asked += 1
    assert asked > 100
