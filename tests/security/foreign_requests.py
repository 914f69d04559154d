"""Requests beside the roster that are planted for every case: each is somebody's, and only theirs."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app import models as m
from app.crypto import keyring
from app.enums import (
    CommitteeMemberKind,
    CorrectedField,
    Difficulty,
    DisqualifyingActKind,
    PenaltyKind,
    QuestionKind,
    Role,
    Stratum,
)

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
_OWNER = ("province_id", "authority_path", "institution_id", "physician_id")


def leave(session: Any, case: m.Assessment, at: datetime) -> None:
    """Let one request of each kind wait, and an act and a portrait be on record."""
    owner = {name: getattr(case, name) for name in _OWNER}
    of_case = {**owner, "agency_id": case.agency_id, "assessment_id": case.id}
    file = {
        "filename": "证明.pdf", "content_type": "application/pdf", "size": len(PDF),
        "sha256": f"{case.id:064d}",
    }  # fmt: skip
    asked = {"status_since": at, "asked_at": at}
    seal = keyring().seal_bytes
    session.add_all(
        [
            m.Correction(
                field=CorrectedField.PRACTICE_SCOPE, value="外来", reason="外来", **asked, **file,
                content=seal(PDF, context="correction_file"), **owner,
            ),
            m.PracticePlace(place="外来", note="外来", started_on=at.date(), **asked, **owner),
            m.Recusal(assessor_name="某", reason="外来", **asked, **of_case),
            m.Penalty(
                kind=PenaltyKind.WARNING, decided_on=at.date(), office="外来", facts="外来",
                document=f"外来{case.id}", recorded_at=at, recorded_by="某", **owner,
            ),
            m.DisqualifyingAct(
                kind=DisqualifyingActKind.PENALTY, occurred_on=at.date(), found_by="外来",
                document="外来", recorded_at=at, recorded_by="某", role=Role.INSTITUTION, **file,
                content=seal(PDF, context="disqualifying_act"), **of_case,
            ),
        ]
    )  # fmt: skip
    known = select(m.Portrait.id).where(m.Portrait.physician_id == case.physician_id)
    if session.scalars(known).first() is None:
        content = seal(b"jpeg", context="portrait")
        session.add(m.Portrait(content=content, sha256="0" * 64, taken_at=at, **owner))
    _ask_for(session, case, at)


def leave_members(session: Any) -> None:
    """Give every agency a member of its committee."""
    for agency in session.scalars(select(m.Agency)).all():
        owner = {"province_id": agency.province_id, "authority_path": agency.authority_path}
        session.add(
            m.CommitteeMember(
                name="某",
                kind=CommitteeMemberKind.MANAGER,
                unit="外来",
                agency_id=agency.id,
                **owner,
            )
        )


def leave_check(session: Any, office: m.Authority, at: datetime) -> None:
    """Let every authority have drawn one of the cases below it."""
    case = session.scalars(
        select(m.Assessment)
        .where(m.Assessment.authority_path.startswith(office.path))
        .order_by(m.Assessment.id)
    ).first()
    if case is None:
        return
    owner = {"province_id": case.province_id, "authority_path": office.path}
    check = m.SpotCheck(
        name="外来", stratum=Stratum.AREA, seed="1", population=1, size=1, drawn_at=at,
        drawn_by="某", authority_id=office.id, cycle_id=case.cycle_id, **owner,
    )  # fmt: skip
    item = m.SpotCheckItem(
        number=1, remark="外来", assessment_id=case.id, physician_id=case.physician_id,
        spot_check=check, **owner,
    )  # fmt: skip
    session.add_all([check, item])


def leave_questions(session: Any, office: m.Authority, at: datetime) -> None:
    """Let every province have a question with a picture in its bank, and a blueprint."""
    cycle = session.scalars(select(m.Cycle).where(m.Cycle.province_id == office.id)).first()
    if cycle is None:
        return
    owner = {
        "province_id": office.id, "authority_path": office.path, "authority_id": office.id,
    }  # fmt: skip
    question = m.Question(
        code="外来", kind=QuestionKind.A1, paper="公共知识", point="外来", stem="外来", answer="A",
        difficulty=Difficulty.EASY, options=["外来", "另"], written_at=at, written_by="某", **owner,
    )  # fmt: skip
    session.add(question)
    session.flush()
    session.add_all(
        [
            m.QuestionImage(question_id=question.id, content=b"jpeg", sha256="0" * 64, **owner),
            m.Blueprint(
                paper="外来", minutes=60, cycle_id=cycle.id, **owner,
                rows=[{"kind": "A1", "count": 1, "point": "外来", "difficulty": None, "marks": 1}],
            ),
        ]
    )  # fmt: skip


def _ask_for(session: Any, case: m.Assessment, at: datetime) -> None:
    """Let another hospital of the province ask for the physician."""
    house = session.get(m.Institution, case.institution_id)
    other = session.scalars(
        select(m.Institution)
        .where(m.Institution.province_id == case.province_id, m.Institution.id != house.id)
        .order_by(m.Institution.id.desc())
    ).first()
    if other is None:
        return
    session.add(
        m.OutsideOpinion(
            place="外来", name="某", id_masked="1402*****19", content="外来", status_since=at,
            place_institution_id=other.id, assessment_id=case.id, agency_id=case.agency_id,
            **{name: getattr(case, name) for name in _OWNER},
        )
    )  # fmt: skip
    unit = session.scalars(
        select(m.Department.id).where(m.Department.institution_id == other.id)
    ).first()
    if unit is None:
        return
    session.add(
        m.TransferRequest(
            name="某", id_masked="1402*****19", reason="外来", status_since=at, asked_at=at,
            province_id=case.province_id, authority_path=other.authority_path,
            from_path=house.authority_path, from_institution_id=house.id, from_name="甲",
            institution_id=other.id, to_name="乙", department_id=unit,
            physician_id=case.physician_id,
        )
    )  # fmt: skip
