"""后续处置: what 不合格 leads to (art. 26; 医师法 art. 17, 42), opened as soon as it is filed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import insert, literal, select
from sqlalchemy.orm import Session, aliased

from app.enums import RemedyGround, RemedyStatus, Verdict
from app.models import Conclusion, Mentorship, Remedy
from app.queries.among import among
from app.rules import CycleRules
from app.security.scope_session import SetBased

_COPIED = (
    "province_id", "authority_path", "institution_id", "agency_id", "participation_id",
    "physician_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """责令暂停执业活动: from which day, how many months, by which document."""

    starts_on: date | None
    months: int | None
    document: str

    @property
    def last_day(self) -> date:
        """The last day of the suspension."""
        assert self.starts_on is not None
        assert self.months is not None
        return last_day(self.starts_on, self.months)


def last_day(starts_on: date, months: int) -> date:
    """Give the day before the same day so many months later; short months end earlier."""
    count = starts_on.month - 1 + months
    year, month = starts_on.year + count // 12, count % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    longest = (following - date.resolution).day
    if starts_on.day > longest:
        return date(year, month, longest)
    return date(year, month, starts_on.day) - date.resolution


def suspension_objection(said: Any, rules: CycleRules) -> LazyString | None:
    """Say what is wrong with an order, or None (医师法 art. 42: 3 to 6 months)."""
    if not isinstance(said, Suspension) or said.starts_on is None or said.months is None:
        return _l("请填写暂停执业的起始日期和月数。")
    low, high = rules.suspension_months_min, rules.suspension_months_max
    if not low <= said.months <= high:
        return _l("暂停执业活动应为%(low)s至%(high)s个月（医师法第四十二条）。", low=low, high=high)
    if not said.document.strip() or len(said.document) > 255:
        return _l("请填写责令暂停执业的文书编号，不超过255字。")
    return None


def open_for(session: Session, conclusion_ids: Sequence[int], *, at: datetime) -> None:
    """Open a disposal for every 不合格 among filed conclusions that has none, in one statement."""
    c = Conclusion
    known = select(Remedy.conclusion_id)
    _open(
        session,
        RemedyStatus.PENDING,
        RemedyGround.FAILED,
        (among(session, c.id, conclusion_ids), c.result == Verdict.FAIL, c.id.not_in(known)),
        at=at,
    )


def cancelled_for(session: Session, conclusion_ids: Sequence[int]) -> list[int]:
    """List the cancelled disposals of filed conclusions that are 不合格 again."""
    found = (
        select(Remedy.id)
        .join(Conclusion, Conclusion.id == Remedy.conclusion_id)
        .where(
            among(session, Remedy.conclusion_id, conclusion_ids),
            Remedy.status == RemedyStatus.CANCELLED,
            Conclusion.result == Verdict.FAIL,
        )
    )
    return list(session.scalars(found.order_by(Remedy.id)))


def report_absent_twice(session: Session, cycle_id: int, *, at: datetime) -> None:
    """Report for 注销 who took part neither in this cycle nor in the one before (注册管理办法)."""
    c, earlier = Conclusion, aliased(Conclusion)
    before = (
        select(earlier.id)
        .where(earlier.physician_id == c.physician_id, earlier.concluded_on < c.concluded_on)
        .where(earlier.id != c.id)
        .order_by(earlier.concluded_on.desc(), earlier.id.desc())
        .limit(1)
        .correlate(c)
        .scalar_subquery()
    )
    last = aliased(Conclusion)
    lapsed_before = select(last.id).where(last.id == before, last.is_lapsed).correlate(c).exists()
    known = select(Remedy.conclusion_id)
    _open(
        session,
        RemedyStatus.REPORTED,
        RemedyGround.ABSENT_TWICE,
        (c.cycle_id == cycle_id, c.is_lapsed, lapsed_before, c.id.not_in(known)),
        at=at,
    )


def _open(
    session: Session, status: RemedyStatus, ground: RemedyGround, criteria: Any, *, at: datetime
) -> None:
    c, r = Conclusion, Remedy
    values = {
        **{name: getattr(c, name) for name in _COPIED},
        "conclusion_id": c.id,
        "status": literal(status, r.status.type),
        "ground": literal(ground, r.ground.type),
        "version": literal(1),
        "status_since": literal(at, r.status_since.type),
        "opened_at": literal(at, r.opened_at.type),
    }
    source = select(*(value.label(name) for name, value in values.items())).where(*criteria)
    session.execute(insert(r).from_select(list(values), source.order_by(c.id)).options(SetBased()))


def trainings(session: Session, remedy: Remedy) -> list[Mentorship]:
    """List the 跟班带教 that began with the suspension or later."""
    found = select(Mentorship).where(
        Mentorship.physician_id == remedy.physician_id,
        Mentorship.started_on >= remedy.suspended_from,
    )
    return list(session.scalars(found.order_by(Mentorship.id)))


def of_conclusion(session: Session, conclusion_id: int) -> Remedy | None:
    """Give the disposal of a conclusion."""
    return session.scalars(
        select(Remedy).where(Remedy.conclusion_id == conclusion_id)
    ).one_or_none()
