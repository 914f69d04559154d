"""What the queues of requests that one body decides share: the list with its tabs, and one page each."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select

from app.enums import RequestStatus
from app.extensions import db
from app.models import Department, Physician
from app.queries import trail
from app.queries.listing import Column, Listing, Tab
from app.views import actions, casefacts, cells
from app.views.actions import Action, link
from app.views.base import EntityView, acting, expose, page, protected
from app.views.clock import now
from app.views.filters import Filter, begins
from app.views.steps import take_typed
from app.workflows.engine import Workflow
from app.workflows.offers import startable


class DecidedRequestView(EntityView):
    """The requests of one kind; a subclass names model and workflow and draws what was asked."""

    abilities = frozenset({"list", "export"})
    group = _l("考核管理")
    model: Any
    workflow: Workflow
    waiting: Any = RequestStatus.AWAITING
    hidden_steps: frozenset[str] = frozenset()  # taken from somewhere else
    status_label: Any = _l("审核状态")
    row_label: Any = _l("审核")

    def sections(self, found: Any) -> Sequence[casefacts.Section]:
        """Give what was asked for, and why."""
        raise NotImplementedError

    def who(self, found: Any) -> str:
        """Give the heading of a request's page."""
        return str(found.physician.name)

    def decision_form(self, found: Any, typed: dict[str, str]) -> Any:
        """Give what a decision asks besides its reason, or None."""
        return None

    def columns_of_request(self) -> Sequence[Column]:
        """Give the columns between the person and the state."""
        return ()

    def columns_of_person(self) -> Sequence[Column]:
        """Give the columns that say whom a request is about."""
        return (
            Column(name="department", label=_l("科室"), expression=Department.name),
            Column(name="name", label=_l("姓名"), expression=Physician.name),
            Column(name="id_number", label=_l("证件号码"), expression=Physician.id_masked),
        )

    def joined(self, statement: Any) -> Any:
        """Join what the columns name."""
        return statement.outerjoin(Physician, Physician.id == self.model.physician_id).outerjoin(
            Department, Department.id == Physician.department_id
        )

    def criteria(self) -> tuple[ColumnElement[bool], ...]:
        """Give what belongs here at all, within the scope."""
        return ()

    def tabs(self) -> Sequence[Tab]:
        """Give what waits, and behind a tab what was decided."""
        status = self.model.status
        return (
            Tab(name="waiting", label=_l("待处理"), criterion=status == self.waiting),
            Tab(name="decided", label=_l("已处理"), criterion=status != self.waiting),
        )

    def listing(self) -> Listing:
        """List the requests, those that have waited longest first."""
        return Listing(
            anchor=self.model,
            columns=(
                *self.columns_of_person(),
                *self.columns_of_request(),
                Column(name="status", label=self.status_label, expression=self.model.status),
            ),
            details=self.joined,
            order=(self.model.id,),
            criteria=self.criteria(),
            tabs=tuple(self.tabs()),
        )

    def filters(self) -> Sequence[Filter]:
        """Filter by the physician's name."""
        people = begins(Physician.name)
        return (
            Filter(
                name="name",
                label=_l("姓名"),
                kind="text",
                build=lambda text: self.model.physician_id.in_(
                    select(Physician.id).where(people(text))
                ),
            ),
        )

    def row_actions(self, row: Any) -> list[Action]:
        """Link the request's page."""
        return [link("case", self.row_label, self._url("case", row.pk))] if self.may("case") else []

    @expose("/case/<int:pk>")
    @protected("case")
    def case(self, pk: int) -> Any:
        """Draw a request, and what may be decided."""
        return self.draw(self.found(pk))

    def draw(self, found: Any, **more: Any) -> str:
        """Draw the page of a request."""
        offers = [
            offer
            for offer in startable(self.workflow, db.session(), found, actor=acting(), at=now())
            if offer.action not in self.hidden_steps
        ]
        entries = trail.of_subject(db.session(), subject=self.workflow.name, subject_id=found.id)
        back = url_for(f"{self.endpoint}.list")
        drawn = {
            "name": self.who(found),
            "status": (found.status.label, cells.tone(found.status)),
            "sections": self.sections(found),
            "returned_reason": getattr(found, "returned_reason", None),
            "timeline": casefacts.timeline(entries),
            "back_url": back,
            "actions": actions.steps(self.workflow.name, found.id, offers),
            "decision_title": self.name,
            "decision_form": (
                self.decision_form(found, take_typed(self.workflow.name, found.id))
                if offers
                else None
            ),
            "targets": {"next": back, "back": self._url("case", found.id)},
            **more,
        }
        return page("side_case/review.html", title=drawn["name"], crumbs=self.crumbs(), page=drawn)

    def _url(self, name: str, pk: int) -> str:
        return url_for(f"{self.endpoint}.{name}", pk=pk)


def asked(model: Any) -> Column:
    """Give the column of 申请时间."""
    return Column(name="asked", label=_l("申请时间"), expression=model.asked_at)


def why(found: Any, heading: Any, text: Any) -> casefacts.Section:
    """Give the section of the reason, with when it was asked."""
    facts: casefacts.Facts = [(_("申请时间"), cells.shown(found.asked_at))]
    return casefacts.Section(heading=heading, text=text, facts=facts)
