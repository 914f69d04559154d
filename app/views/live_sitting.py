"""考场监控: who sits now and is connected; pause, more time, an end, a word to one or all."""

from datetime import timedelta
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from app.enums import Incident
from app.exams import timing
from app.extensions import db
from app.models import AnswerSheet, Sitting
from app.operations import live_sittings
from app.operations.live_sittings import LONGEST_EXTENSION, LONGEST_MESSAGE
from app.queries.listing import Column, Listing, Tab
from app.views import listpages, sitting_list
from app.views.actions import Action, link, post
from app.views.base import EntityView, Interface, acting, expose, page, protected
from app.views.clock import now
from app.views.converter import DynamicForm, VocabularyField
from app.views.errors import ANTICIPATED, refuse
from app.views.filters import Filter
from app.views.sitting_list import ID_NUMBER, INSTITUTION, NAME, PAPER
from app.views.typed import stripped
from app.workflows.paper import PAPER as PAPERS

_SILENT = timedelta(seconds=90)
"""Pages show life every half minute."""


class _IncidentForm(DynamicForm):
    incident = VocabularyField(_l("情况类别"), Incident, validators=[InputRequired()])
    why = StringField(
        _l("说明"), [DataRequired(), Length(max=200)], filters=[stripped],
        render_kw={"maxlength": 200, "autocomplete": "off"},
    )  # fmt: skip


class _ExtensionForm(_IncidentForm):
    minutes = IntegerField(
        _l("延长时间（分钟）"), [InputRequired(), NumberRange(1, LONGEST_EXTENSION)], default=10
    )


class _MessageForm(DynamicForm):
    text = TextAreaField(
        _l("消息"), [DataRequired(), Length(max=LONGEST_MESSAGE)], filters=[stripped],
        render_kw={"maxlength": LONGEST_MESSAGE, "rows": 3},
    )  # fmt: skip


_ACTS: dict[str, tuple[Any, Any]] = {
    "pause": (_l("暂停作答"), _IncidentForm),
    "extend": (_l("延长时间"), _ExtensionForm),
    "terminate": (_l("终止作答"), _IncidentForm),
    "write": (_l("发送消息"), _MessageForm),
}


def _clock(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02d}"


