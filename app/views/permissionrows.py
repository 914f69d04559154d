"""FAB's rows of views, permissions and roles, written from what is registered; idempotent."""

from collections.abc import Iterable
from typing import Any

from flask_appbuilder.security.sqla.models import Permission, PermissionView, ViewMenu
from flask_appbuilder.security.sqla.models import Role as PageRole
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import Role


def write(session: Session, views: Iterable[Any]) -> None:
    """Make the tables hold exactly the registered pairs, and a row for every role of the code.

    A pair that is gone leaves the roles that held it (its foreign keys cascade).
    """
    wanted = {(verb, type(view).__name__) for view in views for verb in view.base_permissions or ()}
    verbs = _named(session, Permission, {verb for verb, _view in wanted})
    menus = _named(session, ViewMenu, {view for _verb, view in wanted})
    known = {
        (row.permission.name, row.view_menu.name): row
        for row in session.scalars(select(PermissionView))
    }
    for verb, view in sorted(wanted - set(known)):
        session.add(PermissionView(permission=verbs[verb], view_menu=menus[view]))
    for pair in set(known) - wanted:
        session.delete(known[pair])
    _named(session, PageRole, {role.name for role in Role if role is not Role.SYSTEM})
    session.flush()  # the caller commits the whole set


def _named(session: Session, model: Any, names: set[str]) -> dict[str, Any]:
    found = {row.name: row for row in session.scalars(select(model))}
    for name in sorted(names - set(found)):
        found[name] = model(name=name)
        session.add(found[name])
    return found
