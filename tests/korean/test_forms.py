"""The forms in which a household says its verbs: requests, refusals, questions, and what leads on."""

from itertools import product

import pytest
from korean.household import ADJECTIVES, ENDINGS, HOUSEHOLD

from hub.korean.endings import (
    COPULA,
    INDIRECT_COPULA,
    SPOKEN_COPULA,
)
from hub.korean.forms import (
    ASKING_TAILS,
    CONNECTIVE_TAILS,
    COPULAR,
    DESCRIBING_TAILS,
    INDIRECT_DESCRIBING_TAILS,
    INDIRECT_TAILS,
    REQUEST_TAILS,
    STATE_TAILS,
    asking_bases,
    connective_forms,
    feeling_forms,
    forms,
    negative_forms,
    question_forms,
    request_bases,
    request_forms,
    spoken_asking_forms,
    spoken_request_forms,
    state_forms,
)
from hub.korean.jamo import is_syllable
from hub.korean.verbs import Verb, bases, with_endings

OPPOSITES = [
    ("켜다", "끄다"), ("열다", "닫다"), ("올리다", "내리다"), ("높이다", "낮추다"), ("키우다", "줄이다"),
    ("틀다", "끄다"), ("잠그다", "열다"), ("시작하다", "정지하다"), ("재생하다", "멈추다"), ("예약하다", "취소하다"),
    ("걷다", "치다"), ("늘리다", "줄이다"), ("켜다", "꺼지다"), ("끄다", "켜지다"),
]  # fmt: skip
PASSIVES = [
    ("켜다", "켜지다"),
    ("끄다", "꺼지다"),
    ("열다", "열리다"),
    ("닫다", "닫히다"),
    ("잠그다", "잠기다"),
    ("돌리다", "돌아가다"),
]


REQUESTED = {
    "끄다":
        "꺼 꺼라 끄자 끌래 끄지 꺼봐 꺼줘 꺼줄래 꺼줄수있어 꺼주라 꺼다오 꺼요 꺼줘요 꺼주세요 꺼주실래요 "
        "꺼주시겠어요 꺼줄래요 끄세요 꺼주실수있어요 꺼주실수있나요 끄십시오 꺼주십시오 꺼주시기바랍니다 "
        "꺼주시겠습니까 끄거라 끄도록 끄도록해 끄도록해줘 껐으면좋겠어 끄고싶어 꺼야지 꺼야겠다 꺼야해 "
        "꺼주면좋겠어 꺼주면돼 꺼줬으면해 꺼줘부탁해 꺼부탁해 꺼놔 꺼둬 꺼버려 꺼둬줘 끄기 끕시다 끄시죠 "
        "꺼줬음좋겠어",
    "켜다":
        "켜 켜라 켜자 켤래 켜줘 켜줄래 켜요 켜주세요 켜세요 켜십시오 켜놔 켜둬 켰으면좋겠어 켜고싶어 켜봐 켭시다",
    "열다":
        "열어 열어라 열자 열래 열어줘 여세요 여십시오 엽시다 열었으면좋겠어 열어놔 열어둬 여시죠 열라고 "
        "여시기바랍니다",
    "닫다":
        "닫아 닫아라 닫자 닫을래 닫아줘 닫으세요 닫으십시오 닫읍시다 닫았으면좋겠어 닫아놔 닫으시죠 닫으라고",
    "듣다":
        "들어 들어줘 들을래 들으세요 듣자 듣고싶어",
    "낮추다":
        "낮춰 낮추어 낮춰줘 낮추어줘 낮추세요 낮춰주세요 낮췄으면좋겠어 낮추자",
    "잠그다":
        "잠가 잠가줘 잠그세요 잠가라 잠갔으면좋겠어",
    "시작하다":
        "시작 시작해 시작하자 시작해줘 시작시켜줘 시작좀 시작좀해줘 시작을해줘 시작부탁해 시작하세요 "
        "시작하십시오 시작합시다 시작하여주세요",
    "알려주다":
        "알려줘 알려줘요 알려주세요 알려줄래 알려주실래요 알려주시겠어요 알려줄수있어 알려주십시오 알려달라고 "
        "알려다오 알려줬으면좋겠어 알려줘봐",
}  # fmt: skip


@pytest.mark.parametrize("word", REQUESTED)
def test_people_ask_in_all_these_forms(word):
    assert set(REQUESTED[word].split()) <= set(request_forms(Verb.of(word)))


