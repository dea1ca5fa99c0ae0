"""The way through a proxy that serves the page over https: what Caddy or nginx is told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from hub.config import Settings
from hub.remote.sheets import Sheet, filled, host_checked

Kind = Literal["caddy", "nginx"]

TEMPLATES: Final[Mapping[Kind, str]] = {"caddy": "Caddyfile", "nginx": "nginx.conf"}

ISSUED: Final = Path("/etc/letsencrypt/live")
"""Where certbot keeps the certificates of Let's Encrypt, by name."""


def sheet(settings: Settings, kind: Kind, name: str, certificate: Path | None) -> Sheet:
    """The file; nginx takes its certificate from a folder as certbot's, Caddy gets its own. Raises SheetError."""
    checked = host_checked(name, settings)
    values = {"name": checked, "port": settings.web.port, "certificate": certificate or ISSUED / checked}
    return Sheet(f"proxy/{TEMPLATES[kind]}", filled(TEMPLATES[kind], **values))
