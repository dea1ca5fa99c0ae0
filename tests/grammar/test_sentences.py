"""Sentences of the household: what a file in Home Assistant's format adds, and what is said of a file with faults."""

from pathlib import Path

import pytest
from homes import FLAT

from hub.butler.understanding import Understander
from hub.grammar.lexicon import lexicon
from hub.grammar.sentences import Loaded, load_sentences, report, unknown_names
from hub.grammar.spoken import spoken_grammar
from hub.yamlfile import SettingsError

FAMILY = """\
language: ko
intents:
  HassTurnOff:
    data:
      - sentences:
          - "(나|우리) [이제] (나간다|나갈게)"
        slots: {area: 거실, domain: light}
  HassLightSet:
    data:
      - sentences:
          - "<책 읽을> 시간[이야]"
        slots: {name: 스탠드, brightness: 100}
      - sentences:
          - "{name} {mood:brightness} 느낌으로"
        requires_context: {domain: light}
  HassClimateSetTemperature:
    data:
      - sentences:
          - "{area} 체감 {feel:temperature} 단계"
  HassStartTimer:
    data:
      - sentences:
          - "{dish:name} 올렸어"
        slots: {minutes: 4}
lists:
  mood:
    values:
      - {in: "아늑한", out: 30}
      - {in: "환한", out: 90}
  feel:
    range: {from: 1, to: 10, multiplier: 3}
  dish:
    wildcard: true
expansion_rules:
  책 읽을: "(책 읽을|독서할|독서)"
"""


def _load(folder: Path, **files: str) -> Loaded:
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(content, encoding="utf-8")
    return load_sentences(folder, lexicon())


def _faults(folder: Path, content: str) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        _load(folder, bad=content)
    return [str(fault) for fault in raised.value.faults]


@pytest.mark.parametrize(
    ("sentence", "intent", "slots", "targets"),
    [
        ("나 이제 나간다", "HassTurnOff", {"area": "거실", "domain": "light"}, {"living_light", "living_lamp"}),
        ("우리나갈게", "HassTurnOff", {"area": "거실", "domain": "light"}, {"living_light", "living_lamp"}),
        ("독서 시간이야", "HassLightSet", {"name": "스탠드", "brightness": 100}, {"living_lamp"}),
        ("책 읽을 시간", "HassLightSet", {"name": "스탠드", "brightness": 100}, {"living_lamp"}),
        ("무드등 아늑한 느낌으로", "HassLightSet", {"name": "무드등", "brightness": 30}, {"kids_light"}),
        ("안방 체감 팔 단계", "HassClimateSetTemperature", {"area": "안방", "temperature": 24}, {"bedroom_ac"}),
        ("갈비찜 올렸어", "HassStartTimer", {"name": "갈비찜", "minutes": 4}, set()),
    ],
)
def test_a_sentence_of_the_household_means_what_its_file_says(
    tmp_path: Path, sentence: str, intent: str, slots: dict[str, object], targets: set[str]
) -> None:
    understander = Understander(FLAT, known=_load(tmp_path, family=FAMILY).lexicon)
    [meant] = understander.understand(sentence).intents
    assert (meant.intent, meant.slots, set(meant.targets)) == (intent, slots, targets)


def test_what_was_understood_before_still_is(tmp_path: Path) -> None:
    known = _load(tmp_path, family=FAMILY).lexicon
    for sentence in ("거실 에어컨 26도로 맞춰 줘", "불 끄고 에어컨 켜 줘", "라면 타이머 4분"):
        with_sentences = Understander(FLAT, known=known).understand(sentence, "living").intents
        assert with_sentences == Understander(FLAT).understand(sentence, "living").intents


@pytest.mark.parametrize("sentence", ["나 나간다고 했잖아", "독서 시간 끝", "도어락 아늑한 느낌으로", "나 안 나간다"])
def test_nothing_more_is_understood_than_what_is_written(tmp_path: Path, sentence: str) -> None:
    assert Understander(FLAT, known=_load(tmp_path, family=FAMILY).lexicon).understand(sentence).refused


