"""FAB's manager and builder, cut down to what we keep: views, forms and permission tables."""

from collections import OrderedDict
from typing import Any

from flask import g
from flask_appbuilder import AppBuilder
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_login import LoginManager
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.enums import Role
from app.extensions import db, limiter
from app.models import Account
from app.queries import permissions
from app.security import roles
from app.security.actor import actor_or_none

_CACHE_SIZE = 10_000
Made = tuple[str, frozenset[roles.Permission]]
_by_role: "OrderedDict[tuple[int, str], Made]" = OrderedDict()
_by_account: "OrderedDict[tuple[int, str], frozenset[roles.Permission]]" = OrderedDict()


class Manager(SecurityManager):
    """Answers "may this person?" from the role table and the cached roles made in pages."""

    user_model = Account

    def register_views(self) -> None:
        """Register nothing of FAB's: its security pages leak and do not scale."""

    def create_login_manager(self, app: Any) -> LoginManager:
        """Let Flask-Login read the person from the server-side session."""
        manager = LoginManager(app)
        manager.session_protection = None
        manager.user_loader(self.load_user)
        manager.request_loader(lambda _request: g.visitor.account if "visitor" in g else None)
        return manager

    def create_limiter(self, app: Any) -> Any:
        """Use the application's one limiter."""
        return limiter

    def load_user(self, pk: int) -> None:
        """Nobody is loaded by a signed id: the session row is the only proof."""
        return

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """Say whether the acting person has a permission, without a statement when it is cached."""
        actor = actor_or_none()
        if actor is None:
            return False
        wanted = (permission_name, view_name)
        version = g.visitor.role_version
        if actor.page_role_id is not None:
            return wanted in roles.COMMON or wanted in made_role(actor.page_role_id, version)[1]
        return wanted in roles.grants(actor.role) or wanted in granted_in_pages(
            actor.account_id, version
        )


class Builder(AppBuilder):
    """Registers our views only: no REST description, no menu API, no assets of FAB's own."""

    def _add_global_static(self) -> None:
        """Serve none of the framework's scripts and styles: no page of ours uses them."""

    def _add_admin_views(self) -> None:
        self._indexview = self.add_view_no_menu(self.indexview)


def made_role(role_id: int, version: str) -> Made:
    """Give name and permissions of a role made in pages; cached per version of the roles."""
    key = (role_id, version)
    known = _by_role.get(key)
    if known is None:
        role = permissions.page_roles_by_id(db.session(), [role_id]).get(role_id)
        known = (role.name, permissions.pairs_of(role)) if role is not None else ("", frozenset())
        _by_role[key] = known
        while len(_by_role) > _CACHE_SIZE:
            _by_role.popitem(last=False)
    return known


def granted_in_pages(account_id: int | None, version: str) -> frozenset[roles.Permission]:
    """Give what roles made in pages add for an account; cached per version of the roles."""
    if account_id is None:
        return frozenset()
    key = (account_id, version)
    known = _by_account.get(key)
    if known is None:
        known = _read_grants(account_id)
        _by_account[key] = known
        while len(_by_account) > _CACHE_SIZE:
            _by_account.popitem(last=False)
    return known


def _read_grants(account_id: int) -> frozenset[roles.Permission]:
    from flask_appbuilder.security.sqla.models import Role as PageRole
    from flask_appbuilder.security.sqla.models import assoc_user_role

    statement = (
        select(PageRole)
        .join(assoc_user_role, assoc_user_role.c.role_id == PageRole.id)
        .where(assoc_user_role.c.user_id == account_id)
        .options(joinedload(PageRole.permissions))
    )
    codes = {role.name for role in Role}
    found = db.session.scalars(statement).unique()
    return frozenset(
        (entry.permission.name, entry.view_menu.name)
        for role in found
        if role.name not in codes
        for entry in role.permissions
    )
