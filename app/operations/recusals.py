"""回避: an assessor with an interest does not judge the case (art. 16)."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import N_, AssessmentStatus, RequestStatus, Role
from app.models import Account, Assessment, Identity, Recusal
from app.operations import trail
from app.refusals import Refusal
from app.security.actor import Actor, unscoped

BEFORE_EXAM = frozenset(
    {
        AssessmentStatus.AWAITING_INSTITUTION,
        AssessmentStatus.AWAITING_AGENCY,
        AssessmentStatus.AWAITING_EXAM,
        AssessmentStatus.DEFERRED,
    }
)
_SCOPE = ("province_id", "authority_path", "institution_id", "agency_id", "physician_id")


class RecusalRefused(Refusal):
    """A request that is not taken; ``field`` names what was typed wrong."""


def closed(case: Assessment) -> LazyString | None:
    """Say why nobody can be objected to now, or None: before the assessment, and after 提交."""
    if case.agency_id is None:
        return _l("尚未指派考核机构，暂不能申请回避。")
    if case.status not in BEFORE_EXAM:
        return _l("回避应在提交报名信息后、考核前申请（管理办法第十六条）。")
    return None


def ask(
    session: Session,
    case: Assessment,
    *,
    assessor_name: str,
    reason: str,
    actor: Actor,
    at: datetime,
) -> Recusal:
    """Ask that somebody of the agency does not judge the case.

    :raises RecusalRefused: too early or too late, or the same request waits already.
    """
    refusal = closed(case)
    if refusal is not None:
        raise RecusalRefused(refusal)
    waiting = select(Recusal.id).where(
        Recusal.assessment_id == case.id,
        Recusal.assessor_name == assessor_name,
        Recusal.status.in_((RequestStatus.AWAITING, RequestStatus.PASSED)),
    )
    if session.scalar(waiting.limit(1)) is not None:
        raise RecusalRefused(_l("对该人员的回避申请已经提交或已经通过。"), field="assessor_name")
    found = _add(session, case, assessor_name=assessor_name, reason=reason, at=at)
    _log_request(session, found, case, actor=actor, at=at)
    return found


def declare(
    session: Session, case: Assessment, *, reason: str, actor: Actor, at: datetime
) -> Recusal:
    """Say that one has an interest; the caller takes the step ``declare``, which takes one off.

    :raises RecusalRefused: the actor has declared it already.
    """
    if is_recused(session, case.id, account_id=actor.account_id):
        raise RecusalRefused(_l("您已回避该医师的考核。"))
    return _add(
        session,
        case,
        assessor_name=actor.name,
        assessor_account_id=actor.account_id,
        is_declared=True,
        reason=reason,
        at=at,
    )


def is_recused(session: Session, case_id: int, *, account_id: int | None) -> bool:
    """Say whether a person is off a case; the answer concerns the person, not a scope."""
    if account_id is None:
        return False
    with unscoped("whether oneself is off a case is nobody's secret from oneself"):
        statement = select(Recusal.id).where(
            Recusal.assessment_id == case_id,
            Recusal.assessor_account_id == account_id,
            Recusal.status == RequestStatus.PASSED,
        )
        return session.scalar(statement.limit(1)) is not None


def bar(session: Session, case: Assessment, *, actor: Actor) -> LazyString | None:
    """Say why a person may do nothing in the review of a case: it is the own one, or recused."""
    if actor.physician_id == case.physician_id:
        return _l("不能审核本人的报名信息，请由其他人员审核。")
    if is_recused(session, case.id, account_id=actor.account_id):
        return _l("您已回避该医师的考核，请由其他人员审核。")
    return None


def assessors(session: Session, *, agency_id: int) -> list[tuple[int, str]]:
    """List who works for an agency: account and name."""
    with unscoped("an agency's own people, for the agency that decides among them"):
        statement = (
            select(Account.id, Account.first_name)
            .join(Identity, Identity.account_id == Account.id)
            .where(
                Identity.agency_id == agency_id, Identity.is_active, Identity.role == Role.AGENCY
            )
            .order_by(Account.first_name, Account.id)
        )
        return [(row[0], row[1]) for row in session.execute(statement)]


def _add(session: Session, case: Assessment, *, at: datetime, **said: object) -> Recusal:
    found = Recusal(
        status_since=at,
        asked_at=at,
        assessment_id=case.id,
        **said,
        **{name: getattr(case, name) for name in _SCOPE},
    )
    session.add(found)
    session.flush()  # the entry of the trail names its id
    return found


def _log_request(
    session: Session, row: Recusal, case: Assessment, *, actor: Actor, at: datetime
) -> None:
    trail.log(
        session,
        actor=actor,
        at=at,
        subject="recusal",
        subject_id=row.id,
        action="ask",
        label=N_("申请回避"),
        comment=f"{row.assessor_name}：{row.reason}",
        participation_id=case.participation_id,
        physician_id=case.physician_id,
        province_id=case.province_id,
        authority_path=case.authority_path,
        agency_id=case.agency_id,  # and not the institution's: it learns nothing of this
    )
