"""What was typed, as it is stored: WTForms filters that many forms share."""

from typing import Any


def stripped(value: Any) -> Any:
    """Cut blanks off both ends, so that blanks alone are nothing; for a field's ``filters``."""
    return value.strip() if value else value


def stripped_or_none(value: Any) -> Any:
    """Cut blanks off both ends; nothing is stored as NULL. For a field's ``filters``."""
    return (value.strip() or None) if isinstance(value, str) else value
