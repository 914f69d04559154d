"""停止考核: the authority enters a death or a 注销注册, and takes it back; the case stands still meanwhile.

Rows of the participation's table. The case keeps everything: when the participation goes on, it
stands where it stood.
"""

from flask_babel import lazy_gettext as _l

from app.enums import AssessmentStatus, AwayReason, Role
from app.enums import ParticipationStatus as P
from app.security.actor import SYSTEM
from app.workflows.assessment import ASSESSMENT
from app.workflows.engine import Effect, Step, Text, Transition
from app.workflows.paper_results import settle

STOPPED = frozenset({AwayReason.DECEASED, AwayReason.DEREGISTERED})
"""Reasons that only an authority enters, and only it takes back."""
BUTTONS = frozenset({"die", "deregister", "reinstate"})
_OFFICE = frozenset({Role.AUTHORITY})


def forget_absence(step: Step) -> None:
    """Somebody who is back has no reason to be away."""
    step.subject.away_reason = None
    step.subject.away_from = None
    step.subject.away_until = None


def not_stopped(step: Step) -> Text | None:
    """Say why a hospital may not change this absence, or None."""
    if step.subject.away_reason in STOPPED:
        return _l("卫生行政部门已停止该医师的考核，请联系隶属卫生行政部门。")
    return None


def _may_stop(step: Step) -> Text | None:
    if step.subject.away_reason in STOPPED:
        return _l("已停止该医师的考核。")
    case = step.subject.assessment
    if case is not None and case.status is AssessmentStatus.COMPLETED:
        return _l("该医师本周期考核已完成，不能停止。")
    return None


def _stopped_only(step: Step) -> Text | None:
    if step.subject.away_reason in STOPPED:
        return None
    return _l("该医师的考核没有被卫生行政部门停止。")


def _has_case(step: Step) -> bool:
    return step.subject.assessment is not None


def _has_none(step: Step) -> bool:
    return step.subject.assessment is None


def _stop(reason: AwayReason) -> Effect:
    def stop(step: Step) -> None:
        place = step.subject
        place.away_reason, place.away_from, place.away_until = reason, step.today, None
        _move_case(step, "halt")

    return stop


def _go_on(step: Step) -> None:
    forget_absence(step)
    _move_case(step, "go_on")
    if step.subject.assessment is not None:  # its papers may have ended meanwhile
        settle(step.session, [step.subject.assessment.id], at=step.at)


def _move_case(step: Step, action: str) -> None:
    case = step.subject.assessment
    if case is not None:
        ASSESSMENT.fire(step.session, case.id, action, actor=SYSTEM, at=step.at)


TRANSITIONS = (
    *(
        Transition(
            name=name,
            label=label,
            sources=frozenset({P.UNCONFIRMED, P.CONFIRMED, P.AWAY}),
            target=P.AWAY,
            roles=_OFFICE,
            guard=_may_stop,
            effect=_stop(reason),
            needs_comment=True,
            tone="danger",
        )
        for name, label, reason in (
            ("die", _l("登记离世"), AwayReason.DECEASED),
            ("deregister", _l("登记注销注册"), AwayReason.DEREGISTERED),
        )
    ),
    *(
        Transition(  # the way back, to where the case stood
            name=name,
            action="reinstate",
            label=_l("恢复考核"),
            sources=frozenset({P.AWAY}),
            target=target,
            roles=_OFFICE,
            when=when,
            guard=_stopped_only,
            effect=_go_on,
            needs_comment=True,
        )
        for name, target, when in (
            ("reinstate_case", P.CONFIRMED, _has_case),
            ("reinstate", P.UNCONFIRMED, _has_none),
        )
    ),
)
