"""The way through WireGuard: the hub's end of a tunnel, and a file for each telephone, with keys that are made here.

A key is 32 bytes of X25519 in base64 (wg(8)), so that `wg` need not be there. Telephones reach the hub, and each other
or the rest of the home not at all.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from secrets import randbelow
from typing import Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from hub.config import Settings
from hub.payloads import is_id
from hub.remote.sheets import SECRET, Sheet, SheetError, filled, host_checked, kept
from hub.texts import text

PORT: Final = 51_820

FOLDER: Final = "wireguard"
HUB: Final = f"{FOLDER}/jipsa.conf"

LONGEST: Final = 15
"""Characters of a name: it is that of a network interface on the telephone."""


@dataclass(frozen=True, slots=True)
class End:
    """One end of a tunnel: its address in it, its key, and what a telephone and the hub know besides."""

    address: str
    private: str
    preshared: str = ""

    @property
    def public(self) -> str:
        """The half of its key that the other end knows."""
        private = X25519PrivateKey.from_private_bytes(b64decode(self.private))
        return b64encode(private.public_key().public_bytes_raw()).decode()


def sheets(settings: Settings, folder: Path, endpoint: str, port: int, names: Sequence[str]) -> list[Sheet]:
    """The hub's file and one for each telephone: those that have one already, and these. Raises SheetError."""
    for name in names:
        if not is_id(name) or len(name) > LONGEST or name == Path(HUB).stem:
            raise SheetError(text("remote_ways.bad_phone", settings.language, got=name, most=LONGEST))
    host = f"[{endpoint}]" if ":" in host_checked(endpoint, settings) else endpoint
    hub = _kept(folder / HUB) or End(f"10.{randbelow(256)}.{randbelow(256)}.1", _key())
    phones = {path.stem: _kept(path) for path in sorted((folder / FOLDER).glob("*.conf")) if path != folder / HUB}
    known = {name: phone for name, phone in phones.items() if phone is not None}
    for name in names:
        known.setdefault(name, End(_free(hub, [phone.address for phone in known.values()]), _key(), _key()))
    values = {"hub": hub, "endpoint": host, "port": port}
    return [
        Sheet(HUB, filled("wireguard-hub.conf", **values, phones=known), SECRET),
        *(
            Sheet(f"{FOLDER}/{name}.conf", filled("wireguard-phone.conf", **values, phone=phone), SECRET)
            for name, phone in known.items()
        ),
    ]


def code(sheet: Sheet) -> str:
    """What a telephone's camera reads, to be printed black on white."""
    import segno  # only here

    return _drawn([list(row) for row in segno.make(sheet.content, error="l").matrix_iter(border=2)])


def _drawn(rows: list[list[int]]) -> str:
    """Two rows of squares to a line of characters, dark squares as blocks."""
    if len(rows) % 2:
        rows.append([0] * len(rows[0]))
    pairs = zip(rows[::2], rows[1::2], strict=True)
    signs = {(False, False): " ", (False, True): "▄", (True, False): "▀", (True, True): "█"}
    return "\n".join("".join(signs[bool(up), bool(down)] for up, down in zip(*pair, strict=True)) for pair in pairs)


def _kept(path: Path) -> End | None:
    """An end as an earlier run has written it."""
    lines = (line.partition(" = ") for line in kept(path).splitlines())
    found: dict[str, str] = {}
    for key, _, value in lines:
        found.setdefault(key, value)  # the own end comes first
    if "Address" not in found or "PrivateKey" not in found:
        return None
    return End(found["Address"].partition("/")[0], found["PrivateKey"], found.get("PresharedKey", ""))


def _free(hub: End, taken: Sequence[str]) -> str:
    """The first address of the tunnel that no telephone has."""
    number = int(ip_address(hub.address))
    return next(found for step in range(1, 254) if (found := str(ip_address(number + step))) not in taken)


def _key() -> str:
    return b64encode(X25519PrivateKey.generate().private_bytes_raw()).decode()
