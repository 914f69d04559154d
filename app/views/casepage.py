"""A case's page for everyone who may open one: declared by a Desk, drawn in three steps."""

from collections.abc import Sequence
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement
from werkzeug.exceptions import NotFound

from app.enums import AssessmentStatus, Role
from app.extensions import db
from app.models import Assessment, Registration
from app.operations import portraits
from app.queries import assessments
from app.queries.assessments import PAPER
from app.views import (
    actions,
    casefacts,
    casenotes,
    casepdf,
    caseprint,
    cells,
    reading,
    resultfacts,
    sendfile,
)
from app.views.actions import Action
from app.views.base import EntityView, Interface, acting, expose, page, protected
from app.views.casedecision import Decision
from app.views.desks import Desk
from app.views.due import due_of
from app.views.filters import FilterBar

STEPS = ("info", "work", "log")
_BODIES = (Role.INSTITUTION, Role.AGENCY)


class CaseView(EntityView):
    """A list of cases whose rows open the case's page at ``<base>/case/<pk>?step=``."""

    datamodel = Interface(Assessment)
    abilities = frozenset({"list", "export"})

    def desk(self) -> Desk | None:
        """Give what the acting person decides here; None reads only."""
        return None

    def queue(self) -> tuple[ColumnElement[bool], ...] | None:
        """Give the criteria of the queue in which cases are worked through, if this is one."""
        return None

    def admits(self, case: Assessment) -> bool:
        """Say whether the case belongs to this page at all."""
        return True

    def opened(self, case: Assessment) -> bool:
        """Note that the acting person has a case before him or her; True: read it anew."""
        return False

    def more_sections(self, case: Assessment) -> Sequence[casefacts.Section]:
        """Give what this page shows beside the opinions: once it has a result, why."""
        if case.status not in (AssessmentStatus.AWAITING_VERDICT, AssessmentStatus.COMPLETED):
            return ()
        return (resultfacts.explained(case),)

    @expose("/case/<int:pk>")
    @protected("case")
    def case(self, pk: int) -> Any:
        """Draw one step of a case."""
        asked = request.args.get("step", "")
        step = asked if asked in STEPS else STEPS[0]
        if request.args.get("print") in ("1", "pdf"):
            step = PAPER
        case = assessments.find(db.session(), pk, step=step)
        if case is None or not self.admits(case):
            raise NotFound
        if self.opened(case):
            case = assessments.find(db.session(), pk, step=step)
            if case is None:
                raise NotFound
        return reading.drawn(case, "assessment", case.physician_id, lambda: self._drawn(case, step))

    def _drawn(self, case: Assessment, step: str) -> Any:
        if step == PAPER and request.args.get("print") == "pdf":
            name = f"{_('医师定期考核表')}-{case.physician.name}.pdf"
            return sendfile.pdf(name, casepdf.drawn(case))
        if step == PAPER:
            return caseprint.draw(case, back_url=self.case_url(case.id))
        drawn = _CasePage(self, case, step).drawn()
        return page("case/page.html", title=drawn["name"], crumbs=self.crumbs(), page=drawn)

    def asked(self) -> dict[str, Any]:
        """Give the filter of the list from which the case was opened: addresses carry it along."""
        names = [name for entry in self.filters() for name in FilterBar.names_of(entry)]
        return {name: request.args[name] for name in names if request.args.get(name)}

    def case_url(self, pk: int, step: str = STEPS[0]) -> str:
        """Give the address of a step of a case."""
        return url_for(f"{self.endpoint}.case", pk=pk, step=step, **self.asked())

    def list_url(self) -> str:
        """Give the address of the list."""
        return url_for(f"{self.endpoint}.list", **self.asked())

    def follow_url(self, pk: int) -> str:
        """Give where a decision about a case leads."""
        return self.list_url()

    def place(self, case: Assessment) -> assessments.Place | None:
        """Find a case's place among those that wait here and that the filter finds."""
        queue = self.queue()
        if queue is None or case.submitted_at is None:
            return None
        bar = FilterBar(self.filters(), request.args)
        filtered = bar.criteria() if bar.is_valid else ()
        return assessments.place_in(db.session(), case, (*queue, *filtered))


