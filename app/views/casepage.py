"""A case's page for everyone who may open one: declared by a Desk, drawn in three steps."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement
from werkzeug.exceptions import NotFound

from app.enums import Procedure, Role, Verdict
from app.extensions import db
from app.models import Assessment, Registration
from app.operations import portraits
from app.queries import assessments
from app.queries.assessments import PAPER
from app.views import actions, casefacts, caseforms, casenotes, caseprint, cells, reading
from app.views.actions import Action
from app.views.base import EntityView, Interface, acting, expose, page, protected
from app.views.clock import now
from app.views.desks import Desk
from app.views.due import due_of
from app.views.filters import FilterBar
from app.views.steps import take_typed
from app.workflows.assessment import ASSESSMENT
from app.workflows.engine import Offer

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

    @expose("/case/<int:pk>")
    @protected("case")
    def case(self, pk: int) -> Any:
        """Draw one step of a case."""
        asked = request.args.get("step", "")
        step = asked if asked in STEPS else STEPS[0]
        if request.args.get("print") == "1":
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
        self.desk = view.desk()
        self.sent: Registration | None = None
        if case.submitted_at is not None:
            self.sent = case.participation.registration
        self.offers: list[Offer] = []
        if self.desk is not None:
            offers = ASSESSMENT.available(db.session(), case, actor=self.actor, at=now())
            self.offers = [offer for offer in offers if _concerns(offer, case)]
        self.is_open = any(offer.closed_reason is None for offer in self.offers)
        self.decides = self.desk is not None and (not self.desk.gives_opinions or step == "work")
        self.typed: Mapping[str, str] = {}
        if self.decides:
            self.typed = take_typed(ASSESSMENT.name, case.id)
        self.hand = self._hand()

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
            "next_url": self.view.case_url(place.after) if place and place.after else None,
            "sections": self._sections(),
            "returned_reason": case.returned_reason,
            "notice": None if self.sent or self.step == "log" else _("医师尚未提交报名信息。"),
            "timeline": self._timeline(),
            "turns": self._turns(),
            "early": self._early(),
            "has_keys": self.desk is not None and self.view.queue() is not None,
            **self._decision(),
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
            *casenotes.sections(self.case, self.sent, self.hand),
        ]
        if self._has_form():  # one's own opinions stand in the form
            others = casefacts.given_by(self.case) - {self.actor.role}
            return [*found, *casefacts.opinions(self.case, roles=sorted(others))]
        return [
            *found,
            *casefacts.opinions(self.case, roles=_BODIES),
            casefacts.outcome(self.case),
        ]

    def _timeline(self) -> list[dict[str, Any]] | None:
        if self.step != "log":
            return None
        entries = assessments.trail_of(db.session(), participation_id=self.case.participation_id)
        return casefacts.timeline(entries)

    def _has_form(self) -> bool:
        return self.decides and self.is_open and self.desk is not None and self.desk.gives_opinions

    def _targets(self) -> dict[str, str]:
        """Where a step goes on to, and back to when it is refused."""
        assert self.desk is not None
        here = self.view.case_url(self.case.id, "work" if self.desk.gives_opinions else self.step)
        follow = self.view.follow_url(self.case.id) if self.desk.returns_to_list else here
        return {"next": follow, "back": here}

    def _early(self) -> list[Action]:
        """On the first step one may already send a registration back (manual 1.6)."""
        if self.step != "info" or self.desk is None or not self.desk.gives_opinions:
            return []
        buttons = actions.steps(ASSESSMENT.name, self.case.id, self.offers)
        found = [
            replace(button, fields=self._targets())
            for button in buttons
            if button.needs_reason and button.tone == "danger" and not button.closed_reason
        ]
        if self.desk.declares_recusal and self.is_open:
            found.append(self._recusal())
        return found

    def _recusal(self) -> Action:
        """An assessor with an interest goes off the case (art. 16)."""
        return actions.post(
            "declare",
            _("声明回避"),
            url_for("RecusalView.declare", pk=self.case.id),
            needs_reason=True,
            reason_label=_("回避理由"),
            fields=self._targets(),
        )

    def _decision(self) -> dict[str, Any]:
        if not self.decides or self.desk is None:
            return {}
        buttons = actions.steps(ASSESSMENT.name, self.case.id, self.offers)
        drawn: dict[str, Any] = {
            "decision_title": self.desk.title,
            "decision_help": self.desk.help,
            "targets": self._targets(),
            "asks_reason": any(b.needs_reason and not b.closed_reason for b in buttons),
            "actions": [
                replace(b, fields={"asked": "reason" if b.needs_reason else "opinions"})
                for b in buttons
            ],
        }
        if self._has_form():
            drawn["decision_form"] = caseforms.opinion_form(
                self.case, role=self.actor.role, typed=self.typed
            )
            drawn["warning"] = self._warning()
            drawn["remark_form"] = caseforms.remark_form(self.typed)
            drawn["has_remarks"] = caseforms.is_begun(self.typed, caseforms.REMARKS)
        if self.hand.acts:
            drawn["note_form"] = caseforms.note_form(self.typed)
            drawn["note_url"] = self._note_url("add_notes")
            drawn["notes_shown"] = casenotes.is_shown(self.typed)
        return drawn

    def _hand(self) -> casenotes.Hand:
        if not self._has_form() or self.desk is None:
            return casenotes.READER
        return casenotes.hand(
            self.case,
            actor=self.actor,
            adds_notes=self.desk.adds_notes,
            case_url=self.view.case_url(self.case.id, "work"),
            remove_url=self._note_url("remove_note"),
        )

    def _note_url(self, method: str) -> str:
        if self.desk is None or not self.desk.adds_notes:
            return ""
        return url_for(f"{self.view.endpoint}.{method}", pk=self.case.id, **self.view.asked())

    def _warning(self) -> Any:
        failed = [
            str(row.part.label)
            for row in self.case.opinions
            if row.role is not self.actor.role and row.verdict is Verdict.FAIL
        ]
        if not failed:
            return None
        return _(
            "医疗卫生机构评定“%(parts)s”为不合格。通过后考核结果为不合格，医师不再参加测评。",
            parts="、".join(failed),
        )


def _concerns(offer: Offer, case: Assessment) -> bool:
    """不符合简易程序 is no question of a case that goes by the general procedure."""
    return offer.action != "agency_not_simplified" or case.procedure is Procedure.SIMPLIFIED
