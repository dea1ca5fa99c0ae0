"""Names that real homes have: written, read aloud, and in words of the recognizer's vocabulary."""

import pytest

from hub.butler.understanding import Understander
from hub.grammar.spoken import spoken_grammar
from hub.home import Device, Home, Room
from hub.korean.reading import readings, unreadable
from hub.speech.cuts import uncuttable
from hub.speech.model import find_model
from hub.speech.openfst import read_input_symbols

NAMES = """
TV; U+tv; LG 에어컨; 1번 콘센트; 2번 콘센트; WiFi 공유기; 에어컨2; 4K TV; OLED TV; PS5; Xbox; 다이슨 청소기; IoT 플러그;
AI 스피커;
USB 충전기; PC 모니터; NAS; LED 스탠드; 삼성 TV; QLED; 김치냉장고; 꽃무늬 스탠드; 닭장 전등; 읽기등;
앉은뱅이 의자등; 밝은 등;
맑음이; 놓는 조명; 싫어 등; 햇볕등; 밭이랑 조명; 굳이등; 붙박이장 조명; 쉼터등; 뾰족 지붕등; 쌍둥이방 불; 멍멍이집 히터;
냥이 급수기; 뽀로로 조명; 휘센 타워; Coway 정수기; 위닉스; 쿠쿠; 딤채; Bespoke; 오브제 컬렉션; 스타일러; 트롬;
꽃병등; 옥상 물탱크;
전기담요; 솜이불 건조기; 뿔테 조명; 값비싼 램프; 삯바느질 스탠드; 핥는 로봇
"""


@pytest.fixture(scope="module")
def vocabulary() -> dict[str, int]:
    return dict(read_input_symbols(find_model().path / "graph/Gr.fst"))


def home_with(name: str) -> Home:
    """A home with a switch of this name."""
    return Home(
        rooms=(Room(id="living", name="거실"),), devices=(Device(id="odd", name=name, type="switch", room="living"),)
    )


def listened_for(home: Home) -> set[str]:
    """Every word for which the recognizer listens in this home."""
    return {label for _, _, label in spoken_grammar(home).arcs if label}


@pytest.fixture(scope="module")
def everywhere(vocabulary: dict[str, int]) -> set[str]:
    """What is listened for whatever the name is; all of it can be heard."""
    labels = listened_for(home_with("스탠드"))
    assert uncuttable(labels, vocabulary) == []
    return labels


@pytest.mark.parametrize("name", [name.strip() for name in NAMES.split(";")])
def test_a_name_is_understood_and_heard_however_it_is_read(
    name: str, vocabulary: dict[str, int], everywhere: set[str]
) -> None:
    home = home_with(name)
    understander = Understander(home)
    assert unreadable(name) == []
    for written in (name, *readings(name)):
        understood = understander.understand(f"{written} 꺼줘", "living")
        assert [list(intent.targets) for intent in understood.intents] == [["odd"]], written
    labels = listened_for(home)
    for read in readings(name):
        assert set(read.split()[:-1]) <= labels
        assert any(label.startswith(read.split()[-1]) for label in labels)
    assert uncuttable(labels - everywhere, vocabulary) == []
