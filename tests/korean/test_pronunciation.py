import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.korean.pronunciation import _LEXICON, CODA_SOUND, pronounce

HANGUL = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), max_size=12)
MIXED = st.text(st.one_of(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), st.characters()), max_size=30)


def is_syllable(char: str) -> bool:
    return "가" <= char <= "힣"


# The examples of 표준 발음법 where it has one, and sentences said to a home.
STANDARD = {
    "article 5: vowels": (
        "가져:가저 쪄:쩌 다쳐:다처 희망:히망 띄어쓰기:띠어쓰기 무늬:무니 의자:의자 문의:무늬 예약:예약"
    ),
    "articles 8-9: final consonants": (
        "닦다:닥따 키읔:키윽 옷:옫 있다:읻따 젖:젇 빚다:빋따 꽃:꼳 솥:솓 앞:압 덮다:덥따 밖:박"
    ),
    "article 10: clusters": (
        "넋:넉 넋과:넉꽈 앉다:안따 여덟:여덜 넓다:널따 외곬:외골 핥다:할따 값:갑 없다:업따 여덟도:여덜도"
    ),
    "article 10: 밟, 넓": (
        "밟다:밥따 밟소:밥쏘 밟지:밥찌 밟는:밤는 밟게:밥께 밟고:밥꼬 넓죽하다:넙쭈카다 넓둥글다:넙뚱글다"
    ),
    "article 11: ㄺ ㄻ ㄿ": "닭:닥 흙과:흑꽈 맑다:막따 늙지:늑찌 삶:삼 젊다:점따 읊고:읍꼬 읊다:읍따",
    "article 11: ㄺ before ㄱ": "맑게:말께 묽고:물꼬 얽거나:얼꺼나 읽고:일꼬 밝기:발끼 닭고기:닥꼬기",
    "article 12: ㅎ and ㄱㄷㅈ": (
        "놓고:노코 좋다:조타 좋던:조턴 쌓지:싸치 많고:만코 않던:안턴 닳지:달치 않다:안타 싫다:실타"
    ),
    "article 12: stops and ㅎ": (
        "각하:가카 먹히다:머키다 밝히다:발키다 맏형:마텽 좁히다:조피다 넓히다:널피다 꽂히다:꼬치다 앉히다:안치다"
    ),
    "article 12: stops and ㅎ again": (
        "숱하다:수타다 시작해:시자캐 예약해줘:예야캐줘 못해:모태 밟히다:발피다 급하다:그파다"
    ),
    "article 12: ㅎ and ㅅ": "닿소:다쏘 많소:만쏘 싫소:실쏘",
    "article 12: ㅎ and ㄴ": "놓는:논는 쌓네:싼네 않네:안네 않는:안는 뚫네:뚤레 뚫는:뚤른",
    "article 12: ㅎ and vowels": "낳은:나은 놓아:노아 쌓이다:싸이다 많아:마나 않은:아는 닳아:다라 싫어도:시러도",
    "article 13: liaison": (
        "깎아:까까 옷이:오시 있어:이써 낮이:나지 꽂아:꼬자 꽃을:꼬츨 쫓아:쪼차 밭에:바테 앞으로:아프로 덮이다:더피다"
    ),
    "article 13: in sentences": (
        "거실에:거시레 남았어:나마써 안방에서:안방에서 방이:방이 며칠이야:며치리야 색으로:새그로 끝났어:끈나써"
    ),
    "article 14: clusters and vowels": (
        "넋이:넉씨 앉아:안자 닭을:달글 젊어:절머 곬이:골씨 핥아:할타 읊어:을퍼 값을:갑쓸 없어:업써 값이:갑씨"
    ),
    "article 17: palatalisation": (
        "굳이:구지 같이:가치 곧이듣다:고지듣따 미닫이:미다지 땀받이:땀바지 밭이:바치 벼훑이:벼훌치 굳히다:구치다"
    ),
    "article 17: in one syllable": "붙여:부처 닫혀:다처 묻혀:무처 닫히다:다치다",
    "article 18: nasals": (
        "먹는:멍는 국물:궁물 깎는:깡는 몫몫이:몽목씨 긁는:긍는 흙만:흥만 닫는:단는 짓는:진는 있는:인는 맞는:만는"
    ),
    "article 18: nasals again": (
        "쫓는:쫀는 붙는:분는 놓는:논는 잡는:잠는 밥물:밤물 앞마당:암마당 없는:엄는 십만:심만 백만:뱅만"
    ),
    "article 19: ㄹ turns ㄴ": (
        "담력:담녁 침략:침냑 강릉:강능 항로:항노 대통령:대통녕 막론:망논 백리:뱅니 협력:혐녁 십리:심니"
    ),
    "article 20: liquids": "난로:날로 신라:실라 천리:철리 칼날:칼랄 물난리:물랄리 실내:실래",
    "article 23: tensing": (
        "국밥:국빱 깎다:깍따 삯돈:삭똔 닭장:닥짱 칡범:칙뻠 옷고름:옫꼬름 있던:읻떤 꽂고:꼳꼬 "
        "밭갈이:받까리 값지다:갑찌다"
    ),
    "article 23: tensing at home": (
        "맞춰줘:맏춰줘 꺼줘:꺼줘 켜줘:켜줘 세탁기:세탁끼 밥솥:밥쏟 식기세척기:식끼세척끼 습도:습또 숫자:숟짜"
    ),
    "article 24-25: stems": "앉고:안꼬 얹다:언따 닮고:담꼬 젊지:점찌 넓게:널께 핥다:할따 훑소:훌쏘 떫지:떨찌",
    "article 26: Sino-Korean ㄹ": "갈등:갈뜽 절전:절쩐 설정:설쩡 일정:일쩡 칠십:칠씹 팔십:팔씹",
    "article 27: adnominal endings": "할게요:할께요 켤게요:켤께요 끌걸요:끌껄료 할수록:할쑤록 할거야:할꺼야",
    "article 29: numerals": (
        "십육:심뉵 이십육:이심뉵 백육십:뱅뉵씹 이십육도:이심뉵또 스물여섯:스물려섣 열여덟:열려덜 서른일곱:서른닐곱"
    ),
    "article 29: words": (
        "깻잎:깬닙 꽃잎이:꼰니피 나뭇잎:나문닙 물약:물략 서울역:서울력 오십:오십 오십일:오시빌 십이월:시비월"
    ),
    "exceptions that are words": "맛있어:마시써 온라인:온나인 불빛이:불삐치 문고리:문꼬리 아침밥:아침빱",
}
EXAMPLES = [pair.split(":") for line in STANDARD.values() for pair in line.split()]
LINKED = {
    "몇 시야": "멷 씨야",
    "거실 에어컨 켜줘": "거시 레어컨 켜줘",
    "이십육 도로 맞춰줘": "이심뉵 또로 맏춰줘",
    "오십 퍼센트로 해줘": "오십 퍼센트로 해줘",
    "옷 한 벌": "오 탄 벌",
    "낮 한때": "나 탄때",
    "밥 한 그릇": "바 판 그륻",
    "밭 아래": "바 다래",
    "값 있는": "가 빈는",
    "책 넣는다": "챙 넌는다",
    "옷 맞추다": "온 맏추다",
    "칠 년": "칠 련",
    "할 거예요": "할 꺼예요",
    "할 수 있어요": "할 쑤 이써요",
    "이십 육": "이심 뉵",
    "못, 해": "몯, 해",
}


