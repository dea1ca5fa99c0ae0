"""Colours in the ways that lights tell them: hue and saturation, red green and blue, and the plane of CIE 1931."""

from __future__ import annotations

import colorsys

Pair = tuple[float, float]
Rgb = tuple[float, float, float]


def hs_of_rgb(red: float, green: float, blue: float) -> Pair:
    """Hue (0 to 360) and saturation (0 to 100) of a colour, whatever its brightness."""
    largest = max(red, green, blue) or 1.0
    hue, saturation, _ = colorsys.rgb_to_hsv(red / largest, green / largest, blue / largest)
    return round(hue * 360, 1), round(saturation * 100, 1)


def hs_of_xy(x: float, y: float) -> Pair:
    """Hue and saturation of a place in the plane of CIE 1931, with the primaries of sRGB (D65)."""
    if y <= 0:
        return 0.0, 0.0
    wide, deep = x / y, (1 - x - y) / y
    linear = (
        3.2406 * wide - 1.5372 - 0.4986 * deep,
        -0.9689 * wide + 1.8758 + 0.0415 * deep,
        0.0557 * wide - 0.2040 + 1.0570 * deep,
    )
    largest = max(linear)
    if largest <= 0:
        return 0.0, 0.0
    red, green, blue = (_seen(max(0.0, part) / largest) for part in linear)
    return hs_of_rgb(red, green, blue)


def xy_of_rgb(red: float, green: float, blue: float) -> Pair:
    """The place of a colour (0 to 255 each) in that plane."""
    r, g, b = (_lit(part / 255) for part in (red, green, blue))
    x = 0.4124 * r + 0.3576 * g + 0.1805 * b
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    total = x + y + 0.0193 * r + 0.1192 * g + 0.9505 * b
    return (round(x / total, 4), round(y / total, 4)) if total else (0.3127, 0.3290)


def _lit(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _seen(part: float) -> float:
    return 12.92 * part if part <= 0.0031308 else float(1.055 * part ** (1 / 2.4) - 0.055)
