"""Whose a token or an address is: exactly one body, of the kind of the actor's role."""

from typing import Any

from app.enums import Role
from app.security.actor import Actor

_OWN_ID = {
    Role.AUTHORITY: "authority_id",
    Role.INSTITUTION: "institution_id",
    Role.AGENCY: "agency_id",
}
BODY_ROLES = frozenset(_OWN_ID)
"""The roles that act for a body."""


def body_columns(actor: Actor) -> dict[str, Any]:
    """Give the columns that make a row the body's own; an agency's host hospital is left out."""
    ids = dict.fromkeys(_OWN_ID.values())
    own = _OWN_ID[actor.role]
    return {
        "province_id": actor.province_id,
        "authority_path": actor.authority_path,
        **ids,
        own: getattr(actor, own),
    }
