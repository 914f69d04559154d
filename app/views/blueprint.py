"""组卷方案: set by a province for a cycle, tried out by drawing papers from its bank."""

from collections.abc import Sequence
from secrets import token_hex
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.exceptions import Forbidden

from app.enums import CycleStatus, Difficulty, QuestionKind, QuestionStatus
from app.exams.assembly import BlueprintRow, BlueprintShort
from app.extensions import db
from app.models import Blueprint, Cycle, Question
from app.operations import blueprints
from app.queries.listing import Column, Listing
from app.views import actions
from app.views.actions import Action, link
from app.views.base import EntityView, Interface, acting, expose, page, protected
from app.views.blueprint_form import BlueprintForm
from app.views.clock import now
from app.views.errors import ANTICIPATED, message_of
from app.views.question import LETTERS, is_province
from app.views.rownumbers import row_number

NOT_OURS = _l("组卷方案由省级卫生行政部门设置。")
NO_CYCLE = _l("请先新建考核周期，再设置组卷方案。")


class BlueprintView(EntityView):
    """The blueprints of the province's cycles."""

    datamodel = Interface(Blueprint)
    route_base = "/blueprints"
    name = _l("组卷方案")
    group = _l("测评管理")
    new_label = _l("新增组卷方案")
    abilities = frozenset({"list", "show", "add", "edit", "export"})
    add_form = BlueprintForm
    edit_form = BlueprintForm

    def listing(self) -> Listing:
        """List the blueprints, those of the newest cycle first."""
        b = Blueprint
        return Listing(
            anchor=b,
            columns=(
                Column(name="cycle", label=_l("考核周期"), expression=Cycle.label),
                Column(name="paper", label=_l("测评科目"), expression=b.paper),
                Column(name="category", label=_l("执业类别"), expression=b.category),
                Column(name="level", label=_l("医师级别"), expression=b.level),
                Column(
                    name="minutes", label=_l("测评时长（分钟）"), expression=b.minutes, css="num"
                ),
            ),
            details=lambda statement: statement.outerjoin(Cycle, Cycle.id == b.cycle_id),
            order=(b.cycle_id.desc(), b.id),
        )

    def toolbar(self) -> list[Action]:
        """Give 新增组卷方案, closed for everybody but a province with a cycle."""
        if not self.may("add"):
            return []
        closed = NOT_OURS if not is_province() else (None if open_cycle() else NO_CYCLE)
        url = url_for("BlueprintView.add")
        return [link("add", self.new_label, url, tone="primary", closed=closed)]

    def row_actions(self, row: Any) -> list[Action]:
        """Give 查看, 编辑 and 试组卷."""
        found = [link("show", _l("查看"), url_for("BlueprintView.show", pk=row.pk))]
        if self.may("add"):
            found.append(link("edit", _l("编辑"), url_for("BlueprintView.edit", pk=row.pk)))
        found.append(link("preview", _l("试组卷"), url_for("BlueprintView.preview", pk=row.pk)))
        return found

    @expose("/show/<int:pk>")
    @protected("show")
    def show(self, pk: int) -> Any:
        """Draw a blueprint with what the bank has for each row."""
        blueprint = self.found(pk)
        rows = blueprints.rows_of(blueprint)
        known = blueprints.available(db.session(), blueprint)
        drawn = {
            "groups": [(None, _facts(blueprint))],
            "rows": [(_words(row), n) for row, n in zip(rows, known, strict=True)],
            "total": (sum(row.count for row in rows), sum(row.count * row.marks for row in rows)),
            "short": _told(blueprints.shortage(db.session(), blueprint)),
            "actions": self._buttons(blueprint),
            "back_url": url_for("BlueprintView.list"),
        }
        title = _(blueprint.paper)
        return page("blueprint/show.html", title=title, crumbs=self.crumbs(), page=drawn)

    def _buttons(self, blueprint: Blueprint) -> list[Action]:
        pk = blueprint.id
        found = [link("preview", _l("试组卷"), url_for("BlueprintView.preview", pk=pk))]
        if self.may("add") and blueprint.cycle.status is not CycleStatus.CLOSED:
            found.append(link("edit", _l("编辑"), url_for("BlueprintView.edit", pk=pk)))
            confirm = _l("确定要删除该组卷方案吗？")
            url = url_for("BlueprintView.remove", pk=pk)
            found.append(actions.post("remove", _l("删除"), url, confirm=confirm, tone="danger"))
        return found

    @expose("/preview/<int:pk>")
    @protected("show")
    def preview(self, pk: int) -> Any:
        """Draw a paper from the bank: the address holds the seed, so that it can be drawn again."""
        blueprint = self.found(pk)
        seed = request.args.get("seed", "").strip()[:64]
        if not seed:
            return redirect(url_for("BlueprintView.preview", pk=pk, seed=token_hex(8)))
        try:
            places = blueprints.draw(db.session(), blueprint, seed=seed)
        except BlueprintShort as short:
            flash(_told(short) or "", "warning")
            return redirect(url_for("BlueprintView.show", pk=pk))
        drawn = {
            "seed": seed,
            "pages": blueprints.pages(db.session(), places),
            "letters": LETTERS,
            "facts": _facts(blueprint),
            "again_url": url_for("BlueprintView.preview", pk=pk),
            "back_url": url_for("BlueprintView.show", pk=pk),
            "has_keys": request.args.get("keys") == "1",
            "keys_url": url_for(
                "BlueprintView.preview", pk=pk, seed=seed,
                keys=None if request.args.get("keys") == "1" else 1,
            ),
        }  # fmt: skip
        title = _("%(paper)s试卷", paper=_(blueprint.paper))
        return page("blueprint/paper.html", title=title, crumbs=self.crumbs(), page=drawn)

    @expose("/add", methods=["GET", "POST"])
    @protected("add")
    def add(self) -> Any:
        """Draw the empty form, or add a blueprint to the current cycle."""
        cycle = open_cycle()
        if not is_province() or cycle is None:
            raise Forbidden
        return self._edited(None, cycle, title=self.new_label)

    @expose("/edit/<int:pk>", methods=["GET", "POST"])
    @protected("add")
    def edit(self, pk: int) -> Any:
        """Draw the form of a blueprint, or store what was sent."""
        blueprint = self.found(pk)
        title = _("编辑组卷方案：%(paper)s", paper=_(blueprint.paper))
        return self._edited(blueprint, blueprint.cycle, title=title)

    @expose("/remove/<int:pk>", methods=["POST"])
    @protected("add")
    def remove(self, pk: int) -> Any:
        """Delete a blueprint."""
        session, blueprint = db.session(), self.found(pk)
        try:
            blueprints.remove(session, blueprint, actor=acting(), at=now())
            session.commit()
        except ANTICIPATED as error:
            session.rollback()
            flash(message_of(error) or "", "danger")
        else:
            flash(_("组卷方案已删除。"), "success")
        return redirect(url_for("BlueprintView.list"))

    def _edited(self, blueprint: Blueprint | None, cycle: Cycle, *, title: Any) -> Any:
        form = BlueprintForm()
        form.offer(cycle)
        if request.method == "GET":
            if blueprint is not None:
                form.show(blueprints.facts_of(blueprint), version=blueprint.version)
        elif request.form.get("stage") == "more":
            form.add_rows()
        elif form.validate():
            done = self._stored(form, lambda: _store(blueprint, form, cycle))
            if done is not None:
                flash(_("保存成功。"), "success")
                return redirect(url_for("BlueprintView.show", pk=done))
        drawn = {
            "form": form,
            "fieldsets": BlueprintForm.GROUPS[:1],
            "points": _points(),
            "cancel_url": url_for("BlueprintView.list"),
            "help": _("考核周期：%(label)s", label=cycle.label),
        }
        return page("blueprint/form.html", title=title, crumbs=self.crumbs(), page=drawn)


