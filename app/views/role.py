"""角色管理 and 权限查询: roles made in pages beside those of the code, and the whole matrix."""

from collections.abc import Sequence
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import NotFound
from wtforms import SelectMultipleField

from app.extensions import db
from app.operations.roles import RoleRefused, delete_role, save_role
from app.queries import permissions
from app.security.roles import declared
from app.views import bodies, printing, provenance
from app.views.actions import link, post
from app.views.base import PageView, acting, expose, page, protected
from app.views.clock import now
from app.views.errors import refuse
from app.views.filters import Filter, FilterBar
from app.views.listpages import RowView
from app.views.provenance import KINDS, Taken

_CRUMBS = ((_l("系统管理"), None),)
_Column = tuple[str, Any, None, None, str]
Rows = list[RowView]


class RoleForm(FlaskForm):
    """A role made in pages: its name, and its permissions chosen from the matrix."""

    name = bodies.text(
        _l("角色名称"), required=True, longest=64,
        description=_l("授予人员后，该人员在原有角色之外增加所选权限；数据范围仍按其账号身份。"),
    )  # fmt: skip
    permissions = SelectMultipleField(_l("权限"), coerce=int)


def _table(title: Any, columns: Sequence[_Column], rows: Sequence[RowView]) -> dict[str, Any]:
    return {"title": title, "columns": columns, "rows": rows}


def _column(name: str, label: Any) -> _Column:
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
        rows: Rows = []
        for role, pairs in declared().items():
            url = url_for("PermissionView.list", role=role.name)
            seen = [link("show", _("查看权限"), url)] if may("can_list", "PermissionView") else []
            cells = [role.label, _("系统内置"), len(pairs), None]
            rows.append(RowView(0, len(rows) + 1, cells, seen))
        for made in permissions.page_roles(session):
            acts = []
            if may("can_edit", "RoleView"):
                acts.append(link("edit", _("编辑"), url_for("RoleView.edit", pk=made.id)))
            if may("can_delete", "RoleView"):
                url = url_for("RoleView.delete", pk=made.id)
                ask = _("确定要删除角色“%(name)s”吗？", name=made.name)
                acts.append(post("delete", _("删除"), url, confirm=ask, tone="danger"))
            cells = [made.name, _("页面设置"), len(made.permissions), counts.get(made.id, 0)]
            rows.append(RowView(made.id, len(rows) + 1, cells, acts))
        columns = [
            _column("name", _("角色名称")),
            _column("kind", _("类型")),
            _column("rights", _("权限数")),
            _column("people", _("授予人数")),
        ]
        if request.args.get("print") == "1":
            return printing.table(
                title=_("角色管理"),
                headers=[label for _name, label, *_rest in columns],
                rows=[row.cells for row in rows],
                told=(),
                back_url=url_for("RoleView.list"),
            )
        drawn = _table(_("角色管理"), columns, rows)
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
            form.name.data = role.name if role else None
            form.permissions.data = [row.id for row in role.permissions] if role else []
        elif form.validate():
            try:
                save_role(
                    session, pk, name=form.name.data, rights=form.permissions.data,
                    actor=acting(), at=now(),
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
            "fieldsets": ((None, ("name",)),),
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


class PermissionView(PageView):
    """The whole matrix role × permission × row scope, for security and audit."""

    route_base = "/permissions"
    default_view = "list"

    @expose("/list/")
    @protected("list")
    def list(self) -> Any:
        """Draw the lines that the filter leaves."""
        bar, lines = _filtered()
        asked: dict[str, Any] = {name: bar.form[name].data or None for name in bar.names}
        if request.args.get("print") == "1":
            return printing.table(
                title=_("权限查询"),
                headers=_headers(),
                rows=[_cells(line) for line in lines],
                told=bar.words() if bar.is_valid else (),
                back_url=url_for("PermissionView.list", **asked),
            )
        rows = [RowView(0, number, list(_cells(line)), []) for number, line in enumerate(lines, 1)]
        columns = [_column(str(n), label) for n, label in enumerate(_headers())]
        drawn = _table(_("权限查询"), columns, rows) | {
            "filters": bar,
            "filter_action": url_for("PermissionView.list"),
            "reset_url": url_for("PermissionView.list"),
            "tools": [link("print", _("打印"), url_for("PermissionView.list", print=1, **asked))],
        }
        if self.appbuilder.sm.has_access("can_export", "PermissionView"):
            drawn["exports"] = [
                (_("导出CSV"), url_for("PermissionView.export", kind="csv", **asked)),
                (_("导出Excel"), url_for("PermissionView.export", kind="xlsx", **asked)),
            ]
        return page("list.html", title=_("权限查询"), crumbs=_CRUMBS, page=drawn)

    @expose("/export/<string:kind>")
    @protected("export")
    def export(self, kind: str) -> Response:
        """Send the lines that the filter leaves as CSV or Excel."""
        if kind not in KINDS:
            raise NotFound
        bar, lines = _filtered()
        taken = Taken(
            name=_("权限查询"),
            subject="permission",
            words=bar.words() if bar.is_valid else (),
            actor=acting(),
            at=now(),
        )
        headers = [str(label) for label in _headers()]
        rows = [tuple(str(cell) for cell in _cells(line)) for line in lines]
        provenance.write_down(taken, total=len(rows))
        made = provenance.chunks(taken, kind, headers=headers, rows=iter(rows))
        return provenance.send(taken, kind, made)


def _headers() -> tuple[Any, ...]:
    return (_("角色"), _("类型"), _("页面"), _("权限"), _("数据范围"), _("代码"))


def _cells(line: permissions.Right) -> tuple[Any, ...]:
    kind = _("系统内置") if line.is_builtin else _("页面设置")
    code = f"{line.view}.{line.verb}"
    return (line.role_word, kind, line.view_word, line.verb_word, line.scope, code)


def _filtered() -> tuple[FilterBar, list[permissions.Right]]:
    lines = permissions.matrix(permissions.made_in_pages(db.session()))

    def choice(name: str, label: Any) -> Filter:
        known = {getattr(x, name): getattr(x, f"{name}_word") for x in lines}
        offered = list(known.items())
        return Filter(
            name=name, label=label, kind="choice", build=_asked, choices=lambda: offered
        )  # fmt: skip

    declared_filters = [
        choice("role", _("角色")), choice("view", _("页面")), choice("verb", _("权限")),
    ]  # fmt: skip
    bar = FilterBar(declared_filters, request.args)
    if not bar.is_valid:
        return bar, []
    asked = {name: bar.form[name].data for name in bar.names if bar.form[name].data}
    return bar, [x for x in lines if all(getattr(x, n) == v for n, v in asked.items())]


def _asked(value: Any) -> Any:
    return value  # the lines are in memory: nothing is asked of the database
