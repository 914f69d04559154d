"""The button above a list that leads to the import of what it lists."""

from typing import Any

from flask import url_for

from app.views.actions import Action, link


def import_button(security: Any, view: str, label: Any) -> list[Action]:
    """Give the button for whoever may use the import's pages."""
    if not security.has_access("can_use", view):
        return []
    return [link("import", label, url_for(f"{view}.index"))]