class LiveSittingView(EntityView):
    """The sittings that go on."""

    datamodel = Interface(Sitting)
    route_base = "/live-sittings"
    name = _l("考场监控")
    group = _l("进度管理")
    abilities = frozenset({"list", "export"})

    def listing(self) -> Listing:
        """List who sits now, with the time that is left and the connection."""
        a, at = AnswerSheet, now()
        alive = a.seen_at >= at - _SILENT

        def left(deadline: Any) -> str:
            return _clock(timing.left(at, deadline=deadline, paused_at=None))

        def connection(seen_at: Any) -> str:
            if seen_at is None:
                return _("尚未连接")
            silent = int((at - seen_at).total_seconds())
            return (
                _("在线")
                if silent <= _SILENT.total_seconds()
                else _("断线%(time)s", time=_clock(silent))
            )

        return Listing(
            anchor=Sitting,
            columns=(
                INSTITUTION, NAME, ID_NUMBER, PAPER,
                Column(name="begun", label=_l("开始时间"), expression=Sitting.begun_at),
                Column(name="left", label=_l("剩余时间"), expression=a.deadline, css="num", show=left, plain=left),
                Column(name="connection", label=_l("连接"), expression=a.seen_at, show=connection, plain=connection),
                Column(name="saved", label=_l("最近保存"), expression=a.saved_at),
                Column(name="paused", label=_l("暂停自"), expression=a.paused_at),
            ),
            details=sitting_list.details,
            order=(Sitting.id,),
            criteria=(_going_on(),),
            tabs=(
                Tab(name="all", label=_l("全部"), criterion=Sitting.id > 0),
                Tab(name="silent", label=_l("断线"), criterion=_of_sheets(~alive)),
                Tab(name="paused", label=_l("已暂停"), criterion=_of_sheets(a.paused_at.is_not(None))),
            ),
        )  # fmt: skip

    def filters(self) -> list[Filter]:
        """Offer who it is and what is sat."""
        return sitting_list.filters()

    def bulk(self) -> list[Action]:
        """Give 发送消息 for the ticked, or for all."""
        if not self.may("act"):
            return []
        url = url_for("LiveSittingView.write_many")
        label = _l("发送消息")
        return [
            post("write", label, url, needs_reason=True, reason_label=_("消息内容"), tone="primary")
        ]

    def row_actions(self, row: Any) -> list[Action]:
        """Give what can be done to one sitting."""
        if not self.may("act"):
            return []
        pk = row.pk
        found = [link("write", _l("发送消息"), url_for("LiveSittingView.write", pk=pk))]
        if row.paused is None:
            url = url_for("LiveSittingView.pause", pk=pk)
            found.append(link("pause", _l("暂停作答"), url))
        else:
            found.append(post("go_on", _l("继续作答"), url_for("LiveSittingView.go_on", pk=pk)))
        for what in ("extend", "terminate"):
            url = url_for(f"LiveSittingView.{what}", pk=pk)
            found.append(link(what, _ACTS[what][0], url))
        return found

    @expose("/write/<int:pk>", methods=["GET", "POST"])
    @protected("act")
    def write(self, pk: int) -> Any:
        """Ask for a message to one person, then show it on the page of the sitting."""
        return self._act(pk, "write")

    @expose("/pause/<int:pk>", methods=["GET", "POST"])
    @protected("act")
    def pause(self, pk: int) -> Any:
        """Ask why, then stop the clock."""
        return self._act(pk, "pause")

    @expose("/extend/<int:pk>", methods=["GET", "POST"])
    @protected("act")
    def extend(self, pk: int) -> Any:
        """Ask how long and why, then give more time."""
        return self._act(pk, "extend")

    @expose("/terminate/<int:pk>", methods=["GET", "POST"])
    @protected("act")
    def terminate(self, pk: int) -> Any:
        """Ask why, then end the sitting; what was answered counts."""
        return self._act(pk, "terminate")

    def _act(self, pk: int, what: str) -> Any:
        sitting = self.found(pk)
        label, kind = _ACTS[what]
        form = kind()
        if request.method == "POST" and form.validate() and _done(sitting, what, form):
            flash(_("“%(label)s”操作成功。", label=label), "success")
            return redirect(url_for("LiveSittingView.list"))
        name = sitting.assessment.physician.name
        drawn = {
            "form": form,
            "narrow": True,
            "cancel_url": url_for("LiveSittingView.list"),
            "submit_label": label,
            "help": _("%(name)s，%(paper)s", name=name, paper=_(sitting.paper.name)),
        }
        return page("form.html", title=label, crumbs=self.crumbs(), page=drawn)

    @expose("/go-on/<int:pk>", methods=["POST"])
    @protected("act")
    def go_on(self, pk: int) -> Any:
        """Let a paused clock run again."""
        session = db.session()
        try:
            live_sittings.go_on(session, self.found(pk), actor=acting(), at=now())
            session.commit()
        except live_sittings.LiveRefused as refusal:
            session.rollback()
            flash(str(refusal.message), "danger")
        else:
            flash(_("“%(label)s”操作成功。", label=_("继续作答")), "success")
        return redirect(url_for("LiveSittingView.list"))

    @expose("/write-many", methods=["POST"])
    @protected("act")
    def write_many(self) -> Any:
        """Write to the ticked, or to all that the filter finds."""
        session = db.session()
        chosen = listpages.selected(self, Sitting)
        found = session.scalars(select(Sitting).where(chosen, _going_on())).all()
        text = stripped(request.form.get("comment")) or ""
        try:
            number = live_sittings.write(session, found, text, actor=acting(), at=now())
            session.commit()
        except live_sittings.LiveRefused as refusal:
            session.rollback()
            flash(str(refusal.message), "danger")
        else:
            flash(_("消息已发送给%(n)s人。", n=number), "success")
        return redirect(url_for("LiveSittingView.list"))


def _done(sitting: Sitting, what: str, form: Any) -> bool:
    session, at = db.session(), now()
    try:
        if what == "write":
            live_sittings.write(session, [sitting], form.text.data, actor=acting(), at=at)
        elif what == "terminate":
            PAPERS.fire(
                session, sitting.paper_id, "terminate", actor=acting(), at=at,
                comment=form.why.data, facts=form.incident.data,
            )  # fmt: skip
        else:
            more = {"minutes": form.minutes.data} if what == "extend" else {}
            do = live_sittings.extend if what == "extend" else live_sittings.pause
            do(
                session, sitting, incident=form.incident.data, why=form.why.data,
                actor=acting(), at=at, **more,
            )  # fmt: skip
        session.commit()
    except ANTICIPATED as error:
        session.rollback()
        refuse(form, error)
        return False
    return True


def _of_sheets(criterion: Any) -> Any:
    return Sitting.id.in_(select(AnswerSheet.sitting_id).where(criterion))


def _going_on() -> Any:
    return _of_sheets(AnswerSheet.closed_at.is_(None))
