"""操作审计: who did what when, from which state to which, and why. Reads only."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.enums import Role
from app.extensions import db
from app.models import TrailEntry
from app.operations.physicians import id_indexes
from app.queries import trail
from app.queries.listing import Column, Listing
from app.views import cells
from app.views.base import EntityView, Interface, expose, page, protected
from app.views.filters import Filter, one_of, starts_with


class TrailView(EntityView):
    """Pages of the trail in the actor's scope, newest first."""

    datamodel = Interface(TrailEntry)
    route_base = "/trail"
    name = _l("操作审计")
    group = _l("系统管理")
    abilities = frozenset({"list", "show", "export"})
    page_size = 20

    def listing(self) -> Listing:
        """Give the entries in scope."""
        e = TrailEntry
        before, after = trail.state(e.from_status), trail.state(e.to_status)
        act, about, state = trail.action_word, trail.about_words, trail.state_word
        return Listing(
            anchor=e,
            columns=(
                Column(name="at", label=_l("时间"), expression=e.at),
                Column(name="who", label=_l("操作人"), expression=e.actor_name),
                Column(name="role", label=_l("角色"), expression=e.actor_role),
                Column(name="body", label=_l("机构"), expression=e.actor_body),
                _written("act", _l("操作内容"), e.action_label, act),
                _written("about", _l("对象"), trail.about(), about),
                _written("before", _l("原状态"), before, state),
                _written("after", _l("新状态"), after, state),
                Column(name="comment", label=_l("说明"), expression=e.comment),
            ),
            order=(e.id.desc(),),
        )

    def filters(self) -> Any:
        """Filter by person, role, action, kind of object and time."""
        e = TrailEntry
        return (
            Filter(name="who", label=_l("操作人"), kind="text", build=starts_with(e.actor_name)),
            Filter(
                name="act", label=_l("操作内容"), kind="text", build=starts_with(e.action_label)
            ),
            Filter(
                name="physician", label=_l("医师姓名或证件号码"), kind="text",
                build=lambda text: trail.of_physicians(db.session(), text, id_indexes(text)),
            ),
            Filter(name="at", label=_l("时间"), kind="dates", build=trail.within_days),
            Filter(
                name="role", label=_l("角色"), kind="choice", build=one_of(e.actor_role, Role),
                choices=Role.choices,
            ),
            Filter(
                name="about", label=_l("对象"), kind="choice", build=lambda v: e.subject == v,
                choices=trail.subject_choices,
            ),
        )  # fmt: skip

    @expose("/show/<int:pk>")
    @protected("show")
    def show(self, pk: int) -> Any:
        """Draw one entry."""
        item = self.found(pk)
        drawn = {"groups": [(None, _facts(item))], "back_url": url_for("TrailView.list")}
        title = trail.action_word(item.action_label)
        return page("show.html", title=title, crumbs=self.crumbs(), page=drawn)


def _written(name: str, label: Any, expression: Any, write: Any) -> Column:
    return Column(name=name, label=label, expression=expression, show=write, plain=write)


def _facts(item: TrailEntry) -> list[tuple[Any, Any]]:
    number = "" if item.subject_id is None else str(item.subject_id)

    def state(name: str | None) -> str | None:
        return trail.state_word(f"{item.subject}:{name}") if name else None

    return [
        (_("时间"), cells.shown(item.at)),
        (_("操作人"), item.actor_name),
        (_("角色"), item.actor_role.label),
        (_("机构"), item.actor_body),
        (_("操作内容"), trail.action_word(item.action_label)),
        (_("对象"), trail.about_words(f"{item.subject}:{number}")),
        (_("原状态"), state(item.from_status)),
        (_("新状态"), state(item.to_status)),
        (_("说明"), item.comment),
    ]