def test_sentences_are_listened_for_as_well(tmp_path: Path) -> None:
    known = _load(tmp_path, family=FAMILY).lexicon
    added = {label for _, _, label in spoken_grammar(FLAT, known).arcs} - {
        label for _, _, label in spoken_grammar(FLAT).arcs
    }
    assert {"나갈게", "시간이야", "느낌으로"} <= added


def test_how_many_were_read_is_told_for_each_file(tmp_path: Path) -> None:
    loaded = _load(
        tmp_path, a=FAMILY, b="language: ko\n", c='intents: {HassNevermind: {data: [{sentences: ["관둬"]}]}}\n'
    )
    assert list(report(loaded, "en")) == [
        "a.yaml: 5 sentences read",
        "b.yaml: 0 sentences read",
        "c.yaml: 1 sentences read",
    ]


SAME_NAMES = """\
intents: {{HassNevermind: {{data: [{{sentences: ["<그만> {{who}}"]}}]}}}}
expansion_rules: {{그만: {rule}}}
lists: {{who: {{values: [{who}]}}}}
"""


def test_two_files_do_not_share_their_lists_and_rules(tmp_path: Path) -> None:
    files = {"a": SAME_NAMES.format(rule="관둘래", who="지우"), "b": SAME_NAMES.format(rule="집어치울래", who="서준")}
    understander = Understander(FLAT, known=_load(tmp_path, **files).lexicon)
    assert understander.understand("관둘래 지우").intents
    assert not understander.understand("관둘래 서준").intents


def test_no_folder_adds_nothing() -> None:
    assert load_sentences(None, lexicon()).lexicon is lexicon()


def test_a_device_that_the_home_lacks_is_not_acted_on_and_told_with_its_line(tmp_path: Path) -> None:
    content = (
        "intents:\n  HassTurnOn:\n    data:\n      - sentences: [게임하자]\n        slots: {name: 게임기, area: 거실}\n"
    )
    loaded = _load(tmp_path, a=content)
    assert Understander(FLAT, known=loaded.lexicon).understand("게임하자").refused
    assert [(fault.file.name, fault.line, "게임기" in fault.what) for fault in unknown_names(loaded, FLAT)] == [
        ("a.yaml", 5, True)
    ]


@pytest.mark.parametrize(
    ("content", "line", "about"),
    [
        ("language: ko\nintents:\n  HassTurnOf:\n    data: []\n", 3, "HassTurnOff"),
        ("intents:\n  HassTurnOn:\n    data:\n      - sentences:\n          - 불 (켜\n", 5, "불 (켜"),
        (
            "intents:\n  HassTurnOn:\n    data:\n      - sentences:\n          - 켜자\n          - '{nam} 켜자'\n",
            6,
            "name",
        ),
        ("intents:\n  HassTurnOn:\n    data:\n      - sentences:\n          - <없는> 켜자\n", 5, "<없는>"),
        ("intents:\n  HassTurnOn:\n    data:\n      - sentence: [켜자]\n", 4, "sentences"),
        ("language: en\n", 1, "ko"),
        ("expansion_rules:\n  ㄱ: '<ㄴ>'\n  ㄴ: '<ㄱ>'\n", 2, "<ㄱ>"),
        ("intents: [1]\n", 1, "intents"),
        (f"intents:\n  HassTurnOn:\n    data:\n      - sentences:\n          - {'가' * 501}\n", 5, "500"),
        (f"expansion_rules:\n  가:\n    {'가' * 501}\n", 2, "500"),
    ],
)
def test_a_fault_is_told_with_its_file_and_line(tmp_path: Path, content: str, line: int, about: str) -> None:
    faults = _faults(tmp_path, content)
    assert any(f"bad.yaml:{line}:" in fault and about in fault for fault in faults), faults


def test_every_fault_of_every_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as raised:
        _load(tmp_path, a="intents: {Nothing: {data: []}}\n", b="what: 1\n", c=FAMILY)
    assert {fault.file.name for fault in raised.value.faults} == {"a.yaml", "b.yaml"}
