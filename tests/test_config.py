"""Settings: defaults, search order, paths, and faults that name their line."""

from pathlib import Path

import pytest
from pydantic import BaseModel

from hub.config import BrokerSettings, Settings, load_settings
from hub.yamlfile import MOST_LINES, SettingsError, YamlFile

SHIPPED = Path(__file__).parents[1] / "config" / "jipsa.yaml"


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JIPSA_CONFIG", "STATE_DIRECTORY", "CACHE_DIRECTORY", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/home/jipsa")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("hub.config.SEARCHED", (Path("config/jipsa.yaml"), tmp_path / "etc" / "jipsa.yaml"))


def write(path: Path, content: str | bytes = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def faults_of(content: str | bytes, **options: str) -> list[str]:
    path = write(Path("jipsa.yaml"), content)
    with pytest.raises(SettingsError) as caught:
        load_settings(path, **options)  # type: ignore[arg-type]
    return str(caught.value).splitlines()


def test_without_any_file_everything_is_at_its_default() -> None:
    settings = load_settings()
    assert settings == Settings()
    assert settings.language == "ko"
    assert settings.home is None
    assert settings.state_dir == Path("/home/jipsa/.local/state/jipsa")
    assert settings.cache_dir == Path("/home/jipsa/.cache/jipsa")
    assert settings.broker.url == "mqtt://127.0.0.1:18830"


def test_an_empty_file_is_all_defaults() -> None:
    assert load_settings(write(Path("jipsa.yaml"), "# nothing yet\n")) == Settings()


def test_shipped_settings_hold_every_key_at_its_default_except_home_and_room() -> None:
    settings = load_settings(SHIPPED)
    assert settings.home == SHIPPED.with_name("home.yaml")
    voice = settings.voice.model_copy(update={"room": None})
    assert settings.sentences == SHIPPED.with_name("sentences")
    assert settings.routines == SHIPPED.with_name("routines.yaml")
    beside = {"home": None, "sentences": None, "routines": None}
    assert settings.model_copy(update={**beside, "voice": voice}) == Settings()
    content = SHIPPED.read_text()
    for name, section in Settings.model_fields.items():
        assert f"{name}:" in content
        if isinstance(section.default, BaseModel):
            assert all(f"  {key}:" in content for key in type(section.default).model_fields)


def test_search_order_is_given_then_environment_then_here_then_etc(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def satellite(path: Path | None = None) -> str:
        return load_settings(path).voice.satellite

    write(tmp_path / "etc" / "jipsa.yaml", "voice: {satellite: etc}")
    assert satellite() == "etc"
    write(Path("config/jipsa.yaml"), "voice: {satellite: here}")
    assert satellite() == "here"
    monkeypatch.setenv("JIPSA_CONFIG", str(write(tmp_path / "env.yaml", "voice: {satellite: env}")))
    assert satellite() == "env"
    assert satellite(write(tmp_path / "given.yaml", "voice: {satellite: given}")) == "given"


def test_a_file_that_was_named_must_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match=r"^nowhere\.yaml: no such file$"):
        load_settings(Path("nowhere.yaml"))
    monkeypatch.setenv("JIPSA_CONFIG", "also-nowhere.yaml")
    with pytest.raises(SettingsError, match=r"^also-nowhere\.yaml: no such file$"):
        load_settings()


def test_a_folder_in_place_of_a_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(tmp_path)


def test_paths_are_relative_to_the_settings_file(tmp_path: Path) -> None:
    path = write(
        tmp_path / "etc" / "jipsa.yaml",
        "home: flat.yaml\nstate_dir: ~/state\nspeech: {model: ../model}\nbroker: {password_file: /run/secret}\n",
    )
    settings = load_settings(path)
    assert settings.home == tmp_path / "etc" / "flat.yaml"
    assert settings.state_dir == Path("/home/jipsa/state")
    assert settings.speech.model == tmp_path / "etc" / ".." / "model"
    assert settings.broker.password_file == Path("/run/secret")


def test_a_home_file_beside_the_settings_is_found_unasked(tmp_path: Path) -> None:
    path = write(tmp_path / "jipsa.yaml")
    home = write(tmp_path / "home.yaml")
    assert load_settings(path).home == home


def test_systemd_folders_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/xdg/state")
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg/cache")
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/jipsa:/var/lib/other")
    settings = load_settings()
    assert settings.state_dir == Path("/var/lib/jipsa")
    assert settings.cache_dir == Path("/xdg/cache/jipsa")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("langauge: ko", ("jipsa.yaml:1: langauge: unknown key; known are version, language, home, sentences, "
         "routines, state_dir, cache_dir, broker, speech, voice, speaker, thinq, gpio, genie, homeassistant, "
         "discovered, bridges, wyoming, web, remote; did you mean 'language'?")),
        ("\nthinq:\n  enabled: true\n  pol_seconds: 5", ("jipsa.yaml:4: thinq.pol_seconds: unknown key; known are "
         "enabled, simulate, country, token_file, client_id, poll_seconds, push, heating, announce; "
         "did you mean 'poll_seconds'?")),
        ("bridges: {thinq: {}}", "jipsa.yaml:1: bridges: thinq is no bridge of a package, it has a section of its own"),
        ("bridges: {shelly: {enabled: no}}", "jipsa.yaml:1: bridges: shelly.enabled is true or false"),
        ("language: kor", "jipsa.yaml:1: language: 'kor' is none of ko, en; did you mean 'ko'?"),
        ("# to come\nversion: 3\nroooms: {}", ("jipsa.yaml:2: version: this file is of version 3, and this Jipsa knows "
         "version 2 at most; install the newer Jipsa that wrote it, or put the copy beside it (.v2-…) back")),
        ("version: 0", "jipsa.yaml:1: version: 1 or more expected, got 0"),
        ("version: true", "jipsa.yaml:1: version: a whole number expected, got true"),
        ("version:", "jipsa.yaml:1: version: a whole number expected, got nothing"),
        ("version: one", "jipsa.yaml:1: version: a whole number expected, got 'one'"),
        ("voice:\n  satellite: 거실", ("jipsa.yaml:2: voice.satellite: '거실' is no id; "
         "use ASCII letters, digits, '_' and '-', 64 at most")),
        ("voice: living", "jipsa.yaml:1: voice: a mapping (key: value) expected, got 'living'"),
        ("voice:", "jipsa.yaml:1: voice: a mapping (key: value) expected, got nothing"),
        ("gpio: {enabled: maybe}", "jipsa.yaml:1: gpio.enabled: true or false expected, got 'maybe'"),
        ("gpio: {pins: real}", "jipsa.yaml:1: gpio.pins: 'real' is none of auto, mock"),
        ("voice: {button: BOARD1}", ("jipsa.yaml:1: voice.button: there is no pin BOARD1; give a BCM number (0 to 27) "
         "or a place on the header such as BOARD29")),
        ("voice:\n  button: 5\n  mute: BOARD29",
         "jipsa.yaml:3: voice.mute: GPIO5 is used by 'voice.button' already"),
        ("voice:\n  mute: GPIO6", "jipsa.yaml:1: voice.light: GPIO6 is used by 'voice.mute' already"),
        ("voice:\n  light: {red: 6, green: 13,\n    blue: J8:33}",
         "jipsa.yaml:2: voice.light: GPIO13 is used by 'voice.light.green' already"),
        ("thinq: {poll_seconds: 1}", "jipsa.yaml:1: thinq.poll_seconds: 10 or more expected, got 1"),
        ("thinq: {poll_seconds: 9999}", "jipsa.yaml:1: thinq.poll_seconds: 3600 or less expected, got 9999"),
        ("thinq: {country: Korea}", ("jipsa.yaml:1: thinq.country: 'Korea' is no country code; "
         "it is two capitals such as KR")),
        ("broker: {url: 'http://x'}", ("jipsa.yaml:1: broker.url: 'http://x' is no broker address; "
         "it looks like mqtt://host:1883 or mqtts://host:8883")),
        ("home: [a]", "jipsa.yaml:1: home: text expected, got a list"),
        ("version: 1\nlanguage: ko\nversion: 1", "jipsa.yaml:3: version: given twice, first in line 1"),
        ("- version: 1", "jipsa.yaml:1: lines of 'key: value' expected, got a list"),
        ("? [a]\n: b", "jipsa.yaml:1: a key must be plain text"),
        ("home: !secret x", "jipsa.yaml:1: home: the tag !secret is not for this file"),
        ("version: !!int x", "jipsa.yaml:1: version: x cannot be read"),
        (b"version: 1\nlanguage: \xff", "jipsa.yaml:2: not UTF-8 text; save it as UTF-8 in your editor"),
    ],
)  # fmt: skip
def test_a_fault_is_one_line_that_names_the_place_and_the_remedy(content: str | bytes, fault: str) -> None:
    assert faults_of(content) == [fault]


