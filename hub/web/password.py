"""`jipsa web password`: takes the password of the page and keeps its hash."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

from hub.config import Settings
from hub.faults import OutsideError
from hub.terminal import Terminal
from hub.texts import text
from hub.web.access import LONGEST, SHORTEST, set_password


class PasswordError(OutsideError):
    """No password was set; the text says why."""


def choose_password(settings: Settings, file: Path | None) -> int:
    """Take it from a file (`-`: standard input) or from who types it twice; 0. Raises PasswordError."""
    language = settings.language
    typed = file is None and sys.stdin.isatty()
    try:
        if typed:
            password = getpass.getpass(text("page.type_password", language) + " ")
        else:
            password = (sys.stdin.read() if file is None or str(file) == "-" else file.read_text()).strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise PasswordError(f"{file}: {error}") from None
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordError(text("page.password_length", language, least=SHORTEST, most=LONGEST))
    if typed and getpass.getpass(text("page.type_again", language) + " ") != password:
        raise PasswordError(text("page.password_differs", language))
    try:
        set_password(settings.state_dir, password)
    except OSError as error:
        raise PasswordError(f"{settings.state_dir}: {error.strerror}") from None
    Terminal().print(text("page.password_set", language))
    return 0
