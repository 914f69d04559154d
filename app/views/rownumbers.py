"""Numbers of rows as browsers send them; one that no database could hold names nothing."""

from typing import Any

from werkzeug.routing import IntegerConverter, Map

MOST_ID = 2**53 - 1


class RowNumber(IntegerConverter):
    """The ``int`` of our addresses; a larger one is no address at all."""

    def __init__(self, map: Map, *args: Any, **options: Any) -> None:  # noqa: A002 - werkzeug's name
        options.setdefault("max", MOST_ID)
        super().__init__(map, *args, **options)


def row_number(text: object) -> int | None:
    """Read a number from a form, or None for what is none."""
    digits = str(text or "")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 18):
        return None
    return int(digits)
