"""What one step says to whom."""

from dataclasses import dataclass

from app.enums import MessageKind
from app.operations.notice_people import To


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What one step says to whom; ``{id}`` in a link is the row, ``once`` a day is a digest."""

    kind: MessageKind
    title: str
    body: str
    to: To
    link: str
    is_daily: bool = False
