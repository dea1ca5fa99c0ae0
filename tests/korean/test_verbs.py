"""Verbs conjugated by rule, regular and irregular."""

import pytest
from korean.household import ADJECTIVES, ENDINGS, HOUSEHOLD

from hub.korean.endings import (
    ASKS,
    ASKS_OF_ADJECTIVES,
    CONNECTIVES,
    COPULA,
    FEELINGS,
    INDIRECT,
    INDIRECT_COPULA,
    INDIRECT_OF_ADJECTIVES,
    NEGATIVES,
    NEGATIVES_AFTER_AN,
    QUESTIONS,
    REQUESTS,
    SPOKEN,
    SPOKEN_ASKS,
    SPOKEN_ASKS_OF_ADJECTIVES,
    SPOKEN_COPULA,
    STATES,
)
from hub.korean.verbs import Verb, adverb, bases, infinitive, infinitives, joint, with_ending, with_endings


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("켜다", ["켜"]), ("끄다", ["꺼"]), ("가다", ["가"]), ("서다", ["서"]), ("오다", ["와"]),
        ("가져오다", ["가져와"]), ("보다", ["봐", "보아"]), ("주다", ["줘", "주어"]), ("두다", ["둬", "두어"]),
        ("낮추다", ["낮춰", "낮추어"]), ("맞추다", ["맞춰", "맞추어"]), ("바꾸다", ["바꿔", "바꾸어"]),
        ("세우다", ["세워"]), ("키우다", ["키워"]), ("내리다", ["내려"]), ("올리다", ["올려"]), ("줄이다", ["줄여"]),
        ("높이다", ["높여"]), ("보내다", ["보내", "보내어"]), ("세다", ["세", "세어"]), ("되다", ["돼", "되어"]),
        ("쉬다", ["쉬어"]), ("띄다", ["띄어"]), ("열다", ["열어"]), ("닫다", ["닫아"]), ("틀다", ["틀어"]),
        ("걸다", ["걸어"]), ("놓다", ["놔", "놓아"]), ("내려놓다", ["내려놔", "내려놓아"]), ("넣다", ["넣어"]),
        ("없다", ["없어"]), ("밝다", ["밝아"]), ("얇다", ["얇아"]), ("잡다", ["잡아"]), ("뒤집다", ["뒤집어"]),
        ("잠그다", ["잠가"]), ("모으다", ["모아"]), ("쓰다", ["써"]), ("따르다", ["따라"]), ("바쁘다", ["바빠"]),
        ("예쁘다", ["예뻐"]), ("고르다", ["골라"]), ("부르다", ["불러"]), ("누르다", ["눌러"]), ("흐르다", ["흘러"]),
        ("빠르다", ["빨라"]), ("푸르다", ["푸르러"]), ("춥다", ["추워"]), ("덥다", ["더워"]), ("어둡다", ["어두워"]),
        ("시끄럽다", ["시끄러워"]), ("돕다", ["도와"]), ("눕다", ["누워"]), ("가깝다", ["가까워"]), ("듣다", ["들어"]),
        ("싣다", ["실어"]), ("깨닫다", ["깨달아"]), ("걷다", ["걷어"]), ("짓다", ["지어"]), ("낫다", ["나아"]),
        ("젓다", ["저어"]), ("씻다", ["씻어"]), ("벗다", ["벗어"]), ("빨갛다", ["빨개"]), ("하얗다", ["하얘"]),
        ("그렇다", ["그래"]), ("어떻다", ["어때"]), ("좋다", ["좋아"]), ("퍼렇다", ["퍼레"]), ("허옇다", ["허예"]),
        ("시작하다", ["시작해", "시작하여"]), ("시원하다", ["시원해", "시원하여"]), ("푸다", ["퍼"]),
        ("이다", ["여", "이어"]), ("알려주다", ["알려줘", "알려주어"]),
    ],
)  # fmt: skip
def test_infinitives(word, expected):
    assert infinitives(Verb.of(word)) == expected
    assert infinitive(Verb.of(word)) == expected[0]


