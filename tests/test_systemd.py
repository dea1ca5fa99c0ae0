"""The units: systemd takes them, they are shut in as far as promised, and start what can be started."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from hub.access import PASSWORD, as_service
from hub.address import BrokerAddress
from hub.bridges import MAKERS
from hub.config import BrokerSettings, Settings
from hub.serve import called

REPOSITORY = Path(__file__).parents[1]
UNITS = REPOSITORY / "systemd"
BRIDGES = [f"jipsa-bridge@{name}.service" for name in MAKERS]
SERVICES = [
    "jipsa.service", "jipsa-butler.service", "jipsa-web.service", "jipsa-remote.service", "jipsa-voice@jipsa.service",
    "jipsa-certificates.service", *BRIDGES,
]  # fmt: skip
EXPOSED = {"jipsa.service": 3.5, "jipsa-voice@jipsa.service": 3.5, "jipsa-bridge@gpio.service": 3.5}
"""How exposed the services with sound or pins may be; for the others it is 2.0."""
COMMANDS = sorted(path for path in UNITS.glob("*.service") if path.name != "jipsa-certificates.service")
"""The units that run a command of Jipsa."""

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed (apt install systemd)"
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of a machine on which the units are installed."""
    root = tmp_path_factory.mktemp("root")
    shutil.copytree(UNITS, root / "etc/systemd/system", ignore=shutil.ignore_patterns("*.conf~"))
    for program in ("opt/jipsa/back-off", "opt/jipsa/make-certificates", "opt/jipsa/current/bin/jipsa-serve"):
        (root / program).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(UNITS / "back-off", root / program)
    return root


def analyze(verb: str, root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", verb, f"--root={root}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@needs_systemd
@pytest.mark.parametrize("unit", [*SERVICES, "jipsa.target", "jipsa-certificates.timer"])
def test_systemd_finds_no_fault(root: Path, unit: str) -> None:
    done = analyze("verify", root, "--man=no", "--recursive-errors=no", unit)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@needs_systemd
@pytest.mark.parametrize("unit", SERVICES)
def test_services_are_shut_in(root: Path, unit: str) -> None:
    limit = EXPOSED.get(unit, 2.0)
    done = analyze("security", root, "--offline=yes", f"--threshold={round(limit * 10)}", "--no-pager", unit)
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.search(rf"exposure level for {re.escape(unit)}: ([\d.]+)", done.stdout)
    assert found is not None
    assert float(found[1]) <= limit


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: path.name)
def test_what_is_started_is_known(path: Path) -> None:
    (start,) = re.findall(r"^ExecStart=(.*)$", path.read_text(), re.MULTILINE)
    program, *words = shlex.split(start.replace("%i", "genie"))
    assert program == "/opt/jipsa/current/bin/jipsa-serve"
    called(words)  # raises where it is no service


def test_every_service_has_a_login_that_the_broker_knows() -> None:
    rights = re.findall(r"^user (\S+)$", (REPOSITORY / "config/mosquitto/jipsa.acl").read_text(), re.MULTILINE)
    (installed,) = re.findall(r"^logins=\((.*?)\)", (REPOSITORY / "script/install").read_text(), re.MULTILINE)
    logins = {
        name
        for path in COMMANDS
        for name in re.findall(rf"^LoadCredential={PASSWORD}:jipsa\.mqtt-(\S+)$", path.read_text(), re.MULTILINE)
    }
    assert len(COMMANDS) == len(logins)
    others = {"devices", "household", "outside"}
    assert (logins - {"%i"}) | set(MAKERS) == set(installed.split()) - others == set(rights) - others


@pytest.mark.parametrize("url", ["mqtts://household@hub.lan:8884", "mqtts://hub.lan:8884", "mqtts://a:b@hub.lan:8884"])
def test_a_service_logs_in_with_its_own_name_and_its_credential(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "household"
    kept.write_text("theirs\n")
    settings = Settings(broker=BrokerSettings(embedded=False, url=url, password_file=kept))
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    assert as_service(settings, "genie") is settings
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert as_service(settings, "genie") is settings, "systemd gave it no password"
    (tmp_path / PASSWORD).write_text("its own\n")
    found = as_service(settings, "genie").broker.address()
    assert found == BrokerAddress("hub.lan", 8884, "genie", "its own", tls=True)
