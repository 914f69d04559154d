"""行政处罚: entered by the authority, told to the agency with the case, never deleted (art. 17)."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import N_, PenaltyKind
from app.models import Cycle, Penalty, Physician
from app.operations import notices, trail
from app.operations.physicians import id_indexes
from app.periods import local_day
from app.refusals import Refusal
from app.security.actor import Actor

_OWNER = ("province_id", "authority_path", "institution_id")


class PenaltyRefused(Refusal):
    """A penalty that is not stored; ``field`` names what was typed wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PenaltyFacts:
    """What the decision says."""

    kind: PenaltyKind
    decided_on: date
    office: str
    document: str
    facts: str


def physician_of(session: Session, id_number: str) -> Physician:
    """Find a physician in the authority's area by the whole ID number.

    :raises PenaltyRefused: there is none in the actor's scope.
    """
    statement = select(Physician).where(Physician.id_index.in_(id_indexes(id_number)))
    found = session.scalars(statement).first()
    if found is None:
        raise PenaltyRefused(
            _l("本级及下级范围内没有该证件号码的医师，请核对。"), field="id_number"
        )
    return found


def record(
    session: Session, physician: Physician, said: PenaltyFacts, *, actor: Actor, at: datetime
) -> Penalty:
    """Enter one decision; the physician is told.

    :raises PenaltyRefused: a day to come, or the document is on record already.
    """
    if said.decided_on > local_day(at):
        raise PenaltyRefused(_l("处罚日期不能晚于今天。"), field="decided_on")
    known = select(Penalty.id).where(
        Penalty.physician_id == physician.id, Penalty.document == said.document
    )
    if session.scalar(known.limit(1)) is not None:
        raise PenaltyRefused(_l("该医师的这份处罚文书已经登记。"), field="document")
    row = Penalty(
        physician_id=physician.id,
        recorded_at=at,
        recorded_by=actor.name,
        **asdict(said),
        **{name: getattr(physician, name) for name in _OWNER},
    )
    session.add(row)
    session.flush()  # the entry of the trail names its id
    _log(session, row, "record", N_("登记行政处罚"), actor=actor, at=at)
    notices.follow(session, "penalty", "record", ids=[row.id], at=at, parameters={})
    return row


def revoke(session: Session, row: Penalty, *, reason: str, actor: Actor, at: datetime) -> None:
    """Take a decision back that was quashed or entered by mistake; it stays on record.

    :raises PenaltyRefused: no reason, or it is revoked already.
    """
    session.refresh(row, with_for_update=True)
    if row.revoked_at is not None:
        raise PenaltyRefused(_l("该处罚记录已经撤销。"))
    if not reason:
        raise PenaltyRefused(_l("请填写撤销原因。"))
    row.revoked_at, row.revoked_by, row.revoked_reason = at, actor.name, reason
    session.flush()  # a foreign row must surface here
    _log(session, row, "revoke", N_("撤销行政处罚记录"), actor=actor, at=at, reason=reason)


def in_cycle(physician: Physician, cycle: Cycle) -> list[Penalty]:
    """List the decisions in force that fall into a cycle, the oldest first."""
    return [
        row
        for row in physician.penalties
        if row.revoked_at is None and cycle.starts_on <= row.decided_on <= cycle.last_day
    ]


def _log(
    session: Session,
    row: Penalty,
    action: str,
    label: str,
    *,
    actor: Actor,
    at: datetime,
    reason: str | None = None,
) -> None:
    words = f"{row.kind.value}（{row.decided_on}，{row.office}，{row.document}）"
    trail.log(
        session,
        actor=actor,
        at=at,
        subject="penalty",
        subject_id=row.id,
        action=action,
        label=label,
        comment=words if reason is None else f"{words}：{reason}",
        physician_id=row.physician_id,
        **{name: getattr(row, name) for name in _OWNER},
    )
