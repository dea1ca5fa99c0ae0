"""`jipsa remote key`: a new key, whose public half the settings know from then on, and whose secret half is a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hub.config import Settings, settings_file
from hub.files import write_file
from hub.remote.keys import make
from hub.remote.sheets import SECRET, SheetError, folder_of
from hub.settings.remote import LONGEST_NAME, TAKEN, is_key_name
from hub.texts import text
from hub.yamledit import edit_yaml


def enter_key(settings: Settings, config: Path | None, name: str, file: Path | None) -> tuple[Path, Path]:
    """Make it, and return the files of the secret half and of the settings. Raises SheetError and SettingsError.

    The secret is on the disk before the settings know the other half: a key that nobody has would let nobody in.
    """
    language, written = settings.language, settings_file(config)
    if not is_key_name(name):
        raise SheetError(text("remote_ways.bad_key_name", language, got=name, most=LONGEST_NAME, taken=TAKEN))
    if written is None:
        raise SheetError(text("remote_ways.no_settings", language))
    secret_file = file or folder_of(settings) / f"{name}.key"
    if name in settings.remote.keys:
        raise SheetError(text("remote_ways.key_known", language, name=name, path=written))
    if secret_file.exists():
        raise SheetError(text("remote_ways.key_there", language, path=secret_file))
    pair = make(name)

    def change(data: Any) -> None:
        remote = data.get("remote") or {}
        data["remote"] = remote | {"keys": (remote.get("keys") or {}) | {name: pair.public}}

    try:
        write_file(secret_file, f"{pair.secret}\n", SECRET)
        edit_yaml(written, change)
    except OSError as error:
        raise SheetError(f"{error.filename or written}: {error.strerror}") from None
    return secret_file, written
