"""Changing a YAML file that a person wrote: what stands there, comments too, stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML


def edit_yaml(path: Path, change: Callable[[Any], None]) -> None:
    """Have `change` alter the mapping of the file, which is made where there is none. Raises OSError.

    The file is replaced at once: whoever reads it meanwhile reads the old one.
    """
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 120
    yaml.indent(mapping=2, sequence=4, offset=2)
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    document: Any = yaml.load(before)
    comments = before if document is None else ""  # a file of comments is nothing to YAML
    document = document if document is not None else {}
    change(document)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".new")
    with unfinished.open("w", encoding="utf-8") as file:
        file.write(comments)
        yaml.dump(document, file)
    unfinished.replace(path)
