"""一般程序审核 and 简易程序审核: the institution's queue (manual 1.6, 1.7)."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement
from werkzeug.exceptions import NotFound

from app.enums import AssessmentStatus, Procedure
from app.extensions import db
from app.models import Assessment
from app.operations import case_notes, case_opening
from app.operations.case_notes import NoteRefused
from app.queries import assessments
from app.queries.deadlines import Deadline
from app.queries.listing import Listing
from app.views import batch_pages, caseforms, caselist
from app.views.actions import Action, link
from app.views.base import acting, expose, protected
from app.views.casepage import CaseView
from app.views.clock import now
from app.views.desks import REVIEW_DESK, Desk
from app.views.due import due_of
from app.views.import_links import import_button
from app.views.rownumbers import row_number
from app.views.steps import keep_typed
from app.workflows.assessment import ASSESSMENT
from app.workflows.outside_opinion import OUTSIDE_OPINION


class QueueView(CaseView):
    """The cases of one procedure that wait for the acting body, first come first."""

    group = _l("考核管理")
    procedure: Procedure
    waiting_for: AssessmentStatus
    row_label: Any
    decision = batch_pages.PASSING

    def queue(self) -> tuple[ColumnElement[bool], ...]:
        """Give what waits here in the current cycle."""
        return assessments.waiting(
            self.waiting_for, self.procedure, province_id=acting().province_id
        )

    def admits(self, case: Assessment) -> bool:
        """Admit cases of this procedure, also those that have just left the queue."""
        return case.procedure is self.procedure

    def listing(self) -> Listing:
        """List the queue."""
        return Listing(
            anchor=Assessment,
            columns=caselist.columns(
                "department",
                "name",
                "id_number",
                "category",
                "level",
                "procedure",
                "first_registered",
                "submitted",
            ),
            details=caselist.details,
            order=(Assessment.submitted_at, Assessment.id),
            criteria=self.queue(),
        )

    def filters(self) -> list[Any]:
        """Offer the manual's filters."""
        return caselist.filters("department", "name", "id_number", "category")

    def row_actions(self, row: Any) -> list[Action]:
        """Link the case's page; the filter goes along."""
        if not self.may("case"):
            return []
        return [link("case", self.row_label, self.case_url(row.pk))]

    def due(self) -> Deadline | None:
        """Give the day by which the queue is to be empty."""
        return due_of(self.waiting_for)

    def follow_url(self, pk: int) -> str:
        """Go on to the next case of the queue."""
        return url_for(f"{self.endpoint}.next_case", pk=pk, **self.asked())

    @expose("/next/<int:pk>")
    @protected("case")
    def next_case(self, pk: int) -> Any:
        """Open the case that waits behind this one, else the first; with none left the list."""
        case = self.found(pk)
        place = self.place(case) if self.admits(case) else None
        if place is None:
            raise NotFound
        following = place.after or place.first
        if following is None or following == pk:
            flash(_("本队列已没有其他待处理的医师。"), "info")
            return redirect(self.list_url())
        return redirect(self.case_url(following))

    def bulk(self) -> list[Action]:
        """Give 批量通过."""
        return [batch_pages.button(self, self.decision)] if self.may("batch") else []

    @expose("/batch", methods=["POST"])
    @protected("batch")
    def batch(self) -> Any:
        """Show which of the chosen cases would pass; nothing happens yet."""
        return batch_pages.preview(self, self.decision)

    @expose("/batch/pass", methods=["POST"])
    @protected("batch")
    def batch_pass(self) -> Any:
        """Pass the cases that were shown, as they were shown."""
        return batch_pages.carry_out(self, self.decision)


