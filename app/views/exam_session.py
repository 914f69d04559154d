"""测评场次: set by a province for the papers of its cycle."""

from datetime import time
from typing import Any, ClassVar

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.exceptions import Forbidden
from wtforms import BooleanField, DateField, HiddenField, IntegerField, StringField, TimeField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from app.enums import SessionRound
from app.exams import timing
from app.extensions import db
from app.models import Cycle, ExamSession
from app.operations import exam_sessions
from app.operations.exam_sessions import SessionFacts
from app.queries import cycles
from app.queries.listing import Column, Listing
from app.views import actions
from app.views.actions import Action, link
from app.views.base import EntityView, Interface, acting, expose, page, protected
from app.views.blueprint import NO_CYCLE, open_cycle
from app.views.clock import now
from app.views.converter import VocabularyField
from app.views.errors import ANTICIPATED, message_of
from app.views.question import is_province
from app.views.rownumbers import row_number
from app.views.rules_form import PapersField
from app.views.typed import stripped

NOT_OURS = _l("测评场次由省级卫生行政部门设置。")


class ExamSessionForm(FlaskForm):
    """新增测评场次 and 编辑测评场次."""

    GROUPS: ClassVar[Any] = (
        (None, ("name", "papers", "round", ("starts_on", "last_day"), ("opens", "closes"),
                "is_all_day", "late_minutes")),
    )  # fmt: skip

    version = HiddenField()
    name = StringField(
        _l("场次名称"), [DataRequired(), Length(max=64)], filters=[stripped],
        render_kw={"maxlength": 64, "autocomplete": "off"},
    )  # fmt: skip
    papers = PapersField(_l("测评科目"), validators=[DataRequired(_l("至少选择一个测评科目。"))])
    round = VocabularyField(_l("适用"), SessionRound, validators=[InputRequired()])
    starts_on = DateField(_l("开始日期"), [InputRequired()])
    last_day = DateField(_l("结束日期"), [InputRequired()])
    opens = TimeField(_l("每日开始时间"), [InputRequired()], default=time(9))
    closes = TimeField(
        _l("每日结束时间"), [InputRequired()], default=time(22),
        description=_l("到时未交卷的，由系统自动交卷。"),
    )  # fmt: skip
    is_all_day = BooleanField(_l("全天开放，不分时段"))
    late_minutes = IntegerField(
        _l("迟到时限（分钟）"), [Optional(), NumberRange(0, 1440)],
        description=_l("每日开始时间之后超过此时限的不能再开始作答；不填则结束前均可开始。"),
    )  # fmt: skip

    def offer(self, cycle: Cycle) -> None:
        """Offer the papers that the cycle's rules ask for."""
        self.papers.choices = [(word, _(word)) for word in cycles.rules(cycle).all_papers]

    def facts(self) -> SessionFacts:
        """Give what was sent; only after ``validate``."""
        is_all_day = self.is_all_day.data
        return SessionFacts(
            name=self.name.data,
            papers=tuple(word for word, _label in self.papers.choices if word in self.papers.data),
            round=self.round.data,
            starts_on=self.starts_on.data,
            last_day=self.last_day.data,
            opens=0 if is_all_day else _minutes(self.opens.data),
            closes=timing.ALL_DAY if is_all_day else _minutes(self.closes.data),
            late_minutes=self.late_minutes.data,
        )

    def show(self, facts: SessionFacts, *, version: int) -> None:
        """Fill the form with a stored session."""
        self.version.data = str(version)
        for name in ("name", "round", "starts_on", "last_day", "late_minutes"):
            self[name].data = getattr(facts, name)
        self.papers.data = list(facts.papers)
        self.is_all_day.data = facts.closes >= timing.ALL_DAY and facts.opens == 0
        self.opens.data = time(*divmod(facts.opens, 60))
        self.closes.data = time(*divmod(min(facts.closes, timing.ALL_DAY - 1), 60))


def _minutes(of_day: time) -> int:
    return of_day.hour * 60 + of_day.minute