@pytest.mark.parametrize(
    ("word", "wrong"),
    [
        ("켜다", "켜아 켜어 켜어줘 켜아줘 켰 켜었으면좋겠어 켜으세요 켤게"),
        ("끄다", "끄어 끄어줘 끄아 꺼세요 꺼자 끄줘 끌게 끄라줘 껐어"),
        ("열다", "열으세요 열세요 열을래 열아 열십시오 열읍시다"), ("닫다", "닫어 닫세요 달아 닫래 닫시죠 닫십시오"),
        ("낮추다", "낮추아 낮처 낮추줘"), ("잠그다", "잠거 잠궈 잠그어 잠구세요"),
        ("시작하다", "시작하아 시작하어 시작하줘 시작하으세요"), ("듣다", "듣어 듣으세요 듣어줘"),
        ("고르다", "고르어 고라 골러"), ("알려주다", "알려줘줘 알려줘주세요 알려주어주세요 알려줘달라고"),
        ("돌리다", "돌리어 돌려아"), ("말하다", "말 말좀"),
    ],
)  # fmt: skip
def test_wrong_forms_are_absent(word, wrong):
    assert not set(wrong.split()) & set(request_forms(Verb.of(word)))


@pytest.mark.parametrize("word", HOUSEHOLD)
def test_every_form_is_hangul_without_spaces_and_listed_once(word):
    verb = Verb.of(word)
    kinds = (
        request_forms, spoken_request_forms, connective_forms, negative_forms, question_forms, state_forms,
        spoken_asking_forms, feeling_forms,
    )  # fmt: skip
    for kind in kinds:
        every = kind(verb)
        assert len(every) == len(set(every)) > 0
        assert all(is_syllable(ch) for form in every for ch in form)


@pytest.mark.parametrize("word", HOUSEHOLD)
def test_spoken_requests_are_a_small_part_of_the_requests(word):
    spoken = spoken_request_forms(Verb.of(word))
    assert set(spoken) <= set(request_forms(Verb.of(word)))
    assert len(spoken) <= 30


@pytest.mark.parametrize("word", HOUSEHOLD)
def test_no_refusal_question_or_connective_is_a_request(word):
    verb = Verb.of(word)
    requests = set(request_forms(verb))
    assert not requests & set(negative_forms(verb))
    assert not requests & set(question_forms(verb))
    assert not requests & set(connective_forms(verb))


@pytest.mark.parametrize(("one", "other"), OPPOSITES)
def test_opposite_acts_share_no_form(one, other):
    kinds = (request_forms, negative_forms, question_forms, connective_forms)
    for first, second in product(kinds, repeat=2):
        assert not set(first(Verb.of(one))) & set(second(Verb.of(other)))


@pytest.mark.parametrize(("active", "passive"), PASSIVES)
def test_asking_for_the_state_is_no_request(active, passive):
    states = set(state_forms(Verb.of(passive)))
    assert not states & set(request_forms(Verb.of(active)))
    assert not states & set(request_forms(Verb.of(passive)))


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("켜지다", "켜져있어 켜졌어 켜져있니 켜졌는지알려줘"), ("꺼지다", "꺼져있어 꺼졌어"),
        ("열리다", "열려있어 열렸니"), ("닫히다", "닫혀있어 닫혔어"), ("잠기다", "잠겨있나요 잠겼어"),
        ("돌아가다", "돌아가고있어"),
    ],
)  # fmt: skip
def test_state_forms(word, expected):
    assert set(expected.split()) <= set(state_forms(Verb.of(word)))


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("끄다", "끄지마 끄지말아줘 끄지말고 안꺼도돼 꺼지마 끄면안돼 안끄고 끄지마세요 끄지말아주세요 끌필요없어"),
        ("열다", "열지마 열지말아줘 안열어도돼 열면안돼 열필요없어"), ("닫다", "닫지마 닫으면안돼 닫을필요없어"),
        ("시작하다", "시작하지마 시작안해도돼 안시작해도돼 시작좀하지마 시작을하지마세요 시작말고"),
    ],
)  # fmt: skip
def test_negative_forms(word, expected):
    assert set(expected.split()) <= set(negative_forms(Verb.of(word)))


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("끄다", "껐어 껐니 끄니 끌까 꺼도돼 끄고있어"),
        ("켜다", "켰니 켰어 켤까요"),
        ("열다", "열었어 여니 열까"),
        ("닫다", "닫았어 닫을까"),
    ],
)
def test_question_forms(word, expected):
    assert set(expected.split()) <= set(question_forms(Verb.of(word)))


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("끄다", "끄고 끈다음에 끄고나서 꺼서 껐다가 꺼주고"),
        ("켜다", "켜고 켜서 켠다음에"),
        ("열다", "열고 연뒤에 열어서"),
        ("닫다", "닫고 닫은다음에"),
    ],
)
def test_connective_forms(word, expected):
    assert set(expected.split()) <= set(connective_forms(Verb.of(word)))


