"""A result with everything that hangs on it, planted for every case: somebody's, and only theirs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app import models as m
from app.enums import ImportKind, RemedyGround, Verdict

_OWNER = (
    "province_id", "authority_path", "institution_id", "agency_id", "physician_id",
    "participation_id",
)  # fmt: skip
_DOWNLOAD = "kind: csv or xlsx, no row"
_WAITS = m.Assessment.status == "AWAITING_VERDICT"


def leave(session: Any, case: m.Assessment, at: datetime) -> None:
    """Let every case have a conclusion, a certificate, an objection and a disposal."""
    owner = {name: getattr(case, name) for name in _OWNER}
    known = select(m.Conclusion).where(m.Conclusion.assessment_id == case.id)
    row = session.scalars(known).first()
    if row is None:
        row = m.Conclusion(
            status_since=at, result=Verdict.PASS, cycle_label=case.cycle.label,
            institution_name="外来", agency_name="外来", concluded_on=at.date(), concluded_at=at,
            cycle_id=case.cycle_id, assessment_id=case.id, **owner,
        )  # fmt: skip
        session.add(row)
        session.flush()
    session.add_all(
        [
            m.Certificate(
                status_since=at, token=f"{case.id:022d}", number=f"外来-{case.id}", issue=9,
                facts=_facts(case), seal="0" * 64, issued_on=at.date(), issued_at=at,
                issued_by="外来", cycle_id=case.cycle_id, conclusion_id=row.id, **owner,
            ),
            m.Objection(
                status_since=at, asked_by="外来", asked_at=at, due_on=at.date(), reason="外来",
                before=row.result, assessment_id=case.id, **owner,
            ),
        ]
    )  # fmt: skip
    if session.scalars(select(m.Remedy.id).where(m.Remedy.conclusion_id == row.id)).first() is None:
        session.add(
            m.Remedy(
                status_since=at, ground=RemedyGround.FAILED, opened_at=at, conclusion_id=row.id,
                **owner,
            )
        )  # fmt: skip


def _facts(case: m.Assessment) -> dict[str, Any]:
    return {
        "title": "外来", "name": case.physician.name, "institution": "外来", "category": "CLINICAL",
        "level": "PHYSICIAN", "cycle": "02", "starts_on": None, "last_day": None, "result": "PASS",
        "issuer": "外来", "note": "", "number": f"外来-{case.id}", "issued_on": "2024-01-02",
    }  # fmt: skip


MARKED: Mapping[type[Any], tuple[str, tuple[str, ...]]] = {
    m.Conclusion: ("A", ("concluded_by",)),
    m.Certificate: ("F", ("reason",)),
    m.Objection: ("G", ("reason",)),
    m.Remedy: ("H", ("remark",)),
}


def routes(names: Any) -> dict[str, Any]:
    """Say what each argument names; ``names`` makes an entry of the table of routes."""
    upload = (m.RosterUpload.kind == ImportKind.RESULT,)
    return {
        "VerifyView.verify": "by its token alone, for everybody: tests/views/test_verify.py",
        "VerdictView.case": names("pk", m.Assessment, (_WAITS,)),
        "VerdictView.next_case": names("pk", m.Assessment, (_WAITS,)),
        "HistoryView.result": names("pk", m.Conclusion),
        "HistoryView.notice": names("pk", m.Conclusion),
        "HistoryView.case": names("pk", m.Conclusion),
        "CertificateView.printed": names("pk", m.Certificate),
        "CertificateView.verify": names("pk", m.Certificate),
        "CertificateView.files": "form: pdf or zip; the rows are in the body",
        "ResultSummaryView.file": "form: xlsx or pdf, no row",
        "ObjectionView.case": names("pk", m.Objection),
        "ObjectionView.ask": names("pk", m.Conclusion),
        "RemedyView.case": names("pk", m.Remedy),
        "CycleView.closing": names("pk", m.Cycle),
        "CycleView.absent": names("pk", m.Cycle),
        **{
            f"ResultImportView.{name}": names("token", m.RosterUpload, upload, "token")
            for name in ("confirm", "errors", "report")
        },
        **dict.fromkeys(
            (
                "VerdictView.export", "HistoryView.export", "ConclusionView.export",
                "CertificateView.export", "ObjectionView.export", "RemedyView.export",
            ),
            _DOWNLOAD,
        ),
    }  # fmt: skip
