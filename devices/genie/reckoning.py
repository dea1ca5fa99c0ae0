"""Sums, percentages and units: exact, or said to be about so much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import isfinite
from typing import Final

from devices.genie.arithmetic import Result, SumError, Token, tokens_of, work_out
from devices.genie.skill import Handler, Skill
from devices.genie.units import UNITS, Unit, convert
from hub.korean.numerals import MYRIADS_END, in_myriads
from hub.messages import ErrorCode, Intent
from hub.payloads import Value
from hub.texts import Language

Slots = Mapping[str, Value]

_OPERATORS: Final = frozenset({"plus", "minus", "times", "over"})
"""Those that a row of numbers may have between them."""

_CHANGES: Final = {"part": 0, "discount": -1, "increase": 1}
"""What is added to or taken off an amount, as a share of the percentage; a part is told by itself."""

_SCALES: Final = {"celsius": "fahrenheit", "fahrenheit": "celsius", "kelvin": "celsius"}
"""What a temperature is told in, or was meant in, where nobody says."""

MOST_NUMBERS = 4
"""Numbers of a sum that is said."""

LARGEST = 10**40
"""The largest number that is taken."""

DECIMALS = 4
"""Digits after the point that are told of what comes out even, and of all else one digit less than are told at all."""

SMALLEST = Fraction(1, 10**9)
"""What is smaller is told by its power of ten."""


class ReckonSkill(Skill):
    """The intent JipsaReckon, asked in one of these ways.

    `expression`, a sum as it is written; or `number`, `operator`, `number_2`, `operator_2` and so on (a root has one
    number); or `percent` of `number`, perhaps of a `unit`, with the `change` that it makes; or `number` of `unit`, with
    `part` of one more or `number_2` of `unit_2`, told in `to_unit`.
    """

    def handlers(self) -> Mapping[str, Handler]:
        """Intent → handler."""
        return {"JipsaReckon": self.reckon}

    async def reckon(self, intent: Intent) -> str:
        """The result; raises CommandError where there is none."""
        slots = intent.slots
        try:
            if "expression" in slots:
                return self.text("sum", result=self._told(work_out(_written(slots["expression"]))))
            if "percent" in slots:
                return self._percent(slots)
            if "unit" in slots or "to_unit" in slots:
                return self._converted(slots)
            return self._sum(list(_said(slots)))
        except SumError as error:
            raise self.error(ErrorCode.BAD_PAYLOAD, str(error)) from None

    def _sum(self, tokens: list[Token]) -> str:
        result = self._told(work_out(tokens))
        words = (self.text(f"sum-{token}") if isinstance(token, str) else self._told(Result(token)) for token in tokens)
        return self.text("sum_power" if "power" in tokens else "sum_of", sum="".join(words), result=result)

    def _percent(self, slots: Slots) -> str:
        percent, change, unit = _number(slots, "percent"), slots.get("change", "part"), slots.get("unit")
        if "number" not in slots:
            raise SumError("no_amount")
        if not isinstance(change, str) or change not in _CHANGES:
            raise SumError("no_sum")
        amount = _number(slots, "number")
        made = amount * percent / 100
        result = amount + _CHANGES[change] * made if _CHANGES[change] else made
        values = {"amount": self._measured(amount, unit), "percent": self._told(Result(percent))}
        return self.text(f"percent-{change}", result=self._measured(result, unit), **values)

    def _converted(self, slots: Slots) -> str:
        unit = slots.get("unit", _other_scale(slots.get("to_unit")))
        to_unit = slots.get("to_unit", _other_scale(unit))
        amounts = [(_number(slots, "number") + _number(slots, "part", 0), unit)]
        if "number_2" in slots:
            amounts.append((_number(slots, "number_2"), slots.get("unit_2")))
        said = " ".join(self._measured(amount, name) for amount, name in amounts)
        into = _unit(to_unit)
        if any(_unit(name).kind != into.kind for _, name in amounts):
            raise self.error(ErrorCode.BAD_PAYLOAD, "no_conversion", amount=said)
        result = sum((convert(amount, _unit(name), into) for amount, name in amounts), Fraction(0))
        return self.text("sum_of", sum=said, result=self._measured(result, to_unit))

    def _measured(self, amount: Fraction, unit: Value) -> str:
        told = self._told(Result(amount))
        if unit is None:
            return told
        _unit(unit)
        return self.text(f"unit-{unit}", number=told)

    def _told(self, result: Result) -> str:
        said, rounded = say_number(result.value, self.desk.language)
        return self.text("about", number=said) if rounded or not result.exact else said


def say_number(value: Fraction, language: Language) -> tuple[str, bool]:
    """A number as it is written for speech, and whether it was rounded: `1억 2345만 6789.5`, `123,456,789.5`."""
    if value and not SMALLEST <= abs(value) < MYRIADS_END:
        exponent = _exponent(value)
        mantissa = value / Fraction(10) ** exponent
        said, rounded = say_number(mantissa, language)
        return (f"{said} 곱하기 10의 {exponent}제곱" if language == "ko" else f"{said} × 10^{exponent}"), rounded
    even = (value * 10**DECIMALS).denominator == 1
    decimals = DECIMALS if even else max(0, DECIMALS - _exponent(value))
    whole, rest = divmod(round(abs(value) * 10**decimals), 10**decimals)
    fraction = f"{rest:0{decimals}}".rstrip("0") if decimals else ""
    said = in_myriads(whole) if language == "ko" else f"{whole:,}"
    if fraction:
        said += f".{fraction}" if said[-1].isdecimal() else f" 0.{fraction}"
    return ("-" if value < 0 else "") + said, not even


def _exponent(value: Fraction) -> int:
    """The power of ten of the first digit."""
    size = abs(value)
    exponent = len(str(size.numerator)) - len(str(size.denominator))
    return exponent if size >= Fraction(10) ** exponent else exponent - 1


def _written(expression: Value) -> list[Token]:
    if not isinstance(expression, str):
        raise SumError("no_sum")
    return tokens_of(expression)


def _said(slots: Slots) -> Iterator[Token]:
    """The numbers and operators of a sum, in their order."""
    if slots.get("operator") == "root":
        yield from ("root", _number(slots, "number"))
        return
    yield _number(slots, "number")
    if slots.get("operator") == "power":
        yield from ("power", _number(slots, "number_2"))
        return
    for at in range(2, MOST_NUMBERS + 1):
        name = "operator" if at == 2 else f"operator_{at - 1}"
        if at > 2 and name not in slots:
            return
        operator = slots.get(name)
        if not isinstance(operator, str) or operator not in _OPERATORS:
            raise SumError("no_sum")
        yield operator
        yield _number(slots, f"number_{at}")


def _number(slots: Slots, name: str, default: Value = None) -> Fraction:
    """A number as it was said: 0.1 is a tenth."""
    value = slots.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise SumError("no_sum")
    if abs(value) > LARGEST:
        raise SumError("too_large")
    return Fraction(str(value))


def _other_scale(scale: Value) -> str | None:
    return _SCALES.get(scale) if isinstance(scale, str) else None


def _unit(name: Value) -> Unit:
    if not isinstance(name, str) or name not in UNITS:
        raise SumError("no_sum")
    return UNITS[name]
