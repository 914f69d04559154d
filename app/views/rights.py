"""权限说明 of a person, and 谁可以 of a permission: for security and audit."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import NotFound

from app.extensions import db
from app.models import Identity
from app.queries import accounts, grants, permissions
from app.queries.permission_words import VERBS, VIEWS
from app.views import accounthats
from app.views.base import PageView, expose, page, protected

_CRUMBS = ((_l("系统管理"), None),)
_MOST = 200  # names on one page; the number of all is told


class RightsView(PageView):
    """Explains the matrix from both ends."""

    route_base = "/rights"
    default_view = "person"

    @expose("/person/<int:pk>")
    @protected("see")
    def person(self, pk: int) -> Any:
        """Draw, hat by hat, what an account may do, on whose rows, by which role."""
        session = db.session()
        row = accounts.found(session, pk)
        made = permissions.page_roles_by_id(
            session, {one.id for one in permissions.page_roles(session)}
        )
        found = []
        for grant in grants.grants_of(session, row.account_id):
            hat = accounthats.row_of(grant.identity, made)
            because = _("系统内置角色“%(name)s”", name=grant.role)
            if not grant.is_builtin:
                because = _("页面设置的角色“%(name)s”", name=grant.role)
            found.append((hat, because, _lines(grant)))
        drawn = {"grants": found, "back_url": url_for("AccountView.show", pk=pk)}
        title = _("%(name)s的权限", name=row.name)
        return page("account/rights.html", title=title, crumbs=_CRUMBS, page=drawn)

    @expose("/people/<string:view>/<string:verb>")
    @protected("see")
    def people(self, view: str, verb: str) -> Any:
        """Draw who holds a permission, and by which hat."""
        if view not in VIEWS or verb not in VERBS:
            raise NotFound
        session = db.session()
        statement = grants.identities_with(session, (verb, view))
        whole = session.scalar(select(func.count()).select_from(statement.subquery()))
        rows = session.scalars(
            statement.options(joinedload(Identity.account)).order_by(Identity.id).limit(_MOST)
        ).all()
        made = permissions.page_roles_by_id(
            session, {hat.page_role_id for hat in rows if hat.page_role_id}
        )
        people = [
            (url_for("RightsView.person", pk=hat.id), hat.account.first_name,
             accounthats.row_of(hat, made))
            for hat in rows
        ]  # fmt: skip
        drawn = {
            "people": people,
            "whole": whole,
            "most": _MOST,
            "back_url": url_for("PermissionView.list", view=request.args.get("from") or None),
        }
        title = _(
            "谁可以：%(view)s（%(verb)s）",
            view=permissions.view_word(view),
            verb=permissions.verb_word(verb),
        )
        return page("account/people.html", title=title, crumbs=_CRUMBS, page=drawn)


def _lines(grant: grants.Grant) -> list[tuple[Any, str, str]]:
    """Group the permissions of a grant by page: (page, permissions, rows)."""
    found: dict[str, list[str]] = {}
    for verb, view in permissions.in_order(grant.pairs):
        found.setdefault(view, []).append(str(permissions.verb_word(verb)))
    return [
        (permissions.view_word(view), "、".join(verbs),
         permissions.scope_text(grant.identity.role, view))
        for view, verbs in found.items()
    ]  # fmt: skip