@pytest.mark.parametrize(
    ("word", "ending", "expected"),
    [
        ("끄다", "(으)세요", "끄세요"), ("닫다", "(으)세요", "닫으세요"), ("열다", "(으)세요", "여세요"),
        ("틀다", "(으)세요", "트세요"), ("듣다", "(으)세요", "들으세요"), ("짓다", "(으)세요", "지으세요"),
        ("눕다", "(으)세요", "누우세요"), ("시작하다", "(으)세요", "시작하세요"), ("끄다", "(으)ㄹ래", "끌래"),
        ("열다", "(으)ㄹ래", "열래"), ("닫다", "(으)ㄹ래", "닫을래"), ("듣다", "(으)ㄹ래", "들을래"),
        ("끄다", "(으)ㄴ뒤에", "끈뒤에"), ("열다", "(으)ㄴ뒤에", "연뒤에"), ("닫다", "(으)ㄴ뒤에", "닫은뒤에"),
        ("듣다", "(으)ㄴ뒤에", "들은뒤에"), ("열다", "(으)ㅂ시다", "엽시다"), ("닫다", "(으)ㅂ시다", "닫읍시다"),
        ("열다", "(으)면", "열면"), ("춥다", "(으)면", "추우면"), ("빨갛다", "(으)ㄴ", "빨간"),
        ("열다", "(으)십시오", "여십시오"), ("열다", "(으)라고", "열라고"), ("열다", "는중이야", "여는중이야"),
        ("열다", "니", "여니"), ("열다", "고", "열고"), ("열다", "지", "열지"), ("열다", "자", "열자"),
        ("열다", "도록", "열도록"), ("듣다", "고", "듣고"), ("춥다", "지", "춥지"), ("끄다", "았/었어", "껐어"),
        ("켜다", "았/었어", "켰어"), ("낮추다", "았/었어", "낮췄어"), ("열다", "았/었어", "열었어"),
        ("잠그다", "았/었니", "잠갔니"), ("시작하다", "았/었어", "시작했어"), ("고르다", "았/었어", "골랐어"),
        ("춥다", "았/었어", "추웠어"), ("놓다", "았/었어", "놨어"), ("오다", "았/었어", "왔어"),
        ("낮추다", "아/어주세요", "낮춰주세요"), ("보다", "아/어야해", "봐야해"), ("닫다", "아/어라", "닫아라"),
    ],
)  # fmt: skip
def test_endings_join_by_rule(word, ending, expected):
    assert with_ending(Verb.of(word), ending) == expected


def test_uncontracted_variants_come_after_the_everyday_form():
    assert with_endings(Verb.of("낮추다"), "았/었어") == ["낮췄어", "낮추었어"]
    assert with_endings(Verb.of("재생하다"), "아/어주세요") == ["재생해주세요", "재생하여주세요"]


def test_the_class_can_be_given_where_spelling_does_not_tell():
    assert infinitive(Verb.of("걷다", "ㄷ")) == "걸어"
    assert infinitive(Verb.of("묻다", "ㄷ")) == "물어"
    assert infinitive(Verb.of("굽다", "규칙")) == "굽어"


@pytest.mark.parametrize("word", ["", "다", "켜", "turn다", "켜줘"])
def test_only_dictionary_forms_make_verbs(word):
    with pytest.raises(ValueError, match="dictionary form"):
        Verb.of(word)


def test_an_unknown_class_is_refused():
    with pytest.raises(ValueError, match="conjugation class"):
        Verb.of("켜다", "ㅋ")


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("밝다", "밝게"),
        ("어둡다", "어둡게"),
        ("시원하다", "시원하게"),
        ("춥다", "춥게"),
        ("크다", "크게"),
        ("빨갛다", "빨갛게"),
        ("길다", "길게"),
    ],
)
def test_adverbs(word, expected):
    assert adverb(Verb.of(word)) == expected