class _CasePage:
    """One drawing of one step."""

    def __init__(self, view: CaseView, case: Assessment, step: str) -> None:
        self.view, self.case, self.step = view, case, step
        self.actor = acting()
        self.decision = Decision(view, case, step)
        self.sent: Registration | None = None
        if case.submitted_at is not None:
            self.sent = case.participation.registration

    def drawn(self) -> dict[str, Any]:
        """Give what the template draws."""
        case, place = self.case, self.view.place(self.case)
        return {
            "name": case.physician.name,
            "status": (case.status.label, cells.tone(case.status)),
            "facts_line": self._facts_line(place),
            "due": due_of(case.status, cycle_id=case.cycle_id),
            "steps": self._steps(),
            "prev_url": self.view.case_url(place.before) if place and place.before else None,
            "print_url": url_for(f"{self.view.endpoint}.case", pk=case.id, print=1),
            "pdf_url": url_for(f"{self.view.endpoint}.case", pk=case.id, print="pdf"),
            "next_url": self.view.case_url(place.after) if place and place.after else None,
            "sections": self._sections(),
            "returned_reason": case.returned_reason,
            "notice": None if self.sent or self.step == "log" else _("医师尚未提交报名信息。"),
            "timeline": self._timeline(),
            "turns": self._turns(),
            "early": self.decision.early(),
            "has_keys": self.decision.desk is not None and self.view.queue() is not None,
            **self.decision.drawn(),
        }

    def _facts_line(self, place: assessments.Place | None) -> list[Any]:
        case = self.case
        found: list[Any] = [case.physician.department.name]
        if self.actor.role is not Role.INSTITUTION:
            found.insert(0, case.institution.name)
        found += [word.label for word in (case.physician.title, case.procedure) if word]
        if case.submitted_at is not None:
            found.append(_("提交于 %(time)s", time=cells.shown(case.submitted_at)))
        if place is not None and place.number is not None:
            found.append(_("第 %(n)s / %(total)s 件", n=place.number, total=place.total))
        return found

    def _steps(self) -> list[tuple[Any, str, None, bool]]:
        labels = (_("医师信息"), _("工作业绩、职业道德"), _("操作日志"))
        return [
            (label, self.view.case_url(self.case.id, step), None, step == self.step)
            for step, label in zip(STEPS, labels, strict=True)
        ]

    def _turns(self) -> list[Action]:
        at = STEPS.index(self.step)
        turns = [actions.link("back", _("返回"), self.view.list_url())]
        if at > 0:
            url = self.view.case_url(self.case.id, STEPS[at - 1])
            turns.append(actions.link("previous", _("上一步"), url))
        if at < len(STEPS) - 1:
            url = self.view.case_url(self.case.id, STEPS[at + 1])
            turns.append(actions.link("next", _("下一步"), url, tone="primary"))
        return turns

    def _sections(self) -> Sequence[casefacts.Section]:
        if self.step == "log":
            return ()
        if self.step == "info":
            may_reveal = self.view.appbuilder.sm.has_access("can_reveal", "PhysicianView")
            has_portrait = portraits.exists(db.session(), self.case.physician_id)
            return casefacts.info(
                self.case, self.sent, reveal=may_reveal, has_portrait=has_portrait
            )
        found = [
            *casefacts.work(self.case, self.sent),
            *casenotes.sections(self.case, self.sent, self.decision.hand),
        ]
        if self.decision.has_form():  # one's own opinions stand in the form
            others = casefacts.given_by(self.case) - {self.actor.role}
            return [*found, *casefacts.opinions(self.case, roles=sorted(others))]
        return [
            *found,
            *casefacts.opinions(self.case, roles=_BODIES),
            *self.view.more_sections(self.case),
            casefacts.outcome(self.case),
        ]

    def _timeline(self) -> list[dict[str, Any]] | None:
        if self.step != "log":
            return None
        entries = assessments.trail_of(db.session(), participation_id=self.case.participation_id)
        return casefacts.timeline(entries)
