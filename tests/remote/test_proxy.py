"""The page behind a real Caddy and a real nginx, with exactly what is written for them."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from scale.hosts import Network, NoNetworkError
from secured import make_certificates

from hub.config import load_settings
from hub.remote.proxy import Kind, sheet
from hub.web.access import set_password
from tests.faults.processes import Service, until

PASSWORD = "열려라 참깨 1234"

NAME = "hub.localhost"
"""A name for which Caddy signs its certificate itself, and asks nobody for one."""

ETC = 'echo "$0" > /tmp/hosts.$$; mount --bind /tmp/hosts.$$ /etc/hosts; rm -f /tmp/hosts.$$; exec "$@"'
"""Has what is started find that name at the proxy."""


class Proxied:
    """A page on its own host, behind a proxy there, and a browser that comes by the proxy's name."""

    def __init__(self, network: Network, folder: Path, kind: Kind) -> None:
        self._network, self._folder = network, folder
        self.address = self.run("hostname", "-I").split()[0]
        self.config = folder / "jipsa.yaml"
        self.config.write_text("state_dir: state\nweb: {trust_localhost: false}\n")
        set_password(folder / "state", PASSWORD)
        page = [*network.under("hub"), sys.executable, "-m", "hub.cli", "web", "--config", str(self.config)]
        made = sheet(load_settings(self.config), kind, NAME, folder / "tls")
        self.page, self.proxy = Service(page, folder / "page.log"), getattr(self, f"_{kind}")(made.content)

    def _caddy(self, content: str) -> Service:
        file = self._folder / "Caddyfile"
        file.write_text("{\n\tskip_install_trust\n}\n" + content)  # or this machine would trust what the test makes
        self.ca = self._folder / "data/caddy/pki/authorities/local/root.crt"
        command = [*self._network.under("hub"), "caddy", "run", "--config", str(file), "--adapter", "caddyfile"]
        folders = {f"XDG_{what}_HOME": str(self._folder / what.lower()) for what in ("DATA", "CONFIG")}
        return Service(command, self._folder / "caddy.log", **folders)

    def _nginx(self, content: str) -> Service:
        tls = make_certificates(self._folder / "tls", NAME)
        shutil.copy(tls / "server.crt", tls / "fullchain.pem")
        shutil.copy(tls / "server.key", tls / "privkey.pem")
        self.ca = tls / "ca.crt"
        (self._folder / "site.conf").write_text(content)
        file = self._folder / "nginx.conf"
        file.write_text(
            f"user root;\npid {self._folder}/nginx.pid;\nerror_log {self._folder}/error.log;\n"
            "daemon off;\nmaster_process off;\nevents {}\n"
            f"http {{\n  access_log off;\n  include {self._folder}/site.conf;\n}}\n"
        )
        return Service([*self._network.under("hub"), "nginx", "-c", str(file)], self._folder / "nginx.log")

    def run(self, *command: str, **environment: str) -> str:
        done = subprocess.run(
            [*self._network.under("hub"), *command], capture_output=True, text=True, check=False, timeout=90,
            env={**os.environ, **environment},
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def named(self, *command: str, **environment: str) -> str:
        """Run something that finds the proxy by its name."""
        lines = f"127.0.0.1 localhost\n{self.address} {NAME} other.localhost"
        return self.run("sh", "-ec", ETC, lines, *command, **environment)

    async def asks(self, *arguments: str, name: str = NAME) -> list[str]:
        browsing = str(Path(__file__).with_name("browsing.py"))
        printed = await asyncio.to_thread(
            self.named, sys.executable, browsing, f"https://{name}", *arguments, CA=str(self.ca)
        )
        return printed.split()


@pytest.fixture(params=["caddy", "nginx"])
async def proxied(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Proxied]:
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed (apt install caddy nginx-light)")
    if os.geteuid() != 0:
        pytest.skip("only root lays a network")
    async with AsyncExitStack() as stack:
        try:
            network = stack.enter_context(Network("hub").up())
        except NoNetworkError as error:
            pytest.skip(f"no network can be laid here: {error}")
        found = Proxied(network, tmp_path, request.param)
        for service in (found.page, found.proxy):
            stack.push_async_callback(service.kill)
            await service.start()
        await until(found.ca.exists, 60)
        yield found


async def test_the_page_is_served_over_https_to_who_knows_the_password(proxied: Proxied) -> None:
    assert await proxied.asks() == ["302", "login"]
    assert await proxied.asks("wrong password") == ["403"]
    assert await proxied.asks(PASSWORD) == ["200", "hello", "secure"]


async def test_another_name_leads_nowhere(proxied: Proxied) -> None:
    assert await proxied.asks() == ["302", "login"]
    for name in ("other.localhost", proxied.address):
        printed = await asyncio.to_thread(
            proxied.named, sys.executable, "-c", OTHER, proxied.address, name, NAME, str(proxied.ca)
        )
        assert printed.strip() in {"refused", "421 0", "400 0", "200 0", "404 0"}, printed


OTHER = """
import asyncio, ssl, sys
async def main():
    address, host, name, ca = sys.argv[1:]
    try:
        tls = ssl.create_default_context(cafile=ca)
        reader, writer = await asyncio.open_connection(address, 443, ssl=tls, server_hostname=name)
        writer.write(f"GET / HTTP/1.1\\r\\nHost: {host}\\r\\nConnection: close\\r\\n\\r\\n".encode())
        answer = await reader.read()
    except (ssl.SSLError, ConnectionError):
        print("refused"); return
    head, _, body = answer.partition(b"\\r\\n\\r\\n")
    print(head.split()[1].decode() if head else "closed", int(b"login" in answer or b"jipsa" in answer.lower()))
asyncio.run(main())
"""
"""Comes by the right name, and then asks for another; prints whether anything of the page is in the answer."""


async def test_the_check_finds_nothing_wrong(proxied: Proxied) -> None:
    assert await proxied.asks() == ["302", "login"]
    command = [sys.executable, "-m", "hub.cli", "remote", "check", "--page", f"https://{NAME}", "--json"]
    printed = await asyncio.to_thread(
        proxied.named, *command, "--config", str(proxied.config), SSL_CERT_FILE=str(proxied.ca)
    )
    assert printed.count('"holds"') == 2
