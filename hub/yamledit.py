"""Changing a YAML file that a person wrote: what stands there, comments too, stays."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from hub.files import write_file


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
    written = StringIO()
    if document is None:  # a file of comments is nothing to YAML
        written.write(before)
        document = {}
    change(document)
    yaml.dump(document, written)
    write_file(path, written.getvalue())
