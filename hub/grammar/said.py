"""A sentence as it was said, and as it is read."""

from __future__ import annotations

from hub.korean.jamo import aligned


class Said:
    """A sentence: its squashed text, the text that it was made from, and where there each letter stands."""

    __slots__ = ("places", "source", "text")

    def __init__(self, text: str, source: str, places: list[int]) -> None:
        self.text = text
        self.source = source
        self.places = places

    @classmethod
    def of(cls, text: str) -> Said:
        """A sentence as somebody typed or said it."""
        return cls(*aligned(text))

    def last(self, start: int, end: int) -> Said:
        """The same sentence with text[start:end] moved to its end."""
        order = [*range(start), *range(end, len(self.text)), *range(start, end)]
        return Said("".join(self.text[at] for at in order), self.source, [self.places[at] for at in order])

    def without(self, start: int, end: int) -> Said:
        """The same sentence without text[start:end]."""
        return Said(self.text[:start] + self.text[end:], self.source, self.places[:start] + self.places[end:])

    def divides(self, at: int) -> bool:
        """Whether a word may begin at `at`: at a space, or anywhere where nobody writes any."""
        if at in {0, len(self.text)} or not any(letter.isspace() for letter in self.source.strip()):
            return True
        return self.places[at] - self.places[at - 1] != 1

    def parted(self, at: int) -> bool:
        """Whether more than a space stands before `at`: a comma, a full stop."""
        return bool(self.source[self.places[at - 1] + 1 : self.places[at]].strip())

    def as_said(self, start: int, end: int) -> str:
        """text[start:end] with its spaces."""
        return self.source[self.places[start] : self.places[end - 1] + 1].strip()
