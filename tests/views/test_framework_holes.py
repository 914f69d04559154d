"""What the framework leaves open stays closed: each hole that was found has its test."""

import re
import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from app.models import Department
from tests.support.site import Site, open_site

pytestmark = pytest.mark.embedded  # forms and pages: the statements below them have tests on both


def _rules(app: Flask) -> dict[str, set[str]]:
    return {
        rule.rule: set(rule.methods or ()) - {"HEAD", "OPTIONS"}
        for rule in app.url_map.iter_rules()
    }


def test_no_page_of_the_framework_is_registered(shared_site: Site) -> None:
    ours = [
        rule.endpoint
        for rule in shared_site.app.url_map.iter_rules()
        if rule.endpoint not in ("static", "appbuilder.static")
    ]
    views = {type(view).__name__ for view in shared_site.app.extensions["appbuilder"].baseviews}
    for view in shared_site.app.extensions["appbuilder"].baseviews:
        assert type(view).__module__.startswith("app.views."), view
    assert {endpoint.partition(".")[0] for endpoint in ours} <= views | {"api"}  # of our own


@pytest.mark.parametrize(
    "fragment",
    ["/action", "/download/", "/api/", "/resetpassword", "/resetmypassword", "/swagger", "/users/"],
)
def test_routes_that_leak_do_not_exist(shared_site: Site, fragment: str) -> None:
    found = [rule for rule in _rules(shared_site.app) if fragment in rule]

    assert [rule for rule in found if not rule.startswith("/api/v1/")] == []


def test_nothing_that_changes_data_answers_a_get(shared_site: Site) -> None:
    changing = re.compile(r"/(delete|steps|logout|upload|reset|reveal|confirm|stop|start|notes)\b")
    found = {
        rule: methods
        for rule, methods in _rules(shared_site.app).items()
        if changing.search(rule) and rule != "/login/confirm"  # the form of the second question
    }
    assert found
    assert {rule for rule, methods in found.items() if "GET" in methods} == set()


@pytest.mark.parametrize(
    "query",
    [
        "page=abc",
        "page=-1",
        "page=99999999999999999999",
        "per_page=x",
        "per_page=0",
        "sort=nosuch",
        "sort=-id_number",
        "sort=id_index",
        "tab=nosuch",
        "exact=maybe",
        "_oc_DepartmentView=name",
        "_flt_9_name=x",
        "psize_DepartmentView=1000000",
        "name=%00",
        "name=" + "x" * 5000,
        "name=%25_%5C",
    ],
)
def test_malformed_parameters_are_no_error(shared_site: Site, query: str) -> None:
    client = shared_site.client("hospital")

    for path in ("/departments/list/", "/physicians/list/"):
        assert client.get(f"{path}?{query}").status_code in (200, 400)


def test_a_page_is_never_longer_than_200_rows(shared_site: Site) -> None:
    page = shared_site.client("province").get("/physicians/list/?per_page=1000000").get_data(True)

    assert 0 < page.count("<tr>") <= 201


def test_concurrent_requests_never_show_each_others_filter(shared_site: Site) -> None:
    wrong: list[str] = []

    def read(word: str) -> None:
        client = shared_site.client("hospital")
        for _ in range(15):
            page = client.get(f"/departments/list/?name={word}").get_data(True)
            values = re.findall(r'<input[^>]*name="name"[^>]*value="([^"]*)"', page)
            if values != [word]:
                wrong.append(f"{word}: {values}")

    threads = [threading.Thread(target=read, args=(f"word{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []


def test_a_refused_edit_is_stored_by_nobody(site: Site) -> None:
    client = site.client("hospital")
    with site.session("hospital") as session:
        first, second = session.scalars(select(Department).order_by(Department.id).limit(2)).all()
        subject = str(second.links[0].subject_id)
        ids, name = (first.id, second.id), first.name

    answer = client.post(f"/departments/edit/{ids[1]}", data={"name": name, "subjects": subject})
    page = answer.get_data(True)

    assert answer.status_code == 200
    assert not re.search(r"IntegrityError|INSERT INTO|UPDATE department|sqlalche", page)
    with site.session("hospital") as session:
        assert session.scalar(select(func.count()).where(Department.name == name)) == 1


def test_forms_need_their_token(demo_template: str, database_server: Any, tmp_path: Any) -> None:
    with database_server.lending(demo_template) as url:
        opened = open_site(url, tmp_path)
        opened.app.config["WTF_CSRF_ENABLED"] = True
        client = opened.client("hospital")
        for path in ("/departments/add", "/steps/participation/1/confirm", "/logout/"):
            assert client.post(path, data={}).status_code == 400, path
        with opened.app.app_context():
            db.engine.dispose()


def test_a_cookie_opens_nothing_after_signing_out(site: Site) -> None:
    client = site.client("hospital")
    stolen = client.get_cookie("dingkao")
    assert stolen is not None
    assert client.get("/departments/list/").status_code == 200

    client.post("/logout/")
    thief = site.app.test_client()
    thief.set_cookie("dingkao", stolen.value)

    assert thief.get("/departments/list/").status_code == 302


PAGES = ["/", "/departments/list/", "/physicians/list/", "/departments/add", "/progress/list/"]


@pytest.mark.parametrize("path", PAGES)
def test_pages_carry_security_headers_and_no_inline_code(shared_site: Site, path: str) -> None:
    answer = shared_site.client("hospital").get(path)
    page = answer.get_data(True)
    policy = answer.headers["Content-Security-Policy"]

    assert answer.status_code == 200
    assert "'unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search(r"\son[a-z]+=|\sstyle=|<style|javascript:", page)
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    assert page.count("<h1") == 1
