"""As whom a service of the installed hub logs in at the broker: under its own name, with a credential of systemd."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from hub.config import Settings

PASSWORD = "mqtt-password"  # noqa: S105 - the name of a file
"""Name of the broker's password as a credential of systemd."""


def as_service(settings: Settings, name: str) -> Settings:
    """The settings with the login of the service `name` where systemd gave it a password, or else as they are."""
    password = Path(os.environ.get("CREDENTIALS_DIRECTORY", ""), PASSWORD)
    if not password.is_absolute() or not password.is_file():
        return settings
    parts = urlsplit(settings.broker.url)
    url = urlunsplit(parts._replace(netloc=f"{name}@{parts.netloc.rpartition('@')[2]}"))
    broker = settings.broker.model_copy(update={"url": url, "password_file": password})
    return settings.model_copy(update={"broker": broker})
