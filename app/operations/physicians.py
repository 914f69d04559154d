"""医师: taking them up (see physician_intake) and 删除, which never removes a history."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from app.enums import N_, ParticipationStatus
from app.models import (
    Account,
    Assessment,
    Conclusion,
    Correction,
    Identity,
    Mentorship,
    Participation,
    Physician,
    Portrait,
    PracticePlace,
    Registration,
    WebSession,
)
from app.operations import trail
from app.operations.physician_intake import (
    PhysicianRefused,
    create_physicians,
    existing_indexes,
    id_index,
    id_indexes,
)
from app.security.actor import Actor, unscoped

__all__ = [
    "PhysicianRefused",
    "create_physicians",
    "delete_physician",
    "existing_indexes",
    "id_index",
    "id_indexes",
    "removal_objection",
]


def delete_physician(session: Session, physician: Physician, *, actor: Actor, at: datetime) -> None:
    """Remove a physician who takes part in nothing, and the account if nobody needs it any more.

    :raises PhysicianRefused: confirmed for a cycle, or with a registration or a case.
    """
    reason = removal_objection(session, physician)
    if reason is not None:
        raise PhysicianRefused(reason)
    trail.log(
        session,
        actor=actor,
        at=at,
        subject="physician",
        subject_id=physician.id,
        action="delete",
        label=N_("删除医师"),
        comment=f"{physician.name} {physician.id_masked}",
        province_id=physician.province_id,
        authority_path=physician.authority_path,
        institution_id=physician.institution_id,
    )
    session.execute(delete(Participation).where(Participation.physician_id == physician.id))
    session.execute(delete(Portrait).where(Portrait.physician_id == physician.id))
    with unscoped("the removed person's account may have identities in other provinces"):
        _drop_identities(session, physician.id)
    session.delete(physician)
    session.flush()  # a reference that is left must surface here


def removal_objection(session: Session, physician: Physician) -> LazyString | None:
    """Say why a physician cannot be removed, or None."""
    confirmed = select(Participation.id).where(
        Participation.physician_id == physician.id,
        Participation.status == ParticipationStatus.CONFIRMED,
    )
    if session.scalar(confirmed.limit(1)) is not None:
        return _l("该医师已确认参加本周期考核，不能删除。请先取消参加。")
    for model in (Registration, Assessment, Conclusion, Mentorship, Correction, PracticePlace):
        traces = select(model.id).where(model.physician_id == physician.id).limit(1)
        if session.scalar(traces) is not None:
            return _l(
                "该医师已有报名、考核、申请或跟班带教记录，不能删除。如已离开本机构，请办理离岗。"
            )
    return None


def _drop_identities(session: Session, physician_id: int) -> None:
    owned = select(Identity.id, Identity.account_id).where(Identity.physician_id == physician_id)
    for identity_id, account_id in session.execute(owned).all():
        needed = session.scalar(
            select(Identity.id)
            .where(Identity.account_id == account_id, Identity.id != identity_id)
            .limit(1)
        )
        gone = WebSession.identity_id == identity_id
        if needed is None:
            gone = or_(gone, WebSession.account_id == account_id)
        session.execute(delete(WebSession).where(gone))
        session.execute(delete(Identity).where(Identity.id == identity_id))
        if needed is None:
            session.delete(session.get_one(Account, account_id))
            session.flush()  # still outside the scope of whoever removes
