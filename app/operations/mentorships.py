"""跟班带教: records of an institution, and what physicians ask to amend in them (domain 1.7, 8.2)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import N_, RequestStatus, Verdict
from app.models import Mentorship, MentorshipChange, Physician
from app.operations import trail
from app.operations.physicians import id_index
from app.refusals import Refusal
from app.security.actor import Actor
from app.security.id_numbers import normalise_id_number

FIELDS = {
    "supervisor": N_("带教老师"),
    "host_department": N_("带教科室"),
    "started_on": N_("开始日期"),
    "ended_on": N_("结束日期"),
}
"""What a physician may ask to amend, with its words."""
_OWNER = ("province_id", "authority_path", "institution_id")


class MentorshipRefused(Refusal):
    """Something is not stored; ``field`` names what was typed wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Who supervises where, and from when to when; ``ended_on`` None: it goes on."""

    supervisor: str
    host_department: str
    started_on: date
    ended_on: date | None = None

    def checked(self) -> "Period":
        """Give it back when it is one.

        :raises MentorshipRefused: it ends before it begins.
        """
        if self.ended_on is not None and self.ended_on < self.started_on:
            raise MentorshipRefused(_l("结束日期不能早于开始日期。"), field="ended_on")
        return self

    def items(self) -> Iterator[tuple[str, Any]]:
        """Give names and values."""
        return ((name, getattr(self, name)) for name in FIELDS)


def physician_of(session: Session, id_number: str) -> Physician:
    """Find one of the institution's own physicians by the ID number.

    :raises MentorshipRefused: there is none in the actor's scope.
    """
    typed = "".join(id_number.split()).upper()
    numbers = {id_index(one) for one in (typed, normalise_id_number(id_number)) if one}
    found = session.scalars(
        select(Physician).where(Physician.id_index.in_(sorted(numbers)))
    ).first()
    if found is None:
        raise MentorshipRefused(_l("本机构没有该证件号码的医师，请核对。"), field="id_number")
    return found


def create(
    session: Session,
    physician: Physician,
    period: Period,
    *,
    log: str | None,
    evaluation: Verdict | None,
    actor: Actor,
    at: datetime,
) -> Mentorship:
    """Add a record of one of the institution's physicians."""
    row = Mentorship(
        physician_id=physician.id,
        log=log,
        evaluation=evaluation,
        **dict(period.checked().items()),
        **{name: getattr(physician, name) for name in _OWNER},
    )
    session.add(row)
    session.flush()  # the entry of the trail names its id
    _log(session, row, "create", N_("新增跟班带教"), actor=actor, at=at)
    return row


def update(
    session: Session,
    row: Mentorship,
    period: Period,
    *,
    log: str | None,
    evaluation: Verdict | None,
    actor: Actor,
    at: datetime,
) -> None:
    """Change a record."""
    apply(row, period.checked())
    row.log, row.evaluation = log, evaluation
    session.flush()  # a stale version must surface here
    _log(session, row, "edit", N_("编辑跟班带教"), actor=actor, at=at)


def apply(row: Mentorship, period: Period) -> None:
    """Make a record say what a period says."""
    for name, value in period.items():
        setattr(row, name, value)


def period_of(row: Mentorship | MentorshipChange) -> Period:
    """Read the period of a record or of a request."""
    return Period(**{name: getattr(row, name) for name in FIELDS})


def ask_change(
    session: Session,
    row: Mentorship,
    period: Period,
    *,
    reason: str,
    actor: Actor,
    at: datetime,
) -> MentorshipChange:
    """Ask the institution to amend a record.

    :raises MentorshipRefused: nothing would change, or a request of it waits already.
    """
    period.checked()
    if period == period_of(row):
        raise MentorshipRefused(_l("填写的内容与现有记录相同，无需申请修改。"))
    waiting = select(MentorshipChange.id).where(
        MentorshipChange.mentorship_id == row.id,
        MentorshipChange.status == RequestStatus.AWAITING,
    )
    if session.scalar(waiting.limit(1)) is not None:
        raise MentorshipRefused(_l("该记录已有待审核的修改申请，请等待本机构审核，或先撤回。"))
    found = MentorshipChange(
        status_since=at,
        asked_at=at,
        reason=reason,
        mentorship_id=row.id,
        physician_id=row.physician_id,
        **dict(period.items()),
        **{name: getattr(row, name) for name in _OWNER},
    )
    session.add(found)
    session.flush()  # the entry of the trail names its id
    _log(session, row, "ask_change", N_("申请修改"), actor=actor, at=at, comment=reason)
    return found


def _log(
    session: Session,
    row: Mentorship,
    action: str,
    label: str,
    *,
    actor: Actor,
    at: datetime,
    comment: str | None = None,
) -> None:
    trail.log(
        session,
        actor=actor,
        at=at,
        subject="mentorship",
        subject_id=row.id,
        action=action,
        label=label,
        comment=comment or f"{row.supervisor}：{row.host_department}",
        physician_id=row.physician_id,
        **{name: getattr(row, name) for name in _OWNER},
    )
