"""`jipsa thinq login`: the token is taken and kept, the appliances are shown and written into the home file."""

from __future__ import annotations

import io
import stat
from pathlib import Path
from typing import Any

import pytest

from devices.thinq.login import add_to_home, entries
from devices.thinq.simulator.cloud import TOKEN, Simulator
from devices.thinq.simulator.household import showroom
from hub.bridges import BridgeError, thinq_token_file
from hub.config import Settings, ThinqSettings
from hub.credentials import tidy_token
from hub.home import load_home
from hub.login import login
from hub.messages import About

HOME = """\
# our home
rooms:
  - {id: living, name: 거실, aliases: [마루]}   # with a balcony
  - {id: kitchen, name: 주방}
devices:
  - {id: dryer, name: 빨래방 건조기, type: dryer}  # is called so
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    home = tmp_path / "home.yaml"
    home.write_text(HOME)
    return Settings(home=home, state_dir=tmp_path / "state", thinq=ThinqSettings())


@pytest.fixture
async def cloud(clock: Any) -> Any:
    simulator = Simulator(showroom(), clock=clock)
    simulator.appliances["air_conditioner"].listed["deviceInfo"]["alias"] = "거실 에어컨"
    async with simulator.serving() as url:
        yield url


async def test_the_token_of_a_file_is_kept_and_the_appliances_written(
    cloud: str, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = tmp_path / "token.txt"
    given.write_text(f"\n{TOKEN}\n")
    assert await login(settings, None, given, cloud) == 0
    kept = thinq_token_file(settings)
    assert kept.read_text().strip() == TOKEN
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    written = settings.home.read_text()
    assert all(line in written for line in HOME.splitlines())
    home = load_home(settings.home)
    assert home.device("dryer").name == "빨래방 건조기"
    assert home.device("air_conditioner").room == "living"
    assert home.device("oven-lower").type == "oven"
    told = capsys.readouterr().out
    assert "거실 에어컨 (climate)" in told
    assert TOKEN not in told
    again = settings.home.read_text()
    assert await login(settings, None, given, cloud) == 0
    assert settings.home.read_text() == again


async def test_the_token_may_come_by_standard_input(
    cloud: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(TOKEN + "\n"))
    assert await login(settings, None, None, cloud) == 0
    assert thinq_token_file(settings).is_file()


@pytest.mark.parametrize(
    ("given", "told"),
    [("wrong", "1103"), ("", "토큰이 없어요"), ("two words", "토큰이 없어요"), ("토큰", "토큰이 없어요")],
)
async def test_a_token_that_is_none_changes_nothing(
    given: str, told: str, cloud: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(given))
    with pytest.raises(BridgeError, match=told):
        await login(settings, None, Path("-"), cloud)
    assert settings.home.read_text() == HOME
    assert not thinq_token_file(settings).exists()


async def test_a_file_that_is_not_there_is_named(cloud: str, settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(BridgeError, match=r"nowhere\.txt"):
        await login(settings, None, tmp_path / "nowhere.txt", cloud)


def test_a_credential_of_systemd_is_the_token(settings: Settings, monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert thinq_token_file(settings) == settings.state_dir / "thinq/token"
    (tmp_path / "thinq-token").write_text(TOKEN)
    assert thinq_token_file(settings) == tmp_path / "thinq-token"


def test_a_home_file_that_is_not_there_is_made(tmp_path: Path) -> None:
    path = tmp_path / "config" / "home.yaml"
    about = About(id="x", bridge="thinq", type="washer", name="세탁기")
    add_to_home(path, entries([about], load_home(None)))
    assert load_home(path).device("x").name == "세탁기"


def test_blanks_around_a_token_go() -> None:
    assert tidy_token("  abc\n") == "abc"