def test_pins_of_the_voice_are_numbers_however_they_are_named() -> None:
    assert Settings().voice.pins == {"voice.button": 5, "voice.light": 6}
    voice = "voice: {button: J8:11, mute: BOARD16, light: {red: GPIO13, green: 16, blue: BCM26, active_high: false}}"
    settings = load_settings(write(Path("jipsa.yaml"), voice))
    assert settings.voice.pins == {
        "voice.button": 17, "voice.mute": 23, "voice.light.red": 13, "voice.light.green": 16, "voice.light.blue": 26,
    }  # fmt: skip
    none = load_settings(write(Path("jipsa.yaml"), "voice: {button: null, light: null}"))
    assert none.voice.pins == {}


def test_a_syntax_error_names_its_line() -> None:
    (fault,) = faults_of("version: 1\nvoice: {room: 거실\nhome: x\n")
    assert fault.startswith("jipsa.yaml:3: not YAML: ")


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    faults = faults_of("speech: 9\ngpio:\n  pin: auto\nlanguage: jp\n")
    assert [fault.split(" ")[0] for fault in faults] == ["jipsa.yaml:1:", "jipsa.yaml:3:", "jipsa.yaml:4:"]


def test_faults_are_told_in_korean_too() -> None:
    (fault,) = faults_of("gpio: {pins: mok}", language="ko")
    assert fault == "jipsa.yaml:1: gpio.pins: 'mok' 값은 쓸 수 없어요. 쓸 수 있는 값: auto, mock. 혹시 'mock'인가요?"


