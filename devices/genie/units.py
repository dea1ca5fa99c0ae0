"""Units of measure, and how many of one are how many of another.

Sources: the international yard and pound of 1959 (inch 2.54 cm, pound 0.45359237 kg, both exact) and what follows from
them; NIST Handbook 44, appendix C (gallon of 231 cubic inches, barrel of 42 gallons, knot of 1852 m an hour); the
SI brochure; IEC 80000-13 (a kilobyte is 1000 bytes). Of old Korean measures: the tables of the National Institute of
Korean Language's standard dictionary, by which 1 자 is 10/33 m, so that 1 평 is 400/121 m² and 1 리 is 1296 자; 1 관 is
3.75 kg and 1 돈 a thousandth of it; 1 근 is 600 g (of meat; of vegetables it is 375 g or 400 g by the trade); 1 되 is
2401/1331 l. A cup is the 200 ml of Korean recipes.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final


@dataclass(frozen=True, slots=True)
class Unit:
    """What is measured; how much of the kind's first unit it is, and where it begins to count (0 °F is not 0 °C)."""

    kind: str
    size: Fraction
    start: Fraction = Fraction(0)


_SIZES: Final[dict[str, dict[str, str]]] = {
    "length": {
        "meter": "1", "millimeter": "0.001", "centimeter": "0.01", "kilometer": "1000", "inch": "0.0254",
        "foot": "0.3048", "yard": "0.9144", "mile": "1609.344", "nautical_mile": "1852", "ja": "10/33",
        "ri": "12960/33",
    },
    "area": {
        "square_meter": "1", "square_kilometer": "1000000", "hectare": "10000", "are": "100", "acre": "4046.8564224",
        "square_foot": "0.09290304", "pyeong": "400/121",
    },
    "mass": {
        "gram": "1", "milligram": "0.001", "kilogram": "1000", "ton": "1000000", "pound": "453.59237",
        "ounce": "28.349523125", "carat": "0.2", "geun": "600", "gwan": "3750", "nyang": "37.5", "don": "3.75",
    },
    "volume": {
        "liter": "1", "milliliter": "0.001", "cubic_meter": "1000", "cup": "0.2", "tablespoon": "0.015",
        "teaspoon": "0.005", "gallon": "3.785411784", "barrel": "158.987294928",
        "hop": "2401/13310", "doe": "2401/1331", "mal": "24010/1331",
    },
    "time": {
        "second": "1", "minute": "60", "hour": "3600", "day": "86400", "week": "604800",
    },
    "speed": {
        "meter_per_second": "1", "kilometer_per_hour": "5/18", "mile_per_hour": "0.44704", "knot": "463/900",
    },
    "data": {
        "byte": "1", "bit": "1/8", "kilobyte": "1000", "megabyte": "1000000", "gigabyte": "1000000000",
        "terabyte": "1000000000000",
    },
    # Money is only counted: nobody here knows the rates.
    "won": {"won": "1"},
    "dollar": {"dollar": "1"},
}  # fmt: skip

UNITS: Final[dict[str, Unit]] = {
    **{name: Unit(kind, Fraction(size)) for kind, sizes in _SIZES.items() for name, size in sizes.items()},
    "celsius": Unit("temperature", Fraction(1), Fraction("273.15")),
    "kelvin": Unit("temperature", Fraction(1)),
    "fahrenheit": Unit("temperature", Fraction(5, 9), Fraction("459.67") * Fraction(5, 9)),
}


def convert(amount: Fraction, unit: Unit, into: Unit) -> Fraction:
    """`amount` of one unit in another one of the same kind; below absolute zero as well, since nobody asks that."""
    return (amount * unit.size + unit.start - into.start) / into.size
