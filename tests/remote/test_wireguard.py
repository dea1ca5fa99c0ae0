"""WireGuard's files: their keys are keys, they stay, and the page is reached through the tunnel that they make."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from brokers import free_port
from scale.hosts import Network, NoNetworkError

from hub.config import Settings
from hub.remote.sheets import SheetError, put
from hub.remote.wireguard import HUB, code, sheets
from hub.web.access import set_password
from tests.faults.processes import Service

PASSWORD = "열려라 참깨 1234"


def written(folder: Path, *names: str, endpoint: str = "home.example") -> dict[str, str]:
    made = sheets(Settings(language="en", state_dir=folder), folder, endpoint, 51820, names)
    list(put(folder, made))
    return {sheet.path: sheet.content for sheet in made}


def value(content: str, key: str) -> list[str]:
    return re.findall(rf"^{key} = (.*)$", content, re.MULTILINE)


def test_keys_stay_and_telephones_are_added_and_taken_away(tmp_path: Path) -> None:
    first = written(tmp_path, "mother")
    assert written(tmp_path, "mother") == first
    both = written(tmp_path, "father")
    assert both["wireguard/mother.conf"] == first["wireguard/mother.conf"]
    assert value(both[HUB], "PrivateKey") == value(first[HUB], "PrivateKey")
    assert len(set(value(both[HUB], "AllowedIPs"))) == 2
    (tmp_path / "wireguard/mother.conf").unlink()
    after = written(tmp_path)
    assert value(after[HUB], "PublicKey") == value(both[HUB], "PublicKey")[:1] or "# father" in after[HUB]
    assert "# mother" not in after[HUB]
    assert (tmp_path / HUB).stat().st_mode & 0o777 == 0o600


def test_both_ends_know_each_other(tmp_path: Path) -> None:
    if shutil.which("wg") is None:
        pytest.skip("WireGuard's tools are not installed (apt install wireguard-tools)")
    made = written(tmp_path, "phone")
    hub, phone = made[HUB], made["wireguard/phone.conf"]

    def public(content: str) -> str:
        [private] = value(content, "PrivateKey")
        return subprocess.run(
            ["wg", "pubkey"], input=private, capture_output=True, text=True, check=True
        ).stdout.strip()

    assert value(hub, "PublicKey") == [public(phone)]
    assert value(phone, "PublicKey") == [public(hub)]
    assert value(hub, "PresharedKey") == value(phone, "PresharedKey")
    assert value(written(tmp_path, "phone", endpoint="2001:db8::1")["wireguard/phone.conf"], "Endpoint") == [
        "[2001:db8::1]:51820"
    ]


@pytest.mark.parametrize("name", ["jipsa", "../x", "a" * 16, "어머니", ""])
def test_what_cannot_be_a_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SheetError, match="name of a telephone"):
        written(tmp_path, name)


def test_what_a_telephone_scans_is_its_file(tmp_path: Path) -> None:
    import segno

    made = sheets(Settings(language="en", state_dir=tmp_path), tmp_path, "home.example", 51820, ["phone"])
    drawn = code(made[1]).splitlines()
    squares = list(segno.make(made[1].content, error="l").matrix_iter(border=2))
    assert len({len(line) for line in drawn}) == 1
    for number, row in enumerate(squares):
        line = drawn[number // 2]
        dark = {"█": (1, 1), "▀": (1, 0), "▄": (0, 1), " ": (0, 0)}
        assert [dark[sign][number % 2] for sign in line] == [int(square) for square in row]


# The tunnel.


class Tunnel:
    """A hub with its page, and a telephone on another network, each with its file of WireGuard."""

    def __init__(self, network: Network, folder: Path) -> None:
        self._network, self._folder = network, folder
        endpoint = self.run("hub", "hostname", "-I").split()[0]
        self.port = free_port()
        list(put(folder, sheets(Settings(state_dir=folder), folder, endpoint, 51820, ["phone"])))
        # The interface is called as the file is, and this machine's other tests have interfaces, too.
        self.files = {"hub": folder / f"hub{os.getpid()}.conf", "phone": folder / f"tel{os.getpid()}.conf"}
        for file, host in (("jipsa.conf", "hub"), ("phone.conf", "phone")):
            shutil.copy(folder / "wireguard" / file, self.files[host])
        self.address = value(self.files["hub"].read_text(), "Address")[0].partition("/")[0]
        config = folder / "jipsa.yaml"
        config.write_text(f"state_dir: state\nweb: {{host: 0.0.0.0, port: {self.port}}}\n")
        set_password(folder / "state", PASSWORD)
        command = [*network.under("hub"), sys.executable, "-m", "hub.cli", "web", "--config", str(config)]
        self.page = Service(command, folder / "page.log")

    def run(self, host: str, *command: str) -> str:
        """What a command prints on a host. It goes into a file: wireguard-go stays, and would keep a pipe open."""
        environment = {**os.environ, "WG_QUICK_USERSPACE_IMPLEMENTATION": "wireguard-go"}
        printed = self._folder / "printed"
        with printed.open("w") as file:
            command = (*self._network.under(host), *command)
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, check=False, env=environment, timeout=60
            )
        assert done.returncode == 0, printed.read_text()
        return printed.read_text()

    async def asks(self, *arguments: str) -> str:
        """What the telephone gets of the page."""
        url = f"http://{self.address}:{self.port}"
        return await asyncio.to_thread(
            self.run, "phone", sys.executable, str(Path(__file__).with_name("browsing.py")), url, *arguments
        )


@pytest.fixture
async def tunnel(tmp_path: Path) -> AsyncIterator[Tunnel]:
    missing = [name for name in ("wg", "wg-quick", "wireguard-go") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"{missing[0]} is not installed (apt install wireguard-tools wireguard-go)")
    if os.geteuid() != 0 or not Path("/dev/net/tun").exists():
        pytest.skip("only root makes tunnels, where there is /dev/net/tun")
    async with AsyncExitStack() as stack:
        try:
            network = stack.enter_context(Network("hub", "phone").up())
        except NoNetworkError as error:
            pytest.skip(f"no network can be laid here: {error}")
        found = Tunnel(network, tmp_path)
        for host, file in found.files.items():
            stack.callback(found.run, host, "wg-quick", "down", str(file))
            found.run(host, "wg-quick", "up", str(file))
        stack.push_async_callback(found.page.kill)
        await found.page.start()
        yield found


async def test_the_page_is_reached_through_the_tunnel_and_asks_for_its_password(tunnel: Tunnel) -> None:
    assert (await tunnel.asks()).split() == ["302", "login"]
    assert (await tunnel.asks("wrong password")).split() == ["403"]
    assert (await tunnel.asks(PASSWORD)).split() == ["200", "hello"]
    assert "latest handshake" in tunnel.run("hub", "wg", "show")