@pytest.mark.parametrize(
    "bomb",
    [
        "a0: &a0 [1, 1]\n" + "\n".join(f"a{n + 1}: &a{n + 1} [*a{n}, *a{n}, *a{n}]" for n in range(12)),
        "a: &a [*a]",
        "[" * 2_000,
        "{a: " * 2_000,
        "- " * 2_000,
        "a: " + "9" * 10_000,
        "a: \0",
        "a: 1\n" * 2_000,
        "x" * ((1 << 20) + 1),
    ],
)
def test_a_hostile_file_is_a_short_fault(bomb: str) -> None:
    faults = faults_of(bomb)
    assert len(faults) <= MOST_LINES + 1
    assert all(len(fault) < 300 for fault in faults)


def test_aliases_and_on_off_words_are_understood() -> None:
    settings = load_settings(write(Path("jipsa.yaml"), "gpio: &off {enabled: off}\ngenie: *off\n"))
    assert not settings.gpio.enabled
    assert not settings.genie.enabled


def test_lines_stay_available_after_reading(tmp_path: Path) -> None:
    file = YamlFile.read(write(tmp_path / "x.yaml", "a:\n  - b: 1\n    c: 2\n"))
    assert file.line_of("a", 0, "c") == 3
    assert file.line_of("a", 0, "missing") == 2
    assert file.line_of() == 1


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        BrokerSettings().url = "mqtt://elsewhere"  # type: ignore[misc]


def test_who_stands_at_the_root_is_told_the_whole_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "jipsa.yaml").write_text("nonsense: 1\n")
    for folder, told in (("/", f"{tmp_path}/jipsa.yaml:1"), (str(tmp_path), "jipsa.yaml:1")):
        monkeypatch.chdir(folder)
        with pytest.raises(SettingsError) as caught:
            load_settings(tmp_path / "jipsa.yaml")
        assert str(caught.value).startswith(f"{told}: nonsense")
