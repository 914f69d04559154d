"""What the queues of 免考 and 延考 share: the manual's columns, one page a request, then the next."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement
from werkzeug.exceptions import NotFound

from app.enums import Role
from app.extensions import db
from app.queries import assessments, side_cases
from app.queries.listing import Listing, Tab
from app.views import actions, casefacts, caselist, cells
from app.views.actions import Action, link
from app.views.base import EntityView, acting, expose, page, protected
from app.views.clock import now
from app.views.filters import Filter, FilterBar
from app.views.steps import take_typed
from app.workflows.offers import startable

COLUMNS = (
    "department",
    "name",
    "id_number",
    "category",
    "level",
    "procedure",
    "first_registered",
)


class RequestReviewView(EntityView):
    """The requests that wait for the acting body, and those that it has behind it."""

    abilities = frozenset({"list", "export"})
    group = _l("考核管理")
    model: Any
    workflow: Any
    heading: Any
    waiting_for: Any
    row_label: Any

    def facts(self, stored: Any) -> casefacts.Facts:
        """Give what was asked for."""
        raise NotImplementedError

    def decision_form(self, typed: dict[str, str]) -> Any:
        """Give what a decision asks besides its reason, or None."""
        return None

    def queue(self) -> tuple[ColumnElement[bool], ...]:
        """Give what waits here in the current cycle."""
        return (
            side_cases.in_current_cycle(self.model, province_id=acting().province_id),
            self.model.status == self.waiting_for,
        )

    def listing(self) -> Listing:
        """List the queue, and behind a tab what is no draft and waits for somebody else or nobody."""
        model = self.model
        drafts = model.status != self.workflow.initial
        return Listing(
            anchor=model,
            columns=(
                *caselist.columns(*COLUMNS),
                replace(_STATUS, label=self.workflow.label, expression=model.status),
            ),
            details=side_cases.details(model),
            order=(model.id,),
            criteria=(side_cases.in_current_cycle(model, province_id=acting().province_id),),
            tabs=(
                Tab(
                    name="waiting",
                    label=_l("待处理"),
                    criterion=model.status == self.waiting_for,
                ),
                Tab(
                    name="others",
                    label=_l("其他"),
                    criterion=(model.status != self.waiting_for) & drafts,
                ),
            ),
        )

    def filters(self) -> list[Filter]:
        """Offer the filters of cases."""
        chosen = caselist.filters("department", "name", "id_number", "category", "procedure")
        return [replace(one, build=self._of_case(one.build)) for one in chosen]

    def _of_case(self, build: Any) -> Any:
        return lambda value: side_cases.of_cases(self.model, build(value))

    def row_actions(self, row: Any) -> list[Action]:
        """Link the request's page; the filter goes along."""
        return [link("case", self.row_label, self.case_url(row.pk))] if self.may("case") else []

    def asked(self) -> dict[str, Any]:
        """Give the filter of the list: addresses carry it along."""
        names = [name for entry in self.filters() for name in FilterBar.names_of(entry)]
        return {name: request.args[name] for name in names if request.args.get(name)}

    def case_url(self, pk: int) -> str:
        """Give the address of a request."""
        return url_for(f"{self.endpoint}.case", pk=pk, **self.asked())

    def list_url(self) -> str:
        """Give the address of the list."""
        return url_for(f"{self.endpoint}.list", **self.asked())

    @expose("/case/<int:pk>")
    @protected("case")
    def case(self, pk: int) -> Any:
        """Draw a request with its evidence, and what may be decided."""
        found = side_cases.find(db.session(), self.model, pk)
        if found is None or found.status is self.workflow.initial:
            raise NotFound  # nobody else's draft is read
        case = found.assessment
        drawn = {
            "name": case.physician.name,
            "status": (found.status.label, cells.tone(found.status)),
            "facts_line": self._facts_line(case),
            "sections": self._sections(found),
            "returned_reason": found.returned_reason,
            "timeline": self._timeline(case),
            "back_url": self.list_url(),
            **self._decision(found),
        }
        return page("side_case/review.html", title=drawn["name"], crumbs=self.crumbs(), page=drawn)

    def _facts_line(self, case: Any) -> list[Any]:
        words = [word.label for word in (case.physician.title, case.procedure) if word]
        house = [] if acting().role is Role.INSTITUTION else [case.institution.name]
        return [*house, case.physician.department.name, *words]

    def _sections(self, found: Any) -> Sequence[casefacts.Section]:
        person, case = found.assessment.physician, found.assessment
        who: casefacts.Facts = [
            (_("证件号码"), person.id_masked),
            (_("执业类别"), person.category.label),
            (_("医师级别"), person.level.label),
            (_("首次注册时间"), cells.shown(person.first_registered_on)),
            (_("考核程序"), cells.shown(case.procedure)),
            (_("考核状态"), cells.shown(case.status)),
        ]
        files = [
            link("download", row.filename, url_for("AttachmentView.download", pk=row.id))
            for row in found.attachments
        ]
        return [
            casefacts.Section(heading=self.heading, facts=self.facts(found)),
            casefacts.Section(
                heading=_("证明材料"), links=files, text=None if files else _("暂无数据")
            ),
            casefacts.Section(heading=_("医师信息"), facts=who),
        ]

    def _timeline(self, case: Any) -> list[dict[str, Any]]:
        entries = assessments.trail_of(db.session(), participation_id=case.participation_id)
        return casefacts.timeline([one for one in entries if one.subject == self.workflow.name])

    def _decision(self, found: Any) -> dict[str, Any]:
        offers = startable(self.workflow, db.session(), found, actor=acting(), at=now())
        if not offers:
            return {}
        bar = FilterBar(self.filters(), request.args)
        filtered = bar.criteria() if bar.is_valid else ()
        queue = (*self.queue(), *filtered)
        following = side_cases.next_waiting(db.session(), self.model, queue, after=found.id)
        target = self.list_url() if following is None else self.case_url(following)
        typed = take_typed(self.workflow.name, found.id)
        return {
            "actions": actions.steps(self.workflow.name, found.id, offers),
            "decision_title": self.name,
            "decision_form": self.decision_form(typed),
            "targets": {"next": target, "back": self.case_url(found.id)},
        }


_STATUS = caselist.COLUMNS["status"]
