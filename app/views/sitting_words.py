"""What a physician is told of a paper: when, how long, how often, the result, and the next button."""

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.enums import AssessmentStatus, PaperStatus
from app.exams import timing
from app.extensions import db
from app.models import ExamSession, Paper
from app.operations import blueprints, papers, sittings
from app.queries import cycles, exam_sessions
from app.rules import SHOWS_SCORE
from app.security.actor import Actor
from app.views import cells
from app.workflows.paper import PAPER


def paper(one: Paper, *, actor: Actor, at: datetime) -> dict[str, Any]:
    """Give everything that is drawn of a paper."""
    session = db.session()
    blueprint = sittings.blueprint_of(session, one)
    rules = cycles.rules(one.assessment.cycle)
    fitting = exam_sessions.fitting(exam_sessions.of_cycle(session, one.cycle_id), one)
    used = sittings.attempts(session, one.id)
    is_told = shows_score(one) and not one.is_held
    offer = next(
        offer
        for offer in PAPER.available(session, one, actor=actor, at=at)
        if offer.action == "begin"
    )
    return {
        "id": one.id,
        "name": _(one.name) if one.round == 1 else _("%(paper)s（补考）", paper=_(one.name)),
        "status": (one.status.label, cells.tone(one.status)),
        "result": one.result if is_told else None,
        "score": papers.shown(one.score_tenths)
        if is_told and one.score_tenths is not None
        else None,
        "minutes": blueprint.minutes if blueprint is not None else None,
        "questions": sum(row.count for row in blueprints.rows_of(blueprint)) if blueprint else None,
        "attempts": (max(rules.attempts - used, 0), rules.attempts),
        "when": "；".join(hours(session_) for session_ in fitting) or _("尚未安排"),
        "closed": offer.closed_reason if one.status is PaperStatus.NOT_STARTED else None,
        "prepare_url": (
            url_for("SittingView.prepare", pk=one.id)
            if one.status is PaperStatus.NOT_STARTED and offer.closed_reason is None
            else None
        ),
        "continue_url": (
            url_for("SittingView.prepare", pk=one.id) if one.status is PaperStatus.SITTING else None
        ),
        "after_url": _after(one) if used else None,
    }


def shows_score(one: Paper) -> bool:
    """Say whether the rules let an examinee see scores by now."""
    case = one.assessment
    rules = cycles.rules(case.cycle)
    return SHOWS_SCORE in rules.exam_rules or case.status is AssessmentStatus.COMPLETED


def hours(one: ExamSession) -> str:
    """Write when a session is open."""
    days = _("%(first)s至%(last)s", first=one.starts_on, last=one.last_day)
    if one.opens == 0 and one.closes >= timing.ALL_DAY:
        return days
    return _(
        "%(days)s每日%(opens)s至%(closes)s",
        days=days, opens=timing.clock(one.opens), closes=timing.clock(one.closes),
    )  # fmt: skip


def _after(one: Paper) -> str | None:
    last = sittings.current(db.session(), one.id)
    if last is None or last.sheet.closed_at is None:
        return None
    return url_for("SittingView.after", pk=last.id)
