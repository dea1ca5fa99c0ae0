"""Keys and tokens: from files that only the service can read, never from the settings themselves."""

from __future__ import annotations

import os
from pathlib import Path

from hub.faults import OutsideError


def credential(path: Path | None, name: str, setting: str) -> str:
    """What stands in the file; without one, in the credential `name` that systemd gave ($CREDENTIALS_DIRECTORY).

    Raises OutsideError, which names the `setting`, where there is no file, or in it anything but one line of ASCII.
    """
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if path is None and folder is None:
        raise OutsideError(f"{setting}: give a file, or the systemd credential {name}")
    found = path or Path(folder or "", name)
    try:
        value = found.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise OutsideError(f"{setting}: {found}: {getattr(error, 'strerror', None) or 'not text'}") from None
    if not (value and value.isascii() and value.isprintable()):
        raise OutsideError(f"{setting}: {found}: one line of ASCII expected")
    return value