def test_each_style_is_its_own():
    every = [ending for style in REQUESTS.values() for ending in style]
    assert len(every) == len(set(every))


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        ("아/어줘", ("아/어주", "줘")), ("아/어주세요", ("아/어주", "주세요")), ("아/어다오", ("아/어주", "다오")),
        ("아/어달라고", ("아/어주", "달라고")), ("아/어", ("아/어", "")), ("아/어놔", ("아/어", "놔")),
        ("았/었으면좋겠어", ("았/었", "으면좋겠어")), ("고", ("", "고")), ("지그래", ("", "지그래")),
        ("니", ("-", "니")), ("는거야", ("-", "는거야")), ("(으)면", ("(으)", "면")), ("(으)라고", ("(으)", "라고")),
        ("(으)세요", ("(으)-", "세요")), ("(으)니", ("(으)-", "니")), ("(으)ㄹ래", ("(으)ㄹ", "래")),
        ("(으)ㄴ다음에", ("(으)ㄴ", "다음에")), ("(으)ㅂ시다", ("(으)ㅂ", "시다")), ("(스)ㅂ니까", ("(스)ㅂ", "니까")),
    ],
)  # fmt: skip
def test_an_ending_is_joined_at_one_place(ending, expected):
    assert joint(ending) == expected


@pytest.mark.parametrize("kind", ENDINGS)
def test_every_ending_finds_its_joint_in_every_verb(kind):
    joints = {joint(ending)[0] for ending in ENDINGS[kind]}
    for word in (*HOUSEHOLD, *ADJECTIVES):
        assert joints <= bases(Verb.of(word)).keys()


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("켜다", "켜 켜 켰 켜 켜 켜 켜 켤 켠 켭 켭"),
        ("끄다", "꺼 꺼 껐 끄 끄 끄 끄 끌 끈 끕 끕"),
        ("열다", "열어 열어 열었 열 여 열 여 열 연 엽 엽"),
        ("닫다", "닫아 닫아 닫았 닫 닫 닫으 닫으 닫을 닫은 닫읍 닫습"),
        ("듣다", "들어 들어 들었 듣 듣 들으 들으 들을 들은 들읍 듣습"),
        ("춥다", "추워 추워 추웠 춥 춥 추우 추우 추울 추운 추웁 춥습"),
        ("낫다", "나아 나아 나았 낫 낫 나으 나으 나을 나은 나읍 낫습"),
        ("빨갛다", "빨개 빨개 빨갰 빨갛 빨갛 빨가 빨가 빨갈 빨간 빨갑 빨갛습"),
        ("고르다", "골라 골라 골랐 고르 고르 고르 고르 고를 고른 고릅 고릅"),
        ("알려주다", "알려줘 알려 알려줬 알려주 알려주 알려주 알려주 알려줄 알려준 알려줍 알려줍"),
    ],
)
def test_what_stands_before_an_ending(word, expected):
    order = ("아/어", "아/어주", "았/었", "", "-", "(으)", "(으)-", "(으)ㄹ", "(으)ㄴ", "(으)ㅂ", "(스)ㅂ")
    found = bases(Verb.of(word))
    assert found.keys() == set(order)
    assert {by: found[by][0] for by in order} == dict(zip(order, expected.split(), strict=True))


def test_an_ending_that_gives_is_not_given_twice():
    verb = Verb.of("알려주다")
    assert with_endings(verb, "아/어줄래") == ["알려줄래"]
    assert with_endings(verb, "아/어다오") == ["알려다오"]
    assert with_endings(verb, "아/어봐") == ["알려줘봐", "알려주어봐"]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("되다", "됩니까"), ("끝나다", "끝납니까"), ("열다", "엽니까"), ("길다", "깁니까"), ("남다", "남습니까"),
        ("춥다", "춥습니까"), ("어떻다", "어떻습니까"), ("듣다", "듣습니까"), ("있다", "있습니까"),
        ("낫다", "낫습니까"),
    ],
)  # fmt: skip
def test_the_polite_question_takes_a_syllable_after_a_consonant(word, expected):
    assert with_ending(Verb.of(word), "(스)ㅂ니까") == expected


TABLES = (
    SPOKEN, CONNECTIVES, NEGATIVES, NEGATIVES_AFTER_AN, QUESTIONS, STATES, ASKS, SPOKEN_ASKS, ASKS_OF_ADJECTIVES,
    SPOKEN_ASKS_OF_ADJECTIVES, INDIRECT, INDIRECT_OF_ADJECTIVES, INDIRECT_COPULA, COPULA, SPOKEN_COPULA, FEELINGS,
)  # fmt: skip


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table[0])
def test_no_ending_stands_twice_in_its_table(table):
    assert len(table) == len(set(table))
