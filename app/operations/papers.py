"""试卷 of a case: handed out when it comes to the examination, looked at when one of them ends."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, aliased

from app.enums import PaperStatus, PhysicianLevel, Verdict
from app.models import Assessment, Paper, Sitting
from app.queries.among import among
from app.rules import MARK_HOLDS, NO_MAKEUP, CycleRules

_COPIED = (
    "province_id", "authority_path", "institution_id", "agency_id", "cycle_id", "physician_id",
    "participation_id",
)  # fmt: skip
FULL = 1000
"""A hundred in tenths."""
ENDED = frozenset({PaperStatus.DONE, PaperStatus.ABSENT, PaperStatus.EXEMPT, PaperStatus.VOID})


class Outcome(StrEnum):
    """What the papers of a case come to."""

    OPEN = "open"  # something is still to be sat or confirmed
    HELD = "held"  # a mark of a sitting has to be dealt with first
    MAKEUP = "makeup"  # something failed, and there is a round left
    ENDED = "ended"  # all passed, or no round is left


def hand_out(
    session: Session, case: Assessment, names: Iterable[str], *, number: int, at: datetime
) -> None:
    """Give a case the papers of one round."""
    copies = {name: getattr(case, name) for name in _COPIED}
    session.add_all(
        Paper(name=name, round=number, status_since=at, assessment_id=case.id, **copies)
        for name in names
    )
    session.flush()  # steps lock them by their ids


def drop(session: Session, case: Assessment) -> None:
    """Take the papers back from a case that goes back to be filled in."""
    session.execute(delete(Paper).where(Paper.assessment_id == case.id))
    session.expire(case, ["papers"])


def of_case(session: Session, case: Assessment) -> list[Paper]:
    """Read the papers of a case, each with its rounds in order."""
    statement = select(Paper).where(Paper.assessment_id == case.id).order_by(Paper.id)
    return list(session.scalars(statement.execution_options(populate_existing=True)))


def latest(papers: Sequence[Paper]) -> list[Paper]:
    """Give of each paper the round that counts: the last one, or an earlier one that is passed.

    A round that was failed may be passed afterwards, by another pass mark.
    """
    found: dict[str, Paper] = {}
    for paper in sorted(papers, key=lambda one: one.round):
        known = found.get(paper.name)
        is_void = paper.status is PaperStatus.VOID
        if known is None or known.result is not Verdict.PASS or is_void:
            found[paper.name] = paper
    return list(found.values())


def outcome(papers: Sequence[Paper], rules: CycleRules) -> tuple[Outcome, tuple[str, ...], int]:
    """Say what the papers come to, which failed, and in which round it is (T25 to T28).

    A case without papers has nothing left to sit. Whoever cheated has no further round where the
    rules say so (domain 8.3).
    """
    last = latest(papers)
    number = max((paper.round for paper in last), default=1)
    failed = tuple(paper.name for paper in last if paper.result is Verdict.FAIL)
    if any(paper.status not in ENDED for paper in last):
        return Outcome.OPEN, failed, number
    if MARK_HOLDS in rules.exam_rules and any(paper.is_held for paper in last):
        return Outcome.HELD, failed, number
    is_over = NO_MAKEUP in rules.exam_rules and any(
        paper.status is PaperStatus.VOID for paper in last
    )
    if failed and number <= rules.makeup_rounds and not is_over:
        return Outcome.MAKEUP, failed, number
    return Outcome.ENDED, failed, number


def verdict(tenths: int | None, level: PhysicianLevel, rules: CycleRules) -> Verdict:
    """Judge a score of a hundred, in tenths, by the pass mark of the rules."""
    is_assistant = level is PhysicianLevel.ASSISTANT
    line = rules.pass_mark_assistant if is_assistant else rules.pass_mark_physician
    return Verdict.PASS if (tenths or 0) >= line * 10 else Verdict.FAIL


def withdraw_makeups(session: Session, passed: Sequence[int]) -> None:
    """Take back further rounds of papers that are passed, where nobody has begun them."""
    further = aliased(Paper)
    ids = session.scalars(
        select(further.id)
        .join(
            Paper,
            (Paper.assessment_id == further.assessment_id)
            & (Paper.name == further.name)
            & (Paper.round < further.round),
        )
        .where(
            among(session, Paper.id, passed),
            Paper.result == Verdict.PASS,
            further.status == PaperStatus.NOT_STARTED,
            further.id.not_in(select(Sitting.paper_id)),
        )
    ).all()
    session.execute(delete(Paper).where(among(session, Paper.id, ids)))
    session.expire_all()


def in_tenths(typed: str) -> int | None:
    """Read a score of a hundred with at most one decimal; None for anything else."""
    whole, dot, tenth = typed.strip().partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 3):
        return None
    if dot and not (len(tenth) == 1 and tenth.isascii() and tenth.isdigit()):
        return None
    found = int(whole) * 10 + int(tenth or 0)
    return found if found <= FULL else None


def shown(tenths: int | None) -> str:
    """Write a score as it is typed."""
    if tenths is None:
        return "—"
    return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)