class ReviewView(QueueView):
    """What waits for the institution's opinion."""

    waiting_for = AssessmentStatus.AWAITING_INSTITUTION
    row_label = _l("审核")

    def opened(self, case: Assessment) -> bool:
        """Note the first look: from now on the physician cannot take the registration back.

        In a transaction of its own: that of a page begins for reading only, and could not turn
        into one that writes once somebody else has written.
        """
        if not case_opening.is_first_look(case, actor=acting()):
            return False
        session, pk = db.session(), case.id
        session.rollback()
        case_opening.note(session, pk, at=now())
        session.commit()
        session.connection(execution_options={"read_only": True})
        return True

    def desk(self) -> Desk:
        """Let the institution give its opinion."""
        return REVIEW_DESK

    def toolbar(self) -> list[Action]:
        """Give 批量导入执业行为记录."""
        security, label = self.appbuilder.sm, _l("批量导入执业行为记录")
        return [*super().toolbar(), *import_button(security, "ConductImportView", label)]

    @expose("/case/<int:pk>/notes", methods=["POST"])
    @protected("note")
    def add_notes(self, pk: int) -> Any:
        """Store another institution's opinion, a record, or both; typed opinions are kept."""
        case = self.found(pk)
        if not self.admits(case):
            raise NotFound
        typed = request.form.to_dict()
        here = self.case_url(pk, "work")
        try:
            stored = _store(pk, typed)
            db.session.commit()
        except NoteRefused as refusal:
            db.session.rollback()
            flash(str(refusal.message), "danger")
            typed |= {"wrong": refusal.field or "", "problem": str(refusal.message)}
            keep_typed(ASSESSMENT.name, pk, typed)
            return redirect(here)
        for name in stored:
            typed.pop(name, None)
        keep_typed(ASSESSMENT.name, pk, typed)
        flash(_("保存成功。"), "success")
        return redirect(here)

    @expose("/case/<int:pk>/notes/remove", methods=["POST"])
    @protected("note")
    def remove_note(self, pk: int) -> Any:
        """Remove a record, or an opinion typed in here, while the case is under review."""
        case = self.found(pk)
        if not self.admits(case):
            raise NotFound
        kind, _colon, number = request.form.get("note", "").partition(":")
        try:
            case_notes.remove(
                db.session(),
                pk,
                kind=kind,
                note_id=row_number(number) or 0,
                actor=acting(),
                at=now(),
            )
            db.session.commit()
        except NoteRefused as refusal:
            db.session.rollback()
            flash(str(refusal.message), "danger")
        else:
            flash(_("已删除。"), "success")
        return redirect(self.case_url(pk, "work"))


def _store(case_id: int, typed: dict[str, str]) -> tuple[str, ...]:
    """Store what was typed and give the names of its fields."""
    has_outside = caseforms.is_begun(typed, caseforms.OUTSIDE)
    has_conduct = caseforms.is_begun(typed, caseforms.CONDUCT)
    if not has_outside and not has_conduct:
        raise NoteRefused(_l("请先填写要新增的意见或记录，再点击保存。"))
    session, actor, at = db.session(), acting(), now()
    if has_outside:
        row = case_notes.add_outside_opinion(
            session,
            case_id,
            place=typed.get("outside_place", ""),
            content=typed.get("outside_content", ""),
            actor=actor,
            at=at,
        )
        OUTSIDE_OPINION.fire(session, row.id, "type_in", actor=actor, at=at)
    if has_conduct:
        case_notes.add_conduct_record(
            session,
            case_id,
            is_good={"good": True, "bad": False}.get(typed.get("conduct_kind", "")),
            place=typed.get("conduct_place", ""),
            closed_on=caseforms.day(typed.get("conduct_closed_on", "")),
            outcome=typed.get("conduct_outcome", ""),
            actor=actor,
            at=at,
        )
    return (*caseforms.OUTSIDE, *caseforms.CONDUCT)


class GeneralReviewView(ReviewView):
    """一般程序审核."""

    route_base = "/review/general"
    name = _l("一般程序审核")
    procedure = Procedure.GENERAL


class SimplifiedReviewView(ReviewView):
    """简易程序审核."""

    route_base = "/review/simplified"
    name = _l("简易程序审核")
    procedure = Procedure.SIMPLIFIED
