"""接口令牌: what lets other systems of the body use the REST API; shown once, revoked at any time."""

from datetime import datetime
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import case
from wtforms import SelectChoice, SelectField, SelectMultipleField
from wtforms.validators import InputRequired

from app.enums import ApiScope
from app.extensions import db
from app.models import Account, ApiToken
from app.operations.api_tokens import ALLOWED, create_token, revoke_token
from app.queries.listing import Column, Listing
from app.views import bodies, cells
from app.views.actions import Action, post
from app.views.base import EntityView, Interface, acting, expose, page, protected
from app.views.clock import now

_DAYS = (30, 90, 180, 365)
_OPEN, _REVOKED, _EXPIRED = "open", "revoked", "expired"
_STATES = {_OPEN: _l("有效"), _REVOKED: _l("已作废"), _EXPIRED: _l("已到期")}


class ApiTokenForm(FlaskForm):
    """创建接口令牌."""

    label = bodies.text(
        _l("用途"), required=True, longest=64, description=_l("如“院内人事系统”，写入操作日志。")
    )
    scopes = SelectMultipleField(
        _l("权限范围"), [InputRequired(_l("请至少选择一项权限。"))],
        description=_l("只能看到和办理您的身份范围内的数据。"),
    )  # fmt: skip
    days = SelectField(_l("有效期"), coerce=int, default=90)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = ALLOWED.get(acting().role, frozenset())
        self.scopes.choices = [
            SelectChoice(scope.name, f"{scope.label}（{scope.code}）")
            for scope in ApiScope
            if scope in allowed
        ]
        self.days.choices = [SelectChoice(n, _("%(n)s天", n=n)) for n in _DAYS]


class ApiTokenView(EntityView):
    """The tokens of the actor's body."""

    datamodel = Interface(ApiToken)
    route_base = "/api-tokens"
    name = _l("接口令牌")
    group = _l("系统管理")
    new_label = _l("创建接口令牌")
    abilities = frozenset({"list", "show", "add", "export"})
    add_form = ApiTokenForm

    def listing(self) -> Listing:
        """Give the tokens, newest first; a digest is in no column."""
        t = ApiToken
        return Listing(
            anchor=t,
            columns=(
                Column(name="label", label=_l("用途"), expression=t.label),
                Column(name="prefix", label=_l("令牌前缀"), expression=t.prefix),
                Column(name="person", label=_l("创建人"), expression=Account.first_name),
                Column(name="created_at", label=_l("创建时间"), expression=t.created_at),
                Column(name="expires_at", label=_l("到期时间"), expression=t.expires_at),
                Column(name="last_used_at", label=_l("最近使用"), expression=t.last_used_at),
                Column(
                    name="state", label=_l("状态"), expression=_state(now()),
                    show=_state_word, plain=_state_word,
                ),
            ),
            details=lambda s: s.outerjoin(Account, Account.id == ApiToken.account_id),
            order=(t.id.desc(),),
        )  # fmt: skip

    def row_actions(self, row: Any) -> list[Action]:
        """Give 查看, and 作废 while it is open."""
        found = super().row_actions(row)
        if row.state == _OPEN and self.may("revoke"):
            url = url_for(f"{self.endpoint}.revoke", pk=row.pk)
            ask = _("作废后使用该令牌的系统立即无法访问，且不能恢复。确定要作废吗？")
            found.append(post("revoke", _l("作废"), url, confirm=ask, tone="danger"))
        return found

    def show_groups(self, item: Any) -> list[tuple[Any, list[tuple[Any, Any]]]]:
        """Give the facts of one token."""
        words = {scope.code: scope for scope in ApiScope}
        scopes = "、".join(f"{words[code].label}（{code}）" for code in item.scopes.split())
        pairs = [
            (_l("用途"), item.label),
            (_l("令牌前缀"), item.prefix),
            (_l("权限范围"), scopes),
            (_l("创建时间"), item.created_at),
            (_l("到期时间"), item.expires_at),
            (_l("最近使用"), item.last_used_at),
            (_l("作废时间"), item.revoked_at),
        ]
        return [(None, [(label, cells.shown(value)) for label, value in pairs])]

    @expose("/add", methods=["GET", "POST"])
    @protected("add")
    def add(self) -> Any:
        """Draw the empty form, or make the token and show it once."""
        form = self.add_form()
        if request.method == "POST" and form.validate():
            issued = self._stored(form, lambda: self._issue(form))
            if issued is not None:
                drawn = {
                    "facts": [(_("用途"), form.label.data), (_("令牌"), issued.text)],
                    "warning": _("令牌只在本页显示一次，系统不保存，离开后无法再次查看。"),
                    "back_url": url_for(f"{self.endpoint}.list"),
                }
                return page(
                    "secret.html", title=_("接口令牌已创建"), crumbs=self.crumbs(), page=drawn
                )
        return self._form(form, title=self.new_label)

    def _issue(self, form: ApiTokenForm) -> Any:
        return create_token(
            db.session(),
            label=form.label.data,
            scopes=[ApiScope[name] for name in form.scopes.data or ()],
            days=form.days.data,
            actor=acting(),
            at=now(),
        )

    @expose("/revoke/<int:pk>", methods=["POST"])
    @protected("revoke")
    def revoke(self, pk: int) -> Any:
        """End a token at once."""
        token = self.found(pk)
        revoke_token(db.session(), token, actor=acting(), at=now())
        db.session.commit()
        flash(_("接口令牌已作废。"), "success")
        return redirect(url_for(f"{self.endpoint}.list"))


def _state(at: datetime) -> Any:
    return case(
        (ApiToken.revoked_at.is_not(None), _REVOKED),
        (ApiToken.expires_at <= at, _EXPIRED),
        else_=_OPEN,
    )


def _state_word(value: str) -> Any:
    return str(_STATES[value])