@pytest.mark.parametrize(("written", "said"), EXAMPLES)
def test_words_sound_as_the_standard_says(written: str, said: str) -> None:
    assert pronounce(written) == said


@pytest.mark.parametrize(("written", "said"), LINKED.items())
def test_words_in_one_breath_act_on_each_other(written: str, said: str) -> None:
    assert pronounce(written, linked=True) == said


def test_words_on_their_own_do_not_act_on_each_other() -> None:
    assert pronounce("몇 시 옷 안 십 육") == "멷 시 옫 안 십 육"


@given(MIXED, st.booleans())
def test_every_text_has_a_pronunciation_of_the_same_length(text: str, linked: bool) -> None:
    said = pronounce(text, linked=linked)
    assert len(said) == len(text)
    for written, spoken in zip(text, said, strict=True):
        assert is_syllable(spoken) if is_syllable(written) else spoken == written


@given(HANGUL)
def test_only_the_seven_final_sounds_remain(text: str) -> None:
    for char in pronounce(text):
        assert (ord(char) - 0xAC00) % 28 in {0, 1, 4, 7, 8, 16, 17, 21}


@given(HANGUL, HANGUL)
def test_a_comma_keeps_breaths_apart(one: str, other: str) -> None:
    assert pronounce(f"{one}, {other}", linked=True) == f"{pronounce(one)}, {pronounce(other)}"


@given(st.text(alphabet="가나다라마바사아자차카타파하으로서에이", max_size=12))
def test_plain_syllables_sound_as_written(text: str) -> None:
    assert pronounce(text) == text


def test_words_of_the_lexicon_keep_their_length() -> None:
    assert all(len(written) == len(said) for written, said in _LEXICON.items())


def test_every_coda_has_one_of_the_seven_sounds() -> None:
    assert len(CODA_SOUND) == 28
    assert set(CODA_SOUND.values()) == {"", *"ㄱㄴㄷㄹㅁㅂㅇ"}
