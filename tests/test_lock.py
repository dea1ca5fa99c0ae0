"""The lock files fit pyproject.toml and name files by their sums alone; what is known to be vulnerable is found."""

from __future__ import annotations

import json
import re
import subprocess
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from brokers import free_port
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).parents[1]
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
INSTALLED = ["calendar", "homeassistant", "kt", "music"]
"""The extras that script/install puts on every hub."""
LOCKS = {
    "requirements": [*PROJECT["project"]["dependencies"], *(line for extra in INSTALLED for line in EXTRAS[extra])],
    "requirements-build": PROJECT["build-system"]["requires"],
    "requirements-mic": EXTRAS["mic"],
    "requirements-pi": EXTRAS["pi"],
}
"""What each file has to have."""
ENTRY = re.compile(
    r"(?P<requirement>[^#\s].*?) \\\n(?P<hashes>(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)(?:    #.*\n)*"
)


def locked(name: str) -> dict[str, Requirement]:
    """The entries of a lock file by their normalized names; every line of it belongs to one."""
    content = (REPOSITORY / f"config/{name}.lock").read_text("utf-8")
    comment, _, entries = content.partition("#    script/lock\n")
    assert comment.count("\n") == 1
    assert ENTRY.sub("", entries) == ""
    found = [Requirement(entry["requirement"]) for entry in ENTRY.finditer(entries)]
    assert all(re.fullmatch(r"==[^=*]+", str(one.specifier)) and one.url is None for one in found)
    return {canonicalize_name(one.name): one for one in found}


@pytest.mark.parametrize("name", LOCKS)
def test_what_the_project_asks_for_is_locked(name: str) -> None:
    entries = locked(name)
    for line in LOCKS[name]:
        asked = Requirement(line)
        entry = entries.get(canonicalize_name(asked.name))
        assert entry is not None, f"{line} is not in {name}.lock: run script/lock"
        [pin] = entry.specifier
        assert asked.specifier.contains(pin.version), f"{line}, but {entry} in {name}.lock: run script/lock"
        for python in ("3.11", "3.12", "3.13"):
            for machine in ("x86_64", "aarch64"):
                environment = {
                    "python_version": python,
                    "python_full_version": f"{python}.0",
                    "platform_machine": machine,
                }
                assert entry.marker is None or entry.marker.evaluate(environment)


def test_every_lock_file_is_known() -> None:
    assert {file.stem for file in (REPOSITORY / "config").glob("*.lock")} == set(LOCKS)


def test_the_lock_files_agree() -> None:
    everywhere = locked("requirements")
    for name in LOCKS:
        for package, entry in locked(name).items():
            assert str(everywhere.get(package, entry).specifier) == str(entry.specifier)


def test_no_lock_file_names_a_place() -> None:
    for name in LOCKS:
        content = (REPOSITORY / f"config/{name}.lock").read_text("utf-8")
        assert not re.search(r"://|--(?:extra-)?index|--find-links|--trusted-host|(?m:^.*@ )", content)


@contextmanager
def osv(vulnerable: str, status: int = 200) -> Iterator[str]:
    """The address of a server that answers as osv.dev does, and knows one vulnerability of this package."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["package"]["name"]
            affected = [{"package": {"name": asked, "ecosystem": "PyPI"}}]
            known: dict[str, Any] = {"vulns": [{"id": "PYSEC-0000-1", "summary": "a hole", "affected": affected}]}
            content = json.dumps(known if asked == vulnerable else {}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
            pass

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def audit(*options: str) -> subprocess.CompletedProcess[str]:
    command = [REPOSITORY / "script/audit", *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=170)


@pytest.mark.parametrize("package", ["aiohttp", "lgpio"])
def test_a_vulnerable_package_is_found(package: str) -> None:
    with osv(package) as address:
        done = audit("--osv-url", address)
    assert done.returncode == 1
    assert re.search(rf"^{package} .*PYSEC-0000-1", done.stderr, re.MULTILINE)


def test_nothing_is_said_where_nothing_is_known() -> None:
    with osv("none of them") as address:
        done = audit("--osv-url", address)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_without_an_answer_it_says_so() -> None:
    unreachable = audit("--osv-url", f"http://127.0.0.1:{free_port()}")
    with osv("aiohttp", status=503) as address:
        refusing = audit("--osv-url", address)
    for done in (unreachable, refusing):
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == "known vulnerabilities were not looked for: osv.dev does not answer\n"


def test_its_own_fault_is_no_missing_answer() -> None:
    done = audit("--no-such-option")
    assert done.returncode == 1
    assert "--no-such-option" in done.stderr
