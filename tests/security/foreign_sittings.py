"""A sitting with its evidence that is planted for every case: somebody's, and only theirs."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app import models as m
from app.crypto import keyring
from app.enums import PaperStatus, SessionRound, SittingEnd, SittingEventKind

_OWNER = (
    "province_id", "authority_path", "institution_id", "agency_id", "physician_id",
)  # fmt: skip


def leave(session: Any, case: m.Assessment, at: datetime) -> None:
    """Let every case have a paper that is being sat, or has been."""
    owner = {name: getattr(case, name) for name in _OWNER} | {"assessment_id": case.id}
    whole = owner | {"cycle_id": case.cycle_id, "participation_id": case.participation_id}
    goes_on = case.id % 2 == 0
    paper = m.Paper(
        name="外来", round=9, status_since=at, **whole,
        status=PaperStatus.SITTING if goes_on else PaperStatus.HANDED_IN,
    )  # fmt: skip
    session.add(paper)
    session.flush()
    sitting = m.Sitting(
        number=1, seed="1", places=[], minutes=60, begun_at=at, status_since=at, statement="外来",
        paper_id=paper.id, session_id=_session(session, case).id, **whole,
    )  # fmt: skip
    ended = {} if goes_on else {"closed_at": at, "ending": SittingEnd.HANDED_IN}
    sitting.sheet = m.AnswerSheet(deadline=at + timedelta(days=1), answers={}, **owner, **ended)
    session.add(sitting)
    session.flush()
    session.add_all(
        [
            m.SittingEvent(
                kind=SittingEventKind.LEFT_PAGE, at=at, detail="外来", sitting_id=sitting.id, **owner
            ),
            m.Snapshot(
                seq=1, taken_at=at, received_at=at, size=4, sha256="0" * 64, sitting_id=sitting.id,
                content=keyring().seal_bytes(b"jpeg", context="snapshot"), **owner,
            ),
        ]
    )  # fmt: skip


def _session(session: Any, case: m.Assessment) -> m.ExamSession:
    """Give a session of the case's cycle; the demo has one for one province."""
    found = session.scalars(
        select(m.ExamSession).where(m.ExamSession.cycle_id == case.cycle_id)
    ).first()
    if found is not None:
        return found
    cycle = session.get(m.Cycle, case.cycle_id)
    office = session.get(m.Authority, case.province_id)
    found = m.ExamSession(
        name="外来", papers=["外来"], round=SessionRound.ANY, starts_on=cycle.starts_on,
        last_day=cycle.last_day, opens=0, closes=1440, province_id=office.id,
        authority_path=office.path, authority_id=office.id, cycle_id=cycle.id,
    )  # fmt: skip
    session.add(found)
    session.flush()
    return found
