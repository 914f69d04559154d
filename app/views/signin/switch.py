"""切换: an account with several identities puts on another one."""

from typing import Any

from flask import flash, redirect
from flask_babel import gettext as _
from werkzeug.exceptions import Forbidden, NotFound

from app.extensions import db
from app.models import Account
from app.operations import identities
from app.views import sessions
from app.views.base import PageView, expose, page, signed_in
from app.views.clock import now, today


class SwitchView(PageView):
    """The person's own identities, one of which is worn."""

    route_base = "/switch"
    default_view = "index"

    @expose("/")
    @signed_in
    def index(self) -> Any:
        """List the identities that can be put on."""
        visitor = sessions.visitor()
        hats = identities.usable(db.session(), account_id=_account().id, today=today())
        current = visitor.identity.id if visitor.identity else None
        return page("signin/switch.html", title=_("切换"), hats=hats, current=current)

    @expose("/<int:pk>", methods=["POST"])
    @signed_in
    def take(self, pk: int) -> Any:
        """Put one on, under a fresh session token."""
        account = _account()
        account_id = account.id
        hats = identities.usable(db.session(), account_id=account_id, today=today())
        chosen = next((hat for hat in hats if hat.identity_id == pk), None)
        if chosen is None:
            raise NotFound
        identities.record_switch(db.session(), account, identity_id=pk, at=now())
        db.session.commit()
        sessions.sign_in(account_id, pk)
        flash(
            _(
                "已切换到%(body)s（%(role)s）。",
                body=chosen.body or _("医师定期考核信息登记管理系统"),
                role=chosen.page_role or chosen.role.label,
            ),
            "success",
        )
        return redirect("/", code=303)


def _account() -> Account:
    account = sessions.visitor().account
    if account is None:
        raise Forbidden
    return account