@pytest.mark.parametrize("word", HOUSEHOLD)
def test_a_request_is_a_base_and_a_tail(word):
    verb = Verb.of(word)
    made = forms(request_bases(verb), REQUEST_TAILS)
    assert made == request_forms(verb)
    assert set(made) >= {form for ending in ENDINGS["requests"] for form in with_endings(verb, ending)}


def test_forms_are_listed_once_in_the_order_of_the_tails():
    assert forms({"": ["끄"], "(으)": ["끄"]}, (("(으)", "면"), ("", "고"), ("", "면"), ("아/어", "줘"))) == [
        "끄면",
        "끄고",
    ]


def test_the_noun_of_a_hada_verb_asks_alone_and_apart():
    found = request_bases(Verb.of("청소하다"))
    assert found["noun"] == ["청소"]
    assert {"청소해", "청소를해", "청소좀해", "청소한번해", "청소시켜"} <= set(found["아/어"])
    assert {"청소하", "청소를하", "청소좀하", "청소시키"} <= set(found[""])
    requests = set(request_forms(Verb.of("청소하다")))
    assert {"청소", "청소좀", "청소부탁해", "청소를해줘", "청소한번해주세요", "청소시켜줘"} <= requests
    assert not requests & {"청소를", "청소시켜를", "청소좀좀"}
    assert "noun" not in request_bases(Verb.of("말하다"))
    assert "noun" not in request_bases(Verb.of("켜다"))


def test_only_a_verb_that_does_not_give_takes_an_auxiliary():
    assert request_bases(Verb.of("낮추다"))["아/어-"] == ["낮춰"]
    assert {"낮춰둬", "낮춰놔줘", "낮춰버려"} <= set(request_forms(Verb.of("낮추다")))
    assert "아/어-" not in request_bases(Verb.of("알려주다"))
    assert not {"알려줘둬", "알려줘놔"} & set(request_forms(Verb.of("알려주다")))


def test_the_bases_of_requests_leave_those_of_the_verb_as_they_are():
    verb = Verb.of("시작하다")
    before = bases(verb)
    request_bases(verb)
    assert bases(verb) == before


def test_ida_joins_its_noun_as_it_is():
    assert asking_bases(Verb.of("이다")) == {COPULAR: [""]}
    assert asking_bases(Verb.of("되다")) == bases(Verb.of("되다"))
    assert set(COPULA) == set(forms(asking_bases(Verb.of("이다")), ASKING_TAILS))
    assert set(INDIRECT_COPULA) == set(forms(asking_bases(Verb.of("이다")), INDIRECT_TAILS))


@pytest.mark.parametrize(
    ("word", "expected", "wrong"),
    [
        ("되다", "돼 됐어 됐니 되나요 될까 됩니까 됐을까 되는거야 되려나 되고있어", "됬어 되어어"),
        ("끝나다", "끝나 끝났어 끝났나요 끝나는건가 끝났습니까 끝날까요", "끝나았어 끝난가"),
        ("오다", "와 오니 올까 올것같아 왔어 옵니까 오려나", "오아 오았어"),
        ("남다", "남아 남았어 남았나 남았습니까 남습니까 남을까", "남어 남았아"),
        ("듣다", "들어 듣니 듣고있어 들었어", "듣어 듣었어"),
    ],
)
def test_people_ask_with_a_verb_in_all_these_forms(word, expected, wrong):
    asked = set(forms(asking_bases(Verb.of(word)), ASKING_TAILS))
    assert set(expected.split()) <= asked
    assert not set(wrong.split()) & asked


@pytest.mark.parametrize(
    ("word", "expected", "wrong"),
    [
        ("어떻다", "어때 어때요 어떤가 어떤가요 어떠니 어떻습니까 어떨까 어떤데", "어떻어 어떻은가"),
        ("춥다", "추워 추우니 추운가요 춥니 추울까 춥습니까 추운편이야", "춥어 춥은가 추으니"),
        ("높다", "높아 높은가 높니 높습니까 높은편인가요", "높어 높는가요니"),
        ("괜찮다", "괜찮아 괜찮은가요 괜찮니", "괜찮어 괜찬아"),
        ("나쁘다", "나빠 나쁜가 나쁘니 나쁩니까", "나뻐 나쁘은가"),
    ],
)
def test_people_ask_with_an_adjective_in_all_these_forms(word, expected, wrong):
    asked = set(forms(asking_bases(Verb.of(word)), DESCRIBING_TAILS))
    assert set(expected.split()) <= asked
    assert not set(wrong.split()) & asked


