"""合格证书: issued once a 合格 is filed, verified by anybody who holds the paper, revoked, replaced.

Every word on the paper is a fact of the row, sealed by a keyed digest. What is shown to the public
is masked: no ID number is on the certificate at all.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.crypto import keyring
from app.enums import N_, CertificateStatus, FilingStatus, Verdict
from app.models import Assessment, Authority, Certificate, Conclusion, Cycle
from app.operations import trail
from app.periods import local_day
from app.queries.among import among
from app.refusals import Refusal
from app.rules import CycleRules
from app.security.actor import Actor, unscoped

_CONTEXT = "certificate"
_COPIED = (
    "province_id", "authority_path", "institution_id", "agency_id", "cycle_id", "participation_id",
    "physician_id",
)  # fmt: skip
_TOKEN_BYTES = 16
"""128 random bits: nobody guesses one, and there is nothing to count through."""


class CertificateRefused(Refusal):
    """A certificate that is not issued."""


@dataclass(slots=True)
class Issued:
    """What was issued of a batch, and why the rest was not."""

    ids: list[int] = field(default_factory=list)
    refused: dict[int, LazyString] = field(default_factory=dict)


def objection(
    session: Session, conclusion: Conclusion, *, is_replacing: bool = False
) -> LazyString | None:
    """Say why no certificate can be issued for a conclusion, or None."""
    if conclusion.assessment_id is None:
        return _l("导入的历史结果不能发证。")
    if conclusion.result is not Verdict.PASS:
        return _l("考核结果不是合格，不能发证。")
    if conclusion.status is not FilingStatus.FILED:
        return _l("考核结果尚未备案，不能发证。")
    if not is_replacing and valid(session, conclusion.id) is not None:
        return _l("已发证。遗失或信息有误的，请补发。")
    return None


def valid(session: Session, conclusion_id: int) -> Certificate | None:
    """Give the certificate of a conclusion that counts."""
    return session.scalars(
        select(Certificate).where(
            Certificate.conclusion_id == conclusion_id,
            Certificate.status == CertificateStatus.VALID,
        )
    ).one_or_none()


def issue(session: Session, conclusion: Conclusion, *, actor: Actor, at: datetime) -> Certificate:
    """Issue the next certificate of a conclusion that :func:`objection` lets pass."""
    known = select(func.count(Certificate.id)).where(Certificate.conclusion_id == conclusion.id)
    number = (session.scalar(known) or 0) + 1
    rules, issuer = _rules(session, conclusion.cycle_id), _issuer(session, actor)
    words = f"{rules.certificate_prefix}{conclusion.cycle_label}-{conclusion.id:08d}"
    facts = _facts(conclusion, rules, issuer=issuer)
    facts["number"] = words if number == 1 else f"{words}-{number}"
    facts["issued_on"] = local_day(at).isoformat()
    found = Certificate(
        status_since=at,
        token=secrets.token_urlsafe(_TOKEN_BYTES),
        number=facts["number"],
        issue=number,
        facts=facts,
        seal=sealed(facts),
        issued_on=local_day(at),
        issued_at=at,
        issued_by=actor.name,
        conclusion_id=conclusion.id,
        **{name: getattr(conclusion, name) for name in _COPIED},
    )
    session.add(found)
    session.flush()  # the entry of the trail names its id
    trail.log(
        session,
        actor=actor,
        at=at,
        subject="certificate",
        subject_id=found.id,
        action="issue",
        label=N_("发证"),
        comment=found.number,
        **{name: getattr(found, name) for name in _COPIED if name != "cycle_id"},
    )
    return found


def issue_many(
    session: Session, conclusion_ids: Sequence[int], *, actor: Actor, at: datetime
) -> Issued:
    """Issue a certificate for each conclusion that may have one; the others come back with why."""
    done = Issued()
    rows = session.scalars(
        select(Conclusion)
        .where(among(session, Conclusion.id, conclusion_ids))
        .order_by(Conclusion.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for row in rows.all():
        closed = objection(session, row)
        if closed is None:
            done.ids.append(issue(session, row, actor=actor, at=at).id)
        else:
            done.refused[row.id] = closed
    return done


def find(session: Session, token: str) -> Certificate | None:
    """Give the certificate behind a token, whoever asks: holding the paper is the permission."""
    if not token.isascii() or len(token) > 32:
        return None
    with unscoped("whoever holds the paper may ask what it is worth"):
        return session.scalars(select(Certificate).where(Certificate.token == token)).one_or_none()


def sealed(facts: Mapping[str, Any]) -> str:
    """Give the keyed digest of the facts, whatever their order."""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return keyring().blind_index(text, context=_CONTEXT)


def is_genuine(certificate: Certificate) -> bool:
    """Say whether the facts are those that were printed."""
    return secrets.compare_digest(certificate.seal, sealed(certificate.facts))


def check_code(certificate: Certificate) -> str:
    """Give the short code on the paper, to be compared with the public page's."""
    start = certificate.seal[:16].upper()
    return "-".join(start[place : place + 4] for place in range(0, len(start), 4))


def masked(name: str) -> str:
    """Hide a name but for its first and, from three characters on, its last one."""
    if len(name) < 2:
        return name
    return name[0] + "*" * (len(name) - 2 or 1) + (name[-1] if len(name) > 2 else "")


def _rules(session: Session, cycle_id: int | None) -> CycleRules:
    stored = session.scalar(select(Cycle.rules).where(Cycle.id == cycle_id))
    return CycleRules.from_document(stored or {})


def _issuer(session: Session, actor: Actor) -> str:
    office = session.get(Authority, actor.authority_id) if actor.authority_id else None
    return office.name if office is not None else actor.body


def _facts(conclusion: Conclusion, rules: CycleRules, *, issuer: str) -> dict[str, Any]:
    person, case = conclusion.physician, conclusion.assessment
    assert isinstance(case, Assessment)  # objection() has looked
    period = (conclusion.starts_on, conclusion.last_day)
    return {
        "title": rules.certificate_title or CycleRules().certificate_title,
        "name": person.name,
        "institution": conclusion.institution_name,
        "category": person.category.name,
        "level": person.level.name,
        "cycle": conclusion.cycle_label,
        "starts_on": period[0].isoformat() if period[0] else None,
        "last_day": period[1].isoformat() if period[1] else None,
        "result": conclusion.result.name,
        "issuer": rules.certificate_issuer or issuer,
        "note": rules.certificate_note,
    }
