"""A case's page for everyone who may open one: declared by a Desk, drawn in three steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement
from werkzeug.exceptions import NotFound

from app.enums import Role, Verdict
from app.extensions import db
from app.models import Assessment, Registration
from app.queries import assessments
from app.queries.assessments import PAPER
from app.views import actions, casefacts, caseforms, caseprint, cells
from app.views.actions import Action
from app.views.base import EntityView, Interface, acting, expose, page, protected
from app.views.clock import now
from app.views.filters import FilterBar
from app.views.steps import take_typed
from app.workflows.assessment import ASSESSMENT
from app.workflows.engine import Offer

STEPS = ("info", "work", "log")
_BODIES = (Role.INSTITUTION, Role.AGENCY)
_RULE = _l("工作业绩、职业道德评定结果任意一项被评定为不合格，医师本次考核结果为不合格。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a kind of reader decides on the page.

    ``gives_opinions``: the decision has 评定意见 and lies on the second step, else on every step.
    ``adds_notes``: the reader may add records and other institutions' opinions while deciding.
    """

    title: Any
    help: Any = None
    gives_opinions: bool = False
    adds_notes: bool = False
    returns_to_list: bool = True


REVIEW_DESK = Desk(
    title=_l("医疗卫生机构评定意见"), help=_RULE, gives_opinions=True, adds_notes=True
)
RECHECK_DESK = Desk(title=_l("考核机构评定意见"), help=_RULE, gives_opinions=True)
OVERSIGHT_DESK = Desk(
    title=_l("驳回报名信息"),
    help=_l(
        "医师提交报名信息后，只能由隶属卫生行政部门驳回。驳回后由医师重新填报，已有的评定意见作废。"
    ),
    returns_to_list=False,
)


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
            self.offers = ASSESSMENT.available(db.session(), case, actor=self.actor, at=now())
        self.is_open = any(offer.closed_reason is None for offer in self.offers)
        self.decides = self.desk is not None and (not self.desk.gives_opinions or step == "work")
        self.typed: Mapping[str, str] = {}
        if self.decides:
            self.typed = take_typed(ASSESSMENT.name, case.id)

    def drawn(self) -> dict[str, Any]:
        """Give what the template draws."""
        case, place = self.case, self.view.place(self.case)
        return {
            "name": case.physician.name,
            "status": (case.status.label, cells.tone(case.status)),
            "facts_line": self._facts_line(place),
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
            return casefacts.info(self.case, self.sent, reveal=may_reveal)
        notes = self.is_open and self.desk is not None and self.desk.adds_notes
        found = [
            *casefacts.work(self.case, self.sent),
            casefacts.conduct(self.case, self.sent, note=caseforms.CONDUCT if notes else ()),
            casefacts.outside(self.case, note=caseforms.OUTSIDE if notes else ()),
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
        return [
            replace(button, fields=self._targets())
            for button in buttons
            if button.needs_reason and button.tone == "danger" and not button.closed_reason
        ]

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
        if self.is_open and self.desk.adds_notes:
            drawn["note_form"] = caseforms.note_form(self.typed)
            kept = self.view.asked()
            url = url_for(f"{self.view.endpoint}.add_notes", pk=self.case.id, **kept)
            drawn["note_url"] = url
            drawn["notes_shown"] = {
                "note-conduct": self._is_shown(caseforms.CONDUCT),
                "note-outside": self._is_shown(caseforms.OUTSIDE),
            }
        return drawn

    def _is_shown(self, names: tuple[str, ...]) -> bool:
        is_wanted = request.args.get("add") == "1" or self.typed.get("wrong") in names
        return is_wanted or caseforms.is_begun(self.typed, names)

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
