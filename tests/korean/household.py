"""Verbs and endings of the household, for the tests of conjugation and of forms."""

from hub.korean.endings import (
    ASKS,
    ASKS_OF_ADJECTIVES,
    CONNECTIVES,
    FEELINGS,
    INDIRECT,
    INDIRECT_OF_ADJECTIVES,
    NEGATIVES,
    NEGATIVES_AFTER_AN,
    QUESTIONS,
    REQUESTS,
    SPOKEN,
    SPOKEN_ASKS,
    SPOKEN_ASKS_OF_ADJECTIVES,
    STATES,
)

HOUSEHOLD = [
    "켜다", "끄다", "열다", "닫다", "올리다", "내리다", "높이다", "낮추다", "줄이다", "키우다", "틀다", "돌리다",
    "멈추다", "세우다", "잠그다", "맞추다", "바꾸다", "보내다", "알리다", "알려주다", "듣다", "걷다", "치다", "걸다",
    "고르다", "부르다", "깨우다", "말하다", "시작하다", "정지하다", "재생하다", "취소하다", "설정하다", "청소하다",
    "예약하다", "늘리다", "보다", "놓다", "찾다", "넘기다", "젓다", "눕다",
]  # fmt: skip
ADJECTIVES = ["춥다", "덥다", "어둡다", "시끄럽다", "어떻다", "좋다", "높다", "시원하다", "눈부시다", "맑다", "길다"]
ENDINGS = {
    "requests": [ending for style in REQUESTS.values() for ending in style],
    "spoken requests": SPOKEN,
    "connectives": CONNECTIVES,
    "negatives": [*NEGATIVES, *NEGATIVES_AFTER_AN],
    "questions": QUESTIONS,
    "states": STATES,
    "asks": [*ASKS, *SPOKEN_ASKS],
    "asks of adjectives": [*ASKS_OF_ADJECTIVES, *SPOKEN_ASKS_OF_ADJECTIVES],
    "indirect": [*INDIRECT, *INDIRECT_OF_ADJECTIVES],
    "feelings": FEELINGS,
}
