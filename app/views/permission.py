"""权限查询: the whole matrix of roles, permissions and rows, for security and audit."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound

from app.extensions import db
from app.queries import permissions
from app.views import printing, provenance
from app.views.actions import link
from app.views.base import PageView, acting, expose, page, protected
from app.views.clock import now
from app.views.filters import Filter, FilterBar
from app.views.listpages import RowView
from app.views.provenance import KINDS, Taken
from app.views.role import column, table

_CRUMBS = ((_l("系统管理"), None),)


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
        rows = [
            RowView(0, number, list(_cells(line)), _who(line))
            for number, line in enumerate(lines, 1)
        ]
        columns = [column(str(n), label) for n, label in enumerate(_headers())]
        drawn = table(_("权限查询"), columns, rows) | {
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


def _who(line: permissions.Right) -> list[Any]:
    url = url_for("RightsView.people", view=line.view, verb=line.verb)
    return [link("people", _("谁可以"), url)]


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
