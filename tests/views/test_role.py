"""角色管理 and 权限查询: a role made in pages holds at once, and so does its end."""

import csv
import io

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.enums import Role
from app.models import TrailEntry
from app.operations import roles as role_operations
from app.queries import permission_words, permissions
from app.security.roles import declared
from app.views import menu, sessions
from tests.support.site import Site
from tests.views.administration import identity_id, text


def _right(site: Site, verb: str, view: str) -> int:
    with site.session() as session:
        found = [
            row.id
            for row in permissions.rights(session)
            if (row.permission.name, row.view_menu.name) == (verb, view)
        ]
    assert len(found) == 1, (verb, view)
    return int(found[0])


def _role_id(site: Site, name: str) -> int:
    with site.session() as session:
        return next(int(r.id) for r in permissions.page_roles(session) if r.name == name)


def _make(site: Site, name: str, *pairs: tuple[str, str]) -> int:
    sent = {"name": name, "permissions": [_right(site, *pair) for pair in pairs]}
    answer = site.client("secadmin").post("/roles/add", data=sent)
    assert answer.status_code == 302, text(answer)
    return _role_id(site, name)


def _grant(site: Site, username: str, *role_ids: int) -> str:
    pk = identity_id(site, username)
    answer = site.client("secadmin").post(
        f"/accounts/grant/{pk}", data={"roles": list(role_ids)}, follow_redirects=True
    )
    return text(answer)


def _reach(client: FlaskClient) -> dict[str, int]:
    paths = ("/subjects/list/", "/trail/list/", "/cycles/list/", "/roles/list/")
    return {path: client.get(path).status_code for path in paths}


def test_a_role_with_one_permission_allows_exactly_that_until_it_is_taken(site: Site) -> None:
    nothing = {"/subjects/list/": 403, "/trail/list/": 403, "/cycles/list/": 403,
               "/roles/list/": 403}  # fmt: skip
    assert _reach(site.client("proctor")) == nothing
    role = _make(site, "周期查看员", ("can_list", "CycleView"))
    before = site.client("proctor")
    assert "角色已更新" in _grant(site, "proctor", role)
    assert before.get("/cycles/list/").status_code == 302  # granting ends the sessions

    client = site.client("proctor")
    assert _reach(client) == nothing | {"/cycles/list/": 200}
    assert client.get("/cycles/add").status_code == 403
    assert client.get("/cycles/export/csv").status_code == 403
    assert "考核周期" in text(client.get("/")) or client.get("/").status_code == 200

    _grant(site, "proctor")
    assert client.get("/cycles/list/").status_code == 302
    assert _reach(site.client("proctor")) == nothing


def test_a_permission_taken_from_a_role_is_gone_in_the_next_request(site: Site) -> None:
    role = _make(site, "查看员", ("can_list", "CycleView"), ("can_list", "SubjectView"))
    _grant(site, "proctor", role)
    client = site.client("proctor")
    assert client.get("/cycles/list/").status_code == 200

    sent = {"name": "查看员", "permissions": [_right(site, "can_list", "SubjectView")]}
    site.client("secadmin").post(f"/roles/edit/{role}", data=sent)
    assert client.get("/cycles/list/").status_code == 403


def test_a_granted_role_is_deleted_only_after_a_second_question(site: Site) -> None:
    role = _make(site, "临时角色", ("can_list", "CycleView"))
    _grant(site, "proctor", role)
    client, admin = site.client("proctor"), site.client("secadmin")

    asked = admin.post(f"/roles/delete/{role}")
    assert "该角色已授予1人" in text(asked)
    assert client.get("/cycles/list/").status_code == 200
    admin.post(f"/roles/delete/{role}", data={"confirmed": "1"})
    assert client.get("/cycles/list/").status_code == 302
    assert site.client("proctor").get("/cycles/list/").status_code == 403
    assert "角色“临时角色”已删除。" in text(admin.get("/roles/list/"))
    assert "临时角色" not in text(admin.get("/roles/list/"))
    assert admin.post(f"/roles/delete/{role}").status_code == 404


@pytest.mark.parametrize(
    "pairs",
    [
        (("can_list", "TrailView"), ("can_grant", "AccountView")),
        (("can_export", "TrailView"), ("can_edit", "RoleView")),
    ],
)
def test_one_role_never_joins_security_and_audit(
    site: Site, pairs: tuple[tuple[str, str], ...]
) -> None:
    sent = {"name": "全能管理员", "permissions": [_right(site, *pair) for pair in pairs]}
    shown = site.client("secadmin").post("/roles/add", data=sent)
    assert "职责分离" in text(shown)
    assert 'value="全能管理员"' in shown.text
    with site.session() as session:
        assert permissions.page_roles(session) == []


def test_one_person_never_joins_security_and_audit(site: Site) -> None:
    audit = _make(site, "审计助理", ("can_list", "TrailView"))
    security = _make(site, "安全助理", ("can_grant", "AccountView"))
    assert "职责分离" in _grant(site, "auditor", security)
    assert "职责分离" in _grant(site, "province", security)  # 卫生行政部门 reads its own trail
    assert "职责分离" in _grant(site, "proctor", audit, security)
    assert "角色已更新" in _grant(site, "proctor", audit)
    assert "职责分离" in _grant(site, "proctor", audit, security)
    other = _make(site, "普通角色", ("can_list", "SubjectView"))
    assert "角色已更新" in _grant(site, "proctor", audit, other)
    sent = {"name": "普通角色", "permissions": [_right(site, "can_add", "RoleView")]}
    assert "职责分离" in text(site.client("secadmin").post(f"/roles/edit/{other}", data=sent))
    with site.session() as session:
        assert permissions.pairs_of(permissions.page_role(session, other)) == {
            ("can_list", "SubjectView")
        }


