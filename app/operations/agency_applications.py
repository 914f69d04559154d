"""申请考核机构: a draft with its files, who may apply, and what a granted application creates."""

from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.crypto import keyring
from app.enums import AgencyApplicationStatus, AgencyKind, AgencyStatus, Role, ScheduleWindow
from app.models import (
    Agency,
    AgencyApplication,
    AgencyApplicationFile,
    Cycle,
    Identity,
    Institution,
)
from app.operations import agency_standing, bodies
from app.operations.attachments import examined, refuse_surplus
from app.queries import cycles
from app.refusals import Refusal
from app.security.actor import Actor, unscoped

DRAFTS = frozenset({AgencyApplicationStatus.DRAFT, AgencyApplicationStatus.REJECTED})
_CONTEXT = "agency_application_file"
_OWNER = ("province_id", "authority_path")


class ApplicationClosed(Refusal):
    """The application is under review or decided; ``message`` is in the user's words."""


def of_cycle(session: Session, *, institution_id: int, cycle_id: int) -> AgencyApplication | None:
    """Give the application of an institution in a cycle, or None."""
    return session.scalars(
        select(AgencyApplication).where(
            AgencyApplication.institution_id == institution_id,
            AgencyApplication.cycle_id == cycle_id,
        )
    ).one_or_none()


def open_draft(
    session: Session, institution: Institution, cycle: Cycle, *, at: datetime
) -> AgencyApplication:
    """Give the application, begun when there was none.

    :raises ApplicationClosed: it is under review or decided.
    """
    found = of_cycle(session, institution_id=institution.id, cycle_id=cycle.id)
    if found is None:
        found = AgencyApplication(
            status_since=at,
            institution_id=institution.id,
            cycle_id=cycle.id,
            **{name: getattr(institution, name) for name in _OWNER},
        )
        session.add(found)
        session.flush()  # its files name its id
    if found.status not in DRAFTS:
        raise ApplicationClosed(
            _l("申请当前状态为“%(status)s”，不能修改。", status=found.status.label)
        )
    return found


def store_file(
    session: Session, application: AgencyApplication, *, filename: str, content: bytes, at: datetime
) -> AgencyApplicationFile:
    """Take one file up into a draft.

    :raises AttachmentRefused: empty, too large, of another kind, broken, a duplicate, one too many.
    """
    file = examined(filename, content)
    refuse_surplus(file, [row.sha256 for row in application.files])
    found = AgencyApplicationFile(
        **file.columns(),
        content=keyring().seal_bytes(file.content, context=_CONTEXT),
        uploaded_at=at,
        institution_id=application.institution_id,
        **{name: getattr(application, name) for name in _OWNER},
    )
    application.files.append(found)
    session.flush()  # a foreign row must surface here
    return found


def remove_file(session: Session, application: AgencyApplication, *, file_id: int) -> None:
    """Delete a file of a draft; none there is nothing to do."""
    found = next((row for row in application.files if row.id == file_id), None)
    if found is not None:
        application.files.remove(found)
        session.delete(found)
        session.flush()  # the list is read again in this transaction


def opened(file: AgencyApplicationFile) -> bytes:
    """Give a file as it was stored, unsealed."""
    return keyring().open_bytes(file.content, context=_CONTEXT)


def objection(institution: Institution, cycle: Cycle, *, today: date) -> LazyString | None:
    """Say why an institution cannot apply now, or None (manual 1.4)."""
    if not institution.may_apply_as_agency:
        return _l("隶属卫生行政部门尚未为本机构开通申请考核机构。")
    if not cycles.is_open(cycle, ScheduleWindow.AGENCY_APPLICATION, today=today):
        return _l("不在申请考核医疗机构时间内，不能提交申请。")
    return None


def hosted(session: Session, institution: Institution) -> Agency | None:
    """Give the agency that an institution hosts already, or None."""
    return session.scalars(
        select(Agency).where(Agency.institution_id == institution.id).order_by(Agency.id)
    ).first()


def grant_objection(session: Session, institution: Institution) -> LazyString | None:
    """Say why no agency can come of an application, or None."""
    agency = hosted(session, institution)
    if agency is not None:
        if agency.status is AgencyStatus.ACTIVE:
            return None
        if agency.status is AgencyStatus.DISQUALIFIED:
            left = agency_standing.cycles_left(session, agency)
            return _l(
                "考核机构“%(name)s”已被取消资格，还须经过%(left)s个考核周期。",
                name=agency.name, left=left,
            )  # fmt: skip
        return _l("该机构的考核机构“%(name)s”已停用，请先启用。", name=agency.name)
    with unscoped("the name must be unique in the province, also under other authorities"):
        taken = session.scalar(
            select(Agency.id).where(
                Agency.province_id == institution.province_id, Agency.name == institution.name
            )
        )
    if taken is not None:
        return _l("考核机构“%(name)s”在本省已登记，请核对。", name=institution.name)
    return None


def grant(
    session: Session, institution: Institution, *, kind: AgencyKind, actor: Actor, at: datetime
) -> Agency:
    """Let an institution be an agency: its accounts get a second identity (切换)."""
    agency = hosted(session, institution)
    if agency is None:
        agency = bodies.create_agency(
            session,
            authority=institution.authority,
            name=institution.name,
            kind=kind,
            institution=institution,
            contact_person=institution.contact_person,
            contact_phone=institution.contact_phone,
            actor=actor,
            at=at,
        )
    of_house = Identity.institution_id == institution.id
    clerks = session.scalars(
        select(Identity).where(
            of_house,
            Identity.role == Role.INSTITUTION,
            Identity.is_active,
            Identity.page_role_id.is_(None),
            Identity.principal_id.is_(None),
        )
    ).all()
    wearing = session.scalars(
        select(Identity.account_id).where(
            Identity.agency_id == agency.id, Identity.role == Role.AGENCY
        )
    ).all()
    session.add_all(
        Identity(
            role=Role.AGENCY,
            account_id=clerk.account_id,
            province_id=agency.province_id,
            authority_path=agency.authority_path,
            institution_id=institution.id,
            agency_id=agency.id,
        )
        for clerk in clerks
        if clerk.account_id not in wearing
    )
    session.flush()  # written under the authority's scope
    return agency
