"""As whom a service of the installed hub logs in at the broker: under its own name, with a credential of systemd."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from hub.config import Settings

PASSWORD = "mqtt-password"  # noqa: S105 - the name of a file
"""Name of the broker's password as a credential of systemd."""


OUTSIDE = "mqtt-outside"
"""Name of the password with which the bridge `discovered` speaks to devices that are not the hub's."""


def as_service(settings: Settings, name: str, credential: str = PASSWORD) -> Settings:
    """The settings with the login `name` where systemd gave a password for it, or else as they are."""
    password = Path(os.environ.get("CREDENTIALS_DIRECTORY", ""), credential)
    if not password.is_absolute() or not password.is_file():
        return settings
    parts = urlsplit(settings.broker.url)
    url = urlunsplit(parts._replace(netloc=f"{name}@{parts.netloc.rpartition('@')[2]}"))
    broker = settings.broker.model_copy(update={"url": url, "password_file": password})
    return settings.model_copy(update={"broker": broker})
