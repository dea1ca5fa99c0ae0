"""What goes wrong outside the program."""


class OutsideError(Exception):
    """Settings, files, addresses or devices are not what they should be; the text tells a person what to do."""

    @property
    def lines(self) -> tuple[str, ...]:
        """The text line for line; whatever a line end comes from that stands within one, it is no end of a line."""
        return (str(self),)
