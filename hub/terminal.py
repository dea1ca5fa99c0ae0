"""The console of every command: what comes from outside is printed as it is, and controls neither colour nor cursor."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from hub.printable import printable

LINES = 10_000
"""Characters of a line that nobody sees on a terminal: it is not broken."""


class Terminal(Console):
    """A console on which a string is one line, printed without markup and with its control characters escaped."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, soft_wrap=True, highlight=False, markup=False, emoji=False)

    def render_str(self, text: str, **manner: Any) -> Text:
        """What rich makes of any string before it measures or prints it."""
        return super().render_str(printable(text), **manner)

    def hang(self, head: Text, said: str) -> None:
        """Print lines beside the head, broken at the width of the terminal; hangul is two columns wide."""
        columns = (self.width if self.is_terminal else LINES) - len(head)
        for line in said.splitlines():
            for part in Text(printable(line)).wrap(self, max(columns, 20)):
                part.rstrip()
                self.print(head + part)
                head = Text(" " * len(head))


out = Terminal()
"""Standard output."""

errors = Terminal(stderr=True)
"""Standard error."""
