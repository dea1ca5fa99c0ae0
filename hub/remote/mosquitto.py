"""The way over a broker of the user's outside: what Mosquitto is told at home and there, and what the page there is.

Facts: mosquitto.conf(5). What comes in by a `connection` passes the access rules of the broker that has it, whatever
topic it is on (Mosquitto 2.0: `mosquitto_acl_check` lets every bridge through); so the home's own broker has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from secrets import token_urlsafe
from typing import Final

from hub.config import Settings
from hub.remote.bus import SHOWN
from hub.remote.envelope import ANSWER, COMMAND, LINK
from hub.remote.sheets import OPEN, SCRIPT, SECRET, Sheet, SheetError, filled, host_checked, kept
from hub.texts import text

PORT: Final = 8883
"""Where MQTT over TLS is, as IANA has it."""

PORT_HERE: Final = 18_831
"""Where the Mosquitto between the two brokers listens, to nobody."""

HOME, OUTSIDE = "home", "outside"
"""The folders of what belongs to the machine of the home's broker, and to the one outside."""

PASSWORDS, LINK_PASSWORD = f"{OUTSIDE}/jipsa-remote.passwords", f"{HOME}/link.password"

PAGE: Final = f"{OUTSIDE}/jipsa.yaml"
"""The settings of the page outside, which say how one gets in there."""

LOGINS: Final = ("home", "page", "link")
"""Who gets in: outside the home and the page, and at home the Mosquitto between."""


def sheets(settings: Settings, host: str, port: int, ca_file: Path | None, logins: Mapping[str, str]) -> list[Sheet]:
    """The files for a broker at `host`, whose certificate is signed by this CA or else by one that all trust.

    Raises SheetError.
    """
    if settings.broker.embedded:
        raise SheetError(text("remote_ways.embedded", settings.language))
    authority = "" if ca_file is None else _certificate(ca_file, settings)
    values = {
        "host": host_checked(host, settings), "port": port, "port_here": PORT_HERE, "own_ca": bool(authority),
        "passwords": logins, "language": settings.language, "shown": SHOWN, "answer": ANSWER, "command": COMMAND,
        "link": LINK,
    }  # fmt: skip
    found = [
        Sheet(f"{HOME}/jipsa-remote.conf", filled("link.conf", **values), SECRET),
        Sheet(f"{HOME}/jipsa-remote.acl", filled("link.acl", **values)),
        Sheet(LINK_PASSWORD, f"{logins['link']}\n", SECRET),
        Sheet(f"{HOME}/mosquitto-remote.service", filled("link.service")),
        Sheet(f"{HOME}/put-in-place", filled("home-put-in-place", **values), SCRIPT),
        Sheet(f"{OUTSIDE}/jipsa-remote.conf", filled("outside.conf", **values)),
        Sheet(f"{OUTSIDE}/jipsa-remote.acl", filled("outside.acl", **values)),
        Sheet(PASSWORDS, "".join(f"{login}:{logins[login]}\n" for login in ("home", "page")), SECRET),
        Sheet(f"{OUTSIDE}/put-in-place", filled("outside-put-in-place", **values), SCRIPT),
        Sheet(PAGE, filled("outside.yaml", **values)),
        Sheet(f"{OUTSIDE}/page.password", f"{logins['page']}\n", SECRET),
    ]
    if authority:
        found += [Sheet(f"{side}/ca.crt", authority, OPEN) for side in (HOME, OUTSIDE)]
    return found


def passwords(folder: Path) -> dict[str, str]:
    """The passwords of the logins: those of the files that were written before, or new ones. Raises SheetError."""
    lines = kept(folder / PASSWORDS).splitlines()
    known = {login: password for login, _, password in (line.partition(":") for line in lines)}
    known["link"] = kept(folder / LINK_PASSWORD).strip()
    return {login: known.get(login) or token_urlsafe(24) for login in LOGINS}


def _certificate(path: Path, settings: Settings) -> str:
    content = kept(path)
    if "-----BEGIN CERTIFICATE-----" not in content:
        raise SheetError(text("remote_ways.no_certificate", settings.language, path=path))
    return content