class ExamSessionView(EntityView):
    """The sessions of the province's cycles; everybody below sees when papers are sat."""

    datamodel = Interface(ExamSession)
    route_base = "/exam-sessions"
    name = _l("测评场次")
    group = _l("测评管理")
    new_label = _l("新增测评场次")
    abilities = frozenset({"list", "add", "edit", "export"})
    add_form = ExamSessionForm
    edit_form = ExamSessionForm

    def listing(self) -> Listing:
        """List the sessions, those of the newest cycle first."""
        s = ExamSession
        return Listing(
            anchor=s,
            columns=(
                Column(name="cycle", label=_l("考核周期"), expression=Cycle.label),
                Column(name="name", label=_l("场次名称"), expression=s.name),
                Column(name="papers", label=_l("测评科目"), expression=s.papers, show=_words, plain=_words),
                Column(name="round", label=_l("适用"), expression=s.round),
                Column(name="starts_on", label=_l("开始日期"), expression=s.starts_on),
                Column(name="last_day", label=_l("结束日期"), expression=s.last_day),
                Column(name="opens", label=_l("每日开始时间"), expression=s.opens, show=timing.clock, plain=timing.clock),
                Column(name="closes", label=_l("每日结束时间"), expression=s.closes, show=timing.clock, plain=timing.clock),
                Column(name="late", label=_l("迟到时限（分钟）"), expression=s.late_minutes, css="num"),
            ),
            details=lambda statement: statement.outerjoin(Cycle, Cycle.id == s.cycle_id),
            order=(s.cycle_id.desc(), s.starts_on, s.id),
        )  # fmt: skip

    def toolbar(self) -> list[Action]:
        """Give 新增测评场次, closed for everybody but a province with a cycle."""
        if not self.may("add"):
            return []
        closed = NOT_OURS if not is_province() else (None if open_cycle() else NO_CYCLE)
        url = url_for("ExamSessionView.add")
        return [link("add", self.new_label, url, tone="primary", closed=closed)]

    def row_actions(self, row: Any) -> list[Action]:
        """Give 编辑 and 删除 to the province."""
        if not self.may("add") or not is_province():
            return []
        confirm = _l("确定要删除该测评场次吗？")
        url = url_for("ExamSessionView.remove", pk=row.pk)
        return [
            link("edit", _l("编辑"), url_for("ExamSessionView.edit", pk=row.pk)),
            actions.post("remove", _l("删除"), url, confirm=confirm, tone="danger"),
        ]

    @expose("/add", methods=["GET", "POST"])
    @protected("add")
    def add(self) -> Any:
        """Draw the empty form, or add a session to the current cycle."""
        cycle = open_cycle()
        if not is_province() or cycle is None:
            raise Forbidden
        return self._edited(None, cycle, title=self.new_label)

    @expose("/edit/<int:pk>", methods=["GET", "POST"])
    @protected("add")
    def edit(self, pk: int) -> Any:
        """Draw the form of a session, or store what was sent."""
        one = self._own(pk)
        return self._edited(one, one.cycle, title=_("编辑测评场次：%(name)s", name=one.name))

    @expose("/remove/<int:pk>", methods=["POST"])
    @protected("add")
    def remove(self, pk: int) -> Any:
        """Delete a session."""
        session, one = db.session(), self._own(pk)
        try:
            exam_sessions.remove(session, one, actor=acting(), at=now())
            session.commit()
        except ANTICIPATED as error:
            session.rollback()
            flash(message_of(error) or "", "danger")
        else:
            flash(_("测评场次已删除。"), "success")
        return redirect(url_for("ExamSessionView.list"))

    def _own(self, pk: int) -> ExamSession:
        one: ExamSession = self.found(pk)
        if one.authority_id != acting().authority_id:
            raise Forbidden
        return one

    def _edited(self, one: ExamSession | None, cycle: Cycle, *, title: Any) -> Any:
        form = ExamSessionForm()
        form.offer(cycle)
        if request.method == "GET":
            if one is not None:
                form.show(exam_sessions.facts_of(one), version=one.version)
        elif form.validate():
            done = self._stored(form, lambda: _store(one, form, cycle))
            if done is not None:
                flash(_("保存成功。"), "success")
                return redirect(url_for("ExamSessionView.list"))
        drawn = {
            "form": form,
            "fieldsets": ExamSessionForm.GROUPS,
            "cancel_url": url_for("ExamSessionView.list"),
            "help": _("考核周期：%(label)s", label=cycle.label),
            "narrow": True,
        }
        return page("form.html", title=title, crumbs=self.crumbs(), page=drawn)


def _store(one: ExamSession | None, form: Any, cycle: Cycle) -> int:
    return exam_sessions.store(
        db.session(), one, form.facts(), cycle=cycle,
        version=row_number(form.version.data) or 0, actor=acting(), at=now(),
    ).id  # fmt: skip


def _words(papers: Any) -> str:
    return "、".join(_(one) for one in papers or ())
