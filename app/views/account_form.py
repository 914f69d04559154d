"""The form of a new account: its role, and the one body that is meant."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from app.enums import Role
from app.extensions import db
from app.queries import accounts as rows
from app.queries import authorities
from app.views import bodies
from app.views.base import acting
from app.views.typed import stripped

ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
OPENS: dict[Role, tuple[Role, ...]] = {
    Role.AUTHORITY: (Role.INSTITUTION, Role.AGENCY, Role.PROCTOR, Role.AUTHORITY),
    Role.SYSTEM_ADMIN: (
        Role.AUTHORITY, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN,
    ),
}  # fmt: skip
"""Whose accounts a role opens, resets and stops; which rows of them, ``resettable`` says."""
RESETS = {**OPENS, Role.SYSTEM_ADMIN: (*OPENS[Role.SYSTEM_ADMIN], Role.PHYSICIAN)}
"""Physicians are opened by their hospitals, but those of two hospitals are reset by neither."""


class AccountForm(FlaskForm):
    """新增账号."""

    role = SelectField(_l("角色"), validators=[InputRequired()])
    body = StringField(
        _l("单位"),
        validators=[Length(max=255)],
        filters=[stripped],
        description=_l("填写单位全称、统一社会信用代码或行政区划代码；管理员账号不填。"),
    )
    username = bodies.text(_l("账号名称"), required=True, longest=64)
    name = bodies.text(_l("姓名"), required=True, longest=64)
    found: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        opens = OPENS.get(acting().role, ())
        self.role.choices = [("", _l("请选择")), *((role.name, role.label) for role in opens)]

    def validate_body(self, field: Any) -> None:
        """Find the one body that is meant, in the actor's area."""
        if self.role.data not in {role.name for role in OPENS.get(acting().role, ())}:
            return
        role = Role[self.role.data]
        if role in ADMINISTRATORS:
            if field.data:
                raise ValidationError(_("管理员账号不属于单位，请不要填写单位。"))
            return
        if not field.data:
            raise ValidationError(_("请填写单位。"))
        if role is Role.AUTHORITY:
            found = authorities.find_below(db.session(), field.data, actor=acting())
        else:
            found = rows.find_body(db.session(), field.data, role=role)
        if len(found) != 1:
            raise ValidationError(
                _("没有找到该单位，请填写单位全称。")
                if not found
                else _("有多个同名单位，请填写统一社会信用代码。")
            )
        self.found = found[0]
