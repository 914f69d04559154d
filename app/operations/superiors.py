"""隶属调整: an institution gets another superior authority, and everything of its goes along."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, func, inspect, or_, select, update
from sqlalchemy.orm import Session

from app import models as m
from app.enums import N_, AuthorityLevel, BodyStatus
from app.operations import trail
from app.refusals import Refusal
from app.security import scoping
from app.security.actor import Actor, unscoped

COUNTED = frozenset({m.Figure, m.Job})
"""Kept by the database itself, or scoped by the one who asked."""
_OF_BODIES = frozenset({m.Identity, m.ApiToken, m.WebhookEndpoint, m.WebhookDelivery})
"""Owned by a body: those of an agency that stays where it is stay, too."""


class SuperiorRefused(Refusal):
    """A superior that an institution may not get; ``field`` names the form's field."""

    field = "authority_id"


@dataclass(frozen=True, slots=True)
class Effect:
    """What 隶属调整 would do: who stops and who begins to see it, and how much of it there is."""

    leaving: tuple[str, ...]
    joining: tuple[str, ...]
    physicians: int
    cases: int
    accounts: int
    institutions: int | None = None


def effect(session: Session, institution: m.Institution, authority: m.Authority) -> Effect:
    """Say what would change; stores nothing.

    :raises SuperiorRefused: the authority cannot be the superior.
    """
    _check(institution, authority)
    leaving, joining = sides(institution.authority_path, authority.path)

    def number(model: Any) -> int:
        own = select(func.count(model.id)).where(model.institution_id == institution.id)
        return session.scalar(own) or 0

    accounts = select(func.count(m.Identity.account_id.distinct())).where(
        m.Identity.institution_id == institution.id, m.Identity.is_active
    )
    return Effect(
        leaving=names_of(session, leaving),
        joining=names_of(session, joining),
        physicians=number(m.Physician),
        cases=number(m.Assessment),
        accounts=session.scalar(accounts) or 0,
    )


def sides(before: str, after: str) -> tuple[list[int], list[int]]:
    """Give who stands above one path only, and who above the other only."""
    old, new = _ids(before), _ids(after)
    return [one for one in old if one not in new], [one for one in new if one not in old]


def names_of(session: Session, ids: list[int]) -> tuple[str, ...]:
    """Give the names of authorities, the highest first."""
    statement = select(m.Authority.name).where(m.Authority.id.in_(ids))
    return tuple(session.scalars(statement.order_by(m.Authority.path)))


def reassign(
    session: Session,
    institution: m.Institution,
    authority: m.Authority,
    *,
    reason: str | None,
    actor: Actor,
    at: datetime,
) -> None:
    """Put an institution under another authority of its province; the caller commits.

    Its people, cases and their trail follow in the same transaction, and so does an agency that it
    hosts under the same superior. Appointments stay: the agency goes on with its cases.

    :raises SuperiorRefused: another province, a stopped or the same authority, or no reason.
    """
    _check(institution, authority)
    if not reason:
        raise SuperiorRefused(_l("请填写调整原因。"), field="reason")
    old_path, old_name = institution.authority_path, institution.authority.name
    hosted = session.scalars(
        select(m.Agency.id).where(
            m.Agency.institution_id == institution.id,
            m.Agency.authority_id == institution.authority_id,
        )
    ).all()
    institution.authority_id, institution.authority_path = authority.id, authority.path
    session.flush()  # refused here when the new place is out of the actor's reach
    with unscoped("both places were checked; the rows of the institution follow it"):
        for model in scoping.SCOPES:
            _follow(session, model, institution.id, hosted, authority)
        session.expire_all()
        for path in (old_path, authority.path):  # each side reads its own
            trail.log(
                session, actor=actor, at=at, subject="institution", subject_id=institution.id,
                action="reassign", label=N_("隶属调整"),
                comment=f"{old_name}→{authority.name}；{reason}",
                province_id=institution.province_id, authority_path=path,
                institution_id=institution.id if path == authority.path else None,
            )  # fmt: skip
        session.flush()  # inside the block: the old place may be out of the actor's reach


def _check(institution: m.Institution, authority: m.Authority) -> None:
    if authority.id == institution.authority_id:
        raise SuperiorRefused(_l("该机构已隶属“%(name)s”。", name=authority.name))
    is_here = authority.province_id == institution.province_id
    if not is_here or authority.level is AuthorityLevel.NATION:
        raise SuperiorRefused(_l("只能调整到本省的卫生行政部门。"))
    if authority.status is not BodyStatus.ACTIVE:
        raise SuperiorRefused(_l("上级行政机构“%(name)s”已停用，请先启用。", name=authority.name))


def _follow(
    session: Session, model: Any, institution_id: int, hosted: Any, authority: m.Authority
) -> None:
    columns = set(inspect(model).columns.keys())
    if model is m.Agency:
        values = {"authority_path": authority.path, "authority_id": authority.id}
        _set(session, model, m.Agency.id.in_(hosted), values)
    elif model is m.CommitteeMember:
        _set(
            session,
            model,
            m.CommitteeMember.agency_id.in_(hosted),
            {"authority_path": authority.path},
        )
    elif {"institution_id", "authority_path"} <= columns and model not in COUNTED:
        own = model.institution_id == institution_id
        if model in _OF_BODIES:
            own = and_(own, or_(model.agency_id.is_(None), model.agency_id.in_(hosted)))
        _set(session, model, own, {"authority_path": authority.path})
    if "from_path" in columns:
        left = model.from_institution_id == institution_id
        _set(session, model, left, {"from_path": authority.path})


def _set(session: Session, model: Any, criterion: Any, values: dict[str, Any]) -> None:
    statement = update(model).where(criterion).values(values)
    session.execute(statement.execution_options(synchronize_session=False))


def _ids(path: str) -> list[int]:
    return [int(part) for part in path.split("/") if part]
