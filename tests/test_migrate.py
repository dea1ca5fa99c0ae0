"""Files of an older version: read as they are meant, and written anew with all that a person wrote."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from schemas import inputs

from hub.config import Settings, load_settings, settings_in
from hub.home import load_home
from hub.keeping.migrate import rewritten
from hub.keeping.versions import STEPS, newest
from hub.remote.keys import make
from hub.routines import load_routines
from hub.yamlfile import SettingsError, YamlFile

REPOSITORY = Path(__file__).parents[1]
OLD = Path(__file__).parent / "old"
FILE = Path("jipsa.yaml")


def settings_of(content: str | bytes) -> Settings:
    return settings_in(YamlFile.parse(FILE, content if isinstance(content, bytes) else content.encode()))


def faults_of(content: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        settings_of(content)
    return str(caught.value).splitlines()


def anew(content: str) -> str:
    return rewritten(FILE, content.encode(), "settings").decode()


# What is read.


def test_the_first_settings_mean_what_todays_mean() -> None:
    today = (REPOSITORY / "config" / "jipsa.yaml").read_bytes()
    assert settings_of((OLD / "jipsa-1.yaml").read_bytes()) == settings_of(today)


def test_what_a_family_changed_in_its_first_settings_still_counts() -> None:
    found = settings_of((OLD / "family-1.yaml").read_bytes())
    assert found.homeassistant.discovery_prefix == "home/assistant"
    assert found.genie.weather is not None
    assert found.genie.weather.kind == "homeassistant"
    assert found.wyoming.enabled
    assert not found.wyoming.zeroconf
    assert found.version == newest("settings")


def test_home_and_routines_may_say_their_version(tmp_path: Path) -> None:
    for name, load in (("home", load_home), ("routines", load_routines)):
        path = tmp_path / f"{name}.yaml"
        path.write_bytes((REPOSITORY / "config" / path.name).read_bytes())
        before = load(path)
        path.write_bytes(b"version: 1\n" + path.read_bytes())
        assert load(path) == before
        path.write_text("version: 2\nof: the future\n")
        with pytest.raises(SettingsError, match=rf"{name}.yaml:1: version: .* of version 2, .* knows version 1"):
            load(path)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("genie:\n  enabled: true\nhomeassistant:\n  prefix: a b", "jipsa.yaml:4: homeassistant.prefix: .*pattern"),
        ("genie:\n  weather: {provider: hom}", "jipsa.yaml:2: genie.weather: 'hom' is none of open_meteo, home"),
        ("wyoming:\n  announce: true\n  zeroconf: false", ("jipsa.yaml:2: wyoming.announce: this is called 'zeroconf' "
         "now, which is in line 3 already; delete one of them")),
        ("version: 2\nwyoming:\n  announce: false", ("jipsa.yaml:3: wyoming.announce: this has another name in version "
         "2; did you mean 'zeroconf'?")),
        ("wyoming:\n  anounce: false", "jipsa.yaml:2: wyoming.anounce: unknown key; known are .*"),
        ("wyoming: 1", "jipsa.yaml:1: wyoming: a mapping .* expected, got 1"),
    ],
)  # fmt: skip
def test_faults_of_an_old_file_name_what_is_written(content: str, fault: str) -> None:
    (found,) = faults_of(content)
    assert re.fullmatch(f"{fault}.*", found), found


def test_an_old_file_is_told_once_and_one_that_only_lacks_a_version_is_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("WARNING", "hub.keeping.versions")
    path = tmp_path / "jipsa.yaml"
    path.write_text("language: en\nspeaker: {volume: 3}\n")
    load_settings(path)
    assert not caplog.messages
    path.write_text("language: en\nwyoming: {announce: false}\n")
    for _ in range(3):
        load_settings(path)
    (told,) = caplog.messages
    assert told.startswith(f"{path} is of an older version (wyoming.announce → wyoming.zeroconf); it is read")


def test_the_page_on_settings_has_every_name_that_changed() -> None:
    page = (REPOSITORY / "docs" / "settings.md").read_text()
    rows = [
        f"| {version} | `{'.'.join(keys)}` | `{'.'.join((*keys[:-1], name))}` |"
        for version, step in enumerate(STEPS["settings"], 2)
        for keys, name in step.items()
    ]
    assert re.findall(r"^\| \d+ \| .*$", page, re.MULTILINE) == rows
    for kind in ("settings", "home", "routines"):
        file = "jipsa.yaml" if kind == "settings" else f"{kind}.yaml"
        assert re.search(rf"^\| `{file}` \| .* \| {newest(kind)} \|$", page, re.MULTILINE)


# What is written.


@pytest.mark.parametrize("name", ["jipsa-1", "family-1"])
def test_nothing_but_the_names_and_the_version_changes(name: str) -> None:
    before = (OLD / f"{name}.yaml").read_text()
    after = anew(before)
    assert settings_of(after) == settings_of(before)
    again = re.sub("discovery_prefix", "prefix", after)
    again = re.sub("zeroconf: true|zeroconf: false", lambda found: found[0].replace("zeroconf", "announce"), again)
    again = re.sub(r"(?<=    )kind: homeassistant", "provider: homeassistant", again)
    again = re.sub(r"^version: 2$", "version: 1", again, flags=re.MULTILINE)
    plain = re.sub(r"""['"](announce|provider)['"]:""", r"\1:", before)
    if "\nversion: 1\n" not in before:
        again = again.replace("version: 1\n", "", 1)
    assert again == plain
    assert anew(after) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{wyoming: {announce: false}}", "{version: 2, wyoming: {zeroconf: false}}"),
        ("---\nwyoming: {announce: false}\n...\n", "---\nversion: 2\nwyoming: {zeroconf: false}\n...\n"),
        ("# 위\r\nlanguage: en\r\nversion: 1 # 옆\r\n", "# 위\r\nlanguage: en\r\nversion: 2 # 옆\r\n"),
        ("# 위\r\nlanguage: en # 옆\r\n", "# 위\r\nversion: 2\r\nlanguage: en # 옆\r\n"),
        ("  language: en\n  wyoming:\n      ? announce\n      : false\n",
         "  version: 2\n  language: en\n  wyoming:\n      ? zeroconf\n      : false\n"),
        ("\ufefflanguage: en\n", "\ufeffversion: 2\nlanguage: en\n"),
        ("# nothing\n", "# nothing\n"),
        ("", ""),
        ("{}", "{version: 2, }"),
    ],
)  # fmt: skip
def test_files_of_any_look(before: str, after: str) -> None:
    assert anew(before) == after
    assert settings_of(after) == settings_of(before)


