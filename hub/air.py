"""Fine dust by the grades that Korea tells it in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

GRADES: Final = ("good", "normal", "bad", "very_bad")
"""좋음, 보통, 나쁨, 매우 나쁨."""

BOUNDS: Final[Mapping[str, tuple[float, float, float]]] = {
    # micrograms in a cubic metre up to which the air is good, normal and bad (AirKorea, Ministry of Environment)
    "pm25": (15, 35, 75),
    "pm10": (30, 80, 150),
}

DUSTS: Final = tuple(BOUNDS)
"""What is graded, the finer first."""


def dust_grade(dust: str, micrograms: float) -> str:
    """The grade of that much `pm25` or `pm10` in a cubic metre."""
    return GRADES[sum(micrograms > bound for bound in BOUNDS[dust])]
