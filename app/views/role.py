"""角色管理 and 权限查询: roles made in pages beside those of the code, and the whole matrix."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.exc import IntegrityError
from wtforms import SelectField, SelectMultipleField

from app.enums import Role
from app.extensions import db
from app.operations.roles import RoleRefused, delete_role, save_role
from app.queries import permissions
from app.security.roles import declared
from app.views import bodies, printing
from app.views.actions import link, post
from app.views.base import PageView, acting, expose, page, protected
from app.views.clock import now
from app.views.errors import refuse
from app.views.listpages import RowView

_CRUMBS = ((_l("系统管理"), None),)
_Column = tuple[str, Any, None, None, str]
Rows = list[RowView]


SCOPE_WORDS = {
    "": _l("按账号身份"),
    Role.AUTHORITY.name: _l("本级及下级"),
    Role.INSTITUTION.name: _l("本机构"),
    Role.AGENCY.name: _l("本考核机构"),
}
"""数据范围 of a role made in pages, by the role of the code whose rows it reaches."""


class RoleForm(FlaskForm):
    """A role made in pages: its name, and its permissions chosen from the matrix."""

    name = bodies.text(
        _l("角色名称"),
        required=True,
        longest=64,
    )
    base = SelectField(
        _l("数据范围"),
        default="",
        description=_l(
            "按账号身份：所选权限加在人员原有的权限之上。其他三项：作为一个单独的身份授予，"
            "可设期限，只有所选权限，数据限于所授单位。"
        ),
    )
    permissions = SelectMultipleField(_l("权限"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.base.choices = list(SCOPE_WORDS.items())

    @property
    def role(self) -> Role | None:
        """Whose rows it reaches."""
        return Role[self.base.data] if self.base.data else None


def table(title: Any, columns: Sequence[_Column], rows: Sequence[RowView]) -> dict[str, Any]:
    return {"title": title, "columns": columns, "rows": rows}


def column(name: str, label: Any) -> _Column:
    """Make a column that neither sorts nor filters."""
    return (name, label, None, None, "")


class RoleView(PageView):
    """Pages of the security administrator. Roles of the code are shown and never changed."""

    route_base = "/roles"
    default_view = "list"

    @expose("/list/")
    @protected("list")
    def list(self) -> Any:
        """Draw all roles."""
        session = db.session()
        may = self.appbuilder.sm.has_access
        counts = permissions.holder_counts(session)
        bases = permissions.bases(session)
        rows: Rows = []
        for role, pairs in declared().items():
            url = url_for("PermissionView.list", role=role.name)
            seen = [link("show", _("查看权限"), url)] if may("can_list", "PermissionView") else []
            cells = [role.label, _("系统内置"), None, len(pairs), None]
            rows.append(RowView(0, len(rows) + 1, cells, seen))
        for made in permissions.page_roles(session):
            acts = []
            if may("can_edit", "RoleView"):
                acts.append(link("edit", _("编辑"), url_for("RoleView.edit", pk=made.id)))
            if may("can_delete", "RoleView"):
                url = url_for("RoleView.delete", pk=made.id)
                ask = _("确定要删除角色“%(name)s”吗？", name=made.name)
                acts.append(post("delete", _("删除"), url, confirm=ask, tone="danger"))
            scope = SCOPE_WORDS[bases[made.id].name if made.id in bases else ""]
            cells = [made.name, _("页面设置"), scope, len(made.permissions), counts.get(made.id, 0)]
            rows.append(RowView(made.id, len(rows) + 1, cells, acts))
        columns = [
            column("name", _("角色名称")),
            column("kind", _("类型")),
            column("scope", _("数据范围")),
            column("rights", _("权限数")),
            column("people", _("授予人数")),
        ]
        if request.args.get("print") == "1":
            return printing.table(
                title=_("角色管理"),
                headers=[label for _name, label, *_rest in columns],
                rows=[row.cells for row in rows],
                told=(),
                back_url=url_for("RoleView.list"),
            )
        drawn = table(_("角色管理"), columns, rows)
        drawn["tools"] = [link("print", _("打印"), url_for("RoleView.list", print=1))]
        if may("can_add", "RoleView"):
            drawn["toolbar"] = [link("add", _("新增角色"), url_for("RoleView.add"), tone="primary")]
        return page("list.html", title=_("角色管理"), crumbs=_CRUMBS, page=drawn)

    @expose("/add", methods=["GET", "POST"])
    @protected("add")
    def add(self) -> Any:
        """Draw the empty matrix, or make a role."""
        return self._edited(None)

    @expose("/edit/<int:pk>", methods=["GET", "POST"])
    @protected("edit")
    def edit(self, pk: int) -> Any:
        """Draw a role's matrix, or change the role for all who hold it."""
        return self._edited(pk)

    def _edited(self, pk: int | None) -> Any:
        session = db.session()
        role = permissions.page_role(session, pk) if pk is not None else None
        rights = permissions.rights(session)
        form = RoleForm()
        form.permissions.choices = [(row.id, row.permission.name) for row in rights]
        if request.method == "GET":
            base = permissions.bases(session).get(pk) if pk is not None else None
            form.name.data = role.name if role else None
            form.base.data = base.name if base else ""
            form.permissions.data = [row.id for row in role.permissions] if role else []
        elif form.validate():
            try:
                save_role(
                    session, pk, name=form.name.data, rights=form.permissions.data,
                    base=form.role, actor=acting(), at=now(),
                )  # fmt: skip
                db.session.commit()
            except (RoleRefused, IntegrityError) as error:
                db.session.rollback()
                refuse(form, error)
                rights = permissions.rights(session)
            else:
                flash(_("保存成功，立即生效。"), "success")
                return redirect(url_for("RoleView.list"))
        drawn = {
            "form": form,
            "fieldsets": ((None, ("name", "base")),),
            "matrix": _matrix(rights, set(form.permissions.data or ())),
            "cancel_url": url_for("RoleView.list"),
        }
        title = _("编辑角色") if pk is not None else _("新增角色")
        return page("role/form.html", title=title, crumbs=_role_crumbs(), page=drawn)

    @expose("/delete/<int:pk>", methods=["POST"])
    @protected("delete")
    def delete(self, pk: int) -> Any:
        """Delete a role; one that people hold asks once more and says how many."""
        session = db.session()
        role = permissions.page_role(session, pk)
        name, people = role.name, len(permissions.holders(session, pk))
        if people and request.form.get("confirmed") != "1":
            drawn = {
                "people": people,
                "url": url_for("RoleView.delete", pk=pk),
                "cancel_url": url_for("RoleView.list"),
            }
            title = _("删除角色“%(name)s”", name=name)
            return page("role/delete.html", title=title, crumbs=_role_crumbs(), page=drawn)
        delete_role(session, pk, actor=acting(), at=now())
        db.session.commit()
        flash(_("角色“%(name)s”已删除。", name=name), "success")
        return redirect(url_for("RoleView.list"))


def _role_crumbs() -> list[tuple[Any, str | None]]:
    return [*_CRUMBS, (_("角色管理"), url_for("RoleView.list"))]


def _matrix(rights: Sequence[Any], chosen: set[int]) -> list[tuple[Any, list[tuple[Any, ...]]]]:
    """Group rights by page: (words, [(id, words of the verb, is chosen)])."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for row in rights:
        entry = (row.id, permissions.verb_word(row.permission.name), row.id in chosen)
        found.setdefault(row.view_menu.name, []).append(entry)
    return [(permissions.view_word(view), entries) for view, entries in found.items()]
