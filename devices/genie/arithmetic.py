"""Sums: exact fractions, worked out with the usual precedence, and bounded in size."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from math import isqrt
from typing import Final

Token = Fraction | str
"""A number, an operator (plus, minus, times, over, power, root), or a bracket."""

_PRECEDENCE: Final = {"plus": 1, "minus": 1, "times": 2, "over": 2, "power": 4}
_LOWEST, _SIGN = 1, 3
"""-2² is -4."""

_SIGNS: Final = {
    "+": "plus", "-": "minus", "−": "minus", "*": "times", "×": "times", "x": "times", "·": "times", "/": "over",
    "÷": "over", "^": "power", "**": "power", "√": "root", "(": "(", ")": ")",
}  # fmt: skip
_SPACE: Final = re.compile(r"[\s=?]+")
_NUMBER: Final = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?", re.ASCII)
_SIGN_OF: Final = re.compile("|".join(re.escape(sign) for sign in sorted(_SIGNS, key=len, reverse=True)))

LONGEST = 100
"""Characters of a sum that is read, and so its tokens."""

MOST_BITS = 8_192
"""Bits of the largest number that is worked with, above or below the line; some 2500 digits."""

_DIGITS = 40
"""Digits to which a root is taken that does not come out even."""


class SumError(ValueError):
    """A sum has no result; the text is the key of the sentence that says why."""


@dataclass(frozen=True, slots=True)
class Result:
    """A number, and whether it is exactly that one."""

    value: Fraction
    exact: bool = True


def tokens_of(text: str) -> list[Token]:
    """A sum as it is written (3+5*2, 1,000 ÷ 7); raises SumError for what is none.

    Brackets at the ends may be missing, since they are not heard.
    """
    found: list[Token] = []
    at = 0
    if len(text) > LONGEST:
        raise SumError("no_sum")
    while at < len(text):
        if match := _SPACE.match(text, at):
            pass
        elif match := _NUMBER.match(text, at):
            found.append(Fraction(match[0].replace(",", "")))
        elif match := _SIGN_OF.match(text, at):
            found.append(_SIGNS[match[0]])
        else:
            raise SumError("no_sum")
        at = match.end()
    open_, closed = found.count("("), found.count(")")
    return ["("] * (closed - open_) + found + [")"] * (open_ - closed)


def work_out(tokens: Sequence[Token]) -> Result:
    """The result of a sum; raises SumError."""
    sums = _Sum(tokens)
    value = sums.terms(_LOWEST)
    if sums.rest:
        raise SumError("no_sum")
    return Result(value, sums.exact)


class _Sum:
    """One sum being worked out, from left to right: `rest` is what is not read yet, backwards."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.rest = list(reversed(tokens))
        self.exact = True

    def terms(self, lowest: int) -> Fraction:
        """What operators of the precedence `lowest` and above make of the next numbers."""
        value = self._operand()
        while self.rest and (rank := _PRECEDENCE.get(str(self.rest[-1]), 0)) >= lowest:
            operator = self.rest.pop()
            # 2^3^2 is 2^9, but 8-3-2 is 3.
            value = _applied(str(operator), value, self.terms(rank if operator == "power" else rank + 1))
        return value

    def _operand(self) -> Fraction:
        token = self.rest.pop() if self.rest else ""
        match token:
            case Fraction():
                return _bounded(token)
            case "minus":
                return -self.terms(_SIGN)
            case "plus":
                return self.terms(_SIGN)
            case "root":
                return self._root(self._operand())
            case "(":
                value = self.terms(_LOWEST)
                if self.rest and self.rest.pop() == ")":
                    return value
        raise SumError("no_sum")

    def _root(self, value: Fraction) -> Fraction:
        if value < 0:
            raise SumError("no_root")
        above, below = isqrt(value.numerator), isqrt(value.denominator)
        if (above**2, below**2) == (value.numerator, value.denominator):
            return Fraction(above, below)
        self.exact = False
        with localcontext(prec=_DIGITS):
            return Fraction((Decimal(value.numerator) / Decimal(value.denominator)).sqrt())


def _applied(operator: str, one: Fraction, other: Fraction) -> Fraction:
    match operator:
        case "plus":
            return _bounded(one + other)
        case "minus":
            return _bounded(one - other)
        case "times":
            return _bounded(one * other)
        case "over":
            return _bounded(one / _divisor(other))
    return _power(one, other)


def _divisor(value: Fraction) -> Fraction:
    if not value:
        raise SumError("over_zero")
    return value


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1:
        raise SumError("no_sum")
    if exponent < 0:
        base, exponent = 1 / _divisor(base), -exponent
    bits = max(base.numerator.bit_length(), base.denominator.bit_length()) - 1  # none for 1
    if bits * exponent > MOST_BITS:
        raise SumError("too_large")
    return _bounded(base ** int(exponent))


def _bounded(value: Fraction) -> Fraction:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MOST_BITS:
        raise SumError("too_large")
    return value
