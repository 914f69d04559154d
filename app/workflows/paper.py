"""试卷: sat online or scored by two people; then the case goes on (domain T18 to T28)."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.enums import PaperStatus as P
from app.enums import Role, SittingEnd, Verdict
from app.models import Paper
from app.operations import marking, papers, sittings
from app.queries import exam_sessions
from app.workflows import paper_gates as gates
from app.workflows.engine import Step, StepRefused, Transition, Workflow
from app.workflows.paper_results import confirmed, decide, finished, judge, rejudged, settle

_AGENCY = frozenset({Role.AGENCY})
_PROCTORS = frozenset({Role.AGENCY, Role.PROCTOR})
_CLOCK = frozenset({Role.SYSTEM})


def _enter(step: Step) -> None:
    if gates.has_score(step) is not None:
        return  # the guard says what is wrong
    paper = step.subject
    paper.score_tenths = step.facts
    paper.entered_by, paper.entered_by_id = step.actor.name, step.actor.account_id


def _note_score(step: Step) -> str:
    return f"{step.subject.name}：{papers.shown(step.subject.score_tenths)}"


def _forget(step: Step) -> None:
    paper = step.subject
    paper.score_tenths = paper.entered_by = paper.entered_by_id = None


def _confirmed(step: Step) -> None:
    step.session.flush()  # the case moves after the paper, in the fixed order of locks
    confirmed(step.session, [step.subject.id], step.at)


def _was_absent(step: Step) -> None:
    step.subject.result = Verdict.FAIL  # art. 27: not taking part without a reason
    settle(step.session, [step.subject.assessment_id], at=step.at)


def _spare(step: Step) -> None:
    step.subject.result = Verdict.PASS  # art. 23: deemed passed


def _begun(step: Step) -> None:
    paper = step.subject
    found = exam_sessions.fitting(exam_sessions.of_cycle(step.session, paper.cycle_id), paper)
    chosen = exam_sessions.open_now(found, at=step.at)
    assert chosen is not None  # the gate has looked
    try:
        sittings.start(step.session, paper, chosen, actor=step.actor, at=step.at)
    except sittings.SittingRefused as refusal:
        raise StepRefused(refusal.message) from refusal


def _close(session: Session, ids: Sequence[int], ending: SittingEnd, *, at: datetime) -> None:
    session.flush()  # sheets and cases move after the papers, in the fixed order of locks
    marking.close(session, ids, ending=ending, at=at)
    decide(PAPER, session, ids, at=at)


def _handed_in(step: Step) -> None:
    _close(step.session, [step.subject.id], SittingEnd.HANDED_IN, at=step.at)


def _terminated(step: Step) -> None:
    _close(step.session, [step.subject.id], SittingEnd.TERMINATED, at=step.at)


def _clock_ended(step: Step) -> None:
    _timed_out(step.session, [step.subject.id], step.at)


def _timed_out(session: Session, ids: Sequence[int], at: datetime) -> None:
    _close(session, ids, SittingEnd.TIMED_OUT, at=at)


def _nothing(_session: Session, _ids: Sequence[int], _at: datetime) -> None:
    """Another sitting is all that follows."""


def _rescored(session: Session, ids: Sequence[int], at: datetime) -> None:
    judge(session, ids)
    papers.withdraw_makeups(session, ids)
    rejudged(session, ids, at)


def _voided(step: Step) -> None:
    step.subject.result = Verdict.FAIL  # T23
    settle(step.session, [step.subject.assessment_id], at=step.at)


def _restored(step: Step) -> None:
    step.subject.result = None
    step.session.flush()  # judged anew, as the rules say today
    decide(PAPER, step.session, [step.subject.id], at=step.at, is_reviewed=True)


PAPER = Workflow(
    name="paper",
    label=_l("测评状态"),
    model=Paper,
    initial=P.NOT_STARTED,
    finals=frozenset({P.ABSENT, P.EXEMPT}),
    participation_of=lambda paper: paper.participation_id,
    bulk_effects={
        "confirm": confirmed,
        "time_out": _timed_out,
        "finish": finished,
        "again": _nothing,
        "rescore": _rescored,
    },
    transitions=(
        Transition(  # T18
            name="begin",
            label=_l("开始测评"),
            sources=frozenset({P.NOT_STARTED}),
            target=P.SITTING,
            roles=frozenset({Role.PHYSICIAN}),
            gate=gates.may_begin,
            effect=_begun,
            tone="primary",
        ),
        Transition(  # T19
            name="hand_in",
            label=_l("交卷"),
            sources=frozenset({P.SITTING}),
            target=P.HANDED_IN,
            roles=frozenset({Role.PHYSICIAN}),
            effect=_handed_in,
            tone="primary",
        ),
        Transition(  # T19, on the server's clock
            name="time_out",
            label=_l("到时自动交卷"),
            sources=frozenset({P.SITTING}),
            target=P.HANDED_IN,
            roles=_CLOCK,
            judges=(),
            effect=_clock_ended,
        ),
        Transition(
            name="terminate",
            label=_l("终止作答"),
            sources=frozenset({P.SITTING}),
            target=P.HANDED_IN,
            roles=_PROCTORS,
            guard=gates.has_incident,
            effect=_terminated,
            note=lambda step: step.facts.value,
            needs_comment=True,
            tone="danger",
        ),
        Transition(  # T21
            name="finish",
            label=_l("判定成绩"),
            sources=frozenset({P.HANDED_IN}),
            target=P.DONE,
            roles=_CLOCK,
            judges=(),
        ),
        Transition(  # a pass mark was set or changed afterwards
            name="rescore",
            label=_l("重新判分"),
            sources=frozenset({P.DONE}),
            target=P.DONE,
            roles=_CLOCK,
            judges=(),
        ),
        Transition(
            name="again",
            label=_l("未合格，可再次测评"),
            sources=frozenset({P.HANDED_IN}),
            target=P.NOT_STARTED,
            roles=_CLOCK,
            judges=(),
        ),
        Transition(
            name="enter",
            label=_l("录入成绩"),
            sources=frozenset({P.NOT_STARTED, P.ENTERED}),
            target=P.ENTERED,
            roles=_AGENCY,
            gate=gates.may_record,
            record=_enter,
            guard=gates.has_score,
            note=_note_score,
            tone="primary",
        ),
        Transition(
            name="confirm",
            label=_l("复核成绩"),
            sources=frozenset({P.ENTERED}),
            target=P.DONE,
            roles=_AGENCY,
            guard=gates.entered_by_another,
            effect=_confirmed,
            note=_note_score,
            tone="primary",
        ),
        Transition(
            name="send_back",
            label=_l("退回成绩"),
            sources=frozenset({P.ENTERED}),
            target=P.NOT_STARTED,
            roles=_AGENCY,
            gate=gates.may_record,
            effect=_forget,
            needs_comment=True,
        ),
        Transition(
            name="absent",
            label=_l("登记缺考"),
            sources=frozenset({P.NOT_STARTED}),
            target=P.ABSENT,
            roles=_AGENCY | _CLOCK,
            gate=gates.may_record,
            effect=_was_absent,
            needs_comment=True,
            tone="danger",
        ),
        Transition(
            name="exempt",
            label=_l("免考"),
            sources=frozenset({P.NOT_STARTED, P.ENTERED}),
            target=P.EXEMPT,
            roles=_CLOCK,
            effect=_spare,
        ),
        Transition(  # T23
            name="void",
            label=_l("认定作弊，试卷作废"),
            sources=frozenset({P.NOT_STARTED, P.HANDED_IN, P.DONE}),
            target=P.VOID,
            roles=_CLOCK,
            effect=_voided,
        ),
        Transition(  # T24
            name="restore",
            label=_l("撤销认定，恢复成绩"),
            sources=frozenset({P.VOID}),
            target=P.HANDED_IN,
            roles=_CLOCK,
            effect=_restored,
        ),
    ),
)
