import pytest

from hub.korean.josa import PAIRS, fill, josa, with_josa


@pytest.mark.parametrize(
    ("word", "pair", "expected"),
    [
        ("에어컨", "을/를", "에어컨을"), ("티비", "을/를", "티비를"), ("거실", "이/가", "거실이"),
        ("TV", "이/가", "TV가"), ("거실", "으로/로", "거실로"), ("안방", "으로/로", "안방으로"),
        ("부엌", "으로/로", "부엌으로"), ("서재", "으로/로", "서재로"), ("26도", "으로/로", "26도로"),
        ("3", "으로/로", "3으로"), ("7", "으로/로", "7로"), ("1", "으로/로", "1로"), ("50%", "으로/로", "50%로"),
        ("LG", "은/는", "LG는"), ("거실등", "과/와", "거실등과"), ("커튼", "이랑/랑", "커튼이랑"),
        ("지니", "아/야", "지니야"), ("집", "아/야", "집아"), ("26도", "이에요/예요", "26도예요"),
        ("거실", "이에요/예요", "거실이에요"), ("불", "이라/라", "불이라"), ("거실", "으로는/로는", "거실로는"),
        ("집", "으로부터/로부터", "집으로부터"), ("10", "이/가", "10이"), ("9", "이/가", "9가"),
    ],
)  # fmt: skip
def test_the_particle_follows_the_sound(word, pair, expected):
    assert with_josa(word, pair) == expected
    assert word + josa(word, pair) == expected


def test_every_pair_changes_with_the_sound():
    for pair in PAIRS:
        assert josa("집", pair) != josa("나무", pair)


def test_an_unknown_pair_is_refused_with_advice():
    with pytest.raises(ValueError, match="을/를"):
        josa("거실", "를/을")


def test_templates_choose_their_particles():
    assert fill("{device:을/를} 켰어요", device="에어컨") == "에어컨을 켰어요"
    assert fill("{device:을/를} {value:으로/로} 맞췄어요", device="TV 볼륨", value=7) == "TV 볼륨을 7로 맞췄어요"


def test_templates_are_otherwise_those_of_str_format():
    assert fill("{room} {value:.1f}도 {{}}", room="거실", value=26) == "거실 26.0도 {}"


def test_a_missing_value_is_an_error():
    with pytest.raises(KeyError):
        fill("{device:을/를} 켰어요")