# Anything that the settings take.

KNOWN: dict[str, st.SearchStrategy[Any]] = {
    "BrokerSettings.url": st.sampled_from(["mqtt://hub:1883", "mqtts://me@hub:8883"]),
    "url": st.sampled_from(["http://ha.local:8123", "https://home/a"]),
    "satellite": st.sampled_from(["living", "bed_room"]),
    "wake": st.lists(st.sampled_from(["지니야", "집사야"]), max_size=2),
    "country": st.sampled_from(["KR", "US"]),
    "bridges": st.dictionaries(
        st.sampled_from(["shelly", "tuya"]), st.just({"plugs": {"heater": "192.168.0.31"}}), max_size=2
    ),
    "RemoteSettings.keys": st.dictionaries(st.sampled_from(["mother", "page-2"]), st.just(make("x").public)),
    "source": st.sampled_from(["school.ics", "https://calendar/basic.ics"]),
    "mpd": st.sampled_from(["127.0.0.1:6600", None]),
    **{pin: st.none() | st.integers(0, 27) for pin in ("button", "mute")},
    **{color: st.integers(0, 27) | st.just("BOARD29") for color in ("red", "green", "blue")},
    "light": st.none() | st.integers(0, 27),
    "aliases": st.lists(st.sampled_from(["클래식", "뉴스"]), max_size=1),
}
TODAY = inputs(Settings, KNOWN).map(lambda data: {key: value for key, value in data.items() if key != "version"})
COMMENT = re.compile("# (?:위|주석|prefix).*")


def former(data: dict[str, Any]) -> dict[str, Any]:
    """The data as version 1 had it: the table of today, read backwards."""
    data = json.loads(json.dumps(data))
    for steps in reversed(STEPS["settings"]):
        for (*above, old), new in steps.items():
            section: Any = data
            for key in above:
                section = section.get(key) if isinstance(section, dict) else None
            if isinstance(section, dict) and new in section:
                entries = {old if key == new else key: value for key, value in section.items()}
                section.clear()
                section.update(entries)
    return data


