"""A real Mosquitto with the settings that script/install puts in place: passwords, rights, and TLS."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
from dataclasses import replace
from pathlib import Path

from brokers import MOSQUITTO, accepts, free_port

from hub.address import BrokerAddress

REPOSITORY = Path(__file__).parents[1]
CONFIG = REPOSITORY / "config/mosquitto"
NAME = "localhost"
"""By which the broker is known; its certificate has it, as that of any machine."""


def make_certificates(folder: Path, *names: str) -> Path:
    """A CA and a certificate for this machine, made by the script."""
    subprocess.run([REPOSITORY / "script/make-certificates", "--in", folder, *names], check=True, capture_output=True)
    return folder


def passwords_of(logins: list[str]) -> dict[str, str]:
    """A password for each."""
    return {name: f"of {name}, {os.urandom(12).hex()}" for name in logins}


class SecuredBroker:
    """Mosquitto with jipsa.conf, jipsa.acl and jipsa-tls.conf, in a folder and at ports of its own."""

    def __init__(self, folder: Path, certificates: Path, passwords: dict[str, str]) -> None:
        self.passwords = passwords
        self.plain = BrokerAddress("127.0.0.1", free_port())
        self.tls = BrokerAddress(NAME, free_port(), tls=True, ca_file=certificates / "ca.crt")
        self._folder = folder
        self._certificates = certificates
        self._process: asyncio.subprocess.Process | None = None

    def login(self, name: str, *, tls: bool = False) -> BrokerAddress:
        """How this one gets in."""
        return replace(self.tls if tls else self.plain, username=name, password=self.passwords[name])

    async def start(self) -> None:
        """Start it, and return when it listens."""
        assert MOSQUITTO is not None
        known = self._folder / "jipsa.passwords"
        known.write_text("".join(f"{name}:{password}\n" for name, password in self.passwords.items()))
        known.chmod(0o600)
        await asyncio.to_thread(subprocess.run, ["mosquitto_passwd", "-U", known], check=True)
        config = self._folder / "mosquitto.conf"
        config.write_text("user root\npersistence false\nlog_type error\n" + self._settings())
        self._process = await asyncio.create_subprocess_exec(
            MOSQUITTO, "-c", str(config), stderr=asyncio.subprocess.DEVNULL
        )
        for port in (self.plain.port, self.tls.port):
            await accepts(port)

    async def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            await self._process.wait()

    def reload(self) -> None:
        """Have it look at its settings again, as `systemctl reload mosquitto` does."""
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)

    def _settings(self) -> str:
        """What is installed, with other folders and ports."""
        settings = "".join((CONFIG / name).read_text() for name in ("jipsa-tls.conf", "jipsa.conf"))
        settings = re.sub("^#.*\n", "", settings, flags=re.MULTILINE)
        moved = settings.replace("/etc/mosquitto/jipsa/", f"{self._certificates}/")
        moved = moved.replace("/etc/mosquitto/jipsa.passwords", str(self._folder / "jipsa.passwords"))
        moved = moved.replace("/etc/mosquitto/jipsa.acl", str(CONFIG / "jipsa.acl"))
        moved = re.sub(r"^listener 1883\b", f"listener {self.plain.port}", moved, flags=re.MULTILINE)
        moved = re.sub(r"^listener 8883$", f"listener {self.tls.port}", moved, flags=re.MULTILINE)
        assert "/etc/mosquitto" not in moved
        return moved