def test_nobody_grants_to_oneself(site: Site) -> None:
    role = _make(site, "查看员", ("can_list", "CycleView"))
    assert "不能给自己授予或收回角色" in _grant(site, "secadmin", role)
    assert site.client("secadmin").get("/cycles/list/").status_code == 403


@pytest.mark.parametrize("name", ["AUTHORITY", "卫生行政部门", "Admin", "查看员"])
def test_a_taken_or_reserved_name_is_refused_beside_the_field(site: Site, name: str) -> None:
    _make(site, "查看员", ("can_list", "CycleView"))
    sent = {"name": name, "permissions": [_right(site, "can_list", "CycleView")]}
    shown = site.client("secadmin").post("/roles/add", data=sent).text
    assert f'id="name-error">角色名称“{name}”已被使用' in shown


def test_roles_of_the_code_have_no_page_that_changes_them(site: Site) -> None:
    with site.session() as session:
        rows = session.scalars(select(permissions.PageRole)).all()
        builtin = [row.id for row in rows if row.name in permissions.RESERVED]
    client = site.client("secadmin")
    for pk in builtin:
        assert client.get(f"/roles/edit/{pk}").status_code == 404
        assert client.post(f"/roles/delete/{pk}", data={"confirmed": "1"}).status_code == 404
    assert text(client.get("/roles/list/")).count("系统内置") == len(declared())


def test_every_change_of_a_role_stands_in_the_trail(site: Site) -> None:
    role = _make(site, "查看员", ("can_list", "CycleView"))
    _grant(site, "proctor", role)
    site.client("secadmin").post(f"/roles/delete/{role}", data={"confirmed": "1"})
    with site.session() as session:
        found = session.execute(
            select(TrailEntry.action, TrailEntry.comment)
            .where(TrailEntry.actor_role == Role.SECURITY_ADMIN)
            .order_by(TrailEntry.id)
        ).all()
    assert [tuple(row) for row in found] == [
        ("create", "查看员；+CycleView.can_list"),
        ("grant_role", "查看员"),
        ("revoke_role", "查看员"),
        ("delete", "查看员"),
    ]


def test_the_matrix_is_the_table_of_the_code(shared_site: Site) -> None:
    with shared_site.app.test_request_context():
        lines = permissions.matrix()
    found = {(line.role, line.verb, line.view) for line in lines if line.is_builtin}
    assert found == {
        (role.name, verb, view) for role, pairs in declared().items() for verb, view in pairs
    }


def test_every_page_and_permission_of_the_code_has_words(shared_site: Site) -> None:
    with shared_site.app.test_request_context():
        lines = permissions.matrix()
        assert {x.view for x in lines} <= set(permission_words.VIEWS)
        assert {x.verb for x in lines} <= set(permission_words.VERBS)
        entries = [e for entry in menu.MENU for e in (entry, *entry.children) if e.view]
        assert {e.view: str(e.label) for e in entries} == {
            e.view: str(permissions.view_word(e.view)) for e in entries
        }


@pytest.mark.parametrize(
    ("role", "view", "scope"),
    [
        (Role.AUTHORITY, "InstitutionView", "本级及下级"),
        (Role.AUTHORITY, "CycleView", "本省"),
        (Role.INSTITUTION, "PhysicianView", "本机构"),
        (Role.AGENCY, "EntrustedView", "受委托的机构、本机构"),
        (Role.AUDIT_ADMIN, "TrailView", "全部"),
        (Role.PHYSICIAN, "RegistrationView", "本人"),
        (Role.PROCTOR, "AccountView", "本人"),
        (Role.SYSTEM_ADMIN, "PhysicianView", "无"),
    ],
)
def test_the_scope_is_written_as_it_is_enforced(
    shared_site: Site, role: Role, view: str, scope: str
) -> None:
    with shared_site.app.test_request_context():
        assert permissions.scope_text(role, view) == scope


def test_the_matrix_is_filtered_and_exported_alike(site: Site) -> None:
    _make(site, "查看员", ("can_list", "CycleView"))
    client = site.client("auditor")
    rows = list(csv.reader(io.StringIO(
        client.get("/permissions/export/csv?role=查看员").data.decode("utf-8-sig")
    )))  # fmt: skip
    assert rows[2:] == [
        ["查看员", "页面设置", "考核周期", "查看列表", "按账号身份", "CycleView.can_list"]
    ]
    shown = text(client.get("/permissions/list/?role=查看员"))
    assert "查看员 页面设置 考核周期 查看列表 按账号身份 CycleView.can_list" in shown
    assert "ProgressView.can_list" not in shown


def test_pages_and_sessions_mean_the_same_version() -> None:
    assert role_operations.ROLE_VERSION == sessions.ROLE_VERSION
