"""本机构信息: what a hospital says about itself; code and superior authority are not its own to change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.enums import N_
from app.models import Institution
from app.operations import trail
from app.queries import cycles
from app.refusals import Refusal
from app.security.actor import Actor

FACTS = (
    "name",
    "licence_number",
    "kind",
    "grade",
    "ownership",
    "beds",
    "physician_count",
    "head",
    "contact_person",
    "contact_phone",
    "address",
    "postcode",
)


class ProfileOvertaken(Refusal):
    """Somebody else stored the profile meanwhile; ``changed`` holds what stands there now."""

    def __init__(self, *, version: int, changed: Mapping[str, Any]) -> None:
        super().__init__(
            _l("本机构信息已被他人修改，您填写的内容尚未保存，但已保留在下方。请核对后再保存。")
        )
        self.version = version
        self.changed = changed


def save_profile(
    session: Session,
    institution_id: int,
    *,
    facts: Mapping[str, Any],
    version: int,
    actor: Actor,
    at: datetime,
) -> Institution:
    """Store 本机构信息; it also confirms the province's current cycle (manual 1.2).

    ``facts`` holds values by the names of ``FACTS``.

    :raises NoResultFound: no such institution in the actor's scope.
    :raises ProfileOvertaken: it was changed since ``version``.
    """
    row = session.get_one(Institution, institution_id, with_for_update=True, populate_existing=True)
    changed = [name for name in FACTS if getattr(row, name) != facts[name]]
    if row.version != version:
        standing = {name: getattr(row, name) for name in changed}
        raise ProfileOvertaken(version=row.version, changed=standing)
    for name in changed:
        setattr(row, name, facts[name])
    cycle = cycles.current(session, province_id=row.province_id)
    if cycle is not None:
        row.confirmed_cycle_id = cycle.id
    session.flush()  # a stale version must surface here
    trail.log(
        session,
        actor=actor,
        at=at,
        subject="institution",
        subject_id=row.id,
        action="edit",
        label=N_("保存本机构信息"),
        comment=row.name,
        province_id=row.province_id,
        authority_path=row.authority_path,
        institution_id=row.id,
    )
    return row
