"""测评场次 of a province's cycle: set before anybody sits in it, only prolonged afterwards."""

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.enums import N_, CycleStatus, SessionRound
from app.exams import timing
from app.models import Authority, Cycle, ExamSession, Sitting
from app.operations import trail
from app.refusals import Refusal
from app.security.actor import Actor, unscoped

FIELDS = (
    "name", "papers", "round", "starts_on", "last_day", "opens", "closes", "late_minutes",
)  # fmt: skip


class SessionRefused(Refusal):
    """A session that is not stored; ``field`` names what was typed wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts:
    """What a province sets; ``opens`` and ``closes`` are minutes of the day."""

    name: str
    papers: tuple[str, ...]
    round: SessionRound
    starts_on: date
    last_day: date
    opens: int
    closes: int
    late_minutes: int | None


def facts_of(one: ExamSession) -> SessionFacts:
    """Read what is set."""
    values = {name: getattr(one, name) for name in FIELDS}
    return SessionFacts(**values | {"papers": tuple(one.papers)})


def store(
    session: Session,
    one: ExamSession | None,
    facts: SessionFacts,
    *,
    cycle: Cycle,
    version: int,
    actor: Actor,
    at: datetime,
) -> ExamSession:
    """Add a session to a cycle (None) or change one.

    :raises SessionRefused: the cycle is over, days or hours do not fit, or somebody has sat in it
        and more than its end would change.
    :raises StaleDataError: somebody changed it since ``version``.
    """
    _check(session, one, facts, cycle)
    office = session.get_one(Authority, actor.authority_id)
    is_new = one is None
    if one is None:
        one = ExamSession(
            cycle_id=cycle.id, authority_id=office.id, authority_path=office.path,
            province_id=office.province_id,
        )  # fmt: skip
        session.add(one)
    elif one.version != version:
        raise StaleDataError(f"session {one.id} has left version {version}")
    for name in FIELDS:
        setattr(one, name, getattr(facts, name))
    one.papers = list(facts.papers)
    session.flush()  # the entry of the trail names its id
    hours = f"{timing.clock(one.opens)}–{timing.clock(one.closes)}"
    _log(
        session, one, "create" if is_new else "edit",
        N_("新增测评场次") if is_new else N_("修改测评场次"),
        f"{one.name}：{one.starts_on}–{one.last_day} {hours}", actor=actor, at=at,
    )  # fmt: skip
    return one


def remove(session: Session, one: ExamSession, *, actor: Actor, at: datetime) -> None:
    """Delete a session.

    :raises SessionRefused: somebody has sat in it.
    """
    if is_used(session, one):
        raise SessionRefused(_l("已有医师在该场次参加测评，不能删除。"))
    _log(session, one, "delete", N_("删除测评场次"), one.name, actor=actor, at=at)
    session.delete(one)


def is_used(session: Session, one: ExamSession) -> bool:
    """Say whether somebody has begun a paper in it."""
    with unscoped("only whether there is one is told"):
        used = select(Sitting.id).where(Sitting.session_id == one.id)
        return session.scalar(used.limit(1)) is not None


def _check(session: Session, one: ExamSession | None, facts: SessionFacts, cycle: Cycle) -> None:
    if cycle.status is CycleStatus.CLOSED:
        raise SessionRefused(_l("考核周期已结束，测评场次不能再修改。"))
    if facts.starts_on > facts.last_day:
        raise SessionRefused(_l("结束日期不能早于开始日期。"), field="last_day")
    if not cycle.starts_on <= facts.starts_on <= facts.last_day <= cycle.last_day:
        raise SessionRefused(
            _l("测评场次须在考核周期内：%(first)s至%(last)s。", first=cycle.starts_on,
               last=cycle.last_day),
            field="starts_on",
        )  # fmt: skip
    if not 0 <= facts.opens < facts.closes <= timing.ALL_DAY:
        raise SessionRefused(_l("每日结束时间须晚于开始时间。"), field="closes")
    if one is None or not is_used(session, one):
        return
    before = facts_of(one)
    fixed = ("papers", "round", "starts_on", "opens", "late_minutes")
    is_shorter = facts.last_day < before.last_day or facts.closes < before.closes
    if is_shorter or any(getattr(before, name) != getattr(facts, name) for name in fixed):
        raise SessionRefused(
            _l("已有医师在该场次参加测评，只能修改名称、推迟结束日期或每日结束时间。")
        )


def _log(
    session: Session,
    one: ExamSession,
    action: str,
    label: str,
    comment: str,
    *,
    actor: Actor,
    at: datetime,
) -> None:
    trail.log(
        session, actor=actor, at=at, subject="exam_session", subject_id=one.id, action=action,
        label=label, comment=comment, province_id=one.province_id,
        authority_path=one.authority_path,
    )  # fmt: skip
