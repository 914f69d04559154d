"""复核申请: asked on a result's page, answered by the agency within the days of the law (art. 24)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound
from wtforms import RadioField
from wtforms.validators import Optional

from app.enums import ObjectionStatus, ResultPart, Role, Verdict
from app.extensions import db
from app.models import Conclusion, Institution, Objection, Physician
from app.operations import judgements, notices, objections
from app.operations.objections import ObjectionRefused
from app.queries.listing import Column
from app.views import casefacts, caselist, cells, conclusion_list, resultfacts
from app.views.base import Interface, acting, expose, protected
from app.views.clock import now, today
from app.views.converter import DynamicForm
from app.views.decided_requests import DecidedRequestView, asked, why
from app.workflows.objection import OBJECTION

_LONGEST = 500
_KEEP = ""


def _days_left(due: date) -> str:
    left = (due - today()).days
    return _("已超期%(n)s天", n=-left) if left < 0 else _("剩余%(n)s天", n=left)


class ChangeForm(DynamicForm):
    """What each part is judged to be by a 改判, read by stepfacts."""

    def __init__(self, parts: Sequence[ResultPart], typed: dict[str, str]) -> None:
        super().__init__(formdata=None)
        for part in parts:
            name = f"part_{part.name.lower()}"
            field = self[name]
            field.data = typed.get(name, _KEEP)
        for name in [one for one in self._fields if one not in _names(parts)]:
            del self[name]


def _names(parts: Sequence[ResultPart]) -> list[str]:
    return [f"part_{part.name.lower()}" for part in parts]


_CHOICES = [(_KEEP, _l("不改")), *Verdict.choices()]
for _part in ResultPart:
    setattr(
        ChangeForm,
        f"part_{_part.name.lower()}",
        RadioField(
            _l("改判：%(part)s", part=_part.label), choices=_CHOICES, validators=[Optional()]
        ),
    )


class ObjectionView(DecidedRequestView):
    """The objections in the actor's scope, those with the nearest deadline first."""

    datamodel = Interface(Objection)
    route_base = "/objections"
    name = _l("复核申请")
    group = _l("结果管理")
    model = Objection
    workflow = OBJECTION
    waiting = ObjectionStatus.AWAITING
    status_label = _l("答复")
    row_label = _l("查看")

    def columns_of_person(self) -> Sequence[Column]:
        """Say who it is about."""
        house = (
            ()
            if acting().role in (Role.INSTITUTION, Role.PHYSICIAN)
            else (caselist.COLUMNS["institution"],)
        )
        return (*house, *conclusion_list.PERSON)

    def joined(self, statement: Any) -> Any:
        """Join what the columns name."""
        return statement.outerjoin(Physician, Physician.id == Objection.physician_id).outerjoin(
            Institution, Institution.id == Objection.institution_id
        )

    def columns_of_request(self) -> Sequence[Column]:
        """Say by whom, when, and until when it is to be answered."""
        o = Objection
        return (
            Column(name="asker", label=_l("提出人"), expression=o.asked_by),
            asked(o),
            Column(name="before", label=_l("原考核结果"), expression=o.before),
            Column(name="due", label=_l("答复期限"), expression=o.due_on),
        )

    def filters(self) -> Sequence[Any]:
        """Filter by person."""
        return conclusion_list.people(Objection)

    def who(self, found: Any) -> str:
        """Name the physician."""
        return str(found.assessment.physician.name)

    def sections(self, found: Any) -> Sequence[casefacts.Section]:
        """Give what is objected to, why, until when, and what the facts come to."""
        facts: casefacts.Facts = [
            (_("提出人"), found.asked_by),
            (_("原考核结果"), cells.shown(found.before)),
            (_("答复期限"), f"{cells.shown(found.due_on)} {_days_left(found.due_on)}"
             if found.status is ObjectionStatus.AWAITING else cells.shown(found.due_on)),
            (_("答复时间"), cells.shown(found.decided_at)),
            (_("答复人"), found.decided_by),
        ]  # fmt: skip
        sections = [
            casefacts.Section(heading=_("复核事项"), facts=[one for one in facts if one[1]]),
            why(found, _("复核理由"), found.reason),
        ]
        if found.answer:
            sections.append(casefacts.Section(heading=_("答复内容"), text=found.answer))
        case = found.assessment
        return [
            *sections,
            resultfacts.explained(case),
            *casefacts.opinions(case, roles=(Role.INSTITUTION, Role.AGENCY)),
        ]

    def decision_form(self, found: Any, typed: dict[str, str]) -> Any:
        """Ask the agency which parts it judges otherwise."""
        if acting().role is not Role.AGENCY:
            return None
        judged = judgements.judge(found.assessment)
        parts = [ResultPart.WORK, ResultPart.ETHICS, ResultPart.EXAM]
        if any(one.part is ResultPart.WHOLE for one in judged.reasons):
            parts.append(ResultPart.WHOLE)
        return ChangeForm(parts, typed)

    @expose("/ask/<int:pk>", methods=["POST"])
    @protected("ask")
    def ask(self, pk: int) -> Any:
        """Object to a conclusion; ``pk`` is the conclusion's."""
        session = db.session()
        conclusion = session.get(Conclusion, pk)
        if conclusion is None:
            raise NotFound
        back = url_for("HistoryView.result", pk=pk)
        reason = (request.form.get("comment") or "").strip()[:_LONGEST]
        try:
            row = objections.ask(session, conclusion, reason=reason, actor=acting(), at=now())
            action = "order" if row.by_authority else "ask"
            notices.follow(
                session, "objection", action, ids=[row.id], at=now(), parameters={"reason": reason}
            )
            session.commit()
        except ObjectionRefused as refusal:
            session.rollback()
            flash(str(refusal.message), "danger")
            return redirect(back)
        flash(_("已提交考核机构，答复期限为%(day)s。", day=row.due_on), "success")
        return redirect(back)
