"""Keys and tokens: from files that only the service can read, never from the settings themselves."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from typing import Any, Protocol

from hub.config import SEARCHED, Settings, settings_file
from hub.faults import OutsideError
from hub.files import write_file
from hub.texts import text
from hub.yamledit import edit_yaml

HOMEASSISTANT_TOKEN = "homeassistant-token"  # noqa: S105 - the name of a file
"""Name of Home Assistant's token as a credential of systemd."""

THINQ_TOKEN = "thinq-token"  # noqa: S105 - the name of a file
"""The same of LG ThinQ's."""

KEPT = {HOMEASSISTANT_TOKEN: "homeassistant/token", THINQ_TOKEN: "thinq/token"}
"""Where login keeps which token, below the state folder.

Each is in a folder of its own: a service can be kept from a folder that is there, and not from a file that comes later.
"""

LONGEST_TOKEN = 4096
"""Characters; those of LG have some fifty, those of Home Assistant some two hundred."""


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


def kept_file(given: Path | None, name: str, state_dir: Path) -> Path:
    """Where a secret is: as the settings say, as the credential `name` of systemd, or where login put it."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if given is None and folder and Path(folder, name).is_file():
        return Path(folder, name)
    return given or state_dir / KEPT[name]


class _Place(Protocol):
    """A section of the settings that may say where Home Assistant is."""

    @property
    def url(self) -> str | None: ...

    @property
    def token_file(self) -> Path | None: ...


def homeassistant_access(settings: Settings, own: _Place, setting: str) -> tuple[str, Path]:
    """Where Home Assistant is, and the file with its token: as `own` (the section `setting`) says, or else
    the section `homeassistant`. Raises OutsideError where nothing says where it is, or who logged in.
    """
    shared = settings.homeassistant
    url = own.url or shared.url
    if url is None:
        raise OutsideError(text("homeassistant.no_url", settings.language, setting=setting))
    given = own.token_file or shared.token_file
    token_file = kept_file(given, HOMEASSISTANT_TOKEN, settings.state_dir)
    if given is None and not token_file.is_file():
        raise OutsideError(text("homeassistant.no_token", settings.language, setting=setting))
    return url, token_file


# Login.


def read_token(path: Path | None, asks: str) -> str:
    """The token of a file (`-`: standard input) or, without a path, of who types it when asked.

    Raises OSError, or ValueError for anything but one line of ASCII.
    """
    if path is not None and str(path) != "-":
        return tidy_token(path.read_text())
    if path is None and sys.stdin.isatty():
        return tidy_token(getpass.getpass(asks + "\n"))
    return tidy_token(sys.stdin.read())


def tidy_token(typed: str) -> str:
    """The token in a text; raises ValueError where there is none, or something else."""
    token = typed.strip()
    if not token or len(token) > LONGEST_TOKEN or not token.isascii() or any(map(str.isspace, token)):
        raise ValueError
    return token


def keep_token(token: str, path: Path) -> None:
    """Write the token where nobody but this user can read it."""
    write_file(path, token + "\n", 0o600)


def write_settings(config: Path | None, section: str, **values: Any) -> Path:
    """Write values below a section of the settings, in the file that `load_settings` reads; returns that.

    Raises SettingsError, OSError.
    """
    path = settings_file(config) or SEARCHED[0].absolute()

    def change(settings: Any) -> None:
        settings[section] = {**(settings.get(section) or {}), **values}

    edit_yaml(path, change)
    return path