def _store(blueprint: Blueprint | None, form: Any, cycle: Cycle) -> int:
    return blueprints.store(
        db.session(), blueprint, form.facts(), cycle=cycle,
        version=row_number(form.version.data) or 0, actor=acting(), at=now(),
    ).id  # fmt: skip


def open_cycle() -> Cycle | None:
    """Give the province's latest cycle that is not over."""
    statement = (
        select(Cycle)
        .where(Cycle.province_id == acting().province_id, Cycle.status != CycleStatus.CLOSED)
        .order_by(Cycle.starts_on.desc(), Cycle.id.desc())
    )
    return db.session.scalars(statement).first()


def _points() -> Sequence[str]:
    """Give the 知识点 that reviewed questions have, to choose from."""
    known = select(Question.point).where(Question.status == QuestionStatus.REVIEWED).distinct()
    return sorted(db.session.scalars(known.limit(500)))


def _facts(blueprint: Blueprint) -> list[tuple[Any, Any]]:
    everybody = _("通用")
    return [
        (_("考核周期"), blueprint.cycle.label),
        (_("测评科目"), _(blueprint.paper)),
        (_("执业类别"), blueprint.category.label if blueprint.category else everybody),
        (_("医师级别"), blueprint.level.label if blueprint.level else everybody),
        (_("测评时长（分钟）"), blueprint.minutes),
    ]


def _words(row: BlueprintRow) -> dict[str, Any]:
    return {
        "kind": QuestionKind[row.kind].label,
        "point": row.point or _("不限"),
        "difficulty": Difficulty[row.difficulty].label if row.difficulty else _("不限"),
        "count": row.count,
        "marks": row.marks,
    }


def _told(short: BlueprintShort | None) -> str | None:
    if short is None:
        return None
    words = _words(short.row)
    return _(
        "题库已审定的试题不足：“%(kind)s，知识点%(point)s，难度%(difficulty)s”还缺%(n)s题，暂不能组卷。",
        kind=words["kind"], point=words["point"], difficulty=words["difficulty"], n=short.missing,
    )  # fmt: skip
