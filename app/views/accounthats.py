"""授予身份: the form that gives a role made in pages for a term, and what somebody holds."""

from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import or_, select
from werkzeug.exceptions import NotFound
from wtforms import DateField, SelectField
from wtforms.validators import InputRequired, Optional, ValidationError

from app.enums import BodyStatus, Role
from app.extensions import db
from app.models import Account, Authority, Identity
from app.operations import hats, roles
from app.operations.hats import HatRefused, Term
from app.queries import accounts, permissions
from app.security.actor import unscoped
from app.views import bodies
from app.views.base import acting
from app.views.clock import now, today
from app.views.rownumbers import row_number

_DAY = ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"]


def starts_field() -> DateField:
    """Make the first day of a term."""
    return DateField(
        _l("开始日期"), validators=[Optional()], format=_DAY, description=_l("留空时立即开始。")
    )


def term_of(form: Any) -> Term:
    """Read the term of a form."""
    return Term(form.starts_on.data, form.last_day.data)


class HatForm(FlaskForm):
    """Which role, at which body, from when until when."""

    page_role = SelectField(_l("角色"), validators=[InputRequired()], coerce=row_number)
    body = bodies.text(
        _l("单位"), required=True,
        description=_l("填写单位全称、统一社会信用代码或行政区划代码；数据限于该单位的范围。"),
    )  # fmt: skip
    starts_on = starts_field()
    last_day = DateField(
        _l("结束日期"), validators=[Optional()], format=_DAY, description=_l("留空时长期有效。")
    )
    found: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        session = db.session()
        self.bases = permissions.bases(session)
        made = [role for role in permissions.page_roles(session) if role.id in self.bases]
        self.made = {role.id: role for role in made}
        self.page_role.choices = [("", _l("请选择")), *((role.id, role.name) for role in made)]
        self.page_role.description = (
            None if made else _("还没有可以单独授予的角色，请先在角色管理中新增并选择数据范围。")
        )

    def validate_body(self, field: Any) -> None:
        """Find the one body that is meant, of the kind the role reaches."""
        base = self.bases.get(self.page_role.data)
        if base is None or not field.data:
            return
        found = _bodies(field.data, base)
        if len(found) != 1:
            raise ValidationError(
                _("没有找到该单位，请填写单位全称。")
                if not found
                else _("有多个同名单位，请填写统一社会信用代码。")
            )
        self.found = found[0]


def _bodies(text: str, base: Role) -> list[Any]:
    session = db.session()
    if base is not Role.AUTHORITY:
        return accounts.find_body(session, text, role=base)
    named = or_(Authority.name == text, Authority.code == text)
    statement = select(Authority).where(named, Authority.status == BodyStatus.ACTIVE)
    return list(session.scalars(statement.limit(2)))


def give(form: HatForm, account_id: int) -> int:
    """Give what the form says; the caller commits.

    :raises HatRefused: see ``hats.give``.
    :raises RoleRefused: security and audit would come together in the person.
    """
    session, actor = db.session(), acting()
    role = form.made[form.page_role.data]
    roles.check_hat(session, account_id, brings=permissions.pairs_of(role))
    account = session.get_one(Account, account_id)
    base = form.bases[role.id]
    hat = hats.give(
        session, account, page_role_id=role.id, page_role=role.name, base=base, body=form.found,
        term=term_of(form), actor=actor, at=now(),
    )  # fmt: skip
    return hat.id


def take(identity_id: int) -> None:
    """Take a hat back and store it; an ordinary identity is none."""
    session = db.session()
    hat = session.get(Identity, identity_id)
    if hat is None:
        raise NotFound
    try:
        hats.take(session, hat, actor=acting(), at=now())
    except HatRefused:
        session.rollback()
        raise NotFound from None
    session.commit()


@dataclass(frozen=True, slots=True)
class HatRow:
    """One hat as it is listed."""

    pk: int
    title: str
    body: str
    term: str
    state: str
    can_take: bool


def rows(account_id: int) -> list[HatRow]:
    """List the hats of an account, those of a term with their state."""
    session = db.session()
    statement = select(Identity).where(Identity.account_id == account_id, Identity.is_active)
    worn = session.scalars(statement.order_by(Identity.id)).all()
    made = permissions.page_roles_by_id(session, {x.page_role_id for x in worn if x.page_role_id})
    return [row_of(hat, made) for hat in worn]


def row_of(hat: Identity, made: dict[int, Any]) -> HatRow:
    """Write one hat for a list."""
    body = hat.agency or hat.institution or hat.authority
    title = made[hat.page_role_id].name if hat.page_role_id in made else str(hat.role.label)
    with unscoped("whom a deputy stands in for belongs to the hat"):
        if hat.principal is not None:
            title = _("%(role)s（代%(name)s）", role=title, name=hat.principal.account.first_name)
    return HatRow(
        pk=hat.id, title=title, body=body.name if body else "", term=term_text(hat),
        state=_state(hat), can_take=bool(hat.page_role_id or hat.principal_id),
    )  # fmt: skip


def renamed(row: HatRow, title: str) -> HatRow:
    """Give a row under another title."""
    return replace(row, title=title)


def term_text(hat: Identity) -> str:
    """Write a term in words."""
    if hat.starts_on is None and hat.last_day is None:
        return _("长期")
    ends = hat.last_day.isoformat() if hat.last_day else _("长期")
    return _("%(first)s 至 %(last)s", first=hat.starts_on or _("即日"), last=ends)


def _state(hat: Identity) -> str:
    if hat.last_day is not None and hat.last_day < today():
        return _("已到期")
    if hat.starts_on is not None and hat.starts_on > today():
        return _("未开始")
    return _("有效")
