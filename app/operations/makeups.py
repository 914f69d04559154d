"""补考通知: tell physicians which paper they sit again, and when."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.enums import N_, MessageKind, PaperStatus, Role
from app.models import ExamSession, Identity, Paper
from app.operations import trail
from app.operations.messages import tell as write
from app.periods import local_day
from app.queries import exam_sessions
from app.queries.messages import wearers
from app.security.actor import Actor


@dataclass(frozen=True, slots=True)
class Told:
    """How many people were told, and how many papers were left out."""

    told: int
    left_out: int


def tell(
    session: Session,
    chosen: ColumnElement[bool],
    sessions: Sequence[ExamSession],
    *,
    hours: Callable[[ExamSession], str],
    actor: Actor,
    at: datetime,
) -> Told:
    """Write to the physicians of the chosen papers that are still to be sat and have a session.

    Papers of one name and round share a message, which each person gets at most once a day.
    """
    found = session.scalars(select(Paper).where(chosen, Paper.round > 1)).all()
    groups: dict[tuple[str, int], list[Paper]] = defaultdict(list)
    for paper in found:
        if paper.status is PaperStatus.NOT_STARTED:
            groups[paper.name, paper.round].append(paper)
    told = 0
    for (name, number), some in groups.items():
        fitting = exam_sessions.fitting(sessions, some[0])
        if not fitting:
            continue
        told += write(
            session,
            wearers(
                Identity.physician_id.in_([one.physician_id for one in some]),
                Identity.role == Role.PHYSICIAN,
            ),
            at=at,
            kind=MessageKind.REMINDER,
            title=N_("请参加补考"),
            body=N_("%(body)s通知您：“%(paper)s”须参加补考，时间为%(when)s。"),
            parameters={
                "body": actor.body, "paper": {"msgid": name},
                "when": "；".join(hours(one) for one in fitting),
            },
            link="/exam/",
            once=f"makeup:{name}:{number}:{local_day(at):%Y%m%d}",
        )  # fmt: skip
    if told:
        _log(session, told, actor=actor, at=at)
    return Told(told, len(found) - told)


def _log(session: Session, told: int, *, actor: Actor, at: datetime) -> None:
    owner: dict[str, Any] = {
        "province_id": actor.province_id,
        "authority_path": actor.authority_path,
        "agency_id": actor.agency_id,
    }
    trail.log(
        session, actor=actor, at=at, subject="paper", subject_id=None, action="tell",
        label=N_("补考通知"), comment=str(told), **owner,
    )  # fmt: skip
