"""What is decided on a case's page: buttons, the form beside the case, and what may be added to it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.enums import Procedure, Verdict
from app.extensions import db
from app.models import Assessment
from app.views import actions, caseforms, casenotes
from app.views.actions import Action
from app.views.base import acting
from app.views.clock import now
from app.views.desks import VERDICT_DESK, Desk
from app.views.steps import take_typed
from app.workflows.assessment import ASSESSMENT
from app.workflows.engine import Offer


class Decision:
    """What the acting person decides on one step of a case's page."""

    def __init__(self, view: Any, case: Assessment, step: str) -> None:
        self.view, self.case, self.step = view, case, step
        self.actor = acting()
        self.desk: Desk | None = view.desk()
        self.offers: list[Offer] = []
        if self.desk is not None:
            offers = ASSESSMENT.available(db.session(), case, actor=self.actor, at=now())
            self.offers = [offer for offer in offers if _concerns(offer, case, self.desk)]
        self.is_open = any(offer.closed_reason is None for offer in self.offers)
        self.decides = self.desk is not None and (not self.desk.gives_opinions or step == "work")
        self.typed: Mapping[str, str] = {}
        if self.decides:
            self.typed = take_typed(ASSESSMENT.name, case.id)
        self.hand = self._hand()

    def has_form(self) -> bool:
        """Say whether one's own opinions stand in a form."""
        return self.decides and self.is_open and self.desk is not None and self.desk.gives_opinions

    def _targets(self) -> dict[str, str]:
        """Where a step goes on to, and back to when it is refused."""
        assert self.desk is not None
        here = self.view.case_url(self.case.id, "work" if self.desk.gives_opinions else self.step)
        follow = self.view.follow_url(self.case.id) if self.desk.returns_to_list else here
        return {"next": follow, "back": here}

    def early(self) -> list[Action]:
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

    def drawn(self) -> dict[str, Any]:
        """Give what the template draws of the decision."""
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
        if self.has_form():
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
        is_verdict = self.step == "work" and self.desk is VERDICT_DESK
        if self.desk is None or not (self.has_form() or is_verdict):
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


def _concerns(offer: Offer, case: Assessment, desk: Desk) -> bool:
    """不符合简易程序 is no question of a case that goes by the general procedure."""
    if desk.actions is not None and offer.action not in desk.actions:
        return False
    return offer.action != "agency_not_simplified" or case.procedure is Procedure.SIMPLIFIED
