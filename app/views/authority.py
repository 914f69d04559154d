"""下级行政机构: the tree of health authorities, as far as one administers it."""

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import aliased
from werkzeug.exceptions import NotFound
from wtforms.validators import InputRequired, Optional, Regexp

from app.enums import AuthorityLevel, BodyStatus, Role
from app.extensions import db
from app.models import Authority
from app.operations.bodies import create_authority
from app.operations.body_changes import change_body
from app.queries import authorities
from app.queries.listing import Column, Listing
from app.views import bodies, superior
from app.views.actions import Action, link
from app.views.base import EntityView, Interface, acting, expose, protected
from app.views.clock import now
from app.views.filters import Filter, contains, one_of, starts_with, vocabulary_choices
from app.views.import_links import import_button
from app.views.registry_link import facts_of
from app.workflows.body import AUTHORITY

_ABOVE = frozenset(AuthorityLevel) - {AuthorityLevel.COUNTY}
_LEVELS = tuple(AuthorityLevel)
_parent: Any = aliased(Authority, name="parent")


class AuthorityForm(FlaskForm):
    """编辑下级行政机构."""

    name = bodies.text(_l("名称"), required=True)
    contact_person = bodies.text(_l("联系人"), longest=64)
    contact_phone = bodies.text(_l("联系电话"), longest=64)


class NewAuthorityForm(AuthorityForm):
    """新增下级行政机构; the level follows from the superior."""

    parent_id = bodies.OfficeField(
        _l("上级"), _ABOVE, description=_l("级别由上级决定：上级为省级时，新增的为市级。")
    )
    code = bodies.text(
        _l("行政区划代码"),
        Regexp(r"^[0-9]{6}([0-9]{3}){0,2}$", message=_l("行政区划代码为6位、9位或12位数字。")),
        required=True,
        longest=12,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        must = acting().role is Role.AUTHORITY
        self.parent_id.validators = [InputRequired() if must else Optional()]
        self.parent_id.flags.required = must


class AuthorityView(EntityView):
    """Pages of the authorities below the actor's own; the system administrator sees all."""

    datamodel = Interface(Authority)
    route_base = "/authorities"
    name = _l("下级行政机构")
    group = _l("机构管理")
    new_label = _l("新增行政机构")
    abilities = frozenset({"list", "show", "add", "edit", "export"})
    add_form = NewAuthorityForm
    edit_form = AuthorityForm
    form_fieldsets = None
    show_columns = [
        "name", "level", "code", "parent.name", "contact_person", "contact_phone", "status",
    ]  # fmt: skip
    label_columns = {
        "name": _l("名称"),
        "level": _l("级别"),
        "code": _l("行政区划代码"),
        "parent.name": _l("上级"),
        "contact_person": _l("联系人"),
        "contact_phone": _l("联系电话"),
        "status": _l("状态"),
    }

    def listing(self) -> Listing:
        """Give the authorities below, in the order of the tree."""
        return Listing(
            anchor=Authority,
            columns=(
                Column(name="name", label=_l("名称"), expression=Authority.name),
                Column(name="level", label=_l("级别"), expression=Authority.level),
                Column(name="code", label=_l("行政区划代码"), expression=Authority.code, sort=True),
                Column(name="parent", label=_l("上级"), expression=_parent.name),
                Column(name="person", label=_l("联系人"), expression=Authority.contact_person),
                Column(name="phone", label=_l("联系电话"), expression=Authority.contact_phone),
                Column(name="status", label=_l("状态"), expression=Authority.status),
            ),
            details=lambda s: s.outerjoin(_parent, _parent.id == Authority.parent_id),
            criteria=authorities.below(acting()),
            order=(Authority.path,),
        )

    def filters(self) -> Any:
        """Filter by name, code, level and status."""
        return (
            Filter(name="name", label=_l("名称"), kind="text", build=contains(Authority.name)),
            Filter(
                name="code", label=_l("行政区划代码"), kind="text",
                build=starts_with(Authority.code),
            ),
            Filter(
                name="level", label=_l("级别"), kind="choice",
                build=one_of(Authority.level, AuthorityLevel),
                choices=vocabulary_choices(AuthorityLevel),
            ),
            Filter(
                name="status", label=_l("状态"), kind="choice",
                build=one_of(Authority.status, BodyStatus), choices=vocabulary_choices(BodyStatus),
            ),
        )  # fmt: skip

    def found(self, pk: int) -> Authority:
        """Read an authority below; everybody may read the tree, but here only one's own part."""
        statement = select(Authority).where(Authority.id == pk, *authorities.below(acting()))
        item = db.session.scalars(statement).one_or_none()
        if item is None:
            raise NotFound
        return item

    def show_groups(self, item: Authority) -> list[tuple[Any, list[tuple[Any, Any]]]]:
        """Give the facts, and of a province whether its roster comes from the registry."""
        groups = super().show_groups(item)
        if item.level is AuthorityLevel.PROVINCE:
            groups.append((_l("医师电子化注册系统"), facts_of(item.registry_link)))
        return groups

    def toolbar(self) -> list[Action]:
        """Give 新增行政机构 and 批量导入."""
        security, label = self.appbuilder.sm, _l("批量导入下级行政机构")
        return [*super().toolbar(), *import_button(security, "AuthorityImportView", label)]

    def row_actions(self, row: Any) -> list[Action]:
        """Give 查看, 编辑, 新增账号 and the steps."""
        found = super().row_actions(row)
        accounts = self.appbuilder.sm.has_access("can_add", "AccountView")
        if accounts and row.status is BodyStatus.ACTIVE:
            found.append(link("account", _l("新增账号"), account_url(Role.AUTHORITY, row.code)))
        if self.may("reassign") and row.level in (AuthorityLevel.CITY, AuthorityLevel.COUNTY):
            url = url_for("AuthorityView.superior", pk=row.pk)
            found.append(link("superior", _l("隶属调整"), url))
        return [*found, *bodies.row_steps(AUTHORITY, row.pk, row.status)]

    @expose("/superior/<int:pk>", methods=["GET", "POST"])
    @protected("reassign")
    def superior(self, pk: int) -> Any:
        """隶属调整."""
        item = self.found(pk)
        present = item.parent.name if item.parent is not None else ""
        return superior.answer(self, item, present, superior.AUTHORITY)

    def create(self, form: Any) -> Authority:
        """Store an authority below the chosen one."""
        parent = form.parent_id.office
        level = _LEVELS[_LEVELS.index(parent.level) + 1] if parent else AuthorityLevel.NATION
        return create_authority(
            db.session(),
            code=form.code.data,
            name=form.name.data,
            level=level,
            parent=parent,
            contact_person=form.contact_person.data,
            contact_phone=form.contact_phone.data,
            actor=acting(),
            at=now(),
        )

    def update(self, item: Authority, form: Any) -> None:
        """Store what a superior may change."""
        values = {name: form[name].data for name in ("name", "contact_person", "contact_phone")}
        change_body(db.session(), item, values, actor=acting(), at=now())


def account_url(role: Role, body: str) -> str:
    """Give the form of a new account, filled in with role and body."""
    return url_for("AccountView.add", role=role.name, body=body)
