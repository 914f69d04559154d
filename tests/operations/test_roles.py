"""Roles made in pages, below the pages: the version, the rights, who is refused."""

import pytest
from sqlalchemy import select

from app.models import Setting, WebSession
from app.operations.roles import (
    ROLE_VERSION,
    RoleRefused,
    decides_on_permissions,
    delete_role,
    raise_version,
    reads_the_trail,
    save_role,
    set_roles,
)
from app.queries import permissions
from app.views.clock import now
from tests.support.site import Site


@pytest.mark.parametrize(
    ("pair", "decides", "audits"),
    [
        (("can_list", "RoleView"), True, False),
        (("can_grant", "AccountView"), True, False),
        (("can_list", "AccountView"), False, False),
        (("can_export", "TrailView"), False, True),
        (("can_list", "PermissionView"), False, False),
    ],
)
def test_what_counts_as_security_and_as_audit(
    pair: tuple[str, str], decides: bool, audits: bool
) -> None:
    assert (decides_on_permissions([pair]), reads_the_trail([pair])) == (decides, audits)


def test_each_change_raises_the_version_of_the_roles(site: Site) -> None:
    actor, account_id = site.actor("secadmin"), site.actor("proctor").account_id
    assert account_id is not None
    with site.session("secadmin") as session:
        rights = [permissions.rights(session)[0].id]

        def version() -> int:
            row = session.get(Setting, ROLE_VERSION)
            return int(row.value) if row else 0

        seen = [version()]
        role = save_role(session, None, name="甲", rights=rights, actor=actor, at=now())
        seen.append(version())
        save_role(session, role.id, name="乙", rights=rights, actor=actor, at=now())
        seen.append(version())
        set_roles(session, account_id, [role.id], actor=actor, at=now())
        seen.append(version())
        set_roles(session, account_id, [role.id], actor=actor, at=now())
        seen.append(version())  # nothing changed
        delete_role(session, role.id, actor=actor, at=now())
        seen.append(version())
        raise_version(session)
        seen.append(version())
    assert seen == [0, 1, 2, 3, 3, 4, 5]


def test_granting_ends_the_sessions_of_that_person_only(site: Site) -> None:
    site.client("proctor"), site.client("agency")
    proctor, agency = site.actor("proctor").account_id, site.actor("agency").account_id
    actor = site.actor("secadmin")
    assert proctor is not None
    with site.session("secadmin") as session:
        role = save_role(session, None, name="甲", rights=[permissions.rights(session)[0].id],
                         actor=actor, at=now())  # fmt: skip
        set_roles(session, proctor, [role.id], actor=actor, at=now())
        left = set(session.scalars(select(WebSession.account_id)))
    assert agency in left
    assert proctor not in left


def test_an_unknown_role_is_not_granted(site: Site) -> None:
    proctor, actor = site.actor("proctor").account_id, site.actor("secadmin")
    assert proctor is not None
    with site.app.test_request_context(), site.session("secadmin") as session:
        with pytest.raises(RoleRefused, match="不存在"):
            set_roles(session, proctor, [987654], actor=actor, at=now())
        assert permissions.held(session, [proctor]) == {proctor: set()}


def test_a_role_needs_a_permission_that_exists(site: Site) -> None:
    actor = site.actor("secadmin")
    with site.app.test_request_context(), site.session("secadmin") as session:
        with pytest.raises(RoleRefused, match="至少选择一项权限"):
            save_role(session, None, name="空", rights=[987654], actor=actor, at=now())
        assert permissions.page_roles(session) == []
