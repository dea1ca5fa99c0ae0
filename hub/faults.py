"""What goes wrong outside the program."""


class OutsideError(Exception):
    """Settings, files, addresses or devices are not what they should be; the text tells a person what to do."""
