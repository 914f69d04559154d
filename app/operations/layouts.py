"""The columns somebody wants in a list: kept with the account, so that no page asks for them."""

from typing import Any

from sqlalchemy.orm import Session

from app.models import Account

COLUMNS = "columns"


def keep_layout(
    session: Session, *, account_id: int, list_name: str, layout: dict[str, Any] | None
) -> None:
    """Keep the layout of one list of one account; None is the list as declared."""
    account = session.get_one(Account, account_id)
    preferences = dict(account.preferences or {})
    lists = dict(preferences.get(COLUMNS, {}))
    lists.pop(list_name, None)
    if layout is not None:
        lists[list_name] = layout
    account.preferences = {**preferences, COLUMNS: lists}
