"""Sums, percentages and units: exact, or said to be about so much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, localcontext
from fractions import Fraction
from math import isfinite
from typing import Final

from devices.genie.arithmetic import LONGEST, Result, SumError, Token, tokens_of, work_out
from devices.genie.skill import Handler, Skill
from devices.genie.units import UNITS, convert
from hub.korean.numerals import MYRIADS_END, in_myriads
from hub.messages import ErrorCode, Intent, Value
from hub.texts import Language

_OPERATORS: Final = frozenset({"plus", "minus", "times", "over", "power"})

_MOST_NUMBERS = 4
"""Numbers of a sum that is said."""

_DECIMALS = 4
"""Digits that are told after the point; of what is smaller than one, digits that mean something."""

_SCALES: Final = {"celsius": "fahrenheit", "fahrenheit": "celsius", "kelvin": "celsius"}
"""What a temperature is told in where nobody says."""

Slots = Mapping[str, Value]


class ReckonSkill(Skill):
    """The intent JipsaReckon. Its slots are those of one of these, docs/assistant.md tells more:

    * `expression`: a sum as it is written (3+5*2);
    * `number`, `operator` (plus, minus, times, over, power), `number_2`, `operator_2` …; or `number`, `operator`: root;
    * `number`, `percent`, perhaps `unit`, and `change` (discount, increase);
    * `number` of `unit` (with `part` of one more, or `number_2` of `unit_2`), told in `to_unit`.
    """

    def handlers(self) -> Mapping[str, Handler]:
        """Intent → handler."""
        return {"JipsaReckon": self.reckon}

    async def reckon(self, intent: Intent) -> str:
        """The result; raises CommandError where there is none."""
        slots = {name: value for name, value in intent.slots.items() if value is not None}
        try:
            if "expression" in slots:
                return self.text("sum_alone", result=self._told(work_out(_written(slots["expression"]))))
            if "percent" in slots:
                return self._percent(slots)
            if "to_unit" in slots or "unit" in slots:
                return self._converted(slots)
            return self._sum(slots)
        except SumError as error:
            raise self.error(ErrorCode.BAD_PAYLOAD, str(error)) from None

    def _sum(self, slots: Slots) -> str:
        tokens = list(_said(slots))
        words = [self._told(Result(item)) if isinstance(item, Fraction) else self.text(f"sum-{item}") for item in tokens]
        result = work_out(tokens)
        key = "sum_power" if "power" in tokens else "sum_told"
        return self.text(key, sum=" ".join(words), result=self._told(result))

    def _percent(self, slots: Slots) -> str:
        if "number" not in slots:
            raise SumError("no_amount")
        amount, percent, change = _number(slots["number"]), _number(slots["percent"]), slots.get("change", "part")
        factors = {"part": percent / 100, "discount": 1 - percent / 100, "increase": 1 + percent / 100}
        if not isinstance(change, str) or change not in factors:
            raise SumError("no_sum")
        told = [self._measured(Result(value), slots.get("unit")) for value in (amount, amount * factors[change])]
        return self.text(f"percent-{change}", amount=told[0], percent=self._told(Result(percent)), result=told[1])

    def _converted(self, slots: Slots) -> str:
        to = slots.get("to_unit") or _other(slots.get("unit"), "celsius")
        unit = slots.get("unit") or _other(to, None)
        into = _unit(to)
        parts = [(_number(slots.get("number")) + _number(slots.get("part", 0)), unit)]
        if "number_2" in slots:
            parts.append((_number(slots["number_2"]), slots.get("unit_2")))
        said = " ".join(self._measured(Result(amount), name) for amount, name in parts)
        if any(_unit(name).kind != into.kind for _, name in parts):
            raise self.error(ErrorCode.BAD_PAYLOAD, "no_conversion", amount=said, unit=self.text(f"unit-{to}"))
        total = sum((convert(amount, _unit(name), into) for amount, name in parts), Fraction(0))
        return self.text("sum_told", sum=said, result=self._measured(Result(total), to))

    def _measured(self, result: Result, unit: Value) -> str:
        """A number of a unit: `3마일`, `섭씨 20도`; without one, the number."""
        number = self._told(result)
        return number if unit is None else self.text(f"amount-{unit}", number=number) if unit in _SCALES else number + (
            self.text(f"unit-{unit}")
        )

    def _told(self, result: Result) -> str:
        """A number as it is said, with 약 before what is rounded."""
        number, exact = _rounded(result.value)
        key = "number" if exact and result.exact else "number_about"
        return self.text(key, number=say_number(number, self.desk.language))


def say_number(number: Decimal, language: Language) -> str:
    """A number in digits: `1억 2345만 6789.5`, `123,456,789.5`; one without a name as a power of ten."""
    raise NotImplementedError
