"""代理: a colleague acts in one's own place for a term, under a hat of that name."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.exceptions import NotFound
from wtforms import DateField, SelectField
from wtforms.validators import InputRequired

from app.extensions import db
from app.models import Account, Identity
from app.operations import hats, roles
from app.queries import permissions
from app.security.actor import unscoped
from app.views import accounthats
from app.views.base import PageView, acting, expose, page, protected
from app.views.clock import now, today
from app.views.errors import ANTICIPATED, refuse
from app.views.rownumbers import row_number

_DAY = ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"]


class DeputyForm(FlaskForm):
    """Who stands in, and for how long."""

    account = SelectField(_l("代理人"), validators=[InputRequired()], coerce=row_number)
    starts_on = accounthats.starts_field()
    last_day = DateField(
        _l("结束日期"),
        validators=[InputRequired()],
        format=_DAY,
        description=_l("最长一年；到期自动终止。"),
    )


class DeputyView(PageView):
    """Whom one has asked to stand in: asked, and taken back, by oneself alone."""

    route_base = "/deputies"

    @expose("/", methods=["GET", "POST"])
    @protected("use")
    def index(self) -> Any:
        """Draw who stands in, or ask somebody."""
        session = db.session()
        own = session.get_one(Identity, acting().identity_id)
        people = hats.colleagues(session, own, today=today())
        form = DeputyForm()
        form.account.choices = [("", _l("请选择")), *people]
        if request.method == "POST" and form.validate():
            try:
                with unscoped("a colleague, chosen among those of the same body"):
                    chosen = session.get_one(Account, form.account.data)
                roles.check_hat(session, chosen.id, brings=roles.permitted(session, own.account_id))
                term = accounthats.term_of(form)
                hats.appoint_deputy(session, own, chosen, term=term, actor=acting(), at=now())
                session.commit()
            except ANTICIPATED as refusal:
                session.rollback()
                refuse(form, refusal)
            else:
                flash(_("已委托代理，代理人用“切换”使用该身份。"), "success")
                return redirect(url_for("DeputyView.index"))
        given = hats.deputies(session, acting().identity_id or 0)
        drawn = {
            "form": form,
            "help": _(
                "代理人在期限内以您的身份办理业务，操作记录写明代理人和被代理人；您仍可照常办理。"
            ),
            "fieldsets": ((None, ("account", ("starts_on", "last_day"))),),
            "is_alone": not people,
            "is_deputy": own.principal_id is not None,
            "hats": [_row(hat) for hat in given],
            "submit_label": _("委托代理"),
        }
        return page("account/deputies.html", title=_("代理"), page=drawn)

    @expose("/end/<int:pk>", methods=["POST"])
    @protected("use")
    def end(self, pk: int) -> Any:
        """Take it back; only of one's own hat."""
        session = db.session()
        mine = hats.deputies(session, acting().identity_id or 0)
        hat = next((one for one in mine if one.id == pk), None)
        if hat is None:
            raise NotFound
        hats.take(session, hat, actor=acting(), at=now())
        session.commit()
        flash(_("代理已终止。"), "success")
        return redirect(url_for("DeputyView.index"))


def _row(hat: Identity) -> accounthats.HatRow:
    with unscoped("the deputy's name and body, for whom it stands in"):
        ids = {hat.page_role_id} if hat.page_role_id else set()
        made = permissions.page_roles_by_id(db.session(), ids)
        row = accounthats.row_of(hat, made)
        return accounthats.renamed(row, hat.account.first_name)