@pytest.mark.parametrize(
    ("tails", "word", "expected"),
    [
        (INDIRECT_TAILS, "되다", "되는지 됐는지 될지 됐나"),
        (INDIRECT_TAILS, "켜지다", "켜져있는지 켜졌는지 켜져있나"),
        (INDIRECT_TAILS, "돌아가다", "돌아가고있는지 돌아가는지"),
        (INDIRECT_DESCRIBING_TAILS, "어떻다", "어떤지 어땠는지 어떨지"),
        (INDIRECT_DESCRIBING_TAILS, "춥다", "추운지 추웠는지 추울지"),
    ],
)
def test_people_ask_indirectly_in_all_these_forms(tails, word, expected):
    assert set(expected.split()) <= set(forms(bases(Verb.of(word)), tails))


@pytest.mark.parametrize(
    ("word", "describes", "expected"),
    [
        ("되다", False, "돼 됐어 됐니 됐나요 되나"),
        ("끝나다", False, "끝나 끝났어 끝나니 끝났지"),
        ("남다", False, "남았어 남았나요 남니"),
        ("어떻다", True, "어때 어때요 어떤가요 어떻습니까 어떠니 어떨까"),
        ("춥다", True, "추워 추운가 추우니 춥습니까"),
        ("이다", False, "이야 야 예요 인가요 니 입니까"),
    ],
)
def test_the_commonest_questions_are_listened_for(word, describes, expected):
    assert set(expected.split()) <= set(spoken_asking_forms(Verb.of(word), describes=describes))


@pytest.mark.parametrize("word", [*HOUSEHOLD, *ADJECTIVES, "되다", "끝나다", "남다", "이다"])
def test_spoken_questions_are_a_small_part_of_the_questions(word):
    verb = Verb.of(word)
    for describes, tails in ((False, ASKING_TAILS), (True, DESCRIBING_TAILS)):
        spoken = spoken_asking_forms(verb, describes=describes)
        assert len(spoken) == len(set(spoken))
        assert set(spoken) < set(forms(asking_bases(verb), tails))
        assert len(spoken) <= 30
    assert set(SPOKEN_COPULA) < set(COPULA)


@pytest.mark.parametrize("word", HOUSEHOLD)
def test_tails_make_the_forms_that_are_listed(word):
    verb = Verb.of(word)
    assert forms(bases(verb), CONNECTIVE_TAILS) == connective_forms(verb)
    assert forms(bases(verb), STATE_TAILS) == state_forms(verb)


@pytest.mark.parametrize(
    ("word", "expected", "wrong"),
    [
        ("춥다", "추워 추워요 춥네 춥다 추운데 추워죽겠다 추워서 춥잖아 추우니깐 추운것같아", "춥어 추으니 춥은데"),
        ("덥다", "더워 덥네요 더워죽겠어 더운거같아 덥구나", "덥어 더웁네"),
        ("어둡다", "어두워 어둡네 어두운데 어두워서", "어둡어"),
        ("눈부시다", "눈부셔 눈부시네 눈부신데 눈부셔서", "눈부서 눈부사"),
        ("건조하다", "건조해 건조하네 건조한것같아 건조해서", "건조하아"),
        ("시끄럽다", "시끄러워 시끄럽다 시끄러운데", "시끄럽어"),
        ("배고프다", "배고파 배고프네 배고픈데", "배고퍼"),
    ],
)
def test_how_people_say_that_they_feel_so(word, expected, wrong):
    felt = set(feeling_forms(Verb.of(word)))
    assert set(expected.split()) <= felt
    assert not set(wrong.split()) & felt


@pytest.mark.parametrize("word", ADJECTIVES)
def test_every_form_of_an_adjective_is_hangul_without_spaces_and_listed_once(word):
    adjective = Verb.of(word)
    for every in (feeling_forms(adjective), forms(bases(adjective), DESCRIBING_TAILS)):
        assert len(every) == len(set(every)) > 0
        assert all(is_syllable(ch) for form in every for ch in form)
