"""What may this person do, and why; and who may do this."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.models import Identity
from app.queries.permissions import HOLDERS, held, page_roles, page_roles_by_id, pairs_of
from app.security.roles import COMMON, Permission, declared, grants


@dataclass(frozen=True, slots=True)
class Grant:
    """Why a person may do something: the hat, and the role that permits it."""

    identity: Identity
    role: Any
    is_builtin: bool
    pairs: frozenset[Permission]


def grants_of(session: Session, account_id: int) -> list[Grant]:
    """List, hat by hat, what roles permit a person (terms included that have not begun)."""
    statement = select(Identity).where(Identity.account_id == account_id, Identity.is_active)
    found: list[Grant] = []
    ids = held(session, [account_id])[account_id]
    added = [role for role in page_roles(session) if role.id in ids]
    for hat in session.scalars(statement.order_by(Identity.id)):
        if hat.page_role_id is not None:
            role = page_roles_by_id(session, [hat.page_role_id]).get(hat.page_role_id)
            if role is not None:
                found.append(Grant(hat, role.name, False, pairs_of(role) | COMMON))
            continue
        found.append(Grant(hat, hat.role.label, True, grants(hat.role)))
        found += [Grant(hat, role.name, False, pairs_of(role)) for role in added]
    return found


def identities_with(session: Session, right: Permission) -> Select[Any]:
    """Select the identities that have a permission, by a role of the code or one made in pages."""
    codes = [role for role, pairs in declared().items() if right in pairs]
    made = [role.id for role in page_roles(session) if right in pairs_of(role)]
    added = select(HOLDERS.c.user_id).where(HOLDERS.c.role_id.in_(made))
    whole = Identity.page_role_id.is_(None)
    return select(Identity).where(
        Identity.is_active,
        or_(
            whole & (Identity.role.in_(codes) | Identity.account_id.in_(added)),
            Identity.page_role_id.in_(made),
        ),
    )