@st.composite
def written(draw: st.DrawFn, data: dict[str, Any], depth: int = 0) -> str:
    """The data as somebody may write it: over lines or in one, with comments at either."""
    lines = []
    for key, value in data.items():
        names = [key, f'"{key}"', f"'{key}'"] if re.fullmatch(r"[a-z_]+", key) else [json.dumps(key)]
        name = draw(st.sampled_from(names))
        comment = draw(st.sampled_from(["", f"  # 주석 {key}", "    # prefix: announce: provider:"]))
        if draw(st.booleans()):
            lines.append("  " * depth + "# 위: " + json.dumps(key))
        if isinstance(value, dict) and value and draw(st.booleans()):
            lines.append("  " * depth + f"{name}:{comment}")
            lines.append(draw(written(value, depth + 1)))
        else:
            lines.append("  " * depth + f"{name}: {json.dumps(value, ensure_ascii=False)}{comment}")
    return "\n".join(lines)


@given(st.data())
@settings(max_examples=200)
def test_whatever_the_settings_took_they_take_and_every_comment_stays(data: st.DataObject) -> None:
    today = data.draw(TODAY)
    before = data.draw(written(former(today))) + "\n"
    expected = settings_of(json.dumps({**today, "version": newest("settings")}))
    assert settings_of(before) == expected
    after = anew(before)
    assert settings_of(after) == expected
    assert anew(after) == after
    assert COMMENT.findall(after) == COMMENT.findall(before)
    if today:
        assert YamlFile.parse(FILE, after.encode()).data == {"version": newest("settings"), **today}


# The command.


def jipsa(*arguments: str, folder: Path, limit: int | None = None) -> subprocess.CompletedProcess[str]:
    def limited() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    environment = {**os.environ, "HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "300"}
    for name in ("JIPSA_CONFIG", "STATE_DIRECTORY", "CACHE_DIRECTORY", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        environment.pop(name, None)
    return subprocess.run(
        [sys.executable, "-m", "hub.cli", *arguments], cwd=REPOSITORY, env=environment, preexec_fn=limited,
        capture_output=True, text=True, timeout=170, check=False,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The first settings, with a satellite's beside them."""
    shutil.copytree(REPOSITORY / "config" / "sentences", tmp_path / "sentences")
    for name in ("home.yaml", "routines.yaml"):
        shutil.copy(REPOSITORY / "config" / name, tmp_path)
    shutil.copy(OLD / "family-1.yaml", tmp_path / "jipsa.yaml")
    (tmp_path / "jipsa.yaml").chmod(0o640)
    (tmp_path / "bedroom.yaml").write_text("version: 1\nvoice: {satellite: bedroom}\nwyoming: {announce: false}\n")
    return tmp_path


def test_migrate_writes_all_settings_anew_and_keeps_copies(folder: Path) -> None:
    config = ("--config", str(folder / "jipsa.yaml"))
    before = {path: path.read_bytes() for path in folder.rglob("*.yaml")}

    checked = jipsa("migrate", "--check", *config, folder=folder)
    assert checked.returncode == 1, checked.stderr
    assert sorted(line.rpartition(": version 1")[0] for line in checked.stdout.splitlines()) == [
        str(folder / "bedroom.yaml"), str(folder / "jipsa.yaml")
    ]  # fmt: skip
    assert {path: path.read_bytes() for path in folder.rglob("*.yaml")} == before

    done = jipsa("migrate", *config, folder=folder)
    assert done.returncode == 0, done.stderr
    for name in ("jipsa", "bedroom"):
        path = folder / f"{name}.yaml"
        (copy,) = folder.glob(f"{name}.yaml.v1-????-??-??T??????")
        assert copy.read_bytes() == before[path]
        assert path.read_bytes() == rewritten(path, before[path], "settings")
    assert stat.S_IMODE((folder / "jipsa.yaml").stat().st_mode) == 0o640
    assert (folder / "home.yaml").read_bytes() == before[folder / "home.yaml"]

    files = sorted(folder.rglob("*"))
    again = jipsa("migrate", *config, folder=folder)
    assert (again.returncode, again.stdout, again.stderr) == (0, "Everything is of today's version.\n", "")
    assert sorted(folder.rglob("*")) == files
    assert jipsa("migrate", "--check", *config, folder=folder).returncode == 0


def test_a_full_disk_leaves_the_old_file_and_says_so(folder: Path) -> None:
    before = (folder / "jipsa.yaml").read_bytes()
    done = jipsa("migrate", "--config", str(folder / "jipsa.yaml"), folder=folder, limit=len(before) - 1)
    assert done.returncode == 2
    assert "cannot be written as version 2 (File too large); it is as it was" in done.stderr
    assert (folder / "jipsa.yaml").read_bytes() == before
    assert not list(folder.glob(".*"))
