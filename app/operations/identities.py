"""The hats of an account: a role at a body, with the columns its scope compares."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.enums import ACTIVE_BODIES, N_, Role
from app.models import Account, Agency, Authority, Identity, Institution, Physician
from app.operations.account_trail import note, person
from app.queries.actors import is_current
from app.queries.permissions import PageRole
from app.security.actor import Actor, unscoped

Body = Authority | Institution | Agency | Physician
_SCOPE = (
    "province_id", "authority_path", "authority_id", "institution_id", "agency_id", "physician_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hat:
    """One identity that a person can put on, with the name of its body ("" for administrators)."""

    identity: Identity
    identity_id: int
    role: Role
    body: str
    page_role: str | None = None  # the name of the role made in pages it is limited to
    principal: str | None = None  # whom it stands in for


def usable(session: Session, *, account_id: int, today: date) -> list[Hat]:
    """List an account's identities in force whose bodies are in operation, the first one first."""
    statement = (
        select(Identity)
        .where(Identity.account_id == account_id, Identity.is_active)
        .options(
            joinedload(Identity.authority),
            joinedload(Identity.institution),
            joinedload(Identity.agency),
        )
        .order_by(Identity.id)
    )
    with unscoped("the person's own hats, also at bodies the present one does not see"):
        return [
            Hat(row, row.id, row.role, bodies[0].name if bodies else "", *_known_as(session, row))
            for row in session.scalars(statement)
            if is_current(row, today=today)
            for bodies in [[b for b in (row.agency, row.institution, row.authority) if b]]
            if all(body.status in ACTIVE_BODIES for body in bodies)
        ]


def _known_as(session: Session, row: Identity) -> tuple[str | None, str | None]:
    role = session.get(PageRole, row.page_role_id) if row.page_role_id else None
    return (
        role.name if role else None,
        row.principal.account.first_name if row.principal else None,
    )


def record_switch(session: Session, account: Account, *, identity_id: int, at: datetime) -> None:
    """Record 切换 in the trail of the body that is switched to."""
    with unscoped("the identity is the person's own"):
        identity = session.get_one(Identity, identity_id)
    signed = person(account, identity)
    note(
        session, account, action="switch", label=N_("切换"), actor=signed, at=at, identity=identity
    )  # fmt: skip


def add_identity(
    session: Session, account: Account, *, role: Role, body: Body | None, actor: Actor, at: datetime
) -> Identity:
    """Give an account another hat; one it already had becomes active again."""
    with unscoped("the caller has chosen the account; the hat is its new one"):
        identity = wear(session, account, role=role, body=body)
    note(
        session, account,
        action="add_identity", label=N_("新增身份"), actor=actor, at=at, identity=identity,
    )  # fmt: skip
    return identity


def wear(session: Session, account: Account, *, role: Role, body: Body | None) -> Identity:
    """Find or make the identity, in step with where its body lies now; leaves no trail."""
    column, values = scope_of(body)
    statement = select(Identity).where(
        Identity.account_id == account.id,
        Identity.role == role,
        Identity.page_role_id.is_(None),
        Identity.principal_id.is_(None),
    )
    if column is not None:
        statement = statement.where(getattr(Identity, column) == values[column])
    found = session.scalars(statement).first()
    if found is None:
        found = Identity(account_id=account.id, role=role)
        session.add(found)
    for name, value in values.items():
        setattr(found, name, value)
    found.is_active, found.starts_on, found.last_day = True, None, None
    session.flush()  # its id goes into the trail
    return found


def scope_of(body: Body | None) -> tuple[str | None, dict[str, int | str | None]]:
    """Give the column that tells one body's hats from another's, and all scope columns."""
    values: dict[str, int | str | None] = dict.fromkeys(_SCOPE) | {"authority_path": "/"}
    if body is None:
        return None, values
    values["province_id"] = body.province_id
    if isinstance(body, Authority):
        return "authority_id", values | {"authority_path": body.path, "authority_id": body.id}
    values["authority_path"] = body.authority_path
    if isinstance(body, Institution):
        return "institution_id", values | {"institution_id": body.id}
    values["institution_id"] = body.institution_id
    if isinstance(body, Agency):
        return "agency_id", values | {"agency_id": body.id}
    return "physician_id", values | {"physician_id": body.id}
