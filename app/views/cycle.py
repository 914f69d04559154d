"""考核周期: schedule and rules of a province's cycles. Only the province itself may write them."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.exceptions import Forbidden

from app.dashboards.home import schedule
from app.enums import CycleStatus
from app.extensions import db
from app.jobs import rescoring
from app.models import Authority, Cycle
from app.operations.cycle_changes import CycleFacts, change_cycle, differences, facts_of, rule_lines
from app.operations.cycle_following import next_facts, touches
from app.operations.cycles import create_cycle
from app.queries import cycles, national_rules
from app.queries.listing import Column, Listing
from app.views import bodies, cycle_closing
from app.views.actions import Action, link
from app.views.base import EntityView, Interface, acting, expose, page, protected
from app.views.clock import now, today
from app.views.cycle_form import GROUPS, CycleForm
from app.views.rownumbers import row_number
from app.workflows.cycle import CYCLE
from app.workflows.rescoring import preview

NOT_OURS = _l("考核周期由省级卫生行政部门设置。")
OVER = _l("周期已结束，不能再修改。")


def _is_ours() -> bool:
    actor = acting()
    return actor.province_id is not None and actor.authority_id == actor.province_id


class CycleView(EntityView):
    """Pages of the cycles of the province; 开放周期 and 结束周期 are steps."""

    datamodel = Interface(Cycle)
    route_base = "/cycles"
    name = _l("考核周期")
    new_label = _l("新建周期")
    abilities = frozenset({"list", "show", "add", "edit", "export"})
    add_form = CycleForm
    edit_form = CycleForm
    form_fieldsets = GROUPS

    def listing(self) -> Listing:
        """Give the cycles in scope, the latest first."""
        return Listing(
            anchor=Cycle,
            columns=(
                Column(name="label", label=_l("周期"), expression=Cycle.label),
                Column(name="province", label=_l("省份"), expression=Authority.name),
                Column(name="first", label=_l("开始日期"), expression=Cycle.starts_on, sort=True),
                Column(name="last", label=_l("结束日期"), expression=Cycle.last_day, sort=True),
                Column(name="status", label=_l("状态"), expression=Cycle.status),
            ),
            details=lambda s: s.outerjoin(Authority, Authority.id == Cycle.province_id),
            order=(Cycle.starts_on.desc(), Cycle.id.desc()),
        )

    def toolbar(self) -> list[Action]:
        """Give 新建周期, closed for everybody but a province."""
        if not self.may("add"):
            return []
        closed = None if _is_ours() else NOT_OURS
        url = url_for("CycleView.add")
        found = [link("add", self.new_label, url, tone="primary", closed=closed)]
        if closed is None and (last := _last_of_ours()) is not None:
            follow = f"{url}?from={last.id}"
            found.append(link("follow", _l("按上一周期新建"), follow))
        return found

    def row_actions(self, row: Any) -> list[Action]:
        """Give 查看, 编辑 and the steps, closed for everybody but a province."""
        found = [link("show", _l("查看"), url_for("CycleView.show", pk=row.pk))]
        if self.may("edit"):
            found.append(_edit_link(row.pk, row.status))
            closed = None if _is_ours() else NOT_OURS
            steps = bodies.row_steps(CYCLE, row.pk, row.status, closed=closed)
            found += [_closing_link(row.pk, closed) if s.name == "close" else s for s in steps]
        return found

    @expose("/show/<int:pk>")
    @protected("show")
    def show(self, pk: int) -> Any:
        """Draw a cycle with its schedule and rules."""
        cycle = self.found(pk)
        is_over = cycle.status is CycleStatus.CLOSED
        actions = []
        if self.may("edit"):
            actions.append(_edit_link(pk, cycle.status))
            offers = CYCLE.available(db.session(), cycle, actor=acting(), at=now())
            if _is_ours() and not is_over:
                steps = bodies.live_steps(CYCLE, pk, cycle.status, offers)
                actions += [_closing_link(pk) if s.name == "close" else s for s in steps]
        drawn = {
            "status": (cycle.status.label, _tone(cycle.status)),
            "groups": [(_("考核规则"), _rules(cycle))],
            "schedule": schedule(cycle, today=today()),
            "actions": actions,
            "back_url": url_for("CycleView.list"),
        }
        title = _("第%(label)s周期", label=cycle.label)
        return page("cycle/show.html", title=title, crumbs=self.crumbs(), page=drawn)

    @expose("/closing/<int:pk>", methods=["GET", "POST"])
    @protected("edit")
    def closing(self, pk: int) -> Any:
        """Draw what the end of a cycle would do, or begin it."""
        cycle = self.found(pk)
        if not _is_ours() or cycle.status is not CycleStatus.OPEN:
            raise Forbidden
        return cycle_closing.answer(cycle, crumbs=self.crumbs())

    @expose("/closing/<int:pk>/absent", methods=["POST"])
    @protected("edit")
    def absent(self, pk: int) -> Any:
        """Enter 缺考 for the papers that nobody began before the examination ended."""
        cycle = self.found(pk)
        if not _is_ours() or cycle.status is not CycleStatus.OPEN:
            raise Forbidden
        return cycle_closing.enter_absent(cycle)

    @expose("/add", methods=["GET", "POST"])
    @protected("add")
    def add(self) -> Any:
        """Draw the empty form with the usual rules, or set up a cycle."""
        if not _is_ours():
            raise Forbidden
        form = CycleForm()
        form.offer(national_rules.inherited(db.session(), None))
        if request.method == "GET":
            _suggest(form, request.args.get("from", ""))
        elif form.validate():
            done = self._stored(form, lambda: _create(form.facts()))
            if done is not None:
                flash(_("保存成功。确认考核安排后，请开放周期。"), "success")
                return redirect(url_for("CycleView.show", pk=done))
        return self._form(form, title=self.new_label)

    @expose("/edit/<int:pk>", methods=["GET", "POST"])
    @protected("edit")
    def edit(self, pk: int) -> Any:
        """Draw the form, or store what was sent; an open cycle asks for a reason first."""
        cycle = self.found(pk)
        if not _is_ours():
            raise Forbidden
        before = facts_of(cycle)
        form = CycleForm()
        form.offer(before.rules)
        title = _("编辑第%(label)s周期", label=cycle.label)
        if request.method == "GET":
            form.show(before, version=cycle.version)
        elif form.validate() and request.form.get("stage") != "back":
            asks = cycle.status is CycleStatus.OPEN and differences(before, form.facts())
            reason = request.form.get("reason", "").strip()[:500]
            if asks and not reason:
                return self._changes(cycle, form, before, title=title)
            done = self._stored(form, lambda: _change(cycle, form, reason=reason))
            if done is not None:
                flash(_("保存成功。"), "success")
                if self._rescores(pk, reason=reason):
                    flash(_("已开始按新的合格线重新判分，可在任务页面查看进度。"), "info")
                return redirect(url_for("CycleView.show", pk=pk))
        return self._form(form, title=title)

    def _rescores(self, pk: int, *, reason: str) -> bool:
        """Ask for the papers to be judged anew where the pass marks have changed."""
        session, cycle = db.session(), self.found(pk)
        job = rescoring.ask(session, cycle, reason=reason, actor=acting(), at=now())
        session.commit()
        return job is not None

    def _changes(self, cycle: Cycle, form: Any, before: CycleFacts, *, title: Any) -> str:
        """Draw what would change in an open cycle, and ask why."""
        hidden = [
            (name, value)
            for name in request.form
            if name not in ("csrf_token", "reason", "stage")
            for value in request.form.getlist(name)
        ]
        drawn = {
            "changes": differences(before, form.facts()),
            "touches": touches(db.session(), cycle, form.facts().rules),
            "rescoring": preview(db.session(), cycle.id, form.facts().rules),
            "hidden": hidden,
            "is_missing": request.form.get("stage") == "confirm",
        }
        return page("cycle/changes.html", title=title, crumbs=self.crumbs(), page=drawn)


def _closing_link(pk: int, closed: Any = None) -> Action:
    url = url_for("CycleView.closing", pk=pk)
    return link("closing", _l("结束周期"), url, tone="danger", closed=closed)


def _rules(cycle: Cycle) -> list[tuple[str, str]]:
    """Give the rules, each with the nation's where the province departs from it."""
    base = national_rules.numbered(db.session(), cycle.national_number)
    nation = dict(rule_lines(national_rules.read(base)))
    source = _("第%(number)s版", number=base.number) if base is not None else _("法定默认值")
    return [
        (_("全国考核规则"), source),
        *(
            (_(word), value if nation[word] in (value, "—") else _own(value, nation[word]))
            for word, value in rule_lines(cycles.rules(cycle))
        ),
    ]


