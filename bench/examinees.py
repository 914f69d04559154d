"""What the exam bench runs on: a bank, a session, and thousands who have begun a paper."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from app.enums import (
    AccountState,
    Difficulty,
    PaperStatus,
    QuestionKind,
    QuestionStatus,
    Role,
    SessionRound,
)
from app.exams.assembly import BlueprintRow, Candidate, draw
from app.models import (
    Account,
    AnswerSheet,
    Assessment,
    Authority,
    Cycle,
    ExamSession,
    Identity,
    Paper,
    Question,
    Sitting,
    WebSession,
)
from bench.country_site import Bench

PAPER, ROUND, BANK, QUESTIONS = "公共知识", 5, 400, 50
_SCOPE = ("province_id", "authority_path", "institution_id", "agency_id", "physician_id")


@dataclass(frozen=True, slots=True)
class Examinee:
    """One sitting with the session of its physician."""

    sitting_id: int
    cookie: str
    questions: tuple[int, ...]


def begin(bench: Bench, *, number: int, at: datetime, lasting: timedelta) -> list[Examinee]:
    """Let so many physicians of the first province sit a paper that ends after ``lasting``."""
    with bench.site.session() as session:
        cycle = session.get_one(Cycle, bench.facts["cycle_id"])
        bank = _bank(session, cycle, at)
        exam = _session(session, cycle)
        cases = session.scalars(
            select(Assessment)
            .where(
                Assessment.cycle_id == cycle.id,
                Assessment.id.not_in(select(Paper.assessment_id).where(Paper.round == ROUND)),
            )
            .order_by(Assessment.id)
            .limit(number)
        ).all()
        found = [_begun(session, case, exam, bank, at, at + lasting) for case in cases]
        session.commit()
    if len(found) < number:
        raise RuntimeError(f"the country has only {len(found)} cases for {number} sittings")
    return found


def _bank(session: Any, cycle: Cycle, at: datetime) -> list[Candidate]:
    office = session.get_one(Authority, cycle.province_id)
    known = session.scalars(
        select(Question.id).where(Question.authority_id == office.id).order_by(Question.id)
    ).all()
    if not known:
        session.execute(
            insert(Question),
            [
                {
                    "code": f"B{n:04d}", "kind": QuestionKind.A1, "paper": PAPER, "point": "法律法规",
                    "difficulty": Difficulty.EASY, "stem": f"第{n}题的题干，用于测量。" * 3,
                    "options": ["甲", "乙", "丙", "丁", "戊"], "answer": "A", "keeps_order": False,
                    "status": QuestionStatus.REVIEWED, "written_at": at, "written_by": "测量",
                    "province_id": office.id, "authority_path": office.path,
                    "authority_id": office.id, "version": 1,
                }
                for n in range(BANK)
            ],
        )  # fmt: skip
        known = session.scalars(
            select(Question.id).where(Question.authority_id == office.id).order_by(Question.id)
        ).all()
    return [
        Candidate(id=key, kind="A1", point="法律法规", difficulty="EASY", options=5)
        for key in known
    ]


def _session(session: Any, cycle: Cycle) -> ExamSession:
    found = session.scalars(select(ExamSession).where(ExamSession.cycle_id == cycle.id)).first()
    if found is None:
        office = session.get_one(Authority, cycle.province_id)
        found = ExamSession(
            name="测量", papers=[PAPER], round=SessionRound.ANY, starts_on=cycle.starts_on,
            last_day=cycle.last_day, opens=0, closes=1440, province_id=office.id,
            authority_path=office.path, authority_id=office.id, cycle_id=cycle.id,
        )  # fmt: skip
        session.add(found)
        session.flush()
    return found


def _begun(
    session: Any, case: Assessment, exam: ExamSession, bank: list[Candidate], at: datetime,
    deadline: datetime,
) -> Examinee:  # fmt: skip
    owner = {name: getattr(case, name) for name in _SCOPE} | {"assessment_id": case.id}
    whole = owner | {"cycle_id": case.cycle_id, "participation_id": case.participation_id}
    paper = Paper(name=PAPER, round=ROUND, status=PaperStatus.SITTING, status_since=at, **whole)
    session.add(paper)
    session.flush()
    drawn = draw(bank, [BlueprintRow("A1", QUESTIONS)], seed=str(case.id))
    sitting = Sitting(
        number=1, seed=str(case.id), minutes=60, begun_at=at, status_since=at, paper_id=paper.id,
        session_id=exam.id, places=[[one.question_id, list(one.order), one.marks] for one in drawn],
        **whole,
    )  # fmt: skip
    sitting.sheet = AnswerSheet(deadline=deadline, answers={}, generation=1, **owner)
    session.add(sitting)
    session.flush()
    cookie = _signed_in(session, case, at)
    return Examinee(sitting.id, cookie, tuple(one.question_id for one in drawn))


def _signed_in(session: Any, case: Assessment, at: datetime) -> str:
    """Give the physician an account, for the country has none, and a session."""
    name = f"bench-{case.physician_id}"
    account = Account(
        username=name, email=f"{name}@account.invalid", first_name="测", last_name="", active=True,
        state=AccountState.ACTIVE, created_on=at, changed_on=at,
    )  # fmt: skip
    session.add(account)
    session.flush()
    identity = Identity(
        role=Role.PHYSICIAN, account_id=account.id, province_id=case.province_id,
        authority_path=case.authority_path, institution_id=case.institution_id,
        physician_id=case.physician_id,
    )  # fmt: skip
    session.add(identity)
    session.flush()
    token = secrets.token_urlsafe(32)
    session.add(
        WebSession(
            id=hashlib.sha256(token.encode()).hexdigest(), data="{}", created_at=at, seen_at=at,
            expires_at=at + timedelta(hours=8), account_id=account.id,
            identity_id=identity.id,
        )
    )  # fmt: skip
    return token
