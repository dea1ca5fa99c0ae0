"""How Koreans read Latin letters, abbreviations, symbols and units aloud, as tables.

Keys are case-folded. The names follow the usual Korean loanword spelling (외래어 표기법) as heard in everyday speech.
"""

from __future__ import annotations

from typing import Final

LETTERS: Final[dict[str, str]] = {
    "a": "에이", "b": "비", "c": "시", "d": "디", "e": "이", "f": "에프", "g": "지", "h": "에이치", "i": "아이",
    "j": "제이", "k": "케이", "l": "엘", "m": "엠", "n": "엔", "o": "오", "p": "피", "q": "큐", "r": "알",
    "s": "에스", "t": "티", "u": "유", "v": "브이", "w": "더블유", "x": "엑스", "y": "와이", "z": "제트",
}  # fmt: skip

WORDS: Final[dict[str, str]] = {
    "tv": "티비", "iptv": "아이피티비", "lg": "엘지", "kt": "케이티", "skt": "에스케이티", "led": "엘이디",
    "wifi": "와이파이", "usb": "유에스비", "hdmi": "에이치디엠아이", "mp3": "엠피쓰리", "thinq": "씽큐",
    "netflix": "넷플릭스", "youtube": "유튜브", "disney": "디즈니", "google": "구글", "apple": "애플",
    "samsung": "삼성", "home": "홈", "assistant": "어시스턴트", "smart": "스마트", "genie": "지니", "giga": "기가",
    "bluetooth": "블루투스", "radio": "라디오", "news": "뉴스", "ok": "오케이", "eco": "에코", "auto": "오토",
    "turbo": "터보", "on": "온", "off": "오프", "am": "에이엠", "pm": "피엠", "fm": "에프엠", "pc": "피시",
    "cctv": "시시티비", "alexa": "알렉사", "siri": "시리", "mode": "모드", "music": "뮤직", "sound": "사운드",
    "bar": "바", "vol": "볼륨", "ch": "채널", "jipsa": "집사", "iot": "아이오티", "xbox": "엑스박스",
    "playstation": "플레이스테이션", "nintendo": "닌텐도", "switch": "스위치", "chromecast": "크롬캐스트",
    "homepod": "홈팟", "echo": "에코", "nest": "네스트", "hub": "허브", "hue": "휴", "philips": "필립스",
    "ikea": "이케아", "dyson": "다이슨", "coway": "코웨이", "winix": "위닉스", "cuckoo": "쿠쿠", "whisen": "휘센",
    "bespoke": "비스포크", "styler": "스타일러", "objet": "오브제", "xiaomi": "샤오미", "aqara": "아카라",
    "zigbee": "지그비", "matter": "매터", "sonos": "소노스", "bose": "보스", "sony": "소니", "light": "라이트",
    "lamp": "램프", "stand": "스탠드", "plug": "플러그", "fan": "팬", "air": "에어", "room": "룸", "kids": "키즈",
    "door": "도어", "cam": "캠", "speaker": "스피커", "monitor": "모니터", "tower": "타워", "mini": "미니",
    "pro": "프로", "max": "맥스", "plus": "플러스", "smarttv": "스마트티비",
}  # fmt: skip

# What is read in a second way as well, digits before or behind included: 4K TV is 사케이 and 포케이.
SECOND: Final[dict[str, str]] = {
    "oled": "올레드", "qled": "큐레드", "nas": "나스", "4k": "포케이", "8k": "에잇케이", "5g": "파이브지",
    "ps4": "플스포", "ps5": "플스파이브", "mp3": "엠피삼",
}  # fmt: skip

# One letter counts as it is written (5g, but 5G); longer units in any case.
UNITS: Final[dict[str, str]] = {
    "%": "퍼센트", "°": "도", "℃": "도", "°c": "도", "℉": "도", "°f": "도", "g": "그램", "kg": "킬로그램",
    "mg": "밀리그램", "m": "미터", "km": "킬로미터", "cm": "센티미터", "mm": "밀리미터", "l": "리터", "L": "리터",
    "ml": "밀리리터", "W": "와트", "kw": "킬로와트", "wh": "와트시", "kwh": "킬로와트시", "V": "볼트", "A": "암페어",
    "hz": "헤르츠", "khz": "킬로헤르츠", "mhz": "메가헤르츠", "ghz": "기가헤르츠", "kb": "킬로바이트",
    "mb": "메가바이트", "gb": "기가바이트", "tb": "테라바이트", "db": "데시벨", "ppm": "피피엠",
    "μg/m³": "마이크로그램", "㎍/㎥": "마이크로그램", "hpa": "헥토파스칼", "lx": "럭스",
}  # fmt: skip

SYMBOLS: Final[dict[str, str]] = {"+": "플러스", "&": "앤", "@": "골뱅이", "₩": "원", "$": "달러"}
_LONGEST_ABBREVIATION: Final = 5


def unit_name(unit: str) -> str | None:
    """How a unit after a number is read, or None when it is no unit."""
    return UNITS.get(unit if len(unit) == 1 else unit.casefold())


def word_name(word: str) -> str | None:
    """How a Latin word is read: as a known word, or letter by letter when it is one letter or a short abbreviation."""
    known = WORDS.get(word.casefold())
    if known or not (word.isascii() and word.isalpha()):
        return known
    abbreviation = len(word) == 1 or (word.isupper() and len(word) <= _LONGEST_ABBREVIATION)
    return "".join(LETTERS[letter] for letter in word.casefold()) if abbreviation else None