def _own(value: str, nation: str) -> str:
    return _("%(value)s（全国：%(nation)s）", value=value, nation=nation)


def _last_of_ours() -> Cycle | None:
    ours = select(Cycle).where(Cycle.province_id == acting().province_id)
    return db.session.scalars(ours.order_by(Cycle.last_day.desc(), Cycle.id.desc())).first()


def _suggest(form: Any, asked: str) -> None:
    """Fill in the nation's rules, or what the cycle before suggests."""
    number = row_number(asked)
    last = db.session.get(Cycle, number) if number is not None else None
    if last is None:
        form.show_rules(national_rules.inherited(db.session(), None))
        return
    facts = next_facts(db.session(), last)
    form.offer(facts.rules)
    form.show(facts, version=None)


def _edit_link(pk: int, status: CycleStatus) -> Action:
    closed = OVER if status is CycleStatus.CLOSED else None
    url = url_for("CycleView.edit", pk=pk)
    return link("edit", _l("编辑"), url, closed=closed if _is_ours() else NOT_OURS)


def _tone(status: CycleStatus) -> str:
    return "ok" if status is CycleStatus.OPEN else "plain"


def _create(facts: CycleFacts) -> int:
    session, actor = db.session(), acting()
    cycle = create_cycle(
        session,
        province=session.get_one(Authority, actor.authority_id),
        label=facts.label,
        starts_on=facts.starts_on,
        last_day=facts.last_day,
        windows=facts.windows,
        rules=facts.rules,
        actor=actor,
        at=now(),
    )
    return cycle.id


def _change(cycle: Cycle, form: Any, *, reason: str) -> bool:
    change_cycle(
        db.session(),
        cycle,
        facts=form.facts(),
        version=row_number(form.version.data) or 0,
        reason=reason or None,
        actor=acting(),
        at=now(),
    )
    return True
