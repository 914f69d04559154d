"""考核结论: stored when a case is concluded, one by one or thousands at once; told and filed later.

Whoever concludes files with the authority by it: the conclusion waits there (art. 15).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, literal, select, update
from sqlalchemy.orm import Session

from app.enums import ExemptionStatus, FilingStatus, ResultGround, ResultPart, Verdict
from app.models import Agency, Assessment, Conclusion, Cycle, Exemption, Institution
from app.operations.judgements import Judgement, Reason
from app.periods import local_day
from app.queries.among import among
from app.security.actor import unscoped
from app.security.scope_session import SetBased

_COPIED = (
    "province_id", "authority_path", "institution_id", "agency_id", "cycle_id", "participation_id",
    "physician_id", "procedure",
)  # fmt: skip
LAPSED = Reason(part=ResultPart.WHOLE, ground=ResultGround.LAPSED, verdict=Verdict.FAIL)


def of_case(session: Session, case_id: int) -> Conclusion | None:
    """Give what a case was concluded with, or None while it never was."""
    found = select(Conclusion).where(Conclusion.assessment_id == case_id)
    return session.scalars(found).one_or_none()


def note_receipt(session: Session, conclusion_id: int, *, at: datetime) -> None:
    """Note when the physician first saw a result: from that day on objections count (art. 24)."""
    with unscoped("the physician has opened the page; no version changes by looking"):
        session.execute(
            update(Conclusion)
            .where(Conclusion.id == conclusion_id, Conclusion.received_at.is_(None))
            .values(received_at=at)
            .execution_options(synchronize_session=False)
        )


def number(conclusion: Conclusion) -> str:
    """Give the number of 考核结果通知书: unique, and traceable to the cycle."""
    return f"{conclusion.cycle_label}-{conclusion.id:08d}"


def store(
    session: Session, case: Assessment, judged: Judgement, *, by: str, at: datetime
) -> tuple[Conclusion, bool]:
    """Store the derivation of a case; True: it was concluded before."""
    assert judged.result is not None  # an open case is not concluded
    cycle, agency = case.cycle, case.agency
    asked = select(Exemption.status).where(Exemption.assessment_id == case.id)
    values = {
        **{name: getattr(case, name) for name in _COPIED},
        "exemption": session.scalar(asked) or ExemptionStatus.NONE,
        "cycle_label": cycle.label,
        "starts_on": cycle.starts_on,
        "last_day": cycle.last_day,
        "institution_name": case.institution.name,
        "agency_name": agency.name if agency is not None else None,
        "result": judged.result,
        "is_lapsed": any(one.ground is ResultGround.LAPSED for one in judged.reasons),
        "reasons": [one.to_document() for one in judged.reasons],
        "concluded_at": at,
        "concluded_on": local_day(at),
        "concluded_by": by,
        "filed_at": None,
        "received_at": None,
    }
    found = of_case(session, case.id)
    is_known = found is not None
    if found is None:
        found = Conclusion(assessment_id=case.id, status_since=at, **values)
        session.add(found)
    else:
        for name, value in values.items():
            setattr(found, name, value)
    session.flush()  # steps lock it by its id
    return found, is_known


def lapse(session: Session, case_ids: Sequence[int], *, by: str, at: datetime) -> None:
    """Conclude thousands of cases in which nothing was handed in (T38), set-based."""
    line = LAPSED.to_document()
    part = line.pop("part")
    session.execute(
        update(Assessment)
        .where(among(session, Assessment.id, case_ids))
        .values(result=Verdict.FAIL, rulings={part: line})
        .execution_options(synchronize_session=False)
    )
    a, c = Assessment, Conclusion
    fixed: dict[str, Any] = {
        "status": FilingStatus.AWAITING,
        "status_since": at,
        "version": 1,
        "result": Verdict.FAIL,
        "reasons": [LAPSED.to_document()],
        "exemption": ExemptionStatus.NONE,
        "is_lapsed": True,
        "concluded_on": local_day(at),
        "concluded_at": at,
        "concluded_by": by,
    }
    values = {
        **{name: getattr(a, name) for name in _COPIED},
        **{name: literal(value, getattr(c, name).type) for name, value in fixed.items()},
        "assessment_id": a.id,
        "cycle_label": Cycle.label,
        "starts_on": Cycle.starts_on,
        "last_day": Cycle.last_day,
        "institution_name": Institution.name,
        "agency_name": Agency.name,
    }
    source = (
        select(*(value.label(name) for name, value in values.items()))
        .join(Cycle, Cycle.id == a.cycle_id)
        .join(Institution, Institution.id == a.institution_id)
        .outerjoin(Agency, Agency.id == a.agency_id)
        .where(among(session, a.id, case_ids))
        .order_by(a.id)
    )
    session.execute(insert(c).from_select(list(values), source).options(SetBased()))


def reasons(conclusion: Conclusion) -> list[Reason]:
    """Give what it rests on, as it was derived when it was concluded."""
    return [Reason.from_document(one) for one in conclusion.reasons or ()]
