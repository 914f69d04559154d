"""What may be told to the person who asked: the base of every anticipated refusal."""

from flask_babel.speaklater import LazyString


class Refusal(Exception):
    """Something was not done; ``message`` says what, why and what next, in the person's words.

    ``field`` names the form field it belongs to, if it belongs to one.
    """

    field: str | None = None

    def __init__(self, message: str | LazyString, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if field is not None:
            self.field = field
