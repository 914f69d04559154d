"""Whether the acting person takes steps of a workflow at all: asked by the route and by every button."""

from flask import current_app

from app.security.step_pages import STEP_PAGES


def may_take(workflow: str) -> bool:
    """Say whether the person may take steps, and opens a page on which these are taken."""
    has_access = current_app.extensions["appbuilder"].sm.has_access
    if not has_access("can_fire", "StepView"):
        return False
    return any(has_access(verb, view) for verb, view in STEP_PAGES[workflow])
